package ops

import (
	"context"
	"iter"

	"vellocity/internal/domain"
	"vellocity/internal/sse"
)

// Reply is what a view says about a response beside its data.
type Reply struct {
	Meta any
	// Links are addresses beside the data, of the type that [Docs] has; nil where there are none.
	Links any
	// Total is the full count of a paged list.
	Total int
	// Revision is that of a single resource, for its ETag and If-Match.
	Revision string
	Location string
	Headers  map[string]string
	// Began is the id of what goes on after the response; see [domain.StoredAnswer].
	Began int64
}

// Answer is the result of a call as callers see it.
type Answer struct {
	Reply
	// Data is encoded as JSON. It is an empty object where there is nothing to say.
	Data any
	// Empty means a response without a body.
	Empty bool
	// File is set where the response is a file.
	File *File
}

// File is a response that is a file.
type File struct {
	Name      string `json:"name" doc:"File name"`
	MediaType string `json:"media_type" doc:"Media type"`
	Text      string `json:"text" doc:"The file's text"`
	// Data is set in place of Text where the file is no text. Tag is then its strong ETag
	// without quotes, and never changes: the file may be kept for ever, and read in parts.
	Data []byte `json:"-"`
	Tag  string `json:"-"`
}

// Call is one decoded call, ready to be made.
type Call struct {
	op *Op
	// do calls the verb.
	do func(context.Context) (Result, error)
	// claim adds the call's claim to the context, typed by the verb's result.
	claim func(context.Context, domain.Claim) context.Context
}

// Result is what a verb returned, before it is shown.
type Result struct {
	// Answer shows the result. A row that streams waits for the whole of it first.
	Answer func(context.Context) (Answer, error)
	// Redacted is Answer without secrets that are shown only once, for callers that are
	// models; nil: there are none.
	Redacted func(context.Context) (Answer, error)
	// Events begins the stream; nil for rows that do not stream.
	Events func(context.Context) (Stream, error)
	// Replayed means that an Idempotency-Key found what an earlier call began.
	Replayed bool
}

// Stream is a response that comes as events.
type Stream struct {
	Headers map[string]string
	Events  iter.Seq2[sse.Event, error]
}

// Do calls the verb. The error may be a [domain.Replayed].
func (c *Call) Do(ctx context.Context) (Result, error) { return c.do(ctx) }

// WithClaim returns a context that carries the claim of an Idempotency-Key.
func (c *Call) WithClaim(ctx context.Context, k domain.Claim) context.Context { return c.claim(ctx, k) }
