package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine"
)

// Options are the parts that the dashboard stands on.
type Options struct {
	Engine *engine.Engine
	// Session names the person whose session cookie the request carries. An
	// UNAUTHORIZED error means that there is none.
	Session func(*http.Request) (domain.Actor, error)
	// SignIn redeems the one-time token t of the request, sets the session cookie
	// and returns the path to open ("" for the board). It refuses with a
	// *domain.Error whose sentence is shown.
	SignIn func(http.ResponseWriter, *http.Request) (next string, err error)
	// SignOut ends the session and clears its cookie.
	SignOut func(http.ResponseWriter, *http.Request) error
	// Secure reports whether the browser reached the server over TLS, also through
	// a trusted proxy.
	Secure func(*http.Request) bool
	Log    *slog.Logger
	Now    func() time.Time
}

// Site is the dashboard.
type Site struct {
	engine  *engine.Engine
	opts    Options
	log     *slog.Logger
	now     func() time.Time
	assets  *assets
	pages   *pages
	handler http.Handler

	life context.Context // ends when the site closes
	end  context.CancelFunc
}

// New builds the dashboard. It fails when a route, its page and its templates do
// not match.
func New(o Options) (*Site, error) {
	if o.Engine == nil || o.Session == nil || o.SignIn == nil || o.SignOut == nil {
		return nil, errors.New("web: an option is missing")
	}
	s := &Site{engine: o.Engine, opts: o, log: o.Log, now: o.Now}
	s.life, s.end = context.WithCancel(context.Background())
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.opts.Secure == nil {
		s.opts.Secure = func(r *http.Request) bool { return r.TLS != nil }
	}
	var err error
	if s.assets, err = loadAssets(); err != nil {
		return nil, err
	}
	if s.pages, err = loadPages(s.assets, s.now); err != nil {
		return nil, err
	}
	if s.handler, err = s.routed(); err != nil {
		return nil, err
	}
	return s, nil
}

// ServeHTTP serves every address that is not the API's or the feeds'.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Close ends the open event streams, which a graceful shutdown would wait for.
func (s *Site) Close() { s.end() }
