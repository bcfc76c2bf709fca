package execution

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// EndEvents are the events that [Runner.LogEnded] wants.
func EndEvents() []domain.EventName {
	return []domain.EventName{
		domain.EventExecutionCompleted, domain.EventExecutionFailed, domain.EventExecutionCancelled,
	}
}

// LogEnded writes one line to the log for each execution that has ended, once the
// transaction is on disk. It is the handler of a consumer of [EndEvents].
func (r *Runner) LogEnded(ctx context.Context, tx *store.Tx, events []domain.Event) error {
	ids := make([]int64, len(events))
	for i, e := range events {
		ids[i] = e.ExecutionID
	}
	executions, err := tx.ExecutionHeads(ctx, ids)
	if err != nil {
		return err
	}
	for _, e := range events {
		var ended domain.ExecutionEnded
		if err := json.Unmarshal(e.Payload, &ended); err != nil {
			return fmt.Errorf("read event %s: %w", e.ID, err)
		}
		x := executions[e.ExecutionID]
		seconds := 0.0
		if !x.StartedAt.IsZero() {
			seconds = x.CompletedAt.Sub(x.StartedAt).Seconds()
		}
		tx.AfterCommit(func() {
			r.Log.Info("execution ended",
				"workspace", e.WorkspaceID, "execution", e.ExecutionID, "capability", cmp.Or(x.Capability, x.Template),
				"status", ended.Status, "seconds", seconds, "credits", ended.CreditsUsed)
		})
	}
	return nil
}
