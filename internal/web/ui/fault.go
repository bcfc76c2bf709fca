package ui

import (
	"slices"

	"vellocity/internal/domain"
)

// Fault is one line of the summary above a form. ID and Label are empty where it belongs to
// no field.
type Fault struct{ ID, Label, Message string }

// Faults lists what is wrong with the fields, in their order.
func (fields Fields) Faults() (list []Fault) {
	for _, f := range fields {
		for _, m := range f.Errors {
			list = append(list, Fault{f.ID(), f.Label, m})
		}
	}
	return list
}

// Named returns the field of that name; the zero Field where there is none.
func (fields Fields) Named(name string) Field {
	i := slices.IndexFunc(fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}
	}
	return fields[i]
}

// FaultsOf returns the sentences of a refusal, those of its fields in the order of their names; its own where it names
// no field.
func FaultsOf(e *domain.Error) (list []string) {
	for _, path := range sortedKeys(e.Fields) {
		list = append(list, e.Fields[path]...)
	}
	if len(list) == 0 {
		list = []string{e.Message}
	}
	return list
}
