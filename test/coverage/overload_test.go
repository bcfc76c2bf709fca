package coverage_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"vellocity/internal/await"
)

// lane is one of the two queues of the server, and what fills it: calls that the silent
// database holds up. The probe needs no database, and is refused once the lane is full.
type lane struct {
	reads  bool
	blocks string
	calls  int
	probe  string
}

// slots are those of the larger lane on one processor.
const slots = 12

// unavailable sees 503: the database responds to nobody, and so many calls wait for it
// that there is no room for another one.
func (w *walker) unavailable(t *testing.T) {
	t.Helper()
	for _, l := range []lane{
		{reads: true, blocks: "list_content", calls: 60, probe: "get_openapi"},
		{reads: false, blocks: "read_all_notifications", calls: 180, probe: "suggest_workflow_templates"},
	} {
		w.slowDown(t, l)
		for range 5 { // the calls that hold the lane give up in the end, on a slow machine too early
			again := w.base.silence(t, l.reads)
			unseen := w.refused(t, l)
			again()
			w.recovers(t)
			if unseen == 0 {
				break
			}
		}
	}
}

// slowDown has the calls in all slots of a lane take so long that the server expects the
// same of the next ones: it lets few wait then.
func (w *walker) slowDown(t *testing.T, l lane) {
	t.Helper()
	again := w.base.silence(t, l.reads)
	var all sync.WaitGroup
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	for range slots {
		all.Go(func() { _, _ = w.good[l.blocks].plain().try(ctx, w.Server) }) // it is held up
	}
	all.Wait()
	again()
	w.recovers(t)
}

// recovers waits until the server works again.
func (w *walker) recovers(t *testing.T) {
	t.Helper()
	await.True(t, "the database is back", func() bool {
		return w.Status(t.Context(), base+"/content-workflow/content") == http.StatusOK &&
			w.Status(t.Context(), "/readyz") == http.StatusOK
	})
}

// refused fills a lane, makes the calls that are waited for in it, and returns of how many
// 503 was not seen.
func (w *walker) refused(t *testing.T, l lane) (unseen int) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for range l.calls {
		go func() { // a place that becomes free is taken again
			for ctx.Err() == nil {
				_, _ = w.good[l.blocks].plain().try(ctx, w.Server) // it ends in whatever way
				_ = await.Pause(ctx, 10*time.Millisecond)          // ends with ctx
			}
		}()
	}
	full := func(o *operation) bool {
		soon, cancel := context.WithTimeout(ctx, 250*time.Millisecond)
		defer cancel()
		a, err := w.good[o.ID].plain().try(soon, w.Server)
		if err != nil || a.status != http.StatusServiceUnavailable {
			return false
		}
		w.note(t, o, a, false)
		return true
	}
	none := func() bool { return full(w.doc.byID[l.probe]) }
	_ = await.Until(ctx, 4*time.Second, time.Millisecond, "no room", none) // else in the next round
	for _, o := range w.doc.list {
		if _, ok := w.good[o.ID]; !ok || (o.method == http.MethodGet) != l.reads || w.seen.rest[o.ID][503] {
			continue
		}
		if o.documents(http.StatusServiceUnavailable) && !full(o) {
			unseen++
		}
	}
	if !l.reads && !w.seen.tool[anyTool][503] {
		tool := func() bool { return w.toolRefused(ctx, t) }
		if await.Until(ctx, 2*time.Second, 10*time.Millisecond, "no room for a tool", tool) != nil {
			unseen++
		}
	}
	return unseen
}

// anyTool stands for all: a full server refuses MCP calls before it looks at their tool.
const anyTool = "list_content"

// toolRefused reports whether a call of a tool is refused, too.
func (w *walker) toolRefused(ctx context.Context, t *testing.T) bool {
	t.Helper()
	soon, cancel := context.WithTimeout(ctx, 250*time.Millisecond)
	defer cancel()
	c := w.good[anyTool].plain()
	a, err := c.tryMCP(soon, t, w.Server, nil)
	if err != nil || a.status != http.StatusServiceUnavailable {
		return false
	}
	w.note(t, c.op, c.toolAnswer(t, a), true)
	return true
}
