package templateform

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
	"vellocity/internal/web/ui"
)

// view is the form, and beside it what it makes.
type view struct {
	ui.Shell
	Form        form
	Action      string
	Draft       string
	Problem     string // in one sentence; empty where nothing is wrong
	General     []string
	Head        ui.Fields
	Inputs      []inputView
	Rest        ui.Field // what the input schema has beside its properties
	Schema      ui.Field // the input schema as JSON
	Steps       []stepView
	Full        bool // no step more is possible
	BrandVoices []ui.Choice
	Items       []ui.Choice
	Languages   []ui.Choice
	Focus       string // the id of the button that takes the focus
	Checked     *work.Validation
	Theirs      []difference
	Side        side
	Asking      bool   // its deletion is being confirmed
	Refused     string // why this person may not save; "" where nothing forbids it

	controls []control
}

// control is a field of the form with its place in words: "Step 2".
type control struct {
	*ui.Field
	of string
}

// inputView is a row of the inputs editor.
type inputView struct {
	N           int // from 1
	I           int
	ID          string
	Fields      ui.Fields
	First, Last bool
	Focus       string // the id of the button that takes the focus
}

// With is the row on a page where one button takes the focus.
func (v inputView) With(focus string) inputView { v.Focus = focus; return v }

// Wrong reports whether something is wrong below the fold.
func (v inputView) Wrong() bool {
	return slices.ContainsFunc(v.Fields, func(f ui.Field) bool {
		return len(f.Errors) > 0 && !strings.HasSuffix(f.Name, "-name") && !strings.HasSuffix(f.Name, "-kind")
	})
}

// About is what stands below the fold, in short.
func (v inputView) About() string {
	var about []string
	for _, part := range []string{"title", "default"} {
		if value := v.Fields.Named(inputName(v.I, part)).Value; value != "" {
			about = append(about, clipped(value, 60))
		}
	}
	return strings.Join(about, " · ")
}

// Title names the row for people.
func (v inputView) Title() string {
	if name := v.Fields.Named(inputName(v.I, "name")).Value; name != "" {
		return name
	}
	return "Input " + strconv.Itoa(v.N)
}

// stepView is a step of the form.
type stepView struct {
	I, N                  int // from 0, from 1
	ID                    string
	Name                  string // for people
	Was                   string // the key that the form begins with
	Key, Capability, When ui.Field
	After, Rest           ui.Field
	Unknown               []string
	Groups                []capabilityGroup
	About                 string // what its capability does
	Fields, More          ui.Fields
	First, Last, Open     bool
	MoreOpen              bool
	Focus                 string // the id of the button that takes the focus
}

// With is the step on a page where one button takes the focus.
func (v stepView) With(focus string) stepView { v.Focus = focus; return v }

// capabilityGroup is a group of the capabilities to choose from.
type capabilityGroup struct {
	Label string
	List  []ui.Choice
}

// catalogue is every capability, for one rendering of the form.
type catalogue struct {
	bySlug map[string]work.CapabilityDetails
	groups []capabilityGroup
}

func (c catalogue) find(slug string) (work.CapabilityDetails, bool) {
	d, ok := c.bySlug[slug]
	return d, ok
}

func (p page) catalogue(ctx context.Context) (c catalogue, err error) {
	list, err := p.Engine.Work.Capabilities(ctx, work.ListCapabilities{IncludeBeta: true})
	if err != nil {
		return c, err
	}
	c.bySlug = map[string]work.CapabilityDetails{}
	for _, category := range domain.Categories() {
		g := capabilityGroup{Label: category.Label()}
		for _, x := range list {
			if x.Category != category {
				continue
			}
			g.List = append(g.List, ui.Choice{Value: x.Slug, Label: x.Name})
			if c.bySlug[x.Slug], err = p.Engine.Work.Capability(ctx, x.Slug); err != nil {
				return c, err
			}
		}
		if len(g.List) > 0 {
			c.groups = append(c.groups, g)
		}
	}
	return c, nil
}

// layOut lays out the fields of a form.
func layOut(f form, c catalogue) *view {
	v := &view{
		Form: f, Action: newPath, Draft: "templates/new", Full: len(f.Steps) >= domain.LimitTemplateSteps.Max,
		Head: headFields(f),
	}
	if f.Ref != "" {
		v.Action, v.Draft = editPath(f.Ref), "templates/"+f.Ref
	}
	for i, row := range f.Inputs {
		v.Inputs = append(v.Inputs, inputView{
			N: i + 1, I: i, ID: "in-" + strconv.Itoa(i), Fields: row.fields(i), First: i == 0, Last: i+1 == len(f.Inputs),
		})
	}
	v.Rest = ui.Field{
		Name: "in-rest", Path: "input_schema", Label: "Rules of all inputs", Value: f.InputRest, Rows: 3,
		Widget: ui.WidgetTextArea, Help: "A JSON object of JSON Schema keywords beside properties and required.",
	}
	v.Schema = ui.Field{
		Name: "schema", Path: "input_schema", Label: "Inputs as JSON Schema", Value: f.Schema, Rows: 12,
		Widget: ui.WidgetTextArea, Help: "An object whose properties are the inputs.",
	}
	for i := range f.Steps {
		v.Steps = append(v.Steps, viewOfStep(f, i, c))
	}
	v.list()
	return v
}

// viewOf is the page of a form. at is the place of the step that the person works on; -1: none.
func (p page) viewOf(w http.ResponseWriter, r *http.Request, f form, c catalogue, at int) (*view, error) {
	v := layOut(f, c)
	for i := range v.Steps {
		v.Steps[i].Open = len(f.Steps) <= 3 || i == at
	}
	v.Asking = r.URL.Query().Has("delete")
	if err := p.choices(r.Context(), v); err != nil {
		return nil, err
	}
	if a, ok := domain.ActorFrom(r.Context()); ok {
		if err := a.Require(domain.ScopeWrite); err != nil {
			v.Refused = domain.AsError(err).Message
		}
	}
	title := "New template"
	if f.Ref != "" {
		title = "Edit " + f.Name
	}
	var err error
	v.Shell, err = p.Shell(w, r, listPath, title)
	return v, err
}

// choices fills in what the suggestions of brand voices and items offer.
func (p page) choices(ctx context.Context, v *view) error {
	fields := ui.Fields{{Widget: ui.WidgetBrandVoice}, {Widget: ui.WidgetContentItem}}
	if err := p.FillChoices(ctx, fields); err != nil {
		return err
	}
	v.BrandVoices, v.Items = named(fields[0].Options), named(fields[1].Options)
	v.Languages = named(ui.LanguageChoices(""))
	return nil
}

// named are the choices that have a value.
func named(list []ui.Choice) []ui.Choice {
	return slices.DeleteFunc(slices.Clone(list), func(c ui.Choice) bool { return c.Value == "" })
}

func headFields(f form) ui.Fields {
	slug := ui.Field{
		Name: "slug", Path: "slug", Label: "Slug", Value: f.Slug, Widget: ui.WidgetText, MaxLength: domain.LimitSlug.Max,
		Help: "Callers name the template by it. Empty: made from the name. It cannot be changed later.",
	}
	category := ui.Field{Name: "category", Path: "category", Label: "Category", Widget: ui.WidgetSelect}
	for _, c := range domain.TemplateCategories() {
		category.Options = append(category.Options, ui.Choice{Value: string(c), Label: c.Label()})
	}
	category.Choose(string(f.Category))
	return ui.Fields{
		{Name: "name", Path: "name", Label: "Name", Value: f.Name, Widget: ui.WidgetText, Required: true,
			MaxLength: domain.LimitTemplateName.Max, Placeholder: "Weekly social posts"},
		slug,
		{Name: "description", Path: "description", Label: "Description", Value: f.Description, Widget: ui.WidgetTextArea,
			Rows: 2, MaxLength: domain.LimitTemplateDescription.Max, Help: "What it does, in a sentence."},
		category,
	}
}

// viewOfStep lays out one step.
func viewOfStep(f form, i int, c catalogue) stepView {
	s := f.Steps[i]
	at := "steps." + strconv.Itoa(i) + "."
	field := func(part, path, label, help, value string, w ui.Widget) ui.Field {
		return ui.Field{
			Name: stepName(i, part), Path: at + path, Label: label, Help: help, Value: value, Widget: w, Rows: 2,
		}
	}
	v := stepView{
		I: i, N: i + 1, ID: "st-" + strconv.Itoa(i), Name: s.name(i), Was: s.Key, Unknown: s.Unknown, Groups: c.groups,
		Key: field("key", "key", "Key", "Other steps refer to it, such as post. Empty: made from the capability.",
			s.Key, ui.WidgetText),
		Capability: field("capability", "capability", "Capability", "", s.Capability, ui.WidgetSelect),
		When: field("when", "when", "Run only if",
			"An expression without braces, such as inputs.word_count > 500. Empty: always.", s.When, ui.WidgetText),
		Rest: field("rest", "settings", "Other settings", "A JSON object of settings that have no field here.",
			s.Rest, ui.WidgetTextArea),
		After: field("after", "depends_on", "Runs after", "", "", ui.WidgetChecks),
		First: i == 0, Last: i+1 == len(f.Steps),
	}
	v.Key.MaxLength, v.When.MaxLength = domain.LimitStepKey.Max, domain.LimitExpression.Max
	if strings.Contains(s.When, "\n") {
		v.When.Widget = ui.WidgetTextArea
	}
	for j := range f.Steps {
		if on := slices.Contains(s.After, j); j < i || on { // a later one is shown where it is chosen
			v.After.Options = append(v.After.Options, ui.Choice{
				Value: strconv.Itoa(j), Label: strconv.Itoa(j+1) + ". " + f.Steps[j].name(j), On: on,
			})
		}
	}
	d, known := c.find(s.Capability)
	if !known {
		return v
	}
	v.About = d.Description
	for _, x := range ui.FieldsOf(d.Schema) {
		folded := x.Group != ""
		if x = settingField(x, i, s.Settings[x.Name]); !folded || x.Required || x.Value != "" {
			v.Fields = append(v.Fields, x)
		} else {
			v.More = append(v.More, x)
		}
	}
	return v
}

// name is what people read for a step.
func (s step) name(i int) string {
	switch {
	case s.Key != "":
		return s.Key
	case s.Capability != "":
		return s.Capability
	}
	return "Step " + strconv.Itoa(i+1)
}

// settingField makes a field of a capability one that takes an expression too: a text, with
// what the capability's own form offers as suggestions.
func settingField(x ui.Field, i int, text string) ui.Field {
	several := slices.Contains([]ui.Widget{ui.WidgetTextArea, ui.WidgetLines, ui.WidgetJSON, ui.WidgetChecks}, x.Widget)
	f := ui.Field{
		Name: stepName(i, ofSetting+x.Name), Path: "steps." + strconv.Itoa(i) + ".settings." + x.Name,
		Label: x.Label, Help: x.Help, Hint: x.Hint, Required: x.Required, Value: text, Rows: 2,
		Placeholder: x.Value, Widget: ui.WidgetText, Options: named(x.Options),
	}
	if f.Placeholder == "" {
		f.Placeholder = x.Placeholder
	}
	if x.Passages {
		f.Hint = "One per line. Where one has several lines, write them as a JSON list."
	}
	switch x.Widget {
	case ui.WidgetBrandVoice:
		f.List, f.Options = "list-brand-voices", nil
	case ui.WidgetContentItem:
		f.List, f.Options = "list-items", nil
	case ui.WidgetLanguage:
		f.List, f.Options = "list-languages", nil
	case ui.WidgetCheck:
		f.Options = []ui.Choice{{Value: "true", Label: "Yes"}, {Value: "false", Label: "No"}}
	case ui.WidgetChecks:
		f.Hint = "One per line: " + valuesText(f.Options) + "."
	}
	if len(f.Options) > 0 && !several {
		f.List = f.ID() + "-list"
	}
	if several || strings.Contains(text, "\n") {
		f.Widget = ui.WidgetTextArea
	}
	return f
}

func valuesText(list []ui.Choice) string {
	values := make([]string, len(list))
	for i, c := range list {
		values[i] = c.Value
	}
	return strings.Join(values, ", ")
}
