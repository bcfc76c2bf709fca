package trigger_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
	"vellocity/internal/web/webtest"
)

func send(t *testing.T, p *webtest.Person, payload string) {
	t.Helper()
	_, err := p.Engine.Work.SendEvent(p.Context(), work.SendEvent{Name: "crm.deal_won", Payload: json.RawMessage(payload)})
	webtest.No(t, err)
}

func deals(pairs ...string) url.Values {
	v := url.Values{
		"t-template": {"newsletter"}, "t-type": {"event"}, "t-event": {"crm.deal_won"}, "t-name": {"Deals"},
		"t-join": {"all"}, "t-enabled": {"true"}, "t-overlap": {"skip"},
		"topic": {"{{ event.company }} has bought"}, "key_points": {"Start with one mailbox."},
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

func stored(t *testing.T, p *webtest.Person, id int64) work.TriggerDetails {
	t.Helper()
	return webtest.Must(p.Engine.Work.Trigger(p.Context(), id))(t)
}

// The rows write the expression, the dry run follows them, and the stored filter is shown in
// rows again.
func TestAFilterInRows(t *testing.T) {
	p := webtest.Start(t)
	send(t, p, `{"company":"Acme","amount":100,"tags":["vip"]}`)
	send(t, p, `{"company":"Globex","amount":200,"tags":[]}`)
	for _, c := range []struct {
		field, op, value, filter string
		fires                    int
	}{
		{"amount", "at_least", "150", "event.amount >= 150", 1},
		{"amount", "at_most", "100", "event.amount <= 100", 1},
		{"company", "is", "Acme", `event.company == "Acme"`, 1},
		{"event.company", "is_not", "Acme", `event.company != "Acme"`, 1},
		{"company", "contains", "e", `event.company contains "e"`, 2},
		{"tags", "contains", "vip", `"vip" in event.tags`, 1},
		{"amount", "one_of", "100, 200", "event.amount in [100, 200]", 2},
		{"", "is", "", "", 2},
	} {
		form := deals("t-row-1-field", c.field, "t-row-1-comparison", c.op, "t-row-1-value", c.value)
		preview := p.Post("/triggers/preview", form).Body
		if n := strings.Count(preview, "<b>Fires</b>"); n != c.fires ||
			!strings.Contains(preview, `<option value="amount">`) {
			t.Errorf("%s: %d fire\n%s", c.filter, n, preview)
		}
		made := p.Post("/triggers/new", form)
		if made.Status != http.StatusSeeOther {
			t.Fatalf("%s: %d\n%s", c.filter, made.Status, made.Body)
		}
		page := p.Get(made.Location).Body
		list := webtest.Must(p.Engine.Work.Triggers(p.Context(), domain.Page{Number: 1, Size: 100}))(t)
		last := list.Items[0]
		for _, tr := range list.Items {
			if tr.ID > last.ID {
				last = tr
			}
		}
		shown := strings.TrimPrefix(c.field, "event.")
		if last.Filter != c.filter || !strings.Contains(page, `name="t-row-1-field" id="t-row-1" value="`+shown+`"`) {
			t.Errorf("%q is stored as %q\n%s", c.filter, last.Filter, page)
		}
	}
	wrong := p.Post("/triggers/new", deals("t-row-1-value", "5"))
	if wrong.Status != http.StatusUnprocessableEntity || !strings.Contains(wrong.Body, `href="#t-row-1"`) ||
		!strings.Contains(wrong.Body, `name="t-row-1-value" value="5"`) {
		t.Errorf("%d\n%s", wrong.Status, wrong.Body)
	}
}

// A filter that rows cannot show stays a text, and one that nobody touched stays as it was written.
func TestAFilterStaysAsItWasWritten(t *testing.T) {
	p := webtest.Start(t)
	filter := "event.amount > 100 and len(event.company) > 2"
	made := p.Post("/triggers/new", without(deals("t-filter", filter), "t-join"))
	page := p.Get(made.Location)
	if made.Status != http.StatusSeeOther || !strings.Contains(page.Body, `<textarea id="f-t-filter"`) {
		t.Fatalf("%d\n%s", made.Status, page.Body)
	}
	text := deals("t-filter", "not (event.amount > 100)", "try", "condition-rows")
	rows := p.Post(made.Location, without(text, "t-join"))
	if !strings.Contains(rows.Body, "Rows cannot show this condition") ||
		!strings.Contains(rows.Body, "not (event.amount &gt; 100)</textarea>") {
		t.Errorf("%s", rows.Body)
	}
	was := `event.company=="Acme"&&event.amount==7`
	p.Post(made.Location, deals("t-was", was, "t-row-1-field", "company", "t-row-1-comparison", "is",
		"t-row-1-value", "Acme", "t-row-2-field", "amount", "t-row-2-comparison", "is", "t-row-2-value", "7"))
	if got := stored(t, p, 1).Filter; got != was {
		t.Errorf("it became %s", got)
	}
	back := p.Post(made.Location, deals("try", "condition-text",
		"t-row-1-field", "amount", "t-row-1-comparison", "at_least", "t-row-1-value", "5"))
	if !strings.Contains(back.Body, "event.amount &gt;= 5</textarea>") {
		t.Errorf("%s", back.Body)
	}
}

func without(v url.Values, name string) url.Values { v.Del(name); return v }

// Another template brings its own inputs; what was typed stays, where it has the same name and
// where it has not.
func TestATriggerGetsAnotherTemplate(t *testing.T) {
	p := webtest.Start(t)
	made := p.Post("/triggers/new", deals())
	if made.Status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", made.Status, made.Body)
	}
	inputs := p.Post("/triggers/inputs", deals("t-template", "blog-and-social", "subject_hint", "typed before")).Body
	for _, want := range []string{
		"Inputs of blog-and-social", `value="{{ event.company }} has bought"`, `name="word_count"`,
		`<input type="hidden" name="subject_hint" value="typed before">`,
	} {
		if !strings.Contains(inputs, want) {
			t.Errorf("no %s in\n%s", want, inputs)
		}
	}
	saved := p.Post(made.Location, deals("t-template", "blog-and-social"))
	if got := stored(t, p, 1); saved.Status != http.StatusSeeOther || got.Template != "blog-and-social" ||
		!strings.Contains(string(got.Inputs), "has bought") {
		t.Errorf("%d, %+v\n%s", saved.Status, got, saved.Body)
	}
}

// A choice writes the cron expression; one that the person writes goes before the choice.
func TestAScheduleIsChosen(t *testing.T) {
	p := webtest.Start(t)
	plan := func(pairs ...string) url.Values {
		v := deals(append([]string{"t-type", "schedule", "topic", "Tea", "t-time", "07:05", "t-cron", "0 9 * * 1-5",
			"t-cron-was", "0 9 * * 1-5"}, pairs...)...)
		return v
	}
	for want, pairs := range map[string][]string{
		"*/20 * * * *": {"t-repeat", "minutes", "t-every", "20"},
		"5 */6 * * *":  {"t-repeat", "hours", "t-every", "6"},
		"5 * * * *":    {"t-repeat", "hourly"},
		"5 7 * * *":    {"t-repeat", "daily"},
		"5 7 * * 4":    {"t-repeat", "weekly", "t-weekday", "4"},
		"5 7 31 * *":   {"t-repeat", "monthly", "t-day", "31"},
		"1 2 3 4 *":    {"t-repeat", "daily", "t-cron", "1 2 3 4 *"},
		"0 9 * * 1-5":  {"t-repeat", ""},
	} {
		preview := p.Post("/triggers/preview", plan(pairs...)).Body
		if !strings.Contains(preview, `<p class="mono">`+want+`</p>`) || strings.Count(preview, "<time ") != 5 {
			t.Errorf("%s:\n%s", want, preview)
		}
	}
	wrong := p.Post("/triggers/new", plan("t-repeat", "minutes", "t-every", "7"))
	if wrong.Status != http.StatusUnprocessableEntity || !strings.Contains(wrong.Body, `id="f-t-every-error"`) {
		t.Errorf("%d\n%s", wrong.Status, wrong.Body)
	}
	made := p.Post("/triggers/new", plan("t-repeat", "weekly", "t-weekday", "4"))
	if page := p.Get(made.Location).Body; !strings.Contains(page, `<option value="weekly" selected>`) ||
		!strings.Contains(page, `<option value="4" selected>Thursday`) {
		t.Errorf("%s", page)
	}
}
