// Package openai writes text through OpenAI's Chat Completions, at OpenAI itself
// or at any endpoint that speaks the same protocol: Ollama, LM Studio, vLLM,
// llama.cpp, OpenRouter, Gemini, Bedrock and others.
package openai

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"vellocity/internal/ai"
	"vellocity/internal/ai/wire"
)

// DefaultBaseURL is OpenAI's own endpoint.
const DefaultBaseURL = "https://api.openai.com/v1"

// Config describes one endpoint.
type Config struct {
	Name    string // what the provider is called: "openai", "ollama"; "" means "openai"
	BaseURL string // up to and with /v1; "" means DefaultBaseURL
	Key     string // "" sends none, as local servers want it
	Model   string // for requests that name none
	// Client makes the calls; nil means [wire.NewClient]. A client for addresses
	// that a workspace has typed in must refuse private networks.
	Client *http.Client
	// Native says that the endpoint is OpenAI's own even though its host is not
	// api.openai.com, as with a gateway in front of it.
	Native bool
}

// Provider is one endpoint; see [ai.Provider].
type Provider struct {
	name, model string
	native      bool
	endpoint    *wire.Endpoint
}

// New returns the provider for an endpoint. It makes no call, and looks nowhere
// but in c.
func New(c Config) (*Provider, error) {
	if c.Name == "" {
		c.Name = "openai"
	}
	if c.BaseURL == "" {
		c.BaseURL = DefaultBaseURL
	}
	header := map[string]string{}
	if c.Key != "" {
		header["Authorization"] = "Bearer " + c.Key
	}
	endpoint, err := wire.NewEndpoint(wire.Target{
		Provider: c.Name, BaseURL: c.BaseURL, Path: "chat/completions", Example: DefaultBaseURL,
		Key: c.Key, Header: header, Client: c.Client,
	})
	if err != nil {
		return nil, err
	}
	return &Provider{
		name: c.Name, model: c.Model, endpoint: endpoint,
		native: c.Native || strings.EqualFold(endpoint.Hostname(), "api.openai.com"),
	}, nil
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

// chunk is what is read of an event.
type chunk struct {
	ID      string   `json:"id"`
	Model   string   `json:"model"`
	Choices []choice `json:"choices"`
	Usage   *struct {
		Input   int64 `json:"prompt_tokens"`
		Output  int64 `json:"completion_tokens"`
		Details struct {
			Cached  int64 `json:"cached_tokens"`
			Written int64 `json:"cache_write_tokens"`
		} `json:"prompt_tokens_details"`
	} `json:"usage"`
	Error json.RawMessage `json:"error"` // in the place of everything else
}

type choice struct {
	Delta  delta  `json:"delta"`
	Finish string `json:"finish_reason"`
}

// delta holds a piece of text. Models that think aloud do so in a field of its
// own, which has two names.
type delta struct {
	Content          string          `json:"content"`
	Refusal          string          `json:"refusal"`
	Reasoning        json.RawMessage `json:"reasoning"`
	ReasoningContent json.RawMessage `json:"reasoning_content"`
}

// reader follows one stream.
type reader struct {
	text   wire.Text
	id     string
	model  string
	finish string
	refuse bool
	usage  ai.Usage
}

func (r *reader) read(ctx context.Context, stream *wire.Stream) error {
	var c chunk
	for {
		c = chunk{}
		event, err := stream.Next(&c)
		if err == nil && said(c.Error) {
			err = stream.Refusal(event)
		}
		if err != nil {
			return r.end(ctx, stream, err)
		}
		if err := r.chunk(c); err != nil {
			return err
		}
	}
}

// end judges how the stream ended.
func (r *reader) end(ctx context.Context, stream *wire.Stream, err error) error {
	switch {
	case r.finish != "" && ctx.Err() == nil:
		return nil // the text is whole; at most the usage after it was lost
	case errors.Is(err, io.EOF):
		return stream.Cut()
	default:
		return err
	}
}

func (r *reader) chunk(c chunk) error {
	if c.ID != "" {
		r.id = c.ID
	}
	if c.Model != "" {
		r.model = c.Model
	}
	if u := c.Usage; u != nil {
		r.usage = ai.Usage{
			InputTokens: u.Input, OutputTokens: u.Output,
			CachedTokens: u.Details.Cached, CacheWriteTokens: u.Details.Written,
		}
	}
	for _, choice := range c.Choices {
		if choice.Finish != "" {
			r.finish = choice.Finish
		}
		if err := r.delta(choice.Delta); err != nil {
			return err
		}
	}
	return nil
}

// delta takes a piece: text, or a sign of life where the model thinks.
func (r *reader) delta(d delta) error {
	if d.Refusal != "" {
		r.refuse = true
	}
	if d.Content == "" && !d.thinks() {
		return nil
	}
	return r.text.Add(d.Content)
}

func (d delta) thinks() bool {
	return said(d.Reasoning) || said(d.ReasoningContent)
}

func said(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }

func (r *reader) response(stream *wire.Stream) ai.Response {
	id := stream.Header.Get("X-Request-Id")
	if id == "" {
		id = r.id
	}
	return ai.Response{
		Text: r.text.String(), Model: r.model, RequestID: id,
		Usage: r.usage, Stop: r.stop(), Status: stream.Status(),
	}
}

func (r *reader) stop() ai.StopReason {
	switch {
	case r.refuse || r.finish == "content_filter":
		return ai.StopRefusal
	case r.finish == "length":
		return ai.StopLength
	default:
		return ai.StopEnd
	}
}
