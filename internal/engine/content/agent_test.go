package content_test

import (
	"slices"
	"strings"
	"testing"

	"vellocity/internal/ai"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/verb"
)

// TestAnAgentFromItsCreationToItsEnd creates, changes and deletes an agent.
func TestAnAgentFromItsCreationToItsEnd(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		made, err := k.Content.CreateAgent(k.Ctx(), content.CreateAgent{Name: "Launch writer", AgentEdit: domain.AgentEdit{
			Capabilities: &[]string{enginetest.Slug}, Provider: new("scripted"), Model: new("scripted-2"),
			GuardrailPolicy: domain.GuardrailPolicy{"secrets": "block"}, MaxCreditsPerDay: new(20),
		}})
		must(k, err)
		a := made.Agent
		if made.Secret != "" || a.Type != domain.AgentCustom || !a.IsActive || a.Version != 1 {
			t.Errorf("created %+v", a)
		}
		a, err = k.Content.EditAgent(k.Ctx(), content.EditAgent{ID: a.ID, AgentEdit: domain.AgentEdit{
			MaxCreditsPerDay: new(0), GuardrailPolicy: domain.GuardrailPolicy{}, IsActive: new(false),
		}})
		must(k, err)
		read, err := k.Content.Agent(k.Ctx(), a.ID)
		must(k, err)
		if read.Version != 2 || read.MaxCreditsPerDay != 0 || len(read.GuardrailPolicy) != 0 || read.IsActive ||
			read.Model != "scripted-2" {
			t.Errorf("changed to %+v", read)
		}
		if same, err := k.Content.EditAgent(k.Ctx(), content.EditAgent{
			ID: a.ID, AgentEdit: domain.AgentEdit{IsActive: new(false)},
		}); err != nil || same.Version != 2 {
			t.Errorf("an edit that changes nothing makes version %d, %v", same.Version, err)
		}
		must(k, k.Content.DeleteAgent(k.Ctx(), verb.ID{ID: a.ID}))
		if _, err := k.Content.Agent(k.Ctx(), a.ID); domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("it is deleted: %v", err)
		}
		l, err := k.Content.Agents(k.Ctx(), content.ListAgents{Page: enginetest.FirstPage()})
		must(k, err)
		if l.Total != 1 {
			t.Errorf("%d agents are left", l.Total)
		}
		shipped := l.Items[0]
		err = k.Content.DeleteAgent(k.Ctx(), verb.ID{ID: shipped.ID})
		if domain.CodeOf(err) != domain.CodeConflict || !strings.Contains(err.Error(), "ships with Vellocity") {
			t.Errorf("an agent that ships with Vellocity: %v", err)
		}
		must(k, second(k.Content.EditAgent(k.Ctx(), content.EditAgent{
			ID: shipped.ID, AgentEdit: domain.AgentEdit{IsActive: new(false)},
		})))
	})
}

// TestFaultsOfAnAgent looks for each fault at its path.
func TestFaultsOfAnAgent(t *testing.T) {
	for name, tc := range map[string]struct {
		in   content.CreateAgent
		want []string
		says string
	}{
		"internal": {content.CreateAgent{Type: domain.AgentInternal}, []string{"type"}, "ship with Vellocity"},
		"external without all that it needs": {content.CreateAgent{Type: domain.AgentExternal},
			[]string{"capabilities", "url"}, ""},
		"external with a model": {content.CreateAgent{Type: domain.AgentExternal, AgentEdit: domain.AgentEdit{
			Capabilities: &[]string{enginetest.Slug}, Model: new("m"), URL: new("ftp://a.test"), TimeoutSeconds: new(301),
		}}, []string{"provider", "timeout_seconds", "url"}, ""},
		"custom with an address": {content.CreateAgent{AgentEdit: domain.AgentEdit{
			URL: new("https://a.test"), TimeoutSeconds: new(60),
		}}, []string{"timeout_seconds", "url"}, "Only an external agent"},
		"no type": {content.CreateAgent{Type: "robot"}, []string{"type"}, "must be one of"},
		"capabilities": {content.CreateAgent{AgentEdit: domain.AgentEdit{
			Capabilities: &[]string{"scripte", "", enginetest.Slug, enginetest.Slug},
		}}, []string{"capabilities.0", "capabilities.1", "capabilities.3"}, "did you mean"},
		"provider": {content.CreateAgent{AgentEdit: domain.AgentEdit{Provider: new("openai")}}, []string{"provider"},
			"must be one of scripted"},
		"a model of none": {content.CreateAgent{AgentEdit: domain.AgentEdit{Model: new("gpt")}}, []string{"provider"},
			"required beside a model"},
		"policy": {content.CreateAgent{AgentEdit: domain.AgentEdit{
			GuardrailPolicy: domain.GuardrailPolicy{"secret": "block", "profanity": "off"},
		}}, []string{"guardrail_policy", "guardrail_policy.profanity"}, ""},
		"brand voice and limits": {content.CreateAgent{AgentEdit: domain.AgentEdit{
			BrandVoiceID: new(int64(999)), MaxCreditsPerDay: new(-1), MaxCreditsPerExecution: new(2_000_000_000),
		}}, []string{"brand_voice_id", "max_credits_per_day", "max_credits_per_execution"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			k := kit(t)
			tc.in.Name = "A"
			_, err := k.Content.CreateAgent(k.Ctx(), tc.in)
			if got := faulty(err); !slices.Equal(got, tc.want) || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("faults at %q, want %q: %v", got, tc.want, err)
			}
		})
	}
}

// TestAnAgentWhoseProviderIsGoneCanBeSwitchedOff edits what is not wrong by itself.
func TestAnAgentWhoseProviderIsGoneCanBeSwitchedOff(t *testing.T) {
	k := kit(t)
	a, err := k.Content.CreateAgent(k.Ctx(), content.CreateAgent{
		Name: "A", AgentEdit: domain.AgentEdit{Provider: new("scripted")},
	})
	must(k, err)
	k.Providers.Use([]ai.Connection{})
	must(k, second(k.Content.EditAgent(k.Ctx(), content.EditAgent{
		ID: a.Agent.ID, AgentEdit: domain.AgentEdit{IsActive: new(false)},
	})))
	_, err = k.Content.EditAgent(k.Ctx(), content.EditAgent{ID: a.Agent.ID, AgentEdit: domain.AgentEdit{Model: new("m")}})
	if got := faulty(err); !slices.Equal(got, []string{"provider"}) || !strings.Contains(err.Error(), "has no provider") {
		t.Errorf("another model: %v", err)
	}
}

// TestAWorkspaceHasAMostOfBoth fills a workspace.
func TestAWorkspaceHasAMostOfBoth(t *testing.T) {
	k := kit(t)
	var err error
	for range domain.MostAgents {
		_, err = k.Content.CreateAgent(k.Ctx(), content.CreateAgent{Name: "A"})
	}
	if domain.CodeOf(err) != domain.CodeConflict || !strings.Contains(err.Error(), "at most 200 agents") {
		t.Errorf("agents: %v", err)
	}
	for range domain.MostBrandVoices {
		_, err = k.Content.CreateBrandVoice(k.Ctx(), content.CreateBrandVoice{Name: "V"})
	}
	if domain.CodeOf(err) != domain.CodeConflict || !strings.Contains(err.Error(), "at most 200 brand voices") {
		t.Errorf("brand voices: %v", err)
	}
}
