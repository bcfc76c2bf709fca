package work

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
	"vellocity/internal/ops"
)

// CapabilityAttributes is one thing that Vellocity can be asked to do.
type CapabilityAttributes struct {
	Slug             string          `json:"slug"`
	Name             string          `json:"name"`
	Description      string          `json:"description"`
	Category         domain.Category `json:"category"`
	CategoryLabel    string          `json:"category_label"`
	RequiresCredits  bool            `json:"requires_credits"`
	EstimatedCredits int             `json:"estimated_credits" doc:"Price with a model; composing without one is free"`
	IsBeta           bool            `json:"is_beta"`
}

// CapabilityDetailsAttributes adds what the settings look like.
type CapabilityDetailsAttributes struct {
	CapabilityAttributes
	RequiredSettings   []string   `json:"required_settings"   doc:"Names of the settings that must be given"`
	DefaultSettings    ops.Object `json:"default_settings"    doc:"The values of settings that are not given"`
	RequiredExtensions []string   `json:"required_extensions" doc:"Integrations that must be configured first"`
	MissingExtensions  []string   `json:"missing_extensions"  doc:"Those of required_extensions that this server does not have"`
	SettingsSchema     ops.Object `json:"settings_schema"     doc:"JSON Schema (2020-12) of the settings object"`
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
	Category    domain.Category `json:"category,omitempty"     doc:"Only this category"`
	IncludeBeta bool            `json:"include_beta,omitempty" doc:"Beta capabilities too" default:"false"`
}

type capabilitySlug struct {
	Slug string `json:"slug" in:"path" limit:"slug" doc:"The capability's slug, like generate-blog-post"`
}

type executeCapability struct {
	CapabilityInput
	Wait int `json:"wait,omitempty" in:"prefer" limit:"wait" doc:"Seconds to wait for the end before responding"`
}

// CapabilityInput is what an execution of a capability is asked with.
type CapabilityInput struct {
	Slug     string          `json:"slug"                         in:"path"   limit:"slug" doc:"The capability's slug, like generate-blog-post"`
	AgentID  int64           `json:"agent_id,omitempty"                                    doc:"Agent to use; by default one is chosen"            minimum:"1"`
	Settings ops.Object      `json:"settings,omitempty"                                    doc:"The capability's settings, by its settings_schema"`
	Context  ops.Object      `json:"context,omitempty"                                     doc:"Further context for the agent"`
	Priority domain.Priority `json:"priority,omitempty"                                    doc:"Queue priority"                                                default:"normal"`
	Notify   bool            `json:"notify_on_complete,omitempty"                          doc:"Notify the person who starts it, or who created the key, when it is complete" default:"false"`
	MaxCreditsInput
}

// MaxCreditsInput is the hard limit of what an execution costs.
type MaxCreditsInput struct {
	MaxCredits *int `json:"max_credits,omitempty" limit:"max_credits" doc:"Most credits that the execution may hold and spend; by default its price. Pass credits_held of a plan to get what was planned"`
}

func (in CapabilityInput) execute() work.Execute {
	return work.Execute{
		Capability: in.Slug,
		AgentID:    in.AgentID,
		Settings:   json.RawMessage(in.Settings),
		Context:    json.RawMessage(in.Context),
		Priority:   in.Priority,
		Notify:     in.Notify,
		MaxCredits: in.MaxCredits,
	}
}

const (
	capabilities    = "/content-workflow/capabilities"
	capabilityTools = "generate" // the toolset of the capabilities' own tools
)

var (
	sampleCapability = domain.Capability{
		ID:          1,
		Slug:        "generate-blog-post",
		Name:        "Blog Post Generator",
		Description: "Generate SEO-optimized blog posts",
		Category:    domain.CategoryGeneration,
		Credits:     5,
		NeedsModel:  true,
		SettingsSchema: json.RawMessage(`{"type":"object","properties":{"topic":{"type":"string","title":"Topic"}},` +
			`"required":["topic"],"additionalProperties":false}`),
	}
	sampleCapabilityDetails = work.CapabilityDetails{
		Capability:       sampleCapability,
		RequiredSettings: []string{"topic"},
		DefaultSettings:  json.RawMessage(`{"word_count":1200}`),
	}
	sampleStarted = work.Started{
		Execution:   sampleExecution,
		Agent:       wire.SampleAgent(),
		AgentReason: "Content Writer is the only active agent that can generate-blog-post.",
	}
)

const executeDescription = "Starts a durable execution and responds at once; with wait it responds when the " +
	"execution has ended. Then read the execution and its assets. One that publishes takes the scope publish, any other " +
	"the scope content. An execution whose max_credits is too low is not started."

func capabilityRows(v *work.Verbs) []ops.Op {
	chapter := ops.Chapter{Name: "Capabilities", Description: "What Vellocity can be asked to do."}
	return []ops.Op{
		ops.New(ops.Op{
			Name:  "list_capabilities",
			Route: ops.Route{Method: http.MethodGet, Path: capabilities},
			Scope: domain.ScopeRead,
			Hints: ops.Hints{ReadOnly: true, Idempotent: true},
			ETag:  true,
			Docs: ops.Docs{
				Chapter:     chapter,
				Summary:     "List Capabilities",
				Description: "List available AI content capabilities.",
				Meta:        CatalogueMeta{},
			},
			Tool: ops.Tool{Set: "capabilities", Listed: true, Resources: []ops.Resource{{
				URI:         "vellocity://capabilities",
				Name:        "capabilities",
				Description: "What Vellocity can be asked to do",
			}}, Brief: []string{"slug", "name", "description", "category", "estimated_credits"}},
			Command: ops.Command{
				Noun:    "capabilities",
				Verb:    "list",
				Columns: []string{"slug", "name", "category", "estimated_credits"},
			},
		}, func(ctx context.Context, in listCapabilities) ([]domain.Capability, error) {
			return v.Capabilities(ctx, work.ListCapabilities{Category: in.Category, IncludeBeta: in.IncludeBeta})
		}, viewCatalogue, []domain.Capability{sampleCapability}),
		ops.New(ops.Op{
			Name:  "get_capability",
			Route: ops.Route{Method: http.MethodGet, Path: capabilities + "/{slug}"},
			Scope: domain.ScopeRead,
			Hints: ops.Hints{ReadOnly: true, Idempotent: true},
			ETag:  true,
			Docs: ops.Docs{
				Chapter:     chapter,
				Summary:     "Get Capability Details",
				Description: "What a capability needs: its settings with their JSON Schema and defaults.",
				Errors:      []domain.Code{domain.CodeNotFound},
				Example:     map[string]any{"slug": sampleCapability.Slug},
			},
			Tool: ops.Tool{Set: "capabilities", Listed: true, Resources: []ops.Resource{{
				URI:         "vellocity://capabilities/{slug}",
				Name:        "capability",
				Description: "A capability with the schema of its settings",
			}}},
			Command: ops.Command{Noun: "capabilities", Verb: "get"},
		}, func(ctx context.Context, in capabilitySlug) (work.CapabilityDetails, error) {
			return v.Capability(ctx, in.Slug)
		}, viewCapability, sampleCapabilityDetails),
		ops.New(ops.Op{
			Name: "execute_capability",
			Route: ops.Route{
				Method: http.MethodPost,
				Path:   capabilities + "/{slug}/execute",
				Status: http.StatusCreated,
			},
			Scope:          domain.ScopeReview,
			Hints:          ops.Hints{OpenWorld: true},
			IdempotencyKey: true,
			Further:        settingsFaults(v),
			Docs: ops.Docs{
				Chapter:     chapter,
				Summary:     "Execute Capability",
				Description: executeDescription,
				Meta:        StartedMeta{},
				Errors: []domain.Code{
					domain.CodeInsufficientCredits, domain.CodeNotFound, domain.CodeConflict, domain.CodeUnavailable,
				},
				Example: map[string]any{
					"slug":     "generate-blog-post",
					"settings": map[string]any{"topic": "Cloud cost optimization", "word_count": 1200},
					"priority": "normal",
				},
			},
			Tool:    executeTool(v),
			Command: ops.Command{Noun: "capabilities", Verb: "execute"},
		}, func(ctx context.Context, in executeCapability) (work.Started, error) {
			execute := in.execute()
			execute.Wait = time.Duration(in.Wait) * time.Second
			return v.Execute(ctx, execute)
		}, viewStarted("Capability execution started"), sampleStarted),
		planCapabilityRow(v, chapter),
	}
}

func executeTool(v *work.Verbs) ops.Tool {
	return ops.Tool{
		Set:    "capabilities",
		Listed: true,
		Description: "Executes a capability by its slug, such as generate-blog-post (with hyphens). Prefer the tool of " +
			"the same name with underscores, which knows its settings; list_capabilities has the others. " +
			afterwards,
		Variants: variants(v),
	}
}

// settingsFaults notes what is wrong with the settings of a call that is refused anyway.
func settingsFaults(v *work.Verbs) func(map[string]any, *domain.Problems) {
	return func(args map[string]any, p *domain.Problems) {
		slug, _ := args["slug"].(string)
		settings, ok := args["settings"].(map[string]any)
		if v != nil && (ok || args["settings"] == nil) { // else the row has refused them
			v.CheckSettings(p, slug, ops.MustEncode(settings))
		}
	}
}

// variants gives each capability a tool of its own, typed by its settings.
func variants(v *work.Verbs) []ops.Variant {
	if v == nil {
		return nil
	}
	return wire.Each(v.AllCapabilities(), func(c work.CapabilityDetails) ops.Variant {
		return ops.Variant{
			Name:        toolName(c.Slug),
			Title:       c.Name,
			Description: strings.TrimSuffix(c.Description, ".") + ". " + next(c.Capability),
			Set:         capabilityTools,
			Listed:      c.IsFeatured,
			Fixed:       map[string]any{"slug": c.Slug},
			Schema:      c.ToolSchema,
			Into:        "settings",
			Beside:      []string{"agent_id", "priority", "max_credits", "wait"},
			Scopes:      domain.EffectScopes(c.Effects),
		}
	})
}

// toolName is the name of a capability's own tool. Where an operation has that name, it is another.
func toolName(slug string) string {
	name := strings.ReplaceAll(slug, "-", "_")
	if name == "generate_image" {
		return "execute_" + name
	}
	return name
}

// afterwards is what a model does once it has started an execution.
const afterwards = "Starts an execution; with wait, answers when it has ended. Then get_execution."

// next says where a model finds what an execution of this kind has made: the generating
// ones create content items, the others record a report as the output of their last step.
func next(c domain.Capability) string {
	if c.Category == domain.CategoryGeneration && c.NeedsModel {
		return "Starts an execution; with wait, answers when it has ended. Then get_execution_assets lists the content items."
	}
	return afterwards + " Its last step's output is the result."
}

func viewCatalogue(r *ops.Reply, l []domain.Capability) []wire.Resource[CapabilityAttributes] {
	r.Meta = CatalogueMeta{len(l), domain.Categories()}
	return wire.Each(l, func(c domain.Capability) wire.Resource[CapabilityAttributes] {
		return wire.Resource[CapabilityAttributes]{
			Type:       "capability",
			ID:         c.ID,
			Attributes: capability(c),
			Links:      capabilityLinks(c),
		}
	})
}

func viewCapability(_ *ops.Reply, c work.CapabilityDetails) wire.Resource[CapabilityDetailsAttributes] {
	return wire.Resource[CapabilityDetailsAttributes]{
		Type:  "capability",
		ID:    c.ID,
		Links: capabilityLinks(c.Capability),
		Attributes: CapabilityDetailsAttributes{
			CapabilityAttributes: capability(c.Capability),
			RequiredSettings:     wire.List(c.RequiredSettings),
			DefaultSettings:      ops.Object(c.DefaultSettings),
			RequiredExtensions:   wire.List(c.RequiredExtensions),
			MissingExtensions:    wire.List(c.MissingExtensions),
			SettingsSchema:       ops.Object(c.SettingsSchema),
		},
	}
}

func capability(c domain.Capability) CapabilityAttributes {
	return CapabilityAttributes{
		Slug:             c.Slug,
		Name:             c.Name,
		Description:      c.Description,
		Category:         c.Category,
		CategoryLabel:    c.Category.Label(),
		RequiresCredits:  c.RequiresCredits(),
		EstimatedCredits: c.Credits,
		IsBeta:           c.IsBeta,
	}
}

func capabilityLinks(c domain.Capability) *wire.Links {
	return &wire.Links{Self: ops.Base + capabilities + "/" + c.Slug}
}

// viewStarted shows an execution that was accepted.
func viewStarted(message string) func(*ops.Reply, work.Started) wire.Resource[ExecutionAttributes] {
	return func(r *ops.Reply, s work.Started) wire.Resource[ExecutionAttributes] {
		r.Meta = StartedMeta{message, s.AgentReason}
		x := execution(work.ExecutionRow{Execution: s.Execution, Agent: s.Agent})
		r.Location, r.Began = x.Links.Self, s.Execution.ID
		return x
	}
}
