package auth

import (
	"net/netip"
	"sync"
	"time"
)

// Throttle counts attempts by key in fixed periods, in this node's memory: wrong keys
// per address, sign-ins, or anything else that must not be tried too often.
type Throttle struct {
	limit int
	span  time.Duration
	now   func() time.Time

	mu      sync.Mutex
	starts  time.Time
	counted map[string]int
}

// maxThrottled bounds the memory: with more keys than this in one period, all counts
// are dropped rather than filling the server.
const maxThrottled = 50_000

// NewThrottle allows limit attempts per key in each period; a nil now is time.Now.
func NewThrottle(limit int, span time.Duration, now func() time.Time) *Throttle {
	if now == nil {
		now = time.Now
	}
	return &Throttle{limit: limit, span: span, now: now, counted: map[string]int{}}
}

// Blocked returns how long the key must wait; 0 if it need not.
func (t *Throttle) Blocked(key string) time.Duration {
	now := t.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.roll(now)
	if t.counted[key] < t.limit {
		return 0
	}
	return max(time.Nanosecond, t.starts.Add(t.span).Sub(now))
}

// Add counts one attempt of the key.
func (t *Throttle) Add(key string) {
	now := t.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.roll(now)
	if len(t.counted) >= maxThrottled {
		clear(t.counted)
	}
	t.counted[key]++
}

func (t *Throttle) roll(now time.Time) {
	if start := now.Truncate(t.span); !start.Equal(t.starts) {
		t.starts = start
		clear(t.counted)
	}
}

// AddressKey names the network that an address is counted under: one IPv4
// address, or an IPv6 /64, since a host has all of one.
func AddressKey(ip netip.Addr) string {
	ip = ip.Unmap()
	if ip.Is6() {
		if p, err := ip.Prefix(64); err == nil {
			return p.String()
		}
	}
	return ip.String()
}
