package aitest

import "time"

// ChatCompletions is OpenAI's protocol, which many servers speak.
func ChatCompletions() Protocol {
	return Protocol{
		Wire:   OpenAIWire,
		Path:   "/chat/completions",
		Base:   "/v1",
		Format: "response_format",
		Whole: "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Yes.\"}}]}\n\n" +
			"data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
		Key: func(key string) (string, string) { return "Authorization", "Bearer " + key },
		Read: func(c *Call) string {
			r, problem := c.read()
			c.Schema = r.ResponseFormat.JSONSchema.Schema
			if problem == "" && r.MaxTokens != nil && r.MaxCompletionTokens != nil {
				problem = "max_tokens and max_completion_tokens are mutually exclusive"
			}
			return problem
		},
		Error: func(code, message, param string) any {
			inner := obj{"type": code, "message": message, "code": code, "param": nil}
			if param != "" {
				inner["param"] = param
			}
			return obj{"error": inner}
		},
		Events: func(c Call, r Reply) Events { return chunks{c, r} },
	}
}

// chunks is the stream of Chat Completions.
type chunks struct {
	call  Call
	reply Reply
}

func (s chunks) chunk(delta obj, finish any) string {
	return Event("", obj{
		"id":      "chatcmpl-scripted",
		"object":  "chat.completion.chunk",
		"created": time.Now().Unix(),
		"model":   s.reply.model(s.call),
		"choices": []any{obj{"index": 0, "delta": delta, "finish_reason": finish}},
	})
}

func (s chunks) Begin() string         { return s.chunk(obj{"role": "assistant", "content": ""}, nil) }
func (s chunks) Think() string         { return s.chunk(obj{"reasoning_content": "hm"}, nil) }
func (s chunks) Piece(t string) string { return s.chunk(obj{"content": t}, nil) }
func (s chunks) KeepAlive() string     { return ": keep-alive\n\n" }

func (s chunks) Failure(code, message string) string {
	return Event("", obj{"error": obj{"code": code, "type": code, "message": message}})
}

func (s chunks) End() string {
	finish := s.reply.Stop
	if known := map[string]string{"": "stop", "end": "stop", "refusal": "content_filter"}[finish]; known != "" {
		finish = known
	}
	out := s.chunk(obj{}, finish)
	options, _ := s.call.Field("stream_options").(map[string]any)
	if options["include_usage"] == true && !s.reply.NoUsage {
		u := s.reply.usage(s.call)
		out += Event("", obj{
			"id":      "chatcmpl-scripted",
			"object":  "chat.completion.chunk",
			"created": time.Now().Unix(),
			"model":   s.reply.model(s.call),
			"choices": []any{},
			"usage": obj{
				"prompt_tokens": u.Input, "completion_tokens": u.Output, "total_tokens": u.Input + u.Output,
				"prompt_tokens_details": obj{"cached_tokens": u.CacheRead, "cache_write_tokens": u.CacheWrite},
			},
		})
	}
	return out + "data: [DONE]\n\n"
}
