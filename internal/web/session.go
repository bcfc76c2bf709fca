package web

import (
	"net/http"
	"net/netip"
	"strings"

	"vellocity/internal/domain"
)

// signinPage tells how to get in.
type signinPage struct {
	Shell
	Problem string // why a link did not work; empty on the first visit
}

// signedIn runs next as the person whose session the browser holds; without one
// it shows how to get in.
func (s *Site) signedIn(next handler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		actor, err := s.opts.Session(r)
		if err != nil {
			if domain.CodeOf(err) != domain.CodeUnauthorized {
				return err
			}
			return s.needSignIn(w, r)
		}
		known := r.WithContext(domain.WithActor(r.Context(), actor))
		if err := next(w, known); err != nil {
			s.fail(w, known, err) // here, so that the error page knows the person
		}
		return nil
	}
}

func (s *Site) needSignIn(w http.ResponseWriter, r *http.Request) error {
	if wantsJSON(r) || r.Header.Get("HX-Request") == "true" {
		return domain.Errorf(domain.CodeUnauthorized, "Your session has ended. Sign in again to go on.")
	}
	page := signinPage{Shell: s.bareShell(r, "Sign in")}
	return s.render(w, r, http.StatusUnauthorized, "signin", page)
}

// signIn redeems a one-time link.
func (s *Site) signIn(w http.ResponseWriter, r *http.Request) error {
	if r.URL.Query().Get("t") == "" {
		return s.needSignIn(w, r)
	}
	next, err := s.opts.SignIn(w, r)
	if err != nil {
		e := domain.AsError(err)
		if e.Code == domain.CodeServer {
			return err
		}
		page := signinPage{Shell: s.bareShell(r, "Sign in"), Problem: e.Message}
		return s.render(w, r, e.Code.Status(), "signin", page)
	}
	if !localPath(next) {
		next = "/board"
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

func (s *Site) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.opts.SignOut(w, r); err != nil {
		return err
	}
	http.Redirect(w, r, "/in", http.StatusSeeOther)
	return nil
}

// localPath reports whether p leads to a page of this site and nowhere else.
func localPath(p string) bool {
	return strings.HasPrefix(p, "/") && !strings.HasPrefix(p, "//") && !strings.Contains(p, "\\")
}

// exposed reports whether the session travels in the clear over a network.
func (s *Site) exposed(r *http.Request) bool {
	if s.opts.Secure(r) {
		return false
	}
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && !from.Addr().IsLoopback()
}
