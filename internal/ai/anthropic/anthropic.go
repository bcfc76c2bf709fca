// Package anthropic writes text through Anthropic's Messages API.
package anthropic

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	sdk "github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/option"
	"github.com/anthropics/anthropic-sdk-go/packages/ssestream"

	"vellocity/internal/ai"
	"vellocity/internal/ai/wire"
)

// DefaultBaseURL is Anthropic's own endpoint.
const DefaultBaseURL = "https://api.anthropic.com"

// defaultMaxTokens bounds an answer where the request sets no bound: the API
// wants one always.
const defaultMaxTokens = 8192

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
	name, key, model string
	messages         sdk.MessageService
}

// New returns the provider for an endpoint. It makes no call.
func New(c Config) (*Provider, error) {
	if c.Name == "" {
		c.Name = "anthropic"
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
		option.WithoutOpenTelemetry(), // its spans can be told from outside to carry the texts
	}
	if c.Key != "" {
		options = append(options, option.WithAPIKey(c.Key))
	}
	return &Provider{
		name: c.Name, key: c.Key, model: c.Model,
		// The service alone, not the whole client: that would read the environment.
		messages: sdk.NewMessageService(options...),
	}, nil
}

// Name returns the configured name.
func (p *Provider) Name() string { return p.name }

// The optional parameters, as the wire calls them.
const (
	temperature  = "temperature"
	outputConfig = "output_config"
	cacheControl = "cache_control"
)

// Generate makes one attempt; see [ai.Provider].
func (p *Provider) Generate(ctx context.Context, req ai.Request, emit func(string) error) (ai.Response, error) {
	params, optional, err := p.params(req)
	if err != nil {
		return ai.Response{}, err
	}
	about := ai.Fault{Provider: p.name, Optional: optional, Secret: p.key}
	var raw *http.Response
	stream := p.messages.NewStreaming(ctx, params, option.WithResponseInto(&raw))
	defer stream.Close() //nolint:errcheck // a stream that was read to its end has nothing left to lose
	if err := stream.Err(); err != nil {
		failure := wire.Fail(ctx, err, about)
		return ai.Response{Status: statusOf(failure)}, failure
	}
	about.Status = raw.StatusCode
	r := reader{text: wire.Text{Provider: p.name, Emit: emit}, about: about}
	err = r.read(ctx, stream)
	return r.response(raw), err
}

func statusOf(err error) int {
	if e, ok := ai.AsError(err); ok {
		return e.Status
	}
	return 0
}

// params builds the request, and names the parameters in it that could be left out.
func (p *Provider) params(req ai.Request) (params sdk.MessageNewParams, optional []string, err error) {
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
	params.MaxTokens = defaultMaxTokens
	if req.MaxTokens > 0 {
		params.MaxTokens = int64(req.MaxTokens)
	}
	prompt := req.Prompt
	if len(req.Schema) > 0 {
		if !use(outputConfig) {
			prompt = wire.Ask(req)
		} else if params.OutputConfig.Format, err = format(req); err != nil {
			return params, nil, err
		}
	}
	if req.System != "" {
		system := sdk.TextBlockParam{Text: req.System}
		if use(cacheControl) {
			system.CacheControl = sdk.NewCacheControlEphemeralParam()
		}
		params.System = []sdk.TextBlockParam{system}
	}
	params.Messages = []sdk.MessageParam{sdk.NewUserMessage(sdk.NewTextBlock(prompt))}
	if req.Creativity != nil && use(temperature) {
		params.Temperature = sdk.Float(*req.Creativity)
	}
	return params, optional, nil
}

// dialect is what structured outputs take: closed objects, and hardly any limits.
var dialect = wire.Dialect{
	Tell: []string{"minItems", "maxItems", "uniqueItems", "minLength", "maxLength", "pattern",
		"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minProperties", "maxProperties"},
	Small: true, Closed: true,
}

func format(req ai.Request) (sdk.JSONOutputFormatParam, error) {
	schema, _, err := dialect.Narrow(req.Schema)
	if err != nil {
		return sdk.JSONOutputFormatParam{}, fmt.Errorf("prepare answer format: %w", err)
	}
	return sdk.JSONOutputFormatParam{Schema: schema}, nil
}

// reader follows one stream.
type reader struct {
	text  wire.Text
	about ai.Fault
	id    string
	model string
	stop  sdk.StopReason

	input, cacheRead, cacheWrite, output int64
}

func (r *reader) read(ctx context.Context, stream *ssestream.Stream[sdk.MessageStreamEventUnion]) error {
	for stream.Next() {
		if err := r.event(stream.Current()); err != nil {
			return err
		}
	}
	err := stream.Err()
	switch {
	case r.stop != "" && ctx.Err() == nil:
		return nil // the text and its usage are whole
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return r.fail(ctx, err)
	default:
		return wire.Cut(r.about.Provider)
	}
}

const eventPrefix = "received error while streaming: "

// fail tells an error event of the stream from a fault on the way.
func (r *reader) fail(ctx context.Context, err error) error {
	var event *sdk.Error
	if errors.As(err, &event) {
		return wire.FailEvent([]byte(event.RawJSON()), r.about)
	}
	if data, ok := strings.CutPrefix(err.Error(), eventPrefix); ok {
		return wire.FailEvent([]byte(data), r.about)
	}
	return wire.Fail(ctx, err, r.about)
}

func (r *reader) event(e sdk.MessageStreamEventUnion) error {
	switch e.Type {
	case "message_start":
		r.id, r.model = e.Message.ID, e.Message.Model
		u := e.Message.Usage
		r.count(u.InputTokens, u.CacheReadInputTokens, u.CacheCreationInputTokens, u.OutputTokens)
	case "message_delta":
		r.stop = e.Delta.StopReason
		u := e.Usage
		r.count(u.InputTokens, u.CacheReadInputTokens, u.CacheCreationInputTokens, u.OutputTokens)
	case "content_block_start":
		if e.ContentBlock.Text != "" {
			return r.text.Add(e.ContentBlock.Text)
		}
	case "content_block_delta":
		return r.text.Add(e.Delta.Text) // empty while the model thinks
	}
	return nil
}

// count takes the usage told so far. Each figure is cumulative, and one that is
// left out keeps its last value.
func (r *reader) count(input, read, written, output int64) {
	r.input = max(r.input, input)
	r.cacheRead = max(r.cacheRead, read)
	r.cacheWrite = max(r.cacheWrite, written)
	r.output = max(r.output, output)
}

// usage adds what was cached to the input, which the API counts without it.
func (r *reader) usage() ai.Usage {
	return ai.Usage{
		InputTokens: r.input + r.cacheRead + r.cacheWrite, OutputTokens: r.output,
		CachedTokens: r.cacheRead, CacheWriteTokens: r.cacheWrite,
	}
}

func (r *reader) response(raw *http.Response) ai.Response {
	id := raw.Header.Get("Request-Id")
	if id == "" {
		id = r.id
	}
	return ai.Response{
		Text: r.text.String(), Model: r.model, RequestID: id,
		Usage: r.usage(), Stop: r.reason(), Status: raw.StatusCode,
	}
}

func (r *reader) reason() ai.StopReason {
	switch r.stop {
	case sdk.StopReasonRefusal:
		return ai.StopRefusal
	case sdk.StopReasonMaxTokens, sdk.StopReasonModelContextWindowExceeded:
		return ai.StopLength
	default:
		return ai.StopEnd
	}
}
