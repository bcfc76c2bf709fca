package guard_test

import (
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/guard"
)

// A banned term in an inflected form is found; it stops no publication, since it may be another word.
func TestTermsInOtherForms(t *testing.T) {
	v := &domain.BrandVoice{
		BannedTerms:    []string{"leverage"},
		PreferredTerms: []domain.PreferredTerm{{Use: "use", InsteadOf: "utilize"}},
	}
	for _, tc := range []struct {
		text, language string
		blocking       int
		warnings       int
	}{
		{text: "We leverage it.", language: "en", blocking: 1},
		{text: "We are leveraging it and leveraged it.", language: "en", warnings: 1},
		{text: "We leverage it, leveraging all, and utilized that.", language: "en", blocking: 1, warnings: 2},
		{text: "Leveraging.", language: "ja"},
		{text: "We are leveraging what you and the others have, and that is not a good thing for us.", warnings: 1},
	} {
		in := guard.Input{Text: tc.text, Language: tc.language, BrandVoice: v}
		blocking, warnings := 0, 0
		for _, f := range guard.Check(in) {
			switch {
			case !strings.HasSuffix(f.Guardrail, "-terms"):
			case f.Severity == domain.SeverityBlocking:
				blocking++
			default:
				warnings++
			}
		}
		if blocking != tc.blocking || warnings != tc.warnings {
			t.Errorf("%q: %d blocking, %d warnings", tc.text, blocking, warnings)
		}
	}
	in := guard.Input{Text: "We utilized it.", Language: "en", BrandVoice: v}
	out := guard.Apply(in, guard.Check(in), domain.GuardrailPolicy{"brand-terms": guard.Redact})
	if out.Text != "We use it." {
		t.Errorf("replaced: %q", out.Text)
	}
}
