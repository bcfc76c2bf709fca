package work_test

import (
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/work"
	"vellocity/internal/verb"
)

// What is run again is carried out by its own agent, or by one that is chosen where that was
// deleted; the answer says so. An agent that was switched off is not replaced: it may be
// switched on again.
func TestRunningAgainAfterTheAgentWasDeleted(t *testing.T) {
	busy := config(t)
	busy.Idle = false
	enginetest.Each(t, busy, func(k *enginetest.Kit) {
		old, err := k.Content.CreateAgent(k.Ctx(), content.CreateAgent{Name: "Old hand", AgentEdit: domain.AgentEdit{
			Capabilities: &[]string{enginetest.Slug},
		}})
		must(k, err)
		st, err := k.Work.Execute(k.Ctx(), work.Execute{
			Capability: enginetest.Slug, AgentID: old.Agent.ID,
			Settings: enginetest.Settings(
				enginetest.Step{Key: "a"}, enginetest.Step{Key: "b", After: []string{"a"}, Do: "refuse"},
			),
		})
		must(k, err)
		id := st.Execution.ID
		k.Ended(id, domain.ExecutionFailed)
		again := map[string]func() (work.Started, error){
			"retry": func() (work.Started, error) { return k.Work.Retry(k.Ctx(), verb.ID{ID: id}) },
			"redo": func() (work.Started, error) {
				return k.Work.RedoStep(k.Ctx(), work.RedoStep{ID: id, Step: "a"})
			},
		}
		each := func(what string, check func(st work.Started, err error) bool) {
			t.Helper()
			for name, call := range again {
				st, err := call()
				if !check(st, err) {
					t.Errorf("%s, %s: agent %d, %q, %v", name, what, st.Agent.ID, st.AgentReason, err)
				}
				if err == nil {
					k.Await(st.Execution.ID, "ended", func(x domain.Execution) bool { return x.Status.Ended() })
				}
			}
		}
		each("there", func(st work.Started, err error) bool { return err == nil && st.Agent.ID == old.Agent.ID })
		off := domain.AgentEdit{IsActive: new(false)}
		must(k, second(k.Content.EditAgent(k.Ctx(), content.EditAgent{ID: old.Agent.ID, AgentEdit: off})))
		each("switched off", func(_ work.Started, err error) bool {
			why := strings.Join(domain.AsError(err).Fields["agent_id"], "")
			return domain.CodeOf(err) == domain.CodeValidation && strings.Contains(why, "switched off")
		})
		must(k, k.Content.DeleteAgent(k.Ctx(), verb.ID{ID: old.Agent.ID}))
		each("deleted", func(st work.Started, err error) bool {
			return err == nil && st.Agent.ID != old.Agent.ID && st.Execution.AgentID == st.Agent.ID &&
				strings.HasPrefix(st.AgentReason, "Old hand, the agent of execution ") &&
				strings.Contains(st.AgentReason, "was deleted. ") && strings.Contains(st.AgentReason, st.Agent.Name)
		})
	})
}
