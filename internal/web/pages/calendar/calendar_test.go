package calendar_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/web/webtest"
)

func values(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

func launch(extra ...string) url.Values {
	return values(append([]string{
		"title", "Launch call", "date", "2031-03-10", "time", "15:00", "end_time", "16:00", "timezone", "Europe/Berlin",
		"event_type", "meeting", "channel", "zoom", "etag", `"0"`,
	}, extra...)...)
}

// TestAnEventFromItsForm creates an event, moves it, cancels it and deletes it, without a
// script.
func TestAnEventFromItsForm(t *testing.T) {
	p := webtest.Start(t)
	webtest.Parse(t, "/calendar/new", p.Get("/calendar/new?day=2031-03-10").Body)
	if r := p.Post("/calendar/new", launch()); r.Location != "/calendar?date=2031-03-10" {
		t.Fatalf("%d %s\n%s", r.Status, r.Location, r.Body)
	}
	for _, mode := range []string{"month", "week", "list"} {
		at := "/calendar?date=2031-03-10&view=" + mode
		body := p.Get(at).Body
		webtest.Parse(t, at, body)
		if !strings.Contains(body, "Launch call") || !strings.Contains(body, `href="/calendar/evt_1"`) {
			t.Errorf("%s does not show it: %s", mode, body)
		}
	}
	if body := p.Get("/calendar?date=2031-03-10&type=webinar").Body; strings.Contains(body, "Launch call") {
		t.Error("the filter lets it through")
	}
	body := p.Get("/calendar/evt_1").Body
	webtest.Parse(t, "/calendar/evt_1", body)
	if !strings.Contains(body, `value="15:00"`) || !strings.Contains(body, `value="16:00"`) {
		t.Errorf("its times: %s", body)
	}
	// Into the week after the clocks change: three in the afternoon stays three.
	if r := p.Post("/calendar/evt_1/move", values("day", "2031-04-01", "etag", `"1"`, "back",
		"/calendar/evt_1")); r.Location != "/calendar/evt_1" {
		t.Fatalf("%d %s", r.Status, r.Location)
	}
	body = p.Get("/calendar/evt_1").Body
	if !strings.Contains(body, `value="2031-04-01"`) || !strings.Contains(body, `value="15:00"`) ||
		!strings.Contains(body, `value="16:00"`) {
		t.Errorf("moved: %s", body)
	}
	r := p.Post("/calendar/evt_1/move", values("day", "2031-04-02", "etag", `"1"`), "Accept", "application/json")
	if r.Status != http.StatusPreconditionFailed {
		t.Errorf("a stale move: %d %s", r.Status, r.Body)
	}
	r = p.Post("/calendar/evt_1/move", values("day", "2031-04-02", "etag", `"2"`), "Accept", "application/json")
	if r.Status != http.StatusOK || !strings.Contains(r.Body, "Wednesday, 2 April 2031") || !strings.Contains(r.Body,
		`\"3\"`) {
		t.Errorf("a move by script: %d %s", r.Status, r.Body)
	}
	if r := p.Post("/calendar/evt_1", values("etag", `"3"`, "status", "cancelled")); r.Location != "/calendar/evt_1" {
		t.Errorf("cancel: %d\n%s", r.Status, r.Body)
	}
	if body := p.Get("/calendar?date=2031-04-02").Body; strings.Contains(body, "evt_1") {
		t.Error("a cancelled event is shown")
	}
	if r := p.Post("/calendar/evt_1/delete", nil); r.Location != "/calendar" ||
		p.Get("/calendar/evt_1").Status != http.StatusNotFound {
		t.Errorf("delete: %d", r.Status)
	}
}

// TestAWrongEventIsShownAgain keeps what was written and says what is wrong where.
func TestAWrongEventIsShownAgain(t *testing.T) {
	p := webtest.Start(t)
	for what, c := range map[string]struct {
		form url.Values
		want []string
	}{
		"no title": {launch("title", ""), []string{"The title field is required", `value="2031-03-10"`}},
		"no day":   {launch("date", ""), []string{"The scheduled_at field is required", "Launch call"}},
		"an end":   {launch("end_time", "14:00"), []string{"must be after scheduled_at", `value="14:00"`}},
		"a zone":   {launch("timezone", "Mars"), []string{"an IANA time zone", `value="Mars"`}},
		"the past": {launch("date", "2021-03-10", "action", "template", "template", "newsletter", "inputs", "{}"),
			[]string{"must be in the future"}},
		"no item": {launch("action", "publish"), []string{"The content_id field is required"}},
		"an object": {launch("action", "template", "template", "newsletter", "inputs", "nonsense"),
			[]string{"must be an object", "nonsense"}},
	} {
		r := p.Post("/calendar/new", c.form)
		if r.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", what, r.Status, r.Location)
		}
		webtest.Parse(t, what, r.Body)
		for _, want := range c.want {
			if !strings.Contains(r.Body, want) {
				t.Errorf("%s: no %q in %s", what, want, r.Body)
			}
		}
	}
}

// TestItemsAndFeeds shows an item on the day that it is planned for, and gives a calendar
// program an address, which is shown once and can be stopped.
func TestItemsAndFeeds(t *testing.T) {
	p := webtest.Start(t)
	p.Add(domain.ContentItem{Title: "Guide", Body: "Text.", Type: domain.ContentBlog,
		PlannedAt: time.Date(2031, 3, 5, 0, 0, 0, 0, time.UTC)}, domain.ItemGenerated)
	if body := p.Get("/calendar?date=2031-03-10").Body; !strings.Contains(body, "Guide") || !strings.Contains(body,
		"ev-item") {
		t.Errorf("the item: %s", body)
	}
	if r := p.Get("/calendar/item_1"); r.Location != "/content/1" {
		t.Errorf("%d %s", r.Status, r.Location)
	}
	r := p.Post("/calendar/subscribe", values("name", "Team"))
	webtest.Parse(t, "/calendar/subscribe", r.Body)
	at := strings.Index(r.Body, "/api/v1/gtm-schedule/feed.ics?token=")
	if r.Status != http.StatusOK || at < 0 {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	feed := r.Body[at : at+strings.IndexByte(r.Body[at:], '"')]
	if again := p.Get("/calendar/subscribe").Body; strings.Contains(again, "token=") || !strings.Contains(again, "Team") {
		t.Errorf("the address is shown again: %s", again)
	}
	if _, err := p.Engine.Calendar.Feed(t.Context(), feed[strings.IndexByte(feed, '=')+1:]); err != nil {
		t.Error(err)
	}
	if r := p.Post("/calendar/subscribe/1/revoke", nil); r.Location != "/calendar/subscribe" {
		t.Errorf("%d", r.Status)
	}
	if _, err := p.Engine.Calendar.Feed(t.Context(), feed[strings.IndexByte(feed,
		'=')+1:]); domain.CodeOf(err) != domain.CodeNotFound {
		t.Errorf("it still works: %v", err)
	}
}

// A month has room for four entries a day, and says how many more there are.
func TestAFullDayLinksToTheRest(t *testing.T) {
	p := webtest.Start(t)
	for i := range 6 {
		p.Post("/calendar/new", launch("title", fmt.Sprintf("Call %d", i)))
	}
	p.Get("/board") // which says that the last one is there
	if body := p.Get("/calendar?date=2031-03-10").Body; !strings.Contains(body, "2 more") || strings.Contains(body,
		"Call 5") {
		t.Errorf("%s", body)
	}
	if body := p.Get("/calendar?date=2031-03-10&view=list").Body; !strings.Contains(body, "Call 5") {
		t.Errorf("%s", body)
	}
}
