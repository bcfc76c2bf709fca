package execution_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/verb"
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
	list := p.Get("/executions?needs_review=1").Body
	if !strings.Contains(list, `aria-current="page">Needs review <b class="n">1</b>`) ||
		!strings.Contains(list, `id="execution-1"`) {
		t.Error("the list must have a tab with what needs review")
	}
	if menu := p.Get("/agents").Body; !strings.Contains(menu, `data-count="failed or need review">1<`) {
		t.Error("the menu must count what needs review")
	}
	item := fmt.Sprintf("/content/%d", c.ID)
	if !strings.Contains(p.Get(item).Body, `<a href="/executions/1">Execution 1</a> is waiting for your decision`) {
		t.Error("the item must say that an execution waits")
	}
	p.Post(item+"/approve", nil)
	if page := p.Get(item).Body; strings.Contains(page, "is waiting for your decision") {
		t.Error("once decided, nothing waits")
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

// TestTheOutputIsWhatTheExecutionWrote edits the item after the execution.
func TestTheOutputIsWhatTheExecutionWrote(t *testing.T) {
	p := webtest.Start(t)
	x := p.Run("generate-blog-post", `{"topic":"Cloud","key_points":["Start small."]}`)
	page := func() string { return p.Get(fmt.Sprintf("/executions/%d", x.ID)).Body }
	words := regexp.MustCompile(`<small>(\d+ words)`)
	before := words.FindString(page())
	title, body := "Another title", "Nothing of it is left."
	edit := content.EditItem{ID: 1, ItemEdit: domain.ItemEdit{Title: &title, Body: &body}}
	webtest.Must(p.Engine.Content.EditItem(p.Context(), edit))(t)
	after := page()
	if strings.Contains(after, body) || strings.Contains(after, title) ||
		words.FindString(after) != before || before == "" {
		t.Errorf("the page shows the present text: %q, was %q", words.FindString(after), before)
	}
	if !strings.Contains(after, "The item is now at version 2.") {
		t.Error("the page must say that the item has changed since")
	}
}

// TestTheBarFollowsTheExecution compares the actions that a refresh brings with those of
// the whole page.
func TestTheBarFollowsTheExecution(t *testing.T) {
	p := webtest.Start(t)
	x := p.Run("generate-blog-post", `{"topic":"Cloud","key_points":["Start small."]}`)
	path := fmt.Sprintf("/executions/%d", x.ID)
	part := p.Get(path, "HX-Request", "true").Body
	for _, want := range []string{`id="bar-next" hidden`, "Open item", "Run again", path + "/archive"} {
		if !strings.Contains(part, want) {
			t.Errorf("the refresh lacks %q", want)
		}
	}
}

// TestWhatWasWrittenBeforeACancelIsShown looks at an execution that was cancelled within a
// step: its text is there after a reload, and said to be unfinished.
func TestWhatWasWrittenBeforeACancelIsShown(t *testing.T) {
	p := webtest.Start(t)
	x := p.Run("generate-blog-post", `{"topic":"Cloud","key_points":["Start small."]}`)
	webtest.No(t, p.Engine.Content.DeleteItem(p.Context(), verb.ID{ID: 1}))
	for _, statement := range []string{
		"update execution set status = 'cancelled'",
		"delete from step where key in ('checks', 'create')",
		`update step set status = 'cancelled', credits = 0, output = '{"text":"The beginning <b>and","finished":false}'
			where key = 'section-1'`,
	} {
		_, err := p.App.Store.DB().SQL().ExecContext(t.Context(), statement)
		webtest.No(t, err)
	}
	page := p.Get(fmt.Sprintf("/executions/%d", x.ID)).Body
	for _, want := range []string{
		`id="stream-section-1">The beginning &lt;b&gt;and</div><p class="hint">Not finished: the execution was cancelled`,
		`<span class="sr">Stopped</span>`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not have %s", want)
		}
	}
	if strings.Contains(page, "produced no text") {
		t.Error("it says that nothing was written")
	}
}
