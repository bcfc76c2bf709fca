package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// CalendarFilter narrows the entries of the calendar. A zero field does not, save the
// range, which has both ends.
type CalendarFilter struct {
	Span       domain.DateRange // entries that overlap it
	Types      []domain.CalendarType
	Channels   []domain.CalendarChannel
	CampaignID int64
	// Cancelled leaves events in that were cancelled: calendar programs need to learn of it.
	Cancelled bool
}

// dated is the date at which an item stands in the calendar, as the index content_dated has
// it; isDated is its condition.
const (
	dated   = `coalesce(nullif(published_at, 0), nullif(scheduled_at, 0), planned_at)`
	isDated = `(planned_at > 0 or scheduled_at > 0 or published_at > 0)`
)

// entries returns the statement that finds the entries: kind (0: event, 1: item), id and
// time of each.
func (f CalendarFilter) entries(w *where, workspaceID int64) string {
	text := `select 0 as kind, id, starts_at as at from calendar_event where ` + f.events(w, workspaceID)
	if f.CampaignID == 0 {
		text += ` union all select 1 as kind, id, ` + dated + ` as at from content where ` + f.items(w, workspaceID)
	}
	return text
}

func (f CalendarFilter) events(w *where, workspaceID int64) string {
	terms := []string{
		w.bind("workspace_id = ?", workspaceID),
		w.bind("starts_at < ?", db.Millis(f.Span.Until)),
		// No event is longer: the index need not be read from its start.
		w.bind("starts_at >= ?", db.Millis(f.Span.From.Add(-domain.MostEventLength-24*time.Hour))),
		w.bind("until_at > ?", db.Millis(f.Span.From)),
	}
	if f.CampaignID != 0 {
		terms = append(terms, w.bind("campaign_id = ?", f.CampaignID))
	}
	if len(f.Types) > 0 {
		terms = append(terms, "event_type in ("+bindAll(w, f.Types)+")")
	}
	if len(f.Channels) > 0 {
		terms = append(terms, "channel in ("+bindAll(w, f.Channels)+")")
	}
	if !f.Cancelled {
		terms = append(terms, "status <> "+quote(domain.CalendarCancelled))
	}
	return strings.Join(terms, " and ")
}

// items leaves out the items that an event publishes: they stand there.
func (f CalendarFilter) items(w *where, workspaceID int64) string {
	terms := []string{
		w.bind("workspace_id = ?", workspaceID), isDated,
		w.bind(dated+" >= ?", db.Millis(f.Span.From)), w.bind(dated+" < ?", db.Millis(f.Span.Until)),
		`not exists (select 1 from calendar_event e where e.content_id = content.id and e.content_id > 0 and
			e.workspace_id = content.workspace_id and e.status <> ` + quote(domain.CalendarCancelled) + `)`,
	}
	if len(f.Types) > 0 {
		terms = append(terms, "content_type in ("+bindAll(w, domain.ContentTypesOf(f.Types))+")")
	}
	if len(f.Channels) > 0 {
		terms = append(terms, itemChannel()+" in ("+bindAll(w, f.Channels)+")")
	}
	return strings.Join(terms, " and ")
}

// itemChannel is [domain.CalendarChannelOf] in SQL.
func itemChannel() string {
	known := make([]string, 0, len(domain.OnOther.Values()))
	for _, c := range domain.OnOther.Values() {
		known = append(known, quote(c))
	}
	return `case when channel in (` + strings.Join(known, ", ") + `) then channel
		when content_type = ` + quote(domain.ContentBlog) + ` then ` + quote(domain.OnBlog) + `
		when content_type = ` + quote(domain.ContentEmail) + ` then ` + quote(domain.OnEmail) + `
		else ` + quote(domain.OnOther) + ` end`
}

// bindAll binds the values of a list; an empty list becomes one value that nothing has.
func bindAll[S ~string](w *where, list []S) string {
	if len(list) == 0 {
		return "''"
	}
	var marks []string
	for _, v := range list {
		marks = append(marks, w.bind("?", string(v)))
	}
	return strings.Join(marks, ", ")
}

type entryKey struct {
	item bool
	id   int64
}

// CalendarEntries returns a page of the calendar, the earliest first: events, and items with
// a date, without their bodies.
func (q Q) CalendarEntries(
	ctx context.Context, workspaceID int64, f CalendarFilter, p domain.Page,
) (l domain.List[domain.CalendarEntry], err error) {
	w := &where{}
	if err = q.db.One(ctx, []any{&l.Total}, `select count(*) from (`+f.entries(w, workspaceID)+`) c`,
		w.args...); err != nil {
		return l, fmt.Errorf("count the calendar: %w", err)
	}
	w = &where{}
	text := `select kind, id from (` + f.entries(w, workspaceID) + `) c order by at, kind, id` +
		w.bind(" limit 0 + ?", p.Size) + w.bind(" offset ?", p.Offset())
	keys, err := db.Many(ctx, q.db, func(row db.Row) (k entryKey, err error) {
		var kind int
		err = row.Scan(&kind, &k.id)
		k.item = kind == 1
		return k, err
	}, text, w.args...)
	if err != nil {
		return l, fmt.Errorf("read the calendar: %w", err)
	}
	l.Items, err = q.calendarOf(ctx, workspaceID, keys)
	return l, err
}

// calendarOf reads the entries with these keys, in their order.
func (q Q) calendarOf(ctx context.Context, workspaceID int64, keys []entryKey) ([]domain.CalendarEntry, error) {
	var events, items []int64
	for _, k := range keys {
		if k.item {
			items = append(items, k.id)
		} else {
			events = append(events, k.id)
		}
	}
	byID := map[int64]domain.CalendarEvent{}
	for chunk := range chunks(events) {
		list, err := db.Many(ctx, q.db, scanCalendar(), `select `+calendarColumns+` from calendar_event
			where workspace_id = $1 and id in (`+placeholders(2, len(chunk))+`)`,
			append([]any{workspaceID}, anyIDs(chunk)...)...)
		if err != nil {
			return nil, fmt.Errorf("read calendar events: %w", err)
		}
		for _, e := range list {
			byID[e.ID] = e
			if e.Action.ContentID != 0 {
				items = append(items, e.Action.ContentID)
			}
		}
	}
	cards, err := q.contentCards(ctx, workspaceID, items)
	if err != nil {
		return nil, err
	}
	entries := make([]domain.CalendarEntry, 0, len(keys))
	for _, k := range keys {
		if k.item {
			entries = append(entries, domain.CalendarEntry{Item: cards[k.id]})
			continue
		}
		e := byID[k.id]
		entries = append(entries, domain.CalendarEntry{Event: e, Item: cards[e.Action.ContentID]})
	}
	return entries, nil
}

// CalendarEntry adds to an event the item that it publishes, where that still exists.
func (q Q) CalendarEntry(ctx context.Context, e domain.CalendarEvent) (domain.CalendarEntry, error) {
	cards, err := q.contentCards(ctx, e.WorkspaceID, []int64{e.Action.ContentID})
	return domain.CalendarEntry{Event: e, Item: cards[e.Action.ContentID]}, err
}

// contentCards returns items without their bodies, by id; without those that do not exist.
func (q Q) contentCards(ctx context.Context, workspaceID int64, ids []int64) (map[int64]domain.ContentItem, error) {
	cards := map[int64]domain.ContentItem{}
	for chunk := range chunks(ids) {
		list, err := db.Many(ctx, q.db, func(row db.Row) (domain.ContentItem, error) {
			var c contentRow
			err := row.Scan(contentTable.Dest(&c, contentCard)...)
			return c.ContentItem, err
		}, `select `+contentCardColumns+` from content where workspace_id = $1 and id in (`+placeholders(2, len(chunk))+`)`,
			append([]any{workspaceID}, anyIDs(chunk)...)...)
		if err != nil {
			return nil, fmt.Errorf("read the items of the calendar: %w", err)
		}
		for _, c := range list {
			cards[c.ID] = c
		}
	}
	return cards, nil
}

// chunks cuts ids into lists that a statement can take as parameters.
func chunks(ids []int64) func(yield func([]int64) bool) {
	const most = 500
	return func(yield func([]int64) bool) {
		for len(ids) > 0 {
			n := min(most, len(ids))
			if !yield(ids[:n]) {
				return
			}
			ids = ids[n:]
		}
	}
}
