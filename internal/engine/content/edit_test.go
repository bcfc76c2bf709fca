package content_test

import (
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/verb"
)

// edits are an edit of each field that readers see.
func edits() map[string]domain.ItemEdit {
	text, slug, language, list := "Nobody approved this.", "nobody-approved-this", "de-AT", []string{"nobody"}
	return map[string]domain.ItemEdit{
		"title": {Title: &text}, "body": {Body: &text}, "meta_title": {MetaTitle: &text},
		"meta_description": {MetaDescription: &text}, "slug": {Slug: &slug}, "language": {Language: &language},
		"channel": {Channel: &slug}, "keywords": {Keywords: &list},
	}
}

func TestNoFieldIsPublishedWithoutApproval(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		yes := true
		must(k, second(k.Account.UpdateProfile(k.Ctx(), account.UpdateProfile{RequireApproval: &yes})))
		for name, edit := range edits() {
			c := k.Item(k.Ctx(), "An item", "Text.")
			moved(k, c.ID, domain.ItemReady)
			d, err := k.Content.EditItem(k.Ctx(), content.EditItem{ID: c.ID, ItemEdit: edit})
			must(k, err)
			if d.Status != domain.ItemReview || d.Version != 2 || d.ApprovedVersion != 1 {
				t.Errorf("%s: %s, version %d, approved %d", name, d.Status, d.Version, d.ApprovedVersion)
			}
			_, err = k.Content.Move(k.Ctx(), content.Move{ID: c.ID, To: domain.ItemPublished})
			if domain.CodeOf(err) != domain.CodeConflict {
				t.Errorf("%s was published without approval: %v", name, err)
			}
			restored, err := k.Content.RestoreVersion(k.Ctx(), content.RestoreVersion{ID: c.ID, N: 1})
			must(k, err)
			if !restored.SameVersion(c) {
				t.Errorf("%s: restored as %+v", name, restored.ContentItem)
			}
			must(k, k.Content.DeleteItem(k.Ctx(), verb.ID{ID: c.ID}))
		}
	})
}

func TestAnEditThatChangesNothingLeavesNoTrace(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		for name, edit := range edits() {
			c := k.Item(k.Ctx(), "An item", "Text.")
			in := content.EditItem{ID: c.ID, ItemEdit: edit}
			first, err := k.Content.EditItem(k.Ctx(), in)
			must(k, err)
			events := k.Count("select count(*) from event")
			again, err := k.Content.EditItem(k.Ctx(), in)
			must(k, err)
			if again.Version != 2 || again.Revision != first.Revision || k.Count("select count(*) from event") != events {
				t.Errorf("%s: version %d, revision %d after %d", name, again.Version, again.Revision, first.Revision)
			}
			must(k, k.Content.DeleteItem(k.Ctx(), verb.ID{ID: c.ID}))
		}
	})
}

// The form of the dashboard sends every slug back as it got it.
func TestAnUnchangedSlugIsNeverRefused(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		body := "Another text."
		for range 12 {
			for _, title := range []string{
				"日本語のブログ記事", "हिन्दी में लेख", "Привет, мир", strings.Repeat("a long title ", 20), strings.Repeat("x", 300), "!",
			} {
				c := k.Item(k.Ctx(), title, "Text.")
				if n := len([]rune(c.Slug)); n > domain.LimitItemSlug.Max {
					t.Errorf("%q has %d characters", c.Slug, n)
				}
				if _, err := k.Content.EditItem(k.Ctx(), content.EditItem{
					ID: c.ID, ItemEdit: domain.ItemEdit{Slug: &c.Slug, Body: &body},
				}); err != nil {
					t.Errorf("%q: %v", c.Slug, err)
				}
			}
		}
	})
}

func TestALanguageIsATag(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		c := k.Item(k.Ctx(), "An item", "Text.")
		for tag, ok := range map[string]bool{
			"": true, "en": true, "de-AT": true, "zh-Hans-CN": true, "sr-Latn": true, "es-419": true, "x-klingon": true,
			"xq": false, "xx-!!": false, "German": false, "en_US": false, "e": false, "en--US": false, "<b>": false, "en US": false,
		} {
			_, err := k.Content.EditItem(k.Ctx(), content.EditItem{ID: c.ID, ItemEdit: domain.ItemEdit{Language: &tag}})
			if (err == nil) != ok || err != nil && len(domain.AsError(err).Fields["language"]) == 0 {
				t.Errorf("%q: %v", tag, err)
			}
		}
		k.Exec("update content set language = 'German' where id = $1", c.ID)
		old, title := "German", "Another title"
		edit := domain.ItemEdit{Title: &title, Language: &old}
		must(k, second(k.Content.EditItem(k.Ctx(), content.EditItem{ID: c.ID, ItemEdit: edit})))
	})
}
