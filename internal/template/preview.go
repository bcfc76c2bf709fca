package template

import (
	"encoding/json"
	"regexp"
	"slices"

	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/expression"
)

// Foreseen is what can be said about a step before anything runs.
type Foreseen struct {
	Key        string
	Capability string
	// Settings are the step's settings, with the values of the expressions that are known.
	Settings json.RawMessage
	// Open are the paths of the settings whose values come from other steps.
	Open []string
	// Skip is why the step will not run; empty where it does, or may.
	Skip string
	// Certain says that the step runs whatever the other steps record.
	Certain bool
	// Request is the capability with the settings, where all of them are known and right.
	Request *capability.Request

	step *step
}

// Blame returns the path of what a caller can change about a setting: of the input that
// it is, else of the setting itself.
func (f Foreseen) Blame(setting string) string { return f.step.blame(setting) }

// Preview resolves what is known of the steps with these inputs, in the order of the
// template, and notes what is wrong.
func (p *Program) Preview(problems *domain.Problems, given expression.Given) ([]Foreseen, error) {
	values, err := expression.NewValues(given)
	if err != nil {
		return nil, err
	}
	out := make([]Foreseen, len(p.steps))
	skipped, certain := map[string]bool{}, map[string]bool{}
	for _, i := range p.order {
		out[i] = p.steps[i].foresee(problems, values, skipped)
		f := &out[i]
		f.Certain = f.Skip == "" && p.steps[i].certain(certain, skipped)
		certain[f.Key] = f.Certain
	}
	return out, nil
}

// certain reports whether a step that is not skipped runs whatever the others record: what it
// waits for and refers to is certain, or skipped for certain, and so is its condition.
func (s *step) certain(certain, skipped map[string]bool) bool {
	open := func(key string) bool { return !certain[key] && !skipped[key] }
	if slices.ContainsFunc(s.DependsOn, open) {
		return false
	}
	return s.when == nil || !slices.ContainsFunc(s.when.Uses(), func(key string) bool { return !skipped[key] })
}

func (s *step) foresee(problems *domain.Problems, values *expression.Values, skipped map[string]bool) Foreseen {
	f := Foreseen{Key: s.Key, Capability: s.Capability, step: s}
	var faults []*expression.FieldError
	known := func(key string) bool { return skipped[key] }
	f.Settings, f.Open, faults = s.settings.ResolveKnown(values, known)
	decided := s.when != nil && !slices.ContainsFunc(s.when.Uses(), func(k string) bool { return !skipped[k] })
	why, err := s.skipped(values, known, decided)
	if err != nil {
		problems.Add(s.path+".when", "The when field cannot be decided: %s", err)
		return f
	}
	if f.Skip = why; why != "" {
		skipped[s.Key] = true
		return f
	}
	for _, e := range faults {
		at := s.blame("settings." + e.Path)
		problems.Add(at, "The %s field has no value: %s", domain.Leaf(at), e.Cause)
		f.Open = append(f.Open, e.Path)
	}
	checkKnown(problems, s.capability, f.Settings, f.Open, s.blame)
	if len(f.Open) == 0 {
		if req, err := s.capability.Prepare(f.Settings); err == nil {
			f.Request = &req
		}
	}
	return f
}

// input is an expression that is an input, with or without another value.
var input = regexp.MustCompile(`^inputs\.(\w+)( *\?\?.*)?$`)

// blame returns the path of the input that a setting is; else that of the setting.
func (s *step) blame(path string) string {
	const settings = len("settings.")
	if len(path) > settings {
		if m := input.FindStringSubmatch(s.settings.Source(path[settings:])); m != nil {
			return "inputs." + m[1]
		}
	}
	return s.path + "." + path
}
