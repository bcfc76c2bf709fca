package template

import (
	"bytes"
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"slices"

	"vellocity/internal/domain"
)

//go:embed builtin/*.json
var files embed.FS

// file is a template as its file has it.
type file struct {
	ID          int64                   `json:"id"`
	Slug        string                  `json:"slug"`
	Name        string                  `json:"name"`
	Description string                  `json:"description"`
	Category    domain.TemplateCategory `json:"category"`
	Version     int                     `json:"version"`
	InputSchema json.RawMessage         `json:"input_schema"`
	Steps       []domain.TemplateStep   `json:"steps"`
}

// Builtin returns the templates that ship with Vellocity, in the order of their ids. A
// file that cannot be read is a fault of the program, so it panics.
func Builtin() []domain.Template {
	entries, err := files.ReadDir("builtin")
	if err != nil {
		panic(fmt.Sprintf("read the templates: %v", err))
	}
	list := make([]domain.Template, len(entries))
	for i, e := range entries {
		data, err := files.ReadFile("builtin/" + e.Name())
		if err != nil {
			panic(fmt.Sprintf("read the template %s: %v", e.Name(), err))
		}
		var f file
		d := json.NewDecoder(bytes.NewReader(data))
		d.DisallowUnknownFields()
		if err := d.Decode(&f); err != nil {
			panic(fmt.Sprintf("read the template %s: %v", e.Name(), err))
		}
		list[i] = domain.Template{
			ID: f.ID, Slug: f.Slug, Name: f.Name, Description: f.Description, Category: f.Category,
			InputSchema: f.InputSchema, Steps: f.Steps, IsBuiltin: true, Version: f.Version,
		}
	}
	slices.SortFunc(list, func(a, b domain.Template) int { return cmp.Compare(a.ID, b.ID) })
	return list
}
