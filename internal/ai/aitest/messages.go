package aitest

// Messages is Anthropic's protocol.
func Messages() Protocol {
	return Protocol{
		Wire:   AnthropicWire,
		Path:   "/v1/messages",
		Format: "output_config",
		Whole: "event: content_block_delta\n" +
			"data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Yes.\"}}\n\n" +
			"event: message_delta\n" +
			"data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":2}}\n\n",
		Key: func(key string) (string, string) { return "X-Api-Key", key },
		Read: func(c *Call) string {
			r, problem := c.read()
			c.Schema = r.OutputConfig.Format.Schema
			switch {
			case problem != "":
				return problem
			case r.MaxTokens == nil:
				return "max_tokens: field required"
			case c.Header.Get("Anthropic-Version") == "":
				return "anthropic-version: header is required"
			}
			return ""
		},
		Error: func(code, message, _ string) any {
			return obj{"type": "error", "error": obj{"type": code, "message": message}, "request_id": "req_scripted"}
		},
		Events: func(c Call, r Reply) Events { return blocks{c, r} },
	}
}

// blocks is the stream of Messages.
type blocks struct {
	call  Call
	reply Reply
}

func (s blocks) Begin() string {
	usage := obj{}
	if !s.reply.NoUsage {
		u := s.reply.usage(s.call)
		usage = obj{
			"input_tokens": u.Input - u.CacheRead - u.CacheWrite, "output_tokens": 1,
			"cache_read_input_tokens": u.CacheRead, "cache_creation_input_tokens": u.CacheWrite,
		}
	}
	return Event("message_start", obj{"type": "message_start", "message": obj{
		"id": "msg_scripted", "type": "message", "role": "assistant", "model": s.reply.model(s.call), "content": []any{},
		"stop_reason": nil, "stop_sequence": nil, "usage": usage,
	}}) +
		Event("ping", obj{"type": "ping"}) +
		Event(
			"content_block_start",
			obj{"type": "content_block_start", "index": 0, "content_block": obj{"type": "text", "text": ""}},
		)
}

func (s blocks) delta(delta obj) string {
	return Event("content_block_delta", obj{"type": "content_block_delta", "index": 0, "delta": delta})
}

func (s blocks) Think() string         { return s.delta(obj{"type": "thinking_delta", "thinking": "hm"}) }
func (s blocks) Piece(t string) string { return s.delta(obj{"type": "text_delta", "text": t}) }
func (s blocks) KeepAlive() string     { return Event("ping", obj{"type": "ping"}) }

func (s blocks) Failure(code, message string) string {
	return Event("error", obj{"type": "error", "error": obj{"type": code, "message": message}})
}

func (s blocks) End() string {
	stop := s.reply.Stop
	if known := map[string]string{"": "end_turn", "end": "end_turn", "length": "max_tokens"}[stop]; known != "" {
		stop = known
	}
	usage := obj{"output_tokens": s.reply.usage(s.call).Output}
	if s.reply.NoUsage {
		usage = obj{}
	}
	return Event("content_block_stop", obj{"type": "content_block_stop", "index": 0}) +
		Event(
			"message_delta",
			obj{"type": "message_delta", "delta": obj{"stop_reason": stop, "stop_sequence": nil}, "usage": usage},
		) +
		Event("message_stop", obj{"type": "message_stop"})
}
