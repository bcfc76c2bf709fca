package api

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine"
)

// CapabilityAttributes is one thing that Vellocity can be asked to do.
type CapabilityAttributes struct {
	Slug             string          `json:"slug"`
	Name             string          `json:"name"`
	Description      string          `json:"description"`
	Category         domain.Category `json:"category" enum:"generation,publishing,analysis,workflow"`
	CategoryLabel    string          `json:"category_label"`
	RequiresCredits  bool            `json:"requires_credits"`
	EstimatedCredits int             `json:"estimated_credits" doc:"Price with a model; composing without one is free"`
	IsBeta           bool            `json:"is_beta"`
}

// CapabilityDetailsAttributes adds what the settings look like.
type CapabilityDetailsAttributes struct {
	CapabilityAttributes
	RequiredSettings   []string `json:"required_settings" doc:"Names of the settings that must be given"`
	DefaultSettings    Object   `json:"default_settings" doc:"What settings are when they are not given"`
	RequiredExtensions []string `json:"required_extensions" doc:"Integrations that must be configured first"`
	SettingsSchema     Object   `json:"settings_schema" doc:"JSON Schema (2020-12) of the settings object"`
}

// CatalogueMeta counts the list of capabilities.
type CatalogueMeta struct {
	Total      int               `json:"total"`
	Categories []domain.Category `json:"categories"`
}

// StartedMeta says what was started.
type StartedMeta struct {
	Message     string `json:"message"`
	AgentReason string `json:"agent_reason,omitempty" doc:"Why this agent was chosen"`
}

type listCapabilities struct {
	Category    domain.Category `json:"category,omitempty" enum:"generation,publishing,analysis,workflow" doc:"Only this category"`
	IncludeBeta bool            `json:"include_beta,omitempty" default:"false" doc:"Beta capabilities too"`
}

type capabilitySlug struct {
	Slug string `json:"slug" in:"path" minLength:"1" maxLength:"100" doc:"The capability's slug, like generate-blog-post"`
}

type executeCapability struct {
	Slug     string          `json:"slug" in:"path" minLength:"1" maxLength:"100" doc:"The capability's slug, like generate-blog-post"`
	AgentID  int64           `json:"agent_id,omitempty" minimum:"1" doc:"Agent to use; by default one is chosen"`
	Settings Object          `json:"settings,omitempty" doc:"The capability's settings, by its settings_schema"`
	Context  Object          `json:"context,omitempty" doc:"Further context for the agent"`
	Priority domain.Priority `json:"priority,omitempty" enum:"low,normal,high,urgent" default:"normal" doc:"What goes first when much is waiting"`
	Notify   bool            `json:"notify_on_complete,omitempty" default:"false" doc:"Tell the workspace's people when it has ended"`
	Wait     int             `json:"wait,omitempty" in:"prefer" minimum:"0" maximum:"60" doc:"Seconds to wait for the end before answering"`
}

func capabilityRows(e *engine.Engine) []Op {
	details := engine.CapabilityDetails{Capability: sampleCapability, RequiredSettings: []string{"topic"}, DefaultSettings: json.RawMessage(`{"word_count":1200}`)}
	return []Op{
		op(Op{
			Name: "list_capabilities", Noun: "capabilities", Verb: "list", Method: http.MethodGet, Path: "/content-workflow/capabilities", Tag: "Capabilities",
			Summary: "List Capabilities", Description: "List available AI content capabilities.",
			Scope: domain.ScopeRead, ReadOnly: true, Repeatable: true, Tags: true, Default: true, Toolset: "capabilities", Meta: CatalogueMeta{},
			Columns: []string{"slug", "name", "category", "estimated_credits"}, Result: []domain.Capability{sampleCapability},
		}, func(ctx context.Context, in listCapabilities) ([]domain.Capability, error) {
			return e.Capabilities(ctx, engine.ListCapabilities{Category: in.Category, IncludeBeta: in.IncludeBeta})
		}, func(r *Reply, l []domain.Capability) []Resource[CapabilityAttributes] {
			r.Meta = CatalogueMeta{len(l), domain.Categories()}
			return each(l, func(c domain.Capability) Resource[CapabilityAttributes] {
				return Resource[CapabilityAttributes]{Type: "capability", ID: c.ID, Attributes: capability(c), Links: capabilityLinks(c)}
			})
		}),
		op(Op{
			Name: "get_capability", Noun: "capabilities", Verb: "get", Method: http.MethodGet, Path: "/content-workflow/capabilities/{slug}", Tag: "Capabilities",
			Summary: "Get Capability Details", Description: "What a capability needs: its settings with their JSON Schema and defaults.",
			Scope: domain.ScopeRead, ReadOnly: true, Repeatable: true, Tags: true, Default: true, Toolset: "capabilities", Errors: []domain.Code{domain.CodeNotFound}, Result: details,
		}, func(ctx context.Context, in capabilitySlug) (engine.CapabilityDetails, error) {
			return e.Capability(ctx, in.Slug)
		}, func(_ *Reply, c engine.CapabilityDetails) Resource[CapabilityDetailsAttributes] {
			return Resource[CapabilityDetailsAttributes]{Type: "capability", ID: c.ID, Links: capabilityLinks(c.Capability), Attributes: CapabilityDetailsAttributes{
				capability(c.Capability), list(c.RequiredSettings), Object(c.DefaultSettings), list(c.RequiredExtensions), Object(c.SettingsSchema)}}
		}),
		op(Op{
			Name: "execute_capability", Noun: "capabilities", Verb: "execute", Method: http.MethodPost, Path: "/content-workflow/capabilities/{slug}/execute", Tag: "Capabilities",
			Summary: "Execute Capability", Description: "Starts a durable run and answers at once; with wait it holds the answer until the run has ended. Then read the execution and its assets.",
			Scope: domain.ScopeContent, OpenWorld: true, Status: http.StatusCreated, Claims: true, Default: true, Toolset: "capabilities", Meta: StartedMeta{},
			Errors:  []domain.Code{domain.CodeInsufficientCredits, domain.CodeNotFound, domain.CodeConflict, domain.CodeUnavailable},
			Example: map[string]any{"slug": "generate-blog-post", "settings": map[string]any{"topic": "Cloud cost optimization", "word_count": 1200}, "priority": "normal"},
			Result:  engine.Started{Execution: sampleExecution, Agent: sampleAgent, AgentReason: "Content Writer is the only active agent that can generate-blog-post."},
		}, func(ctx context.Context, in executeCapability) (engine.Started, error) {
			s, err := e.Execute(ctx, engine.Execute{Capability: in.Slug, AgentID: in.AgentID, Settings: json.RawMessage(in.Settings), Context: json.RawMessage(in.Context), Priority: in.Priority, Notify: in.Notify})
			if err != nil || in.Wait == 0 {
				return s, err
			}
			// The run was accepted: that the wait was cut short takes nothing back.
			if d, err := await(reading(ctx), e, s.Execution.ID, in.Wait); err == nil {
				s.Execution = d.Execution
			}
			return s, nil
		}, viewStarted("Capability execution started")),
	}
}

// reading lets a caller whose key can only write read what this very call made.
func reading(ctx context.Context) context.Context {
	actor, _ := domain.ActorFrom(ctx)
	actor.Scopes = append(slices.Clone(actor.Scopes), domain.ScopeRead)
	return domain.WithActor(ctx, actor)
}

// progressKey is where a caller who wants to be told of progress keeps how.
type progressKey struct{}

// await waits for the end of a run for some seconds, telling progress to whoever
// wants it.
func await(ctx context.Context, e *engine.Engine, id int64, seconds int) (engine.ExecutionDetails, error) {
	whole := time.Duration(seconds) * time.Second
	tell, _ := ctx.Value(progressKey{}).(func(percent int, step string))
	if tell == nil {
		return e.WaitExecution(ctx, id, whole)
	}
	last := -1
	for {
		d, err := e.WaitExecution(ctx, id, min(whole, time.Second))
		whole -= time.Second
		if err != nil || d.Status.Ended() || whole <= 0 {
			return d, err
		}
		if d.Progress > last { // it must rise (MCP, progress)
			last = d.Progress
			tell(d.Progress, d.StepName(d.CurrentStep))
		}
	}
}

func capability(c domain.Capability) CapabilityAttributes {
	return CapabilityAttributes{c.Slug, c.Name, c.Description, c.Category, c.Category.Label(), c.RequiresCredits(), c.Credits, c.IsBeta}
}

func capabilityLinks(c domain.Capability) *Links {
	return &Links{Self: Base + "/content-workflow/capabilities/" + c.Slug}
}

// viewStarted shows an accepted run.
func viewStarted(message string) func(*Reply, engine.Started) Resource[ExecutionAttributes] {
	return func(r *Reply, s engine.Started) Resource[ExecutionAttributes] {
		r.Meta = StartedMeta{message, s.AgentReason}
		x := execution(engine.ExecutionRow{Execution: s.Execution, Agent: s.Agent})
		r.Location = x.Links.Self
		return x
	}
}
