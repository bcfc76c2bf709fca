package mcp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sort"
	"unicode/utf8"

	"vellocity/internal/ops"
)

// The size in bytes beyond which a result is shortened. It is sent twice, as text and as
// structured content, and clients keep 25,000 tokens of an answer at most.
const (
	mostBytes      = 10_000 // lists, and what is said about a thing
	mostWholeBytes = 40_000 // a text that the call is for: [ops.Tool.Whole]
)

// shortestText is the length in code points down to which texts are cut before lists are.
const shortestText = 100

// fit returns the result of the tool in the size that a client can take, with a note
// about what was left out. What a list leaves out by its row is not noted: the schema of
// the result says it.
func (t *tool) fit(result json.RawMessage) (json.RawMessage, error) {
	most := mostBytes
	if t.op.Tool.Whole {
		most = mostWholeBytes
	}
	brief := t.op.Tool.Brief
	if len(brief) == 0 && len(result) <= most {
		return result, nil
	}
	var tree map[string]any
	d := json.NewDecoder(bytes.NewReader(result))
	d.UseNumber()
	if err := d.Decode(&tree); err != nil {
		return nil, fmt.Errorf("read the result of %s: %w", t.name, err)
	}
	if len(brief) > 0 {
		tree["data"] = briefly(tree["data"], brief, false)
	}
	if out := encoded(tree); len(out) <= most {
		return out, nil
	}
	return encoded(t.shortened(tree, most-longestNote)), nil
}

// longestNote bounds the note in bytes.
const longestNote = 300

// shortened cuts texts, and then lists, until the result has most bytes.
func (t *tool) shortened(tree map[string]any, most int) any {
	fits := func(tree any) bool { return len(encoded(tree)) <= most }
	length := largest(most, func(n int) bool { return fits(clipped(tree, n)) })
	characters := max(length, shortestText)
	note := fmt.Sprintf("Shortened: texts of more than %d characters are cut and end in \"…\".", characters)
	out := clipped(tree, characters)
	if length < shortestText {
		entries := largest(most, func(n int) bool { return fits(cut(out, n)) })
		note += fmt.Sprintf(" Lists of more than %d entries are cut.", entries)
		out = cut(out, entries)
	}
	if whole, ok := out.(map[string]any); ok {
		whole["note"] = note + t.wider()
	}
	return out
}

// largest returns the largest n up to most that fits; 0 if none does.
func largest(most int, fits func(n int) bool) int {
	return most - sort.Search(most, func(i int) bool { return fits(most - i) })
}

// wider says how to see what was left out.
func (t *tool) wider() string {
	for _, f := range t.op.Fields() {
		if slices.Contains([]string{"page", "per_column"}, f.Name) {
			return " Ask for fewer at a time, or for one of them by its id."
		}
	}
	return ""
}

// encoded writes a tree as JSON.
func encoded(tree any) json.RawMessage {
	var b bytes.Buffer
	_ = ops.Encode(&b, tree) // what was read from JSON can be written
	return bytes.TrimSpace(b.Bytes())
}

// briefly keeps the named attributes of the resources that stand in lists, and drops
// their links.
func briefly(tree any, keep []string, listed bool) any {
	switch v := tree.(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = briefly(v[i], keep, true)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		attributes, resource := v["attributes"].(map[string]any)
		if !listed || !resource {
			for name := range v {
				out[name] = briefly(v[name], keep, listed)
			}
			return out
		}
		kept := map[string]any{}
		for _, name := range keep {
			if value := attributes[name]; value != nil {
				kept[name] = value
			}
		}
		return map[string]any{"type": v["type"], "id": v["id"], "attributes": kept}
	}
	return tree
}

// briefSchema is the schema of what [briefly] keeps.
func briefSchema(schema any, keep []string, listed bool) any {
	object, ok := schema.(map[string]any)
	if !ok {
		return schema
	}
	out := maps.Clone(object)
	if items, ok := object["items"]; ok {
		out["items"] = briefSchema(items, keep, true)
	}
	if either, ok := object["anyOf"].([]any); ok { // a resource, or null
		each := make([]any, len(either))
		for i := range either {
			each[i] = briefSchema(either[i], keep, listed)
		}
		out["anyOf"] = each
	}
	props, ok := object["properties"].(map[string]any)
	if !ok {
		return out
	}
	attributes, resource := props["attributes"].(map[string]any)
	if !listed || !resource {
		inside := map[string]any{}
		for name := range props {
			inside[name] = briefSchema(props[name], keep, listed)
		}
		out["properties"] = inside
		return out
	}
	all, _ := attributes["properties"].(map[string]any)
	kept := map[string]any{}
	for _, name := range keep {
		if p, ok := all[name]; ok {
			kept[name] = p
		}
	}
	out["properties"] = map[string]any{
		"type":       props["type"],
		"id":         props["id"],
		"attributes": map[string]any{"type": "object", "properties": kept},
	}
	out["required"] = []string{"type", "id", "attributes"}
	return out
}

// clipped cuts every text to so many code points.
func clipped(tree any, length int) any {
	return mapped(tree, func(v any) any {
		s, ok := v.(string)
		if !ok || len(s) <= length || utf8.RuneCountInString(s) <= length {
			return v
		}
		return string([]rune(s)[:max(length-1, 0)]) + "…"
	})
}

// cut cuts every list to so many entries.
func cut(tree any, length int) any {
	return mapped(tree, func(v any) any {
		if l, ok := v.([]any); ok && len(l) > length {
			return l[:length]
		}
		return v
	})
}

// mapped returns a copy of the tree with f applied to every value, outer ones first.
func mapped(tree any, f func(any) any) any {
	switch v := f(tree).(type) {
	case []any:
		out := make([]any, len(v))
		for i := range v {
			out[i] = mapped(v[i], f)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for name := range v {
			out[name] = mapped(v[name], f)
		}
		return out
	default:
		return v
	}
}
