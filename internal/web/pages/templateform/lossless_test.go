package templateform

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"vellocity/internal/engine/work"
	"vellocity/internal/proptest"
	"vellocity/internal/schema"
)

// valueOf draws a JSON value, with the texts that forms find hard among its strings.
func valueOf(depth int) *rapid.Generator[any] {
	text := rapid.SampledFrom([]string{
		"", " ", "x", "\n", "\nx", "x\r\ny", "x\n\ny", "{{ inputs.topic }}", " {{ inputs.topic }}", "{{ a }} and {{ b }}",
		"[1]", "{}", `"x"`, "true", "null", "7", "1e3", "ü", "a\nb", "-", "x ", "<b>&amp;", `\{{`,
	})
	number := rapid.SampledFrom([]any{
		json.Number("0"), json.Number("1.50"), json.Number("9007199254740993"), json.Number("-3"),
	})
	kinds := []*rapid.Generator[any]{text.AsAny(), number, rapid.Bool().AsAny(), rapid.Just[any](nil)}
	if depth > 0 {
		kinds = append(kinds,
			rapid.SliceOfN(rapid.Deferred(func() *rapid.Generator[any] { return valueOf(depth - 1) }), 0, 3).AsAny(),
			rapid.SliceOfN(text, 0, 3).AsAny(),
			rapid.MapOfN(text, rapid.Deferred(func() *rapid.Generator[any] { return valueOf(depth - 1) }), 0, 3).AsAny())
	}
	return rapid.OneOf(kinds...)
}

// sentBack is a text as a browser sends it back from a text field of several lines.
func sentBack(text string) string {
	text = strings.TrimPrefix(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n"), "\n")
	return strings.ReplaceAll(text, "\n", "\r\n")
}

// Whatever the settings of a step are, a form that is opened and saved changes none of them.
func TestNoSettingIsLost(t *testing.T) {
	compiled, err := schema.Compile(json.RawMessage(`{"type":"object","properties":{"topic":{"type":"string"},"words":{"type":"integer"},
		"on":{"type":"boolean"},"points":{"type":"array","items":{"type":"string"}},
		"sizes":{"type":"array","items":{"type":"number"}},"anything":{}}}`))
	if err != nil {
		t.Fatal(err)
	}
	capability := work.CapabilityDetails{Schema: compiled}
	find := func(slug string) (work.CapabilityDetails, bool) { return capability, slug == "write" }
	proptest.Check(t, func(t *rapid.T) {
		values := rapid.MapOfN(rapid.SampledFrom([]string{"topic", "words", "on", "points", "sizes", "anything", "other"}),
			valueOf(2), 0, 7).Draw(t, "settings")
		settings := encoded(values)
		var s step
		s.Capability = "write"
		s.fill(settings, find)
		form := url.Values{stepName(0, "key"): {"a"}, stepName(0, "was"): {"write"}, stepName(0, "capability"): {"write"},
			stepName(0, "rest"): {sentBack(s.Rest)}}
		for name, text := range s.Settings {
			form.Set(stepName(0, ofSetting+name), sentBack(text))
		}
		back := postedSteps(form, find)
		if got := back[0].settings(find); !same(got, settings) {
			t.Fatalf("%s became %s\nby %q and %q", settings, got, s.Settings, s.Rest)
		}
		// Another capability and back again loses nothing either.
		s.become("none", find)
		s.become("write", find)
		if got := s.settings(find); !same(got, settings) {
			t.Fatalf("%s became %s by another capability", settings, got)
		}
	})
}

// Whatever an input schema says, rows show all of it, or it stays JSON.
func TestNoSchemaIsLost(t *testing.T) {
	proptest.Check(t, func(t *rapid.T) {
		keyword := rapid.SampledFrom([]string{
			"type", "title", "description", "default", "enum", "items", "maxLength", "x-widget", "examples", "$comment",
		})
		property := rapid.OneOf(
			rapid.MapOfN(keyword, valueOf(1), 0, 5).AsAny(),
			rapid.Custom(func(t *rapid.T) any {
				p := rapid.MapOfN(keyword, valueOf(1), 0, 4).Draw(t, "more")
				p["type"] = rapid.SampledFrom([]any{"string", "integer", "number", "boolean", "array", "object"}).Draw(t, "type")
				return p
			}), valueOf(0))
		root := rapid.MapOfN(rapid.SampledFrom([]string{"title", "additionalProperties", "$schema", "x-order"}),
			valueOf(1), 0, 3).Draw(t, "root")
		root["type"] = "object"
		properties := rapid.MapOfN(rapid.SampledFrom([]string{"a", "b c", "key-points", " ", "", "ü"}), property, 0, 4).
			Draw(t, "properties")
		root["properties"] = properties
		var required []string
		for name := range properties {
			if rapid.Bool().Draw(t, "required") {
				required = append(required, name)
			}
		}
		slices.Sort(required)
		root["required"] = append([]string{}, required...)
		schema := encoded(root)
		f := form{}
		f.showSchema(schema)
		sent := url.Values{"in-rest": {sentBack(f.InputRest)}}
		if f.AsJSON {
			sent.Set("schema", sentBack(f.Schema))
		}
		for i, row := range f.Inputs {
			for _, x := range row.fields(i) {
				if x.Widget != "check" || x.Value != "" {
					sent.Set(x.Name, sentBack(x.Value))
				}
			}
		}
		back := form{AsJSON: sent.Has("schema"), Schema: lf(sent.Get("schema")), Inputs: postedInputs(sent),
			InputRest: lf(sent.Get("in-rest"))}
		if got := back.schema(); !sameSchema(got, schema) {
			t.Fatalf("%s\nbecame\n%s", schema, got)
		}
	})
}

// What waits for a step goes on waiting for the same one, wherever both are moved.
func TestStepsKeepWhatTheyWaitFor(t *testing.T) {
	proptest.Check(t, func(t *rapid.T) {
		var steps []step
		for i := range rapid.IntRange(1, 8).Draw(t, "steps") {
			s := step{Key: fmt.Sprintf("k%d", i)}
			for j := range i {
				if rapid.Bool().Draw(t, "waits") {
					s.After = append(s.After, j)
				}
			}
			steps = append(steps, s)
		}
		waits := func(steps []step) map[string][]string {
			out := map[string][]string{}
			for _, s := range templateSteps(steps, none) {
				slices.Sort(s.DependsOn)
				out[s.Key] = s.DependsOn
			}
			return out
		}
		before := waits(steps)
		from, to := rapid.IntRange(0, len(steps)-1).Draw(t, "from"), rapid.IntRange(0, len(steps)-1).Draw(t, "to")
		moved := moveStep(steps, from, to)
		if moved[to].Key != steps[from].Key || fmt.Sprint(waits(moved)) != fmt.Sprint(before) {
			t.Fatalf("%d to %d: %v became %v", from, to, before, waits(moved))
		}
		gone := steps[from].Key
		delete(before, gone)
		for key, on := range before {
			before[key] = slices.DeleteFunc(on, func(o string) bool { return o == gone })
		}
		if after := waits(removeStep(steps, from)); fmt.Sprint(after) != fmt.Sprint(before) {
			t.Fatalf("without %s: %v became %v", gone, before, after)
		}
	})
}

func none(string) (work.CapabilityDetails, bool) { return work.CapabilityDetails{}, false }

// A step that gets another key takes the expressions along that refer to it.
func TestARenamedStepIsStillReferredTo(t *testing.T) {
	steps := postedSteps(url.Values{
		stepName(0, "key"): {"long-read"}, stepName(0, "was-key"): {"post"},
		stepName(1, "key"): {"review"}, stepName(1, "when"): {`steps.post.output.score > 1 && steps.poster.output`},
		stepName(1, "rest"): {`{"a":"{{ steps.post.items[0].id }} not steps.post"}`},
	}, none)
	if got := steps[1].When; got != `steps["long-read"].output.score > 1 && steps.poster.output` {
		t.Error(got)
	}
	if got, want := steps[1].Rest, `steps[\"long-read\"].items[0].id }} not steps.post`; !strings.Contains(got, want) {
		t.Error(got)
	}
}
