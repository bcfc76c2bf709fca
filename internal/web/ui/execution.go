package ui

import (
	"cmp"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
)

// ExecutionRow is an execution as lists show it.
type ExecutionRow struct {
	ID         int64
	Title      string
	Capability string // slug; of a template where the execution has one
	Template   string // slug; "" where the execution has a capability
	Agent      string
	State      State
	Priority   domain.Priority
	By         string
	Created    time.Time
	ElapsedMS  int64  // since it started, while it runs; else 0
	Duration   string // so far, where it has not ended; empty before it starts
	Progress   int    // percent
	Running    bool
	Credits    int
	Error      string
	Retryable  bool
}

// State is a status as people read it: an icon, a label and a colour.
type State struct {
	Glyph, Label, Tone string
}

// RowOf returns the row of an execution.
func RowOf(x work.ExecutionRow, now time.Time) ExecutionRow {
	return ExecutionRow{
		ID:         x.ID,
		Title:      TitleOf(x.Title, x.ID),
		Capability: cmp.Or(x.Capability, x.Template),
		Template:   x.Template,
		Agent:      x.Agent.Name,
		State:      StateOf(x.Execution),
		Priority:   x.Priority,
		By:         x.CreatedBy,
		Created:    x.CreatedAt,
		ElapsedMS:  elapsedOf(x.Execution, now),
		Duration:   durationOf(x.Execution, now),
		Progress:   x.Progress,
		Running:    !x.Status.Ended(),
		Credits:    x.CreditsUsed,
		Error:      x.Error,
		Retryable:  x.Status == domain.ExecutionFailed || x.Status == domain.ExecutionCancelled,
	}
}

func elapsedOf(x domain.Execution, now time.Time) int64 {
	if x.StartedAt.IsZero() || !x.CompletedAt.IsZero() {
		return 0
	}
	return max(1, now.Sub(x.StartedAt).Milliseconds())
}

func durationOf(x domain.Execution, now time.Time) string {
	switch {
	case x.StartedAt.IsZero():
		return ""
	case x.CompletedAt.IsZero():
		return Span(now.Sub(x.StartedAt))
	}
	return Span(x.CompletedAt.Sub(x.StartedAt))
}

var states = map[domain.ExecutionStatus]State{
	domain.ExecutionPending:   {"pending", "Waiting", "grey"},
	domain.ExecutionPlanning:  {"planning", "Planning", "machine"},
	domain.ExecutionExecuting: {"executing", "Running", "moving"},
	domain.ExecutionCompleted: {"completed", "Completed", "done"},
	domain.ExecutionFailed:    {"failed", "Failed", "broken"},
	domain.ExecutionCancelled: {"cancelled", "Cancelled", "grey"},
	domain.ExecutionArchived:  {"archived", "Archived", "grey"},
}

// StateOf returns the state of an execution, what it waits for included.
func StateOf(x domain.Execution) State {
	if x.Status == domain.ExecutionExecuting {
		switch x.WaitingFor {
		case domain.WaitingPerson:
			return State{"person", "Needs review", "person"}
		case domain.WaitingRetry:
			return State{"retry", "Retrying soon", "moving"}
		}
	}
	return states[x.Status]
}
