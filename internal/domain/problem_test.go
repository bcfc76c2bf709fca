package domain_test

import (
	"strings"
	"testing"

	"vellocity/internal/domain"
)

// Each kind of fault has one wording at every interface: a change here is seen by
// every caller.
func TestProblemWordings(t *testing.T) {
	for want, add := range map[string]func(p *domain.Problems){
		"The topic field is required":           func(p *domain.Problems) { p.Required("settings.topic") },
		"The scopes.2 field must not be blank":  func(p *domain.Problems) { p.Blank("scopes.2") },
		"The title field must not be null":      func(p *domain.Problems) { p.Null("title") },
		"The title field must be text":          func(p *domain.Problems) { p.Type("title", "text") },
		"The page field must be at least 1":     func(p *domain.Problems) { p.Small("page", 1) },
		"The rate field must be at most 0.5":    func(p *domain.Problems) { p.Large("rate", 0.5) },
		"The n field must be at most 100000000": func(p *domain.Problems) { p.Large("n", 100_000_000) },
		"The name field must have at least 1 character; it has 0": func(p *domain.Problems) {
			p.Short("name", 1, 0)
		},
		"The name field must have at most 2 characters; it has 3": func(p *domain.Problems) {
			p.Long("name", 2, 3)
		},
		"The tags field must have at least 2 items; it has 1": func(p *domain.Problems) { p.Few("tags", 2, 1) },
		"The tags field must have at most 1 item; it has 2":   func(p *domain.Problems) { p.Many("tags", 1, 2) },
		"The status field must be one of a, b or c": func(p *domain.Problems) {
			p.NotOneOf("status", []string{"a", "b", "c"})
		},
		`The tags.1 field repeats "x"`:                     func(p *domain.Problems) { p.Twice("tags.1", "x") },
		"The at field must be a time":                      func(p *domain.Problems) { p.Format("at", "a time") },
		"The tone field conflicts with another field":      func(p *domain.Problems) { p.Conflict("tone") },
		"The id field names agent 7, which does not exist": func(p *domain.Problems) { p.Missing("id", "agent", 7) },
		`There is no field named "tilte"; did you mean "title"?`: func(p *domain.Problems) {
			p.Unknown("tilte", "field", "tilte", []string{"body", "title"})
		},
		`There is no field named "zzz"`: func(p *domain.Problems) {
			p.Unknown("zzz", "field", "zzz", []string{"body", "title"})
		},
	} {
		var p domain.Problems
		add(&p)
		if err := p.Err(); err == nil || domain.AsError(err).Message != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestProblemsAreCollected(t *testing.T) {
	var p domain.Problems
	if err := p.Err(); err != nil {
		t.Errorf("nothing is wrong, but: %v", err)
	}
	p.Required("b")
	p.Required("a")
	p.Long("b", 1, 2)
	e := domain.AsError(p.Err())
	if e.Code != domain.CodeValidation || e.Message != "The b field is required" {
		t.Errorf("the first fault is not the message: %+v", e)
	}
	if len(e.Fields["b"]) != 2 || len(e.Fields["a"]) != 1 {
		t.Errorf("fields %v", e.Fields)
	}
}

// A caller's own text in a message stays readable.
func TestProblemsClipWhatCallersSent(t *testing.T) {
	var p domain.Problems
	p.Twice("tags.1", strings.Repeat("é", 500))
	if m := domain.AsError(p.Err()).Message; len([]rune(m)) > 100 || !strings.Contains(m, "…") {
		t.Errorf("the message has %d characters: %s", len([]rune(m)), m)
	}
}

func TestCheckEnum(t *testing.T) {
	for v, wrong := range map[domain.ItemStatus]bool{"": false, domain.ItemReady: false, "done": true, "Ready": true} {
		var p domain.Problems
		domain.CheckEnum(&p, "status", v)
		if err := p.Err(); (err != nil) != wrong {
			t.Errorf("%q: %v", v, err)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"title", "topic", "tone"}
	for name, want := range map[string]string{
		"tilte": "title", "TITLE": "title", "titel": "title", "tpic": "topic", "tune": "tone",
		"headline": "", "": "",
	} {
		if got := domain.Nearest(name, known); got != want {
			t.Errorf("%q is nearest to %q, want %q", name, got, want)
		}
	}
}
