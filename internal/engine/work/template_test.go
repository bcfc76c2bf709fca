package work_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/work"
	"vellocity/internal/store"
	"vellocity/internal/template"
	"vellocity/internal/verb"
)

func (verbs) Templates() enginetest.Verbs {
	created := func(k K) int64 { return create(k, "made").ID }
	ref := func(x X) string { return strconv.FormatInt(x.Made, 10) }
	by := func(scope domain.Scope, event bool, call func(k K, ctx C, ref string) error) enginetest.Verb {
		return enginetest.Verb{Scope: scope, Event: event, ByID: true, Make: created, Call: func(k K, ctx C, x X) error {
			return call(k, ctx, ref(x))
		}}
	}
	return enginetest.Verbs{
		"Templates": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Work.Templates(ctx, work.ListTemplates{}))
		}),
		"GroupedTemplates": enginetest.Read(func(k K, ctx C, _ X) error { return second(k.Work.GroupedTemplates(ctx)) }),
		"SuggestTemplates": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Work.SuggestTemplates(ctx, "a post"))
		}),
		"Template": by(domain.ScopeRead, false, func(k K, ctx C, ref string) error {
			return second(k.Work.Template(ctx, ref))
		}),
		"ValidateTemplate": by(domain.ScopeRead, false, func(k K, ctx C, ref string) error {
			return second(k.Work.ValidateTemplate(ctx, work.ValidateTemplate{Template: ref}))
		}),
		"PlanTemplate": by(domain.ScopeRead, false, func(k K, ctx C, ref string) error {
			return second(k.Work.PlanTemplate(ctx, work.ExecuteTemplate{Template: ref}))
		}),
		"CheckTemplate": enginetest.Read(func(k K, ctx C, _ X) error { return second(k.Work.CheckTemplate(ctx, own("a"))) }),
		"ExecuteTemplate": {
			Scope: domain.ScopeAdmin, Event: true, ByID: true, Make: created, // the scripted capability may publish
			Call: func(k K, ctx C, x X) error {
				return second(k.Work.ExecuteTemplate(ctx, work.ExecuteTemplate{Template: ref(x)}))
			},
		},
		"CreateTemplate": {Scope: domain.ScopeWrite, Event: true, Call: func(k K, ctx C, _ X) error {
			return second(k.Work.CreateTemplate(ctx, own(fmt.Sprintf("t-%d", slugs.Add(1)))))
		}},
		"ReplaceTemplate": by(domain.ScopeWrite, true, func(k K, ctx C, ref string) error {
			return second(k.Work.ReplaceTemplate(ctx, work.ReplaceTemplate{Ref: ref, Template: own("")}))
		}),
		"DeleteTemplate": by(domain.ScopeWrite, true, func(k K, ctx C, ref string) error {
			return k.Work.DeleteTemplate(ctx, work.DeleteTemplate{Ref: ref})
		}),
	}
}

var slugs atomic.Int64

// own is a template whose one step is scripted.
func own(slug string) domain.Template {
	return domain.Template{
		Slug: slug, Name: "Our own", Category: domain.TemplateOther,
		InputSchema: json.RawMessage(`{"type":"object","properties":{"key":{"type":"string","default":"a","maxLength":3},
			"item":{"type":"integer"}}}`),
		Steps: []domain.TemplateStep{{
			Key: "only", Capability: enginetest.Slug,
			Settings: json.RawMessage(`{"steps":[{"key":"{{ inputs.key }}","credits":2,"item":"{{ inputs.item ?? nil }}"}]}`),
		}},
	}
}

// create stores a template under a slug of its own.
func create(k *enginetest.Kit, slug string) work.TemplateDetails {
	k.T.Helper()
	t, err := k.Work.CreateTemplate(k.Ctx(), own(fmt.Sprintf("%s-%d", slug, slugs.Add(1))))
	must(k, err)
	return t
}

func shipped() domain.Template {
	t := own("shipped")
	t.ID, t.IsBuiltin, t.Version = 1, true, 1
	return t
}

func TestOwnTemplates(t *testing.T) {
	c := config(t)
	c.Templates = []domain.Template{shipped()}
	enginetest.Each(t, c, func(k *enginetest.Kit) {
		made := create(k, "made")
		if made.ID < domain.FirstOwnTemplate || made.Version != 1 || made.Credits != 5 || made.IsBuiltin {
			t.Errorf("%+v", made)
		}
		for _, slug := range []string{made.Slug, "shipped"} {
			if _, err := k.Work.CreateTemplate(k.Ctx(), own(slug)); domain.CodeOf(err) != domain.CodeConflict ||
				domain.AsError(err).Fields["slug"] == nil {
				t.Errorf("%s twice: %v", slug, err)
			}
		}
		next := own("another-slug")
		next.Name = "Changed"
		stale := work.ReplaceTemplate{Ref: made.Slug, Template: next, Precondition: verb.Precondition{IfMatch: `"7"`}}
		if _, err := k.Work.ReplaceTemplate(k.Ctx(), stale); domain.CodeOf(err) != domain.CodePreconditionFailed {
			t.Errorf("a stale change: %v", err)
		}
		stale.IfMatch = `"1"`
		changed, err := k.Work.ReplaceTemplate(k.Ctx(), stale)
		if err != nil || changed.Version != 2 || changed.Slug != made.Slug || changed.Name != "Changed" ||
			changed.ID != made.ID {
			t.Errorf("%+v, %v", changed, err)
		}
		for _, ref := range []string{made.Slug, strconv.FormatInt(made.ID, 10)} {
			if got, err := k.Work.Template(k.Ctx(), ref); err != nil || got.Version != 2 ||
				string(got.InputSchema) != string(changed.InputSchema) {
				t.Errorf("%s: %+v, %v", ref, got, err)
			}
		}
		for _, ref := range []string{"shipped", "1"} {
			_, err := k.Work.ReplaceTemplate(k.Ctx(), work.ReplaceTemplate{Ref: ref, Template: next})
			if domain.CodeOf(err) != domain.CodeConflict ||
				!strings.Contains(domain.AsError(err).Message, "ships with Vellocity") {
				t.Errorf("replaced %s: %v", ref, err)
			}
			if err := k.Work.DeleteTemplate(k.Ctx(), work.DeleteTemplate{Ref: ref}); domain.CodeOf(err) != domain.CodeConflict {
				t.Errorf("deleted %s: %v", ref, err)
			}
		}
		must(k, k.Work.DeleteTemplate(k.Ctx(), work.DeleteTemplate{Ref: made.Slug}))
		if _, err := k.Work.Template(k.Ctx(), made.Slug); domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("it is still there: %v", err)
		}
		for range domain.MaxTemplates {
			create(k, "many")
		}
		if _, err := k.Work.CreateTemplate(k.Ctx(), own("too-many")); domain.CodeOf(err) != domain.CodeConflict {
			t.Errorf("one too many: %v", err)
		}
	})
}

// TestAnExecutionKeepsItsTemplate: it goes on, and can be retried, when the template has
// been changed or deleted.
func TestAnExecutionKeepsItsTemplate(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		made := create(k, "made")
		started, err := k.Work.ExecuteTemplate(k.Ctx(), work.ExecuteTemplate{Template: made.Slug})
		must(k, err)
		must(k, k.Work.DeleteTemplate(k.Ctx(), work.DeleteTemplate{Ref: made.Slug}))
		must(k, second(k.Work.Cancel(k.Ctx(), verb.ID{ID: started.Execution.ID})))
		again, err := k.Work.Retry(k.Ctx(), verb.ID{ID: started.Execution.ID})
		must(k, err)
		k.Start()
		if got := k.Ended(again.Execution.ID, domain.ExecutionCompleted); got.Template != made.Slug || got.CreditsUsed != 2 {
			t.Errorf("%+v", got)
		}
	})
}

func TestATemplateTakesTheScopesOfAllItsCapabilities(t *testing.T) {
	c := config(t)
	c.Templates = []domain.Template{shipped()}
	enginetest.Each(t, c, func(k *enginetest.Kit) {
		for scopes, want := range map[string]domain.Code{
			"read": domain.CodeForbidden, "content": domain.CodeForbidden, "publish": domain.CodeForbidden,
			"content publish": "", "admin": "",
		} {
			var held []domain.Scope
			for s := range strings.FieldsSeq(scopes) {
				held = append(held, domain.Scope(s))
			}
			key := domain.WithActor(context.Background(), domain.Actor{
				Kind: domain.ActorKey, Name: "key", WorkspaceID: k.Ours.ID, Role: domain.RoleOwner, Scopes: held,
			})
			_, err := k.Work.ExecuteTemplate(key, work.ExecuteTemplate{Template: "shipped"})
			if domain.CodeOf(err) != want {
				t.Errorf("%s: %v", scopes, err)
			}
		}
	})
}

// TestSpecialistsShareATemplate: where no agent carries out everything, each capability goes
// to one that does, and an agent that was asked for must carry out all.
func TestSpecialistsShareATemplate(t *testing.T) {
	another := enginetest.Another("another")
	c := config(t)
	c.Capabilities = []capability.Capability{another}
	both := shipped()
	both.Steps = append(both.Steps, domain.TemplateStep{
		Key: "second", Capability: "another", DependsOn: []string{"only"},
		Settings: json.RawMessage(`{"steps":[{"key":"item","do":"item"}]}`),
	})
	c.Templates = []domain.Template{both}
	enginetest.Each(t, c, func(k *enginetest.Kit) {
		k.Exec(`update agent set body = '{"capabilities":["scripted"]}' where workspace_id = $1`, k.Ours.ID)
		var other domain.Agent
		k.Do(func(ctx context.Context, tx *store.Tx) (err error) {
			other, err = tx.CreateAgent(ctx, k.Ours.ID, domain.Agent{
				Name: "Second", Type: domain.AgentInternal, IsActive: true, Capabilities: []string{"another"},
			})
			return err
		})
		started, err := k.Work.ExecuteTemplate(k.Ctx(), work.ExecuteTemplate{Template: "shipped"})
		must(k, err)
		if started.Agent.Name != "Writer" || !strings.Contains(started.AgentReason, "Second is the first active agent") {
			t.Errorf("%s: %s", started.Agent.Name, started.AgentReason)
		}
		must(k, second(k.Work.Cancel(k.Ctx(), verb.ID{ID: started.Execution.ID})))
		again, err := k.Work.Retry(k.Ctx(), verb.ID{ID: started.Execution.ID})
		must(k, err)
		k.Start()
		k.Ended(again.Execution.ID, domain.ExecutionCompleted)
		d, err := k.Work.Execution(k.Ctx(), again.Execution.ID)
		must(k, err)
		if len(d.Items) != 1 || d.Items[0].AgentID != other.ID {
			t.Errorf("%+v", d.Items)
		}
		_, err = k.Work.ExecuteTemplate(k.Ctx(), work.ExecuteTemplate{Template: "shipped", AgentID: other.ID})
		if domain.CodeOf(err) != domain.CodeValidation || len(domain.AsError(err).Fields["agent_id"]) != 1 {
			t.Errorf("it may do all: %v", err)
		}
	})
}

func TestInputsOfATemplate(t *testing.T) {
	c := config(t)
	c.Templates = []domain.Template{shipped()}
	enginetest.Each(t, c, func(k *enginetest.Kit) {
		theirs := k.Item(enginetest.As(k.Theirs.ID, domain.RoleOwner), "Theirs", "A text.").ID
		for raw, want := range map[string]string{
			`{"key":"long"}`:                   "inputs.key",
			`{"kye":"a"}`:                      "inputs.kye",
			`[]`:                               "inputs",
			`{"item":999}`:                     "inputs.item",
			fmt.Sprintf(`{"item":%d}`, theirs): "inputs.item",
		} {
			valid, err := k.Work.ValidateTemplate(
				k.Ctx(),
				work.ValidateTemplate{Template: "shipped", Inputs: json.RawMessage(raw)},
			)
			if err != nil || len(valid.Faults) != 1 {
				t.Errorf("%s: %+v, %v", raw, valid.Faults, err)
			}
			_, err = k.Work.ExecuteTemplate(k.Ctx(), work.ExecuteTemplate{Template: "shipped", Inputs: json.RawMessage(raw)})
			fields := domain.AsError(err).Fields
			if domain.CodeOf(err) != domain.CodeValidation || fmt.Sprint(fields) != fmt.Sprint(valid.Faults) {
				t.Errorf("%s: %v, validated as %v", raw, err, valid.Faults)
			}
			if len(fields[want]) == 0 && want != "inputs.item" {
				t.Errorf("%s: %v", raw, fields)
			}
		}
		valid, err := k.Work.ValidateTemplate(k.Ctx(), work.ValidateTemplate{Template: "shipped"})
		if err != nil || len(valid.Faults) != 0 || valid.Credits != 5 || len(valid.Steps) != 1 ||
			string(valid.Steps[0].Settings) != `{"steps":[{"credits":2,"key":"a"}]}` {
			t.Errorf("%+v, %v", valid, err)
		}
		if n := k.Count("select count(*) from execution"); n != 0 {
			t.Errorf("%d executions", n)
		}
	})
}

func TestWaitingForATemplate(t *testing.T) {
	c := config(t)
	c.Templates, c.Idle = []domain.Template{shipped()}, false
	enginetest.Each(t, c, func(k *enginetest.Kit) {
		started, err := k.Work.ExecuteTemplate(k.Ctx(), work.ExecuteTemplate{Template: "shipped", Wait: 20 * time.Second})
		if err != nil || started.Execution.Status != domain.ExecutionCompleted || started.AgentReason == "" {
			t.Errorf("%+v, %v", started, err)
		}
	})
}

// TestLookingAtTemplatesIsQuick: without a model, suggestions and checks take a few
// milliseconds; the bound leaves room for a busy machine.
func TestLookingAtTemplatesIsQuick(t *testing.T) {
	c := config(t)
	c.Templates = []domain.Template{shipped()}
	enginetest.Each(t, c, func(k *enginetest.Kit) {
		for name, f := range map[string]func() error{
			"validate": func() error {
				return second(k.Work.ValidateTemplate(k.Ctx(), work.ValidateTemplate{Template: "shipped"}))
			},
			"plan": func() error {
				return second(k.Work.PlanTemplate(k.Ctx(), work.ExecuteTemplate{Template: "shipped"}))
			},
			"suggest": func() error { return second(k.Work.SuggestTemplates(k.Ctx(), "our own scripted template")) },
		} {
			begin := time.Now()
			for range 20 {
				must(k, f())
			}
			if took := time.Since(begin) / 20; took > 200*time.Millisecond {
				t.Errorf("%s takes %s", name, took)
			} else {
				t.Logf("%s takes %s", name, took)
			}
		}
	})
}

// TestAModelSuggests where one is connected and the caller may have texts written; where it
// fails, words are compared, and the answer says so.
func TestAModelSuggests(t *testing.T) {
	good := aitest.Text(`{"suggestions":[{"slug":"nothing","score":1,"reason":"Invented."},
		{"slug":"shipped","score":7,"reason":"It fits."},{"slug":"shipped","score":0.2,"reason":"Again."}]}`)
	for name, c := range map[string]struct {
		reply  aitest.Reply
		scope  domain.Scope
		method work.SuggestMethod
		note   string
	}{
		"chosen":    {good, domain.ScopeContent, work.SuggestedByModel, ""},
		"no right":  {good, domain.ScopeRead, work.SuggestedByWords, "scope"},
		"broken":    {aitest.Status(500, "server_error", "Broken."), domain.ScopeContent, work.SuggestedByWords, "did not answer"},
		"not JSON":  {aitest.Text("I like them all."), domain.ScopeContent, work.SuggestedByWords, "did not answer"},
		"no choice": {aitest.Text(`{"suggestions":[]}`), domain.ScopeContent, work.SuggestedByWords, "no template"},
	} {
		m := server(t, aitest.Always(c.reply))
		config := enginetest.Config{Idle: true, Provider: m, Templates: []domain.Template{shipped()}}
		enginetest.Each(t, config, func(k *enginetest.Kit) {
			key := domain.WithActor(context.Background(), domain.Actor{
				Kind: domain.ActorKey, Name: "key", WorkspaceID: k.Ours.ID, Role: domain.RoleOwner,
				Scopes: []domain.Scope{domain.ScopeRead, c.scope},
			})
			got, err := k.Work.SuggestTemplates(key, "our own")
			if err != nil || got.Method != c.method || !strings.Contains(got.Note, c.note) || c.note == "" && got.Note != "" {
				t.Fatalf("%s: %+v, %v", name, got, err)
			}
			if len(got.List) != 1 || got.List[0].Slug != "shipped" || got.List[0].Score != 1 || got.List[0].Credits != 5 {
				t.Errorf("%s: %+v", name, got.List)
			}
		})
	}
}

func TestSuggestions(t *testing.T) {
	list := template.Builtin()
	for useCase, want := range map[string]string{
		"I want a blog post and social posts about it": "blog-and-social",
		"announce our product launch":                  "launch-kit",
		"plan social media for the week":               "weekly-social",
		"improve SEO of an old article":                "refresh-seo",
		"monthly newsletter for customers":             "newsletter",
		"publish once a person approved it":            "post-approve-publish",
	} {
		got := template.Rank(useCase, list)
		if len(got) == 0 || got[0].Template.Slug != want || got[0].Score <= 0 || got[0].Score > 1 || got[0].Reason == "" {
			t.Errorf("%s: not %s", useCase, want)
			for _, s := range got {
				t.Logf("%s %.2f %s", s.Template.Slug, s.Score, s.Reason)
			}
		}
	}
	if got := template.Rank("请写一篇", list); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}
