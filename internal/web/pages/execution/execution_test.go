package execution_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/web/webtest"
)

// TestTheStepUnderWay looks at an execution that waits for a person.
func TestTheStepUnderWay(t *testing.T) {
	p := webtest.Start(t)
	c := p.Add(domain.ContentItem{Title: "To be decided", Body: webtest.SampleBody}, domain.ItemGenerated)
	started := p.Post("/capabilities/review-content", url.Values{
		"content_id": {fmt.Sprint(c.ID)}, "threshold": {"60"}, "ask_person": {"true"},
	})
	if started.Location != "/executions/1" {
		t.Fatalf("%d to %q\n%s", started.Status, started.Location, started.Body)
	}
	events := webtest.Must(p.Engine.Work.WatchExecution(p.Context(), 1, ""))(t)
	page := ""
	for _, err := range events {
		webtest.No(t, err)
		if page = p.Get(started.Location).Body; strings.Contains(page, "Needs review") {
			break
		}
	}
	if !strings.Contains(page, `<span class="faint">A person decides</span>`) {
		t.Error("the page must show the step under way")
	}
	if !strings.Contains(page, "To be decided") {
		t.Error("the page must link to the item that waits")
	}
}

// TestEventsAreThoseOfTheLog compares the Events tab with the event log.
func TestEventsAreThoseOfTheLog(t *testing.T) {
	p := webtest.Start(t)
	x := p.Examples()
	events := webtest.Must(p.Engine.Work.ExecutionEvents(p.Context(), x.ID))(t)
	page := p.Get(fmt.Sprintf("/executions/%d?tab=events", x.ID)).Body
	last := domain.EventExecutionCompleted
	if rows := strings.Count(page, `<td class="mono">`); rows != len(events) || len(events) < 3 {
		t.Errorf("%d rows, %d events", rows, len(events))
	}
	if !strings.Contains(page, string(last)) || events[len(events)-1].Name != last {
		t.Errorf("the last event is %s", events[len(events)-1].Name)
	}
}
