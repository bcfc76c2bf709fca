package content

import (
	"context"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/ops"

	channelwire "vellocity/internal/extension/wire"
)

// Publication is one channel's copy of an item.
type Publication struct {
	Version     int                      `json:"version"      doc:"The version that the channel is to show"`
	Channel     string                   `json:"channel"      doc:"feed, or the slug of a channel"`
	Status      domain.PublicationStatus `json:"status"       doc:"skipped: the channel was switched off or deleted"`
	ExternalID  *string                  `json:"external_id"  doc:"What the channel calls it"`
	URL         *string                  `json:"url"`
	Error       *string                  `json:"error"        doc:"Why the last try failed; while pending, it is tried again"`
	At          *time.Time               `json:"at"           doc:"The last success"`
	Action      domain.PublicationAction `json:"action"       doc:"What is done there: publish, or remove the item"`
	LiveVersion *int                     `json:"live_version" doc:"The version that the channel shows; null: none"`
	Notes       []string                 `json:"notes"        doc:"What the channel has changed or left out"`
	Attempts    int                      `json:"attempts"`
	NextAt      *time.Time               `json:"next_at"      doc:"When it is tried again; null: at once, or never"`
}

// ChannelPreview is what a channel would show of an item as it is now.
type ChannelPreview struct {
	ContentID int64    `json:"content_id"`
	Channel   string   `json:"channel" doc:"The channel's slug"`
	Version   int      `json:"version" doc:"The version that was looked at"`
	Format    string   `json:"format"  doc:"html or text"`
	Parts     []string `json:"parts"   doc:"One document, or the posts of a thread in their order"`
	Lost      []string `json:"lost"    doc:"What of the item does not arrive there"`
}

type onChannel struct {
	ContentID
	Channel string `json:"channel" in:"path" limit:"slug" doc:"The channel's slug"`
}

type previewOn struct {
	ContentID
	Channel string `json:"channel" in:"query" limit:"slug" doc:"The channel's slug"`
}

var samplePublication = domain.Publication{
	Version: 2, Channel: sampleChannel.Slug, Status: domain.PublicationPublished, ExternalID: "12",
	URL: "https://blog.example.com/?p=12", At: wire.SampleTime(), Action: domain.PublicationPublish,
	LiveVersion: 2, Attempts: 1,
}

func publicationRows(v *content.Verbs) []ops.Op {
	const of = items + "/publications"
	show := func(_ *ops.Reply, l []domain.Publication) []Publication { return wire.Each(l, publication) }
	return []ops.Op{
		ops.New(ops.Op{
			Name:  "list_publications",
			Route: ops.Route{Method: http.MethodGet, Path: of},
			Scope: domain.ScopeRead,
			Hints: ops.Hints{ReadOnly: true, Idempotent: true},
			Docs: ops.Docs{
				Chapter: chapterChannels,
				Summary: "List where an item is published",
				Description: "The feed first, then each channel that the item is on, or is to be put on or taken off. A failed " +
					"channel never moves the item.",
				Errors:  []domain.Code{domain.CodeNotFound},
				Example: exampleID,
			},
			Tool: ops.Tool{Set: "channels"},
			Command: ops.Command{
				Noun: "content", Verb: "publications", Columns: []string{"channel", "status", "version", "url", "error"},
			},
		}, func(ctx context.Context, in ContentID) ([]domain.Publication, error) {
			return v.Publications(ctx, in.ID)
		}, show, []domain.Publication{samplePublication}),
		ops.New(ops.Op{
			Name:           "retry_publication",
			Route:          ops.Route{Method: http.MethodPost, Path: of + "/{channel}/retry", Status: http.StatusAccepted},
			Scope:          domain.ScopePublish,
			Hints:          ops.Hints{OpenWorld: true},
			IdempotencyKey: true,
			Docs: ops.Docs{
				Chapter: chapterChannels,
				Summary: "Publish an item on one channel again",
				Description: "After a failure, or to put a published item on a channel that it is not on yet. What is there is " +
					"replaced. An item that is no longer published is taken off the channel. The other channels are left alone.",
				Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict},
				Example: map[string]any{"id": sampleItem.ID, "channel": sampleChannel.Slug},
			},
			Tool:    ops.Tool{Set: "channels"},
			Command: ops.Command{Noun: "content", Verb: "publish-on"},
		}, func(ctx context.Context, in onChannel) ([]domain.Publication, error) {
			return v.Republish(ctx, content.OnChannel{ID: in.ID, Channel: in.Channel})
		}, show, []domain.Publication{samplePublication}),
		ops.New(ops.Op{
			Name:  "preview_publication",
			Route: ops.Route{Method: http.MethodGet, Path: items + "/preview"},
			Scope: domain.ScopeRead,
			Hints: ops.Hints{ReadOnly: true, Idempotent: true},
			Docs: ops.Docs{
				Chapter:     chapterChannels,
				Summary:     "Preview an item on a channel",
				Description: "What the channel would show of the item as it is now, and what of it would be lost. Nothing is sent.",
				Errors:      []domain.Code{domain.CodeNotFound, domain.CodeConflict},
				Example:     map[string]any{"id": sampleItem.ID, "channel": sampleChannel.Slug},
			},
			Tool:    ops.Tool{Set: "channels"},
			Command: ops.Command{Noun: "content", Verb: "preview"},
		}, func(ctx context.Context, in previewOn) (onItem, error) {
			p, err := v.PreviewOnChannel(ctx, content.OnChannel{ID: in.ID, Channel: in.Channel})
			return onItem{in.ID, p}, err
		}, func(_ *ops.Reply, p onItem) ChannelPreview {
			format := "text"
			if p.HTML {
				format = "html"
			}
			return ChannelPreview{p.ID, p.Channel.Slug, p.Version, format, wire.List(p.Parts), wire.List(p.Lost)}
		}, onItem{sampleItem.ID, content.ChannelPreview{
			Channel: sampleChannel, Version: 2, Preview: channelwire.Preview{
				Parts: []string{"<p>Teams save up to a third.</p>"}, HTML: true,
				Lost: []string{"The keywords: they do not become tags."},
			},
		}}),
	}
}

// onItem is a preview with its item.
type onItem struct {
	ID int64
	content.ChannelPreview
}

func publication(p domain.Publication) Publication {
	action, live := p.Action, p.LiveVersion
	if p.Channel == domain.ChannelFeed {
		action, live = domain.PublicationPublish, p.Version
	}
	return Publication{
		Version:     p.Version,
		Channel:     p.Channel,
		Status:      p.Status,
		ExternalID:  wire.Optional(p.ExternalID),
		URL:         wire.Optional(p.URL),
		Error:       wire.Optional(p.Error),
		At:          wire.Time(p.At),
		Action:      action,
		LiveVersion: wire.Optional(live),
		Notes:       wire.List(p.Notes),
		Attempts:    p.Attempts,
		NextAt:      wire.Time(p.NextAt),
	}
}
