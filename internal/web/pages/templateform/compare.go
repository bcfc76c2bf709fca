package templateform

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/web/ui"
)

// difference is a place where what is stored is not what the form says.
type difference struct{ Place, Theirs, Yours string }

// differences compares what somebody else stored with what the form would store, part by
// part. Steps are the same where their keys are.
func differences(theirs, yours domain.Template) (list []difference) {
	a, b := parts(theirs), parts(yours)
	for _, place := range slices.SortedFunc(maps.Keys(union(a, b)), byPath) {
		if a[place] != b[place] {
			list = append(list, difference{place, a[place], b[place]})
		}
	}
	return list
}

func union(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// parts are the values of a template by their places.
func parts(t domain.Template) map[string]string {
	out := map[string]string{
		"Name": t.Name, "Description": t.Description, "Category": t.Category.Label(),
	}
	schema, _ := decoded(t.InputSchema)
	flatten(out, "Inputs", schema)
	keys := make([]string, len(t.Steps))
	for i, s := range t.Steps {
		keys[i] = s.Key
		at := "Step " + s.Key
		out[at+", capability"], out[at+", condition"] = s.Capability, s.When
		after := slices.Sorted(slices.Values(s.DependsOn))
		out[at+", runs after"] = strings.Join(after, ", ")
		settings, _ := decoded(s.Settings)
		flatten(out, at, settings)
	}
	out["Order of the steps"] = strings.Join(keys, ", ")
	return out
}

// flatten adds the values below an object; lists are compared whole.
func flatten(out map[string]string, at string, value any) {
	object, ok := value.(map[string]any)
	if !ok {
		out[at] = text(value)
		return
	}
	for name, v := range object {
		flatten(out, at+", "+name, v)
	}
}

func text(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case []any:
		return ui.PrettyJSON(encoded(v))
	}
	return fmt.Sprint(value)
}
