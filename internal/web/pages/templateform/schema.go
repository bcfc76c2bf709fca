package templateform

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"vellocity/internal/web/ui"
)

// The kinds of inputs. A property of any other schema is "other": all of it stands in More.
const (
	kindText    = "text"
	kindLong    = "long"
	kindNumber  = "number"
	kindInteger = "integer"
	kindBoolean = "boolean"
	kindChoice  = "choice"
	kindList    = "list"
	kindOther   = "other"
)

var kinds = []ui.Choice{
	{Value: kindText, Label: "Text"}, {Value: kindLong, Label: "Long text"}, {Value: kindNumber, Label: "Number"},
	{Value: kindInteger, Label: "Whole number"}, {Value: kindBoolean, Label: "Yes or no"},
	{Value: kindChoice, Label: "Choice"}, {Value: kindList, Label: "List of texts"},
	{Value: kindOther, Label: "Other (JSON Schema)"},
}

// defaultFor is how the default of a kind is written.
func defaultFor(kind string) textFor {
	switch kind {
	case kindNumber, kindInteger, kindBoolean:
		return forScalar
	case kindList:
		return forList
	case kindOther:
		return forJSON
	}
	return forText
}

// emptySchema is the input schema of a new template: inputs that it does not name are refused.
const emptySchema = `{"type":"object","additionalProperties":false}`

// longWidget is the x-widget of a text of several lines.
const longWidget = "textarea"

// inputsOf reads a schema into rows, in the order of the form, and the keywords that belong
// to none of them. ok is false where rows cannot show it.
func inputsOf(raw json.RawMessage) (rows []input, rest string, ok bool) {
	root, ok := object(string(raw))
	if !ok {
		return nil, "", false
	}
	properties, ok := object(string(root["properties"]))
	required, listed := stringsOf(orEmpty(root["required"]))
	if !ok || !listed || stringOf(root["type"]) != "object" {
		return nil, "", false
	}
	order, _ := stringsOf(root["x-order"]) // anything else orders nothing
	names := slices.Sorted(maps.Keys(properties))
	slices.SortStableFunc(names, func(a, b string) int {
		if by := place(order, a) - place(order, b); by != 0 {
			return by
		}
		return place(required, a) - place(required, b)
	})
	if len(names) > mostInputs {
		return nil, "", false
	}
	for _, name := range names {
		row, ok := inputOf(properties[name])
		if !ok || name == "" || strings.TrimSpace(name) != name || !oneLine(name) {
			return nil, "", false
		}
		row.Name, row.Required = name, slices.Contains(required, name)
		rows = append(rows, row)
	}
	for _, own := range []string{"type", "properties", "required", "x-order"} {
		delete(root, own)
	}
	rest = objectText(root)
	return rows, rest, sameSchema(schemaOf(rows, rest), raw)
}

func orEmpty(list json.RawMessage) json.RawMessage {
	if list == nil {
		return json.RawMessage("[]")
	}
	return list
}

// sameSchema reports whether two schemas of objects say the same: in which order they list
// what is required, and the fields of the form, is none of it.
func sameSchema(a, b json.RawMessage) bool {
	plain := func(raw json.RawMessage) json.RawMessage {
		root, _ := object(string(raw))
		required, _ := stringsOf(orEmpty(root["required"]))
		slices.Sort(required)
		root["required"] = encoded(append([]string{}, required...))
		if root["properties"] == nil {
			root["properties"] = json.RawMessage("{}")
		}
		delete(root, "x-order")
		return encoded(root)
	}
	return same(plain(a), plain(b))
}

// inputOf reads one property.
func inputOf(raw json.RawMessage) (row input, ok bool) {
	p, ok := object(string(raw))
	if !ok {
		return row, false
	}
	row.Kind = kindOf(p)
	take := func(name string) json.RawMessage {
		v := p[name]
		delete(p, name)
		return v
	}
	if s := stringOf(p["title"]); s != "" && oneLine(s) {
		row.Title = stringOf(take("title"))
	}
	if s := stringOf(p["description"]); s != "" && unchanged(s) {
		row.Help = stringOf(take("description"))
	}
	if value, has := p["default"]; has {
		if text, ok := defaultFor(row.Kind).write(value); ok && text != "" {
			row.Default = text
			take("default")
		}
	}
	switch row.Kind {
	case kindOther:
		row.More = objectText(p)
		return row, true
	case kindChoice:
		choices, _ := stringsOf(take("enum"))
		row.Choices = strings.Join(choices, "\n")
	case kindList:
		if same(p["items"], json.RawMessage(textItems)) {
			take("items")
		}
	case kindLong:
		take("x-widget")
	}
	take("type")
	row.More = objectText(p)
	return row, true
}

func oneLine(s string) bool { return unchanged(s) && !strings.Contains(s, "\n") }

const textItems = `{"type":"string"}`

// kindOf says which kind of input a property is.
func kindOf(p map[string]json.RawMessage) string {
	_, enum := p["enum"]
	switch kind := stringOf(p["type"]); {
	case kind == "string" && enum:
		choices, ok := stringsOf(p["enum"])
		if joined := strings.Join(choices, "\n"); ok && len(choices) > 0 && unchanged(joined) &&
			slices.Equal(linesOf(joined), choices) {
			return kindChoice
		}
	case enum:
	case kind == "string" && stringOf(p["x-widget"]) == longWidget:
		return kindLong
	case kind == "string":
		return kindText
	case kind == kindNumber, kind == kindInteger, kind == kindBoolean:
		return kind
	case kind == "array" && p["items"] != nil:
		items, ok := object(string(p["items"]))
		if ok && stringOf(items["type"]) == "string" {
			return kindList
		}
	}
	return kindOther
}

// schemaOf writes the schema of rows. Rows without a name are left out, and JSON that
// cannot be read.
func schemaOf(rows []input, rest string) json.RawMessage {
	root, _ := object(rest)
	if root == nil {
		root = map[string]json.RawMessage{}
	}
	properties, required, order := map[string]json.RawMessage{}, []string{}, []string{}
	for _, row := range rows {
		if row.Name == "" || slices.Contains(order, row.Name) {
			continue
		}
		properties[row.Name] = row.schema()
		order = append(order, row.Name)
		if row.Required {
			required = append(required, row.Name)
		}
	}
	root["type"], root["properties"] = encoded("object"), encoded(properties)
	if len(order) > 0 {
		root["x-order"] = encoded(order)
	}
	if len(required) > 0 {
		root["required"] = encoded(required)
	}
	return encoded(root)
}

// schema writes the property of a row.
func (row input) schema() json.RawMessage {
	p, _ := object(row.More)
	if p == nil {
		p = map[string]json.RawMessage{}
	}
	set := func(name string, value json.RawMessage) {
		if value != nil {
			p[name] = value
		}
	}
	switch row.Kind {
	case kindOther:
	case kindText, kindLong, kindChoice:
		p["type"] = encoded("string")
	case kindList:
		p["type"] = encoded("array")
		if p["items"] == nil {
			p["items"] = json.RawMessage(textItems)
		}
	default:
		p["type"] = encoded(row.Kind)
	}
	if row.Kind == kindLong {
		p["x-widget"] = encoded(longWidget)
	}
	if row.Kind == kindChoice {
		p["enum"] = encoded(append([]string{}, linesOf(row.Choices)...))
	}
	set("title", forText.read(row.Title))
	set("description", forText.read(row.Help))
	set("default", defaultFor(row.Kind).read(row.Default))
	return encoded(p)
}
