package calendar

import (
	"context"
	"time"

	"vellocity/internal/auth"
	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// NewFeedToken is a feed token with the address that has its secret, which is shown once.
type NewFeedToken struct {
	Token domain.FeedToken
	// Secret is what the address has; empty: it was shown before.
	Secret string
	// URL is the address of the feed; only its path where the server's is not known. Empty:
	// it was shown before.
	URL string
}

// FeedPath is the path of the feed with a secret.
func FeedPath(secret string) string { return "/api/v1/gtm-schedule/feed.ics?token=" + secret }

// FeedTokens returns a page of the feed tokens that work, the newest first, without their
// secrets.
func (v *Verbs) FeedTokens(ctx context.Context, page domain.Page) (domain.List[domain.FeedToken], error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.List[domain.FeedToken]{}, err
	}
	return v.store.Read().FeedTokens(ctx, a.WorkspaceID, page)
}

// CreateFeedToken asks for a token. Its filters are those of [ListEvents].
type CreateFeedToken struct {
	Name       string
	Types      []domain.CalendarType
	Channels   []domain.CalendarChannel
	CampaignID int64 // 0: any
}

// CreateFeedToken creates a token with which calendar programs read the calendar without a
// key, until it is revoked or its creator may no longer read.
func (v *Verbs) CreateFeedToken(ctx context.Context, in CreateFeedToken) (NewFeedToken, error) {
	var p domain.Problems
	domain.LimitFeedTokenName.Text(&p, "name", in.Name)
	for i, t := range in.Types {
		domain.CheckEnum(&p, verb.Path("event_types", i), t)
	}
	for i, c := range in.Channels {
		domain.CheckEnum(&p, verb.Path("channels", i), c)
	}
	if err := p.Err(); err != nil {
		return NewFeedToken{}, err
	}
	return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (NewFeedToken, error) {
		if in.CampaignID != 0 {
			if _, err := tx.Campaign(ctx, a.WorkspaceID, in.CampaignID); err != nil {
				return NewFeedToken{}, verb.MissingReference(err, "campaign_id", "campaign", in.CampaignID)
			}
		}
		l, err := tx.FeedTokens(ctx, a.WorkspaceID, domain.Page{Number: 1, Size: 1})
		if err != nil {
			return NewFeedToken{}, err
		}
		if l.Total >= domain.MostFeedTokens {
			return NewFeedToken{}, domain.Errorf(domain.CodeConflict,
				"This workspace has %d feed tokens, which is the most. Revoke one first.", l.Total)
		}
		secret := auth.NewToken()
		f, err := tx.CreateFeedToken(ctx, domain.FeedToken{
			WorkspaceID: a.WorkspaceID, Name: in.Name, Types: in.Types, Channels: in.Channels, CampaignID: in.CampaignID,
			Creator: a.Starter(), CreatedBy: a.Name,
		}, auth.Hash(secret))
		if err != nil {
			return NewFeedToken{}, err
		}
		return NewFeedToken{Token: f, Secret: secret, URL: v.publicURL + FeedPath(secret)}, noteToken(ctx, tx, f,
			domain.FeedTokenCreated{FeedTokenFacts: domain.FeedTokenFacts{ID: f.ID, Name: f.Name}})
	})
}

func noteToken(ctx context.Context, tx *store.Tx, f domain.FeedToken, e domain.EventData) error {
	return tx.AppendEvent(ctx, domain.Subject{WorkspaceID: f.WorkspaceID}, e)
}

// RevokeFeedToken ends a feed token at once. It does nothing to one that was revoked.
func (v *Verbs) RevokeFeedToken(ctx context.Context, id int64) error {
	_, err := verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (struct{}, error) {
		f, err := tx.FeedToken(ctx, a.WorkspaceID, id)
		if err != nil || !f.RevokedAt.IsZero() {
			return struct{}{}, err
		}
		if err := tx.RevokeFeedToken(ctx, a.WorkspaceID, id); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, noteToken(ctx, tx, f,
			domain.FeedTokenRevoked{FeedTokenFacts: domain.FeedTokenFacts{ID: f.ID, Name: f.Name}})
	})
	return err
}

// Feed returns the calendar that a feed token shows, from 90 days ago to a year ahead, as a
// file of iCalendar. It needs no other right, and is NOT_FOUND for any token that does not
// work.
func (v *Verbs) Feed(ctx context.Context, secret string) (File, error) {
	f, ok, err := v.store.Read().FeedTokenByHash(ctx, auth.Hash(secret))
	if err != nil {
		return File{}, err
	}
	if !ok || secret == "" {
		return File{}, domain.NotFound("Feed")
	}
	now := v.store.Now()
	creator, err := v.store.Read().PresentActor(ctx, f.WorkspaceID, f.Creator, now)
	if err != nil {
		return File{}, err
	}
	if !creator.May(domain.ScopeRead) {
		return File{}, domain.NotFound("Feed")
	}
	w, err := v.store.Read().Workspace(ctx, f.WorkspaceID)
	if err != nil {
		return File{}, err
	}
	y, m, d := now.In(w.Location()).Date()
	day := func(days int) time.Time { return domain.StartOfDay(y, m, d+days, w.Location()) }
	entries, err := v.all(ctx, w.ID, store.CalendarFilter{
		Span:  domain.DateRange{From: day(-domain.FeedPast), Until: day(domain.FeedAhead)},
		Types: f.Types, Channels: f.Channels, CampaignID: f.CampaignID, Cancelled: true,
	})
	if err != nil {
		return File{}, err
	}
	if now.Sub(f.LastUsedAt) >= time.Minute {
		// Readers get the calendar in any case; the time is for people who tidy up.
		_ = v.store.InTx(ctx, func(tx *store.Tx) error {
			return tx.UseFeedToken(ctx, f.WorkspaceID, f.ID, now.Truncate(time.Minute))
		})
	}
	return v.icsFile(ctx, w, entries, "vellocity.ics")
}
