package guard

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

var (
	emailPattern = compile(`(?i)\b[a-z0-9._%+\-]+@[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?(?:\.[a-z0-9\-]+)*\.[a-z]{2,24}\b`)
	// phonePattern takes numbers with a plus or brackets, those that begin with a zero, and groups without either.
	phonePattern = compile(
		`(?:\+\d{1,3}[ .\-/]?(?:\(\d{1,5}\)[ .\-]?)?|\(\d{2,5}\)[ .\-]?|\b0)\d{1,5}(?:[ .\-/]{0,3}\d{1,8}){1,5}\b` +
			`|\b\d{2,4}(?:[ .\-]\d{2,4}){2,4}\b`,
	)
	// cardPattern takes the groups in which cards are printed, or none.
	cardPattern = compile(
		`\b(?:\d{4}[ \-]\d{4}[ \-]\d{4}[ \-]\d{4}(?:[ \-]\d{3})?|\d{4}[ \-]\d{6}[ \-]\d{4,5}|\d{13,16})\b`,
	)
	ibanPattern = compile(`\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b`)
	ipPattern   = compile(`\b\d{1,3}(?:\.\d{1,3}){3}\b`)
	ip6Pattern  = compile(`(?i)(?:\b[0-9a-f]{1,4}:|:):?(?:[0-9a-f]{1,4}:{1,2}){1,6}[0-9a-f]{1,4}\b`)
)

// detector finds one kind of personal data. The first one to find a place wins.
type detector struct {
	what     string
	fix      string
	severity domain.Severity
	inCode   bool // a number of an account does harm in code too
	pattern  *pattern
	window   window // where it can match
	valid    func(text string, r prose.Range) bool
}

// The bytes that the matches of the patterns consist of, and how many digits and signs they have at least.
var (
	phoneWindow = runs("0123456789+() .-/", '+', func(digits, _, _ int) bool { return digits >= 8 })
	cardWindow  = runs("0123456789 -", '-', func(digits, _, _ int) bool { return digits >= 13 })
	ibanWindow  = runs("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ ", ' ', func(digits, capitals, _ int) bool {
		return digits >= 2 && capitals >= 2 && digits+capitals >= 12
	})
	ssnWindow = runs("0123456789-", '-', func(digits, _, signs int) bool { return digits >= 9 && signs >= 2 })
	ipWindow  = runs("0123456789.", '.', func(digits, _, signs int) bool { return digits >= 4 && signs >= 3 })
	ip6Window = runs("0123456789abcdefABCDEF:", ':', func(_, _, signs int) bool { return signs >= 3 })
)

func detectors() []detector {
	const public = "Remove it, unless it is there for readers to use."
	return []detector{
		{"a bank account number (IBAN)", "Remove it; share account numbers in private.",
			domain.SeverityBlocking, true, ibanPattern, ibanWindow, whole(validIBAN)},
		{"a payment card number", "Remove it; a card number must never be published.",
			domain.SeverityBlocking, true, cardPattern, cardWindow, validCard},
		{"a US social security number", "Remove it; it must never be published.",
			domain.SeverityBlocking, true, ssnPattern, ssnWindow, validSSN},
		{"a number that a state gave to a person", "Remove it; it must never be published.",
			domain.SeverityBlocking, true, idPattern, idWindow, validID},
		{"a person's date of birth", "Remove it unless the person agreed.",
			domain.SeverityWarning, false, birthPattern, nil, validBirth},
		{"a home address", "Remove it unless the person agreed.",
			domain.SeverityWarning, false, homePattern, nil, validHome},
		{"an e-mail address", public, domain.SeverityWarning, false, emailPattern, tokens("@"), personsEmail},
		{"an e-mail address that may be a person's", public, domain.SeverityInfo, false, emailPattern, tokens("@"), validEmail},
		{"an IP address", public, domain.SeverityWarning, false, ipPattern, ipWindow, validIP4},
		{"an IP address", public, domain.SeverityWarning, false, ip6Pattern, ip6Window, whole(validIP6)},
		{"a phone number", public, domain.SeverityWarning, false, phonePattern, phoneWindow, validPhone},
	}
}

func whole(valid func(string) bool) func(string, prose.Range) bool {
	return func(text string, r prose.Range) bool { return valid(r.In(text)) }
}

// personalData finds personal data that the caller did not mean to publish. What is in
// Allowed may appear. Only what does certain harm blocks: an address of one's own is there on purpose.
func personalData(t *target) []domain.Finding {
	allowed := strings.Join(t.Allowed, "\n")
	var out []domain.Finding
	taken := cover{size: len(t.Text)}
	numbers := numbersIn(t.words.Text)
	coded := numbers
	if t.coded() != t.words {
		coded = numbersIn(t.coded().Text)
	}
	for _, d := range detectors() {
		view, numbers := t.words, numbers
		if d.window == nil && !t.inWords.any(d.pattern) && (d.pattern != birthPattern || !t.bornInFrench()) {
			continue
		}
		if d.inCode {
			view, numbers = t.coded(), coded
		}
		var found []prose.Range
		for _, r := range d.places(t, view.Text, numbers) {
			s := r.In(view.Text)
			if wholeWords(view.Text, r) && !partOfNumber(view.Text, r) && d.valid(view.Text, r) &&
				!strings.Contains(allowed, s) && !(d.severity != domain.SeverityBlocking && contact(t, s)) {
				found = append(found, r)
			}
		}
		var places []prose.Range
		for _, r := range sources(view, found) {
			if taken.take(r) {
				places = append(places, r)
			}
		}
		if len(places) > 0 {
			out = append(out, finding(t.Text, d.severity, "The text contains "+d.what+". "+d.fix, places, maskMiddle))
		}
	}
	return out
}

// places returns where the pattern matches a view of the text.
func (d detector) places(t *target, text string, numbers []prose.Range) []prose.Range {
	switch {
	case d.pattern == birthPattern:
		return t.births()
	case d.window == nil:
		return t.find(d.pattern)
	}
	return locationsIn(d.pattern, text, d.window(text, numbers))
}

// contact reports whether the caller gave an address or number of a person as something to write about.
func contact(t *target, s string) bool {
	return slices.ContainsFunc(t.Support, func(given string) bool { return strings.Contains(given, s) })
}

// partOfNumber reports whether other groups of digits are next to r, so that it is part
// of a longer number.
func partOfNumber(text string, r prose.Range) bool {
	before := strings.TrimSuffix(text[:r.Start], " ")
	after := strings.TrimPrefix(text[r.End:], " ")
	return before != "" && isDigit(before[len(before)-1]) || after != "" && isDigit(after[0])
}

// inToken reports whether r is a part of something longer: a file's name, an identifier, a path.
func inToken(text string, r prose.Range) bool {
	const glue = "-_/=#@\\"
	if r.Start > 0 && strings.IndexByte(glue+".", text[r.Start-1]) >= 0 {
		return true
	}
	if r.End == len(text) {
		return false
	}
	next := text[r.End]
	return strings.IndexByte(glue, next) >= 0 ||
		next == '.' && r.End+1 < len(text) && inWord(rune(text[r.End+1])) // a file's ending, or more groups
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

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

// validCard checks the token, the issuer's prefix for the length, and the check digit (Luhn, ISO/IEC 7812-1).
func validCard(text string, r prose.Range) bool {
	d := digits(r.In(text))
	if inToken(text, r) || !issued(d) || strings.Count(d, d[:1]) == len(d) {
		return false
	}
	if s := r.In(text); strings.Contains(s, " ") && strings.Contains(s, "-") {
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

// issued reports whether cards of an issuer start with these digits and are as long.
func issued(d string) bool {
	two, _ := strconv.Atoi(d[:2])
	four, _ := strconv.Atoi(d[:4])
	switch len(d) {
	case 13:
		return d[0] == '4'
	case 14:
		return two == 36 || two == 38 || four >= 3000 && four <= 3059
	case 15:
		return two == 34 || two == 37
	case 16, 19:
		return d[0] == '4' || two >= 51 && two <= 55 || four >= 2221 && four <= 2720 || four == 6011 ||
			two == 65 || four >= 6440 && four <= 6499 || four >= 3528 && four <= 3589 || two == 62
	}
	return false
}

// validIBAN checks the two check digits (mod 97, ISO 13616).
func validIBAN(s string) bool {
	s = strings.ReplaceAll(s, " ", "")
	if len(s) < 15 || len(s) > 34 {
		return false
	}
	rest := 0
	for _, r := range s[4:] + s[:4] {
		if r >= 'A' {
			rest = (rest*100 + int(r-'A') + 10) % 97
			continue
		}
		rest = (rest*10 + int(r-'0')) % 97
	}
	return rest == 1
}

// fileEndings are what looks like a top-level domain in names such as logo@2x.png.
const fileEndings = " png jpg jpeg gif svg webp avif css js mjs ts json html pdf mp4 "

// validEmail leaves out domains reserved for examples (RFC 2606), and what is no address of a person: the
// git@host:path of repositories, names of files.
func validEmail(text string, r prose.Range) bool {
	user, host, _ := strings.Cut(strings.ToLower(r.In(text)), "@")
	top := host[strings.LastIndexByte(host, '.')+1:]
	if among(" example test invalid localhost local ", top) ||
		among(fileEndings, top) {
		return false
	}
	for _, reserved := range []string{"example.com", "example.org", "example.net", "example.edu"} {
		if host == reserved || strings.HasSuffix(host, "."+reserved) {
			return false
		}
	}
	after := text[r.End:]
	path := len(after) > 1 && after[0] == ':' && after[1] > ' '
	return user != "git" && !path && !forRole(r.In(text))
}

// personsEmail reports whether an address is one of a person, as far as it and the sentence say so.
func personsEmail(text string, r prose.Range) bool { return validEmail(text, r) && !mayBeRole(text, r) }

// reservedNetworks belong to nobody in particular: private (RFC 1918), shared (RFC 6598), link-local,
// documentation (RFC 5737, RFC 3849), benchmarks (RFC 2544), multicast and what is reserved.
//
//nolint:gochecknoglobals // a table
var reservedNetworks = sync.OnceValue(func() (all []netip.Prefix) {
	for _, s := range []string{"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
		"172.16.0.0/12",
		"192.0.2.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
		"::1/128", "::/128", "2001:db8::/32", "fc00::/7", "fe80::/10", "ff00::/8"} {
		all = append(all, netip.MustParsePrefix(s))
	}
	return all
})

// validIP accepts addresses that could be someone's.
func validIP(s string) bool {
	a, err := netip.ParseAddr(s)
	return err == nil && !slices.ContainsFunc(reservedNetworks(), func(p netip.Prefix) bool { return p.Contains(a) })
}

// validIP4 leaves out numbers of versions and sections, which look alike.
func validIP4(text string, r prose.Range) bool {
	if inToken(text, r) || !validIP(r.In(text)) {
		return false
	}
	before := wordsBefore(text, r.Start, 1)
	return len(before) == 0 || !strings.Contains(" version versions v ver section sections release build chapter clause "+
		"firmware update abschnitt versión versão ", " "+before[0]+" ")
}

// validIP6 asks for digits, so that the double colons of programs are none.
func validIP6(s string) bool {
	return strings.Count(s, ":") > 2 && strings.ContainsAny(s, "0123456789") && validIP(s)
}

// phoneWords say that a number is for calling.
const phoneWords = " tel telephone phone call calling mobile cell fax whatsapp sms hotline dial ring text reach telefon telefonisch handy anruf anrufen " +
	"ruf rufen erreichen rufnummer mobil tél téléphone téléphoner appelez appeler joindre portable teléfono móvil llama llame llamar llamanos llámanos llamadnos " +
	"telefone telefono telefonare telefonate chiama chiamare chiamate chiamaci cellulare cell bel bellen telefoon mobiel ligue ligar telemóvel celular contacto "

// reachable are words after a number that people can be reached by.
const reachable = " erreichen erreichbar anrufen bereiken bereikbaar bellen joindre joignable contactar localizable raggiungere raggiungibile contattare contactável "

// phoneShapes are ways to write a number that few other things are written in: the pairs of France, the mobile numbers
// of Japan and the Netherlands, the slash of Germany.
var phoneShapes = regexp.MustCompile(
	`^(?:0[1-9](?:[ .]\d\d){4}|0[5-9]0-\d{4}-\d{4}|0\d-\d{4}-\d{4}|0\d{2}-\d{3}-\d{4}|0\d{3}-\d{2}-\d{4}|06[ \-]?\d{8}|0\d{2,4} ?/ ?\d{3,8}(?:-\d{1,4})?)$`,
)

// mobileShapes are how mobile numbers of Spain, Portugal and Italy are written after "at the": en el 612 345 678.
var mobileShapes = regexp.MustCompile(
	`^(?:[6-9]\d{2}[ .]\d{3}[ .]\d{3}|[67]\d{2}(?:[ .]\d{2}){3}|3\d{2}[ .]\d{3}[ .]\d{3,4})$`,
)

// validPhone requires 8 to 15 digits (ITU-T E.164) that stand by themselves, with a plus, with brackets, in one of the
// shapes of phone numbers, or near a word that says what they are.
func validPhone(text string, r prose.Range) bool {
	s := r.In(text)
	n := len(digits(s))
	if n < 8 || n > 15 || datePattern.MatchString(s) || inToken(text, r) ||
		spacedOut.MatchString(s) && s[0] != '0' && n != 9 {
		return false
	}
	if s[0] == '+' || s[0] == '(' {
		return true
	}
	before := wordsBefore(text, r.Start, 7)
	if n := len(before); n > 0 && among(" al el no ao sul en ", before[n-1]) && mobileShapes.MatchString(s) {
		return true
	}
	for i := len(before) - 1; i >= 0; i-- {
		if w := before[i]; among(phoneWords, w) {
			return true
		} else if among(numberedThings, w) || endsInLabel(w) {
			return false
		}
	}
	if phoneShapes.MatchString(s) {
		return true
	}
	after := text[r.End:min(len(text), r.End+40)]
	if next := prose.Words(strings.ToLower(strings.ToValidUTF8(after, ""))); s[0] == '0' &&
		slices.ContainsFunc(next[:min(3, len(next))], func(w string) bool { return among(reachable, w) }) {
		return true
	}
	return strings.Contains(after, "電話") || strings.Contains(text[max(0, r.Start-30):r.Start], "電話") ||
		strings.Contains(text[max(0, r.Start-30):r.Start], "携帯")
}

var datePattern = regexp.MustCompile(`^\d{1,4}[.\-/ ]\d{1,2}[.\-/ ]\d{1,4}$`)
