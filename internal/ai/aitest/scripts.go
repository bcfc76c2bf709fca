package aitest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"vellocity/internal/ai"
)

// Plain is the text of every scripted answer that asks for prose.
const Plain = "Rain falls on mild roofs. The gutters sing, and the garden drinks."

// thought is what scripted models think. It holds what must not be taken for an answer:
// paragraphs, and JSON.
const thought = "Okay, the user wants a text. Perhaps [1] or {\"items\":[\"thought\",\"thought\"]}.\n\n" +
	"The brand is secretive about prices, so I must not say that we lost customers.\n\nDone."

// Case is a script with a name: a way in which model servers really answer, and what
// must come of it.
type Case struct {
	Name string
	Wire Wire // the only one that it is for; "": all
	// Say answers a call with the given answer, which meets the call's schema if it has
	// one; n counts the calls of one test from 0.
	Say  func(s Scene) Reply
	JSON bool // it is for calls with a schema alone

	Kind  ai.Kind       // of the failure that must come; "": the answer must
	Stop  ai.StopReason // "": the text ended by itself
	Calls int           // that must be made; 0: one
	// Least is how long it must take at least, and Most at most; 0: 30 s at most.
	Least, Most time.Duration
	Check       func(r ai.Response) (problem string)
	Message     string // what the failure must say
}

// Scene is a call that a case answers.
type Scene struct {
	Call   Call
	N      int    // from 0
	Answer string // the right one
	events Events
}

// frames returns the answer as a raw stream, with parts of it replaced: pieces stand
// for the text.
func (s Scene) frames(pieces ...string) []Frame {
	list := []Frame{{Raw: s.events.Begin()}}
	for _, p := range pieces {
		list = append(list, Frame{Raw: s.events.Piece(p)})
	}
	return append(list, Frame{Raw: s.events.End()})
}

// text is the answer in small pieces, with something before and after it.
func (s Scene) text(before, after string) Reply { return Text(Split(before+s.Answer+after, 3)...) }

// good is the answer as it should be.
func (s Scene) good() Reply { return s.text("", "") }

// raw is a stream of the given parts.
func raw(parts ...string) Reply {
	var r Reply
	for _, p := range parts {
		r.Frames = append(r.Frames, Frame{Raw: p})
	}
	return r
}

// chunk is an event of Chat Completions.
func chunk(fields string) string {
	return "data: {\"object\":\"chat.completion.chunk\"," + fields + "}\n\n"
}

// delta is a chunk with one choice.
func delta(fields string) string {
	return chunk(`"choices":[{"index":0,"delta":{` + fields + `},"finish_reason":null}]`)
}

// finish is the chunk that ends the text.
func finish() string {
	return chunk(`"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]`)
}

func quote(s string) string {
	data, _ := json.Marshal(s) //nolint:errchkjson // a string
	return string(data)
}

const done = "data: [DONE]\n\n"

func body(status int, text string) Reply {
	return Reply{Status: status, Body: text, Type: "application/json"}
}

// once gives the reply to the first call and the right answer to those after it.
func once(r func(s Scene) Reply) func(s Scene) Reply {
	return func(s Scene) Reply {
		if s.N > 0 {
			return s.good()
		}
		return r(s)
	}
}

func always(r Reply) func(Scene) Reply { return func(Scene) Reply { return r } }

// refusing answers 400 with a message while a call has the field, or the system's role.
func refusing(field, contentType, text string) func(s Scene) Reply {
	return func(s Scene) Reply {
		if has := s.Call.Field(field) != nil; has || field == "" && s.Call.System != "" {
			return Reply{Status: 400, Body: text, Type: contentType}
		}
		return s.good()
	}
}

// Cases lists the scripts.
func Cases() []Case {
	return slices.Concat(thinking(), characters(), ends(), silences(), inside(), shapes(), waits(), refusals(), answers(),
		responses())
}

// thinking are models that think in their text.
func thinking() []Case {
	return []Case{
		{Name: "think-tags", Say: func(s Scene) Reply { return s.text("<think>\n"+thought+"\n</think>\n\n", "") }},
		{Name: "think-thinking", Say: func(s Scene) Reply { return s.text("\n<thinking>"+thought+"</thinking>", "") }},
		{Name: "think-empty", Say: func(s Scene) Reply { return s.text("<think>\n\n</think>\n\n", "") }},
		{Name: "think-close-only", Say: func(s Scene) Reply { return s.text(thought+"\n</think>\n\n", "") }},
		{Name: "think-close-empty", Say: func(s Scene) Reply { return s.text("\n</think>\n\n", "") }},
		{Name: "think-in-one", Say: func(s Scene) Reply { return Text("<think>" + thought + "</think>\n\n" + s.Answer) }},
		{Name: "harmony", Say: func(s Scene) Reply {
			return s.text(
				"<|channel|>analysis<|message|>"+thought+"<|end|><|start|>assistant<|channel|>final<|message|>",
				"<|return|>",
			)
		}},
		{Name: "think-field", Say: func(s Scene) Reply { r := s.good(); r.Think = 4; return r }},
		{Name: "think-only", Calls: 2, Kind: ai.KindAnswer, Say: always(Text("<think>" + thought + "</think>"))},
		{Name: "content-list", Wire: OpenAIWire, Say: func(s Scene) Reply {
			return raw(
				delta(`"content":[{"type":"thinking","thinking":[{"type":"text","text":`+quote(thought)+`}]}]`),
				delta(`"content":[{"type":"text","text":`+quote(s.Answer)+`}]`), finish(), done)
		}},
		{
			Name:  "think-details-only",
			Wire:  OpenAIWire,
			Least: 100 * time.Second,
			Most:  110 * time.Second,
			Say: func(s Scene) Reply {
				var r Reply
				for range 100 {
					r.Frames = append(
						r.Frames,
						Frame{time.Second, delta(`"reasoning_details":[{"type":"reasoning.text","text":"hm"}]`)},
					)
				}
				r.Frames = append(r.Frames, s.frames(s.Answer)...)
				return r
			},
		},
	}
}

// characters are texts with characters that no text may hold.
func characters() []Case {
	spoil := func(s string) string { return s[:5] + "\x00" + s[5:9] + "\x01\x1b" + s[9:] }
	return []Case{
		{Name: "nul-prose", Say: func(s Scene) Reply { return Text("\x00"+s.Answer[:3], "\x00"+s.Answer[3:]+"\x00") }},
		{Name: "control", Say: func(s Scene) Reply { return Text(spoil(s.Answer)) }},
		{Name: "model-nul", Say: func(s Scene) Reply { r := s.good(); r.Model = "gpt-6.1\x00terra"; return r },
			Check: func(r ai.Response) string { return differs("model", r.Model, "gpt-6.1terra") }},
		{Name: "error-nul", Kind: ai.KindRequest, Message: "bad thing", Say: always(Status(400, "bad\x00", "bad\x00 thing"))},
		{Name: "id-nul", Wire: OpenAIWire, Say: func(s Scene) Reply {
			return raw(
				chunk(`"id":"a\u0000b\nc","choices":[{"index":0,"delta":{"content":`+quote(s.Answer)+`}}]`),
				finish(),
				done,
			)
		}},
		{Name: "surrogates", Wire: OpenAIWire, Say: func(s Scene) Reply {
			return raw(
				delta(`"content":"\ud83d"`),
				delta(`"content":"\ude00"`),
				delta(`"content":`+quote(s.Answer)),
				finish(),
				done,
			)
		}, Check: begins("😀")},
		{Name: "lone-surrogate", Wire: OpenAIWire, Say: func(s Scene) Reply {
			return raw(
				delta(`"content":"\ud83d"`),
				delta(`"content":`+quote(s.Answer)),
				delta(`"content":"\ude00"`),
				finish(),
				done,
			)
		}},
		{Name: "cut-character", Wire: OpenAIWire, Say: func(s Scene) Reply {
			return raw(
				delta("\"content\":\"\xe9\x9b\""),
				delta("\"content\":\"\xa8\""),
				delta(`"content":`+quote(s.Answer)),
				finish(),
				done,
			)
		}, Check: begins("雨")},
		{Name: "cr-text", Wire: OpenAIWire, Say: func(s Scene) Reply {
			return raw(delta(`"content":"\r"`), delta(`"content":"\n"`), delta(`"content":`+quote(s.Answer)), finish(), done)
		}, Check: begins("\nR")},
	}
}

func begins(with string) func(ai.Response) string {
	return func(r ai.Response) string {
		if !strings.HasPrefix(r.Text, with) {
			return fmt.Sprintf("the text begins with %.12q, not %q", r.Text, with)
		}
		return ""
	}
}

func differs(what string, got, want any) string {
	if got != want {
		return fmt.Sprintf("%s %v, want %v", what, got, want)
	}
	return ""
}

// ends are the words for why a text ended.
func ends() []Case {
	var list []Case
	add := func(words []string, c Case) {
		for _, word := range words {
			c.Name = "fin-" + strings.ToLower(word)
			c.Say = func(s Scene) Reply { r := s.good(); r.Stop = word; return r }
			list = append(list, c)
		}
	}
	add([]string{"STOP", "eos", "stop_sequence", "tool_calls"}, Case{})
	add([]string{"length", "MAX_TOKENS", "max_output_tokens", "model_length"}, Case{Stop: ai.StopLength, Calls: 2})
	add([]string{"SAFETY", "RECITATION", "content_filtered", "PROHIBITED_CONTENT", "sensitive", "guardrail_intervened"},
		Case{Kind: ai.KindPolicy})
	add([]string{"error", "network_error", "insufficient_system_resource", "abort", "cancelled"},
		Case{Kind: ai.KindTransient, Calls: 3})
	add(
		[]string{"some_new_word"},
		Case{Check: func(r ai.Response) string { return differs("finish", r.Finish, "some_new_word") }},
	)
	return append(
		list,
		Case{
			Name:  "fin-length-once",
			Calls: 2,
			Say:   once(func(s Scene) Reply { r := Text(s.Answer[:9]); r.Stop = "length"; return r }),
		},
		Case{
			Name: "no-finish-done",
			Wire: OpenAIWire,
			Say:  func(s Scene) Reply { return raw(delta(`"content":`+quote(s.Answer)), done) },
		},
		Case{
			Name:  "no-finish",
			Kind:  ai.KindTransient,
			Calls: 3,
			Say:   func(s Scene) Reply { return s.good().Faulty(End, 1) },
		},
		Case{Name: "finish-false", Wire: OpenAIWire, Say: func(s Scene) Reply {
			return raw(
				chunk(`"choices":[{"index":0,"delta":{"content":`+quote(s.Answer)+`},"finish_reason":false}]`),
				finish(),
				done,
			)
		}},
		Case{Name: "a-two-deltas", Wire: AnthropicWire, Say: func(s Scene) Reply {
			end := strings.Replace(
				s.events.End(),
				"event: message_stop",
				"event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":null},\"usage\":{}}\n\nevent: message_stop",
				1,
			)
			return raw(s.events.Begin(), s.events.Piece(s.Answer), end)
		}},
		Case{Name: "a-no-reason", Wire: AnthropicWire, Say: func(s Scene) Reply {
			return raw(s.events.Begin(), s.events.Piece(s.Answer), "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n")
		}},
	)
}

// silences are servers that are slow, or do not end their streams.
func silences() []Case {
	open := func(s Scene) Reply {
		end, _, _ := strings.Cut(s.events.End(), "event: message_stop")
		end, _, _ = strings.Cut(end, done)
		return raw(s.events.Begin(), s.events.Piece(s.Answer), end)
	}
	beating := func(s Scene) (r Reply) {
		for range 14 {
			r.Frames = append(r.Frames, Frame{5 * time.Second, s.events.KeepAlive()})
		}
		r.Frames = append(r.Frames, s.frames(s.Answer)...)
		return r
	}
	return []Case{
		{Name: "fin-open", Most: 5 * time.Second, Say: func(s Scene) Reply { return open(s).Faulty(Hang, 0) }},
		{Name: "fin-open-beat", Most: 5 * time.Second, Say: func(s Scene) Reply { return open(s).Faulty(KeepAlive, 0) }},
		{Name: "think-long-comments", Least: 70 * time.Second, Most: 80 * time.Second, Say: beating},
		{Name: "empty-data", Say: func(s Scene) Reply {
			return raw("data:\n\n", s.events.Begin(), "data: \n\n", s.events.Piece(s.Answer), "data:\n\n", s.events.End())
		}},
	}
}

// inside are errors in responses with status 200.
func inside() []Case {
	event := func(data string) func(Scene) Reply { return always(raw("data: " + data + "\n\n")) }
	return []Case{
		{Name: "pre-402", Kind: ai.KindQuota, Say: event(`{"error":{"code":402,"message":"Insufficient credits"}}`)},
		{Name: "pre-401", Kind: ai.KindAuth, Say: event(`{"error":{"code":401,"message":"No auth credentials found"}}`)},
		{Name: "pre-400-context", Kind: ai.KindContext, Say: event(`{"error":{"code":400,"message":"prompt is too long"}}`)},
		{
			Name: "pre-403-flagged",
			Kind: ai.KindPolicy,
			Say:  event(`{"error":{"code":403,"message":"Your input was flagged"}}`),
		},
		{Name: "pre-429", Calls: 3, Kind: ai.KindRate, Say: event(`{"error":{"code":"429","message":"slow down"}}`)},
		{
			Name:  "pre-502",
			Calls: 3,
			Kind:  ai.KindTransient,
			Say:   event(`{"error":{"code":502,"message":"Provider returned error"}}`),
		},
		{
			Name: "error-event",
			Kind: ai.KindQuota,
			Say:  always(raw("event: error\ndata: {\"message\":\"no money\",\"code\":402}\n\n")),
		},
		{
			Name:  "error-text",
			Calls: 3,
			Kind:  ai.KindTransient,
			Say:   always(raw("event: error\ndata: upstream went away\n\n")),
		},
		{
			Name: "error-bare",
			Kind: ai.KindAuth,
			Say:  event(`{"object":"error","message":"bad key","type":"authentication_error","code":401}`),
		},
		{
			Name: "json-402",
			Kind: ai.KindQuota,
			Say:  always(Reply{Body: `{"error":{"code":402,"message":"no"}}`, Type: "application/json"}),
		},
		{
			Name: "json-in-stream",
			Kind: ai.KindQuota,
			Say:  always(Reply{Body: `{"error":{"code":402,"message":"no"}}`, Type: "text/event-stream"}),
		},
		{Name: "mid-502", Calls: 3, Kind: ai.KindTransient, Say: func(s Scene) Reply {
			return raw(
				s.events.Begin(),
				s.events.Piece(s.Answer[:4]),
				"data: {\"error\":{\"code\":502,\"message\":\"gone\"}}\n\n",
			)
		}},
		{Name: "cut-once", Calls: 2, Say: once(func(s Scene) Reply { return s.good().Faulty(Cut, 2) })},
		{Name: "error-empty", Wire: OpenAIWire, Say: func(s Scene) Reply {
			return raw(chunk(`"error":"","choices":[{"index":0,"delta":{"content":`+quote(s.Answer)+`}}]`), finish(), done)
		}},
	}
}

// shapes are responses in another shape than the protocol's.
func shapes() []Case {
	typed := func(t string) func(Scene) Reply {
		return func(s Scene) Reply { return Reply{Frames: s.frames(s.Answer), Type: t} }
	}
	outside := `"usage":{"prompt_tokens":100,"completion_tokens":50,"total_tokens":10150,"completion_tokens_details":{"reasoning_tokens":10000}}`
	return []Case{
		{Name: "ctype-none", Say: typed("-")},
		{Name: "ctype-plain", Say: typed("text/plain")},
		{Name: "ctype-json", Say: typed("application/json")},
		{Name: "not-streamed", Wire: OpenAIWire, Say: func(s Scene) Reply {
			return Reply{Type: "application/json", Body: `{"id":"x","model":"m","choices":[{"index":0,"finish_reason":"stop",` +
				`"message":{"role":"assistant","content":` + quote(s.Answer) + `}}],"usage":{"prompt_tokens":3,"completion_tokens":9}}`}
		}},
		{Name: "a-not-streamed", Wire: AnthropicWire, Say: func(s Scene) Reply {
			return Reply{
				Type: "application/json",
				Body: `{"id":"x","type":"message","model":"m","stop_reason":"end_turn","content":[` +
					`{"type":"thinking","thinking":"hm"},{"type":"text","text":` + quote(s.Answer) + `}],"usage":{"input_tokens":3,"output_tokens":9}}`,
			}
		}},
		{Name: "message-not-delta", Wire: OpenAIWire, Say: func(s Scene) Reply {
			return raw(chunk(`"choices":[{"index":0,"message":{"content":`+quote(s.Answer)+`},"finish_reason":"stop"}]`), done)
		}},
		{Name: "message-again", Wire: OpenAIWire, Say: func(s Scene) Reply {
			return raw(delta(`"content":`+quote(s.Answer)),
				chunk(`"choices":[{"index":0,"message":{"content":`+quote(s.Answer)+`},"finish_reason":"stop"}]`), done)
		}},
		{Name: "content-list-text", Wire: OpenAIWire, Say: func(s Scene) Reply {
			return raw(
				delta(`"content":[{"type":"text","text":`+quote(s.Answer[:4])+`},`+quote(s.Answer[4:])+`]`),
				finish(),
				done,
			)
		}},
		{Name: "id-number", Wire: OpenAIWire, Say: func(s Scene) Reply {
			return raw(
				chunk(
					`"id":17,"model":false,"created":"now","choices":[{"index":"0","delta":{"role":1,"content":`+quote(s.Answer)+`}}]`,
				),
				finish(),
				done,
			)
		}},
		{Name: "two-choices", Wire: OpenAIWire, Say: func(s Scene) Reply {
			return raw(
				delta(`"content":`+quote(s.Answer)),
				chunk(`"choices":[{"index":1,"delta":{"content":"other"},"finish_reason":"length"}]`),
				finish(),
				done,
			)
		}},
		{Name: "usage-reasoning-outside", Wire: OpenAIWire, Say: func(s Scene) Reply {
			return raw(delta(`"content":`+quote(s.Answer)), finish(), chunk(`"choices":[],`+outside), done)
		}, Check: func(r ai.Response) string {
			return differs("usage", r.Usage, ai.Usage{InputTokens: 100, OutputTokens: 10050})
		}},
		{Name: "usage-zero-last", Wire: OpenAIWire, Say: func(s Scene) Reply {
			return raw(
				delta(`"content":`+quote(s.Answer)),
				chunk(
					`"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":9000,"completion_tokens":7000.0}`,
				),
				chunk(`"choices":[],"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}`),
				done,
			)
		}, Check: func(r ai.Response) string {
			return differs("usage", r.Usage, ai.Usage{InputTokens: 9000, OutputTokens: 7000})
		}},
	}
}

// waits are rate limits, and the ways to say how long to wait.
func waits() []Case {
	limited := func(r Reply) func(Scene) Reply { return once(func(Scene) Reply { r.Status = 429; return r }) }
	google := `[{"error":{"code":429,"message":"You exceeded your current quota.","status":"RESOURCE_EXHAUSTED","details":[` +
		`{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"7s"}]}}]`
	header := func(name, value string) Reply {
		return Reply{
			Body:   `{"error":{"message":"slow down"}}`,
			Type:   "application/json",
			Header: map[string]string{name: value},
		}
	}
	said := func(text string) Reply {
		return body(429, `{"error":{"message":`+quote(text)+`,"code":"rate_limit_exceeded"}}`)
	}
	wait := func(name string, r Reply, d time.Duration) Case {
		return Case{Name: name, Calls: 2, Least: d, Most: d + d/2, Say: limited(r)}
	}
	return []Case{
		wait("gemini-window", body(429, google), 7*time.Second),
		wait("s-429-said", said("Rate limit reached. Please try again in 2.5s."), 2500*time.Millisecond),
		wait("s-429-seconds", said("Please retry after 3 seconds."), 3*time.Second),
		wait("s-429-minutes", said("Limit reached, try again in 0m12.5s"), 12500*time.Millisecond),
		wait("s-429-retry-after-unit", header("Retry-After", "4s"), 4*time.Second),
		wait("s-429-ms", header("X-Ms-Retry-After-Ms", "1500"), 1500*time.Millisecond),
		wait("s-429-reset", header("X-RateLimit-Reset-Requests", "6s"), 6*time.Second),
		wait("s-429-silent", said("slow down"), 2*time.Second),
		{Name: "s-429-always", Kind: ai.KindRate, Calls: 3, Least: 10 * time.Second, Say: always(said("slow down"))},
		{Name: "s-429-daily", Kind: ai.KindQuota, Say: always(said("Rate limit exceeded: free-models-per-day."))},
	}
}

// refusals are requests that a server refuses, in the words that are in use.
func refusals() []Case {
	const jsonType, textType = "application/json", "text/plain"
	list := func(message string) string {
		return `[{"error":{"code":400,"message":` + quote(message) + `,"status":"INVALID_ARGUMENT"}}]`
	}
	cases := []Case{
		{
			Name:    "gemini-array-400",
			Kind:    ai.KindRequest,
			Message: "no such model",
			Say:     always(body(400, list("no such model"))),
		},
		{
			Name: "gemini-key",
			Kind: ai.KindAuth,
			Say:  always(body(400, list("API key not valid. Please pass a valid API key."))),
		},
		{
			Name:    "errors-list",
			Kind:    ai.KindRequest,
			Message: "so not",
			Say:     always(body(400, `{"errors":[{"message":"so not"}]}`)),
		},
		{
			Name:    "plain-text",
			Kind:    ai.KindRequest,
			Message: "so not",
			Say:     always(Reply{Status: 400, Body: "so not", Type: textType}),
		},
		{
			Name:    "redirect-308",
			Kind:    ai.KindRequest,
			Message: "redirects",
			Say:     always(Reply{Status: 308, Body: "moved", Type: textType}),
		},
		{
			Name:    "bot-wall",
			Kind:    ai.KindAnswer,
			Message: "web page",
			Say:     always(Reply{Status: 403, Body: "<html>Checking your browser", Type: "text/html"}),
		},
	}
	stream := func(name, contentType, text string) Case {
		return Case{Name: name, Wire: OpenAIWire, Calls: 2, Say: refusing("stream_options", contentType, text)}
	}
	cases = append(
		cases,
		stream(
			"gemini-array-param",
			jsonType,
			list(`Invalid JSON payload received. Unknown name "stream_options": Cannot find field.`),
		),
		stream("param-errors-list", jsonType, `{"errors":[{"message":"stream_options is not allowed"}]}`),
		stream("param-text", textType, "unknown field stream_options"),
		stream(
			"param-detail",
			jsonType,
			`{"detail":[{"loc":["body","stream_options"],"msg":"Extra inputs are not permitted"}]}`,
		),
		Case{Name: "no-system", Calls: 2, Say: refusing("", jsonType, `{"error":{"message":"System role not supported"}}`)},
		Case{
			Name:  "no-developer",
			Calls: 2,
			Say:   refusing("", jsonType, `{"error":{"message":"Developer instruction is not enabled for models/gemma-3"}}`),
		},
	)
	for wire, field := range map[Wire]string{
		OpenAIWire: "response_format", AnthropicWire: "output_config", ResponsesWire: "text.format",
	} {
		form := func(name, message string) Case {
			return Case{
				Name:  name,
				Wire:  wire,
				JSON:  true,
				Calls: 2,
				Say:   refusing(field, jsonType, `{"error":{"message":`+quote(message)+`}}`),
			}
		}
		cases = append(cases,
			form("s-400-jsonobject", "Invalid value: 'json_schema'. Supported values are: 'text' and 'json_object'."),
			form("s-400-grammar", "Failed to parse grammar"),
		)
	}
	return cases
}

// answers are what models put around an answer.
func answers() []Case {
	return []Case{
		{Name: "fence-prose", Say: func(s Scene) Reply { return s.text("```markdown\n", "\n```") }},
		{Name: "fence-bare", Say: func(s Scene) Reply { return s.text("```\n", "\n```\n") }},
		{
			Name: "fence-remark",
			JSON: true,
			Say:  func(s Scene) Reply { return s.text("As asked [1], here is it: ", "\nEnjoy {this}!") },
		},
		{Name: "fence-wrapped", JSON: true, Say: func(s Scene) Reply { return s.text(`{"outline":`, `}`) }},
		{Name: "fence-extra", JSON: true, Say: func(s Scene) Reply { return Text(`{"more":1,` + s.Answer[1:]) }},
		{Name: "fence-string", JSON: true, Say: func(s Scene) Reply { return Text(quote(s.Answer)) }},
		{Name: "says-done", Say: func(s Scene) Reply { return Text("[DONE]", s.Answer) }, Check: begins("[DONE]")},
	}
}
