package check

import (
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/web/ui"
)

// view is the form, and beside it what there is to say about the text.
type view struct {
	ui.Shell
	Fields    ui.Fields
	Further   bool // a field below the text is filled in or wrong
	Problem   string
	General   []string
	Result    *result    // nil: nothing was checked yet
	Judgement *judgement // nil: no model was asked
	Price     int        // credits for the model's judgement
	Refused   string     // why this person may not ask the model; "" where nothing forbids it
}

// Faults lists everything that is wrong, for the summary above the form.
func (v view) Faults() []ui.Fault {
	list := v.Fields.Faults()
	for _, m := range v.General {
		list = append(list, ui.Fault{Message: m})
	}
	return list
}

func (v *view) value(name string) string { return v.Fields.Named(name).Value }

func (v *view) choose(name, value string) {
	for i := range v.Fields {
		if v.Fields[i].Name == name {
			v.Fields[i].Choose(value)
		}
	}
}

// list returns the lines of a field that are not empty.
func (v *view) list(name string) (list []string) {
	for line := range strings.Lines(v.value(name)) {
		if line = strings.TrimSpace(line); line != "" {
			list = append(list, line)
		}
	}
	return list
}

// blame notes what is wrong at its fields.
func (v *view) blame(e *domain.Error, problem string) {
	v.Problem = problem
	fields := map[string][]string{}
	for at, messages := range e.Fields { // of the capability's settings, or of the operation
		fields[strings.TrimPrefix(at, "settings.")] = messages
	}
	rest := *e
	rest.Fields = fields
	v.General = v.Fields.Blame(&rest)
}

// fold reports whether the fields below the text must be open.
func (v *view) fold() bool {
	for _, f := range v.Fields[3:] {
		if f.Value != "" || len(f.Errors) > 0 {
			return true
		}
	}
	return false
}
