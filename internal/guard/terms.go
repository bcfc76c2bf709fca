package guard

import (
	"fmt"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/voice"
)

func bannedTerms(t *target) []domain.Finding {
	if t.BrandVoice == nil {
		return nil
	}
	var out []domain.Finding
	for _, term := range t.BrandVoice.BannedTerms {
		uses, name := voice.Find(t.index(), term, t.language()), strings.TrimSpace(term)
		if len(uses.AsWritten) > 0 {
			out = append(out, t.finding(domain.SeverityBlocking,
				fmt.Sprintf("The brand voice bans “%s”. Use other words.", name), uses.AsWritten, nil))
		}
		if len(uses.Inflected) > 0 { // a warning only: it may be another word that looks the same
			out = append(out, t.finding(domain.SeverityWarning,
				fmt.Sprintf("This looks like a form of “%s”, which the brand voice bans. Use other words.", name),
				uses.Inflected, nil))
		}
	}
	return out
}

// brandTerms finds words for which the brand voice prefers another.
func brandTerms(t *target) []domain.Finding {
	if t.BrandVoice == nil {
		return nil
	}
	var out []domain.Finding
	for _, p := range t.BrandVoice.PreferredTerms {
		uses := voice.Replaced(t.index(), p, t.language())
		if len(uses.AsWritten) > 0 {
			out = append(out, t.finding(domain.SeverityWarning,
				fmt.Sprintf("The brand voice prefers “%s” to “%s”. Use it.", p.Use, p.InsteadOf), uses.AsWritten, nil))
		}
		if len(uses.Inflected) > 0 {
			out = append(out, t.finding(domain.SeverityWarning,
				fmt.Sprintf("This looks like a form of “%s”. The brand voice prefers “%s”.", p.InsteadOf, p.Use),
				uses.Inflected, nil))
		}
	}
	return out
}
