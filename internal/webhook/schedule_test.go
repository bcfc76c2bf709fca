package webhook

import (
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// TestRetryAfter reads what receivers write, and what they should not.
func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "0": 0, "-5": 0, "soon": 0, "1.5": 0, "30": 30 * time.Second, " 30 ": 30 * time.Second,
		"3600": time.Hour, "3601": time.Hour, "9223372036854775807": time.Hour, "99999999999999999999": 0,
		now.Add(time.Minute).Format(http.TimeFormat):      time.Minute,
		now.Add(-time.Minute).Format(http.TimeFormat):     0,
		now.Add(1000 * time.Hour).Format(http.TimeFormat): time.Hour,
	} {
		if got := retryAfter(text, now); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// TestHold: a webhook is held from the third failure on, for as long as it has failed, within bounds.
func TestHold(t *testing.T) {
	for _, x := range []struct {
		failures, code int
		failing, want  time.Duration
	}{
		{1, 500, time.Hour, 0}, {2, 0, time.Hour, 0}, {3, 500, 0, time.Second}, {9, 500, 40 * time.Second, 40 * time.Second},
		{9, 500, 24 * time.Hour, 2 * time.Minute}, {1, 429, 0, time.Second}, {1, 429, time.Minute, time.Minute},
	} {
		if got := hold(x.failures, x.code, x.failing); got != x.want {
			t.Errorf("%+v: %v", x, got)
		}
	}
}

// The jitter stays within a fifth, and the schedule within about a day.
func TestJitter(t *testing.T) {
	for _, d := range schedule {
		for range 1000 {
			if got := jitter(d); got < d*8/10 || got > d*12/10 {
				t.Fatalf("%v became %v", d, got)
			}
		}
	}
	if jitter(0) != 0 || jitter(9) != 9 {
		t.Error("nothing varies nothing")
	}
}

// Whatever receivers answer in whatever order, the state of a webhook and of its deliveries fit
// together: a failure is counted until a success, what is pending has a time, what has ended has
// none, and a delivery is given up after its last attempt and never before.
func TestStatesFitTogether(t *testing.T) {
	s := &Sender{Options: Options{Jitter: jitter}}
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 43))
		now := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
		w := store.Webhook{Webhook: domain.Webhook{ID: 3, Active: true}}
		open := []domain.Delivery{{ID: 1}, {ID: 2}, {ID: 3, Test: true}}
		for step := 0; step < 60 && len(open) > 0 && w.Active; step++ {
			now = now.Add(time.Duration(r.IntN(12*60)) * time.Minute)
			var results []result
			for _, d := range open {
				if r.IntN(2) == 0 {
					results = append(results, anyResult(r, d, now))
				}
			}
			out := s.settle(w, results, now)
			w = out.webhook
			if (w.FailureCount == 0) != w.FailingSince.IsZero() || !w.WarnedAt.IsZero() && w.FailureCount == 0 ||
				w.Active == (w.Disabled != "") || w.Active != w.DisabledAt.IsZero() {
				t.Fatalf("seed %d: %+v", seed, w.Webhook)
			}
			changed := map[int64]domain.Delivery{}
			for _, d := range out.deliveries {
				changed[d.ID] = d
				if (d.Status == domain.DeliveryPending || d.Status == "") == d.NextAt.IsZero() ||
					d.EndedAt.IsZero() == d.NextAt.IsZero() || len(d.Attempts) > domain.DeliveryAttempts ||
					d.Status == domain.DeliveryFailed && !d.Test && d.Tries != Attempts {
					t.Fatalf("seed %d: %+v", seed, d)
				}
			}
			var rest []domain.Delivery
			for _, d := range open {
				if c, ok := changed[d.ID]; ok {
					d = c
				}
				if d.EndedAt.IsZero() {
					rest = append(rest, d)
				}
			}
			open = rest
		}
	}
}

// anyResult is what a receiver may do.
func anyResult(r *rand.Rand, d domain.Delivery, now time.Time) result {
	codes := []int{0, 200, 204, 302, 404, 410, 429, 500, 503}
	a := domain.DeliveryAttempt{At: now, Code: codes[r.IntN(len(codes))]}
	if a.Code == 410 && r.IntN(20) > 0 {
		a.Code = 500
	}
	if a.Code < 200 || a.Code > 299 {
		a.Error = "It failed."
	}
	return result{delivery: d, attempt: a, unsent: r.IntN(10) == 0, after: time.Duration(r.IntN(2)) * time.Minute}
}
