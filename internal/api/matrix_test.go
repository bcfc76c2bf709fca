package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"vellocity/internal/app"
	"vellocity/internal/domain"
	"vellocity/internal/ops"
)

// missing is an id that nothing has.
const missing = "999999"

// target is a row's address with ids in it, and a body that the row accepts.
func target(o ops.Op, id string) (path, body string) {
	path = o.URL()
	for _, f := range o.Fields() {
		if f.In != "path" {
			continue
		}
		value := id
		if f.Name == "id" {
			value = prefixOf(o) + id
		}
		if f.Name == "slug" {
			value = "generate-blog-post"
		}
		if f.Name == "n" {
			value = "1"
		}
		path = strings.Replace(path, "{"+f.Name+"}", value, 1)
	}
	path = strings.NewReplacer("{workspace}", "main", "{slug}", "none").Replace(path)
	given := map[string]any{}
	query := ""
	for _, f := range o.Fields() {
		v, ok := o.ExampleInput()[f.Name]
		switch {
		case !ok:
		case f.In == "body":
			given[f.Name] = v
		case f.In == "query":
			query = fmt.Sprintf("?%s=%v", f.Name, v)
		}
	}
	if len(given) > 0 {
		raw, _ := json.Marshal(given)
		body = string(raw)
	}
	return path + query, body
}

// prefixOf is what the ids of a row's noun begin with: "lst_", or nothing where they are numbers.
func prefixOf(o ops.Op) string {
	switch {
	case strings.HasPrefix(o.Path, "/partners/listings"):
		return "lst_"
	case strings.HasPrefix(o.Path, "/partners/opportunities"):
		return "opp_"
	case strings.HasPrefix(o.Path, "/gtm-schedule/events"):
		return "evt_"
	}
	return ""
}

// TestEveryRowHasAllItsDoors holds that no row is served by halves.
func TestEveryRowHasAllItsDoors(t *testing.T) {
	w := start(t)
	key := w.first.Key.Secret
	_, _, doc := w.call(t, "", "GET", "/api/v1/openapi.json", "")
	var openapi struct {
		Paths map[string]map[string]struct{ OperationID string }
	}
	if err := json.Unmarshal(doc, &openapi); err != nil {
		t.Fatal(err)
	}
	_, _, raw := w.call(t, key, "GET", "/api/v1/content-workflow/mcp-schema", "")
	var tools struct{ Tools []struct{ Name string } }
	if err := json.Unmarshal(raw, &tools); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	seen := map[string]bool{}
	for _, tool := range tools.Tools {
		names[tool.Name] = true
	}
	shape := regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	for _, o := range app.Table() {
		if seen[o.Name] || seen[o.Command.Noun+" "+o.Command.Verb] || !shape.MatchString(o.Name) || len(o.Name) > 64 {
			t.Errorf("%s: its names are not its own", o.Name)
		}
		seen[o.Name], seen[o.Command.Noun+" "+o.Command.Verb] = true, true
		if got := openapi.Paths[o.URL()][strings.ToLower(o.Method)].OperationID; got != o.Name {
			t.Errorf("%s: the document has %q at %s %s", o.Name, got, o.Method, o.URL())
		}
		if o.Summary == "" || o.Description == "" || o.Chapter.Name == "" {
			t.Errorf("%s: summary, description or tag is empty", o.Name)
		}
		if names[o.Name] == (o.Tool.None != "") {
			t.Errorf("%s: tool %v, but NoTool is %q", o.Name, names[o.Name], o.Tool.None)
		}
		if o.Tool.None == "" {
			if o.Tool.Set == "" {
				t.Errorf("%s is in no toolset", o.Name)
			}
			if _, err := os.Stat("../mcp/testdata/tools/" + o.Name + ".json"); err != nil {
				t.Errorf("%s has no golden: %v", o.Name, err)
			}
		}
		if strings.HasPrefix(o.Command.Verb, "list") && len(o.Command.Columns) == 0 {
			t.Errorf("%s shows no columns", o.Name)
		}
		for _, f := range o.Fields() {
			if f.Help == "" && f.In != "body" {
				t.Errorf("%s: %s is not explained", o.Name, f.Name)
			}
		}
		path, body := target(o, missing)
		status, _, raw := w.call(t, key, o.Method, path, body, "Accept: application/json")
		nowhere := status == 404 && strings.Contains(string(raw), "There is nothing at")
		if nowhere || status == 405 || broken(status) {
			t.Errorf("%s: %s %s answers %d %s", o.Name, o.Method, path, status, raw)
		}
	}
}

// TestWhoMayCall calls every row with every kind of key.
func TestWhoMayCall(t *testing.T) {
	w := start(t)
	ws := w.first.Workspace.ID
	operator := domain.WithActor(t.Context(), domain.OperatorActor(ws))
	revoked := w.key(t, ws, domain.RoleOwner, domain.ScopeAdmin)
	if err := revoke(operator, w, revoked.Key.ID); err != nil {
		t.Fatal(err)
	}
	type caller struct {
		name, secret string
		actor        domain.Actor
	}
	callers := []caller{
		{"no key", "", domain.Actor{}},
		{"unknown key", "vell_pk_0000000000000000000000000000000000000000", domain.Actor{}},
		{"revoked key", revoked.Secret, domain.Actor{}},
	}
	for _, s := range domain.Scopes() {
		k := w.key(t, ws, domain.RoleOwner, s)
		callers = append(
			callers,
			caller{"scope " + string(s), k.Secret, domain.Actor{Role: domain.RoleOwner, Scopes: []domain.Scope{s}}},
		)
	}
	for _, r := range domain.Roles() {
		k := w.key(t, ws, r, domain.Scopes()...)
		callers = append(callers, caller{"role " + string(r), k.Secret, domain.Actor{Role: r, Scopes: domain.Scopes()}})
	}
	for i, o := range app.Table() {
		if o.Public() {
			continue
		}
		for _, c := range callers {
			path, body := target(o, missing)
			// Many wrong keys from one address would be throttled.
			status, h, raw := w.call(
				t,
				c.secret,
				o.Method,
				path,
				body,
				"Accept: application/json",
				fmt.Sprintf("X-Forwarded-For: 203.0.113.%d", i),
			)
			switch {
			case c.actor.Role == "":
				if status != http.StatusUnauthorized || h.Get("WWW-Authenticate") == "" {
					t.Errorf("%s by %s: %d %s", o.Name, c.name, status, raw)
				}
			case !c.actor.May(takes(o)):
				if status != http.StatusForbidden {
					t.Errorf("%s by %s: %d %s, want 403", o.Name, c.name, status, raw)
				}
			case status == http.StatusForbidden || status == http.StatusUnauthorized || broken(status):
				t.Errorf("%s by %s: %d %s, but it may", o.Name, c.name, status, raw)
			}
			if strings.Contains(string(raw), c.secret) && c.secret != "" {
				t.Errorf("%s shows the key", o.Name)
			}
		}
	}
}

// takes is the scope that the row's example takes: that of what it starts, where that
// is more than the row's own.
func takes(o ops.Op) domain.Scope {
	if o.Name == "execute_capability" || o.Name == "edit_content_item" { // generate-blog-post, a new title
		return domain.ScopeContent
	}
	if o.Name == "push_listing" { // to validate
		return domain.ScopeWrite
	}
	return o.Scope
}

// TestNeighboursSeeNothing calls every row with another workspace's key and this
// one's ids: the answer is that of an id that is not there, to the byte.
func TestNeighboursSeeNothing(t *testing.T) {
	w := start(t)
	const mark = "Zanzibar quokka husbandry"
	ids := w.things(t, mark)
	other := w.neighbour(t)
	stranger := w.key(t, other.ID, domain.RoleOwner, domain.ScopeAdmin, domain.ScopeMCPFull)
	for _, o := range app.Table() {
		if o.Public() || o.Tool.None == "" && o.Name == "execute_capability" {
			continue
		}
		id := number(max(ids[o.Command.Noun], 1))
		path, body := target(o, id)
		body = strings.Replace(body, "[101,102]", "["+id+"]", 1)
		status, _, raw := w.call(t, stranger.Secret, o.Method, path, body, "Accept: application/json", "X-Request-Id: same")
		if strings.Contains(strings.ToLower(string(raw)), "zanzibar") ||
			strings.Contains(string(raw), w.first.Workspace.Name) {
			t.Errorf("%s shows a neighbour: %s", o.Name, raw)
		}
		if !slices.ContainsFunc(o.Fields(), func(f ops.Field) bool { return f.In == "path" && f.Name == "id" }) {
			continue
		}
		lost, lostBody := target(o, missing)
		status2, _, raw2 := w.call(
			t,
			stranger.Secret,
			o.Method,
			lost,
			lostBody,
			"Accept: application/json",
			"X-Request-Id: same",
		)
		if status != http.StatusNotFound || status2 != status || string(raw) != string(raw2) {
			t.Errorf("%s: a neighbour's id gives %d %s, a missing one %d %s", o.Name, status, raw, status2, raw2)
		}
	}
	w.neighboursTools(t, stranger.Secret, ids)
	at := fmt.Sprintf("/api/v1/content-workflow/content/%d", ids["content"])
	if status, _, raw := w.call(t, w.first.Key.Secret, "GET", at, ""); status != 200 ||
		!strings.Contains(string(raw), "anzibar") {
		t.Errorf("after all that the owner reads %d %s", status, raw)
	}
}

// neighboursTools does the same through MCP.
func (w *whole) neighboursTools(t *testing.T, secret string, ids map[string]int64) {
	t.Helper()
	for _, o := range app.Table() {
		if o.Tool.None != "" ||
			!slices.ContainsFunc(o.Fields(), func(f ops.Field) bool { return f.In == "path" && f.Name == "id" }) {
			continue
		}
		args := o.ExampleInput()
		args["id"] = max(ids[o.Command.Noun], 1)
		if prefix := prefixOf(o); prefix != "" {
			args["id"] = prefix + number(max(ids[o.Command.Noun], 1))
		}
		if _, there := args["n"]; there {
			args["n"] = 1
		}
		text := w.tool(t, secret, o.Name, args)
		if !strings.Contains(text, `"isError":true`) || !strings.Contains(text, "NOT_FOUND") ||
			strings.Contains(strings.ToLower(text), "zanzibar") {
			t.Errorf("tool %s: %s", o.Name, text)
		}
	}
	for _, name := range []string{"list_executions", "get_kanban_board"} {
		if text := w.tool(t, secret, name, map[string]any{}); strings.Contains(strings.ToLower(text), "zanzibar") ||
			strings.Contains(text, `"isError":true`) {
			t.Errorf("tool %s: %s", name, text)
		}
	}
}

// tool calls a tool without a session.
func (w *whole) tool(t *testing.T, secret, name string, args map[string]any) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": map[string]any{
		"name": name, "arguments": args,
		"_meta": map[string]any{
			"io.modelcontextprotocol/protocolVersion":    "2026-07-28",
			"io.modelcontextprotocol/clientCapabilities": map[string]any{},
			"io.modelcontextprotocol/clientInfo":         map[string]any{"name": "test", "version": "1"},
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	status, _, raw := w.call(
		t,
		secret,
		"POST",
		"/api/v1/mcp",
		string(body),
		"Accept: application/json",
		"Mcp-Protocol-Version: 2026-07-28",
		"Mcp-Method: tools/call",
		"Mcp-Name: "+name,
	)
	if status != 200 {
		t.Fatalf("tool %s: %d %s", name, status, raw)
	}
	return string(raw)
}

// TestAnswersAreAsDocumented validates what the whole program answers against the
// document that it serves.
func TestAnswersAreAsDocumented(t *testing.T) {
	w := start(t)
	ids := w.things(t, "Cloud cost optimization")
	_, _, doc := w.call(t, "", "GET", "/api/v1/openapi.json", "")
	check := newDocumented(t, doc)
	for _, o := range app.Table() {
		id := number(max(ids[o.Command.Noun], 1))
		if o.Method == http.MethodDelete {
			id = missing
		}
		path, body := target(o, id)
		key := w.first.Key.Secret
		for _, variant := range []struct{ key, path, body string }{{key, path, body}, {"", path, body}, {key, path + "?nothing=1", body}, {key, path, `{"nothing":1}`}} {
			status, h, raw := w.call(t, variant.key, o.Method, variant.path, variant.body, "Accept: application/json")
			check.answer(t, o, status, h.Get("Content-Type"), raw)
		}
	}
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
