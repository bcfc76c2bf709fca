package agent_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/web/webtest"
)

// TestAnAgentIsMadeInTheForm creates, changes and deletes an agent without a script.
func TestAnAgentIsMadeInTheForm(t *testing.T) {
	p := webtest.Start(t)
	page := p.Get("/agents/new").Body
	for _, want := range []string{"Content Generation</legend>", "Default: Redact it", "composer writes by rules", "Plain and warm"} {
		if !strings.Contains(page, want) {
			t.Errorf("the form lacks %q", want)
		}
	}
	form := url.Values{
		"name": {"Launch writer"}, "capabilities": {"generate-blog-post"}, "brand_voice_id": {"2"}, "is_active": {"true"},
		"instructions": {
			"Prefer short paragraphs.",
		}, "policy.secrets": {"block"}, "max_credits_per_day": {"40"}, "once": {"a"},
	}
	r := p.Post("/agents/new", form)
	if r.Location != "/agents/4" {
		t.Fatalf("%d to %q\n%s", r.Status, r.Location, r.Body)
	}
	if again := p.Post("/agents/new", form); again.Location != "/agents/4" {
		t.Errorf("sent twice: %d to %q", again.Status, again.Location)
	}
	a := webtest.Must(p.Engine.Content.Agent(p.Context(), 4))(t)
	if a.Type != domain.AgentCustom || a.BrandVoiceID != 2 || a.GuardrailPolicy["secrets"] != "block" ||
		len(a.GuardrailPolicy) != 1 || a.MaxCreditsPerDay != 40 || a.MaxCreditsPerExecution != 0 || !a.IsActive {
		t.Errorf("stored %+v", a)
	}
	if list := p.Get("/agents").Body; !strings.Contains(list, "At most 40 credits") ||
		!strings.Contains(list, "Technical and exact") {
		t.Error("the list lacks what is new of an agent")
	}
	form.Set("etag", `"1"`)
	form.Del("is_active")
	form.Set("max_credits_per_day", "many")
	wrong := p.Post("/agents/4", form)
	if wrong.Status != http.StatusUnprocessableEntity || !strings.Contains(wrong.Body, `value="many"`) ||
		!strings.Contains(wrong.Body, "Enter a whole number") {
		t.Errorf("a wrong number: %d", wrong.Status)
	}
	form.Set("max_credits_per_day", "")
	p.Post("/agents/4", form)
	if a := webtest.Must(p.Engine.Content.Agent(p.Context(), 4))(t); a.IsActive || a.MaxCreditsPerDay != 0 ||
		a.Version != 2 {
		t.Errorf("changed to %+v", a)
	}
	form.Set("once", "b")
	stale := p.Post("/agents/4", form)
	if stale.Status != http.StatusPreconditionFailed || !strings.Contains(stale.Body, "Someone saved this agent") {
		t.Errorf("a form of an old version: %d", stale.Status)
	}
	if r := p.Post("/agents/4/delete", url.Values{"once": {"c"}}); r.Location != "/agents" {
		t.Errorf("deleted: %d to %q", r.Status, r.Location)
	}
	if r := p.Get("/agents/4"); r.Status != http.StatusNotFound {
		t.Errorf("a deleted one: %d", r.Status)
	}
	if shipped := p.Get("/agents/1?delete=1").Body; strings.Contains(shipped, "/agents/1/delete") {
		t.Error("an agent that ships with Vellocity can be deleted")
	}
}

// TestAnExternalAgentIsMadeInTheForm creates one, reads its secret once, tests it and rotates
// the secret.
func TestAnExternalAgentIsMadeInTheForm(t *testing.T) {
	remote := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"text":"<b>Ready</b> to write."}`) // a page that is gone needs it not
	}))
	t.Cleanup(remote.Close)
	p := webtest.StartWith(t, map[string]string{"channel-networks": "127.0.0.0/8"})
	if page := p.Get("/agents/new?type=external").Body; !strings.Contains(page, `name="url"`) ||
		strings.Contains(page, `name="provider"`) || !strings.Contains(page, "What an external agent does") {
		t.Errorf("the form: %s", page)
	}
	form := url.Values{
		"type": {"external"}, "name": {"Far writer"}, "url": {"http://169.254.169.254/"}, "timeout_seconds": {"x"},
		"is_active": {"true"}, "once": {"a"},
	}
	wrong := p.Post("/agents/new", form)
	if wrong.Status != http.StatusUnprocessableEntity || !strings.Contains(wrong.Body, "or nothing for 60") {
		t.Errorf("a wrong number: %d", wrong.Status)
	}
	form.Set("timeout_seconds", "")
	wrong = p.Post("/agents/new", form)
	for _, want := range []string{"needs at least one capability", "must start with https", `value="http://169.254.169.254/"`} {
		if !strings.Contains(wrong.Body, want) {
			t.Errorf("%d without %q\n%s", wrong.Status, want, wrong.Body)
		}
	}
	form.Set("url", remote.URL)
	form.Set("capabilities", "generate-blog-post")
	made := p.Post("/agents/new", form)
	webtest.Parse(t, "/agents/new", made.Body)
	if made.Status != http.StatusOK || !strings.Contains(made.Body, "Signing secret of “Far writer”") {
		t.Fatalf("created: %d\n%s", made.Status, made.Body)
	}
	if again := p.Post("/agents/new", form); again.Location != "/agents/4" {
		t.Errorf("sent twice: %d to %q", again.Status, again.Location)
	}
	if shown := p.Get("/agents/4").Body; strings.Contains(shown, `id="secret"`) || !strings.Contains(shown, "Test agent") {
		t.Error("the agent's page shows the secret again, or no test")
	}
	tested := p.Post("/agents/4/test", url.Values{"once": {"b"}})
	webtest.Parse(t, "/agents/4/test", tested.Body)
	for _, want := range []string{"wrote a text", "“&lt;b&gt;Ready&lt;/b&gt; to write.”", "with a wrong signature"} {
		if !strings.Contains(tested.Body, want) {
			t.Errorf("the test lacks %q\n%s", want, tested.Body)
		}
	}
	before := webtest.Must(p.Engine.Content.Agent(p.Context(), 4))(t)
	if page := p.Get("/agents/4?rotate=1").Body; !strings.Contains(page, `action="/agents/4/rotate"`) {
		t.Error("nobody can rotate")
	}
	rotated := p.Post("/agents/4/rotate", url.Values{"once": {"c"}})
	after := webtest.Must(p.Engine.Content.Agent(p.Context(), 4))(t)
	if !strings.Contains(rotated.Body, `id="secret"`) || before.External.Sealed == after.External.Sealed ||
		after.External.Sealed == "" {
		t.Errorf("rotated: %d", rotated.Status)
	}
	if list := p.Get("/agents").Body; !strings.Contains(list, remote.URL) {
		t.Error("the list lacks its address")
	}
}
