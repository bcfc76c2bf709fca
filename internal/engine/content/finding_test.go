package content_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/guard"
	"vellocity/internal/verb"
)

const secret = "The key is AKIAIOSFODNN7EXAMPLE."

func publish(k K, id int64) error {
	return second(k.Content.Move(k.Ctx(), content.Move{ID: id, To: domain.ItemPublished}))
}

// A blocking finding is accepted with a reason, which stands in the answer and in the history; then the item is
// published. The acceptance survives edits elsewhere, not another fault, and can be withdrawn.
func TestAnAcceptedFindingStopsNothing(t *testing.T) {
	enginetest.Each(t, enginetest.Config{}, func(k *enginetest.Kit) {
		c := k.Item(k.Ctx(), "An item", "Nothing.")
		edited(k, c.ID, secret)
		if err := publish(k, c.ID); len(domain.BlockersOf(err)) != 1 {
			t.Fatalf("published with a secret: %v", err)
		}
		id := first(k, c.ID)
		for _, reason := range []string{"", "  ", strings.Repeat("a", 501)} {
			if err := accept(k, k.Ctx(), c.ID, id, reason); domain.CodeOf(err) != domain.CodeValidation {
				t.Errorf("accepted for %q: %v", reason, err)
			}
		}
		if err := accept(k, k.Ctx(), c.ID, "0123456789abcdef", "A reason"); domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("accepted what there is not: %v", err)
		}
		must(k, accept(k, k.Ctx(), c.ID, id, "An example of AWS"))
		events := k.Count("select count(*) from event")
		must(k, accept(k, k.Ctx(), c.ID, id, "An example of AWS"))
		if n := k.Count("select count(*) from event"); n != events {
			t.Error("accepting twice appended an event")
		}
		d, err := k.Content.Item(k.Ctx(), c.ID)
		must(k, err)
		a, last := d.Findings[0].Accepted, d.Moves[len(d.Moves)-1]
		if a == nil || a.Reason != "An example of AWS" || a.By == "" || a.At.IsZero() ||
			last.Kind != domain.HistoryAccepted || last.Reason != a.Reason || last.By != a.By ||
			last.Finding != d.Findings[0].Message ||
			last.From != last.To {
			t.Errorf("%+v, %+v", a, last)
		}
		if d = edited(k, c.ID, "An introduction.\n\n"+secret); d.Findings[0].ID != id || d.Findings[0].Accepted == nil {
			t.Errorf("after an edit elsewhere: %+v", d.Findings)
		}
		x := k.Run(enginetest.Step{Key: "a", Do: "move", Item: c.ID, To: domain.ItemReview})
		k.Ended(x.ID, domain.ExecutionCompleted)
		must(k, publish(k, c.ID))

		edited(k, c.ID, secret+" Another is AKIAIOSFODNN7EXAMPLF.")
		if err := publish(k, c.ID); len(domain.BlockersOf(err)) != 1 {
			t.Errorf("an acceptance holds for other words: %v", err)
		}
		must(k, second(k.Content.RestoreVersion(k.Ctx(), content.RestoreVersion{ID: c.ID, N: 2})))
		d, err = k.Content.WithdrawAcceptance(k.Ctx(), content.FindingOf{ID: c.ID, Finding: id})
		must(k, err)
		if last = d.Moves[len(d.Moves)-1]; last.Kind != domain.HistoryWithdrawn || !domain.Blocking(d.Findings) ||
			d.PublishedVersion == 0 {
			t.Errorf("withdrawn: %+v, %+v, published %d", last, d.Findings, d.PublishedVersion)
		}
		if err := publish(k, c.ID); err == nil {
			t.Error("published after the acceptance was withdrawn")
		}
	})
}

func TestAcceptingTakesTheScopePublish(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		id, finding := found(k)
		for role, want := range map[domain.Role]domain.Code{
			domain.RoleViewer: domain.CodeForbidden, domain.RoleEditor: domain.CodeForbidden,
			domain.RoleReviewer: "", domain.RoleAdmin: "", domain.RoleOwner: "",
		} {
			if err := accept(k, enginetest.As(k.Ours.ID, role), id, finding, "By "+string(role)); domain.CodeOf(err) != want {
				t.Errorf("%s: %v", role, err)
			}
		}
		if err := accept(k, enginetest.As(k.Theirs.ID, domain.RoleOwner), id, finding, "Theirs"); domain.CodeOf(
			err,
		) != domain.CodeNotFound {
			t.Errorf("another workspace: %v", err)
		}
	})
}

// ids of findings, in order.
func ids(findings []domain.Finding) (list []string) {
	for _, f := range findings {
		list = append(list, f.ID)
	}
	slices.Sort(list)
	return list
}

// What was found while a text was written is found by nobody again: an edit elsewhere, a restored version and
// another edit keep it while its words are there.
func TestNoVerbLosesAFindingThatHolds(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		body := "It saves 37 % of the time, and she said “nobody here misses the old way of working” to us."
		in := guard.Input{Text: body, MinWords: 400, Title: "Grow 73 %"}
		c := k.Item(k.Ctx(), "Grow 73 %", body, guard.Apply(in, guard.Check(in), nil).Findings...)
		want := ids(c.Findings)
		if len(want) != 4 {
			t.Fatalf("%+v", c.Findings)
		}
		check := func(what string, got content.ItemDetails, without int) {
			t.Helper()
			n := 0
			for _, id := range want {
				if domain.FindingByID(got.Findings, id) >= 0 {
					n++
				}
			}
			if n != len(want)-without {
				t.Errorf("%s: %d of %d\n%+v", what, n, len(want), got.Findings)
			}
		}
		check("an edit elsewhere", edited(k, c.ID, "An introduction.\n\n"+body), 0)
		slug := "another-slug"
		d, err := k.Content.EditItem(k.Ctx(), content.EditItem{ID: c.ID, ItemEdit: domain.ItemEdit{Slug: &slug}})
		must(k, err)
		check("another slug", d, 0)
		check("one is fixed", edited(k, c.ID, strings.Replace(body, "37 %", "some", 1)), 1)
		d, err = k.Content.RestoreVersion(k.Ctx(), content.RestoreVersion{ID: c.ID, N: 1})
		must(k, err)
		check("restored", d, 0)
		for _, m := range d.Findings[0].Matches {
			if m.Text == "" || d.Version != d.Findings[0].Version {
				t.Errorf("%+v", d.Findings[0])
			}
		}
		d, err = k.Content.SetSupport(k.Ctx(), content.SetSupport{
			ID: c.ID, Support: domain.Support{Facts: []string{"A saving of 37 % was measured."}},
		})
		must(k, err)
		check("with support for one", d, 1)
		if d.Version != 5 || len(d.Support.Facts) != 1 {
			t.Errorf("version %d, support %+v", d.Version, d.Support)
		}
	})
}

func TestSupportIsChecked(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		c := k.Item(k.Ctx(), "An item", "Text.")
		for field, s := range map[string]domain.Support{
			"facts":     {Facts: slices.Repeat([]string{"a"}, 101)},
			"sources.0": {Sources: []string{strings.Repeat("a", 2001)}},
			"links":     {Links: slices.Repeat([]string{"a"}, 101)},
		} {
			_, err := k.Content.SetSupport(k.Ctx(), content.SetSupport{ID: c.ID, Support: s})
			if domain.CodeOf(err) != domain.CodeValidation || len(domain.AsError(err).Fields[field]) == 0 {
				t.Errorf("%s: %v", field, err)
			}
		}
	})
}

// An edit that is slower is prepared again: none is lost, and none is made of a text that is no longer there.
func TestEditsAtTheSameTimeLoseNothing(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		c := k.Item(k.Ctx(), "An item", "Text.")
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				title := "Another title"
				_, err := k.Content.EditItem(k.Ctx(), content.EditItem{ID: c.ID, ItemEdit: domain.ItemEdit{Title: &title}})
				if err != nil {
					t.Error(err)
				}
			})
			all.Go(func() {
				body := secret
				_, err := k.Content.EditItem(k.Ctx(), content.EditItem{ID: c.ID, ItemEdit: domain.ItemEdit{Body: &body}})
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		d, err := k.Content.Item(k.Ctx(), c.ID)
		must(k, err)
		if d.Title != "Another title" || d.Body != secret || d.Version != 3 || !domain.Blocking(d.Findings) {
			t.Errorf("%+v", d.ContentItem)
		}
		_, err = k.Content.EditItem(k.Ctx(), content.EditItem{
			ID: c.ID, ItemEdit: domain.ItemEdit{Body: new("Late.")}, Precondition: verb.Precondition{IfMatch: `"1"`},
		})
		if domain.CodeOf(err) != domain.CodePreconditionFailed {
			t.Errorf("an edit of an old revision: %v", err)
		}
	})
}
