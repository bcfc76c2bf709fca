// Package openai writes text through OpenAI's Chat Completions, at OpenAI itself
// or at any endpoint that speaks the same protocol: Ollama, LM Studio, vLLM,
// llama.cpp, OpenRouter, Gemini, Bedrock and others.
package openai

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	sdk "github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/ssestream"
	"github.com/openai/openai-go/v3/shared"

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
	name, key, model string
	native           bool
	client           sdk.Client
}

// New returns the provider for an endpoint. It makes no call.
func New(c Config) (*Provider, error) {
	if c.Name == "" {
		c.Name = "openai"
	}
	if c.BaseURL == "" {
		c.BaseURL = DefaultBaseURL
	}
	base, err := wire.Endpoint(c.Name, c.BaseURL, c.Key, DefaultBaseURL)
	if err != nil {
		return nil, err
	}
	options := []option.RequestOption{
		option.WithBaseURL(base.String()),
		option.WithHTTPClient(wire.Guard(c.Client)),
		option.WithMaxRetries(0),
	}
	if c.Key != "" {
		options = append(options, option.WithAPIKey(c.Key))
	}
	return &Provider{
		name: c.Name, key: c.Key, model: c.Model,
		native: c.Native || strings.EqualFold(base.Hostname(), "api.openai.com"),
		// Not NewClient, which would read the environment.
		client: sdk.Client{Options: options},
	}, nil
}

// Name returns the configured name.
func (p *Provider) Name() string { return p.name }

// The optional parameters, as the wire calls them.
const (
	temperature         = "temperature"
	responseFormat      = "response_format"
	streamOptions       = "stream_options"
	maxTokens           = "max_tokens"
	maxCompletionTokens = "max_completion_tokens"
	store               = "store"
)

// Generate makes one attempt; see [ai.Provider].
func (p *Provider) Generate(ctx context.Context, req ai.Request, emit func(string) error) (ai.Response, error) {
	raw, about, err := p.open(ctx, &req)
	if err != nil {
		return ai.Response{Status: statusOf(err)}, err
	}
	stream := ssestream.NewStream[chunk](ssestream.NewDecoder(raw), nil)
	defer stream.Close() //nolint:errcheck // a stream that was read to its end has nothing left to lose
	r := reader{text: wire.Text{Provider: p.name, Emit: emit}, about: about}
	err = r.read(ctx, stream)
	return r.response(raw), err
}

// open makes the call and returns once the stream begins, so that the request,
// which is large, is not kept while the answer is waited for.
func (p *Provider) open(ctx context.Context, req *ai.Request) (raw *http.Response, about ai.Fault, err error) {
	params, optional, err := p.params(req)
	if err != nil {
		return nil, about, err
	}
	about = ai.Fault{Provider: p.name, Optional: optional, Secret: p.key}
	err = p.client.Post(ctx, "chat/completions", params, &raw, option.WithJSONSet("stream", true))
	if err != nil {
		return nil, about, wire.Fail(ctx, err, about)
	}
	about.Status = raw.StatusCode
	return raw, about, nil
}

func statusOf(err error) int {
	if e, ok := ai.AsError(err); ok {
		return e.Status
	}
	return 0
}

// params builds the request, and names the parameters in it that could be left out.
func (p *Provider) params(req *ai.Request) (params sdk.ChatCompletionNewParams, optional []string, err error) {
	use := func(name string) bool {
		if slices.Contains(req.Omit, name) {
			return false
		}
		optional = append(optional, name)
		return true
	}
	params.Model = req.Model
	if params.Model == "" {
		params.Model = p.model
	}
	prompt := req.Prompt
	if len(req.Schema) > 0 {
		if !use(responseFormat) {
			prompt = wire.Ask(*req)
		} else if params.ResponseFormat, err = format(req); err != nil {
			return params, nil, err
		}
	}
	if req.System != "" {
		params.Messages = append(params.Messages, sdk.SystemMessage(req.System))
	}
	params.Messages = append(params.Messages, sdk.UserMessage(prompt))
	if req.Creativity != nil && use(temperature) {
		params.Temperature = sdk.Float(*req.Creativity)
	}
	if use(streamOptions) {
		params.StreamOptions.IncludeUsage = sdk.Bool(true)
	}
	if p.native && use(store) {
		params.Store = sdk.Bool(false)
	}
	p.limit(&params, req.MaxTokens, use)
	return params, optional, nil
}

// limit sets the bound of the answer. OpenAI calls it max_completion_tokens,
// compatible servers max_tokens; where one is refused the other is tried.
func (p *Provider) limit(params *sdk.ChatCompletionNewParams, limit int, use func(string) bool) {
	if limit <= 0 {
		return
	}
	names := []string{maxTokens, maxCompletionTokens}
	if p.native {
		slices.Reverse(names)
	}
	for _, name := range names {
		if !use(name) {
			continue
		}
		if name == maxTokens {
			params.MaxTokens = sdk.Int(int64(limit))
		} else {
			params.MaxCompletionTokens = sdk.Int(int64(limit))
		}
		return
	}
}

var dialect = wire.Dialect{Tell: []string{"minLength", "maxLength", "uniqueItems"}}

var notInName = regexp.MustCompile(`[^A-Za-z0-9_-]`)

func format(req *ai.Request) (f sdk.ChatCompletionNewParamsResponseFormatUnion, err error) {
	schema, strict, err := dialect.Narrow(req.Schema)
	if err != nil {
		return f, fmt.Errorf("prepare answer format: %w", err)
	}
	name := notInName.ReplaceAllString(req.SchemaName, "_")
	if name == "" {
		name = "answer"
	}
	spec := shared.ResponseFormatJSONSchemaJSONSchemaParam{Name: name[:min(len(name), 64)], Schema: schema}
	if strict {
		spec.Strict = sdk.Bool(true)
	}
	f.OfJSONSchema = &shared.ResponseFormatJSONSchemaParam{JSONSchema: spec}
	return f, nil
}

// chunk is what is read of an event. The SDK's own type takes every field there
// is, and nearly doubles the time per piece (ai's BenchmarkStream).
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
	about  ai.Fault
	id     string
	model  string
	finish string
	refuse bool
	usage  ai.Usage
}

func (r *reader) read(ctx context.Context, stream *ssestream.Stream[chunk]) error {
	for stream.Next() {
		if err := r.chunk(stream.Current()); err != nil {
			return err
		}
	}
	var event *ssestream.StreamError
	err := stream.Err()
	switch {
	case r.finish != "" && ctx.Err() == nil:
		return nil // the text is whole; at most the usage after it was lost
	case errors.As(err, &event):
		return wire.FailEvent(event.Event.Data, r.about)
	case err != nil:
		return wire.Fail(ctx, err, r.about)
	case ctx.Err() != nil:
		return ctx.Err()
	default:
		return wire.Cut(r.about.Provider)
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
	said := func(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }
	return said(d.Reasoning) || said(d.ReasoningContent)
}

func (r *reader) response(raw *http.Response) ai.Response {
	id := raw.Header.Get("X-Request-Id")
	if id == "" {
		id = r.id
	}
	return ai.Response{
		Text: r.text.String(), Model: r.model, RequestID: id,
		Usage: r.usage, Stop: r.stop(), Status: raw.StatusCode,
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
