// Package bridge lets AI clients that speak no HTTP use a server's MCP endpoint: it reads
// JSON-RPC messages as lines, posts each to the server, and writes what comes back as lines
// (MCP 2025-11-25, "stdio"). It passes messages of both eras of the protocol as they are,
// and keeps the session of the older one: after a restart of the server it opens another.
package bridge

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options are what a bridge needs.
type Options struct {
	HTTP *http.Client
	URL  string // of the endpoint
	Key  string // empty for a server that knows its caller otherwise
	In   io.Reader
	Out  io.Writer // gets messages of the protocol and nothing else
	// Log takes what people should know, a line at a time.
	Log func(line string)
}

// mostLine bounds one message from the client, in bytes: above what the server takes, so
// that the server refuses what is too long.
const mostLine = 16 << 20

// linger is how long calls may go on once the client has closed its end.
const linger = 10 * time.Second

// bridge is one run.
type bridge struct {
	o   Options
	ctx context.Context // of everything that is sent
	out sync.Mutex      // held while a line is written

	session session
	opened  chan struct{} // gets something when another session is open

	mu    sync.Mutex
	calls map[string]*call // in flight, by their id as JSON
	all   sync.WaitGroup
}

// call is a request of the client's that has no response yet.
type call struct {
	method    string
	modern    bool
	cancelled bool
	cancel    context.CancelFunc
	sent      chan struct{} // closed once it was sent
	over      chan struct{} // closed at its end
}

// Run bridges until the client closes its end, or ctx is done. Calls that are open then
// have 10 seconds to end. The error is that of reading or writing lines.
func Run(ctx context.Context, o Options) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	b := &bridge{o: o, ctx: ctx, calls: map[string]*call{}, opened: make(chan struct{}, 1)}
	err := b.read()
	b.stopListening()
	if !b.settled(linger) {
		cancel()
		b.settled(linger)
	}
	b.end()
	return err
}

// read takes lines until the client closes its end.
func (b *bridge) read() error {
	lines := make(chan []byte)
	ended := make(chan error, 1)
	go func() {
		scan := bufio.NewScanner(b.o.In)
		scan.Buffer(make([]byte, 0, 64<<10), mostLine)
		for scan.Scan() {
			select {
			case lines <- bytes.Clone(bytes.TrimSpace(scan.Bytes())):
			case <-b.ctx.Done():
				return
			}
		}
		ended <- scan.Err()
	}()
	for {
		select {
		case line := <-lines:
			if len(line) > 0 {
				b.take(line)
			}
		case err := <-ended:
			if err != nil {
				return fmt.Errorf("read messages: %w", err)
			}
			return nil
		case <-b.ctx.Done():
			return nil
		}
	}
}

// take handles one message. Requests run side by side; notifications keep their order.
func (b *bridge) take(line []byte) {
	m, ok := parse(line)
	switch {
	case !ok:
		b.fail(nil, codeParse, "This line is not a JSON-RPC message")
	case m.isRequest():
		b.start(m)
	case m.Method == "notifications/cancelled":
		b.cancelled(m)
	default:
		b.notify(m)
	}
}

// start sends a request and passes on what comes back.
func (b *bridge) start(m message) {
	if m.Method == "initialize" {
		b.session.opens(m)
	}
	ctx, cancel := context.WithCancel(b.ctx)
	c := &call{method: m.Method, modern: m.modern(), cancel: cancel, sent: make(chan struct{}), over: make(chan struct{})}
	b.mu.Lock()
	b.calls[string(m.ID)] = c
	b.mu.Unlock()
	run := func() {
		defer cancel()
		defer close(c.over)
		err := b.carry(ctx, m, c)
		b.mu.Lock()
		silent := c.cancelled
		delete(b.calls, string(m.ID))
		b.mu.Unlock()
		switch {
		case err == nil:
			b.session.follow(m)
		case !silent:
			b.fail(m.ID, codeUnreachable, err.Error())
		}
	}
	if m.Method == "initialize" { // what follows belongs to its session
		run()
		return
	}
	b.all.Go(run)
}

// cancelled passes a cancellation on, once the server knows of the call. Without a session
// the end of the call's own connection is its cancellation (MCP 2026-07-28).
func (b *bridge) cancelled(m message) {
	var p struct {
		RequestID json.RawMessage `json:"requestId"`
	}
	if json.Unmarshal(m.Params, &p) != nil {
		return
	}
	b.mu.Lock()
	c := b.calls[string(compact(p.RequestID))]
	if c != nil {
		c.cancelled = true
	}
	b.mu.Unlock()
	switch {
	case c == nil:
	case c.modern:
		c.cancel()
	default:
		select {
		case <-c.sent:
		case <-time.After(mostSending):
		case <-b.ctx.Done():
		}
		b.notify(m)
		b.all.Go(func() { b.insist(m, c) })
	}
}

// mostSending bounds the wait for a call to be sent, and the time of a notification.
const mostSending = 5 * time.Second

// insist sends a cancellation once more where the call goes on: the server may have read it
// before the call itself, which came by another connection.
func (b *bridge) insist(m message, c *call) {
	select {
	case <-time.After(time.Second):
		b.notify(m)
	case <-c.over:
	case <-b.ctx.Done():
	}
}

// notify sends a notification, or a response to the server. Where that fails the client
// could do nothing about it.
func (b *bridge) notify(m message) {
	ctx, cancel := context.WithTimeout(b.ctx, mostSending)
	defer cancel()
	if err := b.carry(ctx, m, nil); err != nil && b.ctx.Err() == nil {
		b.o.Log(err.Error())
	}
	if m.Method == "notifications/initialized" {
		b.listen()
	}
}

// stopListening ends calls that only listen, which would never end by themselves.
func (b *bridge) stopListening() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.calls {
		if c.method == "subscriptions/listen" {
			c.cancelled = true
			c.cancel()
		}
	}
}

// settled waits for the calls that are open and reports whether all have ended.
func (b *bridge) settled(within time.Duration) bool {
	done := make(chan struct{})
	go func() {
		b.all.Wait()
		close(done)
	}()
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case <-done:
		return true
	case <-timer.C:
		return false
	case <-b.ctx.Done():
		<-done // everything that is sent ends with ctx
		return true
	}
}

// write writes one message as one line.
func (b *bridge) write(raw []byte) error {
	var line bytes.Buffer
	if err := json.Compact(&line, raw); err != nil {
		return errors.New("the server sent something that is not JSON")
	}
	line.WriteByte('\n')
	b.out.Lock()
	defer b.out.Unlock()
	if _, err := b.o.Out.Write(line.Bytes()); err != nil {
		return fmt.Errorf("write to the client: %w", err)
	}
	return nil
}

// fail responds to a request with an error.
func (b *bridge) fail(id json.RawMessage, code int, text string) {
	if id == nil {
		id = json.RawMessage("null")
	}
	raw, err := json.Marshal(map[string]any{
		"jsonrpc": "2.0", "id": id, "error": map[string]any{"code": code, "message": upper(text)},
	})
	if err == nil {
		err = b.write(raw)
	}
	if err != nil {
		b.o.Log(err.Error())
	}
}

func upper(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
