package rules

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/rule"
	"vellocity/internal/web/ui"
)

// leastRows is how many rows the form has at least, spareRows how many empty ones, and
// mostRows how many it reads.
const (
	leastRows = 4
	spareRows = 2
	mostRows  = 20
)

// The ways to write the condition.
const (
	asRows = "rows"
	asText = "text"
)

// form is the form of a rule, with what is stored or what a person wrote.
type form struct {
	ID        int64  // 0: a new one
	Stored    string // its name as it is stored
	Owner     string
	Action    string
	ETag      string
	Problem   string
	General   []string // what is wrong and belongs to no field
	Fields    ui.Fields
	Rows      []row
	RowErrors []string // what is wrong with the rows
	when      string
}

// row is one line of the condition.
type row struct {
	rule.Row
	N     int // from 1
	Error string
}

// Names lists the facts to choose from.
func (form) Names() []rule.Field { return rule.Fields() }

// Operators lists the ways to compare.
func (form) Operators() []rule.Operator { return rule.Operators() }

// Values lists what may be chosen as a value.
func (form) Values() (list []string) {
	for _, f := range rule.Fields() {
		list = append(list, f.Values...)
	}
	return append(list, "true", "false")
}

func formOf(b domain.BoardRule) form {
	f := form{
		ID: b.ID, Stored: b.Name, Owner: b.OwnerName, Action: path + "/new", ETag: ui.ETag(b.Revision()), when: b.When,
	}
	if b.ID != 0 {
		f.Action = pathOf(b.ID)
	}
	targets := []ui.Choice{}
	for _, s := range domain.BoardRuleTargets() {
		targets = append(targets, ui.Choice{Value: string(s), Label: s.Label()})
	}
	f.Fields = ui.Fields{
		{
			Name: "name", Path: "name", Label: "Name", Widget: ui.WidgetText, Required: true,
			MaxLength: domain.LimitRuleName.Max, Placeholder: "Clean social posts",
		},
		{Name: "mode", Label: "Condition", Widget: ui.WidgetRadio, Options: []ui.Choice{
			{Value: asRows, Label: "Rows"}, {Value: asText, Label: "Text"},
		}},
		{
			Name: "when", Path: "when", Label: "Condition as text", Widget: ui.WidgetTextArea, Rows: 4,
			MaxLength:   domain.LimitRuleCondition.Max,
			Placeholder: `content_type == "social_post" and findings.warning == 0`,
			Help: "An expression without braces. Use and, or, not, and ?? for what may not be known: " +
				"(scores.seo ?? 0) >= 80.",
		},
		{Name: "move_to", Path: "move_to", Label: "Move to", Widget: ui.WidgetRadio, Options: targets,
			Help: "Ready approves the version. Published publishes it on the feed and on the channels that take it."},
		{Name: "order", Path: "order", Label: "Order", Widget: ui.WidgetNumber, Min: "1",
			Max: strconv.Itoa(domain.LimitRuleOrder.Max), Step: "1",
			Help: "Rules are asked from the lowest number up, and the first yes decides. Empty: last."},
		{Name: "enabled", Path: "enabled", Label: "On", Widget: ui.WidgetCheck},
	}
	f.at("name").Choose(b.Name)
	f.at("when").Choose(b.When)
	f.at("move_to").Choose(string(b.MoveTo))
	if b.Order > 0 {
		f.at("order").Choose(strconv.Itoa(b.Order))
	}
	if b.Enabled {
		f.at("enabled").Choose("true")
	}
	rows, ok := rule.ReadRows(b.When)
	mode := asText
	if ok || b.When == "" {
		mode = asRows
	}
	f.at("mode").Choose(mode)
	f.setRows(rows)
	return f
}

// setRows sets the rows, with empty ones after them.
func (f *form) setRows(rows []rule.Row) {
	f.Rows = nil
	for i := range min(max(leastRows, len(rows)+spareRows), mostRows) {
		r := row{N: i + 1, Row: rule.Row{Operator: ">="}}
		if i < len(rows) {
			r.Row = rows[i]
		}
		f.Rows = append(f.Rows, r)
	}
}

func (f *form) at(name string) *ui.Field {
	return &f.Fields[slices.IndexFunc(f.Fields, func(x ui.Field) bool { return x.Name == name })]
}

// Text reports whether the condition is written as text.
func (f form) Text() bool { return f.Fields.Named("mode").Value == asText }

func (f form) moveTo() domain.ItemStatus { return domain.ItemStatus(f.Fields.Named("move_to").Value) }

// post reads a posted form.
func (f *form) post(values url.Values) {
	f.Fields.Post(values)
	f.ETag = values.Get("etag")
	if f.Text() {
		f.when = f.Fields.Named("when").Value
		return
	}
	f.at("mode").Choose(asRows)
	var rows []rule.Row
	for n := 1; n <= mostRows && values.Has(numbered("field", n)); n++ {
		r := rule.Row{
			Field: values.Get(numbered("field", n)), Operator: values.Get(numbered("operator", n)),
			Value: values.Get(numbered("value", n)),
		}
		if r.Field != "" {
			rows = append(rows, r)
		}
	}
	f.setRows(rows)
	var p domain.Problems
	f.when = rule.Write(&p, "rows", rows)
	if e := domain.AsError(p.Err()); p.Err() != nil {
		for i := range rows {
			for _, message := range e.Fields["rows."+strconv.Itoa(i)] {
				f.Rows[i].Error = message + "."
				f.RowErrors = append(f.RowErrors, f.Rows[i].Error)
			}
		}
	}
	f.at("when").Choose(f.when)
}

func numbered(name string, n int) string { return name + "-" + strconv.Itoa(n) }

// edit is what the form would store.
func (f form) edit() (content.BoardRuleEdit, error) {
	value := func(name string) string { return f.Fields.Named(name).Value }
	name, to, on := value("name"), f.moveTo(), value("enabled") != ""
	e := content.BoardRuleEdit{Name: &name, When: &f.when, MoveTo: &to, Enabled: &on}
	var p domain.Problems
	if text := value("order"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			p.Type("order", "a whole number")
		}
		e.Order = &n
	}
	if len(f.RowErrors) > 0 {
		p.Add("rows", "%s", strings.TrimSuffix(f.RowErrors[0], "."))
	}
	return e, p.Err()
}

// blame puts what is wrong at the fields that it is about.
func (f *form) blame(e *domain.Error) {
	if !f.Text() && len(f.RowErrors) == 0 {
		for _, message := range e.Fields["when"] {
			if f.when == "" {
				message = "Add at least one row"
			}
			f.RowErrors = append(f.RowErrors, message+".")
		}
	}
	for _, message := range f.Fields.Blame(e) {
		if !slices.Contains(f.RowErrors, message) && !slices.Contains(f.RowErrors, message+".") {
			f.General = append(f.General, message)
		}
	}
	if !f.Text() {
		f.at("when").Errors = nil
	}
}

// Faults lists everything that is wrong, for the head of the form.
func (f form) Faults() []ui.Fault {
	list := f.Fields.Faults()
	for _, message := range f.RowErrors {
		list = append(list, ui.Fault{ID: "row-1", Label: "Condition", Message: message})
	}
	for _, message := range f.General {
		list = append(list, ui.Fault{Message: message})
	}
	return list
}
