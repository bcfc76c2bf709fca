package templateform

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/web/ui"
)

// input is a row of the inputs editor: one property of the input schema. What a row has no
// field for stands in More, so that nothing of a schema is lost.
type input struct {
	Name, Kind, Title, Help string
	Default                 string
	Choices                 string // one per line
	More                    string // the other keywords, a JSON object
	Required                bool
}

// mostInputs is how many rows a form reads.
const mostInputs = 100

// inputName is the name of a field of a row: in-2-title.
func inputName(i int, part string) string { return "in-" + strconv.Itoa(i) + "-" + part }

// postedInputs reads the rows of a posted form, up to the first that is not there.
func postedInputs(form url.Values) (rows []input) {
	for i := range mostInputs {
		if !form.Has(inputName(i, "name")) {
			break
		}
		get := func(part string) string { return lf(form.Get(inputName(i, part))) }
		rows = append(rows, input{
			Name: strings.TrimSpace(get("name")), Kind: get("kind"), Title: get("title"), Help: get("help"),
			Default: get("default"), Choices: get("choices"), More: get("more"), Required: get("required") != "",
		})
	}
	return rows
}

// lf gives a text the line ends that it had before a browser sent it.
func lf(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// check notes what keeps rows from being a schema.
func checkInputs(p *domain.Problems, rows []input) {
	var names []string
	for i, row := range rows {
		at := func(part string) string { return "inputs." + strconv.Itoa(i) + "." + part }
		switch {
		case row.Name == "":
			p.Required(at("name"))
		case slices.Contains(names, row.Name):
			p.Twice(at("name"), row.Name)
		}
		names = append(names, row.Name)
		if row.Kind == kindChoice && len(linesOf(row.Choices)) == 0 {
			p.Required(at("choices"))
		}
		if _, ok := object(row.More); !ok {
			p.Type(at("more"), "a JSON object")
		}
		row.checkDefault(p, at("default"))
	}
}

// checkDefault notes a default of another type than the input's.
func (row input) checkDefault(p *domain.Problems, at string) {
	value := defaultFor(row.Kind).read(row.Default)
	if value == nil {
		return
	}
	v, _ := decoded(value)
	_, text := v.(string)
	_, yes := v.(bool)
	switch {
	case row.Kind == kindNumber && (text || yes):
		p.Type(at, "a number")
	case row.Kind == kindInteger && (text || yes || strings.ContainsAny(string(value), ".eE")):
		p.Type(at, "a whole number")
	case row.Kind == kindBoolean && !yes:
		p.Type(at, "true or false")
	case row.Kind == kindChoice && !slices.Contains(linesOf(row.Choices), strings.TrimSpace(row.Default)):
		p.NotOneOf(at, linesOf(row.Choices))
	}
}

// fields are the fields of a row.
func (row input) fields(i int) ui.Fields {
	field := func(part, label, help, value string, w ui.Widget) ui.Field {
		return ui.Field{
			Name: inputName(i, part), Path: "inputs." + strconv.Itoa(i) + "." + part, Label: label, Help: help,
			Value: value, Widget: w, Rows: 2,
		}
	}
	name := field("name", "Name", "How steps refer to it.", row.Name, ui.WidgetText)
	name.Required, name.Placeholder = true, "topic"
	kind := field("kind", "Type", "", row.Kind, ui.WidgetSelect)
	kind.Options = slices.Clone(kinds)
	kind.Choose(row.Kind)
	required := field("required", "Required", "", map[bool]string{true: "1"}[row.Required], ui.WidgetCheck)
	more := field("more", "Further rules", "A JSON object of JSON Schema keywords, such as {\"maxLength\": 200}.",
		row.More, ui.WidgetTextArea)
	standard := field("default", "Default", "Used where nothing is given.", row.Default, ui.WidgetText)
	if row.Kind == kindList || row.Kind == kindLong || row.Kind == kindOther || strings.Contains(row.Default, "\n") {
		standard.Widget = ui.WidgetTextArea
	}
	help := field("help", "Help", "Explains it to those who fill it in.", row.Help, ui.WidgetText)
	if strings.Contains(row.Help, "\n") {
		help.Widget = ui.WidgetTextArea
	}
	return ui.Fields{
		name, kind, field("title", "Title", "What people read. Empty: made from the name.", row.Title, ui.WidgetText),
		required, help, standard, field("choices", "Choices", "One per line, for the type Choice.", row.Choices,
			ui.WidgetTextArea), more,
	}
}
