package domain

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Code is the stable, upper-case name of a kind of failure, as callers see it.
type Code string

// The codes of the API contract, section 1.
const (
	CodeBadRequest            Code = "BAD_REQUEST"
	CodeUnauthorized          Code = "UNAUTHORIZED"
	CodeInsufficientCredits   Code = "INSUFFICIENT_CREDITS"
	CodeForbidden             Code = "FORBIDDEN"
	CodePlanLimit             Code = "PLAN_LIMIT"
	CodeNotFound              Code = "NOT_FOUND"
	CodeMethodNotAllowed      Code = "METHOD_NOT_ALLOWED"
	CodeConflict              Code = "CONFLICT"
	CodeIdempotencyInProgress Code = "IDEMPOTENCY_IN_PROGRESS"
	CodeIdempotencyMismatch   Code = "IDEMPOTENCY_MISMATCH"
	CodePreconditionFailed    Code = "PRECONDITION_FAILED"
	CodePayloadTooLarge       Code = "PAYLOAD_TOO_LARGE"
	CodeUnsupportedMediaType  Code = "UNSUPPORTED_MEDIA_TYPE"
	CodeValidation            Code = "VALIDATION_ERROR"
	CodeRateLimited           Code = "RATE_LIMITED"
	CodeServer                Code = "SERVER_ERROR"
	CodeProvider              Code = "PROVIDER_ERROR"
	CodeUnavailable           Code = "UNAVAILABLE"
	CodeStorageFull           Code = "STORAGE_FULL"
)

// statuses gives each code its number on the wire. A number only: this room
// knows no HTTP.
var statuses = map[Code]int{
	CodeBadRequest: 400, CodeUnauthorized: 401, CodeInsufficientCredits: 402,
	CodeForbidden: 403, CodePlanLimit: 403, CodeNotFound: 404, CodeMethodNotAllowed: 405,
	CodeConflict: 409, CodeIdempotencyInProgress: 409, CodeIdempotencyMismatch: 422,
	CodePreconditionFailed: 412, CodePayloadTooLarge: 413, CodeUnsupportedMediaType: 415,
	CodeValidation: 422, CodeRateLimited: 429, CodeServer: 500, CodeProvider: 502,
	CodeUnavailable: 503, CodeStorageFull: 507,
}

// Status returns the number of the code on the wire; an unknown code is a 500.
func (c Code) Status() int {
	if n, ok := statuses[c]; ok {
		return n
	}
	return 500
}

// Codes lists every code, sorted by name.
func Codes() []Code { return slices.Sorted(maps.Keys(statuses)) }

// Error is a failure that a caller may see. Message is a sentence that says what
// happened and, where it helps, what to do; it never holds internal text.
type Error struct {
	Code    Code
	Message string
	// Fields maps a field path (settings.topic) to all that is wrong with it.
	Fields map[string][]string
	// Details holds further facts: required, available, blockers, limit, provider.
	Details map[string]any
	// RetryAfter is how long the caller should wait; zero where that has no meaning.
	RetryAfter time.Duration

	cause error
}

// Error returns the message, and the cause for logs.
func (e *Error) Error() string {
	if e.cause != nil {
		return fmt.Sprintf("%s: %s: %v", e.Code, e.Message, e.cause)
	}
	return fmt.Sprintf("%s: %s", e.Code, e.Message)
}

// Unwrap returns the inner cause, which never leaves the server.
func (e *Error) Unwrap() error { return e.cause }

// Because returns a copy of e that remembers the inner cause for the log.
func (e *Error) Because(err error) *Error {
	c := *e
	c.cause = err
	return &c
}

// With returns a copy of e with one more detail.
func (e *Error) With(key string, value any) *Error {
	c := *e
	c.Details = maps.Clone(e.Details)
	if c.Details == nil {
		c.Details = map[string]any{}
	}
	c.Details[key] = value
	return &c
}

// Errorf makes an error of the given code.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// NotFound says that the named thing is not there, or belongs to another
// workspace: the two cannot be told apart.
func NotFound(noun string) *Error {
	return Errorf(CodeNotFound, "%s not found", noun)
}

// Refusal reports whether the error says no to what was asked, so that trying again
// gives the same; false for faults of the server, which may pass.
func (e *Error) Refusal() bool {
	switch e.Code {
	case CodeServer, CodeUnavailable, CodeStorageFull:
		return false
	}
	return true
}

// CodeOf returns the code of err; a foreign error is a SERVER_ERROR, nil is "".
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeServer
}

// AsError returns err as an *Error. A foreign error becomes a SERVER_ERROR with
// a message that gives nothing away and the error as its cause.
func AsError(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return Errorf(CodeServer, "Something went wrong on the server").Because(err)
}
