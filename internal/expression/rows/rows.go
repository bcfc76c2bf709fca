// Package rows writes conditions as rows, "field, comparison, value", and back: a form's rows
// become an expression, and an expression that rows can say becomes rows. Board rules and
// filters of triggers share it; each brings its own [Fields].
//
// What is shown as rows means the same as the expression: [Fields.Read] writes its rows again
// and compares, and refuses where anything differs.
package rows

import (
	"slices"
	"strings"

	"vellocity/internal/domain"
)

// Most is how many rows a condition has at most. A longer one stays text.
const Most = 30

// Kind says what a field holds.
type Kind string

// The kinds.
const (
	Anything Kind = "" // not known
	Text     Kind = "text"
	Number   Kind = "number"
	Switch   Kind = "switch" // true or false
	List     Kind = "list"
)

// Comparison is what a row asks of its field.
type Comparison string

// The comparisons.
const (
	Is       Comparison = "is"
	IsNot    Comparison = "is_not"
	AtLeast  Comparison = "at_least"
	AtMost   Comparison = "at_most"
	MoreThan Comparison = "more_than"
	LessThan Comparison = "less_than"
	Contains Comparison = "contains" // a text has it in it, or a list has it as an entry
	OneOf    Comparison = "one_of"   // of values with commas between them
)

// comparisons lists them as forms do, with their words and operators.
var comparisons = []struct {
	Comparison
	label, operator string
}{
	{Is, "is", "=="},
	{IsNot, "is not", "!="},
	{AtLeast, "is at least", ">="},
	{AtMost, "is at most", "<="},
	{MoreThan, "is more than", ">"},
	{LessThan, "is less than", "<"},
	{Contains, "contains", "contains"},
	{OneOf, "is one of", "in"},
}

// Values lists the comparisons, in the order in which forms have them.
func (Comparison) Values() (list []Comparison) {
	for _, c := range comparisons {
		list = append(list, c.Comparison)
	}
	return list
}

// Label is the comparison in words, to stand between a field and a value: "is at least".
func (c Comparison) Label() string { label, _ := c.words(); return label }

// words returns how people and expressions write a comparison; both are empty for one that
// does not exist.
func (c Comparison) words() (label, operator string) {
	for _, known := range comparisons {
		if known.Comparison == c {
			return known.label, known.operator
		}
	}
	return "", ""
}

// ordered reports whether the comparison needs values that have an order.
func (c Comparison) ordered() bool {
	return slices.Contains([]Comparison{AtLeast, AtMost, MoreThan, LessThan}, c)
}

// Row is one line of a condition, as a person enters it.
//
// The value is a number or true and false where its field may have one, else a text. In
// quotes, as JSON writes a text, it is always a text: "7", or one with spaces at its ends. White
// space around it does not count.
type Row struct {
	Field      string // its name; empty: the row says nothing
	Comparison Comparison
	Value      string
}

// blank reports whether nothing was entered.
func (r Row) blank() bool {
	return strings.TrimSpace(r.Field) == "" && strings.TrimSpace(r.Value) == ""
}

// Condition is rows that are joined.
type Condition struct {
	Any  bool // one of the rows is enough; false: all of them must hold
	Rows []Row
}

// Field is something that rows can compare.
type Field struct {
	Name     string // with dots: scores.seo
	Label    string // for people; empty: its name
	Kind     Kind
	Values   []string // the only texts that there are; nil: any
	FromZero bool     // a number that is never below zero
	Example  string   // a value that it has had, as JSON; empty: none is known
}

// label names the field in a message.
func (f Field) label() string {
	if f.Label == "" {
		return f.Name
	}
	return f.Label
}

// Fields are what the rows of one form can compare.
type Fields struct {
	List []Field
	// Root is the name that an expression has before those of the fields, such as event; empty:
	// none.
	Root string
	// Open is set where there may be fields that are not listed, and the kinds are guesses from
	// examples. A kind then decides how a value is written, and no comparison is refused for it.
	Open bool
}

// Named returns a field by its name. A name that is not listed is a field of any kind where
// the fields are open, else ok is false.
func (fs Fields) Named(name string) (f Field, ok bool) {
	for _, f := range fs.List {
		if f.Name == name {
			return f, true
		}
	}
	return Field{Name: name}, fs.Open
}

// Entered is the name of a field as a person enters it. With a root, that may be before the
// name (event.channel), so a name that begins with the root's own name has it twice.
func (fs Fields) Entered(name string) string {
	if fs.Root != "" && strings.HasPrefix(name, fs.Root+".") {
		return fs.Root + "." + name
	}
	return name
}

// nameOf is the name of the field that a person entered.
func (fs Fields) nameOf(entered string) string {
	entered = strings.TrimSpace(entered)
	if fs.Root == "" {
		return entered
	}
	return strings.TrimPrefix(entered, fs.Root+".")
}

// problem is where what is wrong with one row goes.
type problem struct {
	*domain.Problems
	path string
}

func (p problem) say(format string, args ...any) { p.Add(p.path, format, args...) }
