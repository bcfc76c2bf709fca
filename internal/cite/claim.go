package cite

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// Claim is a sentence that a writer marked as resting on a passage.
type Claim struct {
	Sentence string `json:"sentence"`
	N        int    `json:"n"` // of the passage
}

// Claims returns the marked sentences of a text whose marks hold, in their order, and the text without any marks. A
// text that is one JSON value is read string by string, and stays JSON.
func Claims(text string, passages []domain.Citation) ([]Claim, string) {
	var list []Claim
	for _, part := range strs(text) {
		list = append(list, claims(part, passages)...)
	}
	return list, anyMark.ReplaceAllString(text, "")
}

// anyMark is a mark in whatever form, with the spaces before it. No JSON but that in a string has one.
var anyMark = regexp.MustCompile(` *\[S\d{1,3}(?:\s*[,;]\s*S\d{1,3})*\]`)

// strs returns all strings of a JSON object or list, and any other text whole.
func strs(text string) []string {
	if t := strings.TrimSpace(text); !strings.HasPrefix(t, "{") && !strings.HasPrefix(t, "[{") || !json.Valid([]byte(t)) {
		return []string{text}
	}
	return domain.Strings(json.RawMessage(text))
}

func claims(text string, passages []domain.Citation) []Claim {
	m := Marks{Sources: passages}
	text = m.Write(text) + m.End()
	var list []Claim
	for _, place := range Mark.FindAllStringSubmatchIndex(text, -1) {
		n, _ := strconv.Atoi(text[place[2]:place[3]])
		from := max(0, place[0]-mostClaim)
		for from < place[0] && !utf8.RuneStart(text[from]) {
			from++
		}
		if s := lastSentence(text[from:place[0]]); s != "" {
			list = append(list, Claim{s, n})
		}
	}
	return list
}

// Cited is a sentence of a text, and the part of a passage that it rests on.
type Cited struct {
	domain.Citation
	Sentence string `json:"sentence"`
	// TextStart and TextEnd are where the sentence stands in the text, in code points.
	TextStart int `json:"text_start"`
	TextEnd   int `json:"text_end"`
}

// enough is the share of their words that two sentences have in common where one is the other, edited.
const enough = 0.7

// Locate finds the sentences of claims in a text, which may have been edited since, and what they rest on. A claim
// whose sentence is no longer there, or no longer fits its passage, is left out; none is returned twice.
func Locate(text string, list []Claim, passages []domain.Citation) []Cited {
	type place struct {
		prose.Range
		folded string
		stems  map[string]bool
	}
	var places []place
	for _, r := range prose.Sentences(text) {
		plain := prose.Line(prose.Plain(r.In(text)))
		places = append(places, place{r, prose.Fold(plain), prose.Stems(plain)})
	}
	points, language := prose.NewPoints(text), prose.GuessLanguage(text)
	out, seen := []Cited{}, map[[2]int]bool{}
	for _, c := range list {
		said := prose.Line(prose.Plain(c.Sentence))
		folded, stems := prose.Fold(said), prose.Stems(said)
		best, most := -1, enough
		for i, p := range places {
			if p.folded == folded {
				best = i
				break
			}
			if share := shared(stems, p.stems); len(stems) > 2 && share >= most {
				best, most = i, share
			}
		}
		for _, passage := range passages {
			if best < 0 || passage.N != c.N || seen[[2]int{best, c.N}] {
				continue
			}
			r := places[best].Range
			sentence := r.In(text)
			if !holds(sentence, language, passage) {
				continue
			}
			seen[[2]int{best, c.N}] = true
			part := narrowed(passage, sentence)
			out = append(out, Cited{part, strings.TrimSpace(sentence), points.At(r.Start), points.At(r.End)})
		}
	}
	return out
}

// shared is how many of the words of the longer of two sentences the other has, as a share.
func shared(a, b map[string]bool) float64 {
	n := 0
	for s := range a {
		if b[s] {
			n++
		}
	}
	return float64(n) / float64(max(len(a), len(b), 1))
}
