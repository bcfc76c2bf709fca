package capability

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"vellocity/internal/domain"
	"vellocity/internal/schema"
)

// Spec declares a capability whose settings decode into S. S is decoded once when
// an execution is accepted and once when a worker claims it; every function below
// gets the same value, and must not change what it points to, since steps run in
// parallel.
type Spec[S any] struct {
	domain.Capability
	// Tidy brings decoded settings into the form in which all the others use them;
	// nil leaves them as they are. What is stored is what the caller sent.
	Tidy func(s S) S
	// Check notes what is wrong with settings that the schema lets through, where
	// fields depend on one another; nil where none do.
	Check func(s S, p *domain.Problems)
	// Title names an execution with these settings: its topic.
	Title func(s S) string
	// Reads returns the ids of the content items that the steps read; nil where
	// they read none. Each must exist in the workspace when the execution is accepted.
	Reads func(s S) []int64
	// Sources says which of the workspace's sources the texts may rest on; nil: none. Its plan gets a step before all
	// others that finds passages of them. in is empty while the plan is laid out.
	Sources func(in Input, s S) Query
	// Compose adds sentences of those passages to what the composer writes from; nil: it does without.
	Compose func(s S, sentences []string) S
	// Listing returns the id of the listing that the steps read, and that what they create is for; 0, or no function:
	// none. It must exist in the workspace when the execution is accepted.
	Listing func(s S) int64
	// BrandVoice returns the id of the brand voice that the settings choose; 0, or
	// no function, leaves the choice to the agent and the workspace.
	BrandVoice func(s S) int64
	// Effects narrows the capability's effects to those that these settings can have;
	// nil leaves all of them.
	Effects func(s S) []domain.EffectKind
	// Plan lays out the steps. It is pure: the same settings give the same plan.
	// The credits of the steps sum to the capability's price.
	Plan func(s S) ([]domain.PlanStep, error)
	// Steps has the function of each kind of step that Plan uses.
	Steps map[string]Step[S]
}

// Step runs one step of an execution. It may be called again after a crash until
// its result has been recorded, so it must not act on the outside world except
// through in.
type Step[S any] func(ctx context.Context, in Input, s S) (Result, error)

// StepFunc is a [Step] whose settings are bound to it.
type StepFunc func(ctx context.Context, in Input) (Result, error)

// Capability is one thing that Vellocity can be asked to do, whatever the type of
// its settings. [Define] makes it.
type Capability struct {
	domain.Capability
	Schema *schema.Schema // SettingsSchema, compiled

	kinds map[string]bool
	load  func(settings json.RawMessage) (Request, error)
}

// Define reads the settings schema of a capability and hides the type of its
// settings. A schema that cannot be read is a fault of the program, so it panics.
func Define[S any](spec Spec[S]) Capability {
	s, err := schema.Own(spec.SettingsSchema)
	if err != nil {
		panic(fmt.Sprintf("settings schema of %s: %v", spec.Slug, err))
	}
	c := Capability{Capability: spec.Capability, Schema: s, kinds: map[string]bool{}, load: spec.load}
	for kind := range spec.Steps {
		c.kinds[kind] = true
	}
	if spec.Sources != nil {
		c.kinds[sourcesStep] = true
	}
	return c
}

// Prepare checks a caller's settings, fills in the defaults and decodes them. What
// is wrong comes back as one VALIDATION_ERROR with all faults below "settings", in
// the order of the form.
func (c Capability) Prepare(raw json.RawMessage) (Request, error) {
	filled, err := c.Schema.Check(raw, "settings")
	if err != nil {
		return Request{}, err
	}
	r, err := c.load(filled)
	var p domain.Problems
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) { // the schema allows what the type cannot hold
		p.Format(strings.TrimSuffix("settings."+wrong.Field, "."), "a value that fits")
		return Request{}, p.Err()
	}
	if err != nil {
		return Request{}, err
	}
	r.check(&p)
	return r, p.Err()
}

// Load decodes settings that [Capability.Prepare] has returned before, perhaps that
// of an older version of the program, without checking them again. An error says
// that this version cannot read them.
func (c Capability) Load(settings json.RawMessage) (Request, error) { return c.load(settings) }

// HasStep reports whether there is a function for steps of this kind.
func (c Capability) HasStep(kind string) bool { return c.kinds[kind] }

// Request is a capability with settings for one execution, decoded.
type Request struct {
	settings   json.RawMessage
	title      string
	reads      []int64
	sources    []int64
	effects    []domain.EffectKind
	brandVoice int64
	listing    int64
	check      func(p *domain.Problems)
	plan       func() ([]domain.PlanStep, error)
	step       func(kind string) (StepFunc, bool)
}

// JSON returns the settings with the defaults filled in, as they are stored.
func (r Request) JSON() json.RawMessage { return r.settings }

// Title names the execution for people.
func (r Request) Title() string { return r.title }

// Reads returns the ids of the content items that the steps read.
func (r Request) Reads() []int64 { return r.reads }

// Sources returns the ids of the sources that the settings name.
func (r Request) Sources() []int64 { return r.sources }

// Effects returns what the steps may do to content items.
func (r Request) Effects() []domain.EffectKind { return r.effects }

// BrandVoice returns the id of the brand voice that the settings choose; 0: none.
func (r Request) BrandVoice() int64 { return r.brandVoice }

// Listing returns the id of the listing that the steps read; 0: none.
func (r Request) Listing() int64 { return r.listing }

// Plan returns the steps. They are laid out at the first call.
func (r Request) Plan() ([]domain.PlanStep, error) { return r.plan() }

// Step returns the function for steps of a kind; false where there is none.
func (r Request) Step(kind string) (StepFunc, bool) { return r.step(kind) }

// load decodes settings into S and binds them to the functions of the spec.
func (spec Spec[S]) load(raw json.RawMessage) (Request, error) {
	var s S
	if err := json.Unmarshal(raw, &s); err != nil {
		return Request{}, fmt.Errorf("read the settings of %s: %w", spec.Slug, err)
	}
	if spec.Tidy != nil {
		s = spec.Tidy(s)
	}
	r := Request{
		settings: raw,
		title:    spec.Title(s),
		check:    func(p *domain.Problems) {},
		plan: sync.OnceValues(func() ([]domain.PlanStep, error) {
			plan, err := spec.Plan(s)
			return spec.withSources(s, plan), err
		}),
	}
	r.effects = spec.Capability.Effects
	if spec.Effects != nil {
		r.effects = spec.Effects(s)
	}
	if spec.Reads != nil {
		r.reads = spec.Reads(s)
	}
	if spec.Sources != nil {
		r.sources = spec.Sources(Input{}, s).SourceIDs
	}
	if spec.BrandVoice != nil {
		r.brandVoice = spec.BrandVoice(s)
	}
	if spec.Listing != nil {
		r.listing = spec.Listing(s)
	}
	if spec.Check != nil {
		r.check = func(p *domain.Problems) { spec.Check(s, p) }
	}
	r.step = func(kind string) (StepFunc, bool) {
		f, ok := spec.Steps[kind]
		if kind == sourcesStep && spec.Sources != nil {
			f, ok = spec.findSources, true
		}
		return func(ctx context.Context, in Input) (Result, error) { return spec.sourced(ctx, in, s, f) }, ok
	}
	return r, nil
}
