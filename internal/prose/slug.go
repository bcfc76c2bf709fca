package prose

import (
	"strings"
	"unicode"
)

// Slug makes a part of an address from s: lower-case letters and digits with single
// hyphens between them, at most limit characters (code points), cut at a word.
// Accents of the Latin script are dropped; letters of other scripts stay as they are, with their vowel signs.
// Soft hyphens and joiners are left out.
func Slug(s string, limit int) string {
	var b strings.Builder
	gap := false
	for _, r := range deaccent(strings.Map(dropSilent, strings.ToLower(s))) {
		switch {
		case wordRune(r):
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		default:
			gap = true
		}
	}
	return clipSlug([]rune(b.String()), limit)
}

// dropSilent drops what leaves no gap in a slug; for [strings.Map]. It comes before
// accents are looked at, since what then stands together may be one letter.
func dropSilent(r rune) rune {
	if r == '\'' || r == '’' || isIgnorable(r) {
		return -1
	}
	return r
}

// IsSlug reports whether s is a slug as [Slug] makes them, whatever its length.
func IsSlug(s string) bool { return s != "" && Slug(s, len(s)) == s }

func clipSlug(slug []rune, limit int) string {
	if len(slug) <= limit {
		return string(slug)
	}
	cut := slug[:limit]
	if slug[limit] != '-' {
		for i := len(cut) - 1; i > 0; i-- {
			if cut[i] == '-' {
				cut = cut[:i]
				break
			}
		}
	}
	for len(cut) > 0 && unicode.Is(unicode.M, slug[len(cut)]) {
		cut = cut[:len(cut)-1] // a sign that belongs to the last letter would be lost
	}
	return strings.TrimRight(string(cut), "-")
}
