// Package cron reads cron expressions of five fields in a time zone: when they are due,
// also where the clocks change, and what they say in English. It starts nothing.
package cron

import (
	"slices"
	"time"

	"vellocity/internal/domain"
)

// Schedule is a cron expression that was read, with its time zone. It does not change.
type Schedule struct {
	minutes, hours, days, months, weekdays field
	zone                                   *time.Location
}

// field is one of the five fields.
type field struct {
	values []int // that match, sorted
	star   bool  // it begins with *, so that it restricts nothing or follows a step
	step   int   // n of */n; 0: none
}

func (f field) has(n int) bool { return slices.Contains(f.values, n) }

// horizon is how far ahead a schedule is looked for. The 29th of February comes after
// eight years at the latest.
const horizon = 9 * 366

// Never reports whether the schedule is never due, such as on the 30th of February.
func (s Schedule) Never() bool { return s.Next(time.Unix(0, 0)).IsZero() }

// Next returns the first time after t at which the schedule is due, in its time zone; the
// zero time if there is none.
//
// A schedule whose hours begin with * follows real time. Any other is due at a time of the
// day, once each: where the clocks skip that time, right after the gap, and where they
// repeat it, in the first pass (as Vixie cron does it).
func (s Schedule) Next(t time.Time) time.Time {
	t = t.In(s.zone)
	year, month, day := t.Date()
	for i := -1; i < horizon; i++ { // a gap at midnight moves what is due to the next date
		date := time.Date(year, month, day+i, 0, 0, 0, 0, time.UTC)
		if !s.on(date) {
			continue
		}
		if next := s.within(date, t); !next.IsZero() {
			return next
		}
	}
	return time.Time{}
}

// NextN returns the next n times after t, or fewer where there are none.
func (s Schedule) NextN(t time.Time, n int) []time.Time {
	list := []time.Time{}
	for range n {
		if t = s.Next(t); t.IsZero() {
			break
		}
		list = append(list, t)
	}
	return list
}

// on reports whether the schedule is due on a date. Where both the days of the month and
// those of the week are restricted, either is enough (POSIX, crontab).
func (s Schedule) on(date time.Time) bool {
	if !s.months.has(int(date.Month())) {
		return false
	}
	day, weekday := s.days.has(date.Day()), s.weekdays.has(int(date.Weekday()))
	if !s.days.star && !s.weekdays.star {
		return day || weekday
	}
	return day && weekday
}

// within returns the first time after t that is due on a date; the zero time if none.
func (s Schedule) within(date, t time.Time) time.Time {
	year, month, day := date.Date()
	if s.hours.star {
		at := domain.ClockTime(year, month, day, 0, 0, s.zone)
		if t.After(at) {
			at = t.Truncate(time.Minute)
			if !at.After(t) {
				at = at.Add(time.Minute)
			}
		}
		for ; at.Day() == day && at.Month() == month; at = at.Add(time.Minute) {
			if s.hours.has(at.Hour()) && s.minutes.has(at.Minute()) && at.After(t) {
				return at
			}
		}
		return time.Time{}
	}
	var first time.Time
	for _, hour := range s.hours.values {
		for _, minute := range s.minutes.values {
			at := domain.ClockTime(year, month, day, hour, minute, s.zone)
			if at.After(t) && (first.IsZero() || at.Before(first)) {
				first = at
			}
		}
	}
	return first
}
