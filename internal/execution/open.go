package execution

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/expression"
	"vellocity/internal/store"
	"vellocity/internal/template"
)

// opened reports whether the settings of a template's step are known, so that the plan
// has the steps of its capability.
func opened(s domain.PlanStep) bool { return s.Args != nil }

// closed reports whether a step is one of a template whose settings are not known yet.
func (w *worker) closed(s domain.PlanStep) bool {
	return w.program != nil && w.program.Has(s.Key) && !opened(s)
}

// open decides what becomes of a template's step whose dependencies are recorded: it is
// skipped, or the steps of its capability join the plan. The settings are resolved
// once: they are stored with the plan, in one transaction, and a worker that comes
// after it reads them there.
func (w *worker) open(ctx context.Context, s domain.PlanStep) error {
	run := &writing{worker: w, step: s, began: w.Store.Now(), part: &part{key: s.Key, slug: s.Kind}}
	failed := func(err error) error { return &stepError{step: s, writing: run, cause: err} }
	d, err := w.program.Decide(s.Key, w.given(s.Key))
	if err != nil {
		return failed(err)
	}
	if d.Skip != "" {
		return w.recordStep(ctx, run, domain.StepSkipped, capability.Result{Output: skipped{d.Skip}})
	}
	inner, err := d.Request.Plan()
	if err != nil {
		return failed(fmt.Errorf("plan: %w", err))
	}
	c, _ := w.program.Capability(s.Key)
	if sum := credits(inner); sum > c.Credits {
		return failed(fmt.Errorf("%s plans steps for %d credits and costs %d", c.Slug, sum, c.Credits))
	}
	p := newPart(s.Key, c, d.Request, w.x.Origin)
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.affords(s, credits(inner)); err != nil {
		return failed(err)
	}
	before := w.x.Plan
	w.x.Plan = extended(before, s.Key, d.Request.JSON(), inner)
	delete(w.running, s.Key) // it waits for the steps of its capability now
	if err = w.Store.InTx(ctx, func(tx *store.Tx) error { return w.extend(ctx, tx, p) }); err != nil {
		w.x.Plan, w.running[s.Key] = before, true
		if domain.AsError(err).Refusal() {
			return failed(domain.Errorf(domain.CodeConflict,
				"The step %q could not start: %s.", s.Key, domain.AsError(err).Message))
		}
		return err
	}
	w.parts[s.Key] = p
	return nil
}

// affords returns a fault where the capability of a template's step needs more credits than
// are left of the most that the caller allowed, so that it fails before it writes anything.
func (w *worker) affords(s domain.PlanStep, needs int) error {
	if w.x.MaxCredits == nil || w.x.Origin.Kind != domain.OriginModel {
		return nil
	}
	left := w.held
	for _, other := range w.x.Plan {
		if !w.recorded[other.Key] && !w.closed(other) {
			left -= other.Credits
		}
	}
	if needs <= left {
		return nil
	}
	return domain.Errorf(domain.CodeConflict, "The step %q needs %s, and %d of the %d that max_credits allows are left. "+
		"Retry with a higher max_credits: the recorded steps are not paid for again.",
		template.Name(s.Key), domain.Plural(needs, "credit"), max(left, 0), *w.x.MaxCredits)
}

// skipped is the output of a step that was skipped.
type skipped struct {
	Reason string `json:"reason"`
}

func credits(plan []domain.PlanStep) (sum int) {
	for _, s := range plan {
		sum += s.Credits
	}
	return sum
}

// extend stores the plan with the steps of a part.
func (w *worker) extend(ctx context.Context, tx *store.Tx, p *part) error {
	x, err := tx.FenceExecution(ctx, w.x.ID, w.x.Epoch)
	if err != nil {
		return err
	}
	if err := w.loadPart(ctx, tx, p); err != nil {
		return err
	}
	if err := tx.ExtendExecutionPlan(ctx, x.ID, w.x.Plan); err != nil {
		return fmt.Errorf("save the plan: %w", err)
	}
	running := w.underWay()
	x.Progress, x.CurrentStep = w.progress(), first(running)
	if err := tx.SaveExecution(ctx, x, x.Status); err != nil {
		return err
	}
	return tx.AppendEvent(ctx, x.Subject(), domain.ExecutionChanged{
		Status: x.Status, Progress: x.Progress, Running: running, Planned: true, WaitingFor: x.WaitingFor,
	})
}

// extended returns a plan in which the steps of a capability stand before the template's
// step, which comes after the last of them. Their credits are the step's price.
func extended(
	plan []domain.PlanStep, key string, settings json.RawMessage, inner []domain.PlanStep,
) []domain.PlanStep {
	out := make([]domain.PlanStep, 0, len(plan)+len(inner))
	for _, s := range plan {
		if s.Key != key {
			out = append(out, s)
			continue
		}
		outer, last := s.DependsOn, map[string]bool{}
		s.DependsOn, s.Args, s.Credits = []string{}, settings, 0
		for _, i := range inner {
			last[i.Key] = true
			for _, before := range i.DependsOn {
				delete(last, before)
			}
		}
		for _, i := range inner {
			if last[i.Key] {
				s.DependsOn = append(s.DependsOn, key+"."+i.Key)
			}
			i.Name = template.Name(key) + " › " + i.Name
			after := slices.Clone(outer)
			if len(i.DependsOn) > 0 {
				after = make([]string, len(i.DependsOn))
				for n, before := range i.DependsOn {
					after[n] = key + "." + before
				}
			}
			i.Key, i.DependsOn = key+"."+i.Key, after
			out = append(out, i)
		}
		out = append(out, s)
	}
	return out
}

// given returns what the expressions of a step can see.
func (w *worker) given(key string) expression.Given {
	w.mu.Lock()
	defer w.mu.Unlock()
	g := expression.Given{
		Inputs: w.x.Settings, Event: w.x.Cause.Event, Workspace: w.workspace, StartedAt: w.x.StartedAt,
		Steps: map[string]expression.Step{},
	}
	for _, before := range w.step(key).DependsOn {
		if !w.skipped[before] {
			g.Steps[before] = expression.Step{Output: w.outputOf(before), Items: w.itemsOf(before)}
		}
	}
	return g
}

// outputOf returns the output of a template's step: that of its capability's last step;
// where several are last, an object with the outputs of all of them.
func (w *worker) outputOf(key string) json.RawMessage {
	last := w.step(key).DependsOn
	if len(last) == 1 {
		return w.outputs[last[0]]
	}
	all := map[string]json.RawMessage{}
	for _, s := range last {
		all[strings.TrimPrefix(s, key+".")] = w.outputs[s]
	}
	text, err := json.Marshal(all)
	if err != nil {
		panic(fmt.Sprintf("outputs that were recorded as JSON: %v", err))
	}
	return text
}

// itemsOf returns the items that a template's step created, in the order of the plan.
func (w *worker) itemsOf(key string) []domain.ItemRef {
	items := []domain.ItemRef{}
	for _, s := range w.x.Plan {
		if strings.HasPrefix(s.Key, key+".") {
			items = append(items, w.created[s.Key]...)
		}
	}
	return items
}

// finished is the result of a template's step: the items that it created.
func (w *worker) finished(key string) capability.Result {
	w.mu.Lock()
	defer w.mu.Unlock()
	return capability.Result{Output: map[string][]domain.ItemRef{"items": w.itemsOf(key)}}
}
