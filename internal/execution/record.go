package execution

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/board"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/queue"
	"vellocity/internal/store"
)

// record stores a step's result, its credits, its event and its effects in one
// transaction, and ends the run with the last step.
func (u *run) record(ctx context.Context, w *writing, result capability.Result) error {
	output, err := json.Marshal(result.Output)
	if err != nil {
		return &stepError{step: w.step, writing: w, cause: fmt.Errorf("encode output: %w", err)}
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.recorded[w.step.Key] = true
	needs := append(slices.Clone(u.needs), result.NeedsInput...)
	err = u.Store.InTx(ctx, func(tx *store.Tx) error {
		x, err := tx.FenceExecution(ctx, u.x.ID, u.x.Epoch)
		if err != nil {
			return err
		}
		x.Plan = u.x.Plan
		s := w.result(domain.StepDone, tx.Now(), u.charge(w.step))
		s.Output = output
		if s.Findings, err = u.effects(ctx, tx, result, needs); err != nil {
			return err
		}
		if err := u.keep(ctx, tx, &x, s); err != nil {
			return err
		}
		if len(needs) > len(u.needs) {
			if err := tx.SaveExecutionNeeds(ctx, x.ID, needs); err != nil {
				return fmt.Errorf("save needs: %w", err)
			}
		}
		return u.progressed(ctx, tx, x, s)
	})
	if err != nil {
		delete(u.recorded, w.step.Key)
		return err
	}
	u.outputs[w.step.Key], u.needs = output, needs
	return nil
}

// charge is what a step costs: its weight with a model, nothing with the composer.
func (u *run) charge(s domain.PlanStep) int {
	if u.x.Origin.Kind == domain.OriginModel {
		return s.Credits
	}
	return 0
}

// keep stores the step and captures its credits.
func (u *run) keep(ctx context.Context, tx *store.Tx, x *domain.Execution, s store.Step) error {
	if err := tx.SaveStep(ctx, x.ID, s); err != nil {
		return err
	}
	x.Cost = x.Cost.Plus(s.Cost)
	if s.Credits == 0 {
		return nil
	}
	x.CreditsHeld -= s.Credits
	x.CreditsUsed += s.Credits
	return tx.TransferCredits(ctx, store.CreditTransfer{WorkspaceID: x.WorkspaceID, Kind: domain.MovementCapture, Amount: s.Credits,
		ExecutionID: x.ID, Step: s.Key, Reference: ref(x.ID, "step:"+s.Key)})
}

// progressed tells of a recorded step, and ends the run when it was the last.
func (u *run) progressed(ctx context.Context, tx *store.Tx, x domain.Execution, s store.Step) error {
	if len(s.Findings) > 0 {
		if err := tx.AppendEvent(ctx, x.Subject(), domain.FindingsReported{Step: s.Key, Findings: s.Findings}); err != nil {
			return err
		}
	}
	running := []string{}
	for _, p := range x.Plan {
		if u.running[p.Key] && !u.recorded[p.Key] {
			running = append(running, p.Key)
		}
	}
	running = append(running, u.ready()...)
	x.Progress, x.CurrentStep, x.WaitingFor = u.progress(), u.names(running), ""
	err := tx.AppendEvent(ctx, x.Subject(), domain.StepEnded{Key: s.Key, Name: u.step(s.Key).Name, Status: s.Status, Progress: x.Progress,
		Running: running, Credits: s.Credits, DurationMS: s.CompletedAt.Sub(s.StartedAt).Milliseconds()})
	if err != nil {
		return err
	}
	if len(u.recorded) < len(u.x.Plan) {
		return tx.SaveExecution(ctx, x, x.Status)
	}
	if _, err := u.finish(ctx, tx, x, domain.ExecutionCompleted, ""); err != nil {
		return err
	}
	return u.Queue.Complete(ctx, tx.DB(), u.job)
}

// effects applies what a step does to the board and returns its findings, with
// the item that they belong to.
func (u *run) effects(ctx context.Context, tx *store.Tx, result capability.Result, needs []domain.Need) ([]domain.Finding, error) {
	findings := slices.Clone(result.Findings)
	for _, e := range result.Effects {
		switch {
		case e.Create != nil:
			c, err := u.create(ctx, tx, *e.Create, needs)
			if err != nil {
				return nil, err
			}
			findings = attach(findings, c)
		case e.Move != nil:
			if err := u.move(ctx, tx, *e.Move); err != nil {
				return nil, err
			}
		case e.Publish != nil:
			if err := u.publish(ctx, tx, *e.Publish); err != nil {
				return nil, err
			}
		}
	}
	return findings, nil
}

// attach notes the item in findings that have none yet.
func attach(findings []domain.Finding, c domain.ContentItem) []domain.Finding {
	for i := range findings {
		if findings[i].ContentID == 0 {
			findings[i].ContentID, findings[i].Version = c.ID, c.Version
		}
	}
	return findings
}

func (u *run) create(ctx context.Context, tx *store.Tx, e capability.CreateItem, needs []domain.Need) (domain.ContentItem, error) {
	c := e.Item
	c.WorkspaceID, c.ExecutionID, c.AgentID, c.Origin = u.x.WorkspaceID, u.x.ID, u.x.AgentID, u.x.Origin
	c.Findings = e.Findings
	if len(c.NeedsInput) == 0 {
		c.NeedsInput = needs
	}
	if u.voice != nil {
		c.BrandVoiceID = u.voice.ID
	}
	return board.Create(ctx, tx, c, e.Provenance)
}

func (u *run) move(ctx context.Context, tx *store.Tx, e capability.MoveItem) error {
	c, err := tx.LockContent(ctx, u.x.WorkspaceID, e.ContentID)
	if err != nil {
		return err
	}
	if e.Scores != nil || e.Findings != nil {
		if e.Scores != nil {
			c.Scores = e.Scores
		}
		if e.Findings != nil {
			c.Findings = attach(slices.Clone(e.Findings), c)
		}
		if c, err = board.Annotate(ctx, tx, c); err != nil {
			return err
		}
	}
	w, err := tx.Workspace(ctx, u.x.WorkspaceID)
	if err != nil || e.To == "" || e.To == c.Status {
		return err
	}
	if _, err = board.Move(ctx, tx, w, c, e.To, 0); err != nil {
		return err
	}
	return u.Wake(ctx, tx, u.x.WorkspaceID, c.ID)
}

func (u *run) publish(ctx context.Context, tx *store.Tx, e capability.PublishItem) error {
	c, err := tx.LockContent(ctx, u.x.WorkspaceID, e.ContentID)
	if err != nil {
		return err
	}
	w, err := tx.Workspace(ctx, u.x.WorkspaceID)
	if err != nil {
		return err
	}
	if _, err = board.Move(ctx, tx, w, c, domain.ItemPublished, 0); err != nil {
		return err
	}
	return u.Wake(ctx, tx, u.x.WorkspaceID, c.ID)
}

// wait ends the run's ticket until a person has moved the item. It reports true,
// and the run does not wait, where somebody has moved it since the step looked: the
// item is locked, so that a move comes either before, or wakes the run.
func (u *run) wait(ctx context.Context, w *waitError) (decided bool, err error) {
	err = u.Store.InTx(ctx, func(tx *store.Tx) error {
		x, err := tx.FenceExecution(ctx, u.x.ID, u.x.Epoch)
		if err != nil {
			return err
		}
		c, err := tx.LockContent(ctx, u.x.WorkspaceID, w.item)
		if err != nil {
			return err
		}
		if decided = c.Status != domain.ItemReview; decided {
			return nil
		}
		x.WaitingFor, x.CurrentStep = domain.WaitingPerson, w.step.Name
		if err := tx.SaveExecution(ctx, x, x.Status); err != nil {
			return err
		}
		if err := tx.SaveExecutionWaitingItem(ctx, x.ID, w.item); err != nil {
			return fmt.Errorf("save what the run waits for: %w", err)
		}
		if err := tx.AppendEvent(ctx, x.Subject(), domain.ExecutionChanged{Status: x.Status, Progress: x.Progress, WaitingFor: x.WaitingFor, ContentID: w.item}); err != nil {
			return err
		}
		if err := u.giveBack(ctx, tx, x); err != nil {
			return err
		}
		return u.Queue.Complete(ctx, tx.DB(), u.job)
	})
	if err != nil && refused(err) {
		err = &stepError{step: w.step, writing: w.writing, cause: err}
	}
	return decided, err
}

// answer returns what a person decided about the item that the run waited for;
// nil where nobody has been asked, or nobody has decided.
func (w *writing) answer(ctx context.Context) (*capability.Answer, error) {
	for id := range w.items {
		c, err := w.Store.Read().Content(ctx, w.x.WorkspaceID, id)
		if err != nil {
			return nil, err
		}
		if c.Status == domain.ItemReview {
			return nil, nil
		}
		moves, err := w.Store.Read().ContentMoves(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("read who decided: %w", err)
		}
		a := &capability.Answer{Approved: c.Status == domain.ItemReady || c.Status == domain.ItemPublished}
		if len(moves) > 0 {
			a.By = moves[len(moves)-1].By
		}
		return a, nil
	}
	return nil, nil
}

// later lets the run wait for a provider that asked for a long pause.
func (u *run) later(ctx context.Context, failed *stepError) error {
	e, _ := ai.AsError(failed.cause)
	err := u.Store.InTx(ctx, func(tx *store.Tx) error {
		x, err := tx.FenceExecution(ctx, u.x.ID, u.x.Epoch)
		if err != nil {
			return err
		}
		x.WaitingFor, x.CurrentStep = domain.WaitingRetry, failed.step.Name
		if err := tx.SaveExecution(ctx, x, x.Status); err != nil {
			return err
		}
		retry := tx.Now().Add(e.RetryAfter)
		return tx.AppendEvent(ctx, x.Subject(), domain.ExecutionChanged{Status: x.Status, Progress: x.Progress, WaitingFor: x.WaitingFor, RetryAt: &retry})
	})
	if errors.Is(err, store.ErrFenced) {
		return queue.ErrLost
	}
	if err != nil {
		return err
	}
	return queue.Later(e.RetryAfter)
}

// fail records the failed step and ends the run with a sentence that says what
// happened and what to do.
func (u *run) fail(ctx context.Context, failed *stepError) error {
	u.Log.Warn("a step failed", "execution", u.x.ID, "step", failed.step.Key, "error", failed.cause)
	sentence := explain(failed)
	err := u.Store.InTx(ctx, func(tx *store.Tx) error {
		x, err := tx.FenceExecution(ctx, u.x.ID, u.x.Epoch)
		if err != nil {
			return err
		}
		s := failed.writing.result(domain.StepFailed, tx.Now(), 0)
		s.Error = sentence
		if err := u.keep(ctx, tx, &x, s); err != nil {
			return err
		}
		err = tx.AppendEvent(ctx, x.Subject(), domain.StepEnded{Key: s.Key, Name: failed.step.Name, Status: s.Status, Progress: x.Progress, Error: sentence})
		if err != nil {
			return err
		}
		if _, err := u.finish(ctx, tx, x, domain.ExecutionFailed, sentence); err != nil {
			return err
		}
		return u.Queue.Complete(ctx, tx.DB(), u.job)
	})
	if errors.Is(err, store.ErrFenced) {
		return queue.ErrLost
	}
	return err
}

// explain makes a sentence for people of a step's failure.
func explain(failed *stepError) string {
	var known *domain.Error
	if errors.As(failed.cause, &known) && known.Code != domain.CodeServer {
		return known.Message
	}
	if e, ok := ai.AsError(failed.cause); ok {
		return fmt.Sprintf("%q failed: %s", failed.step.Name, e.Message)
	}
	return fmt.Sprintf("%q failed for a reason inside Vellocity. Retry it; the server's log has the details under execution %d.", failed.step.Name, failed.writing.x.ID)
}

// writing is one step at work: it counts what its calls of a provider used.
type writing struct {
	*run
	step  domain.PlanStep
	began time.Time

	calls     int
	provider  string
	model     string
	tokensIn  int64
	tokensOut int64
	cost      domain.Cost
}

// result is the step as it is recorded.
func (w *writing) result(status domain.StepStatus, now time.Time, credits int) store.Step {
	s := store.Step{StepResult: domain.StepResult{Key: w.step.Key, Status: status, Attempt: max(1, w.calls), StartedAt: w.began, CompletedAt: now,
		Provider: w.provider, Model: w.model, InputTokens: w.tokensIn, OutputTokens: w.tokensOut, Credits: credits, Cost: w.cost}}
	if w.calls == 0 {
		s.Cost = domain.Cost{Known: true}
	}
	return s
}

// write has text written for the step: streamed to watchers, recorded attempt by
// attempt, counted.
func (w *writing) write(ctx context.Context, ask capability.Ask) (ai.Response, error) {
	if w.agent.Instructions != "" {
		ask.System += "\n\n" + w.agent.Instructions
	}
	w.Hub.Restart(w.x.ID, w.step.Key)
	watch := ai.Watch{Restart: func() error { w.Hub.Restart(w.x.ID, w.step.Key); return nil }}
	if ask.Schema == nil {
		watch.Text = func(piece string) error { w.Hub.Write(w.x.ID, w.step.Key, piece); return nil }
	}
	if w.x.Origin.Kind == domain.OriginModel {
		w.attempts(ctx, &watch, ask.PromptHash)
	} else {
		w.provider, w.model = "composer", w.x.Origin.Model
		w.cost = domain.Cost{Known: true}
		w.calls++
	}
	return Write(ctx, w.origin, ask, watch)
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
