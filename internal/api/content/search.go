package content

import (
	"context"
	"net/http"
	"unicode/utf8"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/ops"
	"vellocity/internal/prose"
	"vellocity/internal/search"
)

// FoundPassage is a passage that a search has found.
type FoundPassage struct {
	Kind    domain.PassageKind `json:"kind"    doc:"What it is a part of"`
	ID      string             `json:"id"      doc:"Of the content item or source"`
	Title   string             `json:"title"   doc:"Of the content item or source"`
	Heading string             `json:"heading" doc:"The nearest heading above it; empty where there is none"`
	Text    string             `json:"text"    doc:"The passage in Markdown"`
	Start   int                `json:"start"   doc:"Where it starts in the body, in Unicode code points"`
	End     int                `json:"end"     doc:"Offset after its last code point"`
	Version int                `json:"version" doc:"Of the body: the item's version, or the source's revision"`
	Score   float64            `json:"score"   doc:"How well it fits, compared with the others"`
	Marks   []PassageMark      `json:"marks"   doc:"The words in text that were asked for"`
}

// PassageMark is a word of a passage that a search has asked for.
type PassageMark struct {
	Start int `json:"start" doc:"Offset in text, in Unicode code points"`
	End   int `json:"end"   doc:"Offset after the last code point"`
}

type searchPassages struct {
	Query string `json:"q"               limit:"query"    doc:"Words, or a question. Case, accents and common endings do not matter"`
	Limit int    `json:"limit,omitempty" limit:"passages" doc:"How many passages at most"                                            default:"10"`
}

var chapterSearch = ops.Chapter{
	Name: "Search",
	Description: "Finds passages of about 200 words in what the workspace has written and in what it knows. " +
		"No model takes part, and it costs nothing.",
}

var samplePassage = search.Passage{
	Kind: string(domain.PassageOfSource), ID: "7", Title: "Returns", Heading: "Refunds",
	Text: "Refunds take five days.", Start: 52, End: 75, Point: 52, Version: 1, Score: 2.4,
	Marks: []search.Mark{{Start: 0, End: 7}},
}

func searchRows(v *content.Verbs) []ops.Op {
	return []ops.Op{ops.New(ops.Op{
		Name:  "search_passages",
		Route: ops.Route{Method: http.MethodGet, Path: "/search"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterSearch,
			Summary: "Search for passages",
			Description: "The passages of content items and sources that fit a question best, at most three of each. A text " +
				"that has just changed is found a moment later.",
			Example: map[string]any{"q": "refunds"},
		},
		Tool:    ops.Tool{Set: "content", Whole: true},
		Command: ops.Command{Noun: "search", Verb: "find", Columns: []string{"kind", "id", "title", "heading", "text"}},
	}, func(ctx context.Context, in searchPassages) ([]search.Passage, error) {
		return v.SearchPassages(ctx, content.SearchPassages{Query: in.Query, Limit: in.Limit})
	}, func(_ *ops.Reply, l []search.Passage) []FoundPassage {
		return wire.Each(l, foundPassage)
	}, []search.Passage{samplePassage})}
}

func foundPassage(p search.Passage) FoundPassage {
	points := prose.NewPoints(p.Text)
	return FoundPassage{
		Kind: domain.PassageKind(p.Kind), ID: p.ID, Title: p.Title, Heading: p.Heading, Text: p.Text,
		Start: p.Point, End: p.Point + utf8.RuneCountInString(p.Text), Version: p.Version, Score: p.Score,
		Marks: wire.Each(p.Marks, func(m search.Mark) PassageMark {
			return PassageMark{points.At(m.Start), points.At(m.End)}
		}),
	}
}
