package ghost

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"vellocity/internal/extension/wire"
)

// The values of the setting status, the same as for other sites.
const (
	statusPublish = "publish"
	statusDraft   = "draft"
)

const (
	mostTitle   = 255 // characters of a title
	mostExcerpt = 300 // characters of an excerpt
	mostAlt     = 191 // characters of the cover's alt text
)

// fields are the fields of a post that say what is in it, and notes on what had to be changed.
func fields(p wire.Post) (send map[string]any, notes []string) {
	excerpt, cut := shorten(p.Summary, mostExcerpt)
	if cut {
		notes = append(notes, excerptCut)
	}
	return map[string]any{
		"title":            p.Title,
		"slug":             p.Slug,
		"html":             content(p.HTML),
		"custom_excerpt":   excerpt,
		"meta_title":       p.MetaTitle,
		"meta_description": p.MetaDescription,
	}, notes
}

var altCut = fmt.Sprintf("The alt text of the cover is cut to the %d characters that Ghost takes.", mostAlt)

// longTitle says that a title with n characters is too long.
func longTitle(n int) string {
	return fmt.Sprintf("Ghost takes titles of at most %d characters, and this one has %d. Shorten the title.",
		mostTitle, n)
}

var excerptCut = fmt.Sprintf("The excerpt was cut to the %d characters that Ghost takes.", mostExcerpt)

// shorten cuts a text after a word, and says so with an ellipsis.
func shorten(text string, most int) (short string, cut bool) {
	runes := []rune(text)
	if len(runes) <= most {
		return text, false
	}
	short = string(runes[:most-1])
	if at := strings.LastIndexAny(short, " \n"); at > len(short)/2 {
		short = short[:at]
	}
	return strings.TrimRight(short, " \n,;:") + "…", true
}

// compare says what of what was sent did not arrive.
func compare(sent map[string]any, got post) (notes []string) {
	text := func(name string) string { s, _ := sent[name].(string); return s }
	if text("slug") != got.Slug && got.Slug != "" {
		notes = append(notes, fmt.Sprintf("Its address there ends in %q, since %q is taken.", got.Slug, text("slug")))
	}
	if want := text("status"); want != "" && want != got.Status {
		notes = append(notes, fmt.Sprintf("Ghost gave it the status %q instead of %q.", got.Status, want))
	}
	if got.Status == "scheduled" || got.Status == "sent" {
		notes = append(notes, fmt.Sprintf("In Ghost the post is %s, and it stays so.", got.Status))
	}
	for _, field := range []struct{ name, label, got string }{
		{"title", "title", got.Title}, {"custom_excerpt", "excerpt", got.Excerpt},
		{"feature_image", "cover", got.Cover}, {"feature_image_alt", "alt text of the cover", got.CoverAlt},
		{"meta_title", "meta title", got.MetaTitle}, {"meta_description", "meta description", got.MetaDescription},
	} {
		if _, isSent := sent[field.name]; !isSent {
			continue
		}
		if strings.TrimSpace(text(field.name)) != strings.TrimSpace(field.got) {
			notes = append(notes, "Ghost changed the "+field.label+".")
		}
	}
	return append(notes, compareText(text("html"), got.HTML)...)
}

// compareText says what Ghost's editor changed of a text. Paragraphs within other blocks come
// back as line breaks, and nobody misses a wrapper.
func compareText(sent, got string) (notes []string) {
	had, kept := wire.Elements(sent), wire.Elements(got)
	var lost []string
	for _, name := range slices.Sorted(maps.Keys(had)) {
		wrapper := name == "p" || name == "span" || name == "div"
		if had[name] > kept[name] && !wrapper {
			lost = append(lost, "<"+name+">")
		}
	}
	if len(lost) > 0 {
		notes = append(notes, "Ghost's editor did not keep every "+strings.Join(lost, ", ")+".")
	}
	letters := func(html string) string { return strings.ReplaceAll(wire.Words(html), " ", "") }
	if letters(sent) != letters(got) {
		notes = append(notes, "Ghost changed the words of the text.")
	}
	return notes
}

// preview implements [wire.Kind].Preview.
func preview(settings map[string]string, p wire.Post) wire.Preview {
	c, lost := p.Foreign(), wire.LostOfArticle(p)
	if i := p.Cover(); i != nil && len([]rune(i.AltText)) > mostAlt {
		lost = append(lost, altCut)
	}
	if n := len([]rune(p.Title)); n > mostTitle {
		lost = append(lost, "It would be refused. "+longTitle(n))
	}
	if _, cut := shorten(p.Summary, mostExcerpt); cut {
		lost = append(lost, fmt.Sprintf("The excerpt is cut to the %d characters that Ghost takes.", mostExcerpt))
	}
	if p.Language != "" {
		lost = append(lost, "The language: a Ghost site has one language.")
	}
	if c.Boxes > 0 {
		lost = append(lost, "Check boxes become the characters ☑ and ☐.")
	}
	if settings["status"] == statusDraft {
		lost = append(lost, "It becomes a draft, which nobody sees until a person publishes it in Ghost.")
	}
	return wire.Preview{Parts: []string{content(p.HTML)}, HTML: true, Lost: lost}
}
