package ui

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/expression/rows"
)

// The least rows that a form shows, and how many more a person gets who asks for more.
const (
	leastRows = 3
	moreRows  = 3
)

// What the buttons of a condition ask for, as values of "try". Its form is then shown again.
const (
	conditionText = "condition-text"
	conditionRows = "condition-rows"
	conditionMore = "condition-more"
)

// Condition is the part of a form that holds a condition: rows of "field, comparison, value",
// or a text where rows cannot say the same or the person wants it so. The template "condition"
// shows it. It works without a script.
type Condition struct {
	Prefix string      // that the names of its inputs begin with: t-
	Lead   string      // what happens where it holds: "It fires where"
	None   string      // what no rows mean: "None: on every event."; empty: rows are needed
	Help   string      // below the rows
	List   string      // where its fields are open: the id of a list of suggestions, which the page has
	Fields rows.Fields // that rows may compare
	Text   Field       // the condition as text; while it is in rows, what they stand for
	AsText bool

	written rows.Condition
	least   int              // of the rows to show
	faults  map[int][]string // by row
	was     string           // the text that the rows were read from
	focus   bool             // what a button has brought gets the focus
}

// Show shows a condition, in rows where they can say the same.
func (c *Condition) Show(text string) {
	written, ok := c.Fields.Read(text)
	c.written, c.AsText, c.was, c.least = written, !ok, text, leastRows
	c.Text.Choose(text)
}

// Post reads a posted form. Rows that say the same as the text that they were read from leave it as
// it was written.
func (c *Condition) Post(form url.Values) {
	c.faults, c.least, c.Text.Errors = map[int][]string{}, leastRows, nil
	if c.AsText = !form.Has(c.JoinName()); c.AsText {
		text := Fields{c.Text}
		text.Post(form)
		c.Text = text[0]
		return
	}
	c.written = rows.Condition{Any: form.Get(c.JoinName()) == joinAny}
	for n := 1; n <= rows.Most; n++ {
		if form.Has(c.name(n, "field")) {
			c.least = max(c.least, n)
		}
		r := rows.Row{
			Field: strings.TrimSpace(form.Get(c.name(n, "field"))), Value: form.Get(c.name(n, "value")),
			Comparison: rows.Comparison(form.Get(c.name(n, "comparison"))),
		}
		if r.Field != "" || strings.TrimSpace(r.Value) != "" {
			c.written.Rows = append(c.written.Rows, r)
		}
	}
	var p domain.Problems
	text := c.Fields.Write(&p, "rows", c.written)
	if err := p.Err(); err != nil {
		for path, messages := range domain.AsError(err).Fields {
			if n, err := strconv.Atoi(strings.TrimPrefix(path, "rows.")); err == nil {
				c.faults[n] = append(c.faults[n], messages...)
			}
		}
		text = "" // half of a condition is another one
	}
	c.was = form.Get(c.WasName())
	if before, ok := c.Fields.Read(c.was); ok && text != "" && c.Fields.Write(&p, "was", before) == text {
		text = c.was
	}
	c.Text.Choose(text)
}

// Change does what one of its buttons asks for, by the value of "try"; other values are of
// other buttons. Rows with a fault stay rows, so that nothing of them is lost.
func (c *Condition) Change(try string) {
	switch try {
	case conditionText:
		c.AsText = c.Valid()
		c.Text.Focus = c.AsText
	case conditionRows:
		if c.Show(c.Text.Value); c.AsText {
			c.Text.Errors = append(c.Text.Errors, "Rows cannot show this condition, so it stays a text.")
			c.Text.Focus = true
		}
		c.focus = !c.AsText
	case conditionMore:
		c.least, c.focus = min(c.least+moreRows, rows.Most), true
	}
}

// Valid reports whether each of the rows can be written.
func (c Condition) Valid() bool { return len(c.faults) == 0 }

// Value is the condition as an expression; empty where one of the rows cannot be written.
func (c Condition) Value() string { return c.Text.Value }

// Blame notes what a refusal says about the condition. It returns the refusal without that;
// nil where nothing is left of it.
func (c *Condition) Blame(e *domain.Error) *domain.Error {
	messages, ok := e.Fields[c.Text.Path]
	if !ok {
		return e
	}
	if !c.AsText && c.Value() == "" && c.None == "" {
		messages = []string{"Add at least one row."}
	}
	if c.Valid() { // else the rows say what is wrong
		c.Text.Errors = append(c.Text.Errors, messages...)
	}
	rest := *e
	rest.Fields = maps.Clone(e.Fields)
	if delete(rest.Fields, c.Text.Path); len(rest.Fields) == 0 {
		return nil
	}
	return &rest
}

// Faults lists what is wrong, row by row.
func (c Condition) Faults() []Fault {
	var list []Fault
	for _, n := range slices.Sorted(maps.Keys(c.faults)) {
		for _, m := range c.faults[n] {
			list = append(list, Fault{c.rowID(n + 1), c.Text.Label, m + "."})
		}
	}
	return append(list, Fields{c.Text}.Faults()...)
}

// joinAny is the choice that one row is enough.
const joinAny = "any"

// JoinName is the name of the choice between all and any. A posted form without it has a text.
func (c Condition) JoinName() string { return c.Prefix + "join" }

// WasName is the name of the input that keeps the text that the rows were read from.
func (c Condition) WasName() string { return c.Prefix + "was" }

func (c Condition) name(n int, part string) string {
	return c.Prefix + "row-" + strconv.Itoa(n) + "-" + part
}

func (c Condition) rowID(n int) string { return c.Prefix + "row-" + strconv.Itoa(n) }

// ConditionRow is one row, as the form shows it. What has a name is its input.
type ConditionRow struct {
	N                                    int // from 1
	ID                                   string
	FieldName, ComparisonName, ValueName string
	Field, Value                         string
	Fields                               []Choice // empty where the fields are open
	Comparisons                          []Choice
	Errors                               []string
	Focus                                bool
}

// Any reports whether one of the rows is enough.
func (c Condition) Any() bool { return c.written.Any }

// Was is the text that the rows were read from.
func (c Condition) Was() string { return c.was }

// Rows are the rows with what was entered, and blank ones for more.
func (c Condition) Rows() (list []ConditionRow) {
	entered := c.written.Rows
	for i := range min(max(len(entered)+1, c.least), rows.Most) {
		var r rows.Row
		if i < len(entered) {
			r = entered[i]
		}
		n := i + 1
		list = append(list, ConditionRow{
			N: n, ID: c.rowID(n), Field: r.Field, Value: r.Value, Errors: sentences(c.faults[i]),
			FieldName: c.name(n, "field"), ComparisonName: c.name(n, "comparison"), ValueName: c.name(n, "value"),
			Fields: c.fieldChoices(r.Field), Comparisons: comparisonChoices(r.Comparison),
			Focus: c.focus && i == min(len(entered), rows.Most-1),
		})
	}
	return list
}

func sentences(messages []string) (list []string) {
	for _, m := range messages {
		list = append(list, m+".")
	}
	return list
}

// fieldChoices are the fields to choose from. One that does not exist stays, with its fault.
func (c Condition) fieldChoices(chosen string) []Choice {
	if c.Fields.Open {
		return nil
	}
	list := []Choice{{Value: "", Label: "Choose…", On: chosen == ""}}
	for _, f := range c.Fields.List {
		list = append(list, Choice{Value: f.Name, Label: f.Label, On: f.Name == chosen})
	}
	if _, known := c.Fields.Named(chosen); !known && chosen != "" {
		list = append(list, Choice{Value: chosen, Label: chosen, On: true})
	}
	return list
}

func comparisonChoices(chosen rows.Comparison) (list []Choice) {
	for _, c := range chosen.Values() {
		list = append(list, Choice{Value: string(c), Label: c.Label(), On: c == chosen})
	}
	return list
}

// Suggestions are values that some fields have.
func (c Condition) Suggestions() (list []string) {
	if c.Fields.Open {
		return nil
	}
	for _, f := range c.Fields.List {
		list = append(list, f.Values...)
	}
	return append(list, "true", "false")
}

// Described lists the ids of what explains the rows.
func (c Condition) Described() string {
	ids := c.Text.ID() + "-help"
	if len(c.Text.Errors) > 0 {
		ids += " " + c.Text.ID() + "-error"
	}
	return ids
}
