package item

import (
	"cmp"
	"context"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
	"vellocity/internal/store"
)

// Snapshot is what becomes public of an item.
func Snapshot(c domain.ContentItem) domain.Snapshot {
	return domain.Snapshot{
		Title:           c.Title,
		Slug:            c.Slug,
		Body:            c.Body,
		Summary:         cmp.Or(c.MetaDescription, c.Preview),
		MetaTitle:       c.MetaTitle,
		MetaDescription: c.MetaDescription,
		Language:        c.Language,
		Keywords:        c.Keywords,
		Origin:          c.Origin,
		Images:          c.Images,
	}
}

// Rendered is the text of a version as HTML: what the feed shows of it.
type Rendered struct {
	Version int
	HTML    string
}

// SaveHTML stores the rendered text of an item that was just published on the built-in
// feed, as part of the transaction. Without it, or where it is another version's, the first
// reader of the feed has it rendered.
func SaveHTML(ctx context.Context, tx *store.Tx, c domain.ContentItem, r Rendered) error {
	if r.Version != c.Version || c.Status != domain.ItemPublished || c.PublishedVersion != c.Version ||
		!c.PublishedAt.Equal(tx.Now()) {
		return nil
	}
	return tx.SavePublicationHTML(ctx, c.WorkspaceID, store.Published{
		Snapshot: Snapshot(c), ContentID: c.ID, Version: c.Version, At: tx.Now(), HTML: r.HTML,
	})
}

// Preview returns the beginning of a text without its title, as a card shows it.
func Preview(title, body string) string { return previewOf(title, prose.Plain(body)) }

func previewOf(title, plain string) string {
	if rest, ok := strings.CutPrefix(plain, title); ok {
		plain = rest
	}
	return prose.Clip(prose.Line(plain), previewLength)
}
