package calendar_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/calendar"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/verb"
)

func TestTimesOfEvents(t *testing.T) {
	each(t, func(k K, _ *clock) {
		for _, tc := range []struct {
			name       string
			in         calendar.EventEdit
			start, end string
			days       bool
			faults     string
		}{
			{"an instant", calendar.EventEdit{ScheduledAt: new("2031-07-01T09:00:00Z")}, "2031-07-01T09:00:00Z", "", false, ""},
			{"the clocks", calendar.EventEdit{ScheduledAt: new("2031-07-01T09:00")}, "2031-07-01T07:00:00Z", "", false, ""},
			{"a gap", calendar.EventEdit{ScheduledAt: new("2031-03-30T02:30")}, "2031-03-30T01:00:00Z", "", false, ""},
			{"a fold", calendar.EventEdit{ScheduledAt: new("2031-10-26T02:30")}, "2031-10-26T00:30:00Z", "", false, ""},
			{"a day", calendar.EventEdit{ScheduledAt: new("2031-07-01")}, "2031-06-30T22:00:00Z", "", true, ""},
			{"two days", calendar.EventEdit{ScheduledAt: new("2031-07-01"), EndAt: new("2031-07-02")},
				"2031-06-30T22:00:00Z", "2031-07-02T22:00:00Z", true, ""},
			{"the day of a time", calendar.EventEdit{ScheduledAt: new("2031-07-01T09:00"), AllDay: new(true)},
				"2031-06-30T22:00:00Z", "", true, ""},
			{"an end", calendar.EventEdit{ScheduledAt: new("2031-07-01T09:00"), EndAt: new("2031-07-01T10:30")},
				"2031-07-01T07:00:00Z", "2031-07-01T08:30:00Z", false, ""},
			{"no time", calendar.EventEdit{}, "", "", false, "scheduled_at"},
			{"no such time", calendar.EventEdit{ScheduledAt: new("tomorrow")}, "", "", false, "scheduled_at"},
			{"an end before", calendar.EventEdit{ScheduledAt: new("2031-07-01T09:00"), EndAt: new("2031-07-01T08:00")}, "",
				"", false, "end_at"},
			{"a day as the end of a time", calendar.EventEdit{ScheduledAt: new("2031-07-01T09:00"),
				EndAt: new("2031-07-01")}, "", "", false, "end_at"},
			{"two years", calendar.EventEdit{ScheduledAt: new("2031-07-01"), EndAt: new("2033-07-01")}, "", "", false, "end_at"},
			{"no such zone", calendar.EventEdit{ScheduledAt: new("2031-07-01"), Timezone: new("Mars")}, "", "", false,
				"timezone"},
			{"a colour", calendar.EventEdit{ScheduledAt: new("2031-07-01"), Color: new("blue")}, "", "", false, "color"},
			{"a past action", calendar.EventEdit{ScheduledAt: new("2031-02-01"),
				Action: &domain.CalendarAction{Kind: domain.ActionPublish, ContentID: 999}}, "", "", false, "action.content_id scheduled_at"},
			{"an action of two kinds", calendar.EventEdit{ScheduledAt: new("2031-07-01"),
				Action: &domain.CalendarAction{Kind: domain.ActionTemplate, Template: "none", ContentID: 3}}, "", "", false, "action.content_id action.template"},
			{"an action of none", calendar.EventEdit{ScheduledAt: new("2031-07-01"),
				Action: &domain.CalendarAction{ContentID: 3}}, "", "", false, "action.type"},
			{"no such campaign", calendar.EventEdit{ScheduledAt: new("2031-07-01"), CampaignID: new(int64(99))}, "", "",
				false, "campaign_id"},
		} {
			tc.in.Title = new("x")
			if tc.in.Timezone == nil {
				tc.in.Timezone = new("Europe/Berlin")
			}
			x, err := k.Calendar.CreateEvent(k.Ctx(), tc.in)
			if tc.faults != "" {
				got := strings.Join(slices.Sorted(maps.Keys(domain.AsError(err).Fields)), " ")
				if domain.CodeOf(err) != domain.CodeValidation || got != tc.faults {
					t.Errorf("%s: %v, about %q", tc.name, err, got)
				}
				continue
			}
			must(k, err)
			e := x.Event
			end := ""
			if !e.EndsAt.IsZero() {
				end = e.EndsAt.UTC().Format(time.RFC3339)
			}
			if e.StartsAt.UTC().Format(time.RFC3339) != tc.start || end != tc.end || e.AllDay != tc.days {
				t.Errorf("%s: %s to %s, %t", tc.name, e.StartsAt, end, e.AllDay)
			}
			// What was read, said again, changes nothing.
			again, err := k.Calendar.EditEvent(k.Ctx(), calendar.EditEvent{ID: domain.CalendarEventID(e.ID),
				EventEdit: calendar.EventEdit{ScheduledAt: new(e.StartsAt.Format(time.RFC3339)), EndAt: &end}})
			must(k, err)
			if !again.Event.StartsAt.Equal(e.StartsAt) || !again.Event.EndsAt.Equal(e.EndsAt) || again.Event.AllDay != e.AllDay {
				t.Errorf("%s: said again %+v", tc.name, again.Event)
			}
		}
	})
}

// An event keeps its length by the clocks when it is moved, and its dates in another zone.
func TestMovingKeepsTheLength(t *testing.T) {
	each(t, func(k K, _ *clock) {
		edit := func(e domain.CalendarEvent, in calendar.EventEdit) domain.CalendarEvent {
			x, err := k.Calendar.EditEvent(k.Ctx(), calendar.EditEvent{ID: domain.CalendarEventID(e.ID), EventEdit: in})
			must(k, err)
			return x.Event
		}
		in := calendar.EventEdit{
			Title: new("x"), ScheduledAt: new("2031-03-28T20:00"), EndAt: new("2031-03-29T08:00"),
			Timezone: new("Europe/Berlin"),
		}
		e := edit(created(k, in), calendar.EventEdit{ScheduledAt: new("2031-03-29T20:00")}) // into the night of the change
		if got := e.EndsAt.In(e.Location()).Format("2006-01-02T15:04"); got != "2031-03-30T08:00" {
			t.Errorf("it ends at %s", got)
		}
		in.ScheduledAt, in.EndAt = new("2031-03-29"), new("2031-03-31")
		e = edit(created(k, in), calendar.EventEdit{Timezone: new("America/New_York")})
		if got := e.StartsAt.In(e.Location()).Format("2006-01-02T15:04") + " " +
			e.EndsAt.In(e.Location()).Format("2006-01-02T15:04"); got != "2031-03-29T00:00 2031-04-01T00:00" {
			t.Errorf("in another zone: %s", got)
		}
	})
}

func TestTheCalendarShowsItemsWithDates(t *testing.T) {
	each(t, func(k K, _ *clock) {
		planned := k.Item(k.Ctx(), "Planned", "Text.").ID
		day := time.Date(2031, 3, 5, 0, 0, 0, 0, time.UTC)
		_, err := k.Content.EditItem(k.Ctx(), content.EditItem{ID: planned, ItemEdit: domain.ItemEdit{PlannedAt: &day}})
		must(k, err)
		_, item := publishing(k, "2031-03-07T10:00:00Z")
		_, err = k.Content.EditItem(k.Ctx(), content.EditItem{ID: item, ItemEdit: domain.ItemEdit{PlannedAt: &day}})
		must(k, err)
		k.Item(k.Ctx(), "Without a date", "Text.")
		created(k, meeting())
		l, err := k.Calendar.Events(k.Ctx(), month())
		must(k, err)
		var got []string
		for _, x := range l.Items {
			got = append(got, x.Event.Title+"/"+x.Item.Title)
		}
		if want := []string{"/Planned", "Publish the guide/Guide", "Stand-up/"}; !slices.Equal(got, want) || l.Total != 3 {
			t.Fatalf("%q, %d in all", got, l.Total)
		}
		if days, ok := l.Items[1].Dates().Slipped(k.Store.Now(), time.UTC); !ok || days != 2 {
			t.Errorf("it slipped by %d days, %t", days, ok)
		}
		ref := domain.CalendarItemID(planned)
		if x, err := k.Calendar.Event(k.Ctx(), ref); err != nil || x.Item.Title != "Planned" {
			t.Errorf("%+v, %v", x, err)
		}
		if err := k.Calendar.DeleteEvent(k.Ctx(), calendar.DeleteEvent{ID: ref}); domain.CodeOf(err) != domain.CodeConflict {
			t.Errorf("an item is deleted on the calendar: %v", err)
		}
		theirs := enginetest.As(k.Theirs.ID, domain.RoleOwner)
		if _, err := k.Calendar.Event(theirs, ref); domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("a neighbour sees an item: %v", err)
		}
		for name, in := range map[string]struct {
			f func(*calendar.ListEvents)
			n int
		}{
			"types":    {func(l *calendar.ListEvents) { l.Types = []domain.CalendarType{domain.CalendarOther} }, 2},
			"text":     {func(l *calendar.ListEvents) { l.Types = []domain.CalendarType{domain.CalendarWebinar} }, 0},
			"channels": {func(l *calendar.ListEvents) { l.Channels = []domain.CalendarChannel{domain.OnZoom} }, 0},
			"campaign": {func(l *calendar.ListEvents) { l.CampaignID = 9 }, 0},
		} {
			ask := month()
			in.f(&ask)
			if l, err := k.Calendar.Events(k.Ctx(), ask); err != nil || name != "types" && l.Total != in.n {
				t.Errorf("%s: %d, %v", name, l.Total, err)
			}
		}
	})
}

func TestCampaigns(t *testing.T) {
	each(t, func(k K, c *clock) {
		item := k.Item(k.Ctx(), "Guide", "Some text.").ID
		in := plan()
		(*in.Plan)[0].Action = domain.CalendarAction{Kind: domain.ActionPublish, ContentID: item}
		(*in.Plan)[0].Day = 20 // 30 March, after the clocks have changed
		d, err := k.Calendar.CreateCampaign(k.Ctx(), in)
		must(k, err)
		if d.Status != domain.CampaignDraft || k.Count("select count(*) from calendar_event") != 0 {
			t.Errorf("a draft: %+v", d)
		}
		if _, err := k.Calendar.StartCampaign(enginetest.As(k.Ours.ID, domain.RoleEditor),
			verb.ID{ID: d.ID}); domain.CodeOf(err) != domain.CodeForbidden {
			t.Errorf("an editor starts what publishes: %v", err)
		}
		d, err = k.Calendar.StartCampaign(k.Ctx(), verb.ID{ID: d.ID})
		must(k, err)
		clocks := func(d calendar.CampaignDetails) (list []string) {
			for _, x := range d.Events {
				list = append(list, x.Event.StartsAt.In(x.Event.Location()).Format("01-02T15:04"))
			}
			return list
		}
		if got := clocks(d); !slices.Equal(got, []string{"03-10T00:00", "03-30T09:00"}) {
			t.Errorf("started: %q", got)
		}
		if _, err := k.Calendar.StartCampaign(k.Ctx(), verb.ID{ID: d.ID}); domain.CodeOf(err) != domain.CodeConflict {
			t.Errorf("started twice: %v", err)
		}
		// The first event is over when the start moves: the clocks keep nine o'clock.
		c.set("2031-03-12T09:00:00Z")
		fire(k)
		d, err = k.Calendar.EditCampaign(k.Ctx(), calendar.EditCampaign{
			ID: d.ID, CampaignEdit: calendar.CampaignEdit{StartDate: new("2031-03-07")},
		})
		must(k, err)
		if got := clocks(d); !slices.Equal(got, []string{"03-10T00:00", "03-27T09:00"}) {
			t.Errorf("moved: %q", got)
		}
		_, err = k.Calendar.EditCampaign(k.Ctx(), calendar.EditCampaign{
			ID: d.ID, CampaignEdit: calendar.CampaignEdit{StartDate: new("2031-02-10")},
		})
		if domain.CodeOf(err) != domain.CodeValidation {
			t.Errorf("moved into the past: %v", err)
		}
		_, err = k.Calendar.EditCampaign(k.Ctx(), calendar.EditCampaign{ID: d.ID,
			CampaignEdit: calendar.CampaignEdit{Plan: in.Plan}})
		if domain.CodeOf(err) != domain.CodeValidation {
			t.Errorf("another plan: %v", err)
		}
		_, err = k.Calendar.PauseCampaign(k.Ctx(), verb.ID{ID: d.ID})
		must(k, err)
		c.set("2031-03-27T20:00:00Z")
		fire(k)
		if got := now(k, d.Events[1].Event); got.State != domain.ActionPending {
			t.Errorf("while it is paused: %+v", got)
		}
		_, err = k.Calendar.ResumeCampaign(k.Ctx(), verb.ID{ID: d.ID})
		must(k, err)
		fire(k)
		if got := now(k, d.Events[1].Event); got.State != domain.ActionDone {
			t.Errorf("resumed on the same day: %+v", got)
		}
		fire(k)
		if d, err = k.Calendar.Campaign(k.Ctx(), d.ID); err != nil || d.Status != domain.CampaignCompleted {
			t.Errorf("after all its events it is %s, %v", d.Status, err)
		}
	})
}

func TestWhatAPauseMissesIsExplained(t *testing.T) {
	each(t, func(k K, c *clock) {
		in := plan()
		(*in.Plan)[0].Action = domain.CalendarAction{Kind: domain.ActionPublish, ContentID: k.Item(k.Ctx(), "G", "T.").ID}
		d, err := k.Calendar.CreateCampaign(k.Ctx(), in)
		must(k, err)
		d, err = k.Calendar.StartCampaign(k.Ctx(), verb.ID{ID: d.ID})
		must(k, err)
		_, err = k.Calendar.PauseCampaign(k.Ctx(), verb.ID{ID: d.ID})
		must(k, err)
		c.set("2031-03-20T09:00:00Z")
		_, err = k.Calendar.ResumeCampaign(k.Ctx(), verb.ID{ID: d.ID})
		must(k, err)
		fire(k)
		if got := now(k, d.Events[0].Event); got.State != domain.ActionMissed || !strings.Contains(got.Reason, "was paused") {
			t.Errorf("%s %q", got.State, got.Reason)
		}
	})
}

func TestFeeds(t *testing.T) {
	each(t, func(k K, c *clock) {
		e := created(k, meeting())
		f, err := k.Calendar.CreateFeedToken(k.Ctx(), calendar.CreateFeedToken{Name: "Team"})
		must(k, err)
		_, secret, _ := strings.Cut(f.URL, "token=")
		if n := k.Count("select count(*) from feed_token where hash = $1", secret); n != 0 || len(secret) < 40 {
			t.Errorf("the secret %q is stored as it is", secret)
		}
		file, err := k.Calendar.Feed(t.Context(), secret)
		must(k, err)
		if !strings.Contains(string(file.Data), "SUMMARY:Stand-up\r\n") {
			t.Errorf("%s", file.Data)
		}
		c.set("2031-03-01T09:10:00Z")
		again, err := k.Calendar.Feed(t.Context(), secret)
		must(k, err)
		if string(again.Data) != string(file.Data) {
			t.Error("the feed changes by itself")
		}
		l, err := k.Calendar.FeedTokens(k.Ctx(), enginetest.FirstPage())
		if err != nil || len(l.Items) != 1 || l.Items[0].LastUsedAt.Format("15:04") != "09:10" {
			t.Errorf("%+v, %v", l, err)
		}
		_, err = k.Calendar.EditEvent(k.Ctx(), calendar.EditEvent{
			ID: domain.CalendarEventID(e.ID), EventEdit: calendar.EventEdit{Status: new(domain.CalendarCancelled)},
		})
		must(k, err)
		if file, _ = k.Calendar.Feed(t.Context(), secret); !strings.Contains(string(file.Data), "STATUS:CANCELLED") {
			t.Errorf("subscribers do not learn that it is off: %s", file.Data)
		}
		k.Exec("update feed_token set creator_kind = 'person', creator_id = 999")
		if _, err := k.Calendar.Feed(t.Context(), secret); domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("who created it has left: %v", err)
		}
		k.Exec("update feed_token set creator_kind = 'operator'")
		must(k, k.Calendar.RevokeFeedToken(k.Ctx(), f.Token.ID))
		for _, s := range []string{secret, "", "x"} {
			if _, err := k.Calendar.Feed(t.Context(), s); domain.CodeOf(err) != domain.CodeNotFound {
				t.Errorf("%q: %v", s, err)
			}
		}
	})
}
