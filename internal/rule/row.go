package rule

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/domain"
)

// FieldKind says what a field of a row holds.
type FieldKind string

// The kinds.
const (
	FieldText   FieldKind = "text"
	FieldNumber FieldKind = "number"
	FieldSwitch FieldKind = "switch" // true or false
)

// Field is a fact that a row can compare.
type Field struct {
	Name, Label string
	Kind        FieldKind
	Values      []string // the only ones that there are; nil: any
}

// Fields lists the facts that rows can compare, the most useful first.
func Fields() []Field {
	return []Field{
		{"scores.seo", "Search score", FieldNumber, nil},
		{"scores.readability", "Readability", FieldNumber, nil},
		{"findings.warning", "Warnings", FieldNumber, nil},
		{"findings.info", "Notes", FieldNumber, nil},
		{"findings.blocking", "Blocking findings", FieldNumber, nil},
		{"content_type", "Content type", FieldText, domain.ContentType("").Values()},
		{"word_count", "Words", FieldNumber, nil},
		{"needs_input", "Missing inputs", FieldNumber, nil},
		{"voice.adherence", "Brand voice followed", FieldNumber, nil},
		{"voice.distance", "Distance from samples", FieldNumber, nil},
		{"title", "Title", FieldText, nil},
		{"language", "Language", FieldText, nil},
		{"channel", "Channel", FieldText, nil},
		{"capability", "Capability", FieldText, nil},
		{"template", "Template", FieldText, nil},
		{"trigger", "Trigger id", FieldNumber, nil},
		{"engine.kind", "Written by", FieldText, domain.OriginKind("").Values()},
		{"engine.ai", "Written with AI", FieldSwitch, nil},
		{"engine.provider", "Provider", FieldText, nil},
		{"engine.model", "Model", FieldText, nil},
	}
}

// Row is one line of a condition: a field, an operator and a value, as people enter them.
type Row struct{ Field, Operator, Value string }

// Operator is how a row compares.
type Operator struct{ Sign, Label string }

// Operators lists the operators of rows.
func Operators() []Operator {
	return []Operator{
		{">=", "is at least"}, {"<=", "is at most"}, {"==", "is"}, {"!=", "is not"}, {"contains", "contains"},
	}
}

func fieldNamed(name string) (Field, bool) {
	i := slices.IndexFunc(Fields(), func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return Fields()[i], true
}

// Write returns the condition that rows stand for, joined by "and". Rows without a field are
// left out. It notes what is wrong with row n at path.n.
func Write(p *domain.Problems, path string, rows []Row) string {
	var parts []string
	for i, r := range rows {
		if r.Field == "" {
			continue
		}
		if part := r.write(p, path+"."+strconv.Itoa(i)); part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " and ")
}

func (r Row) write(p *domain.Problems, path string) string {
	f, ok := fieldNamed(r.Field)
	if !ok {
		p.Add(path, "There is no field %q", r.Field)
		return ""
	}
	if !slices.ContainsFunc(Operators(), func(o Operator) bool { return o.Sign == r.Operator }) {
		p.Add(path, "Choose how to compare %s", f.Label)
		return ""
	}
	ordered, equal := r.Operator == ">=" || r.Operator == "<=", r.Operator == "==" || r.Operator == "!="
	value := strings.TrimSpace(r.Value)
	switch f.Kind {
	case FieldNumber:
		n, err := strconv.ParseFloat(value, 64)
		if err != nil || !(n >= 0 && n <= 1e9) || strings.ContainsAny(value, "xXpPeE_+") {
			p.Add(path, "%s must be compared with a number from 0 up, such as 80", f.Label)
			return ""
		}
		if !ordered && !equal {
			p.Add(path, "%s is a number: choose is, is at least or is at most", f.Label)
			return ""
		}
		return fmt.Sprintf("%s %s %s", f.Name, r.Operator, value)
	case FieldSwitch:
		if value != "true" && value != "false" || !equal {
			p.Add(path, "%s is true or false: choose is, and write true or false", f.Label)
			return ""
		}
		return fmt.Sprintf("%s %s %s", f.Name, r.Operator, value)
	}
	switch {
	case ordered:
		p.Add(path, "%s is a text: choose is, is not or contains", f.Label)
	case len(f.Values) > 0 && equal && !slices.Contains(f.Values, value):
		p.Add(path, "%s must be one of: %s", f.Label, strings.Join(f.Values, ", "))
	default:
		return fmt.Sprintf("%s %s %s", f.Name, r.Operator, quoted(value))
	}
	return ""
}

// ReadRows returns the rows that a condition is made of; false where rows cannot say all of
// it, or it cannot be read.
func ReadRows(when string) ([]Row, bool) {
	test, faults := parse(when)
	if len(faults) > 0 {
		return nil, false
	}
	var rows []Row
	for _, part := range test.Parts() {
		r := Row{Field: part.Name, Operator: part.Operator}
		switch value := part.Value.(type) {
		case string:
			r.Value = value
		case float64:
			r.Value = strconv.FormatFloat(value, 'f', -1, 64)
		case int, bool:
			r.Value = fmt.Sprint(value)
		}
		var p domain.Problems
		if again := r.write(&p, ""); again == "" || strings.TrimSpace(r.Value) != r.Value {
			return nil, false
		}
		rows = append(rows, r)
	}
	return rows, true
}

// quoted writes a text as a condition has it.
func quoted(text string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(text); err != nil {
		return strconv.Quote(text)
	}
	return strings.TrimSpace(b.String())
}
