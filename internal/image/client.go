package image

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/domain"
)

// Options say how a provider is called.
type Options struct {
	Kind   Kind
	Config Config
	// Download fetches pictures. It must reach public addresses only: the provider chooses
	// the address ([vellocity/internal/outbound]).
	Download *http.Client
	// Longest is how long a submission may take, from sending it to the last byte; 10 min.
	Longest time.Duration
	// Wait pauses between two polls; nil: by the clock. It returns early with the error of
	// a context that is done.
	Wait func(context.Context, time.Duration) error
}

// The pauses between polls grow from the first to the longest.
const (
	firstPause   = 500 * time.Millisecond
	longestPause = 5 * time.Second
	// mostChecks bounds the memory for decoded pictures: see [MostPixels].
	mostChecks = 2
	// mostMisses is how many polls in a row, or downloads, may fail before the job that
	// asked is given the failure.
	mostMisses = 5
)

// Client gets pictures from one provider. It is safe for concurrent use. It submits once
// per call: a retry is its caller's decision, who has the record of each submission.
type Client struct {
	o       Options
	service Service
	slots   chan struct{}
	checks  chan struct{} // pictures that are decoded at the same time
}

// NewClient returns a client with the defaults filled in.
func NewClient(o Options) *Client {
	o.Config.BaseURL = firstOf(o.Config.BaseURL, o.Kind.BaseURL)
	o.Config.Model = firstOf(o.Config.Model, o.Kind.Model)
	if o.Longest <= 0 {
		o.Longest = 10 * time.Minute
	}
	if o.Wait == nil {
		o.Wait = pause
	}
	return &Client{
		o: o, service: o.Kind.Connect(o.Config),
		slots: make(chan struct{}, max(o.Kind.Parallel, 1)), checks: make(chan struct{}, mostChecks),
	}
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Outcome is what became of one picture that was asked for: exactly one of the first three
// is set.
type Outcome struct {
	Picture   *Picture // checked and marked
	Moderated *Moderation
	Failure   *Failure
	Seed      *int64
	Prompt    string // what the provider made of the description; empty: the same
}

// State names the outcome.
func (o Outcome) State() domain.ImageOutcome {
	switch {
	case o.Picture != nil:
		return domain.ImageOK
	case o.Moderated != nil:
		return domain.ImageModerated
	}
	return domain.ImageFailed
}

// Outcomes are those of one submission, one for each picture that was asked for.
type Outcomes struct {
	List      []Outcome
	Model     string
	RequestID string
	Usage     Usage
	Cost      domain.Cost // unknown unless the provider says it
}

// Generate submits a request and waits for its pictures. Where the provider works on it for
// longer, stored gets the ticket before the first poll, and an error of it ends the call. It
// should not depend on ctx, or a request to stop loses what was paid for.
//
// The error is a [*Failure], that of stored, or that of the context; whatever concerns single
// pictures, moderation included, is in the outcomes.
func (c *Client) Generate(ctx context.Context, r Request, stored func(Ticket) error) (Outcomes, error) {
	if r.Task == "" {
		r.Task = domain.ImageFromText
	}
	if err := c.check(r); err != nil {
		return Outcomes{}, err
	}
	r.Model = firstOf(r.Model, c.o.Config.Model)
	return c.inSlot(ctx, func(ctx context.Context) (Outcomes, error) {
		a, err := c.service.Submit(ctx, r)
		if err != nil {
			return Outcomes{}, err
		}
		t := Ticket{Count: r.Number(), Model: r.Model, Task: r.Task}
		if a.Ticket == nil {
			return c.finish(ctx, t, a)
		}
		t.ID, t.URL, t.MicroUSD, t.PriceVersion = a.Ticket.ID, a.Ticket.URL, a.Ticket.MicroUSD, a.Ticket.PriceVersion
		if stored != nil {
			if err := stored(t); err != nil {
				return Outcomes{}, fmt.Errorf("store the ticket of a submission: %w", err)
			}
		}
		return c.await(ctx, t)
	})
}

// Resume waits for the pictures of a submission that was made earlier, perhaps by another
// process. Nothing is submitted.
func (c *Client) Resume(ctx context.Context, t Ticket) (Outcomes, error) {
	if c.service.Poll == nil || t.URL == "" {
		return Outcomes{}, c.exchange().Failed(ai.KindRequest, AgainSubmit, ": it keeps no submissions")
	}
	return c.inSlot(ctx, func(ctx context.Context) (Outcomes, error) { return c.await(ctx, t) })
}

func (c *Client) exchange() Exchange {
	return Exchange{Provider: c.o.Kind.Label, HTTP: c.o.Download, Key: c.o.Config.Key}
}

func (c *Client) check(r Request) error {
	refuse := func(why string) error { return c.exchange().Failed(ai.KindRequest, AgainNever, ": "+why) }
	switch {
	case !c.o.Kind.Can(r.Task):
		return refuse("it has no " + string(r.Task))
	case r.Number() > max(c.o.Kind.AtOnce, 1):
		return refuse(fmt.Sprintf("it makes at most %d pictures at once", max(c.o.Kind.AtOnce, 1)))
	case r.Task != domain.ImageFromText && r.Source == nil:
		return refuse("there is no picture to begin with")
	}
	return nil
}

// inSlot runs f while one of the provider's places is taken. What runs out is the time for
// f, not the wait for a place.
func (c *Client) inSlot(ctx context.Context, f func(context.Context) (Outcomes, error)) (Outcomes, error) {
	select {
	case c.slots <- struct{}{}:
		defer func() { <-c.slots }()
	case <-ctx.Done():
		return Outcomes{}, ctx.Err()
	}
	limited, cancel := context.WithTimeout(ctx, c.o.Longest)
	defer cancel()
	out, err := f(limited)
	if err != nil && ended(ctx) {
		return out, ctx.Err()
	}
	return out, err
}

// await polls until there is a final answer.
func (c *Client) await(ctx context.Context, t Ticket) (Outcomes, error) {
	a, err := c.poll(ctx, t)
	if err != nil {
		return Outcomes{}, err
	}
	out, err := c.finish(ctx, t, a)
	if err != nil || !expired(out) {
		return out, err
	}
	// The provider signs addresses for minutes; it may sign the same picture again.
	if a, err = c.poll(ctx, t); err != nil {
		return Outcomes{}, err
	}
	return c.finish(ctx, t, a)
}

func expired(o Outcomes) bool {
	for _, one := range o.List {
		if one.Failure != nil && one.Failure.expired {
			return true
		}
	}
	return false
}

func (c *Client) poll(ctx context.Context, t Ticket) (Answer, error) {
	next, misses := firstPause, 0
	for {
		if err := c.o.Wait(ctx, next); err != nil {
			return Answer{}, c.exchange().Failed(ai.KindTimeout, AgainPoll, "")
		}
		next = min(next*3/2, longestPause)
		a, err := c.service.Poll(ctx, t)
		f := asFailure(err)
		switch {
		case err == nil && a.Ticket == nil:
			return a, nil
		case err == nil:
			misses = 0
		case ended(ctx):
			return Answer{}, c.exchange().Failed(ai.KindTimeout, AgainPoll, "")
		case f == nil || f.Again != AgainPoll:
			return Answer{}, err
		default:
			if misses++; misses >= mostMisses {
				return Answer{}, err
			}
			next = max(next, f.After)
		}
	}
}

// finish turns a final answer into an outcome for each picture that was asked for.
func (c *Client) finish(ctx context.Context, t Ticket, a Answer) (Outcomes, error) {
	out := Outcomes{Model: firstOf(a.Model, t.Model), RequestID: firstOf(a.RequestID, t.ID), Usage: a.Usage, Cost: a.Cost}
	if !out.Cost.Known {
		out.Cost = t.cost()
	}
	mark := Mark{Source: SourceOf(t.Task), System: out.Model}
	for i := range t.Count {
		switch {
		case a.Moderated != nil:
			out.List = append(out.List, Outcome{Moderated: a.Moderated})
		case i < len(a.Results):
			out.List = append(out.List, c.outcome(ctx, t, a.Results[i], a.ShrinkTo, mark))
		default:
			out.List = append(out.List, Outcome{Failure: c.exchange().Failed(ai.KindAnswer, AgainSubmit,
				fmt.Sprintf(": it sent %d of %d pictures", len(a.Results), t.Count))})
		}
	}
	return out, nil
}

func (c *Client) outcome(ctx context.Context, t Ticket, r Result, edge int, mark Mark) Outcome {
	o := Outcome{Seed: r.Seed, Prompt: clean(r.Prompt)}
	if o.Moderated = r.Moderated; o.Moderated != nil {
		return o
	}
	data := r.Data
	if len(data) == 0 && r.URL != "" {
		var f *Failure
		if data, f = c.fetch(ctx, r.URL); f != nil {
			if t.URL == "" && f.Again == AgainPoll {
				f.Again = AgainSubmit // there is nothing to poll
			}
			o.Failure = f
			return o
		}
	}
	p, err := c.prepare(data, edge, mark)
	if err != nil {
		o.Failure = c.exchange().Failed(ai.KindAnswer, AgainSubmit, ": "+err.Error())
		return o
	}
	o.Picture = &p
	return o
}

// prepare checks, scales down and marks a picture.
func (c *Client) prepare(data []byte, edge int, mark Mark) (Picture, error) {
	c.checks <- struct{}{}
	defer func() { <-c.checks }()
	p, err := Verify(data)
	if err == nil {
		p, err = p.Shrink(edge)
	}
	if err == nil {
		p, err = p.Marked(mark)
	}
	return p, err
}

// longestPrompt bounds what a provider says it made of the description, in characters.
const longestPrompt = 4000

func clean(prompt string) string {
	r := []rune(strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(prompt, "\x00", ""), "")))
	return string(r[:min(len(r), longestPrompt)])
}

// fetch downloads a picture. The key is not sent: the address is the provider's word.
func (c *Client) fetch(ctx context.Context, address string) ([]byte, *Failure) {
	x := c.exchange()
	if !c.o.Kind.Allowed(address, c.o.Config) {
		return nil, x.Failed(ai.KindAnswer, AgainNever, ": the picture is not on one of its own hosts")
	}
	next := firstPause
	for misses := 1; ; misses++ {
		data, f := x.picture(ctx, address)
		if f == nil || f.Again != AgainPoll || f.expired || misses >= mostMisses {
			return data, f
		}
		if c.o.Wait(ctx, next) != nil {
			return nil, x.Failed(ai.KindTimeout, AgainPoll, "")
		}
		next = min(next*3/2, longestPause)
	}
}

// picture makes one try to download.
func (x Exchange) picture(ctx context.Context, address string) ([]byte, *Failure) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return nil, x.Failed(ai.KindAnswer, AgainNever, ": the address of the picture is not a URL")
	}
	r.Header.Set("User-Agent", "Vellocity")
	res, err := x.HTTP.Do(r)
	if err != nil {
		f := x.Failed(ai.KindTransient, AgainPoll, ": the picture could not be downloaded")
		f.cause = x.unreachable(ctx, err)
		return nil, f
	}
	defer res.Body.Close()
	switch kind, _ := judge(res.StatusCode); {
	case res.StatusCode == http.StatusOK:
	case res.StatusCode == http.StatusForbidden, res.StatusCode == http.StatusNotFound,
		res.StatusCode == http.StatusGone:
		f := x.Failed(ai.KindAnswer, AgainSubmit, ": the address of the picture has expired")
		f.Status, f.expired = res.StatusCode, true
		return nil, f
	case kind == ai.KindTransient, kind == ai.KindRate:
		f := x.Failed(ai.KindTransient, AgainPoll,
			fmt.Sprintf(" (HTTP %d): the picture could not be downloaded", res.StatusCode))
		f.Status = res.StatusCode
		return nil, f
	default:
		return nil, x.Failed(ai.KindAnswer, AgainNever, fmt.Sprintf(" (HTTP %d) in place of the picture", res.StatusCode))
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, MostBytes+1))
	if err != nil && len(data) <= MostBytes {
		f := x.Failed(ai.KindTransient, AgainPoll, ": the download of the picture broke off")
		f.cause = errors.Unwrap(err)
		return nil, f
	}
	return data, nil
}
