package ui

import (
	"net/http"
	"net/url"
	"strings"

	"vellocity/internal/auth"
	"vellocity/internal/domain"
)

// signInPage is the page of those who have no session.
func (s *Site) signInPage() Page {
	return Page{
		Name:  "signin",
		Files: partOf("signin"),
		Routes: []Route{
			{Pattern: "GET /in", Handle: s.signIn, Open: true},
			{Pattern: "POST /out", Handle: s.signOut},
		},
	}
}

// signInView is what the sign-in page shows.
type signInView struct {
	Shell
	Problem string // why a link did not work; empty on the first visit
	Kept    *kept  // a form that was posted without a session; nil: none
}

// signedIn runs next as the person whose session the browser holds. Without a
// session it shows how to sign in.
func (s *Site) signedIn(next Handler) Handler {
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
	if WantsJSON(r) || Partial(r) {
		return domain.Errorf(domain.CodeUnauthorized, "Your session has expired. Sign in again to continue.")
	}
	s.keepNext(w, r)
	view := signInView{Shell: s.BareShell(r, "Sign in"), Kept: keptOf(r)}
	return s.Render(w, r, http.StatusUnauthorized, "signin", view)
}

// nextCookie holds the page that a person asked for before signing in.
const nextCookie = "vellocity_next"

// keepNext remembers the page that a signed-out person asked for. Lax, because the
// sign-in link may be opened from a mail.
func (s *Site) keepNext(w http.ResponseWriter, r *http.Request) {
	path := auth.LocalPath(r.URL.RequestURI())
	page := r.Method == http.MethodGet && strings.Contains(r.Header.Get("Accept"), "text/html")
	if !page || path == "/" || r.URL.Path == "/in" {
		return
	}
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure over TLS; a local network may have none
		Name:     nextCookie,
		Value:    url.QueryEscape(path),
		Path:     "/in",
		MaxAge:   3600,
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
		Secure:   s.opts.Secure(r),
	})
}

// takeNext returns the page that was asked for before and forgets it; "/" for none.
// Whatever the cookie holds, the page is one of this server.
func takeNext(w http.ResponseWriter, r *http.Request) string {
	c, err := r.Cookie(nextCookie)
	if err != nil {
		return "/"
	}
	http.SetCookie(w, &http.Cookie{Name: nextCookie, Path: "/in", MaxAge: -1}) //nolint:gosec // it removes an address
	path, err := url.QueryUnescape(c.Value)
	if err != nil {
		return "/"
	}
	return auth.LocalPath(path)
}

// session reports to a script whether the browser still holds a session, before it
// posts a form.
func (s *Site) session(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// signIn redeems a one-time link.
func (s *Site) signIn(w http.ResponseWriter, r *http.Request) error {
	if r.URL.Query().Get("t") == "" || r.Method == http.MethodHead { // a preview of the link must not use it up
		return s.needSignIn(w, r)
	}
	next, err := s.opts.SignIn(w, r)
	if err != nil {
		e := domain.AsError(err)
		if e.Code == domain.CodeServer {
			return err
		}
		view := signInView{Shell: s.BareShell(r, "Sign in"), Problem: e.Message}
		return s.Render(w, r, e.Code.Status(), "signin", view)
	}
	// A link to a page of its own, as the first one, leads there. Any other leads to
	// the page that was asked for.
	asked := takeNext(w, r)
	switch next = auth.LocalPath(next); {
	case next != "/" && next != homePath:
	case asked != "/":
		next = asked
	default:
		next = homePath
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // a page of this site: auth.LocalPath
	return nil
}

func (s *Site) signOut(w http.ResponseWriter, r *http.Request) error {
	if err := s.opts.SignOut(w, r); err != nil {
		return err
	}
	http.Redirect(w, r, "/in", http.StatusSeeOther)
	return nil
}

// Origin is the address at which this browser reached the server, without a path.
func (s *Site) Origin(r *http.Request) string {
	if s.opts.Secure(r) {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
