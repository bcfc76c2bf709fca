package guard

import (
	"math"
	"slices"
	"strings"
	"unicode"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// Two of the secrets, which are looked for in their own way.
const privateKey, accessInAddress = "a private key", "a password in an address"

// secretPatterns are the public shapes of keys, ours first.
var secretPatterns = []struct {
	what    string
	pattern *pattern
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
	{privateKey, compile(`-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z)`)},
	{accessInAddress, compile(`\b[a-z][a-z0-9+.\-]*://[^\s/:@]+:[^\s/@]{3,}@`)},
}

var (
	labelled = beginning(
		`(?i)\b(?:api[_ \-]?key|secret|token|password|passwd|pwd)\b["']?\s*[:=]\s*["'` + "`" + `]?([^\s"'` + "`" + `,;]{6,})`,
	)
)

// secrets finds keys by their known shapes, values behind a label such as
// password=, and long strings too random to be words. It looks everywhere, code and addresses included.
func secrets(t *target) []domain.Finding {
	var out []domain.Finding
	taken := cover{size: len(t.Text)}
	add := func(what string, ranges []prose.Range) {
		var places []prose.Range
		for _, r := range ranges {
			if taken.take(r) {
				places = append(places, r)
			}
		}
		if len(places) > 0 {
			out = append(out, finding(t.Text, domain.SeverityBlocking,
				"The text contains "+what+". Remove it and replace it at its issuer: anyone who has read it can use it.",
				places, maskSecret))
		}
	}
	for _, p := range secretPatterns {
		switch {
		case !t.inSource.any(p.pattern):
		case p.what == privateKey: // it has empty lines
			add(p.what, locations(p.pattern.whole.get(), t.Text))
		case p.what == accessInAddress:
			found := locationsIn(p.pattern, t.Text, tokens("://", ":", "@")(t.Text, nil))
			add(p.what, slices.DeleteFunc(found, func(r prose.Range) bool { return exampleAccess(r.In(t.Text)) }))
		default:
			add(p.what, locationsIn(p.pattern, t.Text, t.inSource.of(p.pattern)))
		}
	}
	if t.inSource.any(labelled) {
		add("a password or key", t.labelledValues())
	}
	add("a password or key", t.saidPasswords())
	add("what looks like a key", blobs(t.Text))
	return out
}

// labelledValues returns the values behind a label that could be real.
func (t *target) labelledValues() []prose.Range {
	var out []prose.Range
	last := 0
	for _, part := range t.inSource.of(labelled) {
		if part.Start < last || part.Start > 0 && asciiWord(t.Text[part.Start-1]) {
			continue
		}
		line := t.Text[part.Start:min(len(t.Text), part.Start+farValue)] // it may stand below an empty line
		if l := labelled.starts.get().FindStringSubmatchIndex(line); l != nil {
			r := prose.Range{Start: part.Start + l[2], End: part.Start + l[3]}
			last = r.End
			v := r.In(t.Text)
			if len(v) < 200 && !stands(v) && entropy(v) > 2.5 && strings.ContainsFunc(v, unicode.IsDigit) {
				out = append(out, r)
			}
		}
	}
	return out
}

// farValue is how far after the beginning of its label a value ends at most.
const farValue = 400

func asciiWord(b byte) bool { return b == '_' || isDigit(b) || b|0x20 >= 'a' && b|0x20 <= 'z' }

// exampleAccess reports whether user and password in an address only stand for others: ${USER}:${PASS}@,
// user:password@, <name>:***@.
func exampleAccess(s string) bool {
	_, access, _ := strings.Cut(s, "://")
	_, password, _ := strings.Cut(strings.TrimSuffix(access, "@"), ":")
	return stands(password) || strings.Contains(" password passwd pass passphrase pwd secret changeme token "+
		"your-password your_password yourpassword mypassword example xxx xxxx ", " "+strings.ToLower(password)+" ")
}

// stands reports whether a value is a variable, or something else that stands for the real one.
func stands(v string) bool {
	return strings.ContainsAny(v, "${}<>*%") || strings.Contains(v, "...") || strings.HasPrefix(v, "process.env") ||
		strings.HasPrefix(v, "os.") || strings.Contains(v, "(")
}

// blobs returns long strings too random to be words. Those in addresses are common and not secret, and
// neither are checksums.
func blobs(text string) []prose.Range {
	var out []prose.Range
	word := 0 // where the text since the last space begins
	for i := 0; i < len(text); {
		if !blobByte(text[i]) {
			if text[i] <= ' ' {
				word = i + 1
			}
			i++
			continue
		}
		end := i
		for end < len(text) && blobByte(text[end]) {
			end++
		}
		s := text[i:end]
		if len(s) >= 32 && !isChecksum(text[word:i], s) && looksRandom(s) && !strings.Contains(text[word:i], "://") {
			out = append(out, prose.Range{Start: i, End: end})
		}
		i = end
	}
	return out
}

func blobByte(b byte) bool {
	return b|0x20 >= 'a' && b|0x20 <= 'z' || isDigit(b) || b == '+' || b == '/' || b == '_' || b == '-'
}

// isChecksum reports whether s is one, by the name of its method before it.
func isChecksum(before, s string) bool {
	for _, method := range []string{"sha1", "sha256", "sha384", "sha512", "md5"} {
		if strings.HasPrefix(s, method+"-") || strings.HasSuffix(before, method+":") ||
			strings.HasSuffix(before, method+"=") {
			return true
		}
	}
	return false
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

// entropy returns the Shannon entropy of s in bits per byte.
func entropy(s string) float64 {
	var counts [256]float64
	for i := range len(s) {
		counts[s[i]]++
	}
	n, h := float64(len(s)), 0.0
	for _, c := range counts {
		if c > 0 {
			h -= c / n * math.Log2(c/n)
		}
	}
	return h
}

// maskSecret shows at most the well-known prefix of a key.
func maskSecret(s string) string {
	r := []rune(s)
	keep := min(4, len(r)/4)
	return string(r[:keep]) + "••••••"
}
