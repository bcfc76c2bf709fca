// Package cron parses cron expressions of five fields in a time zone and returns when
// they are due. It starts nothing.
package cron

import (
	"fmt"
	"time"

	"github.com/robfig/cron/v3"
)

// Schedule is a parsed expression.
type Schedule struct {
	spec cron.Schedule
	zone *time.Location
}

// fields are minute, hour, day of month, month and day of week. @daily and similar are
// allowed, @every is not: it is not tied to the calendar.
const fields = cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor

// Parse parses an expression such as "0 9 * * 1-5". The zone is an IANA name; empty
// means UTC. An error says which part is invalid.
func Parse(expression, zone string) (Schedule, error) {
	where, err := time.LoadLocation(zone)
	if err != nil || zone == "Local" {
		return Schedule{}, fmt.Errorf("%q is not an IANA time zone such as Europe/Berlin", zone)
	}
	spec, err := cron.NewParser(fields).Parse(expression)
	if err != nil {
		return Schedule{}, fmt.Errorf("%q is not a cron expression: %w", expression, err)
	}
	if _, every := spec.(cron.ConstantDelaySchedule); every {
		return Schedule{}, fmt.Errorf("%q is not tied to the calendar; use five fields", expression)
	}
	return Schedule{spec, where}, nil
}

// Next returns the first time after t at which the schedule is due; the zero time if
// there is none within five years. When the clocks skip an hour, what was due in it is
// skipped. When they repeat one, a schedule that names hours is due in the first pass
// only; one for every hour is due in both.
func (s Schedule) Next(t time.Time) time.Time {
	for {
		t = s.spec.Next(t.In(s.zone))
		if t.IsZero() {
			return t
		}
		if !s.repeats(t) {
			return t.UTC()
		}
	}
}

// star is the bit with which the parser marks a field that was a star.
const star = 1 << 63

// repeats reports whether t is in the second pass of an hour that the clocks repeat, for
// a schedule that names its hours.
func (s Schedule) repeats(t time.Time) bool {
	spec, ok := s.spec.(*cron.SpecSchedule)
	if !ok || spec.Hour&star != 0 {
		return false
	}
	_, now := t.Zone()
	_, before := t.Add(-2 * time.Hour).Zone()
	first := t.Add(-time.Duration(before-now) * time.Second)
	return before > now && first.Format(time.DateTime) == t.Format(time.DateTime)
}
