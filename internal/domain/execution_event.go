package domain

import "time"

// ExecutionCreated says that an execution was accepted.
type ExecutionCreated struct {
	Capability string   `json:"capability"`         // slug; empty for a template
	Template   string   `json:"template,omitempty"` // slug
	Title      string   `json:"title"`
	Priority   Priority `json:"priority"`
}

// EventName returns execution.created.
func (ExecutionCreated) EventName() EventName { return EventExecutionCreated }

// ExecutionChanged says that an execution that has not ended is in another state:
// it was planned, it started, or it waits.
type ExecutionChanged struct {
	Status     ExecutionStatus `json:"status"`
	Progress   int             `json:"progress"`          // percent
	Running    []string        `json:"running,omitempty"` // keys of the steps that run
	Planned    bool            `json:"planned,omitempty"` // its plan was just made
	WaitingFor WaitingFor      `json:"waiting_for,omitempty"`
	ContentID  int64           `json:"content_id,omitempty"` // the item that a person must decide about
	RetryAt    *time.Time      `json:"retry_at,omitempty"`   // when the provider is called again
}

// EventName returns execution.status.
func (ExecutionChanged) EventName() EventName { return EventExecutionStatus }

// StepEnded says that a step was recorded or has failed.
type StepEnded struct {
	Key        string     `json:"key"`
	Name       string     `json:"name"`
	Status     StepStatus `json:"status"`
	Progress   int        `json:"progress"` // of the execution, percent
	Running    []string   `json:"running,omitempty"`
	Credits    int        `json:"credits"`
	DurationMS int64      `json:"duration_ms"`
	Error      string     `json:"error,omitempty"`
}

// EventName returns execution.step.
func (StepEnded) EventName() EventName { return EventExecutionStep }

// FindingsReported says what the guardrails found in a step's text.
type FindingsReported struct {
	Step     string    `json:"step"`
	Findings []Finding `json:"findings"`
}

// EventName returns execution.guardrail.
func (FindingsReported) EventName() EventName { return EventExecutionGuardrail }

// ExecutionEnded says that an execution was completed, failed, was cancelled or
// was archived. Its name follows the status.
type ExecutionEnded struct {
	Status      ExecutionStatus `json:"status"`
	Error       string          `json:"error"`
	CreditsUsed int             `json:"credits_used"`
}

// EventName returns execution.completed, .failed, .cancelled or .archived.
func (e ExecutionEnded) EventName() EventName { return "execution." + EventName(e.Status) }
