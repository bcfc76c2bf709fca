package calendar

import (
	"bytes"
	"context"
	"encoding/csv"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/calendar"
	"vellocity/internal/ical"
	"vellocity/internal/ops"
)

// Format is the format of an exported calendar.
type Format string

// The formats.
const (
	FormatICS  Format = "ics"
	FormatCSV  Format = "csv"
	FormatJSON Format = "json"
)

// Values lists the formats.
func (Format) Values() []string {
	return []string{string(FormatICS), string(FormatCSV), string(FormatJSON)}
}

type exportEvents struct {
	Format Format `json:"format" in:"query" doc:"ics, csv or json"`
	Range
}

// exported is what an export is made of.
type exported struct {
	format  Format
	entries []domain.CalendarEntry
	ics     calendar.File
}

// export returns the path of an export of the range.
func (r Range) export(format string) string {
	q := url.Values{"format": {format}, "start_date": {r.StartDate}, "end_date": {r.EndDate}}
	for _, t := range r.EventTypes {
		q.Add("event_types", string(t))
	}
	for _, c := range r.Channels {
		q.Add("channels", string(c))
	}
	if r.CampaignID != 0 {
		q.Set("campaign_id", wire.Number(r.CampaignID))
	}
	return ops.Base + root + "/export?" + q.Encode()
}

func fileRows(v *calendar.Verbs, profile wire.Profile) []ops.Op {
	return []ops.Op{icsRow(v), exportRow(v, profile)}
}

func icsRow(v *calendar.Verbs) ops.Op {
	return ops.NewFile(ops.Op{
		Name:  "get_calendar_event_ics",
		Route: ops.Route{Method: http.MethodGet, Path: events + "/{id}/ics"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapter, Summary: "Get a calendar event in iCalendar",
			Description: "One entry as a file that calendar programs read (RFC 5545), with its time zone.",
			Errors:      []domain.Code{domain.CodeNotFound}, Example: sampleID, Media: []string{"text/calendar"},
		},
		Tool:    ops.Tool{Set: tools, Whole: true},
		Command: ops.Command{Noun: noun, Verb: "ics"},
	}, func(ctx context.Context, in EventID) (calendar.File, error) {
		x, err := v.Event(ctx, in.ID)
		if err != nil {
			return calendar.File{}, err
		}
		id := domain.CalendarItemID(x.Item.ID)
		if x.Event.ID != 0 {
			id = domain.CalendarEventID(x.Event.ID)
		}
		return v.ICS(ctx, []domain.CalendarEntry{x}, id+".ics")
	}, icsFile, calendar.File{Name: "evt_123.ics", Data: []byte("BEGIN:VCALENDAR\r\n…\r\nEND:VCALENDAR\r\n")})
}

func icsFile(f calendar.File) ops.File {
	return ops.File{Name: f.Name, MediaType: ical.MediaType, Text: string(f.Data)}
}

func exportRow(v *calendar.Verbs, profile wire.Profile) ops.Op {
	return ops.NewFile(ops.Op{
		Name:  "export_calendar",
		Route: ops.Route{Method: http.MethodGet, Path: root + "/export"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapter, Summary: "Export the calendar",
			Description: "All entries of a range of days, 5,000 at most, as a file: iCalendar (RFC 5545), CSV (RFC 4180, " +
				"UTF-8) or JSON, where each entry is as in the list.",
			Example: map[string]any{"format": "ics", "start_date": "2026-02-01", "end_date": "2026-02-28"},
			Media:   []string{"text/calendar", "text/csv", "application/json"},
		},
		Tool:    ops.Tool{Set: tools, Whole: true},
		Command: ops.Command{Noun: noun, Verb: "export"},
	}, func(ctx context.Context, in exportEvents) (exported, error) {
		span, err := in.dates().Read(ctx, profile)
		if err != nil {
			return exported{}, err
		}
		out := exported{format: in.Format}
		if out.entries, err = v.Export(ctx, in.list(span)); err != nil {
			return out, err
		}
		if in.Format == FormatICS {
			out.ics, err = v.ICS(ctx, out.entries, "calendar.ics")
		}
		return out, err
	}, viewExport, exported{format: FormatCSV, entries: sampleList})
}

func viewExport(x exported) ops.File {
	switch x.format {
	case FormatICS:
		return icsFile(x.ics)
	case FormatJSON:
		var b bytes.Buffer
		// What a view shows can always be written.
		_ = ops.Encode(&b, map[string]any{"events": wire.Each(x.entries, entry)})
		return ops.File{Name: "calendar.json", MediaType: "application/json", Text: b.String()}
	}
	return ops.File{Name: "calendar.csv", MediaType: "text/csv; charset=utf-8", Text: table(x.entries)}
}

// columns are those of the CSV.
func columns() []string {
	return []string{
		"id", "title", "description", "scheduled_at", "end_at", "all_day", "timezone", "event_type", "channel", "status",
		"campaign_id", "content_id", "planned_at", "published_at", "slipped_days", "action", "action_state", "action_reason",
		"execution_id",
	}
}

// table writes entries as CSV (RFC 4180).
func table(entries []domain.CalendarEntry) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	_ = w.Write(columns()) // to memory
	for _, x := range entries {
		e := entry(x)
		a := e.Attributes
		row := []string{
			e.ID, cell(a.Title), cell(a.Description), a.ScheduledAt.Format(time.RFC3339), moment(a.EndAt),
			strconv.FormatBool(a.AllDay), a.Timezone, string(a.EventType), string(a.Channel), string(a.Status),
			number(a.CampaignID), number(a.ContentID), moment(a.Dates.PlannedAt), moment(a.Dates.PublishedAt), "", "", "",
			"", "",
		}
		if d := a.Dates.SlippedDays; d != nil {
			row[14] = strconv.Itoa(*d)
		}
		if act := a.Action.Value; act != nil {
			row[15], row[16], row[18] = string(act.Type), string(act.State), number(act.ExecutionID)
			if act.Reason != nil {
				row[17] = cell(*act.Reason)
			}
		}
		_ = w.Write(row)
	}
	w.Flush()
	return b.String()
}

// cell keeps a spreadsheet from taking somebody's text for a formula.
func cell(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

func moment(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func number(n *int64) string {
	if n == nil {
		return ""
	}
	return wire.Number(*n)
}
