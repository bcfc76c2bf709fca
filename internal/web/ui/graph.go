package ui

import "slices"

// The sizes of the drawing, in CSS pixels.
const (
	boxWidth, boxHeight = 176, 52
	gapAcross, gapDown  = 12, 36
	margin              = 4 // for the lines of the boxes and of the focus
)

// GraphStep is a step that is to be drawn.
type GraphStep struct {
	ID          string // of the element that its box leads to, unique
	Name, Kind  string
	After       []string // the IDs of the steps that it waits for; others are left out
	Conditional bool
}

// Graph is the drawing of a template's steps: what waits stands below what it waits for. The
// template "graph" shows it.
type Graph struct {
	Width, Height int // in CSS pixels
	Boxes         []GraphBox
	Lines         []GraphLine
}

// GraphBox is a step in the drawing.
type GraphBox struct {
	X, Y, Width, Height int
	TextX, NameY, KindY int
	ID, Name, Kind      string
	Conditional         bool
}

// GraphLine goes from the bottom of a step to the top of one that waits for it.
type GraphLine struct{ X1, Y1, X2, Y2, Middle int }

// Draw lays out steps. Steps that wait for each other in a circle are drawn too, one below
// the other.
func Draw(steps []GraphStep) (g Graph) {
	row := map[string]int{}
	for range steps { // as often as the longest way is long, at most
		for _, s := range steps {
			for _, before := range s.After {
				row[s.ID] = max(row[s.ID], min(row[before]+1, len(steps)))
			}
		}
	}
	filled := map[int]int{}
	for _, s := range steps {
		r := row[s.ID]
		x, y := margin+filled[r]*(boxWidth+gapAcross), margin+r*(boxHeight+gapDown)
		filled[r]++
		g.Boxes = append(g.Boxes, GraphBox{
			X: x, Y: y, Width: boxWidth, Height: boxHeight, TextX: x + 12, NameY: y + 22, KindY: y + 40,
			ID: s.ID, Name: clipped(s.Name, 20), Kind: clipped(s.Kind, 24), Conditional: s.Conditional,
		})
		g.Width, g.Height = max(g.Width, x+boxWidth+margin), max(g.Height, y+boxHeight+margin)
	}
	for i, s := range steps {
		for _, before := range s.After {
			j := slices.IndexFunc(g.Boxes, func(b GraphBox) bool { return b.ID == before })
			if j < 0 {
				continue
			}
			from, to := g.Boxes[j], g.Boxes[i]
			g.Lines = append(g.Lines, GraphLine{
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
