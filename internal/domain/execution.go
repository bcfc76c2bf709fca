package domain

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// ExecutionStatus is the state of an execution.
type ExecutionStatus string

// The states of the contract, section 4.
const (
	ExecutionPending   ExecutionStatus = "pending"
	ExecutionPlanning  ExecutionStatus = "planning"
	ExecutionExecuting ExecutionStatus = "executing"
	ExecutionCompleted ExecutionStatus = "completed"
	ExecutionFailed    ExecutionStatus = "failed"
	ExecutionCancelled ExecutionStatus = "cancelled"
	ExecutionArchived  ExecutionStatus = "archived"
)

// ExecutionStatuses lists the states in the order of a life.
func ExecutionStatuses() []ExecutionStatus {
	return []ExecutionStatus{
		ExecutionPending,
		ExecutionPlanning,
		ExecutionExecuting,
		ExecutionCompleted,
		ExecutionFailed,
		ExecutionCancelled,
		ExecutionArchived,
	}
}

var transitions = map[ExecutionStatus][]ExecutionStatus{
	ExecutionPending:   {ExecutionPlanning, ExecutionFailed, ExecutionCancelled},
	ExecutionPlanning:  {ExecutionExecuting, ExecutionFailed, ExecutionCancelled},
	ExecutionExecuting: {ExecutionCompleted, ExecutionFailed, ExecutionCancelled},
	ExecutionCompleted: {ExecutionArchived},
	ExecutionFailed:    {ExecutionArchived},
	ExecutionCancelled: {ExecutionArchived},
}

// Valid reports whether s is one of the states.
func (s ExecutionStatus) Valid() bool { return slices.Contains(ExecutionStatuses(), s) }

// MayBecome reports whether an execution in state s may go to state to.
func (s ExecutionStatus) MayBecome(to ExecutionStatus) bool {
	return slices.Contains(transitions[s], to)
}

// Ended reports whether nothing runs any more.
func (s ExecutionStatus) Ended() bool {
	return s == ExecutionCompleted || s == ExecutionFailed || s == ExecutionCancelled || s == ExecutionArchived
}

// Priority orders executions that wait. River's 1 to 4 are urgent to low.
type Priority string

// The priorities of the contract.
const (
	PriorityLow    Priority = "low"
	PriorityNormal Priority = "normal"
	PriorityHigh   Priority = "high"
	PriorityUrgent Priority = "urgent"
)

// Priorities lists the priorities, most urgent first.
func Priorities() []Priority {
	return []Priority{PriorityUrgent, PriorityHigh, PriorityNormal, PriorityLow}
}

// Rank returns 1 for urgent to 4 for low; 0 for anything else.
func (p Priority) Rank() int { return slices.Index(Priorities(), p) + 1 }

// Valid reports whether p is one of the priorities.
func (p Priority) Valid() bool { return p.Rank() > 0 }

// WaitingFor says what an execution waits for.
type WaitingFor string

// What an execution may wait for; the empty string where it does not wait.
const (
	WaitingPerson WaitingFor = "person"
	WaitingRetry  WaitingFor = "retry"
)

// Origin says what writes the text of an execution: fixed when it is accepted.
type Origin struct {
	Kind     OriginKind `json:"kind"`
	Provider string     `json:"provider,omitempty"`
	Model    string     `json:"model,omitempty"`
	AI       bool       `json:"ai"`
}

// OriginKind says whether an AI model wrote a text.
type OriginKind string

// The kinds of origin.
const (
	OriginModel    OriginKind = "model"
	OriginComposer OriginKind = "composer" // by rules, from the caller's inputs
	OriginPerson   OriginKind = "person"   // by hand, in the dashboard or through the API
)

// ComposerOrigin is the composer, which uses no model.
func ComposerOrigin() Origin { return Origin{Kind: OriginComposer, Model: "composer/1"} }

// PersonOrigin is a person, who writes without a model.
func PersonOrigin() Origin { return Origin{Kind: OriginPerson} }

// Execution is one durable run of a capability, or of a template.
type Execution struct {
	ID          int64
	WorkspaceID int64
	Capability  string // slug; empty for a template
	Template    string // slug; empty for a capability
	Title       string
	AgentID     int64
	Status      ExecutionStatus
	Priority    Priority
	Progress    int    // percent
	CurrentStep string // key of the step under way; empty where there is none
	WaitingFor  WaitingFor
	Origin      Origin
	CreditsUsed int
	CreditsHeld int // still held, 0 once ended
	// MaxCredits is the most that it may hold and spend, as its caller wanted; nil: its price.
	MaxCredits  *int
	Cost        Cost
	Settings    json.RawMessage // of the capability, or the inputs of the template
	Program     *Template       // the template as it was when the execution was accepted; nil for a capability
	Context     json.RawMessage
	Notify      bool
	RetryOf     int64 // the execution whose recorded steps this one reuses; 0 for none
	Cause       Cause // the trigger that started it
	Redo        Redo  // the step of another execution that this one runs again; zero for none
	Plan        []PlanStep
	NeedsInput  []Need
	Error       string // why it failed, for people; empty while all is well
	Epoch       int64  // raised with each claim; a commit under an older epoch is refused
	Version     int64  // raised with each change, for ETags
	CreatedBy   string
	Starter     Starter
	CreatedAt   time.Time
	StartedAt   time.Time // zero until the first step starts
	CompletedAt time.Time // zero until ended
}

// Redo says which step of which execution another one runs again, with all that depends on it. The recorded
// results of the other steps are reused.
type Redo struct {
	Of           int64  // the execution; 0 for none
	Step         string // key of the step in its plan
	Instructions string // for the model, beside the step's own; may be empty
}

// Asks returns the instructions for a step: those of the redo for its step, and for the steps of the capability
// where that is one of a template.
func (r Redo) Asks(key string) string {
	if r.Of == 0 || key != r.Step && !strings.HasPrefix(key, r.Step+".") {
		return ""
	}
	return r.Instructions
}

// StepName returns what people read for the step with the key; the key itself where
// the plan has no such step, or was not loaded.
func (x Execution) StepName(key string) string {
	for _, s := range x.Plan {
		if s.Key == key {
			return s.Name
		}
	}
	return key
}

// PlanStep is one step of an execution's plan.
type PlanStep struct {
	Key       string   `json:"key"`  // unique within the plan: outline, section-2
	Name      string   `json:"name"` // what people read: "Section 2"
	Kind      string   `json:"kind"` // the capability's step function: outline, section, checks
	DependsOn []string `json:"depends_on"`
	Credits   int      `json:"credits"` // weight; the weights of a plan sum to the capability's price
	// Args are the step's own settings, opaque to everybody but its function.
	Args json.RawMessage `json:"-"`
	// AgentID is who carries out a step of a template and those of its capability; 0: the
	// execution's agent.
	AgentID int64 `json:"-"`
}

// StepStatus is the state of one step.
type StepStatus string

// The states of a step.
const (
	StepPending StepStatus = "pending"
	StepRunning StepStatus = "running"
	StepDone    StepStatus = "completed"
	StepFailed  StepStatus = "failed"
	StepSkipped StepStatus = "skipped"
	StepReused  StepStatus = "reused"
	// StepCancelled is a step that was writing when its execution was cancelled: its output is
	// what it had written, as text, and is not finished. A retry runs it again.
	StepCancelled StepStatus = "cancelled"
)

// StepResult is the recorded outcome of one step.
type StepResult struct {
	Key          string          `json:"key"`
	Status       StepStatus      `json:"status"`
	Attempt      int             `json:"attempt"`
	StartedAt    time.Time       `json:"started_at"`
	CompletedAt  time.Time       `json:"completed_at"`
	Provider     string          `json:"provider"`
	Model        string          `json:"model"`
	InputTokens  int64           `json:"input_tokens"`
	OutputTokens int64           `json:"output_tokens"`
	Credits      int             `json:"credits"`
	Cost         Cost            `json:"cost"`
	Output       json.RawMessage `json:"output"`
	Items        []ItemRef       `json:"items"` // that it created
	Error        string          `json:"error"`
}

// Attempt is one call of a provider, recorded whether it worked or not.
type Attempt struct {
	ID           int64
	ExecutionID  int64
	Step         string
	N            int
	Provider     string
	Model        string
	PromptHash   string // of the template that made the prompt
	RequestID    string // the provider's
	InputTokens  int64
	OutputTokens int64
	Cost         Cost
	StartedAt    time.Time
	FirstTextMS  int64 // until the first text came; 0 if none did
	DurationMS   int64
	Status       int // the provider's HTTP status; 0 where there was no answer
	Error        string
}

// Cost is money beside credits. Known is false for an unknown model: its price
// is null on the wire, never 0.
type Cost struct {
	MicroUSD     int64 // millionths of a US dollar
	PriceVersion string
	Estimated    bool // by our count of the text, where the provider gave no usage
	Known        bool
}

// Plus adds two costs. An unknown part makes the sum unknown, and an estimated
// part an estimate.
func (c Cost) Plus(d Cost) Cost {
	if c == (Cost{}) {
		return d
	}
	if d == (Cost{}) {
		return c
	}
	version := c.PriceVersion
	if version == "" {
		version = d.PriceVersion
	}
	return Cost{
		MicroUSD:     c.MicroUSD + d.MicroUSD,
		PriceVersion: version,
		Estimated:    c.Estimated || d.Estimated,
		Known:        c.Known && d.Known,
	}
}
