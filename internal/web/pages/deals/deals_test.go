package deals_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"vellocity/internal/store"
	"vellocity/internal/web/webtest"
)

// A person creates a deal, moves it, is asked for what a stage needs, and deletes it.
func TestADealFromItsFormToItsEnd(t *testing.T) {
	p := webtest.Start(t)
	if page := p.Get("/deals").Body; !strings.Contains(page, "No deals yet") {
		t.Errorf("the board shows %s", page)
	}
	refused := p.Post("/deals", url.Values{"title": {"Forty <agents>"}, "value": {"12.345"}, "currency": {"EUR"}})
	if refused.Status != http.StatusUnprocessableEntity || !strings.Contains(refused.Body, "Forty &lt;agents&gt;") ||
		!strings.Contains(refused.Body, "The customer field is required") ||
		!strings.Contains(refused.Body, "at most 2 decimals") {
		t.Errorf("%d\n%s", refused.Status, refused.Body)
	}
	made := p.Post("/deals", url.Values{
		"title": {"Forty agents"}, "customer": {"Norwick"}, "value": {"12000.5"}, "currency": {"eur"},
	})
	if made.Location != "/deals/opp_1" {
		t.Fatalf("%d\n%s", made.Status, made.Body)
	}
	board := p.Get("/deals").Body
	webtest.Parse(t, "the board of deals", board)
	for _, want := range []string{"Technical Validation", "12,000.50 EUR", `data-id="opp_1"`, "Norwick"} {
		if !strings.Contains(board, want) {
			t.Errorf("the board has no %s", want)
		}
	}
	if moved := p.Post("/deals/move", url.Values{"id": {"opp_1"}, "stage": {"Committed"}}); moved.Location != "/deals" {
		t.Errorf("%d\n%s", moved.Status, moved.Body)
	}
	lost := p.Post("/deals/opp_1/stage", url.Values{"stage": {"Closed Lost"}, "reason": {"We were <late>"}})
	if lost.Status != http.StatusUnprocessableEntity ||
		!strings.Contains(lost.Body, "closed_lost_reason field is required") ||
		!strings.Contains(lost.Body, "We were &lt;late&gt;") ||
		!strings.Contains(lost.Body, `<option value="Closed Lost" selected>`) {
		t.Errorf("%d\n%s", lost.Status, lost.Body)
	}
	webtest.Parse(t, "a refused move", lost.Body)
	won := p.Post("/deals/opp_1", url.Values{
		"title": {"Forty agents"}, "customer": {"Norwick"}, "value": {"14000"}, "currency": {"EUR"},
		"customer_aws_account_id": {"123456789012"}, "target_close_date": {"2999-01-31"},
	})
	if won.Location != "/deals/opp_1" {
		t.Fatalf("%d\n%s", won.Status, won.Body)
	}
	if r := p.Post("/deals/opp_1/stage", url.Values{"stage": {"Launched"}}); r.Location != "/deals/opp_1" {
		t.Errorf("%d\n%s", r.Status, r.Body)
	}
	page := p.Get("/deals/opp_1").Body
	webtest.Parse(t, "a deal", page)
	if !strings.Contains(page, "from Committed") || !strings.Contains(page, `value="14000.00"`) {
		t.Errorf("%s", page)
	}
	if gone := p.Post("/deals/opp_1/delete", nil); gone.Location != "/deals" {
		t.Errorf("deleting leads to %d %s", gone.Status, gone.Location)
	}
}

// A deal that was changed here and at AWS has a mark on the board, and its page lets a person choose.
func TestAConflictWithAWSIsResolvedOnThePage(t *testing.T) {
	p := webtest.Start(t)
	p.Post("/deals", url.Values{"title": {"Forty agents"}, "customer": {"Norwick"}})
	if page := p.Get("/deals/opp_1").Body; strings.Contains(page, "Partner Central") {
		t.Error("a local deal speaks of AWS")
	}
	err := p.App.Store.InTx(t.Context(), func(tx *store.Tx) error {
		return tx.DB().Exec(t.Context(), `update opportunity set remote_id = 'O1', review_status = 'Approved',
			conflict = '[{"field":"next_step","aws":"Call <them>"}]' where id = 1`)
	})
	webtest.No(t, err)
	if board := p.Get("/deals").Body; !strings.Contains(board, "Conflict with AWS") {
		t.Errorf("the board has no mark")
	}
	page := p.Get("/deals/opp_1").Body
	webtest.Parse(t, "a conflict", page)
	for _, want := range []string{"O1 · review: Approved", "Next step", "Nothing", "Call &lt;them&gt;",
		"Take what AWS has"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %q", want)
		}
	}
	if r := p.Post("/deals/opp_1/resolve", url.Values{"keep": {"aws"}}); r.Location != "/deals/opp_1" {
		t.Errorf("%d\n%s", r.Status, r.Body)
	}
	if page := p.Get("/deals/opp_1").Body; strings.Contains(page, "changed in both") ||
		!strings.Contains(page, `value="Call &lt;them&gt;"`) {
		t.Errorf("after it: %s", page)
	}
}
