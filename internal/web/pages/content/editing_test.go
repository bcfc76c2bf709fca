package content_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/web/ui"
	"vellocity/internal/web/webtest"
)

// TestSavingTwice posts one form twice, as a double click does, and a form without a
// change.
func TestSavingTwice(t *testing.T) {
	p := webtest.Start(t)
	c := p.Add(domain.ContentItem{Title: "First", Body: "One two three."}, domain.ItemReview)
	path := fmt.Sprintf("/content/%d", c.ID)
	form := url.Values{"once": {"one"}, "etag": {ui.ETag(c.Revision)}, "version": {"1"}, "title": {"First"},
		"body": {"One."}}
	for range 2 {
		if r := p.Post(path, form); r.Status != http.StatusSeeOther || r.Location != path+"?view=versions&to=2" {
			t.Fatalf("%d to %q", r.Status, r.Location)
		}
	}
	item := func() content.ItemDetails { return webtest.Must(p.Engine.Content.Item(p.Context(), c.ID))(t) }
	if n := item().Version; n != 2 {
		t.Errorf("a double click makes %d versions", n-1)
	}
	form = url.Values{"once": {"two"}, "etag": {ui.ETag(item().Revision)}, "version": {"2"}, "title": {"First"},
		"body": {"One."}}
	r := p.Post(path, form)
	if r.Location != path || !strings.Contains(p.Get(path).Body, "Nothing has changed, so no version was created.") {
		t.Errorf("saving without a change leads to %q", r.Location)
	}
	for range 2 {
		p.Post(path+"/approve", url.Values{"once": {"three"}, "etag": {ui.ETag(item().Revision)}})
	}
	if strings.Contains(p.Get(path).Body, "toast bad") {
		t.Error("approving twice is refused")
	}
}

// TestTheTextOutlivesTheSession posts an edit without a session, and for an item that
// is gone.
func TestTheTextOutlivesTheSession(t *testing.T) {
	p := webtest.Start(t)
	c := p.Add(domain.ContentItem{Title: "First", Body: "One two three."}, domain.ItemReview)
	path := fmt.Sprintf("/content/%d", c.ID)
	text := "What I wrote while the session ended, <b>with</b> \"quotes\" & more."
	form := url.Values{"etag": {ui.ETag(c.Revision)}, "version": {"1"}, "title": {"Mine"}, "body": {text}}
	r := p.SignedOut().Post(path, form)
	if r.Status != http.StatusUnauthorized {
		t.Fatalf("signed out: %d", r.Status)
	}
	again := url.Values{}
	for n := range webtest.Parse(t, path, r.Body).Descendants() {
		if webtest.Attr(n, "type") == "hidden" {
			again.Add(webtest.Attr(n, "name"), webtest.Attr(n, "value"))
		}
	}
	if r := p.Post(path, again); r.Status != http.StatusSeeOther {
		t.Fatalf("sent again after signing in: %d\n%s", r.Status, r.Body)
	}
	if d := webtest.Must(p.Engine.Content.Item(p.Context(), c.ID))(t); d.Body != text || d.Title != "Mine" {
		t.Errorf("saved %q, %q", d.Title, d.Body)
	}
	gone := p.Post("/content/999", form)
	if gone.Status != http.StatusNotFound || !strings.Contains(gone.Body, "session ended, &lt;b&gt;with") {
		t.Errorf("an item that is gone: %d, and the text must be on the page", gone.Status)
	}
	foreign := p.Post(path, form, "Origin", "https://elsewhere.example")
	if foreign.Status != http.StatusForbidden || strings.Contains(foreign.Body, "What I wrote") {
		t.Errorf("a post from elsewhere: %d, and it must not be offered", foreign.Status)
	}
	out := p.SignedOut().Post("/out", url.Values{})
	if strings.Contains(out.Body, "send it again") {
		t.Error("an empty form is not worth keeping")
	}
}

// TestARefusedFormStartsDirty looks at every kind of refusal: the script warns before
// the page is left.
func TestARefusedFormStartsDirty(t *testing.T) {
	p := webtest.Start(t)
	c := p.Add(domain.ContentItem{Title: "First", Body: "One two three."}, domain.ItemReview)
	p.Add(domain.ContentItem{Title: "Other", Slug: "taken", Body: "Text."}, domain.ItemReview)
	path := fmt.Sprintf("/content/%d", c.ID)
	for name, change := range map[string]url.Values{
		"stale":         {"etag": {`"999"`}},
		"no title":      {"title": {" "}},
		"bad slug":      {"slug": {"Not A Slug!!"}},
		"taken slug":    {"slug": {"taken"}},
		"long reason":   {"reason": {strings.Repeat("x", 5000)}},
		"many keywords": {"keywords": {strings.Repeat("k, ", 5) + strings.Repeat("x", 5000)}},
	} {
		form := url.Values{"etag": {ui.ETag(c.Revision)}, "version": {"1"}, "title": {"First"}, "body": {"Mine is better."}}
		for key, value := range change {
			form[key] = value
		}
		r := p.Post(path, form)
		if r.Status < 400 || !strings.Contains(r.Body, "data-refused") ||
			!strings.Contains(r.Body, "Mine is better.</textarea>") {
			t.Errorf("%s: %d", name, r.Status)
		}
		doc := webtest.Parse(t, name, r.Body)
		if name == "stale" {
			continue
		}
		wrong := 0
		for n := range doc.Descendants() {
			if webtest.Attr(n, "aria-invalid") == "true" {
				wrong++
			}
		}
		if wrong == 0 {
			t.Errorf("%s: no field is marked", name)
		}
		if strings.Contains(name, "slug") {
			if !strings.Contains(r.Body, `<details class="meta" open>`) ||
				!strings.Contains(r.Body, `<a href="#e-slug">URL slug</a>`) {
				t.Errorf("%s: the fold stays closed, or nothing leads to the field", name)
			}
		}
	}
	if strings.Contains(p.Get(path+"?view=edit").Body, "data-refused") {
		t.Error("a fresh form is not refused")
	}
}

// TestPublishingCanBeUndone publishes from each column and takes it back, and looks for
// a way to publish what is blocked.
func TestPublishingCanBeUndone(t *testing.T) {
	p := webtest.Start(t)
	for _, from := range []domain.ItemStatus{domain.ItemGenerated, domain.ItemReview, domain.ItemReady} {
		c := p.Add(domain.ContentItem{Title: "Item in " + string(from), Body: "Text."}, from)
		path := fmt.Sprintf("/content/%d", c.ID)
		p.Post(path+"/move", url.Values{"to": {"published"}, "etag": {ui.ETag(c.Revision)}})
		undo := url.Values{}
		for n := range webtest.Parse(t, path, p.Get(path).Body).Descendants() {
			if n.Data == "input" && strings.HasPrefix(webtest.Attr(n.Parent.Parent, "class"), "toast") {
				undo.Set(webtest.Attr(n, "name"), webtest.Attr(n, "value"))
			}
		}
		p.Post(path+"/move", undo)
		if d := webtest.Must(p.Engine.Content.Item(p.Context(), c.ID))(t); d.Status != from || d.PublishedVersion != 0 {
			t.Errorf("published from %s and undone: %s, version %d is out", from, d.Status, d.PublishedVersion)
		}
	}
	const body = "Text with a secret."
	finding := webtest.Finding(body, "secrets", domain.SeverityBlocking, "secret", "Remove it.")
	secret := domain.ContentItem{Title: "Blocked", Body: body, Findings: []domain.Finding{finding}}
	blocked := p.Add(secret, domain.ItemReady)
	p.Get("/board") // shows the last message, with its undo
	page := p.Get(fmt.Sprintf("/content/%d", blocked.ID)).Body
	if strings.Contains(page, `<input type="hidden" name="to" value="published">`) ||
		!strings.Contains(page, `value="published" class="status-published" disabled`) {
		t.Error("a blocked item offers to be published")
	}
}

// TestFindingsLeadToTheirPlace checks the link and the offsets of each finding, also
// where its quote is masked.
func TestFindingsLeadToTheirPlace(t *testing.T) {
	p := webtest.Start(t)
	body := "Grüße 😀. The key is AKIAIOSFODNN7EXAMPLE, keep it."
	start := len([]rune(body[:strings.Index(body, "AKIA")]))
	c := p.Add(domain.ContentItem{Title: "Secret", Body: body, Findings: []domain.Finding{{
		Guardrail: "secrets", Severity: domain.SeverityBlocking, Message: "Remove it.",
		Matches: []domain.Match{{Start: start, End: start + 20, Text: "AKIA…"}},
	}}}, domain.ItemReview)
	path := fmt.Sprintf("/content/%d", c.ID)
	for _, view := range []string{"", "?view=edit"} {
		page := p.Get(path + view).Body
		want := fmt.Sprintf(`data-from="%d" data-to="%d"`, start, start+20)
		if !strings.Contains(page, want) || !strings.Contains(page, `href="`+path+`?view=edit&amp;fix=1">Fix this</a>`) {
			t.Errorf("%s lacks %s or the link", view, want)
		}
	}
}

// TestHistoryIsInTimeOrder moves and edits in turn.
func TestHistoryIsInTimeOrder(t *testing.T) {
	p := webtest.Start(t)
	c := p.Add(domain.ContentItem{Title: "Item", Body: "Text 1."}, domain.ItemGenerated)
	for i, to := range []domain.ItemStatus{domain.ItemReview, domain.ItemReady, domain.ItemReview} {
		webtest.Must(p.Engine.Content.Move(p.Context(), content.Move{ID: c.ID, To: to}))(t)
		body := fmt.Sprintf("Text %d.", i+2)
		edit := content.EditItem{ID: c.ID, ItemEdit: domain.ItemEdit{Body: &body}}
		webtest.Must(p.Engine.Content.EditItem(p.Context(), edit))(t)
	}
	doc := webtest.Parse(t, "history", p.Get(fmt.Sprintf("/content/%d?view=history", c.ID)).Body)
	last, rows := "9", 0
	for n := range doc.Descendants() {
		if n.Data == "time" && webtest.Attr(n, "class") == "clock" && webtest.Attr(n.Parent.Parent, "class") == "history" {
			rows++
			if at := webtest.Attr(n, "datetime"); at > last {
				t.Errorf("%s stands below %s", at, last)
			} else {
				last = at
			}
		}
	}
	if rows < 7 {
		t.Errorf("%d rows", rows)
	}
}

// TestTheDirectionOfTextsIsTheirOwn looks for text of people in elements that take the
// direction of the page.
func TestTheDirectionOfTextsIsTheirOwn(t *testing.T) {
	p := webtest.Start(t)
	arabic := domain.ContentItem{Title: "مرحبا (2026)", Body: "مرحبا بالعالم.", Language: "ar"}
	c := p.Add(arabic, domain.ItemReview)
	path := fmt.Sprintf("/content/%d", c.ID)
	for _, view := range []string{"", "?view=edit", "?view=versions"} {
		for n := range webtest.Parse(t, view, p.Get(path+view).Body).Descendants() {
			class := " " + webtest.Attr(n, "class") + " "
			ours := n.Data == "article" || n.Data == "textarea" ||
				strings.Contains(class, " serif ") || strings.Contains(class, " diff ")
			if ours && webtest.Attr(n, "dir") != "auto" {
				t.Errorf("%s: <%s class=%q> has no direction of its own", view, n.Data, class)
			}
		}
	}
}

// TestSendBackWithAReason sends a text back from review: the reason stands on the item
// until somebody moves it on, and in the history for good.
func TestSendBackWithAReason(t *testing.T) {
	p := webtest.Start(t)
	c := p.Add(domain.ContentItem{Title: "Item", Body: "A text."}, domain.ItemReview)
	path := fmt.Sprintf("/content/%d", c.ID)
	if page := p.Get(path).Body; !strings.Contains(page, "What should change") {
		t.Error("an item in review cannot be sent back with a reason")
	}
	const reason = "The second paragraph <repeats> the first."
	if r := p.Post(path+"/move", url.Values{"to": {"generated"}, "reason": {reason}}); r.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	const shown = "The second paragraph &lt;repeats&gt; the first."
	for _, view := range []string{"", "?view=edit", "?view=history"} {
		if page := p.Get(path + view).Body; !strings.Contains(page, "sent this back: "+shown) {
			t.Errorf("%q does not say why", view)
		}
	}
	webtest.Must(p.Engine.Content.Move(p.Context(), content.Move{ID: c.ID, To: domain.ItemReview}))(t)
	if page := p.Get(path).Body; strings.Contains(page, shown) {
		t.Error("the reason is still shown after the next move")
	}
	if page := p.Get(path + "?view=history").Body; !strings.Contains(page, "from In Review to Generated: "+shown) {
		t.Error("the history lost the reason")
	}
	long := url.Values{"to": {"generated"}, "reason": {strings.Repeat("x", domain.LimitReason.Max+1)}}
	p.Post(path+"/move", long)
	if d := webtest.Must(p.Engine.Content.Item(p.Context(), c.ID))(t); d.Status != domain.ItemReview {
		t.Error("a reason that is too long was cut or dropped")
	}
}

// TestTheRailIsShort looks for what stands open beside a text: the decision, where it is
// and what was found. The rest is folded, but for the line that says what wrote it.
func TestTheRailIsShort(t *testing.T) {
	p := webtest.Start(t)
	c := p.Add(domain.ContentItem{
		Title: "Item", Body: "A text.", Scores: map[string]float64{"readability": 60},
		NeedsInput: []domain.Need{{What: "more_material", Reason: "It is short."}},
	}, domain.ItemReview)
	doc := webtest.Parse(t, "item", p.Get(fmt.Sprintf("/content/%d", c.ID)).Body)
	if n := webtest.Count(doc, "details", "fold-part"); n != 4 {
		t.Errorf("%d parts are folded, want 4", n)
	}
	for n := range doc.Descendants() {
		if n.Data != "p" || webtest.Attr(n, "class") != "engine" {
			continue
		}
		for up := n.Parent; up != nil; up = up.Parent {
			if up.Data == "details" {
				t.Error("what wrote the text is folded away")
			}
		}
	}
}

// TestPastedLinesAreFolded: the fields of one line take what a person pastes, in one line.
func TestPastedLinesAreFolded(t *testing.T) {
	p := webtest.Start(t)
	c := p.Add(domain.ContentItem{Title: "First", Body: "One two three."}, domain.ItemReview)
	path := fmt.Sprintf("/content/%d", c.ID)
	const pasted = " One\r\nline\t of\u2028 all "
	form := url.Values{"once": {"one"}, "etag": {ui.ETag(c.Revision)}, "version": {"1"}, "title": {pasted},
		"body": {"One.\r\n\r\nTwo."}, "meta_title": {pasted}, "meta_description": {pasted}, "keywords": {"a\n b, c"}}
	if r := p.Post(path, form); r.Status != http.StatusSeeOther {
		t.Fatalf("%d %s", r.Status, r.Body)
	}
	d := webtest.Must(p.Engine.Content.Item(p.Context(), c.ID))(t)
	if got := strings.Join(append(d.Keywords, d.Title, d.MetaTitle, d.MetaDescription), "|"); got !=
		"a b|c|One line of all|One line of all|One line of all" || d.Body != "One.\n\nTwo." {
		t.Errorf("%q, %q", got, d.Body)
	}
}
