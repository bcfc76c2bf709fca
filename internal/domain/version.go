package domain

import "slices"

// VersionFields are the fields of an item whose change makes a version, beside its
// title and body: readers see them once it is published.
type VersionFields struct {
	MetaTitle       string
	MetaDescription string
	Keywords        []string
	Slug            string
	Language        string
	Channel         string
	Images          []ItemImage
}

// VersionFields returns the item's present fields.
func (c ContentItem) VersionFields() VersionFields {
	return VersionFields{c.MetaTitle, c.MetaDescription, c.Keywords, c.Slug, c.Language, c.Channel, c.Images}
}

// SetVersionFields puts the fields of a version into the item, except for the slug,
// which must be free, and the images, which must still be there.
func (c *ContentItem) SetVersionFields(f VersionFields) {
	c.MetaTitle, c.MetaDescription, c.Keywords = f.MetaTitle, f.MetaDescription, f.Keywords
	c.Language, c.Channel = f.Language, f.Channel
}

// SameVersion reports whether two states of an item are one version: the same title,
// body and fields.
func (c ContentItem) SameVersion(d ContentItem) bool {
	a, b := c.VersionFields(), d.VersionFields()
	same := slices.Equal(a.Keywords, b.Keywords) && slices.Equal(a.Images, b.Images)
	return same && c.Title == d.Title && c.Body == d.Body && a.MetaTitle == b.MetaTitle &&
		a.MetaDescription == b.MetaDescription && a.Slug == b.Slug && a.Language == b.Language && a.Channel == b.Channel
}

// SameEdit reports whether an edit from one state to the other changes nothing.
func (c ContentItem) SameEdit(d ContentItem) bool {
	return c.SameVersion(d) && c.Assignee == d.Assignee && c.PlannedAt.Equal(d.PlannedAt) &&
		c.ScheduledAt.Equal(d.ScheduledAt)
}
