package cron_test

import (
	"testing"
	"time"

	"vellocity/internal/cron"
)

func TestNext(t *testing.T) {
	for _, c := range []struct{ expression, zone, after, want string }{
		{"0 9 * * 1-5", "Europe/Berlin", "2026-11-20T12:00:00Z", "2026-11-23T08:00:00Z"},
		{"0 9 * * *", "Europe/Berlin", "2026-07-01T00:00:00Z", "2026-07-01T07:00:00Z"},
		{"30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-30T00:30:00Z"},    // 02:30 does not exist on the 29th
		{"30 1 * * *", "America/New_York", "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"}, // 01:30 comes twice on the 1st
		{"0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"},
		{"@daily", "", "2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z"},
		{"*/15 * * * *", "Australia/Lord_Howe", "2026-04-04T15:01:00Z", "2026-04-04T15:15:00Z"},
	} {
		s, err := cron.Parse(c.expression, c.zone)
		if err != nil {
			t.Fatalf("%s: %v", c.expression, err)
		}
		after, err := time.Parse(time.RFC3339, c.after)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Next(after).Format(time.RFC3339); got != c.want {
			t.Errorf("%s in %s after %s: got %s, want %s", c.expression, c.zone, c.after, got, c.want)
		}
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	for _, c := range []struct{ expression, zone string }{
		{"", "UTC"}, {"61 * * * *", "UTC"}, {"* * *", "UTC"}, {"0 9 * * *", "Mars/Olympus"}, {"0 9 * * *", "Local"}, {"@every 5m", "UTC"}, {"0 0 31 13 *", "UTC"},
	} {
		if _, err := cron.Parse(c.expression, c.zone); err == nil {
			t.Errorf("%q in %q was read", c.expression, c.zone)
		}
	}
	s, err := cron.Parse("0 0 30 2 *", "UTC")
	if err != nil {
		t.Fatal(err)
	}
	if next := s.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)); !next.IsZero() {
		t.Errorf("the 30th of February is due on %s", next)
	}
}
