package domain

import (
	"encoding/json"
	"slices"
)

// Support is what the statements of an item may rest on, beside what the execution that wrote it was given.
type Support struct {
	Facts   []string `json:"facts"`
	Sources []string `json:"sources"`
	Links   []string `json:"links"` // addresses that the text may link to
	// Brief has every text of the settings of the execution that wrote the item.
	Brief []string `json:"brief,omitempty"`
}

// Given returns what people have said that the text may rest on; nil if nobody said anything.
func (s Support) Given() []string { return slices.Concat(s.Facts, s.Sources, s.Links) }

// Strings returns every string in a JSON value, sorted.
func Strings(j json.RawMessage) []string {
	var v any
	if json.Unmarshal(j, &v) != nil {
		return nil
	}
	all := appendStrings(nil, v)
	slices.Sort(all)
	return all
}

func appendStrings(all []string, v any) []string {
	switch v := v.(type) {
	case string:
		all = append(all, v)
	case []any:
		for _, x := range v {
			all = appendStrings(all, x)
		}
	case map[string]any:
		for _, x := range v {
			all = appendStrings(all, x)
		}
	}
	return all
}
