package rules

import (
	"net/url"
	"slices"
	"strconv"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/rule"
	"vellocity/internal/web/ui"
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
	Condition ui.Condition
}

func formOf(b domain.BoardRule) form {
	f := form{
		ID: b.ID, Stored: b.Name, Owner: b.OwnerName, Action: path + "/new", ETag: ui.ETag(b.Revision()),
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
		{Name: "move_to", Path: "move_to", Label: "Move to", Widget: ui.WidgetRadio, Options: targets,
			Help: "Ready approves the version. Published publishes it on the feed and on the channels that take it."},
		{Name: "order", Path: "order", Label: "Order", Widget: ui.WidgetNumber, Min: "1",
			Max: strconv.Itoa(domain.LimitRuleOrder.Max), Step: "1",
			Help: "Rules are asked from the lowest number up, and the first yes decides. Empty: last."},
		{Name: "enabled", Path: "enabled", Label: "On", Widget: ui.WidgetCheck},
	}
	f.at("name").Choose(b.Name)
	f.at("move_to").Choose(string(b.MoveTo))
	if b.Order > 0 {
		f.at("order").Choose(strconv.Itoa(b.Order))
	}
	if b.Enabled {
		f.at("enabled").Choose("true")
	}
	f.Condition = ui.Condition{
		Lead: "It moves an item where", Help: "Scores are from 0 to 100.", Fields: rule.Fields(),
		Text: ui.Field{
			Name: "when", Path: "when", Label: "Condition", Widget: ui.WidgetTextArea, Rows: 4, Required: true,
			MaxLength:   domain.LimitRuleCondition.Max,
			Placeholder: `content_type == "social_post" and findings.warning == 0`,
			Help: "An expression without braces. Use and, or, not, and ?? for what may not be known: " +
				"(scores.seo ?? 0) >= 80.",
		},
	}
	f.Condition.Show(b.When)
	return f
}

func (f *form) at(name string) *ui.Field {
	return &f.Fields[slices.IndexFunc(f.Fields, func(x ui.Field) bool { return x.Name == name })]
}

func (f form) moveTo() domain.ItemStatus { return domain.ItemStatus(f.Fields.Named("move_to").Value) }

// post reads a posted form.
func (f *form) post(values url.Values) {
	f.Fields.Post(values)
	f.ETag = values.Get("etag")
	f.Condition.Post(values)
}

// edit is what the form would store.
func (f form) edit() (content.BoardRuleEdit, error) {
	value := func(name string) string { return f.Fields.Named(name).Value }
	name, to, on := value("name"), f.moveTo(), value("enabled") != ""
	when := f.Condition.Value()
	e := content.BoardRuleEdit{Name: &name, When: &when, MoveTo: &to, Enabled: &on}
	var p domain.Problems
	if text := value("order"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			p.Type("order", "a whole number")
		}
		e.Order = &n
	}
	if faults := f.Condition.Faults(); !f.Condition.Valid() {
		p.Add("when", "%s", faults[0].Message)
	}
	return e, p.Err()
}

// blame puts what is wrong at the fields that it is about.
func (f *form) blame(e *domain.Error) {
	if e = f.Condition.Blame(e); e != nil {
		f.General = append(f.General, f.Fields.Blame(e)...)
	}
}

// Faults lists everything that is wrong, for the head of the form.
func (f form) Faults() []ui.Fault {
	list := append(f.Fields.Faults(), f.Condition.Faults()...)
	for _, message := range f.General {
		list = append(list, ui.Fault{Message: message})
	}
	return list
}
