package ui

import "strconv"

// The size of a chart's drawing in units of its viewBox, which is stretched to the page: [Plot] holds it.
const (
	chartWidth  = 1000
	chartHeight = 200
)

// Series is a row of numbers in a chart. None is below 0.
type Series struct {
	Name   string
	Values []int64
}

// Chart is a chart of one or more series over the same intervals, drawn as inline SVG without a script, and the same
// numbers as a table for those who do not see it. The template "chart" shows it. Colours come from classes, since no
// style may stand in the page.
type Chart struct {
	ID          string // unique in the page
	Title       string
	Description string   // what it shows, in a sentence
	Labels      []string // of the intervals
	Series      []Series
	Line        bool // a line for each series; else bars, one on the other
}

// ChartMark is a bar, or the dot of a line, with what it says.
type ChartMark struct {
	Series              int // from 1
	X, Y, Width, Height string
	Says                string
}

// Plot is the geometry of a chart.
type Plot struct {
	Ticks []string // of the scale, from the top
	Grid  []string // the heights of its lines
	Marks []ChartMark
	Lines []string // the points of each series, for a polyline
}

// steps returns the ends of the scale: at most five steps of 1, 2 or 5 times a power of ten, from 0 to what has the
// greatest value below it.
func steps(greatest int64) []int64 {
	for factor := int64(1); ; factor *= 10 {
		for _, n := range []int64{1, 2, 5} {
			if step := n * factor; step*5 >= greatest {
				list := []int64{0}
				for at := step; ; at += step {
					if list = append(list, at); at >= greatest {
						return list
					}
				}
			}
		}
	}
}

// greatest is the greatest value that the scale has to hold.
func (c Chart) greatest() (most int64) {
	for i := range c.Labels {
		sum := int64(0)
		for _, s := range c.Series {
			if most = max(most, s.Values[i]); !c.Line {
				sum += s.Values[i]
			}
		}
		most = max(most, sum)
	}
	return most
}

// Plot lays out the chart.
func (c Chart) Plot() (p Plot) {
	scale := steps(c.greatest())
	top := float64(scale[len(scale)-1])
	for i := len(scale) - 1; i >= 0; i-- {
		p.Ticks = append(p.Ticks, Digits(int(scale[i])))
		p.Grid = append(p.Grid, point(chartHeight-chartHeight*float64(scale[i])/top))
	}
	room := chartWidth / float64(max(len(c.Labels), 1))
	lines := make([]string, len(c.Series))
	for i, label := range c.Labels {
		below := 0.0
		for n, s := range c.Series {
			height := chartHeight * float64(s.Values[i]) / top
			m := ChartMark{Series: n + 1, Says: label + ": " + Digits(int(s.Values[i])) + " " + s.Name}
			if c.Line {
				x, y := room*(float64(i)+0.5), chartHeight-height
				lines[n] += point(x) + "," + point(y) + " "
				m.X, m.Y, m.Width, m.Height = point(x-room/2), "0", point(room), strconv.Itoa(chartHeight)
			} else {
				m.X, m.Width = point(room*(float64(i)+0.12)), point(room*0.76)
				m.Y, m.Height = point(chartHeight-below-height), point(height)
				below += height
			}
			p.Marks = append(p.Marks, m)
		}
	}
	if c.Line {
		p.Lines = lines
	}
	return p
}

// Ends are the labels below the first, the middle and the last interval.
func (c Chart) Ends() []string {
	switch n := len(c.Labels); {
	case n < 3:
		return c.Labels
	default:
		return []string{c.Labels[0], c.Labels[n/2], c.Labels[n-1]}
	}
}

// Rows are the rows of the table: a label and a number for each series.
func (c Chart) Rows() (rows [][]string) {
	for i, label := range c.Labels {
		row := []string{label}
		for _, s := range c.Series {
			row = append(row, Digits(int(s.Values[i])))
		}
		rows = append(rows, row)
	}
	return rows
}

func point(f float64) string { return strconv.FormatFloat(f, 'f', 2, 64) }
