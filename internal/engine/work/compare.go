package work

import (
	"bytes"
	"context"
	"encoding/json"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
	"vellocity/internal/verb"
)

// CompareExecutions asks how the results of two executions differ.
type CompareExecutions struct {
	ID   int64 // the execution before
	With int64 // the execution after, such as one that redoes a step of the first
}

// Comparison is two executions, step by step.
type Comparison struct {
	Before, After domain.Execution
	Steps         []ComparedStep // in the order of the plan after, then those that only the plan before has
}

// StepChange says how a step's result differs between two executions.
type StepChange string

// The changes of a step.
const (
	StepSame    StepChange = "same"
	StepChanged StepChange = "changed"
	StepAdded   StepChange = "added"   // only the execution after has a result
	StepRemoved StepChange = "removed" // only the execution before has a result
)

// Values returns the changes, for documents and checks.
func (StepChange) Values() []string {
	return []string{string(StepSame), string(StepChanged), string(StepAdded), string(StepRemoved)}
}

// DiffPart is a piece of a comparison: text that stayed, was added or was removed.
type DiffPart = prose.DiffPart

// ComparedStep is one step of both executions. An output is nil where that execution has none.
type ComparedStep struct {
	Key, Name     string
	Change        StepChange
	Before, After json.RawMessage
	Diff          []DiffPart // of the texts, else of the outputs as JSON; nil where they are the same
}

// CompareExecutions returns how the results of two executions of the workspace differ, step by step.
func (v *Verbs) CompareExecutions(ctx context.Context, in CompareExecutions) (Comparison, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return Comparison{}, err
	}
	q := v.store.Read()
	before, err := executionDetails(ctx, q, a.WorkspaceID, in.ID)
	if err != nil {
		return Comparison{}, err
	}
	after, err := executionDetails(ctx, q, a.WorkspaceID, in.With)
	if err != nil {
		return Comparison{}, verb.MissingReference(err, "with", "execution", in.With)
	}
	return compared(before, after), nil
}

func compared(before, after ExecutionDetails) Comparison {
	c := Comparison{Before: before.Execution, After: after.Execution, Steps: []ComparedStep{}}
	was, is := outputsOf(before.Steps), outputsOf(after.Steps)
	seen := map[string]bool{}
	for _, x := range []domain.Execution{after.Execution, before.Execution} {
		for _, s := range x.Plan {
			if seen[s.Key] || was[s.Key] == nil && is[s.Key] == nil {
				continue
			}
			seen[s.Key] = true
			c.Steps = append(c.Steps, comparedStep(s, was[s.Key], is[s.Key]))
		}
	}
	return c
}

// outputsOf returns the results that count, by the keys of the steps.
func outputsOf(steps []domain.StepResult) map[string]json.RawMessage {
	all := map[string]json.RawMessage{}
	for _, s := range steps {
		if s.Status == domain.StepDone || s.Status == domain.StepReused {
			all[s.Key] = s.Output
		}
	}
	return all
}

func comparedStep(s domain.PlanStep, before, after json.RawMessage) ComparedStep {
	out := ComparedStep{Key: s.Key, Name: s.Name, Change: StepChanged, Before: before, After: after}
	switch {
	case before == nil:
		out.Change = StepAdded
	case after == nil:
		out.Change = StepRemoved
	case bytes.Equal(before, after):
		out.Change = StepSame
		return out
	}
	was, is := TextOf(before), TextOf(after)
	if was == "" && is == "" {
		was, is = indented(before), indented(after)
	}
	out.Diff = prose.WordDiff(was, is)
	return out
}

// TextOf returns the text in a step's recorded output, which is a string or an object that carries one; "" where
// it has none.
func TextOf(output json.RawMessage) string {
	var text string
	if json.Unmarshal(output, &text) == nil {
		return text
	}
	var fields struct{ Text, Body, Markdown string }
	if json.Unmarshal(output, &fields) != nil {
		return ""
	}
	for _, t := range []string{fields.Body, fields.Markdown, fields.Text} {
		if t != "" {
			return t
		}
	}
	return ""
}

func indented(raw json.RawMessage) string {
	var b bytes.Buffer
	if len(raw) == 0 || json.Indent(&b, raw, "", "  ") != nil {
		return ""
	}
	return b.String()
}
