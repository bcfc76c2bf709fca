package store

import (
	"context"
	"encoding/json"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

const stepColumns = `key, status, attempt, provider, model, input_tokens, output_tokens, credits, cost, error, started_at, completed_at, output, findings`

// Step is a recorded step with its findings.
type Step struct {
	domain.StepResult
	Findings []domain.Finding
}

func scanStep(row db.Row) (s Step, err error) {
	var output string
	err = row.Scan(&s.Key, &s.Status, &s.Attempt, &s.Provider, &s.Model, &s.InputTokens, &s.OutputTokens, &s.Credits,
		db.JSON(&s.Cost), &s.Error, db.Time(&s.StartedAt), db.Time(&s.CompletedAt), &output, db.JSON(&s.Findings))
	s.Output = json.RawMessage(output)
	return s, err
}

// ExecutionSteps returns what a run has recorded, in the order of recording.
func (q Q) ExecutionSteps(ctx context.Context, executionID int64) ([]Step, error) {
	steps, err := db.Many(ctx, q.db, scanStep, `select `+stepColumns+` from step where execution_id = $1 order by completed_at, started_at, key`, executionID)
	if err != nil {
		return nil, fmt.Errorf("read steps: %w", err)
	}
	return steps, nil
}

// SaveStep stores the outcome of a step. A step that is already recorded as
// done is never changed: the second record is refused with [ErrFenced].
func (t *Tx) SaveStep(ctx context.Context, executionID int64, s Step) error {
	cost, err := toJSON(s.Cost)
	if err != nil {
		return err
	}
	findings := ""
	if len(s.Findings) > 0 {
		if findings, err = toJSON(s.Findings); err != nil {
			return err
		}
	}
	n, err := t.db.ExecCount(ctx, `insert into step (execution_id, `+stepColumns+`)
		values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15)
		on conflict (execution_id, key) do update set status = excluded.status, attempt = excluded.attempt, provider = excluded.provider,
			model = excluded.model, input_tokens = excluded.input_tokens, output_tokens = excluded.output_tokens, credits = excluded.credits,
			cost = excluded.cost, error = excluded.error, started_at = excluded.started_at, completed_at = excluded.completed_at,
			output = excluded.output, findings = excluded.findings
		where step.status <> 'completed' and step.status <> 'reused'`,
		executionID, s.Key, string(s.Status), s.Attempt, s.Provider, s.Model, s.InputTokens, s.OutputTokens, s.Credits, cost, s.Error,
		db.Millis(s.StartedAt), db.Millis(s.CompletedAt), string(s.Output), findings)
	if err != nil {
		return fmt.Errorf("record step: %w", err)
	}
	if n == 0 {
		return ErrFenced
	}
	return nil
}

// StartAttempt notes that a provider is about to be called. Until it is finished
// it counts as interrupted, which is the truth after a crash.
func (t *Tx) StartAttempt(ctx context.Context, a domain.Attempt) (id int64, err error) {
	err = t.db.One(ctx, []any{&id}, `insert into attempt (execution_id, step, n, provider, model, prompt_hash, started_at, error)
		values ($1,$2,$3,$4,$5,$6,$7,$8) returning id`,
		a.ExecutionID, a.Step, a.N, a.Provider, a.Model, a.PromptHash, db.Millis(a.StartedAt), Interrupted)
	if err != nil {
		return 0, fmt.Errorf("record attempt: %w", err)
	}
	return id, nil
}

// Interrupted is the error of an attempt whose end was never recorded.
const Interrupted = "interrupted before the answer was recorded"

// FinishAttempt stores how a call of a provider ended.
func (t *Tx) FinishAttempt(ctx context.Context, a domain.Attempt) error {
	cost, err := toJSON(a.Cost)
	if err != nil {
		return err
	}
	err = t.db.Exec(ctx, `update attempt set model = $2, request_id = $3, input_tokens = $4, output_tokens = $5, cost = $6, first_text_ms = $7,
		duration_ms = $8, status = $9, error = $10 where id = $1`,
		a.ID, a.Model, a.RequestID, a.InputTokens, a.OutputTokens, cost, a.FirstTextMS, a.DurationMS, a.Status, a.Error)
	if err != nil {
		return fmt.Errorf("record attempt: %w", err)
	}
	return nil
}

// CopySteps copies the finished steps of one run to another, as reused.
func (t *Tx) CopySteps(ctx context.Context, fromID, toID int64) error {
	return t.db.Exec(ctx, `insert into step (execution_id, key, status, attempt, provider, model, cost, error, started_at, completed_at, output, findings)
		select $2, key, 'reused', attempt, provider, model, '', '', started_at, completed_at, output, findings
		from step where execution_id = $1 and (status = 'completed' or status = 'reused')`, fromID, toID)
}

func scanAttempt(row db.Row) (a domain.Attempt, err error) {
	err = row.Scan(&a.ID, &a.ExecutionID, &a.Step, &a.N, &a.Provider, &a.Model, &a.PromptHash, &a.RequestID, &a.InputTokens,
		&a.OutputTokens, db.JSON(&a.Cost), db.Time(&a.StartedAt), &a.FirstTextMS, &a.DurationMS, &a.Status, &a.Error)
	return a, err
}

// ExecutionAttempts returns every call of a provider that a run of the workspace made.
func (q Q) ExecutionAttempts(ctx context.Context, workspaceID, executionID int64) ([]domain.Attempt, error) {
	list, err := db.Many(ctx, q.db, scanAttempt, `select a.id, a.execution_id, a.step, a.n, a.provider, a.model, a.prompt_hash, a.request_id,
		a.input_tokens, a.output_tokens, a.cost, a.started_at, a.first_text_ms, a.duration_ms, a.status, a.error
		from attempt a join execution x on x.id = a.execution_id where x.workspace_id = $1 and a.execution_id = $2 order by a.id`, workspaceID, executionID)
	if err != nil {
		return nil, fmt.Errorf("read attempts: %w", err)
	}
	return list, nil
}
