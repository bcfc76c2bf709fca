package store

import (
	"context"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of a feed token's columns.
const (
	feedTokenRead db.Set = 1 << iota
	feedTokenCreate
)

// feedTokenRow is a token with the hash of its secret.
type feedTokenRow struct {
	domain.FeedToken
	hash string
}

var feedTokenTable = db.NewTable("feed_token", func(f *feedTokenRow) []db.Column {
	const made = feedTokenRead | feedTokenCreate
	return []db.Column{
		{Name: "id", Field: &f.ID, In: feedTokenRead},
		{Name: "workspace_id", Field: &f.WorkspaceID, In: made},
		{Name: "name", Field: &f.Name, In: made},
		{Name: "hash", Field: &f.hash, In: feedTokenCreate},
		{Name: "types", Field: db.JSONOr(&f.Types, "[]"), In: made},
		{Name: "channels", Field: db.JSONOr(&f.Channels, "[]"), In: made},
		{Name: "campaign_id", Field: &f.CampaignID, In: made},
		{Name: "creator_kind", Field: db.Text(&f.Creator.Kind), In: made},
		{Name: "creator_id", Field: &f.Creator.ID, In: made},
		{Name: "created_by", Field: &f.CreatedBy, In: made},
		{Name: "created_at", Field: db.Time(&f.CreatedAt), In: made},
		{Name: "last_used_at", Field: db.Time(&f.LastUsedAt), In: made},
		{Name: "revoked_at", Field: db.Time(&f.RevokedAt), In: made},
	}
})

var (
	feedTokenColumns = feedTokenTable.Columns(feedTokenRead)
	createFeedToken  = feedTokenTable.Write(feedTokenCreate,
		`insert into feed_token ({columns}) values ({values}) returning id`)
)

func scanFeedToken() func(db.Row) (domain.FeedToken, error) {
	scan := feedTokenTable.Scan(feedTokenRead)
	return func(row db.Row) (domain.FeedToken, error) {
		f, err := scan(row)
		return f.FeedToken, err
	}
}

// FeedTokens returns a page of the workspace's feed tokens that work, the newest first.
func (q Q) FeedTokens(
	ctx context.Context, workspaceID int64, p domain.Page,
) (l domain.List[domain.FeedToken], err error) {
	err = q.db.One(ctx, []any{&l.Total},
		`select count(*) from feed_token where workspace_id = $1 and revoked_at = 0`, workspaceID)
	if err != nil {
		return l, fmt.Errorf("count feed tokens: %w", err)
	}
	l.Items, err = db.Many(ctx, q.db, scanFeedToken(), `select `+feedTokenColumns+` from feed_token
		where workspace_id = $1 and revoked_at = 0 order by id desc limit 0 + $2 offset $3`,
		workspaceID, p.Size, p.Offset())
	if err != nil {
		return l, fmt.Errorf("read feed tokens: %w", err)
	}
	return l, nil
}

// FeedToken returns a feed token of the workspace, also one that was revoked.
func (q Q) FeedToken(ctx context.Context, workspaceID, id int64) (domain.FeedToken, error) {
	f, ok, err := db.First(ctx, q.db, scanFeedToken(),
		`select `+feedTokenColumns+` from feed_token where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return f, fmt.Errorf("read feed token: %w", err)
	}
	if !ok {
		return f, domain.NotFound("Feed token")
	}
	return f, nil
}

// FeedTokenByHash returns the feed token whose secret has the SHA-256 hash, in whatever
// workspace; ok is false where there is none that works.
func (q Q) FeedTokenByHash(ctx context.Context, hash string) (f domain.FeedToken, ok bool, err error) {
	f, ok, err = db.First(ctx, q.db, scanFeedToken(),
		`select `+feedTokenColumns+` from feed_token where hash = $1 and revoked_at = 0`, hash)
	if err != nil {
		return f, false, fmt.Errorf("look up feed token: %w", err)
	}
	return f, ok, nil
}

// CreateFeedToken stores a new feed token under the SHA-256 hash of its secret.
func (t *Tx) CreateFeedToken(ctx context.Context, f domain.FeedToken, hash string) (domain.FeedToken, error) {
	f.CreatedAt = t.now
	if err := createFeedToken.One(ctx, t.db, &feedTokenRow{f, hash}, &f.ID); err != nil {
		return f, fmt.Errorf("create feed token: %w", err)
	}
	return f, nil
}

// RevokeFeedToken ends a feed token.
func (t *Tx) RevokeFeedToken(ctx context.Context, workspaceID, id int64) error {
	return t.db.Exec(ctx, `update feed_token set revoked_at = $3 where workspace_id = $1 and id = $2 and revoked_at = 0`,
		workspaceID, id, db.Millis(t.now))
}

// UseFeedToken notes that a feed token was used at a time.
func (t *Tx) UseFeedToken(ctx context.Context, workspaceID, id int64, at time.Time) error {
	return t.db.Exec(ctx, `update feed_token set last_used_at = $3 where workspace_id = $1 and id = $2`,
		workspaceID, id, db.Millis(at))
}
