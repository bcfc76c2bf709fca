package image

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/domain"
)

// Again says what may work after a failure.
type Again int

// What may be tried again.
const (
	AgainNever  Again = iota // somebody must change something first
	AgainSubmit              // the same request, as a new submission
	AgainPoll                // the same ticket: the provider may still have the result
)

// Failure is why there is no picture, in words for people. It holds no key, no address and
// nothing of the description.
type Failure struct {
	Provider string
	Status   int     // of the HTTP response; 0: there was none
	Kind     ai.Kind // the kinds of text providers
	Again    Again
	After    time.Duration // the least time until another try, where the provider has said so
	// Unclear says that the provider may have carried out the request, and charged for it,
	// although no answer came. Another submission may then be paid twice.
	Unclear bool
	Message string

	expired bool // the address of the picture is no longer good
	cause   error
}

// Error returns the message, and the cause for logs.
func (f *Failure) Error() string {
	if f.cause != nil {
		return f.Message + ": " + f.cause.Error()
	}
	return f.Message
}

// Unwrap returns the inner cause, which is for logs alone.
func (f *Failure) Unwrap() error { return f.cause }

// Retryable reports whether the same may work later without a change.
func (f *Failure) Retryable() bool { return f.Again != AgainNever }

// Moderation is what a provider's filter held back. It costs no credit.
type Moderation struct {
	Stage domain.ModerationStage
	// Categories are the provider's own names, such as "violence"; empty: it names none.
	Categories []string
}

const (
	mostCategories  = 20
	longestCategory = 60 // characters
)

// NewModeration cleans the names that came from outside: each on one line, lower case,
// without repetition, and not too many.
func NewModeration(stage domain.ModerationStage, categories ...string) *Moderation {
	m := &Moderation{Stage: stage}
	seen := map[string]bool{}
	for _, c := range categories {
		c = strings.ToLower(ai.Scrub(c, ""))
		if r := []rune(c); len(r) > longestCategory {
			c = string(r[:longestCategory])
		}
		if c != "" && !seen[c] && len(m.Categories) < mostCategories {
			seen[c] = true
			m.Categories = append(m.Categories, c)
		}
	}
	return m
}

// Words says what happened, for people.
func (m *Moderation) Words() string {
	what := map[domain.ModerationStage]string{
		domain.ModeratedInput:  "The provider's filter refused the description or the picture that was sent",
		domain.ModeratedOutput: "The provider's filter held back the picture that was made",
	}[m.Stage]
	if what == "" {
		what = "The provider's filter stopped the request"
	}
	if len(m.Categories) > 0 {
		what += " (" + strings.Join(m.Categories, ", ") + ")"
	}
	return what + ". Change the description, then try again. No credit was charged."
}

var explanations = map[ai.Kind]string{
	ai.KindTransient: "%s could not respond%s. Try again in a few minutes.",
	ai.KindRate:      "%s received more requests than it allows%s. Try again in a minute.",
	ai.KindQuota:     "The account at %s is out of credit%s. Add credit there, then try again.",
	ai.KindAuth:      "%s rejected the key%s. Replace it with a valid key that may create images.",
	ai.KindRequest:   "%s could not accept the request%s. Check the description, the size and the model.",
	ai.KindAnswer:    "%s sent a response that cannot be used%s. Try again; if it keeps happening, check its address.",
	ai.KindTimeout:   "%s did not finish in time%s. Try again later.",
}

// judge says what an HTTP status means.
func judge(status int) (ai.Kind, Again) {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return ai.KindAuth, AgainNever
	case status == http.StatusPaymentRequired:
		return ai.KindQuota, AgainNever
	case status == http.StatusTooManyRequests:
		return ai.KindRate, AgainSubmit
	case status == http.StatusRequestTimeout, status == http.StatusConflict, status == http.StatusTooEarly,
		status >= 500 && status != http.StatusNotImplemented:
		return ai.KindTransient, AgainSubmit
	case status < 400:
		return ai.KindAnswer, AgainNever
	}
	return ai.KindRequest, AgainNever
}

// quotaWords are how providers say with other statuses than 402 that the account is empty.
var quotaWords = []string{"insufficient_quota", "billing_hard_limit", "insufficient credit", "spend limit"}

// Refused makes the failure of a response with an error status. said is the provider's own
// words, code and message.
func (x Exchange) Refused(r Response, said string) *Failure {
	kind, again := judge(r.Status)
	for _, w := range quotaWords {
		if r.Status >= 400 && r.Status < 500 && strings.Contains(strings.ToLower(said), w) {
			kind, again = ai.KindQuota, AgainNever
		}
	}
	detail := fmt.Sprintf(" (HTTP %d)", r.Status)
	if said = ai.Scrub(said, x.Key.Reveal()); kind == ai.KindRequest && said != "" {
		detail += ": " + strings.TrimRight(said, ".")
	}
	f := x.Failed(kind, again, detail)
	f.Status, f.After = r.Status, retryAfter(r.Header.Get("Retry-After"))
	return f
}

// Failed makes a failure of a kind. detail follows the name of what failed, such as
// ": it sent no picture".
func (x Exchange) Failed(kind ai.Kind, again Again, detail string) *Failure {
	return &Failure{Provider: x.Provider, Kind: kind, Again: again,
		Message: fmt.Sprintf(explanations[kind], x.Provider, detail)}
}

// longestAfter is the longest pause that a provider may ask for.
const longestAfter = time.Hour

// retryAfter reads a number of seconds (RFC 9110, section 10.2.3).
func retryAfter(text string) time.Duration {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < 0 {
		return 0
	}
	return min(time.Duration(min(n, int(longestAfter/time.Second)))*time.Second, longestAfter)
}

// asFailure returns the failure within err; nil: err is none, such as the end of a context.
func asFailure(err error) *Failure {
	var f *Failure
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// ended reports whether the caller has given up.
func ended(ctx context.Context) bool { return ctx.Err() != nil }
