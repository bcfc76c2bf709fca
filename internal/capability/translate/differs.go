package translate

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"vellocity/internal/prose"
)

// mostPiece is about how long a piece is that a model translates at once, in bytes.
const mostPiece = 6000

// pieces takes a text apart at empty lines outside of code, each piece about as long as a
// model translates well. A block that is longer stays whole.
func pieces(body string) []string {
	var out []string
	var open []string
	size, code := 0, false
	flush := func() {
		if text := strings.TrimSpace(strings.Join(open, "\n")); text != "" {
			out = append(out, text)
		}
		open, size = nil, 0
	}
	for line := range strings.SplitSeq(body, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			code = !code
		}
		if !code && size > mostPiece && strings.TrimSpace(line) == "" {
			flush()
		}
		open = append(open, line)
		size += len(line)
	}
	flush()
	return out
}

// fault is a difference between a translation and its source.
type fault struct {
	guardrail string // that finds this kind of fault
	message   string // for people and for a second try
}

func messages(faults []fault) []string {
	out := []string{}
	for _, f := range faults {
		out = append(out, f.message)
	}
	return out
}

var (
	number = regexp.MustCompile(`\d(?:[\d.,:'’\x{00a0}\x{202f}]*\d)?`)
	fenced = regexp.MustCompile("(?ms)^```[^\n]*\n(.*?)^```")
)

// differs compares what a translation must keep: headings and lists, code, links, numbers,
// and the words to keep.
func differs(source, translation string, keep []string) []fault {
	var out []fault
	add := func(guardrail, format string, args ...any) {
		out = append(out, fault{guardrail, fmt.Sprintf(format, args...)})
	}
	a, b := prose.Parse(source), prose.Parse(translation)
	if x, y := levels(a), levels(b); !slices.Equal(x, y) {
		add("length-format", "The source has %d headings and the translation has %d, or their levels differ. Keep them.",
			len(x), len(y))
	}
	if a.ListItems != b.ListItems {
		add("length-format", "The source has %d list items and the translation has %d. Keep them.", a.ListItems, b.ListItems)
	}
	if !slices.Equal(code(source), code(translation)) {
		add("length-format", "The blocks of code differ from those of the source. Copy them as they are.")
	}
	missing, added := compare(urls(a), urls(b))
	if len(missing)+len(added) > 0 {
		add(
			"unsupported-links",
			"Links differ from those of the source.%s Keep each link with its address.",
			said(missing, added),
		)
	}
	missing, added = compare(numbers(a), numbers(b))
	if len(missing)+len(added) > 0 {
		add(
			"unsupported-numbers",
			"Numbers differ from those of the source.%s Write each number as a number.",
			said(missing, added),
		)
	}
	for _, word := range keep {
		if n := strings.Count(source, word); n > 0 && !strings.Contains(translation, word) {
			add("brand-terms", "“%s” is to stay as it is, and the translation does not have it.", word)
		}
	}
	return out
}

func levels(d prose.Document) []int {
	var out []int
	for _, h := range d.Headings {
		out = append(out, h.Level)
	}
	return out
}

func code(text string) []string {
	var out []string
	for _, m := range fenced.FindAllStringSubmatch(text, -1) {
		out = append(out, strings.TrimSpace(m[1]))
	}
	return out
}

func urls(d prose.Document) []string {
	var out []string
	for _, l := range append(slices.Clone(d.Links), d.Images...) {
		out = append(out, l.URL)
	}
	return out
}

// numbers are the figures of a text without their separators, which differ by language:
// 1,234.5 is 1.234,5 elsewhere. Those in addresses are left to the links.
func numbers(d prose.Document) []string {
	var all []string
	for _, h := range d.Headings {
		all = append(all, h.Text)
	}
	var out []string
	for _, p := range append(all, d.Paragraphs...) {
		for _, l := range d.Links {
			p = strings.ReplaceAll(p, l.URL, "")
		}
		for _, n := range number.FindAllString(p, -1) {
			out = append(out, strings.Map(func(r rune) rune {
				if r < '0' || r > '9' {
					return -1
				}
				return r
			}, n))
		}
	}
	return out
}

// compare returns what a has more often than b, and b more often than a.
func compare(a, b []string) (missing, added []string) {
	n := map[string]int{}
	for _, s := range a {
		n[s]++
	}
	for _, s := range b {
		if n[s]--; n[s] < 0 {
			added = append(added, s)
		}
	}
	for _, s := range a {
		if n[s] > 0 {
			missing = append(missing, s)
			n[s]--
		}
	}
	return missing, added
}

func said(missing, added []string) string {
	out := ""
	if len(missing) > 0 {
		out += " Missing: " + strings.Join(missing[:min(5, len(missing))], ", ") + "."
	}
	if len(added) > 0 {
		out += " Not in the source: " + strings.Join(added[:min(5, len(added))], ", ") + "."
	}
	return out
}
