package campaigns_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"vellocity/internal/web/webtest"
)

func plan(extra ...string) url.Values {
	v := url.Values{
		"name": {"Spring launch"}, "goal": {"200 trials"}, "start_date": {"2031-03-28"}, "timezone": {"Europe/Berlin"},
		"etag":      {`"0"`},
		"r-0-title": {"Teaser"}, "r-0-day": {"-3"}, "r-0-time": {"09:00"}, "r-0-type": {"social_post"},
		"r-0-channel": {"linkedin"},
		"r-1-title":   {"Launch day"}, "r-1-day": {""}, "r-1-time": {""}, "r-1-type": {"launch"}, "r-1-channel": {"other"},
		"r-2-title": {""}, "r-2-day": {""}, "r-2-time": {""}, "r-2-type": {"other"}, "r-2-channel": {"other"},
	}
	for i := 0; i+1 < len(extra); i += 2 {
		v.Set(extra[i], extra[i+1])
	}
	return v
}

// TestACampaignFromItsFormToItsEnd plans, starts, moves, pauses, resumes and deletes one.
func TestACampaignFromItsFormToItsEnd(t *testing.T) {
	p := webtest.Start(t)
	webtest.Parse(t, "/campaigns", p.Get("/campaigns").Body)
	webtest.Parse(t, "/campaigns/new", p.Get("/campaigns/new").Body)
	if r := p.Post("/campaigns/new", plan("more", "1")); r.Status != http.StatusOK || !strings.Contains(r.Body,
		`name="r-5-title"`) {
		t.Errorf("more rows: %d", r.Status)
	}
	if r := p.Post("/campaigns/new", plan()); r.Location != "/campaigns/1" {
		t.Fatalf("%d\n%s", r.Status, r.Body)
	}
	body := p.Get("/campaigns/1").Body
	webtest.Parse(t, "/campaigns/1", body)
	if !strings.Contains(body, "Start campaign") || !strings.Contains(body, "Teaser") {
		t.Errorf("a draft: %s", body)
	}
	for _, step := range []struct{ path, says string }{{"start", "Pause"}, {"pause", "Resume"}, {"resume", "Pause"}} {
		if r := p.Post("/campaigns/1/"+step.path, nil); r.Location != "/campaigns/1" {
			t.Errorf("%s: %d\n%s", step.path, r.Status, r.Body)
		}
		if body := p.Get("/campaigns/1").Body; !strings.Contains(body, step.says) {
			t.Errorf("%s: %s", step.path, body)
		}
	}
	if r := p.Post("/campaigns/1", plan("start_date", "2031-04-04", "etag", `"4"`)); r.Location != "/campaigns/1" {
		t.Fatalf("move: %d\n%s", r.Status, r.Body)
	}
	// Nine o'clock in Berlin, by the clocks of the workspace, which are those of UTC.
	if body := p.Get("/calendar?view=list&date=2031-04-01").Body; !strings.Contains(body, "07:00") ||
		!strings.Contains(body, "Teaser") {
		t.Errorf("moved: %s", body)
	}
	if r := p.Post("/campaigns/1/delete", nil); r.Location != "/campaigns" {
		t.Errorf("delete: %d", r.Status)
	}
}

// TestAWrongCampaignIsShownAgain keeps what was written and says what is wrong where.
func TestAWrongCampaignIsShownAgain(t *testing.T) {
	p := webtest.Start(t)
	for what, c := range map[string]struct {
		form url.Values
		want []string
	}{
		"no name":  {plan("name", ""), []string{"The name field is required", "Teaser"}},
		"a start":  {plan("start_date", ""), []string{"The start_date field is required"}},
		"an end":   {plan("end_date", "2031-01-01"), []string{"must not be before start_date"}},
		"a day":    {plan("r-0-day", "many"), []string{"must be a whole number", `value="many"`}},
		"a time":   {plan("r-0-time", "9"), []string{"a time of the day such as 09:00"}},
		"an item":  {plan("r-1-item", "99"), []string{"names content item 99, which does not exist", `href="#r-1-title"`}},
		"a run":    {plan("r-1-run", "true"), []string{"The template field is required"}},
		"no title": {plan("r-1-title", "", "r-1-day", "4"), []string{"The title field is required"}},
	} {
		r := p.Post("/campaigns/new", c.form)
		if r.Status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", what, r.Status, r.Location)
		}
		webtest.Parse(t, what, r.Body)
		for _, want := range c.want {
			if !strings.Contains(r.Body, want) {
				t.Errorf("%s: no %q in %s", what, want, r.Body)
			}
		}
	}
}
