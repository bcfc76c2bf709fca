package store

import (
	"context"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

func scanPublication(row db.Row) (p domain.Publication, err error) {
	err = row.Scan(&p.ID, &p.ContentID, &p.Version, &p.Channel, &p.Status, &p.ExternalID, &p.URL, &p.Error, db.Time(&p.At))
	return p, err
}

// Publications returns an item's publications, one per channel.
func (q Q) Publications(ctx context.Context, workspaceID, contentID int64) ([]domain.Publication, error) {
	list, err := db.Many(ctx, q.db, scanPublication, `select id, content_id, version, channel, status, external_id, url, error, at from publication
		where workspace_id = $1 and content_id = $2 order by channel`, workspaceID, contentID)
	if err != nil {
		return nil, fmt.Errorf("read publications: %w", err)
	}
	return list, nil
}

// SavePublication stores that a channel shows the item's present text.
func (t *Tx) SavePublication(ctx context.Context, c domain.ContentItem, p domain.Publication) error {
	err := t.db.Exec(ctx, `insert into publication (workspace_id, content_id, version, channel, status, external_id, url, error, title, slug, body, at)
		values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12) on conflict (content_id, channel) do update set version = excluded.version, status = excluded.status,
		external_id = excluded.external_id, url = excluded.url, error = excluded.error, title = excluded.title, slug = excluded.slug, body = excluded.body, at = excluded.at`,
		c.WorkspaceID, c.ID, p.Version, p.Channel, p.Status, p.ExternalID, p.URL, p.Error, c.Title, c.Slug, c.Body, db.Millis(t.now))
	if err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	return nil
}

// DeletePublications takes an item off every channel.
func (t *Tx) DeletePublications(ctx context.Context, workspaceID, contentID int64) error {
	return t.db.Exec(ctx, `delete from publication where workspace_id = $1 and content_id = $2`, workspaceID, contentID)
}

// Published is an item as a channel shows it.
type Published struct {
	ContentID       int64
	Version         int
	Title           string
	Slug            string
	Body            string
	MetaDescription string
	Preview         string
	Engine          domain.Origin
	At              time.Time
}

const publishedColumns = `p.content_id, p.version, p.title, p.slug, p.body, c.meta_description, c.preview, c.engine, p.at
	from publication p join content c on c.id = p.content_id where p.workspace_id = $1 and p.channel = 'feed' and p.status = 'published'`

func scanPublished(row db.Row) (p Published, err error) {
	err = row.Scan(&p.ContentID, &p.Version, &p.Title, &p.Slug, &p.Body, &p.MetaDescription, &p.Preview, db.JSON(&p.Engine), db.Time(&p.At))
	return p, err
}

// PublishedItems returns the newest items of the workspace's built-in feed.
func (q Q) PublishedItems(ctx context.Context, workspaceID int64, limit int) ([]Published, error) {
	list, err := db.Many(ctx, q.db, scanPublished, `select `+publishedColumns+` order by p.at desc, p.id desc limit 0 + $2`, workspaceID, limit)
	if err != nil {
		return nil, fmt.Errorf("read feed: %w", err)
	}
	return list, nil
}

// PublishedItem returns one item of the workspace's built-in feed.
func (q Q) PublishedItem(ctx context.Context, workspaceID int64, slug string) (Published, error) {
	p, ok, err := db.First(ctx, q.db, scanPublished, `select `+publishedColumns+` and p.slug = $2`, workspaceID, slug)
	if err != nil {
		return p, fmt.Errorf("read feed item: %w", err)
	}
	if !ok {
		return p, domain.NotFound("Item")
	}
	return p, nil
}
