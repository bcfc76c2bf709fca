package board_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"vellocity/internal/domain"
	"vellocity/internal/web/ui"
	"vellocity/internal/web/webtest"
)

// titlesIn lists the cards of a column from top to bottom.
func titlesIn(t *testing.T, p *webtest.Person, status domain.ItemStatus) []string {
	t.Helper()
	doc := webtest.Parse(t, "board", p.Get("/board").Body)
	var titles []string
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && webtest.Attr(n, "class") == "card-title" &&
			webtest.Attr(n.Parent, "data-status") == string(status) {
			titles = append(titles, n.FirstChild.Data)
		}
	}
	return titles
}

// move posts a move as the script of the board does. The problem is empty where it
// succeeds.
func move(p *webtest.Person, form url.Values) (status int, problem ui.Problem) {
	r := p.Post("/board/move", form, "Accept", "application/json")
	_ = json.Unmarshal([]byte(r.Body), &problem) // a wrong response shows in what is compared
	return r.Status, problem
}

func TestBoardMoves(t *testing.T) {
	p := webtest.Start(t)
	var ids []string
	for _, title := range []string{"A", "B", "C"} {
		c := p.Add(domain.ContentItem{Title: title, Body: "Text."}, domain.ItemReview)
		ids = append(ids, fmt.Sprint(c.ID))
	}
	for _, c := range []struct {
		name   string
		form   url.Values
		status int
		want   string // of the review column
	}{
		{"to the end", url.Values{"ids": {ids[2]}, "to": {"review"}, "before": {"-1"}}, 200, "B A C"},
		{"before another", url.Values{"ids": {ids[2]}, "to": {"review"}, "before": {ids[0]}}, 200, "B C A"},
		{"to the top", url.Values{"ids": {ids[0]}, "to": {"review"}}, 200, "A B C"},
		{"stale", url.Values{"ids": {ids[0]}, "to": {"ready"}, "etag": {`"1"`}}, 412, "A B C"},
		{"nowhere", url.Values{"ids": {ids[0]}, "to": {"bin"}}, 400, "A B C"},
		{"nothing", url.Values{"to": {"ready"}}, 400, "A B C"},
		{"not a number", url.Values{"ids": {"x"}, "to": {"ready"}}, 400, "A B C"},
		{"one is not there", url.Values{"ids": {ids[0], "999"}, "to": {"ready"}}, 404, "A B C"},
		{"two at once", url.Values{"ids": {ids[0], ids[1]}, "to": {"ready"}}, 200, "C"},
	} {
		status, problem := move(p, c.form)
		if got := strings.Join(titlesIn(t, p, domain.ItemReview), " "); status != c.status || got != c.want {
			t.Errorf("%s: %d %q, want %d %q (%s)", c.name, status, got, c.status, c.want, problem.Message)
		}
	}
	if r := p.Post("/board/move", url.Values{"ids": {ids[2]}, "to": {"ready"}}); r.Location != "/board" {
		t.Errorf("without a script: %d to %q", r.Status, r.Location)
	}
	if page := p.Get("/board").Body; !strings.Contains(page, "1 item moved to Ready.") {
		t.Error("the next page must say what was done")
	}
}

func TestABlockedPublicationIsExplained(t *testing.T) {
	p := webtest.Start(t)
	body := "We never fail. Nobody does it better."
	c := p.Add(domain.ContentItem{
		Title: "Blocked",
		Body:  body,
		Findings: []domain.Finding{
			webtest.Finding(body, "regulated-claims", domain.SeverityBlocking, "never fail", "Say what you saw."),
		},
	}, domain.ItemReview)
	item := fmt.Sprintf("/content/%d", c.ID)
	status, problem := move(p, url.Values{"ids": {fmt.Sprint(c.ID)}, "to": {"published"}})
	if status != http.StatusConflict || problem.Link != item+"#findings" {
		t.Errorf("%d %+v", status, problem)
	}
	if len(problem.Blockers) != 1 || problem.Blockers[0].Guardrail != "regulated-claims" {
		t.Errorf("the blockers are %+v", problem.Blockers)
	}
	plain := p.Post(item+"/move", url.Values{"to": {"published"}})
	if plain.Status != http.StatusSeeOther || !strings.Contains(plain.Header.Get("Set-Cookie"), "vellocity_flash") {
		t.Errorf("without a script: %d", plain.Status)
	}
	mark := `<mark class="find find-policy" data-finding="1">never fail</mark>`
	if page := p.Get(item).Body; !strings.Contains(page, mark) || !strings.Contains(page, "Say what you saw.") {
		t.Error("the blocking words must be marked")
	}
}

// post is a form of ids, with more names and values in turn.
func post(ids []string, more ...string) url.Values {
	form := url.Values{"ids": ids}
	for i := 0; i+1 < len(more); i += 2 {
		form.Add(more[i], more[i+1])
	}
	return form
}

func addItems(p *webtest.Person, to domain.ItemStatus, titles ...string) (ids []string) {
	for _, title := range titles {
		ids = append(ids, fmt.Sprint(p.Add(domain.ContentItem{Title: title, Body: "Text of " + title + "."}, to).ID))
	}
	return ids
}

// An undo carries the state that its own move has left: a person who moved a card since is
// named, and the card stays.
func TestAnUndoDoesNotRevertTheMoveOfAnother(t *testing.T) {
	p := webtest.Start(t)
	ids := addItems(p, domain.ItemGenerated, "A", "B")
	r := p.Post("/board/move", post(ids, "to", "review"), "Accept", "application/json")
	var done struct {
		Items []struct{ ETag string }
	}
	webtest.No(t, json.Unmarshal([]byte(r.Body), &done))
	if status, problem := move(p, post(ids[:1], "to", "published")); status != http.StatusOK {
		t.Fatal(status, problem)
	}
	undo := post(ids, "to", "generated", "etag", done.Items[0].ETag, "etag", done.Items[1].ETag)
	status, problem := move(p, undo)
	if status != http.StatusPreconditionFailed || !strings.Contains(problem.Message, "has since moved “A” to Published") {
		t.Errorf("%d %q", status, problem.Message)
	}
	if got := strings.Join(titlesIn(t, p, domain.ItemGenerated), " "); got != "" {
		t.Errorf("undone all the same: %s", got)
	}
	undo = post(ids[1:], "to", "generated", "etag", done.Items[1].ETag)
	if status, problem := move(p, undo); status != http.StatusOK {
		t.Errorf("a card that nobody has touched: %d %q", status, problem.Message)
	}
}

func TestABlockedCardOfSeveralIsNamed(t *testing.T) {
	p := webtest.Start(t)
	body := "We never fail."
	bad := p.Add(domain.ContentItem{Title: "Bad", Body: body, Findings: []domain.Finding{
		webtest.Finding(body, "regulated-claims", domain.SeverityBlocking, "never fail", "Say what you saw."),
	}}, domain.ItemReview)
	ids := append(addItems(p, domain.ItemReview, "Good"), fmt.Sprint(bad.ID))
	status, problem := move(p, post(ids, "to", "published"))
	if status != http.StatusConflict || !strings.HasPrefix(problem.Message, "“Bad”: ") ||
		problem.Link != fmt.Sprintf("/content/%d#findings", bad.ID) {
		t.Errorf("%d %+v", status, problem)
	}
}

// A card may be dropped below the last one that the page has loaded.
func TestACardIsDroppedBelowAnother(t *testing.T) {
	p := webtest.Start(t)
	ids := addItems(p, domain.ItemReview, "D", "C", "B", "A")
	move(p, post(ids[3:], "to", "review", "before", "-1", "after", ids[1]))
	if got := strings.Join(titlesIn(t, p, domain.ItemReview), " "); got != "B C A D" {
		t.Errorf("below C: %s", got)
	}
	move(p, post([]string{ids[2], ids[1]}, "to", "review", "before", "-1", "after", ids[0]))
	if got := strings.Join(titlesIn(t, p, domain.ItemReview), " "); got != "A D B C" {
		t.Errorf("two below the last: %s", got)
	}
}

// The board searches all items, not those that it shows, and counts what it finds.
func TestTheBoardFindsWhatItDoesNotShow(t *testing.T) {
	p := webtest.Start(t)
	addItems(p, domain.ItemGenerated, "The needle in the hay", "GRÖSSE")
	for i := range 60 {
		addItems(p, domain.ItemGenerated, fmt.Sprint("Hay ", i))
	}
	for q, want := range map[string]string{
		"hay needle":  "The needle in the hay",
		"größe":       "GRÖSSE",
		"text+needle": "The needle in the hay",
	} {
		page := p.Get("/board?q=" + url.QueryEscape(strings.ReplaceAll(q, "+", " "))).Body
		doc := webtest.Parse(t, "board", page)
		if webtest.Count(doc, "li", "card") != 1 || !strings.Contains(page, ">"+want+"</a>") ||
			!strings.Contains(page, `data-n="1"`) {
			t.Errorf("%q does not find %q alone", q, want)
		}
	}
	if page := p.Get("/board?q=nowhere").Body; !strings.Contains(page, "No items match.") {
		t.Error("the board must say that nothing matches")
	}
	if r := p.Get("/board?q=" + strings.Repeat("long", 200)); r.Status != http.StatusOK {
		t.Errorf("a search that is too long: %d", r.Status)
	}
}

// Every card of a long column is reached through "Show more", with a script and without.
func TestShowMoreReachesEveryCard(t *testing.T) {
	p := webtest.Start(t)
	for i := range 120 {
		addItems(p, domain.ItemReady, fmt.Sprint("Item ", i))
	}
	for _, headers := range [][]string{{}, {"HX-Request", "true"}} {
		for _, at := range []string{"/board", "/board?q=item"} {
			seen, pages := map[string]bool{}, 0
			for at != "" && pages < 10 {
				body := p.Get(at, headers...).Body
				doc := webtest.Parse(t, at, body)
				if at, pages = "", pages+1; len(headers) > 0 && pages > 1 && strings.Contains(body, "<html") {
					t.Error("a script gets the cards alone")
				}
				for n := range doc.Descendants() {
					if n.Type == html.ElementNode && webtest.Attr(n, "class") == "card-title" {
						seen[n.FirstChild.Data] = true
					}
					if n.Type == html.ElementNode && webtest.Attr(n, "class") == "col-more" {
						at = webtest.Attr(n.FirstChild, "href")
					}
				}
			}
			if len(seen) != 120 || pages != 3 {
				t.Errorf("%v: %d cards on %d pages", headers, len(seen), pages)
			}
		}
	}
	if r := p.Get("/board?column=ready&after=rubbish"); r.Status != http.StatusUnprocessableEntity {
		t.Errorf("a cursor that is none: %d", r.Status)
	}
	if n := strings.Count(p.Get("/board?shown=ready:110", "HX-Request", "true").Body, `class="card `); n != 110 {
		t.Errorf("a page that has 110 cards gets %d", n)
	}
}

// One move costs an open page a card, not the board.
func TestAChangeIsOneCard(t *testing.T) {
	p := webtest.Start(t)
	ids := addItems(p, domain.ItemReview, "B", "A")
	r := p.Get("/board/changes?ids=" + ids[1] + ",999")
	doc := webtest.Parse(t, "changes", r.Body)
	if webtest.Count(doc, "li", "place") != 1 || !strings.Contains(r.Body, `data-below="`+ids[0]+`"`) ||
		!strings.Contains(r.Body, `data-status="review" value="2"`) || len(r.Body) > 3000 {
		t.Errorf("%d bytes: %s", len(r.Body), r.Body)
	}
	if other := p.SignedOut().Get("/board/changes?ids=" + ids[1]); other.Status == http.StatusOK {
		t.Error("signed out, the card is shown")
	}
	if r := p.Get("/board/changes?ids=x"); r.Status != http.StatusBadRequest {
		t.Errorf("no ids: %d", r.Status)
	}
}
