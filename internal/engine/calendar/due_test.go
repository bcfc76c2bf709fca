package calendar_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/calendar"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/verb"
)

// clock is what the server takes for the time.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time { return time.UnixMilli(c.at.Load()).UTC() }

func (c *clock) set(text string) {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	c.at.Store(t.UnixMilli())
}

// each runs f with a kit whose clock stands at nine in the morning on 1 March 2031.
func each(t *testing.T, f func(k K, c *clock)) {
	t.Helper()
	var c clock
	c.set("2031-03-01T09:00:00Z")
	scripted := domain.Template{
		ID: 1, Slug: "scripted-template", Name: "Scripted", Category: domain.TemplateOther, Version: 1, IsBuiltin: true,
		InputSchema: json.RawMessage(`{"type":"object","required":["topic"],"additionalProperties":false,"properties":{
			"topic":{"type":"string","minLength":1}}}`),
		Steps: []domain.TemplateStep{{
			Key: "only", Capability: enginetest.Slug, Settings: enginetest.Settings(enginetest.Step{Key: "a"}),
		}},
	}
	enginetest.Each(t, enginetest.Config{Idle: true, Now: c.now, Templates: []domain.Template{scripted}}, func(k K) {
		c.set("2031-03-01T09:00:00Z") // the database before has moved it
		f(k, &c)
	})
}

func publishing(k K, at string) (domain.CalendarEvent, int64) {
	k.T.Helper()
	item := k.Item(k.Ctx(), "Guide", "Some text.").ID
	return created(k, calendar.EventEdit{
		Title: new("Publish the guide"), ScheduledAt: new(at),
		Action: &domain.CalendarAction{Kind: domain.ActionPublish, ContentID: item},
	}), item
}

func fire(k K) {
	k.T.Helper()
	_, err := k.Calendar.FireEvents(k.T.Context())
	must(k, err)
}

func now(k K, e domain.CalendarEvent) domain.CalendarEvent {
	k.T.Helper()
	x, err := k.Calendar.Event(k.Ctx(), domain.CalendarEventID(e.ID))
	must(k, err)
	return x.Event
}

func history(k K, e domain.CalendarEvent) []domain.CalendarOutcome {
	k.T.Helper()
	l, err := k.Calendar.EventHistory(k.Ctx(), domain.CalendarEventID(e.ID), enginetest.FirstPage())
	must(k, err)
	return l.Items
}

func TestAnEventPublishesAtItsTime(t *testing.T) {
	each(t, func(k K, c *clock) {
		e, item := publishing(k, "2031-03-01T10:00:00Z")
		fire(k)
		if got := now(k, e); got.State != domain.ActionPending {
			t.Errorf("before its time: %+v", got)
		}
		c.set("2031-03-01T10:00:00Z")
		fire(k)
		fire(k)
		got := now(k, e)
		if got.State != domain.ActionDone || got.Published != 1 || !got.DueAt.IsZero() {
			t.Errorf("at its time: %+v", got)
		}
		d, err := k.Content.Item(k.Ctx(), item)
		if err != nil || d.Status != domain.ItemPublished {
			t.Errorf("the item is %s, %v", d.Status, err)
		}
		if h := history(k, e); len(h) != 1 || h[0].State != domain.ActionDone || h[0].ContentID != item ||
			h[0].Published != 1 {
			t.Errorf("history %+v", h)
		}
		for _, name := range []domain.EventName{domain.EventCalendarDue, domain.EventCalendarActed} {
			if n := k.Count("select count(*) from event where name = $1", string(name)); n != 1 {
				t.Errorf("%d entries %s in the log", n, name)
			}
		}
	})
}

func TestAnEventStartsATemplate(t *testing.T) {
	each(t, func(k K, c *clock) {
		e := created(k, calendar.EventEdit{
			Title: new("Tea"), ScheduledAt: new("2031-03-01T10:00:00Z"), Action: &domain.CalendarAction{
				Kind: domain.ActionTemplate, Template: "scripted-template",
				Inputs: json.RawMessage(`{"topic":"About {{ event.title }}"}`),
			},
		})
		c.set("2031-03-01T10:00:01Z")
		fire(k)
		got := now(k, e)
		if got.State != domain.ActionDone || got.ExecutionID == 0 {
			t.Fatalf("%+v", got)
		}
		x, err := k.Work.Execution(k.Ctx(), got.ExecutionID)
		if err != nil || !strings.Contains(string(x.Settings), "About Tea") {
			t.Errorf("%s, %v", x.Settings, err)
		}
	})
}

// Whatever goes wrong is said, and nothing is half done.
func TestAnActionThatIsRefusedHasFailed(t *testing.T) {
	each(t, func(k K, c *clock) {
		blocked, blockedItem := publishing(k, "2031-03-01T10:00:00Z")
		k.Exec("update content set findings = $1, blocking = $2 where id = $3",
			`[{"guardrail":"banned-terms","severity":"blocking","action":"blocked","message":"No."}]`, true, blockedItem)
		gone, goneItem := publishing(k, "2031-03-01T10:00:00Z")
		must(k, k.Content.DeleteItem(k.Ctx(), verb.ID{ID: goneItem}))
		left, _ := publishing(k, "2031-03-01T10:00:00Z")
		k.Exec("update calendar_event set owner_kind = 'person', owner_id = 999 where id = $1", left.ID)
		broke := created(k, calendar.EventEdit{
			Title: new("Tea"), ScheduledAt: new("2031-03-01T10:00:00Z"), Action: &domain.CalendarAction{
				Kind: domain.ActionTemplate, Template: "scripted-template", Inputs: json.RawMessage(`{"topic":"{{ event.none }}"}`),
			},
		})
		c.set("2031-03-01T10:00:00Z")
		fire(k)
		for _, tc := range []struct {
			name string
			e    domain.CalendarEvent
			says string
		}{
			{"a finding blocks it", blocked, "cannot be published"}, {"the item is deleted", gone, "not found"},
			{"who planned it has left", left, `no longer has the "publish" scope`}, {"an input has no value", broke, "topic"},
		} {
			got := now(k, tc.e)
			if got.State != domain.ActionFailed || !strings.Contains(strings.ToLower(got.Reason), strings.ToLower(tc.says)) {
				t.Errorf("%s: %s %q", tc.name, got.State, got.Reason)
			}
			if h := history(k, tc.e); len(h) != 1 || h[0].State != domain.ActionFailed {
				t.Errorf("%s: %+v", tc.name, h)
			}
		}
		if n := k.Count("select count(*) from publication"); n != 0 {
			t.Errorf("%d publications", n)
		}
		// Another time is another try.
		k.Exec("update content set findings = '[]', blocking = $1 where id = $2", false, blockedItem)
		_, err := k.Calendar.EditEvent(k.Ctx(), calendar.EditEvent{
			ID: domain.CalendarEventID(blocked.ID), EventEdit: calendar.EventEdit{ScheduledAt: new("2031-03-01T11:00:00Z")},
		})
		must(k, err)
		c.set("2031-03-01T11:00:00Z")
		fire(k)
		if got := now(k, blocked); got.State != domain.ActionDone {
			t.Errorf("the second try: %s %q", got.State, got.Reason)
		}
		if h := history(k, blocked); len(h) != 2 {
			t.Errorf("%+v", h)
		}
	})
}

func TestWhatIsLateIsDoneForADay(t *testing.T) {
	each(t, func(k K, c *clock) {
		late, _ := publishing(k, "2031-03-02T10:00:01Z")
		missed, _ := publishing(k, "2031-03-02T10:00:00Z")
		note := created(k, calendar.EventEdit{Title: new("Note"), ScheduledAt: new("2031-03-02T09:00:00Z")})
		c.set("2031-03-03T10:00:00Z")
		fire(k)
		if got := now(k, late); got.State != domain.ActionDone {
			t.Errorf("late: %s %q", got.State, got.Reason)
		}
		if got := now(k, missed); got.State != domain.ActionMissed || !strings.Contains(got.Reason, "no server ran") {
			t.Errorf("missed: %s %q", got.State, got.Reason)
		}
		if got := now(k, note); got.State != "" || !got.DueAt.IsZero() {
			t.Errorf("a note: %+v", got)
		}
		if n := k.Count("select count(*) from event where name = 'event.missed'"); n != 2 {
			t.Errorf("%d entries event.missed", n)
		}
	})
}

func TestManyNodesDoItOnce(t *testing.T) {
	each(t, func(k K, c *clock) {
		var events []domain.CalendarEvent
		for i := range 12 {
			events = append(events, created(k, calendar.EventEdit{
				Title: new(fmt.Sprint("Tea ", i)), ScheduledAt: new("2031-03-01T10:00:00Z"), Action: &domain.CalendarAction{
					Kind: domain.ActionTemplate, Template: "scripted-template", Inputs: json.RawMessage(`{"topic":"x"}`),
				},
			}))
		}
		c.set("2031-03-01T10:00:00Z")
		var wg sync.WaitGroup
		for _, node := range []K{k, k.Other(), k.Other()} {
			wg.Go(func() {
				for range 3 {
					if _, err := node.Calendar.FireEvents(t.Context()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if n := k.Count("select count(*) from execution"); n != len(events) {
			t.Errorf("%d executions of %d events", n, len(events))
		}
		if n := k.Count("select count(*) from calendar_outcome where state = 'done'"); n != len(events) {
			t.Errorf("%d outcomes of %d events", n, len(events))
		}
	})
}

func TestACancelledEventDoesNothing(t *testing.T) {
	each(t, func(k K, c *clock) {
		e, _ := publishing(k, "2031-03-01T10:00:00Z")
		edit := func(s domain.CalendarStatus) domain.CalendarEvent {
			x, err := k.Calendar.EditEvent(k.Ctx(), calendar.EditEvent{
				ID: domain.CalendarEventID(e.ID), EventEdit: calendar.EventEdit{Status: &s},
			})
			must(k, err)
			return x.Event
		}
		if got := edit(domain.CalendarCancelled); got.State != domain.ActionCancelled || !got.DueAt.IsZero() ||
			got.Sequence != 1 {
			t.Errorf("cancelled: %+v", got)
		}
		if got := edit(domain.CalendarConfirmed); got.State != domain.ActionPending || got.DueAt.IsZero() {
			t.Errorf("confirmed again: %+v", got)
		}
		edit(domain.CalendarCancelled)
		c.set("2031-03-01T10:00:00Z")
		fire(k)
		if got := now(k, e); got.State != domain.ActionCancelled || len(history(k, e)) != 0 {
			t.Errorf("%+v", got)
		}
	})
}

// What was done stays done at a new time, unless the caller says the action again.
func TestDoneIsNotDoneAgain(t *testing.T) {
	each(t, func(k K, c *clock) {
		e, item := publishing(k, "2031-03-01T10:00:00Z")
		c.set("2031-03-01T10:00:00Z")
		fire(k)
		move := func(at string, a *domain.CalendarAction) domain.CalendarEvent {
			x, err := k.Calendar.EditEvent(k.Ctx(), calendar.EditEvent{
				ID: domain.CalendarEventID(e.ID), EventEdit: calendar.EventEdit{ScheduledAt: &at, Action: a},
			})
			must(k, err)
			return x.Event
		}
		if got := move("2031-03-02T10:00:00Z", nil); got.State != domain.ActionDone {
			t.Errorf("moved: %+v", got)
		}
		body := "Another text."
		_, err := k.Content.EditItem(k.Ctx(), content.EditItem{ID: item, ItemEdit: domain.ItemEdit{Body: &body}})
		must(k, err)
		got := move("2031-03-03T10:00:00Z", &domain.CalendarAction{Kind: domain.ActionPublish, ContentID: item})
		if got.State != domain.ActionPending {
			t.Errorf("said again: %+v", got)
		}
		c.set("2031-03-03T10:00:00Z")
		fire(k)
		if got := now(k, e); got.State != domain.ActionDone || got.Published != 2 {
			t.Errorf("done again: %+v", got)
		}
	})
}

// Who may not publish cannot have it done later, nor move what somebody else planned.
func TestActionsTakeTheScopesOfWhatTheyDo(t *testing.T) {
	each(t, func(k K, _ *clock) {
		e, item := publishing(k, "2031-03-01T10:00:00Z")
		editor := enginetest.As(k.Ours.ID, domain.RoleEditor)
		_, err := k.Calendar.CreateEvent(editor, calendar.EventEdit{
			Title: new("Mine"), ScheduledAt: new("2031-03-01T10:00:00Z"),
			Action: &domain.CalendarAction{Kind: domain.ActionPublish, ContentID: item},
		})
		if domain.CodeOf(err) != domain.CodeForbidden {
			t.Errorf("an editor plans a publication: %v", err)
		}
		edit := func(in calendar.EventEdit) error {
			_, err := k.Calendar.EditEvent(editor, calendar.EditEvent{ID: domain.CalendarEventID(e.ID), EventEdit: in})
			return err
		}
		err = edit(calendar.EventEdit{ScheduledAt: new("2031-03-04T10:00:00Z")})
		if domain.CodeOf(err) != domain.CodeForbidden {
			t.Errorf("an editor moves a publication: %v", err)
		}
		if err := edit(calendar.EventEdit{Title: new("A better title")}); err != nil {
			t.Errorf("an editor renames it: %v", err)
		}
	})
}
