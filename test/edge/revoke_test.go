package edge_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"
	"time"

	"vellocity/test/product"
)

// revokeTime is how long a stream may outlive its key: 15 s, and a busy machine's share.
const revokeTime = 20 * time.Second

// A stream of each kind ends when its key is revoked or expires, or its person signs
// out: on the node that did it, and on another one.
func TestStreamsEndWithTheirKeys(t *testing.T) {
	m := silent(t)
	one := &server{product.Start(t, install(t, m, ""))}
	t.Run("SQLite", func(t *testing.T) { streamsEnd(t, one, one) })
	t.Run("PostgreSQL, another node", func(t *testing.T) {
		a := &server{product.Start(t, install(t, m, product.PostgreSQL(t)))}
		in, err := a.Node(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		streamsEnd(t, a, &server{product.Start(t, in)})
	})
}

// streamsEnd opens streams on one node and revokes on another.
func streamsEnd(t *testing.T, on, revoker *server) {
	revoked, id := on.key(t, "")
	expired, _ := on.key(t, time.Now().Add(4*time.Second).UTC().Format(time.RFC3339))
	path := on.execute(t)
	streams := map[string]*reading{}
	for name, key := range map[string]string{"revoked": revoked, "expired": expired} {
		streams["a text, "+name] = read(t, on.call(t, key, http.MethodPost, texts, prompt, "Accept", "text/event-stream"))
		streams["events, "+name] = read(t, on.call(t, key, http.MethodGet, path+"/events", "", "Accept", "text/event-stream"))
		streams["MCP, "+name] = read(t, on.mcpStream(t, key))
	}
	browser := on.signIn(t)
	res, err := browser.Get(on.URL() + "/events")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	streams["a dashboard's events, signed out"] = read(t, res)
	kept := read(t, on.call(t, on.Key, http.MethodGet, path+"/events", "", "Accept", "text/event-stream"))
	eventually(t, "the texts have begun", func() bool {
		return strings.Contains(streams["a text, revoked"].so(), "mulch")
	})
	revoker.fetch(t, revoker.Key, http.MethodDelete, fmt.Sprintf("/api/v1/api-keys/%s", id), "", http.StatusNoContent, nil)
	out, err := http.NewRequestWithContext(t.Context(), http.MethodPost, revoker.URL()+"/out", nil)
	if err != nil {
		t.Fatal(err)
	}
	out.Header.Set("Origin", revoker.URL())
	out.Header.Set("Sec-Fetch-Site", "same-origin")
	browser.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err = browser.Do(out) // cookies do not know of ports
	if err != nil || res.StatusCode >= 400 {
		t.Fatal(res, err)
	}
	_ = res.Body.Close()
	began := time.Now()
	for name, r := range streams {
		_ = r.end(t, revokeTime)
		t.Logf("%s: %s", name, time.Since(began))
		if api := !strings.HasPrefix(name, "MCP") && !strings.HasPrefix(name, "a dash"); api &&
			(!strings.Contains(r.so(), `"code":"UNAUTHORIZED"`) || strings.Count(r.so(), "[DONE]") != 1) {
			t.Errorf("%s: %s", name, r.so())
		}
	}
	select {
	case err := <-kept.ended:
		t.Errorf("the stream of another key ended: %v", err)
	default:
	}
}

// key creates a key with every right that a stream needs.
func (s *server) key(t *testing.T, expires string) (secret, id string) {
	t.Helper()
	body := `{"name":"stream","scopes":["read","content","mcp:full"]`
	if expires != "" {
		body += `,"expires_at":"` + expires + `"`
	}
	res := s.call(t, s.Key, http.MethodPost, "/api/v1/api-keys", body+"}")
	var k struct {
		Data struct{ ID json.RawMessage }
		Meta struct{ Key string }
	}
	if err := json.NewDecoder(res.Body).Decode(&k); err != nil || res.StatusCode != http.StatusCreated {
		t.Fatal(res.Status, err)
	}
	return k.Meta.Key, string(k.Data.ID)
}

// mcpStream opens the stream of an MCP session.
func (s *server) mcpStream(t *testing.T, key string) *http.Response {
	t.Helper()
	const version = "2025-11-25"
	res := s.call(t, key, http.MethodPost, "/api/v1/mcp",
		`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"`+version+
			`","capabilities":{},"clientInfo":{"name":"edge","version":"1"}}}`, "Accept", "application/json, text/event-stream")
	if _, err := io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(res.Status, err)
	}
	return s.call(t, key, http.MethodGet, "/api/v1/mcp", "", "Accept", "text/event-stream",
		"Mcp-Session-Id", res.Header.Get("Mcp-Session-Id"), "Mcp-Protocol-Version", version)
}

// signIn returns a browser that has used the latest sign-in link.
func (s *server) signIn(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar}
	res, err := c.Get(s.URL() + s.Link)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatal(res, err)
	}
	_ = res.Body.Close()
	return c
}
