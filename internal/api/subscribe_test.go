package api_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"vellocity/internal/await"
	"vellocity/internal/domain"
)

// follower is an AI client that keeps the addresses of which it was notified.
type follower struct {
	*sdk.ClientSession

	mu   sync.Mutex
	uris []string
}

func (f *follower) saw(uri string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Contains(f.uris, uri)
}

func (w *whole) follower(t *testing.T, key string) *follower {
	t.Helper()
	f := &follower{}
	client := sdk.NewClient(&sdk.Implementation{Name: "test", Version: "1"}, &sdk.ClientOptions{
		ResourceUpdatedHandler: func(_ context.Context, r *sdk.ResourceUpdatedNotificationRequest) {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.uris = append(f.uris, r.Params.URI)
		},
	})
	s, err := client.Connect(t.Context(), &sdk.StreamableClientTransport{
		Endpoint:   w.url + "/api/v1/mcp",
		HTTPClient: &http.Client{Transport: keyed{key}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	f.ClientSession = s
	return f
}

func (f *follower) subscribe(t *testing.T, uri string) {
	t.Helper()
	if err := f.Subscribe(t.Context(), &sdk.SubscribeParams{URI: uri}); err != nil {
		t.Fatalf("%s: %v", uri, err)
	}
}

// TestSubscribersHearOfTheirOwnWorkspace: a client is notified of what it follows, and of nothing that a
// neighbour does, although the addresses are the same.
func TestSubscribersHearOfTheirOwnWorkspace(t *testing.T) {
	w := start(t)
	own := w.follower(t, w.first.Key.Secret)
	stranger := w.follower(t, w.key(t, w.neighbour(t).ID, domain.RoleOwner, domain.ScopeAdmin, domain.ScopeMCPFull).Secret)
	for _, f := range []*follower{own, stranger} {
		f.subscribe(t, "vellocity://kanban")
		f.subscribe(t, "vellocity://executions")
	}
	own.subscribe(t, "vellocity://kanban/generated")
	execution, _ := w.finished(t, "Cloud cost optimization")
	for _, uri := range []string{"vellocity://kanban", "vellocity://kanban/generated", "vellocity://executions"} {
		await.True(t, "word of "+uri, func() bool { return own.saw(uri) })
	}
	if uri := fmt.Sprintf("vellocity://executions/%d", execution); own.saw(uri) {
		t.Errorf("notified of %s, to which nobody subscribed", uri)
	}
	// What the neighbour would have heard came before the answer to its own call.
	if _, err := stranger.ListTools(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	stranger.mu.Lock()
	defer stranger.mu.Unlock()
	if len(stranger.uris) > 0 {
		t.Errorf("a neighbour heard of %v", stranger.uris)
	}
}

func TestSubscriptionsNeedAResourceThatTheCallerMayRead(t *testing.T) {
	w := start(t)
	full := w.first.Key.Secret
	tools := w.key(t, w.first.Workspace.ID, domain.RoleOwner, domain.ScopeRead, domain.ScopeMCPTools).Secret
	for _, c := range []struct{ key, uri, want string }{
		{full, "vellocity://kanban", `"result":{}`},
		{full, "vellocity://none", `"code":-32602`},
		{full, "vellocity://executions/99999", `Resource not found`},
		{full, "vellocity://kanban/none", `Resource not found`},
		{full, "", `no resource of this address`},
		{tools, "vellocity://kanban", `mcp:resources`},
	} {
		const accept = "Accept: application/json, text/event-stream"
		_, header, _ := w.call(t, c.key, "POST", "/api/v1/mcp", `{"jsonrpc":"2.0","id":1,"method":"initialize","params":`+
			`{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`, accept)
		_, _, got := w.call(t, c.key, "POST", "/api/v1/mcp",
			`{"jsonrpc":"2.0","id":2,"method":"resources/subscribe","params":{"uri":"`+c.uri+`"}}`,
			accept, "Mcp-Session-Id: "+header.Get("Mcp-Session-Id"))
		if !strings.Contains(string(got), c.want) {
			t.Errorf("%q: %s, want %s", c.uri, got, c.want)
		}
	}
}
