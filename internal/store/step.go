package store

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// Step is a recorded step with its findings.
type Step struct {
	domain.StepResult
	Findings []domain.Finding
}

// The sets of a step's columns.
const (
	stepRead db.Set = 1 << iota
	stepOwner
)

// stepRow is a step with the execution that it belongs to.
type stepRow struct {
	Step
	executionID int64
}

var stepTable = db.NewTable("step", func(s *stepRow) []db.Column {
	return []db.Column{
		{Name: "execution_id", Field: &s.executionID, In: stepOwner},
		{Name: "key", Field: &s.Key, In: stepRead},
		{Name: "status", Field: db.Text(&s.Status), In: stepRead},
		{Name: "attempt", Field: &s.Attempt, In: stepRead},
		{Name: "provider", Field: &s.Provider, In: stepRead},
		{Name: "model", Field: &s.Model, In: stepRead},
		{Name: "input_tokens", Field: &s.InputTokens, In: stepRead},
		{Name: "output_tokens", Field: &s.OutputTokens, In: stepRead},
		{Name: "credits", Field: &s.Credits, In: stepRead},
		{Name: "cost", Field: db.JSON(&s.Cost), In: stepRead},
		{Name: "error", Field: &s.Error, In: stepRead},
		{Name: "started_at", Field: db.Time(&s.StartedAt), In: stepRead},
		{Name: "completed_at", Field: db.Time(&s.CompletedAt), In: stepRead},
		{Name: "output", Field: db.Raw(&s.Output, ""), In: stepRead},
		{Name: "items", Field: db.JSONOr(&s.Items, ""), In: stepRead},
		{Name: "findings", Field: db.JSONOr(&s.Findings, ""), In: stepRead},
	}
})

// stepFinished is the condition for a step whose outcome counts: it is never changed
// and never paid for again.
var stepFinished = `(step.status = ` + quote(domain.StepDone) + ` or step.status = ` + quote(domain.StepReused) +
	` or step.status = ` + quote(domain.StepSkipped) + `)`

var (
	stepColumns = stepTable.Columns(stepRead)
	saveStep    = stepTable.Write(stepOwner|stepRead, `insert into step ({columns}) values ({values})
		on conflict (execution_id, key) do update set {excluded} where not `+stepFinished)
)

// ExecutionSteps returns what an execution has recorded, in the order of recording.
func (q Q) ExecutionSteps(ctx context.Context, executionID int64) ([]Step, error) {
	scan := stepTable.Scan(stepRead)
	steps, err := db.Many(ctx, q.db, func(row db.Row) (Step, error) { s, err := scan(row); return s.Step, err },
		`select `+stepColumns+` from step where execution_id = $1 order by completed_at, started_at, key`, executionID)
	if err != nil {
		return nil, fmt.Errorf("read steps: %w", err)
	}
	return steps, nil
}

// SaveStep stores the outcome of a step. A step that is already recorded as done is
// never changed: the second record is refused with [ErrFenced].
func (t *Tx) SaveStep(ctx context.Context, executionID int64, s Step) error {
	if len(s.Findings) == 0 {
		s.Findings = nil
	}
	if len(s.Items) == 0 {
		s.Items = nil
	}
	n, err := saveStep.Exec(ctx, t.db, &stepRow{s, executionID})
	if err != nil {
		return fmt.Errorf("record step: %w", err)
	}
	if n == 0 {
		return ErrFenced
	}
	return nil
}

// CopySteps copies the finished steps of one execution to another, as reused; those that
// were skipped stay so. The steps with the keys in except are left out.
func (t *Tx) CopySteps(ctx context.Context, fromID, toID int64, except []string) error {
	err := t.db.Exec(ctx, `insert into step
		(execution_id, key, status, attempt, provider, model, cost, error, started_at, completed_at, output, items,
		findings)
		select $2, key, case when status = $4 then status else $3 end, attempt, provider, model, '', '', started_at,
		completed_at, output, items, findings
		from step where execution_id = $1 and `+stepFinished,
		fromID, toID, string(domain.StepReused), string(domain.StepSkipped))
	for _, key := range except {
		if err == nil {
			err = t.db.Exec(ctx, `delete from step where execution_id = $1 and key = $2`, toID, key)
		}
	}
	return err
}
