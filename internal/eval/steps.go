package eval

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"vellocity/internal/capability"
	"vellocity/internal/capability/blogpost"
	"vellocity/internal/domain"
)

// bySteps writes a brief as an execution does: settings checked, steps in the order of
// their dependencies, side by side where they have the same ones. It returns the item
// that the steps put on the board.
func bySteps(ctx context.Context, c *calls, b Brief) (page, error) {
	writes := blogpost.New()
	raw, err := json.Marshal(b.Settings)
	if err != nil {
		return page{}, err
	}
	req, err := writes.Prepare(raw)
	if err != nil {
		return page{}, err
	}
	plan, err := req.Plan()
	if err != nil {
		return page{}, err
	}
	outputs := map[string]json.RawMessage{}
	var effects []capability.Effect
	for len(outputs) < len(plan) {
		ready := slices.DeleteFunc(slices.Clone(plan), func(s domain.PlanStep) bool { return !ready(s, outputs) })
		if len(ready) == 0 {
			return page{}, fmt.Errorf("the plan of %s has steps that wait for each other", writes.Slug)
		}
		results := make([]capability.Result, len(ready))
		g, ctx := errgroup.WithContext(ctx)
		for i, s := range ready {
			g.Go(func() (err error) {
				results[i], err = one(ctx, c, req, b, s, outputs)
				return err
			})
		}
		if err := g.Wait(); err != nil {
			return page{}, err
		}
		for i, s := range ready {
			if outputs[s.Key], err = json.Marshal(results[i].Output); err != nil {
				return page{}, err
			}
			effects = append(effects, results[i].Effects...)
		}
	}
	for _, e := range effects {
		if e.Create != nil {
			return page{e.Create.Item.Title, e.Create.Item.Body}, nil
		}
	}
	return page{}, fmt.Errorf("%s put nothing on the board", writes.Slug)
}

// ready reports whether a step has no output yet and all that it depends on have one.
func ready(s domain.PlanStep, outputs map[string]json.RawMessage) bool {
	_, done := outputs[s.Key]
	return !done && !slices.ContainsFunc(s.DependsOn, func(key string) bool { return outputs[key] == nil })
}

func one(
	ctx context.Context, c *calls, req capability.Request, b Brief, s domain.PlanStep, outputs map[string]json.RawMessage,
) (capability.Result, error) {
	f, ok := req.Step(s.Kind)
	if !ok {
		return capability.Result{}, fmt.Errorf("there is no function for steps of kind %q", s.Kind)
	}
	result, err := f(ctx, capability.Input{
		Step:       s,
		BrandVoice: b.brandVoice(),
		Origin:     c.writer.Origin,
		Outputs:    outputs,
		Items:      map[int64]domain.ContentItem{},
		Write:      c.write,
	})
	if err != nil {
		return result, fmt.Errorf("step %s: %w", s.Key, err)
	}
	if result.Wait != nil {
		return result, fmt.Errorf("step %s waits for a person", s.Key)
	}
	return result, nil
}
