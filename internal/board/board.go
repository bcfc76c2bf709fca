// Package board is what a run and a person both do to content: make an item,
// write a version, move it, approve it, publish it. Each function is part of the
// caller's transaction, appends the event and writes the history; who may do it
// has been decided before.
package board

import (
	"context"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
	"vellocity/internal/store"
)

// ChannelFeed is the built-in channel that every workspace has.
const ChannelFeed = "feed"

// previewRunes is how much of a text a card shows.
const previewRunes = 180

// Create puts a new item into the generated column as its first version.
func Create(ctx context.Context, tx *store.Tx, c domain.ContentItem, provenance json.RawMessage) (domain.ContentItem, error) {
	a := actor(ctx)
	describe(&c)
	if c.Slug == "" {
		c.Slug = prose.Slug(c.Title, maxSlug)
	}
	var err error
	if c.Slug, err = tx.FreeContentSlug(ctx, c.WorkspaceID, 0, c.Slug); err != nil {
		return c, err
	}
	c.Status = domain.ItemGenerated
	if c, err = tx.CreateContent(ctx, c, provenance); err != nil {
		return c, err
	}
	if err := tx.AddContentVersion(ctx, domain.ContentVersion{ContentID: c.ID, N: 1, AuthorKind: a.Kind, Author: a.Name, Reason: "Generated", Title: c.Title, Body: c.Body}); err != nil {
		return c, err
	}
	return c, tx.AppendEvent(ctx, c.Subject(), domain.ContentGenerated{ItemState: c.State(), Title: c.Title, ContentType: c.Type})
}

const maxSlug = 80

// describe derives what a card shows of the text.
func describe(c *domain.ContentItem) {
	plain := prose.Plain(c.Body)
	c.WordCount = prose.CountWords(plain)
	if rest, ok := strings.CutPrefix(plain, c.Title); ok {
		plain = rest
	}
	c.Preview = prose.Clip(prose.Line(plain), previewRunes)
}

// Edit stores a changed item as its next version. An approved text that has not
// been published goes back to review, since nobody has approved what it says now.
func Edit(ctx context.Context, tx *store.Tx, c domain.ContentItem, reason string) (domain.ContentItem, error) {
	a := actor(ctx)
	describe(&c)
	c.Version++
	var err error
	if c, err = tx.SaveContent(ctx, c); err != nil {
		return c, err
	}
	if err := tx.AddContentVersion(ctx, domain.ContentVersion{ContentID: c.ID, N: c.Version, AuthorKind: a.Kind, Author: a.Name, Reason: reason, Title: c.Title, Body: c.Body}); err != nil {
		return c, err
	}
	if err := tx.AppendEvent(ctx, c.Subject(), domain.ContentEdited{ItemState: c.State(), Version: c.Version, Reason: reason}); err != nil {
		return c, err
	}
	if c.Status == domain.ItemReady {
		return Move(ctx, tx, domain.Workspace{ID: c.WorkspaceID}, c, domain.ItemReview, 0)
	}
	return c, nil
}

// Annotate stores new scores and findings of the present version.
func Annotate(ctx context.Context, tx *store.Tx, c domain.ContentItem) (domain.ContentItem, error) {
	return tx.SaveContent(ctx, c)
}

// Move takes an item to a column. Reaching ready approves the present version.
// Reaching published publishes it, and approves it where the workspace asks for
// no approval first; leaving published withdraws it. An item with blocking
// findings is not published: that is a CONFLICT whose details.blockers say why.
func Move(ctx context.Context, tx *store.Tx, w domain.Workspace, c domain.ContentItem, to domain.ItemStatus, before int64) (domain.ContentItem, error) {
	from := c.Status
	// To publish again is to say published again; a card that is given another
	// place in the column is only that.
	republish := from == domain.ItemPublished && to == from && c.PublishedVersion != c.Version && before == 0
	if to == domain.ItemPublished && (from != to || republish) {
		if err := mayPublish(w, c); err != nil {
			return c, err
		}
	}
	c.Status = to
	switch {
	case to == domain.ItemReady:
		c.ApprovedVersion = c.Version
	case to == domain.ItemPublished && (from != to || republish):
		c.ApprovedVersion, c.PublishedVersion, c.PublishedAt = c.Version, c.Version, tx.Now()
	case from == domain.ItemPublished && to != from:
		c.PublishedVersion = 0
	}
	c, err := tx.SaveContentStatus(ctx, c, from, before)
	if err != nil {
		return c, err
	}
	if from == to && !republish {
		return c, tx.AppendEvent(ctx, c.Subject(), domain.ContentReordered{ItemState: c.State()})
	}
	if err := history(ctx, tx, c, from); err != nil {
		return c, err
	}
	return c, publishing(ctx, tx, c, from)
}

func history(ctx context.Context, tx *store.Tx, c domain.ContentItem, from domain.ItemStatus) error {
	a := actor(ctx)
	if err := tx.AddContentMove(ctx, domain.ItemMove{ContentID: c.ID, From: from, To: c.Status, Version: c.Version, By: a.Name, ByKind: a.Kind}); err != nil {
		return err
	}
	return tx.AppendEvent(ctx, c.Subject(), domain.ContentMoved{ItemState: c.State(), From: from, To: c.Status, Version: c.Version})
}

// publishing puts the item on its channels, or takes it off them.
func publishing(ctx context.Context, tx *store.Tx, c domain.ContentItem, from domain.ItemStatus) error {
	if c.Status != domain.ItemPublished {
		if from == domain.ItemPublished {
			return tx.DeletePublications(ctx, c.WorkspaceID, c.ID)
		}
		return nil
	}
	p := domain.Publication{Version: c.Version, Channel: ChannelFeed, Status: domain.PublicationPublished}
	if err := tx.SavePublication(ctx, c, p); err != nil {
		return err
	}
	return tx.AppendEvent(ctx, c.Subject(), domain.ContentPublished{ItemState: c.State(), Version: c.Version, Channel: ChannelFeed, Slug: c.Slug})
}

// Approve approves the present version of a published item, which stays as it is
// published until it is published again.
func Approve(ctx context.Context, tx *store.Tx, c domain.ContentItem) (domain.ContentItem, error) {
	c.ApprovedVersion = c.Version
	c, err := tx.SaveContentStatus(ctx, c, c.Status, 0)
	if err != nil {
		return c, err
	}
	return c, tx.AppendEvent(ctx, c.Subject(), domain.ContentApproved{ItemState: c.State(), Version: c.Version})
}

func mayPublish(w domain.Workspace, c domain.ContentItem) error {
	var blockers []domain.Blocker
	for _, f := range c.Findings {
		if f.Severity == domain.SeverityBlocking && f.Action != domain.ActionRedacted {
			blockers = append(blockers, domain.Blocker{Guardrail: f.Guardrail, Message: f.Message, Matches: f.Matches})
		}
	}
	if w.RequireApproval && c.ApprovedVersion != c.Version {
		blockers = append(blockers, domain.Blocker{Message: "This version has not been approved yet. Move it to Ready first."})
	}
	if len(blockers) == 0 {
		return nil
	}
	return domain.NotPublishable(blockers)
}

func actor(ctx context.Context) domain.Actor {
	a, _ := domain.ActorFrom(ctx)
	return a
}

// TitleFrom makes a title for a text that has none: its first line, cut.
func TitleFrom(body string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(prose.Plain(body)), "\n")
	if utf8.RuneCountInString(line) > 90 {
		line = prose.Clip(line, 90)
	}
	return line
}
