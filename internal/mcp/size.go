package mcp

import (
	"bytes"
	"encoding/json"
	"fmt"
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

// fit returns the result of the tool in the size that a client can take, and what was
// left out, in words for a model; "" means nothing. The attributes that lists leave out
// by their row are not mentioned: the description of the tool speaks for them.
func (t *tool) fit(result json.RawMessage) (json.RawMessage, string, error) {
	most := mostBytes
	if t.op.Tool.Whole {
		most = mostWholeBytes
	}
	brief := t.op.Tool.Brief
	if len(brief) == 0 && len(result) <= most {
		return result, "", nil
	}
	var tree any
	d := json.NewDecoder(bytes.NewReader(result))
	d.UseNumber()
	if err := d.Decode(&tree); err != nil {
		return nil, "", fmt.Errorf("read the result of %s: %w", t.name, err)
	}
	if len(brief) > 0 {
		tree = briefly(tree, brief, false)
	}
	out := encoded(tree)
	if len(out) <= most {
		return out, "", nil
	}
	fits := func(tree any) bool { return len(encoded(tree)) <= most }
	length := largest(most, func(n int) bool { return fits(clipped(tree, n)) })
	note := fmt.Sprintf("Shortened: texts of more than %d characters are cut and end in \"…\".", max(length, shortestText))
	tree = clipped(tree, max(length, shortestText))
	if length < shortestText {
		entries := largest(most, func(n int) bool { return fits(cut(tree, n)) })
		note += fmt.Sprintf(" Lists of more than %d entries are cut.", entries)
		tree = cut(tree, entries)
	}
	return encoded(tree), note + t.wider(), nil
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
