package content

import (
	"context"
	"slices"

	"vellocity/internal/domain"
	"vellocity/internal/guard"
	"vellocity/internal/item"
	"vellocity/internal/store"
)

// prepared returns an item with everything that is derived from its text, for a version n: its findings, and
// what a card shows. It parses the text, so it is called before the transaction.
func prepared(
	ctx context.Context, q store.Q, c domain.ContentItem, n int, before ...guard.Earlier,
) (domain.ContentItem, error) {
	in, policy, err := inspect(ctx, q, c)
	if err != nil {
		return c, err
	}
	c.Findings = guard.Recheck(in, policy, before...)
	for i := range c.Findings {
		c.Findings[i].ContentID, c.Findings[i].Version = c.ID, n
	}
	item.Describe(&c)
	return c, nil
}

// earlier is what is known to be wrong with an item.
func earlier(c domain.ContentItem) guard.Earlier {
	return guard.Earlier{Text: c.Body, Findings: guard.Identified(c.Body, c.Findings)}
}

// inspect gathers what the guardrails look at in an item, and the policy for a text that a person changes.
func inspect(
	ctx context.Context, q store.Q, c domain.ContentItem,
) (in guard.Input, policy domain.GuardrailPolicy, err error) {
	in = guard.Input{
		Step:            "edit",
		Text:            c.Body,
		Title:           c.Title,
		MetaTitle:       c.MetaTitle,
		MetaDescription: c.MetaDescription,
		Type:            c.Type,
		Channel:         c.Channel,
		Language:        c.Language,
		Support:         c.Support.Given(),
		Allowed:         c.Support.Brief,
		Edited:          c.Edited,
		Images:          domain.ImageIDs(c.Images),
	}
	in.SupportUnknown = len(in.Support) == 0
	if in.BrandVoice, err = voiceOf(ctx, q, c); err != nil {
		return in, nil, err
	}
	agent, err := agentOf(ctx, q, c)
	if err != nil {
		return in, nil, err
	}
	if agent != nil {
		policy = agent.GuardrailPolicy
	}
	if len(in.Allowed) == 0 { // an item from before it kept its brief
		x, err := executionOf(ctx, q, c)
		if err != nil {
			return in, nil, err
		}
		if x != nil {
			in.Allowed = domain.Strings(x.Settings)
		}
	}
	in.Allowed = slices.Concat(in.Allowed, in.Support)
	return in, guard.WithoutRedaction(policy), nil
}
