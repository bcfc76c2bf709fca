package execution_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/work"
	"vellocity/internal/execution"
	"vellocity/internal/proptest"
	"vellocity/internal/verb"
)

// numbered answers each call with another text.
func numbered() aitest.Script {
	return func(c aitest.Call) aitest.Reply { return aitest.Text(fmt.Sprintf("Text %d of %s.", c.N, c.Prompt)) }
}

// paper is two texts side by side, and an item of both.
func paper() []step {
	return []step{
		{Key: "a", Credits: 2, Do: "text"}, {Key: "b", Credits: 3, Do: "text"},
		{Key: "c", After: []string{"a", "b"}, Do: "paper"},
	}
}

func redo(k *enginetest.Kit, in work.RedoStep) domain.Execution {
	k.T.Helper()
	st, err := k.Work.RedoStep(k.Ctx(), in)
	if err != nil {
		k.T.Fatal(domain.AsError(err).Message, domain.AsError(err).Fields)
	}
	return st.Execution
}

func second[T any](_ T, err error) error { return err }

func target(id int64) verb.ID { return verb.ID{ID: id} }

func itemOf(k *enginetest.Kit, id int64) content.ItemDetails {
	k.T.Helper()
	d, err := k.Content.Item(k.Ctx(), id)
	if err != nil {
		k.T.Fatal(err)
	}
	return d
}

func TestARedoRunsTheStepAndWhatDependsOnIt(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Provider: server(t, numbered())}, func(k *enginetest.Kit) {
		first := k.Ended(k.Run(paper()...).ID, domain.ExecutionCompleted)
		before := itemOf(k, details(k, first.ID).Items[0].ID)
		calls := k.Config.Provider.Count()
		x := redo(k, work.RedoStep{ID: first.ID, Step: "b", Instructions: "Write it shorter."})
		if x.CreditsHeld != 3 || x.Redo != (domain.Redo{Of: first.ID, Step: "b", Instructions: "Write it shorter."}) {
			t.Errorf("held %d, %+v", x.CreditsHeld, x.Redo)
		}
		done := k.Ended(x.ID, domain.ExecutionCompleted)
		d := details(k, x.ID)
		if got := states(d); got != "a reused, b completed, c completed" || done.CreditsUsed != 3 {
			t.Errorf("%s, used %d", got, done.CreditsUsed)
		}
		all := k.Config.Provider.Calls()
		if n := k.Config.Provider.Count() - calls; n != 1 || !strings.Contains(all[len(all)-1].System, "Write it shorter.") {
			t.Errorf("%d calls, the last with %q", n, all[len(all)-1].System)
		}
		// Nobody has touched the item: it gets the next version.
		after := itemOf(k, before.ID)
		versions, err := k.Content.Versions(
			k.Ctx(),
			content.ListVersions{ID: before.ID, Page: domain.Page{Number: 1, Size: 9}},
		)
		if err != nil || after.Version != 2 || after.Body == before.Body || after.Slug != before.Slug ||
			len(versions.Items) != 2 || !strings.Contains(versions.Items[0].Reason, "redid “Step b”") {
			t.Errorf("version %d, %q, %+v, %v", after.Version, after.Body, versions.Items, err)
		}
		if n := k.Count("select count(*) from content"); n != 1 || len(d.Items) != 1 || d.Items[0].ID != before.ID {
			t.Errorf("%d items, the redo names %+v", n, d.Items)
		}
		if was := details(k, first.ID); !slices.Equal(was.Redone, []int64{x.ID}) || was.Redo.Of != 0 {
			t.Errorf("the first is redone by %v", was.Redone)
		}
		if b := k.Credits(); b.Held != 0 || b.Balance != 9_992 {
			t.Errorf("balance %+v", b)
		}
		k.Audit()
	})
}

// What somebody has changed or published stays as it is: the redo writes an item of its own.
func TestARedoLeavesWhatPeopleDid(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Provider: server(t, numbered())}, func(k *enginetest.Kit) {
		for name, touch := range map[string]func(id int64) error{
			"edited": func(id int64) error {
				edit := domain.ItemEdit{Body: new("By hand.")}
				return second(k.Content.EditItem(k.Ctx(), content.EditItem{ID: id, ItemEdit: edit}))
			},
			"retitled for search": func(id int64) error {
				edit := domain.ItemEdit{MetaTitle: new("Find me")}
				return second(k.Content.EditItem(k.Ctx(), content.EditItem{ID: id, ItemEdit: edit}))
			},
			"published": func(id int64) error {
				return second(k.Content.Move(k.Ctx(), content.Move{ID: id, To: domain.ItemPublished}))
			},
		} {
			first := k.Ended(k.Run(paper()...).ID, domain.ExecutionCompleted)
			id := details(k, first.ID).Items[0].ID
			if err := touch(id); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			before := itemOf(k, id)
			x := k.Ended(redo(k, work.RedoStep{ID: first.ID, Step: "a"}).ID, domain.ExecutionCompleted)
			if after := itemOf(k, id); after.Version != before.Version || after.Body != before.Body {
				t.Errorf("%s: the item has version %d: %q", name, after.Version, after.Body)
			}
			made := details(k, x.ID).Items
			if len(made) != 1 || made[0].ID == id {
				t.Fatalf("%s: the redo made %+v", name, made)
			}
			l, err := k.Content.Lineage(k.Ctx(), made[0].ID)
			if err != nil || len(l.From) != 1 || l.From[0].ID != id || l.From[0].Kind != domain.SourceRedone {
				t.Errorf("%s: lineage %+v, %v", name, l.From, err)
			}
		}
	})
}

func TestARedoOfADeletedItemsStepWritesANewOne(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Provider: server(t, numbered())}, func(k *enginetest.Kit) {
		first := k.Ended(k.Run(paper()...).ID, domain.ExecutionCompleted)
		id := details(k, first.ID).Items[0].ID
		if err := k.Content.DeleteItem(k.Ctx(), target(id)); err != nil {
			t.Fatal(err)
		}
		x := k.Ended(redo(k, work.RedoStep{ID: first.ID, Step: "c"}).ID, domain.ExecutionCompleted)
		if made := details(k, x.ID).Items; len(made) != 1 || x.CreditsUsed != 0 {
			t.Errorf("%+v, used %d", made, x.CreditsUsed)
		}
	})
}

// A template's later steps get their settings from the results of earlier ones: after a redo they are resolved
// again, and a step that was skipped is decided again.
func TestARedoOfATemplateResolvesLaterSteps(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Provider: server(t, numbered()), Templates: []domain.Template{flow()}},
		func(k *enginetest.Kit) {
			first := k.Ended(start(k, `{}`).ID, domain.ExecutionCompleted)
			for key, want := range map[string]string{
				"c": "a reused, a.a1 reused, a.a2 reused, b reused, b.b1 reused, b.b2 reused, c completed, c.c1 completed, " +
					"d skipped, e skipped, f completed, f.f1 completed",
				"c.c1": "a reused, a.a1 reused, a.a2 reused, b reused, b.b1 reused, b.b2 reused, c completed, c.c1 completed, " +
					"d skipped, e skipped, f completed, f.f1 completed",
				"b.b2": "a reused, a.a1 reused, a.a2 reused, b completed, b.b1 reused, b.b2 completed, c reused, c.c1 reused, " +
					"d skipped, e skipped, f completed, f.f1 completed",
				"a": whole,
			} {
				x := k.Ended(redo(k, work.RedoStep{ID: first.ID, Step: key}).ID, domain.ExecutionCompleted)
				if got := states(details(k, x.ID)); got != want {
					t.Errorf("%s: %s", key, got)
				}
				settings := func(x domain.Execution) string {
					i := slices.IndexFunc(x.Plan, func(s domain.PlanStep) bool { return s.Key == "f" })
					return string(x.Plan[i].Args)
				}
				now, err := k.Store.Read().Execution(t.Context(), k.Ours.ID, x.ID)
				was, err2 := k.Store.Read().Execution(t.Context(), k.Ours.ID, first.ID)
				if err != nil || err2 != nil || settings(now) == "" ||
					(settings(now) != settings(was)) != (key != "b.b2") { // f writes with what c wrote
					t.Errorf("%s: f has %s after %s", key, settings(now), settings(was))
				}
			}
			if b := k.Credits(); b.Held != 0 {
				t.Errorf("balance %+v", b)
			}
		})
}

func TestAFailedRedoIsRetriedAsARedo(t *testing.T) {
	var broken atomic.Bool
	enginetest.Each(t, enginetest.Config{Provider: server(t, numbered()),
		Before: func(_ context.Context, in capability.Input) error {
			if in.Step.Key == "c" && broken.Load() {
				return enginetest.ErrWrong
			}
			return nil
		}}, func(k *enginetest.Kit) {
		broken.Store(false)
		first := k.Ended(k.Run(paper()...).ID, domain.ExecutionCompleted)
		broken.Store(true)
		x := k.Ended(redo(k, work.RedoStep{ID: first.ID, Step: "a"}).ID, domain.ExecutionFailed)
		broken.Store(false)
		again, err := k.Work.Retry(k.Ctx(), target(x.ID))
		if err != nil {
			t.Fatal(err)
		}
		done := k.Ended(again.Execution.ID, domain.ExecutionCompleted)
		if got := states(details(k, done.ID)); got != "a reused, b reused, c completed" || done.CreditsUsed != 0 {
			t.Errorf("%s, used %d", got, done.CreditsUsed)
		}
		if n := k.Count("select count(*) from content where version = 2"); n != 1 {
			t.Errorf("%d items have two versions", n)
		}
	})
}

// What cannot be redone is refused with what to do, and costs nothing.
func TestWhatCannotBeRedone(t *testing.T) {
	block := make(chan struct{})
	enginetest.Each(t, enginetest.Config{Provider: server(t, numbered()),
		Before: func(ctx context.Context, in capability.Input) error {
			switch in.Step.Key {
			case "broken":
				return enginetest.ErrWrong
			case "open":
				select {
				case <-block:
				case <-ctx.Done():
				}
			}
			return nil
		}}, func(k *enginetest.Kit) {
		done := k.Ended(k.Run(paper()...).ID, domain.ExecutionCompleted)
		failed := k.Ended(
			k.Run(step{Key: "a", Do: "text"}, step{Key: "broken", After: []string{"a"}}).ID,
			domain.ExecutionFailed,
		)
		open := k.Run(step{Key: "open"})
		balance, before := k.Credits(), k.Count("select count(*) from execution")
		for _, c := range []struct {
			in   work.RedoStep
			code domain.Code
			says string
		}{
			{work.RedoStep{ID: done.ID, Step: "none"}, domain.CodeNotFound, "Step"},
			{work.RedoStep{ID: 9999, Step: "a"}, domain.CodeNotFound, "Execution"},
			{work.RedoStep{ID: open.ID, Step: "open"}, domain.CodeConflict, "completed, failed or cancelled"},
			{work.RedoStep{ID: failed.ID, Step: "broken"}, domain.CodeConflict, "Retry the execution"},
			{work.RedoStep{ID: done.ID, Step: "a", AgentID: 999}, domain.CodeValidation, "agent_id"},
			{work.RedoStep{ID: done.ID, Step: "a", Instructions: strings.Repeat("x", 2001)}, domain.CodeValidation, "instructions"},
		} {
			_, err := k.Work.RedoStep(k.Ctx(), c.in)
			e := domain.AsError(err)
			if said := fmt.Sprint(e.Message, e.Fields); domain.CodeOf(err) != c.code || !strings.Contains(said, c.says) {
				t.Errorf("%+v: %s, %s", c.in, domain.CodeOf(err), said)
			}
		}
		if k.Credits() != balance || k.Count("select count(*) from execution") != before {
			t.Error("a refused redo leaves something")
		}
		block <- struct{}{}
		k.Ended(open.ID, domain.ExecutionCompleted)
	})
}

func TestTheComposerFollowsNoInstructions(t *testing.T) {
	enginetest.Each(t, enginetest.Config{}, func(k *enginetest.Kit) {
		first := k.Ended(k.Run(paper()...).ID, domain.ExecutionCompleted)
		_, err := k.Work.RedoStep(k.Ctx(), work.RedoStep{ID: first.ID, Step: "a", Instructions: "Shorter."})
		if e := domain.AsError(err); len(e.Fields["instructions"]) != 1 {
			t.Errorf("%v", e)
		}
		x := k.Ended(redo(k, work.RedoStep{ID: first.ID, Step: "a"}).ID, domain.ExecutionCompleted)
		if item := details(k, x.ID).Items[0]; item.Version != 1 { // the composer writes the same again
			t.Errorf("version %d", item.Version)
		}
	})
}

// TestAgainIsClosed draws plans: what a redo runs contains the step, and every step that depends on one of them,
// and no step that depends on none.
func TestAgainIsClosed(t *testing.T) {
	proptest.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "n")
		var plan []domain.PlanStep
		for i := range n {
			s := domain.PlanStep{Key: fmt.Sprint("s", i)}
			for j := range i {
				if rapid.IntRange(0, 3).Draw(t, "edge") == 0 {
					s.DependsOn = append(s.DependsOn, fmt.Sprint("s", j))
				}
			}
			plan = append(plan, s)
		}
		plan = rapid.Permutation(plan).Draw(t, "plan")
		key := plan[rapid.IntRange(0, n-1).Draw(t, "key")].Key
		again := execution.Again(plan, key)
		for _, s := range plan {
			depends := slices.ContainsFunc(s.DependsOn, func(d string) bool { return slices.Contains(again, d) })
			if in := slices.Contains(again, s.Key); in != (s.Key == key || depends) {
				t.Fatalf("%s of %+v: %v", key, plan, again)
			}
		}
	})
}

func TestExecutionsAreComparedStepByStep(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Provider: server(t, numbered())}, func(k *enginetest.Kit) {
		first := k.Ended(k.Run(paper()...).ID, domain.ExecutionCompleted)
		x := k.Ended(redo(k, work.RedoStep{ID: first.ID, Step: "b"}).ID, domain.ExecutionCompleted)
		c, err := k.Work.CompareExecutions(k.Ctx(), work.CompareExecutions{ID: first.ID, With: x.ID})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range c.Steps {
			got = append(got, s.Key+" "+string(s.Change))
			var was, is strings.Builder
			for _, p := range s.Diff {
				if p.Op != "ins" {
					was.WriteString(p.Text)
				}
				if p.Op != "del" {
					is.WriteString(p.Text)
				}
			}
			if s.Change == work.StepChanged && (was.String() != work.TextOf(s.Before) || is.String() != work.TextOf(s.After)) {
				t.Errorf("%s: %+v of %s and %s", s.Key, s.Diff, s.Before, s.After)
			}
		}
		if want := "a same, b changed, c same"; strings.Join(got, ", ") != want {
			t.Errorf("%v", got)
		}
		_, err = k.Work.CompareExecutions(k.Ctx(), work.CompareExecutions{ID: first.ID, With: 9999})
		if len(domain.AsError(err).Fields["with"]) != 1 {
			t.Errorf("%v", err)
		}
		theirs := enginetest.As(k.Theirs.ID, domain.RoleOwner)
		if _, err := k.Work.CompareExecutions(theirs, work.CompareExecutions{ID: first.ID, With: x.ID}); domain.CodeOf(
			err,
		) != domain.CodeNotFound {
			t.Errorf("from another workspace: %v", err)
		}
	})
}

// The board and the list find an item by each execution that wrote a version of it, and so do the execution's assets.
func TestItemsAreFoundByWhatWroteThem(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Provider: server(t, numbered())}, func(k *enginetest.Kit) {
		first := k.Ended(k.Run(paper()...).ID, domain.ExecutionCompleted)
		id := details(k, first.ID).Items[0].ID
		redone := k.Ended(redo(k, work.RedoStep{ID: first.ID, Step: "b"}).ID, domain.ExecutionCompleted)
		refreshed := k.Ended(k.Run(step{Key: "r", Do: "revise", Item: id}).ID, domain.ExecutionCompleted)
		read := k.Ended(k.Run(step{Key: "n", Item: id}).ID, domain.ExecutionCompleted)
		if c := itemOf(k, id); c.Version != 3 || c.ExecutionID != first.ID {
			t.Fatalf("version %d of execution %d", c.Version, c.ExecutionID)
		}
		other := k.Item(k.Ctx(), "Another", "Text.")
		for name, tc := range map[string]struct {
			execution int64
			want      []int64
		}{
			"created": {first.ID, []int64{id}}, "redone": {redone.ID, []int64{id}}, "refreshed": {refreshed.ID, []int64{id}},
			"only read": {read.ID, nil}, "none": {read.ID + 1_000, nil}, "any": {0, []int64{other.ID, id}},
		} {
			columns, err := k.Content.Board(k.Ctx(), content.BoardFilter{ExecutionID: tc.execution})
			if err != nil {
				t.Fatal(err)
			}
			if got := cards(columns); !slices.Equal(got, tc.want) || columns[0].Count != len(tc.want) {
				t.Errorf("%s: the board has %v", name, got)
			}
			l, err := k.Content.ListItems(k.Ctx(), content.ListItems{
				ExecutionID: tc.execution, Page: domain.Page{Number: 1, Size: 9},
			})
			if err != nil || len(l.Items) != len(tc.want) || l.Total != len(tc.want) {
				t.Errorf("%s: the list has %+v, %v", name, l, err)
			}
			if tc.execution == 0 || tc.execution > read.ID {
				continue
			}
			if d := details(k, tc.execution); len(d.Items) != len(tc.want) {
				t.Errorf("%s: its assets are %+v", name, d.Items)
			}
		}
	})
}

func cards(columns []content.Column) (ids []int64) {
	for _, c := range columns {
		for _, i := range c.Items {
			ids = append(ids, i.ID)
		}
	}
	return ids
}
