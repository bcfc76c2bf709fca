package guard

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"vellocity/internal/prose"
)

// amounts are the figures of a brief and its sources, however they are written.
type amounts struct {
	values map[string]bool
	large  []float64       // to compare with what is rounded
	things map[string]bool // what the brief counts: "days", "agents"
}

func amountsIn(support string) amounts {
	a := amounts{values: map[string]bool{}, things: map[string]bool{}}
	for _, f := range figures(support) {
		for _, v := range f.values(support) {
			a.add(v)
		}
		for _, part := range strings.Fields(f.number.In(support)) { // 12 100 may be two numbers
			a.values[part] = true
		}
		if thing := thingAfter(support, f.whole.End); thing != "" {
			a.things[thing] = true
		}
	}
	h := wordGate().scan(support)
	for _, n := range append(partsOf(support, h), multiplesOf(support, h)...) {
		a.values[n.value], a.values[n.of] = true, true
	}
	for _, n := range numberWords(support) {
		a.add(n.value)
		if thing := thingAfter(support, n.place.End); thing != "" {
			a.things[thing] = true
		}
	}
	return a
}

func (a *amounts) add(value string) {
	a.values[value] = true
	if v, err := strconv.ParseFloat(value, 64); err == nil && v >= 1000 {
		a.large = append(a.large, v)
	}
}

// has reports whether the brief has a figure. One with a scale may be rounded: 1.3 million for 1,284,330.
func (a *amounts) has(f figure, text string) bool {
	values := f.values(text)
	if slices.ContainsFunc(values, func(v string) bool { return a.values[v] }) {
		return true
	}
	if parts := strings.Fields(f.number.In(text)); len(parts) > 1 && a.haveAll(parts) {
		return true
	}
	if f.scale < 3 {
		return false
	}
	v, err := strconv.ParseFloat(values[len(values)-1], 64)
	_, decimals := f.parts(text)
	half := math.Pow10(f.scale-len(decimals)) / 2
	for _, known := range a.large {
		if err == nil && known >= half*2 && math.Abs(known-v) <= half {
			return true
		}
	}
	return false
}

func (a *amounts) haveAll(values []string) bool {
	for _, v := range values {
		if !a.values[v] {
			return false
		}
	}
	return true
}

// hasSpelled reports whether the brief has a figure in words. A share may be there as a percentage: three out of
// four are 75 %.
func (a *amounts) hasSpelled(n spelledNumber) bool {
	switch {
	case n.times:
		return a.hasMultiple(n)
	case n.of == "":
		return a.values[n.value]
	}
	part, _ := strconv.ParseFloat(n.value, 64)
	all, _ := strconv.ParseFloat(n.of, 64)
	return a.values[n.value] && a.values[n.of] || a.values[strconv.FormatFloat(math.Round(part/all*100), 'f', -1, 64)]
}

// contradicts reports whether a small count is one of things that the brief counts too, with another number: "8
// days" where the brief has 4 to 6 days.
func (a *amounts) contradicts(f figure, text string) bool {
	thing := thingAfter(text, f.whole.End)
	return thing != "" && a.things[thing]
}

// thingAfter returns the noun right after a number, in the singular where that is regular; "" if there is none.
func thingAfter(text string, at int) string {
	rest := text[at:min(len(text), at+24)]
	if !strings.HasPrefix(rest, " ") {
		return ""
	}
	word, _, _ := strings.Cut(rest[1:], " ")
	word = strings.TrimRightFunc(strings.ToLower(word), func(r rune) bool { return !unicode.IsLetter(r) })
	if !utf8.ValidString(word) || utf8.RuneCountInString(word) < 3 || prose.StopWord(word) || prose.Unspaced(word) ||
		strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }) || among(months, word) {
		return ""
	}
	return strings.TrimSuffix(word, "s")
}
