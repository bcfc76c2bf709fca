package repurpose

import (
	"context"
	"encoding/json"
	"strings"

	"vellocity/internal/capability"
	"vellocity/internal/capability/draft"
	"vellocity/internal/compose"
	"vellocity/internal/domain"
	"vellocity/internal/guard"
	"vellocity/internal/prose"
)

type steps struct{ summaries, questions draft.Writer }

const mostSummary = 90 // words

// text is what a step writes from the item.
type text struct {
	kind    string // for the prompt
	name    string // ends the title
	schema  json.RawMessage
	compose func(item domain.ContentItem) string
	read    func(raw string) (string, error)
	most    int // words; 0: no limit
}

func (w steps) summary(ctx context.Context, in capability.Input, s Settings) (capability.Result, error) {
	return s.write(ctx, in, w.summaries, text{
		kind: "a summary of an item", name: "summary", most: mostSummary,
		compose: func(item domain.ContentItem) string {
			said := strings.Join(draft.Central(item.Body, 3), " ")
			if s.CallToAction != "" {
				said += " " + compose.Sentence(s.CallToAction)
			}
			if s.Link != "" {
				said += "\n\n" + s.Link
			}
			return said
		},
		read: func(raw string) (string, error) { return raw, nil },
	})
}

const faqSchema = `{"type":"object","additionalProperties":false,"required":["questions"],"properties":{
"questions":{"type":"array","maxItems":8,"items":{"type":"object","additionalProperties":false,
"required":["question","answer"],"properties":{"question":{"type":"string","minLength":1},"answer":{"type":"string","minLength":1}}}}}}`

type answered struct {
	Questions []struct{ Question, Answer string }
}

func (w steps) faq(ctx context.Context, in capability.Input, s Settings) (capability.Result, error) {
	return s.write(ctx, in, w.questions, text{
		kind: "questions and answers from an item", name: "FAQ", schema: json.RawMessage(faqSchema),
		compose: func(item domain.ContentItem) string {
			var blocks []string
			for _, one := range draft.Sections(item.Body) {
				if strings.HasSuffix(one.Heading, "?") && one.Text != "" {
					blocks = append(blocks, "## "+one.Heading, one.Text)
				}
			}
			return strings.Join(blocks, "\n\n")
		},
		read: func(raw string) (string, error) {
			if in.Origin.Kind == domain.OriginComposer {
				return raw, nil
			}
			var a answered
			if err := capability.Decode(json.RawMessage(raw), &a); err != nil {
				return "", err
			}
			var blocks []string
			for _, one := range a.Questions {
				blocks = append(blocks, "## "+prose.Line(one.Question), strings.TrimSpace(one.Answer))
			}
			return strings.Join(blocks, "\n\n"), nil
		},
	})
}

// write has a text written from the item and puts it on the board. Where the item has
// nothing for it, there is no item, and the result says so.
func (s Settings) write(ctx context.Context, in capability.Input, w draft.Writer, t text) (capability.Result, error) {
	item, err := draft.Item(in, s.ContentID)
	if err != nil {
		return capability.Result{}, err
	}
	s.Language = s.language(item)
	b := s.brief(in, t.kind, item)
	g := guard.Input{
		Type: domain.ContentText, Language: s.Language, MaxWords: t.most * 13 / 10, Support: append(b.Support(), item.Body),
		Allowed: []string{s.CallToAction, item.Body},
	}
	if in.Origin.Kind == domain.OriginComposer {
		g.MaxWords = 0 // its sentences are those of the item, whole
	}
	name := prose.Clip(item.Title, 180) + " (" + t.name + ")"
	c, err := w.Checked(ctx, in, draft.Job{
		Brief: b, Language: s.Language, Data: s, Schema: t.schema, MaxTokens: 6000,
		Compose: func() (string, error) { return compose.Voiced(t.compose(item), in.BrandVoice), nil },
	}, g, func(raw string) (draft.Text, error) {
		body, err := t.read(raw)
		return draft.Text{Title: name, Body: body}, err
	})
	if err != nil {
		return capability.Result{}, err
	}
	if strings.TrimSpace(c.Guarded.Text) == "" {
		note := "The item has nothing for this, so no text was written."
		return capability.Result{
			Output:     draft.Written{Title: name, Note: note, Prompt: c.Trace},
			NeedsInput: []domain.Need{compose.Question(s.Language, "no material", "content_id")},
		}, nil
	}
	made := domain.ContentItem{Type: domain.ContentText, Language: s.Language, Keywords: item.Keywords}
	return draft.Create(in, c, made, draft.Record{Inputs: s, From: draft.Refs(item)})
}
