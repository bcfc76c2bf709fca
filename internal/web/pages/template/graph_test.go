package template

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"vellocity/internal/domain"
	"vellocity/internal/proptest"
)

// Every step has a place of its own, below all that it waits for, within the drawing.
func TestTheDrawingOfSteps(t *testing.T) {
	proptest.Check(t, func(t *rapid.T) {
		var steps []domain.TemplateStep
		for i := range rapid.IntRange(0, 12).Draw(t, "steps") {
			s := domain.TemplateStep{Key: fmt.Sprintf("k%d", i)}
			for j := range i {
				if rapid.Bool().Draw(t, "waits") {
					s.DependsOn = append(s.DependsOn, fmt.Sprintf("k%d", j))
				}
			}
			steps = append(steps, s)
		}
		steps = rapid.Permutation(steps).Draw(t, "order")
		g := drawn(steps, func(key string) string { return key })
		at, places, lines := map[string]box{}, map[[2]int]bool{}, 0
		for _, b := range g.Boxes {
			if places[[2]int{b.X, b.Y}] || b.X+b.Width > g.Width || b.Y+b.Height > g.Height {
				t.Fatalf("%+v in %+v", b, g)
			}
			places[[2]int{b.X, b.Y}], at[b.Key] = true, b
		}
		for _, s := range steps {
			for _, before := range s.DependsOn {
				if lines++; at[before].Y >= at[s.Key].Y {
					t.Fatalf("%s stands above %s", s.Key, before)
				}
			}
		}
		if len(g.Lines) != lines {
			t.Fatalf("%d lines for %d", len(g.Lines), lines)
		}
	})
}
