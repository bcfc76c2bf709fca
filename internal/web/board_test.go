package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"vellocity/internal/domain"
)

// titlesIn lists the cards of a column from top to bottom.
func titlesIn(t *testing.T, h *house, stage domain.ItemStatus) []string {
	t.Helper()
	doc := parse(t, "board", h.get("/board").Body.String())
	var titles []string
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && attr(n, "class") == "card-title" {
			card := n.Parent
			if attr(card, "data-stage") == string(stage) {
				titles = append(titles, n.FirstChild.Data)
			}
		}
	}
	return titles
}

// move posts a move as the script of the board does. The problem is empty where
// it went well.
func (h *house) move(form url.Values) (status int, p problem) {
	w := h.do(http.MethodPost, "/board/move", form.Encode(), "Accept", "application/json")
	_ = json.Unmarshal(w.Body.Bytes(), &p) // a wrong answer shows in what is compared
	return w.Code, p
}

func TestBoardMoves(t *testing.T) {
	h := newHouse(t, 0)
	var ids []string
	for _, title := range []string{"A", "B", "C"} {
		c := h.add(t, domain.ContentItem{Title: title, Body: "Text."}, domain.ItemReview)
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
		{"no number", url.Values{"ids": {"x"}, "to": {"ready"}}, 400, "A B C"},
		{"one is not there", url.Values{"ids": {ids[0], "999"}, "to": {"ready"}}, 404, "A B C"},
		{"two at once", url.Values{"ids": {ids[0], ids[1]}, "to": {"ready"}}, 200, "C"},
	} {
		status, answer := h.move(c.form)
		if got := strings.Join(titlesIn(t, h, domain.ItemReview), " "); status != c.status || got != c.want {
			t.Errorf("%s: %d %q, want %d %q (%s)", c.name, status, got, c.status, c.want, answer.Message)
		}
	}
}

func TestABlockedPublicationIsExplained(t *testing.T) {
	h := newHouse(t, 0)
	body := "We never fail. Nobody does it better."
	c := h.add(t, domain.ContentItem{Title: "Blocked", Body: body, Findings: []domain.Finding{finding(body, "regulated-claims", domain.SeverityBlocking, "never fail", "Say what you saw.")}}, domain.ItemReview)
	status, answer := h.move(url.Values{"ids": {fmt.Sprint(c.ID)}, "to": {"published"}})
	if status != http.StatusConflict || len(answer.Blockers) != 1 || answer.Link != fmt.Sprintf("/content/%d#findings", c.ID) {
		t.Errorf("%d %+v", status, answer)
	}
	plain := h.do(http.MethodPost, fmt.Sprintf("/content/%d/move", c.ID), "to=published")
	if plain.Code != http.StatusSeeOther || !strings.Contains(plain.Header().Get("Set-Cookie"), flashCookie) {
		t.Errorf("without a script: %d", plain.Code)
	}
	if page := h.get(fmt.Sprintf("/content/%d", c.ID)).Body.String(); !strings.Contains(page, `<mark class="find find-policy" data-finding="1">never fail</mark>`) {
		t.Error("the blocking words must be marked")
	}
}
