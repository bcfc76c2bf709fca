package ical_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"vellocity/test/product"
)

func TestMain(m *testing.M) { os.Exit(product.Main(m)) }

// found is an event as a reader shows it.
type found struct {
	UID, Title, Description, Start, End string
	Cancelled                           bool
}

// shown is an event as the API shows it.
type shown struct {
	ID         string
	Attributes struct {
		Title, Description, Timezone string
		ScheduledAt                  time.Time  `json:"scheduled_at"`
		EndAt                        *time.Time `json:"end_at"`
		AllDay                       bool       `json:"all_day"`
	}
}

// want is what a reader must find of an event: of whole days the dates, else the instants.
func (s shown) want(t *testing.T) (start, end string) {
	t.Helper()
	zone, err := time.LoadLocation(s.Attributes.Timezone)
	must(t, err)
	text := func(at time.Time) string {
		if s.Attributes.AllDay {
			return at.In(zone).Format(time.DateOnly)
		}
		return at.UTC().Format(time.RFC3339)
	}
	if s.Attributes.EndAt != nil {
		end = text(*s.Attributes.EndAt)
	}
	return text(s.Attributes.ScheduledAt), end
}

// events are events in five zones, some in the gap and the fold of their clocks, and texts
// that need care.
func events() (list []map[string]any) {
	const hard = "Commas, semicolons; a back\\slash, \"quotes\", and two lines:\nsecond – with é, 漢字 and 👩🏽‍🚀, as long " +
		"as it takes to be folded at least once, and then once again."
	for _, z := range []struct{ name, gap, fold string }{
		{"Europe/Berlin", "2031-03-30T02:30", "2031-10-26T02:30"}, {"America/New_York", "2031-03-09T02:30",
			"2031-11-02T01:30"},
		{"Asia/Kolkata", "2031-04-01T00:10", "2031-09-01T23:50"}, {"Australia/Lord_Howe", "2031-10-05T02:15",
			"2031-04-06T01:45"},
		{"Africa/Casablanca", "2031-02-23T02:30", "2031-01-05T02:30"}, {"America/Sao_Paulo", "2031-06-01T12:00",
			"2031-12-01T12:00"},
	} {
		for _, at := range []string{z.gap, z.fold, "2031-01-15T09:00", "2031-07-15T09:00"} {
			list = append(list, map[string]any{"title": at + " " + z.name, "scheduled_at": at, "timezone": z.name})
		}
		list = append(list,
			map[string]any{
				"title": "Long " + z.name, "scheduled_at": "2031-05-01T22:00", "end_at": "2031-05-02T06:00", "timezone": z.name,
				"description": hard, "event_type": "webinar", "channel": "zoom",
			},
			map[string]any{"title": "Days; of, " + z.name, "scheduled_at": "2031-03-29", "end_at": "2031-03-31",
				"timezone": z.name},
			map[string]any{"title": "One day", "scheduled_at": z.fold[:10], "timezone": z.name})
	}
	// The second of the two hours that Berlin's clocks show in a night of October.
	return append(list, map[string]any{"title": "Again", "scheduled_at": "2031-10-26T01:30:00Z",
		"timezone": "Europe/Berlin"})
}

type server struct {
	*product.Server
	t *testing.T
}

func (s server) call(method, path string, body any) []byte {
	s.t.Helper()
	raw, err := json.Marshal(body)
	must(s.t, err)
	if body == nil {
		raw = nil
	}
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.URL()+path, bytes.NewReader(raw))
	must(s.t, err)
	if !strings.Contains(path, "feed.ics") {
		r.Header.Set("Authorization", "Bearer "+s.Key)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	answer, err := http.DefaultClient.Do(r)
	must(s.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode >= 300 {
		s.t.Fatalf("%s %s: %d %s %v", method, path, answer.StatusCode, text, err)
	}
	return text
}

// readers lists the commands that read a file.
func readers(t *testing.T) (list [][]string) {
	t.Helper()
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat("node_modules/ical.js/package.json")
	}
	if err != nil {
		product.Missing(t, "ical.js and node-ical are not there; install Node 20 and run npm ci --prefix test/ical")
	}
	list = append(list, []string{node, "read.mjs"})
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(python, "-c", "import icalendar").Run() == nil {
			return append(list, []string{python, "read.py"})
		}
	}
	product.Missing(t, "python3-icalendar is not there; install Debian's package")
	return nil
}

// read returns what each reader finds in a file, by its name.
func read(t *testing.T, commands [][]string, file []byte) map[string][]found {
	t.Helper()
	name := filepath.Join(t.TempDir(), "calendar.ics")
	must(t, os.WriteFile(name, file, 0o600))
	all := map[string][]found{}
	for _, c := range commands {
		cmd := exec.Command(c[0], append(c[1:], name)...)
		cmd.Env = append(os.Environ(), "TZ=UTC")
		var wrong bytes.Buffer
		cmd.Stderr = &wrong
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%v: %v\n%s", c, err, wrong.Bytes())
		}
		for line := range bytes.Lines(out) {
			var r struct {
				Reader string
				Events []found
			}
			must(t, json.Unmarshal(line, &r))
			all[r.Reader] = r.Events
		}
	}
	if len(all) != 3 {
		t.Fatalf("%d readers", len(all))
	}
	return all
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestReadersOfOthersFindTheSameTimes(t *testing.T) {
	commands := readers(t)
	s := server{product.Start(t, product.Install(t)), t}
	for _, e := range events() {
		s.call("POST", "/api/v1/gtm-schedule/events", e)
	}
	const days = "start_date=2031-01-01&end_date=2031-12-31"
	var list struct{ Events []shown }
	must(t, json.Unmarshal(s.call("GET", "/api/v1/gtm-schedule/export?format=json&"+days, nil), &list))
	if len(list.Events) != len(events()) {
		t.Fatalf("%d events of %d", len(list.Events), len(events()))
	}
	file := s.call("GET", "/api/v1/gtm-schedule/export?format=ics&"+days, nil)
	for reader, got := range read(t, commands, file) {
		if len(got) != len(list.Events) {
			t.Fatalf("%s finds %d events of %d", reader, len(got), len(list.Events))
		}
		seen := map[string]bool{}
		slices.SortStableFunc(got, func(a, b found) int { return strings.Compare(a.UID, b.UID) })
		for _, g := range got {
			if seen[g.UID] {
				t.Errorf("%s finds %s twice", reader, g.UID)
			}
			seen[g.UID] = true
		}
		for _, e := range list.Events {
			start, end := e.want(t)
			if !slices.ContainsFunc(got, func(g found) bool {
				return g.Title == e.Attributes.Title && g.Description == e.Attributes.Description && g.Start == start &&
					g.End == end
			}) {
				t.Errorf("%s does not find %q from %s to %q", reader, e.Attributes.Title, start, end)
			}
		}
	}
}

func TestReadersOfOthersReadFeedsAndSingleEvents(t *testing.T) {
	commands := readers(t)
	s := server{product.Start(t, product.Install(t)), t}
	soon := time.Now().AddDate(0, 0, 3).UTC().Format("2006-01-02T15:04")
	s.call("POST", "/api/v1/gtm-schedule/events", map[string]any{
		"title": "Soon", "scheduled_at": soon, "timezone": "America/New_York",
	})
	s.call("POST", "/api/v1/gtm-schedule/events", map[string]any{
		"title": "Off", "scheduled_at": soon, "timezone": "Europe/Berlin",
	})
	s.call("PATCH", "/api/v1/gtm-schedule/events/evt_2", map[string]any{"status": "cancelled"})
	s.call("POST", "/api/v1/content-workflow/content", map[string]any{
		"title": "An item", "body": "Its text.", "content_type": "blog_post", "planned_at": soon + ":00Z",
	})
	var token struct{ Meta struct{ Token string } }
	must(t, json.Unmarshal(s.call("POST", "/api/v1/gtm-schedule/feed-tokens", map[string]any{"name": "Readers"}), &token))
	feed := s.call("GET", "/api/v1/gtm-schedule/feed.ics?token="+token.Meta.Token, nil)
	for reader, got := range read(t, commands, feed) {
		titles := []string{}
		for _, g := range got {
			title := g.Title
			if g.Cancelled {
				title += " (cancelled)"
			}
			titles = append(titles, title)
		}
		slices.Sort(titles)
		if !slices.Equal(titles, []string{"An item", "Off (cancelled)", "Soon"}) {
			t.Errorf("%s finds %q", reader, titles)
		}
	}
	for reader, got := range read(t, commands, s.call("GET", "/api/v1/gtm-schedule/events/evt_1/ics", nil)) {
		if len(got) != 1 || got[0].Title != "Soon" {
			t.Errorf("%s finds %+v", reader, got)
		}
	}
}
