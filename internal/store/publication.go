package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"vellocity/internal/domain"
)

func scanPublication(row scanner) (p domain.Publication, err error) {
	err = row.Scan(&p.ID, &p.ContentID, &p.Version, &p.Channel, &p.Status, &p.ExternalID, &p.URL, &p.Error, timeAt{&p.At})
	return p, err
}

// Publications returns an item's publications, one per channel.
func (q Q) Publications(ctx context.Context, workspaceID, contentID int64) ([]domain.Publication, error) {
	list, err := many(ctx, q, scanPublication, `select id, content_id, version, channel, status, external_id, url, error, at from publication
		where workspace_id = $1 and content_id = $2 order by channel`, workspaceID, contentID)
	if err != nil {
		return nil, fmt.Errorf("read publications: %w", err)
	}
	return list, nil
}

// SavePublication stores that a channel shows the item's present text.
func (t *Tx) SavePublication(ctx context.Context, c domain.ContentItem, p domain.Publication) error {
	err := t.exec(ctx, `insert into publication (workspace_id, content_id, version, channel, status, external_id, url, error, title, slug, body, at)
		values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12) on conflict (content_id, channel) do update set version = excluded.version, status = excluded.status,
		external_id = excluded.external_id, url = excluded.url, error = excluded.error, title = excluded.title, slug = excluded.slug, body = excluded.body, at = excluded.at`,
		c.WorkspaceID, c.ID, p.Version, p.Channel, p.Status, p.ExternalID, p.URL, p.Error, c.Title, c.Slug, c.Body, ms(t.now))
	if err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	return nil
}

// DeletePublications takes an item off every channel.
func (t *Tx) DeletePublications(ctx context.Context, workspaceID, contentID int64) error {
	return t.exec(ctx, `delete from publication where workspace_id = $1 and content_id = $2`, workspaceID, contentID)
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

func scanPublished(row scanner) (p Published, err error) {
	err = row.Scan(&p.ContentID, &p.Version, &p.Title, &p.Slug, &p.Body, &p.MetaDescription, &p.Preview, asJSON{&p.Engine}, timeAt{&p.At})
	return p, err
}

// PublishedItems returns the newest items of the workspace's built-in feed.
func (q Q) PublishedItems(ctx context.Context, workspaceID int64, limit int) ([]Published, error) {
	list, err := many(ctx, q, scanPublished, `select `+publishedColumns+` order by p.at desc, p.id desc limit 0 + $2`, workspaceID, limit)
	if err != nil {
		return nil, fmt.Errorf("read feed: %w", err)
	}
	return list, nil
}

// PublishedItem returns one item of the workspace's built-in feed.
func (q Q) PublishedItem(ctx context.Context, workspaceID int64, slug string) (Published, error) {
	p, ok, err := first(ctx, q, scanPublished, `select `+publishedColumns+` and p.slug = $2`, workspaceID, slug)
	if err != nil {
		return p, fmt.Errorf("read feed item: %w", err)
	}
	if !ok {
		return p, domain.NotFound("Item")
	}
	return p, nil
}

// GeneratedText is a generated text as it is kept.
type GeneratedText struct {
	ID          int64
	WorkspaceID int64
	Status      domain.TextStatus // streaming, completed, failed
	Body        string
	Error       string
	Held, Used  int
	Engine      domain.Origin
	Cost        domain.Cost
	CreatedBy   string // the caller's name
	CreatedAt   time.Time
}

// CreateGeneratedText notes a text that is going to be written.
func (t *Tx) CreateGeneratedText(ctx context.Context, m GeneratedText, request any, by string) (GeneratedText, error) {
	engine, err := toJSON(m.Engine)
	if err != nil {
		return m, err
	}
	text, err := toJSON(request)
	if err != nil {
		return m, err
	}
	m.CreatedAt = t.now
	err = t.one(ctx, []any{&m.ID}, `insert into message (workspace_id, status, request, engine, credits_held, created_by, created_at, touched_at)
		values ($1,'streaming',$2,$3,$4,$5,$6,$6) returning id`, m.WorkspaceID, text, engine, m.Held, by, ms(t.now))
	if err != nil {
		return m, fmt.Errorf("create message: %w", err)
	}
	return m, nil
}

// AddGeneratedTextPiece stores the next piece of a text.
func (t *Tx) AddGeneratedTextPiece(ctx context.Context, messageID int64, seq int, text string) error {
	if err := t.exec(ctx, `insert into message_piece (message_id, seq, body) values ($1,$2,$3)`, messageID, seq, text); err != nil {
		return fmt.Errorf("add piece: %w", err)
	}
	return t.TouchGeneratedText(ctx, messageID)
}

// TouchGeneratedText notes that a text is still being written.
func (t *Tx) TouchGeneratedText(ctx context.Context, messageID int64) error {
	return t.exec(ctx, `update message set touched_at = $2 where id = $1`, messageID, ms(t.now))
}

// OrphanedTexts returns the texts whose writer has not been heard of since a moment.
func (q Q) OrphanedTexts(ctx context.Context, since time.Time) ([]GeneratedText, error) {
	return many(ctx, q, scanMessage, `select `+messageColumns+` from message where status = 'streaming' and touched_at < $1`, ms(since))
}

// FinishGeneratedText ends a text. It reports false where it had ended already.
func (t *Tx) FinishGeneratedText(ctx context.Context, m GeneratedText) (bool, error) {
	cost, err := toJSON(m.Cost)
	if err != nil {
		return false, err
	}
	n, err := t.execResult(ctx, `update message set status = $2, body = $3, error = $4, credits_held = 0, credits_used = $5, cost = $6, completed_at = $7
		where id = $1 and status = 'streaming'`, m.ID, m.Status, m.Body, m.Error, m.Used, cost, ms(t.now))
	if err != nil {
		return false, fmt.Errorf("finish message: %w", err)
	}
	return n > 0, nil
}

const messageColumns = `id, workspace_id, status, body, error, credits_held, credits_used, engine, cost, created_by, created_at`

func scanMessage(row scanner) (m GeneratedText, err error) {
	err = row.Scan(&m.ID, &m.WorkspaceID, &m.Status, &m.Body, &m.Error, &m.Held, &m.Used, asJSON{&m.Engine}, asJSON{&m.Cost}, &m.CreatedBy, timeAt{&m.CreatedAt})
	return m, err
}

// GeneratedText returns a text of the workspace.
func (q Q) GeneratedText(ctx context.Context, workspaceID, id int64) (GeneratedText, error) {
	m, ok, err := first(ctx, q, scanMessage, `select `+messageColumns+` from message where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return m, fmt.Errorf("read message: %w", err)
	}
	if !ok {
		return m, domain.NotFound("Message")
	}
	return m, nil
}

// TextPiece is one stored piece of a text.
type TextPiece struct {
	Seq  int
	Text string
}

// GeneratedTextPieces returns the pieces of a text behind seq.
func (q Q) GeneratedTextPieces(ctx context.Context, messageID int64, after int) ([]TextPiece, error) {
	return many(ctx, q, func(row scanner) (p TextPiece, err error) { err = row.Scan(&p.Seq, &p.Text); return p, err },
		`select seq, body from message_piece where message_id = $1 and seq > $2 order by seq`, messageID, after)
}

// GeneratedTextStatus returns the present state of a text.
func (q Q) GeneratedTextStatus(ctx context.Context, id int64) (status domain.TextStatus, err error) {
	err = q.one(ctx, []any{&status}, `select status from message where id = $1`, id)
	if errors.Is(err, errNone) {
		return "", domain.NotFound("Message")
	}
	return status, err
}
