package mcp

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/ops"
)

// toolOf is the tool of a row that returns data.
func toolOf(t *testing.T, about ops.Tool, data any) *tool {
	t.Helper()
	row := ops.New(ops.Op{
		Name:    "list_things",
		Route:   ops.Route{Method: http.MethodGet, Path: "/things"},
		Scope:   domain.ScopeRead,
		Docs:    ops.Docs{Summary: "List things", Description: "Lists things."},
		Tool:    about,
		Command: ops.Command{None: "a test"},
	}, func(context.Context, struct{ ops.Paging }) (any, error) { return data, nil },
		func(_ *ops.Reply, v any) any { return v }, data)
	b, err := newToolbox([]ops.Op{row})
	if err != nil {
		t.Fatal(err)
	}
	return b.all[0]
}

func resources(n, text int) []any {
	out := make([]any, n)
	for i := range out {
		out[i] = map[string]any{
			"type": "thing", "id": i,
			"attributes": map[string]any{"title": fmt.Sprint("Title ", i), "note": nil, "body": strings.Repeat("wört ", text)},
			"links":      map[string]any{"self": "/things/1"},
		}
	}
	return out
}

func called(t *testing.T, tool *tool) (result map[string]any, raw json.RawMessage, note string) {
	t.Helper()
	ctx := domain.WithActor(t.Context(), domain.Actor{Role: domain.RoleOwner, Scopes: []domain.Scope{domain.ScopeAdmin}})
	raw, err := tool.call(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &result); err != nil {
		t.Fatal(err)
	}
	note, _ = result["note"].(string)
	return result, raw, note
}

func TestListsKeepWhatTheirRowNames(t *testing.T) {
	result, _, note := called(t, toolOf(t, ops.Tool{Brief: []string{"title", "note"}}, resources(3, 5)))
	got, _ := json.Marshal(result["data"].([]any)[1])
	if want := `{"attributes":{"title":"Title 1"},"id":1,"type":"thing"}`; string(got) != want || note != "" {
		t.Errorf("%s, note %q, want %s", got, note, want)
	}
}

func TestLongAnswersAreCutAndSaySo(t *testing.T) {
	for name, tc := range map[string]struct {
		tool       ops.Tool
		data       any
		most       int
		cut, shows string
	}{
		"long texts":   {ops.Tool{}, resources(3, 10_000), mostBytes, "texts of more than", "Title 2"},
		"long lists":   {ops.Tool{}, resources(5000, 1), mostBytes, "Lists of more than", "Title 1"},
		"a whole text": {ops.Tool{Whole: true}, resources(1, 100_000), mostWholeBytes, "texts of more than", "Title 0"},
		"short":        {ops.Tool{}, resources(3, 5), mostBytes, "", "Title 2"},
	} {
		_, raw, note := called(t, toolOf(t, tc.tool, tc.data))
		if len(raw) > tc.most || !strings.Contains(note, tc.cut) || tc.cut == "" && note != "" ||
			!strings.Contains(string(raw), tc.shows) {
			t.Errorf("%s: %d bytes, note %q", name, len(raw), note)
		}
		if tc.cut == "texts of more than" && len(raw) < tc.most*9/10 {
			t.Errorf("%s: only %d of %d bytes are used", name, len(raw), tc.most)
		}
	}
}

// No shape of an answer is longer than it may be.
func TestAnyAnswerFits(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 1))
		_, raw, _ := called(t, toolOf(t, ops.Tool{}, tree(r, 0)))
		if len(raw) > mostBytes {
			t.Errorf("seed %d: %d bytes", seed, len(raw))
		}
	}
}

func tree(r *rand.Rand, depth int) any {
	switch k := r.IntN(4); {
	case depth < 5 && (depth == 0 || k == 0):
		l := make([]any, r.IntN(12))
		for i := range l {
			l[i] = tree(r, depth+1)
		}
		return l
	case depth < 5 && k == 1:
		m := map[string]any{}
		for i := range r.IntN(6) {
			m[fmt.Sprint("name", i)] = tree(r, depth+1)
		}
		return m
	case k == 2:
		return r.Uint64()
	}
	return strings.Repeat("“quoted” <b>\n", r.IntN(100))
}

func TestWaitsEndBeforeClientsGiveUp(t *testing.T) {
	a, _ := start(t)
	ctx := domain.WithActor(t.Context(), domain.Actor{Role: domain.RoleOwner, Scopes: []domain.Scope{domain.ScopeAdmin}})
	for _, name := range []string{"execute_capability", "generate_blog_post", "get_execution"} {
		props := a.tools.byName[name].input["properties"].(map[string]any)
		if most := fmt.Sprint(props["wait"].(map[string]any)["maximum"]); most != "50" {
			t.Errorf("%s waits up to %s s", name, most)
		}
		_, err := a.tools.byName[name].call(ctx, json.RawMessage(`{"wait":51,"slug":"x","id":1,"topic":"x"}`))
		if e := domain.AsError(err); e.Code != domain.CodeValidation || len(e.Fields["wait"]) != 1 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A resource that may be null, inside a list, is described as it is sent: with the
// attributes that are kept and no others.
func TestBriefSchemaOfAResourceThatMayBeNull(t *testing.T) {
	type object = map[string]any
	thing := object{"type": "object", "required": []string{"attributes"}, "properties": object{
		"type": object{"type": "string"}, "id": object{"type": "integer"},
		"attributes": object{"type": "object", "required": []string{"title", "body"}, "properties": object{
			"title": object{"type": "string"}, "body": object{"type": "string"},
		}},
	}}
	list := object{"type": "array", "items": object{"type": "object", "properties": object{
		"item": object{"anyOf": []any{thing, object{"type": "null"}}},
	}}}
	raw, err := json.Marshal(briefSchema(list, []string{"title"}, false))
	if err != nil {
		t.Fatal(err)
	}
	if text := string(raw); strings.Contains(text, "body") || !strings.Contains(text, `"title"`) ||
		!strings.Contains(text, `{"type":"null"}`) {
		t.Errorf("the schema is %s", text)
	}
}
