package refresh

import (
	"context"
	"strings"

	"vellocity/internal/capability"
	"vellocity/internal/capability/draft"
	"vellocity/internal/compose"
	"vellocity/internal/domain"
	"vellocity/internal/guard"
	"vellocity/internal/prose"
)

// Refreshed is the output of the step that writes.
type Refreshed struct {
	ContentID int64            `json:"content_id,omitempty"` // of the item that got a new version
	Title     string           `json:"title"`
	Words     int              `json:"words"`
	Findings  int              `json:"findings"`
	Note      string           `json:"note,omitempty"`
	Prompt    capability.Trace `json:"prompt"`
}

type steps struct{ draft.Writer }

// page is the data of the prompt.
type page struct {
	Settings
	Body  string
	Dated []Dated
}

// rewrite has the text rewritten where something new is given. Without a model the new facts
// are put at its end, under a heading, and a person puts them in their place.
func (w steps) rewrite(ctx context.Context, in capability.Input, s Settings) (capability.Result, error) {
	item, err := draft.Item(in, s.ContentID)
	if err != nil {
		return capability.Result{}, err
	}
	var r Report
	if err := in.Output("dated", &r); err != nil {
		return capability.Result{}, err
	}
	if why, key := s.nothing(in); why != "" {
		return capability.Result{
			Output:     Refreshed{Title: item.Title, Note: why},
			NeedsInput: append(r.needs(item, item.Body, in.Origin), compose.Question(item.Language, key, "facts")),
		}, nil
	}
	b := s.brief(in, item)
	g := guard.Input{
		Type: item.Type, Channel: item.Channel, Language: item.Language,
		Support: append(append(b.Support(), item.Body), item.Support.Given()...),
		Allowed: append([]string{item.Body}, item.Support.Brief...),
	}
	words := prose.CountWords(prose.Plain(item.Body))
	kept := ""
	c, err := w.Checked(ctx, in, draft.Job{
		Brief: b, Language: item.Language, Data: page{s, item.Body, r.Dated}, MaxTokens: 8*words + 4000,
		Compose: func() (string, error) { return s.composed(item), nil },
	}, g, func(raw string) (draft.Text, error) {
		kept = ""
		if 2*prose.CountWords(prose.Plain(raw)) < words && s.Instructions == "" {
			raw, kept = item.Body, "The new text had lost more than half of the old one, so the text stays as it was."
		}
		return draft.Text{
			Title: item.Title, MetaTitle: item.MetaTitle, MetaDescription: item.MetaDescription, Body: raw,
		}, nil
	})
	if err != nil {
		return capability.Result{}, err
	}
	return s.finished(in, item, r, c, kept)
}

// nothing says why there is nothing to write; "" where there is something.
func (s Settings) nothing(in capability.Input) (why, question string) {
	switch {
	case len(s.Facts)+len(s.Sources)+len(in.Passages) == 0 && s.Instructions == "":
		return "No new facts given, so the text stays as it is.", "new facts"
	case in.Origin.Kind == domain.OriginComposer && len(s.Facts) == 0:
		return "Without a model, only new facts can be put into a text, so it stays as it is.", "only facts"
	}
	return "", ""
}

// composed is the old text with the new facts at its end, word for word.
func (s Settings) composed(item domain.ContentItem) string {
	lines := make([]string, len(s.Facts))
	for i, f := range s.Facts {
		lines[i] = compose.Sentence(f)
	}
	out := strings.TrimRight(item.Body, "\n")
	if h := compose.Heading(item.Language, "new"); h != "" {
		out += "\n\n## " + h
	}
	return out + "\n\n" + compose.Lines(lines)
}

// needs are the places that may be out of date and that the text still has, for a person to
// look at; for a composed text also the sentences that a new fact seems to replace.
func (r Report) needs(item domain.ContentItem, text string, o domain.Origin) []domain.Need {
	needs, replaced := []domain.Need{}, map[string]bool{}
	if o.Kind == domain.OriginComposer {
		for _, x := range r.Replaces {
			replaced[x.Sentence] = true
			needs = append(needs, compose.Question(item.Language, "replacement", "facts", x.Fact, x.Sentence))
		}
	}
	left := map[string]bool{}
	for _, s := range sentencesOf(text) {
		left[prose.Clip(prose.Line(s), mostSentence)] = true
	}
	for _, d := range r.Dated {
		if left[d.Sentence] && !replaced[d.Sentence] {
			check := compose.Question(item.Language, d.question(), "facts", d.Sentence)
			check.What += ": " + d.Text
			needs = append(needs, check)
		}
	}
	return needs
}

// finished makes the new version or the new item.
func (s Settings) finished(
	in capability.Input, item domain.ContentItem, r Report, c draft.Checked, kept string,
) (capability.Result, error) {
	record := draft.Record{Inputs: s, From: draft.Refs(item), Steps: map[string]capability.Trace{in.Step.Key: c.Trace}}
	out := Refreshed{
		ContentID: item.ID, Title: item.Title, Words: prose.CountWords(prose.Plain(c.Guarded.Text)),
		Findings: len(c.Findings), Note: kept, Prompt: c.Trace,
	}
	needs := r.needs(item, c.Guarded.Text, in.Origin)
	if c.Guarded.Text == item.Body {
		if out.Note == "" {
			out.Note = "The text needed no change, so it stays as it is."
		}
		return capability.Result{Output: out, NeedsInput: needs}, nil
	}
	if s.Output == "item" {
		out.ContentID = 0
		made := domain.ContentItem{
			Title: item.Title, Type: item.Type, Language: item.Language, Channel: item.Channel, Keywords: item.Keywords,
			NeedsInput: needs,
		}
		result, err := draft.Create(in, c, made, record)
		result.Output = out
		return result, err
	}
	from, err := record.Provenance(in)
	if err != nil {
		return capability.Result{}, err
	}
	item.Body, item.NeedsInput = c.Guarded.Text, needs
	if in.Origin.Kind == domain.OriginModel {
		item.Edited = false // a model has written it
	}
	return capability.Result{
		Output: out, Findings: c.All(), NeedsInput: needs,
		Effects: []capability.Effect{{Revise: &capability.ReviseItem{
			Item: item, Findings: c.Findings, Reason: "Refreshed", Provenance: from,
		}}},
	}, nil
}
