package auth

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// How long a session lives (S12) and a sign-in link works.
const (
	SessionIdle = 12 * time.Hour
	SessionLife = 30 * 24 * time.Hour
	LinkLife    = 15 * time.Minute
)

// seenGap is the precision of a session's last use: reading a page must not cost a
// write.
const seenGap = time.Minute

// Session is a signed-in browser.
type Session struct {
	Caller
	UserID    int64
	ExpiresAt time.Time
	hash      string
}

// Sessions signs people in and authenticates their sessions. It is safe for
// concurrent use.
type Sessions struct {
	store *store.Store
	log   *slog.Logger
	now   func() time.Time

	changes
	mu   sync.Mutex
	seen map[string]time.Time // to be written, by hash
}

// NewSessions returns the authenticator of sessions. [Sessions.Run] must be running.
func NewSessions(s *store.Store, log *slog.Logger) *Sessions {
	return &Sessions{store: s, log: log, now: s.Now, seen: map[string]time.Time{}}
}

// Link creates a token that signs a person in once, within 15 minutes, and leads to
// the page target, a path on this server. Its address is /in?t=….
func (s *Sessions) Link(
	ctx context.Context, tx *store.Tx, workspaceID, userID int64, target string,
) (token string, err error) {
	token = NewToken()
	err = tx.CreateSignIn(ctx, store.SignIn{Hash: Hash(token), WorkspaceID: workspaceID, UserID: userID,
		Target: LocalPath(target), ExpiresAt: tx.Now().Add(LinkLife)})
	return token, err
}

// Redeem uses up a link's token and starts a session. It works from the server's
// own machine only: ip is the caller's address. A token that is unknown, used,
// too old is UNAUTHORIZED, without saying which. A caller from elsewhere gets
// UNAUTHORIZED with the reason, before the token is looked at, so that it stays good.
func (s *Sessions) Redeem(ctx context.Context, token string, ip netip.Addr) (cookie, target string, err error) {
	if !ip.Unmap().IsLoopback() {
		return "", "", domain.Errorf(domain.CodeUnauthorized,
			"A sign-in link works only in a browser on the server itself, and this request came from %s. "+
				"Open the link there. From another computer, forward the port first (for example "+
				"ssh -L 8090:127.0.0.1:8090 your-server), then open the link at http://127.0.0.1:8090.", ip.Unmap())
	}
	err = s.store.InTx(ctx, func(tx *store.Tx) error {
		link, ok, err := tx.TakeSignIn(ctx, Hash(token))
		if err != nil {
			return err
		}
		if !ok || !tx.Now().Before(link.ExpiresAt) {
			return badLink()
		}
		target = LocalPath(link.Target)
		cookie, err = s.start(ctx, tx, link.WorkspaceID, link.UserID)
		return err
	})
	if err != nil {
		return "", "", fmt.Errorf("sign in by link: %w", err)
	}
	return cookie, target, nil
}

func badLink() error {
	return domain.Errorf(domain.CodeUnauthorized,
		"This sign-in link was used already or has expired. Create a new one on the server.")
}

// start signs a person in and returns the cookie's value. Each sign-in has an id of its
// own, so that one planted before is worth nothing.
func (s *Sessions) start(ctx context.Context, tx *store.Tx, workspaceID, userID int64) (string, error) {
	cookie := NewToken()
	now := tx.Now()
	return cookie, tx.CreateSession(ctx, store.Session{Hash: Hash(cookie), WorkspaceID: workspaceID, UserID: userID,
		CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(SessionLife)})
}

// Authenticate returns the session of a cookie. One that is unknown, was idle for 12
// hours or is 30 days old is UNAUTHORIZED.
func (s *Sessions) Authenticate(ctx context.Context, cookie string) (Session, error) {
	x, stored, err := s.look(ctx, cookie)
	if err == nil {
		s.see(stored, s.now())
	}
	return x, err
}

// Recheck authenticates a session that was let in before, such as one that holds a
// stream open: that does not count as using it.
func (s *Sessions) Recheck(ctx context.Context, cookie string) (Session, error) {
	x, _, err := s.look(ctx, cookie)
	return x, err
}

// Changed returns a channel that is closed when a session next ends on this node.
func (s *Sessions) Changed() <-chan struct{} { return s.changes.wait() }

func (s *Sessions) look(ctx context.Context, cookie string) (x Session, stored store.Session, err error) {
	if cookie == "" {
		return x, stored, signedOut()
	}
	hash := Hash(cookie)
	h, ok, err := s.store.Read().SessionByHash(ctx, hash)
	if err != nil {
		return x, stored, fmt.Errorf("authenticate: %w", err)
	}
	now := s.now()
	if !ok || !now.Before(h.ExpiresAt) || !now.Before(s.lastSeen(h.Session).Add(SessionIdle)) {
		return x, stored, signedOut()
	}
	actor := domain.Actor{
		Kind:        domain.ActorPerson,
		ID:          h.UserID,
		Name:        h.Name,
		WorkspaceID: h.WorkspaceID,
		Role:        h.Role,
		Scopes:      []domain.Scope{domain.ScopeAdmin}, // only the role limits a person
	}
	caller := Caller{Plan: h.Plan, Actor: actor}
	return Session{UserID: h.UserID, ExpiresAt: h.ExpiresAt, hash: hash, Caller: caller}, h.Session, nil
}

func signedOut() error {
	return domain.Errorf(domain.CodeUnauthorized, "You are not signed in, or your session has ended")
}

func (s *Sessions) lastSeen(x store.Session) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at, ok := s.seen[x.Hash]; ok && at.After(x.SeenAt) {
		return at
	}
	return x.SeenAt
}

func (s *Sessions) see(x store.Session, now time.Time) {
	if now.Sub(x.SeenAt) < seenGap {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen[x.Hash] = now
}

// End signs one browser out.
func (s *Sessions) End(ctx context.Context, x Session) error {
	err := s.store.InTx(ctx, func(tx *store.Tx) error { return tx.DeleteSession(ctx, x.hash) })
	s.changes.announce()
	return err
}

// Run writes the latest use of sessions every few seconds and removes expired ones,
// until ctx ends.
func (s *Sessions) Run(ctx context.Context) {
	tick := time.NewTicker(flushGap)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			s.flush(context.WithoutCancel(ctx), false)
			return
		case <-tick.C:
			s.flush(ctx, n%1000 == 0)
		}
	}
}

func (s *Sessions) flush(ctx context.Context, sweep bool) {
	s.mu.Lock()
	seen := s.seen
	s.seen = map[string]time.Time{}
	s.mu.Unlock()
	if len(seen) == 0 && !sweep {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	err := s.store.InTx(ctx, func(tx *store.Tx) error {
		for hash, at := range seen {
			if err := tx.TouchSession(ctx, hash, at); err != nil {
				return err
			}
		}
		if !sweep {
			return nil
		}
		return tx.DeleteExpiredSessions(ctx, tx.Now(), tx.Now().Add(-SessionIdle))
	})
	if err != nil {
		s.log.Warn("note the last use of sessions", "sessions", len(seen), "error", err)
	}
}

// The names of the session cookie. A browser accepts the first only over an
// encrypted connection, for this host and all of its paths.
const (
	secureCookie = "__Host-vellocity"
	plainCookie  = "vellocity"
)

// Cookie returns the cookie of a session (API contract, section 2). secure says that
// the connection is encrypted, see [Edge.Secure]; if it is not, the page shows a
// warning.
func Cookie(value string, secure bool) *http.Cookie {
	c := &http.Cookie{
		Name:     plainCookie,
		Value:    value,
		Path:     "/",
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
		MaxAge:   int(SessionLife / time.Second),
	}
	if secure {
		c.Name, c.Secure = secureCookie, true
	}
	return c
}

// NoCookie returns the cookie that removes a session's.
func NoCookie(secure bool) *http.Cookie {
	c := Cookie("", secure) //nolint:gosec // Cookie sets the attributes
	c.MaxAge = -1
	return c
}

// FromCookies returns the value of the session's cookie. Over an encrypted connection
// the plain name does not count: an attacker on the network could have planted it.
func FromCookies(cookies []*http.Cookie, secure bool) string {
	name := plainCookie
	if secure {
		name = secureCookie
	}
	for _, c := range cookies {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// LocalPath returns target if it is a path on this server, else "/": a link must not
// lead to another site.
func LocalPath(target string) string {
	if !strings.HasPrefix(target, "/") || strings.HasPrefix(target, "//") ||
		strings.ContainsAny(target, "\\\r\n\t") {
		return "/"
	}
	return target
}
