package guard

import (
	"fmt"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

func bannedTerms(in Input) []domain.Finding {
	if in.Voice == nil {
		return nil
	}
	var out []domain.Finding
	for _, term := range in.Voice.BannedTerms {
		if places := prose.Find(in.Text, term); len(places) > 0 {
			out = append(out, finding(in.Text, domain.SeverityBlocking,
				fmt.Sprintf("The brand voice bans “%s”. Use other words.", strings.TrimSpace(term)), places, nil))
		}
	}
	return out
}

// brandTerms finds words for which the brand voice prefers another. A place that is
// already part of the preferred term does not count.
func brandTerms(in Input) []domain.Finding {
	if in.Voice == nil {
		return nil
	}
	var out []domain.Finding
	for _, t := range in.Voice.PreferredTerms {
		preferred := prose.Find(in.Text, t.Use)
		var places []prose.Range
		for _, r := range prose.Find(in.Text, t.InsteadOf) {
			if !inside(r, preferred) {
				places = append(places, r)
			}
		}
		if len(places) > 0 {
			out = append(out, finding(in.Text, domain.SeverityWarning,
				fmt.Sprintf("The brand voice prefers “%s” to “%s”. Use it.", t.Use, t.InsteadOf), places, nil))
		}
	}
	return out
}

func inside(r prose.Range, others []prose.Range) bool {
	for _, o := range others {
		if r.Start >= o.Start && r.End <= o.End {
			return true
		}
	}
	return false
}

// swearing is a short list of words that do not belong in the published texts of a
// business, in the languages that most models write. They are masked when shown.
const swearing = `fuck fucking fucked fucker motherfucker shit shitty bullshit asshole bitch bastard cunt dickhead
wanker bollocks twat slut whore faggot nigger nigga retard scheisse scheiße arschloch fotze wichser hurensohn
putain merde connard salope enculé mierda puta gilipollas cabrón coño cazzo stronzo vaffanculo kurwa`

func profanity(in Input) []domain.Finding {
	bad := map[string]bool{}
	for _, w := range strings.Fields(swearing) {
		bad[w] = true
	}
	var places []prose.Range
	for _, r := range prose.WordRanges(in.Text) {
		if bad[prose.Fold(r.In(in.Text))] {
			places = append(places, r)
		}
	}
	if len(places) == 0 {
		return nil
	}
	return []domain.Finding{finding(in.Text, domain.SeverityWarning,
		"Swear words put readers off. Use other words.", places, firstLetter)}
}

func firstLetter(s string) string {
	r := []rune(s)
	return string(r[:1]) + strings.Repeat("*", len(r)-1)
}
