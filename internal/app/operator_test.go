package app

import (
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"vellocity/internal/config"
	"vellocity/internal/domain"
)

// TestOperatorRows calls the operator's rows as its commands do, and as everyone else.
func TestOperatorRows(t *testing.T) {
	flags := map[string]string{"data": t.TempDir(), "rate-limits": "off", "no-demo": "on", "provider": "composer"}
	cfg, err := config.Load(config.Sources{Flags: flags})
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Store.Close(); err != nil {
			t.Error(err)
		}
	})
	call := func(h http.Handler, path, body, key string) (int, string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		if key != "" {
			r.Header.Set("Authorization", "Bearer "+key)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	status, body := call(a.Operator(), "/operator/status", "", "")
	if status != 409 || !strings.Contains(body, "vellocity serve") {
		t.Errorf("before the first start: %d %s", status, body)
	}
	first, _, err := a.Engine.Account.Bootstrap(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path, body string
		status     int
		says       string
	}{
		{"/operator/workspace", `{"plan":"enterprise","slug":"acme"}`, 200, `"plan":"enterprise","company_name":`},
		{"/operator/workspace", `{"plan":"golden"}`, 422, "The plan field must be one of starter, business or enterprise"},
		{
			"/operator/workspace", `{"slug":"` + strings.Repeat("a", 63) + `"}`, 422,
			"The slug field must have at most 62 characters; it has 63",
		},
		{"/operator/workspace", `{"slug":"Acme Corp"}`, 422, "The slug field must be lower-case letters and digits"},
		{"/operator/workspace", `{"Slug":"acme"}`, 422, `There is no field named \"Slug\"; did you mean \"slug\"?`},
		{"/operator/workspaces", `{"slug":"second","company_name":"Second"}`, 201, `"key":"vell_pk_`},
		{"/operator/workspaces", `{"slug":"second","company_name":"Second"}`, 409, "already"},
		{"/operator/workspaces", `{}`, 422, "The slug field is required"},
		{"/operator/credits", `{"amount":500,"note":"November"}`, 200, `"available":`},
		{"/operator/credits", `{"amount":0}`, 422, "The amount field must be at least 1"},
		{"/operator/credits", `{}`, 422, "The amount field is required"},
		{"/operator/sign-in-link", `{"target":"/board"}`, 200, `"path":"/in?t=`},
		{"/operator/disconnect", `{}`, 422, "The name field is required"},
		{"/operator/status", ``, 200, `"ledger_sum":0`},
		{"/operator/nothing", `{}`, 404, "NOT_FOUND"},
	} {
		if status, body := call(a.Operator(), c.path, c.body, ""); status != c.status || !strings.Contains(body, c.says) {
			t.Errorf("%s %s: %d %s", c.path, c.body, status, body)
		}
		if status, body := call(a.Handler, c.path, c.body, first.Key.Secret); status < 400 {
			t.Errorf("the public server serves %s: %d %s", c.path, status, body)
		}
	}
	for _, c := range []struct{ path, body, faults string }{
		{
			"/operator/workspaces", `{"slug":"Acme Corp","company_name":"","plan":"golden","timezone":"Mars/Olympus"}`,
			"company_name plan slug timezone",
		},
		{"/operator/workspaces", `{"slug":"Acme Corp","company_name":"A","timezone":"Mars/Olympus"}`, "slug timezone"},
		{"/operator/workspace", `{"slug":"Acme Corp","plan":"golden","timezone":"Mars/Olympus"}`, "plan slug timezone"},
		{"/operator/workspace", `{"slug":7,"Plan":"golden","timezone":"Mars/Olympus"}`, "Plan slug timezone"},
	} {
		_, body := call(a.Operator(), c.path, c.body, "")
		var answer struct {
			Error struct{ Details map[string][]string }
		}
		err := json.Unmarshal([]byte(body), &answer)
		if got := strings.Join(slices.Sorted(maps.Keys(answer.Error.Details)), " "); err != nil || got != c.faults {
			t.Errorf("%s: %v, want all faults at once: %s", c.body, body, c.faults)
		}
	}
	for slug, want := range map[string]string{"": `"slug":"acme"`, "second": `"slug":"second"`, "third": "NOT_FOUND"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/partners/profile", http.NoBody)
		r.Header.Set(WorkspaceHeader, slug)
		w := httptest.NewRecorder()
		if a.Operator().ServeHTTP(w, r); !strings.Contains(w.Body.String(), want) {
			t.Errorf("in the workspace %q: %s, want %s", slug, w.Body, want)
		}
		r.Header.Set("Authorization", "Bearer "+first.Key.Secret)
		out := httptest.NewRecorder()
		if a.Handler.ServeHTTP(out, r); !strings.Contains(out.Body.String(), `"slug":"acme"`) {
			t.Errorf("a key in the workspace %q: %s", slug, out.Body)
		}
	}
	admin := domain.Actor{Kind: domain.ActorKey, Role: domain.RoleOwner, Scopes: domain.Scopes()}
	if err := admin.Require(domain.ScopeOperator); domain.CodeOf(err) != domain.CodeForbidden {
		t.Errorf("a key with every scope is the operator: %v", err)
	}
}
