package domain

import (
	"encoding/json"
	"time"
)

// TriggerType says what makes a trigger fire.
type TriggerType string

// The types of the contract, section 4.
const (
	TriggerSchedule TriggerType = "schedule"
	TriggerEvent    TriggerType = "event"
)

// Values lists the types.
func (TriggerType) Values() []string { return names([]TriggerType{TriggerSchedule, TriggerEvent}) }

// Overlap says what happens when a trigger is due while an execution that it started
// still runs.
type Overlap string

// The choices of the contract, section 4.
const (
	OverlapSkip  Overlap = "skip"  // it does not fire
	OverlapQueue Overlap = "queue" // one firing waits, with the newest inputs
)

// Values lists the choices, the default first.
func (Overlap) Values() []string { return names([]Overlap{OverlapSkip, OverlapQueue}) }

// Trigger starts executions of a workflow template, at times on a calendar or after
// events. Each instant and each event fires it at most once, however many nodes run.
type Trigger struct {
	ID          int64
	WorkspaceID int64
	Name        string
	Type        TriggerType
	Cron        string    // of a schedule: five fields
	Timezone    string    // of a schedule: an IANA name
	Event       EventName // of an event trigger: the event that it fires on
	Filter      string    // of an event trigger: an expression without braces; empty: every event
	Template    string    // slug
	// Inputs are those of the template, an object. Its texts may have expressions over
	// event: {{ event.content_id }}.
	Inputs   json.RawMessage
	Enabled  bool
	Overlap  Overlap
	Owner    Starter   // whose rights its executions have: who created it or last changed what it does
	NextAt   time.Time // of a schedule that is enabled: when it is due next; zero: never
	LastAt   time.Time // when it last started an execution; zero: never
	Error    string    // what went wrong last, for people; empty while all is well
	Failures int       // executions that failed, and starts that were refused, in a row
	Version  int       // raised by each change that people make
	Created  time.Time
	Updated  time.Time
}

// Revision changes with everything that people may change about a trigger, for ETags.
func (t Trigger) Revision() int64 { return int64(t.Version) }

// Bounds of triggers.
const (
	MostTriggers        = 1_000 // of one workspace
	MostTriggerDepth    = 5     // triggers in a chain, each fired by an event of an execution of the one before
	MostTriggerFails    = 10    // failures in a row after which a trigger pauses itself
	MostFirings         = 1_000 // of one trigger that are kept, the newest
	FiringDays          = 90    // how long a firing is kept
	MissedWithin        = 24 * time.Hour
	MaxEventPayload     = 32_000 // bytes of JSON
	DryRunEvents        = 20     // past events that a dry run looks at
	FiringsFoldedWithin = time.Minute
)

// FiringOutcome says what came of one instant or event.
type FiringOutcome string

// The outcomes.
const (
	FiringPending      FiringOutcome = "pending"       // the event has arrived and is about to be looked at
	FiringWaiting      FiringOutcome = "waiting"       // until the execution before it ends (overlap queue)
	FiringFired        FiringOutcome = "fired"         // it started an execution
	FiringFiltered     FiringOutcome = "filtered"      // the filter is false
	FiringFilterError  FiringOutcome = "filter_error"  // the filter cannot be decided
	FiringStillRunning FiringOutcome = "still_running" // an execution before it still ran (overlap skip)
	FiringReplaced     FiringOutcome = "replaced"      // a newer one waits in its place
	FiringTooLate      FiringOutcome = "too_late"      // missed while no node ran, longer ago than 24 hours
	FiringOwnExecution FiringOutcome = "own_execution" // the event is of an execution that the trigger started
	FiringTooDeep      FiringOutcome = "too_deep"      // the chain of triggers is too long
	FiringRefused      FiringOutcome = "refused"       // the execution could not be started
	FiringPaused       FiringOutcome = "paused"        // the trigger was switched off meanwhile
)

// Values lists the outcomes.
func (FiringOutcome) Values() []string {
	return names([]FiringOutcome{
		FiringPending, FiringWaiting, FiringFired, FiringFiltered, FiringFilterError, FiringStillRunning, FiringReplaced,
		FiringTooLate, FiringOwnExecution, FiringTooDeep, FiringRefused, FiringPaused,
	})
}

// Firing is one entry of a trigger's history: an instant or an event, and what came of it.
type Firing struct {
	ID          int64
	TriggerID   int64
	WorkspaceID int64
	Key         string    // of the instant or the event; unique within the trigger
	DueAt       time.Time // the instant, or the time of the event
	EventID     string    // of the log; empty for an instant
	Outcome     FiringOutcome
	Reason      string // why, for people
	ExecutionID int64  // that it started, or that was in its way; 0: none
	Missed      int    // instants before this one that were missed, as no node ran
	Count       int    // events in a row that this entry stands for, at least 1
	Depth       int    // of the execution that it starts, in a chain of triggers
	By          Starter
	// Event is what the expressions see as event, while the firing is not decided.
	Event json.RawMessage
	At    time.Time // when it was decided
}

// Cause is the trigger that has started an execution. The zero value is none.
type Cause struct {
	TriggerID int64
	Depth     int             // 1, and more in a chain of triggers
	Event     json.RawMessage // what the expressions of its template see as event
}

// ScheduleDue is the name that the expressions of a schedule see as event.name.
const ScheduleDue EventName = "schedule.due"
