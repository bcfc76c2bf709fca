package writer

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

// mostPrompt is how many characters a prompt may have with the values in it.
const mostPrompt = 40_000

// Filled is a template with the values of its fields.
type Filled struct {
	Template string // its slug
	Name     string // its title
	// Title names the text in lists: the first value.
	Title string
	// Prompt is what a model is asked, with the values marked as data.
	Prompt string
	// Values are the entries of each field that was given: one, or those of a list.
	Values map[string][]string
	// Form, Topic and Lines are what the composer makes the text of. Without a form it cannot.
	Form  string
	Topic string
	Lines []string
	// Blame is the field that a caller changes where the composer cannot use what was given.
	Blame string
}

// Support is everything that figures, quotations and links in the text may rest on.
func (f Filled) Support() []string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(f.Values)) {
		all = append(all, f.Values[name]...)
	}
	return all
}

// Fill puts values into a template. given is a JSON object of them by the names of fields: texts, and for a
// list its entries or one text with an entry on each line. The error is a VALIDATION_ERROR with all faults,
// each at the name of its field; a name that the template does not have is one.
func Fill(t domain.WriterTemplate, given json.RawMessage) (Filled, error) {
	values := map[string]any{}
	if len(given) > 0 {
		if err := json.Unmarshal(given, &values); err != nil {
			return Filled{}, domain.Errorf(domain.CodeBadRequest, "The fields could not be read").Because(err)
		}
	}
	var p domain.Problems
	out := Filled{Template: t.Slug, Name: t.Title, Values: map[string][]string{}}
	var known []string
	for _, f := range t.Fields {
		known = append(known, f.Name)
		if v := entries(&p, f, values[f.Name]); len(v) > 0 {
			out.Values[f.Name] = v
			if out.Title == "" && f.Type != domain.WriterChoice {
				out.Title = prose.Clip(prose.Line(v[0]), 120)
			}
		} else if f.Required && values[f.Name] == nil {
			p.Required(f.Name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !slices.Contains(known, name) {
			p.Unknown(clipName(name), "field", name, known)
		}
	}
	if err := p.Err(); err != nil {
		return Filled{}, err
	}
	out.Prompt = prompt(t, out.Values)
	out.compose(t)
	if n := utf8.RuneCountInString(out.Prompt); n > mostPrompt {
		p.Add(t.Fields[0].Name, "The fields have too much text together: the prompt would have %d characters, and %d are "+
			"allowed. Shorten the longest field", n, mostPrompt)
	}
	return out, p.Err()
}

// clipName keeps a name of the caller's to a length that can be read.
func clipName(s string) string { return prose.Clip(s, 64) }

// entries checks a value and returns its entries; nil where it is empty or wrong.
func entries(p *domain.Problems, f domain.WriterField, value any) []string {
	if value == nil {
		return nil
	}
	text, isText := value.(string)
	switch {
	case f.Type == domain.WriterList:
		return listEntries(p, f, value)
	case !isText:
		p.Type(f.Name, "text")
		return nil
	case strings.TrimSpace(text) == "":
		if f.Required {
			p.Required(f.Name)
		}
		return nil
	}
	var found domain.Problems
	switch f.Type {
	case domain.WriterChoice:
		if !slices.Contains(f.Options, text) {
			found.NotOneOf(f.Name, f.Options)
		}
	case domain.WriterLongText:
		domain.LimitWriterLongText.Text(&found, f.Name, text)
	default:
		domain.LimitWriterText.Text(&found, f.Name, text)
	}
	if err := found.Err(); err != nil {
		p.Merge(err)
		return nil
	}
	return []string{strings.TrimSpace(text)}
}

func listEntries(p *domain.Problems, f domain.WriterField, value any) []string {
	var list []string
	switch v := value.(type) {
	case string:
		list = strings.Split(strings.ReplaceAll(v, "\r\n", "\n"), "\n")
	case []any:
		for _, one := range v {
			s, ok := one.(string)
			if !ok {
				p.Type(f.Name, "a list of texts")
				return nil
			}
			list = append(list, s)
		}
	default:
		p.Type(f.Name, "a list of texts")
		return nil
	}
	list = slices.DeleteFunc(list, func(s string) bool { return strings.TrimSpace(s) == "" })
	var found domain.Problems
	domain.LimitWriterList.List(&found, f.Name, list)
	if f.Required && len(list) == 0 {
		found.Required(f.Name)
	}
	if err := found.Err(); err != nil {
		p.Merge(err)
		return nil
	}
	for i, s := range list {
		list[i] = strings.TrimSpace(s)
	}
	return list
}

// spaced is a placeholder with the white space before it, which goes with it where its field is empty.
var spaced = regexp.MustCompile(`([ \t]*)` + placeholder.String())

// prompt fills in a template's prompt. A line whose fields are all empty is left out; so is every second
// empty line that this leaves.
func prompt(t domain.WriterTemplate, values map[string][]string) string {
	types := map[string]domain.WriterFieldType{}
	for _, f := range t.Fields {
		types[f.Name] = f.Type
	}
	var out []string
	for line := range strings.SplitSeq(strings.ReplaceAll(t.Prompt, "\r\n", "\n"), "\n") {
		uses, empty := 0, 0
		filled := spaced.ReplaceAllStringFunc(line, func(m string) string {
			part := spaced.FindStringSubmatch(m) // the space before the placeholder, and its name
			uses++
			if len(values[part[2]]) == 0 {
				empty++
				return ""
			}
			return part[1] + marked(types[part[2]], part[2], values[part[2]])
		})
		blank := strings.TrimSpace(filled) == "" && (len(out) == 0 || out[len(out)-1] == "")
		if uses > 0 && uses == empty || blank {
			continue
		}
		out = append(out, strings.TrimRight(filled, " \t"))
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}

// marked writes a value into a prompt: a choice, whose words the template's author wrote, as it is, and
// what the caller wrote as data.
func marked(kind domain.WriterFieldType, name string, entries []string) string {
	switch kind {
	case domain.WriterChoice:
		return entries[0]
	case domain.WriterText:
		return capability.FenceLine(name, entries[0])
	case domain.WriterList:
		return capability.Fence(name, "- "+strings.Join(entries, "\n- "))
	}
	return capability.Fence(name, entries[0])
}

// compose notes what the composer gets.
func (f *Filled) compose(t domain.WriterTemplate) {
	c := t.Composition
	if c.Form == "" {
		f.Blame = "post_type"
		return
	}
	f.Form, f.Blame = c.Form, c.Lines[0]
	if c.Topic != "" {
		f.Topic = strings.Join(f.Values[c.Topic], " ")
	}
	for _, name := range c.Lines {
		for _, v := range f.Values[name] {
			f.Lines = append(f.Lines, sentences(v)...)
		}
	}
}

// sentences are the lines of a value, or the sentences of one that is a single line.
func sentences(value string) []string {
	var lines []string
	for line := range strings.SplitSeq(value, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) == 1 {
		return prose.SentenceTexts(lines[0])
	}
	return lines
}
