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
