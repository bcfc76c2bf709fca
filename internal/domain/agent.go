package domain

import (
	"cmp"
	"slices"
	"time"
)

// AgentType says where an agent lives.
type AgentType string

// The types of the contract.
const (
	AgentInternal AgentType = "internal" // ships with Vellocity
	AgentCustom   AgentType = "custom"   // made in the workspace
	AgentExternal AgentType = "external" // an address of the workspace's own writes its texts
)

// ProviderExternal is the provider of texts that an external agent wrote.
const ProviderExternal = "external"

// Agent carries out capabilities with a provider, a model, instructions and a
// guardrail policy of its own.
type Agent struct {
	ID                     int64
	Name                   string
	Type                   AgentType
	Description            string
	Capabilities           []string // slugs; empty means every capability
	Provider               string   // name of a configured provider; "" means the installation's default
	Model                  string
	Instructions           string
	BrandVoiceID           int64 // 0: none of its own
	GuardrailPolicy        GuardrailPolicy
	IsActive               bool
	External               ExternalAgent
	MaxCreditsPerExecution int // what one execution may cost; 0: no limit
	MaxCreditsPerDay       int // what the executions that are accepted on one day may cost; 0: no limit
	Version                int // raised by each change
	CreatedAt              time.Time
	UpdatedAt              time.Time
}

// ExternalAgent is where an external agent is reached; the zero value for any other.
type ExternalAgent struct {
	URL            string
	TimeoutSeconds int    // how long it may take for one text; 0: [AgentTimeout]
	Sealed         string // its signing secret, encrypted
}

// AgentTimeout is how many seconds an external agent has for one text unless it says more.
const AgentTimeout = 60

// Timeout is how long the agent may take for one text.
func (e ExternalAgent) Timeout() time.Duration {
	return time.Duration(cmp.Or(e.TimeoutSeconds, AgentTimeout)) * time.Second
}

// Can reports whether the agent may carry out the capability.
func (a Agent) Can(slug string) bool {
	return len(a.Capabilities) == 0 || slices.Contains(a.Capabilities, slug)
}

// Revision changes with everything that may change about an agent, for ETags.
func (a Agent) Revision() int64 { return int64(a.Version) }

// GuardrailPolicy maps a guardrail's slug to what is done about its findings:
// "flag", "redact", "retry" (once, with the finding in the prompt) or
// "block". A guardrail that is not in the map does what is its default.
type GuardrailPolicy map[string]string

// AgentEdit is what people may change about an agent beside its name. A nil field stays
// as it is. Names, limits and help are those of the operations that create and change
// one, where null:"clears" is a field that null removes.
type AgentEdit struct {
	Description            *string         `json:"description,omitempty" null:"clears" limit:"agent_description" doc:"What it is for, in a sentence"`
	Capabilities           *[]string       `json:"capabilities,omitempty" null:"clears" limit:"agent_capabilities" doc:"Slugs of the capabilities that it may run; an empty list: all"`
	Provider               *string         `json:"provider,omitempty" null:"clears" limit:"agent_provider" doc:"Name of a configured provider; null: the installation's default"`
	Model                  *string         `json:"model,omitempty" null:"clears" limit:"agent_model" doc:"A model of that provider; null: its default"`
	Instructions           *string         `json:"instructions,omitempty" null:"clears" limit:"agent_instructions" doc:"Instructions for its models, beside the task"`
	BrandVoiceID           *int64          `json:"brand_voice_id,omitempty" null:"clears" minimum:"1" doc:"Brand voice it writes in where the settings name none; null: the workspace's default"`
	GuardrailPolicy        GuardrailPolicy `json:"guardrail_policy,omitempty" doc:"What is done about a guardrail's findings, by its slug: flag, redact, retry or block. Others do what is their default"`
	URL                    *string         `json:"url,omitempty" null:"clears" limit:"agent_url" doc:"Of an external agent: the https address that Vellocity posts each task to"`
	TimeoutSeconds         *int            `json:"timeout_seconds,omitempty" null:"clears" limit:"agent_timeout" doc:"Of an external agent: how long it may take for one text; null: 60"`
	IsActive               *bool           `json:"is_active,omitempty" doc:"Whether it takes executions; true for a new one"`
	MaxCreditsPerExecution *int            `json:"max_credits_per_execution,omitempty" null:"clears" limit:"agent_credits" doc:"Most that one execution may cost; null: no limit"`
	MaxCreditsPerDay       *int            `json:"max_credits_per_day,omitempty" null:"clears" limit:"agent_credits" doc:"Most that the executions of one day in the workspace's time zone may cost; null: no limit"`
}

// Apply changes the agent.
func (e AgentEdit) Apply(a *Agent) {
	set(&a.Description, e.Description)
	set(&a.Capabilities, e.Capabilities)
	set(&a.Provider, e.Provider)
	set(&a.Model, e.Model)
	set(&a.Instructions, e.Instructions)
	set(&a.BrandVoiceID, e.BrandVoiceID)
	if e.GuardrailPolicy != nil {
		a.GuardrailPolicy = e.GuardrailPolicy
	}
	set(&a.External.URL, e.URL)
	set(&a.External.TimeoutSeconds, e.TimeoutSeconds)
	set(&a.IsActive, e.IsActive)
	set(&a.MaxCreditsPerExecution, e.MaxCreditsPerExecution)
	set(&a.MaxCreditsPerDay, e.MaxCreditsPerDay)
}

// MostAgents is how many agents a workspace may have.
const MostAgents = 200

// AgentReport is what a test of an external agent found out.
type AgentReport struct {
	OK       bool     // it wrote a text
	Message  string   // what it did; or what is wrong, and what to do
	Warnings []string // what works and should be otherwise, in sentences
	Text     string   // what it wrote
	Model    string   // as it says; empty: it does not
	Took     time.Duration
}
