package listing_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/web/webtest"
)

// fields is a whole form of the listing's page.
func fields(title string) url.Values {
	return url.Values{
		"title": {title}, "short_description": {"One inbox <for> all."}, "long_description": {"Line one.\r\n\r\nLine two."},
		"highlights": {"See who answers\r\n\r\nAnswer faster"}, "keywords": {"shared inbox\n mail "}, "categories": {""},
		"logo_url": {""}, "video_url": {""}, "support_description": {""}, "reason": {"Buyers asked"},
	}
}

// A person creates a listing, changes it, sees why the score is what it is and how it developed, and deletes it.
func TestAListingFromItsFormToItsEnd(t *testing.T) {
	p := webtest.Start(t)
	if page := p.Get("/listings").Body; !strings.Contains(page, "No listings yet") {
		t.Errorf("the list shows %s", page)
	}
	refused := p.Post("/listings", url.Values{"title": {strings.Repeat("x", 73)}, "catalog_type": {"AMI"}})
	if refused.Status != http.StatusUnprocessableEntity || !strings.Contains(refused.Body, "at most 72 characters") ||
		!strings.Contains(refused.Body, `<option value="AMI" selected>`) {
		t.Errorf("%d\n%s", refused.Status, refused.Body)
	}
	webtest.Parse(t, "a refused listing", refused.Body)
	made := p.Post("/listings", url.Values{"title": {"Acme <inbox>"}, "catalog_type": {"SAAS"}})
	if made.Location != "/listings/lst_1" {
		t.Fatalf("%d %s\n%s", made.Status, made.Location, made.Body)
	}
	if saved := p.Post("/listings/lst_1", fields("Acme inbox")); saved.Location != "/listings/lst_1" {
		t.Fatalf("%d\n%s", saved.Status, saved.Body)
	}
	page := p.Get("/listings/lst_1").Body
	webtest.Parse(t, "a listing", page)
	for _, want := range []string{
		"One inbox &lt;for&gt; all.", "See who answers\nAnswer faster", "Buyers asked", "Score by version", "Version 2",
		"Add the strongest benefits", `href="/templates/listing-rewrite?listing_id=lst_1&amp;name=Acme%20inbox"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s", want)
		}
	}
	wrong := fields("")
	wrong.Set("long_description", "Kept <text>")
	if r := p.Post("/listings/lst_1", wrong); r.Status != http.StatusUnprocessableEntity ||
		!strings.Contains(r.Body, "The title field is required") || !strings.Contains(r.Body, "Kept &lt;text&gt;") {
		t.Errorf("%d\n%s", r.Status, r.Body)
	}
	stale := fields("Late")
	stale.Set("etag", `"1"`)
	if r := p.Post("/listings/lst_1", stale); r.Status != http.StatusUnprocessableEntity ||
		!strings.Contains(r.Body, "Somebody else saved this listing") || !strings.Contains(r.Body, `value="Late"`) {
		t.Errorf("%d\n%s", r.Status, r.Body)
	}
	if list := p.Get("/listings?q=inbox&type=SAAS").Body; !strings.Contains(list, `href="/listings/lst_1"`) {
		t.Errorf("the list shows %s", list)
	}
	if gone := p.Post("/listings/lst_1/delete", nil); gone.Location != "/listings" {
		t.Errorf("deleting leads to %d %s", gone.Status, gone.Location)
	}
	for _, path := range []string{"/listings/lst_1", "/listings/1", "/listings/lst_x"} {
		if r := p.Get(path); r.Status != http.StatusNotFound {
			t.Errorf("%s: %d", path, r.Status)
		}
	}
}

// An approved text that was written for a listing can be applied where it is shown, and one that is not cannot.
func TestATextIsAppliedOnThePage(t *testing.T) {
	p := webtest.Start(t)
	if made := p.Post("/listings", url.Values{"title": {"Acme inbox"}, "catalog_type": {"SAAS"}}); made.Status >= 400 {
		t.Fatal(made.Body)
	}
	c := p.Add(domain.ContentItem{Title: "Long text", Body: "A **shared** inbox.", ListingID: 1}, domain.ItemReview)
	page := p.Get("/listings/lst_1").Body
	if !strings.Contains(page, "Long text") || strings.Contains(page, "/listings/lst_1/apply") {
		t.Errorf("an item in review: %s", page)
	}
	if page := p.Get("/content/" + itoa(c.ID)).Body; !strings.Contains(page, `href="/listings/lst_1"`) {
		t.Errorf("the item does not show its listing: %s", page)
	}
	another := domain.ContentItem{Title: "Ready text", Body: "Another **shared** inbox.", ListingID: 1}
	ready := p.Add(another, domain.ItemReady)
	if page := p.Get("/listings/lst_1").Body; !strings.Contains(page, "/listings/lst_1/apply") {
		t.Errorf("an approved item: %s", page)
	}
	r := p.Post("/listings/lst_1/apply", url.Values{"content_id": {itoa(ready.ID)}, "field": {"long_description"}})
	if r.Location != "/listings/lst_1" {
		t.Fatalf("%d\n%s", r.Status, r.Body)
	}
	if page := p.Get("/listings/lst_1").Body; !strings.Contains(page, "Another shared inbox.</textarea>") {
		t.Errorf("%s", page)
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
