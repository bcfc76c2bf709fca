package ui

import (
	"net/http"

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
	return s.Render(w, r, http.StatusUnauthorized, "signin", signInView{Shell: s.bareShell(r, "Sign in")})
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
		view := signInView{Shell: s.bareShell(r, "Sign in"), Problem: e.Message}
		return s.Render(w, r, e.Code.Status(), "signin", view)
	}
	if next = auth.LocalPath(next); next == "/" {
		next = homePath
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

// Origin is the address at which this browser reached the server, without a path.
func (s *Site) Origin(r *http.Request) string {
	if s.opts.Secure(r) {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
