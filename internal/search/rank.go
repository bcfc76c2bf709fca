package search

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"vellocity/internal/prose"
	"vellocity/internal/store"
)

// ranked is a candidate with its score.
type ranked struct {
	store.Passage
	score float64
}

// What BM25 is usually set to (Robertson and Zaragoza, 2009), and what a word in a title or heading adds.
const (
	saturation  = 1.2
	lengthShare = 0.75
	titleWeight = 0.6
	whole       = 0.5 // added where the query stands in the text as it was written
)

// rank orders candidates by BM25, where a word that fewer of them have counts more, with more for words in titles and
// headings, and for those that have more of the query's words.
func rank(found []store.Passage, terms []term, query string) []ranked {
	texts, heads := make([]string, len(found)), make([]string, len(found))
	counts := make([][]float64, len(found))
	having := make([]float64, len(terms))
	length := 0
	for i, p := range found {
		texts[i] = strings.ToLower(fold(p.Body))
		heads[i] = strings.ToLower(fold(p.Title + "\n" + p.Heading))
		length += len(texts[i])
		counts[i] = make([]float64, len(terms))
		for j, t := range terms {
			if counts[i][j] = t.count(texts[i]); counts[i][j] > 0 || t.count(heads[i]) > 0 {
				having[j]++
			}
		}
	}
	phrase := strings.ToLower(fold(strings.TrimSpace(query)))
	list := make([]ranked, len(found))
	for i, p := range found {
		norm := 1 - lengthShare + lengthShare*float64(len(texts[i])*len(found))/float64(max(length, 1))
		score, covered, weight := 0.0, 0.0, 0.0
		for j, t := range terms {
			rarity := 0.3 + math.Log(1+(float64(len(found))-having[j]+0.5)/(having[j]+0.5))
			n, titled := counts[i][j], t.count(heads[i]) > 0
			weight += rarity
			if n > 0 || titled {
				covered += rarity
			}
			score += rarity * n * (saturation + 1) / (n + saturation*norm)
			if titled {
				score += rarity * titleWeight
			}
		}
		score *= covered / max(weight, 1e-9)
		if len(terms) > 1 && strings.Contains(texts[i], phrase) {
			score += whole
		}
		list[i] = ranked{p, score}
	}
	byScore(list)
	return list
}

// count is how often a folded text has the term. Another form of the word counts a little less.
func (t term) count(text string) (n float64) {
	if t.unspaced {
		return float64(strings.Count(text, t.text))
	}
	for at := 0; at < len(text); {
		i := strings.Index(text[at:], t.stem)
		if i < 0 {
			break
		}
		start := at + i
		at = start + len(t.stem)
		if before, _ := utf8.DecodeLastRuneInString(text[:start]); isWord(before) {
			continue
		}
		end := at
		for end < len(text) {
			r, size := utf8.DecodeRuneInString(text[end:])
			if !isWord(r) {
				break
			}
			end += size
		}
		switch word := text[start:end]; {
		case word == t.text:
			n++
		case len(word) < 2*len(t.stem)+8 && stem(word) == t.stem:
			n += 0.8
		}
		at = max(at, end)
	}
	return n
}

func isWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r)
}

// marks returns the words of a text that the terms ask for, in their order.
func marks(text string, terms []term) []Mark {
	list := []Mark{}
	for _, r := range prose.WordRanges(text) {
		word := strings.ToLower(fold(r.In(text)))
		for _, t := range terms {
			if !t.unspaced && t.count(word) > 0 {
				list = append(list, Mark{r.Start, r.End})
				break
			}
		}
	}
	for _, t := range terms {
		for at := 0; t.unspaced; {
			i := strings.Index(text[at:], t.text)
			if i < 0 {
				break
			}
			list = append(list, Mark{at + i, at + i + len(t.text)})
			at += i + len(t.text)
		}
	}
	slices.SortFunc(list, func(a, b Mark) int { return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End)) })
	return joined(list)
}

// joined puts marks that overlap or touch together: those of the pairs of one word.
func joined(list []Mark) []Mark {
	out := list[:0]
	for _, m := range list {
		if last := len(out) - 1; last >= 0 && m.Start <= out[last].End {
			out[last].End = max(out[last].End, m.End)
			continue
		}
		out = append(out, m)
	}
	return out
}
