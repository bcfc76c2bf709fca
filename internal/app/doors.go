package app

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"vellocity/internal/api"
	"vellocity/internal/domain"
	"vellocity/internal/engine"
	"vellocity/internal/feed"
	"vellocity/internal/gate"
	"vellocity/internal/mcp"
	"vellocity/internal/openapi"
	"vellocity/internal/ops"
	"vellocity/internal/rest"
	"vellocity/internal/web"
)

// tableParts are what the rows of the table need that are served by a door itself.
type tableParts struct {
	engine   engine.Engine
	gate     *gate.Gate
	tools    func() []mcp.ToolForm
	document *openapi.Document
	ready    func(context.Context) error
	metrics  http.Handler
	url      string
}

// table returns the whole operation table, in the order in which documents list it.
func table(p tableParts) []ops.Op {
	return slices.Concat(
		api.Rows(p.engine),
		[]ops.Op{mcp.Row(p.tools)},
		feed.Rows(feed.Options{
			Content: p.engine.Content, Calendar: p.engine.Calendar, Gate: p.gate, PublicURL: p.url,
		}),
		rest.HealthRows(p.gate, p.ready),
		[]ops.Op{p.document.Row(rest.Operations), rest.MetricsRow(p.metrics)},
	)
}

// Table returns the operation table without a program behind it, to make commands and
// documents from. Its rows cannot be called.
func Table() []ops.Op {
	return table(tableParts{document: &openapi.Document{}, metrics: http.NotFoundHandler()})
}

// doors builds the API and the dashboard and puts them behind one handler.
func (a *App) doors() (err error) {
	a.connections, a.load = gate.NewConnections(maxConnections()), gate.NewLoad(a.loadOptions())
	a.metrics = newMetrics(a)
	a.gate, err = gate.New(gate.Options{
		Authenticate: a.keys.Authenticate,
		Recheck:      a.keys.Recheck,
		Changed:      a.keys.Changed,
		Take:         a.limiter.Take,
		Edge:         a.edge,
		Log:          a.log,
		Now:          a.Store.Now,
	})
	if err != nil {
		return err
	}
	var site errgroup.Group
	site.Go(a.dashboard) // beside the other doors: each takes a third of the time of a start
	rows, programs, err := a.programs()
	if err := errors.Join(err, site.Wait()); err != nil {
		return err
	}
	all := a.bounded(rows, gate.Compress(a.gate.StrictTransport(a.split(programs))))
	a.Handler = a.early(a.traced(a.metrics.count(all)))
	a.control, err = a.controlDoor()
	return err
}

// dashboard builds the pages for people.
func (a *App) dashboard() (err error) {
	a.site, err = web.New(web.Options{
		Engine:  a.Engine,
		Session: a.session,
		Recheck: a.sessionStill,
		Changed: a.sessions.Changed,
		SignIn:  a.signIn,
		SignOut: a.signOut,
		Secure:  a.gate.Secure,
		Address: a.gate.ClientIP,
		Log:     a.log,
		Now:     a.Store.Now,
	})
	return err
}

// loadOptions admits more requests that read where the database is on another machine,
// or in another process at least: they wait for it most of the time.
func (a *App) loadOptions() (o gate.LoadOptions) {
	if a.Store.Postgres() {
		o.Reads = max(8, 4*runtime.GOMAXPROCS(0))
	}
	return o
}

// programs builds the doors for programs: REST, MCP, the document and the feeds. It
// returns the rows that they stand on too.
func (a *App) programs() ([]ops.Op, http.Handler, error) {
	var document openapi.Document
	var tools *mcp.Server
	rows := table(tableParts{
		engine:   a.Engine,
		gate:     a.gate,
		tools:    func() []mcp.ToolForm { return tools.Tools() },
		document: &document,
		ready:    a.ready,
		metrics:  a.metrics.handler(),
		url:      a.cfg.BaseURL,
	})
	tools, err := mcp.New(mcp.Options{
		Table:        rows,
		Prompts:      api.Prompts(),
		Gate:         a.gate,
		Instructions: api.Instructions,
		PublicURL:    a.cfg.BaseURL,
		Events:       a.events,
		Log:          a.log,
	})
	if err != nil {
		return nil, nil, err
	}
	document.Describe(rows, openapi.Options{
		Description: api.Description(),
		PublicURL:   a.cfg.BaseURL,
		Secure:      a.gate.Secure,
		Messages:    api.Messages(),
	})
	door, err := rest.New(rest.Options{Table: rows, Gate: a.gate, Mount: map[string]http.Handler{mcp.Path: tools}})
	return rows, door, err
}

// events are what happens in a workspace, for those who are subscribed to its resources.
func (a *App) events(ctx context.Context, workspaceID int64) (iter.Seq2[domain.Event, error], error) {
	return a.Engine.Work.WatchWorkspace(domain.WithActor(ctx, domain.OperatorActor(workspaceID)), "")
}

// early refuses what there is no room for before anything is done for it. The endpoints of
// the operator always pass.
func (a *App) early(h http.Handler) http.Handler {
	work := a.load.Early(h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if door(r.URL.Path) == doorOperations {
			h.ServeHTTP(w, r)
			return
		}
		work.ServeHTTP(w, r)
	})
}

// bounded reads bodies and bounds how much is in progress. The health checks have no
// bound, and cost next to nothing; the metrics have one of their own.
func (a *App) bounded(rows []ops.Op, h http.Handler) http.Handler {
	uploads := &gate.Uploads{Waiting: a.connections.Uploading, Limit: largestBody(rows)}
	work, metrics := a.load.Handler(h), gate.NewLoad(gate.LoadOptions{}).Handler(h)
	return uploads.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case door(r.URL.Path) != doorOperations:
			work.ServeHTTP(w, r)
		case r.URL.Path == metricsPath:
			metrics.ServeHTTP(w, r)
		default:
			h.ServeHTTP(w, r)
		}
	}))
}

// largestBody says how long the body of a request may be: more than usual where an operation
// or a page takes a file.
func largestBody(rows []ops.Op) func(*http.Request) int64 {
	large := map[string]bool{}
	for _, o := range rows {
		if o.MaxBody() > ops.MaxBody {
			large[o.Method+" "+o.URL()] = true
		}
	}
	for _, path := range web.Uploads() {
		large[http.MethodPost+" "+path] = true
	}
	return func(r *http.Request) int64 {
		if large[r.Method+" "+r.URL.Path] {
			return ops.MaxUpload
		}
		return ops.MaxBody
	}
}

// split sends programs to the API and people to the dashboard. It is no mux, which
// would redirect an unclean path before the API could refuse it.
func (a *App) split(programs http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch p := r.URL.Path; {
		case strings.HasPrefix(p, "/api/"), strings.HasPrefix(p, "/feeds/"), p == "/healthz", p == "/readyz",
			p == metricsPath && a.cfg.MetricsListen == "":
			programs.ServeHTTP(w, r)
		default:
			a.site.ServeHTTP(w, r)
		}
	})
}

// ready returns why this node cannot work; nil when it can: it may run jobs, writes get
// to the disk, and there is a workspace to work in.
func (a *App) ready(ctx context.Context) error {
	if a.stopping.Load() {
		return errors.New("the server is stopping")
	}
	if err := a.probe.try(ctx); err != nil {
		return err
	}
	if !a.settled.Load() {
		if _, err := a.operator(ctx, ""); err != nil {
			return err
		}
		a.settled.Store(true)
	}
	return a.queue.Alive()
}
