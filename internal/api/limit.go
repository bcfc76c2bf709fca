package api

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/domain"
)

// Window is what is left of one window of a workspace's rate limit.
type Window struct {
	Name      string // minute, day
	Limit     int
	Remaining int
	Length    time.Duration
	Reset     time.Time
}

// Quota is the outcome of counting one call. No windows means that limits are off.
type Quota struct {
	Windows []Window
	Refused bool
}

// tightest is the window that is nearest to its end: the smallest share left,
// and among equals the one that stays closed the longest.
func (q Quota) tightest() Window {
	best := q.Windows[0]
	for _, w := range q.Windows[1:] {
		a, b := w.Remaining*best.Limit, best.Remaining*w.Limit
		if a < b || a == b && w.Reset.After(best.Reset) {
			best = w
		}
	}
	return best
}

// tell writes the quota's headers: the ones of the reference, and the IETF draft's.
func (q Quota) tell(h http.Header, now time.Time) {
	if len(q.Windows) == 0 {
		return
	}
	w := q.tightest()
	h["X-Ratelimit-Limit"] = []string{strconv.Itoa(w.Limit)}
	h["X-Ratelimit-Remaining"] = []string{strconv.Itoa(w.Remaining)}
	h["X-Ratelimit-Reset"] = []string{strconv.FormatInt(ceilUnix(w.Reset), 10)}
	h["Ratelimit"] = []string{`"` + w.Name + `";r=` + strconv.Itoa(w.Remaining) + ";t=" + strconv.Itoa(wholeSeconds(w.Reset.Sub(now)))}
	var policy strings.Builder
	for i, w := range q.Windows {
		if i > 0 {
			policy.WriteString(", ")
		}
		policy.WriteString(`"` + w.Name + `";q=` + strconv.Itoa(w.Limit) + ";w=" + strconv.Itoa(int(w.Length/time.Second)))
	}
	h["Ratelimit-Policy"] = []string{policy.String()}
}

// err is the refusal, with how long to wait: waiting exactly that long succeeds.
func (q Quota) err(now time.Time) error {
	if !q.Refused {
		return nil
	}
	wait := time.Second
	name := "minute"
	for _, w := range q.Windows {
		if d := w.Reset.Sub(now); w.Remaining <= 0 && d > wait {
			wait, name = d, w.Name
		}
	}
	e := domain.Errorf(domain.CodeRateLimited, "Too many requests per %s for this workspace's plan; try again in %s", name, count(wholeSeconds(wait), "second"))
	e.RetryAfter = wait
	return e
}

// wholeSeconds rounds up, so that whoever waits that long has waited enough.
func wholeSeconds(d time.Duration) int { return max(0, int((d+time.Second-1)/time.Second)) }

func ceilUnix(t time.Time) int64 {
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}
	return t.Unix()
}
