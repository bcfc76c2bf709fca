package domain

import (
	"slices"
	"strings"
)

// rightToLeft are the languages whose usual script runs from right to left.
var rightToLeft = []string{
	"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ji", "ks", "nqo", "pnb", "prs", "ps", "sd", "syr", "ug", "ur", "yi",
}

// rightToLeftScripts are the scripts that a language tag can name.
var rightToLeftScripts = []string{"arab", "aran", "hebr", "nkoo", "syrc", "thaa"}

// Direction returns the direction of a language's script as HTML names it, rtl or ltr,
// from its tag (BCP 47).
func Direction(tag string) string {
	parts := strings.Split(strings.ToLower(tag), "-")
	if len(parts) > 1 && len(parts[1]) == 4 { // a script
		if slices.Contains(rightToLeftScripts, parts[1]) {
			return "rtl"
		}
		return "ltr"
	}
	if slices.Contains(rightToLeft, parts[0]) {
		return "rtl"
	}
	return "ltr"
}
