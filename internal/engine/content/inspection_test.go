package content

import (
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/guard"
)

// What was found before a transaction counts only for the very same text.
func TestALookAheadHoldsForTheSameTextOnly(t *testing.T) {
	policy := withoutRedaction(nil)
	marker := []domain.Finding{{Guardrail: "marker"}}
	ahead := inspection{in: guard.Input{Text: "All is well."}, policy: policy, found: marker, done: true}
	if got := (inspection{in: guard.Input{Text: "All is well."}, policy: policy}).findings(ahead); len(got) != 1 ||
		got[0].Guardrail != "marker" {
		t.Errorf("the same text was looked at again: %+v", got)
	}
	other := inspection{in: guard.Input{Text: "An answer within the day is guaranteed."}, policy: policy}
	if got := other.findings(ahead); len(got) == 0 || got[0].Guardrail == "marker" {
		t.Errorf("another text got %+v", got)
	}
	if got := other.findings(inspection{}); len(got) == 0 {
		t.Error("nothing was found where nobody looked ahead")
	}
}
