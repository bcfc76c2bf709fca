package content_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/verb"
)

func TestACommentQuotesThePassageOfItsVersion(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		c := k.Item(k.Ctx(), "An item", "Öl 🫒 is **good**.")
		first, err := k.Content.AddComment(k.Ctx(), content.AddComment{
			ID: c.ID, Body: "Which oil?", Passage: domain.Passage{Start: 0, End: 4},
		})
		must(k, err)
		must(
			k,
			second(k.Content.EditItem(k.Ctx(), content.EditItem{ID: c.ID, ItemEdit: domain.ItemEdit{Body: new("Butter.")}})),
		)
		old, err := k.Content.AddComment(k.Ctx(), content.AddComment{
			ID: c.ID, Body: "It was better.", Version: 1, Passage: domain.Passage{Start: 8, End: 16},
		})
		must(k, err)
		whole, err := k.Content.AddComment(k.Ctx(), content.AddComment{ID: c.ID, Body: "Short now."})
		must(k, err)
		if first.Quote != "Öl 🫒" || first.Version != 1 || old.Quote != "**good**" || old.Version != 1 ||
			whole.Quote != "" || whole.Version != 2 || first.Author != "owner" || first.AuthorKind != domain.ActorPerson {
			t.Errorf("%+v\n%+v\n%+v", first, old, whole)
		}
		l, err := k.Content.Comments(k.Ctx(), content.ListComments{ID: c.ID, Page: domain.Page{Number: 1, Size: 2}})
		must(k, err)
		if l.Total != 3 || len(l.Items) != 2 || l.Items[0] != first || l.Items[1] != old {
			t.Errorf("listed as %+v", l)
		}
		if d, err := k.Content.Item(k.Ctx(), c.ID); err != nil || d.Version != 2 || d.Revision != 2 {
			t.Errorf("comments changed the item: version %d, revision %d, %v", d.Version, d.Revision, err)
		}
		must(k, k.Content.DeleteItem(k.Ctx(), verb.ID{ID: c.ID}))
		if n := k.Count("select count(*) from comment"); n != 0 {
			t.Errorf("%d comments outlive their item", n)
		}
	})
}

func TestABadCommentNamesItsFields(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		c := k.Item(k.Ctx(), "An item", "Ünder.") // six characters
		passage := func(from, to int) domain.Passage { return domain.Passage{Start: from, End: to} }
		for field, in := range map[string]content.AddComment{
			"body":                 {},
			"body ":                {Body: " \n\t"},
			"body  ":               {Body: strings.Repeat("x", domain.LimitComment.Max+1)},
			"version":              {Body: "b", Version: 2},
			"version ":             {Body: "b", Version: -1},
			"anchor.start":         {Body: "b", Passage: passage(-1, 2)},
			"anchor.end":           {Body: "b", Passage: passage(2, 2)},
			"anchor.end ":          {Body: "b", Passage: passage(3, 2)},
			"anchor.end  ":         {Body: "b", Passage: passage(0, 7)},
			"anchor.end anchor":    {Body: "b", Passage: passage(0, 1<<62)},
			"anchor.end body both": {Passage: passage(0, 7)},
		} {
			in.ID = c.ID
			_, err := k.Content.AddComment(k.Ctx(), in)
			var e *domain.Error
			want := strings.Fields(field)[0]
			if !errors.As(err, &e) || e.Code != domain.CodeValidation || len(e.Fields[want]) == 0 {
				t.Errorf("%q: %v", field, err)
			}
		}
		must(k, second(k.Content.AddComment(k.Ctx(), content.AddComment{ID: c.ID, Body: "b", Passage: passage(0, 6)})))
		if n := k.Count("select count(*) from comment"); n != 1 {
			t.Errorf("%d comments", n)
		}
	})
}

func TestOnlyItsAuthorEditsAComment(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		c := k.Item(k.Ctx(), "An item", "Text.")
		reviewer, editor := enginetest.As(k.Ours.ID, domain.RoleReviewer), enginetest.As(k.Ours.ID, domain.RoleEditor)
		made, err := k.Content.AddComment(reviewer, content.AddComment{ID: c.ID, Body: "Why?"})
		must(k, err)
		at := content.CommentOf{ID: c.ID, Comment: made.ID}
		if _, err := k.Content.EditComment(k.Ctx(), content.EditComment{CommentOf: at, Body: "Mine."}); domain.CodeOf(
			err,
		) != domain.CodeForbidden {
			t.Errorf("the owner edits it: %v", err)
		}
		if err := k.Content.DeleteComment(editor, at); domain.CodeOf(err) != domain.CodeForbidden {
			t.Errorf("an editor deletes it: %v", err)
		}
		edited, err := k.Content.EditComment(reviewer, content.EditComment{CommentOf: at, Body: "How?"})
		must(k, err)
		if edited.Body != "How?" || edited.Revision != 2 {
			t.Errorf("edited as %+v", edited)
		}
		stale := content.CommentOf{ID: c.ID, Comment: made.ID, Precondition: verb.Precondition{IfMatch: `"1"`}}
		if _, err := k.Content.ResolveComment(editor, stale); domain.CodeOf(err) != domain.CodePreconditionFailed {
			t.Errorf("with a stale ETag: %v", err)
		}
		other := content.CommentOf{ID: k.Item(k.Ctx(), "Other", "Text.").ID, Comment: made.ID}
		if _, err := k.Content.ResolveComment(editor, other); domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("through another item: %v", err)
		}
		must(k, k.Content.DeleteComment(k.Ctx(), at)) // an administrator
	})
}

func TestCommentsAreResolvedAndReopened(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		at := commentOf(k, said(k))
		events := func() int { return k.Count("select count(*) from event where name like 'comment.%'") }
		for range 2 {
			c, err := k.Content.ResolveComment(k.Ctx(), at)
			must(k, err)
			if c.ResolvedAt.IsZero() || c.ResolvedBy != "owner" || events() != 1 {
				t.Errorf("resolved as %+v, %d events", c, events())
			}
		}
		for range 2 {
			c, err := k.Content.ReopenComment(k.Ctx(), at)
			must(k, err)
			if !c.ResolvedAt.IsZero() || c.ResolvedBy != "" || events() != 2 {
				t.Errorf("reopened as %+v, %d events", c, events())
			}
		}
		l, err := k.Content.Comments(k.Ctx(), content.ListComments{ID: at.ID, Page: enginetest.FirstPage()})
		must(k, err)
		if !slices.ContainsFunc(l.Items, func(c domain.Comment) bool { return c.ID == at.Comment }) {
			t.Error("it is gone from the list")
		}
	})
}
