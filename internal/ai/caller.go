package ai

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/schema"
)

// Options says how a provider is called. Zero values mean the defaults.
type Options struct {
	Provider Provider
	// Label is what messages call the provider; empty: its name.
	Label string
	// Advice says what to do about answers that do not match their schema; empty: choose
	// another model.
	Advice string
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
	First    time.Duration // silence before the first text; 60 s, or 300 s where Local
	Idle     time.Duration // silence after it; 45 s
	// Quiet is how long a provider that shows signs of life, such as comments, may send
	// neither text nor thoughts; 5 min.
	Quiet time.Duration
	Total time.Duration // the whole call, waits and retries included; 10 min
}

// The bounds of a wait between attempts.
const (
	backoffBase = 500 * time.Millisecond
	backoffCap  = 8 * time.Second
	// longWait is the longest Retry-After that Caller waits out. A longer one is
	// returned as an error of KindRate, so that the wait does not occupy a worker.
	longWait = 60 * time.Second
	maxDrops = 6  // refused parameters and limits per call
	maxForms = 64 // compiled schemas that are kept
)

// rateWaits are the waits after a rate limit that came without one: its window is
// often a minute.
var rateWaits = []time.Duration{2 * time.Second, 8 * time.Second, 20 * time.Second}

// Caller adds retries, timeouts, a record of each attempt and its price to a
// provider. It is safe for concurrent use.
type Caller struct {
	o       Options
	slots   chan struct{} // nil: no limit
	breaker breaker

	mu     sync.Mutex
	models map[string]*lessons       // what was learned, by model
	forms  map[string]*schema.Schema // compiled, by their text
}

// lessons are what a model has taught by its answers.
type lessons struct {
	refused   []string // parameters
	maxTokens int      // the highest limit of an answer that it takes; 0: unknown
	opened    bool     // its thoughts begin without a mark
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
	def(&o.Quiet, 5*time.Minute)
	def(&o.Total, 10*time.Minute)
	if o.Trip == 0 {
		o.Trip = 20
	}
	c := &Caller{o: o, breaker: breaker{limit: o.Trip}, models: map[string]*lessons{}, forms: map[string]*schema.Schema{}}
	if o.Parallel > 0 {
		c.slots = make(chan struct{}, o.Parallel)
	}
	return c
}

// Name returns the provider's name.
func (c *Caller) Name() string { return c.o.Provider.Name() }

// called is what messages call the provider.
func (c *Caller) called() string { return cmp.Or(c.o.Label, c.Name()) }

// Watch has the callbacks of a call. Every field may be nil. The functions are
// called from one goroutine, and an error from any of them ends the call with that
// error.
type Watch struct {
	// Text gets each piece of text, in order.
	Text func(piece string) error
	// Restart discards the text so far: it comes again from the start. Where that is
	// impossible, since somebody has read it, it returns [ErrSeen].
	Restart func() error
	// Started and Ended are called before and after each attempt. Started has the
	// provider, model, number and start time; Ended has the rest too. The callback
	// fills in ExecutionID, Step and PromptHash. Ended is called even when the context
	// is done.
	Started func(domain.Attempt) error
	Ended   func(domain.Attempt) error
}

// ErrSeen is what Watch.Restart returns where the text so far cannot be taken back.
// The call then ends with the failure that made a restart necessary.
var ErrSeen = errors.New("the text so far has been read")

// Call generates a text. It retries after transient failures and rate limits, omits
// optional parameters that the model rejects, and, where the request has a schema,
// returns the bare JSON value that matches it, after one corrective retry if needed.
//
// The error is an *Error, or the context's when that is done, or what Watch
// returned. The response beside an error holds what had arrived until then. A
// refusal by the model is an error of KindPolicy. A text that was cut at the token
// limit is asked for once more with a higher one; where it is cut again, it is no error
// and has StopLength.
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
			c.called(),
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
	again, fault := k.judge(req, &resp, form)
	if again == nil || !k.mayAsk(again, req) {
		return resp, asError(fault)
	}
	if err := k.restart(); err != nil {
		return resp, unlessSeen(err, asError(fault))
	}
	first := resp
	if resp, err = k.write(ctx, again); err != nil {
		if fault == nil && ctx.Err() == nil {
			return k.goBack(first, err)
		}
		return resp, err
	}
	if _, fault = k.judge(again, &resp, form); fault != nil && form == nil && strings.TrimSpace(first.Text) != "" {
		return k.goBack(first, fault)
	}
	return resp, asError(fault)
}

// judge is [judgeAnswer] for this provider.
func (k *call) judge(req *Request, resp *Response, form *schema.Schema) (again *Request, fault *Error) {
	again, fault = judgeAnswer(k.called(), req, resp, form)
	if fault != nil {
		fault.Provider = k.Name()
		if k.o.Advice != "" {
			fault.Message = strings.Replace(fault.Message, otherModel, k.o.Advice, 1)
		}
	}
	return again, fault
}

// mayAsk reports whether a second request differs from the first: a higher limit may
// be more than the model takes.
func (k *call) mayAsk(again, req *Request) bool {
	if again.MaxTokens == req.MaxTokens {
		return true // it has another prompt
	}
	sent := *req
	k.fit(&sent)
	k.fit(again)
	return again.MaxTokens > sent.MaxTokens
}

// goBack returns a text that was cut, where the attempt to get a longer one failed.
func (k *call) goBack(first Response, failure error) (Response, error) {
	if _, ok := AsError(failure); !ok {
		return first, failure
	}
	if err := k.restart(); err != nil {
		return first, unlessSeen(err, failure)
	}
	k.shown = true
	if k.watch.Text != nil {
		if err := k.watch.Text(first.Text); err != nil {
			return first, err
		}
	}
	return first, nil
}

// unlessSeen returns what a call ends with where a restart failed: the reason for the
// restart, if the text had only been read already.
func unlessSeen(err, reason error) error {
	if errors.Is(err, ErrSeen) {
		return reason
	}
	return err
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
	k.fit(&req)
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
			k.learn(req.Model, func(l *lessons) { l.refused = append(l.refused, e.Param) })
			req.Omit = append(slices.Clone(req.Omit), e.Param)
		case e.MaxTokens > 0 && drops < maxDrops:
			drops++
			k.learn(req.Model, func(l *lessons) { l.maxTokens = e.MaxTokens })
			req.MaxTokens = e.MaxTokens
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
			k.fit(&req)
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
// for; after a rate limit as long as its window may be; else a random part of a time
// that doubles (full jitter).
func delay(n int, e *Error) time.Duration {
	if e.RetryAfter > 0 {
		return e.RetryAfter
	}
	if e.Kind == KindRate {
		wait := rateWaits[min(n, len(rateWaits))-1]
		return wait + rand.N(wait/4) //nolint:gosec // jitter, not a secret
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
		return unlessSeen(err, failure)
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

// fit makes a request one that the model takes, as far as it has taught.
func (c *Caller) fit(req *Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.models[req.Model]
	if l == nil {
		return
	}
	for _, name := range l.refused {
		if !slices.Contains(req.Omit, name) {
			req.Omit = append(slices.Clone(req.Omit), name)
		}
	}
	if l.maxTokens > 0 && (req.MaxTokens == 0 || req.MaxTokens > l.maxTokens) {
		req.MaxTokens = l.maxTokens
	}
	req.Opened = l.opened
}

// learn notes something about a model.
func (c *Caller) learn(model string, note func(*lessons)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.models[model] == nil {
		c.models[model] = &lessons{}
	}
	note(c.models[model])
}
