package aitest

import (
	"vellocity/internal/ai"
)

// said is an event of Responses.
func said(kind, fields string) string {
	if fields != "" {
		fields = "," + fields
	}
	return "event: " + kind + "\ndata: {\"type\":\"" + kind + "\"" + fields + "}\n\n"
}

// piece is a piece of text, given as it is written in JSON.
func piece(raw string) string { return said("response.output_text.delta", `"delta":`+raw) }

// last ends a response in a state; more are further fields of it.
func last(status, more string) string {
	if more != "" {
		more = "," + more
	}
	return said("response."+status, `"response":{"object":"response","status":"`+status+`"`+more+`}`)
}

// made is the output of a response: a thought, and a message.
func made(parts string) string {
	return `"output":[{"type":"reasoning","summary":[{"type":"summary_text","text":` + quote(thought) + `}],` +
		`"content":[{"type":"reasoning_text","text":` + quote(thought) + `}]},` +
		`{"type":"message","role":"assistant","content":[` + parts + `]}]`
}

func outputText(s string) string {
	return `{"type":"output_text","annotations":[],"text":` + quote(s) + `}`
}

// responses are ways to answer that Responses alone has.
func responses() []Case {
	list := []Case{
		{Name: "r-reasoning", Say: func(s Scene) Reply {
			return raw(
				said("response.output_item.added", `"output_index":0,"item":{"type":"reasoning","encrypted_content":"xyz"}`),
				said("response.reasoning_text.delta", `"delta":`+quote(thought)),
				said("response.reasoning_text.done", `"text":`+quote(thought)),
				said("response.reasoning_summary_text.delta", `"delta":`+quote(thought)),
				said("response.reasoning_summary_text.done", `"text":`+quote(thought)),
				piece(quote(s.Answer)), last("completed", made(outputText(s.Answer))))
		}},
		{Name: "r-unknown-events", Say: func(s Scene) Reply {
			return raw(said("keepalive", `"sequence_number":3`), said("response.web_search_call.searching", `"text":"no"`),
				"data: {\"note\":\"no type\"}\n\n", said("response.some_new_thing", `"delta":"no","text":"no"`),
				piece(quote(s.Answer)), said("response.output_text.annotation.added", `"annotation":{"text":"no"}`),
				said("response.output_text.done", `"text":`+quote(s.Answer)), last("completed", ""))
		}},
		{Name: "r-pieces-of-another-type", Say: func(s Scene) Reply {
			return raw(said("response.created", `"response":[],"sequence_number":"one"`), piece(`{"text":"no"}`), piece("null"),
				piece(quote(s.Answer)), last("completed", `"output":"none","usage":[],"model":7,"incomplete_details":null`))
		}},
		{Name: "r-two-parts", Say: func(s Scene) Reply {
			one, two := quote(s.Answer[:9]), quote(s.Answer[9:])
			return raw(piece(one), said("response.output_text.done", `"content_index":0,"text":`+one),
				piece(two), said("response.output_text.done", `"content_index":1,"text":`+two), last("completed", ""))
		}},
		{Name: "r-no-pieces", Say: func(s Scene) Reply {
			return raw(said("response.output_text.done", `"text":`+quote(s.Answer)), last("completed", ""))
		}},
		{Name: "r-at-the-end", Say: func(s Scene) Reply { return raw(last("completed", made(outputText(s.Answer)))) }},
		{Name: "r-not-streamed", Say: func(s Scene) Reply {
			return Reply{Type: "application/json", Body: `{"id":"x","object":"response","model":"m","status":"completed",` +
				`"error":null,"text":{"format":{"type":"text"}},` + made(outputText(s.Answer)) +
				`,"usage":{"input_tokens":3,"output_tokens":9,"total_tokens":12}}`}
		}, Check: func(r ai.Response) string {
			return differs("usage", r.Usage, ai.Usage{InputTokens: 3, OutputTokens: 9})
		}},
		{Name: "r-then-done", Say: func(s Scene) Reply { return raw(piece(quote(s.Answer)), last("completed", ""), done) }},
		{Name: "r-only-done", Say: func(s Scene) Reply { return raw(piece(quote(s.Answer)), done) }},
		{Name: "r-no-status", Say: func(s Scene) Reply {
			return raw(piece(quote(s.Answer)), said("response.completed", `"response":{}`))
		}},
		{Name: "r-usage", Say: func(s Scene) Reply {
			return raw(piece(quote(s.Answer)), last("completed", `"usage":{"input_tokens":"100","output_tokens":50,`+
				`"total_tokens":10150,"input_tokens_details":{"cached_tokens":64}}`))
		}, Check: func(r ai.Response) string {
			return differs("usage", r.Usage, ai.Usage{InputTokens: 100, OutputTokens: 10050, CachedTokens: 64})
		}},
		{Name: "r-surrogates", Say: func(s Scene) Reply {
			return raw(piece(`"\ud83d"`), piece(`"\ude00"`), piece(quote(s.Answer)), last("completed", ""))
		}, Check: begins("😀")},
		{Name: "r-id-nul", Say: func(s Scene) Reply {
			return raw(said("response.created", `"response":{"id":"a\u0000b\nc","model":"m\u0000"}`),
				piece(quote(s.Answer)), last("completed", ""))
		}},
	}
	list = append(list, responsesFailures()...)
	for i := range list {
		list[i].Wire = ResponsesWire
	}
	return list
}

// responsesFailures are the ways in which a response of Responses does not come.
func responsesFailures() []Case {
	failed := func(code, message string) func(Scene) Reply {
		return func(s Scene) Reply {
			return raw(said("response.created", `"response":{"id":"x","status":"in_progress","error":null}`),
				last("failed", `"error":{"code":`+quote(code)+`,"message":`+quote(message)+`}`))
		}
	}
	refused := func(parts ...string) func(Scene) Reply { return always(raw(parts...)) }
	const sorry = "I cannot help with that."
	no := `{"type":"refusal","refusal":"` + sorry + `"}`
	return []Case{
		{Name: "r-refusal", Kind: ai.KindPolicy, Say: refused(said("response.refusal.delta", `"delta":"`+sorry+`"`),
			said("response.refusal.done", `"refusal":"`+sorry+`"`), last("completed", made(no)))},
		{Name: "r-refusal-at-the-end", Kind: ai.KindPolicy, Say: refused(last("completed", made(no)))},
		{Name: "r-refusal-whole", Kind: ai.KindPolicy, Say: always(Reply{Type: "application/json",
			Body: `{"object":"response","status":"completed",` + made(no) + `}`})},
		{Name: "r-content-filter", Kind: ai.KindPolicy, Say: func(s Scene) Reply {
			return raw(piece(quote(s.Answer)), last("incomplete", `"incomplete_details":{"reason":"content_filter"}`))
		}},
		{Name: "r-invalid-prompt", Kind: ai.KindPolicy, Say: failed("invalid_prompt",
			"Invalid prompt: your prompt was flagged as potentially violating our usage policy.")},
		{Name: "r-incomplete", Stop: ai.StopLength, Calls: 2, Say: func(s Scene) Reply {
			return raw(piece(quote(s.Answer)), last("incomplete", `"incomplete_details":{"reason":"some_new_reason"}`))
		}},
		{Name: "r-incomplete-once", Calls: 2, Say: once(func(s Scene) Reply {
			return raw(piece(quote(s.Answer[:9])), last("incomplete", `"incomplete_details":{"reason":"max_output_tokens"}`))
		})},
		{Name: "r-failed", Kind: ai.KindTransient, Calls: 3, Say: failed("server_error", "The server had an error.")},
		{Name: "r-failed-rate", Kind: ai.KindRate, Calls: 3, Say: failed("rate_limit_exceeded", "slow down")},
		{Name: "r-failed-quota", Kind: ai.KindQuota, Say: failed("insufficient_quota", "You exceeded your current quota.")},
		{Name: "r-failed-context", Kind: ai.KindContext, Say: failed("context_length_exceeded", "too long")},
		{Name: "r-failed-silent", Kind: ai.KindTransient, Calls: 3, Say: refused(last("failed", `"error":null`))},
		{Name: "r-failed-once", Calls: 2, Say: once(func(s Scene) Reply {
			return raw(piece(quote(s.Answer[:9])), last("failed", `"error":{"code":"server_error","message":"gone"}`))
		})},
		{Name: "r-cancelled", Kind: ai.KindTransient, Calls: 3, Say: refused(last("cancelled", ""))},
		{Name: "r-error", Kind: ai.KindTransient, Calls: 3,
			Say: refused(said("error", `"code":"server_error","message":"gone","param":null,"sequence_number":4`))},
		{Name: "r-error-quota", Kind: ai.KindQuota,
			Say: refused(said("error", `"code":"insufficient_quota","message":"no credit","param":null`))},
		{Name: "r-cut-after-text", Calls: 2, Say: once(func(s Scene) Reply {
			return raw(piece(quote(s.Answer)), said("response.output_text.done", `"text":`+quote(s.Answer)))
		})},
		{Name: "r-still-in-progress", Kind: ai.KindAnswer, Say: always(Reply{Type: "application/json",
			Body: `{"object":"response","status":"in_progress","output":[]}`})},
		{Name: "r-instructions-refused", Calls: 2, Say: refusing("instructions", "application/json",
			`{"error":{"message":"Unsupported parameter: 'instructions' is not supported with this model."}}`)},
		{Name: "r-store-refused", Calls: 2, Say: refusing("store", "application/json",
			`{"error":{"message":"Unknown parameter: 'store'.","param":"store"}}`)},
		{Name: "r-text-refused", JSON: true, Calls: 2, Say: refusing("text", "application/json",
			`{"error":{"message":"Unknown parameter: 'text'."}}`)},
		{Name: "r-text-format-refused", JSON: true, Calls: 2, Say: refusing("text", "application/json",
			`{"error":{"message":"Invalid schema.","param":"text.format.schema"}}`)},
	}
}
