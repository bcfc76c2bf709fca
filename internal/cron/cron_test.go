package cron_test

import (
	"strings"
	"testing"
	"time"

	"vellocity/internal/cron"
)

func parse(t *testing.T, expression, zone string) cron.Schedule {
	t.Helper()
	where, err := cron.Zone(zone)
	if err != nil {
		t.Fatal(err)
	}
	s, err := cron.Parse(expression, where)
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return s
}

func at(t *testing.T, text string) time.Time {
	t.Helper()
	when, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

// Times of the day in five zones, across each kind of change of the clocks.
func TestDaylightSaving(t *testing.T) {
	for _, c := range []struct {
		name, expression, zone, after string
		want                          []string
	}{
		{"Berlin, no change", "0 9 * * *", "Europe/Berlin", "2026-07-01T00:00:00Z",
			[]string{"2026-07-01T09:00:00+02:00", "2026-07-02T09:00:00+02:00"}},
		{"Berlin, gap: once right after it", "30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z",
			[]string{"2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"}},
		{"Berlin, gap: several times in it are one", "0,15,30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z",
			[]string{"2026-03-29T03:00:00+02:00", "2026-03-30T02:00:00+02:00"}},
		{"Berlin, fold: the first pass", "30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z",
			[]string{"2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"}},
		{"Berlin, fold: a step of minutes in a fixed hour", "*/30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z",
			[]string{"2026-10-25T02:00:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-26T02:00:00+01:00"}},
		{"Berlin, fold: real time", "30 * * * *", "Europe/Berlin", "2026-10-25T00:00:00Z",
			[]string{"2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "2026-10-25T03:30:00+01:00"}},
		{"Berlin, gap: real time", "30 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z",
			[]string{"2026-03-29T01:30:00+01:00", "2026-03-29T03:30:00+02:00"}},
		{"Berlin, a step of hours follows real time", "0 */2 * * *", "Europe/Berlin", "2026-10-24T22:30:00Z",
			[]string{"2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T04:00:00+01:00"}},
		{"New York, gap", "30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z",
			[]string{"2026-03-08T03:00:00-04:00", "2026-03-09T02:30:00-04:00"}},
		{"New York, fold: asked between the passes", "30 1 * * *", "America/New_York", "2026-11-01T05:30:00Z",
			[]string{"2026-11-02T01:30:00-05:00"}},
		{"New York, fold: minutes in real time", "*/30 * * * *", "America/New_York", "2026-11-01T04:45:00Z",
			[]string{"2026-11-01T01:00:00-04:00", "2026-11-01T01:30:00-04:00", "2026-11-01T01:00:00-05:00",
				"2026-11-01T01:30:00-05:00", "2026-11-01T02:00:00-05:00"}},
		{"São Paulo, midnight does not exist", "0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00:00Z",
			[]string{"2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00"}},
		{"São Paulo, gap at midnight on a day of the week", "30 0 * * 0", "America/Sao_Paulo", "2018-11-03T12:00:00Z",
			[]string{"2018-11-04T01:00:00-02:00", "2018-11-11T00:30:00-02:00"}},
		{"São Paulo, fold before midnight", "30 23 * * *", "America/Sao_Paulo", "2018-02-17T12:00:00Z",
			[]string{"2018-02-17T23:30:00-02:00", "2018-02-18T23:30:00-03:00"}},
		{"Lord Howe, gap of half an hour", "15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z",
			[]string{"2026-10-04T02:30:00+11:00", "2026-10-05T02:15:00+11:00"}},
		{"Lord Howe, fold of half an hour", "45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00:00Z",
			[]string{"2026-04-05T01:45:00+11:00", "2026-04-06T01:45:00+10:30"}},
		{"Lord Howe, quarters in real time", "*/15 * * * *", "Australia/Lord_Howe", "2026-04-04T14:31:00Z",
			[]string{"2026-04-05T01:45:00+11:00", "2026-04-05T01:30:00+10:30", "2026-04-05T01:45:00+10:30",
				"2026-04-05T02:00:00+10:30"}},
		{"Kolkata has none", "0 9 * * 1-5", "Asia/Kolkata", "2026-11-20T12:00:00Z",
			[]string{"2026-11-23T09:00:00+05:30", "2026-11-24T09:00:00+05:30"}},
		{"Casablanca, Ramadan begins: fold", "30 2 * * *", "Africa/Casablanca", "2026-02-14T12:00:00Z",
			[]string{"2026-02-15T02:30:00+01:00", "2026-02-16T02:30:00Z"}},
		{"Casablanca, Ramadan ends: gap", "30 2 * * *", "Africa/Casablanca", "2026-03-21T12:00:00Z",
			[]string{"2026-03-22T03:00:00+01:00", "2026-03-23T02:30:00+01:00"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := parse(t, c.expression, c.zone).NextN(at(t, c.after), len(c.want))
			for i, want := range c.want {
				if i >= len(got) || got[i].Format(time.RFC3339) != want {
					t.Errorf("%s in %s after %s: got %v, want %v", c.expression, c.zone, c.after, got, c.want)
					break
				}
			}
		})
	}
}

func TestCalendar(t *testing.T) {
	for _, c := range []struct{ expression, after, want string }{
		{"0 9 13 * 5", "2026-11-01T00:00:00Z", "2026-11-06T09:00:00Z"}, // POSIX: the 13th or a Friday
		{"0 9 13 * 5", "2026-11-07T00:00:00Z", "2026-11-13T09:00:00Z"},
		{"0 9 13 * *", "2026-11-01T00:00:00Z", "2026-11-13T09:00:00Z"},
		{"0 9 */2 * 1", "2026-11-01T00:00:00Z", "2026-11-09T09:00:00Z"}, // a star restricts both
		{"0 9 * * 7", "2026-11-02T00:00:00Z", "2026-11-08T09:00:00Z"},
		{"0 9 * * 5-7", "2026-11-07T10:00:00Z", "2026-11-08T09:00:00Z"},
		{"0 9 * * sat-mon", "2026-11-08T10:00:00Z", "2026-11-09T09:00:00Z"},
		{"0 22-2 * * *", "2026-11-02T23:30:00Z", "2026-11-03T00:00:00Z"},
		{"0 0 29 2 *", "2097-03-01T00:00:00Z", "2104-02-29T00:00:00Z"},
		{"5/20 * * * *", "2026-11-01T00:30:00Z", "2026-11-01T00:45:00Z"},
		{"@daily", "2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z"},
		{"0 9 * JAN Mon", "2026-11-01T00:00:00Z", "2027-01-04T09:00:00Z"},
	} {
		if got := parse(t, c.expression, "").Next(at(t, c.after)).Format(time.RFC3339); got != c.want {
			t.Errorf("%s after %s: got %s, want %s", c.expression, c.after, got, c.want)
		}
	}
}

// Every instant lies after the one before, and its minute matches, however the clocks change.
func TestEveryInstantIsLaterThanTheOneBefore(t *testing.T) {
	for _, zone := range []string{"Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe",
		"Africa/Casablanca", "Asia/Kolkata", "Pacific/Apia", "UTC"} {
		for _, expression := range []string{"30 2 * * *", "*/20 0-3 * * *", "0 */3 * * *", "15 1 1,15 * *"} {
			s, before := parse(t, expression, zone), at(t, "2017-12-31T00:00:00Z")
			for n := range 400 {
				next := s.Next(before)
				if !next.After(before) {
					t.Fatalf("%s in %s: time %d, %s, does not lie after %s", expression, zone, n, next, before)
				}
				if again := s.Next(next.Add(-time.Second)); !again.Equal(next) {
					t.Fatalf("%s in %s: after %s comes %s, not %s", expression, zone, next.Add(-time.Second), again, next)
				}
				before = next
			}
		}
	}
}

func TestWhatIsWrongNamesItsPart(t *testing.T) {
	for expression, want := range map[string]string{
		"":                  "five fields",
		"* * *":             "it has 3",
		"61 * * * *":        "wrong minute, \"61\"",
		"0 24 * * *":        "wrong hour, \"24\"",
		"0 9 0 * *":         "wrong day of month, \"0\"",
		"0 9 * 13 *":        "wrong month, \"13\"",
		"0 9 * * 8":         "wrong day of week, \"8\"",
		"0 9 * * mo":        "a name such as mon",
		"0 9 * * L":         "wrong day of week",
		"*/0 * * * *":       "the step after /",
		"0 9 30 2 *":        "never due",
		"0 9 31 2,4 *":      "never due",
		"@every 5m":         "@every is not tied to the calendar",
		"@reboot":           "@reboot is not tied to the calendar",
		"TZ=UTC 0 9 * * *":  "timezone is a field of its own",
		"CRON_TZ=UTC * * *": "timezone is a field of its own",
		"+5 * * * *":        "wrong minute",
		"0 9 * * 1 2026":    "it has 6",
	} {
		if _, err := cron.Parse(expression, time.UTC); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, not %q", expression, err, want)
		}
	}
	for _, zone := range []string{"Mars/Olympus", "Local"} {
		if _, err := cron.Zone(zone); err == nil {
			t.Errorf("%s was read", zone)
		}
	}
}

func TestSentence(t *testing.T) {
	for expression, want := range map[string]string{
		"0 9 * * 1-5":       "At 09:00, Monday to Friday",
		"0 9 * * *":         "At 09:00, every day",
		"30 8,17 * * *":     "At 08:30 and 17:30, every day",
		"0 9 1 * *":         "At 09:00, on day 1 of the month",
		"0 9 13 * 5":        "At 09:00, on day 13 of the month or on Friday",
		"* * * * *":         "Every minute",
		"*/15 * * * *":      "Every 15 minutes",
		"0 * * * *":         "Every hour",
		"5 * * * *":         "5 minutes past every hour",
		"0 */2 * * *":       "Every 2 hours",
		"0 9 * 1,7 1":       "At 09:00, Monday, in January and July",
		"0 9 * * 0,6":       "At 09:00, Saturday and Sunday",
		"*/10 8-18 * * 1-5": "Every 10 minutes during the hours 08 to 18, Monday to Friday",
		"@weekly":           "At 00:00, Sunday",
	} {
		if got := parse(t, expression, "").Sentence(); got != want {
			t.Errorf("%s: got %q, want %q", expression, got, want)
		}
	}
}

// Whatever is read never panics, and what is accepted is due some day.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"0 9 * * 1-5", "*/5 22-2 1,15 jan-mar sun", "@daily", "1/0 * * * *", "7-1 * * * 6-7"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		s, err := cron.Parse(expression, time.UTC)
		if err != nil {
			return
		}
		if s.Sentence() == "" || s.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
			t.Errorf("%q has no sentence or no time", expression)
		}
	})
}
