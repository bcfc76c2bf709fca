package api

import (
	"context"
	"net/http"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine"
)

// BrandVoiceAttributes is how a workspace wants its texts to sound.
type BrandVoiceAttributes struct {
	Name           string          `json:"name"`
	Description    string          `json:"description"`
	Tone           []string        `json:"tone"`
	Audience       string          `json:"audience"`
	Do             []string        `json:"do"`
	Dont           []string        `json:"dont"`
	PreferredTerms []PreferredTerm `json:"preferred_terms"`
	BannedTerms    []string        `json:"banned_terms"`
	SampleTexts    []string        `json:"sample_texts"`
	Language       string          `json:"language" doc:"BCP 47"`
	ReadingLevel   string          `json:"reading_level"`
	IsDefault      bool            `json:"is_default"`
	Version        int             `json:"version"`
	CreatedAt      time.Time       `json:"created_at"`
	UpdatedAt      time.Time       `json:"updated_at"`
}

// PreferredTerm says which word to use instead of another.
type PreferredTerm struct {
	Use       string `json:"use"`
	InsteadOf string `json:"instead_of"`
}

// AgentAttributes is who carries out capabilities.
type AgentAttributes struct {
	Name            string            `json:"name"`
	Type            domain.AgentType  `json:"type" enum:"internal,custom,external"`
	Description     string            `json:"description"`
	Capabilities    []string          `json:"capabilities" doc:"Slugs; empty: every capability"`
	Provider        *string           `json:"provider" doc:"Null: the installation's default"`
	Model           *string           `json:"model" doc:"Null: the provider's default"`
	Instructions    string            `json:"instructions"`
	VoiceID         *int64            `json:"brand_voice_id"`
	GuardrailPolicy map[string]string `json:"guardrail_policy" doc:"What is done about a guardrail's findings: flag, redact, retry or block"`
	IsActive        bool              `json:"is_active"`
	Version         int               `json:"version"`
	CreatedAt       time.Time         `json:"created_at"`
	UpdatedAt       time.Time         `json:"updated_at"`
}

type voiceID struct {
	ID int64 `json:"id" in:"path" minimum:"1" doc:"The brand voice's id"`
}

type agentID struct {
	ID int64 `json:"id" in:"path" minimum:"1" doc:"The agent's id"`
}

type listAgents struct {
	Type       domain.AgentType `json:"type,omitempty" enum:"internal,custom,external" doc:"Only this type"`
	ActiveOnly bool             `json:"active_only,omitempty" default:"true" doc:"Only active agents"`
	Paging
}

func voiceRows(e *engine.Engine) []Op {
	return []Op{
		op(Op{
			Name: "list_brand_voices", Noun: "brand-voices", Verb: "list", Method: http.MethodGet, Path: "/content-workflow/brand-voices", Tag: "Brand voices and agents",
			Summary: "List Brand Voices", Description: "How the workspace wants its texts to sound.", Scope: domain.ScopeRead, ReadOnly: true, Repeatable: true, Default: true, Toolset: "voices",
			Columns: []string{"id", "name", "language", "is_default"}, Result: domain.List[domain.BrandVoice]{Items: []domain.BrandVoice{sampleVoice}, Total: 1},
		}, func(ctx context.Context, in page) (domain.List[domain.BrandVoice], error) {
			return e.Voices(ctx, in.page())
		},
			func(r *Reply, l domain.List[domain.BrandVoice]) []Resource[BrandVoiceAttributes] {
				r.Total = l.Total
				return each(l.Items, voice)
			}),
		op(Op{
			Name: "get_brand_voice", Noun: "brand-voices", Verb: "get", Method: http.MethodGet, Path: "/content-workflow/brand-voices/{id}", Tag: "Brand voices and agents",
			Summary: "Get Brand Voice", Description: "One brand voice in full.", Scope: domain.ScopeRead, ReadOnly: true, Repeatable: true, Tags: true, Default: true, Toolset: "voices",
			Errors: []domain.Code{domain.CodeNotFound}, Result: sampleVoice,
		}, func(ctx context.Context, in voiceID) (domain.BrandVoice, error) { return e.Voice(ctx, in.ID) },
			func(_ *Reply, v domain.BrandVoice) Resource[BrandVoiceAttributes] { return voice(v) }),
		op(Op{
			Name: "list_agents", Noun: "agents", Verb: "list", Method: http.MethodGet, Path: "/content-workflow/agents", Tag: "Brand voices and agents",
			Summary: "List Agents", Description: "Who can carry out capabilities.", Scope: domain.ScopeRead, ReadOnly: true, Repeatable: true, Default: true, Toolset: "agents",
			Columns: []string{"id", "name", "type", "provider", "model", "is_active"}, Result: domain.List[domain.Agent]{Items: []domain.Agent{sampleAgent}, Total: 1},
		}, func(ctx context.Context, in listAgents) (domain.List[domain.Agent], error) {
			return e.Agents(ctx, engine.ListAgents{Type: in.Type, ActiveOnly: in.ActiveOnly, Page: in.page()})
		}, func(r *Reply, l domain.List[domain.Agent]) []Resource[AgentAttributes] {
			r.Total = l.Total
			return each(l.Items, agent)
		}),
		op(Op{
			Name: "get_agent", Noun: "agents", Verb: "get", Method: http.MethodGet, Path: "/content-workflow/agents/{id}", Tag: "Brand voices and agents",
			Summary: "Get Agent", Description: "One agent in full.", Scope: domain.ScopeRead, ReadOnly: true, Repeatable: true, Tags: true, Default: true, Toolset: "agents",
			Errors: []domain.Code{domain.CodeNotFound}, Result: sampleAgent,
		}, func(ctx context.Context, in agentID) (domain.Agent, error) { return e.Agent(ctx, in.ID) },
			func(_ *Reply, a domain.Agent) Resource[AgentAttributes] { return agent(a) }),
	}
}

func voice(v domain.BrandVoice) Resource[BrandVoiceAttributes] {
	return Resource[BrandVoiceAttributes]{
		Type: "brand_voice", ID: v.ID, Links: &Links{Self: Base + "/content-workflow/brand-voices/" + number(v.ID)},
		Attributes: BrandVoiceAttributes{
			Name: v.Name, Description: v.Description, Tone: list(v.Tone), Audience: v.Audience, Do: list(v.Do), Dont: list(v.Dont),
			PreferredTerms: each(v.PreferredTerms, func(t domain.PreferredTerm) PreferredTerm { return PreferredTerm(t) }),
			BannedTerms:    list(v.BannedTerms), SampleTexts: list(v.SampleTexts), Language: v.Language, ReadingLevel: v.ReadingLevel, IsDefault: v.IsDefault,
			Version: v.Version, CreatedAt: utc(v.CreatedAt), UpdatedAt: utc(v.UpdatedAt),
		},
	}
}

func agent(a domain.Agent) Resource[AgentAttributes] {
	policy := map[string]string(a.GuardrailPolicy)
	if policy == nil {
		policy = map[string]string{}
	}
	return Resource[AgentAttributes]{
		Type: "agent", ID: a.ID, Links: &Links{Self: Base + "/content-workflow/agents/" + number(a.ID)},
		Attributes: AgentAttributes{
			Name: a.Name, Type: a.Type, Description: a.Description, Capabilities: list(a.Capabilities), Provider: some(a.Provider), Model: some(a.Model),
			Instructions: a.Instructions, VoiceID: some(a.BrandVoiceID), GuardrailPolicy: policy, IsActive: a.IsActive, Version: a.Version,
			CreatedAt: utc(a.CreatedAt), UpdatedAt: utc(a.UpdatedAt),
		},
	}
}
