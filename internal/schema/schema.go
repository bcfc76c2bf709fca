// Package schema reads a JSON Schema (2020-12) once and answers every question
// that the program has about it: whether a value meets it and what is wrong where
// it does not ([Schema.Check], [Schema.Faults]), what it looks like with the
// defaults filled in, and which fields it has ([Schema.Fields]), for forms, tools,
// the command line and documents.
//
// Beside the standard's keywords it reads four of its own: "x-order", the order
// of the fields in a form (a list of names on the object, or a number on each
// property); "x-widget", the control that a form shows for a field; "x-labels",
// what people read for the values of an enum; and "x-group", the title of the part of
// the form that an optional field is folded into.
package schema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"vellocity/internal/domain"
)

// Schema is a compiled JSON Schema. It does not change, so any number of
// goroutines may share one.
type Schema struct {
	raw      json.RawMessage
	compiled func() *jsonschema.Schema
	root     Field
	defaults map[string]any // of the root's fields, decoded
}

// Compile reads a schema, whole. References must point inside it: nothing is loaded from
// elsewhere.
func Compile(raw json.RawMessage) (*Schema, error) {
	compiled, err := compile(raw)
	if err != nil {
		return nil, err
	}
	return read(raw, func() *jsonschema.Schema { return compiled })
}

// Own reads a schema that is part of the program. What it demands of values is compiled
// when the first one is checked, which panics where it does not compile: a start reads
// dozens of schemas, and the tests check that each compiles.
func Own(raw json.RawMessage) (*Schema, error) {
	return read(raw, sync.OnceValue(func() *jsonschema.Schema {
		s, err := compile(raw)
		if err != nil {
			panic(fmt.Sprintf("a schema of the program: %v", err))
		}
		return s
	}))
}

func compile(raw json.RawMessage) (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(jsonschema.SchemeURLLoader{}) // has no scheme, so it loads nothing
	compiler.DefaultDraft(jsonschema.Draft2020)
	compiler.AssertFormat()
	const name = "memory:///schema.json"
	if err := compiler.AddResource(name, doc); err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	compiled, err := compiler.Compile(name)
	if err != nil {
		return nil, fmt.Errorf("compile schema: %w", err)
	}
	return compiled, nil
}

func read(raw json.RawMessage, compiled func() *jsonschema.Schema) (*Schema, error) {
	s := &Schema{raw: raw, compiled: compiled, defaults: map[string]any{}}
	if err := json.Unmarshal(raw, &s.root); err != nil {
		return nil, fmt.Errorf("read the fields of the schema: %w", err)
	}
	for _, f := range s.root.Fields {
		if f.Default == nil {
			continue
		}
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(f.Default))
		if err != nil {
			return nil, fmt.Errorf("read the default of %s: %w", f.Name, err)
		}
		s.defaults[f.Name] = value
	}
	return s, nil
}

// JSON returns the schema as it was written.
func (s *Schema) JSON() json.RawMessage { return s.raw }

// Standard returns the schema without the keywords of our own, for readers who only
// know the standard's, and without the titles of fields that have a description: models pay
// for each word that they read.
func (s *Schema) Standard() (json.RawMessage, error) {
	var doc any
	if err := json.Unmarshal(s.raw, &doc); err != nil {
		return nil, fmt.Errorf("read schema: %w", err)
	}
	removeOwn(doc)
	return json.Marshal(doc)
}

// removeOwn removes the keywords of our own from a schema and those within it. A
// property may have the name of a keyword.
func removeOwn(node any) {
	switch x := node.(type) {
	case []any:
		for _, v := range x {
			removeOwn(v)
		}
	case map[string]any:
		for _, name := range []string{"x-order", "x-widget", "x-labels", "x-group"} {
			delete(x, name)
		}
		for name, v := range x {
			fields, ok := v.(map[string]any)
			if !ok || name != "properties" && name != "$defs" && name != "patternProperties" {
				removeOwn(v)
				continue
			}
			for _, f := range fields {
				if m, ok := f.(map[string]any); ok && m["description"] != nil {
					delete(m, "title")
				}
				removeOwn(f)
			}
		}
	}
}

// Title names the whole object for people; "" where the schema does not.
func (s *Schema) Title() string { return s.root.Title }

// Help explains the whole object in a sentence or two; "" where the schema says
// nothing.
func (s *Schema) Help() string { return s.root.Help }

// Fields returns the fields of the object, in the order of the form.
func (s *Schema) Fields() []Field { return s.root.Fields }

// Field returns one field of the object.
func (s *Schema) Field(name string) (Field, bool) {
	if i := s.root.index(name); i >= 0 {
		return s.root.Fields[i], true
	}
	return Field{}, false
}

// Required returns the names of the fields that must be given, in the order in
// which the schema lists them.
func (s *Schema) Required() []string { return append([]string{}, s.root.required...) }

// Defaults returns the values of the fields that have one, by name.
func (s *Schema) Defaults() map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for _, f := range s.root.Fields {
		if f.Default != nil {
			out[f.Name] = f.Default
		}
	}
	return out
}

// Closed reports whether the object refuses fields that the schema does not name.
func (s *Schema) Closed() bool { return s.root.closed }

// Check fills the defaults into an object and checks it. Empty input is an empty
// object, and a field that is null counts as missing. path is where the object
// stands in the caller's request ("settings"; "" for the whole body) and begins
// the path of every fault. What is wrong comes back as one VALIDATION_ERROR with
// all faults, in the order of the form; filled is then nil.
func (s *Schema) Check(raw json.RawMessage, path string) (filled json.RawMessage, err error) {
	var p domain.Problems
	if filled, err = s.CheckInto(&p, raw, path); err != nil {
		return nil, err
	}
	return filled, p.Err()
}

// CheckInto is [Schema.Check] for a caller with more to check: faults are noted in
// p. filled is nil where there is one.
func (s *Schema) CheckInto(p *domain.Problems, raw json.RawMessage, path string) (filled json.RawMessage, err error) {
	object, ok := s.readObject(raw)
	if !ok {
		p.Type(path, "an object")
		return nil, nil
	}
	for name, value := range s.defaults {
		if _, given := object[name]; !given {
			object[name] = value
		}
	}
	faults := s.Faults(object)
	// What no schema can say: a text may be one that no database stores, and a whole
	// number one that no field holds. It goes before what else is wrong with the field.
	var unfit domain.Problems
	unfit.CheckTexts(path, object)
	s.root.unfit(&unfit, object, path)
	bad := unfit.Err()
	if bad != nil {
		fields := domain.AsError(bad).Fields
		faults = slices.DeleteFunc(faults, func(f Fault) bool { return fields[f.at(path)] != nil })
	}
	for _, f := range faults {
		f.report(p, path)
	}
	p.Merge(bad)
	if len(faults) > 0 || bad != nil {
		return nil, nil //nolint:nilerr // the faults are in p
	}
	if filled, err = json.Marshal(object); err != nil {
		return nil, fmt.Errorf("encode the checked object: %w", err)
	}
	return filled, nil
}

// readObject decodes an object, drops the fields that are null, in the objects within it
// too, and writes whole numbers as digits, which is how they are decoded.
func (s *Schema) readObject(raw json.RawMessage) (object map[string]any, ok bool) {
	if trimmed := bytes.TrimSpace(raw); len(trimmed) == 0 || bytes.Equal(trimmed, []byte("null")) {
		return map[string]any{}, true
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, false
	}
	if object, ok = digits(doc).(map[string]any); ok {
		s.root.dropNulls(object)
	}
	return object, ok
}

// dropNulls removes null fields: null means that a field was left out.
func (f *Field) dropNulls(object map[string]any) {
	maps.DeleteFunc(object, func(name string, v any) bool {
		i := f.index(name)
		if inner, ok := v.(map[string]any); ok && i >= 0 {
			f.Fields[i].dropNulls(inner)
		}
		return v == nil
	})
}

// digits writes the whole numbers within a value as digits.
func digits(value any) any {
	switch v := value.(type) {
	case json.Number:
		n, _ := domain.WholeNumber(v)
		return n
	case []any:
		for i := range v {
			v[i] = digits(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = digits(v[name])
		}
	}
	return value
}

// unfit notes the numbers within a value that have the right type and do not fit 64 bits.
func (f *Field) unfit(p *domain.Problems, value any, path string) {
	switch v := value.(type) {
	case json.Number:
		n, err := v.Float64() // infinite where it is out of range
		_, whole := domain.WholeNumber(v)
		switch {
		case f.Min != nil && n < *f.Min, f.Max != nil && n > *f.Max: // the schema says it better
		case f.Type == Integer && whole:
			p.Integer(path, v)
		case err != nil:
			p.Type(path, "a number that fits 64 bits")
		}
	case []any:
		for i := range v {
			if f.Items != nil {
				f.Items.unfit(p, v[i], path+"."+strconv.Itoa(i))
			}
		}
	case map[string]any:
		for i := range f.Fields {
			if inner, given := v[f.Fields[i].Name]; given {
				at := strings.TrimPrefix(path+"."+f.Fields[i].Name, ".")
				f.Fields[i].unfit(p, inner, at)
			}
		}
	}
}

// CheckText checks one JSON value as it stands: no default is filled in. The
// error is for text that is not one JSON value.
func (s *Schema) CheckText(text string) ([]Fault, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(text)))
	if err != nil {
		return nil, errors.New("it is not one JSON value")
	}
	return s.Faults(doc), nil
}
