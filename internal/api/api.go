// Package api is where programs call. Its heart is a table of operations
// ([Op]): one row gives a REST route under /api/v1, the checks of path, query
// and body, the envelope, paging, idempotency, ETags and limits, an entry of the
// OpenAPI document, an MCP tool and a command (sub-room cli). Each row ends in
// one verb of the engine, so that the doors cannot drift apart. Everything that
// the contract asks of every endpoint is written once, in this room's machinery.
package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"path"
	"slices"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine"
	"vellocity/internal/sse"
)

// Base is the path that every operation of the API lies under.
const Base = "/api/v1"

// Options are the parts that the doors are built from.
type Options struct {
	Engine *engine.Engine
	// Authenticate turns the key of a request into a caller; an empty key is one
	// that was not sent. Errors are UNAUTHORIZED or FORBIDDEN.
	Authenticate func(ctx context.Context, bearer string, ip netip.Addr) (domain.Actor, error)
	// Take counts one call of the workspace. Nil: limits are off.
	Take func(ctx context.Context, workspaceID int64) Quota
	// Ready says whether database and queue can be used. Nil: always.
	Ready func(ctx context.Context) error
	// Metrics serves /metrics. Nil: there are none.
	Metrics http.Handler
	// ClientIP finds the caller's address. Nil: the connection's.
	ClientIP func(*http.Request) netip.Addr
	// Origins are the origins beside the server's own that a browser may call the
	// MCP endpoint from.
	Origins []string
	// PublicURL is the server's address as the OpenAPI document and feeds name it,
	// without a slash at the end. Empty: relative to the document, and the
	// request's own host.
	PublicURL string
	Version   string
	Log       *slog.Logger
	Now       func() time.Time
	Stream    sse.Options
}

// API serves the table.
type API struct {
	opts  Options
	ops   []Op
	mux   *http.ServeMux
	paths map[string]map[string]*Op // path to method to row
	doc   []byte                    // the OpenAPI document
	tools *toolbox
}

// New builds the doors. It fails when two rows collide.
func New(opts Options) (*API, error) {
	if opts.Engine == nil || opts.Authenticate == nil {
		return nil, errors.New("api: an engine and an authenticator are needed")
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.ClientIP == nil {
		opts.ClientIP = remote
	}
	a := &API{opts: opts}
	a.ops = rows(a)
	if err := a.route(); err != nil {
		return nil, err
	}
	return a, a.finish()
}

// Table returns every row, without a server behind it: to make commands and
// documents from.
func Table() []Op { return rows(&API{}) }

// route gives each path one handler that tells the methods apart, so that a
// wrong method is known at the cost of one look-up.
func (a *API) route() error {
	a.mux = http.NewServeMux()
	a.paths = map[string]map[string]*Op{}
	for i := range a.ops {
		o := &a.ops[i]
		methods := a.paths[o.URL()]
		if methods == nil {
			methods = map[string]*Op{}
			a.paths[o.URL()] = methods
		}
		if methods[o.Method] != nil {
			return errors.New("api: two rows for " + o.Method + " " + o.URL())
		}
		methods[o.Method] = o
	}
	for url, methods := range a.paths {
		a.mux.Handle(url, a.dispatch(methods))
	}
	a.mux.HandleFunc("/", a.nothingHere)
	return nil
}

// dispatch tells the methods of one path apart.
func (a *API) dispatch(methods map[string]*Op) http.Handler {
	allow := []string{http.MethodOptions}
	for m := range methods {
		allow = append(allow, m)
		if m == http.MethodGet {
			allow = append(allow, http.MethodHead)
		}
	}
	slices.Sort(allow)
	allowed := strings.Join(allow, ", ")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		method := r.Method
		if method == http.MethodHead {
			method = http.MethodGet
		}
		if o := methods[method]; o != nil {
			a.serve(o, w, r)
			return
		}
		id := prepare(w, r)
		w.Header().Set("Allow", allowed)
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		writeError(w, id, domain.Errorf(domain.CodeMethodNotAllowed, "This address does not take %s; it takes %s", clip(r.Method), allowed))
	})
}

func (a *API) nothingHere(w http.ResponseWriter, r *http.Request) {
	writeError(w, prepare(w, r), domain.Errorf(domain.CodeNotFound, "There is nothing at %s; the operations are listed at %s/openapi.json", clip(r.URL.Path), Base))
}

// ServeHTTP answers every request under /api/v1, /feeds and the health paths.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// The multiplexer would redirect a path that is not clean, in HTML.
	if p := r.URL.Path; p == "" || p[0] != '/' || path.Clean(p) != p && path.Clean(p)+"/" != p {
		a.nothingHere(w, r)
		return
	}
	a.mux.ServeHTTP(w, r)
}

// Ops returns the rows that are served.
func (a *API) Ops() []Op { return a.ops }
