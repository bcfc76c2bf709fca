package ui

import (
	"encoding/json"
	"slices"
)

// schema is the part of JSON Schema (2020-12) that settings use.
type schema struct {
	Type        schemaType        `json:"type"`
	Title       string            `json:"title"`
	Description string            `json:"description"`
	Properties  map[string]schema `json:"properties"`
	Required    []string          `json:"required"`
	Enum        []any             `json:"enum"`
	Default     any               `json:"default"`
	Examples    []any             `json:"examples"`
	Minimum     *float64          `json:"minimum"`
	Maximum     *float64          `json:"maximum"`
	MaxLength   int               `json:"maxLength"`
	Format      string            `json:"format"`
	MinItems    int               `json:"minItems"`
	MaxItems    int               `json:"maxItems"`
	Items       *schema           `json:"items"`
	Order       any               `json:"x-order"` // of a property: its place; of an object: the names in order
	Widget      string            `json:"x-widget"`
	EnumLabels  map[string]string `json:"x-labels"`
}

// schemaType reads "string" as well as ["string","null"].
type schemaType string

// UnmarshalJSON implements json.Unmarshaler.
func (t *schemaType) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*t = schemaType(one)
		return nil
	}
	var many []string
	if err := json.Unmarshal(b, &many); err != nil {
		return err
	}
	for _, name := range many {
		if name != "null" {
			*t = schemaType(name)
		}
	}
	return nil
}

// order lists the properties as the form shows them: as x-order says, else required
// ones first.
func (root schema) order() []string {
	names := sortedKeys(root.Properties)
	place := func(name string) float64 {
		if list, ok := root.Order.([]any); ok {
			if i := slices.Index(list, any(name)); i >= 0 {
				return float64(i)
			}
			return 1000
		}
		if n, ok := root.Properties[name].Order.(float64); ok {
			return n
		}
		if i := slices.Index(root.Required, name); i >= 0 {
			return 1000 + float64(i)
		}
		return 2000
	}
	slices.SortStableFunc(names, func(a, b string) int {
		if place(a) < place(b) {
			return -1
		}
		if place(a) > place(b) {
			return 1
		}
		return 0
	})
	return names
}
