package schedule_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"vellocity/internal/capability/captest"
	"vellocity/internal/capability/schedule"
	"vellocity/internal/domain"
)

func TestSchedule(t *testing.T) {
	item := domain.ContentItem{ID: 4, Title: "Post", Body: "Text", Type: domain.ContentBlog}
	empty := item
	empty.Body = " "
	for _, tc := range []struct {
		name     string
		settings map[string]any
		item     domain.ContentItem
		at       string // of the effect, in UTC
		fault    string
	}{
		{"by the clocks", map[string]any{"scheduled_at": "2031-07-01T09:00", "timezone": "Europe/Berlin"}, item,
			"2031-07-01T07:00:00Z", ""},
		{"an instant", map[string]any{"scheduled_at": "2031-07-01T09:00:00-04:00"}, item, "2031-07-01T13:00:00Z", ""},
		{"a time that the clocks skip", map[string]any{"scheduled_at": "2031-03-30T02:30", "timezone": "Europe/Berlin"},
			item, "2031-03-30T01:00:00Z", ""},
		{"a time that they show twice", map[string]any{"scheduled_at": "2031-10-26T02:30", "timezone": "Europe/Berlin"},
			item, "2031-10-26T00:30:00Z", ""},
		{"no text", map[string]any{"scheduled_at": "2031-07-01T09:00"}, empty, "", "has no text yet"},
		{"a day", map[string]any{"scheduled_at": "2031-07-01"}, item, "", "The scheduled_at field must be a time"},
		{"no time", map[string]any{"scheduled_at": "next Tuesday"}, item, "", "The scheduled_at field must be a time"},
		{"no zone", map[string]any{"scheduled_at": "2031-07-01T09:00", "timezone": "Mars/Olympus"}, item, "",
			"an IANA time zone"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			tc.settings["content_id"] = 4
			if _, err := schedule.New().Prepare(raw(t, tc.settings)); err != nil {
				if tc.fault == "" || !strings.Contains(err.Error(), tc.fault) {
					t.Errorf("%v", err)
				}
				return
			}
			out := captest.Do(t, schedule.New(), captest.Run{Settings: tc.settings, Items: []domain.ContentItem{tc.item}})
			if tc.fault != "" {
				if out.Err == nil || !strings.Contains(out.Err.Error(), tc.fault) || len(out.Effects) != 0 {
					t.Errorf("%v", out.Err)
				}
				return
			}
			if out.Err != nil || len(out.Effects) != 1 {
				t.Fatalf("%v %+v", out.Err, out.Effects)
			}
			e := out.Effects[0].Schedule
			if e == nil || e.ContentID != 4 || e.Title != "Post" || e.At.UTC().Format(time.RFC3339) != tc.at {
				t.Errorf("%+v", e)
			}
		})
	}
}

func raw(t *testing.T, v any) json.RawMessage {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
