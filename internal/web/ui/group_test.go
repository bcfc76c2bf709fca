package ui_test

import (
	"net/url"
	"strings"
	"testing"

	"vellocity/internal/schema"
	"vellocity/internal/web/ui"
	"vellocity/internal/web/webtest"
)

// TestFieldsInGroups folds optional fields by their group, and opens a group where a field
// has a value that somebody gave, or a fault.
func TestFieldsInGroups(t *testing.T) {
	const s = `{"type":"object","required":["topic"],"x-order":["topic","facts","tone","sources","length"],"properties":{
		"topic":{"type":"string","title":"Topic","x-group":"Facts"},
		"facts":{"type":"array","title":"Facts","x-group":"Facts","items":{"type":"string"}},
		"sources":{"type":"array","title":"Sources","x-group":"Facts","items":{"type":"string"}},
		"tone":{"type":"string","title":"Tone"},
		"length":{"type":"integer","title":"Length","x-group":"Length","default":800}}}`
	for _, c := range []struct {
		name string
		form url.Values
		want string
	}{
		{"empty", url.Values{"length": {"800"}}, "topic tone | Facts: Facts, sources | Length: Length"},
		{"a value", url.Values{"length": {"800"}, "sources": {"One."}}, "topic tone | Facts: Facts, sources (open) | Length: Length"},
		{"another than the default", url.Values{"length": {"900"}}, "topic tone | Facts: Facts, sources | Length: Length (open)"},
		{"a fault", url.Values{"length": {"many"}}, "topic tone | Facts: Facts, sources | Length: Length (open)"},
	} {
		fields := ui.FieldsOf(webtest.Must(schema.Compile([]byte(s)))(t))
		fields.Post(c.form)
		fields.Settings()
		var plain []string
		for _, f := range fields.Plain() {
			plain = append(plain, f.Name)
		}
		parts := []string{strings.Join(plain, " ")}
		for _, g := range fields.Groups() {
			part := g.Title + ": " + g.Names
			if g.Open() {
				part += " (open)"
			}
			parts = append(parts, part)
		}
		if got := strings.Join(parts, " | "); got != c.want {
			t.Errorf("%s:\n%s, want\n%s", c.name, got, c.want)
		}
	}
}
