package execution

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/capability"
	"vellocity/internal/cite"
	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// writing is one step that runs: it counts what its calls of a provider used.
type writing struct {
	*worker
	part   *part
	step   domain.PlanStep
	began  time.Time
	answer *capability.Answer // of the person whom the step asked; nil before

	cut       bool        // a text was cut at the model's limit
	marks     *cite.Marks // of the text that is being written, where it may have some
	calls     int
	provider  string
	model     string
	tokensIn  int64
	tokensOut int64
	cost      domain.Cost
}

// result is the step as it will be recorded.
func (w *writing) result(status domain.StepStatus, now time.Time, credits int) store.Step {
	s := store.Step{StepResult: domain.StepResult{
		Key:          w.step.Key,
		Status:       status,
		Attempt:      max(1, w.calls),
		StartedAt:    w.began,
		CompletedAt:  now,
		Provider:     w.provider,
		Model:        w.model,
		InputTokens:  w.tokensIn,
		OutputTokens: w.tokensOut,
		Credits:      credits,
		Cost:         w.cost,
	}}
	if w.calls == 0 {
		s.Cost = domain.Cost{Known: true}
	}
	return s
}

// call calls the step's function; a panic in it is its failure.
func (w *writing) call(ctx context.Context) (result capability.Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			w.Log.Error("a step panicked",
				"execution", w.x.ID, "step", w.step.Key, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic in step %s", w.step.Key)
		}
	}()
	if w.program != nil && w.program.Has(w.step.Key) {
		return w.finished(w.step.Key), nil
	}
	f, ok := w.part.req.Step(w.step.Kind)
	if !ok {
		return result, fmt.Errorf("no function for steps of kind %q", w.step.Kind)
	}
	return f(ctx, w.input())
}

func (w *writing) input() capability.Input {
	w.mu.Lock()
	defer w.mu.Unlock()
	return capability.Input{
		ExecutionID: w.x.ID,
		Step:        w.part.step(w.step),
		Context:     w.x.Context,
		Agent:       w.part.agent,
		BrandVoice:  w.part.voice,
		Origin:      w.part.origin,
		Outputs:     w.part.outputs(w.outputs),
		Items:       w.part.items,
		Listing:     w.part.listing,
		Write:       w.write,
		Find:        w.findSources,
		MakeImages:  w.makeImages,
		Answer:      w.answer,
	}
}

// write has a text written for the step: streamed to watchers, recorded attempt by
// attempt, counted.
func (w *writing) write(ctx context.Context, ask capability.Ask) (ai.Response, error) {
	if own := w.part.agent.Instructions; own != "" {
		ask.System += "\n\n" + own
	}
	if asks := w.x.Redo.Asks(w.step.Key); asks != "" {
		ask.System += "\n\nThis text is written again. Follow these instructions too:\n" + asks
	}
	ask.Task = &ai.Task{
		ExecutionID: w.x.ID,
		Step:        w.step.Key,
		Capability:  w.part.slug,
		Settings:    w.part.req.JSON(),
		Voice:       w.part.voice,
	}
	w.text.Restart(w.step.Key)
	watch := ai.Watch{Restart: func() error { w.text.Restart(w.step.Key); return nil }}
	if ask.Schema == nil {
		watch.Text = w.stream(ask, &watch)
	}
	if w.part.writer.Origin.Kind == domain.OriginModel {
		w.attempts(ctx, &watch, ask.PromptHash)
	} else {
		w.provider, w.model = "composer", w.part.writer.Origin.Model
		w.cost = domain.Cost{Known: true}
		w.calls++
	}
	resp, err := Write(ctx, w.part.writer, ask, watch)
	if w.marks != nil {
		w.text.Append(w.step.Key, w.marks.End())
		w.marks = nil
	}
	w.cut = w.cut || err == nil && ask.Schema == nil && resp.Stop == ai.StopLength
	return resp, err
}

// stream shows a text as it grows, without the marks of passages that it may have.
func (w *writing) stream(ask capability.Ask, watch *ai.Watch) func(piece string) error {
	if !ask.Marked {
		return func(piece string) error { w.text.Append(w.step.Key, piece); return nil }
	}
	w.marks = &cite.Marks{} // which knows no passages, so no mark is let through
	restart := watch.Restart
	watch.Restart = func() error { w.marks = &cite.Marks{}; return restart() }
	return func(piece string) error { w.text.Append(w.step.Key, w.marks.Write(piece)); return nil }
}

// truncated is the finding about a step's text that was cut; none where it is whole.
func (w *writing) truncated() []domain.Finding {
	if !w.cut {
		return nil
	}
	return []domain.Finding{domain.CutOff(w.step)}
}

// attempts records each call of the provider before and after.
func (w *writing) attempts(ctx context.Context, watch *ai.Watch, promptHash string) {
	var id int64
	ctx = context.WithoutCancel(ctx) // a call that was cancelled is recorded too
	first := w.calls
	watch.Started = func(a domain.Attempt) error {
		a.ExecutionID, a.Step, a.PromptHash = w.x.ID, w.step.Key, promptHash
		a.N += first
		return w.Store.InTx(ctx, func(tx *store.Tx) (err error) {
			id, err = tx.StartAttempt(ctx, a)
			return err
		})
	}
	watch.Ended = func(a domain.Attempt) error {
		a.ID = id
		w.calls++
		w.provider, w.model = a.Provider, a.Model
		w.tokensIn += a.InputTokens
		w.tokensOut += a.OutputTokens
		w.cost = w.cost.Plus(a.Cost)
		return w.Store.InTx(ctx, func(tx *store.Tx) error { return tx.FinishAttempt(ctx, a) })
	}
}
