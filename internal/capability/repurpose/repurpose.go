// Package repurpose makes other texts from an item: social posts, an e-mail, a summary,
// questions and answers. They say nothing that the item does not say. Posts and the e-mail
// are the work of the capabilities of that kind.
package repurpose

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"vellocity/internal/capability"
	"vellocity/internal/capability/draft"
	"vellocity/internal/capability/email"
	"vellocity/internal/capability/social"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// Slug names the capability.
const Slug = "repurpose-content"

var (
	//go:embed settings.json
	schema []byte
	//go:embed summary.tmpl
	summaryTask string
	//go:embed faq.tmpl
	faqTask string
)

// Settings say what to make of which item; see settings.json.
type Settings struct {
	draft.Common
	ContentID int64    `json:"content_id"`
	Into      []string `json:"into"`
	Networks  []string `json:"networks"`
}

// The other capabilities that do parts of the work.
func socialPart() capability.Part { return capability.Part{Key: "social", Capability: social.New()} }
func emailPart() capability.Part  { return capability.Part{Key: "email", Capability: email.New()} }

// New returns the capability.
func New() capability.Capability {
	w := steps{summaries: draft.NewWriter("summary", summaryTask), questions: draft.NewWriter("faq", faqTask)}
	own := map[string]capability.Step[Settings]{"source": source, "summary": w.summary, "faq": w.faq}
	own = capability.Functions(socialPart(), own, posts)
	own = capability.Functions(emailPart(), own, mail)
	return capability.Define(capability.Spec[Settings]{
		Capability: domain.Capability{
			ID:             12,
			Slug:           Slug,
			Name:           "Content Repurposing",
			Description:    "Make social posts, an e-mail, a summary or an FAQ from an item, with nothing that it does not say",
			Category:       domain.CategoryGeneration,
			Credits:        3,
			NeedsModel:     true,
			Guarded:        true,
			Effects:        []domain.EffectKind{domain.EffectCreate},
			SettingsSchema: schema,
			Outputs:        capability.Outputs(draft.Outputs()),
		},
		Tidy:       func(s Settings) Settings { s.Common = s.Tidy(); return s },
		Title:      func(s Settings) string { return fmt.Sprintf("New texts from item %d", s.ContentID) },
		Reads:      func(s Settings) []int64 { return []int64{s.ContentID} },
		BrandVoice: func(s Settings) int64 { return s.BrandVoiceID },
		Sources: func(in capability.Input, s Settings) capability.Query {
			return capability.Query{Sourcing: s.Sourcing, Text: in.Items[s.ContentID].Title}
		},
		Plan:  plan,
		Steps: own,
	})
}

// plan has the steps of each kind of text. The price is flat, and reading the item carries it.
func plan(s Settings) ([]domain.PlanStep, error) {
	out := []domain.PlanStep{{Key: "source", Name: "Source", Kind: "source", DependsOn: []string{}, Credits: 3}}
	for _, kind := range s.Into {
		var steps []domain.PlanStep
		var err error
		switch kind {
		case "social":
			steps, err = socialPart().Steps(social.Settings{Networks: s.Networks}, "source")
		case "email":
			steps, err = emailPart().Steps(email.Settings{Emails: 1}, "source")
		case "summary":
			steps = []domain.PlanStep{{Key: "summary", Name: "Summary", Kind: "summary", DependsOn: []string{"source"}}}
		case "faq":
			steps = []domain.PlanStep{{Key: "faq", Name: "FAQ", Kind: "faq", DependsOn: []string{"source"}}}
		default:
			err = fmt.Errorf("unknown kind of text %q", kind)
		}
		if err != nil {
			return nil, err
		}
		for i := range steps {
			steps[i].Credits = 0
			if strings.HasSuffix(steps[i].Key, ".brief") {
				steps[i].Name = map[string]string{"social": "Brief for the posts", "email": "Brief for the e-mail"}[kind]
			}
		}
		out = append(out, steps...)
	}
	return out, nil
}

// Source is the output of the first step.
type Source struct {
	ContentID int64  `json:"content_id"`
	Version   int    `json:"version"`
	Title     string `json:"title"`
	Words     int    `json:"words"`
}

// source checks that the item has a text, and looks for instructions hidden in it.
func source(_ context.Context, in capability.Input, s Settings) (capability.Result, error) {
	item, err := draft.Item(in, s.ContentID)
	if err != nil {
		return capability.Result{}, err
	}
	words := prose.CountWords(prose.Plain(item.Body))
	if words == 0 {
		return capability.Result{}, domain.Errorf(domain.CodeConflict,
			"“%s” has no text yet, so there is nothing to make new texts from. Write one, then run this again.", item.Title)
	}
	return capability.Result{
		Output:   Source{item.ID, item.Version, item.Title, words},
		Findings: s.brief(in, "new texts", item).Suspicious(in.Step.Key),
	}, nil
}

func (s Settings) brief(in capability.Input, kind string, item domain.ContentItem) draft.Brief {
	b := draft.FromItem(kind, item, append(s.Head("Topic"), s.Body()...)...)
	b.Passages = in.Passages
	return b
}

// language is that of the new texts.
func (s Settings) language(item domain.ContentItem) string {
	return cmp.Or(s.Language, item.Language, "en")
}

// about hands the item to a part, as data: prompts fence it, and guardrails compare with it.
// It is on one line, since an escaped line break would join two words.
func about(item domain.ContentItem) (json.RawMessage, error) {
	return draft.Context("the only source of facts", prose.Line(prose.Clip(item.Body, draft.MostSource)))
}

// topic is what a text about the item is about.
func topic(item domain.ContentItem) string { return prose.Clip(prose.Line(item.Title), 200) }

// posts returns the settings of the part that writes them: the sentences that say most of the item.
func posts(in capability.Input, s Settings) (any, json.RawMessage, error) {
	item, err := draft.Item(in, s.ContentID)
	if err != nil {
		return nil, nil, err
	}
	background, err := about(item)
	return social.Settings{
		Topic: topic(item), Networks: s.Networks, KeyPoints: draft.Central(item.Body, 3), Keywords: first(item.Keywords, 10),
		CallToAction: s.CallToAction, Link: s.Link, Audience: s.Audience, Tone: s.Tone, Language: s.language(item),
	}, background, err
}

// mail returns the settings of the part that writes the e-mail.
func mail(in capability.Input, s Settings) (any, json.RawMessage, error) {
	item, err := draft.Item(in, s.ContentID)
	if err != nil {
		return nil, nil, err
	}
	background, err := about(item)
	own := email.Settings{Common: s.Common, Emails: 1, WordCount: 150}
	own.Sourcing = capability.Sourcing{} // the passages are found already
	own.Topic, own.KeyPoints, own.Language = topic(item), draft.Central(item.Body, 6), s.language(item)
	return own, background, err
}

func first(list []string, n int) []string { return list[:min(n, len(list))] }
