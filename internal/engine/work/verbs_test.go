package work_test

import (
	"context"
	"reflect"
	"testing"
	"time"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/work"
	"vellocity/internal/verb"
)

type step = enginetest.Step

// verbs has a method for each noun of the area: its verbs, what each takes, whether it
// appends an event, and how it is called.
type verbs struct{}

type (
	K = *enginetest.Kit
	C = context.Context
	X = enginetest.Things
)

func changes(byID bool, call func(k K, ctx C, x X) error) enginetest.Verb {
	return enginetest.Verb{Scope: domain.ScopeContent, Event: true, ByID: byID, Call: call}
}

func (verbs) Capabilities() enginetest.Verbs {
	return enginetest.Verbs{
		"AllCapabilities": {Open: true},
		"Capabilities": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Work.Capabilities(ctx, work.ListCapabilities{}))
		}),
		"Capability": enginetest.Read(func(k K, ctx C, _ X) error { return second(k.Work.Capability(ctx, enginetest.Slug)) }),
		"Execute": changes(false, func(k K, ctx C, _ X) error {
			return second(k.Execute(ctx, step{Key: "a", Credits: 1}))
		}),
		"PlanCapability": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Work.PlanCapability(ctx, work.Execute{
				Capability: enginetest.Slug, Settings: enginetest.Settings(step{Key: "a"}),
			}))
		}),
		"CheckSettings": {Open: true},
		"Sample":        {Open: true},
	}
}

func (verbs) Executions() enginetest.Verbs {
	return enginetest.Verbs{
		"Executions": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Work.Executions(ctx, work.ListExecutions{Page: enginetest.FirstPage()}))
		}),
		"ExecutionCounts": enginetest.Read(func(k K, ctx C, _ X) error { return second(k.Work.ExecutionCounts(ctx)) }),
		"Execution":       enginetest.ReadByID(func(k K, ctx C, x X) error { return second(k.Work.Execution(ctx, x.Open)) }),
		"WaitExecution": enginetest.ReadByID(func(k K, ctx C, x X) error {
			return second(k.Work.WaitExecution(ctx, x.Open, time.Millisecond))
		}),
		"Assets":          enginetest.ReadByID(func(k K, ctx C, x X) error { return second(k.Work.Assets(ctx, x.Open)) }),
		"Attempts":        enginetest.ReadByID(func(k K, ctx C, x X) error { return second(k.Work.Attempts(ctx, x.Open)) }),
		"ExecutionEvents": enginetest.ReadByID(func(k K, ctx C, x X) error { return second(k.Work.ExecutionEvents(ctx, x.Open)) }),
		"Cancel": changes(true, func(k K, ctx C, x X) error {
			return second(k.Work.Cancel(ctx, verb.ID{ID: x.Open}))
		}),
		"Retry": changes(true, func(k K, ctx C, x X) error {
			return second(k.Work.Retry(ctx, verb.ID{ID: x.Failed}))
		}),
		"RetryWithin": changes(true, func(k K, ctx C, x X) error {
			return second(k.Work.RetryWithin(ctx, verb.ID{ID: x.Failed}, new(7)))
		}),
		"RedoStep": changes(true, func(k K, ctx C, x X) error {
			return second(k.Work.RedoStep(ctx, work.RedoStep{ID: x.Failed, Step: "a"}))
		}),
		"CompareExecutions": enginetest.ReadByID(func(k K, ctx C, x X) error {
			return second(k.Work.CompareExecutions(ctx, work.CompareExecutions{ID: x.Open, With: x.Open}))
		}),
		"Archive": changes(true, func(k K, ctx C, x X) error {
			return second(k.Work.Archive(ctx, verb.ID{ID: x.Failed}))
		}),
	}
}

func (verbs) Watching() enginetest.Verbs {
	return enginetest.Verbs{
		"WatchExecution": enginetest.ReadByID(func(k K, ctx C, x X) error { return second(k.Work.WatchExecution(ctx, x.Open, "")) }),
		"WatchWorkspace": enginetest.Read(func(k K, ctx C, _ X) error { return second(k.Work.WatchWorkspace(ctx, "")) }),
	}
}

// triggered is a verb about a trigger.
func triggered(event bool, scope domain.Scope, call func(k K, ctx C, x X) error) enginetest.Verb {
	return enginetest.Verb{
		Scope: scope, Event: event, ByID: true, Call: call,
		Make: func(k *enginetest.Kit) int64 { return nightly(k).ID },
	}
}

func (verbs) Triggers() enginetest.Verbs {
	return enginetest.Verbs{
		"FireDue": {Open: true}, "DecideFirings": {Open: true}, "NoteEvents": {Open: true}, "TriggerEvents": {Open: true},
		"FiringsNoted": {Open: true}, "DeleteOldFirings": {Open: true},
		"Triggers": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Work.Triggers(ctx, enginetest.FirstPage()))
		}),
		"Trigger": triggered(false, domain.ScopeRead, func(k K, ctx C, x X) error {
			return second(k.Work.Trigger(ctx, x.Made))
		}),
		"Firings": triggered(false, domain.ScopeRead, func(k K, ctx C, x X) error {
			return second(k.Work.Firings(ctx, x.Made, enginetest.FirstPage()))
		}),
		"LastFirings": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Work.LastFirings(ctx, []int64{1}))
		}),
		"CreateTrigger": {Scope: domain.ScopeWrite, Event: true, Call: func(k K, ctx C, _ X) error {
			return second(k.Work.CreateTrigger(ctx, newTrigger(k, domain.TriggerSchedule)))
		}},
		"EditTrigger": triggered(true, domain.ScopeWrite, func(k K, ctx C, x X) error {
			name := "Renamed"
			return second(k.Work.EditTrigger(ctx, work.EditTrigger{ID: x.Made, TriggerEdit: work.TriggerEdit{Name: &name}}))
		}),
		"ToggleTrigger": triggered(true, domain.ScopeWrite, func(k K, ctx C, x X) error {
			return second(k.Work.ToggleTrigger(ctx, work.ToggleTrigger{ID: x.Made}))
		}),
		"DeleteTrigger": triggered(true, domain.ScopeWrite, func(k K, ctx C, x X) error {
			return k.Work.DeleteTrigger(ctx, verb.ID{ID: x.Made})
		}),
		"FireTrigger": triggered(true, domain.ScopeWrite, func(k K, ctx C, x X) error {
			return second(k.Work.FireTrigger(ctx, work.FireTrigger{ID: x.Made}))
		}),
		"DryRunTrigger": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Work.DryRunTrigger(ctx, newTrigger(k, domain.TriggerEvent)))
		}),
		"TemplateFields": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Work.TemplateFields(ctx, domain.Template{Slug: ownTemplate(k)}))
		}),
		"SendEvent": {Scope: domain.ScopeWrite, Event: true, Call: func(k K, ctx C, _ X) error {
			return second(k.Work.SendEvent(ctx, work.SendEvent{Name: "crm.deal_won"}))
		}},
		// What it prepares asks for the scope; see TestActionsTakeTheScopesOfWhatTheyDo.
		"PrepareLater": {Open: true},
		"CheckLater":   {Open: true},
	}
}

func TestVerbs(t *testing.T) { enginetest.CheckVerbs(t, reflect.TypeFor[*work.Verbs](), verbs{}) }

func TestAnotherWorkspacesAgentsAndItemsCannotBeUsed(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		x := k.Things()
		stranger := enginetest.As(k.Theirs.ID, domain.RoleOwner)
		_, err := k.Work.Execute(stranger, work.Execute{
			Capability: enginetest.Slug,
			AgentID:    x.Agent,
			Settings:   enginetest.Settings(step{Key: "a"}),
		})
		if domain.CodeOf(err) != domain.CodeValidation {
			t.Errorf("another's agent was used: %v", err)
		}
		_, err = k.Work.Execute(stranger, work.Execute{
			Capability: enginetest.Slug,
			Settings:   enginetest.Settings(step{Key: "a", Do: "publish", Item: x.Item}),
		})
		if domain.CodeOf(err) != domain.CodeValidation {
			t.Errorf("another's item was used: %v", err)
		}
		columns, err := k.Content.Board(stranger, content.BoardFilter{ExecutionID: x.Open})
		must(k, err)
		for _, c := range columns {
			if c.Count != 0 {
				t.Errorf("board %+v", c)
			}
		}
	})
}

// A key that can only write may wait for what it starts, in the same call.
func TestACallerMayWaitForWhatItStarts(t *testing.T) {
	enginetest.Each(t, enginetest.Config{}, func(k *enginetest.Kit) {
		writer := domain.WithActor(context.Background(), domain.Actor{
			Kind:        domain.ActorKey,
			Name:        "writer",
			WorkspaceID: k.Ours.ID,
			Role:        domain.RoleOwner,
			Scopes:      []domain.Scope{domain.ScopeContent},
		})
		started, err := k.Work.Execute(writer, work.Execute{
			Capability: enginetest.Slug,
			Settings:   enginetest.Settings(step{Key: "a"}),
			Wait:       20 * time.Second,
		})
		if err != nil || started.Execution.Status != domain.ExecutionCompleted {
			t.Errorf("%s, %v", started.Execution.Status, err)
		}
		_, err = k.Work.WaitExecution(writer, started.Execution.ID, time.Millisecond)
		if domain.CodeOf(err) != domain.CodeForbidden {
			t.Errorf("it may read executions: %v", err)
		}
	})
}

func server(t *testing.T, s aitest.Script) *aitest.Server {
	t.Helper()
	m := aitest.NewServer(s)
	t.Cleanup(m.Close)
	return m
}

func config(t *testing.T) enginetest.Config {
	return enginetest.Config{Idle: true, Slots: 1000, Provider: server(t, aitest.Always(aitest.Text("Some ", "words.")))}
}

func second[T any](_ T, err error) error { return err }

func must(k *enginetest.Kit, err error) {
	k.T.Helper()
	if err != nil {
		k.T.Fatal(err)
	}
}
