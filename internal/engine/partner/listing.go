package partner

import (
	"context"
	"slices"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/listing"
	"vellocity/internal/prose"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// ListListings asks for a page of the workspace's listings. A zero field does not filter.
type ListListings struct {
	Text        string // words that the title, the short description, a keyword or a category has
	CatalogType domain.CatalogType
	Grade       domain.Grade
	Sort        domain.ListingSort // by default changed last first
	Page        domain.Page
}

// Listings returns listings.
func (v *Verbs) Listings(ctx context.Context, in ListListings) (domain.List[domain.Listing], error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.List[domain.Listing]{}, err
	}
	var p domain.Problems
	domain.LimitSearch.Text(&p, "q", in.Text)
	domain.CheckEnum(&p, "catalog_type", in.CatalogType)
	domain.CheckEnum(&p, "grade", in.Grade)
	domain.CheckEnum(&p, "sort", in.Sort)
	if err := p.Err(); err != nil {
		return domain.List[domain.Listing]{}, err
	}
	return v.store.Read().Listings(ctx, a.WorkspaceID, store.ListingFilter{
		CatalogType: in.CatalogType, Grade: in.Grade, Words: strings.Fields(prose.Same(in.Text)), Sort: in.Sort,
	}, in.Page)
}

// ListingDetails is a listing with the content items that were written for it, newest first, and its last push to AWS.
type ListingDetails struct {
	domain.Listing
	Items []domain.ContentItem
	Push  *domain.ListingPush // nil: it was never sent
}

// Listing returns a listing.
func (v *Verbs) Listing(ctx context.Context, id int64) (d ListingDetails, err error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return d, err
	}
	if d.Listing, err = v.store.Read().Listing(ctx, a.WorkspaceID, id); err != nil {
		return d, err
	}
	return detailed(ctx, v.store.Read(), d.Listing, nil)
}

// detailed adds to a listing what belongs to it.
func detailed(ctx context.Context, q store.Q, l domain.Listing, err error) (ListingDetails, error) {
	if err != nil {
		return ListingDetails{}, err
	}
	items, err := q.ContentForListing(ctx, l.WorkspaceID, l.ID)
	if err != nil {
		return ListingDetails{}, err
	}
	push, err := q.LastListingPush(ctx, l.WorkspaceID, l.ID)
	return ListingDetails{l, items, push}, err
}

// ListingVersions asks for a page of a listing's versions.
type ListingVersions struct {
	ID   int64
	Page domain.Page
}

// ListingVersions returns the versions of a listing, newest first: who changed what, and the score of each.
func (v *Verbs) ListingVersions(ctx context.Context, in ListingVersions) (domain.List[domain.ListingVersion], error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.List[domain.ListingVersion]{}, err
	}
	if _, err := v.store.Read().Listing(ctx, a.WorkspaceID, in.ID); err != nil {
		return domain.List[domain.ListingVersion]{}, err
	}
	return v.store.Read().ListingVersions(ctx, a.WorkspaceID, in.ID, in.Page)
}

// ListingVersion names a version of a listing.
type ListingVersion struct {
	ID int64
	N  int
}

// ListingVersion returns a version of a listing.
func (v *Verbs) ListingVersion(ctx context.Context, in ListingVersion) (domain.ListingVersion, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.ListingVersion{}, err
	}
	if _, err := v.store.Read().Listing(ctx, a.WorkspaceID, in.ID); err != nil {
		return domain.ListingVersion{}, err
	}
	return v.store.Read().ListingVersion(ctx, a.WorkspaceID, in.ID, in.N)
}

// describe checks a listing whole, brings its texts into the form in which they are stored, and scores it. It parses
// the texts, so it is called before the transaction.
func describe(l *domain.Listing) error {
	trimAll(&l.Title, &l.ShortDescription, &l.LongDescription, &l.LogoURL, &l.VideoURL, &l.Support)
	var p domain.Problems
	domain.LimitListingTitle.Text(&p, "title", l.Title)
	if l.CatalogType == "" {
		p.Required("catalog_type")
	}
	domain.CheckEnum(&p, "catalog_type", l.CatalogType)
	domain.LimitListingShort.Text(&p, "short_description", l.ShortDescription)
	domain.LimitListingLong.Text(&p, "long_description", l.LongDescription)
	l.Highlights = entries(&p, "highlights", l.Highlights, domain.LimitListingHighlights)
	l.Keywords = entries(&p, "keywords", l.Keywords, domain.LimitListingKeywords)
	l.Categories = entries(&p, "categories", l.Categories, domain.LimitListingCategories)
	checkAddress(&p, "logo_url", l.LogoURL, "https")
	checkAddress(&p, "video_url", l.VideoURL, "https")
	domain.LimitListingSupport.Text(&p, "support_description", l.Support)
	if err := p.Err(); err != nil {
		return err
	}
	l.Score = listing.Score(l.CatalogType, l.ListingFields)
	l.Search = prose.Same(strings.Join(slices.Concat(
		[]string{l.Title, l.ShortDescription}, l.Keywords, l.Categories), " "))
	return nil
}

// entries checks the entries of a list, and trims them.
func entries(p *domain.Problems, path string, list []string, limit domain.Limit) []string {
	out := make([]string, len(list))
	seen := map[string]bool{}
	for i, e := range list {
		out[i] = strings.TrimSpace(e)
		switch same := prose.Same(e); {
		case out[i] == "":
			p.Blank(verb.Path(path, i))
		case seen[same]:
			p.Twice(verb.Path(path, i), out[i])
		default:
			seen[same] = true
		}
	}
	limit.List(p, path, out)
	return out
}
