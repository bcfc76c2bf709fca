package domain

import "time"

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
