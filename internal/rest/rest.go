// Package rest serves the operation table over HTTP: routes, responses, streams,
// replays, and the health checks. It knows no noun.
package rest

import (
	"errors"
	"net/http"
	"path"
	"slices"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/gate"
	"vellocity/internal/ops"
	"vellocity/internal/sse"
)

// Options are what a [Server] is built from.
type Options struct {
	Table []ops.Op
	Gate  *gate.Gate
	// Mount has further handlers, by path: doors that share the server.
	Mount map[string]http.Handler
	// Stream has the times that streams keep.
	Stream sse.Options
}

// Server serves the table. It is safe for concurrent use.
type Server struct {
	gate   *gate.Gate
	mux    *http.ServeMux
	stream sse.Options
}

// New returns a server. It fails when two rows have the same method and path.
func New(o Options) (*Server, error) {
	s := &Server{gate: o.Gate, mux: http.NewServeMux(), stream: o.Stream}
	paths := map[string]map[string]*ops.Op{} // path to method to row
	for i := range o.Table {
		row := &o.Table[i]
		methods := paths[row.URL()]
		if methods == nil {
			methods = map[string]*ops.Op{}
			paths[row.URL()] = methods
		}
		if methods[row.Method] != nil {
			return nil, errors.New("rest: two rows for " + row.Method + " " + row.URL())
		}
		methods[row.Method] = row
	}
	for url, methods := range paths {
		s.mux.Handle(url, s.dispatch(methods))
	}
	for url, h := range o.Mount {
		s.mux.Handle(url, h)
	}
	s.mux.HandleFunc("/", s.notFound)
	return s, nil
}

// dispatch serves the methods of one path, so that a wrong method is found with one
// look-up.
func (s *Server) dispatch(methods map[string]*ops.Op) http.Handler {
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
			s.serve(o, w, r)
			return
		}
		id := gate.Prepare(w, r)
		w.Header().Set("Allow", allowed)
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		gate.WriteError(w, id, domain.Errorf(domain.CodeMethodNotAllowed,
			"This path does not support %s; it supports %s", ops.Clip(r.Method), allowed))
	})
}

func (s *Server) notFound(w http.ResponseWriter, r *http.Request) {
	gate.WriteError(w, gate.Prepare(w, r), domain.Errorf(domain.CodeNotFound,
		"There is nothing at %s; the operations are listed at %s/openapi.json", ops.Clip(r.URL.Path), ops.Base))
}

// ServeHTTP responds to every request under /api/v1, /feeds and the health paths.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// The multiplexer would redirect a path that is not clean, in HTML. And nothing has a
	// name that no database could look up.
	p := r.URL.Path
	if p == "" || p[0] != '/' || path.Clean(p) != p && path.Clean(p)+"/" != p || !domain.ValidText(p) {
		s.notFound(w, r)
		return
	}
	s.mux.ServeHTTP(w, r)
}
