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
)

// publicationRow is a publication with the text that its channel shows.
type publicationRow struct {
	domain.Publication
	workspaceID       int64
	title, slug, body string
}

var publicationTable = db.NewTable("publication", func(p *publicationRow) []db.Column {
	return []db.Column{
		{Name: "id", Field: &p.ID, In: publicationRead},
		{Name: "workspace_id", Field: &p.workspaceID, In: publicationKey},
		{Name: "content_id", Field: &p.ContentID, In: publicationRead | publicationKey},
		{Name: "channel", Field: &p.Channel, In: publicationRead | publicationKey},
		{Name: "version", Field: &p.Version, In: publicationRead | publicationSave},
		{Name: "status", Field: db.Text(&p.Status), In: publicationRead | publicationSave},
		{Name: "external_id", Field: &p.ExternalID, In: publicationRead | publicationSave},
		{Name: "url", Field: &p.URL, In: publicationRead | publicationSave},
		{Name: "error", Field: &p.Error, In: publicationRead | publicationSave},
		{Name: "title", Field: &p.title, In: publicationSave},
		{Name: "slug", Field: &p.slug, In: publicationSave},
		{Name: "body", Field: &p.body, In: publicationSave},
		{Name: "at", Field: db.Time(&p.At), In: publicationRead | publicationSave},
	}
})

var (
	publicationColumns = publicationTable.Columns(publicationRead)
	savePublication    = publicationTable.Write(publicationKey|publicationSave,
		`insert into publication ({columns}) values ({values})
		on conflict (content_id, channel) do update set {excluded}`)
)

// Publications returns an item's publications, one per channel.
func (q Q) Publications(ctx context.Context, workspaceID, contentID int64) ([]domain.Publication, error) {
	scan := publicationTable.Scan(publicationRead)
	list, err := db.Many(ctx, q.db,
		func(row db.Row) (domain.Publication, error) { p, err := scan(row); return p.Publication, err },
		`select `+publicationColumns+` from publication
		where workspace_id = $1 and content_id = $2 order by channel`, workspaceID, contentID)
	if err != nil {
		return nil, fmt.Errorf("read publications: %w", err)
	}
	return list, nil
}

// SavePublication stores that a channel shows the item's present text, in place of
// what it showed before.
func (t *Tx) SavePublication(ctx context.Context, c domain.ContentItem, p domain.Publication) error {
	p.ContentID, p.At = c.ID, t.now
	row := publicationRow{
		Publication: p,
		workspaceID: c.WorkspaceID,
		title:       c.Title,
		slug:        c.Slug,
		body:        c.Body,
	}
	if _, err := savePublication.Exec(ctx, t.db, &row); err != nil {
		return fmt.Errorf("save publication: %w", err)
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
	Body            string // Markdown
	MetaDescription string
	Preview         string
	Origin          domain.Origin
	At              time.Time
}

// channelFeed is the built-in feed's channel.
const channelFeed = "feed"

// publishedColumns reads what the built-in feed of workspace $1 shows.
var publishedColumns = `p.content_id, p.version, p.title, p.slug, p.body, c.meta_description, c.preview, c.engine, p.at
	from publication p join content c on c.id = p.content_id where p.workspace_id = $1
	and p.channel = '` + channelFeed + `' and p.status = ` + quote(domain.PublicationPublished)

func scanPublished(row db.Row) (p Published, err error) {
	err = row.Scan(&p.ContentID, &p.Version, &p.Title, &p.Slug, &p.Body, &p.MetaDescription, &p.Preview,
		db.JSON(&p.Origin), db.Time(&p.At))
	return p, err
}

// PublishedItems returns the newest items of the workspace's built-in feed.
func (q Q) PublishedItems(ctx context.Context, workspaceID int64, limit int) ([]Published, error) {
	list, err := db.Many(ctx, q.db, scanPublished,
		`select `+publishedColumns+` order by p.at desc, p.id desc limit 0 + $2`, workspaceID, limit)
	if err != nil {
		return nil, fmt.Errorf("read feed: %w", err)
	}
	return list, nil
}

// PublishedItem returns one item of the workspace's built-in feed.
func (q Q) PublishedItem(ctx context.Context, workspaceID int64, slug string) (Published, error) {
	p, ok, err := db.First(ctx, q.db, scanPublished,
		`select `+publishedColumns+` and p.slug = $2`, workspaceID, slug)
	if err != nil {
		return p, fmt.Errorf("read feed item: %w", err)
	}
	if !ok {
		return p, domain.NotFound("Item")
	}
	return p, nil
}
