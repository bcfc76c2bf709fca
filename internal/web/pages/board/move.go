package board

import (
	"net/http"
	"strconv"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/verb"
	"vellocity/internal/web/ui"
)

// moved is the response to a move, for the script of the board.
type moved struct {
	Message string      `json:"message"`
	Items   []movedItem `json:"items"`
}

type movedItem struct {
	ID     int64  `json:"id"`
	ETag   string `json:"etag"`
	Status string `json:"status"`
}

// move moves one card or several.
func (p page) move(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	ids, err := readIDs(r.PostForm["ids"])
	if err != nil {
		return p.Refuse(w, r, "/board", err)
	}
	to := domain.ItemStatus(r.PostForm.Get("to"))
	if !to.Valid() {
		return domain.Errorf(domain.CodeBadRequest, "The board has no column %q.", to)
	}
	items, err := p.moveItems(r, ids, to)
	if err != nil {
		return p.refuseMove(w, r, ids, err)
	}
	done := moved{Message: ui.Plural(len(items), "item", "items") + " moved to " + to.Label() + "."}
	for _, i := range items {
		done.Items = append(done.Items, movedItem{i.ID, ui.ETag(i.Revision), string(i.Status)})
	}
	if ui.WantsJSON(r) {
		ui.WriteJSON(w, http.StatusOK, done)
		return nil
	}
	return p.Back(w, r, "/board", done.Message)
}

func (p page) moveItems(r *http.Request, ids []int64, to domain.ItemStatus) ([]domain.ContentItem, error) {
	before, err := p.readPlace(r)
	if err != nil {
		return nil, err
	}
	etags := readETags(r, ids)
	if len(ids) == 1 {
		item, err := p.Engine.Content.Move(r.Context(), content.Move{
			ID:           ids[0],
			To:           to,
			Before:       before,
			Precondition: verb.Precondition{IfMatch: etags[ids[0]]},
		})
		return []domain.ContentItem{item}, err
	}
	results, err := p.Engine.Content.BulkMove(r.Context(),
		content.BulkMove{IDs: ids, To: to, Mode: domain.BulkAtomic, Before: before, IfMatch: etags})
	if err != nil {
		return nil, err
	}
	var items []domain.ContentItem
	for _, res := range results {
		if res.Err != nil {
			return nil, res.Err
		}
		items = append(items, *res.Item)
	}
	return items, nil
}

// readPlace returns the card that the moved ones stand before: the one that the form
// names, or the one below the card that it names instead, which the page may not have
// loaded.
func (p page) readPlace(r *http.Request) (int64, error) {
	after, _ := strconv.ParseInt(r.PostForm.Get("after"), 10, 64) // none: 0
	if after <= 0 {
		before, _ := strconv.ParseInt(r.PostForm.Get("before"), 10, 64) // none: at the top
		return before, nil
	}
	list, _, err := p.Engine.Content.BoardChanges(r.Context(), content.BoardChanges{IDs: []int64{after}})
	if err != nil || len(list) == 0 {
		return 0, err
	}
	if list[0].Below == 0 {
		return bottom, nil
	}
	return list[0].Below, nil
}

// bottom is the place below all cards of a column.
const bottom = -1

// readETags returns the state in which each card must still be, where the form says.
func readETags(r *http.Request, ids []int64) map[int64]string {
	etags := map[int64]string{}
	for i, tag := range r.PostForm["etag"] {
		if i < len(ids) {
			etags[ids[i]] = tag
		}
	}
	return etags
}

// refuseMove says why cards stay where they were, which card it was, and where the
// reason can be seen.
func (p page) refuseMove(w http.ResponseWriter, r *http.Request, ids []int64, err error) error {
	if !ui.WantsJSON(r) || domain.CodeOf(err) == domain.CodeServer {
		return p.Refuse(w, r, "/board", err)
	}
	problem, status := ui.ProblemOf(err)
	id, known := domain.AsError(err).Details["content_id"].(int64)
	if !known {
		id = ids[0]
	}
	title := "this item"
	item, missing := p.Engine.Content.Item(r.Context(), id)
	if missing == nil {
		title = "“" + ui.TitleOf(item.Title, id) + "”"
	}
	switch {
	case domain.CodeOf(err) == domain.CodePreconditionFailed:
		problem.Message = whoChanged(item, title) + " Check it, then move it again."
	case known && missing == nil:
		problem.Message = title + ": " + problem.Message
	}
	if len(problem.Blockers) > 0 {
		problem.Link = ui.ItemPath(id) + "#findings"
	}
	ui.WriteJSON(w, status, problem)
	return nil
}

// whoChanged says what somebody did to an item while a card of it was in hand.
func whoChanged(item content.ItemDetails, title string) string {
	n := len(item.Moves)
	if n > 0 && item.Moves[n-1].Kind != domain.HistoryLeft && !item.Moves[n-1].At.Before(item.UpdatedAt) {
		last := item.Moves[n-1]
		return last.By + " has since moved " + title + " to " + last.To.Label() + "."
	}
	return "Someone else just changed " + title + "."
}

func readIDs(values []string) ([]int64, error) {
	var ids []int64
	for _, v := range values {
		id, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			return nil, domain.Errorf(domain.CodeBadRequest, "%q is not the ID of an item.", v)
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil, domain.Errorf(domain.CodeBadRequest, "Select at least one item.")
	}
	return ids, nil
}
