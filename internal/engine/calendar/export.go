package calendar

import (
	"context"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/ical"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// File is a calendar as a file of iCalendar.
type File struct {
	Name string
	Data []byte
}

// refresh is how often programs are asked to read a subscription again.
const refresh = time.Hour

// Export returns every entry of the calendar in a range of time, for a file. More than
// [domain.MostExported] are a VALIDATION_ERROR.
func (v *Verbs) Export(ctx context.Context, in ListEvents) ([]domain.CalendarEntry, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err == nil {
		err = in.check()
	}
	if err != nil {
		return nil, err
	}
	return v.all(ctx, a.WorkspaceID, in.filter())
}

func (v *Verbs) all(ctx context.Context, workspaceID int64, f store.CalendarFilter) ([]domain.CalendarEntry, error) {
	l, err := v.store.Read().CalendarEntries(ctx, workspaceID, f, domain.Page{Number: 1, Size: domain.MostExported})
	if err != nil {
		return nil, err
	}
	if l.Total > domain.MostExported {
		var p domain.Problems
		p.Add("end_date", "The range has %d entries, and a file has %d at most. Ask for fewer days", l.Total,
			domain.MostExported)
		return nil, p.Err()
	}
	return l.Items, nil
}

// MediaType is that of a file that [Verbs.ICS] returns.
const MediaType = ical.MediaType

// ICS returns entries of the caller's calendar as a file of iCalendar with that name.
func (v *Verbs) ICS(ctx context.Context, entries []domain.CalendarEntry, name string) (File, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return File{}, err
	}
	w, err := v.store.Read().Workspace(ctx, a.WorkspaceID)
	if err != nil {
		return File{}, err
	}
	return v.icsFile(ctx, w, entries, name)
}

func (v *Verbs) icsFile(
	ctx context.Context, w domain.Workspace, entries []domain.CalendarEntry, name string,
) (File, error) {
	installation, _, err := v.store.Read().Installation(ctx)
	if err != nil {
		return File{}, err
	}
	c := ical.Calendar{Name: w.Name, Refresh: refresh}
	for _, e := range entries {
		c.Events = append(c.Events, v.ics(installation.UUID, w, e))
	}
	return File{Name: name, Data: c.Bytes()}, nil
}

// ics is an entry in iCalendar.
func (v *Verbs) ics(installation string, w domain.Workspace, x domain.CalendarEntry) ical.Event {
	e := x.Event
	if e.ID == 0 {
		return v.icsItem(installation, w, x.Item)
	}
	url := ""
	if v.publicURL != "" {
		url = v.publicURL + "/calendar/" + domain.CalendarEventID(e.ID)
	}
	return ical.Event{
		UID: domain.EventUUID(installation, e.WorkspaceID, e.ID), Stamp: e.Updated, Created: e.Created,
		Sequence: e.Sequence, Start: e.StartsAt, End: e.EndsAt, AllDay: e.AllDay, Zone: e.Location(),
		Summary: e.Title, Description: e.Description, URL: url, Categories: []string{e.Type.Label(), e.Channel.Label()},
		Cancelled: e.Status == domain.CalendarCancelled, Color: e.ShownColor(), Free: e.AllDay || e.EndsAt.IsZero(),
	}
}

func (v *Verbs) icsItem(installation string, w domain.Workspace, c domain.ContentItem) ical.Event {
	url := ""
	if v.publicURL != "" {
		url = v.publicURL + "/content/" + strconv.FormatInt(c.ID, 10)
	}
	about := []string{c.Status.Label()}
	for _, d := range []struct {
		name string
		at   time.Time
	}{{"planned", c.PlannedAt}, {"scheduled", c.ScheduledAt}, {"published", c.PublishedAt}} {
		if !d.at.IsZero() {
			about = append(about, d.name+" "+d.at.In(w.Location()).Format(time.DateOnly))
		}
	}
	t := domain.CalendarTypeOf(c.Type)
	return ical.Event{
		UID: domain.ItemUUID(installation, c.WorkspaceID, c.ID), Stamp: c.UpdatedAt, Created: c.CreatedAt,
		Sequence: int(c.Revision), Start: domain.ItemDate(c), Zone: w.Location(), Summary: c.Title,
		Description: strings.Join(about, ", "), URL: url,
		Categories: []string{t.Label(), domain.CalendarChannelOf(c).Label()}, Color: t.Color(), Free: true,
	}
}
