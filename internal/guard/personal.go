package guard

import (
	"math/big"
	"net/netip"
	"regexp"
	"strings"
	"unicode"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

var (
	emailPattern = compile(`(?i)\b[a-z0-9._%+\-]+@[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?(?:\.[a-z0-9\-]+)*\.[a-z]{2,24}\b`)
	phonePattern = compile(
		`(?:\+\d{1,3}[ .\-/]?|\(\d{2,5}\)[ .\-]?|\b0)\d{1,5}(?:[ .\-/]?\d{2,5}){1,5}\b|\b\d{3}[.\-]\d{3}[.\-]\d{4}\b`,
	)
	cardPattern = compile(`\b\d(?:[ \-]?\d){12,18}\b`)
	ibanPattern = compile(`\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b`)
	ipPattern   = compile(`\b\d{1,3}(?:\.\d{1,3}){3}\b`)
	ip6Pattern  = compile(`(?i)(?:\b[0-9a-f]{1,4}:|:):?(?:[0-9a-f]{1,4}:{1,2}){1,6}[0-9a-f]{1,4}\b`)
)

// detector finds one kind of personal data. The first one to find a place wins.
type detector struct {
	what    string
	fix     string
	pattern pattern
	valid   func(string) bool
}

func detectors() []detector {
	return []detector{
		{"a bank account number (IBAN)", "Remove it; share account numbers in private.", ibanPattern, validIBAN},
		{"a payment card number", "Remove it; a card number must never be published.", cardPattern, validCard},
		{"an e-mail address", "Remove it, or name a public contact in the call to action.", emailPattern, nil},
		{"an IP address", "Remove it unless readers need it.", ipPattern, validIP},
		{"an IP address", "Remove it unless readers need it.", ip6Pattern, validIP},
		{"a phone number", "Remove it, or name a public contact in the call to action.", phonePattern, validPhone},
	}
}

// personalData finds personal data that the caller did not mean to publish. What is in
// Allowed may appear.
func personalData(in Input) []domain.Finding {
	allowed := strings.Join(in.Allowed, "\n")
	var out []domain.Finding
	var taken []prose.Range
	for _, d := range detectors() {
		var places []prose.Range
		for _, loc := range d.pattern.FindAllStringIndex(in.Text, -1) {
			r := prose.Range{Start: loc[0], End: loc[1]}
			s := r.In(in.Text)
			invalid := d.valid != nil && !d.valid(s)
			if invalid || overlaps(r, taken) || partOfNumber(in.Text, r) || strings.Contains(allowed, s) {
				continue
			}
			places, taken = append(places, r), append(taken, r)
		}
		if len(places) > 0 {
			message := "The text contains " + d.what + ". " + d.fix
			out = append(out, finding(in.Text, domain.SeverityBlocking, message, places, maskMiddle))
		}
	}
	return out
}

// partOfNumber reports whether other groups of digits are next to r, so that it is part
// of a longer number.
func partOfNumber(text string, r prose.Range) bool {
	before := strings.TrimSuffix(text[:r.Start], " ")
	after := strings.TrimPrefix(text[r.End:], " ")
	return before != "" && isDigit(before[len(before)-1]) || after != "" && isDigit(after[0])
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

func overlaps(r prose.Range, others []prose.Range) bool {
	for _, o := range others {
		if r.Start < o.End && o.Start < r.End {
			return true
		}
	}
	return false
}

// maskMiddle shows the first two characters and the length.
func maskMiddle(s string) string {
	r := []rune(s)
	keep := min(2, len(r)/3)
	return string(r[:keep]) + strings.Repeat("•", len(r)-keep)
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// validCard checks the length and the check digit (Luhn, ISO/IEC 7812-1).
func validCard(s string) bool {
	d := digits(s)
	if len(d) < 13 || len(d) > 19 || strings.Count(d, d[:1]) == len(d) {
		return false
	}
	sum := 0
	for i := range len(d) {
		n := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0
}

// validIBAN checks the two check digits (mod 97, ISO 13616).
func validIBAN(s string) bool {
	s = strings.ReplaceAll(s, " ", "")
	if len(s) < 15 || len(s) > 34 {
		return false
	}
	var b strings.Builder
	for _, r := range s[4:] + s[:4] {
		if r >= 'A' {
			b.WriteString(big.NewInt(int64(r-'A') + 10).String())
			continue
		}
		b.WriteRune(r)
	}
	n, ok := new(big.Int).SetString(b.String(), 10)
	return ok && n.Mod(n, big.NewInt(97)).Int64() == 1
}

// validIP accepts addresses that could be someone's; loopback and the addresses reserved
// for documentation (RFC 5737, RFC 3849) are not.
func validIP(s string) bool {
	a, err := netip.ParseAddr(s)
	if err != nil || a.IsLoopback() || a.IsUnspecified() {
		return false
	}
	for _, p := range []string{"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"} {
		if netip.MustParsePrefix(p).Contains(a) {
			return false
		}
	}
	return true
}

// validPhone requires 8 to 15 digits (ITU-T E.164) and rejects dates.
func validPhone(s string) bool {
	n := len(digits(s))
	return n >= 8 && n <= 15 && !datePattern.MatchString(s)
}

var datePattern = regexp.MustCompile(`^\d{1,4}[.\-/ ]\d{1,2}[.\-/ ]\d{1,4}$`)
