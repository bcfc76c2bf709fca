// Package openai writes text through OpenAI's Chat Completions, at OpenAI itself
// or at any endpoint that speaks the same protocol: Ollama, LM Studio, vLLM,
// llama.cpp, OpenRouter, Gemini, Bedrock and others.
package openai

import (
	"encoding/json"
	"net/url"
	"strings"

	"vellocity/internal/ai"
	"vellocity/internal/ai/wire"
)

const (
	name    = "openai"
	baseURL = "https://api.openai.com/v1" // of the service itself
)

// Kind describes this kind of provider.
func Kind() wire.Kind {
	return wire.Kind{
		Name:    name,
		Label:   "OpenAI",
		BaseURL: baseURL,
		Serves: "Any server that speaks OpenAI's Chat Completions, up to and with /v1: Ollama, vLLM, LM Studio, " +
			"OpenRouter, a gateway. It may be a private address.",
		New: New,
	}
}

// New returns the provider for an endpoint. It makes no call, and looks nowhere
// but in c.
func New(c wire.Config) (ai.Provider, error) {
	native := c.Native || c.BaseURL == ""
	if u, err := url.Parse(c.BaseURL); err == nil && strings.EqualFold(u.Hostname(), "api.openai.com") {
		native = true
	}
	return wire.New(c, wire.Codec[chunk]{
		Kind:    name,
		BaseURL: baseURL,
		Path:    "chat/completions",
		Header:  header,
		Body: func(req *ai.Request, use func(string) bool) (any, error) {
			return body(req, native, use)
		},
		Failed: func(c *chunk) bool { return present(c.Error) },
		Read:   read,
	})
}

func header(key string) map[string]string {
	if key == "" {
		return nil
	}
	return map[string]string{"Authorization": "Bearer " + key}
}

// chunk is what is read of an event.
type chunk struct {
	ID      string          `json:"id"`
	Model   string          `json:"model"`
	Choices []choice        `json:"choices"`
	Usage   *usage          `json:"usage"`
	Error   json.RawMessage `json:"error"` // in place of everything else
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

type usage struct {
	Input   int64 `json:"prompt_tokens"`
	Output  int64 `json:"completion_tokens"`
	Details struct {
		Cached  int64 `json:"cached_tokens"`
		Written int64 `json:"cache_write_tokens"`
	} `json:"prompt_tokens_details"`
}

// read takes a chunk. The end of the stream is the end of the answer.
func read(c *chunk, a *wire.Answer) (over bool, err error) {
	if c.ID != "" {
		a.ID = c.ID
	}
	if c.Model != "" {
		a.Model = c.Model
	}
	if u := c.Usage; u != nil {
		a.Usage = ai.Usage{
			InputTokens:      u.Input,
			OutputTokens:     u.Output,
			CachedTokens:     u.Details.Cached,
			CacheWriteTokens: u.Details.Written,
		}
	}
	for _, choice := range c.Choices {
		if choice.Delta.Refusal != "" {
			a.Refused = true
		}
		if choice.Finish != "" {
			a.Stop = stop(choice.Finish, a.Refused)
		}
		// An empty piece is a sign of life while the model thinks.
		if d := choice.Delta; d.Content != "" || present(d.Reasoning) || present(d.ReasoningContent) {
			if err := a.Add(d.Content); err != nil {
				return false, err
			}
		}
	}
	return false, nil
}

func present(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }

func stop(finish string, refused bool) ai.StopReason {
	switch {
	case refused || finish == "content_filter":
		return ai.StopRefusal
	case finish == "length":
		return ai.StopLength
	default:
		return ai.StopEnd
	}
}
