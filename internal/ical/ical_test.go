package ical_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"vellocity/internal/ical"
	"vellocity/internal/proptest"
)

// unfold joins the lines of a file as RFC 5545, section 3.1 says, and fails where one of them
// is too long, cut inside a code point, or ends without CRLF.
func unfold(t interface {
	Errorf(string, ...any)
}, file string,
) []string {
	if !strings.HasSuffix(file, "\r\n") || strings.Contains(strings.ReplaceAll(file, "\r\n", ""), "\n") ||
		strings.Contains(strings.ReplaceAll(file, "\r\n", ""), "\r") {
		t.Errorf("a line does not end with CRLF alone: %q", file)
	}
	for _, line := range strings.Split(file, "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) {
			t.Errorf("%d octets, or a cut code point: %q", len(line), line)
		}
	}
	return strings.Split(strings.TrimSuffix(strings.ReplaceAll(file, "\r\n ", ""), "\r\n"), "\r\n")
}

// value finds the value of a property.
func value(lines []string, name string) string {
	for _, l := range lines {
		if rest, ok := strings.CutPrefix(l, name+":"); ok {
			return rest
		}
	}
	return ""
}

func unescape(s string) string {
	return strings.NewReplacer(`\\`, `\`, `\;`, ";", `\,`, ",", `\n`, "\n").Replace(s)
}

// What is written reads the same again, whatever people type.
func TestTextsSurviveFoldingAndEscaping(t *testing.T) {
	at := time.Date(2026, 3, 10, 14, 0, 0, 0, time.UTC)
	proptest.Check(t, func(t *rapid.T) {
		summary := rapid.StringOfN(rapid.RuneFrom([]rune("aB \\;,:\"'\n\t=é漢👩🏽‍🚀\u200f")), 0, 200, -1).Draw(t, "summary")
		about := rapid.String().Draw(t, "description")
		file := string(ical.Calendar{Name: "Name; of, it", Events: []ical.Event{{
			UID: "u1", Stamp: at, Start: at, Summary: summary, Description: about, Categories: []string{"a,b", "c"},
		}}}.Bytes())
		lines := unfold(t, file)
		if got := unescape(value(lines, "SUMMARY")); got != summary {
			t.Errorf("%q became %q", summary, got)
		}
		clean := strings.Map(func(r rune) rune {
			if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
				return -1
			}
			return r
		}, strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(about))
		if got := unescape(value(lines, "DESCRIPTION")); got != clean {
			t.Errorf("%q became %q", clean, got)
		}
		if got := value(lines, "CATEGORIES"); got != `a\,b,c` {
			t.Errorf("categories %q", got)
		}
		if begins, ends := strings.Count(file, "BEGIN:"), strings.Count(file, "END:"); begins < 2 || begins != ends &&
			summary == "" {
			t.Errorf("%d begin and %d end", begins, ends)
		}
	})
}

// Nothing that people type ends a line and begins another.
func TestNothingIsInjected(t *testing.T) {
	at := time.Date(2026, 3, 10, 14, 0, 0, 0, time.UTC)
	const evil = "x\r\nATTENDEE:mailto:a@b\nEND:VEVENT\rBEGIN:VALARM"
	file := string(ical.Calendar{Name: evil, Events: []ical.Event{{
		UID: evil, Stamp: at, Start: at, Summary: evil, Description: evil, URL: "https://x/" + evil,
		Categories: []string{evil},
	}}}.Bytes())
	for _, l := range unfold(t, file) {
		for _, bad := range []string{"ATTENDEE", "BEGIN:VALARM"} {
			if strings.HasPrefix(l, bad) {
				t.Errorf("a line of its own: %q", l)
			}
		}
	}
	if strings.Count(file, "\r\nEND:VEVENT\r\n") != 1 {
		t.Error("an event ends twice")
	}
}

func TestTimes(t *testing.T) {
	zone := func(name string) *time.Location {
		z, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	berlin := zone("Europe/Berlin")
	start := time.Date(2026, 3, 10, 14, 0, 0, 0, time.UTC)
	day := time.Date(2026, 3, 28, 23, 0, 0, 0, time.UTC) // the first instant of the 29th in Berlin, when clocks change
	for _, tc := range []struct {
		name  string
		event ical.Event
		want  []string
	}{
		{"an instant", ical.Event{Start: start}, []string{"DTSTART:20260310T140000Z"}},
		{"in a zone", ical.Event{Start: start, End: start.Add(time.Hour), Zone: berlin},
			[]string{"DTSTART;TZID=Europe/Berlin:20260310T150000", "DTEND;TZID=Europe/Berlin:20260310T160000"}},
		{"a whole day", ical.Event{Start: day, End: day.Add(23 * time.Hour), AllDay: true, Zone: berlin},
			[]string{"DTSTART;VALUE=DATE:20260329", "DTEND;VALUE=DATE:20260330"}},
		{"a time that clocks show again", ical.Event{Start: time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC), Zone: berlin},
			[]string{"DTSTART:20261025T013000Z"}},
		{"the first of the two", ical.Event{Start: time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC), Zone: berlin},
			[]string{"DTSTART:20261025T003000Z"}},
		{"the last time before", ical.Event{Start: time.Date(2026, 10, 24, 23, 59, 0, 0, time.UTC), Zone: berlin},
			[]string{"DTSTART;TZID=Europe/Berlin:20261025T015900"}},
		{"the first time after", ical.Event{Start: time.Date(2026, 10, 25, 2, 0, 0, 0, time.UTC), Zone: berlin},
			[]string{"DTSTART;TZID=Europe/Berlin:20261025T030000"}},
		{"an end that is none", ical.Event{Start: start, End: start}, []string{"DTSTART:20260310T140000Z"}},
		{"cancelled", ical.Event{Start: start, Cancelled: true, Sequence: 3}, []string{"STATUS:CANCELLED", "SEQUENCE:3"}},
	} {
		tc.event.UID, tc.event.Stamp = "u", start
		lines := unfold(t, string(ical.Calendar{Refresh: time.Hour, Events: []ical.Event{tc.event}}.Bytes()))
		all := strings.Join(lines, "\n")
		for _, want := range append(tc.want, "DTSTAMP:20260310T140000Z", "REFRESH-INTERVAL;VALUE=DURATION:PT60M") {
			if !strings.Contains(all, want+"\n") {
				t.Errorf("%s: no %s in\n%s", tc.name, want, all)
			}
		}
		if strings.Contains(all, "DTEND") != (tc.event.End.After(tc.event.Start)) {
			t.Errorf("%s: %s", tc.name, all)
		}
		if strings.Contains(all, "VTIMEZONE") != (tc.event.Zone != nil && !tc.event.AllDay) {
			t.Errorf("%s: %s", tc.name, all)
		}
	}
}

// Every moment of five zones, gaps and folds included, is the same instant when the
// definition that was written for the zone is applied to the local time.
func TestZonesAreDefined(t *testing.T) {
	for _, name := range []string{
		"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Africa/Casablanca",
	} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		for at := time.Date(2026, 1, 1, 0, 30, 0, 0, time.UTC); at.Year() < 2028; at = at.Add(31 * time.Hour) {
			lines := unfold(t, string(ical.Calendar{Events: []ical.Event{{UID: "u", Stamp: at, Start: at, Zone: zone}}}.Bytes()))
			local := value(lines, "DTSTART;TZID="+name)
			if local == "" && value(lines, "DTSTART") == at.Format("20060102T150405Z") {
				continue // the clocks show it twice
			}
			if got := offsetAt(t, lines, local); got != at.In(zone).Format("-0700") {
				t.Errorf("%s: %s has the offset %s, not %s", name, local, got, at.In(zone).Format("-0700"))
			}
		}
	}
}

// offsetAt applies the time zone in a file to a local time: the part that began last holds.
func offsetAt(t *testing.T, lines []string, local string) (offset string) {
	t.Helper()
	began, start := "", ""
	for _, l := range lines {
		name, v, _ := strings.Cut(l, ":")
		switch {
		case name == "DTSTART":
			start = v
		case name == "TZOFFSETTO" && start <= local && start >= began:
			began, offset = start, v
		case l == "END:VTIMEZONE":
			return offset
		}
	}
	return offset
}
