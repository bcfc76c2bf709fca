package aitest

import (
	"encoding/json"
	"strings"
	"time"
)

// Responses is OpenAI's newer protocol.
func Responses() Protocol {
	return Protocol{
		Wire:   ResponsesWire,
		Path:   "/responses",
		Base:   "/v1/responses", // the path chooses the protocol
		Format: "text.format",
		Whole: "event: response.output_text.delta\n" +
			"data: {\"type\":\"response.output_text.delta\",\"delta\":\"Yes.\"}\n\n" +
			"event: response.completed\n" +
			"data: {\"type\":\"response.completed\",\"response\":{\"status\":\"completed\"}}\n\n",
		Key: ChatCompletions().Key,
		Read: func(c *Call) string {
			r, problem := c.read()
			c.Schema = r.Text.Format.Schema
			switch {
			case problem != "":
				return problem
			case len(r.Input) == 0:
				return "Missing required parameter: 'input'."
			case r.MaxOutputTokens != nil && *r.MaxOutputTokens < 16:
				return "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16."
			}
			return unknownField(c.Body)
		},
		Error:  ChatCompletions().Error,
		Events: func(c Call, r Reply) Events { return &items{call: c, reply: r} },
	}
}

// unknownField refuses what the API does not know, such as the names of Chat Completions.
func unknownField(body []byte) string {
	var fields map[string]json.RawMessage
	_ = json.Unmarshal(body, &fields) // it was read before
	for _, name := range []string{"messages", "response_format", "max_tokens", "max_completion_tokens", "system"} {
		if fields[name] != nil {
			return "Unknown parameter: '" + name + "'."
		}
	}
	return ""
}

// items is the stream of Responses: a thought, where there is one, and a message of one
// part. It counts its events, as the API does.
type items struct {
	call  Call
	reply Reply

	n     int
	index int // of the item that is being sent
	think bool
	begun bool // the message has
	text  strings.Builder
}

func (s *items) event(kind string, fields obj) string {
	fields["type"], fields["sequence_number"] = kind, s.n
	s.n++
	return Event(kind, fields)
}

func (s *items) state(status string, more obj) obj {
	out := obj{
		"id": "resp_scripted", "object": "response", "created_at": time.Now().Unix(), "model": s.reply.model(s.call),
		"status": status, "error": nil, "incomplete_details": nil, "output": []any{}, "usage": nil, "store": false,
		"instructions": s.call.System, "metadata": obj{}, "tools": []any{}, "tool_choice": "auto",
		"text": obj{"format": obj{"type": "text"}},
	}
	for k, v := range more {
		out[k] = v
	}
	return out
}

func (s *items) Begin() string {
	return s.event("response.created", obj{"response": s.state("in_progress", nil)}) +
		s.event("response.in_progress", obj{"response": s.state("in_progress", nil)})
}

// thought is the item that the model thinks in.
func (s *items) thought(status string) obj {
	return obj{"id": "rs_scripted", "type": "reasoning", "status": status, "summary": []any{}}
}

func (s *items) Think() string {
	out := ""
	if !s.think {
		s.think = true
		out = s.event("response.output_item.added", obj{"output_index": 0, "item": s.thought("in_progress")}) +
			s.event("response.reasoning_summary_part.added", obj{"item_id": "rs_scripted", "output_index": 0,
				"summary_index": 0, "part": obj{"type": "summary_text", "text": ""}})
	}
	return out + s.event("response.reasoning_summary_text.delta",
		obj{"item_id": "rs_scripted", "output_index": 0, "summary_index": 0, "delta": "hm"})
}

func (s *items) part(text string) obj {
	return obj{"type": "output_text", "text": text, "annotations": []any{}, "logprobs": []any{}}
}

func (s *items) message(status string, parts ...any) obj {
	if parts == nil {
		parts = []any{}
	}
	return obj{"id": "msg_scripted", "type": "message", "role": "assistant", "status": status, "content": parts}
}

// at names the part that an event is about.
func (s *items) at(fields obj) obj {
	fields["item_id"], fields["output_index"], fields["content_index"] = "msg_scripted", s.index, 0
	return fields
}

// open sends the beginning of the message.
func (s *items) open() string {
	if s.begun {
		return ""
	}
	s.begun = true
	out := ""
	if s.think {
		out = s.event("response.output_item.done", obj{"output_index": 0, "item": s.thought("completed")})
		s.index = 1
	}
	return out + s.event("response.output_item.added",
		obj{"output_index": s.index, "item": s.message("in_progress")}) +
		s.event("response.content_part.added", s.at(obj{"part": s.part("")}))
}

func (s *items) Piece(t string) string {
	begin := s.open()
	s.text.WriteString(t)
	return begin + s.event("response.output_text.delta",
		s.at(obj{"delta": t, "logprobs": []any{}, "obfuscation": "xK2p"}))
}

func (s *items) KeepAlive() string { return s.event("keepalive", obj{}) }

func (s *items) Failure(code, message string) string {
	return s.event("error", obj{"code": code, "message": message, "param": nil})
}

func (s *items) End() string {
	text := s.text.String()
	kind, state := s.ending()
	status, _ := state["status"].(string)
	out := s.open()
	out += s.event("response.output_text.done", s.at(obj{"text": text, "logprobs": []any{}}))
	out += s.event("response.content_part.done", s.at(obj{"part": s.part(text)}))
	message := s.message(status, s.part(text))
	out += s.event("response.output_item.done", obj{"output_index": s.index, "item": message})
	state["output"] = []any{message}
	if !s.reply.NoUsage {
		u := s.reply.usage(s.call)
		state["usage"] = obj{
			"input_tokens": u.Input, "output_tokens": u.Output, "total_tokens": u.Input + u.Output,
			"input_tokens_details":  obj{"cached_tokens": u.CacheRead, "cache_write_tokens": u.CacheWrite},
			"output_tokens_details": obj{"reasoning_tokens": 0},
		}
	}
	return out + s.event(kind, obj{"response": state})
}

// ending is the type of the last event, and how the response ended. A word that the API
// does not have is its status.
func (s *items) ending() (kind string, state obj) {
	reason := map[string]string{"length": "max_output_tokens", "refusal": "content_filter"}[s.reply.Stop]
	switch word := s.reply.Stop; {
	case reason != "":
		return "response.incomplete", s.state("incomplete", obj{"incomplete_details": obj{"reason": reason}})
	case word == "" || word == "end":
		return "response.completed", s.state("completed", nil)
	default:
		return "response.completed", s.state(word, nil)
	}
}
