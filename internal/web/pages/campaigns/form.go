package campaigns

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/calendar"
	"vellocity/internal/web/ui"
)

// blankRows is how many empty rows a plan has for further events.
const blankRows = 3

// form is the form of a campaign, with what is stored or what a person wrote.
type form struct {
	ID       int64 // 0: a new one
	Stored   domain.Campaign
	Action   string
	ETag     string
	Problem  string
	General  []string
	Fields   ui.Fields
	Start    string
	End      string
	Dates    []string // what is wrong with them
	Rows     []row
	Plan     bool // it can still be changed
	Types    []string
	Channels []string
	Timeline []line
	Asking   bool
}

// row is an event of the plan in the form. What the form does not show stays as it is.
type row struct {
	N       int
	Title   string
	Day     string
	Time    string
	Type    string
	Channel string
	Item    string // to publish
	Run     bool   // the campaign's template
	Kept    domain.CampaignEvent
	Errors  []string
}

// line is an event of the timeline.
type line struct {
	Href    string
	Title   string
	Dates   domain.CalendarDates
	Slipped string
	State   string
	Reason  string
}

// Faults lists everything that is wrong, for the head of the form.
func (f form) Faults() []ui.Fault {
	list := f.Fields.Faults()
	for _, m := range f.Dates {
		list = append(list, ui.Fault{ID: "c-start", Label: "Dates", Message: m})
	}
	for _, r := range f.Rows {
		for _, m := range r.Errors {
			list = append(list, ui.Fault{ID: "r-" + strconv.Itoa(r.N) + "-title", Label: "Event " + strconv.Itoa(r.N+1),
				Message: m})
		}
	}
	for _, m := range f.General {
		list = append(list, ui.Fault{Message: m})
	}
	return list
}

func (p page) formOf(ctx context.Context, d calendar.CampaignDetails) (form, error) {
	c := d.Campaign
	f := form{
		ID: c.ID, Stored: c, Action: path + "/new", ETag: ui.ETag(c.Revision()), Start: c.StartDate, End: c.EndDate,
		Plan: c.Status == domain.CampaignDraft, Types: domain.CalendarOther.Values(), Channels: domain.OnOther.Values(),
	}
	if c.ID != 0 {
		f.Action = pathOf(c.ID)
	}
	groups, err := p.Engine.Work.GroupedTemplates(ctx)
	if err != nil {
		return f, err
	}
	templates := []ui.Choice{{Value: "", Label: "None"}}
	for _, g := range groups {
		for _, t := range g.Templates {
			templates = append(templates, ui.Choice{Value: t.Slug, Label: t.Name})
		}
	}
	f.Fields = ui.Fields{
		{Name: "name", Path: "name", Label: "Name", Widget: ui.WidgetText, Required: true,
			MaxLength: domain.LimitCampaignName.Max},
		{Name: "goal", Path: "goal", Label: "Goal", Widget: ui.WidgetTextArea, Rows: 2, Help: "What it is to reach."},
		{Name: "timezone", Path: "timezone", Label: "Time zone", Widget: ui.WidgetText,
			MaxLength: domain.LimitTimezone.Max, Placeholder: "Europe/Berlin"},
		{Name: "template", Path: "template", Label: "Template", Widget: ui.WidgetSelect, Options: templates,
			Help: "What events run that run the campaign’s template."},
		{Name: "inputs", Path: "inputs", Label: "Inputs of the template", Widget: ui.WidgetJSON, Rows: 4,
			Help: "An object. Texts may use the event: {{ event.title }}."},
	}
	for name, value := range map[string]string{
		"name": c.Name, "goal": c.Goal, "timezone": c.Timezone, "template": c.Template,
	} {
		f.at(name).Choose(value)
	}
	if c.Template != "" {
		f.at("inputs").Choose(ui.PrettyJSON(c.Inputs))
	}
	for _, e := range c.Plan {
		f.Rows = append(f.Rows, rowOf(len(f.Rows), e))
	}
	if f.Plan {
		f.addRows()
	}
	f.Timeline = timeline(d, p.Now())
	return f, nil
}

func (f *form) at(name string) *ui.Field {
	for i := range f.Fields {
		if f.Fields[i].Name == name {
			return &f.Fields[i]
		}
	}
	panic("campaigns: no field " + name)
}

func (f *form) addRows() {
	for range blankRows {
		f.Rows = append(f.Rows, row{N: len(f.Rows), Type: string(domain.CalendarOther), Channel: string(domain.OnOther)})
	}
}

func rowOf(n int, e domain.CampaignEvent) row {
	r := row{
		N: n, Title: e.Title, Day: strconv.Itoa(e.Day), Time: e.Time, Type: string(e.Type), Channel: string(e.Channel),
		Kept: e,
	}
	if e.Action.ContentID != 0 {
		r.Item = strconv.FormatInt(e.Action.ContentID, 10)
	}
	r.Run = e.Action.Kind == domain.ActionTemplate
	return r
}

// timeline shows the events of a campaign that are on the calendar, or planned.
func timeline(d calendar.CampaignDetails, now time.Time) (list []line) {
	for _, x := range d.Events {
		l := line{Title: x.Event.Title, State: ui.Human(string(x.Event.State)), Reason: x.Event.Reason}
		if x.Event.ID == 0 {
			l.Dates = domain.CalendarDates{Planned: x.Event.PlannedAt}
			list = append(list, l)
			continue
		}
		l.Href, l.Dates = "/calendar/"+domain.CalendarEventID(x.Event.ID), x.Dates()
		if x.Event.Status == domain.CalendarCancelled {
			l.State = "Cancelled"
		}
		if days, ok := l.Dates.Slipped(now, x.Event.Location()); ok && days != 0 {
			l.Slipped = domain.Plural(days, "day") + " later"
			if days < 0 {
				l.Slipped = domain.Plural(-days, "day") + " earlier"
			}
		}
		list = append(list, l)
	}
	return list
}

// post reads a posted form.
func (f *form) post(values url.Values) {
	f.Fields.Post(values)
	f.ETag, f.Start, f.End = values.Get("etag"), values.Get("start_date"), values.Get("end_date")
	if !f.Plan {
		return
	}
	kept := f.Rows
	f.Rows = nil
	for n := 0; values.Has("r-" + strconv.Itoa(n) + "-title"); n++ {
		get := func(name string) string { return values.Get("r-" + strconv.Itoa(n) + "-" + name) }
		r := row{
			N: n, Title: get("title"), Day: get("day"), Time: get("time"), Type: get("type"), Channel: get("channel"),
			Item: strings.TrimSpace(get("item")), Run: get("run") != "",
		}
		if n < len(kept) {
			r.Kept = kept[n].Kept
		}
		f.Rows = append(f.Rows, r)
	}
}

// edit is what the form would store. Of a campaign that has started only some of it can
// change.
func (f *form) edit() (calendar.CampaignEdit, error) {
	value := func(name string) string { return f.Fields.Named(name).Value }
	name, goal := value("name"), value("goal")
	e := calendar.CampaignEdit{Name: &name, Goal: &goal, EndDate: &f.End}
	if f.Stored.Status != domain.CampaignCompleted {
		e.StartDate = &f.Start
	}
	if !f.Plan {
		return e, nil
	}
	zone, template := value("timezone"), value("template")
	e.Timezone, e.Template = &zone, &template
	e.Inputs = []byte(`{}`)
	if text := strings.TrimSpace(value("inputs")); text != "" {
		e.Inputs = []byte(text)
	}
	var p domain.Problems
	plan := []domain.CampaignEvent{}
	var rows []row
	for _, r := range f.Rows {
		if strings.TrimSpace(r.Title+r.Day+r.Time+r.Item) == "" {
			continue // it was left empty
		}
		r.N = len(plan)
		rows = append(rows, r)
		plan = append(plan, r.event(&p))
	}
	f.Rows = rows
	e.Plan = &plan
	return e, p.Err()
}

func (r row) event(p *domain.Problems) domain.CampaignEvent {
	e := r.Kept
	e.Title, e.Time, e.Type, e.Channel = r.Title, r.Time, domain.CalendarType(r.Type), domain.CalendarChannel(r.Channel)
	at := "events." + strconv.Itoa(r.N)
	e.Day = 0
	if r.Day != "" {
		n, err := strconv.Atoi(r.Day)
		if err != nil {
			p.Type(at+".day", "a whole number")
		}
		e.Day = n
	}
	if e.Time == "" {
		e.Minutes = 0
	}
	switch {
	case r.Item != "" && r.Run:
		p.Conflict(at + ".action")
	case r.Item != "":
		id, err := strconv.ParseInt(r.Item, 10, 64)
		if err != nil || id < 1 {
			p.Type(at+".action.content_id", "the id of a content item")
		}
		if e.Action.Kind != domain.ActionPublish || e.Action.ContentID != id {
			e.Action = domain.CalendarAction{Kind: domain.ActionPublish, ContentID: id}
		}
	case r.Run && e.Action.Kind != domain.ActionTemplate:
		e.Action = domain.CalendarAction{Kind: domain.ActionTemplate}
	case !r.Run:
		e.Action = domain.CalendarAction{}
	}
	return e
}

// blame puts what is wrong at the fields and rows that it is about.
func (f *form) blame(e *domain.Error) {
	rest := map[string][]string{}
	for at, messages := range e.Fields {
		parts := strings.Split(at, ".")
		n := -1
		if parts[0] == "events" && len(parts) > 1 {
			n, _ = strconv.Atoi(parts[1]) // the verb writes them
		}
		switch {
		case at == "start_date" || at == "end_date":
			f.Dates = append(f.Dates, messages...)
		case n >= 0 && n < len(f.Rows):
			f.Rows[n].Errors = append(f.Rows[n].Errors, messages...)
		default:
			rest[at] = messages
		}
	}
	if len(e.Fields) > 0 && len(rest) == 0 {
		return
	}
	f.General = append(f.General, f.Fields.Blame(&domain.Error{Code: e.Code, Message: e.Message, Fields: rest})...)
}
