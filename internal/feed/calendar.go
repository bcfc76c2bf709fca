package feed

import (
	"net/http"

	"vellocity/internal/domain"
	"vellocity/internal/gate"
	"vellocity/internal/ical"
	"vellocity/internal/ops"
)

type calendarQuery struct {
	Token string `json:"token" in:"query" limit:"feed_token" doc:"The secret of a feed token"`
}

// calendarRow is the calendar for calendar programs, which send no key: the secret in the
// address is the key.
func calendarRow(f feeds) ops.Op {
	const why = "calendar programs read it"
	return ops.TakesQuery[calendarQuery](ops.NewHandler[struct{}](ops.Op{
		Name:  "calendar_feed",
		Route: ops.Route{Method: http.MethodGet, Path: "/gtm-schedule/feed.ics"},
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: ops.Chapter{Name: "Feeds", Description: "What was published, for everyone."},
			Summary: "Calendar feed",
			Description: "The calendar in iCalendar, from 90 days ago to a year ahead, for a feed token. It takes no key. Any " +
				"token that does not work is NOT_FOUND.",
			Errors: []domain.Code{domain.CodeNotFound},
			Media:  []string{"text/calendar"},
		},
		Tool:    ops.Tool{None: why},
		Command: ops.Command{Noun: "feeds", Verb: "calendar", None: why},
	}, f.calendar, nil))
}

func (f feeds) calendar(w http.ResponseWriter, r *http.Request) {
	file, err := f.Calendar.Feed(r.Context(), r.URL.Query().Get("token"))
	if err != nil {
		f.Gate.Fail(w, "calendar_feed", err)
		return
	}
	h := w.Header()
	h.Set("Cache-Control", "private, no-cache") // the address is secret, and the ETag saves the rest
	h.Set("Content-Disposition", `inline; filename="`+file.Name+`"`)
	gate.SendTagged(w, r, ical.MediaType, file.Data)
}
