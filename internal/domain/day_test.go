package domain_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"vellocity/internal/domain"
)

// zones are all time zones of the machine, or at least those whose clocks change at
// midnight and a few with rules of their own.
func zones(t *testing.T) []*time.Location {
	t.Helper()
	names := []string{
		"Africa/Cairo", "America/Havana", "Asia/Beirut", "America/Santiago", "America/Asuncion", "Asia/Gaza",
		"Asia/Amman", "Asia/Damascus", "Asia/Tehran", "America/Sao_Paulo", "America/St_Johns", "Atlantic/Azores",
		"America/New_York", "Europe/Berlin", "Europe/Dublin", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia",
		"Pacific/Kiritimati", "Antarctica/Troll", "Africa/Casablanca", "UTC",
	}
	const dir = "/usr/share/zoneinfo"
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error { // a machine may have none
		if err == nil && !d.IsDir() {
			names = append(names, path[len(dir)+1:])
		}
		return nil
	})
	var all []*time.Location
	for _, name := range names {
		if zone, err := time.LoadLocation(name); err == nil {
			all = append(all, zone)
		}
	}
	if len(all) < 20 {
		t.Skip("no time zones on this machine")
	}
	return all
}

// TestDaysBeginAtTheirFirstInstant walks through some years in every zone: a day begins
// at the first instant whose local date it is.
func TestDaysBeginAtTheirFirstInstant(t *testing.T) {
	if testing.Short() {
		t.Skip("walks through every zone")
	}
	changes := 0
	for _, zone := range zones(t) {
		for _, year := range []int{2010, 2011, 2024, 2026} {
			before := domain.StartOfDay(year, 1, 1, zone)
			for day := 2; day <= 366; day++ {
				start := domain.StartOfDay(year, 1, day, zone)
				want := time.Date(year, 1, day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
				length := start.Sub(before)
				if length != 24*time.Hour {
					changes++
					for back := time.Minute; back < 27*time.Hour; back += 10 * time.Minute {
						if got := start.Add(-back).Format(time.DateOnly); got >= want {
							t.Fatalf("%s: %s begins at %s, but it is %s already %s earlier", zone, want, start, got, back)
						}
					}
				}
				skipped := start.Equal(domain.StartOfDay(year, 1, day+1, zone)) // over the date line
				if got := start.Format(time.DateOnly); got != want && !skipped {
					t.Fatalf("%s: %s begins at %s", zone, want, start)
				}
				if got := start.Add(-1).Format(time.DateOnly); got >= want {
					t.Fatalf("%s: %s begins at %s, but an instant before it is %s", zone, want, start, got)
				}
				if length < 0 || length > 49*time.Hour {
					t.Fatalf("%s: the day before %s has %s", zone, want, length)
				}
				before = start
			}
		}
	}
	if _, err := os.Stat("/usr/share/zoneinfo/Africa/Cairo"); err == nil && changes < 1000 {
		t.Errorf("only %d days that have no 24 hours", changes)
	}
}

func TestStartOfDay(t *testing.T) {
	for _, c := range []struct {
		zone, day, want string
	}{
		{"Africa/Cairo", "2026-04-24", "2026-04-24T01:00:00+03:00"},
		{"Africa/Cairo", "2026-04-25", "2026-04-25T00:00:00+03:00"},
		{"America/Havana", "2026-03-08", "2026-03-08T01:00:00-04:00"},
		{"America/Havana", "2026-11-01", "2026-11-01T00:00:00-04:00"}, // midnight comes twice
		{"Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00"},   // a day that was left out
		{"America/New_York", "2026-03-08", "2026-03-08T00:00:00-05:00"},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Skip(err)
		}
		day, err := time.Parse(time.DateOnly, c.day)
		if err != nil {
			t.Fatal(err)
		}
		if got := domain.StartOfDay(day.Year(), day.Month(), day.Day(), zone).Format(time.RFC3339); got != c.want {
			t.Errorf("%s in %s begins at %s, want %s", c.day, c.zone, got, c.want)
		}
	}
}

// A zone is read once: a calendar asks for it with each of its events.
func TestTimeZonesAreKept(t *testing.T) {
	one, ok := domain.TimeZone("Europe/Berlin")
	two, _ := domain.TimeZone("Europe/Berlin")
	if !ok || one != two || one.String() != "Europe/Berlin" {
		t.Errorf("%v %v: %p and then %p", one, ok, one, two)
	}
	for _, name := range []string{"", "Local", "Europe/Nowhere"} {
		if _, ok := domain.TimeZone(name); ok {
			t.Errorf("%q is a time zone", name)
		}
	}
}
