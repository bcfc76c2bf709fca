package content

import (
	"context"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/ops"
	"vellocity/internal/verb"
)

// ChannelAttributes is a place where a workspace publishes, without its secret.
type ChannelAttributes struct {
	Slug         string               `json:"slug" doc:"What publications and capabilities call it; it never changes"`
	Kind         domain.ChannelKind   `json:"kind"`
	Name         string               `json:"name"`
	Settings     map[string]string    `json:"settings" doc:"What its kind needs, without the secret"`
	ContentTypes []domain.ContentType `json:"content_types" doc:"What is published there unless a caller chooses the channels"`
	Enabled      bool                 `json:"enabled"`
	Error        *string              `json:"error" doc:"Why it does not work; null while it does"`
	CheckedAt    *time.Time           `json:"checked_at" doc:"The last check or publication; null: none"`
	CreatedAt    time.Time            `json:"created_at"`
	UpdatedAt    time.Time            `json:"updated_at"`
}

// ChannelMeta has the secret of a new channel where it was generated, this once.
type ChannelMeta struct {
	Secret  *string `json:"secret" doc:"The generated signing secret; null where you gave one, and when the response is replayed"`
	Warning string  `json:"warning"`
}

// ChannelCheck is what a channel said when it was asked.
type ChannelCheck struct {
	OK      bool   `json:"ok"`
	Message string `json:"message" doc:"As whom Vellocity is signed in there; or what is wrong, and what to do"`
}

// ChannelFields are what may be given and changed alike.
type ChannelFields struct {
	ContentTypes *[]domain.ContentType `json:"content_types,omitempty" limit:"channel_types" doc:"What is published there unless a caller chooses the channels; by default what its kind usually takes"`
	Enabled      *bool                 `json:"enabled,omitempty" doc:"Whether it takes publications; true for a new one"`
}

type createChannel struct {
	Kind     domain.ChannelKind `json:"kind" doc:"What is at the other end"`
	Name     string             `json:"name" limit:"channel_name" doc:"What people call it; its slug is made of it"`
	Settings map[string]string  `json:"settings,omitempty" doc:"What its kind needs. wordpress: url, user and status (publish or draft). ghost: url and status. bluesky: identifier, and url of another server than bsky.social. mastodon: url and visibility (public, unlisted or private). webhook: url"`
	Secret   *string            `json:"secret,omitempty" limit:"channel_secret" doc:"wordpress: an application password. ghost: the Admin API key of a custom integration. bluesky: an app password. mastodon: an access token. webhook: the signing secret; left out, one is generated"`
	ChannelFields
}

type editChannel struct {
	ChannelID
	ops.Conditional
	Name     *string           `json:"name,omitempty" limit:"channel_name" doc:"What people call it"`
	Settings map[string]string `json:"settings,omitempty" doc:"Settings to change; others stay, and an empty one is cleared"`
	Secret   *string           `json:"secret,omitempty" limit:"channel_secret" doc:"A new secret; required beside another url"`
	ChannelFields
}

// ChannelID names a channel in the path.
type ChannelID struct {
	ID int64 `json:"id" in:"path" minimum:"1" doc:"The channel's id"`
}

type deleteChannel struct {
	ChannelID
	ops.Conditional
}

const channels = "/content-workflow/channels"

const (
	secretShownOnce = "Copy the secret now: it is shown only once."
	secretNotShown  = "The secret is stored encrypted and cannot be shown."
)

var (
	chapterChannels = ops.Chapter{
		Name:        "Channels",
		Description: "Where a workspace publishes, beside its feed: WordPress, Ghost, Bluesky, Mastodon and webhooks.",
	}
	sampleChannel = domain.Channel{
		ID: 4, Slug: "company-blog", Kind: "wordpress", Name: "Company blog",
		Settings:     map[string]string{"url": "https://blog.example.com", "user": "ada", "status": "publish"},
		ContentTypes: []domain.ContentType{domain.ContentBlog}, Enabled: true, Version: 1,
		CreatedAt: wire.SampleTime(), UpdatedAt: wire.SampleTime(),
	}
)

func channelRows(v *content.Verbs) []ops.Op {
	return []ops.Op{
		ops.New(ops.Op{
			Name:  "list_channels",
			Route: ops.Route{Method: http.MethodGet, Path: channels},
			Scope: domain.ScopeAdmin,
			Hints: ops.Hints{ReadOnly: true, Idempotent: true},
			Docs: ops.Docs{
				Chapter:     chapterChannels,
				Summary:     "List channels",
				Description: "Every channel of the workspace, in the order of their creation. The built-in feed is none of them.",
			},
			Tool: ops.Tool{Set: "channels"},
			Command: ops.Command{
				Noun: "channels", Verb: "list", Columns: []string{"id", "slug", "kind", "name", "enabled", "error"},
			},
		}, func(ctx context.Context, _ struct{}) ([]domain.Channel, error) {
			return v.Channels(ctx)
		}, func(r *ops.Reply, l []domain.Channel) []wire.Resource[ChannelAttributes] {
			r.Total = len(l)
			return wire.Each(l, channel)
		}, []domain.Channel{sampleChannel}),
		ops.New(ops.Op{
			Name:  "get_channel",
			Route: ops.Route{Method: http.MethodGet, Path: channels + "/{id}"},
			Scope: domain.ScopeAdmin,
			Hints: ops.Hints{ReadOnly: true, Idempotent: true},
			ETag:  true,
			Docs: ops.Docs{
				Chapter:     chapterChannels,
				Summary:     "Get a channel",
				Description: "One channel, without its secret.",
				Errors:      []domain.Code{domain.CodeNotFound},
				Example:     map[string]any{"id": sampleChannel.ID},
			},
			Tool:    ops.Tool{Set: "channels"},
			Command: ops.Command{Noun: "channels", Verb: "get"},
		}, func(ctx context.Context, in ChannelID) (domain.Channel, error) {
			return v.Channel(ctx, in.ID)
		}, viewChannel, sampleChannel),
		createChannelRow(v), editChannelRow(v), deleteChannelRow(v), checkChannelRow(v),
	}
}

func createChannelRow(v *content.Verbs) ops.Op {
	return ops.NewRedacted(ops.Op{
		Name:           "create_channel",
		Route:          ops.Route{Method: http.MethodPost, Path: channels, Status: http.StatusCreated},
		Scope:          domain.ScopeAdmin,
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapterChannels,
			Summary: "Create a channel",
			Description: "From now on publishing an item of these content types publishes it there, too. Nothing is sent " +
				"yet; check the channel to see whether it works. Secrets are stored encrypted and are never shown, save a " +
				"generated one, in meta.secret, once.",
			Meta:   ChannelMeta{},
			Errors: []domain.Code{domain.CodeConflict},
			Example: map[string]any{
				"kind": "wordpress", "name": sampleChannel.Name,
				"settings": map[string]any{"url": "https://blog.example.com", "user": "ada"},
				"secret":   "abcd EFGH 1234 ijkl MNOP 5678",
			},
		},
		Tool:    ops.Tool{None: noSecrets},
		Command: ops.Command{Noun: "channels", Verb: "create"},
	}, func(ctx context.Context, in createChannel) (content.NewChannel, error) {
		return v.CreateChannel(ctx, content.CreateChannel{Kind: in.Kind, ChannelEdit: content.ChannelEdit{
			Name:         &in.Name,
			Settings:     in.Settings,
			Secret:       secretOf(in.Secret),
			ContentTypes: in.ContentTypes,
			Enabled:      in.Enabled,
		}})
	}, func(r *ops.Reply, c content.NewChannel) wire.Resource[ChannelAttributes] {
		r.Meta = ChannelMeta{wire.Optional(c.Secret.Reveal()), secretShownOnce}
		if c.Secret == "" {
			r.Meta = ChannelMeta{nil, secretNotShown}
		}
		r.Location = wire.Path(channels, c.Channel.ID)
		return viewChannel(r, c.Channel)
	}, func(c content.NewChannel) content.NewChannel {
		return content.NewChannel{Channel: c.Channel}
	}, content.NewChannel{Channel: sampleChannel})
}

func secretOf(s *string) *domain.Secret {
	if s == nil {
		return nil
	}
	secret := domain.Secret(*s)
	return &secret
}

func editChannelRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "edit_channel",
		Route: ops.Route{Method: http.MethodPatch, Path: channels + "/{id}"},
		Scope: domain.ScopeAdmin,
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterChannels,
			Summary: "Edit a channel",
			Description: "Changes the fields that are given. Its kind and slug stay. Another address takes the secret again, " +
				"so that the stored one is not sent there.",
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: map[string]any{"id": sampleChannel.ID, "enabled": false},
		},
		Tool:    ops.Tool{None: noSecrets},
		Command: ops.Command{Noun: "channels", Verb: "edit"},
	}, func(ctx context.Context, in editChannel) (domain.Channel, error) {
		return v.EditChannel(ctx, content.EditChannel{
			ID: in.ID,
			ChannelEdit: content.ChannelEdit{
				Name:         in.Name,
				Settings:     in.Settings,
				Secret:       secretOf(in.Secret),
				ContentTypes: in.ContentTypes,
				Enabled:      in.Enabled,
			},
			Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	}, viewChannel, sampleChannel)
}

func deleteChannelRow(v *content.Verbs) ops.Op {
	return ops.NewEmpty(ops.Op{
		Name:  "delete_channel",
		Route: ops.Route{Method: http.MethodDelete, Path: channels + "/{id}"},
		Scope: domain.ScopeAdmin,
		Hints: ops.Hints{Destructive: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterChannels,
			Summary: "Delete a channel",
			Description: "Its secret is deleted at once. What is published there stays there; Vellocity can neither change it " +
				"nor take it back any more.",
			Errors:  []domain.Code{domain.CodeNotFound},
			Example: map[string]any{"id": sampleChannel.ID},
		},
		Tool:    ops.Tool{Set: "channels"},
		Command: ops.Command{Noun: "channels", Verb: "delete"},
	}, func(ctx context.Context, in deleteChannel) error {
		return v.DeleteChannel(ctx, verb.ID{ID: in.ID, Precondition: verb.Precondition{IfMatch: in.Revisions()}})
	})
}

func checkChannelRow(v *content.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "check_channel",
		Route: ops.Route{Method: http.MethodPost, Path: channels + "/{id}/check"},
		Scope: domain.ScopeAdmin,
		Hints: ops.Hints{Idempotent: true, OpenWorld: true},
		Docs: ops.Docs{
			Chapter: chapterChannels,
			Summary: "Check a channel",
			Description: "Connects, signs in and says whether a post would be accepted. It publishes nothing; a webhook gets " +
				"a request of the type channel.check. It waits up to 30 seconds.",
			Errors:  []domain.Code{domain.CodeNotFound},
			Example: map[string]any{"id": sampleChannel.ID},
		},
		Tool:    ops.Tool{Set: "channels"},
		Command: ops.Command{Noun: "channels", Verb: "check"},
	}, func(ctx context.Context, in ChannelID) (content.ChannelCheck, error) {
		return v.CheckChannel(ctx, in.ID)
	}, func(_ *ops.Reply, c content.ChannelCheck) ChannelCheck {
		return ChannelCheck(c)
	}, content.ChannelCheck{OK: true, Message: "Ada (author) on https://blog.example.com."})
}

func viewChannel(r *ops.Reply, c domain.Channel) wire.Resource[ChannelAttributes] {
	r.Revision = wire.Number(c.Revision())
	return channel(c)
}

func channel(c domain.Channel) wire.Resource[ChannelAttributes] {
	settings := c.Settings
	if settings == nil {
		settings = map[string]string{}
	}
	return wire.Resource[ChannelAttributes]{
		Type:  "channel",
		ID:    c.ID,
		Links: &wire.Links{Self: wire.Path(channels, c.ID)},
		Attributes: ChannelAttributes{
			Slug:         c.Slug,
			Kind:         c.Kind,
			Name:         c.Name,
			Settings:     settings,
			ContentTypes: wire.List(c.ContentTypes),
			Enabled:      c.Enabled,
			Error:        wire.Optional(c.Error),
			CheckedAt:    wire.Time(c.CheckedAt),
			CreatedAt:    c.CreatedAt.UTC(),
			UpdatedAt:    c.UpdatedAt.UTC(),
		},
	}
}
