package work_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vellocity/internal/capability"
	"vellocity/internal/capability/publish"
	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/work"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// effect is a scripted execution, and the scope that the verb takes which does the same.
type effect struct {
	name  string
	step  func(item int64) step
	takes domain.Scope
}

func effects() []effect {
	return []effect{
		{"nothing", func(int64) step { return step{Key: "a"} }, domain.ScopeContent},
		{"create", func(int64) step { return step{Key: "a", Do: "item"} }, domain.ScopeContent},
		{"move", func(id int64) step {
			return step{Key: "a", Do: "move", Item: id, To: domain.ItemReview}
		}, domain.ScopeContent},
		{"move to published", func(id int64) step {
			return step{Key: "a", Do: "move", Item: id, To: domain.ItemPublished}
		}, domain.ScopePublish},
		{"publish", func(id int64) step { return step{Key: "a", Do: "publish", Item: id} }, domain.ScopePublish},
	}
}

// callers are a person of each role, and keys of each scope and role.
func callers(workspaceID int64) (list []domain.Actor) {
	for _, r := range domain.Roles() {
		a, _ := domain.ActorFrom(enginetest.As(workspaceID, r))
		list = append(list, a)
		for _, s := range domain.Scopes() {
			list = append(list, domain.Actor{
				Kind: domain.ActorKey, ID: 1, Name: "key", WorkspaceID: workspaceID, Role: r, Scopes: []domain.Scope{s},
			})
		}
	}
	return list
}

// Every way to start an execution takes the scopes of what it does.
func TestEffectsTakeTheScopesOfTheirVerbs(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		id := k.Item(k.Ctx(), "An item", "Text.").ID
		for _, e := range effects() {
			old := k.Run(e.step(id))
			must(k, second(k.Work.Cancel(k.Ctx(), verb.ID{ID: old.ID})))
			for _, a := range callers(k.Ours.ID) {
				ctx := domain.WithActor(context.Background(), a)
				_, executed := k.Execute(ctx, e.step(id))
				again, retried := k.Work.Retry(ctx, verb.ID{ID: old.ID})
				if retried == nil { // one retry at a time
					must(k, second(k.Work.Cancel(k.Ctx(), verb.ID{ID: again.Execution.ID})))
				}
				for way, err := range map[string]error{"execute": executed, "retry": retried} {
					if got := domain.CodeOf(err); a.May(e.takes) && err != nil ||
						!a.May(e.takes) && got != domain.CodeForbidden {
						t.Errorf("%s to %s as %s %s with %v: %v", way, e.name, a.Role, a.Kind, a.Scopes, err)
					}
				}
			}
		}
	})
}

// The executions of a trigger have its owner's rights at the moment when it fires.
func TestATriggersExecutionHasItsOwnersRights(t *testing.T) {
	c := config(t)
	c.Templates = []domain.Template{scriptedTemplate(step{Key: "a"})} // whose capability may do everything
	enginetest.Each(t, c, func(k *enginetest.Kit) {
		for _, r := range domain.Roles() {
			owner, _ := domain.ActorFrom(enginetest.As(k.Ours.ID, r))
			tr := nightly(k)
			k.Exec("update workflow_trigger set owner_id = $1 where id = $2", owner.ID, tr.ID)
			due(k, tr.ID, time.Minute)
			before := k.Count("select count(*) from execution")
			must(k, second(k.Work.FireDue(context.Background())))
			started := k.Count("select count(*) from execution") - before
			got, err := k.Work.Trigger(k.Ctx(), tr.ID)
			must(k, err)
			may := owner.MayAll([]domain.Scope{domain.ScopeContent, domain.ScopePublish})
			if may != (started == 1) || may != (got.Error == "") {
				t.Errorf("for a %s: started %d, %q", r, started, got.Error)
			}
		}
		if n := k.Count("select count(*) from execution where starter_kind <> 'person'"); n != 0 {
			t.Errorf("%d executions do not know for whom they were started", n)
		}
	})
}

// What a starter may do is asked for again when the effect is applied.
func TestRightsThatAreGoneByThenPublishNothing(t *testing.T) {
	for _, tc := range []struct {
		name string
		lose func(k *enginetest.Kit, member, key int64)
		role bool // the key is not touched itself, only its creator
	}{
		{"the member leaves", func(k *enginetest.Kit, member, _ int64) {
			k.Do(func(ctx context.Context, tx *store.Tx) error { return tx.RemoveMember(ctx, k.Ours.ID, member) })
		}, true},
		{"the member becomes an editor", func(k *enginetest.Kit, member, _ int64) {
			k.Do(func(ctx context.Context, tx *store.Tx) error {
				return tx.SaveMember(ctx, k.Ours.ID, member, domain.RoleEditor)
			})
		}, true},
		{"the key is revoked", func(k *enginetest.Kit, _, key int64) {
			k.Do(func(ctx context.Context, tx *store.Tx) error {
				return second(tx.RevokeKey(ctx, k.Ours.ID, key, tx.Now()))
			})
		}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			enginetest.Each(t, config(t), func(k *enginetest.Kit) {
				admin := enginetest.As(k.Ours.ID, domain.RoleAdmin)
				person, _ := domain.ActorFrom(admin)
				made, err := k.Account.CreateKey(admin, account.CreateKey{Name: "key", Role: domain.RoleAdmin,
					Scopes: []domain.Scope{domain.ScopePublish, domain.ScopeContent}})
				must(k, err)
				key := domain.Actor{Kind: domain.ActorKey, ID: made.Key.ID, Name: "key", WorkspaceID: k.Ours.ID,
					Role: domain.RoleAdmin, Scopes: made.Key.Scopes}
				starters := []domain.Actor{key}
				if tc.role {
					starters = append(starters, person)
				}
				var ids []int64
				for i, a := range starters {
					item := k.Item(k.Ctx(), fmt.Sprintf("Item %d", i), "Text.")
					x, err := k.Execute(domain.WithActor(context.Background(), a),
						step{Key: "a", Do: "publish", Item: item.ID})
					must(k, err)
					ids = append(ids, x.Execution.ID)
				}
				tc.lose(k, person.ID, made.Key.ID)
				k.Start()
				for _, id := range ids {
					k.Ended(id, domain.ExecutionFailed)
				}
				if n := k.Count("select count(*) from publication"); n != 0 {
					t.Errorf("%d were published", n)
				}
			})
		})
	}
}

// With an editor's move, an execution neither publishes nor withdraws.
func TestAMoveThatWithdrawsTakesPublish(t *testing.T) {
	enginetest.Each(t, enginetest.Config{}, func(k *enginetest.Kit) {
		item := k.Item(k.Ctx(), "An item", "Text.")
		x, err := k.Execute(enginetest.As(k.Ours.ID, domain.RoleOwner), step{Key: "a", Do: "publish", Item: item.ID})
		must(k, err)
		k.Ended(x.Execution.ID, domain.ExecutionCompleted)
		back := step{Key: "a", Do: "move", Item: item.ID, To: domain.ItemReview}
		x, err = k.Execute(enginetest.As(k.Ours.ID, domain.RoleEditor), back)
		must(k, err)
		k.Ended(x.Execution.ID, domain.ExecutionFailed)
		if n := k.Count("select count(*) from publication"); n != 1 {
			t.Errorf("%d publications", n)
		}
	})
}

func TestTheContentPublisherTakesPublish(t *testing.T) {
	c := enginetest.Config{Idle: true, Capabilities: []capability.Capability{publish.New()}}
	enginetest.Each(t, c, func(k *enginetest.Kit) {
		item := k.Item(k.Ctx(), "An item", "Text.")
		run := func(s domain.Scope, r domain.Role) error {
			a := domain.Actor{Kind: domain.ActorKey, ID: 1, WorkspaceID: k.Ours.ID, Role: r, Scopes: []domain.Scope{s}}
			return second(k.Work.Execute(domain.WithActor(context.Background(), a), work.Execute{
				Capability: publish.Slug,
				Settings:   fmt.Appendf(nil, `{"content_id":%d}`, item.ID),
			}))
		}
		for _, s := range []domain.Scope{domain.ScopeContent, domain.ScopeWrite} {
			if err := run(s, domain.RoleOwner); domain.CodeOf(err) != domain.CodeForbidden {
				t.Errorf("with %s: %v", s, err)
			}
		}
		if err := run(domain.ScopeAdmin, domain.RoleEditor); domain.CodeOf(err) != domain.CodeForbidden {
			t.Errorf("as an editor: %v", err)
		}
		must(k, run(domain.ScopePublish, domain.RoleReviewer))
	})
}

// One retry of an execution runs at a time, however many ask for one at once. When it
// has ended, another may follow.
func TestOneRetryAtATime(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		old := k.Run(enginetest.Step{Key: "a", Credits: 7})
		must(k, second(k.Work.Cancel(k.Ctx(), verb.ID{ID: old.ID})))
		for round := 1; round <= 2; round++ {
			var made, refused atomic.Int64
			var asking sync.WaitGroup
			for range 6 {
				asking.Go(func() {
					st, err := k.Work.Retry(k.Ctx(), verb.ID{ID: old.ID})
					switch {
					case err == nil:
						made.Store(st.Execution.ID)
					case domain.CodeOf(err) == domain.CodeConflict && strings.Contains(err.Error(), "already retrying"):
						refused.Add(1)
					default:
						t.Errorf("a retry: %v", err)
					}
				})
			}
			asking.Wait()
			if n := k.Count("select count(*) from execution where retry_of > 0"); n != round || refused.Load() != 5 {
				t.Errorf("round %d: %d retries, %d refused", round, n, refused.Load())
			}
			if held := k.Credits().Held; held != 7 {
				t.Errorf("%d credits are held", held)
			}
			must(k, second(k.Work.Cancel(k.Ctx(), verb.ID{ID: made.Load()})))
		}
	})
}
