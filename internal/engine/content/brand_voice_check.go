package content

import (
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
	"vellocity/internal/verb"
)

// checkBrandVoice trims the entries of a brand voice and returns everything that is wrong
// with it as a whole.
func checkBrandVoice(v *domain.BrandVoice) error {
	var p domain.Problems
	domain.LimitBrandVoiceName.Text(&p, "name", v.Name)
	domain.CheckLimits(&p, domain.BrandVoiceEdit{
		Description:    &v.Description,
		Tone:           &v.Tone,
		Audience:       &v.Audience,
		Do:             &v.Do,
		Dont:           &v.Dont,
		PreferredTerms: &v.PreferredTerms,
		BannedTerms:    &v.BannedTerms,
		SampleTexts:    &v.SampleTexts,
		Language:       &v.Language,
	})
	domain.CheckEnum(&p, "reading_level", v.ReadingLevel)
	verb.CheckLanguage(&p, "language", &v.Language)
	for _, l := range []struct {
		path string
		list *[]string
	}{
		{"tone", &v.Tone}, {"do", &v.Do}, {"dont", &v.Dont}, {"banned_terms", &v.BannedTerms},
		{"sample_texts", &v.SampleTexts},
	} {
		*l.list = trimmed(*l.list)
		checkEntries(&p, l.path, *l.list)
	}
	checkTerms(&p, v)
	return p.Err()
}

// trimmed returns the entries without the white space around them.
func trimmed(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	list = slices.Clone(list)
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}

// checkEntries notes entries that are blank or there twice.
func checkEntries(p *domain.Problems, path string, list []string) {
	seen := map[string]bool{}
	for i, s := range list {
		key := term(s)
		switch {
		case s == "":
			p.Blank(verb.Path(path, i))
		case seen[key]:
			p.Twice(verb.Path(path, i), s)
		}
		seen[key] = true
	}
}

// term is a term as guardrails see it: its case, the white space between its words and the
// form of its accents do not matter.
func term(s string) string {
	words := strings.Fields(norm.NFC.String(s))
	for i, w := range words {
		words[i] = prose.Fold(w)
	}
	return strings.Join(words, " ")
}

// checkTerms notes preferred terms that contradict each other or the banned ones: no text
// could follow both.
func checkTerms(p *domain.Problems, v *domain.BrandVoice) {
	if len(v.PreferredTerms) == 0 {
		v.PreferredTerms = nil
	}
	v.PreferredTerms = slices.Clone(v.PreferredTerms)
	replaced := map[string]bool{}
	for i := range v.PreferredTerms {
		t := &v.PreferredTerms[i]
		t.Use, t.InsteadOf = strings.TrimSpace(t.Use), strings.TrimSpace(t.InsteadOf)
		path := verb.Path("preferred_terms", i)
		domain.LimitTerm.Text(p, path+".use", t.Use)
		domain.LimitTerm.Text(p, path+".instead_of", t.InsteadOf)
		if key := term(t.InsteadOf); key != "" {
			if replaced[key] {
				p.Twice(path+".instead_of", t.InsteadOf)
			}
			replaced[key] = true
		}
	}
	if len(v.PreferredTerms) > domain.LimitPreferredTerms.Max || len(v.BannedTerms) > domain.LimitBannedTerms.Max {
		return // refused, and too many to compare with each other
	}
	for i, t := range v.PreferredTerms {
		path := verb.Path("preferred_terms", i) + ".use"
		if t.Use != "" && replaced[term(t.Use)] {
			p.Add(path, "The use field prefers %q, which a preferred term replaces", t.Use)
		}
		words := prose.NewIndex(t.Use)
		for _, banned := range v.BannedTerms {
			if banned != "" && len(words.Find(banned)) > 0 {
				p.Add(path, "The use field prefers %q, which the banned term %q forbids", t.Use, banned)
			}
		}
	}
}
