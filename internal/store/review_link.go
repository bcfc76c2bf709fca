package store

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of a review link's columns.
const (
	reviewLinkRead db.Set = 1 << iota
	reviewLinkCreate
	reviewLinkSave // what may change about a link
)

// reviewLinkRow is a link with the hash of its secret.
type reviewLinkRow struct {
	domain.ReviewLink
	hash string
}

var reviewLinkTable = db.NewTable("review_link", func(l *reviewLinkRow) []db.Column {
	return []db.Column{
		{Name: "id", Field: &l.ID, In: reviewLinkRead},
		{Name: "workspace_id", Field: &l.WorkspaceID, In: reviewLinkRead | reviewLinkCreate},
		{Name: "content_id", Field: &l.ContentID, In: reviewLinkRead | reviewLinkCreate},
		{Name: "version", Field: &l.Version, In: reviewLinkRead | reviewLinkCreate},
		{Name: "hash", Field: &l.hash, In: reviewLinkCreate},
		{Name: "note", Field: &l.Note, In: reviewLinkRead | reviewLinkCreate},
		{Name: "created_by", Field: &l.CreatedBy, In: reviewLinkRead | reviewLinkCreate},
		{Name: "starter_kind", Field: db.Text(&l.Creator.Kind), In: reviewLinkRead | reviewLinkCreate},
		{Name: "starter_id", Field: &l.Creator.ID, In: reviewLinkRead | reviewLinkCreate},
		{Name: "created_at", Field: db.Time(&l.CreatedAt), In: reviewLinkRead | reviewLinkCreate},
		{Name: "expires_at", Field: db.Time(&l.ExpiresAt), In: reviewLinkRead | reviewLinkCreate},
		{Name: "revoked_at", Field: db.Time(&l.RevokedAt), In: reviewLinkRead | reviewLinkCreate | reviewLinkSave},
		{Name: "decision", Field: db.Text(&l.Decision), In: reviewLinkRead | reviewLinkCreate | reviewLinkSave},
		{Name: "decided_by", Field: &l.DecidedBy, In: reviewLinkRead | reviewLinkCreate | reviewLinkSave},
		{Name: "decided_at", Field: db.Time(&l.DecidedAt), In: reviewLinkRead | reviewLinkCreate | reviewLinkSave},
		{Name: "reason", Field: &l.Reason, In: reviewLinkRead | reviewLinkCreate | reviewLinkSave},
	}
})

var (
	reviewLinkColumns = reviewLinkTable.Columns(reviewLinkRead)
	createReviewLink  = reviewLinkTable.Write(reviewLinkCreate,
		`insert into review_link ({columns}) values ({values}) returning id`)
	saveReviewLink = reviewLinkTable.Write(reviewLinkSave,
		`update review_link set {set} where workspace_id = {workspace_id} and id = {id}`)
)

func scanReviewLink() func(db.Row) (domain.ReviewLink, error) {
	scan := reviewLinkTable.Scan(reviewLinkRead)
	return func(row db.Row) (domain.ReviewLink, error) {
		l, err := scan(row)
		return l.ReviewLink, err
	}
}

// ReviewLinks returns a page of an item's review links, newest first, those that no longer
// work included.
func (q Q) ReviewLinks(
	ctx context.Context, workspaceID, contentID int64, p domain.Page,
) (l domain.List[domain.ReviewLink], err error) {
	err = q.db.One(ctx, []any{&l.Total},
		`select count(*) from review_link where workspace_id = $1 and content_id = $2`, workspaceID, contentID)
	if err != nil {
		return l, fmt.Errorf("count review links: %w", err)
	}
	l.Items, err = db.Many(ctx, q.db, scanReviewLink(), `select `+reviewLinkColumns+` from review_link
		where workspace_id = $1 and content_id = $2 order by id desc limit 0 + $3 offset $4`,
		workspaceID, contentID, p.Size, p.Offset())
	if err != nil {
		return l, fmt.Errorf("read review links: %w", err)
	}
	return l, nil
}

// ReviewLink returns a review link of the workspace.
func (q Q) ReviewLink(ctx context.Context, workspaceID, id int64) (domain.ReviewLink, error) {
	l, ok, err := db.First(ctx, q.db, scanReviewLink(),
		`select `+reviewLinkColumns+` from review_link where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return l, fmt.Errorf("read review link: %w", err)
	}
	if !ok {
		return l, domain.NotFound("Review link")
	}
	return l, nil
}

// ReviewLinkByHash returns the review link whose secret has the SHA-256 hash, in
// whatever workspace; ok is false where there is none. It may no longer work.
func (q Q) ReviewLinkByHash(ctx context.Context, hash string) (l domain.ReviewLink, ok bool, err error) {
	l, ok, err = db.First(ctx, q.db, scanReviewLink(),
		`select `+reviewLinkColumns+` from review_link where hash = $1`, hash)
	if err != nil {
		return l, false, fmt.Errorf("look up review link: %w", err)
	}
	return l, ok, nil
}

// CreateReviewLink stores a new review link under the SHA-256 hash of its secret, and
// returns it with its id.
func (t *Tx) CreateReviewLink(ctx context.Context, l domain.ReviewLink, hash string) (domain.ReviewLink, error) {
	l.CreatedAt = t.now
	if err := createReviewLink.One(ctx, t.db, &reviewLinkRow{l, hash}, &l.ID); err != nil {
		return l, fmt.Errorf("create review link: %w", err)
	}
	return l, nil
}

// SaveReviewLink stores that a link was revoked, or what its reviewer decided. The item is
// locked, so that a link decides once.
func (t *Tx) SaveReviewLink(ctx context.Context, l domain.ReviewLink) error {
	if _, err := saveReviewLink.Exec(ctx, t.db, &reviewLinkRow{ReviewLink: l}); err != nil {
		return fmt.Errorf("save review link: %w", err)
	}
	return nil
}
