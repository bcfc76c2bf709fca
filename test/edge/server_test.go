package edge_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/await"
	"vellocity/test/product"
)

func TestMain(m *testing.M) { os.Exit(product.Main(m)) }

// server is one process of the product.
type server struct{ *product.Server }

// silent is a model that sends a few words and then nothing.
func silent(t *testing.T) *aitest.Server {
	t.Helper()
	m := aitest.NewServer(func(aitest.Call) aitest.Reply {
		return aitest.Text("Soil ", "and ", "mulch ", "and ", "tools ").Faulty(aitest.Hang, 3)
	})
	t.Cleanup(m.Close)
	return m
}

// install prepares an installation with a model, on a database (empty: SQLite).
func install(t *testing.T, m *aitest.Server, database string) *product.Installation {
	t.Helper()
	env := []string{"VELLOCITY_MASTER_KEY=" + strings.Repeat("edge ", 8)}
	if m != nil {
		env = append(env, product.OpenAI(m.URL())...)
	}
	in := product.Install(t, env...)
	in.Database = database
	return in
}

// call makes a call of the API with a key and returns its response.
func (s *server) call(t *testing.T, key, method, path, body string, header ...string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+key)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

// fetch makes a call and reads its data; any status but want fails the test.
func (s *server) fetch(t *testing.T, key, method, path, body string, want int, data any) http.Header {
	t.Helper()
	res := s.call(t, key, method, path, body)
	raw, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != want {
		t.Fatalf("%s %s: %d %v: %s", method, path, res.StatusCode, err, raw)
	}
	if data != nil {
		if err := json.Unmarshal(raw, &struct{ Data any }{data}); err != nil {
			t.Fatalf("%s %s: %v: %s", method, path, err, raw)
		}
	}
	return res.Header
}

const (
	texts    = "/api/v1/aiwriter/generate-output"
	workflow = "/api/v1/content-workflow"
	posts    = workflow + "/capabilities/generate-social-posts/execute"
	prompt   = `{"prompt":"Write about winter in the garden"}`
	post     = `{"settings":{"topic":"Winter in the garden","networks":["linkedin"],"key_points":["Mulch the beds"]}}`
)

// execute starts an execution.
func (s *server) execute(t *testing.T) (path string) {
	t.Helper()
	return workflow + "/executions/" + string(s.started(t))
}

func (s *server) started(t *testing.T) json.RawMessage {
	t.Helper()
	var x struct {
		ExecutionID json.RawMessage `json:"execution_id"`
		ID          json.RawMessage
	}
	s.fetch(t, s.Key, http.MethodPost, posts, post, http.StatusCreated, &x)
	if len(x.ExecutionID) > 0 {
		return x.ExecutionID
	}
	return x.ID
}

// reading is a stream that is read in the background to its end.
type reading struct {
	mu    sync.Mutex
	text  strings.Builder
	ended chan error // gets nil at a clean end
}

// read begins to read a stream and waits until it has said something.
func read(t *testing.T, res *http.Response) *reading {
	t.Helper()
	if res.StatusCode != http.StatusOK {
		raw, _ := io.ReadAll(res.Body)
		t.Fatalf("%d %s", res.StatusCode, raw)
	}
	r := &reading{ended: make(chan error, 1)}
	go func() {
		buf := make([]byte, 4096)
		for {
			n, err := res.Body.Read(buf)
			r.mu.Lock()
			r.text.Write(buf[:n])
			r.mu.Unlock()
			if err != nil {
				if err == io.EOF {
					err = nil
				}
				r.ended <- err
				return
			}
		}
	}()
	return r
}

func (r *reading) so() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.String()
}

// end waits for the end of the stream.
func (r *reading) end(t *testing.T, within time.Duration) error {
	t.Helper()
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case err := <-r.ended:
		return err
	case <-timer.C:
		t.Fatalf("the stream has not ended within %s: %s", within, r.so())
		return nil
	}
}

// eventually waits for something that another process does.
func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	await.True(t, what, f)
}

// line is a network in front of a PostgreSQL that can go silent: connections stay
// open, and nothing passes.
type line struct {
	listener net.Listener
	target   string

	mu   sync.Mutex
	cut  chan struct{} // closed while data passes
	open []net.Conn
}

// connect puts a line in front of the database at address and returns the new one.
func connect(t *testing.T, address string) (*line, string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	l := &line{target: filepath.Join(u.Query().Get("host"), ".s.PGSQL.5432"), cut: make(chan struct{})}
	close(l.cut)
	if l.listener, err = new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	go l.serve()
	return l, "postgres://postgres@" + l.listener.Addr().String() + "/postgres?sslmode=disable"
}

func (l *line) serve() {
	for {
		conn, err := l.listener.Accept()
		if err != nil {
			return
		}
		back, err := new(net.Dialer).DialContext(context.Background(), "unix", l.target)
		if err != nil {
			_ = conn.Close()
			continue
		}
		l.mu.Lock()
		l.open = append(l.open, conn, back)
		l.mu.Unlock()
		go l.pump(conn, back)
		go l.pump(back, conn)
	}
}

func (l *line) pump(to, from net.Conn) {
	defer to.Close()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		l.mu.Lock()
		cut := l.cut
		l.mu.Unlock()
		<-cut
		if err != nil {
			return
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}

// silence lets nothing pass until the returned function is called.
func (l *line) silence() (again func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	cut := make(chan struct{})
	l.cut = cut
	return sync.OnceFunc(func() { close(cut) })
}

func (l *line) close() {
	_ = l.listener.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.open {
		_ = c.Close()
	}
}
