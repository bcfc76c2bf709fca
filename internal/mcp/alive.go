package mcp

import (
	"net/http"
	"strings"
	"sync"
	"time"
)

// aliveGap is the silence after which a stream gets a comment, as those of the API do:
// proxies drop connections on which nothing passes for a while.
const aliveGap = 15 * time.Second

// alive is a response that says that it is still there while a stream of events is
// silent, which the SDK's are not.
type alive struct {
	http.ResponseWriter
	control *http.ResponseController
	beat    *time.Timer

	mu     sync.Mutex
	stream bool // a stream of events has begun
	over   bool // the handler has returned, or the reader is gone
}

// keepAlive returns the response; the returned function must be called before the handler
// returns.
func keepAlive(w http.ResponseWriter) (*alive, func()) {
	a := &alive{ResponseWriter: w, control: http.NewResponseController(w)}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.beat = time.AfterFunc(aliveGap, a.say)
	return a, a.end
}

func (a *alive) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.over = true
	a.beat.Stop()
}

func (a *alive) say() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.over {
		return
	}
	a.beat.Reset(aliveGap)
	if !a.stream {
		return
	}
	if _, err := a.ResponseWriter.Write([]byte(": still here\n\n")); err != nil {
		a.over = true
		return
	}
	_ = a.control.Flush() // the next write says that the reader is gone
}

// WriteHeader notes whether a stream of events begins.
func (a *alive) WriteHeader(status int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.stream = status == http.StatusOK && strings.HasPrefix(a.Header().Get("Content-Type"), "text/event-stream")
	a.ResponseWriter.WriteHeader(status)
}

// Write writes an event, or another part of the response.
func (a *alive) Write(p []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.over {
		a.beat.Reset(aliveGap)
	}
	return a.ResponseWriter.Write(p)
}

// FlushError and Unwrap are for [http.ResponseController].
func (a *alive) FlushError() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.control.Flush()
}

// Unwrap returns the response below.
func (a *alive) Unwrap() http.ResponseWriter { return a.ResponseWriter }
