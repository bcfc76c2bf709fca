package domain

import (
	"sync"
	"time"
)

// StartOfDay returns the first instant of a calendar day in a time zone. That is not
// always midnight: where daylight saving time begins at midnight the day begins at one
// o'clock (Cairo, Beirut, Havana, Santiago), and midnight may come twice. A day that a
// zone left out (Apia, 30 December 2011) begins where the next one does.
func StartOfDay(year int, month time.Month, day int, zone *time.Location) time.Time {
	midnight := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	// No zone is more than 14 hours ahead of UTC, nor 15 (Manila had been, to 1844).
	for at := midnight.Add(-16 * time.Hour); ; {
		_, offset := at.In(zone).Zone()
		_, end := at.In(zone).ZoneBounds()
		start := midnight.Add(-time.Duration(offset) * time.Second)
		if start.Before(at) {
			start = at // the clock has jumped over midnight
		}
		if end.IsZero() || start.Before(end) {
			return start.In(zone)
		}
		at = end
	}
}

// ClockTime returns the first instant at which clocks of a time zone show a time of a
// day. Where they skip it, that is the end of the gap; where they show it twice, the first
// pass. It is how schedules and calendars read a time of the day.
func ClockTime(year int, month time.Month, day, hour, minute int, zone *time.Location) time.Time {
	at := time.Date(year, month, day, hour, minute, 0, 0, zone)
	want := time.Date(year, month, day, hour, minute, 0, 0, time.UTC)
	start, end := at.ZoneBounds()
	if Wall(at).Equal(want) {
		if start.IsZero() {
			return at
		}
		_, now := at.Zone()
		_, before := start.Add(-time.Second).In(zone).Zone()
		if first := at.Add(-time.Duration(before-now) * time.Second); first.Before(start) && Wall(first).Equal(want) {
			return first // the clocks show it twice
		}
		return at
	}
	for _, change := range []time.Time{start, end} {
		if change.IsZero() {
			continue
		}
		change = change.In(zone)
		if !Wall(change).Before(want) && Wall(change.Add(-time.Second)).Before(want) {
			return change
		}
	}
	return at
}

// Wall is what the clocks of the time's zone show at an instant, as if that were UTC: with
// it dates and times of the day can be added up without the clocks changing.
func Wall(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.Add(time.Duration(offset) * time.Second).UTC()
}

// FromWall is the reverse of [Wall], by the rules of [ClockTime].
func FromWall(wall time.Time, zone *time.Location) time.Time {
	year, month, day := wall.Date()
	at := ClockTime(year, month, day, wall.Hour(), wall.Minute(), zone)
	return at.Add(time.Duration(wall.Second())*time.Second + time.Duration(wall.Nanosecond()))
}

// ParseMoment reads a day (2026-03-01), a time of the clocks in a zone (2026-03-01T09:00)
// or an instant (RFC 3339). ok is false where the text is none of them. A day is its first
// instant.
func ParseMoment(text string, zone *time.Location) (at time.Time, wholeDay, ok bool) {
	if d, err := time.Parse(time.DateOnly, text); err == nil {
		return StartOfDay(d.Year(), d.Month(), d.Day(), zone), true, true
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, false, true
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return FromWall(t, zone), false, true
		}
	}
	return time.Time{}, false, false
}

// WantMoment says what [ParseMoment] reads, for messages.
const WantMoment = "a time such as 2026-02-26T10:00:00Z, a time of the clocks such as 2026-02-26T10:00, " +
	"or a day such as 2026-02-26"

// zones are the time zones that were asked for, by name. Reading one from the system's files takes longer than reading
// the event that names it.
var zones struct {
	sync.Mutex
	byName map[string]*time.Location
}

// mostZones is how many are kept: more than there are, though a zone may be written in several ways.
const mostZones = 1000

// TimeZone returns a time zone by its IANA name; ok is false where there is none.
func TimeZone(name string) (zone *time.Location, ok bool) {
	if name == "Local" || name == "" {
		return time.UTC, false
	}
	zones.Lock()
	defer zones.Unlock()
	if zone = zones.byName[name]; zone != nil {
		return zone, true
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return zone, false
	}
	if zones.byName == nil || len(zones.byName) >= mostZones {
		zones.byName = map[string]*time.Location{}
	}
	zones.byName[name] = zone
	return zone, true
}
