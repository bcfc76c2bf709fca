package item_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"vellocity/internal/await"
	"vellocity/internal/domain"
	"vellocity/internal/item"
	"vellocity/internal/store"
	"vellocity/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// desk is a workspace with a person who works in it.
type desk struct {
	*testing.T
	store *store.Store
	ctx   context.Context
	w     domain.Workspace
}

func each(t *testing.T, f func(d desk)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		d := desk{T: t, store: s}
		d.in(func(tx *store.Tx) (err error) {
			d.w, err = tx.CreateWorkspace(t.Context(), domain.Workspace{Slug: "ours", Name: "Ours", Plan: domain.PlanStarter,
				Timezone: "UTC"})
			return err
		})
		d.ctx = domain.WithActor(t.Context(), domain.Actor{Kind: domain.ActorPerson, Name: "Kim", WorkspaceID: d.w.ID})
		f(d)
	})
}

func (d *desk) in(f func(tx *store.Tx) error) {
	d.Helper()
	if err := d.try(f); err != nil {
		d.Fatal(err)
	}
}

func (d *desk) try(f func(tx *store.Tx) error) error { return d.store.InTx(d.Context(), f) }

func (d *desk) create(title, body string, findings ...domain.Finding) (c domain.ContentItem) {
	d.Helper()
	d.in(func(tx *store.Tx) (err error) {
		in := domain.ContentItem{WorkspaceID: d.w.ID, Title: title, Type: domain.ContentBlog, Body: body, Findings: findings}
		item.Describe(&in)
		c, err = item.Create(d.ctx, tx, in, json.RawMessage(`{}`))
		return err
	})
	return d.read(c.ID)
}

func (d *desk) read(id int64) domain.ContentItem {
	d.Helper()
	c, err := d.store.Read().Content(d.Context(), d.w.ID, id)
	if err != nil {
		d.Fatal(err)
	}
	return c
}

// change runs f on an item as it is now.
func (d *desk) change(id int64, f func(tx *store.Tx, c domain.ContentItem) error) error {
	return d.try(func(tx *store.Tx) error {
		c, err := tx.LockContent(d.ctx, d.w.ID, id)
		if err != nil {
			return err
		}
		return f(tx, c)
	})
}

func (d *desk) move(id int64, to domain.ItemStatus) error {
	return d.change(id, func(tx *store.Tx, c domain.ContentItem) error {
		_, err := item.Move(d.ctx, tx, c, to, item.Top, "")
		return err
	})
}

func (d *desk) edit(id int64, edit func(c *domain.ContentItem)) domain.ContentItem {
	d.Helper()
	err := d.change(id, func(tx *store.Tx, before domain.ContentItem) error {
		c := before
		edit(&c)
		_, err := item.Edit(d.ctx, tx, before, c, "A reason")
		return err
	})
	if err != nil {
		d.Fatal(err)
	}
	return d.read(id)
}

func (d *desk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

// events returns the names of what happened to an item, oldest first, once there is one of
// this name. On PostgreSQL they can
// be read when every older transaction is over, those of other tests among them.
func (d *desk) events(id int64, awaited string) (names []string) {
	d.Helper()
	await.True(d, "the event "+awaited, func() bool {
		list, err := d.store.Read().Events(d.Context(), store.Cursor{}, 1000)
		d.must(err)
		names = nil
		for _, e := range list {
			if e.ContentID == id {
				names = append(names, strings.TrimPrefix(string(e.Name), "content."))
			}
		}
		return slices.Contains(names, awaited)
	})
	return names
}

func TestAnItemStartsAsItsFirstVersion(t *testing.T) {
	each(t, func(d desk) {
		c := d.create("Café au lait", "Café au lait\n\nOne two three.")
		if c.Status != domain.ItemGenerated || c.Version != 1 || c.Slug != "cafe-au-lait" || c.WordCount != 6 {
			d.Errorf("%+v", c)
		}
		if c.Preview != "One two three." {
			d.Errorf("the card shows %q", c.Preview)
		}
		if other := d.create("Café au lait", "Text."); other.Slug != "cafe-au-lait-2" {
			d.Errorf("another with the same title is at %q", other.Slug)
		}
		l, err := d.store.Read().ContentVersions(d.Context(), c.ID, domain.Page{Number: 1, Size: 10})
		d.must(err)
		if v := l.Items; len(v) != 1 || v[0].Author != "Kim" || v[0].Reason != "Generated" || v[0].Body != c.Body {
			d.Errorf("versions %+v", v)
		}
	})
}

func TestEdits(t *testing.T) {
	for _, tc := range []struct {
		name    string
		status  domain.ItemStatus
		edit    func(c *domain.ContentItem)
		version int
		after   domain.ItemStatus
	}{
		{"the body makes a version", domain.ItemGenerated, func(c *domain.ContentItem) { c.Body = "New." }, 2,
			domain.ItemGenerated},
		{"the title makes a version", domain.ItemReview, func(c *domain.ContentItem) { c.Title = "New" }, 2,
			domain.ItemReview},
		{"a meta field makes a version", domain.ItemReady, func(c *domain.ContentItem) { c.MetaDescription = "New" }, 2,
			domain.ItemReview},
		{"the slug makes a version", domain.ItemReady, func(c *domain.ContentItem) { c.Slug = "new" }, 2, domain.ItemReview},
		{"keywords make a version", domain.ItemReady, func(c *domain.ContentItem) { c.Keywords = []string{"new"} }, 2,
			domain.ItemReview},
		{"the language makes a version", domain.ItemReady, func(c *domain.ContentItem) { c.Language = "fr" }, 2,
			domain.ItemReview},
		{"the channel makes a version", domain.ItemReady, func(c *domain.ContentItem) { c.Channel = "x" }, 2,
			domain.ItemReview},
		{"other fields do not", domain.ItemReady, func(c *domain.ContentItem) { c.Assignee = "Lee" }, 1, domain.ItemReady},
		{"a ready item goes back to review", domain.ItemReady, func(c *domain.ContentItem) { c.Body = "New." }, 2,
			domain.ItemReview},
		{"a published item stays", domain.ItemPublished, func(c *domain.ContentItem) { c.Body = "New." }, 2,
			domain.ItemPublished},
	} {
		t.Run(tc.name, func(t *testing.T) {
			each(t, func(d desk) {
				c := d.create("An item", "Old.")
				if tc.status != domain.ItemGenerated {
					d.must(d.move(c.ID, tc.status))
				}
				if c = d.edit(c.ID, tc.edit); c.Version != tc.version || c.Status != tc.after {
					d.Errorf("version %d in %s", c.Version, c.Status)
				}
				names := d.events(c.ID, "edited")
				if !slices.Contains(names, "edited") {
					d.Errorf("events %v", names)
				}
			})
		})
	}
}

func TestMoves(t *testing.T) {
	each(t, func(d desk) {
		c := d.create("An item", "Text.")
		for _, step := range []struct {
			to                  domain.ItemStatus
			approved, published int
		}{
			{domain.ItemReview, 0, 0}, {domain.ItemReady, 1, 0}, {domain.ItemPublished, 1, 1}, {domain.ItemGenerated, 1, 0},
		} {
			d.must(d.move(c.ID, step.to))
			c = d.read(c.ID)
			if c.Status != step.to || c.ApprovedVersion != step.approved || c.PublishedVersion != step.published {
				d.Errorf("%s: approved %d, published %d", c.Status, c.ApprovedVersion, c.PublishedVersion)
			}
			list, err := d.store.Read().Publications(d.Context(), d.w.ID, c.ID)
			d.must(err)
			if len(list) != step.published {
				d.Errorf("%s: publications %+v", c.Status, list)
			}
		}
		d.must(d.move(c.ID, domain.ItemGenerated)) // another place in the column
		moves, err := d.store.Read().ContentMoves(d.Context(), c.ID)
		d.must(err)
		if len(moves) != 4 || moves[3].From != domain.ItemPublished || moves[3].By != "Kim" {
			d.Errorf("history %+v", moves)
		}
		want := []string{"generated", "moved", "moved", "moved", "published", "moved", "reordered"}
		if got := d.events(c.ID, "reordered"); !slices.Equal(got, want) {
			d.Errorf("events %v", got)
		}
	})
}

func TestAPublishedItemIsPublishedAgainOnlyWhenAsked(t *testing.T) {
	each(t, func(d desk) {
		c := d.create("An item", "One.")
		d.must(d.move(c.ID, domain.ItemPublished))
		d.edit(c.ID, func(c *domain.ContentItem) { c.Body = "Two." })
		d.must(d.change(c.ID, func(tx *store.Tx, c domain.ContentItem) error {
			_, err := item.Move(d.ctx, tx, c, domain.ItemPublished, item.Bottom, "")
			return err
		}))
		if c = d.read(c.ID); c.PublishedVersion != 1 {
			d.Errorf("another place in the column published version %d", c.PublishedVersion)
		}
		d.must(d.move(c.ID, domain.ItemPublished))
		if c = d.read(c.ID); c.PublishedVersion != 2 || c.ApprovedVersion != 2 {
			d.Errorf("published %d, approved %d", c.PublishedVersion, c.ApprovedVersion)
		}
	})
}

func TestApprovalComesFirstWhereTheWorkspaceRequiresIt(t *testing.T) {
	each(t, func(d desk) {
		d.w.RequireApproval = true
		d.in(func(tx *store.Tx) (err error) { d.w, err = tx.SaveWorkspace(d.ctx, d.w); return err })
		c := d.create("An item", "One.")
		var e *domain.Error
		if err := d.move(c.ID, domain.ItemPublished); !errors.As(err, &e) || e.Code != domain.CodeConflict ||
			len(domain.BlockersOf(e)) != 1 {
			d.Errorf("published without approval: %v", err)
		}
		d.must(d.move(c.ID, domain.ItemReady))
		d.must(d.move(c.ID, domain.ItemPublished))
		d.edit(c.ID, func(c *domain.ContentItem) { c.Body = "Two." })
		if err := d.move(c.ID, domain.ItemPublished); domain.CodeOf(err) != domain.CodeConflict {
			d.Errorf("published again without approval: %v", err)
		}
		d.must(d.change(c.ID, func(tx *store.Tx, c domain.ContentItem) error {
			_, err := item.Approve(d.ctx, tx, c)
			return err
		}))
		if c = d.read(c.ID); c.Status != domain.ItemPublished || c.PublishedVersion != 1 || c.ApprovedVersion != 2 {
			d.Errorf("approved %d, published %d", c.ApprovedVersion, c.PublishedVersion)
		}
		d.must(d.move(c.ID, domain.ItemPublished))
	})
}

func TestBlockers(t *testing.T) {
	each(t, func(d desk) {
		at := []domain.Match{{Start: 0, End: 4, Text: "Text"}}
		c := d.create("Blocked", "Text.",
			domain.Finding{Guardrail: "secrets", Severity: domain.SeverityBlocking, Action: domain.ActionBlocked,
				Message: "It names a key.", Matches: at},
			domain.Finding{Guardrail: "numbers", Severity: domain.SeverityWarning, Action: domain.ActionFlagged,
				Message: "No source."},
			domain.Finding{Guardrail: "card", Severity: domain.SeverityBlocking, Action: domain.ActionRedacted,
				Message: "It named a card."},
		)
		err := d.move(c.ID, domain.ItemPublished)
		e := domain.AsError(err)
		if e.Code != domain.CodeConflict || e.Message != "This item cannot be published yet: It names a key." {
			d.Errorf("%v", err)
		}
		if b := domain.BlockersOf(e); len(b) != 1 || b[0].Guardrail != "secrets" || !slices.Equal(b[0].Matches, at) {
			d.Errorf("blockers %+v", b)
		}
		wire, _ := json.Marshal(e.Details)
		want := `{"blockers":[{"guardrail":"secrets","message":"It names a key.",` +
			`"matches":[{"start":0,"end":4,"text":"Text"}]}]}`
		if string(wire) != want {
			d.Errorf("details %s", wire)
		}
		d.must(d.move(c.ID, domain.ItemReady)) // blockers stop publication alone
	})
}

func TestADeletedItemLeavesItsEvents(t *testing.T) {
	each(t, func(d desk) {
		c := d.create("An item", "Text.")
		d.must(d.move(c.ID, domain.ItemPublished))
		d.must(d.change(c.ID, func(tx *store.Tx, c domain.ContentItem) error { return item.Delete(d.ctx, tx, c) }))
		if _, err := d.store.Read().Content(d.Context(), d.w.ID, c.ID); domain.CodeOf(err) != domain.CodeNotFound {
			d.Errorf("it is still there: %v", err)
		}
		if names := d.events(c.ID, "deleted"); names[len(names)-1] != "deleted" {
			d.Errorf("events %v", names)
		}
	})
}
