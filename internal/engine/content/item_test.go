package content_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/item"
	"vellocity/internal/verb"
)

func moved(k *enginetest.Kit, id int64, to domain.ItemStatus) domain.ContentItem {
	k.T.Helper()
	c, err := k.Content.Move(k.Ctx(), content.Move{ID: id, To: to})
	must(k, err)
	return c
}

func edited(k *enginetest.Kit, id int64, body string) content.ItemDetails {
	k.T.Helper()
	d, err := k.Content.EditItem(k.Ctx(), content.EditItem{ID: id, ItemEdit: domain.ItemEdit{Body: &body}})
	must(k, err)
	return d
}

func TestTheLifeOfAnItem(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		c := k.Item(k.Ctx(), "An item", "The first text.")
		if c := moved(k, c.ID, domain.ItemReady); c.ApprovedVersion != 1 {
			t.Errorf("ready, approved %d", c.ApprovedVersion)
		}
		if d := edited(k, c.ID, "The second text."); d.Status != domain.ItemReview || d.Version != 2 ||
			d.ApprovedVersion != 1 {
			t.Errorf("edited while ready: %s, version %d, approved %d", d.Status, d.Version, d.ApprovedVersion)
		}
		if c := moved(k, c.ID, domain.ItemPublished); c.PublishedVersion != 2 || c.ApprovedVersion != 2 ||
			c.PublishedAt.IsZero() {
			t.Errorf("published %+v", c)
		}
		edited(k, c.ID, "The third text.")
		feed := func() string {
			f, err := k.Content.Feed(k.Ctx(), "ours")
			must(k, err)
			if len(f.Items) == 0 {
				return ""
			}
			return f.Items[0].Body
		}
		if got := feed(); got != "The second text." {
			t.Errorf("the feed shows %q", got)
		}
		if c := moved(k, c.ID, domain.ItemPublished); c.PublishedVersion != 3 {
			t.Errorf("published again: %d", c.PublishedVersion)
		}
		if got := feed(); got != "The third text." {
			t.Errorf("the feed shows %q", got)
		}
		if c := moved(k, c.ID, domain.ItemReview); c.PublishedVersion != 0 || feed() != "" {
			t.Errorf("withdrawn: %d, %q", c.PublishedVersion, feed())
		}
		d, err := k.Content.Item(k.Ctx(), c.ID)
		must(k, err)
		var path []string
		for _, m := range d.Moves {
			path = append(path, string(m.To))
		}
		if got := strings.Join(path, " "); got != "ready review published published review" {
			t.Errorf("history %s", got)
		}
		if _, err := k.Content.FeedItem(k.Ctx(), "ours", c.Slug); domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("a withdrawn item is shown: %v", err)
		}
		must(k, k.Content.DeleteItem(k.Ctx(), verb.ID{ID: c.ID}))
		for _, table := range []string{"content", "content_version", "move", "publication"} {
			if n := k.Count("select count(*) from " + table); n != 0 {
				t.Errorf("%d rows of a deleted item are left in %s", n, table)
			}
		}
	})
}

func TestWhatBlocksAPublication(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		blocked := k.Item(k.Ctx(), "Blocked", "Text.", domain.Finding{Guardrail: "g", Severity: domain.SeverityBlocking,
			Action: domain.ActionBlocked, Message: "It names a secret."})
		redacted := k.Item(k.Ctx(), "Redacted", "Text.", domain.Finding{Guardrail: "g", Severity: domain.SeverityBlocking,
			Action: domain.ActionRedacted, Message: "It named one."})
		_, err := k.Content.Move(k.Ctx(), content.Move{ID: blocked.ID, To: domain.ItemPublished})
		var e *domain.Error
		if !errors.As(err, &e) || e.Code != domain.CodeConflict || len(domain.BlockersOf(e)) != 1 {
			t.Errorf("published in spite of it: %v", err)
		}
		moved(k, redacted.ID, domain.ItemPublished)
		yes := true
		must(k, second(k.Account.UpdateProfile(k.Ctx(), account.UpdateProfile{RequireApproval: &yes})))
		fresh := k.Item(k.Ctx(), "Fresh", "Text.")
		_, err = k.Content.Move(k.Ctx(), content.Move{ID: fresh.ID, To: domain.ItemPublished})
		if domain.CodeOf(err) != domain.CodeConflict {
			t.Errorf("published without approval: %v", err)
		}
		must(k, second(k.Content.ApproveItem(k.Ctx(), verb.ID{ID: fresh.ID})))
		moved(k, fresh.ID, domain.ItemPublished)
	})
}

func TestAPublishedItemIsEditedApprovedAndPublishedAgain(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		yes, slug := true, "another-address"
		must(k, second(k.Account.UpdateProfile(k.Ctx(), account.UpdateProfile{RequireApproval: &yes})))
		other := k.Item(k.Ctx(), "Other", "Text.")
		c := k.Item(k.Ctx(), "An item", "One.")
		moved(k, c.ID, domain.ItemReady)
		moved(k, c.ID, domain.ItemPublished)
		must(k, second(k.Content.EditItem(k.Ctx(), content.EditItem{ID: c.ID, ItemEdit: domain.ItemEdit{Slug: &slug}})))
		_, err := k.Content.EditItem(k.Ctx(), content.EditItem{ID: other.ID, ItemEdit: domain.ItemEdit{Slug: &c.Slug}})
		if domain.CodeOf(err) != domain.CodeConflict {
			t.Errorf("an address that is still published was given away: %v", err)
		}
		edited(k, c.ID, "Two.")
		_, err = k.Content.Move(k.Ctx(), content.Move{ID: c.ID, To: domain.ItemPublished})
		if domain.CodeOf(err) != domain.CodeConflict {
			t.Errorf("published again without approval: %v", err)
		}
		if c, err := k.Content.Move(k.Ctx(), content.Move{ID: c.ID, To: domain.ItemPublished, Before: -1}); err != nil ||
			c.PublishedVersion != 1 {
			t.Errorf("another place in the column: version %d, %v", c.PublishedVersion, err)
		}
		d, err := k.Content.ApproveItem(k.Ctx(), verb.ID{ID: c.ID})
		if err != nil || d.Status != domain.ItemPublished || d.PublishedVersion != 1 || d.ApprovedVersion != 3 {
			t.Errorf("approved: %s, published %d, approved %d, %v", d.Status, d.PublishedVersion, d.ApprovedVersion, err)
		}
		if c := moved(k, c.ID, domain.ItemPublished); c.PublishedVersion != 3 {
			t.Errorf("published again: %d", c.PublishedVersion)
		}
		if f, err := k.Content.FeedItem(k.Ctx(), "ours", slug); err != nil || f.Body != "Two." {
			t.Errorf("at its new address: %q, %v", f.Body, err)
		}
	})
}

func TestBulkMoves(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		a := k.Item(k.Ctx(), "A", "Text.")
		b := k.Item(k.Ctx(), "B", "Text.", domain.Finding{Guardrail: "g", Severity: domain.SeverityBlocking,
			Action: domain.ActionBlocked, Message: "No."})
		bulk := func(mode domain.BulkMode, ids ...int64) ([]content.MoveResult, error) {
			return k.Content.BulkMove(k.Ctx(), content.BulkMove{IDs: ids, To: domain.ItemPublished, Mode: mode})
		}
		if _, err := bulk(domain.BulkAtomic, a.ID, b.ID); domain.CodeOf(err) != domain.CodeConflict {
			t.Errorf("atomic: %v", err)
		}
		if _, err := bulk("", a.ID, 999_999); domain.CodeOf(err) != domain.CodeNotFound ||
			domain.AsError(err).Details["missing"] == nil {
			t.Errorf("atomic with a missing one: %v", err)
		}
		if n := k.Count("select count(*) from content where stage = 'published'"); n != 0 {
			t.Errorf("%d were moved", n)
		}
		list, err := bulk(domain.BulkEach, b.ID, 999_999, a.ID)
		if err != nil || len(list) != 3 || list[0].Err.Code != domain.CodeConflict ||
			list[1].Err.Code != domain.CodeNotFound || list[2].Item == nil || list[2].Item.Status != domain.ItemPublished {
			t.Errorf("each: %+v, %v", list, err)
		}
	})
}

func TestACardIsPlacedBeforeAnother(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		var ids []int64
		for i := range 4 {
			ids = append(ids, k.Item(k.Ctx(), fmt.Sprintf("Item %d", i), "Text.").ID)
		}
		order := func() (got []int64) {
			columns, err := k.Content.Board(k.Ctx(), content.BoardFilter{})
			must(k, err)
			for _, c := range columns[0].Items {
				got = append(got, c.ID)
			}
			return got
		}
		if got := order(); !slices.Equal(got, []int64{ids[3], ids[2], ids[1], ids[0]}) {
			t.Fatalf("newest first: %v", got)
		}
		before := func(id, other int64) {
			must(k, second(k.Content.Move(k.Ctx(), content.Move{ID: id, To: domain.ItemGenerated, Before: other})))
		}
		before(ids[3], ids[0])
		if got := order(); !slices.Equal(got, []int64{ids[2], ids[1], ids[3], ids[0]}) {
			t.Errorf("last before first: %v", got)
		}
		for range 40 { // room between two cards must not run out
			before(ids[3], ids[0])
			before(ids[1], ids[0])
			before(ids[3], ids[0])
			if got := order(); !slices.Equal(got[1:], []int64{ids[1], ids[3], ids[0]}) {
				t.Fatalf("again and again: %v", got)
			}
		}
	})
}

func TestCountsEqualARecountUnderConcurrentMoves(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		var ids []int64
		for i := range 12 {
			ids = append(ids, k.Item(k.Ctx(), fmt.Sprintf("Item %d", i), "Text.").ID)
		}
		var wg sync.WaitGroup
		for w := range 6 {
			wg.Go(func() {
				r := rand.New(rand.NewPCG(uint64(w), 7))
				for range 15 {
					to := domain.ItemStatuses()[r.IntN(4)]
					var err error
					switch r.IntN(5) {
					case 0:
						_, err = k.Content.BulkMove(k.Ctx(),
							content.BulkMove{IDs: []int64{ids[r.IntN(4)], ids[4+r.IntN(4)], ids[8+r.IntN(4)]}, To: to})
					case 1:
						_, err = k.Store.FoldCounts(k.Ctx())
					default:
						_, err = k.Content.Move(k.Ctx(), content.Move{ID: ids[r.IntN(12)], To: to})
					}
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		must(k, k.Content.DeleteItem(k.Ctx(), verb.ID{ID: ids[0]}))
		for range 2 {
			columns, err := k.Content.Board(k.Ctx(), content.BoardFilter{})
			must(k, err)
			for _, c := range columns {
				if n := k.Count("select count(*) from content where stage = $1", string(c.Status)); n != c.Count ||
					n != len(c.Items) {
					t.Errorf("column %s counts %d and shows %d of %d", c.Status, c.Count, len(c.Items), n)
				}
			}
			if _, err := k.Store.FoldCounts(k.Ctx()); err != nil {
				t.Error(err)
			}
		}
		if n := k.Count("select count(*) from tally_delta"); n != 0 {
			t.Errorf("%d deltas are left", n)
		}
	})
}

// What a person may change comes back as it was set, in the item and in its export.
func TestEveryFieldOfAnEditIsStored(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		c := k.Item(k.Ctx(), "A title", "A text.")
		var edit domain.ItemEdit
		fields := reflect.ValueOf(&edit).Elem()
		for i := range fields.NumField() {
			v := reflect.New(fields.Field(i).Type().Elem())
			switch p := v.Interface().(type) {
			case *string:
				*p = fmt.Sprintf("value-%d", i)
				if fields.Type().Field(i).Name == "Language" {
					*p = "de-AT"
				}
			case *[]string:
				*p = []string{fmt.Sprintf("value-%d", i)}
			case *time.Time:
				*p = time.Date(2027, 3, i+1, 9, 0, 0, 0, time.UTC)
			}
			fields.Field(i).Set(v)
		}
		edit.Language = new("de-AT") // which has a form of its own
		must(k, second(k.Content.EditItem(k.Ctx(), content.EditItem{ID: c.ID, ItemEdit: edit})))
		d, err := k.Content.Item(k.Ctx(), c.ID)
		must(k, err)
		file, err := k.Content.ExportItem(k.Ctx(), content.ExportItem{ID: c.ID, Format: domain.ExportJSON})
		must(k, err)
		var exported map[string]any
		must(k, json.Unmarshal(file.Body, &exported))
		for i := range fields.NumField() {
			f := fields.Type().Field(i)
			want := fields.Field(i).Elem().Interface()
			if got := reflect.ValueOf(d.ContentItem).FieldByName(f.Name).Interface(); !reflect.DeepEqual(got, want) {
				t.Errorf("%s is %v, set to %v", f.Name, got, want)
			}
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if _, ok := exported[name]; !ok {
				t.Errorf("the export has no %s", name)
			}
		}
	})
}

// TestAMachinesTitleIsOneLine: a model or a caller's topic that has line breaks makes no title,
// search text or keyword that has them.
func TestAMachinesTitleIsOneLine(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		if c := k.Item(k.Ctx(), "A title\n\tin two lines", "Text."); c.Title != "A title in two lines" {
			t.Errorf("%q", c.Title)
		}
	})
	c := domain.ContentItem{
		Title: "a\nb", MetaTitle: "a\r\nb", MetaDescription: "a\u2028b", Keywords: []string{"a\tb", "c"}, Body: "a\n\nb",
	}
	keywords := c.Keywords
	item.Describe(&c)
	if got := strings.Join(append(c.Keywords, c.Title, c.MetaTitle, c.MetaDescription, c.Body), "|"); got !=
		"a b|c|a b|a b|a b|a\n\nb" || keywords[0] != "a\tb" {
		t.Errorf("%q", got)
	}
}
