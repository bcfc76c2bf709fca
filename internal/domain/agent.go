package domain

import (
	"slices"
	"time"
)

// AgentType says where an agent lives.
type AgentType string

// The types of the contract.
const (
	AgentInternal AgentType = "internal" // ships with Vellocity
	AgentCustom   AgentType = "custom"   // made in the workspace
	AgentExternal AgentType = "external" // a remote endpoint
)

// Agent carries out capabilities with a provider, a model, instructions and a
// guardrail policy of its own.
type Agent struct {
	ID              int64
	Name            string
	Type            AgentType
	Description     string
	Capabilities    []string // slugs; empty means every capability
	Provider        string   // name of a configured provider; "" means the installation's default
	Model           string
	Instructions    string
	BrandVoiceID    int64 // 0: none of its own
	GuardrailPolicy GuardrailPolicy
	IsActive        bool
	Version         int
	CreatedAt       time.Time
	UpdatedAt       time.Time
}

// Can reports whether the agent may carry out the capability.
func (a Agent) Can(slug string) bool {
	return len(a.Capabilities) == 0 || slices.Contains(a.Capabilities, slug)
}

// GuardrailPolicy maps a guardrail's slug to what is done about its findings:
// "flag", "redact", "retry" (once, with the finding in the prompt) or
// "block". A guardrail that is not in the map does what is its default.
type GuardrailPolicy map[string]string
