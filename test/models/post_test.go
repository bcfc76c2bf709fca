package models_test

import (
	"strings"
	"testing"

	"vellocity/internal/ai/aitest"
)

// A blog post through each wire: eight calls, live text, tokens counted, five
// credits held and captured.
func TestPost(t *testing.T) {
	eachWire(t, func(t *testing.T, wire aitest.Wire) {
		m := startAimock(t, postFixtures()...)
		s := start(t, install(t, wire, m.url))
		id := s.post(t)
		live := s.follow(t, id)
		x := s.ended(t, id)
		checkPost(t, s, x, wire)
		s.checkCredits(t, id, 5, 0)
		text, _ := assemble(t, <-live)
		for n, key := range []string{"section-1", "section-2", "section-3", "section-4", "section-5"} {
			if text[key] == "" || !strings.HasPrefix(sectionText(n+1), text[key]) {
				t.Errorf("live text of %s: %q", key, text[key])
			}
		}
		journal := m.journal(t)
		if len(journal) != 8 { // the double's sections repeat themselves, which is tried once more
			t.Errorf("%d calls, want an outline, five sections, a title and a second try", len(journal))
		}
		path := map[aitest.Wire]string{
			aitest.OpenAIWire:    "/v1/chat/completions",
			aitest.AnthropicWire: "/v1/messages",
			aitest.ResponsesWire: "/v1/responses",
		}[wire]
		for _, r := range journal {
			if r.Path != path || r.Response.Status != 200 {
				t.Errorf("%s answered with %d", r.Path, r.Response.Status)
			}
			if wire == aitest.AnthropicWire && r.Headers["anthropic-version"] != "2023-06-01" {
				t.Errorf("version %q", r.Headers["anthropic-version"])
			}
		}
	})
}

// checkPost checks a finished post from postFixtures.
func checkPost(t *testing.T, s *server, x execution, wire aitest.Wire) {
	t.Helper()
	a := x.Attributes
	if a.Status != "completed" || a.ErrorMessage != nil || a.CreditsUsed != 5 || a.CreditsHeld != 0 {
		t.Fatalf("%+v, error %v", a, a.ErrorMessage)
	}
	if !a.Engine.AI || a.Engine.Kind != "model" || a.Engine.Provider != providerOf(wire) || a.Cost == nil ||
		a.Cost.Amount <= 0 {
		t.Errorf("engine %+v, cost %+v", a.Engine, a.Cost)
	}
	for _, step := range a.Steps {
		written := step.Key == "outline" || step.Key == "meta" ||
			strings.HasPrefix(step.Key, "section-")
		if step.Status != "completed" || written && (step.InputTokens < 400 || step.OutputTokens < 90) {
			t.Errorf("step %+v", step)
		}
	}
	body := s.body(t, x)
	for n := range 5 {
		if strings.Count(body, sectionText(n+1)) != 1 {
			t.Errorf("section %d is not in the post once:\n%s", n+1, body)
		}
	}
}

// A rate limit, an outage and a cut stream cost three more calls and nothing else.
func TestPostSurvivesFaults(t *testing.T) {
	eachWire(t, func(t *testing.T, wire aitest.Wire) {
		rate := obj{"match": obj{"userMessage": sectionWords(2), "sequenceIndex": 0}, "status": 429, "retryAfter": 1,
			"response": obj{"error": obj{"message": "slow down", "type": "rate_limit_error"}, "status": 429, "retryAfter": 1}}
		outage := obj{"match": obj{"userMessage": sectionWords(3), "sequenceIndex": 0},
			"response": obj{"error": obj{"message": "down", "type": "server_error"}, "status": 503}}
		cut := once(0, answers(sectionWords(4), sectionText(4)), obj{"latency": 30, "truncateAfterChunks": 8})
		m := startAimock(t, append([]obj{rate, outage, cut}, postFixtures()...)...)
		s := start(t, install(t, wire, m.url))
		id := s.post(t)
		live := s.follow(t, id)
		x := s.ended(t, id)
		checkPost(t, s, x, wire)
		s.checkCredits(t, id, 5, 0)
		text, begun := assemble(t, <-live)
		if begun["section-4"] < 2 || !strings.HasPrefix(sectionText(4), text["section-4"]) {
			t.Errorf("the cut section began %d times and reads %q", begun["section-4"], text["section-4"])
		}
		statuses := map[int]int{}
		for _, r := range m.journal(t) {
			statuses[r.Response.Status]++
		}
		if statuses[429] != 1 || statuses[503] != 1 || statuses[200] != 9 {
			t.Errorf("calls by status: %v", statuses)
		}
	})
}

// A provider that always fails ends the execution with a message; held credits are
// released, and the composer does not take over.
func TestProviderThatAlwaysFails(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer obj
		calls  int // a refused key is not tried again
	}{
		{"outage", obj{"error": obj{"message": "down", "type": "server_error"}, "status": 500}, 3},
		{"refused key", obj{"error": obj{"message": "invalid x-api-key " + aitest.Secret, "type": "authentication_error"}, "status": 401}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachWire(t, func(t *testing.T, wire aitest.Wire) {
				m := startAimock(t, obj{"match": obj{"userMessage": topic}, "response": c.answer})
				s := start(t, install(t, wire, m.url))
				id := s.post(t)
				x := s.ended(t, id)
				a := x.Attributes
				if a.Status != "failed" || a.ErrorMessage == nil || len(a.Assets) != 0 || !a.Engine.AI || a.CreditsUsed != 0 {
					t.Fatalf("%+v", a)
				}
				if said := *a.ErrorMessage; !strings.Contains(said, providerOf(wire)) || !strings.HasSuffix(said, ".") ||
					strings.Contains(said, aitest.Secret) {
					t.Errorf("the execution says: %s", said)
				}
				for _, step := range a.Steps {
					if step.Provider != nil && *step.Provider == "composer" {
						t.Errorf("the composer wrote: %+v", step)
					}
				}
				s.checkCredits(t, id, 0, 5)
				if n := len(m.journal(t)); n != c.calls {
					t.Errorf("%d calls, want %d", n, c.calls)
				}
			})
		})
	}
}
