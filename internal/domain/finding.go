package domain

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Severity is how much a finding matters.
type Severity string

// The severities. A blocking finding keeps a text from being published.
const (
	SeverityInfo     Severity = "info"
	SeverityWarning  Severity = "warning"
	SeverityBlocking Severity = "blocking"
)

// FindingAction is what was done about a finding.
type FindingAction string

// The actions, as guardrails_triggered shows them.
const (
	ActionFlagged  FindingAction = "flagged"
	ActionRedacted FindingAction = "redacted"
	ActionRetried  FindingAction = "retried"
	ActionBlocked  FindingAction = "blocked"
)

// Finding is one thing that a guardrail has to say about a text.
type Finding struct {
	// ID is the same for the same fault in the same words, whatever stands around them, and in every version.
	// It is a digest of the words, so it stays out of events. Empty in findings from before there were ids.
	ID        string        `json:"id,omitempty"`
	Guardrail string        `json:"guardrail"` // slug of the check: banned-terms, personal-data, …
	Step      string        `json:"step"`      // key of the step whose text was checked
	Severity  Severity      `json:"severity"`
	Action    FindingAction `json:"action"`
	Message   string        `json:"message"` // what is wrong and how to fix it, in one or two sentences
	ContentID int64         `json:"content_id,omitempty"`
	Version   int           `json:"version,omitempty"`
	Matches   []Match       `json:"matches"` // at most [MostMatches]
	// Total is how many places there are where Matches has only the first of them; else 0.
	Total int `json:"total,omitempty"`
	// MinWords and MaxWords are the limits that a finding about the length was made with; 0: none.
	MinWords int `json:"min_words,omitempty"`
	MaxWords int `json:"max_words,omitempty"`
	// Accepted says who let the text be as it is, and why; nil: nobody.
	Accepted *Acceptance `json:"accepted,omitempty"`
}

// MostMatches is how many places one finding lists; its Total has the number of all.
const MostMatches = 100

// Places returns how many places the finding is about, those that it does not list included.
func (f Finding) Places() int { return max(f.Total, len(f.Matches)) }

// Acceptance is a person's decision that a finding may stand.
type Acceptance struct {
	By     string    `json:"by"`
	ByKind ActorKind `json:"by_kind"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// Match is one place in the text. Start and End are offsets in Unicode code
// points of the version's Markdown, End exclusive. Text is the matched text,
// masked for secrets and personal data.
type Match struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Text  string `json:"text"`
}

// Need is something that would make a text better and that the input did not
// give, with the reason.
type Need struct {
	What   string `json:"what"`   // "customer proof"
	Field  string `json:"field"`  // the setting that would carry it: facts
	Reason string `json:"reason"` // "No quote or case was given, so the text makes no claim about results."
}

// Blocks reports whether the finding stops publication. What was redacted is no
// longer in the text, and what was accepted may stand.
func (f Finding) Blocks() bool { return f.Severity == SeverityBlocking && f.Open() }

// Open reports whether somebody still has to look at the finding: it was neither
// redacted nor accepted.
func (f Finding) Open() bool { return f.Action != ActionRedacted && f.Accepted == nil }

// FindingByID returns the place of a finding in the list; -1 if there is none.
func FindingByID(findings []Finding, id string) int {
	return slices.IndexFunc(findings, func(f Finding) bool { return f.ID == id })
}

// Blocking reports whether any finding stops publication.
func Blocking(findings []Finding) bool { return slices.ContainsFunc(findings, Finding.Blocks) }

// Blocker is one reason why an item may not be published: a blocking finding, or a
// rule of the workspace.
type Blocker struct {
	Guardrail string  `json:"guardrail,omitempty"` // empty where no finding is the reason
	Field     string  `json:"field,omitempty"`     // of the item, which is at fault
	Message   string  `json:"message"`
	Matches   []Match `json:"matches,omitempty"`
}

// Blockers returns the findings that stop publication, in their order.
func Blockers(findings []Finding) (list []Blocker) {
	for _, f := range findings {
		if f.Blocks() {
			list = append(list, Blocker{Guardrail: f.Guardrail, Message: f.Message, Matches: f.Matches})
		}
	}
	return list
}

// NotPublishable is the CONFLICT of an item that may not be published. Its
// details name every blocker; its message is the first one's.
func NotPublishable(blockers []Blocker) *Error {
	return Errorf(CodeConflict, "This item cannot be published yet: %s", blockers[0].Message).With("blockers", blockers)
}

// BlockersOf returns the reasons that a [NotPublishable] error names; none for any
// other error.
func BlockersOf(err error) []Blocker {
	var e *Error
	if !errors.As(err, &e) {
		return nil
	}
	list, _ := e.Details["blockers"].([]Blocker)
	return list
}

// WithAcceptances returns findings of a version with the acceptances that its findings
// have at present: someone may have decided while they were looked for.
func WithAcceptances(findings, present []Finding) []Finding {
	findings = slices.Clone(findings)
	for i, f := range findings {
		if n := FindingByID(present, f.ID); n >= 0 && f.ID != "" {
			findings[i].Accepted = present[n].Accepted
		}
	}
	return findings
}

// cutOff is in the message of the findings that [CutOff] returns.
const cutOff = "was cut off by the model's limit"

// CutOff returns the finding about a step's text that ended at the model's limit. Nothing
// in the text itself shows it, so that no later check can find it again.
func CutOff(step PlanStep) Finding {
	return Finding{
		Guardrail: "length-format",
		Step:      step.Key,
		Severity:  SeverityWarning,
		Action:    ActionFlagged,
		Message: fmt.Sprintf("The text of %q %s. Write its end, or choose a model that can write longer texts and "+
			"run this again.", step.Name, cutOff),
		Matches: []Match{},
	}
}

// CutOff reports whether [CutOff] returned the finding.
func (f Finding) CutOff() bool { return strings.Contains(f.Message, cutOff) }
