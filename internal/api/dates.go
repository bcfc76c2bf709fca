package api

import (
	"context"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine"
)

// DateRange is embedded by inputs that filter by time.
type DateRange struct {
	From string `json:"from,omitempty" in:"query" maxLength:"40" doc:"First day (2026-02-26, in the workspace's time zone) or instant (RFC 3339)"`
	To   string `json:"to,omitempty" in:"query" maxLength:"40" doc:"Last day or instant, included"`
}

// span reads both ends; the workspace's time zone is asked for only where a
// whole day was given.
func (s DateRange) span(ctx context.Context, e *engine.Engine) (domain.DateRange, error) {
	if s.From == "" && s.To == "" {
		return domain.DateRange{}, nil
	}
	zone := time.UTC
	if len(s.From) == len(time.DateOnly) || len(s.To) == len(time.DateOnly) {
		w, err := e.Profile(ctx)
		if err != nil {
			return domain.DateRange{}, err
		}
		zone = w.Location()
	}
	return s.in(zone)
}

func (s DateRange) in(zone *time.Location) (span domain.DateRange, err error) {
	var p domain.Problems
	if s.From != "" {
		if span.From, _, err = day(s.From, zone); err != nil {
			p.Add("from", "The from parameter must be a day like 2026-02-26 or a time like 2026-02-26T10:00:00Z")
		}
	}
	if s.To != "" {
		t, whole, err := day(s.To, zone)
		switch {
		case err != nil:
			p.Add("to", "The to parameter must be a day like 2026-02-26 or a time like 2026-02-26T10:00:00Z")
		case whole:
			span.Until = t.AddDate(0, 0, 1)
		default:
			span.Until = t.Add(time.Millisecond) // the end is included, and times are kept in milliseconds
		}
	}
	if p.Err() == nil && s.From != "" && s.To != "" && !span.From.Before(span.Until) {
		p.Add("to", "The to parameter must not be before from")
	}
	return span, p.Err()
}
