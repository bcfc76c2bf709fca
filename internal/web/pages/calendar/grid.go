package calendar

import (
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/web/ui"
)

// span returns the first and the last day of the view.
func (q query) span() (first, last time.Time) {
	monday := func(t time.Time) time.Time { return t.AddDate(0, 0, -(int(t.Weekday())+6)%7) }
	switch q.Mode {
	case "week":
		first = monday(q.Date)
		return first, first.AddDate(0, 0, 6)
	case "list":
		return q.Date, q.Date.AddDate(0, 0, 29)
	}
	start := q.Date.AddDate(0, 0, 1-q.Date.Day())
	end := start.AddDate(0, 1, -1)
	return monday(start), monday(end).AddDate(0, 0, 6)
}

// step returns a day of the view before or after this one.
func (q query) step(n int) time.Time {
	switch q.Mode {
	case "week":
		return q.Date.AddDate(0, 0, 7*n)
	case "list":
		return q.Date.AddDate(0, 0, 30*n)
	}
	return q.Date.AddDate(0, 0, 1-q.Date.Day()).AddDate(0, n, 0)
}

func (q query) heading() string {
	first, last := q.span()
	if q.Mode == "month" {
		return q.Date.Format("January 2006")
	}
	return first.Format("2 January") + " to " + last.Format("2 January 2006")
}

// roomOf is how many entries a day shows.
func roomOf(mode string) int {
	if mode == "month" {
		return 4
	}
	return mostShown
}

func (d day) month() time.Month {
	t, _ := time.Parse(time.DateOnly, d.Date) // written below
	return t.Month()
}

// place puts entries on the days from first to last: an event of several days on each of
// them.
func place(entries []domain.CalendarEntry, first, last, now time.Time, zone *time.Location) []day {
	var days []day
	today := now.Format(time.DateOnly)
	for t := first; !t.After(last); t = t.AddDate(0, 0, 1) {
		date := t.Format(time.DateOnly)
		days = append(days, day{
			Date: date, Label: t.Format("Monday, 2 January"), Number: t.Day(), Today: date == today,
		})
	}
	for _, x := range entries {
		from, to := daysOf(x, zone)
		for i := range days {
			if t := first.AddDate(0, 0, i); !t.Before(from) && !t.After(to) {
				days[i].Entries = append(days[i].Entries, shown(x, t.Equal(from), now, zone))
			}
		}
	}
	return days
}

// daysOf returns the first and the last day of an entry: of whole days as they are in the
// event's own zone, else as the clocks of the workspace show them.
func daysOf(x domain.CalendarEntry, zone *time.Location) (from, to time.Time) {
	date := func(t time.Time) time.Time {
		y, m, d := t.Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	if x.Event.ID == 0 {
		at := date(x.At().In(zone))
		return at, at
	}
	if x.Event.AllDay {
		zone = x.Event.Location()
	}
	return date(x.Event.StartsAt.In(zone)), date(x.Event.Until().Add(-time.Millisecond).In(zone))
}

// shown is an entry on a day; starts says that it begins there.
func shown(x domain.CalendarEntry, starts bool, now time.Time, zone *time.Location) entry {
	e := x.Event
	out := entry{Time: x.At().In(zone).Format("15:04")}
	if e.ID == 0 {
		t := domain.CalendarTypeOf(x.Item.Type)
		out.ID, out.Href, out.Title = domain.CalendarItemID(x.Item.ID), ui.ItemPath(x.Item.ID), ui.TitleOf(x.Item.Title,
			x.Item.ID)
		out.Type, out.Label, out.Item = t, x.Item.Status.Label(), true
		out.Channel = domain.CalendarChannelOf(x.Item).Label()
	} else {
		out.ID, out.Title, out.Type, out.Label = domain.CalendarEventID(e.ID), e.Title, e.Type, e.Type.Label()
		out.Href, out.Channel, out.State = path+"/"+out.ID, e.Channel.Label(), e.State
		out.Off = e.Status == domain.CalendarCancelled
		if starts {
			out.ETag = ui.ETag(e.Revision())
		}
		if e.AllDay || !starts {
			out.Time = ""
		}
	}
	if days, ok := x.Dates().Slipped(now, zone); ok && days > 0 {
		out.Slipped = domain.Plural(days, "day") + " later than planned"
	}
	return out
}
