package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"vellocity/internal/cron"
	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// FireDue starts the runs of all schedules that are due, each in one transaction
// with the advance of its schedule, so that an instant fires once however many
// nodes look. What was missed while nothing ran fires once. It returns how many
// schedules fired.
func (e *Engine) FireDue(ctx context.Context) (fired int, err error) {
	if e.accepting() != nil {
		return 0, nil //nolint:nilerr // another node fires, or this one when it works again
	}
	now := e.o.Store.Now()
	due, err := e.o.Store.Read().AnyScheduleDue(ctx, now)
	if err != nil || !due {
		return 0, err
	}
	for more := true; more; {
		err = e.o.Store.InTx(ctx, func(tx *store.Tx) (err error) {
			more, err = e.fireNext(ctx, tx, now)
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

func (e *Engine) fireNext(ctx context.Context, tx *store.Tx, now time.Time) (more bool, err error) {
	s, ok, err := tx.LockDueSchedule(ctx, now)
	if err != nil || !ok {
		return false, err
	}
	next, failure := time.Time{}, ""
	spec, err := cron.Parse(s.Cron, s.Timezone)
	if err != nil {
		failure = err.Error() // and never due again until it is mended
	} else {
		next = spec.Next(now)
	}
	fresh, err := tx.RecordScheduleFiring(ctx, s.ID, s.NextAt)
	if err != nil {
		return false, err
	}
	if fresh && failure == "" {
		if failure, err = e.startScheduled(ctx, tx, s); err != nil {
			return false, err
		}
	}
	return true, tx.AdvanceSchedule(ctx, s.ID, next, s.NextAt, failure)
}

// startScheduled accepts a schedule's run. What refuses it is the schedule's
// problem and is told there; what is wrong with the database is an error.
func (e *Engine) startScheduled(ctx context.Context, tx *store.Tx, s domain.Schedule) (failure string, err error) {
	c, ok := e.o.Runner.Capability(s.Target.Capability)
	if !ok {
		return fmt.Sprintf("There is no capability %q.", s.Target.Capability), nil
	}
	in := Execute{Capability: c.Slug, AgentID: s.Target.AgentID, Settings: s.Target.Settings, Priority: s.Target.Priority}
	if in.Priority == "" {
		in.Priority = domain.PriorityNormal
	}
	a := domain.SystemActor(s.WorkspaceID, 0, "Schedule")
	req, err := prepare(c, in)
	if err == nil {
		_, err = e.accept(domain.WithActor(ctx, a), tx, a, c, req, in, 0)
	}
	var refused *domain.Error
	if errors.As(err, &refused) && refused.Code != domain.CodeServer && refused.Code != domain.CodeUnavailable {
		return refused.Message, nil
	}
	return "", err
}
