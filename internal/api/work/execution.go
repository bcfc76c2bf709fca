package work

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
	"vellocity/internal/ops"
	"vellocity/internal/verb"
)

// ExecutionAttributes is one durable execution of a capability.
type ExecutionAttributes struct {
	Status      domain.ExecutionStatus `json:"status"`
	Priority    domain.Priority        `json:"priority"`
	Progress    int                    `json:"progress_percentage" limit:"percent"`
	CreditsUsed int                    `json:"credits_used"                        doc:"Credits spent so far"`
	CreatedAt   time.Time              `json:"created_at"`
	Capability  *string                `json:"capability"                          doc:"Slug of the capability; null for a template"`
	Template    *string                `json:"template"                            doc:"Slug of the workflow template; null for a capability"`
	Title       string                 `json:"title"`
	CurrentStep *string                `json:"current_step"                        doc:"Key of the current step"`
	WaitingFor  *domain.WaitingFor     `json:"waiting_for"                         doc:"What the execution waits for while its status is executing"`
	CreditsHeld int                    `json:"credits_held"                        doc:"Credits reserved for the steps that are left"`
	Cost        ops.Maybe[wire.Money]  `json:"cost"                                doc:"Null where the model's price is not known"`
	Engine      wire.Origin            `json:"engine"`
	StartedAt   *time.Time             `json:"started_at"`
	CompletedAt *time.Time             `json:"completed_at"                        doc:"When it ended, however it ended"`
}

// ExecutionDetailsAttributes adds everything that the execution recorded.
type ExecutionDetailsAttributes struct {
	ExecutionAttributes
	Plan       []PlannedStep  `json:"execution_plan"       doc:"The steps; final once planning is over, but those of a template grow as their settings become known"`
	Steps      []StepResult   `json:"step_results"`
	Assets     []wire.Item    `json:"generated_assets"     doc:"What the execution created, without texts"`
	Guardrails []wire.Finding `json:"guardrails_triggered"`
	NeedsInput []wire.Need    `json:"needs_input"          doc:"What would make the text better and the input did not give"`
	Error      *string        `json:"error_message"        doc:"What went wrong, in words"`
	MaxCredits *int           `json:"max_credits" doc:"Most credits that it may hold and spend; null: its price"`
	RetryOf    *int64         `json:"retry_of"             doc:"The execution whose recorded steps this one reuses"`
	RedoOf     *int64         `json:"redo_of"              doc:"The execution one of whose steps this one runs again"`
	RedoStep   *string        `json:"redo_step"            doc:"Key of the step that this one runs again, with what depends on it"`
	RedoAsks   *string        `json:"redo_instructions"    doc:"What the redo asked the model for beside the step's own instructions"`
	Redone     []int64        `json:"redone_by"            doc:"The executions that redo one of its steps, at most 100"`
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
	Key          string                `json:"key"`
	Status       domain.StepStatus     `json:"status"`
	Attempt      int                   `json:"attempt"`
	StartedAt    *time.Time            `json:"started_at"`
	CompletedAt  *time.Time            `json:"completed_at"`
	Duration     int64                 `json:"duration_ms"`
	Provider     *string               `json:"provider"`
	Model        *string               `json:"model"`
	InputTokens  int64                 `json:"input_tokens"`
	OutputTokens int64                 `json:"output_tokens"`
	Credits      int                   `json:"credits"`
	Cost         ops.Maybe[wire.Money] `json:"cost"`
	Output       ops.Maybe[ops.Object] `json:"output"`
	Error        *string               `json:"error"`
}

// Assets are the items that an execution created.
type Assets struct {
	ExecutionID int64                  `json:"execution_id"`
	Status      domain.ExecutionStatus `json:"status"`
	Items       []wire.Item            `json:"content_items"`
}

// AssetsMeta counts the items.
type AssetsMeta struct {
	Count int `json:"content_count"`
}

type listExecutions struct {
	Status     domain.ExecutionStatus `json:"status,omitempty"     doc:"Only this status"`
	AgentID    int64                  `json:"agent_id,omitempty"   doc:"Only this agent's"             minimum:"1"`
	Priority   domain.Priority        `json:"priority,omitempty"   doc:"Only this priority"`
	Capability string                 `json:"capability,omitempty" doc:"Only this capability, by slug"             limit:"filter"`
	wire.DateRange
	ops.Paging
}

// ExecutionID names an execution in the path.
type ExecutionID struct {
	ID int64 `json:"id" in:"path" minimum:"1" doc:"The execution's id"`
}

type changeExecution struct {
	ExecutionID
	ops.Conditional
}

// target is what the verb acts on.
func (in changeExecution) target() verb.ID {
	return verb.ID{ID: in.ID, Precondition: verb.Precondition{IfMatch: in.Revisions()}}
}

type retryExecution struct {
	ExecutionID
	ops.Conditional
	MaxCredits *int `json:"max_credits,omitempty" limit:"max_credits" doc:"Most credits that the retry may hold and spend; by default what is left of the execution's own limit"`
}

type getExecution struct {
	ExecutionID
	Wait int `json:"wait,omitempty" in:"prefer" limit:"wait" doc:"Seconds to wait for the execution's end before responding"`
}

const executions = "/content-workflow/executions"

var (
	sampleExecution = domain.Execution{
		ID:          789,
		Capability:  "generate-blog-post",
		Title:       "Cloud cost optimization",
		AgentID:     5,
		Status:      domain.ExecutionPending,
		Priority:    domain.PriorityNormal,
		CreditsHeld: 5,
		CreatedAt:   wire.SampleTime(),
		Origin:      wire.SampleOrigin(),
		Version:     1,
		Cost:        wire.SampleCost(),
		Plan: []domain.PlanStep{
			{Key: "outline", Name: "Outline", Kind: "outline", Credits: 1},
			{Key: "section-1", Name: "Section 1", Kind: "section", DependsOn: []string{"outline"}, Credits: 4},
		},
	}
	sampleRow     = work.ExecutionRow{Execution: sampleExecution, Agent: wire.SampleAgent()}
	sampleDetails = work.ExecutionDetails{
		ExecutionRow: sampleRow,
		Steps: []domain.StepResult{{
			Key:          "outline",
			Status:       domain.StepDone,
			Attempt:      1,
			StartedAt:    wire.SampleTime(),
			CompletedAt:  wire.SampleTime().Add(1840 * time.Millisecond),
			Provider:     "openai",
			Model:        "gpt-5",
			InputTokens:  412,
			OutputTokens: 156,
			Credits:      1,
			Cost:         wire.SampleCost(),
			Output:       json.RawMessage(`{"headings":["Start with what is idle"]}`),
		}},
		Items:    []domain.ContentItem{wire.SampleItem()},
		Findings: []domain.Finding{wire.SampleFinding()},
	}
	sampleAssets = work.Assets{
		ExecutionID: 789,
		Status:      domain.ExecutionCompleted,
		Items:       []domain.ContentItem{wire.SampleItem()},
	}
	// exampleID is the input of the rows that act on one execution.
	exampleID = map[string]any{"id": sampleExecution.ID}
)

// chapterExecutions is where documents list the rows.
var chapterExecutions = ops.Chapter{Name: "Executions", Description: "Durable executions of capabilities."}

func executionRows(v *work.Verbs, profile wire.Profile) []ops.Op {
	return []ops.Op{
		listRow(v, profile), getRow(v), assetsRow(v), cancelRow(v), retryRow(v), redoRow(v), compareRow(v),
		archiveRow(v), watchRow(v),
	}
}

func listRow(v *work.Verbs, profile wire.Profile) ops.Op {
	return ops.New(ops.Op{
		Name:  "list_executions",
		Route: ops.Route{Method: http.MethodGet, Path: executions},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter:     chapterExecutions,
			Summary:     "List Executions",
			Description: "Executions, newest first.",
		},
		Tool: ops.Tool{
			Set:      "executions",
			Listed:   true,
			Defaults: map[string]any{"per_page": 10},
			Brief: []string{
				"status", "waiting_for", "progress_percentage", "capability", "template", "title", "credits_used",
				"created_at", "completed_at",
			},
			Resources: []ops.Resource{{
				URI:         "vellocity://executions",
				Name:        "executions",
				Description: "The newest executions",
				Changed:     executionChanged(func(int64) string { return "vellocity://executions" }),
			}},
		},
		Command: ops.Command{
			Noun:    "executions",
			Verb:    "list",
			Columns: []string{"id", "status", "capability", "title", "progress_percentage", "created_at"},
		},
	}, func(ctx context.Context, in listExecutions) (out domain.List[work.ExecutionRow], err error) {
		span, err := in.Read(ctx, profile)
		if err != nil {
			return out, err
		}
		return v.Executions(ctx, work.ListExecutions{
			Status:     in.Status,
			AgentID:    in.AgentID,
			Priority:   in.Priority,
			Capability: in.Capability,
			Created:    span,
			Page:       wire.PageOf(in.Paging),
		})
	}, func(r *ops.Reply, l domain.List[work.ExecutionRow]) []wire.Resource[ExecutionAttributes] {
		r.Total = l.Total
		return wire.Each(l.Items, execution)
	}, domain.List[work.ExecutionRow]{Items: []work.ExecutionRow{sampleRow}, Total: 1})
}

// executionChanged returns an address when an event is about an execution.
func executionChanged(uri func(id int64) string) func(domain.Event) []string {
	return func(e domain.Event) []string {
		if e.ExecutionID == 0 {
			return nil
		}
		return []string{uri(e.ExecutionID)}
	}
}

func getRow(v *work.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "get_execution",
		Route: ops.Route{Method: http.MethodGet, Path: executions + "/{id}"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterExecutions,
			Summary: "Get Execution Details",
			Description: "An execution with its plan, step results, findings and assets; with wait it responds when the " +
				"execution has ended.",
			Errors:  []domain.Code{domain.CodeNotFound},
			Example: exampleID,
		},
		Tool: ops.Tool{
			Set:    "executions",
			Listed: true,
			Description: "Gets one execution: status, plan, the output of each step (an SEO or review report is the output of " +
				"the last one), guardrail findings and content items. With wait, it answers when the execution has ended.",
			Brief: []string{"title", "content_type", "channel", "kanban_status", "word_count", "scores"},
			Resources: []ops.Resource{{
				URI:         "vellocity://executions/{id}",
				Name:        "execution",
				Description: "An execution with plan, results, findings and assets",
				Changed: executionChanged(func(id int64) string {
					return "vellocity://executions/" + strconv.FormatInt(id, 10)
				}),
			}},
		},
		Command: ops.Command{Noun: "executions", Verb: "get"},
	}, func(ctx context.Context, in getExecution) (work.ExecutionDetails, error) {
		if in.Wait > 0 {
			return v.WaitExecution(ctx, in.ID, time.Duration(in.Wait)*time.Second)
		}
		return v.Execution(ctx, in.ID)
	}, viewExecution, sampleDetails)
}

func assetsRow(v *work.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "get_execution_assets",
		Route: ops.Route{Method: http.MethodGet, Path: executions + "/{id}/assets"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter:     chapterExecutions,
			Summary:     "Get Execution Assets",
			Description: "The content items that an execution created. Read their texts with get_content_item.",
			Errors:      []domain.Code{domain.CodeNotFound},
			Meta:        AssetsMeta{},
			Example:     exampleID,
		},
		Tool:    ops.Tool{Set: "executions", Listed: true},
		Command: ops.Command{Noun: "executions", Verb: "assets"},
	}, func(ctx context.Context, in ExecutionID) (work.Assets, error) {
		return v.Assets(ctx, in.ID)
	}, func(r *ops.Reply, a work.Assets) Assets {
		r.Meta = AssetsMeta{len(a.Items)}
		return Assets{a.ExecutionID, a.Status, wire.Each(a.Items, wire.ItemOf)}
	}, sampleAssets)
}

func cancelRow(v *work.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "cancel_execution",
		Route:          ops.Route{Method: http.MethodPost, Path: executions + "/{id}/cancel"},
		Scope:          domain.ScopeContent,
		Hints:          ops.Hints{Destructive: true},
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapterExecutions,
			Summary: "Cancel an execution",
			Description: "Stops an execution that has not ended. What is recorded stays, a text under way is kept as the " +
				"output of its step, and credits that are not spent are released.",
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: exampleID,
		},
		Tool:    ops.Tool{Set: "executions", Listed: true},
		Command: ops.Command{Noun: "executions", Verb: "cancel"},
	}, func(ctx context.Context, in changeExecution) (work.ExecutionDetails, error) {
		return v.Cancel(ctx, in.target())
	}, viewExecution, sampleDetails)
}

func retryRow(v *work.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "retry_execution",
		Route:          ops.Route{Method: http.MethodPost, Path: executions + "/{id}/retry", Status: http.StatusCreated},
		Scope:          domain.ScopeReview,
		Hints:          ops.Hints{OpenWorld: true},
		IdempotencyKey: true,
		Docs: ops.Docs{
			Chapter: chapterExecutions,
			Summary: "Retry an execution",
			Description: "Creates a new execution from one that failed or was cancelled. It reuses the recorded steps " +
				"and pays only for the others. It takes the scopes that starting the execution takes. While a retry " +
				"of the execution has not ended, another one is a CONFLICT that names it.",
			Meta: StartedMeta{},
			Errors: []domain.Code{
				domain.CodeNotFound, domain.CodeConflict, domain.CodeInsufficientCredits, domain.CodeUnavailable,
			},
			Example: exampleID,
		},
		Tool:    ops.Tool{Set: "executions"},
		Command: ops.Command{Noun: "executions", Verb: "retry"},
	}, func(ctx context.Context, in retryExecution) (work.Started, error) {
		return v.RetryWithin(ctx, changeExecution{in.ExecutionID, in.Conditional}.target(), in.MaxCredits)
	}, viewStarted("Execution retry started"), work.Started{Execution: sampleExecution, Agent: wire.SampleAgent()})
}

func archiveRow(v *work.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "archive_execution",
		Route:          ops.Route{Method: http.MethodPost, Path: executions + "/{id}/archive"},
		Scope:          domain.ScopeContent,
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter:     chapterExecutions,
			Summary:     "Archive an execution",
			Description: "Marks an execution that has ended as archived.",
			Errors:      []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example:     exampleID,
		},
		Tool:    ops.Tool{Set: "executions"},
		Command: ops.Command{Noun: "executions", Verb: "archive"},
	}, func(ctx context.Context, in changeExecution) (work.ExecutionDetails, error) {
		return v.Archive(ctx, in.target())
	}, viewExecution, sampleDetails)
}

func execution(x work.ExecutionRow) wire.Resource[ExecutionAttributes] {
	self := wire.Path(executions, x.ID)
	return wire.Resource[ExecutionAttributes]{
		Type:          "execution",
		ID:            x.ID,
		Attributes:    executionAttributes(x.Execution),
		Relationships: &wire.Relationships{Agent: wire.Agent(x.Agent)},
		Links:         &wire.Links{Self: self, Assets: self + "/assets", Events: self + "/events"},
	}
}

func executionAttributes(x domain.Execution) ExecutionAttributes {
	return ExecutionAttributes{
		Status:      x.Status,
		Priority:    x.Priority,
		Progress:    x.Progress,
		CreditsUsed: x.CreditsUsed,
		CreatedAt:   x.CreatedAt.UTC(),
		Capability:  wire.Optional(x.Capability),
		Template:    wire.Optional(x.Template),
		Title:       x.Title,
		CurrentStep: wire.Optional(x.CurrentStep),
		WaitingFor:  wire.Optional(x.WaitingFor),
		CreditsHeld: x.CreditsHeld,
		Cost:        wire.Cost(x.Cost),
		Engine:      wire.Origin(x.Origin),
		StartedAt:   wire.Time(x.StartedAt),
		CompletedAt: wire.Time(x.CompletedAt),
	}
}

func viewExecution(r *ops.Reply, d work.ExecutionDetails) wire.Resource[ExecutionDetailsAttributes] {
	r.Revision = wire.Number(d.Version)
	if !d.Status.Ended() {
		r.Headers = map[string]string{"Retry-After": "1"}
	}
	short := execution(d.ExecutionRow)
	return wire.Resource[ExecutionDetailsAttributes]{
		Type:          short.Type,
		ID:            short.ID,
		Relationships: short.Relationships,
		Links:         short.Links,
		Attributes: ExecutionDetailsAttributes{
			ExecutionAttributes: short.Attributes,
			Plan:                wire.Each(d.Plan, planned),
			Steps:               wire.Each(d.Steps, step),
			Assets:              wire.Each(d.Items, wire.ItemOf),
			Guardrails:          wire.Findings(d.Findings),
			NeedsInput:          wire.Needs(d.NeedsInput),
			Error:               wire.Optional(d.Error),
			MaxCredits:          d.MaxCredits,
			RetryOf:             wire.Optional(d.RetryOf),
			RedoOf:              wire.Optional(d.Execution.Redo.Of),
			RedoStep:            wire.Optional(d.Execution.Redo.Step),
			RedoAsks:            wire.Optional(d.Execution.Redo.Instructions),
			Redone:              wire.List(d.Redone),
		},
	}
}

func planned(s domain.PlanStep) PlannedStep {
	return PlannedStep{s.Key, s.Name, s.Kind, wire.List(s.DependsOn), s.Credits}
}

func step(s domain.StepResult) StepResult {
	var took int64
	if !s.CompletedAt.IsZero() && !s.StartedAt.IsZero() {
		took = s.CompletedAt.Sub(s.StartedAt).Milliseconds()
	}
	return StepResult{
		Key:          s.Key,
		Status:       s.Status,
		Attempt:      s.Attempt,
		StartedAt:    wire.Time(s.StartedAt),
		CompletedAt:  wire.Time(s.CompletedAt),
		Duration:     took,
		Provider:     wire.Optional(s.Provider),
		Model:        wire.Optional(s.Model),
		InputTokens:  s.InputTokens,
		OutputTokens: s.OutputTokens,
		Credits:      s.Credits,
		Cost:         wire.Cost(s.Cost),
		Output:       wire.Object(s.Output),
		Error:        wire.Optional(s.Error),
	}
}
