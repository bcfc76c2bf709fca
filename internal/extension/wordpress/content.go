package wordpress

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"vellocity/internal/extension/wire"
)

// content is the text as WordPress gets it: one block of HTML. Without a block WordPress
// would add paragraphs and line breaks of its own.
func content(p wire.Post) string {
	text := strings.NewReplacer(
		// What is in brackets is no shortcode, which WordPress would carry out.
		"[", "&#91;",
		// WordPress takes "#fn" for the scheme of an address that it does not know.
		`"#fn:`, `"#fn-`, `"#fnref:`, `"#fnref-`, `id="fn:`, `id="fn-`, `id="fnref:`, `id="fnref-`,
	).Replace(wire.PlainBoxes(p.HTML)) // WordPress drops form fields
	return "<!-- wp:html -->\n" + strings.TrimSpace(text) + "\n<!-- " + p.Marker() + " -->\n<!-- /wp:html -->"
}

// compare says what of what was sent did not arrive.
func compare(sent map[string]any, got post) (notes []string) {
	text := func(name string) string { s, _ := sent[name].(string); return s }
	if text("slug") != got.Slug && got.Slug != "" {
		notes = append(notes, fmt.Sprintf("Its address there ends in %q, since %q is taken.", got.Slug, text("slug")))
	}
	if want := text("status"); want != "" && want != got.Status {
		notes = append(notes, fmt.Sprintf("WordPress gave it the status %q instead of %q.", got.Status, want))
	}
	if want, _ := sent["featured_media"].(int64); want != got.Cover && want != 0 {
		notes = append(notes, "WordPress did not take the cover as the featured image.")
	}
	if wire.Words(text("title")) != wire.Words(got.Title.Raw) {
		notes = append(notes, "WordPress changed the title.")
	}
	if wire.Words(text("excerpt")) != wire.Words(got.Excerpt.Raw) {
		notes = append(notes, "WordPress changed the excerpt.")
	}
	had, kept := wire.Elements(text("content")), wire.Elements(got.Content.Raw)
	var lost []string
	for _, name := range slices.Sorted(maps.Keys(had)) {
		if n := had[name] - kept[name]; n > 0 {
			lost = append(lost, wire.Count(n, "<"+name+">"))
		}
	}
	if len(lost) > 0 {
		notes = append(notes, "WordPress removed what its user may not write: "+strings.Join(lost, ", ")+".")
	}
	if wire.Words(text("content")) != wire.Words(got.Content.Raw) {
		notes = append(notes, "WordPress changed the words of the text.")
	}
	return notes
}

// preview implements [wire.Kind].Preview.
func preview(settings map[string]string, p wire.Post) wire.Preview {
	c, lost := p.Foreign(), wire.LostOfArticle(p)
	if p.MetaTitle != "" {
		lost = append(lost, "The meta title: WordPress has none without a plugin. The title is shown instead.")
	}
	if len(p.Keywords) > 0 {
		lost = append(lost, "The keywords: they do not become tags.")
	}
	if p.Language != "" {
		lost = append(lost, "The language: a WordPress site has one language.")
	}
	if c.Boxes > 0 {
		lost = append(lost, "Check boxes become the characters ☑ and ☐.")
	}
	if settings["status"] == statusDraft {
		lost = append(lost, "It becomes a draft, which nobody sees until a person publishes it in WordPress.")
	}
	return wire.Preview{Parts: []string{p.HTML}, HTML: true, Lost: lost}
}
