package trigger

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
	"vellocity/internal/expression/rows"
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
	Filter   ui.Condition
	Kept     []keptInput
	CronWas  string // the cron expression that the form begins with
	valid    bool
	inputs   json.RawMessage
}

// keptInput is what was typed into an input that the chosen template does not have. It stays
// in the form, for another template.
type keptInput struct{ Name, Value string }

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
		"t-overlap": string(t.Overlap), "t-enabled": map[bool]string{true: "true"}[t.Enabled],
	} {
		f.at(name).Choose(value)
	}
	f.fill(t.Inputs)
	f.showSchedule(scheduleOf(t.Cron))
	f.Filter = filter()
	if f.Filter.Fields.List, err = p.eventFields(ctx, t.Event); err != nil {
		return f, err
	}
	f.Filter.Show(t.Filter)
	return f, nil
}

// eventFields are the fields of an event: of the catalogue's example, or of the last that came.
func (p page) eventFields(ctx context.Context, name domain.EventName) ([]rows.Field, error) {
	if name == "" {
		return nil, nil
	}
	past, err := p.Engine.Work.DryRunTrigger(ctx, work.CreateTrigger{
		Type: domain.TriggerEvent, TriggerEdit: work.TriggerEdit{Event: &work.TriggerEvent{Name: name}},
	})
	if domain.CodeOf(err) == domain.CodeValidation {
		return nil, nil // the preview says what is wrong with the name
	}
	if err != nil {
		return nil, err
	}
	var events []json.RawMessage
	for _, e := range past.Events {
		events = append(events, e.Event)
	}
	return fieldsOf(name, events), nil
}

// showSchedule shows a common schedule in the fields that people choose it by.
func (f *form) showSchedule(s schedule) {
	f.CronWas = f.Fields.Named("t-cron").Value
	f.at("t-repeat").Choose(s.Repeat)
	f.at("t-time").Choose(s.Time)
	f.at("t-weekday").Choose(s.Weekday)
	f.at("t-day").Choose(strconv.Itoa(max(s.Day, 1)))
	f.at("t-every").Choose(strconv.Itoa(max(s.Every, 1)))
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

// filter is the part of the form that holds the filter.
func filter() ui.Condition {
	text := textField("t-filter", "event.filter", "Filter", "An expression over the event. Empty: every event.",
		`event.channel == "feed"`, domain.LimitExpression)
	text.Widget, text.Rows = ui.WidgetTextArea, 2
	return ui.Condition{
		Prefix: "t-", Lead: "It fires where", None: "None: on every event.", List: "event-fields", Text: text,
		Fields: rows.Fields{Root: "event", Open: true},
	}
}

func textField(name, path, label, help, placeholder string, l domain.Limit) ui.Field {
	return ui.Field{
		Name: name, Path: path, Label: label, Help: help, Placeholder: placeholder, Widget: ui.WidgetText, MaxLength: l.Max,
	}
}

func ownFields() ui.Fields {
	name := textField("t-name", "name", "Name", "", "Nightly post", domain.LimitTriggerName)
	name.Required = true
	event := textField("t-event", "event.name", "Event", "Of the server, or one that you send over the API.",
		"content.published", domain.LimitEventName)
	event.List = "event-names"
	return ui.Fields{
		name,
		{Name: "t-type", Path: "type", Label: "What starts it", Widget: ui.WidgetSelect, Options: []ui.Choice{
			{Value: "schedule", Label: "A schedule"}, {Value: "event", Label: "An event"},
		}},
		{Name: "t-repeat", Label: "Repeat", Widget: ui.WidgetSelect, Options: slices.Clone(repeats),
			Help: "A choice here writes the cron expression."},
		{Name: "t-every", Label: "Every", Widget: ui.WidgetNumber, Min: "1", Max: "30", Step: "1",
			Help: "Minutes or hours, for “every few”."},
		{Name: "t-weekday", Label: "Day of the week", Widget: ui.WidgetSelect, Options: slices.Clone(weekdays)},
		{Name: "t-day", Label: "Day of the month", Widget: ui.WidgetNumber, Min: "1", Max: "31", Step: "1",
			Help: "A month that does not have it is left out."},
		textField("t-time", "", "At", "In 24 hours. Of “every hour”, only the minutes count.", "09:00", domain.Limit{Max: 5}),
		textField("t-cron", "schedule.cron", "Cron expression", "Minute, hour, day of month, month and day of week.",
			"0 9 * * 1-5", domain.LimitCron),
		textField(
			"t-timezone",
			"schedule.timezone",
			"Time zone",
			"Empty: the workspace’s.",
			"Europe/Berlin",
			domain.LimitTimezone,
		),
		event,
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
	f.writeCron(r.PostForm.Get("t-cron-was"))
	event := domain.EventName(f.Fields.Named("t-event").Value)
	if f.Filter.Fields.List, err = p.eventFields(r.Context(), event); err != nil {
		return f, err
	}
	f.Filter.Post(r.PostForm)
	f.valid = f.valid && f.Filter.Valid()
	f.keep(r.PostForm)
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
	f.valid = f.valid && valid
	f.inputs, err = json.Marshal(settings)
	return f, err
}

// writeCron writes the cron expression of a common schedule, unless the person has written
// another one.
func (f *form) writeCron(was string) {
	value := func(name string) string { return f.Fields.Named(name).Value }
	typed := value("t-cron")
	f.CronWas = typed
	if was != "" && typed != was && typed != "" {
		f.showSchedule(scheduleOf(typed))
		return
	}
	every, _ := strconv.Atoi(value("t-every")) // what is no number is not among those that are possible
	day, _ := strconv.Atoi(value("t-day"))
	s := schedule{
		Repeat: value("t-repeat"), Every: every, Time: value("t-time"), Weekday: value("t-weekday"), Day: day,
	}
	cron, problem := s.cron()
	if problem != "" && value("t-type") != string(domain.TriggerEvent) {
		at := map[bool]string{true: "t-every", false: "t-time"}[strings.Contains(problem, "one of")]
		if strings.Contains(problem, "a day") {
			at = "t-day"
		}
		x := f.at(at)
		x.Errors, f.valid = append(x.Errors, problem), false
		return
	}
	if cron != "" {
		f.at("t-cron").Choose(cron)
		f.CronWas = cron
	}
}

// keep remembers what was typed into inputs that the template does not have.
func (f *form) keep(v url.Values) {
	for _, name := range slices.Sorted(maps.Keys(v)) {
		own := strings.HasPrefix(name, "t-") || slices.Contains([]string{"etag", "once", "try", "version"}, name)
		has := slices.ContainsFunc(f.Inputs, func(x ui.Field) bool { return x.Name == name || x.Name+"_other" == name })
		if value := strings.Join(v[name], "\n"); !own && !has && value != "" {
			f.Kept = append(f.Kept, keptInput{name, value})
		}
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
		in.Event = &work.TriggerEvent{Name: domain.EventName(value("t-event")), Filter: f.Filter.Value()}
	} else {
		in.Schedule = &work.TriggerSchedule{Cron: value("t-cron"), Timezone: value("t-timezone")}
	}
	return in
}

// blame notes the faults of an error at the fields that they are about.
func (f *form) blame(e *domain.Error) {
	if e = f.Filter.Blame(e); e == nil {
		return
	}
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
	list := slices.Concat(f.Fields.Faults(), f.Filter.Faults(), f.Inputs.Faults())
	for _, m := range f.General {
		list = append(list, ui.Fault{Message: m})
	}
	return list
}
