package guard

import (
	"net/netip"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// unsupportedNumbers finds figures that are not in the support. Whole numbers up to ten
// without a unit are counts, not claims; years, dates, times, versions, and numbers that
// name something are no claims either.
func unsupportedNumbers(t *target) []domain.Finding {
	if t.unknownSupport() {
		return nil
	}
	text := t.words.Text
	all := figures(text)
	if len(all) == 0 {
		return nil
	}
	known := map[string]bool{}
	support := t.support()
	for _, f := range figures(support) {
		known[f.value(support)] = true
	}
	var places []prose.Range
	for _, f := range all {
		if v := f.value(text); !known[v] && !f.counts(text) && !f.names(text) && !f.dates(text, v) {
			places = append(places, f.whole)
		}
	}
	if len(places) == 0 {
		return nil
	}
	return []domain.Finding{t.finding(domain.SeverityWarning,
		"Neither the brief nor a source gives this figure. Add its source to the facts, or remove it.", places, nil)}
}

// figure is a number: its digits with separators, and the same with currency and unit.
type figure struct{ number, whole prose.Range }

// separators stand between the digits of one number.
const separators = ".,'’\u00a0\u202f٫٬"

// figures finds the numbers of a text, in the digits of any script.
func figures(text string) []figure {
	var out []figure
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		if !unicode.IsDigit(r) {
			i += n
			continue
		}
		end := i
		for {
			for end < len(text) {
				r, n := utf8.DecodeRuneInString(text[end:])
				if !unicode.IsDigit(r) {
					break
				}
				end += n
			}
			r, n := utf8.DecodeRuneInString(text[end:])
			next, _ := utf8.DecodeRuneInString(text[min(end+n, len(text)):])
			if !strings.ContainsRune(separators, r) || !unicode.IsDigit(next) {
				break
			}
			end += n
		}
		f := figure{number: prose.Range{Start: i, End: end}}
		f.whole = prose.Range{Start: i - currency(text[:i]), End: end + unit(text[end:])}
		out = append(out, f)
		i = max(end, f.whole.End)
	}
	return out
}

// currency returns the length of a sign of a currency at the end of s.
func currency(s string) int {
	trimmed := strings.TrimSuffix(s, " ")
	r, n := utf8.DecodeLastRuneInString(trimmed)
	if unicode.Is(unicode.Sc, r) {
		return n + len(s) - len(trimmed)
	}
	return 0
}

var units = []string{"%", "٪", "percent", "per cent", "Prozent", "million", "billion", "k", "x", "×"}

// unit returns the length of a unit at the start of s, with the space before it.
func unit(s string) int {
	space := 0
	for _, sp := range []string{" ", "\u00a0", "\u202f"} {
		if strings.HasPrefix(s, sp) {
			space = len(sp)
		}
	}
	rest := s[space:]
	if r, n := utf8.DecodeRuneInString(rest); unicode.Is(unicode.Sc, r) {
		return space + n
	}
	for _, u := range units {
		if after, ok := strings.CutPrefix(rest, u); ok {
			last, _ := utf8.DecodeLastRuneInString(u)
			next, _ := utf8.DecodeRuneInString(after)
			if !inWord(last) || !inWord(next) {
				return space + len(u)
			}
		}
	}
	return 0
}

// value returns the number in one form: ASCII digits, no thousands separators.
func (f figure) value(text string) string {
	var b strings.Builder
	for _, r := range f.number.In(text) {
		switch {
		case unicode.IsDigit(r):
			b.WriteByte(digitOf(r))
		case r == '٫' || r == '.':
			b.WriteByte('.')
		case r == '٬' || r == ',':
			b.WriteByte(',')
		}
	}
	s := b.String()
	strip := strings.NewReplacer(".", "", ",", "")
	if i := strings.LastIndexAny(s, ".,"); i >= 0 && len(s)-i-1 != 3 {
		return strip.Replace(s[:i]) + "." + s[i+1:]
	}
	return strip.Replace(s)
}

// digitOf returns the ASCII digit of a digit of any script; the ten stand in a row.
func digitOf(r rune) byte {
	if r < utf8.RuneSelf {
		return byte(r)
	}
	n := byte('0')
	for n < '9' && unicode.IsDigit(r-1) {
		r--
		n++
	}
	return n
}

func (f figure) counts(text string) bool {
	v := f.value(text)
	return f.whole == f.number && (len(v) == 1 || v == "10")
}

// numberedThings are words after which a number is a name.
const numberedThings = " order bus tram train flight gate room isbn windows ios android macos debian ubuntu python java go node php postgres " +
	"autobus autobús ônibus bestellung linie buslijn version v issue ticket pr rfc iso din en section chapter step page figure fig table part no nr number " +
	"episode level appendix release port error http status code article act rule room line lesson phase day week quarter " +
	"abschnitt kapitel seite schritt teil chapitre étape página capítulo paso "

// names reports whether the number is a part of a name: H2O, GPT-4, #123, 1.2.3, version 2, 12 Market Street.
func (f figure) names(text string) bool {
	n := f.whole
	before, size := utf8.DecodeLastRuneInString(text[:n.Start])
	after, _ := utf8.DecodeRuneInString(text[n.End:])
	joined := inWord(before) && !eastAsian(before) || inWord(after) && !eastAsian(after)
	if joined || strings.ContainsRune("#@/第", before) || after == '/' ||
		f.whole == f.number && strings.ContainsRune("年月日時分番号章節回階話巻版", after) {
		return true
	}
	if before == ':' && f.whole == f.number && n.Start > size && inWord(rune(text[n.Start-size-1])) {
		return true // a port
	}
	if (before == '-' || before == '.' || before == '\u2011') && n.Start > size {
		if r, _ := utf8.DecodeLastRuneInString(text[:n.Start-size]); unicode.IsLetter(r) {
			return true
		}
	}
	number := f.number.In(text)
	if strings.Count(number, ".") > 1 && len(strings.TrimRight(f.value(text), "0123456789")) == 0 && !grouped(number) {
		return true
	}
	if f.whole != f.number {
		return false
	}
	if _, err := netip.ParseAddr(number); err == nil {
		return true
	}
	words := wordsBefore(text, n.Start, 1)
	return len(words) == 1 && among(numberedThings, afterApostrophe(words[0])) ||
		len(number) > 5 && number[0] == '0' || f.identifies(text) || f.addressed(text)
}

// identifies reports whether the number is one of three and more groups joined by hyphens: ISBNs, UUIDs, parts.
func (f figure) identifies(text string) bool {
	start, end, most := f.number.Start, f.number.End, 48
	in := func(b byte) bool { return b == '-' || isDigit(b) || b|0x20 >= 'a' && b|0x20 <= 'z' }
	for start > 0 && f.number.Start-start < most && in(text[start-1]) {
		start--
	}
	for end < len(text) && end-f.number.End < most && in(text[end]) {
		end++
	}
	return strings.Count(strings.Trim(text[start:end], "-"), "-") > 1
}

// addressed reports whether the number is that of a house, or follows a name: 12 Market Street, via Roma 12,
// Android 14. Sentences begin with a capital too, so their first word is no name.
func (f figure) addressed(text string) bool {
	rest := strings.ToValidUTF8(text[f.number.End:min(len(text), f.number.End+40)], "")
	for i, w := range prose.Words(strings.ToLower(rest)) {
		if i < 3 && isStreet(w) {
			return true
		}
	}
	start := max(0, f.number.Start-60)
	before := strings.ToValidUTF8(text[start:f.number.Start], "")
	if !strings.HasSuffix(before, " ") || len(f.number.In(text)) > 4 {
		return false
	}
	fields := strings.Fields(before)
	if len(fields) < 2 || strings.ContainsAny(fields[len(fields)-2][len(fields[len(fields)-2])-1:], ".!?:") {
		return false
	}
	name := []rune(fields[len(fields)-1])
	next := strings.TrimLeft(rest, " ")
	r, _ := utf8.DecodeRuneInString(next)
	return unicode.IsUpper(name[0]) && unicode.IsLetter(name[len(name)-1]) && (next == "" || !unicode.IsLetter(r))
}

// grouped reports whether the points of a number stand before three digits each: 1.200.000.
func grouped(s string) bool {
	parts := strings.Split(s, ".")
	for _, p := range parts[1:] {
		if len(p) != 3 {
			return false
		}
	}
	return true
}

var (
	dateShape = regexp.MustCompile(
		`^(?:\d{1,4}[./\-]\d{1,2}[./\-]\d{1,4}|\d{1,2}:\d{2}(?::\d{2})?|\d{4}-\d{2}|\d{1,2}\.\d{1,2}\.)$`,
	)
	months = " january february march april may june july august september october november december jan feb mar apr jun jul " +
		"aug sep sept oct nov dec januar februar märz mai juni juli oktober dezember janvier février mars avril juin juillet août " +
		"septembre octobre novembre décembre enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre " +
		"diciembre gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre janeiro fevereiro março maio junho julho setembro " +
		"outubro novembro dezembro januari februari maart mei juni augustus "
	// hours are words after an hour of the day.
	hours = " uhr h heures heure hrs o'clock am pm horas uur ore "
)

// dates reports whether the number is a year, or a part of a date or a time of day.
func (f figure) dates(text, value string) bool {
	if f.whole != f.number {
		return false
	}
	if len(value) == 4 && value >= "1900" && value <= "2099" && f.number.End-f.number.Start == 4 {
		return true
	}
	start, end := f.number.Start, f.number.End
	const within = "0123456789./-:"
	for start > 0 && f.number.Start-start < 12 && strings.IndexByte(within, text[start-1]) >= 0 {
		start--
	}
	for end < len(text) && end-f.number.End < 12 && strings.IndexByte(within, text[end]) >= 0 {
		end++
	}
	if token := text[start:end]; dateShape.MatchString(token) || dateShape.MatchString(strings.TrimRight(token, ".:")) {
		return true
	}
	words := wordsBefore(text, f.number.Start, 2)
	if n := len(words); len(value) == 4 && n > 0 && value[0] == '1' {
		return among(months, words[n-1]) || n > 1 && among(months, words[n-2])
	}
	if len(value) > 2 {
		return false
	}
	next := prose.Words(strings.ToLower(strings.ToValidUTF8(text[f.number.End:min(len(text), f.number.End+16)], "")))
	if len(next) > 0 && (among(months, next[0]) || value <= "24" && among(hours, next[0])) ||
		len(next) > 1 && next[0] == "de" && among(months, next[1]) {
		return true
	}
	n := len(words)
	return n > 0 && (among(months, words[n-1]) || words[n-1] == "h")
}
