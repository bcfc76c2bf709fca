// Package anthropic writes text through Anthropic's Messages API.
package anthropic

import (
	"vellocity/internal/ai"
	"vellocity/internal/ai/wire"
)

// version is the version of the API, sent with every call.
const version = "2023-06-01"

const (
	name    = "anthropic"
	baseURL = "https://api.anthropic.com" // of the service itself
)

// Kind describes this kind of provider.
func Kind() wire.Kind {
	return wire.Kind{
		Name:    name,
		Label:   "Anthropic",
		BaseURL: baseURL,
		Serves:  "A server that speaks Anthropic's Messages, without /v1.",
		New:     New,
	}
}

// New returns the provider for an endpoint. It makes no call, and looks nowhere
// but in c.
func New(c wire.Config) (ai.Provider, error) {
	return wire.New(c, wire.Codec[event]{
		Kind:      name,
		BaseURL:   baseURL,
		Path:      "v1/messages",
		Header:    header,
		Body:      func(req *ai.Request, use func(string) bool) (any, error) { return body(req, use) },
		MaxTokens: defaultMaxTokens,
		Read:      read,
	})
}

func header(key string) map[string]string {
	h := map[string]string{"Anthropic-Version": version}
	if key != "" {
		h["X-Api-Key"] = key
	}
	return h
}

// event is what is read of an event, or of a whole response.
type event struct {
	Type    wire.String `json:"type"`
	Message struct {
		ID    wire.String `json:"id"`
		Model wire.String `json:"model"`
		Usage usage       `json:"usage"`
	} `json:"message"`
	ContentBlock struct {
		Text wire.Content `json:"text"`
	} `json:"content_block"`
	Delta struct {
		Text       wire.Content `json:"text"`
		Thinking   wire.String  `json:"thinking"`
		StopReason wire.String  `json:"stop_reason"`
	} `json:"delta"`
	Usage usage `json:"usage"`

	// What a whole response has besides.
	ID         wire.String  `json:"id"`
	Model      wire.String  `json:"model"`
	Content    wire.Content `json:"content"`
	StopReason wire.String  `json:"stop_reason"`
}

// usage counts input tokens without those that were cached.
type usage struct {
	Input      wire.Count `json:"input_tokens"`
	Output     wire.Count `json:"output_tokens"`
	CacheRead  wire.Count `json:"cache_read_input_tokens"`
	CacheWrite wire.Count `json:"cache_creation_input_tokens"`
}

// counts returns the usage. A figure that is left out came before, or will come.
func (u usage) counts() ai.Usage {
	return ai.Usage{
		InputTokens:      int64(u.Input + u.CacheRead + u.CacheWrite),
		OutputTokens:     int64(u.Output),
		CachedTokens:     int64(u.CacheRead),
		CacheWriteTokens: int64(u.CacheWrite),
	}
}

func read(e *event, a *wire.Answer) (over bool, err error) {
	switch e.Type {
	case "message_start":
		a.Name(e.Message.ID, e.Message.Model)
		a.Meter(e.Message.Usage.counts())
	case "message_delta":
		a.Meter(e.Usage.counts())
		a.Finish(e.Delta.StopReason)
	case "content_block_start":
		if e.ContentBlock.Text.Text != "" {
			return false, a.Add(e.ContentBlock.Text.Text)
		}
	case "content_block_delta":
		if e.Delta.Text.Text == "" {
			return false, a.Think(len(e.Delta.Thinking))
		}
		return false, a.Add(e.Delta.Text.Text)
	case "message_stop":
		if a.Stop == "" && !a.Empty() {
			a.Finish("end_turn")
		}
		return true, nil
	case "message": // whole, instead of a stream
		return whole(e, a)
	}
	return false, nil
}

func whole(e *event, a *wire.Answer) (over bool, err error) {
	a.Name(e.ID, e.Model)
	a.Meter(e.Usage.counts())
	if e.Content.Thought > 0 {
		if err := a.Think(e.Content.Thought); err != nil {
			return false, err
		}
	}
	if e.Content.Text != "" {
		if err := a.Add(e.Content.Text); err != nil {
			return false, err
		}
	}
	a.Finish(e.StopReason)
	return false, nil
}
