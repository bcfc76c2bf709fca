// Package aitest holds model servers that follow a script, and the suite that
// every provider passes.
//
// A [Server] speaks the real wires of OpenAI Chat Completions, OpenAI Responses and
// Anthropic Messages on one address: streams, usage, error bodies, and the faults that
// real servers show. It is for tests, for benchmarks and for programs that drive
// the built binary: nothing in it needs a *testing.T.
package aitest

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Script decides what a call is answered with. It may be called by several
// goroutines at once.
type Script func(Call) Reply

// Always answers every call in the same way.
func Always(r Reply) Script { return func(Call) Reply { return r } }

// Sequence answers the first call with the first reply and so on; the last one
// answers all further calls.
func Sequence(replies ...Reply) Script {
	return func(c Call) Reply { return replies[min(c.N, len(replies)-1)] }
}

// Server is a model server that follows a script.
type Server struct {
	script    Script
	url       string
	http      *http.Server
	dial      *memory // nil: a real port
	protocols []Protocol

	mu     sync.Mutex
	calls  []Call
	n      int
	keep   bool
	closed int // calls that ended before their answer was over
	open   int
}

// NewServer starts a server on a free port of 127.0.0.1. It speaks the wires of this
// package, and further protocols that it is given.
func NewServer(script Script, further ...Protocol) *Server {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic("aitest: no port on loopback: " + err.Error())
	}
	return NewServerOn(l, script, further...)
}

// NewServerOn starts a server on a listener, which it closes in the end.
func NewServerOn(l net.Listener, script Script, further ...Protocol) *Server {
	s := &Server{
		script:    script,
		url:       "http://" + l.Addr().String(),
		keep:      true,
		protocols: append(protocols(), further...),
	}
	s.serve(l)
	return s
}

// NewMemoryServer starts a server without a port: only its own Client reaches
// it. Its connections are pipes in memory, so that it works, and time stands
// still, in a bubble of testing/synctest.
func NewMemoryServer(script Script, further ...Protocol) *Server {
	m := newMemory()
	s := &Server{
		script:    script,
		url:       "http://memory.test",
		dial:      m,
		keep:      true,
		protocols: append(protocols(), further...),
	}
	s.serve(m)
	return s
}

func (s *Server) serve(l net.Listener) {
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go s.http.Serve(l) //nolint:errcheck // ends with Close
}

// Forget stops the record of calls, for load tests.
func (s *Server) Forget() { s.mu.Lock(); s.keep, s.calls = false, nil; s.mu.Unlock() }

// URL is the server's root, without a path.
func (s *Server) URL() string { return s.url }

// BaseURL is what a client of the wire is configured with.
func (s *Server) BaseURL(w Wire) string {
	i := slices.IndexFunc(s.protocols, func(p Protocol) bool { return p.Wire == w })
	return s.url + s.protocols[i].Base
}

// Client returns an HTTP client that reaches the server.
func (s *Server) Client() *http.Client {
	if s.dial == nil {
		return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 100}}
	}
	return &http.Client{Transport: &http.Transport{DialContext: s.dial.DialContext, MaxIdleConnsPerHost: 100}}
}

// Calls returns the calls so far.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call(nil), s.calls...)
}

// Count returns how many calls there were.
func (s *Server) Count() int { s.mu.Lock(); defer s.mu.Unlock(); return s.n }

// Abandoned returns how many calls ended before the answer was over: the client
// went away, or the script cut them.
func (s *Server) Abandoned() int { s.mu.Lock(); defer s.mu.Unlock(); return s.closed }

// Open returns how many calls are being answered at the moment.
func (s *Server) Open() int { s.mu.Lock(); defer s.mu.Unlock(); return s.open }

// Close ends the server and every call in it.
func (s *Server) Close() { _ = s.http.Close() }

// ServeHTTP answers one call; see [Server].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimSuffix(r.URL.Path, "/")
	if r.Method == http.MethodGet && strings.HasSuffix(path, "/models") {
		writeJSON(w, 200, obj{"object": "list", "data": []any{obj{"id": "scripted-1", "object": "model"}}})
		return
	}
	p, ok := s.find(path)
	if !ok || r.Method != http.MethodPost {
		writeJSON(w, 404, obj{"error": obj{"message": "no such path", "type": "not_found_error"}})
		return
	}
	s.answer(w, r, p)
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request, p Protocol) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 16<<20))
	if err != nil {
		return
	}
	call := Call{Wire: p.Wire, Path: r.URL.Path, Header: r.Header.Clone(), Body: body}
	if problem := p.Read(&call); problem != "" {
		writeJSON(w, 400, p.Error("invalid_request_error", problem, ""))
		return
	}
	s.mu.Lock()
	call.N = s.n
	s.n++
	s.open++
	if s.keep {
		s.calls = append(s.calls, call)
	}
	s.mu.Unlock()
	stayed := false // also where the script cuts the connection, which is a panic
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.open--
		if !stayed {
			s.closed++
		}
	}()
	stayed = s.script(call).write(w, r, call, p)
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client may be gone
}

// protocols are those that every server speaks.
func protocols() []Protocol { return []Protocol{ChatCompletions(), Messages(), Responses()} }

// find returns the protocol of a call by its path.
func (s *Server) find(path string) (Protocol, bool) {
	i := slices.IndexFunc(s.protocols, func(p Protocol) bool { return strings.HasSuffix(path, p.Path) })
	if i < 0 {
		return Protocol{}, false
	}
	return s.protocols[i], true
}
