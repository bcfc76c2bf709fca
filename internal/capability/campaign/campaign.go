// Package campaign writes a blog post, social posts and an e-mail that agree with each
// other. The capabilities of each kind write them, from one brief and one message, which is
// decided first; at the end the texts are held against the brief, fact by fact.
package campaign

import (
	_ "embed"
	"encoding/json"
	"strings"

	"vellocity/internal/capability"
	"vellocity/internal/capability/blogpost"
	"vellocity/internal/capability/draft"
	"vellocity/internal/capability/email"
	"vellocity/internal/capability/social"
	"vellocity/internal/compose"
	"vellocity/internal/domain"
)

// Slug names the capability.
const Slug = "campaign-kit"

var (
	//go:embed settings.json
	schema []byte
	//go:embed message.tmpl
	messageTask string
)

// Settings describe the campaign; see settings.json.
type Settings struct {
	draft.Common
	Networks  []string `json:"networks"`
	WordCount int      `json:"word_count"`
}

func postPart() capability.Part {
	return capability.Part{Key: "post", Capability: blogpost.New()}
}
func socialPart() capability.Part { return capability.Part{Key: "social", Capability: social.New()} }
func emailPart() capability.Part  { return capability.Part{Key: "email", Capability: email.New()} }

// New returns the capability. Its price is that of its parts.
func New() capability.Capability {
	w := steps{draft.NewWriter("message", messageTask)}
	own := map[string]capability.Step[Settings]{"message": w.message, "agreement": agreement}
	own = capability.Functions(postPart(), own, with(func(s Settings) any { return s.post() }))
	own = capability.Functions(socialPart(), own, with(func(s Settings) any { return s.social() }))
	own = capability.Functions(emailPart(), own, with(func(s Settings) any { return s.mail() }))
	return capability.Define(capability.Spec[Settings]{
		Capability: domain.Capability{
			ID:             15,
			Slug:           Slug,
			Name:           "Campaign Kit",
			Description:    "Write a blog post, social posts and an e-mail that agree, from one brief and one message",
			Category:       domain.CategoryWorkflow,
			Credits:        postPart().Credits + socialPart().Credits + emailPart().Credits,
			NeedsModel:     true,
			Guarded:        true,
			Effects:        []domain.EffectKind{domain.EffectCreate},
			SettingsSchema: schema,
			Outputs: capability.Outputs(draft.Outputs(), capability.SEOOutputs("seo."), map[string]domain.OutputField{
				"summary": {Kind: domain.OutputLead}, "message": {Label: "Message"}, "shared": {Label: "In every text"},
				"terms": {Label: "Names and terms"}, "checks": {Kind: domain.OutputChecks},
				"not_in_brief": {Label: "Figures that the brief does not have"},
			}),
		},
		Tidy:       func(s Settings) Settings { s.Common = s.Tidy(); return s },
		Title:      func(s Settings) string { return s.Common.Title("Campaign") },
		BrandVoice: func(s Settings) int64 { return s.BrandVoiceID },
		Sources:    func(_ capability.Input, s Settings) capability.Query { return s.Query() },
		Plan:       plan,
		Steps:      own,
	})
}

// plan has the message, the three parts side by side, and their agreement.
func plan(s Settings) ([]domain.PlanStep, error) {
	out := []domain.PlanStep{{Key: "message", Name: "Message", Kind: "message", DependsOn: []string{}}}
	var last []string
	for _, part := range []struct {
		capability.Part
		name     string
		settings any
	}{{postPart(), "Post", s.post()}, {socialPart(), "Social", s.social()}, {emailPart(), "E-mail", s.mail()}} {
		steps, err := part.Steps(part.settings, "message")
		if err != nil {
			return nil, err
		}
		for _, step := range steps {
			if step.Name != part.name {
				step.Name = part.name + ": " + strings.ToLower(step.Name[:1]) + step.Name[1:]
			}
			out, last = append(out, step), append(last, step.Key)
		}
	}
	return append(out, domain.PlanStep{Key: "agreement", Name: "Agreement", Kind: "agreement", DependsOn: last}), nil
}

// with hands the message to a part as further context.
func with(
	settings func(s Settings) any,
) func(in capability.Input, s Settings) (any, json.RawMessage, error) {
	return func(in capability.Input, s Settings) (any, json.RawMessage, error) {
		var m Message
		if err := in.Output("message", &m); err != nil {
			return nil, nil, err
		}
		background, err := draft.Context("message of the campaign, which all its texts share", m.line(in.Background()))
		return settings(s), background, err
	}
}

func (s Settings) post() blogpost.Settings {
	return blogpost.Settings{
		Topic: s.Topic, Keywords: s.Keywords, Audience: s.Audience, Tone: s.Tone, WordCount: s.WordCount,
		KeyPoints: s.KeyPoints, Facts: s.Facts, Language: s.Language, CallToAction: s.CallToAction,
		Format: compose.Automatic,
	}
}

func (s Settings) social() social.Settings {
	return social.Settings{
		Topic: s.Topic, Networks: s.Networks, KeyPoints: s.KeyPoints, Facts: s.Facts, CallToAction: s.CallToAction,
		Link: s.Link, Keywords: s.Keywords, Audience: s.Audience, Tone: s.Tone, Language: s.Language,
	}
}

func (s Settings) mail() email.Settings {
	s.Sourcing = capability.Sourcing{} // the campaign has found the passages
	return email.Settings{Common: s.Common, Emails: 1, WordCount: 150}
}
