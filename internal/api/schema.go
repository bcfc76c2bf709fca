package api

import (
	"encoding/json"
	"maps"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

const schemaPrefix = "#/components/schemas/"

var arraysAreNeverNull = sync.OnceFunc(func() { huma.DefaultArrayNullable = false })

// newSchemas returns an empty registry of schemas. Arrays are never null on our
// wire: an empty list is [].
func newSchemas() huma.Registry {
	arraysAreNeverNull()
	return huma.NewMapRegistry(schemaPrefix, schemaName)
}

// schemaName names the schema of a type in the OpenAPI document:
// Resource[ExecutionAttributes] is "Execution".
func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name := t.Name()
	if t == reflect.TypeFor[price]() {
		return "Money"
	}
	if inner, ok := strings.CutPrefix(name, "Resource["); ok {
		inner = strings.TrimSuffix(inner, "]")
		return strings.TrimSuffix(inner[strings.LastIndexByte(inner, '.')+1:], "Attributes")
	}
	return huma.DefaultSchemaNamer(t, hint)
}

// resolve follows a reference within the registry; inputs are checked without
// references.
func resolve(r huma.Registry, s *huma.Schema) *huma.Schema {
	if s == nil || s.Ref == "" {
		if s != nil && s.Items != nil {
			s.Items = resolve(r, s.Items)
		}
		return s
	}
	found := *r.SchemaFromRef(s.Ref)
	if s.Description != "" {
		found.Description = s.Description
	}
	for name, p := range found.Properties {
		found.Properties[name] = resolve(r, p)
	}
	return &found
}

// Object is a JSON object whose fields the table does not know: settings of a
// capability, a caller's context, the output of a step.
type Object json.RawMessage

// Schema describes any object.
func (Object) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}
}

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

// Maybe is a value that is null on the wire where there is none.
type Maybe[T any] struct{ Value *T }

// Schema describes T or null.
func (Maybe[T]) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{AnyOf: []*huma.Schema{r.Schema(reflect.TypeFor[T](), true, ""), {Type: "null"}}}
}

// MarshalJSON writes the value or null.
func (m Maybe[T]) MarshalJSON() ([]byte, error) { return json.Marshal(m.Value) }

// Decimal is an amount of money in millionths, written as a decimal number.
type Decimal int64

// Schema describes a number.
func (Decimal) Schema(huma.Registry) *huma.Schema { return &huma.Schema{Type: huma.TypeNumber} }

// MarshalJSON writes the amount exactly, without trailing zeros.
func (d Decimal) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(d)/1e6, 'f', -1, 64), nil
}

// instant is a time that is null where it has not come yet.
func instant(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// list returns an empty list in place of none, so that the wire has [].
func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

// portable turns a schema into plain JSON Schema 2020-12 for tools: references
// written out, and no list of types, which some clients cannot read. Deeper than
// depth levels it says only what type a thing is; short leaves out descriptions.
func portable(r huma.Registry, s *huma.Schema, depth int, short bool) map[string]any {
	if s.Ref != "" {
		s = r.SchemaFromRef(s.Ref)
	}
	if s.Nullable {
		plain := *s
		plain.Nullable = false
		return map[string]any{"anyOf": []any{portable(r, &plain, depth, short), map[string]any{"type": "null"}}}
	}
	if len(s.AnyOf) > 0 {
		var options []any
		for _, o := range s.AnyOf {
			options = append(options, portable(r, o, depth, short))
		}
		return map[string]any{"anyOf": options}
	}
	out := scalars(s, short)
	switch {
	case s.Type == huma.TypeArray && s.Items != nil && depth > 0:
		out["items"] = portable(r, s.Items, depth-1, short)
	case s.Type == huma.TypeObject && s.Properties != nil && depth > 0:
		props := map[string]any{}
		for name, p := range s.Properties {
			props[name] = portable(r, p, depth-1, short)
		}
		out["properties"] = props
		if len(s.Required) > 0 {
			out["required"] = s.Required
		}
		if s.AdditionalProperties == false && !short {
			out["additionalProperties"] = false
		}
	}
	return out
}

// scalars copies what a schema says about one value.
func scalars(s *huma.Schema, short bool) map[string]any {
	all := map[string]any{}
	if s.Type != "" {
		all["type"] = s.Type
	}
	if short {
		return all
	}
	set := func(name string, v any, is bool) {
		if is {
			all[name] = v
		}
	}
	set("description", s.Description, s.Description != "")
	set("enum", s.Enum, len(s.Enum) > 0)
	set("default", s.Default, s.Default != nil)
	set("format", s.Format, s.Format != "" && s.Format != "int64" && s.Format != "double")
	set("minimum", s.Minimum, s.Minimum != nil)
	set("maximum", s.Maximum, s.Maximum != nil)
	set("minLength", s.MinLength, s.MinLength != nil)
	set("maxLength", s.MaxLength, s.MaxLength != nil)
	set("minItems", s.MinItems, s.MinItems != nil)
	set("maxItems", s.MaxItems, s.MaxItems != nil)
	set("uniqueItems", true, s.UniqueItems)
	return maps.Clone(all)
}
