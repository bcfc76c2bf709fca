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
	if len(ids) == 1 {
		before, _ := strconv.ParseInt(r.PostForm.Get("before"), 10, 64) // none: at the top
		item, err := p.Engine.Content.Move(r.Context(), content.Move{
			ID:           ids[0],
			To:           to,
			Before:       before,
			Precondition: verb.Precondition{IfMatch: r.PostForm.Get("etag")},
		})
		return []domain.ContentItem{item}, err
	}
	results, err := p.Engine.Content.BulkMove(r.Context(), content.BulkMove{IDs: ids, To: to, Mode: domain.BulkAtomic})
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

// refuseMove says why a card stays where it was, and where the reason can be seen.
func (p page) refuseMove(w http.ResponseWriter, r *http.Request, ids []int64, err error) error {
	if !ui.WantsJSON(r) || domain.CodeOf(err) == domain.CodeServer {
		return p.Refuse(w, r, "/board", err)
	}
	problem, status := ui.ProblemOf(err)
	if domain.CodeOf(err) == domain.CodePreconditionFailed {
		problem.Message = "Someone else just changed this item. Check it, then move it again."
	}
	if len(ids) == 1 && len(problem.Blockers) > 0 {
		problem.Link = ui.ItemPath(ids[0]) + "#findings"
	}
	ui.WriteJSON(w, status, problem)
	return nil
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
