// Package mcp_test holds the MCP endpoint of the built program against clients
// that others wrote: both generations of the TypeScript SDK, in both eras of the
// protocol, and the Inspector.
package mcp_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"vellocity/internal/ai/aitest"
	"vellocity/test/product"
)

func TestMain(m *testing.M) { os.Exit(product.Main(m)) }

// model writes slowly enough for progress to be reported, and never ends a text
// about hanging gardens.
func model(t *testing.T) *aitest.Server {
	t.Helper()
	write := aitest.Writer(aitest.Pace{First: 400 * time.Millisecond})
	m := aitest.NewServer(func(c aitest.Call) aitest.Reply {
		if strings.Contains(c.Prompt, "Hanging gardens") {
			return write(c).Faulty(aitest.Hang, 1)
		}
		return write(c)
	})
	t.Cleanup(m.Close)
	return m
}

// newKey creates another key.
func newKey(t *testing.T, s *product.Server, scopes string) string {
	t.Helper()
	out, err := s.Command(t.Context(), "", "keys", "create", "--name", scopes, "--scopes", scopes, "--json")
	var made struct{ Meta struct{ Key string } }
	if err == nil {
		err = json.Unmarshal([]byte(out), &made)
	}
	if err != nil || made.Meta.Key == "" {
		t.Fatalf("a key for %s: %v\n%s", scopes, err, out)
	}
	return made.Meta.Key
}

func TestClients(t *testing.T) {
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat("node_modules/@modelcontextprotocol/inspector")
	}
	if err != nil {
		product.Missing(t, "the clients are not there; install Node 20 and run npm --prefix test/mcp ci")
	}
	s := product.Start(t, product.Install(t, product.OpenAI(model(t).URL())...))
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	for name, value := range map[string]string{
		"MCP_URL":    s.URL() + "/api/v1/mcp",
		"MCP_KEY":    s.Key,
		"MCP_OTHER":  newKey(t, s, "read,content,publish,mcp:full"),
		"MCP_READER": newKey(t, s, "read,mcp:full"),
		"MCP_TOOLS":  newKey(t, s, "read,mcp:tools"),
		"MCP_BINARY": s.Program,
	} {
		t.Setenv(name, value)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	// One file after the other: they count what runs. The exit is forced because
	// the SDKs' timers of calls given up would hold it for a minute.
	out, err := exec.CommandContext(ctx, node,
		"--test", "--test-concurrency=1", "--test-force-exit", "--test-reporter=spec",
		"scenarios.test.mjs", "wire.test.mjs", "bridge.test.mjs", "inspector.test.mjs").
		CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
}
