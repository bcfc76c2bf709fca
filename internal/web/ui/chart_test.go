package ui_test

import (
	"strconv"
	"strings"
	"testing"

	"vellocity/internal/web/ui"
)

// The heights of the bars are the numbers, in the scale that the chart shows; the table has the same numbers.
func TestChartsShowTheirNumbers(t *testing.T) {
	for _, greatest := range []int64{0, 1, 3, 5, 6, 49, 50, 51, 100, 1234, 9_999_999} {
		values := []int64{greatest, greatest / 2, 0, greatest / 3}
		c := ui.Chart{
			ID: "c", Title: "T", Labels: []string{"a", "b", "c", "d"},
			Series: []ui.Series{{Name: "x", Values: values}},
		}
		p := c.Plot()
		top, err := strconv.ParseInt(strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, p.Ticks[0]), 10, 64)
		if err != nil || top < greatest || len(p.Ticks) > 6 || len(p.Ticks) != len(p.Grid) || p.Ticks[len(p.Ticks)-1] != "0" {
			t.Fatalf("%d: the scale is %v, %v", greatest, p.Ticks, err)
		}
		for i, m := range p.Marks {
			height, err := strconv.ParseFloat(m.Height, 64)
			if shown := height * float64(top) / 200; err != nil || shown-float64(values[i]) > float64(top)/1000 ||
				float64(values[i])-shown > float64(top)/1000 {
				t.Errorf("%d is drawn as %v of %d", values[i], shown, top)
			}
		}
		if rows := c.Rows(); len(rows) != 4 || rows[0][1] != ui.Digits(int(greatest)) {
			t.Errorf("%v", rows)
		}
	}
}

// Bars of several series stand on one another and stay below the top.
func TestStackedBarsStayInTheChart(t *testing.T) {
	c := ui.Chart{Labels: []string{"a"}, Series: []ui.Series{{Values: []int64{7}}, {Values: []int64{8}}}}
	p := c.Plot()
	low, err := strconv.ParseFloat(p.Marks[0].Y, 64)
	if err != nil {
		t.Fatal(err)
	}
	y, _ := strconv.ParseFloat(p.Marks[1].Y, 64)
	height, _ := strconv.ParseFloat(p.Marks[1].Height, 64)
	if y < 0 || y+height-low > 0.02 || low-y-height > 0.02 {
		t.Errorf("%+v", p.Marks)
	}
	c.Line = true
	if p = c.Plot(); len(p.Lines) != 2 || strings.Count(p.Lines[0], ",") != 1 {
		t.Errorf("%+v", p)
	}
}
