package content_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	channelwire "vellocity/internal/extension/wire"
	"vellocity/internal/item"
	"vellocity/internal/queue"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

const password = "canary-7d21"

// siteChannel creates a channel that leads to the kit's site.
func siteChannel(k K, name string) domain.Channel {
	k.T.Helper()
	c, err := k.Content.CreateChannel(k.Ctx(), content.CreateChannel{Kind: "site", ChannelEdit: content.ChannelEdit{
		Name: &name, Settings: map[string]string{"url": "https://site.test"}, Secret: new(domain.Secret(password)),
	}})
	must(k, err)
	return c.Channel
}

// publishAll does every publication that waits, as its jobs would, and returns their errors.
func publishAll(k K) (errs []error) {
	k.T.Helper()
	list := waiting(k, "select id from channel_publication where status = 'pending' order by id")
	for _, id := range list {
		errs = append(errs, k.Publisher.Work(context.Background(), queue.Job{Ref: id, Attempt: 1}))
	}
	return errs
}

func waiting(k K, query string) (list []int64) {
	k.T.Helper()
	rows, err := k.Store.DB().SQL().QueryContext(context.Background(), query)
	must(k, err)
	defer rows.Close()
	for rows.Next() {
		var id int64
		must(k, rows.Scan(&id))
		list = append(list, id)
	}
	must(k, rows.Err())
	return list
}

// on returns the publication of an item on a channel.
func on(k K, id int64, channel string) domain.Publication {
	k.T.Helper()
	list, err := k.Content.Publications(k.Ctx(), id)
	must(k, err)
	for _, p := range list {
		if p.Channel == channel {
			return p
		}
	}
	return domain.Publication{}
}

// TestAChannelFromItsCreationToItsEnd creates, changes and deletes a channel. Its secret
// leaves the vault only towards the site.
func TestAChannelFromItsCreationToItsEnd(t *testing.T) {
	enginetest.Each(t, config(t), func(k K) {
		c := siteChannel(k, "Company Blog")
		if c.Slug != "company-blog" || !c.Enabled || c.Settings["mode"] != "plain" || len(c.ContentTypes) != 2 {
			t.Errorf("%+v", c)
		}
		said, err := k.Content.CheckChannel(k.Ctx(), c.ID)
		if must(k, err); !said.OK || said.Message != "Ada on the site." || k.Site.Secrets()[0] != password {
			t.Errorf("%+v with %q", said, k.Site.Secrets())
		}
		k.Site.Before = func(int, string, channelwire.Post) error {
			return channelwire.Faultf(channelwire.Settings, "Wrong password.")
		}
		said, err = k.Content.CheckChannel(k.Ctx(), c.ID)
		if must(k, err); said.OK {
			t.Errorf("%+v", said)
		}
		c, err = k.Content.Channel(k.Ctx(), c.ID)
		if must(k, err); c.Error != "Wrong password." {
			t.Errorf("%+v", c)
		}
		edit := func(e content.ChannelEdit) error {
			return second(k.Content.EditChannel(k.Ctx(), content.EditChannel{ID: c.ID, ChannelEdit: e}))
		}
		moved := map[string]string{"url": "https://other.test"}
		fields(k, edit(content.ChannelEdit{Settings: moved}), "secret")
		must(k, edit(content.ChannelEdit{Settings: moved, Secret: new(domain.Secret("another"))}))
		must(k, edit(content.ChannelEdit{Name: new("Renamed")}))
		_, err = k.Content.EditChannel(k.Ctx(), content.EditChannel{
			ID: c.ID, ChannelEdit: content.ChannelEdit{Name: new("X")}, Precondition: verb.Precondition{IfMatch: `"1"`},
		})
		if domain.CodeOf(err) != domain.CodePreconditionFailed {
			t.Errorf("an old revision: %v", err)
		}
		now, err := k.Content.Channel(k.Ctx(), c.ID)
		must(k, err)
		if now.Name != "Renamed" || now.Slug != "company-blog" || now.Error != "" || now.Version != 3 {
			t.Errorf("%+v", now)
		}
		if k.Count("select count(*) from channel where secret || settings like '%another%'") != 0 {
			t.Error("the secret is stored as it is")
		}
		must(k, k.Content.DeleteChannel(k.Ctx(), verb.ID{ID: c.ID}))
		if k.Count("select count(*) from channel where secret <> ''") != 0 {
			t.Error("the secret of a deleted channel is kept")
		}
		if again := siteChannel(k, "Company Blog"); again.Slug != "company-blog-2" {
			t.Errorf("the slug %q is given out again", again.Slug)
		}
	})
}

// fields fails the test unless the error is about these fields and no others.
func fields(k K, err error, want ...string) {
	k.T.Helper()
	var e *domain.Error
	if !errors.As(err, &e) || e.Code != domain.CodeValidation {
		k.T.Errorf("%v, not faults of %v", err, want)
		return
	}
	if got := slices.Sorted(maps.Keys(e.Fields)); !slices.Equal(got, want) {
		k.T.Errorf("%v, not %v", e.Fields, want)
	}
}

// TestFaultsOfAChannel looks for each fault at its path.
func TestFaultsOfAChannel(t *testing.T) {
	enginetest.Each(t, config(t), func(k K) {
		good := func() content.CreateChannel {
			return content.CreateChannel{Kind: "site", ChannelEdit: content.ChannelEdit{
				Name: new("Blog"), Settings: map[string]string{"url": "https://site.test"}, Secret: new(domain.Secret("x")),
			}}
		}
		for name, tc := range map[string]struct {
			change func(*content.CreateChannel)
			want   []string
		}{
			"kind":         {func(c *content.CreateChannel) { c.Kind = "sight" }, []string{"kind"}},
			"no kind":      {func(c *content.CreateChannel) { c.Kind = "" }, []string{"kind"}},
			"name":         {func(c *content.CreateChannel) { c.Name = new(" ") }, []string{"name"}},
			"lines":        {func(c *content.CreateChannel) { c.Name = new("a\nb") }, []string{"name"}},
			"no address":   {func(c *content.CreateChannel) { c.Settings = nil }, []string{"settings.url"}},
			"address":      {func(c *content.CreateChannel) { c.Settings["url"] = "ftp://x" }, []string{"settings.url"}},
			"choice":       {func(c *content.CreateChannel) { c.Settings["mode"] = "x" }, []string{"settings.mode"}},
			"unknown":      {func(c *content.CreateChannel) { c.Settings["urk"] = "x" }, []string{"settings"}},
			"no secret":    {func(c *content.CreateChannel) { c.Secret = nil }, []string{"secret"}},
			"empty secret": {func(c *content.CreateChannel) { c.Secret = new(domain.Secret("")) }, []string{"secret"}},
			"types": {func(c *content.CreateChannel) {
				c.ContentTypes = &[]domain.ContentType{"blog", domain.ContentBlog, domain.ContentBlog}
			}, []string{"content_types.0", "content_types.2"}},
		} {
			in := good()
			tc.change(&in)
			t.Run(name, func(*testing.T) { fields(k, second(k.Content.CreateChannel(k.Ctx(), in)), tc.want...) })
		}
	})
}

// TestPublishingOnChannels follows an item through publication, change and withdrawal.
func TestPublishingOnChannels(t *testing.T) {
	enginetest.Each(t, config(t), func(k K) {
		a, off := siteChannel(k, "A"), siteChannel(k, "Off")
		must(k, second(k.Content.EditChannel(k.Ctx(), content.EditChannel{
			ID: off.ID, ChannelEdit: content.ChannelEdit{Enabled: new(false)},
		})))
		i := k.Item(k.Ctx(), "An item", "The published text.")
		c := moved(k, i.ID, domain.ItemPublished)
		if p := on(k, i.ID, "a"); p.Status != domain.PublicationPending || p.Version != 1 ||
			c.Status != domain.ItemPublished {
			t.Fatalf("%+v", p)
		}
		publishAll(k)
		p := on(k, i.ID, "a")
		if p.Status != domain.PublicationPublished || p.URL == "" || p.LiveVersion != 1 || len(p.Notes) != 1 {
			t.Fatalf("%+v", p)
		}
		edited(k, i.ID, "A draft.")
		if got := k.Site.Posts(); len(publishAll(k)) != 0 || len(got) != 1 {
			t.Errorf("an edit is sent: %v", got)
		}
		title := "Another title"
		must(k, second(k.Content.EditItem(k.Ctx(), content.EditItem{ID: i.ID, ItemEdit: domain.ItemEdit{Title: &title}})))
		moved(k, i.ID, domain.ItemPublished)
		publishAll(k)
		if got := k.Site.Posts(); !slices.Equal(got, []string{title}) || on(k, i.ID, "a").ExternalID != p.ExternalID {
			t.Errorf("not in place: %v", got)
		}
		moved(k, i.ID, domain.ItemReview)
		publishAll(k)
		if got := k.Site.Posts(); len(got) != 0 || on(k, i.ID, "a").Channel != "" {
			t.Errorf("still there: %v", got)
		}
		moved(k, i.ID, domain.ItemPublished)
		publishAll(k)
		must(k, k.Content.DeleteItem(k.Ctx(), verb.ID{ID: i.ID}))
		publishAll(k)
		if got := k.Site.Posts(); len(got) != 0 || k.Count("select count(*) from channel_publication") != 0 {
			t.Errorf("a deleted item is still there: %v", got)
		}
		if a.Slug != "a" || on(k, k.Item(k.Ctx(), "x", "y").ID, "off").Channel != "" {
			t.Error("a channel that is switched off")
		}
	})
}

// TestAFailedChannelMovesNothing sorts what can go wrong, tries again what may pass, and
// leaves card, feed and the other channel alone.
func TestAFailedChannelMovesNothing(t *testing.T) {
	now := time.Date(2130, 1, 2, 3, 4, 5, 0, time.UTC)
	cfg := config(t)
	cfg.Now = func() time.Time { return now }
	enginetest.Each(t, cfg, func(k K) {
		now = time.Date(2130, 1, 2, 3, 4, 5, 0, time.UTC)
		ch := siteChannel(k, "A")
		fail := func(kind channelwire.FaultKind) {
			k.Site.Before = func(int, string, channelwire.Post) error { return channelwire.Faultf(kind, "It says no.") }
		}
		fail(channelwire.Again)
		i := k.Item(k.Ctx(), "An item", "Text.")
		moved(k, i.ID, domain.ItemPublished)
		began := now
		tries := 0
		for on(k, i.ID, "a").Status == domain.PublicationPending {
			if errs := publishAll(k); len(errs) == 1 && errs[0] == nil && on(k, i.ID, "a").Status == domain.PublicationPending {
				t.Fatal("it is not tried again")
			}
			if p := on(k, i.ID, "a"); p.Status == domain.PublicationPending {
				if p.Error != "It says no." || !p.NextAt.After(now) || p.NextAt.Sub(now) > 2*time.Hour {
					t.Fatalf("%+v at %v", p, now)
				}
				now = p.NextAt
			}
			tries++
		}
		if d := now.Sub(began); d < 24*time.Hour || d > 27*time.Hour || tries < 10 || tries > 40 {
			t.Errorf("given up after %v and %d tries", d, tries)
		}
		d, err := k.Content.Item(k.Ctx(), i.ID)
		must(k, err)
		if p := on(k, i.ID, "a"); p.Status != domain.PublicationFailed || d.Status != domain.ItemPublished ||
			!strings.Contains(public(k), "An item") {
			t.Errorf("%+v, %s", p, d.Status)
		}
		for kind, broken := range map[channelwire.FaultKind]string{channelwire.Settings: "It says no.", channelwire.Refused: ""} {
			must(k, k.Store.InTx(context.Background(), func(tx *store.Tx) error {
				return tx.SaveChannelError(context.Background(), k.Ours.ID, ch.ID, ch.Version, "")
			}))
			fail(kind)
			must(k, second(k.Content.Republish(k.Ctx(), content.OnChannel{ID: i.ID, Channel: "a"})))
			publishAll(k)
			c, err := k.Content.Channel(k.Ctx(), ch.ID)
			must(k, err)
			if p := on(k, i.ID, "a"); p.Status != domain.PublicationFailed || c.Error != broken {
				t.Errorf("%v: %+v, the channel says %q", kind, p, c.Error)
			}
		}
		k.Site.Before = nil
		must(k, second(k.Content.Republish(k.Ctx(), content.OnChannel{ID: i.ID, Channel: "a"})))
		publishAll(k)
		if p := on(k, i.ID, "a"); p.Status != domain.PublicationPublished || p.Error != "" {
			t.Errorf("%+v", p)
		}
	})
}

// TestNoPostAppearsTwice loses the answer of a create, runs two jobs at once, and publishes
// again while one is under way.
func TestNoPostAppearsTwice(t *testing.T) {
	enginetest.Each(t, config(t), func(k K) {
		siteChannel(k, "A")
		i := k.Item(k.Ctx(), "An item", "Text.")
		k.Site.After = func(n int, _ channelwire.Post) error {
			if n == 1 {
				return enginetest.Lost
			}
			return nil
		}
		moved(k, i.ID, domain.ItemPublished)
		publishAll(k)
		publishAll(k)
		if got := k.Site.Posts(); len(got) != 1 {
			t.Errorf("after a lost answer: %v", got)
		}
		keys := map[string]int{}
		k.Site.After = nil
		k.Site.Before = func(n int, _ string, p channelwire.Post) error {
			keys[p.Key]++
			if n == 3 { // while this one is under way
				title := "Newer"
				must(k, second(k.Content.EditItem(k.Ctx(), content.EditItem{ID: i.ID, ItemEdit: domain.ItemEdit{Title: &title}})))
				moved(k, i.ID, domain.ItemPublished)
				if errs := publishAll(k); len(errs) != 1 || errs[0] == nil {
					t.Errorf("two work on one publication: %v", errs)
				}
			}
			return nil
		}
		must(k, second(k.Content.Republish(k.Ctx(), content.OnChannel{ID: i.ID, Channel: "a"})))
		publishAll(k)
		if p := on(k, i.ID, "a"); p.Status != domain.PublicationPending || p.Version != 2 || p.LiveVersion != 1 {
			t.Errorf("the newer version is forgotten: %+v", p)
		}
		publishAll(k)
		if got := k.Site.Posts(); !slices.Equal(got, []string{"Newer"}) || len(keys) != 2 {
			t.Errorf("%v, keys %v", got, keys)
		}
	})
}

// TestChosenChannels publishes on the channels that were chosen, and nowhere else.
func TestChosenChannels(t *testing.T) {
	enginetest.Each(t, config(t), func(k K) {
		siteChannel(k, "A")
		siteChannel(k, "B")
		for name, tc := range map[string]struct {
			channels []string
			a, b     bool
			says     string
		}{
			"all":        {nil, true, true, ""},
			"one":        {[]string{"b"}, false, true, ""},
			"feed alone": {[]string{"feed"}, false, false, ""},
			"unknown":    {[]string{"aa"}, false, false, `There is no channel named "aa"; did you mean "a"?`},
		} {
			i := k.Item(k.Ctx(), "Item "+name, "Text.")
			err := k.Store.InTx(k.Ctx(), func(tx *store.Tx) error {
				return second(item.Publish(k.Ctx(), tx, i, tc.channels))
			})
			if tc.says != "" {
				if domain.CodeOf(err) != domain.CodeConflict || !strings.Contains(err.Error(), tc.says) {
					t.Errorf("%s: %v", name, err)
				}
				continue
			}
			must(k, err)
			if a, b := on(k, i.ID, "a").Channel != "", on(k, i.ID, "b").Channel != ""; a != tc.a || b != tc.b {
				t.Errorf("%s: on a %v, on b %v", name, a, b)
			}
		}
	})
}

// TestJobsPublish lets the queue do it: an event becomes a job, and the job a post.
func TestJobsPublish(t *testing.T) {
	cfg := config(t)
	cfg.Idle = false
	enginetest.Each(t, cfg, func(k K) {
		siteChannel(k, "A")
		i := k.Item(k.Ctx(), "An item", "Text.")
		moved(k, i.ID, domain.ItemPublished)
		enginetest.Eventually(t, func() string {
			if p := on(k, i.ID, "a"); p.Status != domain.PublicationPublished {
				return fmt.Sprintf("%+v", p)
			}
			return ""
		})
	})
}

func (verbs) Channels() enginetest.Verbs {
	made := func(k K) int64 { return siteChannel(k, "Site").ID }
	slug := func(k K) string {
		list, err := k.Content.Channels(k.Ctx())
		must(k, err)
		return list[0].Slug
	}
	admin := func(event bool, call func(k K, ctx C, x X) error) enginetest.Verb {
		return enginetest.Verb{Scope: domain.ScopeAdmin, Event: event, ByID: true, Make: made, Call: call}
	}
	return enginetest.Verbs{
		"UsePublisher": {Open: true},
		"ChannelKinds": {Open: true},
		"Channels": {Scope: domain.ScopeAdmin, Call: func(k K, ctx C, _ X) error {
			return second(k.Content.Channels(ctx))
		}},
		"Channel": admin(false, func(k K, ctx C, x X) error { return second(k.Content.Channel(ctx, x.Made)) }),
		"CreateChannel": {Scope: domain.ScopeAdmin, Event: true, Call: func(k K, ctx C, _ X) error {
			return second(k.Content.CreateChannel(ctx, content.CreateChannel{Kind: "site", ChannelEdit: content.ChannelEdit{
				Name: new("New"), Settings: map[string]string{"url": "https://site.test"}, Secret: new(domain.Secret("x")),
			}}))
		}},
		"EditChannel": admin(true, func(k K, ctx C, x X) error {
			return second(k.Content.EditChannel(ctx, content.EditChannel{
				ID: x.Made, ChannelEdit: content.ChannelEdit{Name: new("Other")},
			}))
		}),
		"DeleteChannel": admin(true, func(k K, ctx C, x X) error { return k.Content.DeleteChannel(ctx, verb.ID{ID: x.Made}) }),
		"CheckChannel":  admin(false, func(k K, ctx C, x X) error { return second(k.Content.CheckChannel(ctx, x.Made)) }),
		"Publications": enginetest.ReadByID(func(k K, ctx C, x X) error {
			return second(k.Content.Publications(ctx, x.Item))
		}),
		"Republish": makes(changes(domain.ScopePublish, func(k K, ctx C, x X) error {
			return second(k.Content.Republish(ctx, content.OnChannel{ID: x.Made, Channel: slug(k)}))
		}), func(k K) int64 {
			made(k)
			i := k.Item(k.Ctx(), "Published", "Text.")
			return moved(k, i.ID, domain.ItemPublished).ID
		}),
		"PreviewOnChannel": makes(enginetest.ReadByID(func(k K, ctx C, x X) error {
			return second(k.Content.PreviewOnChannel(ctx, content.OnChannel{ID: x.Made, Channel: slug(k)}))
		}), func(k K) int64 { made(k); return k.Item(k.Ctx(), "Previewed", "Text.").ID }),
		"ItemChannels": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Content.ItemChannels(ctx, domain.ContentItem{}))
		}),
	}
}
