package ops

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"reflect"

	"vellocity/internal/domain"
	"vellocity/internal/sse"
)

// newRow checks the row and reads its input type.
func newRow[I any](o Op) Op {
	if o.Status == 0 {
		o.Status = http.StatusOK
	}
	if o.Scope == "" {
		panic("ops: " + o.Name + " has no scope, which would open it to everyone")
	}
	o.in = inputOf(reflect.TypeFor[I](), o.Method)
	return o
}

// bound gives the row its decoder: read fills an input, call makes the call of it.
func bound[I any](o *Op, call func(in I) *Call) {
	o.bind = func(read func(reflect.Value) error) (*Call, error) {
		in := new(I)
		v := reflect.ValueOf(in)
		o.in.setDefaults(v)
		if err := read(v); err != nil {
			return nil, err
		}
		return call(*in), nil
	}
}

// New returns a row that responds with JSON. The verb turns an input into a result,
// the view turns the result into the data that callers see. The view must be pure:
// the answer of a claimed call is made inside the verb's transaction. The sample is a
// result to make examples from.
func New[I, R, O any](row Op, verb func(context.Context, I) (R, error), view func(*Reply, R) O, sample R) Op {
	return NewRedacted(row, verb, view, func(r R) R { return r }, sample)
}

// NewRedacted is [New] for a result with secrets that are shown only once: redact
// removes them from an answer that is stored for a replay.
func NewRedacted[I, R, O any](row Op, verb func(context.Context, I) (R, error), view func(*Reply, R) O,
	redact func(R) R, sample R,
) Op {
	show := func(in I, r R) Answer {
		a := Answer{}
		a.Data = view(&a.Reply, r)
		a.Meta = pageMeta(in, a.Reply)
		return a
	}
	return plain(row, reflect.TypeFor[O](), verb, show, redact, &sample)
}

// NewEmpty returns a row that responds without a body.
func NewEmpty[I any](row Op, verb func(context.Context, I) error) Op {
	row.Status = http.StatusNoContent
	do := func(ctx context.Context, in I) (struct{}, error) { return struct{}{}, verb(ctx, in) }
	show := func(I, struct{}) Answer { return Answer{Data: struct{}{}, Empty: true} }
	return plain(row, nil, do, show, func(r struct{}) struct{} { return r }, nil)
}

// NewFile returns a row that responds with a file.
func NewFile[I, R any](row Op, verb func(context.Context, I) (R, error), view func(R) File, sample R) Op {
	show := func(_ I, r R) Answer {
		f := view(r)
		return Answer{Data: f, File: &f}
	}
	return plain(row, reflect.TypeFor[File](), verb, show, func(r R) R { return r }, &sample)
}

// plain makes a row that does not stream.
func plain[I, R any](row Op, out reflect.Type, verb func(context.Context, I) (R, error), show func(I, R) Answer,
	redact func(R) R, sample *R,
) Op {
	o := newRow[I](row)
	o.out = out
	if sample != nil {
		o.sample = func() (Answer, error) { return show(defaults[I](o.in), *sample), nil }
	}
	bound(&o, func(in I) *Call {
		c := &Call{op: &o}
		c.do = func(ctx context.Context) (Result, error) {
			r, err := verb(ctx, in)
			var before *domain.Replayed
			waited := errors.As(err, &before) && before.Waited
			if waited {
				err = nil
			}
			answer := func(context.Context) (Answer, error) { return show(in, r), nil }
			redacted := func(context.Context) (Answer, error) { return show(in, redact(r)), nil }
			return Result{Answer: answer, Redacted: redacted, Replayed: waited}, err
		}
		c.claim = func(ctx context.Context, k domain.Claim) context.Context {
			return domain.WithClaim(ctx, domain.ClaimOf[R]{Claim: k, Render: func(r R) (domain.StoredAnswer, error) {
				return o.stored(show(in, redact(r)))
			}})
		}
		return c
	})
	return o
}

// Streaming is the typed part of a row that streams: from an input I it begins
// something named by R, whose events can be read, and which is a W once it is whole.
type Streaming[I, R, W, O any] struct {
	// Begin does what can still be refused with a status of its own.
	Begin func(context.Context, I) (R, error)
	// Events returns the events. A failure between them is sent as an event.
	Events func(context.Context, I, R) (iter.Seq2[sse.Event, error], error)
	// Headers are further headers of the stream. Nil: none.
	Headers func(R) map[string]string
	// Whole waits for the end and View shows it, for callers that want JSON. Nil: the
	// row only streams.
	Whole func(context.Context, R) (W, error)
	View  func(*Reply, W) O
	// Sample is a whole result to make examples from.
	Sample W
	// Store and Restore turn what was begun into the answer that is stored under an
	// Idempotency-Key, and back. Nil: the row takes no key.
	Store   func(R) domain.StoredAnswer
	Restore func(domain.StoredAnswer) R
}

// NewStream returns a row that responds with Server-Sent Events.
func NewStream[I, R, W, O any](row Op, docs StreamDocs, s Streaming[I, R, W, O]) Op {
	o := newRow[I](row)
	o.Stream = &docs
	o.whole = s.Whole != nil
	if o.whole {
		o.out = reflect.TypeFor[O]()
		o.sample = func() (Answer, error) { return s.show(s.Sample), nil }
	}
	bound(&o, func(in I) *Call {
		return &Call{op: &o, do: s.do(in), claim: s.claim}
	})
	return o
}

func (s Streaming[I, R, W, O]) do(in I) func(context.Context) (Result, error) {
	return func(ctx context.Context) (Result, error) {
		r, err := s.Begin(ctx, in)
		var before *domain.Replayed
		replayed := errors.As(err, &before) && s.Restore != nil
		if replayed {
			r, err = s.Restore(before.Answer), nil
		}
		result := Result{
			Replayed: replayed,
			Events:   func(ctx context.Context) (Stream, error) { return s.events(ctx, in, r) },
		}
		if s.Whole != nil {
			result.Answer = func(ctx context.Context) (Answer, error) {
				w, err := s.Whole(ctx, r)
				if err != nil {
					return Answer{}, err
				}
				a := s.show(w)
				if s.Headers != nil {
					a.Headers = s.Headers(r)
				}
				return a, nil
			}
		}
		return result, err
	}
}

func (s Streaming[I, R, W, O]) show(w W) Answer {
	a := Answer{}
	a.Data = s.View(&a.Reply, w)
	return a
}

func (s Streaming[I, R, W, O]) events(ctx context.Context, in I, r R) (Stream, error) {
	events, err := s.Events(ctx, in, r)
	out := Stream{Events: events}
	if s.Headers != nil {
		out.Headers = s.Headers(r)
	}
	return out, err
}

func (s Streaming[I, R, W, O]) claim(ctx context.Context, k domain.Claim) context.Context {
	return domain.WithClaim(ctx, domain.ClaimOf[R]{Claim: k, Render: func(r R) (domain.StoredAnswer, error) {
		return s.Store(r), nil
	}})
}

// NewHandler returns a row that is served by an HTTP handler of its own: outside the
// envelope, without a tool or a command unless the row says otherwise. O is the type
// of its JSON, and sample an example of it; nil where it is no JSON.
func NewHandler[O any](row Op, h http.HandlerFunc, sample *O) Op {
	if row.Status == 0 {
		row.Status = http.StatusOK
	}
	row.handler = h
	if sample != nil {
		row.out = reflect.TypeFor[O]()
		row.sample = func() (Answer, error) { return Answer{Data: *sample}, nil }
	}
	return row
}

// TakesQuery returns a row of [NewHandler] whose handler reads the query itself. I describes
// its parameters, which are checked before.
func TakesQuery[I any](o Op) Op {
	o.query = inputOf(reflect.TypeFor[I](), o.Method)
	return o
}
