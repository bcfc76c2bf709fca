package ui

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"vellocity/internal/engine"
)

// New builds the dashboard from its pages, in the order of the menu. It fails when
// the parts of a page do not match each other.
func New(o Options, mounts ...Mount) (*Site, error) {
	if o.Engine == (engine.Engine{}) || o.Session == nil || o.SignIn == nil || o.SignOut == nil {
		return nil, errors.New("web: an option is missing")
	}
	s := &Site{Engine: o.Engine, Now: o.Now, opts: o, log: o.Log}
	s.life, s.end = context.WithCancel(context.Background())
	if s.log == nil {
		s.log = slog.Default()
	}
	if s.opts.Address == nil {
		s.opts.Address = func(r *http.Request) netip.Addr {
			from, _ := netip.ParseAddrPort(r.RemoteAddr) // not an address: the zero one
			return from.Addr()
		}
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.opts.Secure == nil {
		s.opts.Secure = func(r *http.Request) bool { return r.TLS != nil }
	}
	pages := []Page{s.signInPage(), s.errorPage()}
	for _, mount := range mounts {
		pages = append(pages, mount(s))
	}
	if err := s.build(pages); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	return s, nil
}

// build loads the files of the pages and routes their addresses.
func (s *Site) build(pages []Page) (err error) {
	if s.assets, err = loadAssets(pages); err != nil {
		return err
	}
	if s.pages, err = loadPages(pages, s.assets, s.Now); err != nil {
		return err
	}
	if s.menu, err = menuOf(pages, s.assets); err != nil {
		return err
	}
	mux := http.NewServeMux()
	var secrets, uploads []string
	taken := map[string]string{}
	for _, p := range append(pages, Page{Name: "ui", Routes: s.routes()}) {
		for _, rt := range p.Routes {
			if other, ok := taken[rt.Pattern]; ok {
				return fmt.Errorf("the pages %s and %s both serve %q", other, p.Name, rt.Pattern)
			}
			taken[rt.Pattern] = p.Name
			h := rt.Handle
			if rt.Secret {
				secrets = append(secrets, rt.Pattern)
				h = withoutTrace(h)
			} else if !rt.Open {
				h = s.signedIn(h)
			}
			if rt.Upload {
				uploads = append(uploads, rt.Pattern)
			}
			mux.Handle(rt.Pattern, s.handled(h))
		}
	}
	mux.Handle("GET /assets/", s.assets)
	s.handler = s.secured(mux, secrets, uploads)
	return nil
}

// routes are the addresses that belong to no page.
func (s *Site) routes() []Route {
	return []Route{
		{Pattern: "GET /{$}", Handle: s.home},
		{Pattern: "GET /events", Handle: s.events},
		{Pattern: "GET /find", Handle: s.find},
		{Pattern: "GET /counts", Handle: s.counts},
		{Pattern: "GET /session", Handle: s.session},
	}
}

// homePath is the page that opens first.
const homePath = "/board"

func (s *Site) home(w http.ResponseWriter, r *http.Request) error {
	http.Redirect(w, r, homePath, http.StatusSeeOther)
	return nil
}
