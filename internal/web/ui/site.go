package ui

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine"
)

// Options are what the dashboard is built from.
type Options struct {
	Engine engine.Engine
	// Session returns the person whose session cookie the request carries. An
	// UNAUTHORIZED error means that there is none.
	Session func(*http.Request) (domain.Actor, error)
	// Recheck is Session for a stream that is open already: it does not count as use.
	// Changed returns a channel that is closed when a session next ends on this node.
	// Without both, streams outlive their sessions.
	Recheck func(*http.Request) (domain.Actor, error)
	Changed func() <-chan struct{}
	// SignIn redeems the one-time token t of the request, sets the session cookie
	// and returns the path to open ("" for the board). It refuses with a
	// *domain.Error whose message is shown.
	SignIn func(http.ResponseWriter, *http.Request) (next string, err error)
	// SignOut ends the session and clears its cookie.
	SignOut func(http.ResponseWriter, *http.Request) error
	// Secure reports whether the browser reached the server over TLS, also through
	// a trusted proxy. By default it looks at the connection alone.
	Secure func(*http.Request) bool
	// Address returns where a request came from, also through a trusted proxy. By default
	// it is the connection's.
	Address func(*http.Request) netip.Addr
	Log     *slog.Logger     // slog.Default by default
	Now     func() time.Time // time.Now by default
}

// Site is the dashboard. It is safe for use by several goroutines.
type Site struct {
	Engine engine.Engine
	Now    func() time.Time

	opts    Options
	log     *slog.Logger
	assets  *assets
	pages   map[string]*builtPage
	menu    []Group
	handler http.Handler

	life context.Context // ends when the site closes
	end  context.CancelFunc
}

// Address is where a request came from, also through a trusted proxy.
func (s *Site) Address(r *http.Request) netip.Addr { return s.opts.Address(r) }

// ServeHTTP serves every address that is not the API's or the feeds'.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Close ends the open event streams, which a graceful shutdown would wait for.
func (s *Site) Close() { s.end() }
