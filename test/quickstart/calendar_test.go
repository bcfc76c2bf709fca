package quickstart

import "testing"

// The snippets of the document about the calendar run as they are printed there.
func TestCalendarDocument(t *testing.T) {
	document(t, "../../docs/calendar.md", `"id":"evt_1"`, "Cloud cost webinar", `"status":"draft"`, "feed.ics?token=")
}
