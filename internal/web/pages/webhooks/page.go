// Package webhooks is Settings > Webhooks: the addresses that get the workspace's events, and the
// log of what was sent to each.
package webhooks

import (
	"context"
	"embed"
	"net/http"
	"strconv"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/verb"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.css
var files embed.FS

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "webhooks",
		Files: files,
		Menu:  ui.Link{Group: ui.Connect, Path: path, Name: "Webhooks", Icon: "link", Keys: "g j"},
		Routes: []ui.Route{
			{Pattern: "GET " + path, Handle: p.list},
			{Pattern: "POST " + path, Handle: p.create},
			{Pattern: "GET " + path + "/{id}", Handle: p.show},
			{Pattern: "POST " + path + "/{id}", Handle: p.save},
			{Pattern: "POST " + path + "/{id}/rotate", Handle: p.rotate},
			{Pattern: "POST " + path + "/{id}/test", Handle: p.test},
			{Pattern: "POST " + path + "/{id}/redeliver", Handle: p.redeliverFailed},
			{Pattern: "POST " + path + "/{id}/delete", Handle: p.remove},
			{Pattern: "GET " + path + "/{id}/deliveries/{delivery}", Handle: p.delivery},
			{Pattern: "POST " + path + "/{id}/deliveries/{delivery}/redeliver", Handle: p.redeliver},
		},
	}
}

func (p page) list(w http.ResponseWriter, r *http.Request) error {
	var f *form
	if r.URL.Query().Has("new") {
		f = formOf(domain.Webhook{Active: true})
	}
	return p.showList(w, r, http.StatusOK, f, nil)
}

func (p page) showList(w http.ResponseWriter, r *http.Request, status int, f *form, fresh *secret) error {
	v, err := p.shell(w, r, "Webhooks")
	if err != nil {
		return err
	}
	const most = 100 // of the largest plan
	l, err := p.Engine.Account.Webhooks(r.Context(), account.ListWebhooks{Page: domain.Page{Number: 1, Size: most}})
	if err != nil {
		return err
	}
	v.Rows, v.Form, v.New = l.Items, f, fresh
	return p.Render(w, r, status, "webhooks", v)
}

func (p page) create(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	f := formOf(domain.Webhook{})
	f.post(r.PostForm)
	var made account.NewWebhook
	out, err := ui.Once(r, func(ctx context.Context) (_ account.NewWebhook, err error) {
		made, err = p.Engine.Account.CreateWebhook(ctx, f.edit())
		return made, err
	}, func(n account.NewWebhook) ui.Outcome {
		return ui.Outcome{Path: pathOf(n.Webhook.ID), Message: "The webhook was created."}
	})
	if err != nil {
		if err = f.refuse(err); err != nil {
			return err
		}
		return p.showList(w, r, http.StatusUnprocessableEntity, f, nil)
	}
	if made.Secret == "" {
		return p.Finish(w, r, out)
	}
	return p.showList(w, r, http.StatusOK, nil, &secret{made.Webhook.URL, made.Secret.Reveal(), out.Path, false})
}

func (p page) save(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	was, err := p.Engine.Account.Webhook(r.Context(), id)
	if err != nil {
		return err
	}
	f := formOf(was)
	f.post(r.PostForm)
	out, err := ui.Once(r, func(ctx context.Context) (domain.Webhook, error) {
		return p.Engine.Account.EditWebhook(ctx, account.EditWebhook{
			ID: id, WebhookEdit: f.edit(), Precondition: verb.Precondition{IfMatch: r.PostForm.Get("etag")},
		})
	}, func(domain.Webhook) ui.Outcome {
		return ui.Outcome{Path: pathOf(id), Message: "The webhook was saved."}
	})
	if err != nil {
		if err = f.refuse(err); err != nil {
			return err
		}
		return p.showHook(w, r, http.StatusUnprocessableEntity, was, f, nil)
	}
	return p.Finish(w, r, out)
}

func (p page) rotate(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	var made account.NewWebhook
	out, err := ui.Once(r, func(ctx context.Context) (_ account.NewWebhook, err error) {
		made, err = p.Engine.Account.RotateWebhook(ctx, account.RotateWebhook{ID: id, Grace: domain.WebhookOldSecret})
		return made, err
	}, func(account.NewWebhook) ui.Outcome {
		return ui.Outcome{Path: pathOf(id), Message: "The secret was rotated."}
	})
	if err != nil {
		return p.Refuse(w, r, pathOf(id), err)
	}
	if made.Secret == "" {
		return p.Finish(w, r, out)
	}
	fresh := &secret{made.Webhook.URL, made.Secret.Reveal(), pathOf(id), true}
	return p.showHook(w, r, http.StatusOK, made.Webhook, formOf(made.Webhook), fresh)
}

func (p page) test(w http.ResponseWriter, r *http.Request) error {
	return act(p, w, r, func(ctx context.Context, id int64) (domain.Delivery, error) {
		return p.Engine.Account.TestWebhook(ctx, account.TestWebhook{
			ID: id, Event: domain.WebhookEvent(r.PostForm.Get("event")),
		})
	}, func(d domain.Delivery) ui.Outcome {
		return ui.Outcome{Path: deliveryPath(d.WebhookID, d.ID), Message: "The test is on its way."}
	})
}

func (p page) redeliverFailed(w http.ResponseWriter, r *http.Request) error {
	return act(p, w, r, func(ctx context.Context, id int64) (int, error) {
		days, err := strconv.Atoi(r.PostForm.Get("days"))
		if err != nil || days < 1 {
			days = 1
		}
		return p.Engine.Account.RedeliverFailed(ctx, account.RedeliverFailed{
			Webhook: id, Since: p.Now().Add(-time.Duration(min(days, 30)) * 24 * time.Hour),
		})
	}, func(n int) ui.Outcome {
		return ui.Outcome{
			Path: path + "/" + r.PathValue("id"), Message: ui.Plural(n, "delivery is", "deliveries are") + " sent again.",
		}
	})
}

func (p page) redeliver(w http.ResponseWriter, r *http.Request) error {
	delivery, err := strconv.ParseInt(r.PathValue("delivery"), 10, 64)
	if err != nil {
		return domain.NotFound("Delivery")
	}
	return act(p, w, r, func(ctx context.Context, id int64) (domain.Delivery, error) {
		return p.Engine.Account.Redeliver(ctx, account.DeliveryID{Webhook: id, ID: delivery})
	}, func(d domain.Delivery) ui.Outcome {
		return ui.Outcome{Path: deliveryPath(d.WebhookID, d.ID), Message: "It is sent again."}
	})
}

func (p page) remove(w http.ResponseWriter, r *http.Request) error {
	return act(p, w, r, func(ctx context.Context, id int64) (struct{}, error) {
		return struct{}{}, p.Engine.Account.DeleteWebhook(ctx, verb.ID{ID: id})
	}, func(struct{}) ui.Outcome { return ui.Outcome{Path: path, Message: "The webhook was deleted."} })
}

// act does once what a button asks for.
func act[R any](
	p page, w http.ResponseWriter, r *http.Request, do func(context.Context, int64) (R, error), done func(R) ui.Outcome,
) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	out, err := ui.Once(r, func(ctx context.Context) (R, error) { return do(ctx, id) }, done)
	if err != nil {
		return p.Refuse(w, r, pathOf(id), err)
	}
	return p.Finish(w, r, out)
}
