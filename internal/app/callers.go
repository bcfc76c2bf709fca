package app

import (
	"context"
	"net/http"

	"vellocity/internal/auth"
	"vellocity/internal/domain"
)

// WorkspaceHeader is the header of the control socket in which the operator names the
// workspace to act in, by its slug.
const WorkspaceHeader = "Vellocity-Workspace"

// operator acts in the workspace with the slug; in the first one where it is empty.
func (a *App) operator(ctx context.Context, slug string) (domain.Actor, error) {
	if slug != "" {
		w, err := a.Store.Read().WorkspaceBySlug(ctx, slug)
		if domain.CodeOf(err) == domain.CodeNotFound {
			err = domain.Errorf(domain.CodeNotFound, "There is no workspace with the slug %q", slug)
		}
		return domain.OperatorActor(w.ID), err
	}
	all, err := a.Store.Read().Workspaces(ctx)
	if err != nil {
		return domain.Actor{}, err
	}
	if len(all) == 0 {
		return domain.Actor{}, domain.Errorf(domain.CodeConflict,
			"There is no workspace yet. Start the server once: vellocity serve")
	}
	return domain.OperatorActor(all[0].ID), nil
}

// session names the person whose session the browser holds.
func (a *App) session(r *http.Request) (domain.Actor, error) {
	s, err := a.sessions.Authenticate(r.Context(), auth.FromCookies(r.Cookies(), a.gate.Secure(r)))
	s.Actor.Plan = s.Plan
	return s.Actor, err
}

// sessionStill is session for a stream that is open already.
func (a *App) sessionStill(r *http.Request) (domain.Actor, error) {
	s, err := a.sessions.Recheck(r.Context(), auth.FromCookies(r.Cookies(), a.gate.Secure(r)))
	return s.Actor, err
}

// signIn redeems a one-time link and sets the session's cookie.
func (a *App) signIn(w http.ResponseWriter, r *http.Request) (string, error) {
	if a.edge.Undeclared(r) {
		return "", domain.Errorf(domain.CodeUnauthorized,
			"A sign-in link works only in a browser on the server itself, and this request came through a proxy. "+
				"Open it at the server's own address, such as http://127.0.0.1:8080. From another computer, forward that "+
				"port first with ssh -L.")
	}
	cookie, target, err := a.sessions.Redeem(r.Context(), r.URL.Query().Get("t"), a.gate.ClientIP(r))
	if err != nil {
		return "", err
	}
	http.SetCookie(w, auth.Cookie(cookie, a.gate.Secure(r)))
	return target, nil
}

// signOut ends the session.
func (a *App) signOut(w http.ResponseWriter, r *http.Request) error {
	secure := a.gate.Secure(r)
	s, err := a.sessions.Authenticate(r.Context(), auth.FromCookies(r.Cookies(), secure))
	http.SetCookie(w, auth.NoCookie(secure))
	if domain.CodeOf(err) == domain.CodeUnauthorized {
		return nil
	}
	if err != nil {
		return err
	}
	return a.sessions.End(r.Context(), s)
}
