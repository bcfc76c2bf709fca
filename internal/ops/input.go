package ops

import (
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
)

// Where a field of an input is in an HTTP request. Tools and commands take all of
// them flat, save headers.
const (
	InPath   = "path"
	InQuery  = "query"
	InBody   = "body"
	InHeader = "header"
	InPrefer = "prefer" // Prefer: wait=N
)

// Conditional is embedded by the input of every change that can be made conditional.
type Conditional struct {
	IfMatch string `json:"if_match,omitempty" in:"header" header:"If-Match" doc:"Only if the resource still has this ETag"`
}

// Revisions returns what the verb compares the resource's revision with; see
// [Revisions].
func (c Conditional) Revisions() string { return Revisions(c.IfMatch) }

// Resumable is embedded by inputs of streams that can be resumed.
type Resumable struct {
	LastEventID string `json:"last_event_id,omitempty" in:"header" header:"Last-Event-ID" doc:"Resume after this event"`
}

// Field is one field of an operation's input.
type Field struct {
	Name     string
	In       string // one of InPath, InQuery, InBody, InHeader, InPrefer
	Header   string // its name, where it is a header
	Required bool
	Help     string
	// Type is string, integer, number, boolean, array or object; Items is the type of
	// an array's items.
	Type, Items string
	// Enum lists the allowed values of the field or of its items; nil: any.
	Enum    []string
	Default string
	// Limit names the limit of domain that bounds the field; empty: none.
	Limit string
	// Schema is the field's JSON Schema, without references.
	Schema *Schema

	index []int
}

// input is what a row's input struct declares.
type input struct {
	typ     reflect.Type
	fields  []Field
	byName  map[string]*Field
	presets []preset
	flat    *Schema // every field but headers: of tools and commands
	body    *Schema // nil: no body
	paged   bool
	waits   bool // takes Prefer: wait=N
	upload  bool // takes a file
	// open is the object that takes what stands beside the fields of the body, too; see [document.gather]. Its tag is
	// open:"true".
	open string
}

// preset is a default value of a field.
type preset struct {
	index []int
	value reflect.Value
}

// inputOf reads the struct's tags. It panics on a row that cannot work, which any
// test of the table finds.
func inputOf(t reflect.Type, method string) *input {
	schemas := NewSchemas()
	whole := schemas.Inline(t)
	in := &input{typ: t, byName: map[string]*Field{}}
	_, in.paged = reflect.New(t).Elem().Interface().(paged)
	for _, sf := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(sf.Tag.Get("json"), ",")
		if sf.Anonymous || name == "" || name == "-" {
			continue
		}
		if _, twice := in.byName[name]; twice {
			panic("ops: two fields named " + name + " in " + t.String())
		}
		f := newField(sf, name, whole.Properties[name])
		f.In = place(sf, method)
		f.Required = slices.Contains(whole.Required, name)
		in.waits = in.waits || f.In == InPrefer
		in.upload = in.upload || isFile(f.Schema) || isNamedFile(f.Schema)
		if sf.Tag.Get("open") == "true" {
			in.open = name
		}
		in.fields = append(in.fields, f)
		in.byName[name] = nil
		if f.Schema.Default != nil {
			in.presets = append(in.presets, preset{f.index, reflect.ValueOf(f.Schema.Default).Convert(sf.Type)})
		}
	}
	for i := range in.fields {
		in.byName[in.fields[i].Name] = &in.fields[i]
	}
	in.flat = in.object(func(f *Field) bool { return f.In != InHeader })
	if in.has(InBody) {
		in.body = in.object(func(f *Field) bool { return f.In == InBody })
		if in.open != "" {
			in.body.AdditionalProperties = true
		}
	}
	return in
}

func newField(sf reflect.StructField, name string, s *Schema) Field {
	f := Field{
		Name:   name,
		Header: sf.Tag.Get("header"),
		Help:   s.Description,
		Type:   s.Type,
		Limit:  sf.Tag.Get("limit"),
		Schema: s,
		index:  sf.Index,
	}
	values := s.Enum
	if s.Items != nil {
		f.Items, values = s.Items.Type, s.Items.Enum
	}
	for _, v := range values {
		f.Enum = append(f.Enum, fmt.Sprint(v))
	}
	if s.Default != nil {
		f.Default = fmt.Sprint(s.Default)
	}
	return f
}

func place(sf reflect.StructField, method string) string {
	if in := sf.Tag.Get("in"); in != "" {
		return in
	}
	if method == http.MethodGet || method == http.MethodDelete {
		return InQuery
	}
	return InBody
}

func (in *input) has(where string) bool {
	return slices.ContainsFunc(in.fields, func(f Field) bool { return f.In == where })
}

func (in *input) names(where string) []string {
	var names []string
	for _, f := range in.fields {
		if f.In == where {
			names = append(names, f.Name)
		}
	}
	return names
}

// object is the schema of those fields that are wanted.
func (in *input) object(want func(*Field) bool) *Schema {
	s := &Schema{Type: typeObject, Properties: map[string]*Schema{}, AdditionalProperties: false}
	for i := range in.fields {
		f := &in.fields[i]
		if !want(f) {
			continue
		}
		s.Properties[f.Name] = f.Schema
		if f.Required {
			s.Required = append(s.Required, f.Name)
		}
	}
	return s
}

// setDefaults fills in the defaults of a new input.
func (in *input) setDefaults(v reflect.Value) {
	for _, p := range in.presets {
		v.Elem().FieldByIndex(p.index).Set(p.value)
	}
}

// defaults returns an input with its defaults.
func defaults[I any](in *input) I {
	var v I
	in.setDefaults(reflect.ValueOf(&v))
	return v
}

// Fields lists the operation's input in the order of its declaration.
func (o *Op) Fields() []Field {
	if o.in == nil {
		return nil
	}
	return slices.Clone(o.in.fields)
}

// Field returns the input's field of that name.
func (o *Op) Field(name string) (Field, bool) {
	if o.in == nil || o.in.byName[name] == nil {
		return Field{}, false
	}
	return *o.in.byName[name], true
}

// InputSchema is the JSON Schema of the operation's arguments as a tool takes them:
// every field but headers, in one object.
func (o *Op) InputSchema() *Schema { return o.in.flat }

// BodySchema is the JSON Schema of the body; nil where there is none.
func (o *Op) BodySchema() *Schema { return o.in.body }

// ExampleInput returns a copy of the row's example.
func (o *Op) ExampleInput() map[string]any {
	if o.Example == nil {
		return map[string]any{}
	}
	return maps.Clone(o.Example)
}

// BodyExample is the part of the row's example that is in the body.
func (o *Op) BodyExample() map[string]any {
	out := o.ExampleInput()
	maps.DeleteFunc(out, func(name string, _ any) bool {
		f, ok := o.Field(name)
		return !ok || f.In != InBody
	})
	return out
}
