package expression_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/expression"
)

var scope = expression.Scope{
	Inputs: []string{"topic", "count", "price", "flag", "points", "audience", "big", "people"},
	Steps:  []string{"post", "seo-report", "skipped"},
}

func values(t testing.TB, further ...string) *expression.Values {
	t.Helper()
	inputs := map[string]any{
		"topic": "Tea", "count": json.Number("9007199254740993"), "price": 2.5, "flag": true,
		"points": []string{"a", "b"}, "big": strings.Repeat("x", 60_000),
		"people": []any{map[string]any{"name": "Ann", "age": 40}, map[string]any{"name": "Bo", "age": 20}},
	}
	raw, err := json.Marshal(inputs)
	if err != nil {
		t.Fatal(err)
	}
	if len(further) > 0 {
		raw = []byte(further[0])
	}
	v, err := expression.NewValues(expression.Given{
		Inputs:    raw,
		Workspace: domain.Workspace{Name: "Tea & Co", Slug: "tea", Timezone: "Europe/Berlin"},
		StartedAt: time.Date(2026, 2, 26, 10, 0, 0, 0, time.UTC),
		Steps: map[string]expression.Step{
			"post": {
				Output: []byte(`{"title":"All about tea","words":800,"scores":{"seo":82.5}}`),
				Items:  []domain.ItemRef{{ID: 7, Title: "T"}},
			},
			"seo-report": {Output: []byte(`{"score":64}`)},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestValuesKeepTheirTypes(t *testing.T) {
	v := values(t)
	for source, want := range map[string]string{
		`inputs.topic`:                       `"Tea"`,
		`inputs.count`:                       `9007199254740993`,
		`inputs.count % 10`:                  `3`,
		`inputs.price * 2`:                   `5`,
		`inputs.points`:                      `["a","b"]`,
		`inputs["topic"] + "!"`:              `"Tea!"`,
		`inputs`:                             ``,
		`steps.post.items[0].id`:             `7`,
		`map(steps.post.items, .id)`:         `[7]`,
		`steps["seo-report"].output.score`:   `64`,
		`steps.post.output.scores.seo >= 80`: `true`,
		`workspace.name`:                     `"Tea & Co"`,
		`run.started_at`:                     `"2026-02-26T10:00:00Z"`,
		`inputs.audience ?? "everyone"`:      `"everyone"`,
		`inputs.audience ?? nil`:             `null`,
		`inputs.audience == nil`:             `true`,
		`inputs.audience.size ?? 3`:          `3`,
		`steps.skipped.output.score ?? 5`:    `5`,
		`steps.skipped.items[0].id ?? steps.post.items[0].id`: `7`,
		`steps.skipped?.output?.score ?? inputs.price`:        `2.5`,
		`event.kind ?? "by hand"`:                             `"by hand"`,
		`filter(inputs.people, .age > 30)[0].name`:            `"Ann"`,
		`map(inputs.people, #.name + " of " + inputs.topic)`:  `["Ann of Tea","Bo of Tea"]`,
		`reduce(inputs.people, #acc + #.age, 0)`:              `60`,
		`join(map(inputs.people, .name), ", ")`:               `"Ann, Bo"`,
		`replace(inputs.topic, "T", "S")`:                     `"Sea"`,
		`upper(inputs.topic) | lower()`:                       `"tea"`,
		`1..3`:                                                `[1,2,3]`,
		`{"a": [inputs.topic]}`:                               `{"a":["Tea"]}`,
		`inputs.flag ? 1 : 2`:                                 `1`,
		`"Tea" in ["Tea", "Coffee"]`:                          `true`,
		`inputs.topic matches "^T"`:                           `true`,
		`sum(inputs.people, .age)`:                            `60`,
		`sortBy(inputs.people, .age)[0].name`:                 `"Bo"`,
		`count(inputs.people, .age > 10)`:                     `2`,
		`concat(inputs.points, ["c"])`:                        `["a","b","c"]`,
		`inputs.points[0:1]`:                                  `["a"]`,
		`len(inputs.big)`:                                     `60000`,
		`7 / 2`:                                               `3.5`,
	} {
		x, faults := expression.Compile(source, scope)
		if len(faults) > 0 {
			t.Errorf("%s: %v", source, faults)
			continue
		}
		got, err := x.Value(v)
		if err != nil {
			if want != "" {
				t.Errorf("%s: %v", source, err)
			}
			continue
		}
		if text, err := json.Marshal(got); err != nil ||
			want != "" && strings.ReplaceAll(string(text), `\u0026`, "&") != want {
			t.Errorf("%s is %s, not %s: %v", source, text, want, err)
		}
	}
}

func TestWhatIsRefusedAtSave(t *testing.T) {
	for source, want := range map[string]string{
		``:                                       "empty expression",
		`inputs.topc`:                            `no name named "inputs.topc"; did you mean "inputs.topic"?`,
		`foo > 1`:                                "unknown name foo (1:1)\n | foo > 1\n | ^",
		`steps.pots.output`:                      `no step named "pots"; did you mean "post"?`,
		`steps.seo-report.output.score`:          `a key with a hyphen is written steps["seo-report"]`,
		`steps`:                                  "must name the step",
		`steps[inputs.topic].output`:             "must name the step",
		`len(steps)`:                             "must name the step",
		`steps.post`:                             "steps.post.output or steps.post.items",
		`steps.post.result`:                      "steps.post.output or steps.post.items",
		`workspace.credits`:                      `no name named "workspace.credits"`,
		`run.id`:                                 `no name named "run.id"`,
		`now()`:                                  "unknown name now",
		`date("2026-01-01")`:                     "unknown name date",
		`$env`:                                   `no name named "$env"`,
		`$env["steps"]`:                          `no name named "$env"`,
		`__budget`:                               `no name named "__budget"`,
		`__touch(__budget, 1)`:                   `no name named "__`,
		`let a = 1; a`:                           "let and ; are not allowed",
		`1; 2`:                                   "let and ; are not allowed",
		`inputs.topic.upper()`:                   "calls a value as a function",
		`inputs.topic +`:                         "is not an expression: unexpected token",
		`1 + "x"`:                                "invalid operation: + (mismatched types int and string)",
		`repeat("a", 5)`:                         "unknown name repeat",
		`uniq([1])`:                              "unknown name uniq",
		strings.Repeat("1+", 1000) + "1":         "2000 are the most",
		strings.Repeat("1+", 400) + "1":          "maximum allowed nodes",
		`"` + strings.Repeat("a", 100_000) + `"`: "2000 are the most",
	} {
		_, faults := expression.Compile(source, scope)
		if len(faults) == 0 || !strings.Contains(fmt.Sprint(faults), want) {
			t.Errorf("%.60s: %v", source, faults)
		}
	}
	for source, want := range map[string]string{
		`{{ inputs.flag }}`:             "write it without {{ and }}",
		`inputs.topic == "a" }}{{`:      "write it without {{ and }}",
		`"yes"`:                         "expected bool",
		`1`:                             "expected bool",
		`steps.post.output.score + 1 >`: "unexpected token",
	} {
		if _, faults := expression.Condition(source, scope); len(faults) == 0 || !strings.Contains(fmt.Sprint(faults), want) {
			t.Errorf("%s: %v", source, faults)
		}
	}
}

func TestWhatIsRefusedAtRun(t *testing.T) {
	v := values(t)
	for source, want := range map[string]string{
		`inputs.audience`:                           "inputs.audience is undefined",
		`inputs.audience.size`:                      "cannot fetch size from an undefined value",
		`steps.skipped.output`:                      "cannot fetch output from an undefined value",
		`steps.post.output.nothing`:                 "is undefined",
		`steps.post.items[3].id`:                    "index out of range",
		`inputs.audience + "x"`:                     "invalid operation",
		`1 / 0`:                                     "not a number",
		`0.0 / 0`:                                   "not a number",
		`inputs.count % 0`:                          "divide by zero",
		`inputs.price % 2`:                          "invalid operation",
		`[1, 1 / 0]`:                                "not a number",
		`1..30000`:                                  "too many steps",
		`1..1000000000`:                             "too much memory",
		`count(1..9000, any(1..9000, # == 0))`:      "takes too m",
		`reduce(1..60, #acc + #acc, "ab")`:          "too many steps",
		`reduce(1..60, [#acc, #acc], [1])`:          "too many steps",
		`map(1..1000, inputs.big)`:                  "too many steps",
		`any(1..9000, inputs.big matches "(x+)+y")`: "too many steps",
		`any(1..9000, upper(inputs.big) == "")`:     "too many steps",
		`replace(inputs.big, "", inputs.big)`:       "builds a text of more than",
		`replace(inputs.big, "x", inputs.big)`:      "builds a text of more than",
		`join(map(1..2000, "a"), inputs.big)`:       "builds a text of more than",
		`join([1], "")`:                             "one of the items is a number",
		`inputs.big + inputs.big`:                   "64000 are the most",
		`filter(1..9, filter)`:                      "",
	} {
		x, faults := expression.Compile(source, scope)
		if len(faults) > 0 {
			if want != "" {
				t.Errorf("%s: %v", source, faults)
			}
			continue
		}
		begin := time.Now()
		_, err := x.Value(v)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", source, err)
		}
		if err != nil && (strings.Contains(err.Error(), "__") || strings.Contains(err.Error(), "interface")) {
			t.Errorf("%s: %v", source, err)
		}
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("%s took %s", source, took)
		}
	}
	x, _ := expression.Condition(`inputs.audience`, scope)
	if _, err := x.Holds(v); err == nil || !strings.Contains(err.Error(), "is undefined, not true or false") {
		t.Error(err)
	}
}

func TestReferences(t *testing.T) {
	for source, want := range map[string]string{
		`inputs.topic`:                   "[] []",
		`steps.post.output.title`:        "[post] [post]",
		`steps.post.output.title ?? "x"`: "[post] []",
		`(steps.post.output.title ?? steps["seo-report"].output) + "x"`:    "[post seo-report] [seo-report]",
		`steps.post.output.words > 1 && (steps.post.items[0].id ?? 0) > 0`: "[post] [post]",
		`any(steps.post.items, .id > steps.skipped.output.x)`:              "[post skipped] [post skipped]",
	} {
		x, faults := expression.Compile(source, scope)
		if len(faults) > 0 {
			t.Errorf("%s: %v", source, faults)
		} else if got := fmt.Sprint(x.Uses(), x.Needs()); got != want {
			t.Errorf("%s: %s, not %s", source, got, want)
		}
	}
}

func settings(t *testing.T, raw string) (*expression.Settings, []string) {
	t.Helper()
	var faults []string
	s, err := expression.ParseSettings(json.RawMessage(raw), scope, func(path string, fault error) {
		faults = append(faults, path+" "+fault.Error())
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, faults
}

func TestSettings(t *testing.T) {
	v := values(t)
	for raw, want := range map[string]string{
		`{"a":"{{ inputs.count }}"}`:                               `{"a":9007199254740993}`,
		`{"a":"{{inputs.points}}"}`:                                `{"a":["a","b"]}`,
		`{"a":"On {{ inputs.topic }}, {{ inputs.price }}"}`:        `{"a":"On Tea, 2.5"}`,
		`{"a":" {{ inputs.count }}"}`:                              `{"a":" 9007199254740993"}`,
		`{"a":"\\{{ inputs.topic }}"}`:                             `{"a":"{{ inputs.topic }}"}`,
		`{"a":"\\{{ x }} {{ inputs.topic }}"}`:                     `{"a":"{{ x }} Tea"}`,
		`{"a":["{{ inputs.topic }}",1,{"b":"{{ inputs.flag }}"}]}`: `{"a":["Tea",1,{"b":true}]}`,
		`{"a":"{{ {\"b\": {\"c\": \"}}\"}} }}"}`:                   `{"a":{"b":{"c":"}}"}}}`,
		`{"a":"{{ \"{{\" }}"}`:                                     `{"a":"{{"}`,
		`{"a":"{{ inputs.audience ?? nil }}","b":1}`:               `{"b":1}`,
		`{"a":["{{ inputs.audience ?? nil }}","b"]}`:               `{"a":["b"]}`,
		`{"a":1.5,"b":null,"c":12345678901234567}`:                 `{"a":1.5,"b":null,"c":12345678901234567}`,
		`{"a":"no braces }} here"}`:                                `{"a":"no braces }} here"}`,
		`{}`:                                                       `{}`, ``: `{}`,
	} {
		s, faults := settings(t, raw)
		if len(faults) > 0 {
			t.Errorf("%s: %v", raw, faults)
			continue
		}
		if got, err := s.Resolve(v); err != nil || string(got) != want {
			t.Errorf("%s: %s, not %s: %v", raw, got, want, err)
		}
	}
}

// TestAValueIsNeverReadAsAnExpression: braces in an input stay text.
func TestAValueIsNeverReadAsAnExpression(t *testing.T) {
	s, _ := settings(t, `{"a":"{{ inputs.topic }}","b":"x {{ inputs.topic }}"}`)
	got, err := s.Resolve(values(t, `{"topic":"{{ workspace.name }}\",\"c\":\"1"}`))
	if want := `{"a":"{{ workspace.name }}\",\"c\":\"1","b":"x {{ workspace.name }}\",\"c\":\"1"}`; err != nil ||
		string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
}

func TestFaultsOfSettings(t *testing.T) {
	for raw, want := range map[string]string{
		`{"a":{"b":["{{ inputs.nothing }}"]}}`: `a.b.0 is not an expression: There is no name named "inputs.nothing"`,
		`{"a":"{{ inputs.topic"}`:              `a has {{ without }}`,
		`{"a":"{{ }}"}`:                        `a has an empty expression`,
		`{"a":"{{ {{ inputs.topic }} }}"}`:     `a is not an expression`,
	} {
		if _, faults := settings(t, raw); !strings.Contains(strings.Join(faults, "\n"), want) {
			t.Errorf("%s: %v", raw, faults)
		}
	}
	for raw, want := range map[string]string{
		`{"a":["x","{{ inputs.audience }}"]}`:      "a.1: inputs.audience is undefined",
		`{"a":"x {{ inputs.points }}"}`:            "a: inputs.points is a list; only text and numbers",
		`{"a":"x {{ inputs.flag }}"}`:              "a: inputs.flag is true or false; only text and numbers",
		`{"a":"x {{ inputs.audience ?? nil }}"}`:   "a: inputs.audience ?? nil is undefined; only text",
		`{"a":"{{ inputs.big }}{{ inputs.big }}"}`: "a: the text has more than 64000 bytes",
	} {
		s, _ := settings(t, raw)
		if _, err := s.Resolve(values(t)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", raw, err)
		}
	}
}

func TestWhatIsNotKnownYetStaysAsItWasWritten(t *testing.T) {
	s, _ := settings(
		t,
		`{"a":"{{ inputs.topic }}","b":"On {{ steps.post.output.title }} \\{{","c":"{{ steps.post.items }}"}`,
	)
	got, open, faults := s.ResolveKnown(values(t), func(string) bool { return false })
	if string(got) != `{"a":"Tea","b":"On {{ steps.post.output.title }} \\{{","c":"{{ steps.post.items }}"}` ||
		fmt.Sprint(open) != "[b c]" || len(faults) > 0 {
		t.Errorf("%s, %v, %v", got, open, faults)
	}
}

// FuzzCompile: no expression takes long, panics or gives what JSON cannot hold.
func FuzzCompile(f *testing.F) {
	for _, s := range []string{
		`inputs.topic`, `reduce(1..60, #acc + #acc, "ab")`, `steps.post.items[0].id ?? 1`, `inputs?.a?.[0] ?? nil`,
		`map(1..3, filter(1..#, # > 1))`, `{"a": 1}["a"]`, `"a" matches inputs.topic`, `-inputs.price ** 99999`,
		`any(inputs.people, {.age > 30})`, `not (1 in [1])`, `inputs.points[-1:]`, "`a`", `1 ?? 2 ?? nil`, `first(inputs.people)?.name`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		begin := time.Now()
		x, faults := expression.Compile(source, scope)
		if len(faults) > 0 {
			return
		}
		value, err := x.Value(values(t))
		if err == nil {
			if _, err := json.Marshal(value); err != nil {
				t.Errorf("%q: %v", source, err)
			}
		}
		if took := time.Since(begin); took > 10*time.Second {
			t.Errorf("%q took %s", source, took)
		}
	})
}
