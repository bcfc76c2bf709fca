package template_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"vellocity/internal/capability"
	"vellocity/internal/capability/blogpost"
	"vellocity/internal/capability/campaign"
	"vellocity/internal/capability/email"
	"vellocity/internal/capability/landing"
	"vellocity/internal/capability/product"
	"vellocity/internal/capability/publish"
	"vellocity/internal/capability/readability"
	"vellocity/internal/capability/review"
	"vellocity/internal/capability/seoreport"
	"vellocity/internal/capability/social"
	"vellocity/internal/capability/translate"
	"vellocity/internal/domain"
	"vellocity/internal/expression"
	"vellocity/internal/template"
)

var capabilities = []capability.Capability{
	blogpost.New(), social.New(), publish.New(), seoreport.New(), review.New(), readability.New(), email.New(),
	product.New(), landing.New(), translate.New(), campaign.New(),
}

func find(slug string) (capability.Capability, bool) {
	i := slices.IndexFunc(capabilities, func(c capability.Capability) bool { return c.Slug == slug })
	if i < 0 {
		return capability.Capability{}, false
	}
	return capabilities[i], true
}

// own is a template that is right, for a test to spoil.
func own(steps ...domain.TemplateStep) domain.Template {
	if steps == nil {
		steps = []domain.TemplateStep{post()}
	}
	return domain.Template{
		Slug: "own", Name: "Own", Category: domain.TemplateBlog,
		InputSchema: json.RawMessage(
			`{"type":"object","required":["topic"],"properties":{"topic":{"type":"string"},"n":{"type":"integer"}}}`,
		),
		Steps: steps,
	}
}

func post() domain.TemplateStep {
	return domain.TemplateStep{
		Key: "post", Capability: "generate-blog-post", Settings: json.RawMessage(`{"topic":"{{ inputs.topic }}"}`),
	}
}

func step(key, capability, settings, when string, deps ...string) domain.TemplateStep {
	return domain.TemplateStep{
		Key: key, Capability: capability, Settings: json.RawMessage(settings), When: when, DependsOn: deps,
	}
}

func TestFaultsOfATemplate(t *testing.T) {
	const seo, blog = "analyze-seo", "generate-blog-post"
	for name, c := range map[string]struct {
		in   domain.Template
		want map[string]string
	}{
		"unknown capability": {own(step("a", "write-magic", `{}`, "")), map[string]string{
			"steps.0.capability": `There is no capability named "write-magic"`,
		}},
		"no capability": {own(step("a", "", `{}`, "")), map[string]string{"steps.0.capability": "required"}},
		"unknown input": {own(step("a", seo, `{"text":"{{ inputs.topc }}"}`, "")), map[string]string{
			"steps.0.settings.text": `did you mean "inputs.topic"?`,
		}},
		"unknown step": {own(post(), step("a", seo, `{"text":"{{ steps.pots.output.title }}"}`, "", "post")),
			map[string]string{"steps.1.settings.text": `did you mean "post"?`}},
		"not in depends_on": {own(post(), step("a", seo, `{"text":"{{ steps.post.output.title }}"}`, "steps.post.output.words > 1")),
			map[string]string{"steps.1.settings.text": `add it to depends_on`, "steps.1.when": `add it to depends_on`}},
		"its own result": {own(step("a", seo, `{"text":"{{ steps.a.output.title }}"}`, "")), map[string]string{
			"steps.0.settings.text": "refers to its own step",
		}},
		"circle": {own(step("a", seo, `{"text":"x"}`, "", "b"), step("b", seo, `{"text":"x"}`, "", "a"), step("c", seo, `{"text":"x"}`, "", "b")),
			map[string]string{
				"steps.0.depends_on": "in a circle: a → b → a", "steps.1.depends_on": "in a circle: b → a → b",
				"steps.2.depends_on": `"c" cannot be reached`,
			}},
		"waits for itself": {own(step("a", seo, `{"text":"x"}`, "", "a")), map[string]string{
			"steps.0.depends_on.0": "waits for itself",
		}},
		"unknown dependency": {own(post(), step("b", seo, `{"text":"x"}`, "", "pos", "post", "post")), map[string]string{
			"steps.1.depends_on.0": `did you mean "post"?`, "steps.1.depends_on.2": `repeats "post"`,
		}},
		"duplicate key":  {own(post(), post()), map[string]string{"steps.1.key": `repeats "post"`}},
		"key":            {own(step("A b", seo, `{"text":"x"}`, "")), map[string]string{"steps.0.key": "such as blog-post"}},
		"dotted key":     {own(step("a.b", seo, `{"text":"x"}`, "")), map[string]string{"steps.0.key": "such as blog-post"}},
		"no key":         {own(step("", seo, `{"text":"x"}`, "")), map[string]string{"steps.0.key": "required"}},
		"no steps":       {own([]domain.TemplateStep{}...), map[string]string{"steps": "required"}},
		"too many steps": {own(make([]domain.TemplateStep, 21)...), map[string]string{"steps": "at most 20 items"}},
		"constants":      {own(step("a", blog, `{"topic":"x","word_count":5}`, "")), map[string]string{"steps.0.settings.word_count": "at least 100"}},
		"constant beside": {own(step("a", blog, `{"topic":"{{ inputs.topic }}","word_count":5,"key_points":["{{ inputs.topic }}",7]}`, "")),
			map[string]string{"steps.0.settings.word_count": "at least 100", "steps.0.settings.key_points.1": "text"}},
		"unknown setting": {own(step("a", blog, `{"topic":"x","wordcount":"{{ inputs.n }}"}`, "")), map[string]string{
			"steps.0.settings.wordcount": `did you mean "word_count"?`,
		}},
		"missing setting": {own(step("a", blog, `{"audience":"{{ inputs.topic }}"}`, "")), map[string]string{
			"steps.0.settings.topic": "required",
		}},
		"settings that exclude each other": {own(step("a", seo, `{"text":"x","content_id":1}`, "")), map[string]string{
			"steps.0.settings.text": "not both",
		}},
		"settings that are a list": {own(step("a", seo, `[]`, "")), map[string]string{"steps.0.settings": "an object"}},
		"braces around a condition": {own(step("a", seo, `{"text":"x"}`, "{{ inputs.n > 1 }}")), map[string]string{
			"steps.0.when": "write it without {{ and }}",
		}},
		"a condition that is a number": {own(step("a", seo, `{"text":"x"}`, "1")), map[string]string{"steps.0.when": "expected bool"}},
		"never":                        {own(step("a", seo, `{"text":"x"}`, "false")), map[string]string{"steps.0.when": "cannot be reached"}},
		"syntax":                       {own(step("a", seo, `{"text":"x"}`, "inputs.n >")), map[string]string{"steps.0.when": "unexpected token"}},
	} {
		_, err := template.Read(c.in, find)
		check(t, name, err, c.want)
	}
	for raw, want := range map[string]string{
		`{"type":"array"}`:                                      "must be \"object\"",
		`{"type":"strin"}`:                                      "not a JSON Schema",
		`{"type":"object","properties":7}`:                      "not a JSON Schema",
		`{"type":"object","$ref":"https://example.com/x.json"}`: "must not refer",
		`{"type":"object","properties":{"topic":{"$ref":"#/$defs/a"}},"$defs":{"a":{"allOf":[{"$ref":"#/$defs/b"},{"$ref":"#/$defs/b"}]}}}`: "must not refer",
		`{"type":"object","properties":{"topic":{"type":"string","pattern":"("}}}`:                                                          "not a JSON Schema",
		`[]`: "must be an object", ``: "required",
		`{"type":"object","x":"` + strings.Repeat("x", 33_000) + `"}`:                                   "32000 are the most",
		strings.Repeat(`{"type":"object","properties":{"topic":`, 20) + `{}` + strings.Repeat("}}", 20): "nested deeper than 16",
	} {
		in := own(step("a", seo, `{"text":"x"}`, ""))
		in.InputSchema = json.RawMessage(raw)
		_, err := template.Read(in, find)
		if e := domain.AsError(err); err == nil || !strings.Contains(fmt.Sprint(e.Fields), want) {
			t.Errorf("%.60s: %v", raw, e.Fields)
		}
	}
	in := own()
	in.Slug, in.Name, in.Category = "42", "", "magic"
	_, err := template.Read(in, find)
	check(
		t,
		"head",
		err,
		map[string]string{"slug": "more than a number", "name": "required", "category": "must be one of"},
	)
}

// TestAllFaultsAtOnce: nothing hides another fault.
func TestAllFaultsAtOnce(t *testing.T) {
	in := own(
		step("a", "nothing", `{"x":"{{ inputs.nothing }}"}`, "1 +", "b"),
		step("b", "generate-blog-post", `{"word_count":"{{ inputs.n }}","tone":5}`, "{{ true }}", "a"),
	)
	in.Name, in.InputSchema = "", json.RawMessage(`{"type":"object","properties":{"n":{}}}`)
	_, err := template.Read(in, find)
	check(t, "all", err, map[string]string{
		"name": "", "steps.0.capability": "", "steps.0.settings.x": "", "steps.0.when": "", "steps.0.depends_on": "",
		"steps.1.depends_on": "", "steps.1.settings.topic": "", "steps.1.settings.tone": "", "steps.1.when": "",
	})
}

func check(t *testing.T, name string, err error, want map[string]string) {
	t.Helper()
	if err == nil {
		t.Errorf("%s: no fault", name)
		return
	}
	e := domain.AsError(err)
	if e.Code != domain.CodeValidation ||
		!slices.Equal(slices.Sorted(maps.Keys(e.Fields)), slices.Sorted(maps.Keys(want))) {
		t.Errorf("%s: %s %v", name, e.Code, e.Fields)
	}
	for path, words := range want {
		if !strings.Contains(strings.Join(e.Fields[path], "\n"), words) {
			t.Errorf("%s: %s is %q", name, path, e.Fields[path])
		}
	}
}

func TestBuiltinTemplatesAreRight(t *testing.T) {
	slugs, ids := map[string]bool{}, map[int64]bool{}
	list := template.Builtin()
	if len(list) < 12 {
		t.Fatalf("%d templates", len(list))
	}
	for i, b := range list {
		p, err := template.Read(b, find)
		if err != nil {
			t.Errorf("%s: %v", b.Slug, domain.AsError(err).Fields)
			continue
		}
		if slugs[b.Slug] || ids[b.ID] || b.ID != int64(i)+1 || b.ID > 1000 || !b.IsBuiltin || b.Version < 1 ||
			b.Description == "" {
			t.Errorf("%+v", b)
		}
		slugs[b.Slug], ids[b.ID] = true, true
		for _, f := range p.Inputs.Fields() {
			if f.Title == "" || f.Help == "" || len(f.Examples) == 0 {
				t.Errorf("%s: the input %s has no title, help or example", b.Slug, f.Name)
			}
		}
	}
}

func decide(
	t *testing.T,
	in domain.Template,
	key, inputs string,
	steps map[string]expression.Step,
) (template.Decision, error) {
	t.Helper()
	p, err := template.Read(in, find)
	if err != nil {
		t.Fatal(domain.AsError(err).Fields)
	}
	return p.Decide(key, expression.Given{Inputs: json.RawMessage(inputs), Steps: steps, StartedAt: time.Now()})
}

func TestWhatBecomesOfAStep(t *testing.T) {
	in := own(post(),
		step("needs", "analyze-seo", `{"text":"{{ steps.post.output.title }}"}`, "", "post"),
		step("other", "analyze-seo", `{"text":"{{ steps.post.output.title ?? inputs.topic }}"}`, "", "post"),
		step("order", "analyze-seo", `{"text":"x"}`, "", "post", "needs"),
		step("when", "analyze-seo", `{"text":"x"}`, "(steps.post.output.words ?? 0) > inputs.n", "post"),
		step("bad", "analyze-seo", `{"text":"{{ steps.post.output.words }}"}`, "", "post"),
	)
	done := map[string]expression.Step{"post": {Output: []byte(`{"title":"T","words":9}`)}}
	for _, c := range []struct {
		key, inputs string
		steps       map[string]expression.Step
		want        string
	}{
		{"post", `{"topic":"Tea"}`, nil, ""},
		{"needs", `{}`, done, ""},
		{"needs", `{}`, nil, `needs the result of "Post"`},
		{"other", `{"topic":"Tea"}`, nil, ""},
		{"order", `{}`, done, ""},
		{"order", `{}`, nil, "All that it depends on was skipped"},
		{"when", `{"n":5}`, done, ""},
		{"when", `{"n":9}`, done, "Its condition is false"},
		{"when", `{"n":9}`, nil, "Its condition is false"},
		{"when", `{}`, done, "error: The step \"when\" could not start: its condition: "},
		{"bad", `{}`, done, `error: The step "bad" could not start: The text field must be text`},
		{"post", `{}`, nil, `error: The step "post" could not start: the setting topic: inputs.topic is undefined`},
	} {
		d, err := decide(t, in, c.key, c.inputs, c.steps)
		got := d.Skip
		if err != nil {
			got = "error: " + domain.AsError(err).Message
		}
		if !strings.HasPrefix(got, c.want) && (c.want == "" || !strings.Contains(got, c.want)) || c.want == "" && got != "" {
			t.Errorf("%s %s: %q, not %q", c.key, c.inputs, got, c.want)
		}
	}
}

func TestPreview(t *testing.T) {
	in := own(post(),
		step("seo", "analyze-seo", `{"text":"{{ steps.post.output.title }}","keywords":["{{ inputs.topic }}"]}`, "", "post"),
		step("off", "analyze-seo", `{"text":"x"}`, "inputs.n > 1"),
		step("after", "review-content", `{"content_id":"{{ steps.off.output.content_id }}"}`, "", "off"),
	)
	p, err := template.Read(in, find)
	if err != nil {
		t.Fatal(err)
	}
	var problems domain.Problems
	list, err := p.Preview(&problems, expression.Given{Inputs: json.RawMessage(`{"topic":"Tea","n":1}`)})
	if err != nil || problems.Err() != nil {
		t.Fatal(err, problems.Err())
	}
	if list[0].Request == nil || !strings.Contains(string(list[0].Settings), `"Tea"`) ||
		fmt.Sprint(list[1].Open) != "[text]" ||
		!strings.Contains(string(list[1].Settings), `"keywords":["Tea"]`) ||
		list[2].Skip == "" ||
		list[3].Skip == "" {
		t.Errorf("%+v", list)
	}
	_, err = p.Preview(
		&problems,
		expression.Given{Inputs: json.RawMessage(`{"topic":"` + strings.Repeat("x", 201) + `","n":2}`)},
	)
	if err != nil {
		t.Fatal(err)
	}
	check(t, "a long topic", problems.Err(), map[string]string{
		"inputs.topic": "at most 200 characters",
	})
}
