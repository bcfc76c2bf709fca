package execution

import (
	"context"
	"net/http"

	"vellocity/internal/engine/work"
	"vellocity/internal/verb"
	"vellocity/internal/web/ui"
)

func (p page) cancel(w http.ResponseWriter, r *http.Request) error {
	return act(p, w, r, p.Engine.Work.Cancel, func(d work.ExecutionDetails) ui.Outcome {
		return ui.Outcome{
			Path:    ui.ExecutionPath(d.ID),
			Message: "Execution cancelled. Finished steps are kept, and unused credits were released.",
		}
	})
}

func (p page) retry(w http.ResponseWriter, r *http.Request) error {
	return act(p, w, r, p.Engine.Work.Retry, func(st work.Started) ui.Outcome {
		return ui.Outcome{
			Path:    ui.ExecutionPath(st.Execution.ID),
			Message: "Retrying from the last finished step.",
		}
	})
}

func (p page) archive(w http.ResponseWriter, r *http.Request) error {
	return act(p, w, r, p.Engine.Work.Archive, func(d work.ExecutionDetails) ui.Outcome {
		return ui.Outcome{Path: ui.ExecutionPath(d.ID), Message: "Execution archived."}
	})
}

// act runs a verb once on the execution of the address and redirects to where done
// says. A refusal leads back to the execution, with the reason.
func act[R any](p page, w http.ResponseWriter, r *http.Request,
	do func(context.Context, verb.ID) (R, error), done func(R) ui.Outcome) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	out, err := ui.Once(r, func(ctx context.Context) (R, error) { return do(ctx, verb.ID{ID: id}) }, done)
	if err != nil {
		return p.Refuse(w, r, ui.ExecutionPath(id), err)
	}
	return p.Finish(w, r, out)
}
