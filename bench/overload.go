package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"vellocity/internal/await"
)

// openLoad sends requests at a fixed rate, whatever becomes of those before: an open
// loop, as callers who do not know each other are. Each request takes a connection that
// is free, or a new one; one that finds [openConns] busy is not sent.
type openLoad struct {
	rate    float64 // requests a second
	run     time.Duration
	request []byte
	address string

	mu    sync.Mutex
	free  []*openConn
	conns int
	found opened
}

type openConn struct {
	net.Conn
	in *bufio.Reader
}

// opened is the result of an open load.
type opened struct {
	good, refused durations
	failed        int // no response within openPatience
	unsent        int // the load's own connections were all busy
}

// openConns is how many connections an open load opens at most.
const openConns = 2000

var errUnsent = errors.New("no connection is free")

// openPatience is how long a request waits for its response.
const openPatience = 10 * time.Second

func (l *openLoad) drive(ctx context.Context) opened {
	gap := time.Duration(float64(time.Second) / l.rate)
	var all sync.WaitGroup
	began := time.Now()
	for n := 0; ctx.Err() == nil; n++ {
		due := began.Add(time.Duration(n) * gap)
		if due.Sub(began) > l.run {
			break
		}
		if wait := time.Until(due); wait > time.Millisecond {
			_ = await.Pause(ctx, wait) // the loop notices the end of ctx
		}
		all.Go(func() { l.send(ctx) })
	}
	all.Wait()
	for _, c := range l.free {
		_ = c.Close() // the load is over
	}
	return l.found
}

// send sends one request. Its time counts from when it is written: the load shares
// the machine with the server, and may itself be late.
func (l *openLoad) send(ctx context.Context) {
	status, took, err := l.exchange(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case errors.Is(err, errUnsent):
		l.found.unsent++
	case err != nil:
		l.found.failed++
	case status < 300:
		l.found.good = append(l.found.good, took)
	case status == http.StatusServiceUnavailable || status == http.StatusTooManyRequests:
		l.found.refused = append(l.found.refused, took)
	default:
		l.found.failed++
	}
}

func (l *openLoad) exchange(ctx context.Context) (status int, took time.Duration, err error) {
	c, err := l.connection(ctx)
	if err != nil {
		return 0, 0, err
	}
	began := time.Now()
	_ = c.SetDeadline(began.Add(openPatience)) // a connection that has none fails below
	if _, err = c.Write(l.request); err == nil {
		status, _, err = answer(c.in, false)
	}
	took = time.Since(began)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.conns--
		_ = c.Close() // the error says more
		return status, took, fmt.Errorf("exchange: %w", err)
	}
	l.free = append(l.free, c)
	return status, took, nil
}

func (l *openLoad) connection(ctx context.Context) (*openConn, error) {
	l.mu.Lock()
	if n := len(l.free); n > 0 {
		c := l.free[n-1]
		l.free = l.free[:n-1]
		l.mu.Unlock()
		return c, nil
	}
	if l.conns++; l.conns > openConns {
		l.conns--
		l.mu.Unlock()
		return nil, errUnsent
	}
	l.mu.Unlock()
	conn, err := (&net.Dialer{Timeout: openPatience}).DialContext(ctx, "tcp", l.address)
	if err != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.conns--
		return nil, fmt.Errorf("connect: %w", err)
	}
	return &openConn{conn, bufio.NewReaderSize(conn, 4<<10)}, nil
}

// overload measures each door at its peak, and then at three times that.
func overload(ctx context.Context, b *bench) error {
	s, err := b.stored(ctx, b.count(1000, 100), 2000)
	if err != nil {
		return err
	}
	defer s.stop()
	bare := fmt.Appendf(nil, "GET /feeds/main/feed.json HTTP/1.1\r\nHost: %s\r\n\r\n", s.Listen)
	body := `{"settings":` + onePost + `}`
	for _, door := range []struct {
		name    string
		status  int
		request []byte
	}{
		{"board", http.StatusOK, s.raw(http.MethodGet, workflow+"/kanban", "")},
		{"feed", http.StatusOK, bare},
		{"openapi.json", http.StatusOK, fmt.Appendf(nil, "GET /api/v1/openapi.json HTTP/1.1\r\nHost: %s\r\n\r\n", s.Listen)},
		{"execute", http.StatusCreated, s.raw(http.MethodPost, workflow+"/capabilities/generate-social-posts/execute", body)},
	} {
		if err := b.overloaded(ctx, s, door.name, door.status, door.request); err != nil {
			return fmt.Errorf("%s: %w", door.name, err)
		}
	}
	return nil
}

func (b *bench) overloaded(ctx context.Context, s *server, name string, status int, request []byte) error {
	peak, err := load{
		conns:  conns,
		warm:   b.span(time.Second),
		run:    b.span(4 * time.Second),
		status: status,
		next:   func(int, int) []byte { return request },
	}.drive(ctx, s)
	if err != nil {
		return err
	}
	watch, stop := context.WithCancel(ctx)
	seen := s.watched(watch)
	l := &openLoad{rate: 3 * peak.rate, run: b.span(10 * time.Second), request: request, address: s.Listen}
	found := l.drive(ctx)
	stop()
	health := <-seen
	good := float64(len(found.good)) / l.run.Seconds()
	b.atLeast(name+": goodput at 3× the peak, of the peak", 80, 100*good/peak.rate, " %",
		fmt.Sprintf("; %.0f of %.0f/s, %d refused, %d failed, %d not sent", good, peak.rate, len(found.refused),
			found.failed, found.unsent))
	b.atMost(name+": p99 of a refusal", 100, found.refused.p99(), " ms",
		fmt.Sprintf("; p99 of what is served %.0f ms", found.good.p99()))
	b.atMost(name+": /healthz, p99", 50, health.took.p99(), " ms",
		fmt.Sprintf("; most %.0f ms, %d failed", ms(health.took.at(1)), health.failed))
	b.atMost(name+": resident at most", 300, health.resident, " MB", "")
	return nil
}

// checked is what the health checks found.
type checked struct {
	took     durations
	failed   int
	resident float64
}

// watched asks for /healthz twenty times a second until ctx ends.
func (s *server) watched(ctx context.Context) <-chan checked {
	out := make(chan checked, 1)
	go func() {
		var c checked
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		request := fmt.Appendf(nil, "GET /healthz HTTP/1.1\r\nHost: %s\r\n\r\n", s.Listen)
		l := &openLoad{request: request, address: s.Listen}
		for {
			select {
			case <-ctx.Done():
				out <- c
				return
			case <-tick.C:
			}
			status, took, err := l.exchange(context.WithoutCancel(ctx))
			if err != nil || status != http.StatusOK {
				c.failed++
			}
			c.took = append(c.took, took)
			c.resident = max(c.resident, resident(s.PID()))
		}
	}()
	return out
}
