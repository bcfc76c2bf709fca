package content

import (
	"context"
	"slices"

	"vellocity/internal/domain"
	"vellocity/internal/rule"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// TryBoardRule is the draft of a rule.
type TryBoardRule struct {
	When   string
	MoveTo domain.ItemStatus // empty: ready
}

// TriedItem is what a rule says about an item, as if an execution had just written it.
type TriedItem struct {
	Item  domain.ContentItem // without its body
	Yes   bool               // what its condition says
	Moves bool               // it says yes, and nothing holds the item back
	Why   string             // what the condition read, and what holds the item back
}

// TryBoardRule says what a rule alone would do with the last items that executions have
// written, the newest first, and does nothing. It looks at each as it is now, whatever its
// column. What is wrong with the draft comes back at once.
func (v *Verbs) TryBoardRule(ctx context.Context, in TryBoardRule) ([]TriedItem, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	if in.MoveTo == "" {
		in.MoveTo = domain.ItemReady
	}
	var p domain.Problems
	rule.Check(&p, in.When)
	checkRuleTarget(&p, in.MoveTo)
	if err := p.Err(); err != nil {
		return nil, err
	}
	q := v.store.Read()
	ws, err := q.Workspace(ctx, a.WorkspaceID)
	if err != nil {
		return nil, err
	}
	items, err := q.LastWritten(ctx, a.WorkspaceID, domain.DryRunItems)
	if err != nil {
		return nil, err
	}
	rules := rule.ReadAll([]domain.BoardRule{{When: in.When, MoveTo: in.MoveTo, Enabled: true}})
	out := make([]TriedItem, len(items))
	for i, c := range items {
		s, err := sourceOf(ctx, q, c, rules.UsesVoice())
		if err != nil {
			return nil, err
		}
		out[i] = tried(rules.Decide(s), c, in.MoveTo, ws.RequireApproval)
	}
	return out, nil
}

func tried(d rule.Verdict, c domain.ContentItem, to domain.ItemStatus, approval bool) TriedItem {
	t := TriedItem{Item: c, Yes: d.By != nil, Moves: d.By != nil, Why: d.Why}
	t.Item.Body = ""
	if !t.Yes {
		t.Why = d.Noes[0].Why
		return t
	}
	c.Status = domain.ItemGenerated
	if held := domain.HeldBack(c, to, approval); held != "" {
		t.Moves, t.Why = false, t.Why+". "+held
	}
	return t
}

// sourceOf gathers what rules see of an item.
func sourceOf(ctx context.Context, q store.Q, c domain.ContentItem, voiced bool) (s rule.Source, err error) {
	s = rule.Source{Item: c}
	if voiced {
		if s.Voice, err = voiceOf(ctx, q, c); err != nil {
			return s, err
		}
	}
	x, err := executionOf(ctx, q, c)
	if err != nil || x == nil {
		return s, err
	}
	s.Template, s.Trigger, s.Capability = x.Template, x.Cause.TriggerID, x.Capability
	if x.Program == nil {
		return s, nil
	}
	steps, err := q.ExecutionSteps(ctx, x.ID)
	for _, step := range steps {
		if slices.ContainsFunc(step.Items, func(r domain.ItemRef) bool { return r.ID == c.ID }) {
			s.Capability = rule.CapabilityOf(*x, step.Key)
			break
		}
	}
	return s, err
}
