package template

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"

	"vellocity/internal/domain"
)

// Suggestion is a template that fits a use case.
type Suggestion struct {
	Template domain.Template
	Score    float64 // 0 to 1: the share of the use case's words that it has, by their weight
	Reason   string  // for people
}

// Rank returns the templates that share words with a use case, best first. A word that few
// templates have weighs more. Words are compared by their beginning, so that "posts" is
// "post".
func Rank(useCase string, list []domain.Template) []Suggestion {
	wanted := terms(useCase)
	has := make([]map[string]bool, len(list))
	in := map[string]int{} // how many templates have a word
	for i, t := range list {
		has[i] = words(t)
		for w := range has[i] {
			in[w]++
		}
	}
	whole := 0.0
	weight := func(term string) float64 { return math.Log(1+float64(len(list))/float64(1+in[term])) + 0.1 }
	for _, w := range wanted {
		whole += weight(w.stem)
	}
	out := []Suggestion{}
	for i, t := range list {
		sum := 0.0
		var shared []string
		for _, w := range wanted {
			if has[i][w.stem] {
				sum += weight(w.stem)
				shared = append(shared, "“"+w.text+"”")
			}
		}
		if len(shared) > 0 {
			out = append(out, Suggestion{
				Template: t,
				Score:    math.Round(100*sum/whole) / 100,
				Reason: fmt.Sprintf("It has %s of your words: %s.",
					counted(len(shared), len(wanted)), strings.Join(shared, ", ")),
			})
		}
	}
	slices.SortStableFunc(out, func(a, b Suggestion) int { return cmp.Compare(b.Score, a.Score) })
	return out
}

func counted(n, of int) string {
	if n == of {
		return "all"
	}
	return fmt.Sprintf("%d of %d", n, of)
}

// words returns what a template is found by: its texts, and the names of its steps.
func words(t domain.Template) map[string]bool {
	texts := []string{t.Name, t.Description, t.Category.Label(), t.Slug}
	for _, s := range t.Steps {
		texts = append(texts, s.Key)
	}
	found := map[string]bool{}
	for _, w := range terms(strings.Join(texts, " ")) {
		found[w.stem] = true
	}
	return found
}

// term is a word and what it is compared by.
type term struct{ text, stem string }

// terms returns the words of a text that say something, each once.
func terms(text string) (list []term) {
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		t := term{w, stem(w)}
		if !slices.Contains(fillers, w) && !slices.ContainsFunc(list, func(o term) bool { return o.stem == t.stem }) {
			list = append(list, t)
		}
	}
	return list
}

// fillers are English words that say nothing about what is wanted.
var fillers = strings.Fields(`a about all an and are as at be been by can do each every for from get give has have help
	how i in into is it its like make me my need of on one or our out please should so some that the their them then
	there they this to up us use want was we what when which will with would write you your`)

// stem cuts off what English adds to a word.
func stem(w string) string {
	for _, end := range []string{"ing", "ies", "es", "ed", "s", "y", "e"} {
		if cut, ok := strings.CutSuffix(w, end); ok && len(cut) >= 3 {
			return cut
		}
	}
	return w
}
