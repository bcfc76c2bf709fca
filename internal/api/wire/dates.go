package wire

import (
	"context"
	"strings"
	"time"

	"vellocity/internal/domain"
)

// DateRange is embedded by inputs that filter by time.
type DateRange struct {
	From string `json:"from,omitempty" in:"query" limit:"moment" doc:"First day (2026-02-26, in the workspace's time zone) or instant (RFC 3339)"`
	To   string `json:"to,omitempty" in:"query" limit:"moment" doc:"Last day or instant, included"`
}

// Profile returns the caller's workspace.
type Profile func(context.Context) (domain.Workspace, error)

// Read reads both ends. The profile is asked for the workspace's time zone only where
// a whole day was given.
func (s DateRange) Read(ctx context.Context, profile Profile) (domain.DateRange, error) {
	if s.From == "" && s.To == "" {
		return domain.DateRange{}, nil
	}
	zone := time.UTC
	if len(s.From) == len(time.DateOnly) || len(s.To) == len(time.DateOnly) {
		w, err := profile(ctx)
		if err != nil {
			return domain.DateRange{}, err
		}
		zone = w.Location()
	}
	return s.in(zone)
}

// wantMoment says what an end of a date range must be.
const wantMoment = "a day such as 2026-02-26 or a time such as 2026-02-26T10:00:00Z"

// wantPlus explains a time whose plus sign arrived as a space, as in any query (WHATWG
// URL, application/x-www-form-urlencoded).
const wantPlus = "a time whose + is written as %2B, such as 2026-02-26T10:00:00%2B01:00"

// want says what an end of a date range must be, to a caller who sent something else.
func want(text string) string {
	if _, err := time.Parse(time.RFC3339, strings.Replace(text, " ", "+", 1)); err == nil {
		return wantPlus
	}
	return wantMoment
}

func (s DateRange) in(zone *time.Location) (span domain.DateRange, err error) {
	var p domain.Problems
	if s.From != "" {
		if span.From, _, err = moment(s.From, zone); err != nil {
			p.Format("from", want(s.From))
		}
	}
	if s.To != "" {
		t, wholeDay, err := moment(s.To, zone)
		switch {
		case err != nil:
			p.Format("to", want(s.To))
		case wholeDay:
			day, _ := time.Parse(time.DateOnly, s.To) // moment has read it
			span.Until = domain.StartOfDay(day.Year(), day.Month(), day.Day()+1, zone)
		default:
			span.Until = t.Add(time.Millisecond) // the end is included, and times are kept in milliseconds
		}
	}
	// A whole day may be empty: a zone that crossed the date line left one out.
	if p.Err() == nil && s.From != "" && s.To != "" && s.From != s.To && !span.From.Before(span.Until) {
		p.Add("to", "The to field must not be before from")
	}
	return span, p.Err()
}

// moment reads one end of a date range: a whole day in the workspace's time zone, or
// an instant.
func moment(text string, zone *time.Location) (start time.Time, wholeDay bool, err error) {
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return domain.StartOfDay(day.Year(), day.Month(), day.Day(), zone), true, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	return t, false, err
}

// Days is a range whose ends callers know as start_date and end_date, both required.
type Days struct{ Start, End string }

// Read reads both ends, as [DateRange.Read] does.
func (d Days) Read(ctx context.Context, profile Profile) (domain.DateRange, error) {
	span, err := DateRange{From: d.Start, To: d.End}.Read(ctx, profile)
	var p domain.Problems
	if d.Start == "" {
		p.Required("start_date")
	}
	if d.End == "" {
		p.Required("end_date")
	}
	if err == nil {
		return span, p.Err()
	}
	if domain.CodeOf(err) != domain.CodeValidation {
		return span, err
	}
	if _, _, wrong := moment(d.Start, time.UTC); wrong != nil && d.Start != "" {
		p.Format("start_date", want(d.Start))
	}
	if _, _, wrong := moment(d.End, time.UTC); wrong != nil && d.End != "" {
		p.Format("end_date", want(d.End))
	}
	if p.Err() == nil {
		p.Add("end_date", "The end_date field must not be before start_date")
	}
	return span, p.Err()
}
