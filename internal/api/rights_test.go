package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"vellocity/internal/domain"
)

// A key that may not publish publishes at no door, and is not offered the tool.
func TestPublishingTakesPublishAtEveryDoor(t *testing.T) {
	w := start(t)
	_, item := w.finished(t, "Cold brew coffee")
	for _, c := range []struct {
		role   domain.Role
		scopes []domain.Scope
		may    bool
	}{
		{domain.RoleOwner, []domain.Scope{domain.ScopeContent, domain.ScopeRead, domain.ScopeMCPFull}, false},
		{domain.RoleOwner, []domain.Scope{domain.ScopeWrite, domain.ScopeRead, domain.ScopeMCPFull}, false},
		{domain.RoleEditor, domain.Scopes(), false},
		{domain.RoleReviewer, domain.Scopes(), true},
		{domain.RoleOwner, []domain.Scope{domain.ScopePublish, domain.ScopeRead, domain.ScopeMCPFull}, true},
	} {
		key := w.key(t, w.first.Workspace.ID, c.role, c.scopes...).Secret
		session, err := mcp.NewClient(&mcp.Implementation{Name: "t", Version: "1"}, nil).Connect(t.Context(),
			&mcp.StreamableClientTransport{
				Endpoint:   w.url + "/api/v1/mcp",
				HTTPClient: &http.Client{Transport: keyed{key}},
			}, nil)
		if err != nil {
			t.Fatal(err)
		}
		tools, err := session.ListTools(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		listed := slices.ContainsFunc(tools.Tools, func(x *mcp.Tool) bool { return x.Name == "publish_content" })
		if listed != c.may {
			t.Errorf("%s with %v: publish_content is listed: %t", c.role, c.scopes, listed)
		}
		_ = session.Close()
		settings := map[string]any{"content_id": item}
		for name, args := range map[string]map[string]any{
			"publish_content":    settings,
			"execute_capability": {"slug": "publish-content", "settings": settings},
			"push_listing":       {"id": "lst_1", "intent": "apply"},
		} {
			if text := w.tool(t, key, name, args); strings.Contains(text, "FORBIDDEN") == c.may {
				t.Errorf("%s with %v: %s answers %s", c.role, c.scopes, name, text)
			}
		}
		body, _ := json.Marshal(map[string]any{"settings": settings})
		status, _, raw := w.call(
			t,
			key,
			"POST",
			"/api/v1/content-workflow/capabilities/publish-content/execute",
			string(body),
		)
		if (status == http.StatusForbidden) == c.may {
			t.Errorf("%s with %v: REST answers %d %s", c.role, c.scopes, status, raw)
		}
		status, _, raw = w.call(t, key, "POST", "/api/v1/partners/listings/lst_1/push", `{"intent":"apply"}`)
		if (status == http.StatusForbidden) == c.may {
			t.Errorf("%s with %v sends a listing: %d %s", c.role, c.scopes, status, raw)
		}
		status, _, raw = w.call(t, key, "PATCH", fmt.Sprintf("/api/v1/content-workflow/content/%d", item),
			fmt.Sprintf(`{"scheduled_at":"2031-01-0%dT00:00:00Z"}`, len(c.scopes)))
		if (status == http.StatusForbidden) == c.may {
			t.Errorf("%s with %v plans: %d %s", c.role, c.scopes, status, raw)
		}
	}
}
