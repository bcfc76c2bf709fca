package channels_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/web/webtest"
)

const path = "/settings/channels"

// start starts the program so that channels may lead to this machine.
func start(t *testing.T) *webtest.Person {
	t.Helper()
	return webtest.StartWith(t, map[string]string{"channel-networks": "127.0.0.0/8"})
}

// TestAChannelFromItsFormToAPublication creates a webhook in the form, checks it, publishes
// on it, fails, and tries again from the item's page.
func TestAChannelFromItsFormToAPublication(t *testing.T) {
	p := start(t)
	status := http.StatusOK
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
	}))
	defer receiver.Close()
	if page := p.Get(path).Body; !strings.Contains(page, "No channels yet") ||
		!strings.Contains(page, "/settings/new-channel/wordpress") {
		t.Errorf("the list shows %s", page)
	}
	for _, kind := range []string{"wordpress", "ghost", "webhook"} {
		webtest.Parse(t, "/settings/new-channel/"+kind, p.Get("/settings/new-channel/"+kind).Body)
	}
	made := p.Post("/settings/new-channel/webhook", url.Values{
		"name": {"Hook"}, "url": {receiver.URL}, "content_types": {"text_content", "blog_post"}, "enabled": {"true"},
	})
	secret := regexp.MustCompile(`value="([A-Za-z0-9+/&#;]{64,})" aria-label="Signing secret"`).FindString(made.Body)
	if made.Status != http.StatusOK || secret == "" {
		t.Fatalf("%d\n%s", made.Status, made.Body)
	}
	checked := p.Post(path+"/1/check", nil)
	webtest.Parse(t, path+"/1/check", checked.Body)
	if !strings.Contains(checked.Body, "It works: The address answered a signed request.") {
		t.Errorf("%s", checked.Body)
	}
	i := strconv.FormatInt(p.Add(domain.ContentItem{Title: "An item", Body: "Some text."}, domain.ItemReady).ID, 10)
	shown := func() string { return p.Get("/content/" + i).Body }
	if page := shown(); !strings.Contains(page, "Publishing puts it here") {
		t.Errorf("before: %s", page)
	}
	if page := p.Get("/content/" + i + "?channel=hook").Body; !strings.Contains(page, "Nothing is lost there.") {
		t.Errorf("preview: %s", page)
	}
	status = http.StatusForbidden
	p.Post("/content/"+i+"/move", url.Values{"to": {"published"}})
	until(t, func() bool { return strings.Contains(shown(), "Access was refused") })
	page := shown()
	webtest.Parse(t, "/content/"+i, page)
	if !strings.Contains(page, "Try again") || !strings.Contains(p.Get(path).Body, "Access was refused") {
		t.Errorf("failed: %s", page)
	}
	status = http.StatusOK
	if r := p.Post("/content/"+i+"/publications/hook/retry", nil); r.Status != http.StatusSeeOther {
		t.Errorf("%d %s", r.Status, r.Body)
	}
	until(t, func() bool { return strings.Contains(shown(), "<b>Hook</b> <span>Shows version 1") })
	if r := p.Post(path+"/1/delete", nil); r.Location != path || !strings.Contains(p.Get(path).Body, "No channels yet") {
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

// TestAWrongFormIsShownAgain keeps what was written, says what is wrong where, and never
// shows a secret.
func TestAWrongFormIsShownAgain(t *testing.T) {
	p := start(t)
	r := p.Post("/settings/new-channel/wordpress", url.Values{
		"name": {""}, "url": {"http://10.0.0.1"}, "user": {"ada"}, "secret": {"canary-4a7f"}, "status": {"draft"},
	})
	webtest.Parse(t, path, r.Body)
	if r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, "The name field is required") ||
		!strings.Contains(r.Body, "must start with https://") || !strings.Contains(r.Body, `value="ada"`) ||
		!strings.Contains(r.Body, `value="draft" selected`) || strings.Contains(r.Body, "canary-4a7f") {
		t.Errorf("%d\n%s", r.Status, r.Body)
	}
	good := url.Values{
		"name": {"Blog"}, "url": {"http://127.0.0.1:1"}, "user": {"ada"}, "secret": {"canary-4a7f"}, "enabled": {"true"},
		"status": {"publish"},
	}
	if r := p.Post("/settings/new-channel/wordpress", good); r.Location != path+"/1" {
		t.Fatalf("%d\n%s", r.Status, r.Body)
	}
	for _, at := range []string{path, path + "/1"} {
		if strings.Contains(p.Get(at).Body, "canary") {
			t.Errorf("%s shows the secret", at)
		}
	}
	good.Set("name", "Renamed")
	good.Del("secret")
	good.Set("url", "http://127.0.0.1:2")
	if r := p.Post(path+"/1", good); r.Status != http.StatusUnprocessableEntity ||
		!strings.Contains(r.Body, "beside another url") {
		t.Errorf("another address: %d\n%s", r.Status, r.Body)
	}
	good.Set("url", "http://127.0.0.1:1")
	if r := p.Post(path+"/1", good); r.Location != path+"/1" || !strings.Contains(p.Get(path).Body, "Renamed") {
		t.Errorf("saved: %d\n%s", r.Status, r.Body)
	}
	if r := p.Post(path+"/1/check", nil); !strings.Contains(r.Body, "cannot be reached") {
		t.Errorf("%s", r.Body)
	}
	if r := p.Get("/settings/new-channel/smoke"); r.Status != http.StatusNotFound {
		t.Errorf("an unknown kind: %d", r.Status)
	}
}

// TestAGhostChannelFromItsForm tells a person who pastes another key which one is meant.
func TestAGhostChannelFromItsForm(t *testing.T) {
	p := start(t)
	form := url.Values{
		"name": {"Blog"}, "url": {"http://127.0.0.1:1"}, "secret": {"22444f78447824223cefc48062"}, "status": {"draft"},
		"enabled": {"true"},
	}
	const create = "/settings/new-channel/ghost"
	r := p.Post(create, form)
	webtest.Parse(t, create, r.Body)
	if r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, "not the Content API key") {
		t.Errorf("%d\n%s", r.Status, r.Body)
	}
	form.Set("secret", strings.Repeat("a", 24)+":"+strings.Repeat("b", 64))
	if r := p.Post(create, form); r.Location != path+"/1" {
		t.Fatalf("%d\n%s", r.Status, r.Body)
	}
	if r := p.Post(path+"/1/check", nil); !strings.Contains(r.Body, "cannot be reached") {
		t.Errorf("%s", r.Body)
	}
}
