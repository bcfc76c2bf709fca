package seo

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"vellocity/internal/prose"
)

// Lengths of meta fields that search results show in full, in characters.
const (
	TitleMin, TitleMax             = 20, 60
	DescriptionMin, DescriptionMax = 70, 160
)

func title(p page) Check {
	return within(Check{ID: "title", Name: "Title", Max: 10}, p.Title, 15, 90,
		"Give the text a title of 15 to 90 characters.")
}

func metaTitle(p page) Check {
	return within(Check{ID: "meta-title", Name: "Meta title", Max: 8}, p.MetaTitle, TitleMin, TitleMax,
		"Write a meta title of 20 to 60 characters; search results cut off longer ones.")
}

func metaDescription(p page) Check {
	c := Check{ID: "meta-description", Name: "Meta description", Max: 10}
	return within(c, p.MetaDescription, DescriptionMin, DescriptionMax,
		"Write a meta description of 70 to 160 characters that says what the reader gets.")
}

// within gives all points for a length inside the bounds and half outside them. A wide character, as Chinese,
// Japanese and Korean have them, takes the room of two Latin letters and says as much as three.
func within(c Check, s string, low, high int, fix string) Check {
	c.Applicable = true
	s = strings.TrimSpace(s)
	n, wide := utf8.RuneCountInString(s), prose.CountWide(s)
	switch {
	case n == 0:
		c.Found, c.Fix = "There is none.", fix
	case n+2*wide < low || n+wide > high:
		c.Points, c.Found, c.Fix = c.Max/2, fmt.Sprintf("It has %d characters.", n), fix
	default:
		c.Points, c.Found = c.Max, fmt.Sprintf("It has %d characters.", n)
	}
	return c
}

func slug(p page) Check {
	c := Check{ID: "slug", Name: "Address", Max: 4, Applicable: true}
	n := len(strings.Split(p.Slug, "-"))
	switch {
	case p.Slug == "":
		c.Found, c.Fix = "There is no address part yet.", "Give the text a short address part of three to seven words."
	case n > 8:
		c.Points, c.Found = 2, fmt.Sprintf("The address part has %d words.", n)
		c.Fix = "Shorten the address part to seven words or fewer."
	default:
		c.Points, c.Found = 4, fmt.Sprintf("The address part is %q.", p.Slug)
	}
	return c
}

func length(p page) Check {
	c := Check{ID: "length", Name: "Length", Max: 12, Applicable: true}
	c.Found = fmt.Sprintf("The text has %s.", count(p.words, "word"))
	switch {
	case p.words >= 600:
		c.Points = 12
	case p.words >= 300:
		c.Points, c.Fix = 9, "Texts of 600 or more words answer more questions."
		if q := openQuestion(p); q != "" {
			c.Fix += fmt.Sprintf(" Say more below “%s”.", short(q))
		}
	case p.words >= 150:
		c.Points, c.Fix = 5, "Add substance: examples, figures or answers to what readers ask. 300 words are a fair start."
	default:
		c.Points, c.Fix = 1, "This is very short. Add facts or key points and write at least 300 words."
	}
	return c
}

func keywordPlaces(p page) Check {
	c := Check{ID: "keyword-placement", Name: "Keyword placement", Max: 15}
	if len(p.keywords) == 0 {
		c.Found = "No keyword was given."
		return c
	}
	k := p.keywords[0]
	c.Applicable, c.Points = true, 3*k.placesFound
	c.Found = fmt.Sprintf("%q is in %d of 5 important places.", k.Keyword, k.placesFound)
	var missing []string
	for _, place := range []struct {
		there bool
		name  string
	}{
		{k.InTitle, "the title"},
		{k.InMeta, "the meta description"},
		{k.InHeading, "a heading"},
		{k.InFirst100, "the first 100 words"},
		{k.InSlug, "the address"},
	} {
		if !place.there {
			missing = append(missing, place.name)
		}
	}
	if len(missing) > 0 {
		c.Fix = "Use it in " + list(missing) + " where it reads naturally."
	}
	return c
}

func keywordDensity(p page) Check {
	c := Check{ID: "keyword-density", Name: "Keyword density", Max: 9}
	if len(p.keywords) == 0 || p.words == 0 {
		c.Found = "No keyword was given, or there is no text."
		return c
	}
	k := p.keywords[0]
	c.Applicable = true
	c.Found = fmt.Sprintf("%q makes up %.1f%% of the words (%s).", k.Keyword, k.Density, count(k.Count, "use"))
	switch {
	case k.Count == 0:
		c.Fix = "Use the keyword in the text; twice in 300 words is enough."
	case k.Density > 4 && k.Count > 2:
		c.Points = 2
		c.Fix = fmt.Sprintf("This reads as stuffed. Replace some uses until it is under 4%%, first in the paragraph “%s”.",
			short(densest(p, k.Keyword)))
	case k.Density < 0.3:
		c.Points, c.Fix = 6, "Use it once or twice more where it fits."
	default:
		c.Points = 9
	}
	return c
}

func headings(p page) Check {
	c := Check{ID: "headings", Name: "Headings", Max: 10, Applicable: true}
	n := len(p.doc.Headings)
	c.Found = fmt.Sprintf("There %s.", are(n, "heading"))
	wanted := max(1, p.words/300)
	level := 1
	for _, h := range p.doc.Headings {
		if h.Level > level+1 {
			c.Points, c.Fix = 5, fmt.Sprintf("The heading %q skips a level; go down one level at a time.", h.Text)
			return c
		}
		level = h.Level
	}
	switch {
	case n == 0:
		c.Fix = "Break the text up with headings that say what follows."
		if k := len(p.doc.Paragraphs); k > 2 {
			c.Fix += fmt.Sprintf(" The first could stand above “%s”.", short(p.doc.Paragraphs[k/3]))
		}
	case n < wanted:
		c.Points, c.Fix = 6, fmt.Sprintf("Add headings: one for about every 300 words, so %d in all.", wanted)
	default:
		c.Points = 10
	}
	return c
}

func links(p page) Check {
	c := Check{ID: "links", Name: "Links", Max: 6, Applicable: true}
	n := len(p.doc.Links)
	c.Found = fmt.Sprintf("There %s.", are(n, "link"))
	if n == 0 {
		c.Points, c.Fix = 1, "Link a source or a related page of your own."
		return c
	}
	c.Points = 6
	for _, l := range p.doc.Links {
		if vague(l.Text) {
			c.Points, c.Fix = 3, fmt.Sprintf("The link text %q says nothing; name what the link leads to.", l.Text)
		}
	}
	return c
}

func vague(s string) bool {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "", "here", "click here", "this", "link", "read more", "more":
		return true
	}
	return false
}

func images(p page) Check {
	c := Check{ID: "images", Name: "Image descriptions", Max: 4}
	if len(p.doc.Images) == 0 {
		c.Found = "There is no image."
		return c
	}
	bare := 0
	for _, i := range p.doc.Images {
		own := strings.HasPrefix(i.URL, "image:") // an image of the item, whose alt text stands beside the text
		if strings.TrimSpace(i.Text) == "" && !own {
			bare++
		}
	}
	c.Applicable, c.Points = true, 4
	c.Found = fmt.Sprintf("%d of %s lack a description.", bare, count(len(p.doc.Images), "image"))
	if bare > 0 {
		c.Points, c.Fix = 0, "Describe each image in a few words for readers who cannot see it."
	}
	return c
}

func paragraphs(p page) Check {
	c := Check{ID: "paragraphs", Name: "Paragraphs", Max: 6}
	if p.words == 0 {
		c.Found = "There is no text."
		return c
	}
	longest, which := 0, ""
	for _, t := range p.doc.Paragraphs {
		if n := prose.CountWords(t); n > longest {
			longest, which = n, t
		}
	}
	c.Applicable, c.Points = true, 6
	c.Found = fmt.Sprintf("The longest paragraph has %s.", count(longest, "word"))
	if longest > 150 {
		c.Points = 2
		c.Fix = fmt.Sprintf("Split paragraphs of more than 150 words, such as the one that begins “%s”.", short(which))
	}
	return c
}

func readability(p page) Check {
	c := Check{ID: "readability", Name: "Readability", Max: 10}
	if !p.reading.Applicable {
		c.Found = p.said + "Not applicable: the formulas hold for English only."
		if p.words == 0 {
			c.Found = "There is no text."
		}
		return c
	}
	c.Applicable = true
	f := p.reading.Flesch
	c.Found = p.said + fmt.Sprintf("Reading ease %.0f of 100, %.1f words per sentence.", f, p.reading.Average)
	switch {
	case f >= 55:
		c.Points = 10
	case f >= 40:
		c.Points, c.Fix = 7, "A little heavy. Shorten the longest sentences."
	case f >= 25:
		c.Points, c.Fix = 4, "Heavy reading. Split long sentences and prefer shorter words."
	default:
		c.Points, c.Fix = 1, "Very heavy reading. Aim for sentences of under 20 words and everyday words."
	}
	if c.Fix != "" {
		c.Fix += fmt.Sprintf(" The longest begins “%s”.", short(longestSentence(p.text)))
	}
	return c
}

// openQuestion returns a heading that asks something; "" where there is none.
func openQuestion(p page) string {
	for _, h := range p.doc.Headings {
		if strings.HasSuffix(strings.TrimSpace(h.Text), "?") {
			return h.Text
		}
	}
	return ""
}

// slugHas reports whether the words of keyword are in the slug.
func slugHas(slug, keyword string) bool {
	k := prose.Slug(keyword, 200)
	return k != "" && strings.Contains("-"+slug+"-", "-"+k+"-")
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func are(n int, noun string) string {
	switch n {
	case 0:
		return "is no " + noun
	case 1:
		return "is 1 " + noun
	}
	return "are " + count(n, noun)
}

func list(items []string) string {
	if len(items) == 1 {
		return items[0]
	}
	return strings.Join(items[:len(items)-1], ", ") + " and " + items[len(items)-1]
}
