package webhooks_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"vellocity/internal/engine/enginetest"
	"vellocity/internal/web/webtest"
)

const path = "/settings/webhooks"

// TestAWebhookFromItsFormToItsLog creates a webhook, sends a test that fails, reads the log, sends
// it again, rotates the secret and deletes it.
func TestAWebhookFromItsFormToItsLog(t *testing.T) {
	p := webtest.StartWith(t, map[string]string{"channel-networks": "127.0.0.0/8"})
	var status atomic.Int64
	status.Store(http.StatusServiceUnavailable)
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(int(status.Load()))
		_, _ = w.Write([]byte("<b>no</b>"))
	}))
	defer receiver.Close()
	if page := p.Get(path).Body; !strings.Contains(page, "No webhooks yet") {
		t.Errorf("the list shows %s", page)
	}
	webtest.Parse(t, path, p.Get(path+"?new=1").Body)
	form := url.Values{"url": {"http://10.0.0.1/x"}, "description": {"Website"}, "active": {"true"}}
	wrong := p.Post(path, form)
	webtest.Parse(t, path, wrong.Body)
	if wrong.Status != http.StatusUnprocessableEntity || !strings.Contains(wrong.Body, "The events field is required") ||
		!strings.Contains(wrong.Body, "must start with https://") || !strings.Contains(wrong.Body, `value="Website"`) {
		t.Errorf("%d\n%s", wrong.Status, wrong.Body)
	}
	form.Set("url", receiver.URL)
	form["events"] = []string{"content.moved", "credits.low"}
	secret := regexp.MustCompile(`value="([A-Za-z0-9+/&#;]{64,})" aria-label="Signing secret"`)
	made := p.Post(path, form)
	webtest.Parse(t, path, made.Body)
	if made.Status != http.StatusOK || secret.FindString(made.Body) == "" {
		t.Fatalf("%d\n%s", made.Status, made.Body)
	}
	one := path + "/1"
	webtest.Parse(t, one, p.Get(one).Body)
	sent := p.Post(one+"/test", url.Values{"event": {"content.moved"}})
	until(t, func() bool { return strings.Contains(p.Get(sent.Location).Body, "It answered 503 Service Unavailable") })
	page := p.Get(sent.Location).Body
	webtest.Parse(t, sent.Location, page)
	if !strings.Contains(page, "&lt;b&gt;no&lt;/b&gt;") || !strings.Contains(page, `&#34;test&#34;: true`) {
		t.Errorf("%s", page)
	}
	log := p.Get(one + "?status=failed").Body
	webtest.Parse(t, one, log)
	if !strings.Contains(log, sent.Location) || strings.Contains(p.Get(one+"?status=delivered").Body, sent.Location) {
		t.Errorf("%s", log)
	}
	status.Store(http.StatusOK)
	if r := p.Post(sent.Location+"/redeliver", nil); r.Location != sent.Location {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	until(t, func() bool { return strings.Contains(p.Get(one).Body, "Delivered") })
	if page := p.Get(path).Body; !strings.Contains(page, "Works") || secret.MatchString(page) {
		t.Errorf("%s", page)
	}
	rotated := p.Post(one+"/rotate", nil)
	webtest.Parse(t, one, rotated.Body)
	if secret.FindString(rotated.Body) == "" || secret.FindString(rotated.Body) == secret.FindString(made.Body) {
		t.Errorf("%s", rotated.Body)
	}
	if r := p.Post(one+"/redeliver", url.Values{"days": {"7"}}); r.Location != one {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	form.Del("active")
	if r := p.Post(one, form); r.Location != one || !strings.Contains(p.Get(path).Body, "Switched off") {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	webtest.Parse(t, one, p.Get(one+"?delete=1").Body)
	if r := p.Post(one+"/delete", nil); r.Location != path || !strings.Contains(p.Get(path).Body, "No webhooks yet") {
		t.Errorf("deleted: %d", r.Status)
	}
}

func until(t *testing.T, ok func() bool) {
	t.Helper()
	enginetest.Eventually(t, func() string {
		if ok() {
			return ""
		}
		return "not yet"
	})
}
