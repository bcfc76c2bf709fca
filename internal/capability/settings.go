package capability

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"vellocity/internal/domain"
)

// settings is a settings schema made ready for use.
type settings struct {
	schema   *jsonschema.Schema
	defaults map[string]json.RawMessage
	order    []string // of the fields, as forms show them
}

// Must returns the capability with its settings schema compiled. A schema that
// does not compile is a fault of the program, so it panics.
func Must(c Capability) Capability {
	s, err := compile(c.SettingsSchema)
	if err != nil {
		panic(fmt.Sprintf("settings schema of %s: %v", c.Slug, err))
	}
	c.settings = s
	return c
}

func compile(raw json.RawMessage) (*settings, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(jsonschema.SchemeURLLoader{}) // loads nothing
	compiler.DefaultDraft(jsonschema.Draft2020)
	compiler.AssertFormat()
	const name = "memory:///settings.json"
	if err := compiler.AddResource(name, doc); err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	s := &settings{defaults: map[string]json.RawMessage{}}
	if s.schema, err = compiler.Compile(name); err != nil {
		return nil, fmt.Errorf("compile schema: %w", err)
	}
	var shape struct {
		Order      []string `json:"x-order"`
		Properties map[string]struct {
			Default json.RawMessage
		}
	}
	if err := json.Unmarshal(raw, &shape); err != nil {
		return nil, fmt.Errorf("read defaults: %w", err)
	}
	s.order = shape.Order
	for field, p := range shape.Properties {
		if p.Default != nil {
			s.defaults[field] = p.Default
		}
	}
	return s, nil
}

// Defaults returns the settings that hold where the caller says nothing.
func (c Capability) Defaults() map[string]json.RawMessage {
	if c.settings == nil {
		c = Must(c)
	}
	return c.settings.defaults
}

// Prepare fills the defaults into a caller's settings and checks them. Empty
// settings are an empty object, and a field that is null counts as left out. What
// is wrong comes back as one VALIDATION_ERROR with all faults by field path
// (settings.topic), in the order of the form.
func Prepare(c Capability, raw json.RawMessage) (json.RawMessage, error) {
	if c.settings == nil {
		c = Must(c)
	}
	object, err := readObject(raw)
	if err != nil {
		return nil, err
	}
	for field, value := range c.settings.defaults {
		if _, given := object[field]; !given {
			object[field] = value
		}
	}
	filled, err := json.Marshal(object)
	if err != nil {
		return nil, fmt.Errorf("encode settings: %w", err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(filled))
	if err != nil {
		return nil, fmt.Errorf("read settings: %w", err)
	}
	err = c.settings.schema.Validate(doc)
	var invalid *jsonschema.ValidationError
	if errors.As(err, &invalid) {
		return nil, c.settings.faults(invalid)
	}
	if err != nil || c.Check == nil {
		return filled, err
	}
	var p domain.Problems
	c.Check(filled, &p)
	return filled, p.Err()
}

func readObject(raw json.RawMessage) (map[string]json.RawMessage, error) {
	object := map[string]json.RawMessage{}
	if trimmed := bytes.TrimSpace(raw); len(trimmed) == 0 || bytes.Equal(trimmed, []byte("null")) {
		return object, nil
	}
	if err := json.Unmarshal(raw, &object); err != nil {
		var p domain.Problems
		p.Add("settings", "The settings field must be an object")
		return nil, p.Err()
	}
	for field, value := range object {
		if bytes.Equal(value, []byte("null")) {
			delete(object, field)
		}
	}
	return object, nil
}

// fault is one thing wrong with the field at a path below settings.
type fault struct {
	path    []string
	message string
}

// faults turns what the validator found into messages for people.
func (s *settings) faults(e *jsonschema.ValidationError) error {
	var found []fault
	var walk func(*jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		found = append(found, explain(e)...)
		for _, cause := range e.Causes {
			walk(cause)
		}
	}
	walk(e)
	slices.SortStableFunc(found, func(a, b fault) int { return s.rank(a) - s.rank(b) })
	var p domain.Problems
	for _, f := range found {
		p.Add(strings.Join(append([]string{"settings"}, f.path...), "."), "%s", f.message)
	}
	if err := p.Err(); err != nil {
		return err
	}
	p.Add("settings", "The settings do not fit what this capability takes")
	return p.Err()
}

// rank orders faults by the place of their field in the form; unknown ones last.
func (s *settings) rank(f fault) int {
	if len(f.path) == 0 {
		return -1
	}
	if i := slices.Index(s.order, f.path[0]); i >= 0 {
		return i
	}
	return len(s.order)
}

// explain says what one finding of the validator means.
func explain(e *jsonschema.ValidationError) []fault {
	path := e.InstanceLocation
	one := func(format string, args ...any) []fault {
		return []fault{{path, "The " + field(path) + " field " + fmt.Sprintf(format, args...)}}
	}
	switch k := e.ErrorKind.(type) {
	case *kind.Required:
		var out []fault
		for _, m := range k.Missing {
			out = append(out, fault{append(slices.Clone(path), m), "The " + m + " field is required"})
		}
		return out
	case *kind.AdditionalProperties:
		var out []fault
		for _, name := range k.Properties {
			out = append(out, fault{append(slices.Clone(path), name), "The " + name + " field is not known here"})
		}
		return out
	case *kind.Type:
		return one("must be %s", article(k.Want))
	case *kind.Enum:
		return one("must be one of %s", values(k.Want))
	case *kind.Const:
		return one("must be %v", k.Want)
	case *kind.MinLength:
		if k.Got == 0 {
			return one("is required")
		}
		return one("must have at least %d characters", k.Want)
	case *kind.MaxLength:
		return one("must have at most %d characters; it has %d", k.Want, k.Got)
	case *kind.MinItems:
		return one("must have at least %s", items(k.Want))
	case *kind.MaxItems:
		return one("must have at most %s; it has %d", items(k.Want), k.Got)
	case *kind.UniqueItems:
		return one("must not hold the same value twice")
	case *kind.Minimum:
		return one("must be at least %s", plain(k.Want))
	case *kind.Maximum:
		return one("must be at most %s", plain(k.Want))
	case *kind.Pattern:
		if k.Want == notBlank {
			return one("must not be blank")
		}
		return one("does not have the form it needs")
	case *kind.Format:
		return one("must be a valid %s", k.Want)
	case *kind.AnyOf, *kind.OneOf, *kind.Not, *kind.FalseSchema:
		return one("does not fit together with the others")
	}
	return nil
}

// notBlank is the pattern by which schemas ask for more than white space.
const notBlank = `\S`

func field(path []string) string {
	if len(path) == 0 {
		return "settings"
	}
	return strings.Join(path, ".")
}

func article(types []string) string {
	names := make([]string, len(types))
	for i, t := range types {
		switch t {
		case "integer":
			names[i] = "a whole number"
		case "array":
			names[i] = "a list"
		case "object":
			names[i] = "an object"
		case "boolean":
			names[i] = "true or false"
		default:
			names[i] = "a " + t
		}
	}
	return strings.Join(names, " or ")
}

func values(want []any) string {
	names := make([]string, len(want))
	for i, w := range want {
		names[i] = fmt.Sprint(w)
	}
	return strings.Join(names, ", ")
}

func items(n int) string {
	if n == 1 {
		return "one entry"
	}
	return fmt.Sprintf("%d entries", n)
}

func plain(r *big.Rat) string {
	if r.IsInt() {
		return r.Num().String()
	}
	f, _ := r.Float64()
	return fmt.Sprint(f)
}
