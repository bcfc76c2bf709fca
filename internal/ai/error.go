package ai

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"vellocity/internal/ai/tidy"
)

// Kind groups failures by what can be done about them.
type Kind string

// The kinds of failure.
const (
	// KindTransient is a fault of the provider or the network: a refused or broken
	// connection, a 5xx, an overload, silence. Worth another try.
	KindTransient Kind = "transient"
	// KindRate means too many calls. Worth another try after RetryAfter.
	KindRate Kind = "rate"
	// KindQuota means that the account is out of credit or at its spending limit.
	KindQuota Kind = "quota"
	// KindAuth means that the key was refused.
	KindAuth Kind = "auth"
	// KindRequest means that the provider cannot accept the request as it is.
	KindRequest Kind = "request"
	// KindContext means that the text is too long for the model.
	KindContext Kind = "context"
	// KindPolicy means that the model or its filter refused to write the text.
	KindPolicy Kind = "policy"
	// KindAnswer means that a response cannot be used: it is not the protocol, is too
	// large, or does not match the schema.
	KindAnswer Kind = "answer"
	// KindTimeout means that the time allowed for the whole call was used up.
	KindTimeout Kind = "timeout"
)

// Error is a failure of a model provider.
type Error struct {
	Provider string // its configured name
	Status   int    // HTTP status; 0 where there was no answer
	Kind     Kind
	// Message says what happened and what to do. It contains no key, no address and
	// no text of the prompt.
	Message string
	// Detail is what the provider itself said, as far as it is safe to show; often empty.
	Detail string
	// Param is the optional parameter that a 400 refused, by its name on the wire.
	Param string
	// MaxTokens is the largest limit of the answer that the model takes, where a 400
	// refused the one that was sent.
	MaxTokens int
	// RetryAfter is how long the provider asked to wait; 0: it did not say.
	RetryAfter time.Duration
	// Unclear marks a failure inside a response with status 200 that does not say whose
	// fault it is. It does not count against the provider.
	Unclear bool

	cause error
}

// Error returns the message, and the cause for logs.
func (e *Error) Error() string {
	text := fmt.Sprintf("%s: %s", e.Kind, e.Message)
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

// Unwrap returns the inner cause, which is for logs alone.
func (e *Error) Unwrap() error { return e.cause }

// Because returns a copy of e that remembers the inner cause.
func (e *Error) Because(err error) *Error {
	c := *e
	c.cause = err
	return &c
}

// Retryable reports whether the same call may work later: at once in [Caller],
// or much later in its caller.
func (e *Error) Retryable() bool { return e.Kind == KindTransient || e.Kind == KindRate }

// AsError returns the provider's failure within err, if there is one.
func AsError(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// Fault is what a provider said about a failure, before it is judged.
type Fault struct {
	Provider string
	// Status is the HTTP status, or the one that an error inside a response with
	// status 200 has of its own; 200 where it has none.
	Status  int
	Code    string // machine-readable code and type, in one string
	Message string // the provider's own words
	Param   string // the parameter that the provider names, where it does
	// Quota names the quota that was used up, where the provider does.
	Quota      string
	RetryAfter time.Duration
	// Page says that a web page came in place of an answer.
	Page bool
	// Optional are the parameters of the request that can be omitted, by their names
	// on the wire.
	Optional []string
	// MaxTokens is the limit of the answer that was sent; 0: none was.
	MaxTokens int
	// Secret is the key in use; it is removed from all text.
	Secret string
}

// said is all that the provider said, for a search.
func (f Fault) said() string { return strings.ToLower(f.Code + " " + f.Message + " " + f.Quota) }

// Judge turns what a provider said into an Error: one table for all providers.
func Judge(f Fault) *Error {
	kind, clear := classify(f)
	e := &Error{Provider: f.Provider, Status: f.Status, Kind: kind, RetryAfter: f.RetryAfter, Unclear: !clear,
		Detail: Scrub(f.Message, f.Secret)}
	if kind == KindRequest || f.Status >= 500 {
		if e.MaxTokens = tokenLimit(f); e.MaxTokens == 0 {
			e.Param = refusedParam(f)
		}
	}
	if e.Param != "" || e.MaxTokens > 0 {
		e.Kind = KindRequest
	}
	e.Message = explain(e.Kind, f)
	return e
}

// rule says what a failure is. Zero fields match everything.
type rule struct {
	from, to int      // statuses, both ends in
	words    []string // any of them in the code or the message, lower case
	kind     Kind
}

// What the words of a provider mean.
var (
	quotaWords = []string{
		"insufficient_quota", "spend_limit", "spend limit", "spending limit", "billing_error", "billing_hard_limit",
		"credit balance", "insufficient credit", "insufficient balance", "insufficient_credit", "insufficient funds",
		"payment required", "perday", "quota_exceeded_daily",
	}
	dailyWords   = []string{"per-day", "per day", "per_day", "daily"}
	contextWords = []string{
		"context_length_exceeded", "maximum context length", "prompt is too long", "context window",
		"exceed_context_size", "context size", "context length", "input is too long", "too many input tokens",
		"input token count", "string_above_max_length", "request_too_large",
	}
	policyWords = []string{
		"content_filter", "content_policy", "content management policy", "responsibleaipolicyviolation",
		"content policy",
	}
	moderationWords = []string{"moderation", "flagged"}
	authWords       = []string{
		"authentication_error", "invalid_api_key", "api_key_invalid", "api key not valid", "invalid api key",
		"incorrect api key", "invalid x-api-key", "permission_error", "no auth credentials",
	}
	rateWords    = []string{"rate_limit", "rate limit", "ratelimit", "too many requests", "too_many_requests"}
	requestWords = []string{
		"invalid_request_error", "not_found_error", "model_not_found", "invalid_argument", "bad_request", "unsupported_",
	}
	downWords = []string{
		"overloaded", "server_error", "api_error", "internal", "unavailable", "timeout", "timed out", "capacity",
	}
)

// rules are tried in order; the first that matches decides. What the words say
// goes before the status, since providers send an empty account as 429, a text that
// is too long as 400, and any error inside a response with status 200.
var rules = []rule{
	{200, 499, quotaWords, KindQuota},
	{200, 499, contextWords, KindContext},
	{200, 499, policyWords, KindPolicy},
	{400, 403, moderationWords, KindPolicy},
	{200, 200, moderationWords, KindPolicy},
	{400, 400, authWords, KindAuth},
	{200, 200, rateWords, KindRate},
	{200, 200, authWords, KindAuth},
	{200, 200, requestWords, KindRequest},
	{0, 200, nil, KindTransient},
	{201, 299, nil, KindAnswer},
	{401, 401, nil, KindAuth},
	{402, 402, nil, KindQuota},
	{403, 403, nil, KindAuth},
	{408, 409, nil, KindTransient},
	{413, 413, nil, KindContext},
	{425, 425, nil, KindTransient},
	{429, 429, nil, KindRate},
	{501, 501, nil, KindRequest},
	{500, 599, nil, KindTransient},
	{0, 999, nil, KindRequest},
}

// soonDaily is how long a wait may be at most for a daily limit to be waited out.
const soonDaily = time.Hour

// classify reports clear where it is certain whose fault a failure is.
func classify(f Fault) (kind Kind, clear bool) {
	said := f.said()
	switch {
	case f.Page && f.Status == 403:
		return KindAnswer, true // something in front of the provider
	case f.Status == 429 && containsAny(said, dailyWords) && (f.RetryAfter == 0 || f.RetryAfter > soonDaily):
		return KindQuota, true
	}
	for _, r := range rules {
		if f.Status >= r.from && f.Status <= r.to && (len(r.words) == 0 || containsAny(said, r.words)) {
			return r.kind, r.kind != KindTransient || f.Status != 200 || containsAny(said, downWords)
		}
	}
	return KindRequest, true
}

func containsAny(s string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}

var explanations = map[Kind]string{
	KindTransient: "%s could not respond%s. Try again in a few minutes. If it keeps happening, check the provider's status page.",
	KindRate:      "%s received more calls than it allows%s. Try again in a moment, or run fewer executions at once.",
	KindQuota:     "The account at %s is out of credit or at its spending limit%s. Add credit or raise the limit there, then try again.",
	KindAuth:      "%[1]s rejected the key%[2]s. Replace it with a valid key that may use this model: run \"vellocity connect %[1]s\" on the server.",
	KindRequest:   "%s could not accept the request%s. Check the model's name and the provider's address.",
	KindContext:   "The text is too long for the model at %s%s. Shorten the input, or choose a model with a larger context.",
	KindPolicy:    "The model at %s refused to write this text%s. Reword the topic or the instructions.",
	KindAnswer:    "%s sent a response that cannot be used%s. Check the provider's address.",
}

func explain(kind Kind, f Fault) string {
	if f.Status >= 300 && f.Status < 400 {
		return fmt.Sprintf("%s redirects calls to another address (HTTP %d), which is not followed. "+
			"Enter that address as the provider's.", f.Provider, f.Status)
	}
	said := ""
	if f.Status != 0 && f.Status != 200 {
		said = fmt.Sprintf(" (HTTP %d)", f.Status)
	}
	if f.Page && kind == KindAnswer {
		said += ": a web page"
	}
	if kind == KindRequest {
		if detail := Scrub(f.Message, f.Secret); detail != "" {
			said += ": " + strings.TrimRight(detail, ".")
		}
	}
	return fmt.Sprintf(explanations[kind], f.Provider, said)
}

var (
	keyLike = regexp.MustCompile(`(?i)\b(bearer\s+\S+|(sk|pk|rk|key|gsk|xai|api[-_]?key)[-_][\w*.-]{6,})`)
	address = regexp.MustCompile(`(?i)\bhttps?://\S+`)
)

// Scrub makes a text from outside safe to show: on one line, at most 200
// characters, without the secret, without anything that looks like a key and
// without addresses, which may carry one.
func Scrub(text, secret string) string {
	if secret != "" {
		text = strings.ReplaceAll(text, secret, "[key]")
	}
	text = keyLike.ReplaceAllString(text, "[key]")
	text = address.ReplaceAllString(text, "[address]")
	return tidy.Line(text, 200)
}
