package execution

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"vellocity/internal/ai"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
)

// maxRetryTime is how long after its start an execution may still wait for a
// provider that asks for long pauses.
const maxRetryTime = 24 * time.Hour

// advance runs every step whose dependencies are recorded, until all are. A step
// that waits, for a person or for its provider, delays only the steps that depend on
// it: the other branches run to their end first, so that no text of theirs is paid
// for again.
func (w *worker) advance(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error)
	var failure, pause error
	for n := 0; ; {
		if failure == nil {
			n += w.start(ctx, ended)
		}
		if n == 0 {
			return cmp.Or(failure, pause)
		}
		err := <-ended
		n--
		var waits *waitError
		switch {
		case err == nil || failure != nil:
		case errors.As(err, &waits):
			pause = cmp.Or(pause, err)
		case w.mayRetryLater(err):
			pause = err // its time is known, a person's is not
		default:
			failure = err
			stop() // the results of the other steps would not be used
		}
	}
}

// mayRetryLater reports whether a provider asked for a pause that the execution can
// make.
func (w *worker) mayRetryLater(err error) bool {
	e, ok := ai.AsError(err)
	return ok && e.Kind == ai.KindRate && e.RetryAfter > 0 && w.Store.Now().Sub(w.x.StartedAt) < maxRetryTime
}

// start begins every step that is ready and returns how many there were.
func (w *worker) start(ctx context.Context, ended chan<- error) int {
	w.mu.Lock()
	keys := w.ready()
	steps := make([]domain.PlanStep, len(keys)) // looked up here: the plan may grow
	for i, k := range keys {
		w.running[k], steps[i] = true, w.step(k)
	}
	w.mu.Unlock()
	for _, s := range steps {
		if w.closed(s) {
			go func() { ended <- w.open(ctx, s) }()
		} else {
			go func() { ended <- w.runStep(ctx, s) }()
		}
	}
	return len(keys)
}

// runStep runs one step and records its result. A step that asks for a person is
// run again with the answer, once there is one.
func (w *worker) runStep(ctx context.Context, s domain.PlanStep) (err error) {
	run := &writing{worker: w, step: s, began: w.Store.Now()}
	w.mu.Lock()
	run.part = w.partOf(s.Key)
	w.mu.Unlock()
	ctx, span := otel.Tracer("vellocity/execution").Start(ctx, "step "+s.Kind, trace.WithAttributes(
		attribute.String("vellocity.capability", run.part.slug),
		attribute.Int64("vellocity.execution", w.x.ID),
		attribute.String("vellocity.step", s.Key),
	))
	defer func() {
		if err != nil {
			span.SetStatus(codes.Error, string(domain.CodeOf(err)))
		}
		span.End()
	}()
	result, err := run.call(ctx)
	if err == nil && result.Wait != nil {
		asked := result.Wait.ContentID
		if run.answer, err = w.answer(ctx, asked); err == nil && run.answer == nil {
			return &waitError{step: s, writing: run, item: asked}
		}
		if err == nil {
			result, err = run.call(ctx)
		}
		if err == nil && result.Wait != nil {
			err = errors.New("the step asked again although it had the answer")
		}
	}
	if err != nil {
		return &stepError{step: s, writing: run, cause: err}
	}
	return w.recordStep(ctx, run, domain.StepDone, result)
}

// recordStep records the outcome of a step. A refusal, such as that of an effect, is the
// step's failure.
func (w *worker) recordStep(
	ctx context.Context, run *writing, status domain.StepStatus, result capability.Result,
) error {
	err := w.record(ctx, run, status, result)
	switch {
	case err == nil:
		return nil
	case domain.AsError(err).Refusal():
		return &stepError{step: run.step, writing: run, cause: err}
	}
	return fmt.Errorf("record %s: %w", run.step.Key, err)
}
