package execution

import (
	"encoding/json"
	"fmt"

	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/template"
)

// Order is what an execution is asked to do: a capability with its settings, or a
// template with its inputs.
type Order struct {
	Title    string
	Settings json.RawMessage // with the defaults filled in
	// Capabilities are the slugs of those that it uses.
	Capabilities []string
	Lead         string              // the one of them that writes first, whose agent is the execution's
	Effects      []domain.EffectKind // all that it may do to content items
	NeedsModel   bool
	ModelFor     string  // the slug of one that only a model can do; "": none
	BrandVoice   int64   // that the settings name; 0: none
	Reads        []int64 // items
	Sources      []int64 // that the settings name
	Listing      int64
	// Certain is how many credits it is certain to need with a model. A template may need more: up to its price.
	Certain int

	capability string
	program    *template.Program
	plan       func() ([]domain.PlanStep, error)
}

// OfCapability is an order of one capability. req is its settings, decoded.
func OfCapability(c capability.Capability, req capability.Request) Order {
	o := Order{
		Title:        domain.FoldLine(req.Title()),
		Settings:     req.JSON(),
		Capabilities: []string{c.Slug},
		Lead:         c.Slug,
		Effects:      req.Effects(),
		NeedsModel:   c.NeedsModel,
		BrandVoice:   req.BrandVoice(),
		Reads:        req.Reads(),
		Sources:      req.Sources(),
		Listing:      req.Listing(),
		capability:   c.Slug,
		plan:         req.Plan,
	}
	if c.RequiresModel() {
		o.ModelFor = c.Slug
	}
	return o
}

// OfTemplate is an order of a template. inputs have been checked, with the defaults filled
// in. What its steps read is known only while they run.
func OfTemplate(p *template.Program, inputs json.RawMessage) Order {
	return Order{
		Title:        domain.FoldLine(p.Title(inputs)),
		Settings:     inputs,
		Capabilities: p.Capabilities(),
		Lead:         p.Lead(),
		Effects:      p.Effects(),
		NeedsModel:   p.NeedsModel(),
		ModelFor:     p.ModelFor(),
		program:      p,
		plan:         func() ([]domain.PlanStep, error) { return p.Plan(), nil },
	}
}

// Plan returns the steps as they are known before the execution begins: all of a
// capability's, and a template's own.
func (o Order) Plan() ([]domain.PlanStep, error) { return o.plan() }

// Reload returns the order that an execution was accepted with, for a retry of it. An
// error says that this version of the program cannot read it.
func (r *Runner) Reload(x domain.Execution) (Order, error) {
	if x.Program != nil {
		p, err := template.Read(*x.Program, r.Capability)
		if err != nil {
			return Order{}, fmt.Errorf("read the template of execution %d: %w", x.ID, err)
		}
		return OfTemplate(p, x.Settings), nil
	}
	c, ok := r.Capability(x.Capability)
	if !ok {
		return Order{}, domain.Errorf(domain.CodeConflict,
			"This version of Vellocity has no capability %q.", x.Capability)
	}
	req, err := c.Load(x.Settings)
	if err != nil {
		return Order{}, fmt.Errorf("read the settings of execution %d: %w", x.ID, err)
	}
	return OfCapability(c, req), nil
}

// fill writes the order into an execution that is to be accepted.
func (o Order) fill(x domain.Execution) domain.Execution {
	x.Title, x.Settings, x.Capability = o.Title, o.Settings, o.capability
	if o.program != nil {
		x.Program, x.Template = &o.program.Template, o.program.Template.Slug
	}
	return x
}

// isDone reports whether a recorded step need not run again.
func isDone(s store.Step) bool {
	return s.Status == domain.StepDone || s.Status == domain.StepReused || s.Status == domain.StepSkipped
}
