package execution

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"vellocity/internal/ai"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/queue"
	"vellocity/internal/store"
)

// maxCrashes is how often a run may be interrupted at the same step before it
// counts as the cause.
const maxCrashes = 10

// Work carries out a run: it is the queue's handler for [JobKind]. It returns nil
// when the run has ended or waits, so that the job is over; an error of the queue
// when it is to be called again later; and the context's error when the node is
// stopping and the run goes on elsewhere.
func (r *Runner) Work(ctx context.Context, job queue.Job) error {
	u, err := r.claim(ctx, job)
	if err != nil || u == nil {
		return err
	}
	ctx = domain.WithActor(ctx, domain.SystemActor(u.x.WorkspaceID, u.x.ID, u.agent.Name))
	r.Hub.Forget(job.Ref)       // what another node told of it
	defer r.Hub.Forget(job.Ref) // the text is recorded, or will be written anew
	err = u.advance(ctx)
	var w *waitError
	for errors.As(err, &w) {
		var decided bool
		if decided, err = u.wait(ctx, w); err == nil && decided {
			u.x.WaitingFor, u.running[w.step.Key] = domain.WaitingPerson, false
			err = u.advance(ctx)
		}
	}
	return u.settle(ctx, err)
}

// run is one worker's hold on an execution.
type run struct {
	*Runner
	job    queue.Job
	x      domain.Execution // as claimed; Epoch is the fence
	req    capability.Request
	agent  domain.Agent
	voice  *domain.BrandVoice
	items  map[int64]domain.ContentItem
	origin ai.Connection

	mu       sync.Mutex // guards what follows; held while a step is recorded
	outputs  map[string]json.RawMessage
	recorded map[string]bool
	running  map[string]bool
	needs    []domain.Need
}

// claim takes the run under a new epoch. A nil run means that there is nothing
// left to do.
func (r *Runner) claim(ctx context.Context, job queue.Job) (*run, error) {
	u := &run{Runner: r, job: job, outputs: map[string]json.RawMessage{}, recorded: map[string]bool{}, running: map[string]bool{}}
	over := false
	err := r.Store.InTx(ctx, func(tx *store.Tx) error {
		x, crashes, err := tx.ClaimExecution(ctx, job.Ref)
		if err != nil {
			return err
		}
		u.x, over = x, x.Status.Ended()
		if over {
			return nil
		}
		ctx := domain.WithActor(ctx, domain.SystemActor(x.WorkspaceID, x.ID, "Vellocity"))
		sentence := u.prepare(ctx, tx, crashes)
		if sentence == "" {
			sentence = u.plan()
		}
		if sentence != "" {
			over = true
			if _, err := r.finish(ctx, tx, x, domain.ExecutionFailed, sentence); err != nil {
				return err
			}
			return r.Queue.Complete(ctx, tx.DB(), job)
		}
		return u.begin(ctx, tx)
	})
	if domain.CodeOf(err) == domain.CodeNotFound {
		return nil, nil // the run is gone, and with it the work
	}
	if err != nil || over {
		return nil, err
	}
	return u, nil
}

// prepare reads what the steps need. It returns a sentence where the run cannot
// go on.
func (u *run) prepare(ctx context.Context, tx *store.Tx, crashes int) string {
	if crashes > maxCrashes {
		return fmt.Sprintf("This run was interrupted %d times at the same step, so it was stopped. Retry it; if that happens again, the server's log says what ended it.", crashes)
	}
	c, ok := u.Capability(u.x.Capability)
	if !ok {
		return fmt.Sprintf("This version of Vellocity has no capability %q.", u.x.Capability)
	}
	var err error
	if u.req, err = c.Load(u.x.Settings); err != nil {
		u.Log.Error("read settings", "execution", u.x.ID, "error", err)
		return unplanned
	}
	if u.origin, ok = u.Providers.Of(u.x.Origin); !ok {
		return fmt.Sprintf("The provider %q, with which this run was accepted, is not configured any more. Configure it and retry.", u.x.Origin.Provider)
	}
	if err := u.load(ctx, tx); err != nil {
		u.Log.Error("load a run", "execution", u.x.ID, "error", err)
		return "What this run needs could not be read: " + domain.AsError(err).Message + "."
	}
	return ""
}

func (u *run) load(ctx context.Context, tx *store.Tx) error {
	var err error
	if u.x.AgentID != 0 {
		if u.agent, err = tx.Agent(ctx, u.x.WorkspaceID, u.x.AgentID); err != nil {
			return err
		}
	}
	voiceID, err := tx.ExecutionBrandVoice(ctx, u.x.ID)
	if err != nil {
		return fmt.Errorf("read the run's voice: %w", err)
	}
	if voiceID != 0 {
		v, err := tx.BrandVoice(ctx, u.x.WorkspaceID, voiceID)
		if err != nil {
			return err
		}
		u.voice = &v
	}
	u.items = map[int64]domain.ContentItem{}
	for _, id := range u.req.Reads() {
		if u.items[id], err = tx.Content(ctx, u.x.WorkspaceID, id); err != nil {
			return err
		}
	}
	return nil
}

// plan lays out a run that has no plan yet. It returns a sentence where that
// fails: a newer version may plan what this one accepted in another way.
func (u *run) plan() string {
	if len(u.x.Plan) > 0 {
		return ""
	}
	plan, err := u.req.Plan()
	if err != nil {
		u.Log.Error("plan a run", "execution", u.x.ID, "error", err)
		return unplanned
	}
	u.x.Plan = plan
	return ""
}

// unplanned is why an execution that an older version accepted fails in this one.
const unplanned = "This version of Vellocity cannot plan this run with the settings that it was accepted with. " +
	"Start it again with the settings that it asks for now."

// begin records the plan of a run that is new, or picks up what one that is not
// has recorded.
func (u *run) begin(ctx context.Context, tx *store.Tx) error {
	before := u.x.Status
	if before == domain.ExecutionPending {
		if err := tx.SaveExecutionPlan(ctx, u.x.ID, u.x.Plan); err != nil {
			return fmt.Errorf("save the plan: %w", err)
		}
	}
	if before != domain.ExecutionPending || u.x.RetryOf != 0 {
		steps, err := tx.ExecutionSteps(ctx, u.x.ID)
		if err != nil {
			return err
		}
		for _, s := range steps {
			if s.Status == domain.StepDone || s.Status == domain.StepReused {
				u.outputs[s.Key], u.recorded[s.Key] = s.Output, true
			}
		}
	}
	u.needs = u.x.NeedsInput
	u.x.Status = domain.ExecutionExecuting
	if u.x.WaitingFor == domain.WaitingRetry {
		u.x.WaitingFor = "" // what waited for a person waits until the step is recorded
	}
	if u.x.StartedAt.IsZero() {
		u.x.StartedAt = tx.Now()
	}
	u.x.Progress, u.x.CurrentStep = u.progress(), u.names(u.ready())
	if err := tx.SaveExecution(ctx, u.x, before); err != nil {
		return err
	}
	return tx.AppendEvent(ctx, u.x.Subject(), domain.ExecutionChanged{Status: u.x.Status, Progress: u.x.Progress, Running: u.ready(), Planned: before == domain.ExecutionPending})
}

func (u *run) progress() int {
	if len(u.x.Plan) == 0 {
		return 0
	}
	return 100 * len(u.recorded) / len(u.x.Plan)
}

// ready returns the keys of the steps that may run now and do not yet.
func (u *run) ready() []string {
	keys := []string{}
	for _, s := range u.x.Plan {
		if u.recorded[s.Key] || u.running[s.Key] {
			continue
		}
		if !slices.ContainsFunc(s.DependsOn, func(d string) bool { return !u.recorded[d] }) {
			keys = append(keys, s.Key)
		}
	}
	return keys
}

func (u *run) step(key string) domain.PlanStep {
	return u.x.Plan[slices.IndexFunc(u.x.Plan, func(s domain.PlanStep) bool { return s.Key == key })]
}

// names returns what people read for the first of the keys.
func (u *run) names(keys []string) string {
	if len(keys) == 0 {
		return ""
	}
	return u.step(keys[0]).Name
}

// waitError says that a step waits for a person.
type waitError struct {
	step    domain.PlanStep
	writing *writing
	item    int64
}

func (e *waitError) Error() string { return fmt.Sprintf("step %s waits for a person", e.step.Key) }

// advance runs every step whose dependencies are recorded, until all are. A step
// that waits, for a person or for its provider, holds up only those behind it: the
// other branches are worked to their end first, so that nothing they have had
// written is paid for again.
func (u *run) advance(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error)
	var failure, pause error
	for n := 0; ; {
		if failure == nil {
			n += u.start(ctx, ended)
		}
		if n == 0 {
			return cmp.Or(failure, pause)
		}
		err := <-ended
		n--
		var w *waitError
		switch {
		case err == nil || failure != nil:
		case errors.As(err, &w):
			pause = cmp.Or(pause, err)
		case u.mayGoOnLater(err):
			pause = err // its time is known, a person's is not
		default:
			failure = err
			stop() // the siblings' results would not be used
		}
	}
}

// mayGoOnLater reports whether a provider asked for a pause that the run can take.
func (u *run) mayGoOnLater(err error) bool {
	e, ok := ai.AsError(err)
	return ok && e.Kind == ai.KindRate && e.RetryAfter > 0 && u.Store.Now().Sub(u.x.StartedAt) < farRetries
}

// start sets every ready step going and returns how many there were.
func (u *run) start(ctx context.Context, ended chan<- error) int {
	u.mu.Lock()
	keys := u.ready()
	for _, k := range keys {
		u.running[k] = true
	}
	u.mu.Unlock()
	for _, k := range keys {
		go func() { ended <- u.runStep(ctx, u.step(k)) }()
	}
	return len(keys)
}

// runStep runs one step and records what came of it.
func (u *run) runStep(ctx context.Context, s domain.PlanStep) (err error) {
	ctx, span := otel.Tracer("vellocity/execution").Start(ctx, "step "+s.Kind, trace.WithAttributes(
		attribute.String("vellocity.capability", u.x.Capability), attribute.Int64("vellocity.execution", u.x.ID), attribute.String("vellocity.step", s.Key)))
	defer func() {
		if err != nil {
			span.SetStatus(codes.Error, string(domain.CodeOf(err)))
		}
		span.End()
	}()
	w := &writing{run: u, step: s, began: u.Store.Now()}
	result, err := w.call(ctx)
	if err != nil {
		return &stepError{step: s, writing: w, cause: err}
	}
	if result.Wait != nil {
		return &waitError{step: s, writing: w, item: result.Wait.ContentID}
	}
	if err := u.record(ctx, w, result); err != nil {
		if refused(err) {
			return &stepError{step: s, writing: w, cause: err}
		}
		return fmt.Errorf("record %s: %w", s.Key, err)
	}
	return nil
}

// refused reports whether the board does not allow what a step wants, so that
// trying again would not help.
func refused(err error) bool {
	switch domain.CodeOf(err) {
	case domain.CodeServer, domain.CodeUnavailable, domain.CodeStorageFull:
		return false
	}
	return true
}

// call calls the step's function; a panic in it is its failure.
func (w *writing) call(ctx context.Context) (result capability.Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			w.Log.Error("a step panicked", "execution", w.x.ID, "step", w.step.Key, "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic in step %s", w.step.Key)
		}
	}()
	f, ok := w.req.Step(w.step.Kind)
	if !ok {
		return result, fmt.Errorf("no function for steps of kind %q", w.step.Kind)
	}
	in, err := w.input(ctx)
	if err != nil {
		return result, err
	}
	return f(ctx, in)
}

func (w *writing) input(ctx context.Context) (capability.Input, error) {
	w.mu.Lock()
	outputs := make(map[string]json.RawMessage, len(w.outputs))
	for k, v := range w.outputs {
		outputs[k] = v
	}
	w.mu.Unlock()
	in := capability.Input{ExecutionID: w.x.ID, Step: w.step, Context: w.x.Context, Agent: w.agent,
		Voice: w.voice, Origin: w.x.Origin, Outputs: outputs, Items: w.items, Write: w.write}
	if w.x.WaitingFor == domain.WaitingPerson {
		var err error
		if in.Answer, err = w.answer(ctx); err != nil {
			return in, err
		}
	}
	return in, nil
}

// stepError is the failure of one step.
type stepError struct {
	step    domain.PlanStep
	writing *writing
	cause   error
}

func (e *stepError) Error() string { return fmt.Sprintf("step %s: %v", e.step.Key, e.cause) }
func (e *stepError) Unwrap() error { return e.cause }

// farRetries is how long a run may go on waiting for a provider that asks for
// long pauses.
const farRetries = 24 * time.Hour

// handBack keeps a stop in good order from counting as an interruption.
func (u *run) handBack(ctx context.Context) {
	if !errors.Is(context.Cause(ctx), queue.ErrStopping) {
		return
	}
	ctx = context.WithoutCancel(ctx)
	if err := u.Store.InTx(ctx, func(tx *store.Tx) error { return tx.ReturnExecution(ctx, u.x.ID, u.x.Epoch) }); err != nil {
		u.Log.Warn("hand a run back", "execution", u.x.ID, "error", err)
	}
}

// settle says what becomes of the job after the steps have run.
func (u *run) settle(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, store.ErrFenced):
		return queue.ErrLost
	case ctx.Err() != nil:
		u.handBack(ctx)
		return ctx.Err()
	}
	var failed *stepError
	if !errors.As(err, &failed) {
		return err // the database is away: the job is handed back
	}
	if u.mayGoOnLater(err) {
		return u.later(ctx, failed)
	}
	if domain.CodeOf(err) == domain.CodeUnavailable {
		return err
	}
	return u.fail(ctx, failed)
}
