package crash_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/store/storetest"
)

// binary is the program under test, built once.
var binary string //nolint:gochecknoglobals // of this test process

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	if binary = os.Getenv("VELLOCITY_BINARY"); binary != "" {
		return storetest.Main(m)
	}
	dir, err := os.MkdirTemp("", "vellocity-crash-")
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
	return storetest.Main(m)
}

// installation is where a server keeps its data and how to reach it: what
// survives the death of the process.
type installation struct {
	dir, databaseURL, listen, key, model string

	demo bool // whether the first start makes a sample
}

// install prepares an empty installation. Its texts come from the model server at
// the given address.
func install(t *testing.T, databaseURL, model string) *installation {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return &installation{dir: t.TempDir(), databaseURL: databaseURL, listen: l.Addr().String(), model: model}
}

// eachDatabase runs f on a fresh installation with SQLite and one with PostgreSQL,
// at the same time, each with a model that takes so long until the first word.
func eachDatabase(t *testing.T, first time.Duration, f func(t *testing.T, in *installation, m *wire)) {
	t.Helper()
	for name, url := range map[string]func(*testing.T) string{
		"sqlite":   func(*testing.T) string { return "" },
		"postgres": func(t *testing.T) string { return storetest.NewCluster(t).URL() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := model(t, first)
			f(t, install(t, url(t), m.BaseURL(aitest.OpenAIWire)), m)
		})
	}
}

// server is one process.
type server struct {
	*installation
	cmd    *exec.Cmd
	log    *buffer
	exited chan error
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

var keyLine = regexp.MustCompile(`(?m)^Key\s+(vell_pk_\S+)\s`)

// start starts a server and waits until it is ready.
func (in *installation) start(t *testing.T) *server {
	t.Helper()
	s := in.launch(t)
	s.ready(t, 30*time.Second)
	if in.key == "" { // it is printed at the first start only
		eventually(t, 10*time.Second, "the key", func() bool {
			m := keyLine.FindStringSubmatch(s.log.String())
			if m != nil {
				in.key = m[1]
			}
			return m != nil
		})
	}
	return s
}

func (in *installation) launch(t *testing.T) *server {
	t.Helper()
	args := []string{"serve", "--data", in.dir, "--listen", in.listen, "--rate-limits", "off"}
	if !in.demo {
		args = append(args, "--no-demo")
	}
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), binary, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + in.dir, "VELLOCITY_DATABASE_URL=" + in.databaseURL,
		"OPENAI_BASE_URL=" + in.model, "OPENAI_API_KEY=" + aitest.Secret, "VELLOCITY_MASTER_KEY=" + strings.Repeat("crash-test ", 4)}
	s := &server{installation: in, cmd: cmd, log: &buffer{}, exited: make(chan error, 1)}
	cmd.Stdout, cmd.Stderr = s.log, s.log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { s.exited <- cmd.Wait() }()
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("log of the server at %s:\n%s", in.listen, tail(s.log.String(), 4000))
			in.dump(t, s)
		}
		s.kill(t)
	})
	return s
}

// dump has the server write what its goroutines do, where a directory is given for that.
func (in *installation) dump(t *testing.T, s *server) {
	t.Helper()
	dir := os.Getenv("VELLOCITY_CRASH_DUMPS")
	if dir == "" {
		return
	}
	s.signal(t, syscall.SIGQUIT)
	s.wait(t, 10*time.Second)
	file := filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "-")+"-"+in.listen+".log")
	if err := os.WriteFile(file, []byte(s.log.String()), 0o600); err != nil {
		t.Error(err)
	}
}

func tail(s string, n int) string { return s[max(0, len(s)-n):] }

func (s *server) ready(t *testing.T, within time.Duration) {
	t.Helper()
	eventually(t, within, "ready", func() bool { return s.status(t, "/readyz") == http.StatusOK })
}

// status is the status of a GET; 0 where the server does not answer.
func (s *server) status(t *testing.T, path string) int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.listen+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	return res.StatusCode
}

func (s *server) signal(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
}

// kill ends the process with SIGKILL and waits for its end.
func (s *server) kill(t *testing.T) {
	t.Helper()
	s.signal(t, syscall.SIGKILL)
	s.wait(t, 10*time.Second)
}

// wait waits for the end of the process and returns how it ended.
func (s *server) wait(t *testing.T, within time.Duration) error {
	t.Helper()
	select {
	case err := <-s.exited:
		s.exited <- err
		return err
	case <-time.After(within):
		t.Fatalf("the server has not ended within %s", within)
		return nil
	}
}

func eventually(t *testing.T, within time.Duration, what string, f func() bool) {
	t.Helper()
	for end := time.Now().Add(within); !f(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within %s", what, within)
		}
	}
}
