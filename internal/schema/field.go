package schema

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Type is the type of a field's value.
type Type string

// The types of JSON Schema that fields have. The empty type allows any value.
const (
	Any     Type = ""
	Text    Type = "string"
	Integer Type = "integer"
	Number  Type = "number"
	Boolean Type = "boolean"
	List    Type = "array"
	Object  Type = "object"
)

// Field is one property of an object, or the items of a list, with what the
// schema says about it.
type Field struct {
	Name     string // of the property; "" for items and for the whole schema
	Type     Type
	Nullable bool // null is allowed beside the type
	Required bool

	Title string // what people call the field
	Help  string // explains it, for people
	// Default holds where nothing is given; nil: there is none.
	Default  json.RawMessage
	Examples []json.RawMessage

	Enum   []string          // the allowed values, as text; nil: any
	Labels map[string]string // what people read for a value of Enum, from x-labels
	Widget string            // the control that a form shows, from x-widget; "" leaves the choice to the form
	Group  string            // the part of the form that the field is folded into, from x-group; "": none

	Min, Max             *float64 // of a number; nil: no bound
	MinLength, MaxLength int      // of a text, in characters; 0: no bound
	MinItems, MaxItems   int      // of a list; 0: no bound
	Unique               bool     // a list may not repeat a value
	Format               string   // "uri", "date-time", …; "" where there is none
	Pattern              string   // a regular expression; "" where there is none

	Items  *Field  // of a list; nil: anything
	Fields []Field // of an object, in the order of the form

	required []string
	order    any
	closed   bool
}

// Widgets that settings ask a form for by x-widget.
const (
	WidgetTextArea    = "textarea"     // several lines
	WidgetBrandVoice  = "brand_voice"  // a brand voice of the workspace, by its id
	WidgetContentItem = "content_item" // a content item of the workspace, by its id
	WidgetLanguage    = "language"     // a language by its name; the value is its code
)

// node is a schema as it is written.
type node struct {
	Type        json.RawMessage   `json:"type"`
	Title       string            `json:"title"`
	Description string            `json:"description"`
	Default     json.RawMessage   `json:"default"`
	Examples    []json.RawMessage `json:"examples"`
	Enum        []any             `json:"enum"`
	Minimum     *float64          `json:"minimum"`
	Maximum     *float64          `json:"maximum"`
	MinLength   int               `json:"minLength"`
	MaxLength   int               `json:"maxLength"`
	MinItems    int               `json:"minItems"`
	MaxItems    int               `json:"maxItems"`
	UniqueItems bool              `json:"uniqueItems"`
	Format      string            `json:"format"`
	Pattern     string            `json:"pattern"`
	Items       *Field            `json:"items"`
	Properties  map[string]Field  `json:"properties"`
	Required    []string          `json:"required"`
	Additional  json.RawMessage   `json:"additionalProperties"`
	Order       any               `json:"x-order"`
	Widget      string            `json:"x-widget"`
	Group       string            `json:"x-group"`
	Labels      map[string]string `json:"x-labels"`
}

// UnmarshalJSON reads a field from its schema. The schema true, which allows
// anything, gives an empty field.
func (f *Field) UnmarshalJSON(data []byte) error {
	if s := string(data); s == "true" || s == "false" {
		return nil
	}
	var n node
	if err := json.Unmarshal(data, &n); err != nil {
		return err
	}
	*f = Field{
		Title:     n.Title,
		Help:      n.Description,
		Default:   n.Default,
		Examples:  n.Examples,
		Labels:    n.Labels,
		Widget:    n.Widget,
		Group:     n.Group,
		Min:       n.Minimum,
		Max:       n.Maximum,
		MinLength: n.MinLength,
		MaxLength: n.MaxLength,
		MinItems:  n.MinItems,
		MaxItems:  n.MaxItems,
		Unique:    n.UniqueItems,
		Format:    n.Format,
		Pattern:   n.Pattern,
		Items:     n.Items,
		required:  n.Required,
		order:     n.Order,
		closed:    string(n.Additional) == "false",
	}
	for _, v := range n.Enum {
		f.Enum = append(f.Enum, fmt.Sprint(v))
	}
	f.Fields = n.fields()
	return f.readType(n.Type)
}

// readType reads "string" as well as ["string","null"].
func (f *Field) readType(raw json.RawMessage) error {
	var many []Type
	switch {
	case raw == nil:
		return nil
	case json.Unmarshal(raw, &f.Type) == nil:
		return nil
	case json.Unmarshal(raw, &many) != nil:
		return fmt.Errorf("a type must be a name or a list of names, not %s", raw)
	}
	for _, name := range many {
		if name == "null" {
			f.Nullable = true
		} else {
			f.Type = name
		}
	}
	return nil
}

// fields returns the properties in the order of the form.
func (n node) fields() []Field {
	var list []Field
	for _, name := range slices.Sorted(maps.Keys(n.Properties)) {
		f := n.Properties[name]
		f.Name, f.Required = name, slices.Contains(n.Required, name)
		list = append(list, f)
	}
	slices.SortStableFunc(list, func(a, b Field) int {
		switch at, bt := n.place(a), n.place(b); {
		case at < bt:
			return -1
		case at > bt:
			return 1
		}
		return 0
	})
	return list
}

// place is where a field stands in the form: where x-order puts it, else after
// those, required fields first.
func (n node) place(f Field) float64 {
	const unordered, optional = 1000, 2000
	if list, ok := n.Order.([]any); ok {
		if i := slices.Index(list, any(f.Name)); i >= 0 {
			return float64(i)
		}
	}
	if at, ok := f.order.(float64); ok {
		return at
	}
	if i := slices.Index(n.Required, f.Name); i >= 0 {
		return unordered + float64(i)
	}
	return optional
}

func (f *Field) index(name string) int {
	return slices.IndexFunc(f.Fields, func(x Field) bool { return x.Name == name })
}

// names returns the names of the object's fields.
func (f *Field) names() []string {
	var list []string
	for _, x := range f.Fields {
		list = append(list, x.Name)
	}
	return list
}

// example returns the first example as text; "" where there is none.
func (f *Field) example() string {
	if len(f.Examples) == 0 {
		return ""
	}
	var text string
	if json.Unmarshal(f.Examples[0], &text) == nil {
		return text
	}
	return strings.TrimSpace(string(f.Examples[0]))
}

// at returns the field at a path within the object; nil where the schema has no
// such field.
func (f *Field) at(path []string) *Field {
	for _, name := range path {
		if f.Type == List {
			f = f.Items
		} else if i := f.index(name); i >= 0 {
			f = &f.Fields[i]
		} else {
			return nil
		}
		if f == nil {
			return nil
		}
	}
	return f
}
