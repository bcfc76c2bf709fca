package content_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/verb"
)

// public is everything that readers see of our workspace, as text.
func public(k *enginetest.Kit) string {
	k.T.Helper()
	f, err := k.Content.Feed(context.Background(), "ours")
	must(k, err)
	text, err := json.Marshal(f.Items)
	must(k, err)
	return string(text)
}

// Nothing but publishing changes what is public.
func TestOnlyPublishingChangesWhatIsPublic(t *testing.T) {
	c := enginetest.Config{}
	enginetest.Each(t, c, func(k *enginetest.Kit) {
		i := k.Item(k.Ctx(), "An item", "The published text.")
		moved(k, i.ID, domain.ItemPublished)
		was := public(k)
		text, words, at := "Draft AKIAIOSFODNN7EXAMPLE", []string{"draft"}, time.Date(2130, 1, 1, 0, 0, 0, 0, time.UTC)
		slug := "draft"
		language := "de-AT"
		for name, edit := range map[string]domain.ItemEdit{
			"body":             {Body: &text},
			"title":            {Title: &text},
			"meta title":       {MetaTitle: &text},
			"meta description": {MetaDescription: &text},
			"slug":             {Slug: &slug},
			"language":         {Language: &language},
			"channel":          {Channel: &slug},
			"keywords":         {Keywords: &words},
			"dates":            {PlannedAt: &at, ScheduledAt: &at},
			"assignee":         {Assignee: &slug},
		} {
			must(k, second(k.Content.EditItem(k.Ctx(), content.EditItem{ID: i.ID, ItemEdit: edit})))
			if now := public(k); now != was {
				t.Errorf("an edit of %s is public:\n%s\n%s", name, was, now)
			}
		}
		must(k, second(k.Content.RestoreVersion(k.Ctx(), content.RestoreVersion{ID: i.ID, N: 2})))
		must(k, second(k.Content.ApproveItem(k.Ctx(), verb.ID{ID: i.ID})))
		x := k.Run(enginetest.Step{Key: "a", Do: "move", Item: i.ID})
		k.Ended(x.ID, domain.ExecutionCompleted)
		k.Exec("update content set findings = '[]', blocking = false, preview = 'Draft', engine = '{}'")
		if now := public(k); now != was {
			t.Errorf("it changed:\n%s\n%s", was, now)
		}
		moved(k, i.ID, domain.ItemPublished)
		if now := public(k); now == was || !strings.Contains(now, "Draft") {
			t.Errorf("published again, the feed shows %s", now)
		}
	})
}

func TestAFeedEntryKeepsItsIdentity(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		ctx := context.Background()
		i := k.Item(k.Ctx(), "An item", "One.")
		moved(k, i.ID, domain.ItemPublished)
		first, err := k.Content.FeedItem(ctx, "ours", "an-item")
		must(k, err)
		if !strings.HasPrefix(first.Identity, "urn:uuid:") || len(first.Identity) != 45 {
			t.Errorf("identity %s", first.Identity)
		}
		other := k.Item(k.Ctx(), "Another", "Two.")
		for _, slug := range []string{"second-address", "third-address"} {
			must(k, second(k.Content.EditItem(k.Ctx(), content.EditItem{ID: i.ID, ItemEdit: domain.ItemEdit{Slug: &slug}})))
			moved(k, i.ID, domain.ItemReview)
			moved(k, i.ID, domain.ItemPublished)
		}
		for _, slug := range []string{"an-item", "second-address", "third-address"} {
			got, err := k.Content.FeedItem(ctx, "ours", slug)
			must(k, err)
			if got.Slug != "third-address" || got.Identity != first.Identity || !got.PublishedAt.Equal(first.PublishedAt) {
				t.Errorf("at %s: %+v", slug, got)
			}
			_, err = k.Content.EditItem(k.Ctx(), content.EditItem{ID: other.ID, ItemEdit: domain.ItemEdit{Slug: &slug}})
			if domain.CodeOf(err) != domain.CodeConflict {
				t.Errorf("another item took the address %s: %v", slug, err)
			}
		}
		must(k, k.Content.DeleteItem(k.Ctx(), verb.ID{ID: i.ID}))
		again := k.Item(k.Ctx(), "An item", "One.")
		moved(k, again.ID, domain.ItemPublished)
		got, err := k.Content.FeedItem(ctx, "ours", again.Slug)
		must(k, err)
		if got.Identity == first.Identity {
			t.Error("a deleted item's identity was given to another")
		}
	})
}

func TestWhatIsWithdrawnIsPublishedNoLonger(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		for _, to := range []domain.ItemStatus{domain.ItemGenerated, domain.ItemReview, domain.ItemReady} {
			i := k.Item(k.Ctx(), "An item", "One.")
			moved(k, i.ID, domain.ItemPublished)
			moved(k, i.ID, to)
			d, err := k.Content.Item(k.Ctx(), i.ID)
			must(k, err)
			if d.PublishedVersion != 0 || !d.PublishedAt.IsZero() || len(d.Publications) != 0 || public(k) != "[]" {
				t.Errorf("%s: version %d at %v, %+v, %s", to, d.PublishedVersion, d.PublishedAt, d.Publications, public(k))
			}
		}
	})
}

// A publication has the address at which readers find it, until it is withdrawn.
func TestAPublicationHasItsAddress(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		i := k.Item(k.Ctx(), "Größe und Maß", "One.")
		moved(k, i.ID, domain.ItemPublished)
		d, err := k.Content.Item(k.Ctx(), i.ID)
		must(k, err)
		was := enginetest.PublicURL + content.FeedItemPath("ours", d.Slug)
		if len(d.Publications) != 1 || d.Publications[0].URL != was {
			t.Fatalf("%+v, want %s", d.Publications, was)
		}
		slug := "another-address"
		d, err = k.Content.EditItem(k.Ctx(), content.EditItem{ID: i.ID, ItemEdit: domain.ItemEdit{Slug: &slug}})
		must(k, err)
		if d.Publications[0].URL != was {
			t.Errorf("an edit that is not published changed the address to %s", d.Publications[0].URL)
		}
	})
}

// A publication is rendered once: when it is published, or by its first reader where
// it is older than that.
func TestAPublicationIsRenderedOnce(t *testing.T) {
	enginetest.Each(t, enginetest.Config{}, func(k *enginetest.Kit) {
		i := k.Item(k.Ctx(), "An item", "Some *words*.")
		moved(k, i.ID, domain.ItemPublished)
		j := k.Item(k.Ctx(), "Another item", "Other *words*.")
		k.Ended(k.Run(enginetest.Step{Key: "a", Do: "publish", Item: j.ID}).ID, domain.ExecutionCompleted)
		rendered := "select count(*) from publication where rendered and html like '%<em>%' and summary <> ''"
		if n := k.Count(rendered); n != 2 {
			t.Errorf("%d of 2 were rendered when they were published", n)
		}
		was := public(k)
		k.Exec("update publication set rendered = false, html = '', summary = ''")
		if now := public(k); now != was {
			t.Errorf("an old one shows %s, not %s", now, was)
		}
		if n := k.Count(rendered); n != 2 {
			t.Errorf("%d of 2 were kept", n)
		}
	})
}
