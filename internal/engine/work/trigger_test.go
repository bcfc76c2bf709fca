package work_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/work"
	"vellocity/internal/live"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// scriptedTemplate is a template of one step, which takes a topic.
func scriptedTemplate(steps ...step) domain.Template {
	return domain.Template{
		ID: 1, Slug: "scripted-template", Name: "Scripted", Category: domain.TemplateOther, Version: 1, IsBuiltin: true,
		InputSchema: json.RawMessage(`{"type":"object","required":["topic"],"additionalProperties":false,"properties":{
			"topic":{"type":"string","minLength":1},"count":{"type":"integer"}}}`),
		Steps: []domain.TemplateStep{{Key: "only", Capability: enginetest.Slug, Settings: enginetest.Settings(steps...)}},
	}
}

// ownTemplate creates the template in our workspace where the kit has none that ships.
func ownTemplate(k *enginetest.Kit) string {
	k.T.Helper()
	if len(k.Config.Templates) > 0 {
		return k.Config.Templates[0].Slug
	}
	t := scriptedTemplate(step{Key: "a"})
	t.ID, t.IsBuiltin = 0, false
	_, err := k.Work.CreateTemplate(k.Ctx(), t)
	if err != nil && domain.CodeOf(err) != domain.CodeConflict {
		k.T.Fatal(err)
	}
	return t.Slug
}

func pointer[T any](v T) *T { return &v }

func newTrigger(k *enginetest.Kit, kind domain.TriggerType) work.CreateTrigger {
	k.T.Helper()
	in := work.CreateTrigger{Type: kind, TriggerEdit: work.TriggerEdit{
		Name: pointer(
			"Nightly",
		), Template: pointer(ownTemplate(k)), Inputs: json.RawMessage(`{"topic":"Tea at {{ event.at }}"}`),
	}}
	if kind == domain.TriggerSchedule {
		in.Schedule = &work.TriggerSchedule{Cron: "0 3 * * *", Timezone: "Europe/Berlin"}
	} else {
		in.Event = &work.TriggerEvent{Name: "crm.deal_won"}
	}
	return in
}

func nightly(k *enginetest.Kit) work.TriggerDetails {
	k.T.Helper()
	t, err := k.Work.CreateTrigger(k.Ctx(), newTrigger(k, domain.TriggerSchedule))
	must(k, err)
	return t
}

// onEvent creates an event trigger, changed by f, on our own event.
func onEvent(k *enginetest.Kit, f func(in *work.CreateTrigger)) work.TriggerDetails {
	k.T.Helper()
	in := newTrigger(k, domain.TriggerEvent)
	if f != nil {
		f(&in)
	}
	t, err := k.Work.CreateTrigger(k.Ctx(), in)
	must(k, err)
	return t
}

func due(k *enginetest.Kit, id int64, ago time.Duration) {
	k.T.Helper()
	k.Exec("update workflow_trigger set next_at = $1 where id = $2", k.Store.Now().Add(-ago).UnixMilli(), id)
}

func history(k *enginetest.Kit, id int64) []domain.Firing {
	k.T.Helper()
	l, err := k.Work.Firings(k.Ctx(), id, domain.Page{Number: 1, Size: 100})
	must(k, err)
	return l.Items
}

// consume runs the consumer of events of triggers on this node until the test ends.
func consume(k *enginetest.Kit) {
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	k.T.Cleanup(func() { cancel(); done.Wait() })
	done.Go(func() { k.Hub.Run(ctx) })
	for _, run := range []func(){
		func() {
			_ = k.Hub.Consume(ctx, live.Consumer{
				Name: "triggers", FromStart: true, Wants: k.Work.TriggerEvents, Handle: k.Work.NoteEvents, Pause: time.Millisecond,
			})
		},
		func() {
			tick := time.NewTicker(20 * time.Millisecond)
			defer tick.Stop()
			for ctx.Err() == nil {
				if _, err := k.Work.DecideFirings(ctx); err != nil && ctx.Err() == nil {
					k.T.Errorf("decide: %v", err)
				}
				select {
				case <-ctx.Done():
				case <-k.Work.FiringsNoted():
				case <-tick.C:
				}
			}
		},
	} {
		done.Go(run)
	}
}

// outcomes waits until the history of a trigger has these outcomes, oldest first.
func outcomes(k *enginetest.Kit, id int64, want ...domain.FiringOutcome) []domain.Firing {
	k.T.Helper()
	var list []domain.Firing
	enginetest.Eventually(k.T, func() string {
		list = history(k, id)
		slices.Reverse(list)
		var got []domain.FiringOutcome
		for _, f := range list {
			got = append(got, f.Outcome)
		}
		if slices.Equal(got, want) {
			return ""
		}
		return fmt.Sprintf("the history is %v, not %v", got, want)
	})
	return list
}

func send(k *enginetest.Kit, payload string) {
	k.T.Helper()
	must(k, second(k.Work.SendEvent(k.Ctx(), work.SendEvent{Name: "crm.deal_won", Payload: json.RawMessage(payload)})))
}

func TestAnInstantFiresOnceHoweverManyNodesLook(t *testing.T) {
	enginetest.Each(
		t,
		enginetest.Config{Templates: []domain.Template{scriptedTemplate(step{Key: "a"})}},
		func(k *enginetest.Kit) {
			tr := nightly(k)
			due(k, tr.ID, time.Minute)
			nodes := []*enginetest.Kit{k}
			if k.Store.Postgres() {
				nodes = append(nodes, k.Other(), k.Other())
			}
			var all sync.WaitGroup
			for _, n := range nodes {
				for range 4 {
					all.Go(func() {
						if _, err := n.Work.FireDue(context.Background()); err != nil {
							t.Error(err)
						}
					})
				}
			}
			all.Wait()
			if n := k.Count("select count(*) from execution"); n != 1 {
				t.Errorf("%d executions", n)
			}
			x := k.Ended(1, domain.ExecutionCompleted)
			f := outcomes(k, tr.ID, domain.FiringFired)[0]
			if f.ExecutionID != x.ID || f.Missed != 0 || f.Reason == "" || x.Cause.TriggerID != tr.ID || x.Cause.Depth != 1 {
				t.Errorf("%+v of %+v", f, x.Cause)
			}
			if !strings.Contains(x.Title, "Tea at 20") {
				t.Errorf("the input is %q", x.Title)
			}
			got, err := k.Work.Trigger(k.Ctx(), tr.ID)
			must(k, err)
			if !got.NextAt.After(k.Store.Now()) || got.NextAt.Sub(k.Store.Now()) > 25*time.Hour || got.LastAt.IsZero() ||
				got.Error != "" || got.Sentence != "At 03:00, every day" || len(got.Next) != 5 {
				t.Errorf("%+v", got)
			}
		},
	)
}

func TestWhatWasMissed(t *testing.T) {
	for _, c := range []struct {
		name, cron string
		ago        time.Duration
		want       domain.FiringOutcome
		missed     int
	}{
		{"three hours", "0 * * * *", 2*time.Hour + 30*time.Second, domain.FiringFired, 2},
		{"older than a day", "0 0 1 1 *", 25 * time.Hour, domain.FiringTooLate, 0},
		{"a month of minutes", "* * * * *", 30 * 24 * time.Hour, domain.FiringFired, 10_000},
	} {
		t.Run(c.name, func(t *testing.T) {
			cfg := config(t)
			cfg.Now = func() time.Time { return time.Date(2026, 11, 20, 12, 0, 30, 0, time.UTC) }
			cfg.Templates = []domain.Template{scriptedTemplate(step{Key: "a"})}
			enginetest.Each(t, cfg, func(k *enginetest.Kit) {
				in := newTrigger(k, domain.TriggerSchedule)
				in.Schedule.Cron = c.cron
				tr, err := k.Work.CreateTrigger(k.Ctx(), in)
				must(k, err)
				due(k, tr.ID, c.ago)
				must(k, second(k.Work.FireDue(context.Background())))
				list := history(k, tr.ID)
				if len(list) != 1 || list[0].Outcome != c.want || list[0].Missed != c.missed {
					t.Errorf("%+v", list)
				}
				if n, err := k.Work.FireDue(context.Background()); err != nil || n != 0 {
					t.Errorf("fired again: %d, %v", n, err)
				}
			})
		})
	}
}

func TestOverlap(t *testing.T) {
	cfg := config(t)
	cfg.Templates = []domain.Template{scriptedTemplate(step{Key: "a"})}
	enginetest.Each(t, cfg, func(k *enginetest.Kit) {
		skips := onEvent(k, nil)
		queues := onEvent(k, func(in *work.CreateTrigger) { in.Overlap = pointer(domain.OverlapQueue) })
		consume(k)
		send(k, `{"n":1}`)
		outcomes(k, skips.ID, domain.FiringFired)
		outcomes(k, queues.ID, domain.FiringFired)
		for _, n := range []string{`{"n":2}`, `{"n":3}`} {
			send(k, n)
		}
		first := outcomes(k, skips.ID, domain.FiringFired, domain.FiringStillRunning, domain.FiringStillRunning)
		if first[1].ExecutionID != first[0].ExecutionID || first[1].ExecutionID == 0 {
			t.Errorf("skipped for execution %d, not %d", first[1].ExecutionID, first[0].ExecutionID)
		}
		list := outcomes(k, queues.ID, domain.FiringFired, domain.FiringReplaced, domain.FiringWaiting)
		must(k, second(k.Work.Cancel(k.Ctx(), verb.ID{ID: list[0].ExecutionID})))
		list = outcomes(k, queues.ID, domain.FiringFired, domain.FiringReplaced, domain.FiringFired)
		x, err := k.Store.Read().ExecutionForWork(context.Background(), list[2].ExecutionID)
		must(k, err)
		if !strings.Contains(string(x.Cause.Event), `"n":3`) {
			t.Errorf("it began with %s", x.Cause.Event)
		}
	})
}

func TestFilterAndFolding(t *testing.T) {
	cfg := config(t)
	cfg.Templates = []domain.Template{scriptedTemplate(step{Key: "a"})}
	enginetest.Each(t, cfg, func(k *enginetest.Kit) {
		tr := onEvent(k, func(in *work.CreateTrigger) {
			in.Event.Filter = `event.amount >= 100 and event.source == "api"`
			in.Inputs = json.RawMessage(`{"topic":"{{ event.company }} won","count":"{{ event.amount }}"}`)
		})
		consume(k)
		for range 30 {
			send(k, `{"amount":5}`)
		}
		enginetest.Eventually(t, func() string {
			if l := history(k, tr.ID); len(l) == 1 && l[0].Count == 30 && strings.Contains(l[0].Reason, "filter is false") {
				return ""
			}
			return fmt.Sprintf("%+v", history(k, tr.ID))
		})
		send(k, `{"amount":100,"company":"Acme"}`)
		send(k, `{"company":"Acme"}`)
		list := outcomes(k, tr.ID, domain.FiringFiltered, domain.FiringFired, domain.FiringFilterError)
		x, err := k.Store.Read().ExecutionForWork(context.Background(), list[1].ExecutionID)
		must(k, err)
		if got := string(x.Settings); got != `{"count":100,"topic":"Acme won"}` {
			t.Errorf("inputs %s", got)
		}
		must(k, second(k.Work.Cancel(k.Ctx(), verb.ID{ID: x.ID})))
		send(k, `{"amount":100}`) // the input company is undefined
		list = outcomes(k, tr.ID, domain.FiringFiltered, domain.FiringFired, domain.FiringFilterError, domain.FiringRefused)
		if !strings.Contains(list[3].Reason, "topic") {
			t.Errorf("refused: %s", list[3].Reason)
		}
	})
}

// An execution's own events do not fire its trigger, and a chain of triggers ends.
func TestLoopsEnd(t *testing.T) {
	cfg := enginetest.Config{Templates: []domain.Template{scriptedTemplate(step{Key: "a", Do: "item"})}}
	enginetest.Each(t, cfg, func(k *enginetest.Kit) {
		var ids []int64
		for range 2 { // each fires on what the executions of the other do
			ids = append(ids, onEvent(k, func(in *work.CreateTrigger) { in.Event.Name = domain.EventExecutionCompleted }).ID)
		}
		consume(k)
		k.Ended(k.Run(step{Key: "a"}).ID, domain.ExecutionCompleted)
		deep := func(id int64) (n int) {
			for _, f := range history(k, id) {
				if f.Outcome == domain.FiringTooDeep {
					n++
				}
			}
			return n
		}
		enginetest.Eventually(t, func() string {
			open := k.Count("select count(*) from execution where completed_at = 0") +
				k.Count("select count(*) from firing where outcome in ('pending', 'waiting')")
			if open == 0 && deep(ids[0])+deep(ids[1]) > 0 {
				return ""
			}
			return "the chain goes on"
		})
		if n := k.Count("select max(trigger_depth) from execution"); n != domain.MostTriggerDepth {
			t.Errorf("the chain has %d links", n)
		}
		if n := k.Count("select count(*) from firing where outcome = 'own_execution'"); n == 0 {
			t.Error("no trigger has seen an event of its own execution")
		}
	})
}

func TestATriggerPausesItselfAfterFailuresInARow(t *testing.T) {
	cfg := enginetest.Config{Templates: []domain.Template{scriptedTemplate(step{Key: "a", Do: "refuse"})}}
	enginetest.Each(t, cfg, func(k *enginetest.Kit) {
		tr := onEvent(k, func(in *work.CreateTrigger) { in.Overlap = pointer(domain.OverlapQueue) })
		consume(k)
		for n := range domain.MostTriggerFails {
			send(k, fmt.Sprintf(`{"n":%d}`, n))
			enginetest.Eventually(t, func() string {
				got, err := k.Work.Trigger(k.Ctx(), tr.ID)
				if err != nil || got.Failures != n+1 {
					return fmt.Sprintf("%d failures, %v", got.Failures, err)
				}
				return ""
			})
		}
		got, err := k.Work.Trigger(k.Ctx(), tr.ID)
		must(k, err)
		if got.Enabled || !strings.Contains(got.Error, "failed") {
			t.Errorf("%+v", got)
		}
		if n := k.Count("select count(*) from event where name = 'trigger.failed'"); n != 1 {
			t.Errorf("%d events trigger.failed", n)
		}
		got, err = k.Work.ToggleTrigger(k.Ctx(), work.ToggleTrigger{ID: tr.ID})
		must(k, err)
		if !got.Enabled || got.Failures != 0 || got.Error != "" {
			t.Errorf("switched on: %+v", got)
		}
	})
}

func TestEverythingWrongWithATriggerComesBackAtOnce(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		slug := ownTemplate(k)
		for _, c := range []struct {
			name string
			in   work.CreateTrigger
			want map[string]string
		}{
			{"a schedule", work.CreateTrigger{Type: domain.TriggerSchedule, TriggerEdit: work.TriggerEdit{
				Name: pointer(""), Schedule: &work.TriggerSchedule{Cron: "61 9 * * *", Timezone: "Mars/Olympus"},
				Template: pointer("nothing"), Overlap: pointer(domain.Overlap("both")),
			}}, map[string]string{
				"name": "is required", "schedule.timezone": "Europe/Berlin", "template": "does not exist", "overlap": "skip or queue",
			}},
			{"a cron expression", work.CreateTrigger{Type: domain.TriggerSchedule, TriggerEdit: work.TriggerEdit{
				Name: pointer("x"), Schedule: &work.TriggerSchedule{Cron: "61 9 * * *"}, Template: &slug,
				Inputs: json.RawMessage(`{"topic":7,"colour":"{{ event.colour }}"}`),
			}}, map[string]string{"schedule.cron": "wrong minute", "inputs.topic": "text", "inputs.colour": "colour"}},
			{"an event", work.CreateTrigger{Type: domain.TriggerEvent, TriggerEdit: work.TriggerEdit{
				Name: pointer("x"), Event: &work.TriggerEvent{Name: "content.publishd", Filter: "{{ event.x }}"}, Template: &slug,
				Schedule: &work.TriggerSchedule{Cron: "0 9 * * *"}, Inputs: json.RawMessage(`{"topic":"{{ steps.a.output }}"}`),
			}}, map[string]string{
				"event.name": "content.published", "event.filter": "without {{", "schedule": "conflicts", "inputs.topic": "step",
			}},
			{"nothing at all", work.CreateTrigger{}, map[string]string{"name": "required", "type": "required", "template": "required"}},
		} {
			_, err := k.Work.CreateTrigger(k.Ctx(), c.in)
			fields := domain.AsError(err).Fields
			for path, want := range c.want {
				if !strings.Contains(strings.Join(fields[path], " "), want) {
					t.Errorf("%s: %s is %q, not %q", c.name, path, fields[path], want)
				}
			}
			if len(fields) != len(c.want) {
				t.Errorf("%s: %v", c.name, fields)
			}
		}
	})
}

// A caller who may not do what a template does cannot make a trigger do it, nor take over
// one that does.
func TestATriggerLendsNobodyRights(t *testing.T) {
	cfg := config(t)
	cfg.Templates = []domain.Template{scriptedTemplate(step{Key: "a"}), publishing()}
	enginetest.Each(t, cfg, func(k *enginetest.Kit) {
		editor := enginetest.As(k.Ours.ID, domain.RoleEditor)
		in := newTrigger(k, domain.TriggerSchedule)
		in.Template = pointer("publishing")
		if _, err := k.Work.CreateTrigger(editor, in); domain.CodeOf(err) != domain.CodeForbidden {
			t.Errorf("an editor created a trigger that publishes: %v", err)
		}
		tr, err := k.Work.CreateTrigger(k.Ctx(), in)
		must(k, err)
		_, err = k.Work.EditTrigger(editor, work.EditTrigger{ID: tr.ID, TriggerEdit: work.TriggerEdit{
			Inputs: json.RawMessage(`{"topic":"Mine"}`),
		}})
		if domain.CodeOf(err) != domain.CodeForbidden {
			t.Errorf("an editor changed what it publishes: %v", err)
		}
		if _, err := k.Work.FireTrigger(editor, work.FireTrigger{ID: tr.ID}); domain.CodeOf(err) != domain.CodeForbidden {
			t.Errorf("an editor fired it: %v", err)
		}
		admin := enginetest.As(k.Ours.ID, domain.RoleAdmin)
		got, err := k.Work.EditTrigger(admin, work.EditTrigger{ID: tr.ID, TriggerEdit: work.TriggerEdit{
			Inputs: json.RawMessage(`{"topic":"Mine"}`),
		}})
		must(k, err)
		if a, _ := domain.ActorFrom(admin); got.Owner != a.Starter() {
			t.Errorf("owned by %+v", got.Owner)
		}
	})
}

// publishing is a template whose capability publishes.
func publishing() domain.Template {
	t := scriptedTemplate(step{Key: "a", Do: "publish", Item: 1})
	t.ID, t.Slug = 2, "publishing"
	return t
}

func TestATemplateThatATriggerStartsStays(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		tr := nightly(k)
		err := k.Work.DeleteTemplate(k.Ctx(), work.DeleteTemplate{Ref: tr.Template})
		if domain.CodeOf(err) != domain.CodeConflict || !strings.Contains(err.Error(), "Nightly") {
			t.Errorf("it returned %v", err)
		}
		must(k, k.Work.DeleteTrigger(k.Ctx(), verb.ID{ID: tr.ID}))
		must(k, k.Work.DeleteTemplate(k.Ctx(), work.DeleteTemplate{Ref: tr.Template}))
	})
}

func TestDryRun(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		for n := range 25 {
			send(k, fmt.Sprintf(`{"n":%d}`, n))
		}
		in := newTrigger(k, domain.TriggerEvent)
		in.Event.Filter = "event.n % 2 == 0"
		before := k.Count("select count(*) from execution")
		got, err := k.Work.DryRunTrigger(k.Ctx(), in)
		must(k, err)
		if len(got.Events) != domain.DryRunEvents || !got.Events[0].Fires || got.Events[1].Fires ||
			!strings.Contains(got.Events[1].Reason, "filter is false") {
			t.Errorf("%+v", got.Events)
		}
		if n := k.Count("select count(*) from execution") - before; n != 0 {
			t.Errorf("it started %d executions", n)
		}
		got, err = k.Work.DryRunTrigger(k.Ctx(), newTrigger(k, domain.TriggerSchedule))
		if err != nil || got.Sentence != "At 03:00, every day" || len(got.Next) != 5 || got.Next[0].Hour() != 3 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

// What a caller sends under a name of the catalogue reaches triggers alone.
func TestASentEventIsNobodysButTriggers(t *testing.T) {
	cfg := config(t)
	cfg.Templates = []domain.Template{scriptedTemplate(step{Key: "a"})}
	enginetest.Each(t, cfg, func(k *enginetest.Kit) {
		tr := onEvent(k, func(in *work.CreateTrigger) { in.Event.Name = domain.EventCreditsLow })
		consume(k)
		sent, err := k.Work.SendEvent(k.Ctx(), work.SendEvent{Name: domain.EventCreditsLow})
		if err != nil || sent.Triggers != 1 {
			t.Fatalf("%+v, %v", sent, err)
		}
		outcomes(k, tr.ID, domain.FiringFired)
		if n := k.Count("select count(*) from event where name = 'credits.low'"); n != 0 {
			t.Errorf("%d events credits.low", n)
		}
		for _, name := range []domain.EventName{"", "Deal", "deal", "content.x", "event.received", "a..b"} {
			if _, err := k.Work.SendEvent(k.Ctx(), work.SendEvent{Name: name}); domain.CodeOf(err) != domain.CodeValidation {
				t.Errorf("%q: %v", name, err)
			}
		}
	})
}

// Each event about listings, deals, AWS, the calendar and campaigns fires triggers, which see its payload.
func TestEventsOfPartnersAndTheCalendarFireTriggers(t *testing.T) {
	cfg := config(t)
	cfg.Templates = []domain.Template{scriptedTemplate(step{Key: "a"})}
	enginetest.Each(t, cfg, func(k *enginetest.Kit) {
		nouns, triggers := map[string]int{}, map[domain.EventName]int64{}
		for _, x := range domain.EventTypes() {
			noun, _, _ := strings.Cut(string(x.Name), ".")
			if !slices.Contains([]string{"listing", "cosell", "aws", "event", "campaign"}, noun) ||
				x.Name == domain.EventReceived || triggers[x.Name] != 0 {
				continue
			}
			nouns[noun]++
			payload, err := json.Marshal(x.Example)
			must(k, err)
			var fields map[string]json.RawMessage
			must(k, json.Unmarshal(payload, &fields))
			first := slices.Sorted(maps.Keys(fields))[0]
			triggers[x.Name] = onEvent(k, func(in *work.CreateTrigger) {
				in.Event.Name = x.Name
				in.Event.Filter = "event." + first + " != nil"
				in.Inputs = json.RawMessage(`{"topic":"{{ event.name }}"}`)
			}).ID
			must(k, k.Store.InTx(k.Ctx(), func(tx *store.Tx) error {
				return tx.AppendEvent(k.Ctx(), domain.Subject{WorkspaceID: k.Ours.ID}, x.Example)
			}))
		}
		for _, noun := range []string{"listing", "cosell", "aws", "event", "campaign"} {
			if nouns[noun] < 3 {
				k.T.Errorf("%d events of %s", nouns[noun], noun)
			}
		}
		consume(k)
		for name, id := range triggers {
			if got := outcomes(k, id, domain.FiringFired); got[0].ExecutionID == 0 {
				k.T.Errorf("%s: %+v", name, got[0])
			}
		}
	})
}

// A trigger that is broken holds up no other, nor an event for them.
func TestABadTriggerHoldsUpNoOther(t *testing.T) {
	cfg := config(t)
	cfg.Templates = []domain.Template{scriptedTemplate(step{Key: "a"})}
	enginetest.Each(t, cfg, func(k *enginetest.Kit) {
		bad, good := onEvent(k, nil), onEvent(k, nil)
		k.Exec("update workflow_trigger set filter = 'event.(' where id = $1", bad.ID)
		consume(k)
		send(k, `{}`)
		outcomes(k, bad.ID, domain.FiringRefused)
		outcomes(k, good.ID, domain.FiringFired)
		sick, well := nightly(k), nightly(k)
		k.Exec("update workflow_trigger set cron = 'never' where id = $1", sick.ID)
		due(k, sick.ID, time.Minute)
		due(k, well.ID, time.Minute)
		must(k, second(k.Work.FireDue(context.Background())))
		outcomes(k, sick.ID, domain.FiringRefused)
		outcomes(k, well.ID, domain.FiringFired)
		if n, err := k.Work.FireDue(context.Background()); err != nil || n != 0 {
			t.Errorf("fired again: %d, %v", n, err)
		}
	})
}

// The clock costs next to nothing while no trigger is due.
func TestAThousandTriggersCostTheClockLittle(t *testing.T) {
	cfg := config(t)
	cfg.Templates = []domain.Template{scriptedTemplate(step{Key: "a"})}
	enginetest.Each(t, cfg, func(k *enginetest.Kit) {
		tr := nightly(k)
		k.Do(func(ctx context.Context, tx *store.Tx) error {
			for range 999 {
				if _, err := tx.CreateTrigger(ctx, tr.Trigger); err != nil {
					return err
				}
			}
			return nil
		})
		least := time.Hour
		for range 20 {
			began := time.Now()
			n, err := k.Work.FireDue(context.Background())
			least = min(least, time.Since(began))
			if n != 0 || err != nil {
				t.Fatalf("%d fired, %v", n, err)
			}
		}
		t.Logf("1,000 triggers that are not due: %s", least)
		if least > 5*time.Millisecond {
			t.Errorf("the clock takes %s", least)
		}
		if _, err := k.Work.CreateTrigger(k.Ctx(), newTrigger(k, domain.TriggerSchedule)); domain.CodeOf(
			err,
		) != domain.CodeConflict {
			t.Errorf("one more: %v", err)
		}
	})
}

// One question answers for a whole list, and only about the triggers of the caller's workspace.
func TestTheLastFiringsOfTriggers(t *testing.T) {
	cfg := config(t)
	cfg.Templates = []domain.Template{scriptedTemplate(step{Key: "a"})}
	enginetest.Each(t, cfg, func(k *enginetest.Kit) {
		quiet, first, second := nightly(k), onEvent(k, nil), onEvent(k, nil)
		for range 2 {
			_, err := k.Work.FireTrigger(k.Ctx(), work.FireTrigger{ID: first.ID})
			must(k, err)
		}
		fired, err := k.Work.FireTrigger(k.Ctx(), work.FireTrigger{ID: second.ID})
		must(k, err)
		last, err := k.Work.LastFirings(k.Ctx(), []int64{quiet.ID, first.ID, second.ID, 9999})
		must(k, err)
		history, err := k.Work.Firings(k.Ctx(), first.ID, domain.Page{Number: 1, Size: 1})
		must(k, err)
		if len(last) != 2 || last[first.ID].ID != history.Items[0].ID || last[second.ID].ID != fired.ID {
			t.Errorf("%+v", last)
		}
		if none, err := k.Work.LastFirings(k.Ctx(), nil); err != nil || len(none) != 0 {
			t.Errorf("of none: %+v, %v", none, err)
		}
	})
}
