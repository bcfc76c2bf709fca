package guard

import (
	"regexp"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// unsupportedNumbers finds figures that are not in the support, in digits or in words. Whole numbers up to ten
// without a unit are counts, not claims; years, dates, times, versions, and numbers that name something are no
// claims either.
func unsupportedNumbers(t *target) []domain.Finding {
	if t.unknownSupport() {
		return nil
	}
	text := t.words.Text
	all, written := figures(text), spelled(t)
	if len(all)+len(written) == 0 {
		return nil
	}
	known := amountsIn(t.support())
	var places []prose.Range
	for _, f := range all {
		if !known.has(f, text) && (!f.counts(text) || known.contradicts(f, text)) && !f.names(text) && !f.dates(text) {
			places = append(places, f.whole)
		}
	}
	for _, w := range written {
		if !known.hasSpelled(w) {
			places = append(places, w.place)
		}
	}
	if len(places) == 0 {
		return nil
	}
	return []domain.Finding{t.finding(domain.SeverityWarning,
		"Neither the brief nor a source gives this figure. Add its source to the facts, or remove it.", places, nil)}
}

func (f figure) counts(text string) bool {
	v := f.value(text)
	return f.whole == f.number && (len(v) == 1 || v == "10")
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
func (f figure) dates(text string) bool {
	if f.whole != f.number {
		return false
	}
	number := f.number.In(text)
	if len(number) == 4 && number >= "1900" && number <= "2099" {
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
	if n := len(words); len(number) == 4 && n > 0 && number[0] == '1' {
		return among(months, words[n-1]) || n > 1 && among(months, words[n-2])
	}
	next := prose.Words(strings.ToLower(strings.ToValidUTF8(text[f.number.End:min(len(text), f.number.End+24)], "")))
	if clock.MatchString(number) {
		return clockTime(words, next)
	}
	if len(number) > 2 {
		return false
	}
	if len(next) > 0 && (among(months, next[0]) || number <= "24" && among(hours, next[0])) ||
		len(next) > 1 && next[0] == "de" && among(months, next[1]) {
		return true
	}
	n := len(words)
	return n > 0 && (among(months, words[n-1]) || words[n-1] == "h")
}

// clock is a time of day with a point.
var clock = regexp.MustCompile(`^(?:[01]?\d|2[0-4])\.[0-5]\d$`)

// clockTime reports whether the words around a number such as 14.30 make it a time: one for hours after it, also
// behind the second of two times, or a preposition before it and no thing after it.
func clockTime(before, next []string) bool {
	for i, w := range next[:min(4, len(next))] {
		if among(hours, w) {
			return true
		}
		if i == 1 && !clock.MatchString(w) || i == 0 && !among(" to until bis und en tot à a às al alle and e ", w) {
			break
		}
	}
	if n := len(before); n > 0 && before[n-1] == "las" {
		return true
	}
	if len(before) == 0 || !among(" at um ab gegen om vanaf alle dalle às kl ", before[len(before)-1]) {
		return false
	}
	const goesOn = " and or on und am en op e il y el et to until bis tot from in for sharp with via of the "
	return len(next) == 0 || among(goesOn, next[0])
}
