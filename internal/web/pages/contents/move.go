package contents

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/web/ui"
)

// move takes the selected items to a column, all or none, and shows the list again.
func (p page) move(w http.ResponseWriter, r *http.Request) error {
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	back := readBack(r.PostForm.Get("back"))
	in, err := readMove(r.PostForm)
	if err != nil {
		return p.Refuse(w, r, back, err)
	}
	out, err := ui.Once(r,
		func(ctx context.Context) ([]content.MoveResult, error) { return p.Engine.Content.BulkMove(ctx, in) },
		func(list []content.MoveResult) ui.Outcome {
			return ui.Outcome{
				Path:    back,
				Message: ui.Plural(len(list), "item", "items") + " moved to " + in.To.Label() + ".",
			}
		})
	if err != nil {
		return p.refuseMove(w, r, back, err)
	}
	return p.Finish(w, r, out)
}

// refuseMove says which item stays where it was, and why. Nothing has moved.
func (p page) refuseMove(w http.ResponseWriter, r *http.Request, back string, err error) error {
	e := domain.AsError(err)
	if e.Code == domain.CodeNotFound {
		e = domain.Errorf(domain.CodeConflict, "Some of the items have been deleted since, so nothing was moved.")
	}
	if id, ok := e.Details["content_id"].(int64); ok {
		if c, missing := p.Engine.Content.Item(r.Context(), id); missing == nil {
			e = domain.Errorf(e.Code, "“%s”: %s Nothing was moved.", ui.TitleOf(c.Title, id), e.Message)
		}
	}
	return p.Refuse(w, r, back, e)
}

// readBack returns the address of the list that a form was on.
func readBack(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return path
	}
	return readQuery(u.Query()).Here()
}

// readMove reads the selected items and the state in which the page showed each.
func readMove(f url.Values) (in content.BulkMove, err error) {
	in = content.BulkMove{
		To: domain.ItemStatus(f.Get("to")), Mode: domain.BulkAtomic, IfMatch: map[int64]string{},
	}
	if !in.To.Valid() {
		return in, domain.Errorf(domain.CodeBadRequest, "The board has no column %q.", in.To)
	}
	for _, v := range f["ids"] {
		id, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			return in, domain.Errorf(domain.CodeBadRequest, "%q is not the ID of an item.", v)
		}
		in.IDs = append(in.IDs, id)
	}
	if len(in.IDs) == 0 {
		return in, domain.Errorf(domain.CodeBadRequest, "Select at least one item.")
	}
	for _, v := range f["seen"] {
		number, etag, _ := strings.Cut(v, " ")
		if id, err := strconv.ParseInt(number, 10, 64); err == nil {
			in.IfMatch[id] = etag
		}
	}
	return in, nil
}
