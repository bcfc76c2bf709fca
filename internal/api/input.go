package api

import (
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Where a field of an input comes from over REST. Tools and commands take all of
// them flat, save headers.
const (
	inPath   = "path"
	inQuery  = "query"
	inBody   = "body"
	inHeader = "header"
	inPrefer = "prefer" // Prefer: wait=N
)

// input is what a row's input struct declares.
type input struct {
	typ    reflect.Type
	fields []field
	byName map[string]*field
	preset reflect.Value // a value with the defaults filled in
	flat   *huma.Schema  // path, query, prefer and body fields: of tools and commands
	body   *huma.Schema  // nil: no body
	paged  bool
	wait   int // index in fields of the prefer field, -1
}

// field is one field of an input.
type field struct {
	name   string
	in     string
	header string
	index  []int
	typ    reflect.Type
	schema *huma.Schema
	needed bool
}

// Paging is embedded by the input of every paged list.
type Paging struct {
	Page    int `json:"page,omitempty" in:"query" minimum:"1" maximum:"1000000" default:"1" doc:"Page number, from 1"`
	PerPage int `json:"per_page,omitempty" in:"query" minimum:"1" maximum:"100" default:"20" doc:"Items per page"`
}

// Conditional is embedded by the input of every change that can be made conditional.
type Conditional struct {
	IfMatch string `json:"if_match,omitempty" in:"header" header:"If-Match" doc:"Only if the resource still has this ETag"`
}

var pagingType = reflect.TypeFor[Paging]()

// inputOf reads the struct's tags. It panics on a row that cannot work, which
// any test of the table finds.
func inputOf(t reflect.Type, method string) *input {
	schemas := newSchemas()
	whole := schemas.Schema(t, false, "input")
	in := &input{typ: t, byName: map[string]*field{}, preset: reflect.New(t), wait: -1}
	for _, sf := range reflect.VisibleFields(t) {
		if sf.Type == pagingType {
			in.paged = true
		}
		name, _, _ := strings.Cut(sf.Tag.Get("json"), ",")
		if sf.Anonymous || name == "" || name == "-" {
			continue
		}
		f := field{name: name, in: place(sf, method), header: sf.Tag.Get("header"), index: sf.Index, typ: sf.Type, schema: resolve(schemas, whole.Properties[name])}
		f.needed = contains(whole.Required, name)
		if _, twice := in.byName[name]; twice {
			panic("api: two fields named " + name + " in " + t.String())
		}
		if f.in == inPrefer {
			in.wait = len(in.fields)
		}
		in.fields = append(in.fields, f)
		in.byName[name] = nil
		in.setDefault(f)
	}
	for i := range in.fields {
		in.byName[in.fields[i].name] = &in.fields[i]
	}
	in.flat = in.object(func(f *field) bool { return f.in != inHeader })
	if in.has(inBody) {
		in.body = in.object(func(f *field) bool { return f.in == inBody })
	}
	return in
}

func place(sf reflect.StructField, method string) string {
	if in := sf.Tag.Get("in"); in != "" {
		return in
	}
	if method == http.MethodGet || method == http.MethodDelete {
		return inQuery
	}
	return inBody
}

func (in *input) has(where string) bool {
	for _, f := range in.fields {
		if f.in == where {
			return true
		}
	}
	return false
}

// object is the schema of those fields that are wanted.
func (in *input) object(want func(*field) bool) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeObject, Properties: map[string]*huma.Schema{}, AdditionalProperties: false}
	for i := range in.fields {
		f := &in.fields[i]
		if !want(f) {
			continue
		}
		s.Properties[f.name] = f.schema
		if f.needed {
			s.Required = append(s.Required, f.name)
		}
	}
	return s
}

func (in *input) setDefault(f field) {
	if f.schema.Default == nil {
		return
	}
	v := reflect.ValueOf(f.schema.Default)
	if v.Type().ConvertibleTo(f.typ) {
		in.preset.Elem().FieldByIndex(f.index).Set(v.Convert(f.typ))
	}
}

// fresh returns a pointer to a new input with its defaults.
func (in *input) fresh() reflect.Value {
	v := reflect.New(in.typ)
	v.Elem().Set(in.preset.Elem())
	return v
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}
