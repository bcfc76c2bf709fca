package domain

import (
	"cmp"
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

// CodeInfo is all that is known of a code: adding one is a constant and a row of codes.
type CodeInfo struct {
	Code Code
	// Status is the code's number on the wire. A number only: this package knows no HTTP.
	Status int
	// Title is the heading of an error page, Next what a person can do; both may be empty.
	Title, Next string
	// Advice is for a model that called a tool; empty where there is nothing to do.
	Advice string
	// Example is a message, with details where it has some, for documents.
	Example string
	Details map[string]any
}

// codes is every code, sorted by name.
var codes = []CodeInfo{
	{
		Code: CodeBadRequest, Status: 400, Title: "Bad request",
		Example: "The body is not valid JSON: it ends too early",
	},
	{
		Code: CodeConflict, Status: 409, Title: "Conflict: it changed or is not allowed",
		Advice:  "Read the present state first, then decide.",
		Example: "A completed execution cannot be cancelled",
	},
	{
		Code: CodeForbidden, Status: 403, Title: "Not allowed",
		Advice:  "This key cannot do it; ask the user for another key or leave it.",
		Example: `This key lacks the "content" scope`,
		Details: map[string]any{"scope": "content"},
	},
	{
		Code: CodeIdempotencyInProgress, Status: 409, Title: "Still working on it",
		Example: "The first request with this Idempotency-Key is still running",
	},
	{
		Code: CodeIdempotencyMismatch, Status: 422, Title: "The Idempotency-Key was used for another request",
		Example: "This Idempotency-Key was used with another body. Use a new key for another request.",
	},
	{
		Code: CodeInsufficientCredits, Status: 402, Title: "Not enough credits",
		Advice:  "Tell the user; get_credits shows the balance.",
		Example: "This needs 5 credits and 2 are available",
		Details: map[string]any{"required": 5, "available": 2},
	},
	{
		Code: CodeMethodNotAllowed, Status: 405, Title: "Method not allowed",
		Example: "This path does not support PUT; it supports GET, HEAD, OPTIONS",
	},
	{
		Code: CodeNotFound, Status: 404, Title: "Page not found",
		Next:    "It may have been deleted, or the address is mistyped.",
		Advice:  "Look the id up with the matching list tool.",
		Example: "Execution not found",
	},
	{
		Code: CodePayloadTooLarge, Status: 413, Title: "Too large",
		Example: "The body is larger than 1048576 bytes",
		Details: map[string]any{"limit": 1048576},
	},
	{
		Code: CodePlanLimit, Status: 403, Title: "Not in your plan",
		Example: `The plan "starter" allows 5 keys. Revoke one first.`,
		Details: map[string]any{"limit": 5},
	},
	{
		Code: CodePreconditionFailed, Status: 412, Title: "Conflict: it changed or is not allowed",
		Example: "The resource has changed since you read it. Fetch it again and retry.",
	},
	{
		Code: CodeProvider, Status: 502, Title: "The model provider failed",
		Advice:  "Try again later, or tell the user that the model provider failed.",
		Example: "The model provider failed",
		Details: map[string]any{"provider": "openai", "status": 500},
	},
	{
		Code: CodeRateLimited, Status: 429, Title: "Too many requests",
		Advice:  "Wait, then call again.",
		Example: "Too many requests per minute for this workspace's plan; try again in 12 seconds",
	},
	{
		Code: CodeServer, Status: 500, Title: "Something broke on the server",
		Next:    "Nothing was changed. The server’s log has the details.",
		Example: "Something went wrong on the server",
	},
	{
		Code: CodeStorageFull, Status: 507, Title: "Not available right now",
		Next:    "Free some disk space on the server, then try again. Reading still works.",
		Example: "The disk is full; reading still works",
	},
	{
		Code: CodeUnauthorized, Status: 401, Title: "Signed out",
		Example: "Send a valid API key as Authorization: Bearer <key>",
	},
	{
		Code: CodeUnavailable, Status: 503, Title: "Not available right now",
		Next:    "Nothing was lost. Try again in a few seconds.",
		Advice:  "Wait a few seconds, then call again.",
		Example: "The server is busy; try again in a second",
	},
	{
		Code: CodeUnsupportedMediaType, Status: 415, Title: "Unsupported media type",
		Example: "Send the body as Content-Type: application/json",
	},
	{
		Code: CodeValidation, Status: 422, Title: "That did not work",
		Advice:  "Correct these arguments and call again.",
		Example: "The prompt field is required",
		Details: map[string]any{"prompt": []string{"The prompt field is required"}},
	},
}

// CodeInfos lists what is known of every code, sorted by name.
func CodeInfos() []CodeInfo { return slices.Clone(codes) }

// Info returns what is known of the code; an unknown code is a SERVER_ERROR.
func (c Code) Info() CodeInfo {
	i, ok := slices.BinarySearchFunc(codes, c, func(e CodeInfo, c Code) int { return cmp.Compare(e.Code, c) })
	if !ok {
		return CodeServer.Info()
	}
	return codes[i]
}

// Status returns the number of the code on the wire; an unknown code is a 500.
func (c Code) Status() int { return c.Info().Status }

// Error is a failure that a caller may see. Message says what
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
// workspace: the caller cannot tell the two apart.
func NotFound(noun string) *Error {
	return Errorf(CodeNotFound, "%s not found", noun)
}

// Duplicate says that another thing already has the value of a field that must be unique.
func Duplicate(path, message string) *Error {
	return &Error{Code: CodeConflict, Message: message, Fields: map[string][]string{path: {message}}}
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
	return ServerError().Because(err)
}

// ServerError is the error of a fault of our own. Its message gives nothing away.
func ServerError() *Error { return Errorf(CodeServer, "Something went wrong on the server") }
