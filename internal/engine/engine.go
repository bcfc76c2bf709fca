// Package engine builds the verbs of all areas: work, content, studio, account, images, calendar and partner.
// Every verb stands once, in its area. A verb validates its input, authorises the
// [domain.Actor] in the context, opens one transaction, appends its event,
// enqueues its job and commits. It knows no HTTP.
package engine

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/ai/external"
	"vellocity/internal/auth"
	"vellocity/internal/awssync"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/engine/calendar"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/images"
	"vellocity/internal/engine/partner"
	"vellocity/internal/engine/studio"
	"vellocity/internal/engine/work"
	"vellocity/internal/execution"
	"vellocity/internal/files"
	"vellocity/internal/imaging"
	"vellocity/internal/live"
	"vellocity/internal/publishing"
	"vellocity/internal/store"
	"vellocity/internal/verb"
	"vellocity/internal/webhook"
)

// Options are what an Engine needs.
type Options struct {
	Store     *store.Store
	Runner    *execution.Runner
	Hub       *live.Hub
	Keys      *auth.Keys
	Vault     *auth.Vault
	Email     bool // this server sends e-mails
	Providers *ai.Providers
	Publisher *publishing.Publisher // nil: there are no channels
	Webhooks  *webhook.Sender
	Agents    *external.Agents // nil: there are no external agents
	Syncer    *awssync.Syncer  // nil: nobody can connect to AWS
	Maker     *imaging.Maker   // makes images, which are in Files
	Files     files.Store
	Fetch     content.Fetch // reads the addresses of sources; nil: none are read
	// KeyVariables are the environment variables that connect a provider, for hints.
	KeyVariables []string
	Capabilities []capability.Capability
	Templates    []domain.Template // that ship with the program
	// PublicURL is the server's address, without a slash at the end; empty: not known.
	PublicURL string
	// Alive returns nil while this node may take on work, else the reason.
	Alive func() error
	// ReaderGrace is how long a text is written after its last reader has left; 0
	// means 30 s.
	ReaderGrace time.Duration
	Log         *slog.Logger
}

// Engine is the verbs of all areas. It is safe for use by several goroutines. The
// zero value has none.
type Engine struct {
	Work     *work.Verbs
	Content  *content.Verbs
	Studio   *studio.Verbs
	Account  *account.Verbs
	Images   *images.Verbs
	Calendar *calendar.Verbs
	Partner  *partner.Verbs
}

// New returns an engine.
func New(o Options) (Engine, error) {
	node := verb.Node{Alive: o.Alive}
	w, err := work.New(work.Options{
		Store:        o.Store,
		Runner:       o.Runner,
		Hub:          o.Hub,
		Capabilities: o.Capabilities,
		Templates:    o.Templates,
		Node:         node,
	})
	if err != nil {
		return Engine{}, err
	}
	s := studio.New(studio.Options{
		Store:        o.Store,
		Providers:    o.Providers,
		KeyVariables: o.KeyVariables,
		Node:         node,
		ReaderGrace:  o.ReaderGrace,
		Log:          o.Log,
	})
	c := content.New(o.Store, o.Runner, o.PublicURL)
	c.UsePublisher(o.Publisher)
	c.UseAgents(o.Agents)
	c.UseFetch(o.Fetch)
	c.UseFiles(o.Files)
	p := partner.New(o.Store)
	p.UseSyncer(o.Syncer)
	return Engine{
		Work:    w,
		Content: c,
		Studio:  s,
		Account: account.New(account.Options{
			Store: o.Store, Keys: o.Keys, Vault: o.Vault, Webhooks: o.Webhooks, Email: o.Email,
		}),
		Images: images.New(images.Options{
			Store: o.Store, Maker: o.Maker, Files: o.Files, Hub: o.Hub, Node: node,
		}),
		Partner: p,
		Calendar: calendar.New(calendar.Options{
			Store: o.Store, Actions: CalendarActions(c, w), Node: node, PublicURL: o.PublicURL,
		}),
	}, nil
}

// CalendarActions returns what calendar events can do: publish items and start templates.
func CalendarActions(c *content.Verbs, w *work.Verbs) calendar.Actions {
	return calendar.Actions{
		CheckStart: w.CheckLater,
		Publish: func(ctx context.Context, e domain.CalendarEvent) (calendar.Do, error) {
			publish, err := c.PrepareLater(ctx, e.WorkspaceID, e.Action.ContentID, e.Action.Channels)
			return func(ctx context.Context, tx *store.Tx, a domain.Actor, out *domain.CalendarOutcome) error {
				item, err := publish(ctx, tx, a)
				out.Published, out.Reason = item.PublishedVersion, "The item was published."
				return err
			}, err
		},
		Start: func(ctx context.Context, e domain.CalendarEvent, event json.RawMessage) (calendar.Do, error) {
			start, err := w.PrepareLater(ctx, e.WorkspaceID, e.Action.Template, e.Action.Inputs, event)
			return func(ctx context.Context, tx *store.Tx, a domain.Actor, out *domain.CalendarOutcome) error {
				x, err := start(ctx, tx, a)
				out.ExecutionID, out.Reason = x.ID, "The execution was started."
				return err
			}, err
		},
	}
}
