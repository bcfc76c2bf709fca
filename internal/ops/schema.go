package ops

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"vellocity/internal/domain"
)

// Huma makes JSON Schemas from Go types; this file is the only one that knows it.

// Schema is a JSON Schema.
type Schema = huma.Schema

// Registry is what a type that describes itself makes the schemas of its parts with.
type Registry = huma.Registry

// The types of JSON Schema.
const (
	typeObject  = huma.TypeObject
	typeArray   = huma.TypeArray
	typeString  = huma.TypeString
	typeInteger = huma.TypeInteger
	typeNumber  = huma.TypeNumber
	typeBoolean = huma.TypeBoolean
)

const schemaPrefix = "#/components/schemas/"

// Schemas makes JSON Schemas from types. What a tag does not say comes from domain:
// the values of a type that lists them, and the limit that the tag limit:"name" names.
type Schemas struct {
	all   huma.Registry
	exact map[reflect.Type]bool // types whose fields have their limits
}

// NewSchemas returns an empty set of schemas.
func NewSchemas() *Schemas {
	return &Schemas{all: huma.NewMapRegistry(schemaPrefix, schemaName), exact: map[reflect.Type]bool{}}
}

// Of returns the schema of a type, which may refer to others by name. The hint names a
// type that has no name of its own.
func (s *Schemas) Of(t reflect.Type, hint string) *Schema {
	out := s.all.Schema(t, true, hint)
	s.complete(t)
	return neverNull(out)
}

// Inline returns the schema of a type with all references resolved.
func (s *Schemas) Inline(t reflect.Type) *Schema {
	root := s.all.Schema(t, false, "input")
	s.fields(t, root)
	return s.resolve(neverNull(root))
}

// Map returns the schemas by name. A caller may add its own.
func (s *Schemas) Map() map[string]*Schema { return s.all.Map() }

// Ref returns a reference to the schema of that name.
func Ref(name string) *Schema { return &Schema{Ref: schemaPrefix + name} }

// schemaName names the schema of a type: Resource[ExecutionAttributes] is "Execution".
func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if inner, ok := strings.CutPrefix(t.Name(), "Resource["); ok {
		inner = strings.TrimSuffix(inner, "]")
		return strings.TrimSuffix(inner[strings.LastIndexByte(inner, '.')+1:], "Attributes")
	}
	return huma.DefaultSchemaNamer(t, hint)
}

// neverNull makes arrays non-null: an empty list is [] on this wire.
func neverNull(s *Schema) *Schema {
	if s.Type == typeArray {
		s.Nullable = false
		neverNull(s.Items)
	}
	return s
}

// complete adds limits and values to the named schemas of a type and its parts.
func (s *Schemas) complete(t reflect.Type) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || s.exact[t] {
		return
	}
	s.exact[t] = true
	s.fields(t, s.all.Map()[schemaName(t, "")])
}

// fields adds limits and values to the schemas of a struct's fields.
func (s *Schemas) fields(t reflect.Type, whole *Schema) {
	for _, f := range reflect.VisibleFields(t) {
		s.complete(f.Type)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || whole == nil || whole.Properties[name] == nil {
			continue
		}
		p := neverNull(whole.Properties[name])
		limitField(p, f)
		listValues(p, f.Type)
		nullClears(p, f)
	}
}

// limitField applies the limit that a field's tag names.
func limitField(s *Schema, f reflect.StructField) {
	name := f.Tag.Get("limit")
	if name == "" {
		return
	}
	l, ok := domain.LimitNamed(name)
	if !ok {
		panic(fmt.Sprintf("ops: %s names the limit %q, which does not exist", f.Name, name))
	}
	switch l.Unit {
	case domain.Characters:
		s.MinLength, s.MaxLength = positive(l.Min), &l.Max
		if l.Line {
			s.Pattern = domain.LinePattern
		}
	case domain.Items:
		s.MinItems, s.MaxItems = positive(l.Min), &l.Max
		if l.Each > 0 {
			s.Items.MaxLength = &l.Each
		}
		if l.Line {
			s.Items.Pattern = domain.LinePattern
		}
	case domain.Number:
		least, most := float64(l.Min), float64(l.Max)
		s.Minimum, s.Maximum = &least, &most
	}
}

// nullClears lets a field be null where its tag null:"clears" says that null removes the
// value that it had. Anywhere else null means that the field was left out. Such a field
// is a pointer, whose verb takes the type's zero value for none.
func nullClears(s *Schema, f reflect.StructField) {
	switch f.Tag.Get("null") {
	case "":
	case "clears":
		if f.Type.Kind() != reflect.Pointer {
			panic("ops: null clears " + f.Name + ", which is no pointer")
		}
		s.Nullable = true
	default:
		panic("ops: " + f.Name + " has an unknown tag null")
	}
}

func positive(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

// enum is a type that lists its values.
type enum interface{ Values() []string }

// listValues gives a field the values of its type, unless a tag names fewer.
func listValues(s *Schema, t reflect.Type) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.Slice {
		t, s = t.Elem(), s.Items
	}
	e, ok := reflect.Zero(t).Interface().(enum)
	if !ok || s == nil || len(s.Enum) > 0 {
		return
	}
	for _, v := range e.Values() {
		s.Enum = append(s.Enum, v)
	}
}

// resolve follows references: inputs are checked without them.
func (s *Schemas) resolve(x *Schema) *Schema {
	if x == nil || x.Ref == "" {
		if x != nil {
			x.Items = s.resolve(x.Items)
			for name, p := range x.Properties {
				x.Properties[name] = s.resolve(p)
			}
		}
		return x
	}
	found := *s.all.SchemaFromRef(x.Ref)
	if x.Description != "" {
		found.Description = x.Description
	}
	for name, p := range found.Properties {
		found.Properties[name] = s.resolve(p)
	}
	return &found
}

// Object is a JSON object whose fields the table does not know: settings of a
// capability, a caller's context, the output of a step.
type Object json.RawMessage

// Schema describes any object.
func (Object) Schema(Registry) *Schema { return &Schema{Type: typeObject, AdditionalProperties: true} }

// MarshalJSON writes the object as it is, {} where there is none.
func (o Object) MarshalJSON() ([]byte, error) {
	if len(o) == 0 {
		return []byte("{}"), nil
	}
	return o, nil
}

// UnmarshalJSON keeps the object as it is.
func (o *Object) UnmarshalJSON(b []byte) error {
	*o = append((*o)[:0], b...)
	return nil
}

// Upload is a file in an input: a part of a multipart form, or a text in base64 (RFC 4648,
// section 4). A row with such a field reads bodies of up to [MaxUpload].
type Upload []byte

// fileEncoding is how a file is written in JSON.
const fileEncoding = "base64"

// Schema describes a text in base64.
func (Upload) Schema(Registry) *Schema {
	return &Schema{Type: typeString, ContentEncoding: fileEncoding}
}

// Maybe is a value that is null on the wire where there is none.
type Maybe[T any] struct{ Value *T }

// Schema describes T or null.
func (Maybe[T]) Schema(r Registry) *Schema {
	return &Schema{AnyOf: []*Schema{r.Schema(reflect.TypeFor[T](), true, ""), {Type: "null"}}}
}

// MarshalJSON writes the value or null.
func (m Maybe[T]) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	err := Encode(&b, m.Value)
	return b.Bytes(), err
}

// Decimal is an amount of money in millionths, written as a decimal number.
type Decimal int64

// Schema describes a number.
func (Decimal) Schema(Registry) *Schema { return &Schema{Type: typeNumber} }

// MarshalJSON writes the amount exactly, without trailing zeros.
func (d Decimal) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(d)/1e6, 'f', -1, 64), nil
}
