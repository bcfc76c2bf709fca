package webhooks

import (
	"net/http"
	"strconv"

	"vellocity/internal/domain"
	"vellocity/internal/web/ui"
)

type page struct{ *ui.Site }

// view is what the page shows: the list, one webhook, or one delivery.
type view struct {
	ui.Shell
	Rows    []domain.Webhook
	Form    *form       // nil: closed
	Hook    *hook       // nil: the list
	One     *oneRequest // nil: no delivery
	New     *secret     // shown this once
	Refused string      // why this person may not change webhooks; "" where nothing forbids it
	Asking  bool        // the deletion is being confirmed
}

// secret is a signing secret that was just generated.
type secret struct {
	URL, Secret string
	Back        string // the page to go on with
	Rotated     bool
}

func (p page) shell(w http.ResponseWriter, r *http.Request, title string) (v view, err error) {
	v.Shell, err = p.Shell(w, r, path, title)
	if actor, ok := domain.ActorFrom(r.Context()); ok {
		if err := actor.Require(domain.ScopeWebhooks); err != nil {
			v.Refused = domain.AsError(err).Message
		}
	}
	return v, err
}

// hook is the page of one webhook, with its log.
type hook struct {
	domain.Webhook
	Log      []domain.Delivery
	Total    int
	Statuses []ui.Choice
	Status   string
	Newer    string // address of the page before; "" for none
	Older    string
}

// oneRequest is the page of one delivery.
type oneRequest struct {
	domain.Delivery
	Hook domain.Webhook
}

func deliveryPath(hook, delivery int64) string {
	return pathOf(hook) + "/deliveries/" + strconv.FormatInt(delivery, 10)
}

// Last is the newest attempt of a delivery; nil where there is none.
func (h *hook) Last(d domain.Delivery) *domain.DeliveryAttempt {
	if len(d.Attempts) == 0 {
		return nil
	}
	return &d.Attempts[len(d.Attempts)-1]
}
