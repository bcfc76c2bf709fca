package prose

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Words returns the words of text as written.
//
// Words are those of Unicode's rules (UAX #29): letters, digits and underscores with the marks and joiners
// that belong to them, apostrophes and full stops between letters (don't, example.com), full stops and
// commas between digits (3.5, 1,200). What holds no letter or digit is no word. Four things are settled
// here, where the rules leave the choice:
//
//   - A hyphen between two words makes them one (first-reply), as word processors count.
//   - An address with its scheme (https://example.com/a) is one word.
//   - Each Han or kana character is a word: the usual convention for Chinese and Japanese, about 1.5 to
//     1.9 times the words that a dictionary finds.
//   - Thai, Lao, Khmer, Myanmar and their relatives put no space between words, and only a dictionary
//     could tell where one ends. A run of letters is taken as words of the language's average length, cut
//     evenly, which comes within a few percent of a dictionary over a paragraph.
func Words(text string) []string {
	ranges := WordRanges(text)
	words := make([]string, len(ranges))
	for i, r := range ranges {
		words[i] = r.In(text)
	}
	return words
}

// CountWords returns the number of words of text.
func CountWords(text string) int { return len(WordRanges(text)) }

// WordRanges returns the ranges of the words of text.
func WordRanges(text string) []Range {
	c := counter{text: text, out: make([]Range, 0, len(text)/6)}
	for at := 0; at < len(text); {
		for at < len(text) && text[at] <= ' ' {
			at++
		}
		end, ascii := at, true
		for end < len(text) && text[end] > ' ' {
			ascii = ascii && text[end] < utf8.RuneSelf
			end++
		}
		if ascii {
			c.ascii(at, end)
		} else {
			c.segments(at, end)
		}
		c.endRun()
		at = end
	}
	return c.out
}

// counter collects the words of a text, one stretch between spaces after the other.
type counter struct {
	text string
	out  []Range
	// run are the letters of a script without spaces that follow each other, and length their average word.
	run    []Range
	length float64
	until  int // the end of an address: what is before belongs to it
}

// add takes the next word, joined with the one before where a hyphen stands between them.
func (c *counter) add(r Range) {
	c.endRun()
	if r.Start < c.until {
		return
	}
	if n := len(c.out); n > 0 && c.hyphen(c.out[n-1], r.Start) {
		c.out[n-1].End = r.End
	} else {
		c.out = append(c.out, r)
	}
	c.address(r)
}

// hyphen reports whether exactly one hyphen stands between a word and the offset.
func (c *counter) hyphen(word Range, at int) bool {
	between := c.text[word.End:at]
	if between != "-" && between != "\u2010" && between != "\u2011" {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(word.In(c.text))
	return !unspaced(last)
}

// address extends the last word where it is the scheme of a URL.
func (c *counter) address(r Range) {
	if !strings.HasPrefix(c.text[r.End:], "://") {
		return
	}
	end := r.End + 3
	for end < len(c.text) && c.text[end] > ' ' && strings.IndexByte("<>\"`", c.text[end]) < 0 {
		end++
	}
	rest := strings.TrimRight(c.text[r.End+3:end], ".,;:!?'*_)]…")
	if rest == "" {
		return
	}
	end = r.End + 3 + len(rest)
	c.out[len(c.out)-1].End, c.until = end, end
}

// ascii finds the words of a stretch that is ASCII, as the rules of Unicode find them.
func (c *counter) ascii(at, end int) {
	start, word := -1, false
	flush := func(to int) {
		if start >= 0 && word {
			c.add(Range{start, to})
		}
		start, word = -1, false
	}
	for i := max(at, c.until); i < end; i++ {
		if i < c.until {
			start, word = -1, false
			continue
		}
		b := c.text[i]
		switch {
		case isAlphanumeric(b):
			if start < 0 {
				start = i
			}
			word = true
		case b == '_':
			if start < 0 {
				start = i
			}
		case start >= 0 && i+1 < end && c.joinsASCII(b, c.text[i-1], c.text[i+1]):
		default:
			flush(i)
		}
	}
	flush(end)
}

// joinsASCII reports whether b joins what stands around it to one word.
func (c *counter) joinsASCII(b, before, after byte) bool {
	letters := isLetter(before) && isLetter(after)
	digits := isDigit(before) && isDigit(after)
	switch b {
	case '.', '\'':
		return letters || digits
	case ',', ';':
		return digits
	}
	return false
}

func isLetter(b byte) bool       { return b|0x20 >= 'a' && b|0x20 <= 'z' }
func isDigit(b byte) bool        { return b >= '0' && b <= '9' }
func isAlphanumeric(b byte) bool { return isLetter(b) || isDigit(b) }

// segments finds the words of a stretch by the rules of Unicode.
func (c *counter) segments(at, end int) {
	rest, state := c.text[at:end], -1
	for rest != "" {
		var segment string
		segment, rest, state = uniseg.FirstWordInString(rest, state)
		c.segment(at, segment)
		at += len(segment)
	}
}

// segment takes one piece between two word bounds.
func (c *counter) segment(at int, s string) {
	first, _ := utf8.DecodeRuneInString(s)
	switch length := wordLength(first); {
	case length > 0 && unicode.IsLetter(first):
		if len(c.run) > 0 && length != c.length {
			c.endRun()
		}
		c.run, c.length = append(c.run, Range{at, at + len(s)}), length
	case unicode.In(first, unicode.Han, unicode.Hiragana, unicode.Katakana) || first == 'ー':
		c.characters(at, s)
	case strings.ContainsFunc(s, isWordRune):
		// A colon joins letters in Swedish only.
		for part := range strings.SplitSeq(s, ":") {
			if part != "" {
				c.add(Range{at, at + len(part)})
			}
			at += len(part) + 1
		}
	default:
		c.endRun()
	}
}

// characters takes each character of Han or kana as a word.
func (c *counter) characters(at int, s string) {
	start := -1
	for i, r := range s {
		if unicode.Is(unicode.M, r) || r == '\u200d' || isIgnorable(r) {
			continue
		}
		if start >= 0 {
			c.single(Range{at + start, at + i})
		}
		start = i
	}
	c.single(Range{at + start, at + len(s)})
}

func (c *counter) single(r Range) {
	c.endRun()
	if r.Start >= c.until {
		c.out = append(c.out, r)
	}
}

// endRun cuts a run of letters without spaces into words of average length.
func (c *counter) endRun() {
	if len(c.run) == 0 {
		return
	}
	run := c.run
	c.run = c.run[:0]
	if run[0].Start < c.until {
		return
	}
	n := max(1, int(float64(len(run))/c.length+0.5))
	for i := range n {
		from, to := i*len(run)/n, (i+1)*len(run)/n
		c.out = append(c.out, Range{run[from].Start, run[to-1].End})
	}
}

// wordLength returns the average length of a word in the scripts of South East Asia that put no space
// between words, in letters with their marks; 0 for other scripts. The lengths are those of the words that
// ICU's dictionaries find.
func wordLength(r rune) float64 {
	switch {
	case r < 0x0E00:
		return 0
	case unicode.Is(unicode.Thai, r):
		return 3.1
	case unicode.Is(unicode.Lao, r):
		return 3.2
	case unicode.Is(unicode.Khmer, r):
		return 3.4
	case unicode.Is(unicode.Myanmar, r):
		return 2.1
	case unicode.In(r, unicode.Tai_Tham, unicode.Tai_Le, unicode.New_Tai_Lue, unicode.Tai_Viet, unicode.Javanese,
		unicode.Balinese, unicode.Ahom):
		return 3
	}
	return 0
}

// isWordRune reports whether r makes a word of what it is in.
func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.In(r, unicode.Nd, unicode.Nl) }

// wordRune reports whether r stands within words: letters, digits, and the marks that belong to them.
func wordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 0 && isAlphanumeric(byte(r))
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r)
}

// unspaced reports whether r is of a script without spaces between words.
func unspaced(r rune) bool {
	return r >= 0x0E00 && (wordLength(r) > 0 || r == 'ー' ||
		unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana))
}

// isIgnorable reports whether r shows nothing and separates nothing: soft hyphens, joiners, zero-width
// spaces, marks of direction, and what chooses the form of the character before it.
func isIgnorable(r rune) bool {
	return r >= 0xAD && (r == 0x34F || r >= 0xFE00 && r <= 0xFE0F || unicode.Is(unicode.Cf, r))
}

// Characters cuts text into what a reader takes for single characters (grapheme clusters of UAX #29).
func Characters(text string) []string {
	var out []string
	state := -1
	for text != "" {
		var c string
		c, text, _, state = uniseg.FirstGraphemeClusterInString(text, state)
		out = append(out, c)
	}
	return out
}

// Unspaced reports whether text has letters of a script that puts no space between words.
func Unspaced(text string) bool { return strings.ContainsFunc(text, unspaced) }

// CountWide returns how many characters of text are as wide as two Latin letters: Han, kana and Hangul, with
// their punctuation.
func CountWide(text string) (n int) {
	for _, r := range text {
		if r >= 0x1100 && (r <= 0x115F || r >= 0x2E80 && r <= 0xA4CF && r != 0x303F || r >= 0xAC00 && r <= 0xD7A3 ||
			r >= 0xF900 && r <= 0xFAFF || r >= 0xFE30 && r <= 0xFE6F || r >= 0xFF00 && r <= 0xFF60 ||
			r >= 0x20000 && r <= 0x3FFFD) {
			n++
		}
	}
	return n
}
