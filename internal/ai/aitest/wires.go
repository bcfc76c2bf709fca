package aitest

import "time"

// obj keeps the payloads below readable.
type obj = map[string]any

// openAIEvents is the stream of Chat Completions.
type openAIEvents struct{ *stream }

func (s openAIEvents) model() string {
	if s.reply.Model != "" {
		return s.reply.Model
	}
	return s.call.Model
}

func (s openAIEvents) chunk(delta obj, finish any) {
	s.event("", obj{
		"id": "chatcmpl-scripted", "object": "chat.completion.chunk", "created": time.Now().Unix(), "model": s.model(),
		"choices": []any{obj{"index": 0, "delta": delta, "finish_reason": finish}},
	})
}

func (s openAIEvents) begin()         { s.chunk(obj{"role": "assistant", "content": ""}, nil) }
func (s openAIEvents) think()         { s.chunk(obj{"reasoning_content": "hm"}, nil) }
func (s openAIEvents) piece(t string) { s.chunk(obj{"content": t}, nil) }
func (s openAIEvents) comment()       { s.send(": keep-alive\n\n") }

func (s openAIEvents) failure(code, message string) {
	s.event("", obj{"error": obj{"code": code, "type": code, "message": message}})
}

func (s openAIEvents) end(u Usage) {
	finish := map[string]string{"length": "length", "refusal": "content_filter"}[s.reply.Stop]
	if finish == "" {
		finish = "stop"
	}
	s.chunk(obj{}, finish)
	options, _ := s.call.Field("stream_options").(map[string]any)
	if options["include_usage"] == true && !s.reply.NoUsage {
		s.event("", obj{
			"id": "chatcmpl-scripted", "object": "chat.completion.chunk", "created": time.Now().Unix(), "model": s.model(), "choices": []any{},
			"usage": obj{
				"prompt_tokens": u.Input, "completion_tokens": u.Output, "total_tokens": u.Input + u.Output,
				"prompt_tokens_details": obj{"cached_tokens": u.CacheRead, "cache_write_tokens": u.CacheWrite},
			},
		})
	}
	s.send("data: [DONE]\n\n")
}

// anthropicEvents is the stream of Messages.
type anthropicEvents struct{ *stream }

func (s anthropicEvents) begin() {
	model := s.reply.Model
	if model == "" {
		model = s.call.Model
	}
	usage := obj{}
	if !s.reply.NoUsage {
		u := s.usage()
		usage = obj{
			"input_tokens": u.Input - u.CacheRead - u.CacheWrite, "output_tokens": 1,
			"cache_read_input_tokens": u.CacheRead, "cache_creation_input_tokens": u.CacheWrite,
		}
	}
	s.event("message_start", obj{"type": "message_start", "message": obj{
		"id": "msg_scripted", "type": "message", "role": "assistant", "model": model, "content": []any{},
		"stop_reason": nil, "stop_sequence": nil, "usage": usage,
	}})
	s.event("ping", obj{"type": "ping"})
	s.event("content_block_start", obj{"type": "content_block_start", "index": 0, "content_block": obj{"type": "text", "text": ""}})
}

func (s anthropicEvents) delta(delta obj) {
	s.event("content_block_delta", obj{"type": "content_block_delta", "index": 0, "delta": delta})
}

func (s anthropicEvents) think()         { s.delta(obj{"type": "thinking_delta", "thinking": "hm"}) }
func (s anthropicEvents) piece(t string) { s.delta(obj{"type": "text_delta", "text": t}) }
func (s anthropicEvents) comment()       { s.event("ping", obj{"type": "ping"}) }

func (s anthropicEvents) failure(code, message string) {
	s.event("error", obj{"type": "error", "error": obj{"type": code, "message": message}})
}

func (s anthropicEvents) end(u Usage) {
	stop := map[string]string{"length": "max_tokens", "refusal": "refusal"}[s.reply.Stop]
	if stop == "" {
		stop = "end_turn"
	}
	usage := obj{"output_tokens": u.Output}
	if s.reply.NoUsage {
		usage = obj{}
	}
	s.event("content_block_stop", obj{"type": "content_block_stop", "index": 0})
	s.event("message_delta", obj{"type": "message_delta", "delta": obj{"stop_reason": stop, "stop_sequence": nil}, "usage": usage})
	s.event("message_stop", obj{"type": "message_stop"})
}
