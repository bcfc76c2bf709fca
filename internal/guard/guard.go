// Package guard looks at finished text before people do: banned terms, personal
// data, secrets, what a model leaves behind, claims that nothing supports.
//
// [Check] is pure: text and what supports it in, findings out. [Apply] then does
// what the policy of the agent says about them: flag, redact, ask for a second
// try, or block. A finding names the stretch of Markdown in code points, says
// what is wrong and how to mend it, and masks what must not be repeated.
package guard

import (
	"slices"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// Input is a text and all that is known about it.
type Input struct {
	Step string // key of the step that wrote the text; copied into the findings
	Text string // Markdown; the offsets of findings refer to it

	// Title, MetaTitle and MetaDescription are checked for the same contents as
	// the text. What is found there has no offsets and says in which it is.
	Title           string
	MetaTitle       string
	MetaDescription string

	Type     domain.ContentType
	Channel  string // network of a social post
	Language string // BCP 47
	// MinWords and MaxWords bound the length of the text; 0 means no bound.
	MinWords, MaxWords int

	Voice *domain.BrandVoice // banned and preferred terms; nil: none
	// Support is everything the caller gave: topic, key points, facts, sources.
	// Numbers, quotes and links of the text must occur in it.
	Support []string
	// Allowed are texts whose contact details may be repeated, such as the call
	// to action.
	Allowed []string
}

// Guardrail describes one check for lists and forms.
type Guardrail struct {
	Slug        string
	Name        string
	Description string
	Default     string // policy where none is set: flag, redact, retry or block
	check       func(Input) []domain.Finding
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
		{"secrets", "Secrets", "Keys, tokens and passwords never belong in a text.", Redact, secrets},
		{"personal-data", "Personal data", "E-mail addresses, phone numbers, card and account numbers, IP addresses.", Block, personalData},
		{"banned-terms", "Banned terms", "Words that the brand voice rules out.", Retry, bannedTerms},
		{"brand-terms", "Brand terms", "Words for which the brand voice prefers another.", Retry, brandTerms},
		{"profanity", "Profanity", "Swear words and slurs.", Retry, profanity},
		{"injection-residue", "Injection residue", "Instructions to a model, role markers and hidden characters that slipped into the text.", Block, injectionResidue},
		{"refusal-text", "Refusals and leftovers", "Sentences of an assistant about itself, and holes left to be filled in.", Retry, refusalText},
		{"length-format", "Length and format", "Limits of the channel and the form of the text.", Retry, lengthFormat},
		{"unsupported-numbers", "Unsupported numbers", "Figures that neither the brief nor the sources hold.", Retry, unsupportedNumbers},
		{"unsupported-quotes", "Unsupported quotes", "Quotations that neither the brief nor the sources hold.", Retry, unsupportedQuotes},
		{"unsupported-links", "Unsupported links", "Links to places that nobody gave, and links of a doubtful kind.", Flag, unsupportedLinks},
		{"regulated-claims", "Absolute and regulated claims", "Promises that advertising law in many places does not allow without proof. Not legal advice.", Flag, regulatedClaims},
	}
}

// Slugs lists the slugs of all guardrails.
func Slugs() []string {
	var out []string
	for _, g := range Guardrails() {
		out = append(out, g.Slug)
	}
	return out
}

// Check runs every guardrail over the text and its title and meta fields. The
// findings are flagged; their severity is what a finding of this kind deserves
// before any policy is looked at. The same input always gives the same findings.
func Check(in Input) []domain.Finding {
	out := []domain.Finding{}
	for _, g := range Guardrails() {
		found := g.check(in)
		found = append(found, fields(in, g)...)
		for i := range found {
			found[i].Guardrail, found[i].Step = g.Slug, in.Step
			found[i].Action = domain.ActionFlagged
			if found[i].Matches == nil {
				found[i].Matches = []domain.Match{}
			}
		}
		out = append(out, found...)
	}
	return out
}

// fields runs a guardrail over the title and the meta fields.
func fields(in Input, g Guardrail) []domain.Finding {
	if g.Slug == "length-format" {
		return nil
	}
	var out []domain.Finding
	for _, f := range []struct{ name, text string }{
		{"title", in.Title}, {"meta title", in.MetaTitle}, {"meta description", in.MetaDescription},
	} {
		if f.text == "" || f.name == "meta title" && f.text == in.Title {
			continue
		}
		part := in
		part.Text = f.text
		for _, finding := range g.check(part) {
			finding.Message = "In the " + f.name + ": " + finding.Message
			finding.Matches = nil
			out = append(out, finding)
		}
	}
	return out
}

// finding makes a finding about stretches of text. mask says what is shown of
// each; nil shows it whole.
func finding(text string, severity domain.Severity, message string, places []prose.Range, mask func(string) string) domain.Finding {
	f := domain.Finding{Severity: severity, Message: message}
	points := prose.NewPoints(text)
	slices.SortFunc(places, func(a, b prose.Range) int { return a.Start - b.Start })
	for _, r := range places {
		shown := r.In(text)
		if mask != nil {
			shown = mask(shown)
		}
		f.Matches = append(f.Matches, domain.Match{Start: points.At(r.Start), End: points.At(r.End), Text: shown})
	}
	return f
}

// support returns all that the caller gave as one text.
func (in Input) support() string {
	return strings.Join(append(slices.Clone(in.Support), in.Allowed...), "\n")
}
