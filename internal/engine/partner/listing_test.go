package partner_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/partner"
	"vellocity/internal/verb"
)

// fields are the fields that a refusal names.
func fields(err error) []string {
	if err == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(domain.AsError(err).Fields))
}

func TestAListingHasAVersionAndAScoreForEachChange(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		id := inbox(k)
		first, err := k.Partner.Listing(k.Ctx(), id)
		must(k, err)
		l, err := k.Partner.EditListing(k.Ctx(), partner.EditListing{
			ID: id, Reason: "Buyers asked",
			ListingEdit: domain.ListingEdit{LogoURL: to("https://example.com/logo.png"), Categories: &[]string{" Support "}},
		})
		must(k, err)
		if l.Revision != 2 || l.Score.Overall <= first.Score.Overall || l.Categories[0] != "Support" {
			t.Errorf("%+v", l)
		}
		same, err := k.Partner.EditListing(k.Ctx(), partner.EditListing{ID: id, Title: to(" " + l.Title + " ")})
		if err != nil || same.Revision != 2 {
			t.Errorf("a change that changes nothing made revision %d, %v", same.Revision, err)
		}
		list, err := k.Partner.ListingVersions(k.Ctx(), partner.ListingVersions{ID: id, Page: enginetest.FirstPage()})
		must(k, err)
		if list.Total != 2 || list.Items[0].N != 2 || list.Items[0].Overall != l.Score.Overall ||
			list.Items[0].Reason != "Buyers asked" || !slices.Equal(list.Items[0].Changed, []string{"categories", "logo_url"}) {
			t.Errorf("%+v", list.Items)
		}
		old, err := k.Partner.ListingVersion(k.Ctx(), partner.ListingVersion{ID: id, N: 1})
		if err != nil || old.LogoURL != "" || old.Title != l.Title || old.Overall != first.Score.Overall {
			t.Errorf("%+v, %v", old, err)
		}
		_, err = k.Partner.EditListing(k.Ctx(), partner.EditListing{
			ID: id, Title: to("Stale"), Precondition: verb.Precondition{IfMatch: `"1"`},
		})
		if domain.CodeOf(err) != domain.CodePreconditionFailed {
			t.Errorf("a stale change: %v", err)
		}
		if n := k.Count("select count(*) from event where name = 'listing.updated'"); n != 1 {
			t.Errorf("%d events", n)
		}
	})
}

// A listing that breaks each of AWS's limits is refused with all of it at once, and what is at the limit is taken.
func TestListingLimits(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		many := func(n, length int) *[]string {
			var list []string
			for i := range n {
				list = append(list, strings.Repeat(string(rune('a'+i)), length))
			}
			return &list
		}
		text := func(n int) *string { return to(strings.Repeat("x", n)) }
		_, err := k.Partner.CreateListing(k.Ctx(), partner.CreateListing{
			Title: *text(73), CatalogType: "DISK",
			ListingEdit: domain.ListingEdit{
				ShortDescription: text(1001), LongDescription: text(5001), Highlights: many(4, 10), Keywords: many(16, 5),
				Categories: &[]string{"A", " ", "a"}, LogoURL: to("http://example.com/a.png"), VideoURL: to("video"),
				Support: text(2001),
			},
		})
		want := []string{
			"catalog_type", "categories.1", "categories.2", "highlights", "keywords", "logo_url", "long_description",
			"short_description", "support_description", "title", "video_url",
		}
		if got := fields(err); !slices.Equal(got, want) {
			t.Errorf("the fields %v are named", got)
		}
		l, err := k.Partner.CreateListing(k.Ctx(), partner.CreateListing{
			Title: *text(72), CatalogType: domain.CatalogServices,
			ListingEdit: domain.ListingEdit{
				ShortDescription: text(1000), LongDescription: text(5000), Highlights: many(3, 500), Keywords: many(15, 50),
				Categories: many(3, 100), Support: text(2000),
			},
		})
		if err != nil || len(l.Keywords) != 15 {
			t.Errorf("at the limits: %v", err)
		}
	})
}

func TestListingsAreFoundSortedAndFiltered(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		for title, kind := range map[string]domain.CatalogType{
			"Zebra charts": domain.CatalogSaaS, "apple mail": domain.CatalogAMI, "Mango 100% mail": domain.CatalogSaaS,
		} {
			must(k, second(k.Partner.CreateListing(k.Ctx(), partner.CreateListing{Title: title, CatalogType: kind})))
		}
		for _, tc := range []struct {
			in   partner.ListListings
			want string
		}{
			{partner.ListListings{Sort: domain.ListingsByTitle}, "apple mail, Mango 100% mail, Zebra charts"},
			{partner.ListListings{Sort: domain.ListingsByTitleDown}, "Zebra charts, Mango 100% mail, apple mail"},
			{partner.ListListings{Text: "MAIL", Sort: domain.ListingsByTitle}, "apple mail, Mango 100% mail"},
			{partner.ListListings{Text: "100%"}, "Mango 100% mail"},
			{partner.ListListings{CatalogType: domain.CatalogAMI}, "apple mail"},
			{partner.ListListings{Grade: "A"}, ""},
		} {
			tc.in.Page = enginetest.FirstPage()
			l, err := k.Partner.Listings(k.Ctx(), tc.in)
			must(k, err)
			var titles []string
			for _, x := range l.Items {
				titles = append(titles, x.Title)
			}
			if got := strings.Join(titles, ", "); got != tc.want || l.Total != len(l.Items) {
				t.Errorf("%+v: %s, %d in all", tc.in, got, l.Total)
			}
		}
	})
}

// Only a text that a person has approved as it is goes into a listing, and the version says which.
func TestApplyToListing(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		id := inbox(k)
		draft := k.Item(k.Ctx(), "Draft", "Not approved.")
		_, err := k.Partner.ApplyToListing(k.Ctx(), partner.ApplyToListing{ID: id, ContentID: draft.ID})
		if domain.CodeOf(err) != domain.CodeConflict {
			t.Errorf("a draft: %v", err)
		}
		item := approved(k, "A **shared** inbox.\n\n- It sorts\n- It counts")
		l, err := k.Partner.ApplyToListing(k.Ctx(), partner.ApplyToListing{ID: id, ContentID: item})
		if err != nil || strings.Contains(l.LongDescription, "*") || !strings.Contains(l.LongDescription, "A shared inbox.") {
			t.Errorf("%q, %v", l.LongDescription, err)
		}
		v, err := k.Partner.ListingVersion(k.Ctx(), partner.ListingVersion{ID: id, N: 2})
		if err != nil || v.ContentID != item || !strings.Contains(v.Reason, "version 1 of item") {
			t.Errorf("%+v, %v", v, err)
		}
		body := "Changed since."
		must(k, second(k.Content.EditItem(k.Ctx(), content.EditItem{ID: item, ItemEdit: domain.ItemEdit{Body: &body}})))
		_, err = k.Partner.ApplyToListing(k.Ctx(), partner.ApplyToListing{ID: id, ContentID: item})
		if domain.CodeOf(err) != domain.CodeConflict {
			t.Errorf("a version that nobody has approved: %v", err)
		}
		long := approved(k, strings.Repeat("word ", 300))
		_, err = k.Partner.ApplyToListing(k.Ctx(), partner.ApplyToListing{
			ID: id, ContentID: long, Field: domain.ListingShort,
		})
		if got := fields(err); !slices.Equal(got, []string{"content_id"}) {
			t.Errorf("a text that is too long: %v", err)
		}
		theirs := k.Item(enginetest.As(k.Theirs.ID, domain.RoleOwner), "Theirs", "A text.")
		_, err = k.Partner.ApplyToListing(k.Ctx(), partner.ApplyToListing{ID: id, ContentID: theirs.ID})
		if got := fields(err); !slices.Equal(got, []string{"content_id"}) {
			t.Errorf("another workspace's item: %v", err)
		}
	})
}

func TestSyncWithoutAConnection(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		err := k.Partner.SyncListings(k.Ctx())
		if domain.CodeOf(err) != domain.CodeConflict || !strings.Contains(err.Error(), "no AWS connection") {
			t.Errorf("%v", err)
		}
	})
}
