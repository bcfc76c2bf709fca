package content

import (
	"maps"
	"slices"
	"strings"
)

// The fields of the form as errors name them: those that are always open, and those in
// the fold.
var (
	openFields = []namedField{
		{"title", "e-title", "Title"},
		{"body", "body", "Text"},
		{"reason", "e-reason", "What changed"},
	}
	metaFields = []namedField{
		{"meta_title", "e-meta_title", "Search title"},
		{"meta_description", "e-meta_description", "Search description"},
		{"slug", "e-slug", "URL slug"},
		{"keywords", "e-keywords", "Keywords"},
	}
)

type namedField struct{ path, id, label string }

// fault is one line of the summary above the form. Its ID is empty where it belongs
// to no field of the form.
type fault struct{ ID, Label, Message string }

// Wrong returns the messages about a field.
func (f form) Wrong(path string) []string {
	var list []string
	for _, at := range slices.Sorted(maps.Keys(f.Errors)) {
		if at == path || strings.HasPrefix(at, path+".") || strings.HasPrefix(at, path+"[") {
			list = append(list, f.Errors[at]...)
		}
	}
	return list
}

// MetaFaulty reports whether the fold holds a field that must be fixed.
func (f form) MetaFaulty() bool {
	return slices.ContainsFunc(metaFields, func(x namedField) bool { return len(f.Wrong(x.path)) > 0 })
}

// Faults lists everything that is wrong, in the order of the form.
func (f form) Faults() []fault {
	var list []fault
	for _, x := range slices.Concat(openFields[:2], metaFields, openFields[2:]) {
		for _, m := range f.Wrong(x.path) {
			list = append(list, fault{x.id, x.label, m})
		}
	}
	for _, at := range slices.Sorted(maps.Keys(f.Errors)) {
		for _, m := range f.Errors[at] {
			if !slices.ContainsFunc(list, func(x fault) bool { return x.Message == m }) {
				list = append(list, fault{Message: m})
			}
		}
	}
	return list
}
