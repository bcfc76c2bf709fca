// Package calendar has the verbs around the calendar: its events and what is done at their
// times, campaigns, exports, and the tokens with which calendar programs read it.
package calendar

import (
	"context"
	"encoding/json"
	"slices"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// Do does what an event is for, in the transaction that records it, with the rights of an
// actor. It fills in what came of it. An error that is a refusal is its failure.
type Do func(ctx context.Context, tx *store.Tx, a domain.Actor, out *domain.CalendarOutcome) error

// Actions are what events can do at their times. Each of them stands in another area.
type Actions struct {
	// Publish prepares to publish an item.
	Publish func(ctx context.Context, e domain.CalendarEvent) (Do, error)
	// Start prepares to start a template, whose expressions see event.
	Start func(ctx context.Context, e domain.CalendarEvent, event json.RawMessage) (Do, error)
	// CheckStart notes what is wrong with a template and its inputs, and returns the
	// template's slug and what it may do to items.
	CheckStart func(
		ctx context.Context, p *domain.Problems, workspaceID int64, ref string, inputs json.RawMessage,
	) (slug string, effects []domain.EffectKind, err error)
}

// Options are what the verbs need.
type Options struct {
	Store   *store.Store
	Actions Actions
	Node    verb.Node
	// PublicURL is the server's address, without a slash at the end; empty: not known.
	PublicURL string
}

// Verbs are the verbs of this area. They are safe for use by several goroutines.
type Verbs struct {
	store     *store.Store
	actions   Actions
	node      verb.Node
	publicURL string
}

// New returns the verbs.
func New(o Options) *Verbs {
	return &Verbs{store: o.Store, actions: o.Actions, node: o.Node, publicURL: o.PublicURL}
}

// checkZone notes a fault unless name is an IANA time zone.
func checkZone(p *domain.Problems, path, name string) bool {
	domain.LimitTimezone.Text(p, path, name)
	_, ok := domain.TimeZone(name)
	if !ok && name != "" {
		p.Format(path, "an IANA time zone such as Europe/Berlin")
	}
	return ok
}

// checkAction notes what is wrong with an action, below path, and returns it as it is stored,
// with the scopes that it takes.
func (v *Verbs) checkAction(
	ctx context.Context, p *domain.Problems, workspaceID int64, path string, a domain.CalendarAction,
) (domain.CalendarAction, []domain.Scope, error) {
	domain.CheckEnum(p, path+".type", a.Kind)
	switch a.Kind {
	case domain.ActionPublish:
		if a.Template != "" {
			p.Conflict(path + ".template")
		}
		if len(a.Inputs) > 0 {
			p.Conflict(path + ".inputs")
		}
		a.Template, a.Inputs = "", nil
		return a, domain.EffectScopes(a.Effects()), v.checkItem(ctx, p, workspaceID, path, a)
	case domain.ActionTemplate:
		if a.ContentID != 0 {
			p.Conflict(path + ".content_id")
		}
		if len(a.Channels) > 0 {
			p.Conflict(path + ".channels")
		}
		a.ContentID, a.Channels = 0, nil
		var of domain.Problems
		slug, effects, err := v.actions.CheckStart(ctx, &of, workspaceID, a.Template, a.Inputs)
		if err != nil {
			return a, nil, err
		}
		below(p, path, of.Err())
		a.Template = slug
		return a, domain.EffectScopes(effects), nil
	case "":
		if a.ContentID != 0 || a.Template != "" || len(a.Channels) > 0 || len(a.Inputs) > 0 {
			p.Required(path + ".type")
		}
	}
	return domain.CalendarAction{}, nil, nil
}

func (v *Verbs) checkItem(
	ctx context.Context, p *domain.Problems, workspaceID int64, path string, a domain.CalendarAction,
) error {
	domain.LimitActionChannels.List(p, path+".channels", a.Channels)
	if a.ContentID == 0 {
		p.Required(path + ".content_id")
		return nil
	}
	missing, err := v.store.Read().MissingContent(ctx, workspaceID, []int64{a.ContentID})
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		p.Missing(path+".content_id", "content item", a.ContentID)
	}
	if len(a.Channels) == 0 {
		return nil
	}
	known, err := v.store.Read().ChannelSlugs(ctx, workspaceID)
	if err != nil {
		return err
	}
	known = append(known, domain.ChannelFeed)
	for i, slug := range a.Channels {
		if !slices.Contains(known, slug) {
			p.Unknown(verb.Path(path+".channels", i), "channel", slug, known)
		}
	}
	return nil
}

// below notes the faults of a check of a part at the paths below that part.
func below(p *domain.Problems, path string, err error) {
	if err == nil {
		return
	}
	e := domain.AsError(err)
	for field, messages := range e.Fields {
		for _, m := range messages {
			p.Add(path+"."+field, "%s", m)
		}
	}
}
