// Package writer has the writer templates: forms of a few fields, each with a prompt that writes one
// text from them. Those that ship with Vellocity are files in builtin/; a workspace's own are checked
// here as they are saved, and both are filled in here. What a caller gives for a field is data for a
// model, never an instruction, and is marked as such in the prompt. Where a template says how, the
// composer makes the text of the caller's own sentences.
package writer

import (
	"bytes"
	"cmp"
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"vellocity/internal/domain"
)

//go:embed builtin/*.yaml
var files embed.FS

// file is a template as its file has it.
type file struct {
	ID          int64                    `yaml:"id"`
	Slug        string                   `yaml:"slug"`
	Title       string                   `yaml:"title"`
	Description string                   `yaml:"description"`
	Category    domain.WriterCategory    `yaml:"category"`
	ContentType domain.ContentType       `yaml:"content_type"`
	Fields      []domain.WriterField     `yaml:"fields"`
	Prompt      string                   `yaml:"prompt"`
	Composition domain.WriterComposition `yaml:"composition"`
}

// Builtin returns the templates that ship with Vellocity, in the order of their ids. A file that
// cannot be read is a fault of the program, so it panics.
func Builtin() []domain.WriterTemplate { return slices.Clone(builtin()) }

// builtin reads the files once: a call that is refused looks at them again.
var builtin = sync.OnceValue(read)

func read() []domain.WriterTemplate {
	entries, err := files.ReadDir("builtin")
	if err != nil {
		panic(fmt.Sprintf("read the writer templates: %v", err))
	}
	list := make([]domain.WriterTemplate, len(entries))
	for i, e := range entries {
		data, err := files.ReadFile("builtin/" + e.Name())
		if err != nil {
			panic(fmt.Sprintf("read the writer template %s: %v", e.Name(), err))
		}
		var f file
		d := yaml.NewDecoder(bytes.NewReader(data))
		d.KnownFields(true)
		if err := d.Decode(&f); err != nil {
			panic(fmt.Sprintf("read the writer template %s: %v", e.Name(), err))
		}
		list[i] = domain.WriterTemplate{
			ID: f.ID, Slug: f.Slug, Title: f.Title, Description: f.Description, Category: f.Category,
			ContentType: f.ContentType, Fields: f.Fields, Prompt: f.Prompt, Composition: f.Composition,
			IsBuiltin: true, Version: 1,
		}
	}
	slices.SortFunc(list, func(a, b domain.WriterTemplate) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

// options are the names that a request for a text has beside the fields of its template. No field has
// one of these.
var options = []string{
	"post_type", "fields", "maximum_length", "number_of_results", "creativity", "language", "tone_of_voice",
	"tone_of_voice_custom", "brand_voice_id", "message_id", "prompt",
}

// isName reports whether a text can be the name of a field: a lower-case letter, then lower-case
// letters, digits and underscores.
func isName(s string) bool {
	return s != "" && s[0] >= 'a' && s[0] <= 'z' && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// IsSlug reports whether a text can be the slug of a template: lower-case letters and digits, with
// single underscores or hyphens between them, beginning with a letter.
func IsSlug(s string) bool {
	if s == "" || s[0] < 'a' || s[0] > 'z' || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_-") != "" {
		return false
	}
	parts := strings.Split(strings.ReplaceAll(s, "-", "_"), "_")
	return !slices.Contains(parts, "")
}
