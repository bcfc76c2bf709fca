package ui

import (
	"slices"
	"strings"
)

// FieldGroup is a part of a form with a title of its own, folded until something in it
// needs attention.
type FieldGroup struct {
	Title  string
	Names  string // of its fields, for its summary: "Audience, tone, brand voice"
	Fields Fields
}

// Open reports whether somebody has filled in one of the fields, or has to correct it.
func (g FieldGroup) Open() bool {
	return slices.ContainsFunc(g.Fields, func(f Field) bool { return len(f.Errors) > 0 || f.Value != f.usual })
}

// Plain returns the fields that stand in the form itself: required ones always do.
func (fields Fields) Plain() Fields {
	return slices.DeleteFunc(slices.Clone(fields), func(f Field) bool { return f.folded() })
}

// Groups returns the other fields by their group, in the order of the first field of each.
func (fields Fields) Groups() (groups []FieldGroup) {
	for _, f := range fields {
		if !f.folded() {
			continue
		}
		i := slices.IndexFunc(groups, func(g FieldGroup) bool { return g.Title == f.Group })
		if i < 0 {
			i = len(groups)
			groups = append(groups, FieldGroup{Title: f.Group})
		}
		g := &groups[i]
		g.Fields = append(g.Fields, f)
		if g.Names == "" {
			g.Names = f.Label
		} else {
			g.Names += ", " + strings.ToLower(f.Label)
		}
	}
	return groups
}

func (f Field) folded() bool { return f.Group != "" && !f.Required }
