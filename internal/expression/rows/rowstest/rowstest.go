// Package rowstest checks that the rows of a form and the expressions that they stand for say
// the same, for any list of fields.
package rowstest

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vellocity/internal/domain"
	"vellocity/internal/expression/rows"
	"vellocity/internal/proptest"
)

// Form is a form with rows, with what takes its expressions.
type Form struct {
	Fields rows.Fields
	Check  func(expression string) error // whether it would be stored
	// Ask says what an expression gives for the n-th of some facts: yes, no, or that it cannot
	// be decided.
	Ask   func(expression string, n int) string
	Facts int // how many there are
}

// words are values that are easy to get wrong.
var words = []string{
	"", " ", "feed", "0", "7", "80", "61.5", "-1.50", "007", "1e3", "true", "false", `"7"`, `"true"`, `"x`, `a"b`, `a\b`,
	"a, b", `"a, b", c`, `"a\\", b`, `"", x`, "ü", "and", " x ", `" x "`, "{{ x }}", `'q'`, "\u2028", "9007199254740993",
	"9223372036854775807", "9223372036854775808", "1, 2, 3", "\x00", "Acme",
}

// Run checks the form.
func Run(t *testing.T, f Form) {
	t.Helper()
	t.Run("rows become an expression and rows again", func(t *testing.T) { proptest.Check(t, f.there) })
	t.Run("an expression means the same as its rows", func(t *testing.T) { proptest.Check(t, f.same) })
}

func (f Form) field(t *rapid.T) rows.Field {
	return rapid.SampledFrom(f.Fields.List).Draw(t, "field")
}

func (f Form) value(t *rapid.T, of rows.Field) string {
	if len(of.Values) > 0 && rapid.Bool().Draw(t, "known") {
		return rapid.SampledFrom(of.Values).Draw(t, "value")
	}
	return rapid.OneOf(rapid.SampledFrom(words), rapid.String()).Draw(t, "value")
}

// there holds that what rows write is a valid expression that is shown as rows, which write the
// same and are shown the same.
func (f Form) there(t *rapid.T) {
	c := rows.Condition{Any: rapid.Bool().Draw(t, "any")}
	for range rapid.IntRange(1, 5).Draw(t, "rows") {
		of := f.field(t)
		r := rows.Row{
			Field: f.Fields.Entered(of.Name), Value: f.value(t, of),
			Comparison: rapid.SampledFrom(rows.Is.Values()).Draw(t, "comparison"),
		}
		var p domain.Problems
		switch written := f.Fields.Write(&p, "rows", rows.Condition{Rows: []rows.Row{r}}); {
		case written == "" && p.Err() == nil:
			t.Fatalf("%+v is left out and nothing says why", r)
		case written != "":
			c.Rows = append(c.Rows, r)
		}
	}
	var p domain.Problems
	text := f.Fields.Write(&p, "rows", c)
	if text == "" || len(text) > 1500 {
		return
	}
	if err := f.Check(text); err != nil {
		t.Fatalf("%+v became %s: %v", c, text, err)
	}
	back, ok := f.Fields.Read(text)
	if !ok || len(back.Rows) != len(c.Rows) {
		t.Fatalf("%+v became %s, which rows cannot show: %+v", c, text, back)
	}
	if again := f.Fields.Write(&p, "rows", back); again != text {
		t.Fatalf("%s\nwas read as %+v, which is\n%s", text, back, again)
	}
	for i, r := range c.Rows {
		got := back.Rows[i]
		if got.Field != r.Field || got.Comparison != r.Comparison || plain(r.Value) && got.Value != r.Value {
			t.Fatalf("%+v was read back as %+v", r, got)
		}
	}
}

// plain reports whether there is one way to enter a value.
func plain(value string) bool {
	return value != "" && strings.Trim(value, "abcdefghijklmnopqrstuvwxyz_") == ""
}

// same holds that what is shown as rows gives the same results, however it is spelled.
func (f Form) same(t *rapid.T) {
	for range 10 { // few of them can be shown
		f.sameAs(t, f.text(t))
	}
}

func (f Form) sameAs(t *rapid.T, text string) {
	if f.Check(text) != nil {
		return
	}
	shown, ok := f.Fields.Read(text)
	if !ok {
		return // it stays a text
	}
	var p domain.Problems
	again := f.Fields.Write(&p, "rows", shown)
	if err := p.Err(); err != nil {
		t.Fatalf("%s was read as %+v: %v", text, shown, err)
	}
	for n := range f.Facts {
		if want, got := f.Ask(text, n), f.Ask(again, n); got != want {
			t.Fatalf("%s gives %s, and as rows %s: %s", text, want, again, got)
		}
	}
}

// text is an expression that rows may be able to show, or just not.
func (f Form) text(t *rapid.T) string {
	draw := func(what string, from ...string) string { return rapid.SampledFrom(from).Draw(t, what) }
	var parts []string
	for range rapid.SampledFrom([]int{1, 1, 2, 3, 4}).Draw(t, "parts") {
		part := f.part(t, draw)
		if n := len(parts); n > 1 && rapid.IntRange(0, 3).Draw(t, "group") == 0 {
			parts[n-1], part = "("+parts[n-1], part+")"
		}
		parts = append(parts, part)
	}
	both := [][]string{{" and ", "&&"}, {" or ", "||"}, {" and ", " or "}}[rapid.IntRange(0, 2).Draw(t, "join")]
	text := parts[0]
	for _, part := range parts[1:] {
		text += draw("joined", both...) + part
	}
	return text
}

// part is a comparison, or something like one.
func (f Form) part(t *rapid.T, draw func(what string, from ...string) string) string {
	name := f.spelled(t, f.field(t).Name)
	value := draw("literal", "1", "80", `"feed"`, "true", `'Acme'`)
	if rapid.Bool().Draw(t, "seldom") {
		value = draw("literal", "61.5", "-3", "0x10", "1_000", "1.0e2", "false", "`vip`", `"\u0041cme"`, `"7"`, `" x"`,
			`"a, b"`, `""`, "nil", `upper("acme")`, `"blog_post"`, "1 + 1", name)
	}
	part := name + draw("operator", " == ", "==", "!=", ">= ", " <=", ">", " < ", " contains ", " matches ") + value
	switch draw("shape", "plain", "plain", "plain", "plain", "plain", "plain", "list", "has", "not", "bare", "or else") {
	case "list":
		part = name + draw("in", " in ", " not in ") + "[" + value + ", " + draw("second", `"feed"`, "1", "80.0", name) + "]"
	case "has":
		part = value + " in " + name
	case "not":
		part = "not (" + part + ")"
	case "bare":
		part = name
	case "or else":
		part = fmt.Sprintf("(%s ?? %s) == %s", name, value, value)
	}
	if rapid.Bool().Draw(t, "brackets") {
		return "(" + part + ")"
	}
	return part
}

// spelled is a way to refer to a field.
func (f Form) spelled(t *rapid.T, name string) string {
	var b strings.Builder
	b.WriteString(f.Fields.Root)
	for part := range strings.SplitSeq(name, ".") {
		switch {
		case b.Len() == 0:
			b.WriteString(part)
		case strings.Contains(part, "-") || rapid.IntRange(0, 4).Draw(t, "as an index") == 0:
			fmt.Fprintf(&b, "[%q]", part)
		case rapid.IntRange(0, 3).Draw(t, "optional") == 0:
			b.WriteString("?." + part)
		default:
			b.WriteString("." + part)
		}
	}
	return b.String()
}
