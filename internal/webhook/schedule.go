package webhook

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

const (
	// requestTimeout bounds one request (Standard Webhooks advises 15 to 30 s).
	requestTimeout = 15 * time.Second
	// longestRetryAfter is the most that a receiver can ask to wait.
	longestRetryAfter = time.Hour
	// A webhook that has failed narrowAfter times in a row gets one request at a time, with pauses
	// between firstHold and longestHold.
	narrowAfter = 3
	firstHold   = time.Second
	longestHold = 2 * time.Minute
	// warnAfter is how long a webhook must fail before its owner is warned: what fails for good
	// then has been tried for about a day.
	warnAfter = 24 * time.Hour
)

// schedule has the pauses between the attempts of a delivery: eight attempts in about 28 hours
// (Standard Webhooks, "Retry schedule", as Svix has it).
var schedule = [...]time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 10 * time.Hour,
}

// Attempts is how often a delivery is tried.
const Attempts = len(schedule) + 1

// result is what one request came to.
type result struct {
	delivery domain.Delivery
	attempt  domain.DeliveryAttempt
	unsent   bool          // nothing was sent, or nobody knows what came of it: it stays due
	after    time.Duration // what the receiver asked to wait; 0: nothing
}

func (r result) ok() bool { return r.attempt.Error == "" }

// settled is what results change: the state of the webhook, its deliveries, and what happened.
type settled struct {
	webhook    store.Webhook
	deliveries []domain.Delivery
	events     []domain.EventData
}

// settle works out what results change, in the order in which they came.
func (s *Sender) settle(w store.Webhook, results []result, now time.Time) settled {
	out := settled{webhook: w}
	for _, r := range results {
		if !r.unsent {
			s.settleOne(&out, r, now)
		}
	}
	return out
}

func (s *Sender) settleOne(out *settled, r result, now time.Time) {
	w, d := &out.webhook, r.delivery
	d.Attempts = append(d.Attempts, r.attempt)
	d.Attempts = d.Attempts[max(0, len(d.Attempts)-domain.DeliveryAttempts):]
	w.LastTriggeredAt, w.LastResponseCode = r.attempt.At, r.attempt.Code
	d.NextAt = time.Time{}
	switch {
	case r.ok():
		d.Status, d.EndedAt = domain.DeliveryDelivered, now
		w.FailureCount, w.FailingSince, w.WarnedAt, w.HeldUntil = 0, time.Time{}, time.Time{}, time.Time{}
	case d.Test:
		d.Status, d.EndedAt = domain.DeliveryFailed, now
	default:
		s.settleFailure(out, &d, r, now)
	}
	out.deliveries = append(out.deliveries, d)
}

// settleFailure says when a delivery is tried again, and what its failure means for the webhook.
func (s *Sender) settleFailure(out *settled, d *domain.Delivery, r result, now time.Time) {
	w := &out.webhook
	w.FailureCount++
	if w.FailingSince.IsZero() {
		w.FailingSince = r.attempt.At
	}
	d.Tries++
	exhausted := d.Tries >= Attempts
	if exhausted {
		d.Status, d.EndedAt = domain.DeliveryFailed, now
	} else {
		d.NextAt = now.Add(max(s.Jitter(schedule[d.Tries-1]), r.after))
	}
	failing := now.Sub(w.FailingSince)
	if pause := max(hold(w.FailureCount, r.attempt.Code, failing), r.after); pause > 0 {
		w.HeldUntil = now.Add(pause)
	}
	switch {
	case !w.Active: // by an earlier result
	case r.attempt.Code == http.StatusGone:
		out.disable("The receiver answered 410 Gone: it wants no more requests.", now)
	case exhausted && failing >= domain.WebhookPatience:
		out.disable(fmt.Sprintf("Every request since %s has failed. The last error: %s",
			w.FailingSince.UTC().Format("2 January 2006, 15:04 UTC"), r.attempt.Error), now)
	case exhausted && failing >= warnAfter && w.WarnedAt.IsZero():
		w.WarnedAt = now
		out.events = append(out.events, domain.WebhookFailing{
			WebhookFacts: w.Facts(), FailingSince: w.FailingSince, DisableAt: w.DisableAt(), Error: r.attempt.Error,
		})
	}
}

func (out *settled) disable(why string, now time.Time) {
	w := &out.webhook
	w.Active, w.Disabled, w.DisabledAt = false, why, now
	out.events = append(out.events, domain.WebhookDisabled{WebhookFacts: w.Facts(), Reason: why})
}

// hold is how long a webhook gets nothing after failures in a row: the third and those after it,
// or any that says that there were too many requests. It is as long as it has failed, within
// bounds, so that it doubles from one request to the next.
func hold(failures, code int, failing time.Duration) time.Duration {
	if failures < narrowAfter && code != http.StatusTooManyRequests {
		return 0
	}
	return min(max(failing, firstHold), longestHold)
}

// retryAfter reads a Retry-After header (RFC 9110, section 10.2.3), within bounds; 0: there is
// none, or nothing can be made of it.
func retryAfter(text string, now time.Time) time.Duration {
	text = strings.TrimSpace(text)
	if n, err := strconv.Atoi(text); err == nil {
		return time.Duration(min(max(n, 0), int(longestRetryAfter/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(at.Sub(now), 0), longestRetryAfter)
	}
	return 0
}
