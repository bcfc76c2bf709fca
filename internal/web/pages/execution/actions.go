package execution

import (
	"context"
	"net/http"

	"vellocity/internal/verb"
	"vellocity/internal/web/ui"
)

func (p page) cancel(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, func(ctx context.Context, id int64) (int64, string, error) {
		_, err := p.Engine.Work.Cancel(ctx, verb.ID{ID: id})
		return id, "Execution cancelled. Finished steps are kept, and unused credits were released.", err
	})
}

func (p page) retry(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, func(ctx context.Context, id int64) (int64, string, error) {
		st, err := p.Engine.Work.Retry(ctx, verb.ID{ID: id})
		return st.Execution.ID, "Retrying from the last finished step.", err
	})
}

func (p page) archive(w http.ResponseWriter, r *http.Request) error {
	return p.act(w, r, func(ctx context.Context, id int64) (int64, string, error) {
		_, err := p.Engine.Work.Archive(ctx, verb.ID{ID: id})
		return id, "Execution archived.", err
	})
}

// act runs a verb on the execution of the address and redirects to the execution
// that the verb returns, with its message.
func (p page) act(w http.ResponseWriter, r *http.Request,
	do func(context.Context, int64) (next int64, message string, err error)) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	next, message, err := do(r.Context(), id)
	if err != nil {
		return p.Refuse(w, r, ui.ExecutionPath(id), err)
	}
	return p.Back(w, r, ui.ExecutionPath(next), message)
}
