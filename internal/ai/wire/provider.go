package wire

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"

	"vellocity/internal/ai"
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
	// Body builds the body of a call. It asks use about each optional parameter, and
	// omits it where use returns false.
	Body func(req *ai.Request, use func(name string) bool) (body any, err error)
	// Failed reports whether an event is a failure in place of text.
	Failed func(e *E) bool
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
	// Refused notes that the model refuses, where that comes before the end.
	Refused bool
	// Stop is why the text ended. It is empty until the text is complete: a stream
	// that ends before has broken off.
	Stop ai.StopReason
}

// provider is one endpoint; see [ai.Provider].
type provider[E any] struct {
	codec       Codec[E]
	name, model string
	endpoint    *Endpoint
}

// New returns the provider for an endpoint. It makes no call, and looks nowhere
// but in c. The error is safe to show.
func New[E any](c Config, codec Codec[E]) (ai.Provider, error) {
	p := &provider[E]{codec: codec, name: cmp.Or(c.Name, codec.Kind), model: c.Model}
	endpoint, err := NewEndpoint(Target{
		Provider: p.name,
		BaseURL:  cmp.Or(c.BaseURL, codec.BaseURL),
		Path:     codec.Path,
		Example:  codec.BaseURL,
		Key:      c.Key,
		Header:   codec.Header(c.Key),
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
func (p *provider[E]) Generate(ctx context.Context, req ai.Request, emit func(string) error) (ai.Response, error) {
	stream, err := p.open(ctx, &req)
	if err != nil {
		return ai.Response{Status: StatusOf(err)}, err
	}
	defer stream.Close()
	a := Answer{Text: Text{Provider: p.name, Emit: emit}}
	if err = p.read(ctx, stream, &a); err == nil {
		stream.Finish()
	}
	return ai.Response{
		Text:      a.String(),
		Model:     a.Model,
		RequestID: cmp.Or(stream.Header.Get("X-Request-Id"), stream.Header.Get("Request-Id"), a.ID),
		Usage:     a.Usage,
		Stop:      cmp.Or(a.Stop, ai.StopEnd),
		Status:    stream.Status(),
	}, err
}

// open makes the call and returns once the stream begins, so that the request,
// which is large, is not kept in memory while the text arrives.
func (p *provider[E]) open(ctx context.Context, req *ai.Request) (*Stream, error) {
	if req.Model == "" {
		req.Model = p.model
	}
	var optional []string
	body, err := p.codec.Body(req, func(name string) bool {
		if slices.Contains(req.Omit, name) {
			return false
		}
		optional = append(optional, name)
		return true
	})
	if err != nil {
		return nil, err
	}
	return p.endpoint.Open(ctx, body, optional)
}

// read reads the stream to the end of its answer.
func (p *provider[E]) read(ctx context.Context, stream *Stream, a *Answer) error {
	var e E
	for {
		var zero E
		e = zero
		event, err := stream.Next(&e)
		if err == nil && p.codec.Failed(&e) {
			err = stream.Refusal(event)
		}
		if err != nil {
			return ended(ctx, stream, a, err)
		}
		over, err := p.codec.Read(&e, a)
		if err != nil {
			return err
		}
		if over {
			return ended(ctx, stream, a, io.EOF)
		}
	}
}

// ended returns how a stream ended: once the text is complete, at most the usage that
// follows it is lost.
func ended(ctx context.Context, stream *Stream, a *Answer, err error) error {
	switch {
	case a.Stop != "" && ctx.Err() == nil:
		return nil
	case errors.Is(err, io.EOF):
		return stream.Cut()
	default:
		return err
	}
}
