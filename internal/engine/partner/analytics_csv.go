package partner

import (
	"context"
	"encoding/csv"
	"strconv"
	"strings"
	"time"
)

// CSV is a report as a file (RFC 4180), in UTF-8 with a header row.
type CSV struct {
	Name string
	Body string
}

// AnalyzeCSV returns a report as a file: a row for each interval, with its first instant and the end that is no longer
// part of it, in the time zone of the report, and a column for each measure.
func (v *Verbs) AnalyzeCSV(ctx context.Context, in Analyze) (CSV, error) {
	r, err := v.Analyze(ctx, in)
	if err != nil {
		return CSV{}, err
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	row := []string{"from", "until"}
	for _, m := range r.Measures {
		row = append(row, string(m))
	}
	rows := [][]string{row}
	for _, p := range r.Parts {
		row := []string{p.From.In(r.Zone).Format(time.RFC3339), p.Until.In(r.Zone).Format(time.RFC3339)}
		for _, n := range p.Values {
			row = append(row, strconv.FormatInt(n, 10))
		}
		rows = append(rows, row)
	}
	err = w.WriteAll(rows)
	name := string(r.Name) + "-" + r.Period.From.Format(time.DateOnly) + ".csv"
	return CSV{Name: name, Body: b.String()}, err
}
