package work

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"vellocity/internal/cron"
	"vellocity/internal/domain"
	"vellocity/internal/execution"
	"vellocity/internal/store"
)

// FireDue starts the executions of all schedules that are due, each in one
// transaction with the advance of its schedule, so that an instant fires once
// however many nodes look. What was missed while no node was up fires once. It
// returns how many schedules fired.
func (v *Verbs) FireDue(ctx context.Context) (fired int, err error) {
	if v.node.Accepting() != nil {
		return 0, nil //nolint:nilerr // another node fires, or this one when it works again
	}
	now := v.store.Now()
	due, err := v.store.Read().AnyScheduleDue(ctx, now)
	if err != nil || !due {
		return 0, err
	}
	for more := true; more; {
		err = v.store.InTx(ctx, func(tx *store.Tx) (err error) {
			more, err = v.fireNext(ctx, tx, now)
			return err
		})
		if err != nil {
			return fired, fmt.Errorf("fire schedules: %w", err)
		}
		if more {
			fired++
		}
	}
	return fired, nil
}

func (v *Verbs) fireNext(ctx context.Context, tx *store.Tx, now time.Time) (more bool, err error) {
	s, ok, err := tx.LockDueSchedule(ctx, now)
	if err != nil || !ok {
		return false, err
	}
	next, failure := time.Time{}, ""
	spec, err := cron.Parse(s.Cron, s.Timezone)
	if err != nil {
		failure = err.Error() // and never due again until it is fixed
	} else {
		next = spec.Next(now)
	}
	fresh, err := tx.RecordScheduleFiring(ctx, s.ID, s.NextAt)
	if err != nil {
		return false, err
	}
	if fresh && failure == "" {
		if failure, err = v.startScheduled(ctx, tx, s); err != nil {
			return false, err
		}
	}
	return true, tx.AdvanceSchedule(ctx, s.ID, next, s.NextAt, failure)
}

// startScheduled accepts a schedule's execution. A refusal is stored with the
// schedule, as failure; err is for faults of the database alone.
func (v *Verbs) startScheduled(
	ctx context.Context, tx *store.Tx, s domain.Schedule,
) (failure string, err error) {
	c, ok := v.runner.Capability(s.Target.Capability)
	if !ok {
		return fmt.Sprintf("There is no capability %q.", s.Target.Capability), nil
	}
	in := Execute{
		Capability: c.Slug,
		AgentID:    s.Target.AgentID,
		Settings:   s.Target.Settings,
		Priority:   cmp.Or(s.Target.Priority, domain.PriorityNormal),
	}
	owner, err := tx.PresentActor(ctx, s.WorkspaceID, s.Owner, tx.Now())
	if err != nil {
		return "", err
	}
	a := domain.SystemActor(s.WorkspaceID, 0, "Schedule").OnBehalfOf(owner)
	req, err := prepare(c, in)
	if err == nil {
		_, err = v.accept(domain.WithActor(ctx, a), tx, a, execution.OfCapability(c, req), in, 0)
	}
	var refused *domain.Error
	if errors.As(err, &refused) && refused.Refusal() {
		return refused.Message, nil
	}
	return "", err
}
