package work_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/work"
)

// TestAnAgentKeepsToItsCredits starts executions until each limit is reached, over midnight
// in the workspace's time zone.
func TestAnAgentKeepsToItsCredits(t *testing.T) {
	m := aitest.NewServer(aitest.Always(aitest.Text("Some ", "words.")))
	t.Cleanup(m.Close)
	var now atomic.Pointer[time.Time]
	at := func(s string) {
		moment, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		now.Store(&moment)
	}
	at("2026-03-10T08:30:00Z")
	clock := func() time.Time { return *now.Load() }
	enginetest.Each(t, enginetest.Config{Idle: true, Provider: m, Now: clock}, func(k *enginetest.Kit) {
		at("2026-03-10T08:30:00Z") // 21:30 on the 10th in Auckland
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		_, err := k.Account.UpdateProfile(k.Ctx(), account.UpdateProfile{Timezone: new("Pacific/Auckland")})
		must(err)
		made, err := k.Content.CreateAgent(k.Ctx(), content.CreateAgent{Name: "Thrifty", AgentEdit: domain.AgentEdit{
			Capabilities: &[]string{enginetest.Slug}, MaxCreditsPerExecution: new(4), MaxCreditsPerDay: new(6),
		}})
		must(err)
		thrifty := made.Agent
		run := func(agent int64, credits int) (work.Started, error) {
			return k.Work.Execute(k.Ctx(), work.Execute{
				Capability: enginetest.Slug, AgentID: agent, Settings: enginetest.Settings(enginetest.Step{Key: "a", Credits: credits}),
			})
		}
		refused := func(what string, err error, key string, figures ...any) {
			t.Helper()
			details := domain.AsError(err).Details
			if domain.CodeOf(err) != domain.CodeConflict {
				t.Fatalf("%s: %v", what, err)
			}
			for i := 0; i < len(figures); i += 2 {
				if name, _ := figures[i].(string); details[name] != figures[i+1] {
					t.Errorf("%s (%s): details %v", what, key, details)
				}
			}
		}
		_, err = run(thrifty.ID, 5)
		refused("too much for one", err, "execution", "limit", 4, "required", 5)
		_, err = run(thrifty.ID, 4)
		must(err)
		_, err = run(thrifty.ID, 3)
		refused("too much for the day", err, "day", "limit", 6, "used", 4, "required", 3)
		if n := k.Count("select count(*) from execution"); n != 1 {
			t.Errorf("%d executions; a refused one leaves nothing", n)
		}
		if st, err := run(0, 3); err != nil || st.Agent.Name != "Writer" ||
			!strings.Contains(st.AgentReason, "so it was passed over. Writer takes it instead.") ||
			!strings.Contains(st.AgentReason, "Today it has spent 4") {
			t.Errorf("chosen: %q because %q, %v", st.Agent.Name, st.AgentReason, err)
		}
		if st, err := run(0, 2); err != nil || st.Agent.Name != "Thrifty" ||
			st.AgentReason != "Thrifty is the first active agent that lists "+enginetest.Slug+"." {
			t.Errorf("what still fits: %q because %q, %v", st.Agent.Name, st.AgentReason, err)
		}
		at("2026-03-10T10:59:00Z") // a minute before midnight there
		_, err = run(thrifty.ID, 1)
		refused("the same day", err, "day", "used", 6)
		at("2026-03-10T11:01:00Z")
		_, err = run(thrifty.ID, 4)
		must(err)
	})
}

// TestOnlyAnAgentThatMayNotNowIsAnError: without any other, the reason of the first is what
// the caller reads.
func TestOnlyAnAgentThatMayNotNowIsAnError(t *testing.T) {
	m := aitest.NewServer(aitest.Always(aitest.Text("Some ", "words.")))
	t.Cleanup(m.Close)
	enginetest.Each(t, enginetest.Config{Idle: true, Provider: m}, func(k *enginetest.Kit) {
		l, err := k.Content.Agents(k.Ctx(), content.ListAgents{Page: enginetest.FirstPage()})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := k.Content.EditAgent(k.Ctx(), content.EditAgent{
			ID: l.Items[0].ID, AgentEdit: domain.AgentEdit{MaxCreditsPerExecution: new(2)},
		}); err != nil {
			t.Fatal(err)
		}
		_, err = k.Execute(k.Ctx(), enginetest.Step{Key: "a", Credits: 3})
		if domain.CodeOf(err) != domain.CodeConflict || domain.AsError(err).Details["limit"] != 2 {
			t.Errorf("%v", err)
		}
	})
}
