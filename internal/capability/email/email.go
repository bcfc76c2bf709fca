// Package email drafts an e-mail or a sequence of them, each as an item with a subject, a
// preheader and a text that mail programs show as it is.
package email

import (
	_ "embed"
	"fmt"

	"vellocity/internal/capability"
	"vellocity/internal/capability/draft"
	"vellocity/internal/domain"
)

// Slug names the capability.
const Slug = "generate-email-draft"

var (
	//go:embed settings.json
	schema []byte
	//go:embed sequence.tmpl
	sequenceTask string
	//go:embed mail.tmpl
	mailTask string
)

// New returns the capability.
func New() capability.Capability {
	s := steps{draft.NewWriter("sequence", sequenceTask), draft.NewWriter("mail", mailTask)}
	return capability.Define(capability.Spec[Settings]{
		Capability: domain.Capability{
			ID:             9,
			Slug:           Slug,
			Name:           "E-mail Draft",
			Description:    "Draft an e-mail or a sequence of up to five, with subjects and preheaders",
			Category:       domain.CategoryGeneration,
			Credits:        2,
			NeedsModel:     true,
			Guarded:        true,
			Effects:        []domain.EffectKind{domain.EffectCreate},
			SettingsSchema: schema,
			Outputs: capability.Outputs(draft.Outputs(), map[string]domain.OutputField{
				"emails.purpose": {Label: "Purpose"}, "emails.points": {Label: "Points"}, "preheader": {Label: "Preheader"},
			}),
		},
		Tidy:       func(s Settings) Settings { s.Common = s.Tidy(); return s },
		Title:      func(s Settings) string { return s.Common.Title("E-mail") },
		BrandVoice: func(s Settings) int64 { return s.BrandVoiceID },
		Sources:    func(_ capability.Input, s Settings) capability.Query { return s.Query() },
		Compose:    func(s Settings, found []string) Settings { s.Common = s.With(found); return s },
		Plan:       plan,
		Steps:      map[string]capability.Step[Settings]{"brief": s.brief, "sequence": s.plan, "mail": s.mail},
	})
}

// plan has a step for each e-mail. A sequence is planned first, so that no two e-mails
// make the same point. The price is flat, and the first e-mail carries it.
func plan(s Settings) ([]domain.PlanStep, error) {
	out := []domain.PlanStep{{Key: "brief", Name: "Brief", Kind: "brief", DependsOn: []string{}}}
	before := "brief"
	if s.Emails > 1 {
		out = append(out, domain.PlanStep{
			Key: "sequence", Name: "Sequence", Kind: "sequence", DependsOn: []string{"brief"},
		})
		before = "sequence"
	}
	for i := range s.Emails {
		step := domain.PlanStep{
			Key: fmt.Sprintf("mail-%d", i+1), Name: fmt.Sprintf("E-mail %d", i+1), Kind: "mail", DependsOn: []string{before},
		}
		if s.Emails == 1 {
			step.Name = "E-mail"
		}
		if i == 0 {
			step.Credits = 2
		}
		out = append(out, step)
	}
	return out, nil
}
