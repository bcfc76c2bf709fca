package eval_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/ai/aitest"
	"vellocity/internal/ai/openai"
	"vellocity/internal/ai/wire"
	"vellocity/internal/capability/blogpost"
	"vellocity/internal/domain"
	"vellocity/internal/eval"
)

const prices = `{"version":"test","models":[{"model":"scripted-1","effective_from":"2026-01-01",` +
	`"input":1000000,"output":4000000}]}`

// scripted connects a model that follows a script, in memory.
func scripted(t *testing.T, script aitest.Script) ai.Connection {
	t.Helper()
	s := aitest.NewMemoryServer(script)
	t.Cleanup(s.Close)
	p, err := openai.New(wire.Config{
		BaseURL: s.BaseURL(aitest.OpenAIWire), Key: "sk-test", Model: "scripted-1", Client: s.Client(),
	})
	if err != nil {
		t.Fatal(err)
	}
	table, err := ai.LoadPrices([]byte(prices))
	if err != nil {
		t.Fatal(err)
	}
	return ai.Connection{
		Origin: domain.Origin{Kind: domain.OriginModel, Provider: "openai", Model: "scripted-1", AI: true},
		Caller: ai.NewCaller(ai.Options{Provider: p, Model: "scripted-1", Prices: table, Attempts: 1}),
	}
}

func briefs(t *testing.T, names ...string) []eval.Brief {
	t.Helper()
	list, err := eval.Briefs(names...)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// stopped is a clock that stands still, so that every text takes 0 seconds.
func stopped() time.Time { return time.Unix(0, 0) }

func TestEveryBriefIsOneThatTheProductTakes(t *testing.T) {
	list := briefs(t)
	names, languages, voices := map[string]bool{}, map[string]bool{}, 0
	for _, b := range list {
		raw, err := json.Marshal(b.Settings)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := blogpost.New().Prepare(raw); err != nil {
			t.Errorf("%s: %v", b.Name, err)
		}
		names[b.Name], languages[b.Settings.Language] = true, true
		if b.Voice != nil {
			voices++
		}
	}
	if len(list) != 20 || len(names) != 20 || len(languages) < 4 || voices < 3 {
		t.Errorf("%d briefs, %d names, %d languages, %d with a brand voice", len(list), len(names), len(languages), voices)
	}
}

func TestOnlyNamesBriefs(t *testing.T) {
	if list := briefs(t, "job-ad", "launch"); len(list) != 2 || list[0].Name != "launch" {
		t.Errorf("%v", list)
	}
	_, err := eval.Briefs("lunch")
	if err == nil || !strings.Contains(err.Error(), `"lunch"`) || !strings.Contains(err.Error(), "launch, newsletter") {
		t.Errorf("%v", err)
	}
}

// The composer says only what the brief says, and nearly all of it.
func TestComposerWholeSet(t *testing.T) {
	r, err := eval.Run(t.Context(), eval.Options{Writer: new(ai.Providers).Default(), Briefs: briefs(t), Now: stopped})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Texts) != 20 || r.Failed != 0 || len(r.Totals) != 1 || r.Ratio != nil {
		t.Fatalf("%d texts, %d failed, %d totals", len(r.Texts), r.Failed, len(r.Totals))
	}
	sum := r.Totals[0]
	if sum.Way != eval.Composer || sum.Texts != 20 || sum.Calls != 0 || *sum.CostUSD != 0 {
		t.Errorf("%+v", sum)
	}
	if sum.Invented != 0 || sum.Stock != 0 || 100*sum.FactsUsed < 95*sum.Facts {
		t.Errorf("%d invented, %d stock phrases, %d of %d facts", sum.Invented, sum.Stock, sum.FactsUsed, sum.Facts)
	}
	show(t, r)
}

// A model writes each brief twice. What it took is counted call by call.
func TestModelWholeSet(t *testing.T) {
	var kept []string
	r, err := eval.Run(t.Context(), eval.Options{
		Writer: scripted(t, aitest.Writer(aitest.Pace{Words: 120})), Briefs: briefs(t), Now: stopped,
		Each: func(b eval.Brief, text eval.Text) error {
			if text.Body == "" || text.Brief != b.Name {
				t.Errorf("%s, %s: %s", text.Brief, text.Way, text.Error)
			}
			kept = append(kept, text.Brief)
			return nil
		},
	})
	if err != nil || len(r.Texts) != 40 || len(kept) != 40 || r.Failed != 0 {
		t.Fatalf("%d texts, %d kept, %d failed: %v", len(r.Texts), len(kept), r.Failed, err)
	}
	for i := 0; i < len(r.Texts); i += 2 {
		steps, prompt := r.Texts[i], r.Texts[i+1]
		if steps.Way != eval.Product || prompt.Way != eval.Prompt || steps.Brief != prompt.Brief {
			t.Fatalf("%s by %s beside %s by %s", steps.Brief, steps.Way, prompt.Brief, prompt.Way)
		}
		if prompt.Calls != 1 || steps.Calls < 5 || steps.InputTokens <= prompt.InputTokens ||
			*steps.CostUSD <= *prompt.CostUSD {
			t.Errorf("%s: %+v beside %+v", steps.Brief, steps.Usage, prompt.Usage)
		}
	}
	if len(r.Totals) != 2 || r.Totals[0].Texts != 20 || r.Totals[0].Facts != r.Totals[1].Facts {
		t.Errorf("%+v", r.Totals)
	}
	if r.Ratio == nil || r.Ratio.Tokens == nil || *r.Ratio.Tokens <= 1 || r.Ratio.Cost == nil || r.Ratio.Seconds != nil {
		t.Errorf("%+v", r.Ratio)
	}
	t.Logf("%d calls", r.Totals[0].Calls+r.Totals[1].Calls)
	show(t, r)
}

// show logs the table, so that go test -v -run WholeSet prints it.
func show(t *testing.T, r eval.Report) {
	t.Helper()
	var b strings.Builder
	if err := r.Table(&b); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + b.String())
}

// A text that fails takes its brief out of the totals, and nothing else.
func TestFailedTextIsReported(t *testing.T) {
	writer := aitest.Writer(aitest.Pace{})
	refusing := func(c aitest.Call) aitest.Reply {
		if strings.HasPrefix(c.Prompt, "Write a text for publication") && strings.Contains(c.Prompt, "Topic: Onboarding") {
			return aitest.Status(400, "invalid_request_error", "no")
		}
		return writer(c)
	}
	r, err := eval.Run(t.Context(), eval.Options{
		Writer: scripted(t, refusing), Briefs: briefs(t, "one-word", "question"), Now: stopped,
	})
	if err != nil || len(r.Texts) != 4 || r.Failed != 1 {
		t.Fatalf("%d texts, %d failed: %v", len(r.Texts), r.Failed, err)
	}
	for _, sum := range r.Totals {
		if sum.Texts != 1 || sum.Facts != 4 { // those of "question"
			t.Errorf("%+v", sum)
		}
	}
	var b strings.Builder
	if err := r.Table(&b); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "Failed, and left out of the totals") ||
		!strings.Contains(b.String(), "one-word, prompt: ") {
		t.Error(b.String())
	}
}

// What was paid for is in the report, whatever ends the run.
func TestEndedRunKeepsItsFigures(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	o := eval.Options{Writer: new(ai.Providers).Default(), Briefs: briefs(t), Now: stopped}
	n := 0
	o.Each = func(eval.Brief, eval.Text) error {
		if n++; n == 3 {
			cancel()
		}
		return nil
	}
	r, err := eval.Run(ctx, o)
	if !errors.Is(err, context.Canceled) || len(r.Texts) != 3 || r.Totals[0].Texts != 3 {
		t.Errorf("%d texts: %v", len(r.Texts), err)
	}
	full := errors.New("the disk is full")
	o.Each = func(eval.Brief, eval.Text) error { return full }
	if r, err := eval.Run(t.Context(), o); !errors.Is(err, full) || len(r.Texts) != 1 || len(r.Totals) != 1 {
		t.Errorf("%d texts: %v", len(r.Texts), err)
	}
}
