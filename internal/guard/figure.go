package guard

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"vellocity/internal/prose"
)

// figure is a number: its digits with separators, and the same with currency, scale and unit.
type figure struct {
	number, whole prose.Range
	scale         int // 6 for millions: the power of ten that a word or sign after the digits stands for
}

// separators stand between the digits of one number.
const separators = ".,'’\u00a0\u202f٫٬"

// figures finds the numbers of a text, in the digits of any script.
func figures(text string) []figure {
	var out []figure
	end := 0
	for i := 0; i < len(text); {
		r, n := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(text[i:])
		}
		if !unicode.IsDigit(r) {
			i += n
			continue
		}
		f := figure{number: prose.Range{Start: i, End: digitsEnd(text, i)}}
		length, scale := measure(text[f.number.End:])
		f.scale = scale
		f.whole = prose.Range{Start: max(end, i-currency(text[:i])), End: f.number.End + length}
		out = append(out, f)
		end = f.whole.End // a sign belongs to one number
		i = end
	}
	return out
}

// digitsEnd returns where the number ends that begins at an offset. Apostrophes and spaces are a part of it only
// between thousands: 1'250 and 250 000, not 5'11.
func digitsEnd(text string, i int) int {
	end := groupEnd(text, i)
	first := utf8.RuneCountInString(text[i:end])
	for {
		r, n := utf8.DecodeRuneInString(text[end:])
		next := groupEnd(text, end+n)
		size := utf8.RuneCountInString(text[min(end+n, len(text)):max(next, min(end+n, len(text)))])
		thousands := first <= 3 && size == 3
		switch {
		case size == 0:
			return end
		case strings.ContainsRune(" '’\u00a0\u202f", r):
			if !thousands || text[i] == '0' {
				return end
			}
		case !strings.ContainsRune(separators, r):
			return end
		}
		end = next
	}
}

// groupEnd returns the end of the digits at an offset; the offset itself if there are none.
func groupEnd(text string, end int) int {
	for end < len(text) {
		r, n := utf8.DecodeRuneInString(text[end:])
		if !unicode.IsDigit(r) {
			break
		}
		end += n
	}
	return end
}

// currency returns the length of a sign or code of a currency at the end of s.
func currency(s string) int {
	trimmed := strings.TrimSuffix(s, " ")
	r, n := utf8.DecodeLastRuneInString(trimmed)
	if unicode.Is(unicode.Sc, r) {
		return n + len(s) - len(trimmed)
	}
	if n := len(trimmed); n >= 3 && among(" EUR USD GBP CHF CAD AUD JPY BRL ", trimmed[n-3:]) &&
		(n == 3 || trimmed[n-4] == ' ' || trimmed[n-4] == '(') {
		return 3 + len(s) - len(trimmed)
	}
	return 0
}

var (
	// scales are words and signs for powers of ten; the first group that matches says which.
	scales = []struct {
		power int
		after *regexp.Regexp
	}{
		{3, regexp.MustCompile(`^(?:k\b|(?i:thousand|tausend|tsd\.|mille?|mila|duizend)(?:[^\pL]|$)|千)`)},
		{4, regexp.MustCompile(`^(?:万|萬)`)},
		{
			6,
			regexp.MustCompile(
				`^(?:m\b|M\b|(?i:mn\b|mio\.?|million(?:s|en)?|millones|millón|milion[ei]|milh(?:ão|ões)|miljoen)(?:[^\pL]|$))`,
			),
		},
		{8, regexp.MustCompile(`^(?:億|亿)`)},
		{
			9,
			regexp.MustCompile(
				`^(?:bn\b|(?i:mrd\.?|billion|milliard(?:s|en?)?|miliard[oi]|bilh(?:ão|ões)|miljard)(?:[^\pL]|$))`,
			),
		},
	}
	percents = regexp.MustCompile(
		`^(?:[%٪％‰]|(?i:percent(?:age)?|per cent|prozent|pour cent|por ciento|per cento|procent|por cento|pct)(?:[^\pL]|$)|パーセント)`,
	)
	times  = regexp.MustCompile(`^(?:[x×](?:[^\pL\d ]|$| [^\d])|倍)`)
	tenths = regexp.MustCompile(`^割`)
	money  = regexp.MustCompile(
		`^(?:(?i:eur|usd|gbp|chf|cad|aud|jpy|brl|euros?|dollars?|pounds?|franken|francs?|yen|reais)(?:[^\pL]|$)|[円元])`,
	)
)

// measure returns the length of what says more about the number before s, with the space before it, and the power
// of ten that it stands for: " million euros" is 13 long and means 6.
func measure(s string) (length, scale int) {
	space := spaceBefore(s)
	rest := s[space:min(len(s), space+48)]
	if rest == "" || !measures(rest) {
		return 0, 0
	}
	trimmed := func(m string) int { // without the character that ends the word
		return len(strings.TrimRightFunc(m, func(r rune) bool {
			return !unicode.IsLetter(r) && r != '.' && !strings.ContainsRune("%٪％‰×", r)
		}))
	}
	for _, sc := range scales {
		if m := sc.after.FindString(rest); m != "" {
			if sc.power == 6 && m == "m" && space > 0 {
				break // 5 m is a length
			}
			length, scale = space+trimmed(m), sc.power
			rest = s[length:min(len(s), length+24)]
			if more := spaceBefore(rest); money.MatchString(rest[more:]) || startsWithSign(rest[more:]) {
				length += more + moneyLength(rest[more:])
			}
			return length, scale
		}
	}
	if m := tenths.FindString(rest); m != "" {
		return space + len(m), 1
	}
	for _, p := range []*regexp.Regexp{percents, times} {
		if m := p.FindString(rest); m != "" {
			return space + max(1, trimmed(m)), 0
		}
	}
	if n := moneyLength(rest); n > 0 {
		return space + n, 0
	}
	return 0, 0
}

// measures reports whether a text may begin with a unit or a scale, by its first character.
func measures(rest string) bool {
	r, _ := utf8.DecodeRuneInString(rest)
	return strings.ContainsRune("%٪％‰x×倍割円元万萬億亿千パkmtdbpeugcfajryKMTDBPEUGCFAJRY", r) || unicode.Is(unicode.Sc, r)
}

func moneyLength(rest string) int {
	if startsWithSign(rest) {
		_, n := utf8.DecodeRuneInString(rest)
		return n
	}
	return len(strings.TrimRightFunc(money.FindString(rest), func(r rune) bool { return !unicode.IsLetter(r) }))
}

// startsWithSign reports whether a text begins with the sign of a currency that does not belong to a number after it.
func startsWithSign(rest string) bool {
	r, n := utf8.DecodeRuneInString(rest)
	next, _ := utf8.DecodeRuneInString(strings.TrimPrefix(rest[n:], " "))
	return unicode.Is(unicode.Sc, r) && !unicode.IsDigit(next)
}

func spaceBefore(s string) int {
	for _, sp := range []string{" ", "\u00a0", "\u202f"} {
		if strings.HasPrefix(s, sp) {
			return len(sp)
		}
	}
	return 0
}

// value returns the number in one form: ASCII digits, a point before decimals, no thousands separators, no zeros at
// the end of decimals. Its scale is applied: 1.2 million is 1200000.
func (f figure) value(text string) string { return f.values(text)[0] }

// values returns the number as it may be meant: a separator before three digits groups thousands, or with a scale
// it may begin decimals: 3,400 million and 1.284 million.
func (f figure) values(text string) []string {
	whole, decimals := f.parts(text)
	out := []string{f.shifted(whole, decimals)}
	if n := len(whole); f.scale > 1 && decimals == "" && n > 3 && n < 7 && strings.ContainsAny(f.number.In(text), ".,") {
		out = append(out, f.shifted(whole[:n-3], whole[n-3:]))
	}
	return out
}

func (f figure) shifted(whole, decimals string) string {
	for range f.scale {
		if decimals == "" {
			whole += "0"
			continue
		}
		whole, decimals = whole+decimals[:1], decimals[1:]
	}
	if f.scale > 0 {
		whole = strings.TrimLeft(whole, "0")
	}
	if decimals = strings.TrimRight(decimals, "0"); decimals != "" {
		return whole + "." + decimals
	}
	return whole
}

// parts returns the digits before and after the decimal point. A separator before three digits groups thousands,
// unless the number begins with a zero: 0.375.
func (f figure) parts(text string) (whole, decimals string) {
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
	if i := strings.LastIndexAny(s, ".,"); i >= 0 && (len(s)-i-1 != 3 || strings.HasPrefix(s, "0") && i == 1) {
		return strip.Replace(s[:i]), s[i+1:]
	}
	return strip.Replace(s), ""
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
