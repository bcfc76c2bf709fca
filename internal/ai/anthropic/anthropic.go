// Package anthropic writes text through Anthropic's Messages API.
package anthropic

import (
	"context"
	"errors"
	"io"
	"net/http"

	"vellocity/internal/ai"
	"vellocity/internal/ai/wire"
)

// DefaultBaseURL is Anthropic's own endpoint.
const DefaultBaseURL = "https://api.anthropic.com"

// version is the form of the API that is spoken, sent with every call.
const version = "2023-06-01"

// Config describes one endpoint.
type Config struct {
	Name    string // what the provider is called; "" means "anthropic"
	BaseURL string // without /v1; "" means DefaultBaseURL
	Key     string
	Model   string // for requests that name none
	// Client makes the calls; nil means [wire.NewClient]. A client for addresses
	// that a workspace has typed in must refuse private networks.
	Client *http.Client
}

// Provider is one endpoint; see [ai.Provider].
type Provider struct {
	name, model string
	endpoint    *wire.Endpoint
}

// New returns the provider for an endpoint. It makes no call, and looks nowhere
// but in c.
func New(c Config) (*Provider, error) {
	if c.Name == "" {
		c.Name = "anthropic"
	}
	if c.BaseURL == "" {
		c.BaseURL = DefaultBaseURL
	}
	header := map[string]string{"Anthropic-Version": version}
	if c.Key != "" {
		header["X-Api-Key"] = c.Key
	}
	endpoint, err := wire.NewEndpoint(wire.Target{
		Provider: c.Name, BaseURL: c.BaseURL, Path: "v1/messages", Example: DefaultBaseURL,
		Key: c.Key, Header: header, Client: c.Client,
	})
	if err != nil {
		return nil, err
	}
	return &Provider{name: c.Name, model: c.Model, endpoint: endpoint}, nil
}

// Name returns the configured name.
func (p *Provider) Name() string { return p.name }

// Generate makes one attempt; see [ai.Provider].
func (p *Provider) Generate(ctx context.Context, req ai.Request, emit func(string) error) (ai.Response, error) {
	stream, err := p.open(ctx, &req)
	if err != nil {
		return ai.Response{Status: wire.StatusOf(err)}, err
	}
	defer stream.Close()
	r := reader{text: wire.Text{Provider: p.name, Emit: emit}}
	if err = r.read(ctx, stream); err == nil {
		stream.Finish()
	}
	return r.response(stream), err
}

// open makes the call and returns once the stream begins, so that the request,
// which is large, is not kept while the answer is waited for.
func (p *Provider) open(ctx context.Context, req *ai.Request) (*wire.Stream, error) {
	body, optional, err := p.body(req)
	if err != nil {
		return nil, err
	}
	return p.endpoint.Open(ctx, body, optional)
}

// event is what is read of an event.
type event struct {
	Type    string `json:"type"`
	Message struct {
		ID    string `json:"id"`
		Model string `json:"model"`
		Usage usage  `json:"usage"`
	} `json:"message"`
	ContentBlock struct {
		Text string `json:"text"`
	} `json:"content_block"`
	Delta struct {
		Text       string `json:"text"`
		StopReason string `json:"stop_reason"`
	} `json:"delta"`
	Usage usage `json:"usage"`
}

type usage struct {
	Input      int64 `json:"input_tokens"`
	Output     int64 `json:"output_tokens"`
	CacheRead  int64 `json:"cache_read_input_tokens"`
	CacheWrite int64 `json:"cache_creation_input_tokens"`
}

// reader follows one stream.
type reader struct {
	text  wire.Text
	id    string
	model string
	stop  string
	told  usage
}

func (r *reader) read(ctx context.Context, stream *wire.Stream) error {
	var e event
	for e.Type != "message_stop" {
		e = event{}
		told, err := stream.Next(&e)
		if err == nil && e.Type == "error" {
			err = stream.Refusal(told)
		}
		if err != nil {
			return r.end(ctx, stream, err)
		}
		if err := r.event(e); err != nil {
			return err
		}
	}
	return r.end(ctx, stream, io.EOF)
}

// end judges how the stream ended.
func (r *reader) end(ctx context.Context, stream *wire.Stream, err error) error {
	switch {
	case r.stop != "" && ctx.Err() == nil:
		return nil // the text and its usage are whole
	case errors.Is(err, io.EOF):
		return stream.Cut()
	default:
		return err
	}
}

func (r *reader) event(e event) error {
	switch e.Type {
	case "message_start":
		r.id, r.model = e.Message.ID, e.Message.Model
		r.told.raise(e.Message.Usage)
	case "message_delta":
		r.stop = e.Delta.StopReason
		r.told.raise(e.Usage)
	case "content_block_start":
		if e.ContentBlock.Text != "" {
			return r.text.Add(e.ContentBlock.Text)
		}
	case "content_block_delta":
		return r.text.Add(e.Delta.Text) // empty while the model thinks
	}
	return nil
}

// raise takes further figures. Each is cumulative, and one that is left out keeps
// its last value.
func (u *usage) raise(by usage) {
	u.Input = max(u.Input, by.Input)
	u.Output = max(u.Output, by.Output)
	u.CacheRead = max(u.CacheRead, by.CacheRead)
	u.CacheWrite = max(u.CacheWrite, by.CacheWrite)
}

// whole adds what was cached to the input, which the API counts without it.
func (u usage) whole() ai.Usage {
	return ai.Usage{
		InputTokens: u.Input + u.CacheRead + u.CacheWrite, OutputTokens: u.Output,
		CachedTokens: u.CacheRead, CacheWriteTokens: u.CacheWrite,
	}
}

func (r *reader) response(stream *wire.Stream) ai.Response {
	id := stream.Header.Get("Request-Id")
	if id == "" {
		id = r.id
	}
	return ai.Response{
		Text: r.text.String(), Model: r.model, RequestID: id,
		Usage: r.told.whole(), Stop: r.reason(), Status: stream.Status(),
	}
}

func (r *reader) reason() ai.StopReason {
	switch r.stop {
	case "refusal":
		return ai.StopRefusal
	case "max_tokens", "model_context_window_exceeded":
		return ai.StopLength
	default:
		return ai.StopEnd
	}
}
