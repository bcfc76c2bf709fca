package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"sync/atomic"
	"time"
)

// door is a request that many send at once.
type door struct {
	name   string
	status int
	next   func(n int) []byte // the n-th request
}

// overload measures each door at its peak, and then at three times that. Server and load
// have processors of their own where the machine has two: see [apart].
func overload(ctx context.Context, b *bench) error {
	var s *server
	cpus, together, err := apart(func() (err error) {
		s, err = b.stored(ctx, b.count(1000, 100), 2000)
		return err
	})
	if err != nil {
		return err
	}
	defer together()
	defer s.stop()
	if err := s.publish(ctx, 50); err != nil {
		return err
	}
	doors, err := s.doors(ctx)
	if err != nil {
		return err
	}
	kept := "the same ones for server and load"
	if cpus > 0 {
		kept = fmt.Sprintf("%d for the server, the others for the load", cpus)
	}
	b.says("processors", "%s", kept)
	for _, d := range doors {
		if err := b.overloaded(ctx, s, d); err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
	}
	return nil
}

// publish publishes as many items, so that the feed has something to tell.
func (s *server) publish(ctx context.Context, n int) error {
	ids, err := s.items(ctx)
	if err != nil {
		return err
	}
	c := patient()
	for _, id := range ids[:min(n, len(ids))] {
		path := fmt.Sprintf("%s/kanban/%d/status", workflow, id)
		if err := s.call(ctx, c, http.MethodPost, path, `{"status":"published"}`, nil); err != nil {
			return err
		}
	}
	return nil
}

func (s *server) doors(ctx context.Context) ([]door, error) {
	session, err := s.mcpSession(ctx, patient())
	if err != nil {
		return nil, err
	}
	cookie, err := s.sessionCookie(ctx)
	if err != nil {
		return nil, err
	}
	const zipped = "Accept-Encoding: gzip\r\n" // as browsers and feed readers ask
	open := func(path, more string) []byte {
		return fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", path, s.Listen, more)
	}
	same := func(request []byte) func(int) []byte { return func(int) []byte { return request } }
	tool := func(n int) []byte { // two calls of a session have two ids
		return s.raw(http.MethodPost, "/api/v1/mcp", fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call",`+
			`"params":{"name":"list_executions","arguments":{"per_page":20}}}`, n+2),
			"Content-Type: application/json", "Accept: application/json, text/event-stream",
			"Mcp-Protocol-Version: 2025-11-25", "Mcp-Session-Id: "+session)
	}
	execute := s.raw(http.MethodPost, workflow+"/capabilities/generate-social-posts/execute", `{"settings":`+onePost+`}`)
	return []door{
		{"board", http.StatusOK, same(s.raw(http.MethodGet, boardJSON, ""))},
		{"list", http.StatusOK, same(s.raw(http.MethodGet, listJSON, ""))},
		{"page", http.StatusOK, same(open(boardPage, zipped+"Accept: text/html\r\nCookie: "+cookie+"\r\n"))},
		{"mcp", http.StatusOK, tool},
		{"feed", http.StatusOK, same(open("/feeds/main/feed.json", zipped))},
		{"openapi.json", http.StatusOK, same(open("/api/v1/openapi.json", zipped))},
		{"execute", http.StatusCreated, same(execute)},
	}, nil
}

// sessionCookie signs in to the dashboard.
func (s *server) sessionCookie(ctx context.Context) (string, error) {
	c, err := s.signIn(ctx)
	if err != nil {
		return "", err
	}
	at, err := url.Parse(s.URL())
	if err != nil {
		return "", fmt.Errorf("read the server's address: %w", err)
	}
	for _, cookie := range c.Jar.Cookies(at) {
		return cookie.Name + "=" + cookie.Value, nil
	}
	return "", fmt.Errorf("sign in: there is no cookie")
}

func (b *bench) overloaded(ctx context.Context, s *server, d door) error {
	var sent atomic.Int64
	used := s.used()
	peak, err := load{
		conns:  conns,
		warm:   b.span(time.Second),
		run:    b.span(4 * time.Second),
		status: d.status,
		next:   func(int, int) []byte { return d.next(int(sent.Add(1))) },
	}.drive(ctx, s)
	if err != nil {
		return err
	}
	atPeak := used()
	health, err := s.watchHealth(ctx)
	if err != nil {
		return err
	}
	l := &openLoad{
		rate:    3 * peak.rate,
		run:     b.span(10 * time.Second),
		request: func() []byte { return d.next(int(sent.Add(1))) },
		address: s.Listen,
	}
	used = s.used()
	found := l.drive(ctx)
	atThree := used()
	seen, err := health.end()
	if err != nil {
		return err
	}
	good := float64(len(found.good)) / l.run.Seconds()
	reached := float64(len(found.good)+len(found.refused)+found.late+found.failed) / l.run.Seconds()
	b.atLeast(d.name+": goodput at 3× the peak, of the peak", 80, 100*good/peak.rate, " %",
		fmt.Sprintf("; %.0f of %.0f/s, %d refused, %d failed", good, peak.rate, len(found.refused), found.failed))
	b.says(d.name+": load that was sent, of the peak", "%.1f ×; %d not sent", reached/peak.rate, found.unsent)
	b.says(d.name+": processors used", "%s at the peak, %s at 3×", atPeak, atThree)
	b.atMost(d.name+": p99 of a refusal", 100, found.refused.p99(), " ms",
		fmt.Sprintf("; p50 %.1f ms; served p50 %.0f, p99 %.0f ms", found.refused.p50(), found.good.p50(), found.good.p99()))
	b.atMost(d.name+": /healthz, p99", 50, seen.Took.p99(), " ms",
		fmt.Sprintf("; most %.0f ms, %d failed", ms(seen.Took.at(1)), seen.Failed))
	b.atMost(d.name+": resident at most", 300, seen.Resident, " MB", "")
	return nil
}

// used returns a function that says how much of the processors the server and this
// program have used since.
func (s *server) used() func() string {
	began, server, own := time.Now(), processor(s.PID()), processor(os.Getpid())
	return func() string {
		took := time.Since(began).Seconds()
		return fmt.Sprintf("server %.2f, load %.2f", (processor(s.PID())-server).Seconds()/took,
			(processor(os.Getpid())-own).Seconds()/took)
	}
}
