package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of a content item's columns.
const (
	contentCard    db.Set = 1 << iota // what the board shows; large texts stay where they are
	contentBody                       // the large text
	contentCreate                     // stored when it is created
	contentEdit                       // stored by an edit
	contentMove                       // stored when it changes its place or its approvals
	contentSupport                    // stored when somebody says what the text may rest on
	contentOrigin                     // stored when an execution has rewritten the text

	contentWhole = contentCard | contentBody
)

// contentRow is an item with the columns that only the store looks at.
type contentRow struct {
	domain.ContentItem
	place      int64
	provenance json.RawMessage
}

func (c *contentRow) blocking() bool { return domain.Blocking(c.Findings) }

var contentTable = db.NewTable("content", func(c *contentRow) []db.Column {
	return []db.Column{
		{Name: "id", Field: &c.ID, In: contentCard},
		{Name: "workspace_id", Field: &c.WorkspaceID, In: contentCard | contentCreate},
		{Name: "execution_id", Field: &c.ExecutionID, In: contentCard | contentCreate},
		{Name: "listing_id", Field: &c.ListingID, In: contentCard | contentCreate},
		{Name: "agent_id", Field: &c.AgentID, In: contentCard | contentCreate | contentOrigin},
		{Name: "voice_id", Field: &c.BrandVoiceID, In: contentCard | contentCreate | contentOrigin},
		{Name: "voice_version", Field: &c.BrandVoiceN, In: contentCard | contentCreate | contentOrigin},
		{Name: "title", Field: &c.Title, In: contentCard | contentCreate | contentEdit},
		{Name: "content_type", Field: db.Text(&c.Type), In: contentCard | contentCreate},
		{Name: "stage", Field: db.Text(&c.Status), In: contentCard | contentCreate | contentMove},
		{Name: "place", Field: &c.place, In: contentCreate | contentMove},
		{Name: "preview", Field: &c.Preview, In: contentCard | contentCreate | contentEdit},
		{Name: "word_count", Field: &c.WordCount, In: contentCard | contentCreate | contentEdit},
		{Name: "language", Field: &c.Language, In: contentCard | contentCreate | contentEdit},
		{Name: "channel", Field: &c.Channel, In: contentCard | contentCreate | contentEdit},
		{Name: "meta_title", Field: &c.MetaTitle, In: contentCard | contentCreate | contentEdit},
		{Name: "meta_description", Field: &c.MetaDescription, In: contentCard | contentCreate | contentEdit},
		{Name: "keywords", Field: db.JSONOr(&c.Keywords, "[]"), In: contentCard | contentCreate | contentEdit},
		{Name: "slug", Field: &c.Slug, In: contentCard | contentCreate | contentEdit},
		{Name: "scores", Field: db.JSONOr(&c.Scores, "{}"), In: contentCard | contentCreate | contentEdit},
		{Name: "engine", Field: db.RepeatedJSON(&c.Origin), In: contentCard | contentCreate | contentOrigin},
		{Name: "blocking", Field: db.Computed(c.blocking), In: contentCreate | contentEdit},
		{Name: "version", Field: &c.Version, In: contentCard | contentCreate | contentEdit},
		{Name: "approved_version", Field: &c.ApprovedVersion, In: contentCard | contentMove},
		{Name: "published_version", Field: &c.PublishedVersion, In: contentCard | contentMove},
		{Name: "revision", Field: &c.Revision, In: contentCard | contentCreate},
		{Name: "planned_at", Field: db.Time(&c.PlannedAt), In: contentCard | contentCreate | contentEdit},
		{Name: "scheduled_at", Field: db.Time(&c.ScheduledAt), In: contentCard | contentCreate | contentEdit},
		{Name: "published_at", Field: db.Time(&c.PublishedAt), In: contentCard | contentMove},
		{Name: "assignee", Field: &c.Assignee, In: contentCard | contentCreate | contentEdit},
		{Name: "created_at", Field: db.Time(&c.CreatedAt), In: contentCard | contentCreate},
		{Name: "updated_at", Field: db.Time(&c.UpdatedAt), In: contentCard | contentCreate | contentEdit | contentMove},
		{Name: "findings", Field: db.JSONOr(&c.Findings, "[]"), In: contentCard | contentCreate | contentEdit},
		{
			Name:  "support",
			Field: db.JSONOr(&c.Support, "{}"),
			In:    contentBody | contentCreate | contentSupport | contentOrigin,
		},
		{Name: "images", Field: db.JSONOr(&c.Images, "[]"), In: contentCard | contentCreate | contentEdit},
		{Name: "edited", Field: &c.Edited, In: contentCard | contentCreate | contentEdit},
		{Name: "needs_input", Field: db.JSONOr(&c.NeedsInput, "[]"), In: contentCard | contentCreate | contentOrigin},
		{Name: "body", Field: &c.Body, In: contentBody | contentCreate | contentEdit},
		{Name: "provenance", Field: db.Raw(&c.provenance, ""), In: contentCreate | contentOrigin},
	}
})

var (
	contentCardColumns  = contentTable.Columns(contentCard)
	contentWholeColumns = contentTable.Columns(contentWhole)

	createContent = contentTable.Write(contentCreate, `insert into content ({columns}) values ({values}) returning id`)
	saveContent   = contentTable.Write(contentEdit, `update content set {set}, revision = revision + 1
		where workspace_id = {workspace_id} and id = {id} returning revision`)
	saveContentSupport = contentTable.Write(contentSupport, `update content set {set}
		where workspace_id = {workspace_id} and id = {id}`)
	saveContentOrigin = contentTable.Write(contentOrigin, `update content set {set}
		where workspace_id = {workspace_id} and id = {id}`)
	saveContentStatus = contentTable.Write(contentMove, `update content set {set}, revision = revision + 1
		where workspace_id = {workspace_id} and id = {id} returning revision`)
)

func scanContent(in db.Set) func(db.Row) (domain.ContentItem, error) {
	scan := contentTable.Scan(in)
	return func(row db.Row) (domain.ContentItem, error) {
		c, err := scan(row)
		return c.ContentItem, err
	}
}

// Content returns an item of the workspace, with its body.
func (q Q) Content(ctx context.Context, workspaceID, id int64) (domain.ContentItem, error) {
	c, ok, err := db.First(ctx, q.db, scanContent(contentWhole), `select `+contentWholeColumns+` from content
		where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return c, fmt.Errorf("read content item: %w", err)
	}
	if !ok {
		return c, domain.NotFound("Content item")
	}
	return c, nil
}

// ContentProvenance returns where each part of an item's text came from, as JSON.
func (q Q) ContentProvenance(ctx context.Context, workspaceID, id int64) (json.RawMessage, error) {
	var text string
	err := q.db.One(ctx, []any{&text},
		`select provenance from content where workspace_id = $1 and id = $2`, workspaceID, id)
	if errors.Is(err, db.ErrNoRow) {
		return nil, domain.NotFound("Content item")
	}
	return json.RawMessage(text), err
}

// ContentOf returns the cards that an execution of the workspace created or wrote a version of, oldest first.
func (q Q) ContentOf(ctx context.Context, workspaceID, executionID int64) ([]domain.ContentItem, error) {
	w := ContentFilter{ExecutionID: executionID}.where(q, workspaceID)
	list, err := db.Many(ctx, q.db, scanContent(contentCard),
		`select `+contentCardColumns+` from content where `+w.String()+` order by id`, w.args...)
	if err != nil {
		return nil, fmt.Errorf("read an execution's items: %w", err)
	}
	return list, nil
}

// MissingContent returns which of the ids are not items of the workspace.
func (q Q) MissingContent(ctx context.Context, workspaceID int64, ids []int64) ([]int64, error) {
	found, err := db.Many(ctx, q.db, db.ID, `select id from content
		where workspace_id = $1 and id in (`+placeholders(2, len(ids))+`)`, append([]any{workspaceID}, anyIDs(ids)...)...)
	if err != nil {
		return nil, fmt.Errorf("look for content items: %w", err)
	}
	missing := []int64{}
	for _, id := range ids {
		if !slices.Contains(found, id) {
			missing = append(missing, id)
		}
	}
	return missing, nil
}

// LockContent locks an item of the workspace to the end of the transaction and
// returns it, with its body.
func (t *Tx) LockContent(ctx context.Context, workspaceID, id int64) (domain.ContentItem, error) {
	if t.db.Postgres() {
		err := t.db.Exec(ctx, `select 1 from content where workspace_id = $1 and id = $2 for update`, workspaceID, id)
		if err != nil {
			return domain.ContentItem{}, fmt.Errorf("lock content item: %w", err)
		}
	}
	return t.Content(ctx, workspaceID, id)
}

// LockContents locks items of the workspace to the end of the transaction, in the order
// of their ids.
func (t *Tx) LockContents(ctx context.Context, workspaceID int64, ids []int64) error {
	if !t.db.Postgres() {
		return nil // the one writer has locked everything
	}
	_, err := db.Many(ctx, t.db, db.ID, `select id from content where workspace_id = $1 and id in (`+
		placeholders(2, len(ids))+`) order by id for update`, append([]any{workspaceID}, anyIDs(ids)...)...)
	if err != nil {
		return fmt.Errorf("lock content items: %w", err)
	}
	return nil
}

// CreateContent puts a new item on top of its column, and returns it with its id.
func (t *Tx) CreateContent(
	ctx context.Context, c domain.ContentItem, provenance json.RawMessage,
) (domain.ContentItem, error) {
	c.CreatedAt, c.UpdatedAt, c.Revision, c.Version = t.now, t.now, 1, 1
	if err := createContent.One(ctx, t.db, &contentRow{c, t.top(), provenance}, &c.ID); err != nil {
		return c, fmt.Errorf("create content item: %w", err)
	}
	return c, t.AddToCount(ctx, c.WorkspaceID, CounterContent, string(c.Status), 1)
}

// SaveContent stores what an edit may change, and raises the item's revision.
func (t *Tx) SaveContent(ctx context.Context, c domain.ContentItem) (domain.ContentItem, error) {
	c.UpdatedAt = t.now
	if err := saveContent.One(ctx, t.db, &contentRow{ContentItem: c}, &c.Revision); err != nil {
		return c, fmt.Errorf("save content item: %w", err)
	}
	return c, nil
}

// SaveContentSupport stores what an item's text may rest on.
func (t *Tx) SaveContentSupport(ctx context.Context, c domain.ContentItem) error {
	if _, err := saveContentSupport.Exec(ctx, t.db, &contentRow{ContentItem: c}); err != nil {
		return fmt.Errorf("save the support of a content item: %w", err)
	}
	return nil
}

// SaveContentOrigin stores what wrote an item's present text, from what, and what that
// may rest on.
func (t *Tx) SaveContentOrigin(ctx context.Context, c domain.ContentItem, provenance json.RawMessage) error {
	row := &contentRow{ContentItem: c, provenance: provenance}
	if _, err := saveContentOrigin.Exec(ctx, t.db, row); err != nil {
		return fmt.Errorf("save the origin of a content item: %w", err)
	}
	return nil
}

// SaveContentStatus stores an item's column and approvals, moves the counts, and
// raises its revision. before is the card to stand in front of, 0 for the top and
// -1 for the bottom.
func (t *Tx) SaveContentStatus(
	ctx context.Context, c domain.ContentItem, from domain.ItemStatus, before int64,
) (domain.ContentItem, error) {
	place, err := t.placeBefore(ctx, c, before)
	if err != nil {
		return c, err
	}
	c.UpdatedAt = t.now
	if err := saveContentStatus.One(ctx, t.db, &contentRow{ContentItem: c, place: place}, &c.Revision); err != nil {
		return c, fmt.Errorf("save the status of a content item: %w", err)
	}
	return c, t.moveCount(ctx, c.WorkspaceID, CounterContent, string(from), string(c.Status))
}

// DeleteContent removes an item and all that belongs to it.
func (t *Tx) DeleteContent(ctx context.Context, c domain.ContentItem) error {
	for _, table := range []string{
		"content_version", "move", "publication", "published_slug", "content_source",
		"comment", "review_link", "content_image",
	} {
		if err := t.db.Exec(ctx, `delete from `+table+` where content_id = $1`, c.ID); err != nil {
			return fmt.Errorf("delete %s: %w", table, err)
		}
	}
	if err := t.forget(ctx, c.ID); err != nil {
		return err
	}
	if err := t.forgetPassages(ctx, c.WorkspaceID, domain.PassageOfItem, c.ID); err != nil {
		return err
	}
	if err := t.db.Exec(ctx, `delete from content where workspace_id = $1 and id = $2`, c.WorkspaceID, c.ID); err != nil {
		return fmt.Errorf("delete content: %w", err)
	}
	return t.AddToCount(ctx, c.WorkspaceID, CounterContent, string(c.Status), -1)
}
