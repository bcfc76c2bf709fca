package store

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of a comment's columns.
const (
	commentRead db.Set = 1 << iota
	commentCreate
	commentSave // what a change of a comment may change
)

var commentTable = db.NewTable("comment", func(c *domain.Comment) []db.Column {
	return []db.Column{
		{Name: "id", Field: &c.ID, In: commentRead},
		{Name: "workspace_id", Field: &c.WorkspaceID, In: commentRead | commentCreate},
		{Name: "content_id", Field: &c.ContentID, In: commentRead | commentCreate},
		{Name: "author_kind", Field: db.Text(&c.AuthorKind), In: commentRead | commentCreate},
		{Name: "author_id", Field: &c.AuthorID, In: commentRead | commentCreate},
		{Name: "author", Field: &c.Author, In: commentRead | commentCreate},
		{Name: "body", Field: &c.Body, In: commentRead | commentCreate | commentSave},
		{Name: "version", Field: &c.Version, In: commentRead | commentCreate},
		{Name: "passage_start", Field: &c.Passage.Start, In: commentRead | commentCreate},
		{Name: "passage_end", Field: &c.Passage.End, In: commentRead | commentCreate},
		{Name: "quote", Field: &c.Quote, In: commentRead | commentCreate},
		{Name: "resolved_at", Field: db.Time(&c.ResolvedAt), In: commentRead | commentCreate | commentSave},
		{Name: "resolved_by", Field: &c.ResolvedBy, In: commentRead | commentCreate | commentSave},
		{Name: "created_at", Field: db.Time(&c.CreatedAt), In: commentRead | commentCreate},
		{Name: "updated_at", Field: db.Time(&c.UpdatedAt), In: commentRead | commentCreate | commentSave},
		{Name: "revision", Field: &c.Revision, In: commentRead | commentCreate},
	}
})

var (
	commentColumns = commentTable.Columns(commentRead)
	createComment  = commentTable.Write(commentCreate, `insert into comment ({columns}) values ({values}) returning id`)
	saveComment    = commentTable.Write(commentSave, `update comment set {set}, revision = revision + 1
		where workspace_id = {workspace_id} and id = {id} returning revision`)
)

// Comments returns a page of an item's comments, oldest first.
func (q Q) Comments(
	ctx context.Context, workspaceID, contentID int64, p domain.Page,
) (l domain.List[domain.Comment], err error) {
	err = q.db.One(ctx, []any{&l.Total},
		`select count(*) from comment where workspace_id = $1 and content_id = $2`, workspaceID, contentID)
	if err != nil {
		return l, fmt.Errorf("count comments: %w", err)
	}
	l.Items, err = db.Many(ctx, q.db, commentTable.Scan(commentRead), `select `+commentColumns+` from comment
		where workspace_id = $1 and content_id = $2 order by id limit 0 + $3 offset $4`,
		workspaceID, contentID, p.Size, p.Offset())
	if err != nil {
		return l, fmt.Errorf("read comments: %w", err)
	}
	return l, nil
}

// CommentsOf returns the comments that one author has written about an item, oldest
// first.
func (q Q) CommentsOf(
	ctx context.Context, workspaceID, contentID int64, kind domain.ActorKind, authorID int64,
) ([]domain.Comment, error) {
	list, err := db.Many(ctx, q.db, commentTable.Scan(commentRead), `select `+commentColumns+` from comment
		where workspace_id = $1 and content_id = $2 and author_kind = $3 and author_id = $4 order by id`,
		workspaceID, contentID, string(kind), authorID)
	if err != nil {
		return nil, fmt.Errorf("read comments: %w", err)
	}
	return list, nil
}

// Comment returns a comment about an item of the workspace.
func (q Q) Comment(ctx context.Context, workspaceID, contentID, id int64) (domain.Comment, error) {
	c, ok, err := db.First(ctx, q.db, commentTable.Scan(commentRead), `select `+commentColumns+` from comment
		where workspace_id = $1 and content_id = $2 and id = $3`, workspaceID, contentID, id)
	if err != nil {
		return c, fmt.Errorf("read comment: %w", err)
	}
	if !ok {
		return c, domain.NotFound("Comment")
	}
	return c, nil
}

// LockComment locks a comment to the end of the transaction and returns it.
func (t *Tx) LockComment(ctx context.Context, workspaceID, contentID, id int64) (domain.Comment, error) {
	if t.db.Postgres() {
		err := t.db.Exec(ctx, `select 1 from comment where workspace_id = $1 and id = $2 for update`, workspaceID, id)
		if err != nil {
			return domain.Comment{}, fmt.Errorf("lock comment: %w", err)
		}
	}
	return t.Comment(ctx, workspaceID, contentID, id)
}

// CreateComment stores a new comment and returns it with its id.
func (t *Tx) CreateComment(ctx context.Context, c domain.Comment) (domain.Comment, error) {
	c.CreatedAt, c.UpdatedAt, c.Revision = t.now, t.now, 1
	if err := createComment.One(ctx, t.db, &c, &c.ID); err != nil {
		return c, fmt.Errorf("create comment: %w", err)
	}
	return c, nil
}

// SaveComment stores a comment's body and whether it is resolved, and raises its revision.
func (t *Tx) SaveComment(ctx context.Context, c domain.Comment) (domain.Comment, error) {
	if err := saveComment.One(ctx, t.db, &c, &c.Revision); err != nil {
		return c, fmt.Errorf("save comment: %w", err)
	}
	return c, nil
}

// DeleteComment removes a comment.
func (t *Tx) DeleteComment(ctx context.Context, c domain.Comment) error {
	err := t.db.Exec(ctx, `delete from comment where workspace_id = $1 and id = $2`, c.WorkspaceID, c.ID)
	if err != nil {
		return fmt.Errorf("delete comment: %w", err)
	}
	return nil
}
