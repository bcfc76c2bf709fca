package work

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/execution"
	"vellocity/internal/expression"
	"vellocity/internal/schema"
	"vellocity/internal/store"
	"vellocity/internal/template"
	"vellocity/internal/verb"
)

// TemplateDetails is a template with what it costs.
type TemplateDetails struct {
	domain.Template
	Credits int // the price with a model, while no step is skipped
	// Inputs is InputSchema, compiled: its fields, for forms. Only [Verbs.Template] fills it in; nil
	// where this version cannot read the template any more.
	Inputs *schema.Schema
}

// ListTemplates filters the templates. An empty category is any.
type ListTemplates struct{ Category domain.TemplateCategory }

// Templates returns the templates that the workspace can execute: those that ship with
// Vellocity, then its own in the order of their creation.
func (v *Verbs) Templates(ctx context.Context, in ListTemplates) ([]TemplateDetails, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	var p domain.Problems
	domain.CheckEnum(&p, "category", in.Category)
	if err := p.Err(); err != nil {
		return nil, err
	}
	all, err := v.allTemplates(ctx, a.WorkspaceID)
	if err != nil {
		return nil, err
	}
	list := []TemplateDetails{}
	for _, t := range all {
		if in.Category == "" || t.Category == in.Category {
			list = append(list, v.priced(t))
		}
	}
	return list, nil
}

// TemplateGroup is the templates of one category.
type TemplateGroup struct {
	Category  domain.TemplateCategory
	Templates []TemplateDetails
}

// GroupedTemplates returns the templates by category, in the order in which people read
// them, without the categories that have none.
func (v *Verbs) GroupedTemplates(ctx context.Context) ([]TemplateGroup, error) {
	all, err := v.Templates(ctx, ListTemplates{})
	if err != nil {
		return nil, err
	}
	groups := []TemplateGroup{}
	for _, c := range domain.TemplateCategories() {
		g := TemplateGroup{Category: c}
		for _, t := range all {
			if t.Category == c {
				g.Templates = append(g.Templates, t)
			}
		}
		if len(g.Templates) > 0 {
			groups = append(groups, g)
		}
	}
	return groups, nil
}

func (v *Verbs) allTemplates(ctx context.Context, workspaceID int64) ([]domain.Template, error) {
	own, err := v.store.Read().Templates(ctx, workspaceID)
	return append(slices.Clone(v.templates), own...), err
}

func (v *Verbs) priced(t domain.Template) TemplateDetails {
	d := TemplateDetails{Template: t}
	for _, s := range t.Steps {
		d.Credits += v.capabilities[s.Capability].Credits
	}
	return d
}

// Template returns one template by its slug, or by its id as a number.
func (v *Verbs) Template(ctx context.Context, ref string) (TemplateDetails, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return TemplateDetails{}, err
	}
	t, err := v.template(ctx, v.store.Read(), a.WorkspaceID, ref)
	if err != nil {
		return TemplateDetails{}, err
	}
	d := v.priced(t)
	if program, err := v.read(t); err == nil {
		d.Inputs = program.Inputs
	}
	return d, nil
}

// template finds a template by its slug or id, among those that ship with Vellocity and those
// of the workspace.
func (v *Verbs) template(ctx context.Context, q store.Q, workspaceID int64, ref string) (domain.Template, error) {
	id, err := strconv.ParseInt(ref, 10, 64)
	number := err == nil
	for _, t := range v.templates {
		if number && t.ID == id || t.Slug == ref {
			return t, nil
		}
	}
	if number {
		return q.Template(ctx, workspaceID, id)
	}
	return q.TemplateBySlug(ctx, workspaceID, ref)
}

// program finds a template and reads it. One that shipped in a form that this version no
// longer knows is a VALIDATION_ERROR that says so.
func (v *Verbs) program(ctx context.Context, workspaceID int64, ref string) (*template.Program, error) {
	t, err := v.template(ctx, v.store.Read(), workspaceID, ref)
	if err != nil {
		return nil, err
	}
	return v.read(t)
}

func (v *Verbs) read(t domain.Template) (*template.Program, error) {
	if program, ok := v.programs[t.ID]; ok {
		return program()
	}
	return template.Read(t, v.find)
}

// ExecuteTemplate asks for an execution of a template.
type ExecuteTemplate struct {
	Template string          // slug, or id as a number
	AgentID  int64           // 0: chosen automatically
	Inputs   json.RawMessage // an object; empty: {}
	Priority domain.Priority // empty: normal
	Notify   bool
	Wait     time.Duration // how long to wait for the end before returning
	// MaxCredits is the most that it may hold and spend; nil: its price. Where the inputs make it
	// certain that more is needed, it is not accepted. Else a step that would need more fails.
	MaxCredits *int
}

// ExecuteTemplate accepts one execution of all of a template's steps. It takes the scopes of
// all that its capabilities may do to items. The inputs, and the settings that follow from
// them alone, are checked first. As to waiting and replays it is [Verbs.Execute].
func (v *Verbs) ExecuteTemplate(ctx context.Context, in ExecuteTemplate) (Started, error) {
	a, err := verb.Caller(ctx, domain.ScopeReview)
	if err != nil {
		return Started{}, err
	}
	program, err := v.program(ctx, a.WorkspaceID, in.Template)
	if err != nil {
		return Started{}, err
	}
	if err := v.node.Accepting(); err != nil {
		return Started{}, err
	}
	var p domain.Problems
	domain.CheckEnum(&p, "priority", in.Priority)
	checkMaxCredits(&p, in.MaxCredits)
	checked, err := v.checkInputs(ctx, &p, a.WorkspaceID, program, in.Inputs, nil)
	if err != nil {
		return Started{}, err
	}
	if err := p.Err(); err != nil {
		if missing := a.RequireAll(domain.EffectScopes(program.Effects())); missing != nil {
			return Started{}, missing // first what no other inputs would change
		}
		return Started{}, err
	}
	order := execution.OfTemplate(program, checked.inputs)
	order.Certain = v.certain(checked.steps)
	further := in.further()
	return v.start(ctx, a, in.Wait, func(tx *store.Tx, a domain.Actor) (Started, error) {
		if err := a.RequireAll(domain.EffectScopes(program.Effects())); err != nil {
			return Started{}, err
		}
		var p domain.Problems
		if err := checkReads(ctx, tx.Q, &p, a.WorkspaceID, checked.steps); err != nil {
			return Started{}, err
		}
		if err := p.Err(); err != nil {
			return Started{}, err
		}
		return v.accept(ctx, tx, a, order, further, earlier{})
	})
}

// further is what an execution of a template has beside the template's order.
func (in ExecuteTemplate) further() Execute {
	return Execute{
		AgentID: in.AgentID, Priority: cmp.Or(in.Priority, domain.PriorityNormal), Notify: in.Notify,
		MaxCredits: in.MaxCredits,
	}
}

// certain is how many credits the steps that are certain to run cost with a model.
func (v *Verbs) certain(steps []template.Foreseen) (sum int) {
	for _, f := range steps {
		if f.Certain {
			sum += v.capabilities[f.Capability].Credits
		}
	}
	return sum
}

// checkedInputs are inputs with their defaults, and what they make of the steps.
type checkedInputs struct {
	inputs json.RawMessage
	steps  []template.Foreseen
}

// checkInputs notes what is wrong with the inputs of a template, and with the settings that
// follow from them and from what the expressions see as event.
func (v *Verbs) checkInputs(
	ctx context.Context, p *domain.Problems, workspaceID int64, program *template.Program, inputs, event json.RawMessage,
) (out checkedInputs, err error) {
	if out.inputs, err = program.CheckInputs(p, inputs); err != nil || out.inputs == nil {
		return out, err
	}
	w, err := v.store.Read().Workspace(ctx, workspaceID)
	if err != nil {
		return out, err
	}
	out.steps, err = program.Preview(p, expression.Given{
		Inputs: out.inputs, Event: event, Workspace: w, StartedAt: v.store.Now(),
	})
	return out, err
}

// checkReads notes the items, sources, listings and brand voices that steps will read and that do not exist.
func checkReads(
	ctx context.Context, q store.Q, p *domain.Problems, workspaceID int64, steps []template.Foreseen,
) error {
	for _, f := range steps {
		if f.Request == nil {
			continue
		}
		if ids := f.Request.Reads(); len(ids) > 0 {
			missing, err := q.MissingContent(ctx, workspaceID, ids)
			if err != nil {
				return err
			}
			for _, id := range missing {
				p.Missing(f.Blame("settings.content_id"), "content item", id)
			}
		}
		if ids := f.Request.Sources(); len(ids) > 0 {
			missing, err := q.MissingSources(ctx, workspaceID, ids)
			if err != nil {
				return err
			}
			for _, id := range missing {
				p.Missing(f.Blame("settings.source_ids"), "source", id)
			}
		}
		if id := f.Request.Listing(); id != 0 {
			_, err := q.Listing(ctx, workspaceID, id)
			if domain.CodeOf(err) == domain.CodeNotFound {
				p.Missing(f.Blame("settings.listing_id"), "listing", id)
			} else if err != nil {
				return err
			}
		}
		if id := f.Request.BrandVoice(); id != 0 {
			_, err := q.BrandVoice(ctx, workspaceID, id)
			if domain.CodeOf(err) == domain.CodeNotFound {
				p.Missing(f.Blame("settings.brand_voice_id"), "brand voice", id)
			} else if err != nil {
				return err
			}
		}
	}
	return nil
}

// ValidateTemplate says which template to check with which inputs.
type ValidateTemplate struct {
	Template string          // slug, or id as a number
	Inputs   json.RawMessage // an object; empty: {}
}

// Validation is what an execution of a template with some inputs would do.
type Validation struct {
	// Faults are what is wrong, by the path of the field; none where the inputs can be
	// executed.
	Faults map[string][]string
	// Steps is what is known of the steps; none where the inputs themselves are wrong.
	Steps   []template.Foreseen
	Credits int // the price with a model, without the steps that will not run
}

// ValidateTemplate checks inputs as [Verbs.ExecuteTemplate] does and starts nothing.
func (v *Verbs) ValidateTemplate(ctx context.Context, in ValidateTemplate) (Validation, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return Validation{}, err
	}
	program, err := v.program(ctx, a.WorkspaceID, in.Template)
	if err != nil {
		return Validation{}, err
	}
	var p domain.Problems
	checked, err := v.checkInputs(ctx, &p, a.WorkspaceID, program, in.Inputs, nil)
	if err != nil {
		return Validation{}, err
	}
	if err := checkReads(ctx, v.store.Read(), &p, a.WorkspaceID, checked.steps); err != nil {
		return Validation{}, err
	}
	out := Validation{Faults: map[string][]string{}, Steps: checked.steps, Credits: program.Credits()}
	if err := p.Err(); err != nil {
		maps.Copy(out.Faults, domain.AsError(err).Fields)
	}
	for _, f := range checked.steps {
		if f.Skip != "" {
			out.Credits -= v.capabilities[f.Capability].Credits
		}
	}
	return out, nil
}
