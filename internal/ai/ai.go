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

	"vellocity/internal/domain"
)

// Provider writes text. Implementations are safe for use by several goroutines.
type Provider interface {
	// Name is what the provider is configured as: "openai", "anthropic", "ollama".
	Name() string
	// Generate makes one attempt, with no retry of its own. It passes the text to the
	// sink as it arrives, in order, from one goroutine. The text holds no control
	// characters, no thoughts of the model and no code fence around the whole. The
	// response holds the whole text. A failure is an *Error (see error.go) that says
	// what may be done about it; the response beside it holds what had come until then.
	// When ctx is cancelled the call to the provider is closed at once.
	Generate(ctx context.Context, req Request, to Sink) (Response, error)
}

// Sink takes a response as it arrives. Every field may be nil. An error from one of
// the functions ends the attempt with that error.
type Sink struct {
	// Text takes the next piece. An empty piece is no text: the model thinks.
	Text func(piece string) error
	// Retract says that all pieces so far were the model's thoughts, which began
	// without a mark.
	Retract func() error
	// Alive is called whenever the provider has sent anything, be it a comment.
	Alive func()
}

// Add passes a piece on.
func (s Sink) Add(piece string) error {
	if s.Text == nil {
		return nil
	}
	return s.Text(piece)
}

// Withdraw passes on that what was added is no text.
func (s Sink) Withdraw() error {
	if s.Retract == nil {
		return nil
	}
	return s.Retract()
}

// Beat passes on that the provider has sent something.
func (s Sink) Beat() {
	if s.Alive != nil {
		s.Alive()
	}
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
	// Opened says that the model is known to send its thoughts without a mark in
	// front of them. Its text is held back until they are over. Caller fills it in.
	Opened bool
	// Task says what the text is for. Providers of models leave it out; an external agent
	// gets it beside the messages. Nil: the text belongs to no execution.
	Task *Task
}

// Task is the step that a text is written for.
type Task struct {
	ExecutionID int64
	Step        string // its key
	Capability  string // slug
	Settings    json.RawMessage
	Voice       *domain.BrandVoice // nil: none
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
	// Lead comes before Text. It is the same in other calls, so that providers can cache
	// everything up to its end. It may be empty.
	Lead string
	Text string
}

// Whole returns the message as one text.
func (m Message) Whole() string {
	if m.Lead == "" {
		return m.Text
	}
	return m.Lead + "\n\n" + m.Text
}

// User returns the messages of a request that has one turn: a prompt.
func User(prompt string) []Message { return []Message{{Role: RoleUser, Text: prompt}} }

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
	return r.Messages[len(r.Messages)-1].Whole()
}

// Response is what a provider wrote.
type Response struct {
	Text      string
	Model     string // as the provider names it
	RequestID string
	Usage     Usage
	Stop      StopReason
	// Finish is the provider's word for why the text ended, where this program does
	// not know it; Stop is then StopEnd.
	Finish string
	Status int // HTTP status; 0 where there was no answer
	// Received is how many bytes of text and thoughts arrived. The thoughts are paid
	// for too.
	Received int
	// Cost is what the provider says that the text cost; unless it is Known, the price
	// table says.
	Cost domain.Cost
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
