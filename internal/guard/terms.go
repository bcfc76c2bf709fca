package guard

import (
	"fmt"
	"strings"
	"sync"

	"golang.org/x/text/unicode/norm"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
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
