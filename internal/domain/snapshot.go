package domain

// Snapshot is what of an item becomes public by publishing it. It changes only when
// the item is published again.
type Snapshot struct {
	Title           string
	Slug            string
	Body            string // Markdown
	Summary         string // the meta description, else the beginning of the text
	MetaTitle       string
	MetaDescription string
	Language        string
	Keywords        []string
	Origin          Origin // what wrote the text
	Images          []ItemImage
}
