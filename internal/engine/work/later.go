package work

import (
	"context"
	"encoding/json"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// CheckLater notes what is wrong with starting a template at a later time: the faults stand
// at "template" and "inputs". It returns the template's slug, and what it may do to items.
func (v *Verbs) CheckLater(
	ctx context.Context, p *domain.Problems, workspaceID int64, ref string, inputs json.RawMessage,
) (slug string, effects []domain.EffectKind, err error) {
	r := readTrigger{Trigger: domain.Trigger{WorkspaceID: workspaceID, Template: ref, Inputs: inputs}}
	if err := v.readInputs(ctx, p, &r); err != nil || r.program == nil {
		return ref, nil, err
	}
	return r.Template, r.program.Effects(), nil
}

// Later is an execution of a template that can be accepted: what needs no transaction has
// been done about it.
type Later func(ctx context.Context, tx *store.Tx, a domain.Actor) (domain.Execution, error)

// PrepareLater reads a template and resolves its inputs, whose expressions see event, an
// object. The rights of the actor that the result is called with are asked for then. An error
// that is a refusal says why there is no execution.
func (v *Verbs) PrepareLater(
	ctx context.Context, workspaceID int64, ref string, inputs, event json.RawMessage,
) (Later, error) {
	var p domain.Problems
	r := readTrigger{Trigger: domain.Trigger{WorkspaceID: workspaceID, Template: ref, Inputs: inputs}}
	err := v.readInputs(ctx, &p, &r)
	if err == nil {
		err = p.Err()
	}
	if err != nil {
		return nil, err
	}
	o, err := v.orderOf(ctx, r, event)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx *store.Tx, a domain.Actor) (domain.Execution, error) {
		return v.acceptLater(ctx, tx, a, o, event)
	}, nil
}

func (v *Verbs) acceptLater(
	ctx context.Context, tx *store.Tx, a domain.Actor, o order, event json.RawMessage,
) (domain.Execution, error) {
	var p domain.Problems
	if err := checkReads(ctx, tx.Q, &p, a.WorkspaceID, o.steps); err != nil {
		return domain.Execution{}, err
	}
	if err := p.Err(); err != nil {
		return domain.Execution{}, err
	}
	started, err := v.accept(ctx, tx, a, o.Order, Execute{
		Priority: domain.PriorityNormal, cause: domain.Cause{Event: event},
	}, earlier{})
	return started.Execution, err
}
