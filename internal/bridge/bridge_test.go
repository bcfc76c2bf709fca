package bridge_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vellocity/internal/bridge"
)

// client is an AI client with a bridge to a server.
type client struct {
	t     *testing.T
	in    *io.PipeWriter
	lines chan string
	ended chan error
}

func start(t *testing.T, url string) *client {
	t.Helper()
	in, write := io.Pipe()
	read, out := io.Pipe()
	c := &client{t: t, in: write, lines: make(chan string, 100), ended: make(chan error, 1)}
	go func() {
		c.ended <- bridge.Run(t.Context(), bridge.Options{
			HTTP: &http.Client{}, URL: url, Key: "k", In: in, Out: out, Log: func(string) {},
		})
		_ = out.Close() // a pipe's Close never fails
	}()
	go func() {
		defer close(c.lines)
		scan := bufio.NewScanner(read)
		scan.Buffer(nil, 1<<24)
		for scan.Scan() {
			c.lines <- scan.Text()
		}
	}()
	t.Cleanup(func() { _ = write.Close() })
	return c
}

func (c *client) send(line string) {
	c.t.Helper()
	if _, err := io.WriteString(c.in, line+"\n"); err != nil {
		c.t.Fatal(err)
	}
}

// next returns the next line; it must be JSON.
func (c *client) next() string {
	c.t.Helper()
	select {
	case line, ok := <-c.lines:
		if !ok || !json.Valid([]byte(line)) {
			c.t.Fatalf("the line %q, open %v", line, ok)
		}
		return line
	case <-time.After(time.Minute):
		c.t.Fatal("no line came")
		return ""
	}
}

func (c *client) expect(parts ...string) {
	c.t.Helper()
	line := c.next()
	for _, p := range parts {
		if !strings.Contains(line, p) {
			c.t.Errorf("%s lacks %s", line, p)
		}
	}
}

const (
	hello = `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25"}}`
	ready = `{"jsonrpc":"2.0","method":"notifications/initialized"}`
)

// server is an MCP server with sessions that can be ended, by a counter.
type server struct {
	session atomic.Int64
	t       *testing.T
	answer  func(m map[string]any, w http.ResponseWriter, r *http.Request)
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer k" {
		s.t.Errorf("headers %v", r.Header)
	}
	known := fmt.Sprint("s", s.session.Load())
	var m map[string]any
	if r.Method == http.MethodPost {
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
			s.t.Error(err)
		}
	}
	params, _ := m["params"].(map[string]any)
	_, modern := params["_meta"]
	switch {
	case r.Method == http.MethodGet:
		w.WriteHeader(http.StatusMethodNotAllowed)
	case m["method"] == "initialize":
		w.Header().Set("Mcp-Session-Id", known)
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"jsonrpc":"2.0","id":0,"result":{
			"protocolVersion":"2025-11-25","capabilities":{"prompts":{"listChanged":true},"tools":{}}}}`)
	case !modern && r.Header.Get("Mcp-Session-Id") != known:
		w.WriteHeader(http.StatusNotFound)
	case r.Method == http.MethodDelete || m["id"] == nil && m["method"] != "notifications/cancelled":
		w.WriteHeader(http.StatusAccepted)
	default:
		s.answer(m, w, r)
	}
}

func (s *server) start() string {
	s.session.Store(1)
	srv := httptest.NewServer(s)
	s.t.Cleanup(srv.Close)
	return srv.URL
}

// stream sends events.
func stream(w http.ResponseWriter, messages ...string) {
	w.Header().Set("Content-Type", "text/event-stream")
	for _, m := range messages {
		fmt.Fprintf(w, "data: %s\n\n", m)
		_ = http.NewResponseController(w).Flush()
	}
}

// TestMessagesPassOneALine: both forms of a response, in lines, and errors with the id of
// their request.
func TestMessagesPassOneALine(t *testing.T) {
	s := &server{t: t, answer: func(m map[string]any, w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Mcp-Protocol-Version") != "2025-11-25" {
			t.Errorf("headers %v", r.Header)
		}
		switch m["method"] {
		case "stream":
			stream(w, `{"jsonrpc":"2.0","method":"notifications/progress"}`, `{"jsonrpc":"2.0","id":"a\u0062","result":1}`)
		case "refused":
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `{"jsonrpc":"2.0","id":null,"error":{"code":-31003,"message":"No"}}`)
		case "page":
			_, _ = io.WriteString(w, `<html>`)
		default:
			_, _ = io.WriteString(w, "{\n\"jsonrpc\":\"2.0\",\n\"id\":7,\"result\":{}}")
		}
	}}
	c := start(t, s.start())
	c.send(hello)
	c.expect(`"id":0`)
	c.send(ready)
	c.send(`{"jsonrpc":"2.0","id":7,"method":"plain"}`)
	if line := c.next(); line != `{"jsonrpc":"2.0","id":7,"result":{}}` {
		t.Errorf("%q", line)
	}
	c.send(`{"jsonrpc":"2.0", "id": "a\u0062", "method":"stream"}`)
	c.expect("notifications/progress")
	c.expect(`"result":1`)
	c.send(`{"jsonrpc":"2.0","id":8,"method":"refused"}`)
	c.expect(`"id":8`, `-31003`)
	c.send(`{"jsonrpc":"2.0","id":9,"method":"page"}`)
	c.expect(`"id":9`, `is no MCP`)
	c.send(`not JSON`)
	c.expect(`"id":null`, `-32700`)
	if err := c.in.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-c.ended; err != nil {
		t.Error(err)
	}
}

// TestARestartEndsOnlyOpenCalls: a call in between gets an error, the next one a session of
// its own.
func TestARestartEndsOnlyOpenCalls(t *testing.T) {
	s := &server{t: t}
	s.answer = func(m map[string]any, w http.ResponseWriter, r *http.Request) {
		if m["method"] == "cut" {
			stream(w, `{"jsonrpc":"2.0","method":"notifications/progress"}`)
			panic(http.ErrAbortHandler)
		}
		fmt.Fprintf(w, `{"jsonrpc":"2.0","id":%v,"result":%q}`, m["id"], r.Header.Get("Mcp-Session-Id"))
	}
	c := start(t, s.start())
	c.send(hello)
	c.next()
	c.send(ready)
	c.send(`{"jsonrpc":"2.0","id":5,"method":"resources/subscribe","params":{"uri":"vellocity://kanban"}}`)
	c.expect(`"id":5`)
	c.send(`{"jsonrpc":"2.0","id":1,"method":"cut"}`)
	c.expect("progress")
	c.expect(`"id":1`, "ended before its response")
	s.session.Store(2)
	c.send(`{"jsonrpc":"2.0","id":2,"method":"plain"}`)
	c.expect("notifications/prompts/list_changed")
	c.expect("notifications/resources/updated", "vellocity://kanban")
	c.expect(`"id":2`, `"result":"s2"`)
}

// TestAServerThatIsAway is an error of each call, and nothing else.
func TestAServerThatIsAway(t *testing.T) {
	c := start(t, "http://127.0.0.1:1/api/v1/mcp")
	for id := range 2 {
		c.send(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/list"}`, id))
		c.expect(fmt.Sprintf(`"id":%d`, id), "cannot be reached at http://127.0.0.1:1", "Once it runs, call again")
	}
}

// TestCancelledCalls: with a session the server is notified; without one the connection
// ends. Neither gets a response.
func TestCancelledCalls(t *testing.T) {
	left, told := make(chan string, 1), make(chan any, 4)
	s := &server{t: t, answer: func(m map[string]any, w http.ResponseWriter, r *http.Request) {
		switch m["method"] {
		case "notifications/cancelled":
			told <- m["params"]
			w.WriteHeader(http.StatusAccepted)
		case "tools/call":
			stream(w, `{"jsonrpc":"2.0","method":"notifications/progress"}`)
			select {
			case <-told: // with a session
			case <-r.Context().Done():
				left <- r.Header.Get("Mcp-Method") + " " + r.Header.Get("Mcp-Name") + " " + r.Header.Get("Mcp-Protocol-Version")
			}
		default:
			fmt.Fprintf(w, `{"jsonrpc":"2.0","id":%v,"result":{}}`, m["id"])
		}
	}}
	c := start(t, s.start())
	c.send(hello)
	c.next()
	c.send(ready)
	c.send(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"slow"}}`)
	c.expect("progress")
	c.send(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}`)
	c.send(`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"größer","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}`)
	c.expect("progress")
	c.send(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2}}`)
	if got := <-left; got != "tools/call =?base64?Z3LDtsOfZXI=?= 2026-07-28" {
		t.Errorf("left %q", got)
	}
	c.send(`{"jsonrpc":"2.0","id":3,"method":"ping"}`)
	c.expect(`"id":3`)
}
