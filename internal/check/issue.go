package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"vellocity/internal/domain"
	"vellocity/internal/voice"
)

// Issue is one place in a file that somebody should look at.
type Issue struct {
	File string `json:"file"`
	// Lines and columns start at 1; columns count UTF-16 code units, as editors and SARIF do. The end is after
	// the last character. All are 0 for an issue about the whole file.
	Line      int             `json:"line"`
	Column    int             `json:"column"`
	EndLine   int             `json:"end_line"`
	EndColumn int             `json:"end_column"`
	Severity  domain.Severity `json:"severity"`
	Rule      string          `json:"rule"` // the guardrail, or voice/<part>
	Message   string          `json:"message"`
	Text      string          `json:"text,omitempty"`
	ID        string          `json:"id,omitempty"` // of the finding
	print     string          // the finding with the number of this place among its places
}

// voicePrefix begins the rules that are parts of a brand voice.
const voicePrefix = "voice/"

// Issues returns what a result says about a file, in the order of the places.
func Issues(f File, r Result) []Issue {
	at := newPositions(f.Source)
	out := []Issue{}
	for _, x := range r.Findings {
		if !x.Open() {
			continue
		}
		i := Issue{File: f.Name, Severity: x.Severity, Rule: x.Guardrail, Message: x.Message, ID: x.ID, print: x.ID}
		if len(x.Matches) == 0 {
			out = append(out, i)
		}
		for n, m := range x.Matches {
			i.print = fmt.Sprintf("%s:%d", x.ID, n)
			out = append(out, at.place(i, f.skipped+m.Start, f.skipped+m.End, m.Text))
		}
	}
	if r.Voice != nil {
		for _, p := range r.Voice.Parts {
			out = append(out, voiceIssues(f, at, p)...)
		}
	}
	slices.SortStableFunc(out, func(a, b Issue) int {
		return cmp.Or(a.Line-b.Line, a.Column-b.Column, strings.Compare(a.Rule, b.Rule))
	})
	return out
}

// voiceIssues are the places of a part. Terms are findings already. A part of style is a hint; a form of
// address that the voice forbids is a fault.
func voiceIssues(f File, at *positions, p voice.Part) (out []Issue) {
	if p.ID == "banned-terms" || p.ID == "preferred-terms" || !p.Applicable {
		return nil
	}
	severity := domain.SeverityWarning
	if slices.Contains([]string{"sentence-length", "reading-level", "passive"}, p.ID) {
		severity = domain.SeverityInfo
	}
	base := Issue{File: f.Name, Severity: severity, Rule: voicePrefix + p.ID}
	if len(p.Evidence) == 0 && p.Fix != "" {
		base.Message = p.Found + " " + p.Fix
		return []Issue{base}
	}
	for _, e := range p.Evidence {
		i := base
		i.Message = e.Rule
		if e.Instead != "" {
			i.Message += fmt.Sprintf(" Instead: %s.", strings.TrimSuffix(e.Instead, "."))
		}
		out = append(out, at.place(i, f.skipped+e.Start, f.skipped+e.End, e.Text))
	}
	return out
}

// positions turns offsets in code points into lines and columns.
type positions struct {
	runes []rune
	lines []int // where each line starts
}

func newPositions(source string) *positions {
	p := &positions{runes: []rune(source), lines: []int{0}}
	for i, r := range p.runes {
		if r == '\n' {
			p.lines = append(p.lines, i+1)
		}
	}
	return p
}

func (p *positions) place(i Issue, start, end int, text string) Issue {
	i.Line, i.Column = p.at(start)
	i.EndLine, i.EndColumn = p.at(end)
	i.Text = text
	return i
}

func (p *positions) at(offset int) (line, column int) {
	offset = max(0, min(offset, len(p.runes)))
	n, found := slices.BinarySearch(p.lines, offset)
	if !found {
		n--
	}
	column = 1
	for _, r := range p.runes[p.lines[n]:offset] {
		column += utf16.RuneLen(r)
	}
	return n + 1, column
}
