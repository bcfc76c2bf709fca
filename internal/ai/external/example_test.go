package external_test

import (
	"context"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"vellocity/internal/await"
)

// TestTheDocumentedServersPassTheTest runs the examples of the document as they stand there.
func TestTheDocumentedServersPassTheTest(t *testing.T) {
	doc, err := os.ReadFile("../../../docs/external-agents.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(doc), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=") {
		t.Error("the document lacks the vector")
	}
	for fence, run := range map[string][]string{"js": {"node", "agent.mjs"}, "python": {"python3", "agent.py"}} {
		t.Run(fence, func(t *testing.T) {
			program, err := exec.LookPath(run[0])
			if err != nil && os.Getenv("VELLOCITY_REQUIRE_ALL") == "1" {
				t.Fatal(run[0] + " is not installed")
			} else if err != nil {
				t.Skip(run[0] + " is not installed")
			}
			_, after, _ := strings.Cut(string(doc), "```"+fence+"\n")
			code, _, ok := strings.Cut(after, "\n```")
			if !ok {
				t.Fatal("the document has no example")
			}
			if n := strings.Count(code, "\n") + 1; n > 30 {
				t.Errorf("the example has %d lines", n)
			}
			file := filepath.Join(t.TempDir(), run[1])
			if err := os.WriteFile(file, []byte(code), 0o600); err != nil {
				t.Fatal(err)
			}
			address := serve(t, program, file)
			all := agents(t, nil)
			r, err := all.Test(t.Context(), described(all, address, 60))
			if err != nil || !r.OK || len(r.Warnings) != 0 || r.Model != "echo-1" ||
				!strings.HasPrefix(r.Text, "I was asked: Write one short sentence") {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
}

// serve runs a program that listens on the port in PORT, until the test ends.
func serve(t *testing.T, program, file string) (address string) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, file)
	cmd.Env = append(os.Environ(), "PORT="+port, "AGENT_SECRET="+secret)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	})
	address = "http://127.0.0.1:" + port
	err = await.Until(context.Background(), time.Minute, await.Interval, "the example listens", func() bool {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader("{}"))
		if err != nil {
			return false
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return false
		}
		defer resp.Body.Close()
		return resp.StatusCode == http.StatusUnauthorized
	})
	if err != nil {
		t.Fatalf("%s on %s: %v", program, strconv.Quote(port), err)
	}
	return address
}
