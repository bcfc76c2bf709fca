package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"vellocity/internal/await"
)

// openLoad sends requests at a fixed rate, whatever becomes of those before: an open
// loop, as callers who do not know each other are. Each request takes a connection that
// is free, the one that was used last, or a new one; one that finds [openConns] busy is
// not sent. What a connection found stays with it until the end, so that a request costs
// the load little more than its system calls.
type openLoad struct {
	rate    float64 // requests a second
	run     time.Duration
	request func() []byte // the next one
	address string

	mu    sync.Mutex
	free  []*openConn
	all   []*openConn
	live  int // connections that have not ended
	until time.Time
}

// opened is the result of an open load.
type opened struct {
	good, refused durations
	late          int // good, but after the end of the load
	failed        int // no response within openPatience, or one that is neither
	unsent        int // the load's own connections were all busy
}

const (
	// openConns is how many connections an open load opens at most.
	openConns = 2000
	// openPatience is how long a request waits for its response, and up to a second more.
	openPatience = 10 * time.Second
)

// openConn sends one request at a time.
type openConn struct {
	load  *openLoad
	send  chan struct{}
	found opened
}

func (l *openLoad) drive(ctx context.Context) opened {
	gap := time.Duration(float64(time.Second) / l.rate)
	began, unsent := time.Now(), 0
	l.until = began.Add(l.run)
	var running sync.WaitGroup
	for n := 0; ctx.Err() == nil; n++ {
		due := time.Duration(n) * gap
		if due > l.run {
			break
		}
		if wait := due - time.Since(began); wait > time.Millisecond {
			_ = await.Pause(ctx, wait) // the loop notices the end of ctx
		}
		c, fresh := l.take()
		if c == nil {
			unsent++
			continue
		}
		if fresh {
			running.Go(func() { c.run(ctx) })
		}
		c.send <- struct{}{}
	}
	l.mu.Lock()
	for _, c := range l.all {
		close(c.send)
	}
	l.mu.Unlock()
	running.Wait()
	sum := opened{unsent: unsent}
	for _, c := range l.all {
		sum.good, sum.refused = append(sum.good, c.found.good...), append(sum.refused, c.found.refused...)
		sum.late, sum.failed = sum.late+c.found.late, sum.failed+c.found.failed
	}
	return sum
}

// take returns a connection that is free; nil where there is none.
func (l *openLoad) take() (c *openConn, fresh bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n := len(l.free); n > 0 {
		c = l.free[n-1]
		l.free = l.free[:n-1]
		return c, false
	}
	if l.live >= openConns {
		return nil, false
	}
	l.live++
	c = &openConn{load: l, send: make(chan struct{}, 1)}
	l.all = append(l.all, c)
	return c, true
}

// run sends a request for each signal until the load is over, on a new connection after
// an error.
func (c *openConn) run(ctx context.Context) {
	var on *wire
	defer func() { on.close() }()
	for range c.send {
		if on == nil {
			var err error
			if on, err = dial(ctx, c.load.address); err != nil {
				c.found.failed++
				c.free()
				continue
			}
		}
		status, took, err := on.exchange(c.load.request())
		switch {
		case err != nil:
			c.found.failed++
			on.close()
			on = nil
		case status >= 300 && status != http.StatusServiceUnavailable:
			c.found.failed++
		case status >= 300:
			c.found.refused = append(c.found.refused, took)
		case time.Now().After(c.load.until):
			c.found.late++
		default:
			c.found.good = append(c.found.good, took)
		}
		c.free()
	}
}

func (c *openConn) free() {
	c.load.mu.Lock()
	defer c.load.mu.Unlock()
	c.load.free = append(c.load.free, c)
}

// wire is a connection to the server.
type wire struct {
	net.Conn
	in       *bufio.Reader
	deadline time.Time
}

func dial(ctx context.Context, address string) (*wire, error) {
	conn, err := (&net.Dialer{Timeout: openPatience}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return &wire{Conn: conn, in: bufio.NewReaderSize(conn, 4<<10)}, nil
}

func (w *wire) close() {
	if w != nil {
		_ = w.Conn.Close() // nobody waits for anything on it
	}
}

// exchange sends a request and reads its response. Its time counts from when it is
// written: the load may itself be late.
func (w *wire) exchange(request []byte) (status int, took time.Duration, err error) {
	began := time.Now()
	if w.deadline.Sub(began) < openPatience { // not each time: a deadline costs as much as the rest here
		w.deadline = began.Add(openPatience + time.Second)
		_ = w.SetDeadline(w.deadline) // a connection that has none fails below
	}
	if _, err = w.Write(request); err == nil {
		status, _, err = answer(w.in, false)
	}
	return status, time.Since(began), err
}
