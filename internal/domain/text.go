package domain

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Characters notes a fault, and reports false, if a text holds what no text may hold:
// bytes that are not UTF-8, or a control character other than tab, line feed and carriage
// return. PostgreSQL cannot store NUL, and XML 1.0 (section 2.2), which feeds are
// written in, has none of them; so both databases and every door refuse the same.
func (p *Problems) Characters(path, text string) bool {
	at, bad := badCharacter(text)
	if !bad {
		return true
	}
	if r, size := utf8.DecodeRuneInString(text[at:]); r == utf8.RuneError && size == 1 {
		p.field(path, "must be valid UTF-8")
	} else {
		n := utf8.RuneCountInString(text[:at]) + 1
		p.field(path, "must not have control characters; character %d is %s", n, fmt.Sprintf("U+%04X", r))
	}
	return false
}

// badCharacter returns the byte offset of the first character that no text may hold.
func badCharacter(text string) (at int, bad bool) {
	for i, r := range text {
		if forbidden(r) {
			return i, true
		}
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				return i, true
			}
		}
	}
	return 0, false
}

// ValidText reports whether [Problems.Characters] finds no fault in a text.
func ValidText(text string) bool {
	_, bad := badCharacter(text)
	return !bad
}

// LinePattern is a regular expression that matches what [Problems.OneLine] allows, in every
// dialect: the published schemas have it.
const LinePattern = "^[^\t\n\r\u0085\u2028\u2029]*$"

// endsLine reports whether a character breaks a line (Unicode 16, section 5.8), or is a tab,
// which no single-line field of a form can hold either.
func endsLine(r rune) bool { return strings.ContainsRune("\t\n\r\u0085\u2028\u2029", r) }

// OneLine notes a fault, and reports false, if a text of one line, such as a title, has a line
// break or a tab. A person's or a program's text is refused; what a model writes and what a
// person pastes into a form is folded with [FoldLine].
func (p *Problems) OneLine(path, text string) bool {
	at := strings.IndexFunc(text, endsLine)
	if at < 0 {
		return true
	}
	what := "a line break"
	if text[at] == '\t' {
		what = "a tab"
	}
	p.field(path, "must be one line; character %d is %s", utf8.RuneCountInString(text[:at])+1, what)
	return false
}

// FoldLine returns a text as one line: where it has a line break or a tab, each run of white
// space becomes one space.
func FoldLine(text string) string {
	if strings.IndexFunc(text, endsLine) < 0 {
		return text
	}
	return strings.Join(strings.Fields(text), " ")
}

// CheckTexts notes the faults of every text and name within a decoded JSON value, as
// [Problems.Characters] does, and reports whether there are none.
func (p *Problems) CheckTexts(path string, value any) bool {
	ok := true
	switch v := value.(type) {
	case string:
		return p.Characters(path, v)
	case []any:
		for i, item := range v {
			ok = p.CheckTexts(below(path, strconv.Itoa(i)), item) && ok
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			at := below(path, name)
			ok = p.Characters(at, name) && ok
			ok = p.CheckTexts(at, v[name]) && ok
		}
	}
	return ok
}

func below(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// mostDigits bounds the whole numbers that are written out. A float64 has at most 309
// digits before the point.
const mostDigits = 400

// WholeNumber returns a JSON number without a fraction as its digits, however it is
// written: 5.0, 50e-1 and 5 are all 5 (JSON Schema 2020-12, section 4.2.3). One of more
// than 400 digits stays as it is written. whole is false for a number with a fraction
// and for text that is no JSON number.
func WholeNumber(n json.Number) (digits json.Number, whole bool) {
	text := string(n)
	if plain(text) {
		return n, true
	}
	if !json.Valid([]byte(text)) || text[0] != '-' && (text[0] < '0' || text[0] > '9') {
		return n, false
	}
	mantissa, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	sign := ""
	if mantissa[0] == '-' {
		sign, mantissa = "-", mantissa[1:]
	}
	before, after, _ := strings.Cut(mantissa, ".")
	all := strings.TrimRight(before+after, "0")
	removed := len(before) + len(after) - len(all)
	if all = strings.TrimLeft(all, "0"); all == "" {
		return "0", true
	}
	shift := 0
	if exponent != "" {
		var err error
		if shift, err = strconv.Atoi(exponent); err != nil || shift > mostDigits || shift < -len(text) {
			return n, exponent[0] != '-'
		}
	}
	zeros := removed - len(after) + shift // to write after the last digit that is not zero
	switch {
	case zeros < 0:
		return n, false
	case len(all)+zeros > mostDigits:
		return n, true
	}
	return json.Number(sign + all + strings.Repeat("0", zeros)), true
}

// plain reports whether a number is written as digits already: 5, -5, but not -0 or 05.
func plain(text string) bool {
	digits := strings.TrimPrefix(text, "-")
	if digits == "" || digits[0] == '0' && text != "0" {
		return false
	}
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// Integer notes a fault, and reports false, unless n is a whole number that fits 64 bits.
func (p *Problems) Integer(path string, n json.Number) bool {
	digits, whole := WholeNumber(n)
	if !whole {
		p.Type(path, "a whole number")
		return false
	}
	if _, err := strconv.ParseInt(digits.String(), 10, 64); err != nil {
		if strings.HasPrefix(digits.String(), "-") {
			p.field(path, "must be at least -9223372036854775808")
		} else {
			p.field(path, "must be at most 9223372036854775807")
		}
		return false
	}
	return true
}

// CleanText returns a text without what [Problems.Characters] refuses.
func CleanText(text string) string {
	if ValidText(text) {
		return text
	}
	return strings.Map(func(r rune) rune {
		if forbidden(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
}

// forbidden reports whether a character is a control character that no text may hold.
func forbidden(r rune) bool { return r < ' ' && r != '\t' && r != '\n' && r != '\r' }
