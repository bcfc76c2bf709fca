package wire

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"

	"vellocity/internal/ai"
	"vellocity/internal/ai/tidy"
	"vellocity/internal/domain"
)

// Config describes one endpoint of a provider.
type Config struct {
	Name    string // what the provider is called in records; "" means the codec's kind
	BaseURL string // without the codec's path; "" means the codec's own
	Key     string // "" sends none, as local servers want it
	Model   string // for requests that name none
	// Client makes the calls; nil means [NewClient]. A client for addresses that a
	// workspace has typed in must refuse private networks.
	Client *http.Client
	// Native says that the endpoint is the provider's own service although its host
	// is another, as with a gateway in front of it. It matters to codecs of a
	// protocol that many servers speak.
	Native bool
}

// Codec translates between an [ai.Request] and the protocol of one provider, which
// answers a POST of JSON with a stream of events that decode into E.
type Codec[E any] struct {
	Kind    string // the name of a provider that is given none: "openai"
	BaseURL string // the provider's own endpoint
	Path    string // of the calls, after the base URL and a slash
	// Header returns the headers of each call, the key among them.
	Header func(key string) map[string]string
	// Sign returns the headers of a call that depend on its body; nil: there are none.
	Sign func(body []byte) map[string]string
	// Body builds the body of a call. It asks use about each optional parameter, and
	// omits it where use returns false.
	Body func(req *ai.Request, use func(name string) bool) (body any, err error)
	// MaxTokens is the limit that Body sets where the request has none; 0: none.
	MaxTokens int
	// Read takes one event. It reports over after the last one of an answer; where
	// the end of the stream is the end of the answer, it never does.
	Read func(e *E, a *Answer) (over bool, err error)
}

// Answer is what has been read of one answer.
type Answer struct {
	Text
	ID    string // of the request, where the answer has it
	Model string // as the provider names it
	Usage ai.Usage
	Cost  domain.Cost // as the provider says; the zero value: it does not
	// Refused notes that the model refuses, where that comes before the end.
	Refused bool
	// Stop is why the text ended. It is empty until the text is complete: a stream
	// that ends before has broken off.
	Stop ai.StopReason

	word   string // the provider's own word for Stop, where it is unknown
	metred bool   // the usage has come
}

// Finish takes the provider's word for why the text ended. An empty one says nothing.
func (a *Answer) Finish(word String) {
	if strings.TrimSpace(string(word)) == "" {
		return
	}
	reason, known := ai.StopFor(string(word))
	if a.Stop, a.word = reason, ""; !known {
		a.word = tidy.Line(string(word), maxLabel)
	}
	if a.Refused {
		a.Stop = ai.StopRefusal
	}
}

// Meter takes figures of usage, of which the largest are kept: figures grow, and some
// servers send zeros after them.
func (a *Answer) Meter(u ai.Usage) {
	if u == (ai.Usage{}) {
		return
	}
	a.metred = true
	a.Usage.CachedTokens = max(a.Usage.CachedTokens, u.CachedTokens)
	a.Usage.CacheWriteTokens = max(a.Usage.CacheWriteTokens, u.CacheWriteTokens)
	a.Usage.InputTokens = max(a.Usage.InputTokens, u.InputTokens, a.Usage.CachedTokens+a.Usage.CacheWriteTokens)
	a.Usage.OutputTokens = max(a.Usage.OutputTokens, u.OutputTokens)
}

// Name notes the names that a provider gives a response and its model; empty ones say
// nothing.
func (a *Answer) Name(id, model String) {
	if id != "" {
		a.ID = tidy.Line(string(id), maxLabel)
	}
	if model != "" {
		a.Model = tidy.Line(string(model), maxLabel)
	}
}

// maxLabel is the longest name that is taken from a provider, in characters.
const maxLabel = 200

// provider is one endpoint; see [ai.Provider].
type provider[E any] struct {
	codec       Codec[E]
	name, model string
	endpoint    *Endpoint
}

// New returns the provider for an endpoint. It makes no call, and looks nowhere
// but in c. The error is safe to show.
func New[E any](c Config, codec Codec[E]) (ai.Provider, error) {
	c.Key = bareKey(c.Key)
	p := &provider[E]{codec: codec, name: cmp.Or(c.Name, codec.Kind), model: c.Model}
	endpoint, err := NewEndpoint(Target{
		Provider: p.name,
		BaseURL:  cmp.Or(c.BaseURL, codec.BaseURL),
		Path:     codec.Path,
		Example:  codec.BaseURL,
		Key:      c.Key,
		Header:   codec.Header(c.Key),
		Sign:     codec.Sign,
		Client:   c.Client,
	})
	if err != nil {
		return nil, err
	}
	p.endpoint = endpoint
	return p, nil
}

// Name returns the configured name.
func (p *provider[E]) Name() string { return p.name }

// Generate makes one attempt; see [ai.Provider].
func (p *provider[E]) Generate(ctx context.Context, req ai.Request, to ai.Sink) (ai.Response, error) {
	stream, err := p.open(ctx, &req, to.Beat)
	if err != nil {
		return ai.Response{Status: StatusOf(err)}, err
	}
	defer stream.Close()
	a := Answer{Text: newText(p.name, &req, to)}
	if err = p.read(ctx, stream, &a); err == nil {
		stream.Finish()
	}
	id := cmp.Or(stream.Header.Get("X-Request-Id"), stream.Header.Get("Request-Id"), a.ID)
	resp := ai.Response{
		Text:      a.String(),
		Model:     a.Model,
		RequestID: tidy.Line(id, maxLabel),
		Usage:     a.Usage,
		Cost:      a.Cost,
		Stop:      cmp.Or(a.Stop, ai.StopEnd),
		Finish:    a.word,
		Status:    stream.Status(),
		Received:  a.Received(),
	}
	if err == nil && a.Stop == ai.StopBroken {
		err = stream.Cut()
	}
	return resp, err
}

// open makes the call and returns once the response begins, so that the request,
// which is large, is not kept in memory while the text arrives.
func (p *provider[E]) open(ctx context.Context, req *ai.Request, alive func()) (*Stream, error) {
	if req.Model == "" {
		req.Model = p.model
	}
	call := Call{MaxTokens: cmp.Or(req.MaxTokens, p.codec.MaxTokens), Alive: alive}
	body, err := p.codec.Body(req, func(name string) bool {
		if slices.Contains(req.Omit, name) {
			return false
		}
		call.Optional = append(call.Optional, name)
		return true
	})
	if err != nil {
		return nil, err
	}
	return p.endpoint.Open(ctx, body, call)
}

// read reads the stream to the end of its answer.
func (p *provider[E]) read(ctx context.Context, stream *Stream, a *Answer) error {
	var e E
	waits := false
	for {
		var zero E
		e = zero
		if err := stream.Next(&e); err != nil {
			return ended(ctx, stream, a, err)
		}
		over, err := p.codec.Read(&e, a)
		if err != nil {
			return err
		}
		if over {
			return ended(ctx, stream, a, io.EOF)
		}
		if a.Stop != "" && !waits { // only the usage may be missing
			waits = true
			wait := usageWait
			if a.metred {
				wait = tailWait
			}
			defer stream.EndWithin(wait)()
		}
	}
}

// ended returns how a stream ended: once the text is complete, at most the usage that
// follows it is lost.
func ended(ctx context.Context, stream *Stream, a *Answer, err error) error {
	complete := errors.Is(err, io.EOF) && stream.Done() && a.Received() > 0
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case a.Stop != "":
		return a.end()
	case complete: // the provider gives no reason
		a.Stop = ai.StopEnd
		return a.end()
	case errors.Is(err, io.EOF) && stream.Whole():
		return stream.Nonsense()
	case errors.Is(err, io.EOF) && !stream.Done():
		return stream.Cut()
	case errors.Is(err, io.EOF):
		a.Stop = ai.StopEnd // an empty answer
		return nil
	default:
		return err
	}
}
