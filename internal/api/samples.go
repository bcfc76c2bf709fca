package api

import (
	"encoding/json"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine"
)

// The things that examples are made of. An example in the document is such a
// thing sent through its row's own view, so that it cannot be untrue.
var (
	sampleTime      = time.Date(2026, 2, 26, 10, 0, 0, 0, time.UTC)
	sampleWorkspace = domain.Workspace{ID: 123, Slug: "acme", Name: "Acme Corp", Plan: domain.PlanBusiness, Timezone: "Europe/Berlin", NotifyEmails: []string{"content@example.com"}, FeedEnabled: true, AWSConnected: true, Revision: 3}
	sampleKey       = domain.Key{
		ID: 7, Name: "Website", Prefix: "vell_pk_Zk3x", Role: domain.RoleEditor, Scopes: []domain.Scope{domain.ScopeRead, domain.ScopeContent},
		CreatedBy: "Ada", CreatedAt: sampleTime,
	}
	sampleCapability = domain.Capability{
		ID: 1, Slug: "generate-blog-post", Name: "Blog Post Generator", Description: "Generate SEO-optimized blog posts", Category: domain.CategoryGeneration, Credits: 5, NeedsModel: true,
		SettingsSchema: json.RawMessage(`{"type":"object","properties":{"topic":{"type":"string","title":"Topic"}},"required":["topic"],"additionalProperties":false}`),
	}
	sampleAgent = domain.Agent{
		ID: 5, Name: "Content Writer", Type: domain.AgentInternal, Description: "Writes posts, articles and e-mails.", IsActive: true, Version: 1, CreatedAt: sampleTime, UpdatedAt: sampleTime,
		GuardrailPolicy: domain.GuardrailPolicy{"banned-terms": "retry"},
	}
	sampleVoice = domain.BrandVoice{
		ID: 2, Name: "Acme", Description: "Plain and warm", Tone: []string{"plain", "warm"}, Audience: "Heads of engineering", Do: []string{"Say what to do first"}, Dont: []string{"Boast"},
		PreferredTerms: []domain.PreferredTerm{{Use: "customers", InsteadOf: "users"}}, BannedTerms: []string{"synergy"}, SampleTexts: []string{"We fix it, then we explain it."},
		Language: "en", ReadingLevel: "general", IsDefault: true, Version: 1, CreatedAt: sampleTime, UpdatedAt: sampleTime,
	}
	sampleExecution = domain.Execution{
		ID: 789, Capability: "generate-blog-post", Title: "Cloud cost optimization", AgentID: 5, Status: domain.ExecutionPending, Priority: domain.PriorityNormal, CreditsHeld: 5, CreatedAt: sampleTime,
		Origin: domain.Origin{Kind: domain.OriginModel, Provider: "openai", Model: "gpt-5", AI: true}, Version: 1,
		Cost: domain.Cost{MicroUSD: 1830, PriceVersion: "2026-11", Known: true},
		Plan: []domain.PlanStep{{Key: "outline", Name: "Outline", Kind: "outline", Credits: 1}, {Key: "section-1", Name: "Section 1", Kind: "section", DependsOn: []string{"outline"}, Credits: 4}},
	}
	sampleCard = domain.ContentItem{
		ID: 101, ExecutionID: 789, Title: "Cloud Cost Optimization Guide", Type: domain.ContentBlog, Status: domain.ItemGenerated, Preview: "Cloud cost optimization is one of...", WordCount: 1200,
		Language: "en", Slug: "cloud-cost-optimization-guide", Keywords: []string{"cloud cost"}, Scores: map[string]float64{"seo": 82}, Origin: sampleExecution.Origin,
		Version: 1, Revision: 1, CreatedAt: sampleTime, UpdatedAt: sampleTime,
	}
	sampleFinding = domain.Finding{
		Guardrail: "unsupported-numbers", Step: "section-1", Severity: domain.SeverityWarning, Action: domain.ActionFlagged, Message: "Neither the input nor a source supports this number. Give a source or take it out.",
		ContentID: 101, Version: 1, Matches: []domain.Match{{Start: 120, End: 124, Text: "40 %"}},
	}
	sampleDetails = engine.ExecutionDetails{
		ExecutionRow: engine.ExecutionRow{Execution: sampleExecution, Agent: sampleAgent},
		Steps: []domain.StepResult{{
			Key: "outline", Status: domain.StepDone, Attempt: 1, StartedAt: sampleTime, CompletedAt: sampleTime.Add(1840 * time.Millisecond), Provider: "openai", Model: "gpt-5",
			InputTokens: 412, OutputTokens: 156, Credits: 1, Cost: sampleExecution.Cost, Output: json.RawMessage(`{"headings":["Start with what is idle"]}`),
		}},
		Items: []domain.ContentItem{sampleCard}, Findings: []domain.Finding{sampleFinding},
	}
	sampleItem = engine.ItemDetails{
		ContentItem:  withBody(sampleCard, "# Cloud Cost Optimization Guide\n\nStart with what is idle."),
		Agent:        &sampleAgent,
		Voice:        &sampleVoice,
		Execution:    &sampleExecution,
		Provenance:   json.RawMessage(`{"engine":"model"}`),
		Publications: []domain.Publication{},
		Moves:        []domain.ItemMove{{ContentID: 101, From: domain.ItemGenerated, To: domain.ItemReview, Version: 1, By: "Content Writer", ByKind: domain.ActorSystem, At: sampleTime}},
	}
)

func withBody(i domain.ContentItem, body string) domain.ContentItem {
	i.Body, i.Findings = body, []domain.Finding{sampleFinding}
	return i
}
