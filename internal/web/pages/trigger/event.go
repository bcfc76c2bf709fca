package trigger

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"vellocity/internal/domain"
)

// knownField is a field of an event, with a value that it has had.
type knownField struct{ Path, Kind, Example string }

// fieldsOf lists the fields of an event: those of the catalogue's example, else of the
// events of its name that have come.
func fieldsOf(name domain.EventName, past []json.RawMessage) (list []knownField) {
	found := map[string]knownField{}
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
			found[path] = knownField{path, kindOf(example), fmt.Sprint(example)}
		}
	}
	for _, path := range slices.Sorted(maps.Keys(found)) {
		list = append(list, found[path])
	}
	return list
}

func walk(found map[string]knownField, at string, value map[string]any) {
	for name, v := range value {
		path := name
		if at != "" {
			path = at + "." + name
		}
		if below, ok := v.(map[string]any); ok {
			walk(found, path, below)
			continue
		}
		f := knownField{Path: path, Kind: kindOf(v)}
		if raw, err := json.Marshal(v); err == nil && len(raw) <= 60 {
			f.Example = string(raw)
		}
		if before, has := found[path]; has && before.Kind != f.Kind {
			f.Kind = ""
		}
		found[path] = f
	}
}

// kindOf names the kind of a value; "" for one that may be anything.
func kindOf(v any) string {
	switch v.(type) {
	case string:
		return "text"
	case float64:
		return "number"
	case bool:
		return "boolean"
	case []any:
		return "list"
	}
	return ""
}

// kindsOf are the kinds of fields, by their paths.
func kindsOf(list []knownField) kinds {
	k := kinds{}
	for _, f := range list {
		k[f.Path] = f.Kind
	}
	return k
}
