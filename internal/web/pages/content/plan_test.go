package content_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/engine/content"
	"vellocity/internal/web/ui"
	"vellocity/internal/web/webtest"
)

// TestAPlanIsSetOnTheItemPage posts the form as a browser without scripts does, in workspaces
// on both sides of the date line: the day is the workspace's own, on the page and on the card.
func TestAPlanIsSetOnTheItemPage(t *testing.T) {
	p := webtest.Start(t)
	c := p.Add(domain.ContentItem{Title: "Planned", Body: "One two three."}, domain.ItemReview)
	path := fmt.Sprintf("/content/%d", c.ID)
	item := func() content.ItemDetails { return webtest.Must(p.Engine.Content.Item(p.Context(), c.ID))(t) }
	post := func(day, assignee string) webtest.Response {
		t.Helper()
		form := url.Values{"etag": {ui.ETag(item().Revision)}, "planned": {day}, "assignee": {assignee}}
		return p.Post(path+"/plan", form)
	}
	for _, zone := range []string{"UTC", "Pacific/Auckland", "Pacific/Honolulu", "Europe/Berlin"} {
		webtest.Must(p.Engine.Account.UpdateProfile(p.Context(), account.UpdateProfile{Timezone: &zone}))(t)
		if r := post("2126-12-24", " Ada\tLovelace "); r.Status != http.StatusSeeOther || r.Location != path {
			t.Fatalf("%s: %d to %q", zone, r.Status, r.Location)
		}
		d := item()
		location := webtest.Must(time.LoadLocation(zone))(t)
		if want := time.Date(2126, 12, 24, 0, 0, 0, 0, location); !d.PlannedAt.Equal(want) || d.Assignee != "Ada Lovelace" ||
			d.Version != 1 {
			t.Errorf("%s: planned for %s, assigned to %q, version %d", zone, d.PlannedAt, d.Assignee, d.Version)
		}
		body := p.Get(path).Body
		for _, want := range []string{`value="2126-12-24"`, `value="Ada Lovelace"`, `<option value="`, "The plan is saved."} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: the page has no %s", zone, want)
			}
		}
		for _, board := range []string{"/board", fmt.Sprintf("/board/changes?ids=%d", c.ID)} {
			if body := p.Get(board).Body; !strings.Contains(body, ">24 Dec 2126</time>") ||
				!strings.Contains(body, "Assigned to Ada Lovelace") {
				t.Errorf("%s: %s does not show the plan", zone, board)
			}
		}
		post("", "")
		if d := item(); !d.PlannedAt.IsZero() || d.Assignee != "" {
			t.Errorf("cleared: %s, %q", d.PlannedAt, d.Assignee)
		}
	}
}

// TestAPlanKeepsWhatItDoesNotShow: the form has a day, and leaves the time that a program gave;
// what it cannot read, and what somebody else has changed, is refused with the reason.
func TestAPlanKeepsWhatItDoesNotShow(t *testing.T) {
	p := webtest.Start(t)
	c := p.Add(domain.ContentItem{Title: "Planned", Body: "One two three."}, domain.ItemReview)
	path := fmt.Sprintf("/content/%d", c.ID)
	at := time.Date(2126, 12, 24, 9, 30, 0, 0, time.UTC)
	d := webtest.Must(p.Engine.Content.EditItem(p.Context(),
		content.EditItem{ID: c.ID, ItemEdit: domain.ItemEdit{PlannedAt: &at}}))(t)
	form := url.Values{"etag": {ui.ETag(d.Revision)}, "planned": {"2126-12-24"}, "assignee": {"Grace Hopper"}}
	p.Post(path+"/plan", form)
	saved := webtest.Must(p.Engine.Content.Item(p.Context(), c.ID))(t)
	if !saved.PlannedAt.Equal(at) || saved.Assignee != "Grace Hopper" {
		t.Errorf("planned for %s, assigned to %q", saved.PlannedAt, saved.Assignee)
	}
	for _, c := range []struct{ etag, day, assignee, says string }{
		{"", "24 December", "", "a day such as 2026-02-26"},
		{"", "", strings.Repeat("a", 201), "at most 200 characters"},
		{ui.ETag(d.Revision), "", "", "changed since you read it"},
	} {
		r := p.Post(path+"/plan", url.Values{"etag": {c.etag}, "planned": {c.day}, "assignee": {c.assignee}})
		if body := p.Get(path).Body; r.Location != path+"#plan" || !strings.Contains(body, c.says) {
			t.Errorf("%+v leads to %q, which does not say why", c, r.Location)
		}
	}
}
