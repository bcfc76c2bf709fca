// Package template reads workflow templates: it checks one whole, before it is stored,
// and decides step by step what an execution of it does.
//
// A template that was read ([Program]) is pure: it touches no store and starts nothing.
// Package execution asks it which steps there are ([Program.Plan]) and, once the
// dependencies of a step are recorded, with which settings it runs or why it does not
// ([Program.Decide]). The templates that ship with Vellocity are files in builtin/.
package template

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/expression"
	"vellocity/internal/schema"
)

// Find returns a capability by its slug.
type Find func(slug string) (capability.Capability, bool)

// Program is a template that was read. It does not change, so any number of goroutines
// may share one.
type Program struct {
	Template domain.Template
	Inputs   *schema.Schema // the input schema, compiled

	steps []step
	order []int // of the steps, each after those that it depends on
}

// step is a step of a template, read.
type step struct {
	domain.TemplateStep
	path       string // steps.2
	capability capability.Capability
	settings   *expression.Settings
	when       *expression.Expression // nil: always
}

// Has reports whether the template has a step with the key.
func (p *Program) Has(key string) bool { return p.step(key) != nil }

func (p *Program) step(key string) *step {
	if i := slices.IndexFunc(p.steps, func(s step) bool { return s.Key == key }); i >= 0 {
		return &p.steps[i]
	}
	return nil
}

// Capability returns the capability of a step.
func (p *Program) Capability(key string) (capability.Capability, bool) {
	if s := p.step(key); s != nil {
		return s.capability, true
	}
	return capability.Capability{}, false
}

// Capabilities returns the slugs of the capabilities, each once, in the order of the steps.
func (p *Program) Capabilities() (slugs []string) {
	for _, s := range p.steps {
		if !slices.Contains(slugs, s.Capability) {
			slugs = append(slugs, s.Capability)
		}
	}
	return slugs
}

// Lead returns the slug of the first capability that may call a text provider; of the first
// of all where none does.
func (p *Program) Lead() string {
	if i := slices.IndexFunc(p.steps, func(s step) bool { return s.capability.NeedsModel }); i >= 0 {
		return p.steps[i].Capability
	}
	return p.steps[0].Capability
}

// Effects returns all that the steps may do to content items.
func (p *Program) Effects() (kinds []domain.EffectKind) {
	for _, s := range p.steps {
		for _, k := range s.capability.Effects {
			if !slices.Contains(kinds, k) {
				kinds = append(kinds, k)
			}
		}
	}
	return kinds
}

// NeedsModel reports whether a step may call a text provider.
func (p *Program) NeedsModel() bool {
	return slices.ContainsFunc(p.steps, func(s step) bool { return s.capability.NeedsModel })
}

// ModelFor returns the slug of the first capability that only a model can do; "" where rules can do them all.
func (p *Program) ModelFor() string {
	for _, s := range p.steps {
		if s.capability.RequiresModel() {
			return s.Capability
		}
	}
	return ""
}

// Credits is the price with a model: the sum of those of the capabilities. A step that is
// skipped costs nothing in the end.
func (p *Program) Credits() (sum int) {
	for _, s := range p.steps {
		sum += s.capability.Credits
	}
	return sum
}

// Plan returns the template's own steps. The steps of their capabilities are added once
// the settings are known.
func (p *Program) Plan() []domain.PlanStep {
	plan := make([]domain.PlanStep, len(p.steps))
	for i, s := range p.steps {
		plan[i] = domain.PlanStep{
			Key: s.Key, Name: Name(s.Key), Kind: s.Capability, DependsOn: append([]string{}, s.DependsOn...),
			Credits: s.capability.Credits,
		}
	}
	return plan
}

// Name is what people read for the key of a step: "Blog post" for blog-post.
func Name(key string) string {
	words := strings.ReplaceAll(key, "-", " ")
	if words == "" {
		return ""
	}
	if words == "seo" {
		return "SEO"
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// Decision is what becomes of a step.
type Decision struct {
	// Skip is why the step does not run, for people; empty where it does.
	Skip    string
	Request capability.Request
}

// Decide says what becomes of a step whose dependencies are over. given.Steps holds those
// that were not skipped. An error is a VALIDATION_ERROR that names the step and the field.
func (p *Program) Decide(key string, given expression.Given) (Decision, error) {
	s := p.step(key)
	if s == nil {
		return Decision{}, fmt.Errorf("the template %s has no step %q", p.Template.Slug, key)
	}
	var problems domain.Problems
	values, err := expression.NewValues(given)
	if err != nil {
		return Decision{}, err
	}
	skipped := func(key string) bool { _, recorded := given.Steps[key]; return !recorded }
	why, err := s.skipped(values, skipped, true)
	if err != nil {
		problems.Add(s.path+".when", "The step %q could not start: its condition: %s", key, err)
		return Decision{}, problems.Err()
	}
	if why != "" {
		return Decision{Skip: why}, nil
	}
	settings, err := s.settings.Resolve(values)
	if err != nil {
		problems.Add(s.path+".settings", "The step %q could not start: the setting %s", key, err)
		return Decision{}, problems.Err()
	}
	request, err := s.capability.Prepare(settings)
	if err != nil {
		e := domain.AsError(err)
		return Decision{}, &domain.Error{
			Code: e.Code, Fields: e.Fields, Message: fmt.Sprintf("The step %q could not start: %s", key, e.Message),
		}
	}
	return Decision{Request: request}, nil
}

// skipped says why the step does not run; "" where it does. decided says that the values
// of the condition are there.
func (s *step) skipped(
	values *expression.Values, skipped func(key string) bool, decided bool,
) (why string, err error) {
	for _, key := range s.needs() {
		if skipped(key) {
			return fmt.Sprintf("It needs the result of %q, which was skipped.", Name(key)), nil
		}
	}
	instead := slices.ContainsFunc(s.uses(), skipped)
	if len(s.DependsOn) > 0 && !instead && !slices.ContainsFunc(s.DependsOn, func(k string) bool { return !skipped(k) }) {
		return "All that it depends on was skipped.", nil
	}
	if s.when == nil || !decided {
		return "", nil
	}
	holds, err := s.when.Holds(values)
	if err != nil || holds {
		return "", err
	}
	return "Its condition is false: " + s.When, nil
}

// needs are the steps whose values the step cannot do without.
func (s *step) needs() []string {
	if s.when == nil {
		return s.settings.Needs()
	}
	return append(s.when.Needs(), s.settings.Needs()...)
}

// uses are the steps that the expressions refer to.
func (s *step) uses() []string {
	if s.when == nil {
		return s.settings.Uses()
	}
	return append(slices.Clone(s.when.Uses()), s.settings.Uses()...)
}

// CheckInputs notes what is wrong with inputs, below "inputs", and returns them with the
// defaults filled in; nil where something is.
func (p *Program) CheckInputs(problems *domain.Problems, inputs json.RawMessage) (json.RawMessage, error) {
	filled, err := p.Inputs.CheckInto(problems, inputs, "inputs")
	if err != nil || filled == nil {
		return nil, err
	}
	var given map[string]json.RawMessage
	if err := json.Unmarshal(filled, &given); err != nil {
		return nil, fmt.Errorf("read the inputs: %w", err)
	}
	known := names(p.Inputs)
	unknown := false
	for name := range given { // no expression could read it
		if !slices.Contains(known, name) {
			problems.Unknown("inputs."+name, "input", name, known)
			unknown = true
		}
	}
	if unknown {
		return nil, nil
	}
	return filled, nil
}

func names(s *schema.Schema) []string {
	list := []string{}
	for _, f := range s.Fields() {
		list = append(list, f.Name)
	}
	return list
}

// Title names an execution with these inputs: the template, and the first text among
// the inputs that has no more than a line.
func (p *Program) Title(inputs json.RawMessage) string {
	var given map[string]any
	if err := json.Unmarshal(inputs, &given); err != nil {
		return p.Template.Name
	}
	for _, f := range p.Inputs.Fields() {
		if s, ok := given[f.Name].(string); ok && f.Required && strings.TrimSpace(s) != "" {
			return clip(p.Template.Name+": "+strings.Join(strings.Fields(s), " "), domain.LimitTitle.Max)
		}
	}
	return p.Template.Name
}

func clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
