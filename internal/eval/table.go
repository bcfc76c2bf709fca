package eval

import (
	"fmt"
	"io"
	"strings"

	"vellocity/internal/prose"
)

// columns heads the table: the names to the left, figures to the right.
var columns = []string{
	"Brief", "Way", "Words", "Facts", "Invented", "Repeated", "Stock", "Length", "Voice", "Findings",
	"Tokens", "Cost", "Seconds",
}

// leftColumns is how many columns begin at the left.
const leftColumns = 2

// Table writes the report for people: a row for each text, the totals, the ratio, and
// below them why texts failed.
func (r Report) Table(w io.Writer) error {
	rows := [][]string{columns}
	var faults []string
	for _, t := range r.Texts {
		if t.Error != "" {
			rows = append(rows, []string{t.Brief, string(t.Way), "failed"})
			faults = append(faults, fmt.Sprintf("%s, %s", t.Brief, prose.Line(t.Error)))
			continue
		}
		rows = append(rows, cells(t.Brief, t.Way, t.Measures, t.Usage, "%+d %%"))
	}
	rows = append(rows, nil)
	for _, t := range r.Totals {
		rows = append(rows, cells(fmt.Sprintf("all %d", t.Texts), t.Way, t.Measures, t.Usage, "±%d %%"))
	}
	if r.Ratio != nil {
		rows = append(rows, r.Ratio.cells())
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Written by %s\n\n%s", r.writer(), aligned(rows))
	if len(faults) > 0 {
		fmt.Fprintf(&b, "\nFailed, and left out of the totals with their briefs:\n  %s\n", strings.Join(faults, "\n  "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r Report) writer() string {
	if r.Provider == string(Composer) {
		return "the composer, without a model"
	}
	return strings.TrimSpace(r.Provider + " " + r.Model)
}

func cells(name string, way Way, m Measures, u Usage, length string) []string {
	cost, about := "?", ""
	if u.Estimated {
		about = "~"
	}
	if u.CostUSD != nil {
		cost = fmt.Sprintf("%s$%.4f", about, *u.CostUSD)
	}
	return []string{
		name, string(way), fmt.Sprint(m.Words), fmt.Sprintf("%d/%d", m.FactsUsed, m.Facts), fmt.Sprint(m.Invented),
		fmt.Sprint(m.Repeated), fmt.Sprint(m.Stock), fmt.Sprintf(length, m.LengthError), fmt.Sprint(m.VoiceBroken),
		fmt.Sprint(
			m.Findings,
		), fmt.Sprintf("%s%d", about, u.InputTokens+u.OutputTokens), cost, fmt.Sprintf("%.1f", u.Seconds),
	}
}

func (r Ratio) cells() []string {
	row := []string{"product ÷ prompt", ""}
	for _, v := range []*float64{
		r.Words, r.FactsUsed, r.Invented, r.Repeated, r.Stock, r.Length, r.Voice, r.Findings, r.Tokens, r.Cost, r.Seconds,
	} {
		if v == nil {
			row = append(row, "–")
			continue
		}
		row = append(row, fmt.Sprintf("%.2f", *v))
	}
	return row
}

// aligned returns rows as lines, each column as wide as its widest cell. An empty row is an empty line.
func aligned(rows [][]string) string {
	widths := make([]int, len(columns))
	for _, row := range rows {
		for i, c := range row {
			widths[i] = max(widths[i], len([]rune(c)))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for i, c := range row {
			pad := strings.Repeat(" ", widths[i]-len([]rune(c)))
			if i < leftColumns {
				c += pad
			} else {
				c = pad + c
			}
			line.WriteString(c + "  ")
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}
