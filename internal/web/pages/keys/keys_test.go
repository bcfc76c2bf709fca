package keys_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"vellocity/internal/web/webtest"
)

const path = "/settings/api-keys"

// TestAKeyFromItsCreationToItsEnd creates, rotates and revokes a key.
func TestAKeyFromItsCreationToItsEnd(t *testing.T) {
	p := webtest.Start(t)
	secret := regexp.MustCompile(`vell_pk_\w{40}`)
	works := func(key string) bool {
		r := p.SignedOut().Get("/api/v1/partners/profile", "Authorization", "Bearer "+key)
		return r.Status == http.StatusOK
	}
	wrong := p.Post(path, url.Values{"name": {" "}})
	if wrong.Status != http.StatusUnprocessableEntity || !strings.Contains(wrong.Body, "Enter a name") ||
		!strings.Contains(wrong.Body, "at least one permission") {
		t.Errorf("a wrong form: %d", wrong.Status)
	}
	first := secret.FindString(p.Post(path, url.Values{"name": {"Website"}, "scopes": {"read", "content"}}).Body)
	if !works(first) {
		t.Fatal("the new key does not work")
	}
	if strings.Contains(p.Get(path).Body, first) {
		t.Error("a key is shown only once")
	}
	rotated := p.Post(path+"/2/rotate", url.Values{"grace": {"0s"}})
	second := secret.FindString(rotated.Body)
	if works(first) || !works(second) || !strings.Contains(rotated.Body, "Replacement for “Website”") {
		t.Errorf("rotation: %d", rotated.Status)
	}
	r := p.Post(path+"/3/revoke", url.Values{"confirm": {"other"}})
	if r.Status != http.StatusUnprocessableEntity || !works(second) {
		t.Errorf("a wrong name: %d", r.Status)
	}
	if r := p.Post(path+"/3/revoke", url.Values{"confirm": {"Website"}}); r.Location != path || works(second) {
		t.Errorf("revoked: %d to %q", r.Status, r.Location)
	}
}

// TestADoubleClickCreatesOneKey posts one form twice: the secret cannot be shown again,
// and the page says so.
func TestADoubleClickCreatesOneKey(t *testing.T) {
	p := webtest.Start(t)
	form := url.Values{"once": {"a"}, "name": {"Website"}, "scopes": {"read"}}
	if first := p.Post(path, form); !strings.Contains(first.Body, "vell_pk_") {
		t.Fatalf("%d\n%s", first.Status, first.Body)
	}
	again := p.Post(path, form)
	page := p.Get(path).Body
	if again.Location != path || !strings.Contains(page, "was created a moment ago") {
		t.Errorf("the second post: %d to %q", again.Status, again.Location)
	}
	if n := strings.Count(page, `<b class="name">Website</b>`); n != 1 {
		t.Errorf("%d keys", n)
	}
}
