package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine"
)

// ExecutionAttributes is one durable run of a capability.
type ExecutionAttributes struct {
	Status      domain.ExecutionStatus `json:"status" enum:"pending,planning,executing,completed,failed,cancelled,archived"`
	Priority    domain.Priority        `json:"priority" enum:"low,normal,high,urgent"`
	Progress    int                    `json:"progress_percentage" minimum:"0" maximum:"100"`
	CreditsUsed int                    `json:"credits_used" doc:"Credits spent so far"`
	CreatedAt   time.Time              `json:"created_at"`
	Capability  string                 `json:"capability" doc:"Slug of the capability"`
	Title       string                 `json:"title"`
	CurrentStep *string                `json:"current_step" doc:"Key of the step under way"`
	WaitingFor  *string                `json:"waiting_for" enum:"person,retry" doc:"What an executing run waits for"`
	CreditsHeld int                    `json:"credits_held" doc:"Credits promised to what is left to do"`
	Cost        *Money                 `json:"cost" doc:"Null where the model's price is not known"`
	Engine      Origin                 `json:"engine"`
	StartedAt   *time.Time             `json:"started_at"`
	CompletedAt *time.Time             `json:"completed_at" doc:"When it ended, well or badly"`
}

// ExecutionDetailsAttributes adds all that the run recorded.
type ExecutionDetailsAttributes struct {
	ExecutionAttributes
	Plan       []PlannedStep                 `json:"execution_plan" doc:"The steps; final once planning is over"`
	Steps      []StepResult                  `json:"step_results"`
	Assets     []Resource[ContentAttributes] `json:"generated_assets" doc:"What the run made, without texts"`
	Guardrails []Finding                     `json:"guardrails_triggered"`
	NeedsInput []Need                        `json:"needs_input" doc:"What the text would need to be better and the input did not give"`
	Error      *string                       `json:"error_message" doc:"What went wrong, in words"`
	RetryOf    *int64                        `json:"retry_of" doc:"The execution whose recorded steps this one reuses"`
}

// PlannedStep is one step of the plan.
type PlannedStep struct {
	Key       string   `json:"key"`
	Name      string   `json:"name"`
	Kind      string   `json:"kind"`
	DependsOn []string `json:"depends_on"`
	Credits   int      `json:"credits"`
}

// StepResult is the recorded outcome of a step.
type StepResult struct {
	Key          string            `json:"key"`
	Status       domain.StepStatus `json:"status" enum:"pending,running,completed,failed,skipped,reused"`
	Attempt      int               `json:"attempt"`
	StartedAt    *time.Time        `json:"started_at"`
	CompletedAt  *time.Time        `json:"completed_at"`
	Duration     int64             `json:"duration_ms"`
	Provider     *string           `json:"provider"`
	Model        *string           `json:"model"`
	InputTokens  int64             `json:"input_tokens"`
	OutputTokens int64             `json:"output_tokens"`
	Credits      int               `json:"credits"`
	Cost         *Money            `json:"cost"`
	Output       Maybe[Object]     `json:"output"`
	Error        *string           `json:"error"`
}

// Assets are the items that a run made.
type Assets struct {
	ExecutionID int64                         `json:"execution_id"`
	Status      domain.ExecutionStatus        `json:"status" enum:"pending,planning,executing,completed,failed,cancelled,archived"`
	Items       []Resource[ContentAttributes] `json:"content_items"`
}

// AssetsMeta counts the items.
type AssetsMeta struct {
	Count int `json:"content_count"`
}

type listExecutions struct {
	Status     domain.ExecutionStatus `json:"status,omitempty" enum:"pending,planning,executing,completed,failed,cancelled,archived" doc:"Only this state"`
	AgentID    int64                  `json:"agent_id,omitempty" minimum:"1" doc:"Only this agent's"`
	Priority   domain.Priority        `json:"priority,omitempty" enum:"low,normal,high,urgent" doc:"Only this priority"`
	Capability string                 `json:"capability,omitempty" maxLength:"100" doc:"Only this capability, by slug"`
	DateRange
	Paging
}

// ExecutionID names an execution in the path.
type ExecutionID struct {
	ID int64 `json:"id" in:"path" minimum:"1" doc:"The execution's id"`
}

type changeExecution struct {
	ExecutionID
	Conditional
}

type getExecution struct {
	ExecutionID
	Wait int `json:"wait,omitempty" in:"prefer" minimum:"0" maximum:"60" doc:"Seconds to wait for the run's end before answering"`
}

func executionRows(e *engine.Engine) []Op {
	started := engine.Started{Execution: sampleExecution, Agent: sampleAgent}
	notFound := []domain.Code{domain.CodeNotFound}
	changing := []domain.Code{domain.CodeNotFound, domain.CodeConflict}
	return []Op{
		op(Op{
			Name: "list_executions", Noun: "executions", Verb: "list", Method: http.MethodGet, Path: "/content-workflow/executions", Tag: "Executions",
			Summary: "List Executions", Description: "Runs, newest first.", Scope: domain.ScopeRead, ReadOnly: true, Repeatable: true, Default: true, Toolset: "executions",
			Columns: []string{"id", "status", "capability", "title", "progress_percentage", "created_at"},
			Result:  domain.List[engine.ExecutionRow]{Items: []engine.ExecutionRow{sampleDetails.ExecutionRow}, Total: 1},
		}, func(ctx context.Context, in listExecutions) (domain.List[engine.ExecutionRow], error) {
			span, err := in.span(ctx, e)
			if err != nil {
				return domain.List[engine.ExecutionRow]{}, err
			}
			return e.Executions(ctx, engine.ListExecutions{Status: in.Status, AgentID: in.AgentID, Priority: in.Priority, Capability: in.Capability, Created: span, Page: in.page()})
		}, func(r *Reply, l domain.List[engine.ExecutionRow]) []Resource[ExecutionAttributes] {
			r.Total = l.Total
			return each(l.Items, execution)
		}),
		op(Op{
			Name: "get_execution", Noun: "executions", Verb: "get", Method: http.MethodGet, Path: "/content-workflow/executions/{id}", Tag: "Executions",
			Summary: "Get Execution Details", Description: "A run with its plan, step results, findings and assets; with wait it holds the answer until the run has ended.",
			Scope: domain.ScopeRead, ReadOnly: true, Repeatable: true, Tags: true, Default: true, Toolset: "executions", Errors: notFound, Result: sampleDetails,
		}, func(ctx context.Context, in getExecution) (engine.ExecutionDetails, error) {
			if in.Wait > 0 {
				return await(ctx, e, in.ID, in.Wait)
			}
			return e.Execution(ctx, in.ID)
		}, viewExecution),
		op(Op{
			Name: "get_execution_assets", Noun: "executions", Verb: "assets", Method: http.MethodGet, Path: "/content-workflow/executions/{id}/assets", Tag: "Executions",
			Summary: "Get Execution Assets", Description: "The content items that a run made. Read their texts with get_content_item.",
			Scope: domain.ScopeRead, ReadOnly: true, Repeatable: true, Tags: true, Default: true, Toolset: "executions", Errors: notFound, Meta: AssetsMeta{},
			Result: engine.Assets{ExecutionID: 789, Status: domain.ExecutionCompleted, Items: []domain.ContentItem{sampleCard}},
		}, func(ctx context.Context, in ExecutionID) (engine.Assets, error) { return e.Assets(ctx, in.ID) },
			func(r *Reply, a engine.Assets) Assets {
				r.Meta = AssetsMeta{len(a.Items)}
				return Assets{a.ExecutionID, a.Status, each(a.Items, card)}
			}),
		op(Op{
			Name: "cancel_execution", Noun: "executions", Verb: "cancel", Method: http.MethodPost, Path: "/content-workflow/executions/{id}/cancel", Tag: "Executions",
			Summary: "Cancel an execution", Description: "Stops a run that has not ended. What is recorded stays, and credits that are not spent are released.",
			Scope: domain.ScopeContent, Destructive: true, Claims: true, Tags: true, Toolset: "executions", Errors: changing, Result: sampleDetails,
		}, func(ctx context.Context, in changeExecution) (engine.ExecutionDetails, error) {
			return e.Cancel(ctx, engine.ID{ID: in.ID, Precondition: match(in.Conditional)})
		}, viewExecution),
		op(Op{
			Name: "retry_execution", Noun: "executions", Verb: "retry", Method: http.MethodPost, Path: "/content-workflow/executions/{id}/retry", Tag: "Executions",
			Summary: "Retry an execution", Description: "Makes a new run of one that failed or was cancelled. It reuses the recorded steps and pays only for the others.",
			Scope: domain.ScopeContent, OpenWorld: true, Status: http.StatusCreated, Claims: true, Toolset: "executions", Meta: StartedMeta{},
			Errors: append(changing, domain.CodeInsufficientCredits, domain.CodeUnavailable), Result: started,
		}, func(ctx context.Context, in changeExecution) (engine.Started, error) {
			return e.Retry(ctx, engine.ID{ID: in.ID, Precondition: match(in.Conditional)})
		}, viewStarted("Execution retry started")),
		op(Op{
			Name: "archive_execution", Noun: "executions", Verb: "archive", Method: http.MethodPost, Path: "/content-workflow/executions/{id}/archive", Tag: "Executions",
			Summary: "Archive an execution", Description: "Puts a run that has ended out of the way.",
			Scope: domain.ScopeContent, Claims: true, Tags: true, Toolset: "executions", Errors: changing, Result: sampleDetails,
		}, func(ctx context.Context, in changeExecution) (engine.ExecutionDetails, error) {
			return e.Archive(ctx, engine.ID{ID: in.ID, Precondition: match(in.Conditional)})
		}, viewExecution),
		watchRow(e),
	}
}

func execution(x engine.ExecutionRow) Resource[ExecutionAttributes] {
	self := Base + "/content-workflow/executions/" + number(x.ID)
	return Resource[ExecutionAttributes]{
		Type: "execution", ID: x.ID, Attributes: executionAttributes(x.Execution), Relationships: &Relationships{Agent: agentRef(x.Agent)},
		Links: &Links{Self: self, Assets: self + "/assets", Events: self + "/events"},
	}
}

func executionAttributes(x domain.Execution) ExecutionAttributes {
	return ExecutionAttributes{
		Status: x.Status, Priority: x.Priority, Progress: x.Progress, CreditsUsed: x.CreditsUsed, CreatedAt: utc(x.CreatedAt), Capability: x.Capability, Title: x.Title,
		CurrentStep: some(x.CurrentStep), WaitingFor: some(string(x.WaitingFor)), CreditsHeld: x.CreditsHeld, Cost: money(x.Cost), Engine: writer(x.Origin),
		StartedAt: instant(x.StartedAt), CompletedAt: instant(x.CompletedAt),
	}
}

func viewExecution(r *Reply, d engine.ExecutionDetails) Resource[ExecutionDetailsAttributes] {
	r.Revision = number(d.Version)
	if !d.Status.Ended() {
		r.Headers = map[string]string{"Retry-After": "1"}
	}
	short := execution(d.ExecutionRow)
	return Resource[ExecutionDetailsAttributes]{
		Type: short.Type, ID: short.ID, Relationships: short.Relationships, Links: short.Links,
		Attributes: ExecutionDetailsAttributes{
			ExecutionAttributes: short.Attributes,
			Plan: each(d.Plan, func(s domain.PlanStep) PlannedStep {
				return PlannedStep{s.Key, s.Name, s.Kind, list(s.DependsOn), s.Credits}
			}),
			Steps: each(d.Steps, step), Assets: each(d.Items, card), Guardrails: guardrails(d.Findings), NeedsInput: needs(d.NeedsInput),
			Error: some(d.Error), RetryOf: some(d.RetryOf),
		},
	}
}

func step(s domain.StepResult) StepResult {
	var took int64
	if !s.CompletedAt.IsZero() && !s.StartedAt.IsZero() {
		took = s.CompletedAt.Sub(s.StartedAt).Milliseconds()
	}
	return StepResult{s.Key, s.Status, s.Attempt, instant(s.StartedAt), instant(s.CompletedAt), took, some(s.Provider), some(s.Model),
		s.InputTokens, s.OutputTokens, s.Credits, money(s.Cost), output(s.Output), some(s.Error)}
}

// output shows what a step recorded; a value that is no object is put into one.
func output(raw json.RawMessage) Maybe[Object] {
	if len(raw) == 0 || string(raw) == "null" {
		return Maybe[Object]{}
	}
	o := Object(raw)
	if raw[0] != '{' {
		o = append(append(Object(`{"value":`), raw...), '}')
	}
	return Maybe[Object]{&o}
}

func agentRef(a domain.Agent) *AgentRef {
	if a.ID == 0 {
		return nil
	}
	return &AgentRef{a.ID, a.Name, a.Type}
}
