package openai

import (
	"cmp"
	"strings"

	"vellocity/internal/ai"
	"vellocity/internal/ai/wire"
)

// responses is the codec of OpenAI's Responses. Native says that the server is OpenAI's own.
func responses(native bool) wire.Codec[event] {
	return wire.Codec[event]{
		Kind:    name,
		BaseURL: baseURL,
		Path:    responsesPath,
		Header:  header,
		Body: func(req *ai.Request, use func(string) bool) (any, error) {
			return responsesBody(req, native, use)
		},
		Read: readEvent,
	}
}

// event is what is read of an event, or of a whole response: OpenAI's API reference,
// "Streaming events". Events of other types say nothing about the text.
type event struct {
	Type     wire.String `json:"type"`
	Delta    wire.String `json:"delta"`
	Text     wire.String `json:"text"`
	Response response    `json:"response"`

	// What a whole response has in place of a type.
	Object wire.String `json:"object"`
	response
}

// response is the state of a response: at its beginning, at its end, or whole.
type response struct {
	ID         wire.String `json:"id"`
	Model      wire.String `json:"model"`
	Status     wire.String `json:"status"` // completed, incomplete, failed, cancelled
	Incomplete struct {
		Reason wire.String `json:"reason"` // max_output_tokens, content_filter
	} `json:"incomplete_details"`
	Output []item          `json:"output"`
	Usage  *responsesUsage `json:"usage"`
}

// item is one of the things that a model put out: a message, or a thought.
type item struct {
	Type    wire.String `json:"type"`
	Content []struct {
		Type wire.String `json:"type"` // output_text, refusal
		Text wire.String `json:"text"`
	} `json:"content"`
}

// responsesUsage counts cached tokens in the input, and thoughts in the output. Some
// servers count thoughts in the total alone.
type responsesUsage struct {
	Input   wire.Count `json:"input_tokens"`
	Output  wire.Count `json:"output_tokens"`
	Total   wire.Count `json:"total_tokens"`
	Details struct {
		Cached  wire.Count `json:"cached_tokens"`
		Written wire.Count `json:"cache_write_tokens"`
	} `json:"input_tokens_details"`
}

func (u *responsesUsage) counts() ai.Usage {
	return ai.Usage{
		InputTokens:      int64(u.Input),
		OutputTokens:     int64(max(u.Output, u.Total-u.Input)),
		CachedTokens:     int64(u.Details.Cached),
		CacheWriteTokens: int64(u.Details.Written),
	}
}

// readEvent takes an event. A failure has been taken for one before: see [wire.Codec].
func readEvent(e *event, a *wire.Answer) (over bool, err error) {
	switch kind, _ := strings.CutPrefix(string(e.Type), "response."); kind {
	case "created", "in_progress", "queued":
		a.Name(e.Response.ID, e.Response.Model)
	case "reasoning_summary_text.delta", "reasoning_text.delta":
		return false, a.Think(len(e.Delta))
	case "refusal.delta", "refusal.done":
		a.Refused = true
	case "output_text.delta":
		if e.Delta != "" {
			return false, a.Add(string(e.Delta))
		}
	case "output_text.done":
		if a.Empty() && e.Text != "" { // a server that sends each text at once
			return false, a.Add(string(e.Text))
		}
	case "completed", "incomplete", "failed", "cancelled", "done":
		return true, e.Response.end(wire.String(kind), a)
	case "":
		if e.Object == "response" || len(e.Output) > 0 { // whole, instead of a stream
			return false, e.end("", a)
		}
	}
	return false, nil
}

// end takes the last state of a response, which has all of its text again. Where it has
// no status, the type of its event says how it ended.
func (r *response) end(otherwise wire.String, a *wire.Answer) error {
	a.Name(r.ID, r.Model)
	if r.Usage != nil {
		a.Meter(r.Usage.counts())
	}
	if err := r.read(a); err != nil {
		return err
	}
	status := cmp.Or(r.Status, otherwise)
	if _, known := ai.StopFor(string(r.Incomplete.Reason)); status == "incomplete" && known {
		status = r.Incomplete.Reason
	}
	if status != "in_progress" && status != "queued" {
		a.Finish(status)
	}
	return nil
}

// read takes the text, unless it came in pieces before.
func (r *response) read(a *wire.Answer) error {
	fresh := a.Empty()
	for _, i := range r.Output {
		if i.Type == "reasoning" {
			continue
		}
		for _, part := range i.Content {
			if part.Type == "refusal" {
				a.Refused = true
			} else if fresh && part.Text != "" {
				if err := a.Add(string(part.Text)); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
