package email

import (
	"context"
	"encoding/json"
	"strings"

	"vellocity/internal/capability"
	"vellocity/internal/capability/draft"
	"vellocity/internal/compose"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// steps has the prompts: a sequence is planned, then each e-mail is written.
type steps struct{ sequence, letter draft.Writer }

func (steps) brief(_ context.Context, in capability.Input, s Settings) (capability.Result, error) {
	return capability.Result{Output: s, Findings: s.brief(in).Suspicious(in.Step.Key)}, nil
}

// Sequence is what each e-mail is for.
type Sequence struct {
	Emails []Planned         `json:"emails"`
	Prompt *capability.Trace `json:"prompt,omitempty"`
}

const sequenceSchema = `{"type":"object","additionalProperties":false,"required":["emails"],"properties":{
"emails":{"type":"array","minItems":1,"maxItems":5,"items":{"type":"object","additionalProperties":false,
"required":["purpose","points"],"properties":{"purpose":{"type":"string","minLength":1},
"points":{"type":"array","items":{"type":"string"}}}}}}}`

func (w steps) plan(ctx context.Context, in capability.Input, s Settings) (capability.Result, error) {
	raw, trace, err := w.sequence.Write(ctx, in, draft.Job{
		Brief: s.brief(in), Language: s.Language, Data: s, Schema: json.RawMessage(sequenceSchema), MaxTokens: 4000,
		Compose: func() (string, error) {
			data, err := json.Marshal(Sequence{Emails: s.shares()})
			return string(data), err //nolint:wrapcheck // texts always encode
		},
	})
	if err != nil {
		return capability.Result{}, err
	}
	var out Sequence
	if err := capability.Decode(json.RawMessage(raw), &out); err != nil {
		return capability.Result{}, err
	}
	out.Emails, out.Prompt = out.Emails[:min(s.Emails, len(out.Emails))], &trace
	result := capability.Result{Output: out}
	if n := len(out.Emails); n < s.Emails {
		result.NeedsInput = []domain.Need{compose.Question(s.Language, "email points", "key_points", n, s.Emails)}
	}
	return result, nil
}

// Mail is the output of a step that wrote an e-mail.
type Mail struct {
	draft.Written
	Preheader string `json:"preheader,omitempty"`
}

const mailSchema = `{"type":"object","additionalProperties":false,"required":["subject","preheader","text"],"properties":{
"subject":{"type":"string","minLength":1,"maxLength":150},"preheader":{"type":"string","maxLength":200},
"text":{"type":"string","minLength":1}}}`

// letter is the data of the prompt.
type letter struct {
	Settings
	Emails []Planned
	Index  int
	Most   int // words
}

func (w steps) mail(ctx context.Context, in capability.Input, s Settings) (capability.Result, error) {
	n, err := in.Number()
	if err != nil {
		return capability.Result{}, err
	}
	var q Sequence
	if s.Emails > 1 {
		if err := in.Output("sequence", &q); err != nil {
			return capability.Result{}, err
		}
		if n > len(q.Emails) {
			return capability.Result{
				Output: draft.Written{Note: "The brief has nothing for this e-mail, so it was not written."},
			}, nil
		}
	}
	b := s.brief(in)
	composed := s.composed(in.BrandVoice, q.Emails, n-1)
	g := b.Guard(domain.ContentEmail, s.Language, s.CallToAction)
	if in.Origin.Kind == domain.OriginModel {
		g.MaxWords = s.WordCount * 13 / 10
	}
	c, err := w.letter.Checked(ctx, in, draft.Job{
		Brief: b, Language: s.Language, Data: letter{s, q.Emails, n - 1, s.WordCount * 6 / 5},
		Schema: json.RawMessage(mailSchema), MaxTokens: 4*s.WordCount + 4000,
		Compose: func() (string, error) { return composed.text.Body, nil },
	}, g, func(raw string) (draft.Text, error) {
		if in.Origin.Kind == domain.OriginComposer {
			composed.text.Body = raw
			return composed.text, nil
		}
		var m struct{ Subject, Preheader, Text string }
		if err := capability.Decode(json.RawMessage(raw), &m); err != nil {
			return draft.Text{}, err
		}
		return draft.Text{
			Title: prose.Line(m.Subject), MetaDescription: prose.Line(m.Preheader),
			Body: withLink(strings.TrimSpace(m.Text), s.Link),
		}, nil
	})
	if err != nil {
		return capability.Result{}, err
	}
	item := domain.ContentItem{
		Type: domain.ContentEmail, Language: s.Language, Keywords: s.Keywords, NeedsInput: s.needs(composed.needs),
	}
	result, err := draft.Create(in, c, item, draft.Record{Inputs: s})
	if out, ok := result.Output.(draft.Written); ok {
		out.Subject = out.Title
		result.Output = Mail{out, c.MetaDescription}
	}
	return result, err
}

// needs are those of a composed text, or of any.
func (s Settings) needs(composed []domain.Need) []domain.Need {
	needs := append([]domain.Need{}, composed...)
	if s.CallToAction == "" {
		needs = append(needs, compose.Question(s.Language, "email action", "call_to_action"))
	}
	return needs
}

// withLink puts the address below the text, where it is not in it.
func withLink(text, link string) string {
	if link == "" || strings.Contains(text, link) {
		return text
	}
	return text + "\n\n" + link
}
