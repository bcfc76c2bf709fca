// Package calendar is the calendar: events and content items by month, week or as a list,
// with a form for an event and the addresses to which calendar programs subscribe.
package calendar

import (
	"context"
	"embed"
	"net/http"
	"net/url"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/calendar"
	"vellocity/internal/web/ui"
)

//go:embed *.html *.css *.js
var files embed.FS

// Mount returns the page for the site.
func Mount(site *ui.Site) ui.Page {
	p := page{site}
	return ui.Page{
		Name:  "calendar",
		Files: files,
		Menu:  ui.Link{Group: ui.Manage, Path: path, Name: "Calendar", Icon: "calendar", Keys: "g d"},
		Routes: []ui.Route{
			{Pattern: "GET " + path, Handle: p.show},
			{Pattern: "GET " + path + "/new", Handle: p.blank},
			{Pattern: "POST " + path + "/new", Handle: p.create},
			{Pattern: "GET " + path + "/subscribe", Handle: p.subscribe},
			{Pattern: "POST " + path + "/subscribe", Handle: p.createToken},
			{Pattern: "POST " + path + "/subscribe/{id}/revoke", Handle: p.revoke},
			{Pattern: "GET " + path + "/{id}", Handle: p.event},
			{Pattern: "GET " + path + "/{id}/ics", Handle: p.file},
			{Pattern: "POST " + path + "/{id}", Handle: p.save},
			{Pattern: "POST " + path + "/{id}/move", Handle: p.move},
			{Pattern: "POST " + path + "/{id}/delete", Handle: p.remove},
		},
	}
}

// show shows the calendar.
func (p page) show(w http.ResponseWriter, r *http.Request) error {
	ws, err := p.Engine.Account.Profile(r.Context())
	if err != nil {
		return err
	}
	zone := ws.Location()
	now := p.Now().In(zone)
	q := readQuery(r, now)
	first, last := q.span()
	l, err := p.Engine.Calendar.Events(r.Context(), q.ask(first, last, zone))
	if domain.CodeOf(err) == domain.CodeValidation { // a filter that somebody typed into the address
		return p.Refuse(w, r, path, err)
	}
	if err != nil {
		return err
	}
	v := view{Mode: q.Mode, Query: q, Zone: zone.String(), Total: l.Total, More: l.Total - len(l.Items),
		Refused: refused(r)}
	v.Heading, v.Here = q.heading(), q.href(q.Mode, q.Date)
	days := place(l.Items, first, last, now, zone)
	for i := range days {
		days[i].All = q.href("list", first.AddDate(0, 0, i))
		days[i].Outside = q.Mode == "month" && days[i].month() != q.Date.Month()
		if most := roomOf(q.Mode); len(days[i].Entries) > most {
			days[i].Hidden = len(days[i].Entries) - most
			days[i].Entries = days[i].Entries[:most]
		}
	}
	v.fill(q, days, now)
	if v.Shell, err = p.Shell(w, r, path, "Calendar"); err != nil {
		return err
	}
	return p.Render(w, r, http.StatusOK, "calendar", v)
}

func (q query) ask(first, last time.Time, zone *time.Location) calendar.ListEvents {
	in := calendar.ListEvents{Page: domain.Page{Number: 1, Size: mostShown}, Span: domain.DateRange{
		From:  domain.StartOfDay(first.Year(), first.Month(), first.Day(), zone),
		Until: domain.StartOfDay(last.Year(), last.Month(), last.Day()+1, zone),
	}}
	if q.Type != "" {
		in.Types = []domain.CalendarType{domain.CalendarType(q.Type)}
	}
	if q.Channel != "" {
		in.Channels = []domain.CalendarChannel{domain.CalendarChannel(q.Channel)}
	}
	in.CampaignID = number(q.Campaign)
	return in
}

// fill lays out the days, and the links around them.
func (v *view) fill(q query, days []day, now time.Time) {
	if q.Mode == "list" {
		for _, d := range days {
			if len(d.Entries) > 0 {
				v.Days = append(v.Days, d)
			}
		}
	} else {
		for len(days) > 0 {
			v.Weeks = append(v.Weeks, week{days[:7]})
			days = days[7:]
		}
	}
	y, m, d := now.Date()
	v.Today = q.href(q.Mode, time.Date(y, m, d, 0, 0, 0, 0, time.UTC))
	v.Prev, v.Next = q.href(q.Mode, q.step(-1)), q.href(q.Mode, q.step(1))
	for _, mode := range []string{"month", "week", "list"} {
		v.Modes = append(v.Modes, ui.Tab{Label: ui.Human(mode), Href: q.href(mode, q.Date), On: mode == q.Mode})
	}
	v.Types = append(v.Types, ui.Choice{Value: "", Label: "All types", On: q.Type == ""})
	for _, t := range domain.CalendarOther.Values() {
		v.Types = append(v.Types, ui.Choice{Value: t, Label: domain.CalendarType(t).Label(), On: t == q.Type})
	}
	v.Channels = append(v.Channels, ui.Choice{Value: "", Label: "All channels", On: q.Channel == ""})
	for _, c := range domain.OnOther.Values() {
		v.Channels = append(v.Channels, ui.Choice{Value: c, Label: domain.CalendarChannel(c).Label(), On: c == q.Channel})
	}
}

// moved is the response to a move, for the script of the calendar.
type moved struct {
	Message string `json:"message"`
	ETag    string `json:"etag"`
}

// move takes an event to another day; its time of the day stays.
func (p page) move(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	back := path // or the page of the event
	if of := path + "/" + url.PathEscape(r.PathValue("id")); r.PostForm.Get("back") == of {
		back = of
	}
	out, err := ui.Once(r, func(ctx context.Context) (domain.CalendarEntry, error) {
		return p.moveTo(ctx, r.PathValue("id"), r.PostForm.Get("day"), r.PostForm.Get("etag"))
	}, func(e domain.CalendarEntry) ui.Outcome {
		return ui.Outcome{Path: back, Message: movedMessage(e)}
	})
	if err != nil {
		return p.Refuse(w, r, back, err)
	}
	if ui.WantsJSON(r) {
		x, err := p.Engine.Calendar.Event(r.Context(), r.PathValue("id"))
		if err != nil {
			return err
		}
		ui.WriteJSON(w, http.StatusOK, moved{out.Message, ui.ETag(x.Event.Revision())})
		return nil
	}
	return p.Finish(w, r, out)
}

func movedMessage(e domain.CalendarEntry) string {
	day := e.Event.StartsAt.In(e.Event.Location()).Format("Monday, 2 January 2006")
	return "“" + e.Event.Title + "” is on " + day + "."
}
