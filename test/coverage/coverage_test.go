package coverage_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/extension/aws/awstest"
	"vellocity/internal/golden"
	"vellocity/test/product"
)

// stage is how long one part of the walk may take on a busy machine.
const stage = time.Minute

// TestEveryOperationAnswersAsDocumented sees every documented status of every operation.
func TestEveryOperationAnswersAsDocumented(t *testing.T) {
	var sqlite, postgres *walker
	t.Run("on", func(t *testing.T) {
		t.Run("SQLite", func(t *testing.T) {
			t.Parallel()
			sqlite = walk(t, "")
		})
		t.Run("PostgreSQL", func(t *testing.T) {
			t.Parallel()
			postgres = walk(t, product.PostgreSQL(t))
		})
	})
	if t.Failed() || sqlite == nil {
		return
	}
	seen := sqlite.seen
	if postgres != nil {
		seen = both(sqlite.seen, postgres.seen)
	}
	golden.Check(t, "../../docs/api-coverage.md", seen.markdown(sqlite.doc))
}

// walk walks all operations on one database.
func walk(t *testing.T, address string) *walker {
	t.Helper()
	in := product.Install(t, "GOMAXPROCS=1") // so that few calls fill the server
	in.Database = address
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("Sow the beans in May.")) // whether it arrives is the server's to notice
	}))
	t.Cleanup(page.Close)
	in.Args = []string{"--trusted-proxies", "127.0.0.1", "--channel-networks", "127.0.0.1"}
	never := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // else nobody sees that the caller has gone
		<-r.Context().Done()
	}))
	t.Cleanup(func() { never.CloseClientConnections(); never.Close() })
	in.Env = append(in.Env, "STABILITY_API_KEY=test", "VELLOCITY_STABILITY_BASE_URL="+never.URL)
	amazon := awstest.New().Start(t)
	amazon.Trust(awstest.Role{ARN: awsRole, ExternalID: awstest.AnyID})
	amazon.Put(awstest.Product{ID: "prod-1", Type: "SaaSProduct", Title: "Acme Bots"})
	in.Env = append(append(in.Env, awstest.Keys()...), "VELLOCITY_AWS_ENDPOINT="+amazon.URL)
	w := &walker{Server: product.Start(t, in), base: database{in}, seen: newSheet(),
		kept: map[string]string{"page": page.URL}, good: map[string]call{}}
	w.doc = readDocument(t, w.get(t, "/openapi.json"), w.get(t, "/content-workflow/mcp-schema"))
	w.powerless, w.fresh = w.newKey(t, "mcp:full"), w.newKey(t, "admin")
	w.base.prepare(t)
	w.play(t, story, false, true)
	w.play(t, story, true, true)
	w.unavailable(t)
	w.broken(t)
	if err := w.Stop(); err != nil {
		t.Error(err)
	}
	w.poor(t)
	w.seen.complete(t, w.doc)
	return w
}

// broken sees 500: tables are gone. Those that every call needs to know its caller go
// last, for the calls that need no other.
func (w *walker) broken(t *testing.T) {
	t.Helper()
	callers := []string{"api_key", "workspace", "member", "person", "node", "probe"}
	tables := slices.DeleteFunc(w.base.tables(t), func(name string) bool { return slices.Contains(callers, name) })
	back := w.base.take(t, tables)
	unseen := w.fail(t, w.Key)
	backToo := w.base.take(t, callers[:1])
	if len(unseen) > 0 {
		w.fail(t, w.fresh)
	}
	backToo()
	back()
}

// fail makes every call of which 500 was not seen yet, and returns those of which it is
// still not.
func (w *walker) fail(t *testing.T, key string) (unseen []string) {
	t.Helper()
	for _, o := range w.doc.list {
		c, ok := w.good[o.ID]
		if !ok || !o.documents(http.StatusInternalServerError) {
			continue
		}
		c = c.plain()
		c.key = key
		if o.tool != nil && !w.seen.tool[o.ID][http.StatusInternalServerError] {
			if a := c.mcp(t, w.Server, nil); a.status == http.StatusInternalServerError {
				w.note(t, o, a, true)
			} else {
				unseen = append(unseen, o.ID)
			}
		}
		if w.seen.rest[o.ID][http.StatusInternalServerError] {
			continue
		}
		if a := c.rest(t, w.Server); a.status == http.StatusInternalServerError {
			w.note(t, o, a, false)
		} else {
			unseen = append(unseen, o.ID)
		}
	}
	return unseen
}

// poor sees 502, 402 and 429: the same installation with a model whose provider refuses
// every call, without credits, and with the limits of the smallest plan.
func (w *walker) poor(t *testing.T) {
	t.Helper()
	model := aitest.NewServer(aitest.Always(aitest.Status(http.StatusBadRequest, "invalid_request_error", "No.")))
	t.Cleanup(model.Close)
	in := w.Installation
	in.Env = append(in.Env, product.OpenAI(model.URL())...)
	in.Args = append(in.Args, "--rate-limits", "on")
	w.base.exec(t, `update workspace set plan = 'starter'`)
	w.Server = product.Start(t, in)
	w.play(t, refusing, false, false)
	w.play(t, slices.DeleteFunc(slices.Clone(refusing), func(st step) bool { return st.want == 0 }), true, false)
	w.base.exec(t, `update account set balance = 0 where name = 'available'`)
	w.play(t, poor, false, false)
	w.play(t, poor, true, false)
	for _, o := range w.doc.list {
		c, ok := w.good[o.ID]
		if !ok || !o.documents(http.StatusTooManyRequests) {
			continue
		}
		c = c.plain()
		a := c.rest(t, w.Server)
		for n := 0; n < 200 && a.status != http.StatusTooManyRequests; n++ { // a minute may end meanwhile
			a = c.rest(t, w.Server)
		}
		w.note(t, o, a, false)
		if o.tool == nil {
			continue
		}
		a = c.mcp(t, w.Server, nil)
		for n := 0; n < 200 && a.status != http.StatusTooManyRequests; n++ {
			a = c.mcp(t, w.Server, nil)
		}
		w.note(t, o, a, true)
	}
}
