package domain

import "time"

// Interval is the length of the parts that a period is cut into.
type Interval string

// The intervals.
const (
	IntervalDay   Interval = "day"
	IntervalWeek  Interval = "week" // from Monday, as ISO 8601 has it
	IntervalMonth Interval = "month"
)

// Values lists the intervals, shortest first.
func (Interval) Values() []string { return names([]Interval{IntervalDay, IntervalWeek, IntervalMonth}) }

// MaxIntervals is into how many parts a period may be cut.
const MaxIntervals = 400

// Start returns the first instant of the interval that has an instant, in its time zone.
func (i Interval) Start(at time.Time) time.Time {
	year, month, day := at.Date()
	switch i {
	case IntervalWeek:
		day -= (int(at.Weekday()) + 6) % 7
	case IntervalMonth:
		day = 1
	case IntervalDay:
	}
	return StartOfDay(year, month, day, at.Location())
}

// Next returns the first instant of the interval after the one that begins at an instant, in its time zone.
func (i Interval) Next(start time.Time) time.Time {
	year, month, day := start.Date()
	switch i {
	case IntervalWeek:
		day += 7
	case IntervalMonth:
		month, day = month+1, 1
	case IntervalDay:
		day++
	}
	next := StartOfDay(year, month, day, start.Location())
	if !next.After(start) { // a day that the zone left out
		next = StartOfDay(year, month, day+1, start.Location())
	}
	return next
}

// Split cuts a period into intervals of the zone of its beginning. The first and the last may be parts of one. ok is
// false where there would be more than [MaxIntervals].
func (i Interval) Split(r DateRange) (parts []DateRange, ok bool) {
	for at := r.From; at.Before(r.Until); {
		if len(parts) == MaxIntervals {
			return nil, false
		}
		next := i.Next(i.Start(at))
		if next.After(r.Until) {
			next = r.Until
		}
		parts = append(parts, DateRange{at, next})
		at = next
	}
	return parts, true
}

// Measure is something that analytics count.
type Measure string

// What is counted.
const (
	MeasureExecutions Measure = "executions" // accepted
	MeasureCompleted  Measure = "completed"  // accepted in the period, and completed since
	MeasureFailed     Measure = "failed"
	MeasureCancelled  Measure = "cancelled"
	MeasureItems      Measure = "items"     // content items created
	MeasurePublished  Measure = "published" // content items whose last publication was in the period
	MeasureCredits    Measure = "credits"   // charged
	MeasureDeals      Measure = "deals"     // opportunities created
	MeasureWon        Measure = "won"       // opportunities that became Launched
	MeasureLost       Measure = "lost"      // opportunities that became Closed Lost
	MeasureMoved      Measure = "moved"     // changes of stage
)

// Named is a number by name.
type Named struct {
	Name string
	N    int64
}
