package capability

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"vellocity/internal/domain"
)

// Part is another capability that does a part of one's own work, with its own prompts,
// checks and items. Its key begins the keys of its steps: post.outline.
type Part struct {
	Key string
	Capability
}

// Steps lays out the steps of the part. Those that would come first come after the steps
// named by after.
func (p Part) Steps(settings any, after ...string) ([]domain.PlanStep, error) {
	r, err := p.request(settings)
	if err != nil {
		return nil, err
	}
	plan, err := r.Plan()
	if err != nil {
		return nil, err
	}
	out := slices.Clone(plan)
	for i := range out {
		depends := slices.Clone(after)
		if len(out[i].DependsOn) > 0 {
			depends = nil
		}
		for _, key := range out[i].DependsOn {
			depends = append(depends, p.Key+"."+key)
		}
		out[i].DependsOn = depends
		out[i].Key, out[i].Kind = p.Key+"."+out[i].Key, p.Key+"."+out[i].Kind
	}
	return out, nil
}

// Functions adds the functions of the part's steps to those of a capability. settings
// returns the settings of the part when a step begins, with all defaults filled in; what
// in holds is the step's.
func Functions[S any](
	p Part, steps map[string]Step[S], settings func(in Input, s S) (any, json.RawMessage, error),
) map[string]Step[S] {
	all := maps.Clone(steps)
	for kind := range p.kinds {
		all[p.Key+"."+kind] = func(ctx context.Context, in Input, s S) (Result, error) {
			own, background, err := settings(in, s)
			if err != nil {
				return Result{}, err
			}
			in.Context = background
			return p.run(ctx, in, kind, own)
		}
	}
	return all
}

func (p Part) request(settings any) (Request, error) {
	raw, err := json.Marshal(settings)
	if err != nil {
		return Request{}, fmt.Errorf("encode the settings of %s: %w", p.Slug, err)
	}
	return p.Load(raw)
}

// run runs a step of the part, which sees its own steps alone.
func (p Part) run(ctx context.Context, in Input, kind string, settings any) (Result, error) {
	r, err := p.request(settings)
	if err != nil {
		return Result{}, err
	}
	step, ok := r.Step(kind)
	if !ok {
		return Result{}, fmt.Errorf("%s has no step of the kind %q", p.Slug, kind)
	}
	outer := in.Step.Key
	in.Step.Key = p.inner(outer)
	outputs := map[string]json.RawMessage{}
	for key, output := range in.Outputs {
		if strings.HasPrefix(key, p.Key+".") {
			outputs[p.inner(key)] = output
		}
	}
	in.Outputs = outputs
	result, err := step(ctx, in)
	for _, list := range findingsOf(result) {
		for i := range list {
			if list[i].Step == in.Step.Key {
				list[i].Step = outer
			}
		}
	}
	return result, err
}

func (p Part) inner(key string) string { return strings.TrimPrefix(key, p.Key+".") }

// findingsOf returns the lists of findings in a result.
func findingsOf(r Result) [][]domain.Finding {
	out := [][]domain.Finding{r.Findings}
	for _, e := range r.Effects {
		if e.Create != nil {
			out = append(out, e.Create.Findings)
		}
		if e.Revise != nil {
			out = append(out, e.Revise.Findings)
		}
	}
	return out
}
