package work

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"vellocity/internal/cron"
	"vellocity/internal/domain"
	"vellocity/internal/execution"
	"vellocity/internal/expression"
	"vellocity/internal/template"
)

// readTrigger is a trigger whose texts were read, which happens outside of transactions.
type readTrigger struct {
	domain.Trigger
	schedule cron.Schedule
	filter   *expression.Expression // nil: every event
	inputs   *expression.Settings
	program  *template.Program
}

// noInputs is what the expressions of a trigger can use: event and workspace, and neither
// inputs nor steps, which do not exist before it fires.
var noInputs = expression.Scope{Inputs: []string{}}

// readTrigger reads a trigger and notes everything that is wrong with it.
func (v *Verbs) readTrigger(ctx context.Context, p *domain.Problems, t domain.Trigger) (readTrigger, error) {
	r := readTrigger{Trigger: t}
	r.readHead(p)
	switch t.Type {
	case domain.TriggerSchedule:
		r.readSchedule(p)
	case domain.TriggerEvent:
		r.readEvent(p)
	}
	return r, v.readInputs(ctx, p, &r)
}

func (r *readTrigger) readHead(p *domain.Problems) {
	domain.LimitTriggerName.Text(p, "name", r.Name)
	if r.Type == "" {
		p.Required("type")
	}
	domain.CheckEnum(p, "type", r.Type)
	domain.CheckEnum(p, "overlap", r.Overlap)
}

func (r *readTrigger) readSchedule(p *domain.Problems) {
	zone, err := cron.Zone(r.Timezone)
	if err != nil {
		p.Format("schedule.timezone", strings.TrimPrefix(err.Error(), "must be "))
	}
	domain.LimitCron.Text(p, "schedule.cron", r.Cron)
	if zone == nil || strings.TrimSpace(r.Cron) == "" {
		return
	}
	if r.schedule, err = cron.Parse(r.Cron, zone); err != nil {
		p.Add("schedule.cron", "The cron field %s", err)
	}
}

func (r *readTrigger) readEvent(p *domain.Problems) {
	domain.CheckEventName(p, "event.name", r.Event)
	domain.LimitExpression.Text(p, "event.filter", r.Filter)
	if strings.TrimSpace(r.Filter) == "" {
		return
	}
	x, faults := expression.Condition(r.Filter, noInputs)
	for _, f := range faults {
		p.Add("event.filter", "The filter field %s", f)
	}
	if x != nil && x.Never() {
		p.Add("event.filter", "The filter field is never true, so the trigger could not fire")
	}
	r.filter = x
}

// readInputs finds the template and checks the inputs as far as they are known before an
// event is there.
func (v *Verbs) readInputs(ctx context.Context, p *domain.Problems, r *readTrigger) error {
	if r.Template == "" {
		p.Required("template")
		return nil
	}
	program, err := v.program(ctx, r.WorkspaceID, r.Template)
	switch {
	case domain.CodeOf(err) == domain.CodeNotFound:
		p.Add("template", "The template field names the template %q, which does not exist", r.Template)
		return nil
	case domain.CodeOf(err) == domain.CodeValidation:
		p.Add("template", "The template field names a template that this version cannot read: %s",
			domain.AsError(err).Message)
		return nil
	case err != nil:
		return err
	}
	r.program, r.Template = program, program.Template.Slug
	var object map[string]json.RawMessage
	switch {
	case len(r.Inputs) == 0:
		r.Inputs = json.RawMessage(`{}`)
	case len(r.Inputs) > domain.MaxTemplateObject:
		p.Add("inputs", "The inputs field has %d bytes; %d are the most", len(r.Inputs), domain.MaxTemplateObject)
		return nil
	case json.Unmarshal(r.Inputs, &object) != nil || object == nil:
		p.Type("inputs", "an object")
		return nil //nolint:nilerr // it is noted
	}
	broken := false
	r.inputs, err = expression.ParseSettings(r.Inputs, noInputs, func(path string, fault error) {
		broken = true
		p.Add("inputs."+path, "The %s field %s", domain.Leaf("inputs."+path), fault)
	})
	if err != nil || broken {
		return err
	}
	return checkKnownInputs(p, r)
}

// checkKnownInputs notes what is wrong with the inputs whose values need no event.
func checkKnownInputs(p *domain.Problems, r *readTrigger) error {
	var all domain.Problems
	if _, err := r.program.CheckInputs(&all, r.Inputs); err != nil {
		return err
	}
	var e *domain.Error
	if !errors.As(all.Err(), &e) {
		return nil
	}
	open := r.inputs.Paths()
	for _, path := range slices.Sorted(maps.Keys(e.Fields)) {
		of := strings.TrimPrefix(path, "inputs.")
		name, _, _ := strings.Cut(of, ".")
		if _, known := r.program.Inputs.Field(name); known && slices.ContainsFunc(open, func(o string) bool {
			return of == o || strings.HasPrefix(of, o+".") || strings.HasPrefix(o, of+".")
		}) {
			continue
		}
		for _, message := range e.Fields[path] {
			p.Add(path, "%s", message)
		}
	}
	return nil
}

// order is an execution that a trigger can start.
type order struct {
	execution.Order
	steps []template.Foreseen
}

// orderOf resolves the inputs of a trigger for what its expressions see as event. A
// VALIDATION_ERROR says why there is no execution.
func (v *Verbs) orderOf(ctx context.Context, r readTrigger, event json.RawMessage) (o order, err error) {
	values, err := v.valuesOf(ctx, r.WorkspaceID, event)
	if err != nil {
		return o, err
	}
	inputs, err := r.inputs.Resolve(values)
	var field *expression.FieldError
	if errors.As(err, &field) {
		var p domain.Problems
		p.Add("inputs."+field.Path, "The %s input has no value: %s", field.Path, field.Cause)
		return o, p.Err()
	}
	if err != nil {
		return o, err
	}
	var p domain.Problems
	checked, err := v.checkInputs(ctx, &p, r.WorkspaceID, r.program, inputs, event)
	if err == nil {
		err = p.Err()
	}
	if err != nil {
		return o, err
	}
	return order{execution.OfTemplate(r.program, checked.inputs), checked.steps}, nil
}

func (v *Verbs) valuesOf(ctx context.Context, workspaceID int64, event json.RawMessage) (*expression.Values, error) {
	w, err := v.store.Read().Workspace(ctx, workspaceID)
	if err != nil {
		return nil, err
	}
	return expression.NewValues(expression.Given{Event: event, Workspace: w, StartedAt: v.store.Now()})
}

// passes reports whether the filter lets an event through.
func (v *Verbs) passes(ctx context.Context, r readTrigger, event json.RawMessage) (bool, error) {
	if r.filter == nil {
		return true, nil
	}
	values, err := v.valuesOf(ctx, r.WorkspaceID, event)
	if err != nil {
		return false, fmt.Errorf("read the event: %w", err)
	}
	return r.filter.Holds(values)
}
