package execution_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/engine/work"
	"vellocity/internal/web/webtest"
)

// TestAStepIsRedoneOnThePage runs a capability, redoes a step from the plan without a script, and reads both
// texts side by side.
func TestAStepIsRedoneOnThePage(t *testing.T) {
	server := aitest.NewServer(aitest.Writer(aitest.Pace{}))
	t.Cleanup(server.Close)
	p := webtest.StartWith(t, map[string]string{"openai-base-url": server.URL() + "/v1"})
	ended := func(id int64) work.ExecutionDetails {
		return webtest.Must(p.Engine.Work.WaitExecution(p.Context(), id, time.Minute))(t)
	}
	st := webtest.Must(p.Engine.Work.Execute(p.Context(), work.Execute{
		Capability: "generate-blog-post", Settings: json.RawMessage(`{"topic":"A calm shared inbox"}`),
	}))(t)
	first := ended(st.Execution.ID)
	path := fmt.Sprintf("/executions/%d", first.ID)
	plan := p.Get(path + "?tab=plan").Body
	webtest.Parse(t, "plan", plan)
	if !strings.Contains(plan, `action="`+path+`/redo"`) || !strings.Contains(plan, "Runs again: ") {
		t.Fatal("the plan offers no redo")
	}
	if strings.Contains(plan, "tab=comparison") {
		t.Error("an execution that redoes nothing has a comparison")
	}
	form := url.Values{"step": {"section-1"}, "instructions": {"Name <the> price."}}
	r := p.Post(path+"/redo", form)
	if r.Status != http.StatusSeeOther || !strings.HasPrefix(r.Location, "/executions/") {
		t.Fatalf("%d to %q\n%s", r.Status, r.Location, r.Body)
	}
	var id int64
	_, err := fmt.Sscanf(r.Location, "/executions/%d", &id)
	webtest.No(t, err)
	x := ended(id)
	if x.Redo.Of != first.ID || len(x.Items) != 1 || x.Items[0].ID != first.Items[0].ID || x.Items[0].Version != 2 {
		t.Fatalf("%+v, %s, items %+v", x.Redo, x.Error, x.Items)
	}
	page := p.Get(r.Location + "?tab=comparison").Body
	doc := webtest.Parse(t, "comparison", page)
	if webtest.Count(doc, "div", "sides") == 0 || webtest.Count(doc, "ins", "") == 0 ||
		webtest.Count(doc, "del", "") == 0 {
		t.Error("the comparison marks no difference")
	}
	for _, want := range []string{"Name &lt;the&gt; price.", "the same result in both", `href="` + path + `"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if out := p.Get(r.Location).Body; strings.Contains(out, "as the execution wrote it") {
		t.Error("the redo shows a version that it did not write")
	}
	if before := p.Get(path).Body; !strings.Contains(before, `href="`+r.Location+`"`) ||
		!strings.Contains(before, "This is version 1, as the execution wrote it") {
		t.Error("the first execution does not name its redo")
	}
	refused := p.Post(
		path+"/redo",
		url.Values{"step": {"none"}, "instructions": {"A wish that is long enough to be kept on the page."}},
	)
	if refused.Status != http.StatusNotFound || !strings.Contains(refused.Body, "A wish that is long") {
		t.Errorf("a step that is not there: %d", refused.Status)
	}
}
