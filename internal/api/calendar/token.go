package calendar

import (
	"context"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/calendar"
	"vellocity/internal/ops"
)

// FeedTokenAttributes is a feed token without its secret, which is stored only as a hash.
type FeedTokenAttributes struct {
	Name       string                   `json:"name"`
	EventTypes []domain.CalendarType    `json:"event_types"  doc:"That the feed has; empty: all"`
	Channels   []domain.CalendarChannel `json:"channels"     doc:"That the feed has; empty: all"`
	CampaignID *int64                   `json:"campaign_id"  doc:"That the feed has; null: all"`
	CreatedBy  string                   `json:"created_by"   doc:"The feed shows nothing once this person or key may no longer read"`
	CreatedAt  time.Time                `json:"created_at"`
	LastUsedAt *time.Time               `json:"last_used_at" doc:"To the minute; null: never"`
}

// FeedTokenMeta has the address of a feed, this once.
type FeedTokenMeta struct {
	URL     *string `json:"url"     doc:"The address to subscribe to, only its path where the server does not know its own; null when the response is replayed"`
	Token   *string `json:"token"   doc:"The secret in that address; null when the response is replayed"`
	Warning string  `json:"warning"`
}

type createToken struct {
	Name       string                   `json:"name"                  limit:"feed_token_name"   doc:"Who or what reads with it"`
	EventTypes []domain.CalendarType    `json:"event_types,omitempty" limit:"calendar_types"    doc:"Only these types"`
	Channels   []domain.CalendarChannel `json:"channels,omitempty"    limit:"calendar_channels" doc:"Only these channels"`
	CampaignID int64                    `json:"campaign_id,omitempty" minimum:"1"               doc:"Only events of this campaign"`
}

type tokenID struct {
	ID int64 `json:"id" in:"path" minimum:"1" doc:"The feed token's id"`
}

const (
	shownOnce = "Copy the address now: it is shown only once. Anyone who has it can read this calendar."
	notAgain  = "The address was shown when the token was created and cannot be shown again."
	noSecrets = "a secret must not pass through a model"
)

var sampleToken = domain.FeedToken{ID: 2, Name: "Marketing team", CreatedBy: "Ada", CreatedAt: wire.SampleTime()}

func token(f domain.FeedToken) wire.Resource[FeedTokenAttributes] {
	return wire.Resource[FeedTokenAttributes]{Type: "feed_token", ID: f.ID, Attributes: FeedTokenAttributes{
		Name: f.Name, EventTypes: wire.List(f.Types), Channels: wire.List(f.Channels),
		CampaignID: wire.Optional(f.CampaignID), CreatedBy: f.CreatedBy, CreatedAt: f.CreatedAt.UTC(),
		LastUsedAt: wire.Time(f.LastUsedAt),
	}}
}

func tokenRows(v *calendar.Verbs) []ops.Op {
	return []ops.Op{
		ops.New(ops.Op{
			Name:  "list_feed_tokens",
			Route: ops.Route{Method: http.MethodGet, Path: tokens},
			Scope: domain.ScopeRead,
			Hints: ops.Hints{ReadOnly: true, Idempotent: true},
			Docs: ops.Docs{
				Chapter: chapter, Summary: "List feed tokens",
				Description: "The tokens with which calendar programs read the calendar, newest first, without their secrets.",
			},
			Tool: ops.Tool{Set: tools},
			Command: ops.Command{Noun: "feed-tokens", Verb: "list", Columns: []string{"id", "name", "created_by",
				"last_used_at"}},
		}, func(ctx context.Context, in wire.Page) (domain.List[domain.FeedToken], error) {
			return v.FeedTokens(ctx, wire.PageOf(in.Paging))
		}, func(r *ops.Reply, l domain.List[domain.FeedToken]) []wire.Resource[FeedTokenAttributes] {
			r.Total = l.Total
			return wire.Each(l.Items, token)
		}, domain.List[domain.FeedToken]{Items: []domain.FeedToken{sampleToken}, Total: 1}),
		createTokenRow(v),
		ops.NewEmpty(ops.Op{
			Name:  "revoke_feed_token",
			Route: ops.Route{Method: http.MethodDelete, Path: tokens + "/{id}"},
			Scope: domain.ScopeWrite,
			Hints: ops.Hints{Destructive: true, Idempotent: true},
			Docs: ops.Docs{
				Chapter: chapter, Summary: "Revoke a feed token",
				Description: "Its feed stops at once. Calendar programs keep what they have read until they look again.",
				Errors:      []domain.Code{domain.CodeNotFound}, Example: map[string]any{"id": sampleToken.ID},
			},
			Tool:    ops.Tool{Set: tools},
			Command: ops.Command{Noun: "feed-tokens", Verb: "revoke"},
		}, func(ctx context.Context, in tokenID) error { return v.RevokeFeedToken(ctx, in.ID) }),
	}
}

func createTokenRow(v *calendar.Verbs) ops.Op {
	return ops.NewRedacted(ops.Op{
		Name:           "create_feed_token",
		Route:          ops.Route{Method: http.MethodPost, Path: tokens, Status: http.StatusCreated},
		Scope:          domain.ScopeWrite,
		IdempotencyKey: true,
		Docs: ops.Docs{
			Chapter: chapter, Summary: "Create a feed token",
			Description: "An address to which calendar programs subscribe without a key, in meta.url, this once. Google reads " +
				"it about every 12 to 24 hours, Outlook on the web about every 3; Apple lets people choose.",
			Meta: FeedTokenMeta{}, Example: map[string]any{"name": sampleToken.Name},
		},
		Tool:    ops.Tool{None: noSecrets},
		Command: ops.Command{Noun: "feed-tokens", Verb: "create"},
	}, func(ctx context.Context, in createToken) (calendar.NewFeedToken, error) {
		return v.CreateFeedToken(ctx, calendar.CreateFeedToken{
			Name: in.Name, Types: in.EventTypes, Channels: in.Channels, CampaignID: in.CampaignID,
		})
	}, func(r *ops.Reply, f calendar.NewFeedToken) wire.Resource[FeedTokenAttributes] {
		r.Meta = FeedTokenMeta{wire.Optional(f.URL), wire.Optional(f.Secret), shownOnce}
		if f.URL == "" {
			r.Meta = FeedTokenMeta{nil, nil, notAgain}
		}
		r.Location = wire.Path(tokens, f.Token.ID)
		return token(f.Token)
	}, func(f calendar.NewFeedToken) calendar.NewFeedToken { return calendar.NewFeedToken{Token: f.Token} },
		calendar.NewFeedToken{
			Token:  sampleToken,
			Secret: "0000000000000000000000000000000000000000000",
			URL:    "https://content.example.com" + calendar.FeedPath("0000000000000000000000000000000000000000000"),
		})
}
