package partner

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
	"vellocity/internal/verb"
)

// ApplyToListing puts the text of a content item into a listing.
type ApplyToListing struct {
	ID        int64 // the listing's
	ContentID int64
	Field     domain.ListingText // by default the long description
	verb.Precondition
}

// ApplyToListing replaces a text of a listing by that of an approved content item, as plain text: AWS Marketplace knows
// no Markdown. An item that is not approved as it is now is a CONFLICT; one that is longer than the field is a
// VALIDATION_ERROR. The version of the listing names the item. It takes the scope write.
func (v *Verbs) ApplyToListing(ctx context.Context, in ApplyToListing) (ListingDetails, error) {
	a, err := verb.Caller(ctx, domain.ScopeWrite)
	if err != nil {
		return ListingDetails{}, err
	}
	field := cmp.Or(in.Field, domain.ListingLong)
	var p domain.Problems
	domain.CheckEnum(&p, "field", field)
	if in.ContentID == 0 {
		p.Required("content_id")
	}
	if err := p.Err(); err != nil {
		return ListingDetails{}, err
	}
	if _, err := v.store.Read().Listing(ctx, a.WorkspaceID, in.ID); err != nil {
		return ListingDetails{}, err
	}
	item, err := v.store.Read().Content(ctx, a.WorkspaceID, in.ContentID)
	if err != nil {
		return ListingDetails{}, verb.MissingReference(err, "content_id", "content item", in.ContentID)
	}
	text, err := applicable(item, field)
	if err != nil {
		return ListingDetails{}, err
	}
	c := change{reason: fmt.Sprintf("From version %d of item %d", item.Version, item.ID), contentID: item.ID}
	return v.changeListing(ctx, in.ID, in.Precondition, c, func(f *domain.ListingFields) {
		if field == domain.ListingShort {
			f.ShortDescription = text
			return
		}
		f.LongDescription = text
	})
}

// applicable returns an item's text as a listing has it.
func applicable(item domain.ContentItem, field domain.ListingText) (string, error) {
	if item.ApprovedVersion != item.Version {
		return "", domain.Errorf(domain.CodeConflict,
			"Version %d of this item is not approved. Move it to Ready first, then apply it.", item.Version)
	}
	text := strings.TrimSpace(prose.Plain(item.Body))
	limit := domain.LimitListingLong
	if field == domain.ListingShort {
		limit = domain.LimitListingShort
	}
	if n := utf8.RuneCountInString(text); n > limit.Max {
		var p domain.Problems
		p.Add("content_id", "The item has %d characters as plain text; the %s takes up to %d. Shorten the item first",
			n, strings.ReplaceAll(string(field), "_", " "), limit.Max)
		return "", p.Err()
	}
	return text, nil
}
