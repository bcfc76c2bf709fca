package guard

import (
	"fmt"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

func bannedTerms(t *target) []domain.Finding {
	if t.BrandVoice == nil {
		return nil
	}
	var out []domain.Finding
	for _, term := range t.BrandVoice.BannedTerms {
		if places := t.index().Find(term); len(places) > 0 {
			out = append(out, t.finding(domain.SeverityBlocking,
				fmt.Sprintf("The brand voice bans “%s”. Use other words.", strings.TrimSpace(term)), places, nil))
		}
	}
	return out
}

// brandTerms finds words for which the brand voice prefers another. A place that is
// already part of the preferred term does not count.
func brandTerms(t *target) []domain.Finding {
	if t.BrandVoice == nil {
		return nil
	}
	var out []domain.Finding
	for _, p := range t.BrandVoice.PreferredTerms {
		places := outside(t.index().Find(p.InsteadOf), t.index().Find(p.Use))
		if len(places) > 0 {
			out = append(out, t.finding(domain.SeverityWarning,
				fmt.Sprintf("The brand voice prefers “%s” to “%s”. Use it.", p.Use, p.InsteadOf), places, nil))
		}
	}
	return out
}

// outside returns the ranges that no range of others contains; both are in order.
func outside(ranges, others []prose.Range) []prose.Range {
	var out []prose.Range
	i := 0
	for _, r := range ranges {
		for i < len(others) && others[i].End < r.End {
			i++
		}
		if i == len(others) || others[i].Start > r.Start {
			out = append(out, r)
		}
	}
	return out
}

// swearing is a short list of words that do not belong in the published texts of a
// business, in the languages that most models write. They are masked when shown.
const swearing = `fuck fucking fucked fucker motherfucker shit shitty bullshit asshole bitch bastard cunt dickhead
wanker bollocks twat slut whore faggot nigger nigga retard scheisse scheiße arschloch fotze wichser hurensohn
putain merde connard salope enculé mierda puta gilipollas cabrón coño cazzo stronzo vaffanculo kurwa`

// innocent are the languages in which a word of the list is an everyday one.
var innocent = map[string]string{"slut": " sv da no nb nn ", "retard": " fr ", "puta": " sw ", "twat": " pl "}

//nolint:gochecknoglobals // the list above as a set
var swearWords = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(swearing) {
		set[w] = true
	}
	return set
})

func profanity(t *target) []domain.Finding {
	bad, text := swearWords(), t.words.Text
	language, _, _ := strings.Cut(strings.ToLower(t.Language), "-")
	var places []prose.Range
	for _, r := range t.wordRanges() {
		if r.End-r.Start < 4 || r.End-r.Start > 20 {
			continue
		}
		word := norm.NFC.String(prose.Fold(r.In(text)))
		if !bad[word] || language != "" && strings.Contains(innocent[word], " "+language+" ") || harmless(text, word, r) {
			continue
		}
		places = append(places, r)
	}
	if len(places) == 0 {
		return nil
	}
	return []domain.Finding{t.finding(domain.SeverityWarning,
		"Swear words put readers off. Use other words.", places, firstLetter)}
}

// harmless knows set phrases in which a word of the list offends nobody.
func harmless(text, word string, r prose.Range) bool {
	switch word {
	case "retard":
		before := wordsBefore(text, r.Start, 1)
		return len(before) == 1 && among(" en le de du sans mon son ton un ce ", before[0])
	case "bastard":
		after := strings.TrimLeft(text[r.End:], " ")
		for _, next := range []string{"file", "sword", "title", "sugar", "cut", "amber"} {
			if strings.HasPrefix(after, next) {
				return true
			}
		}
	}
	return false
}

func firstLetter(s string) string {
	r := []rune(s)
	return string(r[:1]) + strings.Repeat("*", len(r)-1)
}
