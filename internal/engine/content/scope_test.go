package content_test

import (
	"context"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
)

func TestSchedulingAPublicationTakesPublish(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		c := k.Item(k.Ctx(), "An item", "Text.")
		key := func(s ...domain.Scope) context.Context {
			return domain.WithActor(context.Background(), domain.Actor{
				Kind: domain.ActorKey, ID: 1, Name: "key", WorkspaceID: k.Ours.ID, Role: domain.RoleOwner, Scopes: s,
			})
		}
		at := time.Date(2130, 1, 2, 3, 4, 5, 0, time.UTC)
		edit := content.EditItem{ID: c.ID, ItemEdit: domain.ItemEdit{ScheduledAt: &at}}
		if _, err := k.Content.EditItem(key(domain.ScopeContent), edit); domain.CodeOf(err) != domain.CodeForbidden {
			t.Errorf("planned with content alone: %v", err)
		}
		must(k, second(k.Content.EditItem(key(domain.ScopePublish), edit)))
		title := "Another title"
		both := content.EditItem{ID: c.ID, ItemEdit: domain.ItemEdit{ScheduledAt: &time.Time{}, Title: &title}}
		if _, err := k.Content.EditItem(key(domain.ScopePublish), both); domain.CodeOf(err) != domain.CodeForbidden {
			t.Errorf("edited with publish alone: %v", err)
		}
		// What is planned already is no change.
		must(k, second(k.Content.EditItem(key(domain.ScopeContent),
			content.EditItem{ID: c.ID, ItemEdit: domain.ItemEdit{ScheduledAt: &at, Title: &title}})))
	})
}

// Taking an item back from the public feed is as much a publication as putting it there.
func TestWithdrawingTakesPublish(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		c := k.Item(k.Ctx(), "An item", "Text.")
		moved(k, c.ID, domain.ItemPublished)
		editor := enginetest.As(k.Ours.ID, domain.RoleEditor)
		for _, to := range []domain.ItemStatus{domain.ItemGenerated, domain.ItemReview, domain.ItemReady} {
			_, err := k.Content.Move(editor, content.Move{ID: c.ID, To: to})
			if domain.CodeOf(err) != domain.CodeForbidden {
				t.Errorf("an editor withdrew it to %s: %v", to, err)
			}
		}
		must(k, second(k.Content.Move(enginetest.As(k.Ours.ID, domain.RoleReviewer),
			content.Move{ID: c.ID, To: domain.ItemReady})))
	})
}
