package content

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/guard"
	"vellocity/internal/item"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// ItemDetails is an item with everything around it.
type ItemDetails struct {
	domain.ContentItem
	Agent        *domain.Agent      // nil: none; it may have been deleted since
	BrandVoice   *domain.BrandVoice // nil: none; as it is now, and it may have been deleted since
	Execution    *domain.Execution  // nil: none, or deleted since
	Provenance   json.RawMessage
	Publications []domain.Publication
	Moves        []domain.ItemMove // oldest first
}

// Item returns an item with everything around it.
func (v *Verbs) Item(ctx context.Context, id int64) (ItemDetails, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return ItemDetails{}, err
	}
	return v.itemDetails(ctx, v.store.Read(), a.WorkspaceID, id)
}

func (v *Verbs) itemDetails(ctx context.Context, q store.Q, workspaceID, id int64) (d ItemDetails, err error) {
	if d.ContentItem, err = q.Content(ctx, workspaceID, id); err != nil {
		return d, err
	}
	d.Findings = guard.Identified(d.Body, d.Findings)
	if d.Provenance, err = q.ContentProvenance(ctx, workspaceID, id); err != nil {
		return d, err
	}
	if d.Agent, err = agentOf(ctx, q, d.ContentItem); err != nil {
		return d, err
	}
	if d.BrandVoice, err = voiceOf(ctx, q, d.ContentItem); err != nil {
		return d, err
	}
	if d.Execution, err = executionOf(ctx, q, d.ContentItem); err != nil {
		return d, err
	}
	if d.Publications, err = v.publications(ctx, q, workspaceID, id); err != nil {
		return d, err
	}
	d.Moves, err = q.ContentMoves(ctx, id)
	return d, err
}

// publications reads where an item is published, with the addresses of those on the feed.
func (v *Verbs) publications(ctx context.Context, q store.Q, workspaceID, id int64) ([]domain.Publication, error) {
	list, err := q.Publications(ctx, workspaceID, id)
	if err != nil || len(list) == 0 || v.publicURL == "" {
		return list, err
	}
	ws, err := q.Workspace(ctx, workspaceID)
	if err != nil || !ws.FeedEnabled {
		return list, err
	}
	for i, p := range list {
		if p.Channel == domain.ChannelFeed && p.Status == domain.PublicationPublished {
			list[i].URL = v.publicURL + FeedItemPath(ws.Slug, p.Slug)
		}
	}
	return list, nil
}

func agentOf(ctx context.Context, q store.Q, c domain.ContentItem) (*domain.Agent, error) {
	return verb.Optional(c.AgentID, func() (domain.Agent, error) {
		return q.AnyAgent(ctx, c.WorkspaceID, c.AgentID)
	})
}

func voiceOf(ctx context.Context, q store.Q, c domain.ContentItem) (*domain.BrandVoice, error) {
	return verb.Optional(c.BrandVoiceID, func() (domain.BrandVoice, error) {
		return q.AnyBrandVoice(ctx, c.WorkspaceID, c.BrandVoiceID)
	})
}

func executionOf(ctx context.Context, q store.Q, c domain.ContentItem) (*domain.Execution, error) {
	return verb.Optional(c.ExecutionID, func() (domain.Execution, error) {
		return q.Execution(ctx, c.WorkspaceID, c.ExecutionID)
	})
}

// EditItem changes an item. A nil field stays as it is.
type EditItem struct {
	ID int64
	domain.ItemEdit
	Reason string // for the history; empty: "Edited"
	verb.Precondition
}

// EditItem changes an item, and checks its text with the guardrails again. Whatever
// readers see of it makes a version; an approved text that is not published yet then
// goes back to review. It takes the scope content, and scheduled_at takes publish.
func (v *Verbs) EditItem(ctx context.Context, in EditItem) (ItemDetails, error) {
	a, err := verb.Caller(ctx, in.scope())
	if err != nil {
		return ItemDetails{}, err
	}
	var now domain.ContentItem
	if now, err = v.store.Read().Content(ctx, a.WorkspaceID, in.ID); err == nil {
		// A slug or a language that stays as it is is no change, however it came about.
		in.Slug, in.Language = changed(in.Slug, now.Slug), changed(in.Language, now.Language)
	}
	if err := in.validate(now, v.store.Now()); err != nil {
		return ItemDetails{}, err
	}
	return changeItem(ctx, v, change[domain.ContentItem]{
		id: in.ID, seen: in.Precondition, scope: in.scope(),
		prepare: func(before domain.ContentItem) (domain.ContentItem, error) {
			c := before
			in.Apply(&c)
			verb.Set(&c.Slug, in.Slug)
			if c.SameVersion(before) {
				return c, nil
			}
			c.Edited = before.Edited || c.Title != before.Title || c.Body != before.Body
			return prepared(ctx, v.store.Read(), c, before.Version+1, earlier(before))
		},
		apply: func(tx *store.Tx, a domain.Actor, before, c domain.ContentItem) (ItemDetails, error) {
			if err := in.checkSlug(ctx, tx, before); err != nil {
				return ItemDetails{}, err
			}
			if !c.ScheduledAt.Equal(before.ScheduledAt) {
				if err := a.Require(domain.ScopePublish); err != nil {
					return ItemDetails{}, err
				}
			}
			return v.saveEdit(ctx, tx, before, c, cmp.Or(in.Reason, "Edited"))
		},
	})
}

// changed returns nil where a field would stay as it is.
func changed(field *string, now string) *string {
	if field != nil && *field == now {
		return nil
	}
	return field
}

// scope returns the scope of an edit: publish where it only plans a publication.
func (in EditItem) scope() domain.Scope {
	if in.ScheduledAt != nil && in.ItemEdit == (domain.ItemEdit{ScheduledAt: in.ScheduledAt}) {
		return domain.ScopePublish
	}
	return domain.ScopeContent
}

// lockItem locks an item to the end of the transaction.
func lockItem(
	ctx context.Context, tx *store.Tx, a domain.Actor, id int64, seen verb.Precondition,
) (domain.ContentItem, error) {
	c, err := tx.LockContent(ctx, a.WorkspaceID, id)
	if err != nil {
		return c, err
	}
	return c, seen.CheckRevision(c.Revision)
}

// saveEdit stores an item that was prepared.
func (v *Verbs) saveEdit(
	ctx context.Context, tx *store.Tx, before, c domain.ContentItem, reason string,
) (ItemDetails, error) {
	if _, err := item.Edit(ctx, tx, before, c, reason); err != nil {
		return ItemDetails{}, err
	}
	return v.itemDetails(ctx, tx.Q, c.WorkspaceID, c.ID)
}

// Check notes the faults of the fields that are given, whatever the item has in them.
func (in EditItem) Check(p *domain.Problems) {
	domain.CheckLimits(p, in.ItemEdit)
	verb.CheckSlug(p, "slug", in.Slug)
	verb.CheckLanguage(p, "language", in.Language)
}

// validate checks the fields that are given, of an item as it is.
func (in EditItem) validate(c domain.ContentItem, now time.Time) error {
	var p domain.Problems
	in.Check(&p)
	domain.LimitReason.Text(&p, "reason", in.Reason)
	if at := in.ScheduledAt; at != nil && !at.IsZero() && !at.Truncate(time.Millisecond).Equal(c.ScheduledAt) {
		p.Future("scheduled_at", *at, now.Add(-domain.ClockLeniency)) // one that has passed since may be sent back
	}
	return p.Err()
}

// checkSlug returns an error unless the slug that the edit sets is free.
func (in EditItem) checkSlug(ctx context.Context, tx *store.Tx, before domain.ContentItem) error {
	if in.Slug == nil || *in.Slug == before.Slug {
		return nil
	}
	free, err := tx.FreeContentSlug(ctx, before.WorkspaceID, before.ID, *in.Slug)
	if err != nil {
		return err
	}
	if free != *in.Slug {
		return domain.Duplicate("slug", fmt.Sprintf("Another item already has the slug %q; %q is free", *in.Slug, free))
	}
	return nil
}

// DeleteItem removes an item with its versions and publications. A published item
// takes the scope publish as well.
func (v *Verbs) DeleteItem(ctx context.Context, in verb.ID) error {
	_, err := verb.Change(ctx, v.store, domain.ScopeContent, func(tx *store.Tx, a domain.Actor) (struct{}, error) {
		c, err := lockItem(ctx, tx, a, in.ID, in.Precondition)
		if err != nil {
			return struct{}{}, err
		}
		if c.Status == domain.ItemPublished {
			if err := a.Require(domain.ScopePublish); err != nil {
				return struct{}{}, err
			}
		}
		if err := item.Delete(ctx, tx, c); err != nil {
			return struct{}{}, err
		}
		// An execution that waits for a decision about the item will get none.
		return struct{}{}, v.runner.Wake(ctx, tx, a.WorkspaceID, c.ID)
	})
	return err
}
