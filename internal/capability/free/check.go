package free

import (
	"vellocity/internal/domain"
	"vellocity/internal/guard"
)

// Screen returns what keeps secrets and the rules of the model out of a result while readers see it grow. written says
// whether a model writes it.
func (r Request) Screen(written bool) (*guard.Screen, error) {
	rules, err := r.rules(written)
	return guard.NewScreen(rules), err
}

// Findings checks a result as the guardrails check every text. The prompt is all that it may rest on. What was redacted
// while it was written is in the findings of its screen.
func (r Request) Findings(text string, written bool) ([]domain.Finding, error) {
	rules, err := r.rules(written)
	if err != nil {
		return nil, err
	}
	in := guard.Input{
		Step:         "generate-output",
		Text:         text,
		Language:     r.Language,
		MaxWords:     r.Words * 13 / 10,
		BrandVoice:   r.BrandVoice,
		Support:      r.support(),
		Allowed:      r.allowed(),
		Instructions: rules,
	}
	return guard.Apply(in, guard.Check(in), guard.WithoutRedaction(nil)).Findings, nil
}

// allowed are the texts whose contact details a result may have: those around a passage.
func (r Request) allowed() []string {
	if r.Passage == nil {
		return nil
	}
	return r.Passage.Support
}

// rules returns what a model gets, without the voice and the prompt, whose words the text may have.
func (r Request) rules(written bool) (string, error) {
	if !written {
		return "", nil
	}
	r.BrandVoice, r.Tone = nil, ""
	ask, err := r.Ask(0)
	return ask.Request.System, err
}
