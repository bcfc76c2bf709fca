package work

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// Bounds of one round of the clock and of the history.
const (
	firingBatch = 100
	mostMissed  = 10_000 // that are counted
)

// cannotDecide begins the reason of a filter whose value is an error.
const cannotDecide = "The filter cannot be decided: "

// verdict is what was found out about a firing before its transaction: what came of it, or
// the execution that it can start.
type verdict struct {
	outcome domain.FiringOutcome // empty: it starts an execution
	reason  string
	order   order
}

// judge decides about a firing all that needs no transaction. by hand, the filter is not
// asked. An error is one to try again after.
func (v *Verbs) judge(ctx context.Context, t domain.Trigger, f domain.Firing) (d verdict, err error) {
	byHand := f.By != domain.Starter{}
	switch {
	case !t.Enabled && !byHand:
		return verdict{outcome: domain.FiringPaused, reason: "The trigger was switched off."}, nil
	case f.Depth > domain.MostTriggerDepth:
		return verdict{outcome: domain.FiringTooDeep, reason: fmt.Sprintf("The event comes from a chain of %d triggers, "+
			"each fired by the one before. That is the most.", domain.MostTriggerDepth)}, nil
	}
	var p domain.Problems
	r, err := v.readTrigger(ctx, &p, t)
	if err == nil {
		err = p.Err()
	}
	if err == nil && !byHand && f.Outcome == domain.FiringPending {
		holds, wrong := v.passes(ctx, r, f.Event)
		switch {
		case wrong != nil:
			d = verdict{outcome: domain.FiringFilterError, reason: cannotDecide + wrong.Error()}
			return d, nil //nolint:nilerr // it is the outcome
		case !holds:
			return verdict{outcome: domain.FiringFiltered, reason: "The filter is false: " + t.Filter}, nil
		}
	}
	if err == nil {
		d.order, err = v.orderOf(ctx, r, f.Event)
	}
	return refusal(d, err)
}

// refusal turns an error that trying again would not cure into a verdict.
func refusal(d verdict, err error) (verdict, error) {
	var refused *domain.Error
	if errors.As(err, &refused) && refused.Refusal() {
		return verdict{outcome: domain.FiringRefused, reason: refused.Message}, nil
	}
	return d, err
}

// settle applies a verdict to a firing of a locked trigger, and stores both. It returns the
// firing as it is then.
func (v *Verbs) settle(
	ctx context.Context, tx *store.Tx, t *domain.Trigger, f domain.Firing, d verdict,
) (domain.Firing, error) {
	f.Outcome, f.Reason = d.outcome, d.reason
	if d.outcome == "" {
		if err := v.attempt(ctx, tx, t, &f, d.order); err != nil {
			return f, err
		}
	}
	switch f.Outcome {
	case domain.FiringFired:
		t.LastAt = tx.Now()
	case domain.FiringFilterError:
		t.Error = f.Reason
	case domain.FiringRefused:
		if (f.By != domain.Starter{}) {
			break // who fires it by hand reads why
		}
		if err := failed(ctx, tx, t, f.Reason); err != nil {
			return f, err
		}
	}
	if err := tx.SaveTriggerState(ctx, *t); err != nil {
		return f, err
	}
	return f, fold(ctx, tx, f)
}

// attempt starts the execution of a firing, or says what is in its way.
func (v *Verbs) attempt(ctx context.Context, tx *store.Tx, t *domain.Trigger, f *domain.Firing, o order) error {
	running, err := tx.OpenTriggered(ctx, t.ID)
	if err != nil {
		return err
	}
	if running != 0 && t.Overlap == domain.OverlapQueue {
		f.Outcome, f.ExecutionID = domain.FiringWaiting, running
		f.Reason = fmt.Sprintf("It waits for execution %d, which still runs.", running)
		return replaceWaiting(ctx, tx, *f)
	}
	if running != 0 {
		f.Outcome, f.ExecutionID = domain.FiringStillRunning, running
		f.Reason = fmt.Sprintf("Skipped: execution %d, which the trigger started before, still runs.", running)
		return nil
	}
	x, err := v.startTriggered(ctx, tx, *t, *f, o)
	d, err := refusal(verdict{}, err)
	if err != nil {
		return err
	}
	if d.outcome != "" {
		f.Outcome, f.Reason, f.ExecutionID = d.outcome, d.reason, 0
		return nil
	}
	f.Outcome, f.ExecutionID, f.Reason = domain.FiringFired, x.ID, firedBecause(*t, *f)
	return nil
}

func firedBecause(t domain.Trigger, f domain.Firing) string {
	switch {
	case f.By != domain.Starter{}:
		return "It was fired by hand."
	case t.Type == domain.TriggerSchedule && f.Missed > 0:
		return fmt.Sprintf("It was due. %s before it were missed, as no server ran.", domain.Plural(f.Missed, "time"))
	case t.Type == domain.TriggerSchedule:
		return "It was due."
	case t.Filter != "":
		return "The event came, and the filter is true."
	}
	return "The event came."
}

// replaceWaiting takes the place of a firing that waits: the newest inputs count.
func replaceWaiting(ctx context.Context, tx *store.Tx, by domain.Firing) error {
	old, ok, err := tx.WaitingFiring(ctx, by.TriggerID)
	if err != nil || !ok || old.ID == by.ID {
		return err
	}
	old.Outcome, old.Reason = domain.FiringReplaced, "A newer one waits in its place."
	return tx.SaveFiring(ctx, old)
}

// startTriggered accepts the execution of a firing, with the rights that the owner of the
// trigger has at this moment, or who fires it by hand.
func (v *Verbs) startTriggered(
	ctx context.Context, tx *store.Tx, t domain.Trigger, f domain.Firing, o order,
) (domain.Execution, error) {
	starter := t.Owner
	if (f.By != domain.Starter{}) {
		starter = f.By
	}
	owner, err := tx.PresentActor(ctx, t.WorkspaceID, starter, tx.Now())
	if err != nil {
		return domain.Execution{}, err
	}
	a := domain.SystemActor(t.WorkspaceID, 0, "Trigger: "+t.Name).OnBehalfOf(owner)
	var p domain.Problems
	if err := checkReads(ctx, tx.Q, &p, t.WorkspaceID, o.steps); err != nil {
		return domain.Execution{}, err
	}
	if err := p.Err(); err != nil {
		return domain.Execution{}, err
	}
	started, err := v.accept(domain.WithActor(ctx, a), tx, a, o.Order, Execute{
		Priority: domain.PriorityNormal,
		cause:    domain.Cause{TriggerID: t.ID, Depth: f.Depth, Event: f.Event},
	}, earlier{})
	return started.Execution, err
}

// failed counts a failure of a locked trigger. After [domain.MostTriggerFails] in a row the
// trigger pauses itself.
func failed(ctx context.Context, tx *store.Tx, t *domain.Trigger, why string) error {
	t.Failures++
	t.Error = why
	if t.Failures < domain.MostTriggerFails || !t.Enabled {
		return nil
	}
	t.Enabled, t.NextAt = false, time.Time{}
	system := domain.WithActor(ctx, domain.SystemActor(t.WorkspaceID, 0, "Trigger: "+t.Name))
	return tx.AppendEvent(system, domain.Subject{WorkspaceID: t.WorkspaceID},
		domain.TriggerFailed{TriggerFacts: t.Facts(), Failures: t.Failures, Error: why})
}

// fold stores what came of a firing. Events that come to nothing for the same reason, less
// than a minute apart, share one entry of the history, which counts them.
func fold(ctx context.Context, tx *store.Tx, f domain.Firing) error {
	switch f.Outcome {
	case domain.FiringFiltered, domain.FiringFilterError, domain.FiringOwnExecution, domain.FiringTooDeep:
	default:
		return tx.SaveFiring(ctx, f)
	}
	last, ok, err := tx.LastFiring(ctx, f.TriggerID, f.ID)
	if err != nil {
		return err
	}
	if !ok || last.Outcome != f.Outcome || last.Reason != f.Reason ||
		tx.Now().Sub(last.At) >= domain.FiringsFoldedWithin {
		return tx.SaveFiring(ctx, f)
	}
	if err := tx.DeleteFiring(ctx, f.ID); err != nil {
		return err
	}
	last.Key, last.DueAt, last.EventID, last.Count = f.Key, f.DueAt, f.EventID, last.Count+f.Count
	return tx.SaveFiring(ctx, last)
}

// FireDue fires the schedules that are due, each in one transaction with the advance of its
// time, so that an instant fires once however many nodes look. Of what was missed while no
// node ran, the last instant fires, if it is not older than [domain.MissedWithin]. It
// returns how many schedules it has looked at. A schedule that fails holds up no other.
func (v *Verbs) FireDue(ctx context.Context) (n int, err error) {
	if v.node.Accepting() != nil {
		return 0, nil //nolint:nilerr // another node fires, or this one when it works again
	}
	now := v.store.Now()
	due, err := v.store.Read().DueTriggers(ctx, now, firingBatch)
	if err != nil {
		return 0, err
	}
	for _, t := range due {
		if one := v.fireDue(ctx, t, now); one != nil {
			err = errors.Join(err, fmt.Errorf("fire trigger %d: %w", t.ID, one))
			continue
		}
		n++
	}
	return n, err
}

func (v *Verbs) fireDue(ctx context.Context, t domain.Trigger, now time.Time) error {
	f := domain.Firing{TriggerID: t.ID, WorkspaceID: t.WorkspaceID, DueAt: t.NextAt, Depth: 1}
	f.Outcome = domain.FiringPending
	next := time.Time{}
	r, p := readTrigger{Trigger: t}, domain.Problems{}
	if r.readSchedule(&p); p.Err() == nil { // else it is refused, and never due until it is changed
		f.DueAt, f.Missed = missed(r, now)
		next = r.schedule.Next(now)
	}
	f.Key = "t:" + strconv.FormatInt(f.DueAt.UnixMilli(), 10)
	var err error
	f.Event, err = json.Marshal(map[string]any{
		"name": domain.ScheduleDue, "at": f.DueAt.Format(time.RFC3339), "missed_count": f.Missed,
		"source": domain.SourceVellocity,
	})
	if err != nil {
		return fmt.Errorf("write the event: %w", err)
	}
	d := verdict{outcome: domain.FiringTooLate, reason: "It was due while no server ran, more than 24 hours ago."}
	if now.Sub(f.DueAt) < domain.MissedWithin {
		if d, err = v.judge(ctx, t, f); err != nil {
			return err
		}
	}
	return v.store.InTx(ctx, func(tx *store.Tx) error {
		locked, err := tx.LockTrigger(ctx, t.WorkspaceID, t.ID)
		if domain.CodeOf(err) == domain.CodeNotFound {
			return nil // deleted
		}
		if err != nil || !locked.Enabled || locked.Version != t.Version || !locked.NextAt.Equal(t.NextAt) {
			return err // another node has fired it, or somebody has changed it
		}
		locked.NextAt = next
		made, fresh, err := tx.CreateFiring(ctx, f)
		if err != nil {
			return err
		}
		if !fresh {
			return tx.SaveTriggerState(ctx, locked)
		}
		_, err = v.settle(ctx, tx, &locked, made, d)
		return err
	})
}

// missed returns the last instant of a schedule that is due, and how many were due before it.
func missed(r readTrigger, now time.Time) (last time.Time, before int) {
	last = r.NextAt.In(r.schedule.Next(r.NextAt).Location())
	for {
		next := r.schedule.Next(last)
		if next.IsZero() || next.After(now) {
			return last, before
		}
		last = next
		if before++; before == mostMissed { // then only the last day is looked at
			for t := r.schedule.Next(now.Add(-domain.MissedWithin)); !t.IsZero() && !t.After(now); t = r.schedule.Next(t) {
				last = t
			}
			return last, before
		}
	}
}

// DecideFirings decides what events have brought and what has waited, each on its own: one
// bad trigger holds up no other. It returns how many firings it has looked at.
func (v *Verbs) DecideFirings(ctx context.Context) (n int, err error) {
	if v.node.Accepting() != nil {
		return 0, nil //nolint:nilerr // another node decides, or this one when it works again
	}
	for {
		open, unread := v.store.Read().OpenFirings(ctx, firingBatch)
		if unread != nil {
			return n, unread
		}
		ids := make([]int64, 0, len(open))
		for _, f := range open {
			ids = append(ids, f.TriggerID)
		}
		triggers, unread := v.store.Read().TriggersByID(ctx, ids)
		if unread != nil {
			return n, unread
		}
		for _, f := range open {
			if one := v.decide(ctx, triggers[f.TriggerID], f); one != nil {
				err = errors.Join(err, fmt.Errorf("decide firing %d: %w", f.ID, one))
			}
			n++
		}
		if err != nil || len(open) < firingBatch {
			return n, err
		}
	}
}

func (v *Verbs) decide(ctx context.Context, t domain.Trigger, f domain.Firing) error {
	if t.ID == 0 {
		return nil // deleted
	}
	d, err := v.judge(ctx, t, f)
	if err != nil {
		return err
	}
	return v.store.InTx(ctx, func(tx *store.Tx) error {
		locked, err := tx.LockTrigger(ctx, t.WorkspaceID, t.ID)
		if domain.CodeOf(err) == domain.CodeNotFound {
			return nil
		}
		if err != nil || locked.Version != t.Version || locked.Enabled != t.Enabled {
			return err // it is decided in the next round, as the trigger is then
		}
		now, ok, err := tx.Firing(ctx, f.ID)
		if err != nil || !ok || now.Outcome != f.Outcome {
			return err // another node was faster
		}
		_, err = v.settle(ctx, tx, &locked, now, d)
		return err
	})
}

// DeleteOldFirings keeps the newest entries of each history, of the last days.
func (v *Verbs) DeleteOldFirings(ctx context.Context) error {
	return v.store.InTx(ctx, func(tx *store.Tx) error {
		return tx.DeleteOldFirings(ctx, tx.Now().AddDate(0, 0, -domain.FiringDays), domain.MostFirings)
	})
}
