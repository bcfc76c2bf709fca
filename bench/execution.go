package main

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/await"
	"vellocity/test/product"
)

// threePosts is an execution of four steps: a brief, then three posts in parallel, each of
// which creates an item.
const threePosts = `{"topic":"Cloud cost optimization","networks":["linkedin","x","facebook"],"key_points":["Start with what is idle","Buy commitments last"]}`

// many starts n executions over 16 connections, each with a topic of its own, and waits
// until all are completed.
func (s *server) many(
	ctx context.Context, c *http.Client, n, before int, capability, settings string,
) (time.Duration, error) {
	var next atomic.Int64
	var all sync.WaitGroup
	failures := make(chan error, 16)
	began := time.Now()
	for range 16 {
		all.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				own := strings.Replace(settings, "Cloud cost", fmt.Sprintf("Cloud cost %d", before+int(i)), 1)
				if _, err := s.execute(ctx, c, capability, own); err != nil {
					failures <- err
					return
				}
			}
		})
	}
	all.Wait()
	close(failures)
	if err := <-failures; err != nil {
		return 0, err
	}
	err := s.completed(ctx, c, before+n, 5*time.Minute)
	return time.Since(began), err
}

// execute measures executions end to end: with the composer, and with a model that
// responds at once, where credits move and each call is recorded before and after.
func execute(ctx context.Context, b *bench) error {
	s, err := b.serve(ctx, how{})
	if err != nil {
		return err
	}
	err = b.endToEnd(ctx, s, "composer, 4 steps, 3 items, social posts", "generate-social-posts", threePosts, true)
	s.stop()
	if err != nil {
		return err
	}
	if s, err = b.serve(ctx, how{}); err != nil {
		return err
	}
	text, topic := strings.Repeat("Start with what is idle. ", 20), `"Cloud cost"`
	err = b.endToEnd(ctx, s, "no model, 1 step, no item, SEO analysis", "analyze-seo",
		fmt.Sprintf(`{"text":%q,"title":%s}`, text, topic), false)
	s.stop()
	if err != nil {
		return err
	}
	m, s, err := b.modelled(ctx, pace{})
	if err != nil {
		return err
	}
	defer m.stop()
	defer s.stop()
	if err := b.grant(ctx, s, 1_000_000); err != nil {
		return err
	}
	return b.endToEnd(ctx, s, "model of no latency, 4 steps, 3 items, 2 credits, 3 recorded calls",
		"generate-social-posts", threePosts, false)
}

func (b *bench) endToEnd(ctx context.Context, s *server, what, capability, settings string, aim bool) error {
	c := patient()
	warm, n := b.count(300, 20), b.count(1500, 60)
	if _, err := s.many(ctx, c, warm, 0, capability, settings); err != nil {
		return err
	}
	var rates []float64
	before, began := processor(s.PID()), time.Now()
	for i := range b.runs {
		took, err := s.many(ctx, c, n, warm+i*n, capability, settings)
		if err != nil {
			return err
		}
		rates = append(rates, float64(n)/took.Seconds())
	}
	used, all := (processor(s.PID()) - before).Seconds(), time.Since(began).Seconds()
	more := fmt.Sprintf("%s; %.1f ms of processor time each, %.0f %% of two cores", spread(rates, "/s"),
		1000*used/float64(n*b.runs), 50*used/all)
	if aim {
		b.atLeast(what, 300, median(rates), "/s", more)
		return nil
	}
	b.says(what, "%s%s", quantity(median(rates), "/s"), more)
	return nil
}

// dispatch is the time from the start of the accepting transaction to the start of the
// first step, both as recorded, so it includes the commit of the one and the claim of
// the other.
func dispatch(ctx context.Context, b *bench) error {
	s, err := b.serve(ctx, how{})
	if err != nil {
		return err
	}
	defer s.stop()
	c := patient()
	var ids []int64
	for range b.count(400, 20) {
		id, err := s.execute(ctx, c, "generate-social-posts", onePost)
		if err != nil {
			return err
		}
		ids = append(ids, id)
		if err := await.Pause(ctx, 40*time.Millisecond); err != nil { // idle again
			return err
		}
	}
	if err := s.completed(ctx, c, len(ids), 10*time.Second); err != nil {
		return err
	}
	var took durations
	for _, id := range ids[len(ids)/10:] {
		r, err := s.execution(ctx, c, id)
		if err != nil {
			return err
		}
		if len(r.Data.Attributes.Steps) == 0 {
			return fmt.Errorf("execution %d has recorded no step", id)
		}
		took = append(took, r.Data.Attributes.Steps[0].Started.Sub(r.Data.Attributes.Created))
	}
	b.atMost("accepted to first step, p50 (recorded in whole ms)", 3, took.p50(), " ms",
		fmt.Sprintf("; mean %.2f ms", mean(took)))
	b.atMost("p99", 15, took.p99(), " ms", "")
	return nil
}

func mean(d durations) float64 {
	sum := time.Duration(0)
	for _, v := range d {
		sum += v
	}
	return ms(sum) / float64(max(1, len(d)))
}

// hanging is a model in this process that never responds and reports when a call begins
// and when it is abandoned.
type hanging struct {
	*aitest.Server
	http      *http.Server
	began     chan struct{}
	abandoned chan time.Time
}

// ServeHTTP implements [http.Handler].
func (h *hanging) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		h.Server.ServeHTTP(w, r)
		return
	}
	h.began <- struct{}{}
	h.Server.ServeHTTP(w, r)
	h.abandoned <- time.Now()
}

// cancelled is the time from sending the cancellation to the end of the
// provider's call, seen by the provider.
func cancelled(ctx context.Context, b *bench) error {
	h := &hanging{
		Server:    aitest.NewServer(pace{Hang: true}.script()),
		began:     make(chan struct{}, 10),
		abandoned: make(chan time.Time, 10),
	}
	defer h.Close()
	addr, err := product.FreeAddress()
	if err != nil {
		return err
	}
	h.http = &http.Server{Addr: addr, Handler: h, ReadHeaderTimeout: 5 * time.Second}
	go h.http.ListenAndServe() //nolint:errcheck // ends with Close
	defer h.http.Close()
	s, err := b.serve(ctx, how{model: "http://" + addr})
	if err != nil {
		return err
	}
	defer s.stop()
	c := patient()
	var took durations
	for range b.count(300, 10) {
		id, err := s.execute(ctx, c, "generate-social-posts", onePost)
		if err != nil {
			return err
		}
		if _, err := within(10*time.Second, h.began); err != nil {
			return fmt.Errorf("wait for the provider's call: %w", err)
		}
		sent := time.Now()
		if err := s.call(ctx, c, http.MethodPost, fmt.Sprintf("%s/executions/%d/cancel", workflow, id), "", nil); err != nil {
			return err
		}
		at, err := within(10*time.Second, h.abandoned)
		if err != nil {
			return fmt.Errorf("wait for the call's end: %w", err)
		}
		took = append(took, at.Sub(sent))
	}
	b.atMost("cancellation sent to call ended, p99", 20, took.p99(), " ms",
		fmt.Sprintf("; p50 %.1f ms, n = %d", took.p50(), len(took)))
	return nil
}

func within[T any](d time.Duration, c <-chan T) (v T, err error) {
	select {
	case v = <-c:
		return v, nil
	case <-time.After(d):
		return v, fmt.Errorf("not within %s", d)
	}
}

// waiting has thousands of executions wait for a model at once.
func waiting(ctx context.Context, b *bench) error {
	n := b.count(5000, 200)
	limit := fmt.Sprint(n + 100)
	m, s, err := b.modelled(ctx, pace{Hang: true}, "--workers", limit, "--max-tickets-per-workspace", limit,
		"--provider-concurrency", limit)
	if err != nil {
		return err
	}
	defer m.stop()
	defer s.Kill()
	if err := b.grant(ctx, s, 1_000_000); err != nil {
		return err
	}
	c := patient()
	for range 20 { // what the first executions load stays
		if _, err := s.execute(ctx, c, "generate-social-posts", onePost); err != nil {
			return err
		}
	}
	if err := await.Pause(ctx, b.span(3*time.Second)); err != nil {
		return err
	}
	before, began := private(s.PID()), time.Now()
	for range n {
		if _, err := s.execute(ctx, c, "generate-social-posts", onePost); err != nil {
			return err
		}
	}
	open := 0
	counted := s.Until(ctx, 2*time.Minute, "all calls", func() bool {
		open, err = connections(s.PID(), m.url)
		return err != nil || open >= n+20
	})
	if err := errors.Join(err, counted); err != nil {
		return fmt.Errorf("%d calls were open: %w", open, err)
	}
	took := time.Since(began)
	if err := await.Pause(ctx, b.span(5*time.Second)); err != nil {
		return err
	}
	after := private(s.PID())
	used := processor(s.PID())
	if err := await.Pause(ctx, b.span(5*time.Second)); err != nil {
		return err
	}
	used = processor(s.PID()) - used
	b.atMost(fmt.Sprintf("%s waiting at once, private memory each", quantity(float64(n), "")), 20,
		(after-before)*1000/float64(n), " kB",
		fmt.Sprintf("; %.0f MB resident, all calls open after %.1f s", resident(s.PID()), took.Seconds()))
	b.says("processor time while they wait", "%.1f %% of a core", 100*used.Seconds()/b.span(5*time.Second).Seconds())
	return nil
}

// ttft compares the provider alone with the provider through the server, in turn.
func ttft(ctx context.Context, b *bench) error {
	m, s, err := b.modelled(ctx, pace{First: 20 * time.Millisecond, Gap: time.Millisecond, Pieces: 5})
	if err != nil {
		return err
	}
	defer m.stop()
	defer s.stop()
	if err := b.grant(ctx, s, 100_000); err != nil {
		return err
	}
	c := patient()
	var alone, behind, wholeAlone, wholeBehind durations
	for n := range b.count(500, 20) {
		d, err := m.direct(ctx, c)
		if err != nil {
			return fmt.Errorf("the provider alone: %w", err)
		}
		t, err := s.through(ctx, c)
		if err != nil {
			return fmt.Errorf("through the server: %w", err)
		}
		if n >= 10 {
			alone, behind = append(alone, d.first), append(behind, t.first)
			wholeAlone, wholeBehind = append(wholeAlone, d.whole), append(wholeBehind, t.whole)
		}
	}
	b.atMost("added to the first token, p50", 1, behind.p50()-alone.p50(), " ms",
		fmt.Sprintf(" (%.2f against %.2f ms); p99 +%.1f ms", behind.p50(), alone.p50(), behind.p99()-alone.p99()))
	b.says("added to the whole, p50", "%.2f ms", wholeBehind.p50()-wholeAlone.p50())
	return nil
}

// streams opens many streams at once, first to the provider alone, then through
// the server.
func streams(ctx context.Context, b *bench) error {
	n := b.count(1000, 50)
	limit := fmt.Sprint(n + 10)
	m, s, err := b.modelled(ctx, pace{First: 200 * time.Millisecond, Gap: 50 * time.Millisecond, Pieces: 40},
		"--provider-concurrency", limit)
	if err != nil {
		return err
	}
	defer m.stop()
	defer s.stop()
	if err := b.grant(ctx, s, 100_000); err != nil {
		return err
	}
	c := &http.Client{Timeout: 2 * time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: n, MaxConnsPerHost: n}}
	var alone, behind, first durations
	top := 0.0
	for range b.runs {
		d, err := atOnce(n, func() (stream, error) { return m.direct(ctx, c) })
		if err != nil {
			return fmt.Errorf("the provider alone: %w", err)
		}
		ended, peak := make(chan struct{}), make(chan float64)
		go watch(s.PID(), ended, peak)
		t, err := atOnce(n, func() (stream, error) { return s.through(ctx, c) })
		close(ended)
		top = max(top, <-peak)
		if err != nil {
			return fmt.Errorf("through the server: %w", err)
		}
		for i := range n {
			alone, behind, first = append(alone, d[i].whole), append(behind, t[i].whole), append(first, t[i].first)
		}
	}
	b.atMost(fmt.Sprintf("p99 of the whole of %s at once, against the provider's own", quantity(float64(n), "")), 1.1,
		behind.p99()/alone.p99(), " ×",
		fmt.Sprintf(" (%.0f and %.0f ms; p50 %.0f and %.0f)", behind.p99(), alone.p99(), behind.p50(), alone.p50()))
	b.atMost("resident meanwhile", 200, top, " MB", "")
	b.says("first token, p50 and p99", "%.0f and %.0f ms", first.p50(), first.p99())
	return nil
}

// atOnce does something n times at once.
func atOnce(n int, f func() (stream, error)) ([]stream, error) {
	out, errs := make([]stream, n), make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { out[i], errs[i] = f() })
	}
	all.Wait()
	return out, errors.Join(errs...)
}

// watch measures the peak resident memory of a process.
func watch(pid int, ended <-chan struct{}, peak chan<- float64) {
	top := 0.0
	for {
		top = max(top, resident(pid))
		select {
		case <-ended:
			peak <- top
			return
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// blog measures a blog post with a model each of whose responses takes a second.
func blog(ctx context.Context, b *bench) error {
	whole := b.span(time.Second)
	m, s, err := b.modelled(ctx, pace{First: whole / 4, Whole: whole})
	if err != nil {
		return err
	}
	defer m.stop()
	defer s.stop()
	if err := b.grant(ctx, s, 100_000); err != nil {
		return err
	}
	c := patient()
	var walls, firsts []float64
	critical, calls := 0, 0
	for range b.count(5, 1) {
		began := time.Now()
		id, err := s.execute(
			ctx,
			c,
			"generate-blog-post",
			`{"topic":"Cloud cost optimization","word_count":800,"key_points":["Start with what is idle","Buy commitments last"]}`,
		)
		if err != nil {
			return err
		}
		first, err := s.firstWords(ctx, c, id, began)
		if err != nil {
			return err
		}
		if err := s.completed(ctx, c, len(walls)+1, time.Minute); err != nil {
			return err
		}
		r, err := s.execution(ctx, c, id)
		if err != nil {
			return err
		}
		walls = append(walls, ms(r.Data.Attributes.Completed.Sub(r.Data.Attributes.Created)))
		firsts = append(firsts, ms(first))
		critical, calls = r.criticalPath()
	}
	path := ms(whole) * float64(critical)
	b.atMost(fmt.Sprintf("wall time against the critical path of %d calls in a row (%d in all)", critical, calls), 1.15,
		median(walls)/path, " ×", fmt.Sprintf(" (%.0f and %.0f ms, n = %d)", median(walls), path, len(walls)))
	// The first words that a person reads come from the call after the outline.
	b.atMost("first words at a watcher after the provider's", 1000, median(firsts)-ms(whole)-ms(whole/4), " ms",
		" (the outline's call, then the first pause of a section)")
	return nil
}

// firstWords is the time until a watcher of the execution gets text.
func (s *server) firstWords(ctx context.Context, c *http.Client, id int64, began time.Time) (time.Duration, error) {
	req, err := s.request(ctx, http.MethodGet, fmt.Sprintf("%s/executions/%d/events", workflow, id), "")
	if err != nil {
		return 0, err
	}
	res, err := c.Do(req)
	if err != nil {
		return 0, fmt.Errorf("watch: %w", err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 4<<20)
	for text := false; lines.Scan(); {
		line := lines.Text()
		if strings.HasPrefix(line, "event:") {
			text = strings.TrimSpace(strings.TrimPrefix(line, "event:")) == "text"
		}
		if text && strings.HasPrefix(line, "data:") && !strings.Contains(line, `"text":""`) {
			return time.Since(began), nil
		}
	}
	return 0, errors.Join(errors.New("no words came"), lines.Err())
}

// criticalPath is the longest chain of steps that depend on each other, counted in calls
// of the provider, and the number of all calls.
func (r execution) criticalPath() (longest, all int) {
	calls := map[string]int{}
	for _, s := range r.Data.Attributes.Steps {
		if s.Provider != nil {
			calls[s.Key] = s.Attempt
			all += s.Attempt
		}
	}
	ends := map[string]int{}
	for _, p := range r.Data.Attributes.Plan { // a plan names what a step depends on before it
		for _, d := range p.DependsOn {
			ends[p.Key] = max(ends[p.Key], ends[d])
		}
		ends[p.Key] += calls[p.Key]
		longest = max(longest, ends[p.Key])
	}
	return longest, all
}

// size measures the file of a stopped server before and after many executions.
func size(ctx context.Context, b *bench) error {
	n := b.count(2000, 100)
	s, err := b.serve(ctx, how{})
	if err != nil {
		return err
	}
	c := patient()
	if _, err := s.many(ctx, c, 20, 0, "generate-social-posts", threePosts); err != nil {
		s.stop()
		return err
	}
	s.stop()
	before, textsBefore, err := kept(ctx, s.File())
	if err != nil {
		return err
	}
	if s, err = b.serve(ctx, how{dir: s.Dir, key: s.Key}); err != nil {
		return err
	}
	_, err = s.many(ctx, c, n, 20, "generate-social-posts", threePosts)
	if err := await.Pause(ctx, b.span(12*time.Second)); err != nil { // finished slots are swept
		return err
	}
	s.stop()
	if err != nil {
		return err
	}
	after, textsAfter, err := kept(ctx, s.File())
	if err != nil {
		return err
	}
	each, texts := float64(after-before)/float64(n)/1000, float64(textsAfter-textsBefore)/float64(n)/1000
	b.atMost("kept per execution of 4 steps and 3 items, texts aside", 4, each-texts, " kB",
		fmt.Sprintf("; %.1f kB in all, of them %.1f kB texts", each, texts))
	return nil
}

// kept returns the bytes of the used pages of a database, and those of the texts in it:
// what callers sent, what steps wrote, items, their versions and origins.
func kept(ctx context.Context, file string) (bytes, texts int64, err error) {
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(5000)")
	if err != nil {
		return 0, 0, fmt.Errorf("open the database: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	for _, q := range []struct {
		to   *int64
		text string
	}{
		{&bytes, "select (select page_count from pragma_page_count) * (select page_size from pragma_page_size) - (select freelist_count from pragma_freelist_count) * (select page_size from pragma_page_size)"},
		{&texts, `select (select coalesce(sum(length(settings) + length(needs_input)), 0) from execution) + (select coalesce(sum(length(output) + length(findings)), 0) from step)
			+ (select coalesce(sum(length(body) + length(preview) + length(title) + length(provenance) + length(findings) + length(needs_input)), 0) from content)
			+ (select coalesce(sum(length(body)), 0) from content_version)`},
	} {
		if err := db.QueryRowContext(ctx, q.text).Scan(q.to); err != nil {
			return 0, 0, fmt.Errorf("measure the database: %w", err)
		}
	}
	return bytes, texts, nil
}
