package models_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"vellocity/internal/ai/aitest"
)

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	if binary = os.Getenv("VELLOCITY_BINARY"); binary != "" {
		return m.Run()
	}
	dir, err := os.MkdirTemp("", "vellocity-models-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binary = filepath.Join(dir, "vellocity")
	build := exec.CommandContext(context.Background(), "go", "build", "-o", binary, "vellocity/cmd/vellocity")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

// installation is what survives the death of the process: the data, the address,
// the key of the API, and the environment that names the model provider.
type installation struct {
	dir, listen, key string
	env              []string
}

// server is one process of the product.
type server struct {
	*installation
	cmd    *exec.Cmd
	log    *buffer
	exited chan error
}

// install prepares an empty installation whose texts come from the wire at base,
// the root of a double; "" leaves it to the composer.
func install(t *testing.T, wire aitest.Wire, base string) *installation {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	in := &installation{dir: t.TempDir(), listen: l.Addr().String()}
	in.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + in.dir}
	switch {
	case base == "":
	case wire == aitest.OpenAIWire:
		in.env = append(in.env, "OPENAI_BASE_URL="+base+"/v1", "OPENAI_API_KEY="+aitest.Secret)
	default:
		in.env = append(in.env, "ANTHROPIC_BASE_URL="+base, "ANTHROPIC_API_KEY="+aitest.Secret)
	}
	return in
}

var keyLine = regexp.MustCompile(`(?m)^Key\s+(vell_pk_\S+)\s`)

// start starts the server and waits until it is ready and its key is known.
func (in *installation) start(t *testing.T) *server {
	t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), binary, "serve", "--data", in.dir, "--listen", in.listen, "--rate-limits", "off", "--no-demo")
	cmd.Env = in.env
	s := &server{installation: in, cmd: cmd, log: &buffer{}, exited: make(chan error, 1)}
	cmd.Stdout, cmd.Stderr = s.log, s.log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { s.exited <- cmd.Wait() }()
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Logf("log of the server:\n%s", s.log)
		}
		if strings.Contains(s.log.String(), aitest.Secret) {
			t.Error("the provider's key is in the log")
		}
	})
	eventually(t, "ready", func() bool {
		res, err := http.Get("http://" + in.listen + "/readyz")
		if err != nil {
			return false
		}
		defer res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
	eventually(t, "the key", func() bool {
		if m := keyLine.FindStringSubmatch(s.log.String()); m != nil {
			in.key = m[1]
		}
		return in.key != "" // printed at the first start only
	})
	return s
}

// kill ends the process as kill -9 does, and waits for its end.
func (s *server) kill() {
	_ = s.cmd.Process.Kill() // it may have ended
	s.exited <- <-s.exited
}

// command runs a command of the program beside the server, on the same data.
func (s *server) command(t *testing.T, stdin string, args ...string) (out string, err error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, append(args, "--data", s.dir)...)
	cmd.Env, cmd.Stdin = s.env, strings.NewReader(stdin)
	text, err := cmd.CombinedOutput()
	return string(text), err
}

// call makes a call of the API and returns its answer.
func (s *server) call(t *testing.T, method, path string, body any, header ...string) *http.Response {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	var r io.Reader = bytes.NewReader(text)
	if body == nil {
		r = nil
	}
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+s.listen+"/api/v1"+path, r)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.key)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, h := range header {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

// fetch makes a call and reads its data; any status but want fails the test.
func (s *server) fetch(t *testing.T, method, path string, body any, want int, data any) {
	t.Helper()
	res := s.call(t, method, path, body)
	raw, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != want {
		t.Fatalf("%s %s: %d %v: %s", method, path, res.StatusCode, err, raw)
	}
	if err := json.Unmarshal(raw, &struct{ Data any }{data}); err != nil {
		t.Fatalf("%s %s: %v: %s", method, path, err, raw)
	}
}

// buffer is a bytes.Buffer for several goroutines.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

// String returns all that was written.
func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// eventually waits for something that another process does.
func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !f(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within a minute", what)
		}
	}
}
