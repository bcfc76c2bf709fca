// Package ai calls text models.
//
// A [Provider] turns one [Request] into one [Response] and emits the text as it
// comes. There is a folder per provider (openai, anthropic), each a codec over
// package wire; [Caller] adds retries, timeouts, the record of each attempt and its
// price to any of them, and [Providers] holds those that are connected. aitest is
// the suite that every provider passes. Composing without a model is no business of
// this package: see package compose.
package ai

import (
	"context"
	"encoding/json"
	"slices"
)

// Provider writes text. Implementations are safe for use by several goroutines.
type Provider interface {
	// Name is what the provider is configured as: "openai", "anthropic", "ollama".
	Name() string
	// Generate makes one attempt, with no retry of its own. It calls emit for each
	// piece of text as it arrives, in order, from one goroutine; an error from emit
	// ends the attempt with that error. An empty piece is a sign of life (the model
	// thinks) and no text. The response holds the whole text. A
	// failure is an *Error (see error.go) that says what may be done about it; the
	// response beside it holds what had come until then.
	// When ctx is cancelled the call to the provider is closed at once.
	Generate(ctx context.Context, req Request, emit func(text string) error) (Response, error)
}

// Request is one text to be written.
type Request struct {
	Model  string
	System string // stable from step to step within an execution, so that providers can cache it
	// Messages are the turns so far, the last one the user's.
	Messages []Message
	// Schema, where set, is a JSON Schema (2020-12) that the answer must meet. The
	// answer is then one JSON value with nothing around it.
	Schema     json.RawMessage
	SchemaName string
	MaxTokens  int // upper bound of the answer; 0 lets the provider choose
	// Creativity (0 to 1) becomes the temperature, only where the caller set it
	// and the model takes one.
	Creativity *float64
	// Omit names parameters that the model has refused, as the provider calls them
	// on the wire ("temperature"). They are left out, or said in another way.
	// Caller fills it in.
	Omit []string
}

// Role says whose turn a message was.
type Role string

// The roles.
const (
	RoleUser      Role = "user"
	RoleAssistant Role = "assistant" // the model
)

// Message is one turn of a conversation with a model.
type Message struct {
	Role Role
	Text string
}

// User returns the messages of a request that has one turn: a prompt.
func User(prompt string) []Message { return []Message{{RoleUser, prompt}} }

// Append returns the request with text added to its last message. The messages of
// r itself stay as they are.
func (r Request) Append(text string) Request {
	r.Messages = slices.Clone(r.Messages)
	r.Messages[len(r.Messages)-1].Text += text
	return r
}

// Prompt returns the text of the last message: what is asked for now.
func (r Request) Prompt() string {
	if len(r.Messages) == 0 {
		return ""
	}
	return r.Messages[len(r.Messages)-1].Text
}

// Response is what a provider wrote.
type Response struct {
	Text      string
	Model     string // as the provider names it
	RequestID string
	Usage     Usage
	Stop      StopReason
	Status    int // HTTP status; 0 where there was no answer
}

// Usage counts tokens as the provider reports them, reasoning included in the
// output and cached prompt tokens included in the input.
type Usage struct {
	InputTokens  int64
	OutputTokens int64
	CachedTokens int64
	// CacheWriteTokens are input tokens that were written to the provider's cache,
	// which some charge extra for.
	CacheWriteTokens int64
	Estimated        bool // counted by us from the text, since the provider gave none
}

// StopReason says why the text ended.
type StopReason string

// The reasons, the same for all providers.
const (
	StopEnd     StopReason = "end"
	StopLength  StopReason = "length"  // cut at the token limit
	StopRefusal StopReason = "refusal" // the model or its filter refused
)
