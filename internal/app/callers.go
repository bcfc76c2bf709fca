package app

import (
	"context"
	"net/http"
	"net/netip"

	"vellocity/internal/api"
	"vellocity/internal/auth"
	"vellocity/internal/domain"
)

// operatorKey marks requests that came through the control socket, which only the
// server's own user can open.
type operatorKey struct{}

// asOperator marks a context as the operator's.
func asOperator(ctx context.Context) context.Context {
	return context.WithValue(ctx, operatorKey{}, true)
}

// authenticate finds out who holds a key. The operator needs none.
func (a *App) authenticate(ctx context.Context, bearer string, ip netip.Addr) (domain.Actor, error) {
	if ctx.Value(operatorKey{}) != nil {
		return a.operator(ctx)
	}
	c, err := a.keys.Authenticate(ctx, bearer, ip)
	c.Actor.Plan = c.Plan
	return c.Actor, err
}

// operator acts in the first workspace.
func (a *App) operator(ctx context.Context) (domain.Actor, error) {
	all, err := a.Store.Read().Workspaces(ctx)
	if err != nil {
		return domain.Actor{}, err
	}
	if len(all) == 0 {
		return domain.Actor{}, domain.Errorf(domain.CodeConflict, "There is no workspace yet. Start the server once: vellocity serve")
	}
	return domain.OperatorActor(all[0].ID), nil
}

// take counts a call against the limits of the workspace's plan.
func (a *App) take(ctx context.Context, workspaceID int64) api.Quota {
	caller, _ := domain.ActorFrom(ctx)
	if caller.Kind == domain.ActorOperator {
		return api.Quota{}
	}
	v, err := a.limiter.Take(ctx, workspaceID, caller.Plan)
	if err != nil {
		// A database that is away is told by the operation itself.
		a.log.Debug("count a request", "error", err)
		return api.Quota{}
	}
	q := api.Quota{Refused: !v.Allowed}
	for _, w := range v.Windows {
		q.Windows = append(q.Windows, api.Window{Name: w.Name, Limit: w.Limit, Remaining: w.Remaining, Length: w.Length, Reset: w.Reset})
	}
	return q
}

func (a *App) clientIP(r *http.Request) netip.Addr {
	return a.edge.ClientIP(r.RemoteAddr, r.Header.Values("X-Forwarded-For"))
}

func (a *App) secure(r *http.Request) bool {
	return a.edge.Secure(r.TLS != nil, r.RemoteAddr, r.Header.Get("X-Forwarded-Proto"))
}

// session names the person whose session the browser holds.
func (a *App) session(r *http.Request) (domain.Actor, error) {
	s, err := a.sessions.Authenticate(r.Context(), auth.FromCookies(r.Cookies(), a.secure(r)))
	s.Actor.Plan = s.Plan
	return s.Actor, err
}

// signIn redeems a one-time link and sets the session's cookie.
func (a *App) signIn(w http.ResponseWriter, r *http.Request) (string, error) {
	cookie, target, err := a.sessions.Redeem(r.Context(), r.URL.Query().Get("t"), a.clientIP(r))
	if err != nil {
		return "", err
	}
	http.SetCookie(w, auth.Cookie(cookie, a.secure(r)))
	return target, nil
}

// signOut ends the session.
func (a *App) signOut(w http.ResponseWriter, r *http.Request) error {
	secure := a.secure(r)
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
