package templateform

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/web/ui"
)

// form is a template as a person writes it: all that was typed, right or wrong.
type form struct {
	Ref                     string // the slug of the stored template; empty: a new one
	ETag, Version           string // of the state that the form began with
	Name, Slug, Description string
	Category                domain.TemplateCategory
	Inputs                  []input
	InputRest               string // what the input schema has beside its properties, a JSON object
	AsJSON                  bool   // the inputs are one JSON text, and no rows
	Schema                  string // that text
	Steps                   []step
	Dirty                   bool // it holds what is not stored
}

// formOf is the form of a template as it is stored.
func formOf(t domain.Template, find find) form {
	f := form{
		Ref: t.Slug, ETag: ui.ETag(int64(t.Version)), Version: strconv.Itoa(t.Version),
		Name: t.Name, Slug: t.Slug, Description: t.Description, Category: t.Category, Steps: stepsOf(t.Steps, find),
	}
	f.showSchema(t.InputSchema)
	return f
}

// newForm is the form of a new template: one empty step.
func newForm() form {
	f := form{Category: domain.TemplateOther, Steps: []step{{}}}
	f.showSchema(json.RawMessage(emptySchema))
	f.Inputs = []input{{Kind: kindText}}
	return f
}

// copyOf is the form of a new template that begins as another one.
func copyOf(t domain.Template, find find) form {
	f := formOf(t, find)
	f.Ref, f.ETag, f.Version = "", "", ""
	f.Name = clipped("Copy of "+t.Name, domain.LimitTemplateName.Max)
	f.Slug = clipped(t.Slug+"-copy", domain.LimitSlug.Max)
	return f
}

// showSchema shows a schema in rows, or as JSON where rows cannot show it.
func (f *form) showSchema(schema json.RawMessage) {
	rows, rest, ok := inputsOf(schema)
	f.Inputs, f.InputRest, f.AsJSON, f.Schema = rows, rest, !ok, ""
	if !ok {
		f.Inputs, f.InputRest, f.Schema = nil, "", ui.PrettyJSON(schema)
	}
}

// schema is the input schema that the form would store.
func (f form) schema() json.RawMessage {
	if f.AsJSON {
		return json.RawMessage(strings.TrimSpace(f.Schema))
	}
	return schemaOf(f.Inputs, f.InputRest)
}

// template is what the form would store.
func (f form) template(find find) domain.Template {
	return domain.Template{
		Slug: cmp.Or(f.Slug, slugOf(f.Name)), Name: f.Name, Description: f.Description, Category: f.Category,
		InputSchema: f.schema(), Steps: templateSteps(f.Steps, find),
	}
}

// readForm reads a posted form, which [ui.ReadForm] has parsed. ref is the slug of the
// stored template.
func readForm(r *http.Request, ref string, find find) form {
	v := r.PostForm
	line := func(name string) string { return strings.TrimSpace(lf(v.Get(name))) }
	f := form{
		Ref: ref, ETag: v.Get("etag"), Version: v.Get("version"),
		Name: line("name"), Slug: line("slug"), Description: line("description"),
		Category: domain.TemplateCategory(v.Get("category")), AsJSON: v.Has("schema"), Schema: lf(v.Get("schema")),
		Inputs: postedInputs(v), InputRest: lf(v.Get("in-rest")), Steps: postedSteps(v, find), Dirty: true,
	}
	if ref != "" {
		f.Slug = ref
	}
	return f
}

// check notes what keeps the form from being a template at all.
func (f form) check(p *domain.Problems) {
	if !f.AsJSON {
		checkInputs(p, f.Inputs)
		if _, ok := object(f.InputRest); !ok {
			p.Type("input_schema", "a JSON object")
		}
	}
	for i, s := range f.Steps {
		if _, ok := object(s.Rest); !ok {
			p.Type("steps."+strconv.Itoa(i)+".settings", "a JSON object")
		}
	}
}

// change does what a button of the form asks for. It returns the id of what takes the focus
// then, the place of the step that the person works on (-1: none), and what cannot be done.
func (f *form) change(do string) (focus string, at int, problem string) {
	verb, number, _ := strings.Cut(do, ":")
	i, err := strconv.Atoi(number)
	at = -1
	row := err == nil && i >= 0 && i < len(f.Inputs)
	known := err == nil && i >= 0 && i < len(f.Steps)
	switch {
	case verb == "input-add" && len(f.Inputs) < mostInputs:
		f.Inputs = append(f.Inputs, input{Kind: kindText})
		focus = inputName(len(f.Inputs)-1, "name")
	case verb == "input-remove" && row:
		f.Inputs = append(f.Inputs[:i], f.Inputs[i+1:]...)
		focus = "input-add"
	case verb == "input-up" && row && i > 0:
		f.Inputs[i-1], f.Inputs[i] = f.Inputs[i], f.Inputs[i-1]
		focus = towards("in", "up", i-1, len(f.Inputs))
	case verb == "input-down" && row && i+1 < len(f.Inputs):
		f.Inputs[i+1], f.Inputs[i] = f.Inputs[i], f.Inputs[i+1]
		focus = towards("in", "down", i+1, len(f.Inputs))
	case verb == "step-add" && len(f.Steps) < domain.LimitTemplateSteps.Max:
		f.Steps = append(f.Steps, step{Settings: map[string]string{}})
		at = len(f.Steps) - 1
		focus = stepName(at, "capability")
	case verb == "step-remove" && known:
		f.Steps = removeStep(f.Steps, i)
		focus = "step-add"
	case verb == "step-up" && known && i > 0:
		f.Steps = moveStep(f.Steps, i, i-1)
		focus, at = towards("st", "up", i-1, len(f.Steps)), i-1
	case verb == "step-down" && known && i+1 < len(f.Steps):
		f.Steps = moveStep(f.Steps, i, i+1)
		focus, at = towards("st", "down", i+1, len(f.Steps)), i+1
	case verb == "step-show" && known:
		focus, at = stepName(i, "show"), i
	case verb == "as-json":
		f.Schema, f.AsJSON = ui.PrettyJSON(f.schema()), true
	case verb == "as-rows":
		problem = f.asRows()
	}
	return focus, at, problem
}

// towards names the button that moves a row on in the same direction; the other one at the end.
func towards(kind, way string, i, n int) string {
	if i == 0 {
		way = "down"
	}
	if i == n-1 {
		way = "up"
	}
	return kind + "-" + strconv.Itoa(i) + "-" + way
}

func (f *form) asRows() (problem string) {
	rows, rest, ok := inputsOf(json.RawMessage(f.Schema))
	if !ok {
		return "Rows cannot show this schema, so it stays JSON. They show an object whose properties are objects."
	}
	f.Inputs, f.InputRest, f.AsJSON, f.Schema = rows, rest, false, ""
	return ""
}

// notSlug matches what no slug has.
var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

// slugOf makes a slug of a name: "Weekly social posts" is weekly-social-posts.
func slugOf(name string) string {
	s := strings.Trim(notSlug.ReplaceAllString(strings.ToLower(name), "-"), "-")
	return strings.Trim(clipped(s, domain.LimitSlug.Max), "-")
}

func clipped(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

// did is the button that a form was sent with; "" for the one that saves.
func did(form url.Values) string { return form.Get("do") }
