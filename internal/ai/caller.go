package ai

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/schema"
)

// Options says how a provider is called. Zero values mean the defaults.
type Options struct {
	Provider Provider
	// Model is recorded in attempts where a request names none.
	Model string
	// Prices gives the cost of each attempt; nil leaves every cost unknown.
	Prices *PriceTable
	// Local allows for a model server on slow hardware: 300 s until the first text.
	Local bool
	// Parallel is how many attempts may run at once; 0 sets no limit.
	Parallel int
	// Trip is the number of failures in a row after which calls are paused for a
	// while: they then fail at once with KindRate and a RetryAfter. 20; negative:
	// never.
	Trip     int
	Attempts int           // per answer, the first included; 3
	First    time.Duration // silence before the first piece; 60 s, or 300 s where Local
	Idle     time.Duration // silence between pieces; 45 s
	Total    time.Duration // the whole call, waits and retries included; 10 min
}

// The bounds of a wait between attempts.
const (
	backoffBase = 500 * time.Millisecond
	backoffCap  = 8 * time.Second
	// longWait is the longest Retry-After that Caller waits out. A longer one is
	// returned as an error of KindRate, so that the wait does not occupy a worker.
	longWait = 60 * time.Second
	maxDrops = 6  // refused parameters per call
	maxForms = 64 // compiled schemas that are kept
)

// Caller adds retries, timeouts, a record of each attempt and its price to a
// provider. It is safe for concurrent use.
type Caller struct {
	o       Options
	slots   chan struct{} // nil: no limit
	breaker breaker

	mu      sync.Mutex
	refused map[string][]string       // parameters that a model has refused, by model
	forms   map[string]*schema.Schema // compiled, by their text
}

// NewCaller returns a Caller with the defaults filled in.
func NewCaller(o Options) *Caller {
	def := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	if o.Attempts <= 0 {
		o.Attempts = 3
	}
	if o.Local {
		def(&o.First, 300*time.Second)
	}
	def(&o.First, 60*time.Second)
	def(&o.Idle, 45*time.Second)
	def(&o.Total, 10*time.Minute)
	if o.Trip == 0 {
		o.Trip = 20
	}
	c := &Caller{o: o, breaker: breaker{limit: o.Trip}, refused: map[string][]string{}, forms: map[string]*schema.Schema{}}
	if o.Parallel > 0 {
		c.slots = make(chan struct{}, o.Parallel)
	}
	return c
}

// Name returns the provider's name.
func (c *Caller) Name() string { return c.o.Provider.Name() }

// Watch has the callbacks of a call. Every field may be nil. The functions are
// called from one goroutine, and an error from any of them ends the call with that
// error.
type Watch struct {
	// Text gets each piece of text, in order.
	Text func(piece string) error
	// Restart discards the text so far: it comes again from the start.
	Restart func() error
	// Started and Ended are called before and after each attempt. Started has the
	// provider, model, number and start time; Ended has the rest too. The callback
	// fills in ExecutionID, Step and PromptHash. Ended is called even when the context
	// is done.
	Started func(domain.Attempt) error
	Ended   func(domain.Attempt) error
}

// Call generates a text. It retries after transient failures and rate limits, omits
// optional parameters that the model rejects, and, where the request has a schema,
// returns the bare JSON value that matches it, after one corrective retry if needed.
//
// The error is an *Error, or the context's when that is done, or what Watch
// returned. The response beside an error holds what had arrived until then. A
// refusal by the model is an error of KindPolicy; a text that was cut at the token
// limit is not an error and has StopLength.
func (c *Caller) Call(ctx context.Context, req Request, w Watch) (Response, error) {
	form, err := c.form(req.Schema)
	if err != nil {
		return Response{}, &Error{
			Provider: c.Name(),
			Kind:     KindRequest,
			Message:  "The response schema is not valid JSON Schema.",
		}
	}
	if req.Model == "" {
		req.Model = c.o.Model
	}
	total := &Error{Provider: c.Name(), Kind: KindTimeout,
		Message: fmt.Sprintf(
			"%s took longer than the %s allowed. Try again, ask for less text, or choose a faster model.",
			c.Name(),
			c.o.Total,
		)}
	limited, cancel := context.WithTimeoutCause(ctx, c.o.Total, total)
	defer cancel()
	k := &call{Caller: c, watch: w, total: total}
	resp, err := k.answer(limited, &req, form)
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		return resp, total
	}
	return resp, err
}

// call is the state of one Call.
type call struct {
	*Caller
	watch Watch
	total *Error
	n     int  // attempts so far
	shown bool // text has been passed on since the last restart
}

// answer generates, and asks once more where the response cannot be used.
func (k *call) answer(ctx context.Context, req *Request, form *schema.Schema) (Response, error) {
	resp, err := k.write(ctx, req)
	if err != nil {
		return resp, err
	}
	again, fault := judgeAnswer(k.Name(), req, &resp, form)
	if fault == nil || again == nil {
		return resp, asError(fault)
	}
	if err := k.restart(); err != nil {
		return resp, err
	}
	if resp, err = k.write(ctx, again); err != nil {
		return resp, err
	}
	_, fault = judgeAnswer(k.Name(), again, &resp, form)
	return resp, asError(fault)
}

// asError keeps a nil *Error from becoming an error that is not nil.
func asError(e *Error) error {
	if e == nil {
		return nil
	}
	return e
}

// write is the retry loop: it returns the first answer, or the last failure.
func (k *call) write(ctx context.Context, asked *Request) (Response, error) {
	req := *asked
	req.Omit = append(slices.Clone(req.Omit), k.known(req.Model)...)
	for failures, drops := 0, 0; ; {
		before := k.n
		resp, err := k.guarded(ctx, &req)
		e, ok := AsError(err)
		if !ok || ctx.Err() != nil || k.n == before {
			return resp, err
		}
		var wait time.Duration
		switch {
		case e.Param != "" && drops < maxDrops && !slices.Contains(req.Omit, e.Param):
			drops++
			k.learn(req.Model, e.Param)
			req.Omit = append(slices.Clone(req.Omit), e.Param)
		case !e.Retryable():
			return resp, err
		default:
			failures++
			if wait = delay(failures, e); wait > longWait {
				return resp, farOff(e)
			}
			if failures >= k.o.Attempts {
				return resp, err
			}
		}
		if err := k.rest(ctx, wait, err); err != nil {
			return resp, err
		}
	}
}

// farOff is a failure whose RetryAfter is too long to wait out.
func farOff(e *Error) *Error {
	far := *e
	far.Kind = KindRate
	return &far
}

// delay is how long to wait after the nth failure: as long as the provider asked
// for, else a random part of a time that doubles (full jitter).
func delay(n int, e *Error) time.Duration {
	if e.RetryAfter > 0 {
		return e.RetryAfter
	}
	ceiling := min(backoffBase<<(n-1), backoffCap)
	return rand.N(ceiling) //nolint:gosec // jitter, not a secret
}

// rest waits before the next attempt and discards what the last one has shown. Where
// the deadline comes first, it returns the failure without waiting.
func (k *call) rest(ctx context.Context, wait time.Duration, failure error) error {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= wait {
		return failure
	}
	if err := k.restart(); err != nil {
		return err
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (k *call) restart() error {
	if !k.shown || k.watch.Restart == nil {
		return nil
	}
	k.shown = false
	return k.watch.Restart()
}

// form returns the compiled schema of an answer; nil where the answer is prose.
// Concurrent calls share it: a compiled schema takes more than 20 kB.
func (c *Caller) form(raw json.RawMessage) (*schema.Schema, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if f := c.forms[string(raw)]; f != nil {
		return f, nil
	}
	f, err := schema.Compile(raw)
	if err != nil {
		return nil, err
	}
	if len(c.forms) >= maxForms {
		clear(c.forms)
	}
	c.forms[string(raw)] = f
	return f, nil
}

// known returns the parameters that the model has refused before.
func (c *Caller) known(model string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.refused[model])
}

func (c *Caller) learn(model, param string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Contains(c.refused[model], param) {
		c.refused[model] = append(c.refused[model], param)
	}
}
