package ui

import (
	"vellocity/internal/domain"
)

// FindingView is a finding as pages show it.
type FindingView struct {
	N         int // from 1, the number at its marks
	Guardrail string
	Severity  domain.Severity
	Action    domain.FindingAction
	Tone      string
	Message   string
	Quotes    []string
	Blocking  bool
	Marked    bool // it has a place in the text
	Step      string
	Accepted  *domain.Acceptance // nil: nobody let it stand
	Decide    string             // where it is accepted, and the acceptance withdrawn; empty: not on this page
	ETag      string             // of the item that Decide changes
	// From and Until are the first place in the text, in code points, Until exclusive.
	From, Until int
	Fix         string // the address that opens the editor at that place; empty for none
}

// FindingViews numbers the findings of a text.
func FindingViews(list []domain.Finding) []FindingView {
	var out []FindingView
	for i, f := range list {
		v := FindingView{
			N:         i + 1,
			Guardrail: Human(f.Guardrail),
			Severity:  f.Severity,
			Action:    f.Action,
			Tone:      ToneOf(f.Severity),
			Message:   f.Message,
			Blocking:  domain.Blocking([]domain.Finding{f}),
			Step:      f.Step,
			Accepted:  f.Accepted,
		}
		for _, m := range f.Matches {
			if m.Text != "" {
				v.Quotes = append(v.Quotes, m.Text)
			}
			if !v.Marked && m.End > m.Start {
				v.Marked, v.From, v.Until = true, m.Start, m.End
			}
		}
		out = append(out, v)
	}
	return out
}

// OpenFindings counts the findings that somebody still has to look at.
func OpenFindings(list []domain.Finding) (n int) {
	for _, f := range list {
		if f.Open() {
			n++
		}
	}
	return n
}

// ToneOf returns the colour class of a severity.
func ToneOf(s domain.Severity) string {
	switch s {
	case domain.SeverityBlocking:
		return "policy"
	case domain.SeverityWarning:
		return "person"
	}
	return "grey"
}
