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
	client           sdk.Client
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
		// Not NewClient, which would read the environment.
		client: sdk.Client{Options: options},
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
	raw, about, err := p.open(ctx, &req)
	if err != nil {
		return ai.Response{Status: statusOf(err)}, err
	}
	stream := ssestream.NewStream[event](ssestream.NewDecoder(raw), nil)
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
	err = p.client.Post(ctx, "v1/messages", params, &raw, option.WithJSONSet("stream", true))
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
func (p *Provider) params(req *ai.Request) (params sdk.MessageNewParams, optional []string, err error) {
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
			prompt = wire.Ask(*req)
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

func format(req *ai.Request) (sdk.JSONOutputFormatParam, error) {
	schema, _, err := dialect.Narrow(req.Schema)
	if err != nil {
		return sdk.JSONOutputFormatParam{}, fmt.Errorf("prepare answer format: %w", err)
	}
	return sdk.JSONOutputFormatParam{Schema: schema}, nil
}

// event is what is read of an event. The SDK's own type takes every field there
// is, and nearly doubles the time per piece (ai's BenchmarkStream).
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
		Text       string         `json:"text"`
		StopReason sdk.StopReason `json:"stop_reason"`
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
	about ai.Fault
	id    string
	model string
	stop  sdk.StopReason
	told  usage
}

func (r *reader) read(ctx context.Context, stream *ssestream.Stream[event]) error {
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
	var failure *sdk.Error
	if errors.As(err, &failure) {
		return wire.FailEvent([]byte(failure.RawJSON()), r.about)
	}
	if data, ok := strings.CutPrefix(err.Error(), eventPrefix); ok {
		return wire.FailEvent([]byte(data), r.about)
	}
	return wire.Fail(ctx, err, r.about)
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

func (r *reader) response(raw *http.Response) ai.Response {
	id := raw.Header.Get("Request-Id")
	if id == "" {
		id = r.id
	}
	return ai.Response{
		Text: r.text.String(), Model: r.model, RequestID: id,
		Usage: r.told.whole(), Stop: r.reason(), Status: raw.StatusCode,
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
