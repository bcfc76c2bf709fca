package listing

import (
	"context"
	"net/http"

	"vellocity/internal/domain"
	"vellocity/internal/engine/partner"
	"vellocity/internal/verb"
	"vellocity/internal/web/ui"
)

// pushView is what the page says about sending the listing to AWS.
type pushView struct {
	Differs  []string // the fields that differ from AWS
	Conflict []string
	Check    bool                // the person may let AWS check the listing now
	Send     bool                // and may send it
	Last     *domain.ListingPush // nil: there was none
	Faults   []fault             // what AWS said last against fields that are as they were then
}

// fault is what AWS says against a field.
type fault struct{ Field, Message string }

// State says in words how far the last push is.
func (v pushView) State() string {
	sends := v.Last.Intent == domain.PushApply
	switch v.Last.Status {
	case domain.PushQueued:
		return "Waiting to start"
	case domain.PushValidating:
		return "AWS is checking it"
	case domain.PushApplying:
		return "AWS is applying it"
	case domain.PushSucceeded:
		if sends {
			return "Sent to AWS"
		}
		return "AWS found no problems"
	default:
		if sends {
			return "Not sent"
		}
		return "AWS found problems"
	}
}

// pushing returns what the page says about AWS; nil where the workspace is not connected, or the listing is not there.
func (p page) pushing(ctx context.Context, d partner.ListingDetails) (*pushView, error) {
	if d.RemoteID == "" {
		return nil, nil //nolint:nilnil // there is nothing to say
	}
	w, err := p.Engine.Account.Profile(ctx)
	if err != nil || !w.AWSConnected {
		return nil, err
	}
	v := &pushView{Differs: d.Changed(d.Remote), Conflict: d.Conflict, Last: d.Push}
	a, _ := domain.ActorFrom(ctx)
	if len(v.Differs) > 0 && len(v.Conflict) == 0 && (v.Last == nil || v.Last.Status.Ended()) {
		v.Check, v.Send = a.May(domain.PushValidate.Scope()), a.May(domain.PushApply.Scope())
	}
	if v.Last == nil {
		return v, nil
	}
	fixed := map[string]bool{}
	for _, name := range d.Changed(v.Last.Sent) {
		fixed[name] = true
	}
	for _, name := range v.Last.Fields {
		if said := v.Last.Faults[name]; said != "" && !fixed[name] {
			v.Faults = append(v.Faults, fault{name, said})
		}
	}
	return v, nil
}

// FaultAt returns what AWS says against a field of the form; empty: nothing.
func (v view) FaultAt(field string) string {
	if v.AWS == nil {
		return ""
	}
	for _, f := range v.AWS.Faults {
		if f.Field == field {
			return f.Message
		}
	}
	return ""
}

// push lets AWS check the listing, or sends it.
func (p page) push(w http.ResponseWriter, r *http.Request) error {
	id, err := listingID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	in := partner.PushListing{
		ID: id, Intent: domain.PushIntent(r.PostForm.Get("intent")),
		Precondition: verb.Precondition{IfMatch: r.PostForm.Get("etag")},
	}
	out, err := ui.Once(r, func(ctx context.Context) (domain.ListingPush, error) {
		return p.Engine.Partner.PushListing(ctx, in)
	}, func(made domain.ListingPush) ui.Outcome {
		message := "AWS is checking the listing."
		if made.Intent == domain.PushApply {
			message = "The listing is on its way to AWS."
		}
		return ui.Outcome{Path: address(id), Message: message}
	})
	if err != nil {
		return p.Refuse(w, r, address(id), err)
	}
	return p.Finish(w, r, out)
}
