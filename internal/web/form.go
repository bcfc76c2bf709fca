package web

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/domain"
)

// schema is the part of JSON Schema (2020-12) that settings are described with.
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

// field is one input of a form that is built from a schema.
type field struct {
	Name, Path   string // Path is settings.topic, as errors name it
	Label, Help  string
	Kind         string // text, area, select, radio, number, check, lines, checks, json
	Type         schemaType
	Value        string
	Options      []choice
	Required     bool
	Min, Max     string
	Step         string
	MaxLength    int
	Placeholder  string
	Errors       []string
	Hint         string // limits in words
	Rows         int
	integerItems bool
}

// ID is the field's id in the page.
func (f field) ID() string { return "f-" + f.Name }

// Described lists the ids of what explains the field.
func (f field) Described() string {
	var ids []string
	if f.Help != "" || f.Hint != "" {
		ids = append(ids, f.ID()+"-help")
	}
	if len(f.Errors) > 0 {
		ids = append(ids, f.ID()+"-error")
	}
	return strings.Join(ids, " ")
}

// Invalid is what aria-invalid says.
func (f field) Invalid() string { return strconv.FormatBool(len(f.Errors) > 0) }

// fieldsOf builds the fields of a settings schema in their order, required ones
// first where the schema gives none.
func fieldsOf(raw json.RawMessage) ([]field, error) {
	var root schema
	if len(raw) == 0 {
		return nil, nil
	}
	if err := json.Unmarshal(raw, &root); err != nil {
		return nil, err
	}
	var fields []field
	for _, name := range root.order() {
		f := fieldOf(name, root.Properties[name])
		f.Required = slices.Contains(root.Required, name)
		fields = append(fields, f)
	}
	return fields, nil
}

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

func fieldOf(name string, s schema) field {
	f := field{Name: name, Path: "settings." + name, Label: s.Title, Help: s.Description, Type: s.Type, MaxLength: s.MaxLength,
		Kind: kindOf(s), Value: valueText(s.Default), Hint: limitsOf(s), Rows: 3}
	if f.Label == "" {
		f.Label = human(name)
	}
	if len(s.Examples) > 0 {
		f.Placeholder = valueText(s.Examples[0])
	}
	if strings.Contains(strings.ToLower(f.Help), "per line") {
		f.Hint = strings.Replace(strings.TrimPrefix(f.Hint, "One per line, "), "up to", "Up to", 1)
	}
	f.Min, f.Max = numberText(s.Minimum), numberText(s.Maximum)
	f.Step = "any"
	if s.Type == "integer" {
		f.Step = "1"
	}
	enum := s.Enum
	if s.Items != nil {
		f.integerItems = s.Items.Type == "integer"
		enum = append(enum, s.Items.Enum...)
	}
	if f.Kind == "select" {
		f.Options = append(f.Options, choice{Value: "", Label: "Choose…", On: f.Value == ""})
	}
	labels := s.EnumLabels
	if s.Items != nil && labels == nil {
		labels = s.Items.EnumLabels
	}
	for _, v := range enum {
		text := valueText(v)
		label := labels[text]
		if label == "" {
			label = human(text)
		}
		f.Options = append(f.Options, choice{Value: text, Label: label})
	}
	f.choose(f.Value)
	return f
}

func kindOf(s schema) string {
	switch {
	case s.Type == "boolean":
		return "check"
	case len(s.Enum) > 0 && len(s.Enum) <= 4:
		return "radio"
	case len(s.Enum) > 0:
		return "select"
	case s.Type == "number", s.Type == "integer":
		return "number"
	case s.Type == "array" && s.Items != nil && len(s.Items.Enum) > 0:
		return "checks"
	case s.Type == "array" && s.Items != nil && (s.Items.Type == "string" || s.Items.Type == "integer"):
		return "lines"
	case s.Format == "uri":
		return "text"
	case s.Type == "string" && (s.MaxLength > 300 || s.Widget == "textarea"):
		return "area"
	case s.Type == "string":
		return "text"
	}
	return "json"
}

// limitsOf says in words what a schema bounds.
func limitsOf(s schema) string {
	lo, hi := numberText(s.Minimum), numberText(s.Maximum)
	switch {
	case lo != "" && hi != "":
		return "From " + lo + " to " + hi + "."
	case lo != "":
		return "At least " + lo + "."
	case hi != "":
		return "At most " + hi + "."
	case s.Type == "array" && s.Items != nil && len(s.Items.Enum) == 0 && s.MaxItems > 0:
		return "One per line, up to " + strconv.Itoa(s.MaxItems) + "."
	case s.Type == "array" && s.Items != nil && len(s.Items.Enum) == 0:
		return "One per line."
	case s.MaxLength > 0 && s.MaxLength < 5000:
		return "Up to " + groupDigits(s.MaxLength) + " characters."
	}
	return ""
}

func numberText(n *float64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatFloat(*n, 'f', -1, 64)
}

// valueText shows a JSON value the way its field holds it; a list has one entry
// per line.
func valueText(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case []any:
		lines := make([]string, len(x))
		for i, e := range x {
			lines[i] = valueText(e)
		}
		return strings.Join(lines, "\n")
	case map[string]any:
		b, err := json.MarshalIndent(x, "", "  ")
		if err != nil {
			return ""
		}
		return string(b)
	}
	if text := plainValue(v); v != false {
		return text
	}
	return ""
}

// choose puts a value into the field and marks its option.
func (f *field) choose(value string) {
	f.Value = value
	values := []string{value}
	if f.Kind == "checks" {
		values = strings.Split(value, "\n")
	}
	for i := range f.Options {
		f.Options[i].On = slices.Contains(values, f.Options[i].Value)
	}
}

// fill puts recorded settings into the fields.
func fill(fields []field, settings json.RawMessage) {
	var values map[string]any
	if json.Unmarshal(settings, &values) != nil {
		return
	}
	for i := range fields {
		if v, ok := values[fields[i].Name]; ok {
			fields[i].choose(valueText(v))
		}
	}
}

// post puts a posted form into the fields.
func post(fields []field, form url.Values) {
	for i := range fields {
		value := strings.Join(form[fields[i].Name], "\n")
		fields[i].choose(strings.TrimSpace(strings.ReplaceAll(value, "\r\n", "\n")))
	}
}

// settingsOf turns the fields into the settings object, empty ones left out. A
// value that is not of its type is noted at its field.
func settingsOf(fields []field) (map[string]any, bool) {
	settings, good := map[string]any{}, true
	for i := range fields {
		f := &fields[i]
		v, problem := f.json()
		if problem != "" {
			f.Errors = append(f.Errors, problem)
			good = false
		}
		if v != nil {
			settings[f.Name] = v
		}
	}
	return settings, good
}

func (f *field) json() (value any, problem string) {
	if f.Value == "" {
		return nil, ""
	}
	switch f.Kind {
	case "check":
		return f.Value != "false", ""
	case "lines", "checks":
		return f.list()
	case "json":
		var v any
		if json.Unmarshal([]byte(f.Value), &v) != nil {
			return nil, "This is not valid JSON."
		}
		return v, ""
	}
	if f.Type == "integer" || f.Type == "number" {
		n, err := strconv.ParseFloat(f.Value, 64)
		if err != nil || (f.Type == "integer" && n != float64(int64(n))) {
			return nil, "Give a " + map[bool]string{true: "whole number", false: "number"}[f.Type == "integer"] + "."
		}
		return n, ""
	}
	return f.Value, ""
}

func (f *field) list() (value any, problem string) {
	list := []any{}
	for _, line := range strings.Split(f.Value, "\n") {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if !f.integerItems {
			list = append(list, line)
			continue
		}
		n, err := strconv.Atoi(line)
		if err != nil {
			return nil, "Give one whole number per line."
		}
		list = append(list, n)
	}
	return list, ""
}

// blame puts the server's messages at their fields and returns those that belong
// to none.
func blame(fields []field, e *domain.Error) []string {
	var rest []string
	for _, path := range sortedKeys(e.Fields) {
		i := slices.IndexFunc(fields, func(f field) bool {
			return path == f.Path || strings.HasPrefix(path, f.Path+".") || strings.HasPrefix(path, f.Path+"[")
		})
		if i < 0 {
			rest = append(rest, e.Fields[path]...)
			continue
		}
		fields[i].Errors = append(fields[i].Errors, e.Fields[path]...)
	}
	if len(e.Fields) == 0 {
		rest = append(rest, e.Message)
	}
	return rest
}

// plainValue writes a single JSON value; objects and lists give nothing.
func plainValue(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(x)
	}
	return ""
}
