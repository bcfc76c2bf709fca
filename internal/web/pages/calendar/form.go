package calendar

import (
	"context"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/calendar"
	"vellocity/internal/verb"
	"vellocity/internal/web/ui"
)

// form is the form of an event, with what is stored or what a person wrote.
type form struct {
	ID       string // empty: a new one
	Stored   domain.CalendarEntry
	Action   string // where it is sent
	ETag     string
	Problem  string
	General  []string
	Fields   ui.Fields
	Date     string
	Time     string
	EndDate  string
	EndTime  string
	Times    []string // what is wrong with them
	History  []domain.CalendarOutcome
	Asking   bool
	Timezone string
	Slipped  string
}

// Faults lists everything that is wrong, for the head of the form.
func (f form) Faults() []ui.Fault {
	list := f.Fields.Faults()
	for _, message := range f.Times {
		list = append(list, ui.Fault{ID: "f-date", Label: "When", Message: message})
	}
	for _, message := range f.General {
		list = append(list, ui.Fault{Message: message})
	}
	return list
}

func choices(values []string, label func(string) string) (list []ui.Choice) {
	for _, v := range values {
		list = append(list, ui.Choice{Value: v, Label: label(v)})
	}
	return list
}

// formOf is the form of an event. campaigns and templates are what can be chosen.
func (p page) formOf(ctx context.Context, x domain.CalendarEntry) (form, error) {
	e := x.Event
	f := form{Action: path + "/new", Stored: x, ETag: ui.ETag(e.Revision()), Timezone: e.Timezone}
	if e.ID != 0 {
		f.ID = domain.CalendarEventID(e.ID)
		f.Action = path + "/" + f.ID
	}
	campaigns, err := p.Engine.Calendar.Campaigns(ctx, calendar.ListCampaigns{Page: domain.Page{Number: 1, Size: 100}})
	if err != nil {
		return f, err
	}
	ofCampaign := []ui.Choice{{Value: "", Label: "None"}}
	for _, c := range campaigns.Items {
		if c.Status != domain.CampaignDraft {
			ofCampaign = append(ofCampaign, ui.Choice{Value: strconv.FormatInt(c.ID, 10), Label: c.Name})
		}
	}
	templates, err := p.Engine.Work.GroupedTemplates(ctx)
	if err != nil {
		return f, err
	}
	ofTemplate := []ui.Choice{{Value: "", Label: "Choose…"}}
	for _, g := range templates {
		for _, t := range g.Templates {
			ofTemplate = append(ofTemplate, ui.Choice{Value: t.Slug, Label: t.Name})
		}
	}
	f.Fields = fields(ofCampaign, ofTemplate)
	for name, value := range map[string]string{
		"title": e.Title, "description": e.Description, "event_type": string(e.Type), "channel": string(e.Channel),
		"timezone": e.Timezone, "action": string(e.Action.Kind), "template": e.Action.Template,
	} {
		f.at(name).Choose(value)
	}
	if e.AllDay {
		f.at("all_day").Choose("true")
	}
	if e.CampaignID != 0 {
		f.at("campaign").Choose(strconv.FormatInt(e.CampaignID, 10))
	}
	if e.Action.ContentID != 0 {
		f.at("content_id").Choose(strconv.FormatInt(e.Action.ContentID, 10))
	}
	if e.Action.Kind == domain.ActionTemplate {
		f.at("inputs").Choose(ui.PrettyJSON(e.Action.Inputs))
	}
	f.times(e)
	if err := p.FillChoices(ctx, f.Fields); err != nil {
		return f, err
	}
	return f, p.ListChosen(ctx, f.Fields)
}

func fields(campaigns, templates []ui.Choice) ui.Fields {
	return ui.Fields{
		{Name: "title", Path: "title", Label: "Title", Widget: ui.WidgetText, Required: true,
			MaxLength: domain.LimitCalendarTitle.Max},
		{Name: "event_type", Path: "event_type", Label: "Type", Widget: ui.WidgetSelect,
			Options: choices(domain.CalendarOther.Values(), func(v string) string { return domain.CalendarType(v).Label() })},
		{Name: "channel", Path: "channel", Label: "Channel", Widget: ui.WidgetSelect,
			Options: choices(domain.OnOther.Values(), func(v string) string { return domain.CalendarChannel(v).Label() })},
		{Name: "all_day", Path: "all_day", Label: "Whole days", Widget: ui.WidgetCheck},
		{Name: "timezone", Path: "timezone", Label: "Time zone", Widget: ui.WidgetText,
			MaxLength: domain.LimitTimezone.Max, Placeholder: "Europe/Berlin"},
		{Name: "description", Path: "description", Label: "Description", Widget: ui.WidgetTextArea, Rows: 3},
		{Name: "campaign", Path: "campaign_id", Label: "Campaign", Widget: ui.WidgetSelect, Options: campaigns},
		{Name: "action", Path: "action.type", Label: "At that time", Widget: ui.WidgetRadio, Options: []ui.Choice{
			{Value: "", Label: "Nothing"}, {Value: "publish", Label: "Publish an item"}, {Value: "template",
				Label: "Run a template"},
		}, Help: "It is done with the rights that you have then."},
		{Name: "content_id", Path: "action.content_id", Label: "Item to publish", Widget: ui.WidgetContentItem},
		{Name: "template", Path: "action.template", Label: "Template to run", Widget: ui.WidgetSelect, Options: templates},
		{Name: "inputs", Path: "action.inputs", Label: "Inputs of the template", Widget: ui.WidgetJSON, Rows: 4,
			Help: "An object. Texts may use the event: {{ event.title }}."},
	}
}

func (f *form) at(name string) *ui.Field {
	for i := range f.Fields {
		if f.Fields[i].Name == name {
			return &f.Fields[i]
		}
	}
	panic("calendar: no field " + name)
}

// times shows when an event is, by the clocks of its zone.
func (f *form) times(e domain.CalendarEvent) {
	if e.StartsAt.IsZero() {
		return
	}
	start := e.StartsAt.In(e.Location())
	f.Date = start.Format(time.DateOnly)
	if !e.AllDay {
		f.Time = start.Format("15:04")
	}
	if e.EndsAt.IsZero() {
		return
	}
	end := e.EndsAt.In(e.Location())
	if e.AllDay {
		f.EndDate = end.Add(-time.Second).Format(time.DateOnly)
		return
	}
	f.EndDate, f.EndTime = end.Format(time.DateOnly), end.Format("15:04")
}

// post reads a posted form.
func (f *form) post(values url.Values) {
	f.Fields.Post(values)
	f.ETag = values.Get("etag")
	f.Date, f.Time = values.Get("date"), values.Get("time")
	f.EndDate, f.EndTime = values.Get("end_date"), values.Get("end_time")
}

// edit is what the form would store.
func (f form) edit() calendar.EventEdit {
	value := func(name string) string { return f.Fields.Named(name).Value }
	title, about, zone := value("title"), value("description"), value("timezone")
	kind, channel := domain.CalendarType(value("event_type")), domain.CalendarChannel(value("channel"))
	days, campaign := value("all_day") != "", number(value("campaign"))
	start, end := f.Date, ""
	if !days && f.Date != "" {
		start = f.Date + "T" + f.Time
	}
	if f.EndDate != "" || f.EndTime != "" {
		end = f.EndDate
		if end == "" {
			end = f.Date
		}
		if !days {
			end += "T" + f.EndTime
		}
	}
	e := calendar.EventEdit{
		Title: &title, Description: &about, Type: &kind, Channel: &channel, AllDay: &days, CampaignID: &campaign,
		ScheduledAt: &start, EndAt: &end, Timezone: &zone,
	}
	if a := f.action(); !f.same(a) {
		e.Action = &a
	}
	return e
}

func (f form) action() domain.CalendarAction {
	value := func(name string) string { return f.Fields.Named(name).Value }
	a := domain.CalendarAction{Kind: domain.ActionKind(value("action"))}
	switch a.Kind {
	case domain.ActionPublish:
		a.ContentID = number(value("content_id"))
		if a.ContentID == f.Stored.Event.Action.ContentID {
			a.Channels = f.Stored.Event.Action.Channels // which the form does not show
		}
	case domain.ActionTemplate:
		a.Template = value("template")
		if text := strings.TrimSpace(value("inputs")); text != "" {
			a.Inputs = []byte(text)
		}
	}
	return a
}

// same reports whether an action is the one that is stored: then it is not said again.
func (f form) same(a domain.CalendarAction) bool {
	s := f.Stored.Event.Action
	return a.Kind == s.Kind && a.ContentID == s.ContentID && a.Template == s.Template &&
		ui.PrettyJSON(a.Inputs) == ui.PrettyJSON(s.Inputs)
}

// blame puts what is wrong at the fields that it is about.
func (f *form) blame(e *domain.Error) {
	rest := map[string][]string{}
	for at, messages := range e.Fields {
		if at == "scheduled_at" || at == "end_at" {
			f.Times = append(f.Times, messages...)
			continue
		}
		rest[at] = messages
	}
	if len(e.Fields) > 0 {
		e = &domain.Error{Code: e.Code, Message: e.Message, Fields: rest}
		if len(rest) == 0 {
			return
		}
	}
	f.General = append(f.General, f.Fields.Blame(e)...)
}

func (p page) showForm(w http.ResponseWriter, r *http.Request, status int, f form) (err error) {
	v := view{Form: &f, Refused: refused(r)}
	f.Asking = r.URL.Query().Has("delete")
	title := "New event"
	if f.ID != "" {
		title = f.Stored.Event.Title
		l, err := p.Engine.Calendar.EventHistory(r.Context(), f.ID, domain.Page{Number: 1, Size: 20})
		if err != nil {
			return err
		}
		f.History = l.Items
		if days, ok := f.Stored.Dates().Slipped(p.Now(), f.Stored.Event.Location()); ok && days > 0 {
			f.Slipped = domain.Plural(days, "day") + " later than planned"
		}
	}
	if v.Shell, err = p.Shell(w, r, path, title); err != nil {
		return err
	}
	return p.Render(w, r, status, "calendar", v)
}

func (p page) blank(w http.ResponseWriter, r *http.Request) error {
	ws, err := p.Engine.Account.Profile(r.Context())
	if err != nil {
		return err
	}
	x := domain.CalendarEntry{Event: domain.CalendarEvent{
		Timezone: ws.Location().String(), Type: domain.CalendarOther, Channel: domain.OnOther,
	}}
	f, err := p.formOf(r.Context(), x)
	if err != nil {
		return err
	}
	f.Date, f.Time = r.URL.Query().Get("day"), "09:00"
	if f.Date == "" {
		f.Date = p.Now().In(ws.Location()).AddDate(0, 0, 1).Format(time.DateOnly)
	}
	if id := r.URL.Query().Get("publish"); number(id) != 0 {
		f.at("action").Choose("publish")
		f.at("content_id").Choose(id)
	}
	return p.showForm(w, r, http.StatusOK, f)
}

func (p page) stored(r *http.Request) (form, error) {
	x, err := p.Engine.Calendar.Event(r.Context(), r.PathValue("id"))
	if err != nil {
		return form{}, err
	}
	return p.formOf(r.Context(), x)
}

func (p page) event(w http.ResponseWriter, r *http.Request) error {
	f, err := p.stored(r)
	if err != nil {
		return err
	}
	if f.ID == "" { // an item has a page of its own
		http.Redirect(w, r, ui.ItemPath(f.Stored.Item.ID), http.StatusSeeOther)
		return nil
	}
	return p.showForm(w, r, http.StatusOK, f)
}

// file sends an event as a file for calendar programs.
func (p page) file(w http.ResponseWriter, r *http.Request) error {
	x, err := p.Engine.Calendar.Event(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	f, err := p.Engine.Calendar.ICS(r.Context(), []domain.CalendarEntry{x}, r.PathValue("id")+".ics")
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", calendar.MediaType)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(f.Data) // a client that has gone away is not our error
	return nil
}

func (p page) create(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	f, err := p.formOf(r.Context(), domain.CalendarEntry{})
	if err != nil {
		return err
	}
	f.post(r.PostForm)
	out, err := ui.Once(r, func(ctx context.Context) (domain.CalendarEntry, error) {
		return p.Engine.Calendar.CreateEvent(ctx, f.edit())
	}, func(x domain.CalendarEntry) ui.Outcome {
		at := x.Event.StartsAt.In(x.Event.Location()).Format(time.DateOnly)
		return ui.Outcome{Path: path + "?date=" + at, Message: "“" + x.Event.Title + "” is on the calendar."}
	})
	if err != nil {
		return p.refuse(w, r, f, err)
	}
	return p.Finish(w, r, out)
}

func (p page) save(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	f, err := p.stored(r)
	if err != nil {
		return err
	}
	f.post(r.PostForm)
	out, err := ui.Once(r, func(ctx context.Context) (domain.CalendarEntry, error) {
		in := calendar.EditEvent{ID: r.PathValue("id"), Precondition: verb.Precondition{IfMatch: f.ETag}}
		if s := domain.CalendarStatus(r.PostForm.Get("status")); s != "" {
			in.Status = &s
		} else {
			in.EventEdit = f.edit()
		}
		return p.Engine.Calendar.EditEvent(ctx, in)
	}, func(x domain.CalendarEntry) ui.Outcome {
		return ui.Outcome{Path: path + "/" + domain.CalendarEventID(x.Event.ID),
			Message: "“" + x.Event.Title + "” was saved."}
	})
	if domain.CodeOf(err) == domain.CodePreconditionFailed {
		f.ETag = ui.ETag(f.Stored.Event.Revision())
	}
	if err != nil {
		return p.refuse(w, r, f, err)
	}
	return p.Finish(w, r, out)
}

// refuse shows the form again with what the person wrote and what is wrong.
func (p page) refuse(w http.ResponseWriter, r *http.Request, f form, cause error) error {
	e := domain.AsError(cause)
	if e.Code == domain.CodeServer || e.Code == domain.CodeNotFound {
		return cause
	}
	f.Problem = "This was not saved. What you wrote is still here. Fix these first:"
	if e.Code == domain.CodePreconditionFailed {
		f.Problem = "This event was changed while you were editing. Your changes are still here. " +
			"Save again to put them in place of the others."
		return p.showForm(w, r, e.Code.Status(), f)
	}
	f.blame(e)
	return p.showForm(w, r, e.Code.Status(), f)
}

func (p page) remove(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	id := r.PathValue("id")
	out, err := ui.Once(r, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, p.Engine.Calendar.DeleteEvent(ctx, calendar.DeleteEvent{ID: id})
	}, func(struct{}) ui.Outcome { return ui.Outcome{Path: path, Message: "The event was deleted."} })
	if err != nil {
		return p.Refuse(w, r, path+"/"+url.PathEscape(id), err)
	}
	return p.Finish(w, r, out)
}

// moveTo takes an event to a day, at the same time of the clocks.
func (p page) moveTo(ctx context.Context, id, day, etag string) (domain.CalendarEntry, error) {
	x, err := p.Engine.Calendar.Event(ctx, id)
	if err != nil {
		return x, err
	}
	var faults domain.Problems
	to, ok := domain.CheckDay(&faults, "day", day)
	if !ok {
		return x, faults.Err()
	}
	ws, err := p.Engine.Account.Profile(ctx)
	if err != nil {
		return x, err
	}
	from, _ := daysOf(x, ws.Location())
	zone := x.Event.Location()
	at := domain.FromWall(domain.Wall(x.At().In(zone)).AddDate(0, 0, int(to.Sub(from).Hours()/24)), zone)
	start := at.UTC().Format(time.RFC3339Nano)
	return p.Engine.Calendar.EditEvent(ctx, calendar.EditEvent{
		ID: id, EventEdit: calendar.EventEdit{ScheduledAt: &start}, Precondition: verb.Precondition{IfMatch: etag},
	})
}
