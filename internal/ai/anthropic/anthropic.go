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
		Kind:    name,
		BaseURL: baseURL,
		Path:    "v1/messages",
		Header:  header,
		Body:    func(req *ai.Request, use func(string) bool) (any, error) { return body(req, use) },
		Failed:  func(e *event) bool { return e.Type == "error" },
		Read:    read,
	})
}

func header(key string) map[string]string {
	h := map[string]string{"Anthropic-Version": version}
	if key != "" {
		h["X-Api-Key"] = key
	}
	return h
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

// usage counts input tokens without those that were cached.
type usage struct {
	Input      int64 `json:"input_tokens"`
	Output     int64 `json:"output_tokens"`
	CacheRead  int64 `json:"cache_read_input_tokens"`
	CacheWrite int64 `json:"cache_creation_input_tokens"`
}

func read(e *event, a *wire.Answer) (over bool, err error) {
	switch e.Type {
	case "message_start":
		a.ID, a.Model = e.Message.ID, e.Message.Model
		a.Usage = raise(a.Usage, e.Message.Usage)
	case "message_delta":
		if e.Delta.StopReason != "" {
			a.Stop = stop(e.Delta.StopReason)
		}
		a.Usage = raise(a.Usage, e.Usage)
	case "content_block_start":
		if e.ContentBlock.Text != "" {
			return false, a.Add(e.ContentBlock.Text)
		}
	case "content_block_delta":
		return false, a.Add(e.Delta.Text) // empty while the model thinks
	case "message_stop":
		return true, nil
	}
	return false, nil
}

// raise takes further figures. Each is cumulative, and one that is left out keeps
// its last value. What was cached is added to the input.
func raise(u ai.Usage, by usage) ai.Usage {
	uncached := max(u.InputTokens-u.CachedTokens-u.CacheWriteTokens, by.Input)
	u.CachedTokens = max(u.CachedTokens, by.CacheRead)
	u.CacheWriteTokens = max(u.CacheWriteTokens, by.CacheWrite)
	u.InputTokens = uncached + u.CachedTokens + u.CacheWriteTokens
	u.OutputTokens = max(u.OutputTokens, by.Output)
	return u
}

func stop(reason string) ai.StopReason {
	switch reason {
	case "refusal":
		return ai.StopRefusal
	case "max_tokens", "model_context_window_exceeded":
		return ai.StopLength
	default:
		return ai.StopEnd
	}
}
