package store

import (
	"context"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of a publication's columns.
const (
	publicationRead db.Set = 1 << iota
	publicationKey         // what there is one publication for
	publicationSave
	publicationShow // what its channel shows
)

// publicationRow is a publication with what its channel shows.
type publicationRow struct {
	domain.Publication
	workspaceID int64
	published   Published
}

var publicationTable = db.NewTable("publication", func(p *publicationRow) []db.Column {
	s := &p.published
	return []db.Column{
		{Name: "id", Field: &p.ID, In: publicationRead},
		{Name: "workspace_id", Field: &p.workspaceID, In: publicationKey},
		{Name: "content_id", Field: &p.ContentID, In: publicationRead | publicationKey | publicationShow},
		{Name: "channel", Field: &p.Channel, In: publicationRead | publicationKey},
		{Name: "version", Field: &p.Version, In: publicationRead | publicationSave | publicationShow},
		{Name: "status", Field: db.Text(&p.Status), In: publicationRead | publicationSave},
		{Name: "external_id", Field: &p.ExternalID, In: publicationRead | publicationSave},
		{Name: "url", Field: &p.URL, In: publicationRead | publicationSave},
		{Name: "error", Field: &p.Error, In: publicationRead | publicationSave},
		{Name: "title", Field: &s.Title, In: publicationSave | publicationShow},
		{Name: "slug", Field: &s.Slug, In: publicationRead | publicationSave | publicationShow},
		{Name: "summary", Field: &s.Summary, In: publicationSave | publicationShow},
		{Name: "meta_title", Field: &s.MetaTitle, In: publicationSave | publicationShow},
		{Name: "meta_description", Field: &s.MetaDescription, In: publicationSave | publicationShow},
		{Name: "language", Field: &s.Language, In: publicationSave | publicationShow},
		{Name: "keywords", Field: db.JSONOr(&s.Keywords, "[]"), In: publicationSave | publicationShow},
		{Name: "engine", Field: db.RepeatedJSON(&s.Origin), In: publicationSave | publicationShow},
		{Name: "images", Field: db.JSONOr(&s.Images, "[]"), In: publicationSave | publicationShow},
		{Name: "at", Field: db.Time(&p.At), In: publicationRead | publicationSave | publicationShow},
		{Name: "first_at", Field: db.Time(&s.FirstAt), In: publicationSave | publicationShow},
		{Name: "rendered", Field: &s.Rendered, In: publicationSave | publicationShow},
		{Name: "html", Field: &s.HTML, In: publicationSave | publicationShow},
		{Name: "body", Field: &s.Body, In: publicationSave | publicationShow},
	}
})

var (
	publicationColumns = publicationTable.Columns(publicationRead)
	publishedColumns   = publicationTable.Columns(publicationShow)
	savePublication    = publicationTable.Write(publicationKey|publicationSave,
		`insert into publication ({columns}) values ({values})
		on conflict (content_id, channel) do update set {excluded}`)
)

// Publications returns an item's publications: the feed's, then one for each channel.
func (q Q) Publications(ctx context.Context, workspaceID, contentID int64) ([]domain.Publication, error) {
	scan := publicationTable.Scan(publicationRead)
	list, err := db.Many(ctx, q.db,
		func(row db.Row) (domain.Publication, error) {
			p, err := scan(row)
			p.Slug = p.published.Slug
			return p.Publication, err
		},
		`select `+publicationColumns+` from publication
		where workspace_id = $1 and content_id = $2 order by channel`, workspaceID, contentID)
	if err != nil {
		return nil, fmt.Errorf("read publications: %w", err)
	}
	channels, err := q.publicationsOnChannels(ctx, workspaceID, contentID)
	return append(list, channels...), err
}

// SavePublication stores that a channel shows the snapshot of an item, in place of
// what it showed before. The address stays the item's.
func (t *Tx) SavePublication(
	ctx context.Context, workspaceID, contentID int64, p domain.Publication, s domain.Snapshot,
) error {
	p.ContentID, p.At = contentID, t.now
	row := publicationRow{Publication: p, workspaceID: workspaceID, published: Published{Snapshot: s}}
	err := t.db.Exec(ctx, `insert into published_slug (workspace_id, slug, content_id, at) values ($1,$2,$3,$4)
		on conflict do nothing`, workspaceID, s.Slug, contentID, db.Millis(t.now))
	if err != nil {
		return fmt.Errorf("save the address of a publication: %w", err)
	}
	err = t.db.One(ctx, []any{db.Time(&row.published.FirstAt)},
		`select min(at) from published_slug where workspace_id = $1 and content_id = $2`, workspaceID, contentID)
	if err != nil {
		return fmt.Errorf("read when an item was first published: %w", err)
	}
	if _, err := savePublication.Exec(ctx, t.db, &row); err != nil {
		return fmt.Errorf("save publication: %w", err)
	}
	return t.saveImagesOf(ctx, workspaceID, contentID, s.Images, true)
}

// SavePublicationHTML stores the rendered text of the built-in feed's publication, and
// its summary where it has none, unless it was published again since p was read.
func (t *Tx) SavePublicationHTML(ctx context.Context, workspaceID int64, p Published) error {
	return t.db.Exec(ctx, `update publication set html = $4, rendered = true,
		summary = case when summary = '' then $5 else summary end
		where content_id = $1 and workspace_id = $6 and channel = '`+channelFeed+`' and version = $2 and at = $3`,
		p.ContentID, p.Version, db.Millis(p.At), p.HTML, p.Summary, workspaceID)
}

// DeletePublications takes an item off the feed.
func (t *Tx) DeletePublications(ctx context.Context, workspaceID, contentID int64) error {
	if err := t.saveImagesOf(ctx, workspaceID, contentID, nil, true); err != nil {
		return err
	}
	return t.db.Exec(ctx, `delete from publication where workspace_id = $1 and content_id = $2`, workspaceID, contentID)
}

// Published is an item as a channel shows it.
type Published struct {
	domain.Snapshot
	ContentID int64
	Version   int
	HTML      string // of the body
	Rendered  bool   // HTML is filled in
	FirstAt   time.Time
	At        time.Time // of the present snapshot
}

// channelFeed is the built-in feed's channel.
const channelFeed = domain.ChannelFeed

// onFeed is the condition for what the built-in feed of workspace $1 shows.
var onFeed = ` from publication where workspace_id = $1
	and channel = '` + channelFeed + `' and status = ` + quote(domain.PublicationPublished)

func scanPublished() func(db.Row) (Published, error) {
	scan := publicationTable.Scan(publicationShow)
	return func(row db.Row) (Published, error) {
		r, err := scan(row)
		p := r.published
		p.ContentID, p.Version, p.At = r.ContentID, r.Version, r.At
		return p, err
	}
}

// PublishedItems returns the items of the workspace's built-in feed that were
// published first most recently.
func (q Q) PublishedItems(ctx context.Context, workspaceID int64, limit int) ([]Published, error) {
	list, err := db.Many(ctx, q.db, scanPublished(), `select `+publishedColumns+onFeed+
		` order by first_at desc, content_id desc limit 0 + $2`, workspaceID, limit)
	if err != nil {
		return nil, fmt.Errorf("read feed: %w", err)
	}
	return list, nil
}

// PublishedItem returns one item of the workspace's built-in feed, by the slug that it
// has there or by one that it had.
func (q Q) PublishedItem(ctx context.Context, workspaceID int64, slug string) (Published, error) {
	p, ok, err := db.First(ctx, q.db, scanPublished(), `select `+publishedColumns+onFeed+
		` and content_id = (select content_id from published_slug where workspace_id = $1 and slug = $2)`,
		workspaceID, slug)
	if err != nil {
		return p, fmt.Errorf("read feed item: %w", err)
	}
	if !ok {
		return p, domain.NotFound("Item")
	}
	return p, nil
}

// PublishedSnapshot returns what is public of an item, without its HTML; ok is false where
// the item is not published.
func (q Q) PublishedSnapshot(ctx context.Context, workspaceID, contentID int64) (p Published, ok bool, err error) {
	p, ok, err = db.First(ctx, q.db, scanPublished(), `select `+publishedColumns+onFeed+` and content_id = $2`,
		workspaceID, contentID)
	if err != nil {
		return p, false, fmt.Errorf("read what is public of an item: %w", err)
	}
	return p, ok, nil
}
