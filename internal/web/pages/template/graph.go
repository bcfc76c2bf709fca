package template

import (
	"slices"

	"vellocity/internal/domain"
)

// The sizes of the drawing, in CSS pixels.
const (
	boxWidth, boxHeight = 176, 52
	gapAcross, gapDown  = 12, 36
	margin              = 4 // for the lines of the boxes and of the focus
)

// graph is the drawing of a template's steps: what waits stands below what it waits for.
type graph struct {
	Width, Height int
	Boxes         []box
	Lines         []line
}

// box is a step in the drawing.
type box struct {
	X, Y, Width, Height int
	TextX, NameY, KindY int
	Key, Name, Kind     string
	Conditional         bool
}

// line goes from the bottom of a step to the top of one that waits for it.
type line struct{ X1, Y1, X2, Y2, Middle int }

// drawn lays out the steps, which have been checked: their dependencies have no circle.
func drawn(steps []domain.TemplateStep, name func(key string) string) (g graph) {
	row := map[string]int{}
	for range steps { // as often as the longest way is long, at most
		for _, s := range steps {
			for _, before := range s.DependsOn {
				row[s.Key] = max(row[s.Key], min(row[before]+1, len(steps)))
			}
		}
	}
	filled := map[int]int{}
	for _, s := range steps {
		r := row[s.Key]
		x, y := margin+filled[r]*(boxWidth+gapAcross), margin+r*(boxHeight+gapDown)
		filled[r]++
		g.Boxes = append(g.Boxes, box{
			X: x, Y: y, Width: boxWidth, Height: boxHeight, TextX: x + 12, NameY: y + 22, KindY: y + 40,
			Key: s.Key, Name: clipped(name(s.Key), 20), Kind: clipped(s.Capability, 24), Conditional: s.When != "",
		})
		g.Width, g.Height = max(g.Width, x+boxWidth+margin), max(g.Height, y+boxHeight+margin)
	}
	for i, s := range steps {
		for _, before := range s.DependsOn {
			j := slices.IndexFunc(g.Boxes, func(b box) bool { return b.Key == before })
			if j < 0 {
				continue
			}
			from, to := g.Boxes[j], g.Boxes[i]
			g.Lines = append(g.Lines, line{
				X1: from.X + boxWidth/2, Y1: from.Y + boxHeight, X2: to.X + boxWidth/2, Y2: to.Y, Middle: to.Y - gapDown/2,
			})
		}
	}
	return g
}

func clipped(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
