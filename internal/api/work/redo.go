package work

import (
	"context"
	"encoding/json"
	"net/http"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
	"vellocity/internal/ops"
	"vellocity/internal/verb"
)

type redoStep struct {
	ExecutionID
	Key          string `json:"key"                    in:"path" doc:"Key of the step in the plan"                                            limit:"filter"`
	Instructions string `json:"instructions,omitempty"           doc:"What the model is asked for beside the step's own instructions"         limit:"redo_instructions"`
	AgentID      int64  `json:"agent_id,omitempty"               doc:"The agent that carries out what runs again; by default the execution's"                           minimum:"1"`
	ops.Conditional
}

type compareExecutions struct {
	ExecutionID
	With int64 `json:"with" minimum:"1" doc:"The execution to compare it with, such as a redo of it"`
}

// Comparison is how the results of two executions differ.
type Comparison struct {
	Before int64          `json:"before" doc:"Id of the execution before"`
	After  int64          `json:"after"  doc:"Id of the execution after"`
	Steps  []ComparedStep `json:"steps"  doc:"Every step that has a result in one of the two"`
}

// ComparedStep is one step of both executions.
type ComparedStep struct {
	Key    string                `json:"key"`
	Name   string                `json:"name"`
	Change work.StepChange       `json:"change"`
	Before ops.Maybe[ops.Object] `json:"before" doc:"Its output in the execution before; null where it has none"`
	After  ops.Maybe[ops.Object] `json:"after"  doc:"Its output in the execution after; null where it has none"`
	Diff   []DiffPart            `json:"diff"   doc:"The two texts word by word, or the outputs as JSON where they have no text; empty where they are the same"`
}

// DiffPart is a piece of a comparison.
type DiffPart struct {
	Op   string `json:"op"   doc:"same, ins (only after) or del (only before)"`
	Text string `json:"text"`
}

func redoRow(v *work.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name: "redo_step",
		Route: ops.Route{
			Method: http.MethodPost,
			Path:   executions + "/{id}/steps/{key}/redo",
			Status: http.StatusCreated,
		},
		Scope:          domain.ScopeReview,
		Hints:          ops.Hints{OpenWorld: true},
		IdempotencyKey: true,
		Docs: ops.Docs{
			Chapter: chapterExecutions,
			Summary: "Redo a step",
			Description: "Creates a new execution that runs one step of an ended execution again, and what depends on it. " +
				"It reuses the results of all other steps, and charges only what runs again. The text becomes the next " +
				"version of the item that the step wrote, or an item of its own where somebody has edited or published " +
				"that since. It takes the scopes that starting the execution takes.",
			Meta: StartedMeta{},
			Errors: []domain.Code{
				domain.CodeNotFound, domain.CodeConflict, domain.CodeInsufficientCredits, domain.CodeUnavailable,
			},
			Example: map[string]any{"id": sampleExecution.ID, "key": "section-1", "instructions": "Make it shorter."},
		},
		Tool:    ops.Tool{Set: "executions"},
		Command: ops.Command{Noun: "executions", Verb: "redo"},
	}, func(ctx context.Context, in redoStep) (work.Started, error) {
		return v.RedoStep(ctx, work.RedoStep{
			ID: in.ID, Step: in.Key, Instructions: in.Instructions, AgentID: in.AgentID,
			Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	}, viewStarted("Redo started"), work.Started{Execution: sampleExecution, Agent: wire.SampleAgent()})
}

func compareRow(v *work.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "compare_executions",
		Route: ops.Route{Method: http.MethodGet, Path: executions + "/{id}/compare"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter:     chapterExecutions,
			Summary:     "Compare two executions",
			Description: "The results of two executions side by side, step by step, with their differences word by word.",
			Errors:      []domain.Code{domain.CodeNotFound},
			Example:     map[string]any{"id": sampleExecution.ID, "with": sampleExecution.ID + 1},
		},
		Tool:    ops.Tool{Set: "executions"},
		Command: ops.Command{Noun: "executions", Verb: "compare"},
	}, func(ctx context.Context, in compareExecutions) (work.Comparison, error) {
		return v.CompareExecutions(ctx, work.CompareExecutions{ID: in.ID, With: in.With})
	}, func(_ *ops.Reply, c work.Comparison) Comparison {
		return Comparison{Before: c.Before.ID, After: c.After.ID, Steps: wire.Each(c.Steps, comparedStep)}
	}, work.Comparison{
		Before: sampleExecution, After: domain.Execution{ID: sampleExecution.ID + 1},
		Steps: []work.ComparedStep{{
			Key: "section-1", Name: "Section 1", Change: work.StepChanged,
			Before: json.RawMessage(`{"text":"Start small."}`), After: json.RawMessage(`{"text":"Start today."}`),
			Diff: []work.DiffPart{{Op: "same", Text: "Start "}, {Op: "del", Text: "small."}, {Op: "ins", Text: "today."}},
		}},
	})
}

func comparedStep(s work.ComparedStep) ComparedStep {
	return ComparedStep{
		Key: s.Key, Name: s.Name, Change: s.Change, Before: wire.Object(s.Before), After: wire.Object(s.After),
		Diff: wire.Each(s.Diff, func(p work.DiffPart) DiffPart { return DiffPart{p.Op, p.Text} }),
	}
}
