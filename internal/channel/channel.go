// Package channel knows the social networks: what each allows in a post, how it
// counts, and how posts on it are built. Settings, prompts, guardrails and the
// composer read this one list.
package channel

import (
	"regexp"
	"slices"
	"unicode"
)

// Network is a social network.
type Network struct {
	Slug     string // what settings and items call it
	Name     string // what people call it
	Max      int    // characters of a post, as Count counts them
	Hashtags int    // the most that are allowed, or that read well where there is no rule
	// URL is how many characters any address counts as; 0 counts its own length.
	URL int
	// Wide counts characters of East Asian scripts and emoji twice.
	Wide   bool
	Manner Manner
}

// Manner says how a post is built out of given sentences.
type Manner struct {
	Shape Shape
	Tags  int // hashtags, at most
}

// Shape is how the sentences of a post are set.
type Shape string

// The shapes. Each begins with what the post is about.
const (
	ShapeRun        Shape = "run"        // all in one paragraph
	ShapeLines      Shape = "lines"      // a line for each
	ShapeParagraphs Shape = "paragraphs" // a paragraph of two or three
	ShapeList       Shape = "list"       // a headline and a list
	ShapeSpaced     Shape = "spaced"     // a headline and lines with space between them
)

// Plain is the manner of a post for no network in particular.
var Plain = Manner{Shape: ShapeRun, Tags: 1}

// Networks lists the networks with their limits, as they publish them.
func Networks() []Network {
	return []Network{
		{Slug: "linkedin", Name: "LinkedIn", Max: 3000, Hashtags: 5, Manner: Manner{ShapeList, 3}},
		{Slug: "x", Name: "X", Max: 280, Hashtags: 2, URL: 23, Wide: true, Manner: Manner{ShapeRun, 1}},
		{Slug: "bluesky", Name: "Bluesky", Max: 300, Hashtags: 3, Manner: Manner{ShapeLines, 1}},
		{Slug: "mastodon", Name: "Mastodon", Max: 500, Hashtags: 4, URL: 23, Manner: Manner{ShapeParagraphs, 3}},
		{Slug: "facebook", Name: "Facebook", Max: 63206, Hashtags: 3, Manner: Manner{ShapeParagraphs, 0}},
		{Slug: "instagram", Name: "Instagram", Max: 2200, Hashtags: 30, Manner: Manner{ShapeSpaced, 5}},
		{Slug: "threads", Name: "Threads", Max: 500, Hashtags: 1, Manner: Manner{ShapeLines, 1}},
	}
}

// BySlug returns a network; false for one that is not in the list.
func BySlug(slug string) (Network, bool) {
	list := Networks()
	i := slices.IndexFunc(list, func(n Network) bool { return n.Slug == slug })
	if i < 0 {
		return Network{}, false
	}
	return list[i], true
}

var address = regexp.MustCompile(`https?://[^\s<>()\[\]"]+`)

// Count returns the length of a post as the network counts it.
func (n Network) Count(text string) int {
	count := 0
	if n.URL > 0 {
		text = address.ReplaceAllStringFunc(text, func(string) string { count += n.URL; return "" })
	}
	for _, r := range text {
		count++
		if n.Wide && wide(r) {
			count++
		}
	}
	return count
}

func wide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || r > 0x1F000
}
