package calendar

import (
	"cmp"
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/agenda"
	"vellocity/internal/domain"
	"vellocity/internal/verb"
)

// EventEdit is what callers may say about an event. A nil field stays as it is; an empty
// text, the campaign 0 and an action without a type are none.
type EventEdit struct {
	Title       *string
	Description *string
	ScheduledAt *string // as [domain.ParseMoment] reads it
	EndAt       *string // of an event of whole days: the last day
	AllDay      *bool
	Timezone    *string // IANA name
	Type        *domain.CalendarType
	Channel     *domain.CalendarChannel
	Color       *string // #RRGGBB
	Icon        *string
	Status      *domain.CalendarStatus
	CampaignID  *int64
	Action      *domain.CalendarAction
}

// readEvent is an event with a change, read and checked.
type readEvent struct {
	domain.CalendarEvent
	scopes []domain.Scope // that its action takes
	again  bool           // the change gives the action again, whether it is another or not
}

// changed returns an event with a change, checked. was is the event before it, and the zero
// value for a new one.
func (v *Verbs) changed(ctx context.Context, was, e domain.CalendarEvent, in EventEdit) (readEvent, error) {
	var p domain.Problems
	in.apply(&p, &e)
	if in.ScheduledAt == nil && was.ID == 0 {
		p.Required("scheduled_at")
	}
	checkLook(&p, e)
	r := readEvent{CalendarEvent: e, again: in.Action != nil}
	if err := v.readAction(ctx, &p, &r, in.Action); err != nil {
		return r, err
	}
	acts := r.again || e.State != domain.ActionDone && (!e.StartsAt.Equal(was.StartsAt) || e.Status != was.Status)
	if r.Action.Kind != "" && acts && e.Status != domain.CalendarCancelled && !e.StartsAt.IsZero() {
		p.Future("scheduled_at", e.StartsAt, v.store.Now().Add(-domain.ClockLeniency))
	}
	return r, p.Err()
}

// readAction checks an action that is given. One that stays as it is may name what no longer
// exists: that is found out when its time comes.
func (v *Verbs) readAction(
	ctx context.Context, p *domain.Problems, r *readEvent, given *domain.CalendarAction,
) (err error) {
	if given == nil {
		var known domain.Problems
		_, r.scopes, err = v.checkAction(ctx, &known, r.WorkspaceID, "action", r.Action)
		return err
	}
	r.Action, r.scopes, err = v.checkAction(ctx, p, r.WorkspaceID, "action", *given)
	return err
}

func checkLook(p *domain.Problems, e domain.CalendarEvent) {
	domain.LimitCalendarTitle.Text(p, "title", e.Title)
	domain.LimitCalendarDescription.Text(p, "description", e.Description)
	domain.CheckEnum(p, "event_type", e.Type)
	domain.CheckEnum(p, "channel", e.Channel)
	domain.CheckEnum(p, "status", e.Status)
	if e.Color != "" && !isColor(e.Color) {
		p.Format("color", "a colour such as #4A90D9")
	}
	domain.LimitCalendarIcon.Text(p, "icon", e.Icon)
	verb.CheckSlug(p, "icon", &e.Icon)
}

func isColor(s string) bool {
	_, err := strconv.ParseUint(strings.TrimPrefix(s, "#"), 16, 32)
	return err == nil && len(s) == 7 && s[0] == '#'
}

// apply changes an event. Times follow from its time zone, so that comes first.
func (in EventEdit) apply(p *domain.Problems, e *domain.CalendarEvent) {
	verb.Set(&e.Title, in.Title)
	verb.Set(&e.Description, in.Description)
	verb.Set(&e.Color, in.Color)
	verb.Set(&e.Icon, in.Icon)
	verb.Set(&e.CampaignID, in.CampaignID)
	if in.Type != nil {
		e.Type = cmp.Or(*in.Type, domain.CalendarOther)
	}
	if in.Channel != nil {
		e.Channel = cmp.Or(*in.Channel, domain.OnOther)
	}
	if in.Status != nil {
		e.Status = cmp.Or(*in.Status, domain.CalendarConfirmed)
	}
	from := e.Location()
	if in.Timezone != nil {
		if !checkZone(p, "timezone", *in.Timezone) {
			return
		}
		e.Timezone = *in.Timezone
	}
	in.times(p, e, from)
}

// times changes when an event is. from is the time zone that it was in: an event of whole
// days keeps its dates in another one.
func (in EventEdit) times(p *domain.Problems, e *domain.CalendarEvent, from *time.Location) {
	zone := e.Location()
	start, end, days := e.StartsAt, e.EndsAt, e.AllDay
	if days && !start.IsZero() {
		start = agenda.SameDay(start, from, zone)
		if !end.IsZero() {
			end = agenda.SameDay(end, from, zone)
		}
	}
	if in.AllDay != nil {
		days = *in.AllDay
	}
	if in.ScheduledAt != nil {
		at, wholeDay, ok := domain.ParseMoment(*in.ScheduledAt, zone)
		switch {
		case strings.TrimSpace(*in.ScheduledAt) == "":
			p.Required("scheduled_at")
			return
		case !ok, at.Year() < 1970, at.Year() > 9998:
			p.Format("scheduled_at", domain.WantMoment)
			return
		case wholeDay && in.AllDay != nil && !days:
			p.Format("scheduled_at", "a time, not a day, where all_day is false")
			return
		case !wholeDay && in.AllDay == nil:
			days = e.AllDay && e.ID != 0
		}
		days = days || wholeDay
		if !end.IsZero() && in.EndAt == nil {
			end = agenda.Shift(start, at, end, zone)
		}
		start = at
	}
	if days {
		start, end = wholeDays(start, end, zone)
	}
	if in.EndAt != nil {
		end = time.Time{}
		if *in.EndAt != "" && !readEnd(p, *in.EndAt, days, zone, &end) {
			return
		}
	}
	e.StartsAt, e.EndsAt, e.AllDay = milli(start), milli(end), days
	switch {
	case end.IsZero():
	case !end.After(start):
		p.Add("end_at", "The end_at field must be after scheduled_at")
	case end.Sub(start) > domain.MostEventLength+25*time.Hour:
		p.Add("end_at", "The end_at field must be at most 366 days after scheduled_at")
	}
}

// milli cuts a time to the milliseconds that are stored.
func milli(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(time.Millisecond)
}

// readEnd reads when an event ends. Of whole days it is the last day, or the first instant of
// the day after it.
func readEnd(p *domain.Problems, text string, days bool, zone *time.Location, end *time.Time) bool {
	at, wholeDay, ok := domain.ParseMoment(text, zone)
	switch {
	case !ok:
		p.Format("end_at", domain.WantMoment)
		return false
	case wholeDay && !days:
		p.Format("end_at", "a time such as 2026-02-26T10:00:00Z, as scheduled_at is no day")
		return false
	case days:
		if y, m, d := at.In(zone).Date(); wholeDay || !at.Equal(domain.StartOfDay(y, m, d, zone)) {
			at = domain.StartOfDay(y, m, d+1, zone)
		}
	}
	*end = at
	return true
}

// wholeDays widens a time to whole days of a zone.
func wholeDays(start, end time.Time, zone *time.Location) (time.Time, time.Time) {
	y, m, d := start.In(zone).Date()
	start = domain.StartOfDay(y, m, d, zone)
	if end.IsZero() {
		return start, end
	}
	y, m, d = end.In(zone).Date()
	if at := domain.StartOfDay(y, m, d, zone); at.Equal(end) && end.After(start) {
		return start, end
	}
	return start, domain.StartOfDay(y, m, d+1, zone)
}

// eventJSON is what expressions of an action's inputs see as event.
func eventJSON(e domain.CalendarEvent) (json.RawMessage, error) {
	return json.Marshal(struct {
		Name   domain.EventName `json:"name"`
		At     string           `json:"at"`
		Source string           `json:"source"`
		domain.CalendarFacts
	}{domain.EventCalendarDue, e.DueAt.UTC().Format(time.RFC3339), domain.SourceVellocity, e.Facts()})
}
