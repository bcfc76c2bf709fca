package domain_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"vellocity/internal/domain"
)

// The catalogue is what webhooks, triggers and pages show, so each entry must be
// whole: one name, a sentence, an example that is one JSON object.
func TestEventTypes(t *testing.T) {
	shape := regexp.MustCompile(`^[a-z]+(_[a-z]+)?\.[a-z]+(_[a-z]+)?$`)
	seen := map[domain.EventName]bool{}
	for _, e := range domain.EventTypes() {
		if !shape.MatchString(string(e.Name)) || seen[e.Name] {
			t.Errorf("the name %q is not noun.verb, or stands twice", e.Name)
		}
		seen[e.Name] = true
		if !strings.HasSuffix(e.Description, ".") {
			t.Errorf("%s: the description %q is not a sentence", e.Name, e.Description)
		}
		body, err := json.Marshal(e.Example)
		if err != nil || body[0] != '{' {
			t.Errorf("%s: the example is %s: %v", e.Name, body, err)
		}
		if e.Example.EventName() != e.Name {
			t.Errorf("%s: the example says %s", e.Name, e.Example.EventName())
		}
	}
	for _, name := range []domain.EventName{domain.EventExecutionArchived, domain.EventContentEdited, domain.EventTextGenerated} {
		if !seen[name] {
			t.Errorf("%s is not in the catalogue", name)
		}
	}
}
