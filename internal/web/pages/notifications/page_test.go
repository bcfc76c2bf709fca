package notifications_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/extension/mail/mailtest"
	"vellocity/internal/web/webtest"
)

const path = "/notifications"

// start starts the program with a mail server.
func start(t *testing.T) (*webtest.Person, *mailtest.Server) {
	t.Helper()
	server := mailtest.Start(t, mailtest.Options{})
	return webtest.StartWith(t, map[string]string{
		"smtp-host": server.Host, "smtp-port": strconv.Itoa(server.Port), "smtp-tls": "none",
		"smtp-from": "Vellocity <news@example.com>", "base-url": "https://vellocity.example.com",
	}), server
}

// run starts a run from the form with the box "Notify me" checked, and returns the path
// of the execution.
func run(t *testing.T, p *webtest.Person) string {
	t.Helper()
	r := p.Post("/capabilities/generate-blog-post", url.Values{"topic": {"Cold brew coffee"}, "notify": {"1"}})
	if r.Status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", r.Status, r.Body)
	}
	return r.Location
}

// unread waits until the menu counts n.
func unread(t *testing.T, p *webtest.Person, n int) {
	t.Helper()
	enginetest.Eventually(t, func() string {
		body := p.Get("/counts", "Accept", "application/json").Body
		if strings.Contains(body, fmt.Sprintf(`"unread":%d`, n)) {
			return ""
		}
		return body
	})
}

// save posts the form of the settings with an address.
func save(p *webtest.Person, address string) webtest.Response {
	form := url.Values{"email": {address}}
	for _, k := range domain.NotificationKinds() {
		form.Set("app-"+string(k), "1")
		form.Set("email-"+string(k), "immediate")
	}
	return p.Post(path, form)
}

// TestFromTheFormToTheInbox asks to be notified, and opens the notification.
func TestFromTheFormToTheInbox(t *testing.T) {
	p, server := start(t)
	if r := save(p, "ada@example.com"); r.Location != path+"#settings" {
		t.Fatalf("settings: %d\n%s", r.Status, r.Body)
	}
	execution := run(t, p)
	unread(t, p, 1)
	page := p.Get(path).Body
	webtest.Parse(t, path, page)
	link := regexp.MustCompile(`action="(/notifications/\d+/open)"`).FindStringSubmatch(page)
	if link == nil || !strings.Contains(page, "Cold brew coffee”") || !strings.Contains(page, "Mark all as read") {
		t.Fatalf("the inbox shows %s", page)
	}
	if r := p.Post(link[1], nil); r.Location != execution {
		t.Errorf("it leads to %q, not to %q", r.Location, execution)
	}
	unread(t, p, 0)
	if page := p.Get(path + "?unread=1").Body; !strings.Contains(page, "Nothing unread") {
		t.Error("it is still unread")
	}
	enginetest.Eventually(t, func() string {
		if n := len(server.Mails()); n != 1 {
			return fmt.Sprintf("%d e-mails", n)
		}
		return ""
	})
	m := server.Mails()[0]
	if m.To != "ada@example.com" || !strings.Contains(m.Raw, "https://vellocity.example.com"+execution) {
		t.Errorf("the e-mail is %+v", m)
	}
}

// TestTheLinkInAnEmail stops e-mails without a session: shown by a GET, done by a POST,
// which a mail program sends from elsewhere.
func TestTheLinkInAnEmail(t *testing.T) {
	p, server := start(t)
	save(p, "ada@example.com")
	run(t, p)
	enginetest.Eventually(t, func() string {
		if len(server.Mails()) == 0 {
			return "no e-mail"
		}
		return ""
	})
	link := strings.Trim(server.Mails()[0].Header("List-Unsubscribe"), "<>")
	link = strings.TrimPrefix(link, "https://vellocity.example.com")
	out := p.SignedOut()
	stopped := func() bool { return strings.Contains(p.Get(path).Body, `<option value="off" selected>`) }
	asked := out.Get(link)
	webtest.Parse(t, link, asked.Body)
	if asked.Status != http.StatusOK || !strings.Contains(asked.Body, "Stop these e-mails?") || stopped() {
		t.Fatalf("asked: %d\n%s", asked.Status, asked.Body)
	}
	for range 2 {
		done := out.Post(link, url.Values{"List-Unsubscribe": {"One-Click"}})
		if done.Status != http.StatusOK || !strings.Contains(done.Body, "no more e-mails") || !stopped() {
			t.Fatalf("done: %d\n%s", done.Status, done.Body)
		}
	}
	for _, wrong := range []string{"/unsubscribe", link + "x", "/unsubscribe?t=a.b"} {
		if r := out.Post(wrong, nil); r.Status != http.StatusNotFound || !strings.Contains(r.Body, "link does not work") {
			t.Errorf("%s: %d", wrong, r.Status)
		}
	}
	run(t, p)
	unread(t, p, 2) // the inbox goes on
	if n := len(server.Mails()); n != 1 {
		t.Errorf("%d e-mails", n)
	}
}

// TestAWrongAddressIsShownAgain keeps what was typed and chosen.
func TestAWrongAddressIsShownAgain(t *testing.T) {
	p, _ := start(t)
	r := save(p, "Ada <ada@example.com>")
	webtest.Parse(t, path, r.Body)
	if r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, "must be an e-mail address") ||
		!strings.Contains(r.Body, `value="Ada &lt;ada@example.com&gt;"`) ||
		strings.Count(r.Body, `value="immediate" selected`) != len(domain.NotificationKinds()) {
		t.Errorf("%d\n%s", r.Status, r.Body)
	}
}

// TestReadAll marks everything as read, also when it is sent twice, and one by one.
func TestReadAll(t *testing.T) {
	p, _ := start(t)
	for i := range 3 {
		run(t, p)
		unread(t, p, i+1)
	}
	if r := p.Post(path+"/1/read?unread=1", nil); r.Location != path+"?unread=1" {
		t.Errorf("it leads to %q", r.Location)
	}
	unread(t, p, 2)
	for range 2 {
		if r := p.Post(path+"/read-all", url.Values{"once": {"a"}}); r.Location != path {
			t.Errorf("it leads to %q", r.Location)
		}
	}
	unread(t, p, 0)
	if page := p.Get(path).Body; !strings.Contains(page, "2 notifications marked as read.") {
		t.Error("it does not say how many")
	}
	if r := p.Post(path+"/999/open", nil); r.Status != http.StatusNotFound {
		t.Errorf("one that is not there: %d", r.Status)
	}
}

// Who may change the workspace says below which number credits are low; others do not see it.
func TestTheLevelOfLowCredits(t *testing.T) {
	p := webtest.Start(t)
	post := func(typed string) webtest.Response {
		return p.Post(path+"/credits-low", url.Values{"credits_low_at": {typed}})
	}
	level := func() int { return webtest.Must(p.Engine.Account.Profile(p.Context()))(t).CreditsLowAt }
	if r := post("5000"); r.Status != http.StatusSeeOther || level() != 5000 {
		t.Fatalf("%d, level %d", r.Status, level())
	}
	if body := p.Get(path).Body; !strings.Contains(body, `name="credits_low_at" value="5000"`) {
		t.Errorf("it is not shown:\n%s", body)
	}
	for _, typed := range []string{"many", "-1", "1.5", "9999999999"} {
		r := post(typed)
		if r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, `id="f-credits_low_at-error"`) ||
			!strings.Contains(r.Body, `value="`+typed+`"`) || level() != 5000 {
			t.Errorf("%s: %d, level %d", typed, r.Status, level())
		}
	}
	if r := post(" "); r.Status != http.StatusSeeOther || level() != 0 {
		t.Errorf("%d, level %d", r.Status, level())
	}
}
