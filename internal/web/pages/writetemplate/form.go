package writetemplate

import (
	"fmt"
	"net/http"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/web/ui"
)

// form is a template as it is edited.
type form struct {
	Main    ui.Fields // all but its fields and its prompt
	Rows    []row     // its fields
	Prompt  ui.Fields
	ETag    string
	Problem string
	General []string
	More    bool // a row was asked for
}

// row is the inputs for one field of the template.
type row struct {
	N      int // from 1
	Inputs ui.Fields
}

// spare is how many empty rows a new template begins with.
const spare = 2

func (f *form) value(name string) string { return f.Main.Named(name).Value }

func choices[T ~string](list []T, label func(T) string) (out []ui.Choice) {
	for _, v := range list {
		out = append(out, ui.Choice{Value: string(v), Label: label(v)})
	}
	return out
}

func emptyForm() form {
	return form{
		Main: ui.Fields{
			{
				Name: "title", Path: "title", Label: "Title", Widget: ui.WidgetText, Required: true,
				MaxLength: domain.LimitWriterTitle.Max, Placeholder: "Launch note",
			},
			{
				Name: "description", Path: "description", Label: "Description", Widget: ui.WidgetText,
				MaxLength: domain.LimitWriterDescription.Max, Help: "What it writes, in a sentence.",
			},
			{
				Name: "category", Path: "category", Label: "Category", Widget: ui.WidgetSelect,
				Options: choices(domain.WriterCategories(), domain.WriterCategory.Label),
			},
			{
				Name: "content_type", Path: "content_type", Label: "Saved as", Widget: ui.WidgetSelect,
				Options: choices(domain.ContentTypes(), func(t domain.ContentType) string { return ui.Human(string(t)) }),
			},
		},
		Prompt: ui.Fields{{
			Name: "prompt", Path: "prompt", Label: "Prompt", Widget: ui.WidgetTextArea, Rows: 12, Required: true,
			Help:        "Write {{name}} where the value of a field belongs. A line whose fields are all empty is left out.",
			Placeholder: "Write a launch note of two paragraphs.\n\nProduct: {{product}}\nWhat is new:\n{{news}}",
		}},
	}
}

func emptyRow(n int) row {
	at := fmt.Sprintf("fields.%d.", n-1)
	in := func(name, label string, most int) ui.Field {
		id := fmt.Sprintf("f%d-%s", n, name)
		return ui.Field{Name: id, Path: at + name, Label: label, Widget: ui.WidgetText, MaxLength: most}
	}
	kind := in("type", "Type", 0)
	kind.Widget = ui.WidgetSelect
	for _, t := range domain.WriterFieldType("").Values() {
		kind.Options = append(kind.Options, ui.Choice{Value: t, Label: ui.Human(t)})
	}
	options := in("options", "Options of a choice", 0)
	options.Widget, options.Rows, options.Hint = ui.WidgetLines, 2, "One per line."
	required := in("required", "Required", 0)
	required.Widget = ui.WidgetCheck
	name := in("name", "Name", domain.LimitWriterName.Max)
	name.Placeholder = "product_name"
	return row{n, ui.Fields{
		name, in("title", "Label", domain.LimitWriterTitle.Max), kind, in("help", "Help", domain.LimitWriterHelp.Max),
		in("example", "Example", domain.LimitWriterExample.Max), options, required,
	}}
}

// formOf is the form of a template that is there.
func formOf(t domain.WriterTemplate) form {
	f := emptyForm()
	for i, v := range []string{t.Title, t.Description, string(t.Category), string(t.ContentType)} {
		f.Main[i].Choose(v)
	}
	f.Prompt[0].Choose(t.Prompt)
	for i, field := range t.Fields {
		r := emptyRow(i + 1)
		values := []string{
			field.Name, field.Title, string(field.Type), field.Help, field.Example, strings.Join(field.Options, "\n"), "",
		}
		if field.Required {
			values[6] = "true"
		}
		for j := range r.Inputs {
			r.Inputs[j].Choose(values[j])
		}
		f.Rows = append(f.Rows, r)
	}
	for len(f.Rows) < spare {
		f.Rows = append(f.Rows, emptyRow(len(f.Rows)+1))
	}
	f.ETag = ui.ETag(int64(t.Version))
	return f
}

// readForm reads a posted form. Rows without a name, a label and an example are left out.
func readForm(r *http.Request) (form, error) {
	if err := ui.ReadForm(r); err != nil {
		return form{}, err
	}
	f := emptyForm()
	f.Main.Post(r.PostForm)
	f.Prompt.Post(r.PostForm)
	f.ETag, f.More = r.PostForm.Get("etag"), r.PostForm.Has("more")
	for n := 1; n <= domain.LimitWriterFields.Max+1 && r.PostForm.Has(fmt.Sprintf("f%d-name", n)); n++ {
		posted := emptyRow(n)
		posted.Inputs.Post(r.PostForm)
		if posted.Inputs[0].Value+posted.Inputs[1].Value+posted.Inputs[4].Value == "" && !f.More {
			continue
		}
		kept := emptyRow(len(f.Rows) + 1)
		for i := range kept.Inputs {
			kept.Inputs[i].Choose(posted.Inputs[i].Value)
		}
		f.Rows = append(f.Rows, kept)
	}
	if f.More && len(f.Rows) < domain.LimitWriterFields.Max {
		f.Rows = append(f.Rows, emptyRow(len(f.Rows)+1))
	}
	return f, nil
}

// template is what the form says.
func (f *form) template() domain.WriterTemplate {
	t := domain.WriterTemplate{
		Title: f.value("title"), Description: f.value("description"), Category: domain.WriterCategory(f.value("category")),
		ContentType: domain.ContentType(f.value("content_type")), Prompt: f.Prompt[0].Value,
	}
	for _, r := range f.Rows {
		v := func(i int) string { return r.Inputs[i].Value }
		field := domain.WriterField{
			Name: v(0), Title: v(1), Type: domain.WriterFieldType(v(2)), Help: v(3), Example: v(4), Required: v(6) != "",
		}
		for o := range strings.Lines(v(5)) {
			if o = strings.TrimSpace(o); o != "" {
				field.Options = append(field.Options, o)
			}
		}
		t.Fields = append(t.Fields, field)
	}
	return t
}

// blame notes what is wrong at its fields.
func (f *form) blame(e *domain.Error) {
	f.Problem = "The template was not saved. Fix these first:"
	if len(e.Fields) == 0 {
		f.General = []string{e.Message}
		return
	}
	rest := *e
	for _, fields := range f.parts() {
		left := map[string][]string{}
		one := rest
		for at, messages := range rest.Fields {
			mine := false
			for _, in := range fields {
				mine = mine || at == in.Path || strings.HasPrefix(at, in.Path+".")
			}
			if !mine {
				left[at] = messages
			}
		}
		if one.Fields = without(rest.Fields, left); len(one.Fields) > 0 {
			fields.Blame(&one)
		}
		rest.Fields = left
	}
	for _, messages := range rest.Fields {
		f.General = append(f.General, messages...)
	}
}

// parts are all inputs, in the order of the page.
func (f *form) parts() []ui.Fields {
	list := []ui.Fields{f.Main}
	for _, r := range f.Rows {
		list = append(list, r.Inputs)
	}
	return append(list, f.Prompt)
}

func without(all, some map[string][]string) map[string][]string {
	out := map[string][]string{}
	for at, messages := range all {
		if _, there := some[at]; !there {
			out[at] = messages
		}
	}
	return out
}

// Faults lists everything that is wrong, for the summary above the form.
func (f form) Faults() (list []ui.Fault) {
	for _, fields := range f.parts() {
		list = append(list, fields.Faults()...)
	}
	for _, m := range f.General {
		list = append(list, ui.Fault{Message: m})
	}
	return list
}
