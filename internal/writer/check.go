package writer

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"vellocity/internal/domain"
)

// placeholder stands in a prompt for the value of a field.
var placeholder = regexp.MustCompile(`\{\{[ \t]*([^{}\s]*)[ \t]*\}\}`)

// Check notes everything that is wrong with a template that a workspace wants to save, each fault at
// its field, such as fields.2.name.
func Check(p *domain.Problems, t domain.WriterTemplate) {
	domain.LimitSlug.Text(p, "slug", t.Slug)
	if strings.TrimSpace(t.Slug) != "" && !IsSlug(t.Slug) {
		p.Format("slug", "lower-case letters and digits with single underscores or hyphens between them, such as launch_note")
	}
	domain.LimitWriterTitle.Text(p, "title", t.Title)
	domain.LimitWriterDescription.Text(p, "description", t.Description)
	domain.CheckEnum(p, "category", t.Category)
	domain.CheckEnum(p, "content_type", t.ContentType)
	if domain.LimitWriterFields.Count(p, "fields", len(t.Fields)) {
		names := map[string]bool{}
		for i, f := range t.Fields {
			checkField(p, fmt.Sprintf("fields.%d", i), f, names)
		}
	}
	domain.LimitWriterPrompt.Text(p, "prompt", t.Prompt)
	checkPrompt(p, t)
}

func checkField(p *domain.Problems, at string, f domain.WriterField, names map[string]bool) {
	name := at + ".name"
	domain.LimitWriterName.Text(p, name, f.Name)
	switch {
	case strings.TrimSpace(f.Name) == "":
	case !isName(f.Name):
		p.Format(name, "lower-case letters, digits and underscores, beginning with a letter, such as product_name")
	case slices.Contains(options, f.Name):
		p.Add(name, "Every template has an option named %q. Give the field another name", f.Name)
	case names[f.Name]:
		p.Twice(name, f.Name)
	}
	names[f.Name] = true
	if f.Type == "" {
		p.Required(at + ".type")
	}
	domain.CheckEnum(p, at+".type", f.Type)
	domain.LimitWriterTitle.Text(p, at+".title", f.Title)
	domain.LimitWriterHelp.Text(p, at+".help", f.Help)
	domain.LimitWriterExample.Text(p, at+".example", f.Example)
	checkOptions(p, at+".options", f)
}

func checkOptions(p *domain.Problems, at string, f domain.WriterField) {
	domain.LimitWriterOptions.List(p, at, f.Options)
	switch {
	case f.Type == domain.WriterChoice && len(f.Options) < 2:
		p.Few(at, 2, len(f.Options))
	case f.Type != domain.WriterChoice && len(f.Options) > 0:
		p.Add(at, "Only a field of the type choice has options")
	}
	seen := map[string]bool{}
	for i, o := range f.Options {
		if strings.TrimSpace(o) == "" {
			p.Blank(fmt.Sprintf("%s.%d", at, i))
		} else if seen[o] {
			p.Twice(fmt.Sprintf("%s.%d", at, i), o)
		}
		seen[o] = true
	}
}

// checkPrompt notes placeholders that name no field, fields that the prompt does not use, and braces that
// are no placeholder.
func checkPrompt(p *domain.Problems, t domain.WriterTemplate) {
	var known []string
	for _, f := range t.Fields {
		known = append(known, f.Name)
	}
	used := map[string]bool{}
	for _, m := range placeholder.FindAllStringSubmatch(t.Prompt, -1) {
		if !slices.Contains(known, m[1]) {
			p.Unknown("prompt", "field", m[1], known)
		}
		used[m[1]] = true
	}
	if rest := placeholder.ReplaceAllString(t.Prompt, ""); strings.Contains(rest, "{{") || strings.Contains(rest, "}}") {
		p.Add("prompt", "The prompt field has {{ or }} that is no placeholder. Write the name of one field between "+
			"them, such as {{product_name}}")
	}
	for i, f := range t.Fields {
		if isName(f.Name) && !used[f.Name] {
			p.Add(fmt.Sprintf("fields.%d.name", i), "The prompt does not use this field. Write {{%s}} where its value belongs",
				f.Name)
		}
	}
}
