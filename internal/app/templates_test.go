package app_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/app"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/work"
	"vellocity/internal/template"
)

// inputs are what each template that ships with Vellocity is tried with, and how many items
// it then creates. ITEM is the id of an item with a short text.
var inputs = map[string]struct {
	inputs string
	items  int
	states string // parts of what is recorded
}{
	"blog-and-social":        {`{"topic":"A shared inbox","key_points":["Start with one mailbox and move the rest later."]}`, 3, "social-posts completed"},
	"item-to-social":         {`{"content_id":ITEM,"key_points":["Everyone sees who answers what."],"networks":["linkedin","x","mastodon"]}`, 3, "review-third completed"},
	"post-seo-review":        {`{"topic":"A shared inbox","facts":["The pilot ran for 4 weeks."]}`, 1, "review.decision completed"},
	"refresh-seo":            {`{"content_id":ITEM,"target_score":99}`, 1, "review completed"},
	"launch-kit":             {`{"topic":"A shared inbox","questions":["Can I keep my address? Yes, mail to it still arrives."]}`, 4, "questions completed"},
	"weekly-social":          {`{"topic":"A shared inbox","monday":"Start with one mailbox.","friday":"Look at the unanswered mail together."}`, 4, "wednesday skipped"},
	"newsletter":             {`{"topic":"A shared inbox","key_points":["Start with one mailbox and move the rest later."]}`, 3, "teasers completed"},
	"campaign-kit":           {`{"topic":"A shared inbox","key_points":["Start with one mailbox and move the rest later."],"benefits":["One answer"]}`, 5, "kit.agreement completed"},
	"webinar-follow-up":      {`{"topic":"A shared inbox","key_points":["Start with one mailbox.","Agree on who answers what."],"questions":["Can I keep my address? Yes, mail to it still arrives."]}`, 4, "review completed"},
	"release-notes-to-post":  {`{"topic":"Queuelight 3.0","notes":["Two people no longer answer the same ticket."]}`, 4, "email.mail-1 completed"},
	"faq-from-support-notes": {`{"topic":"Returns","questions":["How long do I have? 30 days.","Who pays for the parcel? We do."]}`, 1, "readability completed"},
	"listing-rewrite":        {`{"name":"Steel bottle","features":["Double wall: drinks stay cold."],"specs":["Weight: 340 g"]}`, 2, "long.description completed"},
	"translation-set":        {`{"content_id":ITEM,"languages":["de","fr"]}`, 2, "third skipped"},
	"post-approve-publish":   {`{"topic":"A shared inbox","key_points":["Start with one mailbox and move the rest later."]}`, 1, "publish completed"},
}

func TestMain(m *testing.M) { os.Exit(enginetest.Main(m)) }

// TestBuiltinTemplatesRun runs each of them whole, with the composer.
func TestBuiltinTemplatesRun(t *testing.T) {
	runBuiltin(t, nil, func(slug string) bool { return slug != "translation-set" })
}

// TestTheTranslationSetRuns does so with a model, which it needs.
func TestTheTranslationSetRuns(t *testing.T) {
	m := aitest.NewServer(aitest.Writer(aitest.Pace{}))
	t.Cleanup(m.Close)
	runBuiltin(t, m, func(slug string) bool { return slug == "translation-set" })
}

func runBuiltin(t *testing.T, model *aitest.Server, chosen func(slug string) bool) {
	t.Helper()
	config := enginetest.Config{Capabilities: app.Capabilities(), Templates: template.Builtin(), Provider: model}
	enginetest.Each(t, config, func(k *enginetest.Kit) {
		for _, b := range template.Builtin() {
			if !chosen(b.Slug) {
				continue
			}
			try, ok := inputs[b.Slug]
			if !ok {
				t.Errorf("%s is not tried", b.Slug)
				continue
			}
			item := k.Item(k.Ctx(), "How a shared inbox works", "A text about a shared inbox.")
			raw := strings.ReplaceAll(try.inputs, "ITEM", jsonOf(item.ID))
			started, err := k.Work.ExecuteTemplate(k.Ctx(), work.ExecuteTemplate{Template: b.Slug, Inputs: json.RawMessage(raw)})
			if err != nil {
				t.Errorf("%s: %v", b.Slug, domain.AsError(err).Fields)
				continue
			}
			x := k.Await(started.Execution.ID, "over or waiting", func(x domain.Execution) bool {
				return x.Status.Ended() || x.WaitingFor == domain.WaitingPerson
			})
			if x.WaitingFor == domain.WaitingPerson {
				approve(k, x.ID)
			}
			k.Ended(x.ID, domain.ExecutionCompleted)
			d, err := k.Work.Execution(k.Ctx(), x.ID)
			if err != nil {
				t.Fatal(err)
			}
			var states []string
			for _, s := range d.Steps {
				states = append(states, s.Key+" "+string(s.Status))
			}
			if all := strings.Join(states, ", "); len(d.Items) != try.items || !strings.Contains(all, try.states) {
				t.Errorf("%s: %d items, %s", b.Slug, len(d.Items), all)
			}
		}
	})
}

func jsonOf(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func approve(k *enginetest.Kit, execution int64) {
	k.T.Helper()
	d, err := k.Work.Execution(k.Ctx(), execution)
	if err != nil || len(d.Items) != 1 {
		k.T.Fatalf("%d items, %v", len(d.Items), err)
	}
	if _, err := k.Content.Move(k.Ctx(), content.Move{ID: d.Items[0].ID, To: domain.ItemReady}); err != nil {
		k.T.Fatal(err)
	}
}

// TestARefreshLeavesAGoodItemAlone: a condition that is false skips the step and all that
// needs it.
func TestARefreshLeavesAGoodItemAlone(t *testing.T) {
	config := enginetest.Config{Capabilities: app.Capabilities(), Templates: template.Builtin()}
	enginetest.Each(t, config, func(k *enginetest.Kit) {
		item := k.Item(k.Ctx(), "How a shared inbox works", "A text about a shared inbox.")
		started, err := k.Work.ExecuteTemplate(k.Ctx(), work.ExecuteTemplate{
			Template: "refresh-seo", Inputs: json.RawMessage(`{"content_id":` + jsonOf(item.ID) + `,"target_score":1}`),
		})
		if err != nil {
			t.Fatal(err)
		}
		k.Ended(started.Execution.ID, domain.ExecutionCompleted)
		d, err := k.Work.Execution(k.Ctx(), started.Execution.ID)
		if err != nil || len(d.Items) != 0 || len(d.Steps) != 5 {
			t.Errorf("%d items, %d steps, %v", len(d.Items), len(d.Steps), err)
		}
	})
}
