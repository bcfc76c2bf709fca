// Package tidy takes off what model servers put into or around a text that is no
// part of it: characters that no text may hold ([Cleaner]), the model's thoughts
// ([Thoughts]), and a code fence around the whole ([Fence]). Each takes a text in
// pieces, and the result does not depend on where the pieces were cut.
package tidy

import (
	"strings"
	"unicode/utf8"
)

// Cleaner removes control characters other than tab and line feed, bytes that are
// not UTF-8, and halves of surrogate pairs. Line ends become line feeds. A character
// that was cut between two pieces is put together again. The zero value is ready.
type Cleaner struct{ rest string }

// Clean returns a whole text cleaned.
func Clean(s string) string {
	var c Cleaner
	return c.Add(s) + c.End()
}

// Line returns a text cleaned, on one line, and cut to so many characters.
func Line(s string, most int) string {
	s = strings.Join(strings.Fields(Clean(s)), " ")
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return s
}

// Add takes the next piece and returns what is certain. The last character may have
// to wait for the piece after it.
func (c *Cleaner) Add(piece string) string {
	s := c.rest + piece
	c.rest = ""
	if clean(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for s != "" {
		n, wait := c.next(&b, s)
		if wait {
			c.rest = s
			break
		}
		s = s[n:]
	}
	return b.String()
}

// End returns what is left after the last piece.
func (c *Cleaner) End() string {
	rest := c.rest
	c.rest = ""
	if rest == "\r" {
		return "\n"
	}
	return "" // half a character
}

// next writes the first character of s, and returns how many bytes it takes; wait
// reports that what follows s decides.
func (c *Cleaner) next(b *strings.Builder, s string) (n int, wait bool) {
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case r == '\r' && len(s) == 1:
		return 0, true
	case r == '\r':
		b.WriteByte('\n')
		if s[1] == '\n' {
			return 2, false
		}
	case r == utf8.RuneError && n == 1:
		return c.damaged(b, s)
	case allowed(r):
		b.WriteString(s[:n])
	}
	return n, false
}

// damaged handles bytes that are no character: half a surrogate pair, as JSON
// strings may hold it, or bytes that are not UTF-8.
func (c *Cleaner) damaged(b *strings.Builder, s string) (n int, wait bool) {
	if s[0] != 0xED || len(s) > 1 && (s[1] < 0xA0 || s[1] > 0xBF) {
		return 1, !utf8.FullRuneInString(s)
	}
	if len(s) < 3 {
		return 0, true
	}
	high, ok := surrogate(s)
	switch {
	case !ok:
		return 1, false
	case high >= 0xDC00:
		return 3, false // a low half without its high one
	case len(s) < 6 && mayBeLow(s[3:]):
		return 0, true
	}
	if low, ok := surrogate(s[3:]); ok && low >= 0xDC00 {
		b.WriteRune((high-0xD800)<<10 | (low - 0xDC00) + 0x10000)
		return 6, false
	}
	return 3, false
}

// surrogate decodes half a surrogate pair, written as three bytes.
func surrogate(s string) (rune, bool) {
	if len(s) < 3 || s[0] != 0xED || s[1] < 0xA0 || s[1] > 0xBF || s[2] < 0x80 || s[2] > 0xBF {
		return 0, false
	}
	return rune(s[0]&0x0F)<<12 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F), true
}

// mayBeLow reports whether fewer than three bytes can be the start of a low half.
func mayBeLow(s string) bool {
	return (s == "" || s[0] == 0xED) && (len(s) < 2 || s[1] >= 0xB0 && s[1] <= 0xBF)
}

func allowed(r rune) bool { return r >= ' ' || r == '\t' || r == '\n' }

// clean reports whether a text can stay as it is.
func clean(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' && c != '\n' || c >= utf8.RuneSelf {
			return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !allowed(r) })
		}
	}
	return true
}
