package guard

import (
	"fmt"
	"strings"
	"testing"
)

// The automatons stay under their limits with room for more words: where less than a quarter
// is left, the types of gate are due for something wider.
func TestTheAutomatonsStayUnderTheirLimits(t *testing.T) {
	for name, g := range map[string]*gate{"words": wordGate(), "source": sourceGate()} {
		for _, c := range []struct {
			what      string
			has, most int
		}{
			{"states", len(g.opens), mostStates}, {"patterns", g.count, mostPatterns}, {"classes", g.width - 1, mostClasses},
		} {
			t.Logf("%s: %d %s of %d", name, c.has, c.what, c.most)
			if c.has > c.most*3/4 {
				t.Errorf("%s: %d %s of %d", name, c.has, c.what, c.most)
			}
		}
	}
}

// What an automaton cannot hold is an error that says so, and nothing is taken for something else.
func TestAnAutomatonThatIsTooLarge(t *testing.T) {
	var many []string
	for i := range 20_000 {
		many = append(many, fmt.Sprintf("%05d and more", i))
	}
	var bytes []string
	for b := range 256 {
		bytes = append(bytes, string([]byte{byte(b)}))
	}
	one := compile("x")
	for say, all := range map[string][]*pattern{
		"65537 states; 65536 are the most":   {{whole: one.whole, holds: many}},
		"65536 patterns; 65535 are the most": make([]*pattern, mostPatterns+1),
		"256 classes of bytes; 255 are":      {{whole: one.whole, holds: bytes}},
	} {
		if _, err := newGate(overWords, all); err == nil || !strings.Contains(err.Error(), say) {
			t.Errorf("%v, not %s", err, say)
		}
	}
	g, err := newGate(overWords, []*pattern{{whole: one.whole, holds: many[:fitting(many)]}})
	if err != nil || len(g.opens) > mostStates || len(g.opens) < mostStates-enough {
		t.Errorf("as many states as there may be: %v", err)
	}
}

// fitting returns how many of some strings an automaton has states for.
func fitting(all []string) int {
	states := map[string]bool{"": true}
	for n, s := range all {
		for i := range enough {
			states[s[:i+1]] = true
		}
		if len(states) > mostStates {
			return n
		}
	}
	return len(all)
}
