package execution

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
	"vellocity/internal/web/ui"
)

// changedStep is a step whose result differs from the one before, side by side.
type changedStep struct {
	Key, Name     string
	Before, After []ui.DiffPart // what stayed with what was removed, and with what was added
	Data          bool          // the results are no texts
	One           string        // "only before" or "only now", where one of the two has no result
}

// redo runs a step of the execution again.
func (p page) redo(w http.ResponseWriter, r *http.Request) error {
	id, err := ui.PathID(r)
	if err != nil {
		return err
	}
	if err := ui.ReadForm(r); err != nil {
		return err
	}
	in := work.RedoStep{
		ID: id, Step: r.PostForm.Get("step"),
		Instructions: strings.TrimSpace(strings.ReplaceAll(r.PostForm.Get("instructions"), "\r\n", "\n")),
	}
	out, err := ui.Once(r, func(ctx context.Context) (work.Started, error) {
		return p.Engine.Work.RedoStep(ctx, in)
	}, func(st work.Started) ui.Outcome {
		return ui.Outcome{
			Path: ui.ExecutionPath(st.Execution.ID), Message: "Redo started. The results of the other steps are reused.",
		}
	})
	if err != nil && in.Instructions != "" {
		return err // the page of the error shows what was written
	}
	if err != nil {
		return p.Refuse(w, r, ui.ExecutionPath(id)+"?tab=plan", err)
	}
	return p.Finish(w, r, out)
}

// fillRedos says of each step what a redo of it would run and cost.
func fillRedos(t *timeline, d work.ExecutionDetails) {
	names := map[string]string{}
	for _, s := range t.Steps {
		names[s.Key] = s.Name
	}
	for i := range t.Steps {
		s := &t.Steps[i]
		if !s.Redoable {
			continue
		}
		again := d.Again(s.Key)
		list := make([]string, len(again))
		for j, key := range again {
			list[j] = names[key]
		}
		s.Again = strings.Join(list, ", ")
		for _, p := range d.Plan {
			if d.Origin.Kind == domain.OriginModel && slices.Contains(again, p.Key) {
				s.Price += p.Credits
			}
		}
	}
}

// fillChanges compares a redo with the execution before.
func (p page) fillChanges(ctx context.Context, v *view, d work.ExecutionDetails) error {
	if d.Execution.Redo.Of == 0 {
		return nil
	}
	c, err := p.Engine.Work.CompareExecutions(ctx, work.CompareExecutions{ID: d.Execution.Redo.Of, With: d.ID})
	if domain.CodeOf(err) == domain.CodeNotFound {
		return nil // it has been deleted
	}
	if err != nil {
		return err
	}
	for _, s := range c.Steps {
		if s.Change == work.StepSame {
			v.Same++
			continue
		}
		x := changedStep{Key: s.Key, Name: s.Name, Data: work.TextOf(s.Before) == "" && work.TextOf(s.After) == ""}
		switch s.Change {
		case work.StepAdded:
			x.One = "Only this execution has a result."
		case work.StepRemoved:
			x.One = "This execution has no result yet."
		}
		for _, part := range s.Diff {
			if part.Op != "ins" {
				x.Before = append(x.Before, ui.DiffPart(part))
			}
			if part.Op != "del" {
				x.After = append(x.After, ui.DiffPart(part))
			}
		}
		x.Before, x.After = ui.Fold(x.Before), ui.Fold(x.After)
		v.Changes = append(v.Changes, x)
	}
	return nil
}

// writtenVersion returns the version of an item that the execution wrote.
func writtenVersion(d work.ExecutionDetails, id int64) int {
	for _, s := range d.Steps {
		for _, ref := range s.Items {
			if ref.ID == id && s.Status == domain.StepDone && ref.Version > 0 {
				return ref.Version
			}
		}
	}
	return 1
}
