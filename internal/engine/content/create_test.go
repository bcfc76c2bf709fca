package content_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/verb"
)

func TestAnItemIsWrittenByHand(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		at := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
		d, err := k.Content.CreateItem(k.Ctx(), content.CreateItem{
			Title: "Cold brew at home", Body: "Mail jane@acme.io to order.", ContentType: domain.ContentBlog,
			Status: domain.ItemReview, Language: "en", MetaTitle: "Cold brew", MetaDescription: "How to",
			Keywords: []string{"coffee"}, Assignee: "Ada", PlannedAt: at,
		})
		must(k, err)
		if d.Status != domain.ItemReview || d.Slug != "cold-brew-at-home" || d.Version != 1 || d.Assignee != "Ada" ||
			!d.PlannedAt.Equal(at) || d.Type != domain.ContentBlog || d.Origin != domain.PersonOrigin() || !d.Edited {
			t.Errorf("created as %+v", d.ContentItem)
		}
		if len(d.Findings) == 0 || d.Findings[0].Guardrail != "personal-data" {
			t.Errorf("the guardrails found %+v", d.Findings)
		}
		versions, err := k.Content.Versions(k.Ctx(), content.ListVersions{ID: d.ID, Page: enginetest.FirstPage()})
		must(k, err)
		if v := versions.Items[0]; versions.Total != 1 || v.AuthorKind != domain.ActorPerson || v.Author != "owner" ||
			v.Reason != "Written by hand" || len(d.Publications) != 0 {
			t.Errorf("version %+v", v)
		}
		again, err := k.Content.CreateItem(k.Ctx(), content.CreateItem{Title: "Cold brew at home", Body: "Another."})
		must(k, err)
		if again.Slug != "cold-brew-at-home-2" || again.Status != domain.ItemGenerated ||
			again.Type != domain.ContentText {
			t.Errorf("the second one: %q, %s, %s", again.Slug, again.Status, again.Type)
		}
		counts, err := k.Content.BoardCounts(k.Ctx())
		must(k, err)
		if counts[domain.ItemReview] != 1 || counts[domain.ItemGenerated] != 1 {
			t.Errorf("the board counts %v", counts)
		}
		found, err := k.Content.ListItems(k.Ctx(), content.ListItems{Text: "brew order", Page: enginetest.FirstPage()})
		must(k, err)
		if found.Total != 1 {
			t.Errorf("a search finds %d", found.Total)
		}
	})
}

// Every fault of an item is named at once, and nothing is created.
func TestABadItemIsRefusedWhole(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		long := strings.Repeat("x", 1000)
		for fields, in := range map[string]content.CreateItem{
			"body title": {},
			"title":      {Title: " \t", Body: "A text."},
			"content_type language slug status": {
				Title: "T", Body: "B", ContentType: "poem", Status: domain.ItemReady, Language: "klingon", Slug: "No Slug",
			},
			"assignee channel keywords.1 meta_description meta_title": {
				Title: "T", Body: "B", Assignee: long, Channel: long, MetaTitle: long, MetaDescription: long,
				Keywords: []string{"fine", long},
			},
			"status":         {Title: "T", Body: "B", Status: domain.ItemPublished},
			"brand_voice_id": {Title: "T", Body: "B", BrandVoiceID: 1 << 40},
		} {
			_, err := k.Content.CreateItem(k.Ctx(), in)
			var e *domain.Error
			if !errors.As(err, &e) || e.Code != domain.CodeValidation {
				t.Errorf("%s: %v", fields, err)
				continue
			}
			got := []string{}
			for name := range e.Fields {
				got = append(got, name)
			}
			slices.Sort(got)
			if strings.Join(got, " ") != fields {
				t.Errorf("faults of %v, want %s", e.Fields, fields)
			}
		}
		theirs := int64(k.Count("select min(id) from voice where workspace_id = $1", k.Theirs.ID))
		_, err := k.Content.CreateItem(k.Ctx(), content.CreateItem{Title: "T", Body: "B", BrandVoiceID: theirs})
		if domain.CodeOf(err) != domain.CodeValidation {
			t.Errorf("with a neighbour's brand voice: %v", err)
		}
		k.Item(k.Ctx(), "Taken", "Text.")
		_, err = k.Content.CreateItem(k.Ctx(), content.CreateItem{Title: "T", Body: "B", Slug: "taken"})
		if domain.CodeOf(err) != domain.CodeConflict || !strings.Contains(err.Error(), "taken-2") {
			t.Errorf("with a slug that is taken: %v", err)
		}
		if n := k.Count("select count(*) from content where workspace_id = $1", k.Ours.ID); n != 1 {
			t.Errorf("%d items", n)
		}
	})
}

func TestACopyHasTheTextAndNoDecisions(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		id, finding := found(k)
		must(k, accept(k, k.Ctx(), id, finding, "Our own address"))
		keywords, assignee, at := []string{"mail"}, "Ada", time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
		must(k, second(k.Content.EditItem(k.Ctx(), content.EditItem{ID: id, ItemEdit: domain.ItemEdit{
			Keywords: &keywords, Assignee: &assignee, PlannedAt: &at, MetaTitle: new("Write to us"),
		}})))
		moved(k, id, domain.ItemPublished)
		from, err := k.Content.Item(k.Ctx(), id)
		must(k, err)
		d, err := k.Content.DuplicateItem(k.Ctx(), verb.ID{ID: id})
		must(k, err)
		if d.ID == id || d.Title != "Copy of An item" || d.Slug == from.Slug || d.Body != from.Body ||
			d.MetaTitle != "Write to us" || !slices.Equal(d.Keywords, keywords) || d.Origin != from.Origin {
			t.Errorf("copied as %+v", d.ContentItem)
		}
		if d.Status != domain.ItemGenerated || d.Version != 1 || d.ApprovedVersion != 0 || d.PublishedVersion != 0 ||
			len(d.Publications) != 0 || len(d.Moves) != 0 || d.Assignee != "" || !d.PlannedAt.IsZero() || d.ExecutionID != 0 {
			t.Errorf("it carries decisions along: %+v", d)
		}
		if len(d.Findings) != len(from.Findings) || d.Findings[0].Accepted != nil {
			t.Errorf("findings %+v", d.Findings)
		}
		if from.Findings[0].Accepted == nil {
			t.Error("the source lost its acceptance")
		}
		twice, err := k.Content.DuplicateItem(k.Ctx(), verb.ID{ID: id})
		must(k, err)
		if twice.Slug == d.Slug {
			t.Errorf("both copies have the slug %q", d.Slug)
		}
		stale := verb.ID{ID: id, Precondition: verb.Precondition{IfMatch: `"1"`}}
		if _, err := k.Content.DuplicateItem(k.Ctx(), stale); domain.CodeOf(err) != domain.CodePreconditionFailed {
			t.Errorf("with a stale ETag: %v", err)
		}
		must(k, k.Content.DeleteItem(k.Ctx(), verb.ID{ID: d.ID}))
		must(k, k.Content.DeleteItem(k.Ctx(), verb.ID{ID: id}))
	})
}

// A copy of a copy stays within the limit of titles, so that it can be edited.
func TestACopysTitleStaysWithinItsLimit(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		for _, n := range []int{1, 291, 292, 293, 300} {
			d, err := k.Content.CreateItem(k.Ctx(), content.CreateItem{Title: strings.Repeat("ö", n), Body: "Text."})
			must(k, err)
			c, err := k.Content.DuplicateItem(k.Ctx(), verb.ID{ID: d.ID})
			must(k, err)
			var p domain.Problems
			domain.LimitTitle.Text(&p, "title", c.Title)
			if p.Err() != nil || !strings.HasPrefix(c.Title, "Copy of ö") {
				t.Errorf("%d characters: %v, %q", n, p.Err(), c.Title)
			}
		}
	})
}

// Every order is whole: pages of one neither repeat items nor leave some out.
func TestListsComeInEveryOrder(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		for i, title := range []string{"banana", "Apple", "cherry", "apple", "Öl"} {
			in := content.CreateItem{Title: title, Body: "Text."}
			if i%2 == 0 {
				in.PlannedAt = time.Date(2030, 1, 10-i, 0, 0, 0, 0, time.UTC)
			}
			must(k, second(k.Content.CreateItem(k.Ctx(), in)))
		}
		list := func(sort domain.ItemSort, size int) (titles []string) {
			for n := 1; ; n++ {
				l, err := k.Content.ListItems(k.Ctx(), content.ListItems{Sort: sort, Page: domain.Page{Number: n, Size: size}})
				must(k, err)
				for _, c := range l.Items {
					titles = append(titles, fmt.Sprintf("%s.%d", c.Title, c.ID))
				}
				if n*size >= l.Total {
					return titles
				}
			}
		}
		for sort, want := range map[domain.ItemSort]string{
			domain.SortTitle:       "Apple.2 apple.4 banana.1 cherry.3 Öl.5",
			domain.SortTitleDown:   "Öl.5 cherry.3 banana.1 apple.4 Apple.2",
			domain.SortPlanned:     "Öl.5 cherry.3 banana.1 Apple.2 apple.4",
			domain.SortPlannedDown: "banana.1 cherry.3 Öl.5 apple.4 Apple.2",
		} {
			if got := strings.Join(list(sort, 20), " "); got != want {
				t.Errorf("by %s: %s, want %s", sort, got, want)
			}
		}
		for _, sort := range domain.ItemSorts() {
			whole, paged := list(sort, 20), list(sort, 2)
			if !slices.Equal(whole, paged) || len(whole) != 5 {
				t.Errorf("by %s: %v in one page, %v in three", sort, whole, paged)
			}
		}
		_, err := k.Content.ListItems(k.Ctx(), content.ListItems{Sort: "size", Page: enginetest.FirstPage()})
		if domain.CodeOf(err) != domain.CodeValidation {
			t.Errorf("by size: %v", err)
		}
	})
}
