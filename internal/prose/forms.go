package prose

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// FindForms returns the places of a term in the text. The first list is what [Index.Find] returns; the second
// has the places where at least one of the term's words stands in another inflected form: “utilizing” for
// “utilize”, “des Kunden” for “Kunde”. Both lists are in order, and no two places overlap. Forms are known in
// English, German, French, Spanish, Italian, Portuguese and Dutch; a region is ignored, and other languages have none.
func (x *Index) FindForms(term, language string) (asWritten, inflected []Range) {
	asWritten = x.Find(term)
	parts, between := termForms(term, language)
	if len(parts) == 0 {
		return asWritten, nil
	}
	if !strings.Contains(x.folded, sharedStart(parts[0])) {
		return asWritten, nil
	}
	taken, last := 0, 0
	for _, first := range x.starting(parts[0]) {
		r, ok := x.phrase(first, parts, between)
		if !ok || r.Start < last {
			continue
		}
		for taken < len(asWritten) && asWritten[taken].End <= r.Start {
			taken++
		}
		if taken < len(asWritten) && asWritten[taken].Start < r.End {
			continue
		}
		inflected, last = append(inflected, r), r.End
	}
	return asWritten, inflected
}

// phrase returns the range of the words that start at a word of the text, if each is a form of its word of
// the term and they are joined as those of the term are.
func (x *Index) phrase(first int32, parts []map[string]bool, between []string) (Range, bool) {
	words := x.words.places
	for i, forms := range parts {
		n := int(first) + i
		if n >= len(words) || !forms[x.folded[words[n].Start:words[n].End]] {
			return Range{}, false
		}
		if i > 0 && x.folded[words[n-1].End:words[n].Start] != between[i-1] {
			return Range{}, false
		}
	}
	from, to := words[first].Start, words[int(first)+len(parts)-1].End
	return Range{int(x.from[from]), int(x.to[to-1])}, true
}

// sharedStart returns what all forms of a word begin with.
func sharedStart(forms map[string]bool) (start string) {
	first := true
	for f := range forms {
		if first {
			start, first = f, false
			continue
		}
		for !strings.HasPrefix(f, start) {
			start = start[:len(start)-1]
		}
	}
	return start
}

// starting returns the numbers of the words that are one of the forms, in order.
func (x *Index) starting(forms map[string]bool) (out []int32) {
	x.once.Do(func() {
		x.words.places = foldedWords(x.folded)
		x.words.last = make(map[string]int32, len(x.words.places)/2)
		x.words.before = make([]int32, len(x.words.places))
		for i, r := range x.words.places {
			w := r.In(x.folded)
			x.words.before[i] = x.words.last[w]
			x.words.last[w] = int32(i) + 1
		}
	})
	for f := range forms {
		for n := x.words.last[f]; n > 0; n = x.words.before[n-1] {
			out = append(out, n-1)
		}
	}
	slices.Sort(out)
	return out
}

// indexWords are the words of a folded text by their form.
type indexWords struct {
	places []Range // in the folded text
	// last and before are the numbers of the last place of a word, and of the one before it, counted from 1.
	last   map[string]int32
	before []int32
}

// foldedWords returns the runs of letters, digits and marks.
func foldedWords(text string) (out []Range) {
	out, start := make([]Range, 0, len(text)/6+1), -1
	for i, r := range text {
		switch in := wordRune(r) && !unspaced(r); {
		case in && start < 0:
			start = i
		case !in && start >= 0:
			out, start = append(out, Range{start, i}), -1
		}
	}
	if start >= 0 {
		out = append(out, Range{start, len(text)})
	}
	return out
}

// termForms returns the forms of each word of a term, folded, and what stands between the words. It returns
// nil where the term has no form but itself.
func termForms(term, language string) (parts []map[string]bool, between []string) {
	term = norm.NFC.String(strings.TrimSpace(term))
	if !utf8.ValidString(term) || Unspaced(term) {
		return nil, nil
	}
	more := false
	last := 0
	for i, r := range foldedWords(term) {
		if i > 0 {
			between = append(between, NewIndex(term[last:r.Start]).folded)
		} else if r.Start > 0 {
			return nil, nil // a sign that belongs to the term, such as a full stop: “.NET”
		}
		word := r.In(term)
		forms := map[string]bool{folded(word): true}
		for _, f := range Inflections(word, language) {
			forms[folded(f)] = true
		}
		more = more || len(forms) > 1
		parts, last = append(parts, forms), r.End
	}
	if !more || last < len(term) {
		return nil, nil
	}
	return parts, between
}

// folded returns a word as it stands in an index.
func folded(word string) string {
	if plainASCII(word) == len(word) && strings.ToLower(word) == word { // nearly all forms of English
		return word
	}
	return strings.TrimSpace(NewIndex(word).folded)
}
