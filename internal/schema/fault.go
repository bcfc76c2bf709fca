package schema

import (
	"cmp"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"vellocity/internal/domain"
)

// Fault is one thing that is wrong with a value.
type Fault struct {
	Path []string // names and indexes from the root; empty: the value itself
	note func(p *domain.Problems, path string)
}

// report notes the fault below path.
func (f Fault) report(p *domain.Problems, path string) { f.note(p, f.at(path)) }

// at returns where the fault stands, in an object at path.
func (f Fault) at(path string) string {
	parts := f.Path
	if path != "" {
		parts = append([]string{path}, parts...)
	}
	return strings.Join(parts, ".")
}

// Message says what is wrong, in the words that every door uses.
func (f Fault) Message() string {
	var p domain.Problems
	f.report(&p, "value")
	return domain.AsError(p.Err()).Message
}

// Faults returns what is wrong with a decoded value (as [jsonschema.UnmarshalJSON]
// returns it), in the order of the form; none where the value meets the schema.
func (s *Schema) Faults(value any) []Fault {
	err := s.compiled().Validate(value)
	if err == nil {
		return nil
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return []Fault{unspecified(nil)}
	}
	x := explainer{root: &s.root, value: value}
	x.walk(invalid)
	if len(x.found) == 0 {
		return []Fault{unspecified(nil)}
	}
	slices.SortStableFunc(x.found, func(a, b Fault) int {
		return cmp.Or(s.rank(a)-s.rank(b), slices.Compare(a.Path, b.Path))
	})
	return x.found
}

// rank orders faults by the place of their field in the form; those of the whole
// object come first, unknown fields last.
func (s *Schema) rank(f Fault) int {
	if len(f.Path) == 0 {
		return -1
	}
	if i := s.root.index(f.Path[0]); i >= 0 {
		return i
	}
	return len(s.root.Fields)
}

// explainer turns what the validator found into faults.
type explainer struct {
	root  *Field
	value any
	found []Fault
}

func (x *explainer) walk(e *jsonschema.ValidationError) {
	x.explain(e)
	for _, cause := range e.Causes {
		x.walk(cause)
	}
}

func (x *explainer) add(path []string, note func(p *domain.Problems, path string)) {
	x.found = append(x.found, Fault{Path: path, note: note})
}

// explain adds the faults of one finding. Findings that only group others, such as
// a failed $ref, add nothing of their own.
func (x *explainer) explain(e *jsonschema.ValidationError) {
	path := e.InstanceLocation
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		x.missing(path, k.Missing)
	case *kind.DependentRequired:
		x.missing(path, k.Missing)
	case *kind.AdditionalProperties:
		x.unknown(path, k.Properties)
	case *kind.Type:
		x.add(path, func(p *domain.Problems, at string) { p.Type(at, phrase(k.Want)) })
	case *kind.Enum:
		x.add(path, func(p *domain.Problems, at string) { p.NotOneOf(at, texts(k.Want)) })
	case *kind.Const:
		x.add(path, func(p *domain.Problems, at string) { p.NotOneOf(at, texts([]any{k.Want})) })
	case *kind.UniqueItems:
		x.twice(path, k.Duplicates)
	case *kind.Pattern:
		x.pattern(path, k.Want)
	case *kind.Format:
		x.add(path, func(p *domain.Problems, at string) { p.Format(at, formatPhrase(k.Want)) })
	case *kind.AnyOf, *kind.OneOf, *kind.Not, *kind.FalseSchema:
		x.add(path, func(p *domain.Problems, at string) { p.Conflict(at) })
	default:
		x.size(e)
	}
}

// size explains findings about how much of something there is.
func (x *explainer) size(e *jsonschema.ValidationError) {
	path := e.InstanceLocation
	switch k := e.ErrorKind.(type) {
	case *kind.MinLength:
		x.atLeast(path, k.Got, k.Want, (*domain.Problems).Short)
	case *kind.MaxLength:
		x.add(path, func(p *domain.Problems, at string) { p.Long(at, k.Want, k.Got) })
	case *kind.MinItems:
		x.atLeast(path, k.Got, k.Want, (*domain.Problems).Few)
	case *kind.MaxItems:
		x.add(path, func(p *domain.Problems, at string) { p.Many(at, k.Want, k.Got) })
	case *kind.Minimum:
		x.add(path, func(p *domain.Problems, at string) { p.Small(at, float(k.Want)) })
	case *kind.Maximum:
		x.add(path, func(p *domain.Problems, at string) { p.Large(at, float(k.Want)) })
	case *kind.ExclusiveMinimum:
		x.add(path, func(p *domain.Problems, at string) { p.Format(at, "more than "+number(k.Want)) })
	case *kind.ExclusiveMaximum:
		x.add(path, func(p *domain.Problems, at string) { p.Format(at, "less than "+number(k.Want)) })
	case *kind.MultipleOf:
		x.add(path, func(p *domain.Problems, at string) { p.Format(at, "a multiple of "+number(k.Want)) })
	default:
		if len(e.Causes) == 0 {
			x.found = append(x.found, unspecified(path))
		}
	}
}

// unspecified is the fault for which there are no better words.
func unspecified(path []string) Fault {
	return Fault{Path: path, note: func(p *domain.Problems, at string) { p.Format(at, "as its schema describes") }}
}

func (x *explainer) missing(path, names []string) {
	for _, name := range names {
		x.add(append(slices.Clone(path), name), (*domain.Problems).Required)
	}
}

func (x *explainer) unknown(path, names []string) {
	var known []string
	if f := x.root.at(path); f != nil {
		known = f.names()
	}
	for _, name := range names {
		x.add(append(slices.Clone(path), name), func(p *domain.Problems, at string) {
			p.Unknown(at, "field", name, known)
		})
	}
}

// atLeast explains a text or list that is too short; an empty one is missing.
func (x *explainer) atLeast(path []string, got, want int, short func(p *domain.Problems, at string, want, got int)) {
	x.add(path, func(p *domain.Problems, at string) {
		if got == 0 {
			p.Required(at)
		} else {
			short(p, at, want, got)
		}
	})
}

func (x *explainer) twice(path []string, at [2]int) {
	second := append(slices.Clone(path), strconv.Itoa(at[1]))
	value := fmt.Sprint(lookup(x.value, second))
	x.add(second, func(p *domain.Problems, at string) { p.Twice(at, value) })
}

// notBlank is the pattern by which schemas ask for more than white space.
const notBlank = `\S`

func (x *explainer) pattern(path []string, want string) {
	f := x.root.at(path)
	if want == notBlank {
		if lookup(x.value, path) != "" {
			x.add(path, (*domain.Problems).Blank)
		} else if f == nil || f.MinLength == 0 { // else minLength reports it
			x.add(path, (*domain.Problems).Required)
		}
		return
	}
	phrase := "of the form " + want
	if f != nil && f.example() != "" {
		phrase = "a value such as " + strconv.Quote(f.example())
	}
	x.add(path, func(p *domain.Problems, at string) { p.Format(at, phrase) })
}

// lookup returns the value at a path; nil where there is none.
func lookup(value any, path []string) any {
	for _, name := range path {
		switch v := value.(type) {
		case map[string]any:
			value = v[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}

// phrase names types for people: "a whole number or text".
func phrase(types []string) string {
	words := map[string]string{
		"string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false",
		"array": "a list", "object": "an object", "null": "null",
	}
	out := make([]string, len(types))
	for i, t := range types {
		out[i] = words[t]
	}
	return domain.Alternatives(out)
}

// formatPhrase names a format for people.
func formatPhrase(format string) string {
	words := map[string]string{
		"uri":       "a URL such as https://example.com",
		"email":     "an email address such as name@example.com",
		"date":      "a date such as 2026-02-26",
		"date-time": "a time such as 2026-02-26T10:00:00Z",
	}
	return cmp.Or(words[format], "a valid "+format)
}

func texts(values []any) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = fmt.Sprint(v)
	}
	return out
}

func float(r *big.Rat) float64 {
	f, _ := r.Float64()
	return f
}

func number(r *big.Rat) string { return strconv.FormatFloat(float(r), 'f', -1, 64) }
