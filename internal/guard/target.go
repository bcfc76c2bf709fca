package guard

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"vellocity/internal/domain"
	"vellocity/internal/markdown"
	"vellocity/internal/prose"
	"vellocity/internal/voice"
)

// target is a text that the guardrails look at, taken apart once for all of them. Rules about wording see
// the words that readers see: neither code nor addresses, no emphasis, entities resolved. What they find is
// given back as ranges of the source.
type target struct {
	Input
	field      string            // which field this is; empty: the text itself
	read       *markdown.Reading // nil for fields, which are no Markdown
	words      *markdown.View
	coded      func() *markdown.View // with code, without addresses
	index      func() *prose.Index   // of words, for terms
	language   func() string         // whose forms of terms count
	wordRanges func() []prose.Range  // of words
	unbroken   string                // the words with spaces for the line breaks within paragraphs
	speaking   func() speaks         // of claims that others make
	bare       string                // the source with its code blanked
	// inWords and inSource say which patterns may match, in words and in the source.
	inWords, inSource hits
}

func newTarget(in Input) *target {
	t := &target{Input: in, read: markdown.Read(in.Text)}
	t.words = t.read.View(false)
	t.coded = func() *markdown.View { return t.words }
	t.bare = in.Text
	if hasCode(t.read) {
		t.coded = sync.OnceValue(func() *markdown.View { return t.read.View(true) })
		t.bare = blanked(t.read)
	}
	t.prepare()
	return t
}

func newField(in Input, name string) *target {
	t := &target{Input: in, field: name, words: markdown.PlainView(in.Text), bare: in.Text}
	t.coded = func() *markdown.View { return t.words }
	t.prepare()
	return t
}

func (t *target) prepare() {
	t.index = sync.OnceValue(func() *prose.Index { return prose.NewIndex(t.words.Text) })
	t.wordRanges = sync.OnceValue(func() []prose.Range { return prose.WordRanges(t.words.Text) })
	t.speaking = sync.OnceValue(func() speaks { return speaks{t.findAny(reportedBefore()), t.findAny(reportedAfter())} })
	t.language = sync.OnceValue(func() string {
		spoken := domain.BrandVoice{}
		if t.BrandVoice != nil {
			spoken = *t.BrandVoice
		}
		return voice.LanguageOf(t.Language, spoken, t.words.Text)
	})
	t.unbroken = unbroken(t.words.Text)
	t.inWords, t.inSource = wordGate().scan(t.unbroken), sourceGate().scan(t.Text)
}

func hasCode(r *markdown.Reading) bool {
	for _, b := range r.Blocks {
		if b.Code {
			return true
		}
		for _, p := range b.Pieces {
			if p.Kind == markdown.Code {
				return true
			}
		}
	}
	return false
}

// blanked returns the source with spaces for what is code, so that offsets stay.
func blanked(r *markdown.Reading) string {
	out := []byte(r.Source)
	for _, b := range r.Blocks {
		for _, p := range b.Pieces {
			if p.Kind != markdown.Code {
				continue
			}
			for i := p.Start; i < p.End; i++ {
				if out[i] != '\n' {
					out[i] = ' '
				}
			}
		}
	}
	return string(out)
}

// find returns where a pattern matches the words, as ranges of the words. A match neither begins nor ends
// within a word.
func (t *target) find(p *pattern) []prose.Range {
	text := t.unbroken
	if p.lines {
		text = t.words.Text
	}
	return phrases(text, t.inWords, p)
}

// phrases returns where a pattern matches whole words of a text. Where the first match ends within a word, the longest
// one may not.
func phrases(text string, h hits, p *pattern) (out []prose.Range) {
	for _, r := range locationsIn(p, text, h.of(p)) {
		if p.near && p.starts == nil && !wholeStart(text, r.Start) {
			var ok bool
			if r, ok = laterMatch(p, text, r); !ok {
				continue
			}
		}
		if !wholeWords(text, r) {
			part := text[r.Start:min(len(text), r.Start+nearBytes)]
			l := p.longest().FindStringIndex(part)
			if l == nil || l[1] <= r.End-r.Start {
				continue
			}
			if r.End = r.Start + l[1]; !wholeWords(text, r) {
				continue
			}
		}
		out = append(out, r)
	}
	return out
}

// laterMatch looks again after a match that begins within a word: "échelles … les plus sûres" has "les" twice.
func laterMatch(p *pattern, text string, r prose.Range) (prose.Range, bool) {
	end := min(len(text), r.Start+nearBytes)
	for at := r.Start + 1; at < r.End; at++ {
		if !utf8.RuneStart(text[at]) || !wholeStart(text, at) {
			continue
		}
		if l := p.whole.get().FindStringIndex(text[at:end]); l != nil && wholeStart(text, at+l[0]) {
			return trimmed(text, prose.Range{Start: at + l[0], End: at + l[1]}), true
		}
	}
	return r, false
}

// wholeStart reports whether no word goes on over an offset.
func wholeStart(text string, at int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	first, _ := utf8.DecodeRuneInString(text[at:])
	return !within(before, first)
}

// findAny returns where one of several patterns matches the words, in order; where two overlap, the one that begins
// first, or the longer one.
func (t *target) findAny(all []*pattern) (out []prose.Range) {
	for _, p := range all {
		out = append(out, t.find(p)...)
	}
	if len(out) < 2 {
		return out
	}
	return apart(out)
}

// unbroken returns a text with spaces for single line breaks, so that a phrase is found across the lines of a
// paragraph.
func unbroken(text string) string {
	if !strings.Contains(text, "\n") {
		return text
	}
	var out []byte
	for i := 0; i < len(text); i++ {
		if text[i] == '\n' && i > 0 && text[i-1] != '\n' && (i+1 == len(text) || text[i+1] != '\n') {
			if out == nil {
				out = []byte(text)
			}
			out[i] = ' '
		}
	}
	if out == nil {
		return text
	}
	return string(out)
}

// finding creates a finding about places in the words.
func (t *target) finding(
	severity domain.Severity, message string, places []prose.Range, mask func(string) string,
) domain.Finding {
	return finding(t.Text, severity, message, sources(t.words, places), mask)
}

// sources turns ranges of a view into ranges of its source.
func sources(v *markdown.View, places []prose.Range) []prose.Range {
	out := make([]prose.Range, 0, len(places))
	for _, r := range places {
		if from, to := v.Source(r.Start, r.End); to > from {
			out = append(out, prose.Range{Start: from, End: to})
		}
	}
	return out
}

// wholeWords reports whether a range neither begins nor ends within a word. The \b of regular expressions
// knows ASCII only: to it the é of método ends a word.
func wholeWords(text string, r prose.Range) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:r.Start])
	first, _ := utf8.DecodeRuneInString(text[r.Start:])
	last, _ := utf8.DecodeLastRuneInString(text[:r.End])
	after, _ := utf8.DecodeRuneInString(text[r.End:])
	return !within(before, first) && !within(last, after)
}

// within reports whether a word goes on from one character to the next. Where words have no spaces between
// them, any place may be the end of one.
func within(a, b rune) bool {
	return inWord(a) && inWord(b) && !eastAsian(a) && !eastAsian(b)
}

func eastAsian(r rune) bool { return r >= '\u3000' && prose.Unspaced(string(r)) }

func inWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || unicode.Is(unicode.M, r))
}

// cover remembers which bytes of a text are taken.
type cover struct {
	taken []bool
	size  int
}

// take takes a range, unless a part of it is taken.
func (c *cover) take(r prose.Range) bool {
	if c.taken == nil {
		c.taken = make([]bool, c.size)
	}
	for i := r.Start; i < r.End; i++ {
		if c.taken[i] {
			return false
		}
	}
	for i := r.Start; i < r.End; i++ {
		c.taken[i] = true
	}
	return true
}

// wordsBefore returns the last n words before an offset, in lower case and within the same line.
func wordsBefore(text string, at, n int) []string {
	line := text[max(0, at-80):at]
	for line != "" && !utf8.RuneStart(line[0]) {
		line = line[1:]
	}
	line = line[strings.LastIndexByte(line, '\n')+1:]
	words := prose.Words(strings.ToLower(line))
	return words[max(0, len(words)-n):]
}

// among reports whether a word is in a list of words, each with a space on both sides.
func among(list, word string) bool { return strings.Contains(list, " "+word+" ") }
