package work_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/work"
)

// remote is an external agent that says for which step it writes.
func remote(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Step       string `json:"step"`
			Capability string `json:"capability"`
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || r.Header.Get("Webhook-Signature") == "" {
			http.Error(w, "no", http.StatusBadRequest)
			return
		}
		_, _ = io.WriteString(w, `{"text":"Written far away for `+in.Capability+" "+in.Step+`.","cost":0.25}`) // read or not
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func external(k *enginetest.Kit, name, url, capability string) domain.Agent {
	k.T.Helper()
	a, err := k.Content.CreateAgent(k.Ctx(), content.CreateAgent{
		Name: name, Type: domain.AgentExternal,
		AgentEdit: domain.AgentEdit{URL: &url, Capabilities: &[]string{capability}},
	})
	must(k, err)
	return a.Agent
}

// TestAnExternalAgentWrites: an execution that goes to one has its texts, its name in the
// record, and is charged like any that a model writes.
func TestAnExternalAgentWrites(t *testing.T) {
	url := remote(t)
	enginetest.Each(t, enginetest.Config{}, func(k *enginetest.Kit) {
		agent := external(k, "Far writer", url, enginetest.Slug)
		x := k.Ended(k.Run(enginetest.Step{Key: "a", Do: "text", Credits: 2}).ID, domain.ExecutionCompleted)
		want := domain.Origin{Kind: domain.OriginModel, Provider: "external", Model: "Far writer", AI: true}
		if x.Origin != want || x.AgentID != agent.ID || x.CreditsUsed != 2 || x.Cost.MicroUSD != 250_000 {
			t.Errorf("origin %+v, agent %d, %d credits, cost %+v", x.Origin, x.AgentID, x.CreditsUsed, x.Cost)
		}
		d, err := k.Work.Execution(k.Ctx(), x.ID)
		must(k, err)
		if s := d.Steps[0]; s.Provider != "external" || s.Model != "Far writer" ||
			string(s.Output) != `"Written far away for scripted a."` {
			t.Errorf("%+v %s", s, s.Output)
		}
		k.Credits()
	})
}

// TestAPartGoesToItsExternalAgentAlone: in a template each agent writes its own part.
func TestAPartGoesToItsExternalAgentAlone(t *testing.T) {
	url := remote(t)
	both := shipped()
	both.Steps[0].Settings = json.RawMessage(`{"steps":[{"key":"here","do":"text"}]}`)
	both.Steps = append(both.Steps, domain.TemplateStep{
		Key: "second", Capability: "another", DependsOn: []string{"only"},
		Settings: json.RawMessage(`{"steps":[{"key":"there","do":"text"}]}`),
	})
	config := enginetest.Config{
		Capabilities: []capability.Capability{enginetest.Another("another")}, Templates: []domain.Template{both},
	}
	enginetest.Each(t, config, func(k *enginetest.Kit) {
		k.Exec(`update agent set body = '{"capabilities":["scripted"]}' where workspace_id = $1`, k.Ours.ID)
		external(k, "Far writer", url, "another")
		started, err := k.Work.ExecuteTemplate(k.Ctx(), work.ExecuteTemplate{Template: "shipped"})
		must(k, err)
		k.Ended(started.Execution.ID, domain.ExecutionCompleted)
		d, err := k.Work.Execution(k.Ctx(), started.Execution.ID)
		must(k, err)
		by := map[string]domain.StepResult{}
		for _, s := range d.Steps {
			by[s.Key] = s
		}
		if s := by["only.here"]; s.Provider != "composer" || strings.Contains(string(s.Output), "far away") {
			t.Errorf("the lead's part: %s %s", s.Provider, s.Output)
		}
		s := by["second.there"]
		if s.Provider != "external" || string(s.Output) != `"Written far away for another second.there."` {
			t.Errorf("the external agent's part: %s %s", s.Provider, s.Output)
		}
	})
}

// TestOnlyAdminsSendTextsAway: an editor may make agents, but none outside, and moves none.
func TestOnlyAdminsSendTextsAway(t *testing.T) {
	url := remote(t)
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		agent := external(k, "Far writer", url, enginetest.Slug)
		editor := enginetest.As(k.Ours.ID, domain.RoleEditor)
		other := url + "/other"
		_, create := k.Content.CreateAgent(editor, content.CreateAgent{
			Name: "B", Type: domain.AgentExternal,
			AgentEdit: domain.AgentEdit{URL: &url, Capabilities: &[]string{enginetest.Slug}},
		})
		_, move := k.Content.EditAgent(editor, content.EditAgent{ID: agent.ID, AgentEdit: domain.AgentEdit{URL: &other}})
		for what, err := range map[string]error{"create": create, "move": move} {
			if domain.CodeOf(err) != domain.CodeForbidden {
				t.Errorf("%s: %v", what, err)
			}
		}
		_, err := k.Content.EditAgent(editor, content.EditAgent{
			ID: agent.ID, AgentEdit: domain.AgentEdit{IsActive: new(false)},
		})
		must(k, err)
	})
}
