package guard

import (
	"unicode/utf8"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// Sizes of what counts as repeated, in words. In scripts without spaces a word is a character.
const (
	leastRepeated = 6  // of a sentence
	sharedRun     = 8  // in a row, in two parts of a text
	sharedHan     = 24 // the same in characters
	nearRun       = 4  // in a row, for how alike two sentences are
)

// repetition finds sentences that a text says twice, in the same words or nearly so, and stretches of words
// that two of its parts share. It reads the text once.
func repetition(t *target) []domain.Finding {
	if t.field != "" || t.Channel != "" {
		return nil
	}
	r := newRepeats(t)
	var out []domain.Finding
	severity := domain.SeverityInfo
	if n := len(r.same) + len(r.near); !t.Edited && n > 1 && n*10 > r.sentences {
		severity = domain.SeverityWarning
	}
	if len(r.same) > 0 {
		out = append(
			out,
			t.finding(severity, "The text has already said this sentence. Delete it, or say something new.", r.same, shortened),
		)
	}
	if len(r.near) > 0 {
		out = append(out, t.finding(severity,
			"An earlier sentence says nearly the same in nearly the same words. Keep the better one.", r.near, shortened))
	}
	if len(r.runs) > 0 {
		severity := domain.SeverityInfo
		if !t.Edited && len(r.runs) > 2 {
			severity = domain.SeverityWarning
		}
		out = append(
			out,
			t.finding(severity, "Another part of the text has the same words in a row. Say it once.", r.runs, shortened),
		)
	}
	return out
}

// repeats is what a text says more than once, as ranges of its words.
type repeats struct {
	sentences        int
	same, near, runs []prose.Range
}

// newRepeats looks at the sentences in order, and remembers each by its words and by its runs of words.
func newRepeats(t *target) repeats {
	text := t.words.Text
	all := t.wordRanges()
	x := repeater{words: make([]uint64, 0, 64), seen: make(map[uint64]int, len(all)/16),
		same: map[int]int{}, grams: make(map[uint64]int, len(all)), runs: make(map[uint64]int, len(all)/2)}
	var out repeats
	run := sharedRun
	if prose.Unspaced(text[:cutAt(text, 200)]) {
		run = sharedHan
	}
	at := 0
	for n, s := range prose.Sentences(text) {
		for at < len(all) && all[at].Start < s.Start {
			at++
		}
		from := at
		x.words = x.words[:0]
		for ; at < len(all) && all[at].End <= s.End; at++ {
			x.words = append(x.words, hashed(all[at].In(text)))
		}
		if len(x.words) < leastRepeated || run == sharedHan && len(x.words) < 12 {
			continue
		}
		out.sentences++
		switch x.sentence(n, run == sharedRun) {
		case again:
			out.same = append(out.same, s)
		case nearly:
			out.near = append(out.near, s)
		default:
			if first, last, ok := x.shared(n, run); ok {
				out.runs = append(out.runs, prose.Range{Start: all[from+first].Start, End: all[from+last].End})
			}
		}
	}
	return out
}

// repeater remembers what it has read, by hashes.
type repeater struct {
	words []uint64       // of the sentence at hand
	seen  map[uint64]int // sentences
	grams map[uint64]int // runs of nearRun words, with the sentence that had them first
	runs  map[uint64]int // runs of sharedRun words
	same  map[int]int    // how many runs the sentence at hand has in common with each earlier one
}

// kind is how a sentence relates to those before it.
type kind int

const (
	fresh kind = iota
	again
	nearly
)

// sentence says whether an earlier one has the same words, or most of its runs of words.
func (x *repeater) sentence(n int, near bool) kind {
	whole := joined(x.words)
	if _, ok := x.seen[whole]; ok {
		return again
	}
	x.seen[whole] = n
	if !near {
		return fresh
	}
	clear(x.same)
	most := 0
	total := len(x.words) - nearRun + 1
	for i := range total {
		key := joined(x.words[i : i+nearRun])
		if first, ok := x.grams[key]; ok {
			if first != n {
				x.same[first]++
				most = max(most, x.same[first])
			}
			continue
		}
		x.grams[key] = n
	}
	if total >= 4 && most*10 >= total*6 {
		return nearly
	}
	return fresh
}

// shared returns the first and last word of the longest stretch that is in an earlier sentence.
func (x *repeater) shared(n, run int) (first, last int, ok bool) {
	first = -1
	for i := range max(0, len(x.words)-run+1) {
		key := joined(x.words[i : i+run])
		if s, found := x.runs[key]; found && s != n {
			if first < 0 {
				first = i
			}
			last = i + run - 1
			continue
		}
		x.runs[key] = n
	}
	return first, last, first >= 0
}

func hashed(word string) uint64 {
	var h uint64 = 14695981039346656037
	for i := range len(word) {
		c := word[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}

func joined(words []uint64) uint64 {
	h := uint64(len(words))
	for _, w := range words {
		h = (h*31 ^ w) * 1099511628211
	}
	return h
}

// cutAt returns the last offset up to n that does not split a character.
func cutAt(text string, n int) int {
	n = min(n, len(text))
	for n > 0 && n < len(text) && !utf8.RuneStart(text[n]) {
		n--
	}
	return n
}
