// Package publishing publishes items on a workspace's channels: sites, accounts and webhooks
// that others run. What is to be shown where is decided in the transaction that publishes an
// item (package item); here each publication becomes a job of its own, so that a channel
// that is away holds up neither the card nor another channel.
//
// A publication is done at least once. The one who does it claims it first, so that two never do
// at the same time, and a codec finds what an earlier try has left, so that no second post
// appears.
package publishing

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"vellocity/internal/auth"
	"vellocity/internal/domain"
	"vellocity/internal/extension/wire"
	"vellocity/internal/files"
	"vellocity/internal/image"
	"vellocity/internal/queue"
	"vellocity/internal/store"
)

// JobKind is the kind of the jobs that publish.
const JobKind = "publish"

// Options are what a Publisher needs.
type Options struct {
	Store *store.Store
	Vault *auth.Vault
	Kinds []wire.Kind
	// Client returns the HTTP client for an address that a workspace chose, or an error in
	// words where it may not be reached.
	Client func(ctx context.Context, address string) (*http.Client, error)
	// Render turns a text with its images into sanitized HTML. address says where an image is; of one that is
	// nowhere, readers get the alt text.
	Render func(markdown string, images []domain.ItemImage, address func(domain.ItemImage) string) string
	// ImageURL is where the public feed of a workspace shows an image; empty: nowhere.
	ImageURL func(workspace domain.Workspace, i domain.ItemImage) string
	Files    files.Store // of images
	Log      *slog.Logger
}

// Publisher publishes. It is safe for use by several goroutines.
type Publisher struct {
	Options
	queue *queue.Queue
}

// New returns a publisher. Without [Publisher.UseQueue] it publishes nothing.
func New(o Options) *Publisher { return &Publisher{Options: o} }

// UseQueue sets the queue that publishes; it takes [Publisher.Work] for [JobKind].
func (p *Publisher) UseQueue(q *queue.Queue) { p.queue = q }

// Kind returns a kind of channels by its slug; ok is false where there is none.
func (p *Publisher) Kind(slug domain.ChannelKind) (wire.Kind, bool) {
	i := slices.IndexFunc(p.Kinds, func(k wire.Kind) bool { return k.Slug == slug })
	if i < 0 {
		return wire.Kind{}, false
	}
	return p.Kinds[i], true
}

// secretPlace is the place of a channel's secret in the vault.
func secretPlace(c domain.Channel) string { return fmt.Sprintf("channel/%d/%s", c.WorkspaceID, c.Slug) }

// Seal encrypts the secret of a channel; an empty one stays empty.
func (p *Publisher) Seal(c domain.Channel, secret domain.Secret) string {
	if secret == "" {
		return ""
	}
	return p.Vault.Seal(secretPlace(c), secret)
}

// Connect makes a connection to a channel. The error is a [*wire.Fault] where the settings
// are at fault.
func (p *Publisher) Connect(ctx context.Context, c store.Channel) (wire.Peer, error) {
	kind, ok := p.Kind(c.Kind)
	if !ok {
		return nil, wire.Faultf(wire.Settings, "This server knows no channels of the kind %q.", c.Kind)
	}
	config := wire.Config{Settings: c.Settings, Now: p.Store.Now}
	var err error
	if c.Sealed != "" {
		if config.Secret, err = p.Vault.Open(secretPlace(c.Channel), c.Sealed); err != nil {
			return nil, wire.Faultf(wire.Settings, "The stored secret cannot be read; enter it again.")
		}
	}
	_, address := kind.Address(c.Settings)
	if config.HTTP, err = p.Client(ctx, address); err != nil {
		return nil, wire.Faultf(wire.Settings, "%s", domain.AsError(err).Message)
	}
	return kind.Connect(config), nil
}

// Post returns what a channel gets of a snapshot. key names the publication.
func (p *Publisher) Post(
	ctx context.Context, c domain.ContentItem, version int, s domain.Snapshot, key string,
) (wire.Post, error) {
	installation, _, err := p.Store.Read().Installation(ctx)
	if err != nil {
		return wire.Post{}, err
	}
	w, err := p.Store.Read().Workspace(ctx, c.WorkspaceID)
	if err != nil {
		return wire.Post{}, err
	}
	post := wire.Post{
		Snapshot:  s,
		UUID:      domain.ItemUUID(installation.UUID, c.WorkspaceID, c.ID),
		Key:       key,
		ContentID: c.ID,
		Version:   version,
		Type:      c.Type,
		Render:    func(address func(domain.ItemImage) string) string { return p.Render(s.Body, s.Images, address) },
	}
	public := func(i domain.ItemImage) string { return p.ImageURL(w, i) }
	for _, i := range s.Images {
		post.Images = append(post.Images, wire.Image{ItemImage: i, URL: public(i), Load: p.loader(c.WorkspaceID, i)})
	}
	post.HTML = post.Render(public)
	return post, nil
}

// loader returns how the file of an image is read within a channel's bounds.
func (p *Publisher) loader(
	workspaceID int64, i domain.ItemImage,
) func(context.Context, wire.Bounds) (wire.File, error) {
	return func(ctx context.Context, b wire.Bounds) (wire.File, error) {
		data, err := p.Files.Get(ctx, workspaceID, i.Sum)
		if errors.Is(err, files.ErrMissing) || errors.Is(err, files.ErrDamaged) {
			return wire.File{}, wire.Faultf(wire.Refused, "The file of image %d is missing or damaged here. Restore it from a "+
				"backup, or remove the image from the item and publish it again.", i.ImageID)
		}
		if err != nil {
			return wire.File{}, err
		}
		small, err := image.Picture{Data: data, Format: i.Format, Width: i.Width, Height: i.Height}.Fit(b.Bytes, b.Edge)
		if err != nil {
			return wire.File{}, wire.Faultf(wire.Refused, "Image %d does not fit: %s.", i.ImageID, err)
		}
		return wire.FileOf(i, small.Format, small.Data, small.Width, small.Height), nil
	}
}

// Events are the events that [Publisher.Handle] wants.
func Events() []domain.EventName {
	return []domain.EventName{
		domain.EventContentPublished, domain.EventContentMoved, domain.EventContentDeleted, domain.EventPublicationQueued,
	}
}

// Handle enqueues a job for each publication that waits for one. It is the handler of a
// consumer of [Events], which come after the transactions that queue publications.
func (p *Publisher) Handle(ctx context.Context, tx *store.Tx, events []domain.Event) error {
	seen := map[int64]bool{}
	for _, e := range events {
		if e.ContentID == 0 || seen[e.ContentID] {
			continue
		}
		seen[e.ContentID] = true
		ids, err := tx.UnqueuedPublications(ctx, e.WorkspaceID, e.ContentID)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if _, err := p.queue.Enqueue(ctx, tx.DB(), queue.Insert{Kind: JobKind, Ref: id, Priority: 4}); err != nil {
				return err
			}
		}
	}
	return nil
}

// faultOf returns the fault of an error.
func faultOf(err error) *wire.Fault {
	var f *wire.Fault
	if errors.As(err, &f) {
		return f
	}
	return wire.Faultf(wire.Again, "%s", err)
}

// clip bounds what is kept of a channel's words, in bytes.
func clip(s string) string {
	const most = 1000
	return strings.ToValidUTF8(s[:min(len(s), most)], "")
}
