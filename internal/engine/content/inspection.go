package content

import (
	"context"
	"encoding/json"
	"maps"
	"reflect"
	"slices"

	"vellocity/internal/domain"
	"vellocity/internal/guard"
	"vellocity/internal/store"
)

// inspection is everything that the guardrails look at, and what they found, once
// done.
type inspection struct {
	in     guard.Input
	policy domain.GuardrailPolicy
	found  []domain.Finding
	done   bool
}

// inspectAhead checks the text that an edit will make, before its transaction,
// which then holds the writer for less long. Where the item has changed by then, or
// cannot be read, nothing is lost: it is checked again.
func (in EditItem) inspectAhead(ctx context.Context, q store.Q, workspaceID int64) inspection {
	c, err := q.Content(ctx, workspaceID, in.ID)
	if err != nil {
		return inspection{}
	}
	in.Apply(&c)
	look, err := inspect(ctx, q, c)
	if err != nil {
		return inspection{}
	}
	look.found, look.done = look.findings(inspection{}), true
	return look
}

// findings runs the guardrails, unless ahead has run them on the very same input.
func (i inspection) findings(ahead inspection) []domain.Finding {
	if ahead.done && reflect.DeepEqual(i.in, ahead.in) && maps.Equal(i.policy, ahead.policy) {
		return slices.Clone(ahead.found)
	}
	return guard.Apply(i.in, guard.Check(i.in), i.policy).Findings
}

// inspect gathers what the guardrails look at in an item's present text.
func inspect(ctx context.Context, q store.Q, c domain.ContentItem) (inspection, error) {
	in := guard.Input{
		Step:            "edit",
		Text:            c.Body,
		Title:           c.Title,
		MetaTitle:       c.MetaTitle,
		MetaDescription: c.MetaDescription,
		Type:            c.Type,
		Channel:         c.Channel,
		Language:        c.Language,
	}
	var err error
	if in.BrandVoice, err = voiceOf(ctx, q, c); err != nil {
		return inspection{}, err
	}
	agent, err := agentOf(ctx, q, c)
	if err != nil {
		return inspection{}, err
	}
	policy := domain.GuardrailPolicy{}
	if agent != nil {
		policy = agent.GuardrailPolicy
	}
	x, err := executionOf(ctx, q, c)
	if err != nil {
		return inspection{}, err
	}
	if x != nil {
		in.Support = stringsIn(x.Settings)
		in.Allowed = in.Support
	}
	return inspection{in: in, policy: withoutRedaction(policy)}, nil
}

// withoutRedaction is the policy for a person's own edit: it is flagged or blocked,
// and never changed without the person seeing it.
func withoutRedaction(p domain.GuardrailPolicy) domain.GuardrailPolicy {
	out := domain.GuardrailPolicy{}
	for _, g := range guard.Guardrails() {
		action := p[g.Slug]
		if action == "" {
			action = g.Default
		}
		if action == guard.Redact {
			action = guard.Block
		}
		out[g.Slug] = action
	}
	return out
}

// stringsIn returns every string in a JSON value, sorted.
func stringsIn(j json.RawMessage) []string {
	var v any
	if json.Unmarshal(j, &v) != nil {
		return nil
	}
	all := appendStrings(nil, v)
	slices.Sort(all)
	return all
}

func appendStrings(all []string, v any) []string {
	switch v := v.(type) {
	case string:
		all = append(all, v)
	case []any:
		for _, x := range v {
			all = appendStrings(all, x)
		}
	case map[string]any:
		for _, x := range v {
			all = appendStrings(all, x)
		}
	}
	return all
}
