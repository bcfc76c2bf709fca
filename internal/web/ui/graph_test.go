package ui_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"vellocity/internal/proptest"
	"vellocity/internal/web/ui"
)

// Every step has a place of its own, below all that it waits for, within the drawing.
func TestTheDrawingOfSteps(t *testing.T) {
	proptest.Check(t, func(t *rapid.T) {
		var steps []ui.GraphStep
		for i := range rapid.IntRange(0, 12).Draw(t, "steps") {
			s := ui.GraphStep{ID: fmt.Sprintf("k%d", i)}
			for j := range i {
				if rapid.Bool().Draw(t, "waits") {
					s.After = append(s.After, fmt.Sprintf("k%d", j))
				}
			}
			steps = append(steps, s)
		}
		steps = rapid.Permutation(steps).Draw(t, "order")
		g := ui.Draw(steps)
		at, places, lines := map[string]ui.GraphBox{}, map[[2]int]bool{}, 0
		for _, b := range g.Boxes {
			if places[[2]int{b.X, b.Y}] || b.X+b.Width > g.Width || b.Y+b.Height > g.Height {
				t.Fatalf("%+v in %+v", b, g)
			}
			places[[2]int{b.X, b.Y}], at[b.ID] = true, b
		}
		for _, s := range steps {
			for _, before := range s.After {
				if lines++; at[before].Y >= at[s.ID].Y {
					t.Fatalf("%s stands above %s", s.ID, before)
				}
			}
		}
		if len(g.Lines) != lines {
			t.Fatalf("%d lines for %d", len(g.Lines), lines)
		}
	})
}
