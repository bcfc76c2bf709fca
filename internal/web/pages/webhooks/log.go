package webhooks

import (
	"net/http"
	"net/url"
	"strconv"

	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/web/ui"
)

const perPage = 50

func (p page) show(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	found, err := p.Engine.Account.Webhook(r.Context(), id)
	if err != nil {
		return err
	}
	return p.showHook(w, r, http.StatusOK, found, formOf(found), nil)
}

func (p page) showHook(
	w http.ResponseWriter, r *http.Request, status int, found domain.Webhook, f *form, fresh *secret,
) error {
	v, err := p.shell(w, r, found.URL)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	h := &hook{Webhook: found, Status: q.Get("status")}
	filter := domain.DeliveryFilter{}
	h.Statuses = []ui.Choice{{Value: "", Label: "All", On: h.Status == ""}}
	for _, s := range domain.DeliveryStatus("").Values() {
		h.Statuses = append(h.Statuses, ui.Choice{Value: s, Label: ui.Human(s), On: s == h.Status})
		if s == h.Status {
			filter.Status = domain.DeliveryStatus(s)
		}
	}
	number, err := strconv.Atoi(q.Get("page"))
	if err != nil || number < 1 || number > domain.LimitPage.Max {
		number = 1
	}
	l, err := p.Engine.Account.Deliveries(r.Context(), account.ListDeliveries{
		Webhook: found.ID, Filter: filter, Page: domain.Page{Number: number, Size: perPage},
	})
	if err != nil {
		return err
	}
	h.Log, h.Total = l.Items, l.Total
	to := func(n int) string {
		return pathOf(found.ID) + "?" + url.Values{"status": {h.Status}, "page": {strconv.Itoa(n)}}.Encode()
	}
	if number > 1 {
		h.Newer = to(number - 1)
	}
	if number*perPage < l.Total {
		h.Older = to(number + 1)
	}
	v.Hook, v.Form, v.New, v.Asking = h, f, fresh, q.Has("delete")
	return p.Render(w, r, status, "webhooks", v)
}

func (p page) delivery(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	delivery, err := strconv.ParseInt(r.PathValue("delivery"), 10, 64)
	if err != nil {
		return domain.NotFound("Delivery")
	}
	found, err := p.Engine.Account.Webhook(r.Context(), id)
	if err != nil {
		return err
	}
	d, err := p.Engine.Account.Delivery(r.Context(), account.DeliveryID{Webhook: id, ID: delivery})
	if err != nil {
		return err
	}
	v, err := p.shell(w, r, string(d.Event))
	if err != nil {
		return err
	}
	v.One = &oneRequest{Delivery: d, Hook: found}
	return p.Render(w, r, http.StatusOK, "webhooks", v)
}
