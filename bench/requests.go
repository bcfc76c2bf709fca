package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"time"

	"vellocity/internal/await"
)

const conns = 32

func start(ctx context.Context, b *bench) error {
	var first, again []float64
	for range b.count(15, 2) {
		dir, err := b.fresh()
		if err != nil {
			return err
		}
		began := time.Now()
		s, err := b.launch(how{dir: dir})
		if err != nil {
			return err
		}
		took, err := s.ready(ctx, "/readyz", began)
		if err == nil {
			err = s.Greeted(ctx)
		}
		s.stop()
		if err != nil {
			return fmt.Errorf("first start: %w\n%s", err, s.Log)
		}
		first = append(first, ms(took))
		began = time.Now()
		if s, err = b.launch(how{dir: dir, key: s.Key}); err != nil {
			return err
		}
		took, err = s.ready(ctx, "/api/v1/partners/profile", began)
		s.stop()
		if err != nil {
			return fmt.Errorf("second start: %w\n%s", err, s.Log)
		}
		again = append(again, ms(took))
	}
	b.atMost("empty directory, all migrations, to /readyz", 300, median(first), " ms", spread(first, " ms"))
	b.atMost("migrated directory, to the answer to a key", 50, median(again), " ms", spread(again, " ms"))
	return nil
}

func idle(ctx context.Context, b *bench) error {
	var all []float64
	var s *server
	for range b.count(3, 1) {
		var err error
		if s, err = b.serve(ctx, how{}); err != nil {
			return err
		}
		if err := await.Pause(ctx, b.span(10*time.Second)); err != nil {
			return err
		}
		all = append(all, resident(s.PID()))
		b.says("of it private, the rest pages of the binary's file", "%.1f MB", private(s.PID()))
		before := processor(s.PID())
		began := time.Now()
		if err := await.Pause(ctx, b.span(5*time.Second)); err != nil {
			return err
		}
		b.says("processor time, idle", "%.1f %% of a core",
			100*(processor(s.PID())-before).Seconds()/time.Since(began).Seconds())
		s.stop()
	}
	b.atMost("resident 10 s after the start", 60, median(all), " MB", spread(all, " MB"))
	return nil
}

func list(ctx context.Context, b *bench) error {
	s, err := b.stored(ctx, b.count(1000, 100), 6000)
	if err != nil {
		return err
	}
	defer s.stop()
	request := s.raw(http.MethodGet, workflow+"/executions?per_page=20", "")
	l := load{
		conns:  conns,
		warm:   2 * time.Second,
		run:    5 * time.Second,
		status: http.StatusOK,
		next:   func(int, int) []byte { return request },
	}
	before, began := processor(s.PID()), time.Now()
	rates, took, err := b.repeat(ctx, s, l)
	if err != nil {
		return err
	}
	busy := (processor(s.PID()) - before).Seconds() / time.Since(began).Seconds()
	b.atLeast("rate, 32 connections", 4000, median(rates), "/s", spread(rates, "/s"))
	b.atMost("p99", 30, took.p99(), " ms", fmt.Sprintf("; p50 %.1f ms", took.p50()))
	b.says("processor time per request, of two cores", "%.2f ms", 1000*busy/median(rates))
	b.says("resident under load", "%.0f MB", resident(s.PID()))
	return nil
}

func move(ctx context.Context, b *bench) error {
	return b.change(ctx, func(s *server, id int64, n int) []byte {
		to := []string{"review", "generated"}[n%2]
		return s.raw(http.MethodPost, fmt.Sprintf("%s/kanban/%d/status", workflow, id), `{"status":"`+to+`"}`)
	})
}

func edit(ctx context.Context, b *bench) error {
	return b.change(ctx, func(s *server, id int64, n int) []byte {
		return s.raw(http.MethodPatch, fmt.Sprintf("%s/content/%d", workflow, id),
			fmt.Sprintf(`{"title":"Title %d of item %d"}`, n, id))
	})
}

// change drives a request that changes an item. Each connection has items of its own, in
// generated or review, so that every request changes one.
func (b *bench) change(ctx context.Context, next func(s *server, id int64, n int) []byte) error {
	s, err := b.stored(ctx, 1000, 6000)
	if err != nil {
		return err
	}
	defer s.stop()
	ids, err := s.items(ctx)
	if err != nil {
		return err
	}
	each := len(ids) / conns
	l := load{
		conns:  conns,
		warm:   2 * time.Second,
		run:    5 * time.Second,
		status: http.StatusOK,
		next: func(conn, n int) []byte {
			return next(s, ids[conn*each+n%each], n/each)
		},
	}
	before, began := processor(s.PID()), time.Now()
	rates, took, err := b.repeat(ctx, s, l)
	if err != nil {
		return err
	}
	busy := (processor(s.PID()) - before).Seconds() / time.Since(began).Seconds()
	b.atLeast("rate, 32 connections", 1500, median(rates), "/s", spread(rates, "/s"))
	b.atMost("p99", 50, took.p99(), " ms", fmt.Sprintf("; p50 %.1f ms", took.p50()))
	b.says("processor time per request, of two cores", "%.2f ms", 1000*busy/median(rates))
	return nil
}

// accept measures accepting alone: the only worker waits for a model that never responds,
// and each execution gets its slot, holds credits and appends its event.
func accept(ctx context.Context, b *bench) error {
	m, s, err := b.modelled(ctx, pace{Hang: true}, "--workers", "1", "--max-tickets-per-workspace", "100000")
	if err != nil {
		return err
	}
	defer m.stop()
	defer s.Kill()
	if err := b.grant(ctx, s, 1_000_000); err != nil {
		return err
	}
	request := s.raw(http.MethodPost, workflow+"/capabilities/generate-social-posts/execute", `{"settings":`+onePost+`}`)
	l := load{
		conns:  conns,
		warm:   time.Second,
		run:    5 * time.Second,
		status: http.StatusCreated,
		next:   func(int, int) []byte { return request },
	}
	before, began := processor(s.PID()), time.Now()
	rates, took, err := b.repeat(ctx, s, l)
	if err != nil {
		return err
	}
	busy := (processor(s.PID()) - before).Seconds() / time.Since(began).Seconds()
	b.atLeast("rate, 32 connections", 1000, median(rates), "/s", spread(rates, "/s"))
	b.says("p50 and p99", "%.1f and %.1f ms", took.p50(), took.p99())
	b.says("processor time per request, of two cores", "%.2f ms", 1000*busy/median(rates))
	return nil
}

func mcp(ctx context.Context, b *bench) error {
	s, err := b.stored(ctx, b.count(1000, 100), 6000)
	if err != nil {
		return err
	}
	defer s.stop()
	c := patient()
	session, err := s.mcpSession(ctx, c)
	if err != nil {
		return err
	}
	var took durations
	for n := range b.count(2200, 50) {
		began := time.Now()
		text, _, err := s.mcpSay(ctx, c, session, fmt.Sprintf(
			`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":"list_executions","arguments":{"per_page":20}}}`,
			n+2))
		if err != nil {
			return err
		}
		if strings.Contains(text, `"isError":true`) || !strings.Contains(text, "generate-social-posts") {
			return fmt.Errorf("the tool returned %.300s", text)
		}
		if n >= b.count(200, 5) {
			took = append(took, time.Since(began))
		}
	}
	b.atMost("list_executions, 20 of 1,000, one client, p50", 2, took.p50(), " ms",
		fmt.Sprintf("; p99 %.1f ms", took.p99()))
	return nil
}

// mcpSession begins an MCP session and returns its id.
func (s *server) mcpSession(ctx context.Context, c *http.Client) (string, error) {
	const hello = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25",` +
		`"capabilities":{},"clientInfo":{"name":"bench","version":"1"}}}`
	_, session, err := s.mcpSay(ctx, c, "", hello)
	if err != nil {
		return "", fmt.Errorf("initialize: %w", err)
	}
	if _, _, err = s.mcpSay(ctx, c, session, `{"jsonrpc":"2.0","method":"notifications/initialized"}`); err != nil {
		return "", fmt.Errorf("initialized: %w", err)
	}
	return session, nil
}

// mcpSay sends a message in an MCP session; "" begins one, whose id is returned.
func (s *server) mcpSay(ctx context.Context, c *http.Client, session, body string) (text, id string, err error) {
	req, err := s.request(ctx, http.MethodPost, "/api/v1/mcp", body)
	if err != nil {
		return "", "", err
	}
	req.Header.Set("Accept", "application/json, text/event-stream")
	if session != "" {
		req.Header.Set("Mcp-Session-Id", session)
		req.Header.Set("Mcp-Protocol-Version", "2025-11-25")
	}
	res, err := c.Do(req)
	if err != nil {
		return "", "", fmt.Errorf("call: %w", err)
	}
	defer res.Body.Close()
	all, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode >= 300 {
		err = fmt.Errorf("%s: %.200s", res.Status, all)
	}
	return string(all), res.Header.Get("Mcp-Session-Id"), err
}

// signIn returns a client with a dashboard session.
func (s *server) signIn(ctx context.Context) (*http.Client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fmt.Errorf("make a cookie jar: %w", err)
	}
	c := patient()
	c.Jar = jar
	req, err := s.request(ctx, http.MethodGet, s.Link, "")
	if err != nil {
		return nil, err
	}
	res, err := c.Do(req)
	if err != nil {
		return nil, fmt.Errorf("sign in: %w", err)
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body) // only the cookie matters
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("sign in: %s", res.Status)
	}
	return c, nil
}

// get measures how long a complete response takes.
func (s *server) get(ctx context.Context, c *http.Client, path string) (time.Duration, error) {
	req, err := s.request(ctx, http.MethodGet, path, "")
	if err != nil {
		return 0, err
	}
	began := time.Now()
	res, err := c.Do(req)
	if err != nil {
		return 0, fmt.Errorf("call: %w", err)
	}
	defer res.Body.Close()
	n, err := io.Copy(io.Discard, res.Body)
	took := time.Since(began)
	if err == nil && (res.StatusCode != http.StatusOK || n < 1000) {
		err = fmt.Errorf("%s: %s, %d bytes", path, res.Status, n)
	}
	return took, err
}

const (
	boardPage = "/board"
	boardJSON = workflow + "/kanban"
	listJSON  = workflow + "/executions?per_page=20"
)

func board(ctx context.Context, b *bench) error {
	s, err := b.stored(ctx, b.count(10_000, 500), 3000)
	if err != nil {
		return err
	}
	defer s.stop()
	c, err := s.signIn(ctx)
	if err != nil {
		return err
	}
	for _, path := range []string{boardPage, boardJSON} {
		var took durations
		for n := range b.count(300, 20) {
			d, err := s.get(ctx, c, path)
			if err != nil {
				return err
			}
			if n >= 10 {
				took = append(took, d)
			}
		}
		if path == boardPage {
			b.atMost("page with 50 cards a column, p50", 50, took.p50(), " ms", fmt.Sprintf("; p99 %.1f ms", took.p99()))
			continue
		}
		b.says("the same as JSON, p50 and p99", "%.1f and %.1f ms", took.p50(), took.p99())
	}
	return nil
}

// growth measures a small and a large installation in turn, so that other work on the
// machine affects both.
func growth(ctx context.Context, b *bench) error {
	few, err := b.stored(ctx, 1000, 1500)
	if err != nil {
		return err
	}
	defer few.stop()
	many, err := b.stored(ctx, b.count(100_000, 5000), 1500)
	if err != nil {
		return err
	}
	defer many.stop()
	clients := map[*server]*http.Client{}
	for _, s := range []*server{few, many} {
		if clients[s], err = s.signIn(ctx); err != nil {
			return err
		}
	}
	for _, of := range []struct{ what, path string }{
		{"list of 20", listJSON},
		{"board's page", boardPage},
		{"list by status", listJSON + "&status=completed"},
	} {
		took := map[*server]durations{}
		for n := range b.count(400, 20) {
			for s, c := range clients {
				d, err := s.get(ctx, c, of.path)
				if err != nil {
					return err
				}
				if n >= 10 {
					took[s] = append(took[s], d)
				}
			}
		}
		small, large := took[few].p50(), took[many].p50()
		b.atMost(of.what+", 100,000 against 1,000, p50", 1.5, large/small, " ×",
			fmt.Sprintf(" (%.2f and %.2f ms)", large, small))
	}
	b.says("resident with 100,000", "%.0f MB", resident(many.PID()))
	return nil
}
