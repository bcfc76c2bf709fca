package auth

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

const (
	// keyFresh is how long a look-up is valid, so that a revocation takes effect on
	// every node within 5 s.
	keyFresh = 4 * time.Second
	// keyKnown is how long a key that was valid may be looked up again from an address
	// that is throttled for wrong ones: a broken client must not lock out its
	// neighbours.
	keyKnown = time.Hour
	// badTries per minute and address (S9).
	badTries = 20
	flushGap = 3 * time.Second
)

// Caller is an authenticated caller.
type Caller struct {
	Actor domain.Actor
	Plan  domain.Plan
	// Key is the API key that was used; zero for a session.
	Key domain.Key
}

// Keys authenticates API keys. It is safe for concurrent use.
type Keys struct {
	store *store.Store
	log   *slog.Logger
	now   func() time.Time
	bad   *Throttle

	mu    sync.RWMutex
	known map[[sha256.Size]byte]known
	changes
	turn uint64 // increased by Forget, so that an older look-up is not kept

	useMu sync.Mutex
	uses  map[int64]store.KeyUse
}

// known is the result of looking up a key.
type known struct {
	caller  Caller
	allowed []netip.Prefix
	anyIP   bool
	at      time.Time
}

// NewKeys returns the authenticator of API keys. [Keys.Run] must be running.
func NewKeys(s *store.Store, log *slog.Logger) *Keys {
	return &Keys{store: s, log: log, now: s.Now, bad: NewThrottle(badTries, time.Minute, s.Now),
		known: map[[sha256.Size]byte]known{}, uses: map[int64]store.KeyUse{}}
}

// Authenticate returns the caller that a key belongs to. The error is UNAUTHORIZED for a
// missing, unknown, expired or revoked key, without saying which; FORBIDDEN if the key's
// allow-list lacks ip; RATE_LIMITED after too many wrong keys from it.
func (k *Keys) Authenticate(ctx context.Context, secret string, ip netip.Addr) (Caller, error) {
	return k.authenticate(ctx, secret, ip.Unmap(), false)
}

// Recheck authenticates a caller that was let in before, such as one that holds a
// stream open: it counts neither as a use of the key nor as a wrong one.
func (k *Keys) Recheck(ctx context.Context, secret string, ip netip.Addr) (Caller, error) {
	return k.authenticate(ctx, secret, ip.Unmap(), true)
}

// Changed returns a channel that is closed when [Keys.Forget] is next called.
func (k *Keys) Changed() <-chan struct{} { return k.changes.wait() }

func (k *Keys) authenticate(ctx context.Context, secret string, ip netip.Addr, again bool) (Caller, error) {
	now := k.now()
	sum := sha256.Sum256([]byte(secret))
	k.mu.RLock()
	e, seen := k.known[sum]
	k.mu.RUnlock()
	if !seen || !e.fresh(now) {
		var err error
		if e, err = k.lookUp(ctx, secret, sum, ip, seen); err != nil {
			return Caller{}, k.wrong(err, ip, again)
		}
	}
	if !e.caller.Key.Live(now) {
		return Caller{}, k.wrong(Unauthorized(), ip, again)
	}
	if !e.allows(ip) {
		return Caller{}, domain.Errorf(domain.CodeForbidden, "This key may not be used from the address %s", ip)
	}
	if !again {
		k.noteUse(e.caller.Key, ip, now)
	}
	return e.caller, nil
}

// fresh reports whether the look-up is still valid; it is not after the clock was set
// back.
func (e known) fresh(now time.Time) bool {
	age := now.Sub(e.at)
	return age >= 0 && age < keyFresh
}

func (e known) allows(ip netip.Addr) bool {
	if e.anyIP {
		return true
	}
	for _, p := range e.allowed {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// lookUp queries the database, even while the address is throttled for wrong keys: they
// must not lock out a live one. Only what the caller gets for another wrong one differs.
func (k *Keys) lookUp(
	ctx context.Context, secret string, sum [sha256.Size]byte, ip netip.Addr, seen bool,
) (known, error) {
	if secret == "" {
		return known{}, errNoKey
	}
	wait := k.bad.Blocked(AddressKey(ip))
	if !CheckFormat(secret) {
		return known{}, throttled(wait)
	}
	k.mu.RLock()
	turn := k.turn
	k.mu.RUnlock()
	at := k.now()
	hash := hex.EncodeToString(sum[:])
	h, ok, err := k.store.Read().KeyByHash(ctx, hash)
	if err != nil {
		return known{}, fmt.Errorf("authenticate: %w", err)
	}
	role, capped := h.PresentRole()
	if !ok || subtle.ConstantTimeCompare([]byte(h.Hash), []byte(hash)) == 0 || !capped || !h.Key.Live(at) {
		k.drop(sum)
		if seen {
			wait = 0
		}
		return known{}, throttled(wait)
	}
	e := remember(h, role, at)
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.turn == turn {
		k.known[sum] = e
	}
	return e, nil
}

// throttled is the error for a wrong key from an address that has to wait.
func throttled(wait time.Duration) error {
	if wait <= 0 {
		return Unauthorized()
	}
	e := domain.Errorf(domain.CodeRateLimited, "Too many requests with wrong keys from this address. Try again later.")
	e.RetryAfter = wait
	return e
}

func remember(h store.KeyHolder, role domain.Role, at time.Time) known {
	actor := domain.Actor{
		Kind:        domain.ActorKey,
		ID:          h.Key.ID,
		Name:        h.Key.Name,
		WorkspaceID: h.Key.WorkspaceID,
		Role:        role,
		Plan:        h.Plan,
		Scopes:      h.Key.Scopes,
	}
	caller := Caller{Plan: h.Plan, Key: h.Key, Actor: actor}
	e := known{at: at, anyIP: len(h.Key.AllowedIPs) == 0, caller: caller}
	for _, text := range h.Key.AllowedIPs {
		// An entry that is not an address allows nobody.
		if p, err := ParsePrefix(text); err == nil {
			e.allowed = append(e.allowed, p)
		}
	}
	return e
}

// errNoKey says that no key was sent. That is no wrong key: clients try without one
// first.
var errNoKey = errors.New("no key was sent")

// wrong counts a wrong key and returns the error for the caller.
func (k *Keys) wrong(err error, ip netip.Addr, again bool) error {
	if errors.Is(err, errNoKey) {
		return Unauthorized()
	}
	if !again && domain.CodeOf(err) == domain.CodeUnauthorized {
		k.bad.Add(AddressKey(ip))
	}
	return err
}

// Unauthorized is the error for every missing, unknown, expired or revoked key.
func Unauthorized() error {
	return domain.Errorf(domain.CodeUnauthorized, `A live API key is needed, sent as "Authorization: Bearer %s…"`, Prefix)
}

func (k *Keys) drop(sum [sha256.Size]byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.known, sum)
}

// Forget makes the next use of each key of the workspace query the database. Call it
// after the commit of a change to what keys may do: a revocation, a rotation, a role,
// the plan.
func (k *Keys) Forget(workspaceID int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.turn++
	for sum, e := range k.known {
		if e.caller.Actor.WorkspaceID == workspaceID {
			e.at = e.at.Add(-keyFresh)
			k.known[sum] = e
		}
	}
	k.changes.announce()
}

func (k *Keys) noteUse(key domain.Key, ip netip.Addr, at time.Time) {
	k.useMu.Lock()
	defer k.useMu.Unlock()
	if u, ok := k.uses[key.ID]; ok && at.Sub(u.At) < time.Second {
		return
	}
	k.uses[key.ID] = store.KeyUse{WorkspaceID: key.WorkspaceID, KeyID: key.ID, At: at, IP: ip.String()}
}

// Run writes the latest use of keys every few seconds until ctx ends, and once more
// after that.
func (k *Keys) Run(ctx context.Context) {
	tick := time.NewTicker(flushGap)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			k.flush(context.WithoutCancel(ctx))
			return
		case <-tick.C:
			k.flush(ctx)
			k.prune()
		}
	}
}

func (k *Keys) flush(ctx context.Context) {
	k.useMu.Lock()
	uses := make([]store.KeyUse, 0, len(k.uses))
	for _, u := range k.uses {
		uses = append(uses, u)
	}
	clear(k.uses)
	k.useMu.Unlock()
	if len(uses) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := k.store.InTx(ctx, func(tx *store.Tx) error { return tx.SaveKeyUse(ctx, uses) }); err != nil {
		k.log.Warn("note the last use of keys", "keys", len(uses), "error", err)
	}
}

func (k *Keys) prune() {
	now := k.now()
	k.mu.Lock()
	defer k.mu.Unlock()
	for sum, e := range k.known {
		if now.Sub(e.at) > keyKnown {
			delete(k.known, sum)
		}
	}
}

// Bearer returns the token of an Authorization header (RFC 6750), empty where it
// holds none.
func Bearer(header string) string {
	scheme, token, ok := strings.Cut(header, " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// ParsePrefix parses an address or a CIDR block of a key's allow-list.
func ParsePrefix(text string) (netip.Prefix, error) {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "/") {
		ip, err := netip.ParseAddr(text)
		if err != nil || ip.Zone() != "" {
			return netip.Prefix{}, fmt.Errorf("%q is not an IP address", text)
		}
		ip = ip.Unmap()
		return netip.PrefixFrom(ip, ip.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%q is not a CIDR block", text)
	}
	if p.Addr().Is4In6() {
		if p.Bits() < 96 {
			return netip.Prefix{}, fmt.Errorf("%q mixes IPv4 and IPv6", text)
		}
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p.Masked(), nil
}
