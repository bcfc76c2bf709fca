package content_test

import (
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/verb"
)

func editRule(k K, ctx C, id int64, e content.BoardRuleEdit) (domain.BoardRule, error) {
	return k.Content.EditBoardRule(ctx, content.EditBoardRule{ID: id, BoardRuleEdit: e})
}

// TestABoardRuleFromItsCreationToItsEnd creates, changes and deletes rules, and follows who
// owns them.
func TestABoardRuleFromItsCreationToItsEnd(t *testing.T) {
	enginetest.Each(t, config(t), func(k K) {
		a := newRule(k, "A", " word_count > 1 ", domain.ItemReady)
		b := newRule(k, "B", "word_count > 2", domain.ItemPublished)
		if a.Order != 1 || b.Order != 2 || !a.Enabled || a.OwnerName != "owner" || a.Version != 1 ||
			a.When != "word_count > 1" {
			t.Errorf("%+v, %+v", a, b)
		}
		admin := enginetest.As(k.Ours.ID, domain.RoleAdmin)
		for what, e := range map[string]content.BoardRuleEdit{
			"a name": {Name: new("Renamed")}, "nothing": {}, "off": {Enabled: new(false)},
		} {
			got, err := editRule(k, admin, a.ID, e)
			if must(k, err); got.OwnerName != "owner" {
				t.Errorf("%s gives it to %s", what, got.OwnerName)
			}
		}
		for what, e := range map[string]content.BoardRuleEdit{
			"on": {Enabled: new(true)}, "a condition": {When: new("word_count > 3")}, "a column": {MoveTo: new(domain.ItemReview)},
			"an order": {Order: new(7)},
		} {
			must(k, second(editRule(k, k.Ctx(), a.ID, content.BoardRuleEdit{When: new("word_count > 9")})))
			if what == "on" {
				must(k, second(editRule(k, k.Ctx(), a.ID, content.BoardRuleEdit{Enabled: new(false)})))
			}
			got, err := editRule(k, admin, a.ID, e)
			if must(k, err); got.OwnerName != "admin" || got.Owner.Kind != domain.ActorPerson {
				t.Errorf("%s leaves it to %s", what, got.OwnerName)
			}
		}
		if list, err := k.Content.BoardRules(k.Ctx()); err != nil || len(list) != 2 || list[0].ID != b.ID {
			t.Errorf("%+v, %v", list, err)
		}
		_, err := k.Content.EditBoardRule(k.Ctx(), content.EditBoardRule{
			ID: b.ID, BoardRuleEdit: content.BoardRuleEdit{Name: new("X")}, Precondition: verb.Precondition{IfMatch: `"9"`},
		})
		if domain.CodeOf(err) != domain.CodePreconditionFailed {
			t.Errorf("another revision: %v", err)
		}
		must(k, k.Content.DeleteBoardRule(k.Ctx(), verb.ID{ID: b.ID}))
		if _, err := k.Content.BoardRule(k.Ctx(), b.ID); domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("deleted: %v", err)
		}
	})
}

func TestFaultsOfABoardRule(t *testing.T) {
	enginetest.Each(t, config(t), func(k K) {
		for name, tc := range map[string]struct {
			change func(*content.BoardRuleEdit)
			want   []string
		}{
			"nothing":   {func(e *content.BoardRuleEdit) { *e = content.BoardRuleEdit{} }, []string{"move_to", "name", "when"}},
			"name":      {func(e *content.BoardRuleEdit) { e.Name = new("a\nb") }, []string{"name"}},
			"long":      {func(e *content.BoardRuleEdit) { e.When = new(strings.Repeat("a", 2001)) }, []string{"when"}},
			"condition": {func(e *content.BoardRuleEdit) { e.When = new("word_cnt > 1") }, []string{"when"}},
			"backwards": {func(e *content.BoardRuleEdit) { e.MoveTo = new(domain.ItemGenerated) }, []string{"move_to"}},
			"order":     {func(e *content.BoardRuleEdit) { e.Order = new(0) }, []string{"order"}},
		} {
			e := content.BoardRuleEdit{Name: new("R"), When: new("word_count > 1"), MoveTo: new(domain.ItemReady)}
			tc.change(&e)
			t.Run(name, func(*testing.T) { fields(k, second(k.Content.CreateBoardRule(k.Ctx(), e)), tc.want...) })
		}
		for range domain.MostBoardRules {
			newRule(k, "R", "word_count > 1", domain.ItemReview)
		}
		_, err := k.Content.CreateBoardRule(k.Ctx(), content.BoardRuleEdit{
			Name: new("R"), When: new("word_count > 1"), MoveTo: new(domain.ItemReview),
		})
		if domain.CodeOf(err) != domain.CodeConflict {
			t.Errorf("one too many: %v", err)
		}
	})
}

// A rule takes the scope of the move that it makes in its owner's name.
func TestARuleTakesTheScopeOfItsMove(t *testing.T) {
	enginetest.Each(t, config(t), func(k K) {
		editor := enginetest.As(k.Ours.ID, domain.RoleEditor)
		published := content.BoardRuleEdit{Name: new("P"), When: new("word_count > 1"), MoveTo: new(domain.ItemPublished)}
		if _, err := k.Content.CreateBoardRule(editor, published); domain.CodeOf(err) != domain.CodeForbidden {
			t.Errorf("an editor creates a rule that publishes: %v", err)
		}
		ready, err := k.Content.CreateBoardRule(editor, content.BoardRuleEdit{
			Name: new("R"), When: new("word_count > 1"), MoveTo: new(domain.ItemReady),
		})
		must(k, err)
		_, err = editRule(k, editor, ready.ID, content.BoardRuleEdit{MoveTo: new(domain.ItemPublished)})
		if domain.CodeOf(err) != domain.CodeForbidden {
			t.Errorf("an editor makes a rule publish: %v", err)
		}
		p := newRule(k, "P", "word_count > 1", domain.ItemPublished)
		for what, e := range map[string]content.BoardRuleEdit{
			"a condition": {When: new("word_count > 0")}, "an order": {Order: new(1)},
		} {
			if _, err := editRule(k, editor, p.ID, e); domain.CodeOf(err) != domain.CodeForbidden {
				t.Errorf("an editor gives a rule that publishes %s: %v", what, err)
			}
		}
		off, err := editRule(k, editor, p.ID, content.BoardRuleEdit{Enabled: new(false)})
		if must(k, err); off.Enabled || off.OwnerName != "owner" {
			t.Errorf("%+v", off)
		}
		if _, err := editRule(k, editor, p.ID, content.BoardRuleEdit{Enabled: new(true)}); domain.CodeOf(err) !=
			domain.CodeForbidden {
			t.Errorf("an editor switches it on: %v", err)
		}
	})
}

// Where an approval comes first, no rule publishes; one that is there already can be switched
// off, whatever has become of it.
func TestNoRulePublishesWhereAnApprovalComesFirst(t *testing.T) {
	enginetest.Each(t, config(t), func(k K) {
		p := newRule(k, "P", "word_count > 1", domain.ItemPublished)
		k.Exec("update workspace set require_approval = $1 where id = $2", true, k.Ours.ID)
		k.Exec("update board_rule set condition = 'gone' where id = $1", p.ID)
		_, err := k.Content.CreateBoardRule(k.Ctx(), content.BoardRuleEdit{
			Name: new("P"), When: new("word_count > 1"), MoveTo: new(domain.ItemPublished),
		})
		fields(k, err, "move_to")
		if !strings.Contains(domain.AsError(err).Message, "requires an approval") {
			t.Error(err)
		}
		off, err := editRule(k, k.Ctx(), p.ID, content.BoardRuleEdit{Enabled: new(false)})
		if must(k, err); off.Enabled {
			t.Errorf("%+v", off)
		}
		must(k, second(k.Content.TryBoardRule(k.Ctx(), content.TryBoardRule{When: "true", MoveTo: domain.ItemPublished})))
	})
}
