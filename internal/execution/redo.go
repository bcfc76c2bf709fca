package execution

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/item"
	"vellocity/internal/store"
)

// Again returns the keys of the steps of a plan that a redo of one of them runs: the step, with those of its
// capability where it is a template's, and everything that depends on them, in the order of the plan.
func Again(plan []domain.PlanStep, key string) []string {
	again := map[string]bool{key: true}
	for _, s := range plan {
		if strings.HasPrefix(s.Key, key+".") {
			again[s.Key] = true
		}
	}
	for grown := true; grown; {
		grown = false
		for _, s := range plan {
			if !again[s.Key] && slices.ContainsFunc(s.DependsOn, func(d string) bool { return again[d] }) {
				again[s.Key], grown = true, true
			}
		}
	}
	keys := []string{}
	for _, s := range plan {
		if again[s.Key] {
			keys = append(keys, s.Key)
		}
	}
	return keys
}

// redone returns the plan that a redo of a step begins with, and the keys of the recorded steps that it does not
// reuse. The settings of a template's later steps were resolved from results that change now, so these steps are
// as the template has them again.
func (o Order) redone(plan []domain.PlanStep, key string) (next []domain.PlanStep, again []string) {
	again = Again(plan, key)
	if o.program == nil {
		return plan, again
	}
	own, _, _ := strings.Cut(key, ".")
	fresh := map[string]domain.PlanStep{}
	for _, s := range o.program.Plan() {
		if s.Key != own && slices.Contains(again, s.Key) {
			fresh[s.Key] = s
		}
	}
	for _, s := range plan {
		outer, _, inner := strings.Cut(s.Key, ".")
		as, changed := fresh[outer]
		switch {
		case !changed:
			next = append(next, s)
		case !inner:
			as.AgentID = s.AgentID
			next = append(next, as)
		}
	}
	return next, again
}

// recallFormer reads what the steps of the execution that this one redoes created.
func (w *worker) recallFormer(ctx context.Context, tx *store.Tx) error {
	if w.x.Redo.Of == 0 {
		return nil
	}
	steps, err := tx.ExecutionSteps(ctx, w.x.Redo.Of)
	if err != nil {
		return err
	}
	for _, s := range steps {
		w.former[s.Key] = s.Items
	}
	return nil
}

// formerItem returns the item that the step created as its n-th, counted from 0, in the execution that this one
// redoes; 0 for none.
func (w *worker) formerItem(step string, n int) int64 {
	if items := w.former[step]; n < len(items) {
		return items[n].ID
	}
	return 0
}

// put puts what a step has written on the board: as a new item, or in a redo as the next version of the item that
// the step created before. An item that somebody has edited or published since stays as it is; the new item is
// then derived from it.
func (w *worker) put(
	ctx context.Context, tx *store.Tx, c domain.ContentItem, provenance json.RawMessage, former int64,
) (domain.ContentItem, error) {
	if former == 0 {
		return item.Create(ctx, tx, c, provenance)
	}
	before, err := tx.LockContent(ctx, w.x.WorkspaceID, former)
	switch {
	case domain.CodeOf(err) == domain.CodeNotFound:
		return item.Create(ctx, tx, c, provenance)
	case err != nil:
		return c, err
	case before.Type != c.Type || before.Channel != c.Channel:
		return item.Create(ctx, tx, c, provenance)
	}
	own, err := untouched(ctx, tx, before)
	if err != nil {
		return c, err
	}
	if !own {
		if c, err = item.Create(ctx, tx, c, provenance); err != nil {
			return c, err
		}
		return c, tx.AddContentSource(ctx, c, before, domain.SourceRedone)
	}
	reason := fmt.Sprintf("Execution %d redid “%s” of execution %d", w.x.ID, w.redoneName(), w.x.Redo.Of)
	return item.Revise(ctx, tx, before, rewritten(before, c), provenance, reason)
}

// redoneName is what people read for the step that the execution redoes.
func (w *worker) redoneName() string { return w.x.StepName(w.x.Redo.Step) }

// untouched reports whether the item is as an execution wrote it: nobody has changed its text or its fields, and
// no version was ever published.
func untouched(ctx context.Context, tx *store.Tx, c domain.ContentItem) (bool, error) {
	if c.Edited || c.Status == domain.ItemPublished || c.PublishedVersion != 0 {
		return false, nil
	}
	v, err := tx.ContentVersion(ctx, c.ID, c.Version)
	return v.AuthorKind == domain.ActorSystem, err
}

// rewritten is an item with the text of another: what people have said about it, such as who cares for it and
// when it is planned, what the text may rest on, and its slug stay.
func rewritten(before, c domain.ContentItem) domain.ContentItem {
	c.ID, c.ExecutionID, c.Status, c.Slug = before.ID, before.ExecutionID, before.Status, before.Slug
	c.Version, c.Revision, c.ApprovedVersion = before.Version, before.Revision, before.ApprovedVersion
	c.Assignee, c.PlannedAt, c.ScheduledAt = before.Assignee, before.PlannedAt, before.ScheduledAt
	c.Support = before.Support
	c.CreatedAt, c.PublishedAt, c.PublishedVersion = before.CreatedAt, before.PublishedAt, before.PublishedVersion
	return c
}
