// Package ical writes calendars in iCalendar (RFC 5545): the subset that calendar programs
// read from a subscription, with a time zone definition for each zone that an event uses.
package ical

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// MediaType is the media type of a calendar, with the encoding that [Calendar.Bytes] writes.
const MediaType = "text/calendar; charset=utf-8"

// Calendar is a list of events with a name.
type Calendar struct {
	Name string
	// Refresh is how often programs are asked to read a subscription again; 0 says nothing.
	// Apple and Outlook on the desktop follow it, Google does not.
	Refresh time.Duration
	Events  []Event
}

// Event is one VEVENT.
type Event struct {
	UID string // for ever the same, and no other event's
	// Stamp is when the event was last changed: DTSTAMP and LAST-MODIFIED. The same version
	// of an event must always have the same, so that the file does not change by itself.
	Stamp    time.Time
	Created  time.Time // zero: not known
	Sequence int       // raised when time or status change
	Start    time.Time
	// End is after the last instant; zero: the event has no length. Of an event of whole
	// days it is the start of the day after the last one.
	End    time.Time
	AllDay bool
	Zone   *time.Location // in which the event takes place; nil: UTC

	Summary     string
	Description string
	URL         string
	Categories  []string
	Cancelled   bool
	Color       string // #RRGGBB; written as the nearest name of CSS, as RFC 7986 demands
	// Free says that the event takes no time of those who see it.
	Free bool
}

// Bytes returns the file.
func (c Calendar) Bytes() []byte {
	var w writer
	w.line("BEGIN:VCALENDAR")
	w.line("VERSION:2.0")
	w.line("PRODID:-//Vellocity//Calendar//EN")
	w.line("CALSCALE:GREGORIAN")
	w.line("METHOD:PUBLISH")
	if c.Name != "" {
		w.text("X-WR-CALNAME", c.Name)
		w.text("NAME", c.Name)
	}
	if c.Refresh > 0 {
		every := fmt.Sprintf("PT%dM", int(c.Refresh.Minutes()))
		w.line("REFRESH-INTERVAL;VALUE=DURATION:" + every)
		w.line("X-PUBLISHED-TTL:" + every)
	}
	for _, z := range zones(c.Events) {
		z.write(&w)
	}
	for _, e := range c.Events {
		e.write(&w)
	}
	w.line("END:VCALENDAR")
	return w.Bytes()
}

// zone is the time zone of the event; nil where its times are written in UTC.
func (e Event) zone() *time.Location {
	if e.AllDay || e.Zone == nil || e.Zone == time.UTC || e.Zone.String() == "UTC" || e.Zone.String() == "Local" {
		return nil
	}
	return e.Zone
}

func (e Event) write(w *writer) {
	w.line("BEGIN:VEVENT")
	w.line("UID:" + plain(e.UID))
	w.line("DTSTAMP:" + inUTC(e.Stamp))
	w.line("LAST-MODIFIED:" + inUTC(e.Stamp))
	if !e.Created.IsZero() {
		w.line("CREATED:" + inUTC(e.Created))
	}
	w.line(fmt.Sprintf("SEQUENCE:%d", e.Sequence))
	w.line("DTSTART" + e.moment(e.Start))
	if e.End.After(e.Start) {
		w.line("DTEND" + e.moment(e.End))
	}
	w.text("SUMMARY", e.Summary)
	if e.Description != "" {
		w.text("DESCRIPTION", e.Description)
	}
	if e.URL != "" {
		w.line("URL:" + plain(e.URL))
	}
	if len(e.Categories) > 0 {
		list := make([]string, len(e.Categories))
		for i, c := range e.Categories {
			list[i] = escape(c)
		}
		w.line("CATEGORIES:" + strings.Join(list, ","))
	}
	if e.Cancelled {
		w.line("STATUS:CANCELLED")
	} else {
		w.line("STATUS:CONFIRMED")
	}
	if name := colorName(e.Color); name != "" {
		w.line("COLOR:" + name)
	}
	if e.Free {
		w.line("TRANSP:TRANSPARENT")
	}
	w.line("END:VEVENT")
}

// moment is the rest of a line with a time, after its name.
func (e Event) moment(t time.Time) string {
	switch zone := e.zone(); {
	case e.AllDay && e.Zone != nil:
		return ";VALUE=DATE:" + t.In(e.Zone).Format("20060102")
	case e.AllDay:
		return ";VALUE=DATE:" + t.UTC().Format("20060102")
	case zone != nil && !twice(t.In(zone)):
		return ";TZID=" + zone.String() + ":" + t.In(zone).Format(local)
	}
	return ":" + inUTC(t)
}

// twice reports whether the clocks of its zone show a time twice, as they were put back. By
// itself such a time means the first one (RFC 5545, section 3.3.5), but readers do not agree,
// so it is written in UTC.
func twice(t time.Time) bool {
	start, end := t.ZoneBounds()
	_, now := t.Zone()
	if !start.IsZero() {
		_, before := start.Add(-time.Second).In(t.Location()).Zone()
		if t.Sub(start) < time.Duration(before-now)*time.Second {
			return true
		}
	}
	if end.IsZero() {
		return false
	}
	_, after := end.In(t.Location()).Zone()
	return end.Sub(t) <= time.Duration(now-after)*time.Second
}

const local = "20060102T150405"

func inUTC(t time.Time) string { return t.UTC().Format(local + "Z") }

// writer writes content lines.
type writer struct{ bytes.Buffer }

// most is how many octets a line may have, its end aside (RFC 5545, section 3.1).
const most = 75

// line writes a line, folded: never inside a code point.
func (w *writer) line(s string) {
	room := most
	for len(s) > room {
		cut := room
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		w.WriteString(s[:cut])
		w.WriteString("\r\n ")
		s, room = s[cut:], most-1 // the space counts
	}
	w.WriteString(s)
	w.WriteString("\r\n")
}

func (w *writer) text(name, value string) { w.line(name + ":" + escape(value)) }

// escape writes a text (RFC 5545, section 3.3.11). Control characters, which no text may
// have, are left out.
func escape(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case r == '\\' || r == ';' || r == ',':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n' || r == '\r':
			b.WriteString(`\n`)
		case r == '\t' || r >= ' ' && r != 0x7f:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// plain keeps a value that is no text, such as an address, to one line.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// zoneSpan is a time zone with the range of time in which events use it.
type zoneSpan struct {
	*time.Location
	from, to time.Time
}

// zones lists the time zones of events, by name.
func zones(events []Event) []zoneSpan {
	byName := map[string]zoneSpan{}
	for _, e := range events {
		zone := e.zone()
		if zone == nil {
			continue
		}
		z, seen := byName[zone.String()]
		if !seen {
			z = zoneSpan{zone, e.Start, e.Start}
		}
		for _, t := range []time.Time{e.Start, e.End} {
			if t.IsZero() {
				continue
			}
			if t.Before(z.from) {
				z.from = t
			}
			if t.After(z.to) {
				z.to = t
			}
		}
		byName[zone.String()] = z
	}
	list := make([]zoneSpan, 0, len(byName))
	for _, z := range byName {
		list = append(list, z)
	}
	slices.SortFunc(list, func(a, b zoneSpan) int { return cmp.Compare(a.String(), b.String()) })
	return list
}

// write writes a VTIMEZONE: one part for each change of the clocks from a year before the
// first use to a year after the last one, made from the time zone database of the program.
func (z zoneSpan) write(w *writer) {
	w.line("BEGIN:VTIMEZONE")
	w.line("TZID:" + z.String())
	at := z.from.AddDate(-1, 0, 0).In(z.Location)
	_, offset := at.Zone()
	observance(w, at, offset)
	for end := z.to.AddDate(1, 0, 0); ; {
		_, next := at.ZoneBounds()
		if next.IsZero() || next.After(end) {
			break
		}
		next = next.In(z.Location)
		observance(w, next, offset)
		_, offset = next.Zone()
		at = next
	}
	w.line("END:VTIMEZONE")
}

// observance writes one part: from an instant on, clocks that had an offset of before
// seconds have another one.
func observance(w *writer, at time.Time, before int) {
	kind := "STANDARD"
	if at.IsDST() {
		kind = "DAYLIGHT"
	}
	name, now := at.Zone()
	w.line("BEGIN:" + kind)
	w.line("DTSTART:" + at.UTC().Add(time.Duration(before)*time.Second).Format(local)) // by the clocks of before
	w.line("TZOFFSETFROM:" + offsetText(before))
	w.line("TZOFFSETTO:" + offsetText(now))
	w.text("TZNAME", name)
	w.line("END:" + kind)
}

// offsetText writes an offset from UTC in seconds: +0530.
func offsetText(seconds int) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	text := fmt.Sprintf("%c%02d%02d", sign, seconds/3600, seconds/60%60)
	if s := seconds % 60; s != 0 {
		text += fmt.Sprintf("%02d", s)
	}
	return text
}
