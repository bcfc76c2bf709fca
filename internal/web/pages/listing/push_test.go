package listing_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"vellocity/internal/await"
	"vellocity/internal/engine/partner"
	"vellocity/internal/extension/aws/awstest"
	"vellocity/internal/web/webtest"
)

// synced is a person whose workspace is connected, with a listing that a sync has found.
func synced(t *testing.T) (*webtest.Person, *awstest.Server) {
	t.Helper()
	double := awstest.New().Start(t)
	for _, pair := range awstest.Keys() {
		name, value, _ := strings.Cut(pair, "=")
		t.Setenv(name, value)
	}
	const role = "arn:aws:iam::" + awstest.Partner + ":role/vellocity"
	double.Trust(awstest.Role{ARN: role, ExternalID: awstest.AnyID})
	double.Put(awstest.Product{ID: "prod-1", Type: "SaaSProduct", Title: "Acme", Short: "One inbox.", Long: "It sorts.",
		Highlights: []string{"See who answers"}, Keywords: []string{"inbox"}, Categories: []string{"Support"}, Support: "By e-mail"})
	p := webtest.StartWith(t, map[string]string{"aws-endpoint": double.URL})
	if _, err := p.Engine.Partner.ConnectAWS(p.Context(), partner.ConnectAWS{RoleARN: role}); err != nil {
		t.Fatal(err)
	}
	return p, double
}

// settled waits until the last push of the listing has ended, and returns its page.
func settled(t *testing.T, p *webtest.Person) string {
	t.Helper()
	await.True(t, "the end of the push", func() bool {
		d, err := p.Engine.Partner.Listing(p.Context(), 1)
		return err == nil && d.Push != nil && d.Push.Status.Ended()
	})
	return p.Get("/listings/lst_1").Body
}

func TestAPersonChecksAListingAndSendsIt(t *testing.T) {
	p, double := synced(t)
	await.True(t, "the import", func() bool { return p.Get("/listings/lst_1").Status == http.StatusOK })
	if page := p.Get("/listings/lst_1").Body; !strings.Contains(page, "Nothing differs from AWS") ||
		strings.Contains(page, "Check with AWS") {
		t.Errorf("unchanged: %s", page)
	}
	form := fields("Acme Shared Inbox") // without a category and a way to get support, which AWS refuses
	if saved := p.Post("/listings/lst_1", form); saved.Status != http.StatusSeeOther {
		t.Fatal(saved.Body)
	}
	page := p.Get("/listings/lst_1").Body
	webtest.Parse(t, "a listing that differs from AWS", page)
	for _, want := range []string{"Check with AWS", "Send to AWS…", "<li>Title</li>", "<li>Support description</li>"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	push := func(intent string) {
		t.Helper()
		if r := p.Post("/listings/lst_1/push", url.Values{"intent": {intent}}); r.Location != "/listings/lst_1" {
			t.Fatalf("%d %s", r.Status, r.Body)
		}
	}
	push("validate")
	page = settled(t, p)
	webtest.Parse(t, "a listing that AWS has refused", page)
	if !strings.Contains(page, "AWS found problems") ||
		!strings.Contains(page, `<p class="err" dir="auto">SupportDescription must have 1 to 2000 characters`) {
		t.Errorf("refused: %s", page)
	}
	form.Set("support_description", "By telephone")
	form.Set("categories", "Support")
	p.Post("/listings/lst_1", form)
	if page := p.Get("/listings/lst_1").Body; strings.Contains(page, `class="err"`) {
		t.Errorf("what was corrected is still a fault: %s", page)
	}
	push("apply")
	page = settled(t, p)
	if !strings.Contains(page, "Sent to AWS") || !strings.Contains(page, "Nothing differs from AWS") {
		t.Errorf("sent: %s", page)
	}
	if sent, _ := double.Product("prod-1"); sent.Title != "Acme Shared Inbox" {
		t.Errorf("%+v", sent)
	}
	again := p.Post("/listings/lst_1/push", url.Values{"intent": {"apply"}})
	if again.Location != "/listings/lst_1" || !strings.Contains(p.Get("/listings/lst_1").Body, "nothing to send") {
		t.Errorf("%d %s", again.Status, again.Body)
	}
	part := p.Get("/listings/lst_1", "HX-Request", "true").Body
	if !strings.Contains(part, "Sent to AWS") || strings.Contains(part, "<html") {
		t.Errorf("the live part: %s", part)
	}
}

// A listing that is not at AWS says nothing about it.
func TestALocalListingIsNotSent(t *testing.T) {
	p := webtest.Start(t)
	p.Post("/listings", url.Values{"title": {"Acme"}, "catalog_type": {"SAAS"}})
	if page := p.Get("/listings/lst_1").Body; strings.Contains(page, "AWS Marketplace</h2>") {
		t.Errorf("%s", page)
	}
}
