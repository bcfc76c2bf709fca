// Package openai writes text through OpenAI's two protocols: Responses at OpenAI itself,
// and Chat Completions at any endpoint that speaks it: Ollama, LM Studio, vLLM,
// llama.cpp, OpenRouter, Gemini, Bedrock and others. An address that ends in the path of
// a protocol chooses that one.
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

// The paths of the protocols.
const (
	responsesPath = "responses"
	chatPath      = "chat/completions"
)

// Kind describes this kind of provider.
func Kind() wire.Kind {
	return wire.Kind{
		Name:    name,
		Label:   "OpenAI",
		BaseURL: baseURL,
		Serves: "Any server that speaks OpenAI's Chat Completions, up to and with /v1: Ollama, vLLM, LM Studio, " +
			"OpenRouter, a gateway. It may be a private address.",
		Wires: []wire.Protocol{
			{Name: "responses", Label: "Responses", Path: responsesPath},
			{Name: "chat", Label: "Chat Completions", Path: chatPath},
		},
		Usual: "By default Responses at api.openai.com, and Chat Completions elsewhere, which more servers speak.",
		New:   New,
	}
}

// New returns the provider for an endpoint. It makes no call, and looks nowhere
// but in c. The address says which protocol is spoken; where it has the path of neither,
// OpenAI itself gets Responses, which newer models need for all they can do, and any
// other server Chat Completions.
func New(c wire.Config) (ai.Provider, error) {
	native := c.Native || c.BaseURL == ""
	path := ""
	if u, err := url.Parse(c.BaseURL); err == nil {
		native = native || ours(u.Hostname())
		path = strings.TrimSuffix(u.Path, "/")
	}
	chosen := func(other string) bool { return strings.HasSuffix(path, "/"+other) }
	if chosen(responsesPath) || native && !chosen(chatPath) {
		return wire.New(c, responses(native))
	}
	return wire.New(c, wire.Codec[chunk]{
		Kind:    name,
		BaseURL: baseURL,
		Path:    chatPath,
		Header:  header,
		Body: func(req *ai.Request, use func(string) bool) (any, error) {
			return body(req, native, use)
		},
		Read: read,
	})
}

// ours reports whether a host is OpenAI's own, in any of its regions: eu.api.openai.com.
func ours(host string) bool {
	const own = "api.openai.com"
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == own || strings.HasSuffix(host, "."+own)
}

func header(key string) map[string]string {
	if key == "" {
		return nil
	}
	return map[string]string{"Authorization": "Bearer " + key}
}

// chunk is what is read of an event, or of a whole response.
type chunk struct {
	ID      wire.String `json:"id"`
	Model   wire.String `json:"model"`
	Choices []choice    `json:"choices"`
	Usage   *usage      `json:"usage"`
	Groq    struct {
		Usage *usage `json:"usage"`
	} `json:"x_groq"`
}

type choice struct {
	Index  wire.Count  `json:"index"`
	Delta  delta       `json:"delta"`
	Finish wire.String `json:"finish_reason"`
	// Message is the whole text at once: from a server that does not stream, or one
	// that repeats the text at its end.
	Message delta `json:"message"`
}

// delta holds a piece of text. Models that think aloud do so in a field of its
// own, which has several names.
type delta struct {
	Content          wire.Content    `json:"content"`
	Refusal          wire.String     `json:"refusal"`
	Reasoning        json.RawMessage `json:"reasoning"`
	ReasoningContent json.RawMessage `json:"reasoning_content"`
	ReasoningDetails json.RawMessage `json:"reasoning_details"`
	Thinking         json.RawMessage `json:"thinking"`
}

// thought returns the size of the thoughts in bytes. Where one thought has several
// names, it counts once.
func (d *delta) thought() (size int) {
	for _, raw := range []json.RawMessage{d.Reasoning, d.ReasoningContent, d.ReasoningDetails, d.Thinking} {
		if wire.Present(raw) {
			size = max(size, len(raw))
		}
	}
	return max(size, d.Content.Thought)
}

type usage struct {
	Input   wire.Count `json:"prompt_tokens"`
	Output  wire.Count `json:"completion_tokens"`
	Total   wire.Count `json:"total_tokens"`
	Hit     wire.Count `json:"prompt_cache_hit_tokens"` // DeepSeek's name
	Details struct {
		Cached  wire.Count `json:"cached_tokens"`
		Written wire.Count `json:"cache_write_tokens"`
	} `json:"prompt_tokens_details"`
}

// counts returns the usage. Some services count thoughts in the total alone.
func (u *usage) counts() ai.Usage {
	return ai.Usage{
		InputTokens:      int64(u.Input),
		OutputTokens:     int64(max(u.Output, u.Total-u.Input)),
		CachedTokens:     int64(max(u.Details.Cached, u.Hit)),
		CacheWriteTokens: int64(u.Details.Written),
	}
}

// read takes a chunk. The end of the stream is the end of the answer.
func read(c *chunk, a *wire.Answer) (over bool, err error) {
	a.Name(c.ID, c.Model)
	for _, u := range []*usage{c.Usage, c.Groq.Usage} {
		if u != nil {
			a.Meter(u.counts())
		}
	}
	for _, choice := range c.Choices {
		if choice.Index != 0 {
			continue // only one answer was asked for
		}
		if err := choice.read(a); err != nil {
			return false, err
		}
	}
	return false, nil
}

func (c *choice) read(a *wire.Answer) error {
	d := &c.Delta
	if d.Content == (wire.Content{}) && a.Empty() {
		d = &c.Message
	}
	if c.Delta.Refusal != "" || c.Message.Refusal != "" {
		a.Refused = true
	}
	if size := max(d.thought(), c.Delta.thought()); size > 0 {
		if err := a.Think(size); err != nil {
			return err
		}
	}
	if d.Content.Text != "" {
		if err := a.Add(d.Content.Text); err != nil {
			return err
		}
	}
	a.Finish(c.Finish)
	return nil
}
