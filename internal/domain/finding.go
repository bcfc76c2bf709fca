package domain

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
	Guardrail string        `json:"guardrail"` // slug of the check: banned-terms, personal-data, …
	Step      string        `json:"step"`      // key of the step whose text was checked
	Severity  Severity      `json:"severity"`
	Action    FindingAction `json:"action"`
	Message   string        `json:"message"` // what is wrong and how to mend it, in one or two sentences
	ContentID int64         `json:"content_id,omitempty"`
	Version   int           `json:"version,omitempty"`
	Matches   []Match       `json:"matches"`
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

// Blocking reports whether any finding blocks publication.
func Blocking(findings []Finding) bool {
	for _, f := range findings {
		if f.Severity == SeverityBlocking && f.Action != ActionRedacted {
			return true
		}
	}
	return false
}
