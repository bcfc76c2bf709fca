package store

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of an attempt's columns.
const (
	attemptRead db.Set = 1 << iota
	attemptStart
	attemptFinish
)

var attemptTable = db.NewTable("attempt", func(a *domain.Attempt) []db.Column {
	return []db.Column{
		{Name: "id", Field: &a.ID, In: attemptRead},
		{Name: "execution_id", Field: &a.ExecutionID, In: attemptRead | attemptStart},
		{Name: "step", Field: &a.Step, In: attemptRead | attemptStart},
		{Name: "n", Field: &a.N, In: attemptRead | attemptStart},
		{Name: "provider", Field: &a.Provider, In: attemptRead | attemptStart},
		{Name: "model", Field: &a.Model, In: attemptRead | attemptStart | attemptFinish},
		{Name: "prompt_hash", Field: &a.PromptHash, In: attemptRead | attemptStart},
		{Name: "request_id", Field: &a.RequestID, In: attemptRead | attemptFinish},
		{Name: "input_tokens", Field: &a.InputTokens, In: attemptRead | attemptFinish},
		{Name: "output_tokens", Field: &a.OutputTokens, In: attemptRead | attemptFinish},
		{Name: "cost", Field: db.JSON(&a.Cost), In: attemptRead | attemptFinish},
		{Name: "started_at", Field: db.Time(&a.StartedAt), In: attemptRead | attemptStart},
		{Name: "first_text_ms", Field: &a.FirstTextMS, In: attemptRead | attemptFinish},
		{Name: "duration_ms", Field: &a.DurationMS, In: attemptRead | attemptFinish},
		{Name: "status", Field: &a.Status, In: attemptRead | attemptFinish},
		{Name: "error", Field: &a.Error, In: attemptRead | attemptStart | attemptFinish},
	}
})

var (
	attemptColumns = attemptTable.QualifiedColumns(attemptRead)
	startAttempt   = attemptTable.Write(attemptStart, `insert into attempt ({columns}) values ({values}) returning id`)
	finishAttempt  = attemptTable.Write(attemptFinish, `update attempt set {set} where id = {id}`)
)

// Interrupted is the error of an attempt whose end was never recorded.
const Interrupted = "interrupted before the answer was recorded"

// StartAttempt notes that a provider is about to be called, and returns the
// attempt's id. Until it is finished it counts as interrupted, which is the truth
// after a crash.
func (t *Tx) StartAttempt(ctx context.Context, a domain.Attempt) (id int64, err error) {
	a.Error = Interrupted
	if err := startAttempt.One(ctx, t.db, &a, &id); err != nil {
		return 0, fmt.Errorf("record attempt: %w", err)
	}
	return id, nil
}

// FinishAttempt stores how a call of a provider ended.
func (t *Tx) FinishAttempt(ctx context.Context, a domain.Attempt) error {
	if _, err := finishAttempt.Exec(ctx, t.db, &a); err != nil {
		return fmt.Errorf("record attempt: %w", err)
	}
	return nil
}

// ExecutionAttempts returns every call of a provider that an execution of the
// workspace made, in order.
func (q Q) ExecutionAttempts(ctx context.Context, workspaceID, executionID int64) ([]domain.Attempt, error) {
	list, err := db.Many(ctx, q.db, attemptTable.Scan(attemptRead), `select `+attemptColumns+`
		from attempt join execution on execution.id = attempt.execution_id
		where execution.workspace_id = $1 and attempt.execution_id = $2 order by attempt.id`, workspaceID, executionID)
	if err != nil {
		return nil, fmt.Errorf("read attempts: %w", err)
	}
	return list, nil
}
