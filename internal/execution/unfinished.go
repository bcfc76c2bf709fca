package execution

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// unfinished is the output of a step that was stopped while it wrote.
type unfinished struct {
	Text     string `json:"text"`
	Finished bool   `json:"finished"` // false
}

// keepUnfinished records what the steps of an execution have written so far and people have
// watched, as part of the transaction that cancels it. No guardrail has looked at it, it costs
// nothing beyond what was captured, and no other step uses it. It is what this node has: all of
// it on the node that writes, and up to the last tenth of a second on others.
func (r *Runner) keepUnfinished(ctx context.Context, tx *store.Tx, x domain.Execution) error {
	texts := r.written(x.ID)
	if len(texts) == 0 {
		return nil
	}
	steps, err := tx.ExecutionSteps(ctx, x.ID)
	if err != nil {
		return err
	}
	attempts, err := tx.ExecutionAttempts(ctx, x.WorkspaceID, x.ID)
	if err != nil {
		return err
	}
	done := map[string]time.Time{}
	for _, s := range steps {
		if isDone(s) {
			done[s.Key] = s.CompletedAt
		}
	}
	for _, p := range x.Plan {
		text := domain.CleanText(texts[p.Key])
		if _, ok := done[p.Key]; ok || strings.TrimSpace(text) == "" {
			continue
		}
		output, err := json.Marshal(unfinished{Text: text})
		if err != nil {
			return err
		}
		s := store.Step{StepResult: domain.StepResult{
			Key: p.Key, Status: domain.StepCancelled, Attempt: 1, StartedAt: x.StartedAt, CompletedAt: tx.Now(),
			Provider: x.Origin.Provider, Model: x.Origin.Model, Output: output,
		}}
		if x.Origin.Kind == domain.OriginComposer {
			s.Provider, s.Cost = "composer", domain.Cost{Known: true}
		}
		for _, before := range p.DependsOn { // it began when the last of them had ended
			if at := done[before]; at.After(s.StartedAt) {
				s.StartedAt = at
			}
		}
		for _, a := range attempts {
			if a.Step == p.Key {
				s.Attempt = max(s.Attempt, a.N)
			}
		}
		if err := tx.SaveStep(ctx, x.ID, s); err != nil {
			return err
		}
	}
	return nil
}

// written returns what this node knows of the texts of an execution, by step.
func (r *Runner) written(id int64) map[string]string {
	reader := r.Texts.Watch(id)
	defer reader.Leave()
	texts := map[string]string{}
	for _, p := range reader.Next() { // all from the beginning
		texts[p.Step] = p.Text
	}
	return texts
}
