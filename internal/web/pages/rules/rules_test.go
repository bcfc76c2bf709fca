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
		"name": {"Good posts"}, "join": {"all"}, "move_to": {"ready"}, "enabled": {"true"},
		"row-1-field": {"content_type"}, "row-1-comparison": {"is"}, "row-1-value": {"blog_post"},
		"row-2-field": {""}, "row-2-comparison": {"at_least"}, "row-2-value": {""},
		"row-3-field": {"scores.seo"}, "row-3-comparison": {"at_least"}, "row-3-value": {"10"},
	}
	for i := 0; i+1 < len(extra); i += 2 {
		v.Set(extra[i], extra[i+1])
	}
	return v
}

// text is the form while its condition is a text.
func text(extra ...string) url.Values {
	v := rows(extra...)
	v.Del("join")
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
	long := rows("row-3-field", "word_count", "row-3-value", "90000", "etag", `"1"`)
	if r := p.Post("/rules/1", long); r.Location != "/rules" {
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
		"a row":    {rows("row-3-value", "many"), []string{"must be compared with a number", `value="many"`, "row-2-error"}},
		"no rows":  {rows("row-1-field", "", "row-3-field", "", "row-1-value", "", "row-3-value", " "), []string{"Add at least one row"}},
		"no field": {rows("row-1-field", ""), []string{"Choose a field for the value.", `href="#row-1"`, `value="blog_post"`}},
		"a name":   {rows("name", ""), []string{"The name field is required", `value="10"`}},
		"an order": {rows("order", "two"), []string{"must be a whole number"}},
		"a text":   {text("when", "word_cnt > 3"), []string{"There is no name", "word_cnt &gt; 3"}},
	} {
		r := p.Post("/rules/new", c.form)
		webtest.Parse(t, "/rules/new", r.Body)
		for _, want := range c.want {
			if r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, want) {
				t.Errorf("%s: %d, no %q in\n%s", what, r.Status, want, r.Body)
			}
		}
	}
	byText := text("when", "findings.info > 2 or not (word_count > 5)", "name", "By text")
	if r := p.Post("/rules/new", byText); r.Location != "/rules" {
		t.Fatalf("%d\n%s", r.Status, r.Body)
	}
	page := p.Get("/rules/1").Body
	webtest.Parse(t, "/rules/1", page)
	if !strings.Contains(page, `<textarea id="f-when"`) ||
		!strings.Contains(page, "findings.info &gt; 2 or not (word_count &gt; 5)") {
		t.Errorf("%s", page)
	}
	back := p.Post("/rules/1", text("when", "word_count>3||title contains 'tea'", "try", "condition-rows")).Body
	for _, want := range []string{
		`<option value="any" selected>`, `<option value="more_than" selected>`, `value="tea"`, `<option value="title" selected>`,
	} {
		if !strings.Contains(back, want) {
			t.Errorf("no %s in the rows of the present text:\n%s", want, back)
		}
	}
	wrong := rows("row-1-value", "blog", "try", "condition-text")
	if r := p.Post("/rules/new", wrong); !strings.Contains(r.Body, "must be one of") ||
		!strings.Contains(r.Body, `value="blog"`) {
		t.Errorf("rows with a fault became a text:\n%s", r.Body)
	}
	if r := p.Post("/rules/new", rows("try", "condition-more")); !strings.Contains(r.Body, `id="row-6"`) {
		t.Errorf("no more rows:\n%s", r.Body)
	}
	if r := p.Post("/rules/1", rows("etag", `"9"`)); r.Status != http.StatusPreconditionFailed ||
		!strings.Contains(r.Body, "Someone saved this rule") || !strings.Contains(r.Body, `name="etag" value="&#34;1&#34;"`) {
		t.Errorf("%d\n%s", r.Status, r.Body)
	}
	if r := p.Post("/rules/preview", rows("row-3-value", "x")); r.Status != http.StatusOK ||
		!strings.Contains(r.Body, "must be compared with a number") ||
		strings.Contains(r.Body, "content_type") {
		t.Errorf("%d\n%s", r.Status, r.Body)
	}
}
