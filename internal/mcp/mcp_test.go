package mcp

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"vellocity/internal/api"
	"vellocity/internal/auth"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/engine"
	"vellocity/internal/gate"
	"vellocity/internal/golden"
	"vellocity/internal/ops"
)

// sample is a catalogue of one capability.
var sample = domain.Capability{
	Slug:        "generate-blog-post",
	Name:        "Blog Post Generator",
	Description: "Generate SEO-optimized blog posts",
	Category:    domain.CategoryGeneration,
	Credits:     5,
	NeedsModel:  true,
	SettingsSchema: json.RawMessage(`{"type":"object","properties":{"topic":{"type":"string","title":"Topic"}},` +
		`"required":["topic"],"additionalProperties":false}`),
}

// start serves the rows over an engine that has a catalogue and no store: what needs
// one panics, which the tests of the whole program cover.
func start(t *testing.T) (*Server, *httptest.Server) {
	t.Helper()
	e, err := engine.New(
		engine.Options{
			Capabilities: []capability.Capability{capability.Define(capability.Spec[struct{}]{
				Capability: sample,
				Title:      func(struct{}) string { return "" },
			})},
		},
	)
	if err != nil {
		t.Fatal(err)
	}
	g, err := gate.New(gate.Options{Authenticate: authenticate})
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Options{Table: api.Rows(e), Prompts: api.Prompts(), Gate: g, Instructions: api.Instructions})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return s, srv
}

func authenticate(_ context.Context, key string, _ netip.Addr) (auth.Caller, error) {
	actor := domain.Actor{Kind: domain.ActorKey, ID: 1, WorkspaceID: 1, Role: domain.RoleOwner}
	switch key {
	case "full":
		actor.Scopes = []domain.Scope{domain.ScopeAdmin}
	case "reader":
		actor.ID, actor.Scopes = 2, []domain.Scope{domain.ScopeRead, domain.ScopeMCPFull}
	case "tools":
		actor.ID, actor.Scopes = 3, []domain.Scope{domain.ScopeRead, domain.ScopeMCPTools}
	case "rest":
		actor.ID, actor.Scopes = 4, []domain.Scope{domain.ScopeRead}
	default:
		return auth.Caller{}, auth.Unauthorized()
	}
	return auth.Caller{Actor: actor}, nil
}

type keyed struct{ key string }

func (k keyed) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+k.key)
	return http.DefaultTransport.RoundTrip(r)
}

func connect(t *testing.T, url, key string) *sdk.ClientSession {
	t.Helper()
	client := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, nil)
	s, err := client.Connect(
		t.Context(),
		&sdk.StreamableClientTransport{Endpoint: url, HTTPClient: &http.Client{Transport: keyed{key}}},
		nil,
	)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestToolsAsAClientSeesThem(t *testing.T) {
	a, srv := start(t)
	s := connect(t, srv.URL+Path+"", "full")
	if got := s.InitializeResult(); got.ServerInfo.Name != "vellocity-mcp" || got.ServerInfo.Version != "1.0.0" {
		t.Errorf("server info %+v", got.ServerInfo)
	}
	l, err := s.ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, tool := range l.Tools {
		names[tool.Name] = true
		if tool.Annotations == nil || tool.Annotations.DestructiveHint == nil || tool.Annotations.OpenWorldHint == nil ||
			tool.OutputSchema == nil {
			t.Errorf("%s lacks hints or an output schema", tool.Name)
		}
	}
	for _, want := range []string{"list_capabilities", "get_capability", "execute_capability", "list_executions", "get_execution", "get_execution_assets", "get_kanban_board",
		"move_content", "bulk_move_content", "list_brand_voices", "get_brand_voice", "list_agents", "get_agent", "check_text"} {
		if !names[want] {
			t.Errorf("the default list lacks %s", want)
		}
	}
	if len(l.Tools) > 20 || l.NextCursor != "" {
		t.Errorf("%d tools, cursor %q", len(l.Tools), l.NextCursor)
	}
	all, err := connect(t, srv.URL+Path+"?toolsets=all", "full").ListTools(t.Context(), nil)
	if err != nil || len(all.Tools) != len(a.tools.all) {
		t.Errorf("toolset all: %d of %d tools, %v", len(all.Tools), len(a.tools.all), err)
	}
	if _, err := connect(t, srv.URL+Path+"?toolsets=nothing", "full").ListTools(t.Context(), nil); err == nil ||
		!strings.Contains(err.Error(), "toolset") {
		t.Errorf("unknown toolset: %v", err)
	}
	reader, err := connect(t, srv.URL+Path+"", "reader").ListTools(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tool := range reader.Tools {
		if !tool.Annotations.ReadOnlyHint {
			t.Errorf("a key that can only read is offered %s", tool.Name)
		}
	}
}

func TestCalls(t *testing.T) {
	_, srv := start(t)
	s := connect(t, srv.URL+Path+"", "full")
	got, err := s.CallTool(
		t.Context(),
		&sdk.CallToolParams{Name: "list_capabilities", Arguments: map[string]any{"category": "generation"}},
	)
	if err != nil || got.IsError {
		t.Fatalf("%v %+v", err, got)
	}
	text := got.Content[0].(*sdk.TextContent).Text
	structured, _ := json.Marshal(got.StructuredContent)
	var a, b any
	if json.Unmarshal([]byte(text), &a) != nil || json.Unmarshal(structured, &b) != nil {
		t.Fatal("no JSON")
	}
	x, _ := json.Marshal(a)
	if y, _ := json.Marshal(b); !bytes.Equal(x, y) || !strings.Contains(text, `"slug":"generate-blog-post"`) {
		t.Errorf("text %s\nstructured %s", text, structured)
	}
	for _, c := range []struct {
		tool, says string
		args       map[string]any
	}{
		{"list_capabilities", "category: The category field must be one of", map[string]any{"category": "poetry"}},
		{"list_capabilities", `There is no field named "catgory"; did you mean "category"?`, map[string]any{"catgory": "generation"}},
		{"get_execution", "The id field is required", map[string]any{}},
		{"get_capability", "NOT_FOUND", map[string]any{"slug": "write-poetry"}},
		{"generate_blog_post", "The priority field must be one of urgent, high, normal or low", map[string]any{"topic": "x", "priority": "now"}},
	} {
		got, err := s.CallTool(t.Context(), &sdk.CallToolParams{Name: c.tool, Arguments: c.args})
		if err != nil || !got.IsError || !strings.Contains(got.Content[0].(*sdk.TextContent).Text, c.says) {
			t.Errorf("%s %v: %v %+v", c.tool, c.args, err, got)
		}
	}
	reader := connect(t, srv.URL+Path+"", "reader")
	refused, err := reader.CallTool(t.Context(), &sdk.CallToolParams{
		Name:      "generate_blog_post",
		Arguments: map[string]any{"topic": "x"},
	})
	if err != nil || !refused.IsError ||
		!strings.Contains(refused.Content[0].(*sdk.TextContent).Text, "FORBIDDEN") {
		t.Errorf("a reader wrote: %v %+v", err, got)
	}
}

func TestResources(t *testing.T) {
	_, srv := start(t)
	s := connect(t, srv.URL+Path+"", "full")
	l, err := s.ListResources(t.Context(), nil)
	if err != nil || len(l.Resources) != 5 {
		t.Errorf("%d resources, %v", len(l.Resources), err)
	}
	r, err := s.ReadResource(t.Context(), &sdk.ReadResourceParams{URI: "vellocity://capabilities/generate-blog-post"})
	if err != nil || !strings.Contains(r.Contents[0].Text, `"required_settings":["topic"]`) {
		t.Errorf("%v %+v", err, r)
	}
	for _, uri := range []string{"vellocity://capabilities/none", "vellocity://executions/abc", "vellocity://nothing"} {
		if _, err := s.ReadResource(t.Context(), &sdk.ReadResourceParams{URI: uri}); err == nil ||
			!strings.Contains(err.Error(), "not found") {
			t.Errorf("%s: %v", uri, err)
		}
	}
}

// TestWire probes what is exact about the endpoint, without a client's help.
func TestWire(t *testing.T) {
	_, srv := start(t)
	url := srv.URL + Path
	const both = "Accept: application/json, text/event-stream"
	const initialize = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`
	post := func(body string, headers ...string) (*http.Response, string) {
		t.Helper()
		req, _ := http.NewRequestWithContext(t.Context(), "POST", url, strings.NewReader(body))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer full")
		for _, h := range headers {
			name, value, _ := strings.Cut(h, ": ")
			if req.Header.Set(name, value); value == "" {
				req.Header.Del(name)
			}
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var b bytes.Buffer
		if _, err := b.ReadFrom(resp.Body); err != nil {
			t.Fatal(err)
		}
		return resp, b.String()
	}
	resp, body := post(initialize, both)
	session := "Mcp-Session-Id: " + resp.Header.Get("Mcp-Session-Id")
	if resp.StatusCode != 200 || len(session) < 30 || !strings.Contains(body, `"protocolVersion":"2025-11-25"`) ||
		!strings.Contains(body, `"name":"vellocity-mcp"`) {
		t.Fatalf("initialize: %d %s", resp.StatusCode, body)
	}
	_, body = post(strings.Replace(initialize, "2025-11-25", "2026-07-28", 1), both)
	if !strings.Contains(body, `"protocolVersion":"2025-11-25"`) {
		t.Errorf("initialize must never name a revision without it: %s", body)
	}
	modern := `{"jsonrpc":"2.0","id":7,"method":"%m","params":{%p"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{},"io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"}}}}`
	inModern := func(method, params string) string {
		return strings.NewReplacer("%m", method, "%p", params).Replace(modern)
	}
	for _, c := range []struct {
		name, body string
		headers    []string
		status     int
		says       string
	}{
		{"list in a session", `{"jsonrpc":"2.0","id":2,"method":"tools/list"}`, []string{both, session, "Mcp-Protocol-Version: 2025-11-25"}, 200, "list_capabilities"},
		{"as JSON alone", `{"jsonrpc":"2.0","id":2,"method":"tools/list"}`, []string{"Accept: application/json", session}, 200, `{"jsonrpc":"2.0","id":2,"result"`},
		{"notification", `{"jsonrpc":"2.0","method":"notifications/initialized"}`, []string{both, session}, 202, ""},
		{"unknown method", `{"jsonrpc":"2.0","id":3,"method":"tools/burn"}`, []string{both, session}, 200, `-32601`},
		{"prompts", `{"jsonrpc":"2.0","id":3,"method":"prompts/list"}`, []string{both, session}, 200, `"name":"plan_campaign"`},
		{"an unknown prompt", `{"jsonrpc":"2.0","id":3,"method":"prompts/get","params":{"name":"x"}}`, []string{both, session}, 200, `-32602`},
		{"completion of a prompt", `{"jsonrpc":"2.0","id":3,"method":"completion/complete","params":{"ref":{"type":"ref/prompt","name":"execute_capability"},"argument":{"name":"capability","value":"gen"}}}`, []string{both, session}, 200, `"values":["generate-blog-post"]`},
		{"completion of an argument without values", `{"jsonrpc":"2.0","id":3,"method":"completion/complete","params":{"ref":{"type":"ref/prompt","name":"execute_capability"},"argument":{"name":"goal","value":"x"}}}`, []string{both, session}, 200, `"values":[]`},
		{"completion of an unknown argument", `{"jsonrpc":"2.0","id":3,"method":"completion/complete","params":{"ref":{"type":"ref/prompt","name":"execute_capability"},"argument":{"name":"x","value":"x"}}}`, []string{both, session}, 200, `-32602`},
		{"completion", `{"jsonrpc":"2.0","id":3,"method":"completion/complete","params":{"ref":{"type":"ref/resource","uri":"vellocity://capabilities/{slug}"},"argument":{"name":"slug","value":"Gen"}}}`, []string{both, session}, 200, `"values":["generate-blog-post"]`},
		{"completion of none", `{"jsonrpc":"2.0","id":3,"method":"completion/complete","params":{"ref":{"type":"ref/resource","uri":"vellocity://capabilities/{slug}"},"argument":{"name":"slug","value":"x"}}}`, []string{both, session}, 200, `"values":[]`},
		{"completion of an unknown prompt", `{"jsonrpc":"2.0","id":3,"method":"completion/complete","params":{"ref":{"type":"ref/prompt","name":"x"},"argument":{"name":"slug","value":"x"}}}`, []string{both, session}, 200, `-32602`},
		{"completion without params", `{"jsonrpc":"2.0","id":3,"method":"completion/complete"}`, []string{both, session}, 400, `-32602`},
		{"second initialize", initialize, []string{both, session}, 200, `"code":-32600,"message":"This session is initialized already"`},
		{"params of another form", `{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":7}}`, []string{both, session}, 400, `The name must be a string`},
		{"a level that is none", `{"jsonrpc":"2.0","id":3,"method":"logging/setLevel","params":{"level":"nope"}}`, []string{both, session}, 400, `must be one of debug`},
		{"a cursor that is none", `{"jsonrpc":"2.0","id":3,"method":"tools/list","params":{"cursor":"junk"}}`, []string{both, session}, 200, `a cursor must be one that`},
		{"an id that is no whole number", `{"jsonrpc":"2.0","id":1.5,"method":"ping"}`, []string{both, session}, 400, `-32600`},
		{"an id that would come back as another", `{"jsonrpc":"2.0","id":9007199254740993,"method":"ping"}`, []string{both, session}, 400, `-32600`},
		{"the largest id", `{"jsonrpc":"2.0","id":9007199254740991,"method":"ping"}`, []string{both, session}, 200, `"id":9007199254740991`},
		{"unknown tool", `{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"none"}}`, []string{both, session}, 200, `-32602`},
		{"no params", `{"jsonrpc":"2.0","id":3,"method":"tools/call"}`, []string{both, session}, 400, `{"jsonrpc":"2.0","id":3,"error":{"code":-32602`},
		{"a list of arguments", `{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"get_execution","arguments":[1]}}`, []string{both, session}, 200, `must be one JSON object`},
		{"unknown notification", `{"jsonrpc":"2.0","method":"notifications/burn"}`, []string{both, session}, 202, ""},
		{"neither request nor answer", `{"jsonrpc":"2.0","id":3}`, []string{both, session}, 400, `-32600`},
		{"an id that is none", `{"jsonrpc":"2.0","id":{},"method":"ping"}`, []string{both, session}, 400, `-32600`},
		{"unknown version", `{"jsonrpc":"2.0","id":3,"method":"ping"}`, []string{both, session, "Mcp-Protocol-Version: 1999-01-01"}, 400, `{"jsonrpc":"2.0","id":3,"error":{"code":-32600`},
		{"no uri", `{"jsonrpc":"2.0","id":3,"method":"resources/read","params":{}}`, []string{both, session}, 400, `-32602`},
		{"batch", `[{"jsonrpc":"2.0","id":3,"method":"ping"}]`, []string{both, session}, 200, `{"jsonrpc":"2.0","id":3,"result":{}}`},
		{"empty batch", `[]`, []string{both, session}, 400, `-32600`},
		{"batch of a later revision", `[{"jsonrpc":"2.0","id":3,"method":"ping"}]`, []string{both, session, "Mcp-Protocol-Version: 2025-06-18"}, 400, `-32600`},
		{"no session", `{"jsonrpc":"2.0","id":4,"method":"tools/list"}`, []string{both}, 400, `-32600`},
		{"made-up session", `{"jsonrpc":"2.0","id":4,"method":"tools/list"}`, []string{both, "Mcp-Session-Id: none"}, 404, `send initialize again`},
		{"another caller's session", `{"jsonrpc":"2.0","id":4,"method":"tools/list"}`, []string{both, session, "Authorization: Bearer reader"}, 403, `-31003`},
		{"broken JSON", `{"jsonrpc":`, []string{both, session}, 400, `-32700`},
		{"null id", `{"jsonrpc":"2.0","id":null,"method":"ping"}`, []string{both, session}, 400, `-32600`},
		{"no key", initialize, []string{both, "Authorization: none"}, 401, ``},
		{"no header", initialize, []string{both, "Authorization: "}, 401, ``},
		{"a key without mcp", initialize, []string{both, "Authorization: Bearer rest"}, 403, `mcp:tools`},
		{"a key without mcp:resources", `{"jsonrpc":"2.0","id":4,"method":"resources/list"}`, []string{both, session, "Authorization: Bearer tools"}, 403, `mcp:resources`},
		{"foreign origin", initialize, []string{both, "Origin: https://evil.example"}, 403, ``},
		{"own origin", initialize, []string{both, "Origin: " + srv.URL}, 200, `vellocity-mcp`},
		{"no such resource", `{"jsonrpc":"2.0","id":5,"method":"resources/read","params":{"uri":"vellocity://capabilities/none"}}`, []string{both, session}, 200, `-32002`},
		{"modern discover", inModern("server/discover", ""), []string{both, "Mcp-Protocol-Version: 2026-07-28", "Mcp-Method: server/discover"}, 200, `"2026-07-28"`},
		{"modern list", inModern("tools/list", ""), []string{both, "Mcp-Protocol-Version: 2026-07-28", "Mcp-Method: tools/list"}, 200, `"cacheScope":"private"`},
		{"modern call", inModern("tools/call", `"name":"list_capabilities","arguments":{},`), []string{both, "Mcp-Protocol-Version: 2026-07-28", "Mcp-Method: tools/call", "Mcp-Name: list_capabilities"}, 200, `"resultType":"complete"`},
		{"modern header differs", inModern("tools/list", ""), []string{both, "Mcp-Protocol-Version: 2026-07-28", "Mcp-Method: tools/call"}, 400, `-32020`},
		{"modern unknown method", inModern("tools/burn", ""), []string{both, "Mcp-Protocol-Version: 2026-07-28", "Mcp-Method: tools/burn"}, 404, `-32601`},
		{"modern completion", inModern("completion/complete", `"ref":{"type":"ref/resource","uri":"vellocity://capabilities/{slug}"},"argument":{"name":"slug","value":""},`), []string{both, "Mcp-Protocol-Version: 2026-07-28", "Mcp-Method: completion/complete"}, 200, `"values":["generate-blog-post"]`},
		{"modern answer", `{"jsonrpc":"2.0","id":3,"result":{}}`, []string{both, "Mcp-Protocol-Version: 2026-07-28"}, 400, `-32600`},
		{"modern no such resource", inModern("resources/read", `"uri":"vellocity://capabilities/none",`), []string{both, "Mcp-Protocol-Version: 2026-07-28", "Mcp-Method: resources/read", "Mcp-Name: vellocity://capabilities/none"}, 400, `-32602`},
	} {
		t.Run(c.name, func(t *testing.T) {
			resp, body := post(c.body, c.headers...)
			if resp.StatusCode != c.status || !strings.Contains(body, c.says) {
				t.Errorf("%d %s", resp.StatusCode, body)
			}
			if resp.Header.Get("X-Request-Id") == "" {
				t.Error("no X-Request-Id")
			}
			challenge := resp.Header.Get("WWW-Authenticate")
			sent := c.name != "no header"
			if resp.StatusCode == 401 && (!strings.HasPrefix(challenge, "Bearer realm=") ||
				strings.Contains(challenge, "invalid_token") != sent) {
				t.Errorf("WWW-Authenticate %q", challenge)
			}
		})
	}
	// What is looked at and what is done must be one thing, in a batch as well.
	resp, _ = post(initialize, both, "Authorization: Bearer tools")
	tools := "Mcp-Session-Id: " + resp.Header.Get("Mcp-Session-Id")
	for _, sly := range []string{
		`[{"jsonrpc":"2.0","id":3,"method":"resources/list"}]`,
		`{"jsonrpc":"2.0","id":3,"method":"resources/list","Method":"ping"}`,
	} {
		if _, body := post(sly, both, tools, "Authorization: Bearer tools"); !strings.Contains(body, "mcp:resources") {
			t.Errorf("%s: %s", sly, body)
		}
	}
	del, _ := http.NewRequestWithContext(t.Context(), "DELETE", url, nil)
	del.Header.Set("Authorization", "Bearer full")
	del.Header.Set("Mcp-Session-Id", strings.TrimPrefix(session, "Mcp-Session-Id: "))
	resp, err := http.DefaultClient.Do(del)
	if err != nil || resp.StatusCode != 204 {
		t.Fatalf("DELETE: %v %v", resp, err)
	}
	resp.Body.Close()
	if resp, _ := post(`{"jsonrpc":"2.0","id":9,"method":"ping"}`, both, session); resp.StatusCode != 404 {
		t.Errorf("after DELETE: %d", resp.StatusCode)
	}
}

// TestToolGoldens keeps one file per tool, so that each change of what a model
// reads is seen, and holds all to what every client can read.
func TestToolGoldens(t *testing.T) {
	a, _ := start(t)
	var kept []string
	forms := a.Tools()
	for i, tool := range a.tools.all {
		form := forms[i]
		var b bytes.Buffer
		if err := ops.Encode(&b, form); err != nil {
			t.Fatal(err)
		}
		var pretty bytes.Buffer
		if err := json.Indent(&pretty, b.Bytes(), "", "  "); err != nil {
			t.Fatal(err)
		}
		golden.Check(t, "testdata/tools/"+tool.name+".json", string(append(pretty.Bytes(), '\n')))
		kept = append(kept, tool.name+".json")
		for _, schema := range []map[string]any{tool.input, tool.output(), listedOutput()} {
			compile(t, tool.name, schema)
			if s := string(ops.MustEncode(schema)); strings.Contains(s, `"type":[`) || strings.Contains(s, `"$ref"`) {
				t.Errorf("%s: a schema that some clients cannot read: %s", tool.name, s)
			}
		}
		if len(tool.name) > 64 || tool.description == "" || tool.title == "" {
			t.Errorf("%s: name, title or description", tool.name)
		}
	}
	files, err := filepath.Glob("testdata/tools/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !slices.Contains(kept, filepath.Base(f)) {
			t.Errorf("%s is of no tool any more", f)
			if golden.Update() {
				os.Remove(f)
			}
		}
	}
}

func compile(t *testing.T, name string, schema map[string]any) {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(ops.MustEncode(schema)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("tool.json", doc); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Compile("tool.json"); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}
