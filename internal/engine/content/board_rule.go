package content

import (
	"context"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/rule"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// BoardRules returns the workspace's rules in the order in which they are asked.
func (v *Verbs) BoardRules(ctx context.Context) ([]domain.BoardRule, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	return v.store.Read().BoardRules(ctx, a.WorkspaceID)
}

// BoardRule returns one rule.
func (v *Verbs) BoardRule(ctx context.Context, id int64) (domain.BoardRule, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.BoardRule{}, err
	}
	return v.store.Read().BoardRule(ctx, a.WorkspaceID, id)
}

// BoardRuleEdit is what people may say about a board rule. A nil field stays as it is.
type BoardRuleEdit struct {
	Name    *string
	When    *string // a condition over the item, without braces
	MoveTo  *domain.ItemStatus
	Enabled *bool
	Order   *int
}

func (e BoardRuleEdit) apply(r *domain.BoardRule) {
	verb.Set(&r.Name, e.Name)
	verb.Set(&r.When, e.When)
	r.When = strings.TrimSpace(r.When)
	verb.Set(&r.MoveTo, e.MoveTo)
	verb.Set(&r.Enabled, e.Enabled)
	verb.Set(&r.Order, e.Order)
}

// checkBoardRule returns everything that is wrong with a rule but its rights. It compiles
// the condition, so it is called outside of transactions.
func checkBoardRule(r domain.BoardRule) error {
	var p domain.Problems
	domain.LimitRuleName.Text(&p, "name", r.Name)
	rule.Check(&p, r.When)
	checkRuleTarget(&p, r.MoveTo)
	domain.LimitRuleOrder.Value(&p, "order", r.Order)
	return p.Err()
}

func checkRuleTarget(p *domain.Problems, to domain.ItemStatus) {
	allowed := []string{}
	for _, s := range domain.BoardRuleTargets() {
		if s == to {
			return
		}
		allowed = append(allowed, string(s))
	}
	if to == "" {
		p.Required("move_to")
		return
	}
	p.NotOneOf("move_to", allowed)
}

// mayOwnRule asks the caller for what the rule does in its name, and refuses a rule that
// publishes where the workspace requires an approval first. One that is off may wait for
// that to change.
func mayOwnRule(ctx context.Context, tx *store.Tx, a domain.Actor, r domain.BoardRule) error {
	if err := a.Require(domain.MoveScope(domain.ItemGenerated, r.MoveTo)); err != nil {
		return err
	}
	if r.MoveTo != domain.ItemPublished || !r.Enabled {
		return nil
	}
	w, err := tx.Workspace(ctx, a.WorkspaceID)
	if err != nil || !w.RequireApproval {
		return err
	}
	var p domain.Problems
	p.Add("move_to", "%s", domain.ApprovalByPeople)
	return p.Err()
}

// CreateBoardRule creates a rule, which is enabled and asked last unless the caller says
// otherwise. It takes the scopes write and that of the move, and moves items with the rights
// that the caller has at that moment. A workspace has at most [domain.MostBoardRules].
func (v *Verbs) CreateBoardRule(ctx context.Context, in BoardRuleEdit) (domain.BoardRule, error) {
	a, err := verb.Caller(ctx, domain.ScopeWrite)
	if err != nil {
		return domain.BoardRule{}, err
	}
	r := domain.BoardRule{WorkspaceID: a.WorkspaceID, Enabled: true, Order: domain.LimitRuleOrder.Max}
	in.apply(&r)
	if err := checkBoardRule(r); err != nil {
		return r, err
	}
	return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (domain.BoardRule, error) {
		list, err := tx.BoardRules(ctx, a.WorkspaceID)
		if err != nil {
			return r, err
		}
		if len(list) >= domain.MostBoardRules {
			return r, tooMany("board rules", domain.MostBoardRules)
		}
		if err := mayOwnRule(ctx, tx, a, r); err != nil {
			return r, err
		}
		made := r
		if in.Order == nil {
			made.Order = nextOrder(list)
		}
		made.Owner, made.OwnerName = a.Starter(), a.Name
		if made, err = tx.CreateBoardRule(ctx, made); err != nil {
			return r, err
		}
		return made, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.BoardRuleCreated{BoardRuleFacts: made.Facts()})
	})
}

// nextOrder is the order of a rule that is asked after all others.
func nextOrder(list []domain.BoardRule) int {
	if len(list) == 0 {
		return 1
	}
	return min(list[len(list)-1].Order+1, domain.LimitRuleOrder.Max)
}

// EditBoardRule changes a board rule.
type EditBoardRule struct {
	ID int64
	BoardRuleEdit
	verb.Precondition
}

// EditBoardRule changes a rule. Who changes what it does, or switches it on, owns it from
// then on: it has that caller's rights.
func (v *Verbs) EditBoardRule(ctx context.Context, in EditBoardRule) (domain.BoardRule, error) {
	a, err := verb.Caller(ctx, domain.ScopeWrite)
	if err != nil {
		return domain.BoardRule{}, err
	}
	return whileStale(func() (domain.BoardRule, error) {
		was, err := v.store.Read().BoardRule(ctx, a.WorkspaceID, in.ID)
		if err != nil {
			return was, err
		}
		if err := in.CheckRevision(was.Revision()); err != nil {
			return was, err
		}
		next := was
		in.apply(&next)
		harmless := does(next) == does(was) && (was.Enabled || !next.Enabled)
		if harmless && next == was {
			return was, nil
		}
		if err := checkBoardRule(next); err != nil && !(harmless && !next.Enabled) {
			return was, err // a rule that cannot be read any more can be switched off
		}
		return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (domain.BoardRule, error) {
			saved := next
			if !harmless {
				if err := mayOwnRule(ctx, tx, a, saved); err != nil {
					return was, err
				}
				saved.Owner, saved.OwnerName = a.Starter(), a.Name
			}
			saved, ok, err := tx.SaveBoardRule(ctx, saved)
			if err != nil || !ok {
				return was, orStale(err)
			}
			return saved, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
				domain.BoardRuleChanged{BoardRuleFacts: saved.Facts()})
		})
	})
}

// does is all of a rule that decides what it does while it is on.
func does(r domain.BoardRule) domain.BoardRule {
	return domain.BoardRule{When: r.When, MoveTo: r.MoveTo, Order: r.Order}
}

// DeleteBoardRule deletes a rule. What it has moved stays where it is.
func (v *Verbs) DeleteBoardRule(ctx context.Context, in verb.ID) error {
	_, err := verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (struct{}, error) {
		r, err := tx.BoardRule(ctx, a.WorkspaceID, in.ID)
		if err != nil {
			return struct{}{}, err
		}
		if err := in.CheckRevision(r.Revision()); err != nil {
			return struct{}{}, err
		}
		if err := tx.DeleteBoardRule(ctx, a.WorkspaceID, r.ID); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.BoardRuleDeleted{BoardRuleFacts: r.Facts()})
	})
	return err
}
