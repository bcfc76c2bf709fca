package work

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
	"vellocity/internal/ops"
	"vellocity/internal/verb"
)

// WorkflowTemplateAttributes is a template without its steps.
type WorkflowTemplateAttributes struct {
	Slug             string                  `json:"slug"`
	Name             string                  `json:"name"`
	Description      string                  `json:"description"`
	Category         domain.TemplateCategory `json:"category"`
	CategoryLabel    string                  `json:"category_label"`
	StepCount        int                     `json:"step_count"`
	EstimatedCredits int                     `json:"estimated_credits" doc:"Price with a model, while no step is skipped; composing without one is free"`
	IsBuiltin        bool                    `json:"is_builtin"        doc:"It ships with Vellocity and cannot be changed"`
	Version          int                     `json:"version"           doc:"Raised with each change"`
}

// WorkflowTemplateDetailsAttributes adds what the template asks for and does.
type WorkflowTemplateDetailsAttributes struct {
	WorkflowTemplateAttributes
	InputSchema ops.Object     `json:"input_schema" doc:"JSON Schema (2020-12) of the inputs"`
	Steps       []WorkflowStep `json:"steps"`
	CreatedAt   *time.Time     `json:"created_at"   doc:"Null for one that ships with Vellocity"`
	UpdatedAt   *time.Time     `json:"updated_at"   doc:"Null for one that ships with Vellocity"`
}

// WorkflowStep is one step of a template, in both directions.
type WorkflowStep struct {
	Key        string     `json:"key"                  limit:"step_key"   doc:"Lower-case letters and digits with hyphens between them"`
	Capability string     `json:"capability"           limit:"slug"       doc:"Slug of the capability"`
	Settings   ops.Object `json:"settings,omitempty"                      doc:"The capability's settings. Texts may have expressions: {{ inputs.topic }}, {{ steps.post.items[0].id }}, {{ steps.post.output.title ?? \"\" }}"`
	DependsOn  []string   `json:"depends_on,omitempty" limit:"depends_on" doc:"Keys of the steps that must be over before"`
	When       string     `json:"when,omitempty"       limit:"expression" doc:"An expression without braces that is true or false, such as steps.seo.output.score < 70; where it is false, the step is skipped"`
}

// WorkflowTemplateGroup is the templates of one category.
type WorkflowTemplateGroup struct {
	Category  domain.TemplateCategory                     `json:"category"`
	Label     string                                      `json:"label"`
	Templates []wire.Resource[WorkflowTemplateAttributes] `json:"templates"`
}

// SuggestedTemplateAttributes is a template that fits a use case.
type SuggestedTemplateAttributes struct {
	WorkflowTemplateAttributes
	Score  float64 `json:"score"  doc:"0 to 1"`
	Reason string  `json:"reason"`
}

// SuggestMeta says how suggestions were found.
type SuggestMeta struct {
	Method work.SuggestMethod `json:"method"         doc:"model: a model chose them; lexical: by the words that a template shares with the use case"`
	Note   string             `json:"note,omitempty" doc:"Why the connected model did not choose"`
}

// TemplatesMeta counts the list of templates.
type TemplatesMeta struct {
	Total      int                       `json:"total"`
	Categories []domain.TemplateCategory `json:"categories"`
}

// TemplateValidation is what an execution of a template with some inputs would do.
type TemplateValidation struct {
	Valid            bool           `json:"valid"`
	Errors           []FieldFault   `json:"errors"            doc:"What is wrong; empty where the inputs can be executed"`
	Resolved         []ResolvedStep `json:"resolved"          doc:"What is known of the steps"`
	EstimatedCredits int            `json:"estimated_credits" doc:"Price with a model, without the steps that will not run"`
}

// TemplateCheck is what is wrong with a template that is not stored.
type TemplateCheck struct {
	Valid            bool         `json:"valid"`
	Errors           []FieldFault `json:"errors"            doc:"What is wrong; empty where the template can be created"`
	EstimatedCredits int          `json:"estimated_credits" doc:"Price with a model, while no step is skipped"`
}

// FieldFault is one thing that is wrong with a field.
type FieldFault struct {
	Field   string `json:"field"   doc:"Path of the field, such as inputs.topic"`
	Message string `json:"message"`
}

// ResolvedStep is what is known of a step before anything runs.
type ResolvedStep struct {
	Key        string     `json:"key"`
	Capability string     `json:"capability"`
	Settings   ops.Object `json:"settings"   doc:"With the values of the expressions that are known"`
	Unresolved []string   `json:"unresolved" doc:"Paths of the settings whose values come from other steps"`
	Skipped    *string    `json:"skipped"    doc:"Why the step will not run; null where it does, or may"`
}

type listTemplates struct {
	Category domain.TemplateCategory `json:"category,omitempty" doc:"Only this category"`
}

// TemplateRef names a template in the path.
type TemplateRef struct {
	Template string `json:"template" in:"path" limit:"slug" doc:"The template's slug, like blog-and-social, or its id"`
}

type suggestTemplates struct {
	UseCase string `json:"use_case" limit:"use_case" doc:"What is wanted, in words"`
}

type executeTemplate struct {
	TemplateInput
	Wait int `json:"wait,omitempty" in:"prefer" limit:"wait" doc:"Seconds to wait for the end before responding"`
}

// TemplateInput is what an execution of a template is asked with.
type TemplateInput struct {
	TemplateRef
	Inputs   ops.Object      `json:"inputs,omitempty"             doc:"The template's inputs, by its input_schema"`
	AgentID  int64           `json:"agent_id,omitempty"           doc:"Agent to use for all steps; by default one is chosen, or one for each capability" minimum:"1"`
	Priority domain.Priority `json:"priority,omitempty"           doc:"Queue priority"                                                                               default:"normal"`
	Notify   bool            `json:"notify_on_complete,omitempty" doc:"Notify the workspace's members when it has ended"                                             default:"false"`
	MaxCreditsInput
}

func (in TemplateInput) execute() work.ExecuteTemplate {
	return work.ExecuteTemplate{
		Template:   in.Template,
		AgentID:    in.AgentID,
		Inputs:     json.RawMessage(in.Inputs),
		Priority:   in.Priority,
		Notify:     in.Notify,
		MaxCredits: in.MaxCredits,
	}
}

type validateTemplate struct {
	TemplateRef
	Inputs ops.Object `json:"inputs,omitempty" doc:"The template's inputs, by its input_schema"`
}

// TemplateBody is all of a template but its slug.
type TemplateBody struct {
	Name        string                  `json:"name"                  limit:"template_name"        doc:"What people call it"`
	Description string                  `json:"description,omitempty" limit:"template_description" doc:"What it is for"`
	Category    domain.TemplateCategory `json:"category,omitempty"                                 doc:"Groups it in lists"                                                default:"other"`
	InputSchema ops.Object              `json:"input_schema"                                       doc:"JSON Schema (2020-12) of the inputs, an object"`
	Steps       []WorkflowStep          `json:"steps"                 limit:"template_steps"       doc:"The steps; they run side by side unless they depend on each other"`
}

func (b TemplateBody) template(slug string) domain.Template {
	return domain.Template{
		Slug: slug, Name: b.Name, Description: b.Description, Category: b.Category,
		InputSchema: json.RawMessage(b.InputSchema),
		Steps: wire.Each(b.Steps, func(s WorkflowStep) domain.TemplateStep {
			return domain.TemplateStep{
				Key: s.Key, Capability: s.Capability, Settings: json.RawMessage(s.Settings), DependsOn: wire.List(s.DependsOn),
				When: s.When,
			}
		}),
	}
}

type createTemplate struct {
	Slug string `json:"slug" limit:"slug" doc:"Lower-case letters and digits with hyphens between them; it stays for ever"`
	TemplateBody
}

type replaceTemplate struct {
	TemplateRef
	TemplateBody
	ops.Conditional
}

type deleteTemplate struct {
	TemplateRef
	ops.Conditional
}

const templates = "/content-workflow/workflow-templates"

// templateTools is the toolset of the templates.
const templateTools = "templates"

var chapterTemplates = ops.Chapter{
	Name: "Workflow templates",
	Description: "Several capabilities as one execution. The settings of a step are made of the inputs and of " +
		"what earlier steps recorded.",
}

var sampleTemplate = work.TemplateDetails{
	Credits: 5,
	Template: domain.Template{
		ID: 1001, Slug: "post-and-review", Name: "Post and review", Description: "Write a post, then review it.",
		Category: domain.TemplateBlog, Version: 1, CreatedAt: wire.SampleTime(), UpdatedAt: wire.SampleTime(),
		InputSchema: json.RawMessage(
			`{"type":"object","required":["topic"],"properties":{"topic":{"type":"string","title":"Topic"}}}`,
		),
		Steps: []domain.TemplateStep{
			{Key: "post", Capability: "generate-blog-post", Settings: json.RawMessage(`{"topic":"{{ inputs.topic }}"}`)},
			{
				Key: "review", Capability: "review-content", DependsOn: []string{"post"}, When: "steps.post.output.words > 100",
				Settings: json.RawMessage(`{"content_id":"{{ steps.post.items[0].id }}"}`),
			},
		},
	},
}

// sampleTemplateInput is an input that gives the sample.
func sampleTemplateInput(further map[string]any) map[string]any {
	t := sampleTemplate
	body := map[string]any{
		"name": t.Name, "description": t.Description, "category": string(t.Category),
		"input_schema": t.InputSchema, "steps": wire.Each(t.Steps, workflowStep),
	}
	maps.Copy(body, further)
	return body
}

func templateRows(v *work.Verbs) []ops.Op {
	return []ops.Op{
		listTemplatesRow(v), groupedTemplatesRow(v), suggestTemplatesRow(v), getTemplateRow(v), executeTemplateRow(v),
		planTemplateRow(v), validateTemplateRow(v), checkTemplateRow(v),
		createTemplateRow(v), replaceTemplateRow(v), deleteTemplateRow(v),
	}
}

func listTemplatesRow(v *work.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "list_workflow_templates",
		Route: ops.Route{Method: http.MethodGet, Path: templates},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterTemplates, Summary: "List Workflow Templates",
			Description: "Templates that ship with Vellocity, then the workspace's own.",
			Meta:        TemplatesMeta{},
		},
		Tool: ops.Tool{Set: templateTools, Brief: []string{"slug", "name", "description", "category", "estimated_credits"}},
		Command: ops.Command{
			Noun: "templates", Verb: "list", Columns: []string{"slug", "name", "category", "step_count", "estimated_credits"},
		},
	}, func(ctx context.Context, in listTemplates) ([]work.TemplateDetails, error) {
		return v.Templates(ctx, work.ListTemplates{Category: in.Category})
	}, func(r *ops.Reply, l []work.TemplateDetails) []wire.Resource[WorkflowTemplateAttributes] {
		r.Meta = TemplatesMeta{len(l), domain.TemplateCategories()}
		return wire.Each(l, templateResource)
	}, []work.TemplateDetails{sampleTemplate})
}

func groupedTemplatesRow(v *work.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "group_workflow_templates",
		Route: ops.Route{Method: http.MethodGet, Path: templates + "/grouped"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterTemplates, Summary: "Get Grouped Workflow Templates", Description: "Templates by category.",
		},
		Tool:    ops.Tool{Set: templateTools},
		Command: ops.Command{Noun: "templates", Verb: "grouped"},
	}, func(ctx context.Context, _ struct{}) ([]work.TemplateGroup, error) {
		return v.GroupedTemplates(ctx)
	}, func(_ *ops.Reply, l []work.TemplateGroup) []WorkflowTemplateGroup {
		return wire.Each(l, func(g work.TemplateGroup) WorkflowTemplateGroup {
			return WorkflowTemplateGroup{g.Category, g.Category.Label(), wire.Each(g.Templates, templateResource)}
		})
	}, []work.TemplateGroup{{Category: domain.TemplateBlog, Templates: []work.TemplateDetails{sampleTemplate}}})
}

func getTemplateRow(v *work.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "get_workflow_template",
		Route: ops.Route{Method: http.MethodGet, Path: templates + "/{template}"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterTemplates, Summary: "Get Workflow Template",
			Description: "A template with the JSON Schema of its inputs and its steps.",
			Errors:      []domain.Code{domain.CodeNotFound},
			Example:     map[string]any{"template": sampleTemplate.Slug},
		},
		Tool:    ops.Tool{Set: templateTools},
		Command: ops.Command{Noun: "templates", Verb: "get"},
	}, func(ctx context.Context, in TemplateRef) (work.TemplateDetails, error) {
		return v.Template(ctx, in.Template)
	}, viewTemplate, sampleTemplate)
}

func executeTemplateRow(v *work.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name: "execute_workflow_template",
		Route: ops.Route{
			Method: http.MethodPost,
			Path:   templates + "/{template}/execute",
			Status: http.StatusCreated,
		},
		Scope:          domain.ScopeReview,
		Hints:          ops.Hints{OpenWorld: true},
		IdempotencyKey: true,
		Docs: ops.Docs{
			Chapter: chapterTemplates, Summary: "Execute Workflow Template",
			Description: "Starts one durable execution of all steps and responds at once; with wait it responds when the " +
				"execution has ended. It takes the scopes of all that its capabilities may do: publish where one publishes, " +
				"content for all else. With max_credits it is not started where the inputs make it certain that it costs " +
				"more; else it fails at the step that would cost more, before that step writes anything.",
			Meta: StartedMeta{},
			Errors: []domain.Code{
				domain.CodeInsufficientCredits, domain.CodeNotFound, domain.CodeConflict, domain.CodeUnavailable,
			},
			Example: map[string]any{
				"template": sampleTemplate.Slug,
				"inputs":   map[string]any{"topic": "Cloud cost optimization"},
			},
		},
		Tool: ops.Tool{
			Set: templateTools, Description: "Executes a workflow template by its slug: several capabilities as one " +
				"execution. " +
				"get_workflow_template has its inputs. " + afterwards,
		},
		Command: ops.Command{Noun: "templates", Verb: "execute"},
	}, func(ctx context.Context, in executeTemplate) (work.Started, error) {
		execute := in.execute()
		execute.Wait = time.Duration(in.Wait) * time.Second
		return v.ExecuteTemplate(ctx, execute)
	}, viewStarted("Workflow template execution started"), sampleTemplateStarted())
}

// sampleTemplateStarted is an accepted execution of the sample.
func sampleTemplateStarted() work.Started {
	x := sampleExecution
	x.Capability, x.Template, x.Title = "", sampleTemplate.Slug, sampleTemplate.Name+": Cloud cost optimization"
	return work.Started{
		Execution: x, Agent: wire.SampleAgent(),
		AgentReason: "Content Writer is the first active agent that lists generate-blog-post. " +
			"Content Reviewer is the first active agent that lists review-content.",
	}
}

func validateTemplateRow(v *work.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "validate_workflow_template",
		Route: ops.Route{Method: http.MethodPost, Path: templates + "/{template}/validate"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterTemplates, Summary: "Validate Workflow Template",
			Description: "Says what an execution with these inputs would do, or what is wrong with them. Nothing is " +
				"started or charged.",
			Errors: []domain.Code{domain.CodeNotFound},
			Example: map[string]any{
				"template": sampleTemplate.Slug,
				"inputs":   map[string]any{"topic": "Cloud cost optimization"},
			},
		},
		Tool:    ops.Tool{Set: templateTools},
		Command: ops.Command{Noun: "templates", Verb: "validate"},
	}, func(ctx context.Context, in validateTemplate) (work.Validation, error) {
		return v.ValidateTemplate(ctx, work.ValidateTemplate{Template: in.Template, Inputs: json.RawMessage(in.Inputs)})
	}, viewValidation, work.Validation{Credits: 5})
}

func suggestTemplatesRow(v *work.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "suggest_workflow_templates",
		Route: ops.Route{Method: http.MethodPost, Path: templates + "/suggest"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, OpenWorld: true},
		Docs: ops.Docs{
			Chapter: chapterTemplates, Summary: "Suggest Workflow Templates",
			Description: "Templates that fit a use case, best first, with a score and the reason. Where a model is " +
				"connected it " +
				"chooses; else, and where it does not answer, words are compared. meta.method says which.",
			Meta:    SuggestMeta{},
			Example: map[string]any{"use_case": "Announce a product launch on our blog and on social media"},
		},
		Tool:    ops.Tool{Set: templateTools, Brief: []string{"slug", "name", "description", "score", "reason"}},
		Command: ops.Command{Noun: "templates", Verb: "suggest", Columns: []string{"slug", "name", "score", "reason"}},
	}, func(ctx context.Context, in suggestTemplates) (work.Suggestions, error) {
		return v.SuggestTemplates(ctx, in.UseCase)
	}, func(r *ops.Reply, l work.Suggestions) []wire.Resource[SuggestedTemplateAttributes] {
		r.Meta = SuggestMeta{l.Method, l.Note}
		return wire.Each(l.List, func(s work.SuggestedTemplate) wire.Resource[SuggestedTemplateAttributes] {
			t := templateResource(s.TemplateDetails)
			return wire.Resource[SuggestedTemplateAttributes]{
				Type: t.Type, ID: t.ID, Links: t.Links,
				Attributes: SuggestedTemplateAttributes{t.Attributes, s.Score, s.Reason},
			}
		})
	}, work.Suggestions{Method: work.SuggestedByWords, List: []work.SuggestedTemplate{{
		TemplateDetails: sampleTemplate, Score: 0.5, Reason: "It has 2 of 4 of your words: “write”, “post”.",
	}}})
}

func checkTemplateRow(v *work.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "check_workflow_template",
		Route: ops.Route{Method: http.MethodPost, Path: templates + "/check"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterTemplates, Summary: "Check a workflow template",
			Description: "Says what is wrong with a template before it is created or changed. Nothing is stored, and " +
				"whether the slug is taken is not checked.",
			Example: sampleTemplateInput(map[string]any{"slug": sampleTemplate.Slug}),
		},
		Tool:    ops.Tool{Set: templateTools},
		Command: ops.Command{Noun: "templates", Verb: "check"},
	}, func(ctx context.Context, in createTemplate) (work.Validation, error) {
		return v.CheckTemplate(ctx, in.template(in.Slug))
	}, func(_ *ops.Reply, c work.Validation) TemplateCheck {
		return TemplateCheck{Valid: len(c.Faults) == 0, Errors: fieldFaults(c.Faults), EstimatedCredits: c.Credits}
	}, work.Validation{Credits: 5})
}

func createTemplateRow(v *work.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "create_workflow_template",
		Route:          ops.Route{Method: http.MethodPost, Path: templates, Status: http.StatusCreated},
		Scope:          domain.ScopeWrite,
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapterTemplates, Summary: "Create a workflow template",
			Description: "It is checked whole; a VALIDATION_ERROR has all faults at once, at paths such as steps.2.when.",
			Errors:      []domain.Code{domain.CodeConflict},
			Example:     sampleTemplateInput(map[string]any{"slug": sampleTemplate.Slug}),
		},
		Tool:    ops.Tool{Set: templateTools},
		Command: ops.Command{Noun: "templates", Verb: "create"},
	}, func(ctx context.Context, in createTemplate) (work.TemplateDetails, error) {
		return v.CreateTemplate(ctx, in.template(in.Slug))
	}, func(r *ops.Reply, t work.TemplateDetails) wire.Resource[WorkflowTemplateDetailsAttributes] {
		out := viewTemplate(r, t)
		r.Location = out.Links.Self
		return out
	}, sampleTemplate)
}

func replaceTemplateRow(v *work.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "replace_workflow_template",
		Route:          ops.Route{Method: http.MethodPut, Path: templates + "/{template}"},
		Scope:          domain.ScopeWrite,
		Hints:          ops.Hints{Destructive: true},
		IdempotencyKey: true,
		ETag:           true,
		Docs: ops.Docs{
			Chapter: chapterTemplates, Summary: "Change a workflow template",
			Description: "Stores all of it but its slug as its next version. Executions that were started before go on " +
				"with the " +
				"version that they began with. One that ships with Vellocity cannot be changed.",
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: sampleTemplateInput(map[string]any{"template": sampleTemplate.Slug}),
		},
		Tool:    ops.Tool{Set: templateTools},
		Command: ops.Command{Noun: "templates", Verb: "replace"},
	}, func(ctx context.Context, in replaceTemplate) (work.TemplateDetails, error) {
		return v.ReplaceTemplate(ctx, work.ReplaceTemplate{
			Ref: in.Template, Template: in.template(""), Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	}, viewTemplate, sampleTemplate)
}

func deleteTemplateRow(v *work.Verbs) ops.Op {
	return ops.NewEmpty(ops.Op{
		Name:  "delete_workflow_template",
		Route: ops.Route{Method: http.MethodDelete, Path: templates + "/{template}"},
		Scope: domain.ScopeWrite,
		Hints: ops.Hints{Destructive: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterTemplates, Summary: "Delete a workflow template",
			Description: "Executions of it go on, and can be retried. One that ships with Vellocity cannot be deleted.",
			Errors:      []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example:     map[string]any{"template": sampleTemplate.Slug},
		},
		Tool:    ops.Tool{Set: templateTools},
		Command: ops.Command{Noun: "templates", Verb: "delete"},
	}, func(ctx context.Context, in deleteTemplate) error {
		return v.DeleteTemplate(ctx, work.DeleteTemplate{
			Ref: in.Template, Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	})
}

func templateResource(t work.TemplateDetails) wire.Resource[WorkflowTemplateAttributes] {
	return wire.Resource[WorkflowTemplateAttributes]{
		Type:  "workflow_template",
		ID:    t.ID,
		Links: &wire.Links{Self: ops.Base + templates + "/" + t.Slug},
		Attributes: WorkflowTemplateAttributes{
			Slug:             t.Slug,
			Name:             t.Name,
			Description:      t.Description,
			Category:         t.Category,
			CategoryLabel:    t.Category.Label(),
			StepCount:        len(t.Steps),
			EstimatedCredits: t.Credits,
			IsBuiltin:        t.IsBuiltin,
			Version:          t.Version,
		},
	}
}

func viewTemplate(r *ops.Reply, t work.TemplateDetails) wire.Resource[WorkflowTemplateDetailsAttributes] {
	r.Revision = wire.Number(int64(t.Version))
	short := templateResource(t)
	return wire.Resource[WorkflowTemplateDetailsAttributes]{
		Type: short.Type, ID: short.ID, Links: short.Links,
		Attributes: WorkflowTemplateDetailsAttributes{
			WorkflowTemplateAttributes: short.Attributes,
			InputSchema:                ops.Object(t.InputSchema),
			Steps:                      wire.Each(t.Steps, workflowStep),
			CreatedAt:                  wire.Time(t.CreatedAt),
			UpdatedAt:                  wire.Time(t.UpdatedAt),
		},
	}
}

func workflowStep(s domain.TemplateStep) WorkflowStep {
	return WorkflowStep{s.Key, s.Capability, ops.Object(s.Settings), wire.List(s.DependsOn), s.When}
}

func viewValidation(_ *ops.Reply, v work.Validation) TemplateValidation {
	out := TemplateValidation{
		Valid: len(v.Faults) == 0, Errors: fieldFaults(v.Faults), Resolved: []ResolvedStep{}, EstimatedCredits: v.Credits,
	}
	for _, s := range v.Steps {
		out.Resolved = append(out.Resolved, ResolvedStep{
			Key: s.Key, Capability: s.Capability, Settings: ops.Object(s.Settings), Unresolved: wire.List(s.Open),
			Skipped: wire.Optional(s.Skip),
		})
	}
	return out
}

// fieldFaults lists faults by their fields.
func fieldFaults(faults map[string][]string) []FieldFault {
	out := []FieldFault{}
	for _, field := range slices.Sorted(maps.Keys(faults)) {
		for _, message := range faults[field] {
			out = append(out, FieldFault{field, message})
		}
	}
	return out
}
