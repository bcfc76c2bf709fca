package guard

import (
	"math"
	"strings"
	"unicode"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// secretPatterns are the public shapes of keys, ours first.
var secretPatterns = []struct {
	what    string
	pattern pattern
}{
	{"a Vellocity API key", compile(`\bvell_pk_[0-9A-Za-z]{16,}`)},
	{"an API key", compile(`\bsk-(?:ant-|proj-|or-)?[A-Za-z0-9_\-]{20,}`)},
	{"an AWS access key", compile(`\b(?:AKIA|ASIA)[0-9A-Z]{16}\b`)},
	{"a GitHub token", compile(`\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})`)},
	{"a GitLab token", compile(`\bglpat-[A-Za-z0-9_\-]{20,}`)},
	{"a Slack token", compile(`\bxox[abeprs]-[A-Za-z0-9\-]{10,}`)},
	{"a Stripe key", compile(`\b(?:sk|rk|whsec)_(?:live_|test_)?[A-Za-z0-9]{20,}`)},
	{"a Google API key", compile(`\bAIza[0-9A-Za-z_\-]{35}`)},
	{"a signed token (JWT)", compile(`\beyJ[A-Za-z0-9_\-]{10,}\.eyJ[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]{10,}`)},
	{"a private key", compile(`-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z)`)},
	{"a password in an address", compile(`\b[a-z][a-z0-9+.\-]*://[^\s/:@]+:[^\s/@]{3,}@`)},
}

var (
	labelled = compile(
		`(?i)\b(?:api[_ \-]?key|secret|token|password|passwd|pwd)\b["']?\s*[:=]\s*["'` + "`" + `]?([^\s"'` + "`" + `,;]{6,})`,
	)
	blob = compile(`[A-Za-z0-9+/_\-]{32,}={0,2}`)
)

// secrets finds keys by their known shapes, values behind a label such as
// password=, and long strings too random to be words.
func secrets(in Input) []domain.Finding {
	var out []domain.Finding
	var taken []prose.Range
	add := func(what string, locs [][]int) {
		var places []prose.Range
		for _, l := range locs {
			r := prose.Range{Start: l[0], End: l[1]}
			if !overlaps(r, taken) {
				places, taken = append(places, r), append(taken, r)
			}
		}
		if len(places) > 0 {
			out = append(out, finding(in.Text, domain.SeverityBlocking,
				"The text contains "+what+". Remove it and replace it at its issuer: anyone who has read it can use it.",
				places, maskSecret))
		}
	}
	for _, p := range secretPatterns {
		add(p.what, p.pattern.FindAllStringIndex(in.Text, -1))
	}
	var values [][]int
	for _, l := range labelled.FindAllStringSubmatchIndex(in.Text, -1) {
		if v := in.Text[l[2]:l[3]]; entropy(v) > 2.5 && strings.ContainsFunc(v, unicode.IsDigit) {
			values = append(values, l[2:4])
		}
	}
	add("a password or key", values)
	var random [][]int
	for _, l := range blob.FindAllStringIndex(in.Text, -1) {
		if looksRandom(in.Text[l[0]:l[1]]) && !inAddress(in.Text, l[0]) {
			random = append(random, l)
		}
	}
	add("what looks like a key", random)
	return out
}

// looksRandom requires the entropy of a key and a mixture of characters that words
// joined by hyphens do not have.
func looksRandom(s string) bool {
	var upper, lower, digit bool
	for _, r := range s {
		upper = upper || unicode.IsUpper(r)
		lower = lower || unicode.IsLower(r)
		digit = digit || unicode.IsDigit(r)
	}
	return digit && lower && upper && entropy(s) > 4.2
}

// inAddress reports whether byte i is in a URL: long paths are common there and not
// secret.
func inAddress(text string, i int) bool {
	start := strings.LastIndexFunc(text[:i], unicode.IsSpace) + 1
	return strings.Contains(text[start:i], "://")
}

// entropy returns the Shannon entropy of s in bits per character.
func entropy(s string) float64 {
	counts := map[rune]float64{}
	for _, r := range s {
		counts[r]++
	}
	n, h := float64(len([]rune(s))), 0.0
	for _, c := range counts {
		h -= c / n * math.Log2(c/n)
	}
	return h
}

// maskSecret shows at most the well-known prefix of a key.
func maskSecret(s string) string {
	r := []rune(s)
	keep := min(4, len(r)/4)
	return string(r[:keep]) + "••••••"
}
