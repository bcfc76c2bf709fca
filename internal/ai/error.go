package ai

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
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
	// Param is the optional parameter that a 400 refused, by its name on the wire.
	Param string
	// RetryAfter is how long the provider asked to wait; 0: it did not say.
	RetryAfter time.Duration

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
	Provider   string
	Status     int    // HTTP status; 200 for an error inside a stream
	Code       string // machine-readable code and type, in one string
	Message    string // the provider's own words
	Param      string // the parameter that the provider names, where it does
	RetryAfter time.Duration
	// Optional are the parameters of the request that can be omitted, by their names
	// on the wire.
	Optional []string
	// Secret is the key in use; it is removed from all text.
	Secret string
}

// Judge turns what a provider said into an Error: one table for all providers.
func Judge(f Fault) *Error {
	kind := classify(f)
	e := &Error{Provider: f.Provider, Status: f.Status, Kind: kind, RetryAfter: f.RetryAfter}
	if kind == KindRequest {
		e.Param = refusedParam(f)
	}
	e.Message = explain(kind, f)
	return e
}

// rule says what a failure is. Zero fields match everything.
type rule struct {
	from, to int      // statuses, both ends in
	words    []string // any of them in the code or the message, lower case
	kind     Kind
}

// rules are tried in order; the first that matches decides. What the words say
// goes before the status, since providers send an empty account as 429 and a
// text that is too long as 400.
var rules = []rule{
	{
		400,
		499,
		[]string{
			"insufficient_quota",
			"spend_limit",
			"spend limit",
			"spending limit",
			"billing_error",
			"billing_hard_limit",
			"credit balance",
			"insufficient credit",
		},
		KindQuota,
	},
	{
		400,
		499,
		[]string{
			"context_length_exceeded",
			"maximum context length",
			"prompt is too long",
			"context window",
			"exceed_context_size",
			"context size",
		},
		KindContext,
	},
	{400, 499, []string{"content_filter", "content_policy", "content management policy"}, KindPolicy},
	{200, 200, []string{"rate_limit"}, KindRate},
	{200, 200, []string{"insufficient_quota", "billing_error"}, KindQuota},
	{200, 200, []string{"authentication_error", "invalid_api_key", "permission_error"}, KindAuth},
	{200, 200, []string{"invalid_request_error", "not_found_error", "request_too_large"}, KindRequest},
	{200, 200, []string{"content_filter", "content_policy"}, KindPolicy},
	{0, 200, nil, KindTransient},
	{201, 299, nil, KindAnswer},
	{401, 401, nil, KindAuth},
	{402, 402, nil, KindQuota},
	{403, 403, nil, KindAuth},
	{408, 409, nil, KindTransient},
	{425, 425, nil, KindTransient},
	{429, 429, nil, KindRate},
	{501, 501, nil, KindRequest},
	{500, 599, nil, KindTransient},
	{0, 999, nil, KindRequest},
}

func classify(f Fault) Kind {
	said := strings.ToLower(f.Code + " " + f.Message)
	for _, r := range rules {
		if f.Status >= r.from && f.Status <= r.to && (len(r.words) == 0 || containsAny(said, r.words)) {
			return r.kind
		}
	}
	return KindRequest
}

func containsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// refusedParam returns the optional parameter that a 400 or 422 names, so that
// the call can be made without it.
func refusedParam(f Fault) string {
	if f.Status != 400 && f.Status != 422 {
		return ""
	}
	for _, name := range f.Optional {
		if f.Param == name || strings.HasPrefix(f.Param, name+".") {
			return name
		}
	}
	for _, name := range f.Optional {
		if namesParam(f.Message, name) {
			return name
		}
	}
	return ""
}

// namesParam reports whether the message holds the name as a word of its own:
// max_tokens is not in max_tokens_to_sample.
func namesParam(message, name string) bool {
	re, err := regexp.Compile(`(^|[^\w])` + regexp.QuoteMeta(name) + `($|[^\w])`)
	return err == nil && re.MatchString(message)
}

var explanations = map[Kind]string{
	KindTransient: "%s could not respond%s. Try again in a few minutes. If it keeps happening, check the provider's status page.",
	KindRate:      "%s received more calls than it allows%s. Try again in a moment, or run fewer executions at once.",
	KindQuota:     "The account at %s is out of credit or at its spending limit%s. Add credit or raise the limit there, then try again.",
	KindAuth:      "%s rejected the key%s. Connect it again with a valid key that may use this model.",
	KindRequest:   "%s could not accept the request%s. Check the model's name and the provider's address.",
	KindContext:   "The text is too long for the model at %s%s. Shorten the input, or choose a model with a larger context.",
	KindPolicy:    "The model at %s refused to write this text%s. Reword the topic or the instructions.",
	KindAnswer:    "%s sent a response that cannot be used%s. Check the provider's address.",
}

func explain(kind Kind, f Fault) string {
	said := ""
	if f.Status != 0 && f.Status != 200 {
		said = fmt.Sprintf(" (HTTP %d)", f.Status)
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
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
	if r := []rune(text); len(r) > 200 {
		text = string(r[:200]) + "…"
	}
	return text
}
