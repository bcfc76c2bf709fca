package domain

// TextResult is one of the texts that generate-output wrote for a prompt.
type TextResult struct {
	// Start and End are where it stands in the whole generated text, in code points.
	Start    int       `json:"start"`
	End      int       `json:"end"`
	Findings []Finding `json:"findings"` // of the guardrails; their places count from the start of this result
}
