package store

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of a listing's columns.
const (
	listingRead   db.Set = 1 << iota
	listingCreate        // stored when it is created
	listingSave          // stored by a change
	listingRemote        // stored by a sync
)

var listingTable = db.NewTable("listing", func(l *domain.Listing) []db.Column {
	const made, saved = listingRead | listingCreate, listingRead | listingCreate | listingSave
	const remote = saved | listingRemote
	return []db.Column{
		{Name: "id", Field: &l.ID, In: listingRead},
		{Name: "workspace_id", Field: &l.WorkspaceID, In: made},
		{Name: "catalog_type", Field: db.Text(&l.CatalogType), In: made},
		{Name: "title", Field: &l.Title, In: saved},
		{Name: "fields", Field: db.JSONOr(&l.ListingFields, "{}"), In: saved},
		{Name: "score", Field: db.JSONOr(&l.Score, "{}"), In: saved},
		{Name: "overall", Field: &l.Score.Overall, In: saved},
		{Name: "grade", Field: db.Text(&l.Score.Grade), In: saved},
		{Name: "search", Field: &l.Search, In: listingCreate | listingSave},
		{Name: "origin", Field: db.Text(&l.Origin), In: made},
		{Name: "remote_id", Field: &l.RemoteID, In: saved},
		{Name: "synced_at", Field: db.Time(&l.SyncedAt), In: remote},
		{Name: "remote_fields", Field: db.JSONOr(&l.Remote, "{}"), In: remote},
		{Name: "conflict", Field: db.JSONOr(&l.Conflict, "[]"), In: remote},
		{Name: "theirs", Field: db.JSONOr(&l.Theirs, "{}"), In: remote},
		{Name: "revision", Field: &l.Revision, In: saved},
		{Name: "created_at", Field: db.Time(&l.CreatedAt), In: made},
		{Name: "updated_at", Field: db.Time(&l.UpdatedAt), In: saved},
	}
})

var (
	listingColumns = listingTable.Columns(listingRead)
	createListing  = listingTable.Write(listingCreate, `insert into listing ({columns}) values ({values}) returning id`)
	saveListing    = listingTable.Write(listingSave, `update listing set {set}
		where workspace_id = {workspace_id} and id = {id}`)
)

// ListingFilter narrows a list of listings. A zero field does not.
type ListingFilter struct {
	CatalogType domain.CatalogType
	Grade       domain.Grade
	Words       []string // that the title, a text or a keyword has, in the form for comparison
	Sort        domain.ListingSort
}

var listingOrders = map[domain.ListingSort]string{
	"": "updated_at desc, id desc", domain.ListingsChanged: "updated_at desc, id desc",
	domain.ListingsChangedUp: "updated_at, id", domain.ListingsCreated: "id desc", domain.ListingsCreatedUp: "id",
	domain.ListingsByTitle: "lower(title), id", domain.ListingsByTitleDown: "lower(title) desc, id desc",
	domain.ListingsWorst: "overall, id", domain.ListingsBest: "overall desc, id",
}

// Listings returns a page of the workspace's listings.
func (q Q) Listings(
	ctx context.Context, workspaceID int64, f ListingFilter, p domain.Page,
) (l domain.List[domain.Listing], err error) {
	w := &where{}
	w.add("workspace_id = ?", workspaceID)
	if f.CatalogType != "" {
		w.add("catalog_type = ?", string(f.CatalogType))
	}
	if f.Grade != "" {
		w.add("grade = ?", string(f.Grade))
	}
	for _, word := range f.Words {
		w.add(`search like ? escape '\'`, "%"+likeLiteral.Replace(word)+"%")
	}
	err = q.db.One(ctx, []any{&l.Total}, `select count(*) from listing where `+w.String(), w.args...)
	if err != nil {
		return l, fmt.Errorf("count listings: %w", err)
	}
	l.Items, err = db.Many(ctx, q.db, listingTable.Scan(listingRead), `select `+listingColumns+` from listing
		where `+w.String()+` order by `+listingOrders[f.Sort]+w.bind(" limit 0 + ?", p.Size)+
		w.bind(" offset ?", p.Offset()), w.args...)
	if err != nil {
		return l, fmt.Errorf("list listings: %w", err)
	}
	return l, nil
}

// Listing returns a listing of the workspace.
func (q Q) Listing(ctx context.Context, workspaceID, id int64) (domain.Listing, error) {
	l, ok, err := db.First(ctx, q.db, listingTable.Scan(listingRead), `select `+listingColumns+` from listing
		where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return l, fmt.Errorf("read listing: %w", err)
	}
	if !ok {
		return l, domain.NotFound("Listing")
	}
	return l, nil
}

// CountListings returns how many listings the workspace has.
func (q Q) CountListings(ctx context.Context, workspaceID int64) (n int, err error) {
	err = q.db.One(ctx, []any{&n}, `select count(*) from listing where workspace_id = $1`, workspaceID)
	return n, err
}

// CreateListing adds a listing.
func (t *Tx) CreateListing(ctx context.Context, l domain.Listing) (domain.Listing, error) {
	l.CreatedAt, l.UpdatedAt, l.Revision = t.now, t.now, 1
	if err := createListing.One(ctx, t.db, &l, &l.ID); err != nil {
		return l, fmt.Errorf("create listing: %w", err)
	}
	return l, nil
}

// LockListing locks a listing of the workspace to the end of the transaction and returns it.
func (t *Tx) LockListing(ctx context.Context, workspaceID, id int64) (domain.Listing, error) {
	err := t.db.Exec(ctx, `update listing set revision = revision where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return domain.Listing{}, fmt.Errorf("lock listing: %w", err)
	}
	return t.Listing(ctx, workspaceID, id)
}

// SaveListing stores a locked listing as its next revision.
func (t *Tx) SaveListing(ctx context.Context, l domain.Listing) (domain.Listing, error) {
	l.Revision++
	l.UpdatedAt = t.now
	if _, err := saveListing.Exec(ctx, t.db, &l); err != nil {
		return l, fmt.Errorf("save listing: %w", err)
	}
	return l, nil
}

// DeleteListing removes a listing with its versions. Items and opportunities no longer name it.
func (t *Tx) DeleteListing(ctx context.Context, workspaceID, id int64) error {
	for _, statement := range []string{
		`update content set listing_id = 0 where workspace_id = $1 and listing_id = $2 and listing_id > 0`,
		`update opportunity set listing_id = 0 where workspace_id = $1 and listing_id = $2`,
		`delete from listing_push where workspace_id = $1 and listing_id = $2`,
		`delete from listing_version where workspace_id = $1 and listing_id = $2`,
		`delete from listing where workspace_id = $1 and id = $2`,
	} {
		if err := t.db.Exec(ctx, statement, workspaceID, id); err != nil {
			return fmt.Errorf("delete listing: %w", err)
		}
	}
	return nil
}

// ContentForListing returns the cards of the items that were written for a listing, newest first, at most 50.
func (q Q) ContentForListing(ctx context.Context, workspaceID, listingID int64) ([]domain.ContentItem, error) {
	list, err := db.Many(ctx, q.db, scanContent(contentCard), `select `+contentCardColumns+` from content
		where workspace_id = $1 and listing_id = $2 and listing_id > 0 order by id desc limit 50`, workspaceID, listingID)
	if err != nil {
		return nil, fmt.Errorf("read the items of a listing: %w", err)
	}
	return list, nil
}
