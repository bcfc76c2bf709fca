// Package guard checks finished text before people see it: banned terms, personal
// data, secrets, leftovers of a model, claims without support.
//
// [Check] is pure: it takes a text and its support, and returns findings. [Apply] then
// applies the agent's policy to them: flag, redact, retry once, or block. A finding
// gives the place in the Markdown in code points, says what is wrong and how to fix
// it, and masks what must not be repeated.
package guard

import "vellocity/internal/domain"

// Guardrail describes one check for lists and forms.
type Guardrail struct {
	Slug        string
	Name        string
	Description string
	Default     string // policy if none is set: flag, redact, retry or block
	check       func(*target) []domain.Finding
}

// The policies that a guardrail may have.
const (
	Flag   = "flag"
	Redact = "redact"
	Retry  = "retry"
	Block  = "block"
)

// Policies lists the policies, mildest first.
func Policies() []string { return []string{Flag, Redact, Retry, Block} }

// Guardrails lists all guardrails in the order in which they run.
func Guardrails() []Guardrail {
	return []Guardrail{
		{"secrets", "Secrets",
			"Keys, tokens and passwords.", Redact, secrets},
		{"personal-data", "Personal data",
			"E-mail addresses, phone numbers, card and account numbers, IP addresses.", Retry, personalData},
		{"banned-terms", "Banned terms",
			"Words that the brand voice bans.", Retry, bannedTerms},
		{"brand-terms", "Brand terms",
			"Words for which the brand voice prefers another.", Retry, brandTerms},
		{"profanity", "Profanity",
			"Swear words and slurs.", Retry, profanity},
		{"injection-residue", "Injection residue",
			"Instructions to a model, role markers and hidden characters in the text.", Retry, injectionResidue},
		{"refusal-text", "Refusals and leftovers",
			"An assistant's remarks about itself, and placeholders.", Retry, refusalText},
		{"length-format", "Length and format",
			"The channel's limits and the format of the text.", Retry, lengthFormat},
		{"unsupported-numbers", "Unsupported numbers",
			"Figures that are in neither the brief nor the sources.", Retry, unsupportedNumbers},
		{"unsupported-quotes", "Unsupported quotes",
			"Quotations that are in neither the brief nor the sources.", Retry, unsupportedQuotes},
		{"unsupported-links", "Unsupported links",
			"Links that are in neither the brief nor the sources, and suspicious links.", Flag, unsupportedLinks},
		{"regulated-claims", "Absolute and regulated claims",
			"Promises that advertising law often forbids without proof. Not legal advice.", Flag, regulatedClaims},
		{"repetition", "Repetition",
			"Sentences and stretches of words that the text has twice.", Retry, repetition},
		{"stock-phrases", "Stock phrases",
			"Phrases that readers have seen too often.", Flag, stockPhrases},
		{"left-out", "Left out when published",
			"HTML and images of the text that readers do not get.", Flag, leftOut},
	}
}

// Check runs every guardrail over the text and its title and meta fields. The findings
// are flagged, with the severity of their kind before any policy is applied, and list
// every place. What one guardrail masks no other repeats. The same input always gives the same findings.
func Check(in Input) []domain.Finding {
	out := []domain.Finding{}
	targets := append([]*target{newTarget(in)}, fields(in)...)
	masks := make([]mask, len(targets))
	for _, g := range Guardrails() {
		for i, t := range targets {
			if t.field != "" && g.Slug == "length-format" {
				continue
			}
			found := g.check(t)
			if g.Slug == "secrets" || g.Slug == "personal-data" {
				masks[i].add(t, found)
			} else {
				found = masks[i].apply(t, g.Slug, found)
			}
			for _, f := range found {
				f.Guardrail, f.Step, f.Action = g.Slug, in.Step, domain.ActionFlagged
				if t.field != "" {
					f.Message, f.Matches = "In the "+t.field+": "+f.Message, nil
				}
				if f.Matches == nil {
					f.Matches = []domain.Match{}
				}
				f.ID = identify(f, f.ID)
				out = append(out, f)
			}
		}
	}
	return out
}

// fields returns the title and the meta fields as targets.
func fields(in Input) []*target {
	var out []*target
	for _, f := range []struct{ name, text string }{
		{"title", in.Title}, {"meta title", in.MetaTitle}, {"meta description", in.MetaDescription},
	} {
		if f.text == "" || f.name == "meta title" && f.text == in.Title {
			continue
		}
		part := in
		part.Text = f.text
		out = append(out, newField(part, f.name))
	}
	return out
}
