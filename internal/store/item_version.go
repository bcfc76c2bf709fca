package store

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of a version's columns.
const (
	contentVersionAll      db.Set = 1 << iota // what lists show
	contentVersionFindings                    // read with a single version

	contentVersionWhole = contentVersionAll | contentVersionFindings
)

var contentVersionTable = db.NewTable("content_version", func(v *domain.ContentVersion) []db.Column {
	return []db.Column{
		{Name: "content_id", Field: &v.ContentID, In: contentVersionAll},
		{Name: "n", Field: &v.N, In: contentVersionAll},
		{Name: "author_kind", Field: db.Text(&v.AuthorKind), In: contentVersionAll},
		{Name: "author", Field: &v.Author, In: contentVersionAll},
		{Name: "reason", Field: &v.Reason, In: contentVersionAll},
		{Name: "title", Field: &v.Title, In: contentVersionAll},
		{Name: "whole", Field: &v.Whole, In: contentVersionAll},
		{Name: "meta_title", Field: &v.MetaTitle, In: contentVersionAll},
		{Name: "meta_description", Field: &v.MetaDescription, In: contentVersionAll},
		{Name: "keywords", Field: db.JSONOr(&v.Keywords, "[]"), In: contentVersionAll},
		{Name: "slug", Field: &v.Slug, In: contentVersionAll},
		{Name: "language", Field: &v.Language, In: contentVersionAll},
		{Name: "channel", Field: &v.Channel, In: contentVersionAll},
		{Name: "images", Field: db.JSONOr(&v.Images, "[]"), In: contentVersionAll},
		{Name: "execution_id", Field: &v.ExecutionID, In: contentVersionAll},
		{Name: "created_at", Field: db.Time(&v.CreatedAt), In: contentVersionAll},
		{Name: "body", Field: &v.Body, In: contentVersionAll},
		{Name: "findings", Field: db.JSONOr(&v.Findings, "[]"), In: contentVersionFindings},
	}
})

var (
	contentVersionColumns = contentVersionTable.Columns(contentVersionAll)
	contentVersionEvery   = contentVersionTable.Columns(contentVersionWhole)
	addContentVersion     = contentVersionTable.Write(contentVersionWhole,
		`insert into content_version ({columns}) values ({values})`)
	saveVersionFindings = contentVersionTable.Write(contentVersionFindings,
		`update content_version set {set} where content_id = {content_id} and n = {n}`)
)

// AddContentVersion stores an immutable state of an item's text.
func (t *Tx) AddContentVersion(ctx context.Context, v domain.ContentVersion) error {
	v.CreatedAt = t.now
	if _, err := addContentVersion.Exec(ctx, t.db, &v); err != nil {
		return fmt.Errorf("add version: %w", err)
	}
	return nil
}

// SaveVersionFindings stores what is now known to be wrong with a version.
func (t *Tx) SaveVersionFindings(ctx context.Context, contentID int64, n int, findings []domain.Finding) error {
	v := domain.ContentVersion{ContentID: contentID, N: n, Findings: findings}
	if _, err := saveVersionFindings.Exec(ctx, t.db, &v); err != nil {
		return fmt.Errorf("save the findings of a version: %w", err)
	}
	return nil
}

// ContentVersions returns a page of an item's versions, newest first. The caller has
// made sure that the item is the workspace's.
func (q Q) ContentVersions(
	ctx context.Context, contentID int64, p domain.Page,
) (l domain.List[domain.ContentVersion], err error) {
	l.Items, err = db.Many(ctx, q.db, contentVersionTable.Scan(contentVersionAll), `select `+contentVersionColumns+`
		from content_version where content_id = $1 order by n desc limit 0 + $2 offset $3`, contentID, p.Size, p.Offset())
	if err != nil {
		return l, fmt.Errorf("read versions: %w", err)
	}
	err = q.db.One(ctx, []any{&l.Total}, `select count(*) from content_version where content_id = $1`, contentID)
	return l, err
}

// ContentVersion returns one version of an item. The caller has made sure that the
// item is the workspace's.
func (q Q) ContentVersion(ctx context.Context, contentID int64, n int) (domain.ContentVersion, error) {
	v, ok, err := db.First(ctx, q.db, contentVersionTable.Scan(contentVersionWhole),
		`select `+contentVersionEvery+` from content_version where content_id = $1 and n = $2`, contentID, n)
	if err != nil {
		return v, fmt.Errorf("read version: %w", err)
	}
	if !ok {
		return v, domain.NotFound("Version")
	}
	return v, nil
}
