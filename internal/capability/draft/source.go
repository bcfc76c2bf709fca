package draft

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"vellocity/internal/compose"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// MostSource is how many characters of an item a model reads.
const MostSource = 40_000

// Section is a heading of a Markdown text with what stands below it. The first has no
// heading.
type Section struct{ Heading, Text string }

var heading = regexp.MustCompile(`^#{1,6}[ \t]+(.+?)[ \t#]*$`)

// Sections takes a Markdown text apart at its headings. Lines of code are none.
func Sections(body string) []Section {
	out := []Section{{}}
	code := false
	for line := range strings.SplitSeq(body, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			code = !code
		}
		if m := heading.FindStringSubmatch(line); m != nil && !code {
			out = append(out, Section{Heading: prose.Line(prose.Plain(m[1]))})
			continue
		}
		last := &out[len(out)-1]
		last.Text += line + "\n"
	}
	for i := range out {
		out[i].Text = strings.TrimSpace(out[i].Text)
	}
	return out
}

// back are words that point back to a sentence before: one that begins with them does not
// stand alone.
var back = []string{
	"this", "that", "these", "those", "it", "they", "he", "she", "but", "however", "so", "then", "also", "and", "both",
	"dies", "diese", "dieser", "er", "sie", "es", "aber", "doch", "dann", "auch", "und", "beide",
	"cela", "ceci", "il", "elle", "ils", "mais", "donc", "puis", "et",
	"esto", "eso", "él", "ella", "pero", "entonces", "y",
}

// Central are the n sentences of a text that say most of it and can stand alone, in their
// order.
func Central(body string, n int) []string {
	var alone, all []string
	for _, p := range prose.Parse(body).Paragraphs {
		for _, s := range prose.SentenceTexts(p) {
			s = compose.Sentence(s)
			if prose.CountWords(s) < 4 || len(s) > 600 || strings.HasSuffix(s, "?") {
				continue
			}
			all = append(all, s)
			if words := prose.Words(s); !slices.Contains(back, strings.ToLower(words[0])) {
				alone = append(alone, s)
			}
		}
	}
	if len(alone) < min(n, 2) {
		alone = all
	}
	return compose.Central(alone, n)
}

// FromItem is a brief with an item as its source.
func FromItem(kind string, item domain.ContentItem, fields ...Field) Brief {
	return Brief{
		Kind:    kind,
		Fields:  append([]Field{{Setting: "content_id", Label: "Title of the source", Text: item.Title}}, fields...),
		Sources: []string{prose.Clip(item.Body, MostSource)},
	}
}

// Refs names an item in a [Record].
func Refs(item domain.ContentItem) []domain.ItemRef {
	return []domain.ItemRef{{ID: item.ID, Title: item.Title}}
}

// Context is further context for a part, with one text in it, which should have no line breaks.
func Context(name, text string) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // guardrails read it too
	if err := e.Encode(map[string]string{name: text}); err != nil {
		return nil, fmt.Errorf("encode the context of a part: %w", err)
	}
	return bytes.TrimSpace(b.Bytes()), nil
}
