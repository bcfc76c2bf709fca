package rules_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/web/webtest"
)

func rows(extra ...string) url.Values {
	v := url.Values{
		"name": {"Good posts"}, "mode": {"rows"}, "move_to": {"ready"}, "enabled": {"true"},
		"field-1": {"content_type"}, "operator-1": {"=="}, "value-1": {"blog_post"},
		"field-2": {""}, "operator-2": {">="}, "value-2": {""},
		"field-3": {"scores.seo"}, "operator-3": {">="}, "value-3": {"10"},
	}
	for i := 0; i+1 < len(extra); i += 2 {
		v.Set(extra[i], extra[i+1])
	}
	return v
}

// TestARuleFromItsFormToAnItem creates a rule with rows, sees what it would have moved, and
// has an execution's item moved by it.
func TestARuleFromItsFormToAnItem(t *testing.T) {
	p := webtest.Start(t)
	settings := `{"topic":"Cold brew","key_points":["It takes a night"]}`
	p.Run("generate-blog-post", settings)
	if page := p.Get("/rules").Body; !strings.Contains(page, "No rules yet") ||
		!strings.Contains(p.Get("/board").Body, `href="/rules"`) {
		t.Errorf("the list: %s", page)
	}
	webtest.Parse(t, "/rules/new", p.Get("/rules/new").Body)
	preview := p.Post("/rules/preview", rows()).Body
	if !strings.Contains(preview, "content_type == &#34;blog_post&#34; and scores.seo &gt;= 10") ||
		!strings.Contains(preview, "<b>Moves</b>") || !strings.Contains(preview, "It would have moved <b>1</b>") {
		t.Errorf("the preview: %s", preview)
	}
	if r := p.Post("/rules/new", rows()); r.Location != "/rules" {
		t.Fatalf("%d\n%s", r.Status, r.Body)
	}
	list := p.Get("/rules").Body
	webtest.Parse(t, "/rules", list)
	if !strings.Contains(list, "Good posts") || !strings.Contains(list, "Switch off") {
		t.Errorf("the list: %s", list)
	}
	x := p.Run("generate-blog-post", settings)
	d, err := p.Engine.Work.Execution(p.Context(), x.ID)
	webtest.No(t, err)
	item := d.Items[0]
	if item.Status != domain.ItemReady {
		t.Errorf("the item is %s", item.Status)
	}
	if r := p.Post("/rules/1", rows("field-3", "word_count", "value-3", "90000", "etag", `"1"`)); r.Location != "/rules" {
		t.Fatalf("%d\n%s", r.Status, r.Body)
	}
	if r := p.Post("/rules/1/switch", url.Values{"enabled": {"false"}}); r.Location != "/rules" {
		t.Errorf("%d", r.Status)
	}
	if r := p.Post("/rules/1/delete", nil); r.Location != "/rules" ||
		!strings.Contains(p.Get("/rules").Body, "No rules yet") {
		t.Errorf("%d", r.Status)
	}
}

// TestAWrongRuleIsShownAgain keeps what was written and says what is wrong where.
func TestAWrongRuleIsShownAgain(t *testing.T) {
	p := webtest.Start(t)
	for what, c := range map[string]struct {
		form url.Values
		want []string
	}{
		"a row":    {rows("value-3", "many"), []string{"must be compared with a number", `value="many"`, "row-2-error"}},
		"no rows":  {rows("field-1", "", "field-3", ""), []string{"Add at least one row"}},
		"a name":   {rows("name", ""), []string{"The name field is required", `value="10"`}},
		"an order": {rows("order", "two"), []string{"must be a whole number"}},
		"a text":   {rows("mode", "text", "when", "word_cnt > 3"), []string{"There is no name", "word_cnt &gt; 3"}},
	} {
		r := p.Post("/rules/new", c.form)
		webtest.Parse(t, "/rules/new", r.Body)
		for _, want := range c.want {
			if r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, want) {
				t.Errorf("%s: %d, no %q in\n%s", what, r.Status, want, r.Body)
			}
		}
	}
	text := rows("mode", "text", "when", "findings.info > 2 or word_count > 5", "name", "By text")
	if r := p.Post("/rules/new", text); r.Location != "/rules" {
		t.Fatalf("%d\n%s", r.Status, r.Body)
	}
	page := p.Get("/rules/1").Body
	webtest.Parse(t, "/rules/1", page)
	if !strings.Contains(page, `value="text" checked`) ||
		!strings.Contains(page, "findings.info &gt; 2 or word_count &gt; 5") {
		t.Errorf("%s", page)
	}
	if r := p.Post("/rules/1", rows("etag", `"9"`)); r.Status != http.StatusPreconditionFailed ||
		!strings.Contains(r.Body, "Someone saved this rule") || !strings.Contains(r.Body, `name="etag" value="&#34;1&#34;"`) {
		t.Errorf("%d\n%s", r.Status, r.Body)
	}
	if r := p.Post("/rules/preview", rows("value-3", "x")); r.Status != http.StatusOK ||
		!strings.Contains(r.Body, "must be compared with a number") {
		t.Errorf("%d\n%s", r.Status, r.Body)
	}
}
