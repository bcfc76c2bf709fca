// Package mcp_test holds the MCP endpoint of the built program against clients
// that others wrote: both generations of the TypeScript SDK, in both eras of the
// protocol, and the Inspector.
package mcp_test

import (
	"context"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"vellocity/internal/ai/aitest"
)

// program is the built server on its own data, with a model that takes its time.
type program struct {
	binary, data, listen string
	env                  []string
}

// model writes slowly enough for progress to be told, and never ends a text about
// hanging gardens.
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

func build(t *testing.T) *program {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p := &program{binary: os.Getenv("VELLOCITY_BINARY"), data: t.TempDir(), listen: l.Addr().String()}
	p.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + p.data, "OPENAI_BASE_URL=" + model(t).URL() + "/v1", "OPENAI_API_KEY=" + aitest.Secret}
	if p.binary == "" {
		p.binary = filepath.Join(t.TempDir(), "vellocity")
		p.run(t, "go", "build", "-o", p.binary, "vellocity/cmd/vellocity")
	}
	return p
}

// run runs a command to its end and returns what it prints.
func (p *program) run(t *testing.T, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	if name == p.binary {
		cmd.Env = p.env
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", filepath.Base(name), err, out)
	}
	return string(out)
}

// serve starts the server and returns its first key.
func (p *program) serve(t *testing.T) string {
	t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), p.binary, "serve", "--data", p.data, "--listen", p.listen, "--rate-limits", "off", "--no-demo")
	cmd.Env = p.env
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("the server ended with %v", err)
		}
	})
	greeting := make([]byte, 0, 4096)
	for len(greeting) < cap(greeting) {
		n, err := out.Read(greeting[len(greeting):cap(greeting)])
		if greeting = greeting[:len(greeting)+n]; err != nil {
			break
		}
		if key := regexp.MustCompile(`vell_pk_\w{40}`).Find(greeting); key != nil {
			return string(key)
		}
	}
	t.Fatalf("the server greeted with\n%s", greeting)
	return ""
}

// key makes a further key.
func (p *program) key(t *testing.T, scopes string) string {
	t.Helper()
	var made struct{ Meta struct{ Key string } }
	out := p.run(t, p.binary, "keys", "create", "--data", p.data, "--name", scopes, "--scopes", scopes, "--json")
	if err := json.Unmarshal([]byte(out), &made); err != nil || made.Meta.Key == "" {
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
		const advice = "the clients are not there; install Node 20 and run npm --prefix test/mcp ci"
		if os.Getenv("VELLOCITY_REQUIRE_ALL") == "1" {
			t.Fatalf("%s: %v", advice, err)
		}
		t.Skip(advice)
	}
	p := build(t)
	first := p.serve(t)
	for name, value := range map[string]string{
		"MCP_URL": "http://" + p.listen + "/api/v1/mcp", "MCP_KEY": first, "MCP_OTHER": p.key(t, "read,content,publish,mcp:full"),
		"MCP_READER": p.key(t, "read,mcp:full"), "MCP_TOOLS": p.key(t, "read,mcp:tools"),
	} {
		t.Setenv(name, value)
	}
	// One file after the other: they count what runs. The exit is forced because
	// the SDKs' timers of calls given up would hold it for a minute.
	t.Log(p.run(t, node, "--test", "--test-concurrency=1", "--test-force-exit", "--test-reporter=spec", "scenarios.test.mjs", "wire.test.mjs", "inspector.test.mjs"))
}
