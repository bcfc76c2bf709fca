package prose

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold returns word in the form for comparison: lower case, with a straight apostrophe.
func Fold(word string) string {
	return strings.ReplaceAll(strings.ToLower(word), "’", "'")
}

// Syllables estimates the syllables of an English word from its vowel groups. It
// is right for about nine words in ten, which is what the formulas built on it
// expect.
func Syllables(word string) int {
	w := strings.TrimSuffix(strings.TrimSuffix(Fold(word), "'s"), "'")
	groups, inVowel := 0, false
	for _, r := range w {
		v := strings.ContainsRune("aeiouy", r)
		if v && !inVowel {
			groups++
		}
		inVowel = v
	}
	switch {
	case strings.HasSuffix(w, "le") && len(w) > 2 && !strings.ContainsRune("aeiouy", rune(w[len(w)-3])):
	case strings.HasSuffix(w, "e"), silentEd(w), silentEs(w):
		groups--
	}
	for _, pair := range []string{"ia", "io", "eo", "ua", "uo"} {
		if strings.Contains(w, pair) && !containsAny(w, "tio", "sio", "cia", "gio", "qu") {
			groups++
			break
		}
	}
	if strings.HasSuffix(w, "ea") && len(w) > 3 {
		groups++
	}
	return max(groups, 1)
}

func silentEd(w string) bool {
	return strings.HasSuffix(w, "ed") && !strings.HasSuffix(w, "ted") && !strings.HasSuffix(w, "ded")
}

func silentEs(w string) bool {
	if !strings.HasSuffix(w, "es") {
		return false
	}
	for _, s := range []string{"ses", "zes", "ches", "shes", "xes", "ces", "ges"} {
		if strings.HasSuffix(w, s) {
			return false
		}
	}
	return true
}

func containsAny(s string, parts ...string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(s, p) })
}

// deaccent drops the accents of Latin letters and leaves other scripts alone.
func deaccent(s string) string {
	s = strings.NewReplacer("ß", "ss", "æ", "ae", "ø", "o", "ł", "l", "œ", "oe").Replace(norm.NFD.String(s))
	var b strings.Builder
	latin := false
	for _, r := range s {
		if unicode.Is(unicode.Mn, r) && latin {
			continue
		}
		latin = unicode.Is(unicode.Latin, r)
		b.WriteRune(r)
	}
	return norm.NFC.String(b.String())
}
