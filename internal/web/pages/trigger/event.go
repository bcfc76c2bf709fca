package trigger

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"vellocity/internal/domain"
	"vellocity/internal/expression/rows"
)

// fieldsOf lists the fields of an event: those of the catalogue's example, else of the
// events of its name that have come.
func fieldsOf(name domain.EventName, past []json.RawMessage) (list []rows.Field) {
	found := map[string]rows.Field{}
	for _, known := range domain.EventTypes() {
		if known.Name == name {
			if raw, err := json.Marshal(known.Example); err == nil {
				past = append(slices.Clone(past), raw)
			}
		}
	}
	for _, raw := range past {
		var value map[string]any
		if json.Unmarshal(raw, &value) == nil {
			walk(found, "", value)
		}
	}
	for path, example := range map[string]any{"name": string(name), "at": "2026-02-26T10:00:00Z"} {
		if _, has := found[path]; !has {
			found[path] = rows.Field{Name: path, Kind: kindOf(example), Example: fmt.Sprint(example)}
		}
	}
	for _, path := range slices.Sorted(maps.Keys(found)) {
		list = append(list, found[path])
	}
	return list
}

func walk(found map[string]rows.Field, at string, value map[string]any) {
	for name, v := range value {
		path := name
		if at != "" {
			path = at + "." + name
		}
		if below, ok := v.(map[string]any); ok {
			walk(found, path, below)
			continue
		}
		f := rows.Field{Name: path, Kind: kindOf(v)}
		if raw, err := json.Marshal(v); err == nil && len(raw) <= 60 {
			f.Example = string(raw)
		}
		if before, has := found[path]; has && before.Kind != f.Kind {
			f.Kind = rows.Anything
		}
		found[path] = f
	}
}

// kindOf is the kind of a field that has had a value.
func kindOf(v any) rows.Kind {
	switch v.(type) {
	case string:
		return rows.Text
	case float64:
		return rows.Number
	case bool:
		return rows.Switch
	case []any:
		return rows.List
	}
	return rows.Anything
}
