package schema_test

import (
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/schema"
)

func compile(raw string) *schema.Schema {
	s, err := schema.Compile(json.RawMessage(raw))
	if err != nil {
		panic(err)
	}
	return s
}

var sample = compile(`{
 "type":"object","title":"Sample","description":"A sample.","additionalProperties":false,"required":["topic","size"],
 "x-order":["topic","size","tags","tone","link","language","steps"],
 "properties":{
  "topic":{"type":"string","title":"Topic","minLength":1,"maxLength":10,"pattern":"\\S","x-widget":"textarea"},
  "size":{"type":"integer","minimum":10,"maximum":20,"default":15},
  "tags":{"type":"array","maxItems":2,"uniqueItems":true,"items":{"type":"string","maxLength":3}},
  "tone":{"type":["string","null"],"enum":["plain","warm"],"x-labels":{"plain":"Plain and short"}},
  "link":{"type":"string","format":"uri"},
  "language":{"type":"string","pattern":"^[a-z]{2}$","examples":["de"]},
  "steps":{"type":"array","minItems":1,"items":{"type":"object","required":["name"],"properties":{"name":{"type":"string"}}}}}}`)

func TestCheckFillsDefaults(t *testing.T) {
	got, err := sample.Check(json.RawMessage(`{"topic":"tea","tone":null}`), "settings")
	if err != nil || string(got) != `{"size":15,"topic":"tea"}` {
		t.Errorf("%s, %v", got, err)
	}
	again, err := sample.Check(json.RawMessage(`{"topic":"tea","size":12}`), "settings")
	if err != nil || string(again) != `{"size":12,"topic":"tea"}` {
		t.Errorf("%s, %v", again, err)
	}
}

func TestCheckReportsAllFaultsAtOnce(t *testing.T) {
	const required = "The topic field is required"
	for raw, want := range map[string]map[string]string{
		``:               {"topic": required},
		`null`:           {"topic": required},
		`{"topic":""}`:   {"topic": required},
		`{"topic":"  "}`: {"topic": "The topic field must not be blank"},
		`{"topic":7,"size":"x","topics":1}`: {
			"topic":  "The topic field must be text",
			"size":   "The size field must be a whole number",
			"topics": `There is no field named "topics"; did you mean "topic"?`,
		},
		`{"topic":"01234567890","size":3}`: {
			"topic": "The topic field must have at most 10 characters; it has 11",
			"size":  "The size field must be at least 10",
		},
		`{"topic":"a","size":21,"tone":"loud"}`: {
			"size": "The size field must be at most 20",
			"tone": "The tone field must be one of plain or warm",
		},
		`{"topic":"a","tags":["abc","abcd","x"]}`: {
			"tags":   "The tags field must have at most 2 items; it has 3",
			"tags.1": "The tags.1 field must have at most 3 characters; it has 4",
		},
		`{"topic":"a","tags":["a","a"]}`: {"tags.1": `The tags.1 field repeats "a"`},
		`{"topic":"a","link":"no link"}`: {"link": "The link field must be a URL such as https://example.com"},
		`{"topic":"a","language":"x"}`:   {"language": `The language field must be a value such as "de"`},
		`{"topic":"a","steps":[]}`:       {"steps": "The steps field is required"},
		`{"topic":"a","steps":[{}]}`:     {"steps.0.name": "The name field is required"},
	} {
		_, err := sample.Check(json.RawMessage(raw), "settings")
		var e *domain.Error
		if !errors.As(err, &e) || e.Code != domain.CodeValidation {
			t.Errorf("%s: %v", raw, err)
			continue
		}
		for path, want := range want {
			if got := e.Fields["settings."+path]; len(got) != 1 || got[0] != want {
				t.Errorf("%s: %s: got %q, want %q", raw, path, got, want)
			}
		}
		if len(e.Fields) != len(want) {
			t.Errorf("%s: got %v", raw, e.Fields)
		}
	}
}

func TestFaultsStandInTheOrderOfTheForm(t *testing.T) {
	_, err := sample.Check(json.RawMessage(`{"zzz":1,"size":1}`), "")
	if e := domain.AsError(err); e.Message != "The topic field is required" || e.Fields["zzz"] == nil {
		t.Errorf("got %q, %v", e.Message, e.Fields)
	}
	var paths []string
	faults, err := sample.CheckText(`{"zzz":1,"aaa":2,"link":"x","size":1}`)
	for _, f := range faults {
		paths = append(paths, strings.Join(f.Path, "."))
	}
	if want := []string{"topic", "size", "link", "aaa", "zzz"}; err != nil || !slices.Equal(paths, want) {
		t.Errorf("%v, %v", paths, err)
	}
}

func TestCheckWantsAnObject(t *testing.T) {
	for _, raw := range []string{`[]`, `7`, `{`, `{} {}`} {
		_, err := sample.Check(json.RawMessage(raw), "settings")
		if e := domain.AsError(err); e.Message != "The settings field must be an object" {
			t.Errorf("%s: %v", raw, err)
		}
	}
	if _, err := sample.CheckText("Hello"); err == nil {
		t.Error("text that is no JSON is accepted")
	}
}

func TestFields(t *testing.T) {
	var names []string
	for _, f := range sample.Fields() {
		names = append(names, f.Name)
	}
	if want := []string{"topic", "size", "tags", "tone", "link", "language", "steps"}; !slices.Equal(names, want) {
		t.Errorf("order: %v", names)
	}
	topic, _ := sample.Field("topic")
	tone, _ := sample.Field("tone")
	steps, _ := sample.Field("steps")
	switch {
	case !topic.Required || topic.Widget != schema.WidgetTextArea || topic.MaxLength != 10 || topic.Title != "Topic":
		t.Errorf("topic: %+v", topic)
	case tone.Type != schema.Text || !tone.Nullable || tone.Labels["plain"] != "Plain and short" || len(tone.Enum) != 2:
		t.Errorf("tone: %+v", tone)
	case steps.Type != schema.List || steps.Items.Fields[0].Name != "name" || !steps.Items.Fields[0].Required:
		t.Errorf("steps: %+v", steps)
	case !sample.Closed() || sample.Title() != "Sample" || sample.Help() != "A sample.":
		t.Errorf("the schema: %+v", sample)
	}
	if !reflect.DeepEqual(sample.Required(), []string{"topic", "size"}) {
		t.Errorf("required: %v", sample.Required())
	}
	if d := sample.Defaults(); string(d["size"]) != "15" || len(d) != 1 {
		t.Errorf("defaults: %v", slices.Sorted(maps.Keys(d)))
	}
}

// Without x-order, required fields come first; a property may also carry its place.
func TestOrderOfFields(t *testing.T) {
	for raw, want := range map[string]string{
		`{"properties":{"a":{},"b":true,"c":{}},"required":["c"]}`:         "c a b",
		`{"properties":{"a":{"x-order":2},"b":{"x-order":1},"c":{}}}`:      "b a c",
		`{"x-order":["b"],"properties":{"a":{},"b":{},"c":{"x-order":0}}}`: "b c a",
	} {
		s, err := schema.Compile(json.RawMessage(raw))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range s.Fields() {
			names = append(names, f.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %s", raw, got)
		}
	}
}

func TestCompileRefusesSchemas(t *testing.T) {
	for _, raw := range []string{``, `[]`, `{"type":"strin"}`, `{"$ref":"https://example.com/x.json"}`} {
		if _, err := schema.Compile(json.RawMessage(raw)); err == nil {
			t.Errorf("%s is accepted", raw)
		}
	}
}

func TestStandardLeavesOutKeywordsOfOurOwn(t *testing.T) {
	s, err := schema.Compile(json.RawMessage(`{"x-order":["x-widget"],"required":["x-widget"],"properties":{
		"x-widget":{"type":"string","x-group":"More","x-widget":"textarea","enum":["a"],"x-labels":{"a":"A"}},
		"list":{"type":"array","x-order":1,"items":{"type":"object","x-order":["a"],"properties":{"a":{"x-order":3}}}}},
		"anyOf":[{"x-widget":"a"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"anyOf":[{}],"properties":{"list":{"items":{"properties":{"a":{}},"type":"object"},"type":"array"},` +
		`"x-widget":{"enum":["a"],"type":"string"}},"required":["x-widget"]}`
	if got, err := s.Standard(); err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
}

// TestCheckReadsWhatGoDecodes holds that what passes the check can be decoded, and that
// what cannot be decoded is a fault of its field.
func TestCheckReadsWhatGoDecodes(t *testing.T) {
	s, err := schema.Compile([]byte(`{"type":"object","additionalProperties":false,"properties":{
		"n":{"type":"integer"},"few":{"type":"integer","minimum":1,"maximum":5},"x":{"type":"number"},
		"t":{"type":"string"},"list":{"type":"array","items":{"type":"integer"}},
		"inner":{"type":"object","properties":{"n":{"type":"integer"},"t":{"type":"string"}}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	type values struct {
		N, Few int64
		X      float64
		T      string
		List   []int
		Inner  struct {
			N int
			T string
		}
	}
	for text, want := range map[string]string{ // the path at fault; "": none
		`{"n":5.0,"few":5e0,"x":1e3,"list":[1.0,20e-1],"inner":{"n":7.00}}`: "",
		`{"n":null,"x":null,"inner":{"n":null}}`:                            "",
		`{"n":9223372036854775807}`:                                         "",
		`{"n":9223372036854775808}`:                                         "settings.n",
		`{"n":1e9999999}`:                                                   "settings.n",
		`{"few":1e30}`:                                                      "settings.few",
		`{"few":-1e30}`:                                                     "settings.few",
		`{"x":1e400}`:                                                       "settings.x",
		`{"x":1e30}`:                                                        "",
		`{"n":1.5}`:                                                         "settings.n",
		`{"list":[1,1e19]}`:                                                 "settings.list.1",
		`{"inner":{"n":1e19}}`:                                              "settings.inner.n",
		`{"inner":{"t":"a\u0000"}}`:                                         "settings.inner.t",
		`{"t":"a\u001b"}`:                                                   "settings.t",
		`{"t":"tab\tand\r\nline"}`:                                          "",
	} {
		filled, err := s.Check([]byte(text), "settings")
		if want != "" {
			e := domain.AsError(err)
			if len(e.Fields) != 1 || len(e.Fields[want]) != 1 {
				t.Errorf("%s: %v %v", text, err, e.Fields)
			}
			continue
		}
		if err == nil {
			err = json.Unmarshal(filled, &values{})
		}
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}
