package trigger

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
	"vellocity/internal/web/ui"
)

// form is the form with what a person wrote, or with what is stored. The names of its own
// fields begin with t-, since the others are named after the template's inputs.
type form struct {
	ETag     string
	Problem  string   // in one sentence; empty where nothing is wrong
	General  []string // what is wrong and belongs to no field
	Template string   // slug
	Fields   ui.Fields
	Inputs   ui.Fields
	Whole    bool // the inputs are one JSON text: a field that is no text holds an expression
	Events   []string
	ID       string // of the trigger; empty: a new one
	valid    bool
	inputs   json.RawMessage
}

// repeats are the common schedules, by what a person chooses.
var repeats = []ui.Choice{
	{Value: "", Label: "By the cron expression"},
	{Value: "daily", Label: "Every day"},
	{Value: "weekdays", Label: "Monday to Friday"},
	{Value: "weekly", Label: "Every Monday"},
	{Value: "monthly", Label: "On the first day of the month"},
	{Value: "hourly", Label: "Every hour"},
}

// days are the day parts of the cron expressions of the repeats.
var days = map[string]string{
	"daily": "* * *", "weekdays": "* * 1-5", "weekly": "* * 1", "monthly": "1 * *",
}

// formOf is the form of a trigger as it is stored.
func (p page) formOf(ctx context.Context, t work.TriggerDetails) (form, error) {
	template, err := p.Engine.Work.Template(ctx, t.Template)
	if err != nil {
		return form{}, err
	}
	fields, err := p.Engine.Work.TemplateFields(ctx, template.Template)
	if err != nil {
		return form{}, err
	}
	f := form{
		ETag: ui.ETag(t.Revision()), Template: t.Template, Inputs: ui.FieldsOf(fields), valid: true, Fields: ownFields(),
	}
	for _, e := range domain.EventTypes() {
		if e.Name != domain.EventReceived {
			f.Events = append(f.Events, string(e.Name))
		}
	}
	if t.ID != 0 {
		f.ID = fmt.Sprint(t.ID)
	}
	for i := range f.Inputs {
		f.Inputs[i].Path = "inputs." + f.Inputs[i].Name
	}
	if err := p.FillChoices(ctx, f.Inputs); err != nil {
		return form{}, err
	}
	for name, value := range map[string]string{
		"t-name": t.Name, "t-type": string(t.Type), "t-cron": t.Cron, "t-timezone": t.Timezone, "t-event": string(t.Event),
		"t-filter": t.Filter, "t-overlap": string(t.Overlap), "t-enabled": map[bool]string{true: "true"}[t.Enabled],
		"t-time": "09:00",
	} {
		f.at(name).Choose(value)
	}
	f.fill(t.Inputs)
	return f, nil
}

// texts are the widgets whose values may hold expressions.
var texts = []ui.Widget{ui.WidgetText, ui.WidgetTextArea, ui.WidgetLines}

// fill sets the inputs to stored ones.
func (f *form) fill(inputs json.RawMessage) {
	f.inputs = inputs
	f.Inputs.Fill(inputs)
	for _, x := range f.Inputs {
		f.Whole = f.Whole || strings.Contains(x.Value, "{{") && !slices.Contains(texts, x.Widget)
	}
	f.at("t-inputs").Choose(ui.PrettyJSON(inputs))
}

func (f *form) at(name string) *ui.Field {
	return &f.Fields[slices.IndexFunc(f.Fields, func(x ui.Field) bool { return x.Name == name })]
}

func ownFields() ui.Fields {
	text := func(name, path, label, help, placeholder string, l domain.Limit) ui.Field {
		return ui.Field{
			Name: name, Path: path, Label: label, Help: help, Placeholder: placeholder, Widget: ui.WidgetText, MaxLength: l.Max,
		}
	}
	name := text("t-name", "name", "Name", "", "Nightly post", domain.LimitTriggerName)
	name.Required = true
	filter := text("t-filter", "event.filter", "Filter", "An expression over the event. Empty: every event.",
		`event.channel == "feed"`, domain.LimitExpression)
	filter.Widget, filter.Rows = ui.WidgetTextArea, 2
	return ui.Fields{
		name,
		{Name: "t-type", Path: "type", Label: "What starts it", Widget: ui.WidgetSelect, Options: []ui.Choice{
			{Value: "schedule", Label: "A schedule"}, {Value: "event", Label: "An event"},
		}},
		{Name: "t-repeat", Label: "Repeat", Widget: ui.WidgetSelect, Options: slices.Clone(repeats),
			Help: "A choice here writes the cron expression."},
		text("t-time", "", "At", "For a choice above, in 24 hours.", "09:00", domain.Limit{Max: 5}),
		text("t-cron", "schedule.cron", "Cron expression", "Minute, hour, day of month, month and day of week.",
			"0 9 * * 1-5", domain.LimitCron),
		text(
			"t-timezone",
			"schedule.timezone",
			"Time zone",
			"Empty: the workspace’s.",
			"Europe/Berlin",
			domain.LimitTimezone,
		),
		text("t-event", "event.name", "Event", "Of the catalogue, or one that you send over the API.",
			"content.published", domain.LimitEventName),
		filter,
		{Name: "t-overlap", Path: "overlap", Label: "While an execution of it still runs", Widget: ui.WidgetSelect,
			Options: []ui.Choice{{Value: "skip", Label: "Skip"}, {Value: "queue", Label: "Queue one, with the newest inputs"}}},
		{Name: "t-enabled", Path: "enabled", Label: "On", Widget: ui.WidgetCheck},
		{Name: "t-inputs", Path: "inputs", Label: "Inputs", Widget: ui.WidgetJSON, Rows: 8},
	}
}

// readForm reads a posted form of the trigger as it is now.
func (p page) readForm(r *http.Request, t work.TriggerDetails) (f form, err error) {
	if err := ui.ReadForm(r); err != nil {
		return f, err
	}
	if slug := r.PostForm.Get("t-template"); slug != "" {
		t.Template = slug
	}
	if f, err = p.formOf(r.Context(), t); err != nil {
		return f, err
	}
	f.ETag = r.PostForm.Get("etag")
	f.Fields.Post(r.PostForm)
	f.writeCron()
	if f.Whole = r.PostForm.Has("t-inputs"); f.Whole {
		f.inputs = json.RawMessage(f.Fields.Named("t-inputs").Value)
		if !json.Valid(f.inputs) {
			x := f.at("t-inputs")
			x.Errors = append(x.Errors, "This is not JSON.")
			f.valid = false
		}
		return f, nil
	}
	f.Inputs.Post(r.PostForm)
	settings, valid := f.Inputs.Settings()
	f.valid = valid
	f.inputs, err = json.Marshal(settings)
	return f, err
}

// writeCron writes the cron expression of a common schedule.
func (f *form) writeCron() {
	repeat := f.Fields.Named("t-repeat").Value
	hour, minute, ok := strings.Cut(f.Fields.Named("t-time").Value, ":")
	if !ok {
		hour, minute = f.Fields.Named("t-time").Value, "0"
	}
	hour, minute = strings.TrimPrefix(hour, "0"), strings.TrimPrefix(minute, "0")
	if hour == "" {
		hour = "0"
	}
	if minute == "" {
		minute = "0"
	}
	switch part, common := days[repeat]; {
	case common:
		f.at("t-cron").Choose(minute + " " + hour + " " + part)
	case repeat == "hourly":
		f.at("t-cron").Choose(minute + " * * * *")
	}
}

// trigger is what the form would store.
func (f form) trigger() work.CreateTrigger {
	value := func(name string) string { return f.Fields.Named(name).Value }
	name, template, on := value("t-name"), f.Template, value("t-enabled") != ""
	overlap := domain.Overlap(value("t-overlap"))
	if overlap == "" {
		overlap = domain.OverlapSkip
	}
	in := work.CreateTrigger{Type: domain.TriggerType(value("t-type")), TriggerEdit: work.TriggerEdit{
		Name: &name, Template: &template, Inputs: f.inputs, Enabled: &on, Overlap: &overlap,
	}}
	if in.Type == domain.TriggerEvent {
		in.Event = &work.TriggerEvent{Name: domain.EventName(value("t-event")), Filter: value("t-filter")}
	} else {
		in.Schedule = &work.TriggerSchedule{Cron: value("t-cron"), Timezone: value("t-timezone")}
	}
	return in
}

// blame notes the faults of an error at the fields that they are about.
func (f *form) blame(e *domain.Error) {
	if len(e.Fields) == 0 {
		f.General = append(f.General, e.Message)
	}
	for _, path := range slices.Sorted(maps.Keys(e.Fields)) {
		x := f.about(path)
		for _, message := range e.Fields[path] {
			if x == nil {
				f.General = append(f.General, message)
			} else {
				x.Errors = append(x.Errors, message)
			}
		}
	}
}

func (f *form) about(path string) *ui.Field {
	if f.Whole && strings.HasPrefix(path, "inputs") {
		return f.at("t-inputs")
	}
	for _, fields := range []ui.Fields{f.Fields, f.Inputs} {
		for i := range fields {
			if p := fields[i].Path; p != "" && p != "inputs" && (p == path || strings.HasPrefix(path, p+".")) {
				return &fields[i]
			}
		}
	}
	return nil
}

// Faults lists everything that is wrong, for the summary above the form.
func (f form) Faults() []ui.Fault {
	list := append(f.Fields.Faults(), f.Inputs.Faults()...)
	for _, m := range f.General {
		list = append(list, ui.Fault{Message: m})
	}
	return list
}
