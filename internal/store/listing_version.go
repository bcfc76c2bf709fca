package store

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of a version's columns.
const listingVersionAll db.Set = 1

// listingVersionRow is a version with its workspace.
type listingVersionRow struct {
	domain.ListingVersion
	workspaceID int64
}

var listingVersionTable = db.NewTable("listing_version", func(v *listingVersionRow) []db.Column {
	return []db.Column{
		{Name: "workspace_id", Field: &v.workspaceID, In: listingVersionAll},
		{Name: "listing_id", Field: &v.ListingID, In: listingVersionAll},
		{Name: "n", Field: &v.N, In: listingVersionAll},
		{Name: "author_kind", Field: db.Text(&v.AuthorKind), In: listingVersionAll},
		{Name: "author", Field: &v.Author, In: listingVersionAll},
		{Name: "reason", Field: &v.Reason, In: listingVersionAll},
		{Name: "changed", Field: db.JSONOr(&v.Changed, "[]"), In: listingVersionAll},
		{Name: "content_id", Field: &v.ContentID, In: listingVersionAll},
		{Name: "fields", Field: db.JSONOr(&v.ListingFields, "{}"), In: listingVersionAll},
		{Name: "overall", Field: &v.Overall, In: listingVersionAll},
		{Name: "grade", Field: db.Text(&v.Grade), In: listingVersionAll},
		{Name: "created_at", Field: db.Time(&v.CreatedAt), In: listingVersionAll},
	}
})

var (
	listingVersionColumns = listingVersionTable.Columns(listingVersionAll)
	createListingVersion  = listingVersionTable.Write(listingVersionAll,
		`insert into listing_version ({columns}) values ({values})`)
)

func scanListingVersion(row db.Row) (domain.ListingVersion, error) {
	v, err := listingVersionTable.Scan(listingVersionAll)(row)
	return v.ListingVersion, err
}

// AddListingVersion stores a state of a listing.
func (t *Tx) AddListingVersion(ctx context.Context, workspaceID int64, v domain.ListingVersion) error {
	v.CreatedAt = t.now
	if _, err := createListingVersion.Exec(ctx, t.db, &listingVersionRow{v, workspaceID}); err != nil {
		return fmt.Errorf("store a version of a listing: %w", err)
	}
	return nil
}

// ListingVersions returns a page of a listing's versions, newest first.
func (q Q) ListingVersions(
	ctx context.Context, workspaceID, listingID int64, p domain.Page,
) (l domain.List[domain.ListingVersion], err error) {
	err = q.db.One(ctx, []any{&l.Total}, `select count(*) from listing_version
		where workspace_id = $1 and listing_id = $2`, workspaceID, listingID)
	if err != nil {
		return l, fmt.Errorf("count versions of a listing: %w", err)
	}
	l.Items, err = db.Many(ctx, q.db, scanListingVersion, `select `+listingVersionColumns+` from listing_version
		where workspace_id = $1 and listing_id = $2 order by n desc limit 0 + $3 offset $4`,
		workspaceID, listingID, p.Size, p.Offset())
	if err != nil {
		return l, fmt.Errorf("list versions of a listing: %w", err)
	}
	return l, nil
}

// ListingVersion returns one version of a listing.
func (q Q) ListingVersion(ctx context.Context, workspaceID, listingID int64, n int) (domain.ListingVersion, error) {
	v, ok, err := db.First(ctx, q.db, scanListingVersion, `select `+listingVersionColumns+` from listing_version
		where workspace_id = $1 and listing_id = $2 and n = $3`, workspaceID, listingID, n)
	if err != nil {
		return v, fmt.Errorf("read a version of a listing: %w", err)
	}
	if !ok {
		return v, domain.NotFound("Version")
	}
	return v, nil
}
