package domain_test

import (
	"strings"
	"testing"

	"vellocity/internal/domain"
)

func TestLimitText(t *testing.T) {
	l := domain.Limit{Name: "name", Unit: domain.Characters, Min: 2, Max: 4}
	for text, want := range map[string]string{
		"":       "The name field is required",
		"  \t":   "The name field is required",
		"é":      "The name field must have at least 2 characters; it has 1",
		"éé":     "",
		"日本日本":   "",
		"five 5": "The name field must have at most 4 characters; it has 6",
	} {
		check(t, text, want, func(p *domain.Problems) { l.Text(p, "name", text) })
	}
	optional := domain.Limit{Unit: domain.Characters, Max: 4}
	check(t, "an optional text", "", func(p *domain.Problems) { optional.Text(p, "name", "") })
}

func TestLimitValue(t *testing.T) {
	l := domain.Limit{Name: "page", Unit: domain.Number, Min: 1, Max: 3}
	for n, want := range map[int]string{
		0: "The page field must be at least 1",
		1: "",
		3: "",
		4: "The page field must be at most 3",
	} {
		check(t, "a number", want, func(p *domain.Problems) { l.Value(p, "page", n) })
	}
}

func TestLimitList(t *testing.T) {
	l := domain.Limit{Name: "tags", Unit: domain.Items, Min: 1, Max: 2, Each: 3}
	for items, want := range map[string]string{
		"":           "The tags field is required",
		"abc":        "",
		"abc abc":    "",
		"abc éééé":   "The tags.1 field must have at most 3 characters; it has 4",
		"abc ab a b": "The tags field must have at most 2 items; it has 4",
	} {
		check(t, items, want, func(p *domain.Problems) { l.List(p, "tags", strings.Fields(items)) })
	}
	several := domain.Limit{Unit: domain.Items, Min: 2, Max: 3}
	check(t, "one of two", "The tags field must have at least 2 items; it has 1", func(p *domain.Problems) {
		if several.Count(p, "tags", 1) {
			t.Error("too few are allowed")
		}
	})
}

// Every limit has a name of its own and bounds that can be met.
func TestLimitsAreSound(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range domain.Limits() {
		if l.Name == "" || seen[l.Name] || l.Min < 0 || l.Max < l.Min || l.Max == 0 {
			t.Errorf("%+v", l)
		}
		if l.Each > 0 && l.Unit != domain.Items {
			t.Errorf("%s bounds entries and is no list", l.Name)
		}
		seen[l.Name] = true
	}
}

func check(t *testing.T, what, want string, add func(p *domain.Problems)) {
	t.Helper()
	var p domain.Problems
	add(&p)
	got := ""
	if err := p.Err(); err != nil {
		got = domain.AsError(err).Message
	}
	if got != want {
		t.Errorf("%q: got %q, want %q", what, got, want)
	}
}
