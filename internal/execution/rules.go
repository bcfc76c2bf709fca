package execution

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/item"
	"vellocity/internal/rule"
	"vellocity/internal/store"
)

// ruling is what the board rules of the workspace say about items, decided before the
// transaction that moves them. The zero value moves nothing.
type ruling struct {
	stored []domain.BoardRule // as they were read
	items  []ruledItem
}

// ruledItem is an item that no later step of the execution changes.
type ruledItem struct {
	id      int64 // 0: the step is about to create it, or its next version
	at      int   // then its place among those that the step creates or revises
	step    string
	item    domain.ContentItem // as the rules have seen it
	verdict rule.Verdict
	html    string // of its text, where the verdict publishes it
}

// errStale says that an item or the rules have changed since the rules were asked.
var errStale = errors.New("it has changed since the board rules were asked")

// mostRulings is how often the rules are asked again because somebody else was faster.
const mostRulings = 10

// ruled asks the board rules and records, until nobody else was faster. Rules never hold up
// a step: where items keep changing, those that change them decide.
func (w *worker) ruled(ctx context.Context, d done, record func(ruling) error) error {
	for range mostRulings {
		r, err := w.ask(ctx, d)
		if err != nil {
			return err
		}
		if err := record(r); !errors.Is(err, errStale) {
			return err
		}
	}
	w.Log.Warn("items kept changing, so the board rules left them", "execution", w.x.ID, "step", d.run.step.Key)
	return record(ruling{})
}

// ask asks the enabled board rules about the items that are due with a step.
func (w *worker) ask(ctx context.Context, d done) (r ruling, err error) {
	q := w.Store.Read()
	if r.items, err = w.due(ctx, q, d); err != nil || len(r.items) == 0 {
		return r, err
	}
	if r.stored, err = q.BoardRules(ctx, w.x.WorkspaceID); err != nil {
		return r, err
	}
	rules := rule.ReadAll(r.stored)
	if len(rules) == 0 {
		return ruling{}, nil
	}
	for i := range r.items {
		c := &r.items[i]
		s := rule.Source{
			Item: c.item, Capability: rule.CapabilityOf(w.x, c.step), Template: w.x.Template, Trigger: w.x.Cause.TriggerID,
		}
		if c.item.BrandVoiceID != 0 && rules.UsesVoice() {
			v, err := q.AnyBrandVoice(ctx, w.x.WorkspaceID, c.item.BrandVoiceID)
			if err != nil {
				return r, err
			}
			s.Voice = &v
		}
		c.verdict = rules.Decide(s)
		if c.verdict.By != nil && c.verdict.By.MoveTo == domain.ItemPublished && w.Render != nil {
			c.html = w.Render(c.item)
		}
	}
	return r, nil
}

// due returns the items that the rules look at when a step is recorded: those that it
// creates; in a template, those of each step after which no step that depends on it can
// change them, so that a review within the template comes before the rules.
func (w *worker) due(ctx context.Context, q store.Q, d done) (list []ruledItem, err error) {
	if w.program == nil {
		at := 0
		for _, e := range d.result.Effects {
			if e.Create != nil {
				list = append(list, ruledItem{at: at, step: d.run.step.Key, item: w.draft(d.run.part, *e.Create, d.needs)})
			}
			if e.Create != nil || e.Revise != nil {
				at++
			}
		}
		return list, nil
	}
	if !w.program.Has(d.run.step.Key) {
		return nil, nil
	}
	for _, key := range w.settled(d.run.step.Key) {
		for _, ref := range w.itemsOf(key) {
			if slices.ContainsFunc(list, func(c ruledItem) bool { return c.id == ref.ID }) {
				continue
			}
			c, err := q.Content(ctx, w.x.WorkspaceID, ref.ID)
			if domain.CodeOf(err) == domain.CodeNotFound {
				continue // somebody has deleted it
			}
			if err != nil {
				return nil, err
			}
			list = append(list, ruledItem{id: c.ID, step: key, item: c})
		}
	}
	return list, nil
}

// settled returns the steps of the template that create items which no further step can
// change once the step with the key is recorded, and could before. w.recorded has that step
// already.
func (w *worker) settled(key string) (keys []string) {
	plan := w.program.Plan()
	for _, s := range plan {
		c, _ := w.program.Capability(s.Key)
		if !w.recorded[s.Key] || !slices.Contains(c.Effects, domain.EffectCreate) {
			continue
		}
		was := s.Key == key
		open := false
		for _, after := range Again(plan, s.Key) {
			if after == s.Key || !w.mayChange(after) {
				continue
			}
			was = was || after == key
			open = open || !w.recorded[after]
		}
		if was && !open {
			keys = append(keys, s.Key)
		}
	}
	return keys
}

// mayChange reports whether a step of the template may change items that exist.
func (w *worker) mayChange(key string) bool {
	c, _ := w.program.Capability(key)
	return slices.ContainsFunc(c.Effects, func(k domain.EffectKind) bool { return k != domain.EffectCreate })
}

// applyRules moves items as the rules have decided, as part of the transaction. created are
// the items that the step has created or revised.
func (w *worker) applyRules(ctx context.Context, tx *store.Tx, r ruling, created []domain.ItemRef) error {
	if len(r.items) == 0 {
		return nil
	}
	stored, err := tx.BoardRules(ctx, w.x.WorkspaceID)
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(stored, r.stored) {
		return errStale
	}
	for _, c := range r.items {
		if c.id == 0 {
			c.id = created[c.at].ID
		}
		if err := w.applyRule(ctx, tx, c); err != nil {
			return err
		}
	}
	return nil
}

func (w *worker) applyRule(ctx context.Context, tx *store.Tx, ruled ruledItem) error {
	c, err := tx.LockContent(ctx, w.x.WorkspaceID, ruled.id)
	if err != nil {
		if domain.CodeOf(err) == domain.CodeNotFound {
			return nil // somebody has deleted it
		}
		return err
	}
	if !rule.Same(c, ruled.item) {
		return errStale
	}
	theirs, err := w.peoples(ctx, tx, c)
	if err != nil || theirs {
		return err
	}
	by := ruled.verdict.By
	if by == nil {
		return leave(ctx, tx, c, domain.Actor{Kind: domain.ActorRule, Name: "Board rules"}, ruled.verdict.Reason())
	}
	if !by.MoveTo.After(c.Status) {
		return nil // the execution has brought it there, or further
	}
	owner, err := tx.PresentActor(ctx, w.x.WorkspaceID, by.Owner, tx.Now())
	if err != nil {
		return err
	}
	a := domain.RuleActor(*by, owner)
	why, err := w.heldBack(ctx, tx, c, *by, a)
	if err != nil {
		return err
	}
	if why != "" {
		return leave(ctx, tx, c, a, ruled.verdict.Held(why))
	}
	ctx = domain.WithActor(ctx, a)
	if c, err = item.Move(ctx, tx, c, by.MoveTo, item.Top, ruled.verdict.Why); err != nil {
		return err
	}
	if ruled.html != "" {
		if err := item.SaveHTML(ctx, tx, c, item.Rendered{Version: c.Version, HTML: ruled.html}); err != nil {
			return err
		}
	}
	return w.Wake(ctx, tx, w.x.WorkspaceID, c.ID)
}

// peoples reports whether the item is for people to decide about: one of them has moved it,
// or another execution waits until one does.
func (w *worker) peoples(ctx context.Context, tx *store.Tx, c domain.ContentItem) (bool, error) {
	if c.Status == domain.ItemPublished {
		return true, nil // the execution has published it
	}
	moves, err := tx.ContentMoves(ctx, c.ID)
	if err != nil {
		return false, err
	}
	for _, m := range moves {
		if m.ByKind != domain.ActorSystem && m.ByKind != domain.ActorRule {
			return true, nil
		}
	}
	waiting, err := tx.ExecutionsWaitingForItem(ctx, w.x.WorkspaceID, c.ID)
	return len(waiting) > 0, err
}

// heldBack returns why the rule that says yes leaves the item where it is; "" where it moves
// it.
func (w *worker) heldBack(
	ctx context.Context, tx *store.Tx, c domain.ContentItem, by domain.BoardRule, a domain.Actor,
) (string, error) {
	ws, err := tx.Workspace(ctx, w.x.WorkspaceID)
	if err != nil {
		return "", err
	}
	if why := domain.HeldBack(c, by.MoveTo, ws.RequireApproval); why != "" {
		return why, nil
	}
	if s := domain.MoveScope(c.Status, by.MoveTo); !a.May(s) {
		who := by.OwnerName
		if who == "" {
			who = "The owner of the rule"
		}
		return who + ", who owns the rule, no longer has the \"" + string(s) + "\" scope. " +
			"Someone who has it can take the rule over: switch it off and on again.", nil
	}
	return "", nil
}

// leave writes into an item's history why the rules have not moved it.
func leave(ctx context.Context, tx *store.Tx, c domain.ContentItem, a domain.Actor, why string) error {
	return tx.AddContentMove(ctx, domain.ItemMove{
		ContentID: c.ID, Kind: domain.HistoryLeft, From: c.Status, To: c.Status, Version: c.Version,
		By: a.Name, ByKind: domain.ActorRule, Reason: strings.TrimSpace(why),
	})
}
