package compose

import (
	"regexp"
	"strings"
	"unicode"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// kept are the parts of Markdown that rewriting leaves alone: code, quotations
// and the addresses of links.
var kept = regexp.MustCompile("(?s)```.*?```|`[^`\n]+`|\\]\\([^)]*\\)|https?://\\S+|“[^”]*”|(?m:^>.*$)")

// Voiced brings a text nearer to a voice by mechanical means alone: preferred
// terms take the place of others, and a formal voice writes contractions out.
func Voiced(text string, voice *domain.BrandVoice) string {
	if voice == nil {
		return text
	}
	v := *voice
	var b strings.Builder
	last := 0
	for _, l := range kept.FindAllStringIndex(text, -1) {
		b.WriteString(rewrite(text[last:l[0]], v))
		b.WriteString(text[l[0]:l[1]])
		last = l[1]
	}
	b.WriteString(rewrite(text[last:], v))
	return b.String()
}

func rewrite(s string, v domain.BrandVoice) string {
	for _, p := range v.PreferredTerms {
		s = prefer(s, p.Use, p.InsteadOf)
	}
	if prose.English(v.Language) && formal(v.Tone) {
		s = expand(s)
	}
	return s
}

// prefer puts use in the place of insteadOf, where it is not there already, with
// the capital that stood there and the plural where both have a simple one.
func prefer(s, use, insteadOf string) string {
	if use == "" || insteadOf == "" {
		return s
	}
	var b strings.Builder
	last := 0
	there := prose.Find(s, use)
	for _, r := range prose.Find(s, insteadOf) {
		if covered(r, there) {
			continue
		}
		found := r.In(s)
		with := use
		if plural(found, insteadOf) && !strings.HasSuffix(use, "s") {
			with += "s"
		}
		if unicode.IsUpper([]rune(found)[0]) {
			with = prose.Capital(with)
		}
		b.WriteString(s[last:r.Start] + with)
		last = r.End
	}
	b.WriteString(s[last:])
	return b.String()
}

func covered(r prose.Range, by []prose.Range) bool {
	for _, o := range by {
		if r.Start >= o.Start && r.End <= o.End {
			return true
		}
	}
	return false
}

func plural(found, term string) bool {
	return len(found) > len(term) && strings.HasSuffix(prose.Fold(found), "s") && !strings.HasSuffix(prose.Fold(term), "s")
}

func formal(tone []string) bool {
	for _, t := range tone {
		switch prose.Fold(t) {
		case "formal", "official", "academic", "serious", "authoritative":
			return true
		}
	}
	return false
}

// contractions and what they stand for; 's is left alone, since it may be a
// possessive or "has".
var contractions = strings.NewReplacer(
	"can't", "cannot", "can’t", "cannot", "won't", "will not", "won’t", "will not",
	"n't ", " not ", "n’t ", " not ", "'re ", " are ", "’re ", " are ", "'ve ", " have ", "’ve ", " have ",
	"'ll ", " will ", "’ll ", " will ", "I'm ", "I am ", "I’m ", "I am ",
)

func expand(s string) string { return contractions.Replace(s) }
