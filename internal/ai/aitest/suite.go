package aitest

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"vellocity/internal/ai"
)

// OpenAI starts a server for the length of a test; its calls get the replies in
// turn. Configure a client with its BaseURL(OpenAIWire).
func OpenAI(t testing.TB, replies ...Reply) *Server { return start(t, replies) }

// Anthropic starts a server for the length of a test; its calls get the replies
// in turn. Configure a client with its BaseURL(AnthropicWire).
func Anthropic(t testing.TB, replies ...Reply) *Server { return start(t, replies) }

func start(t testing.TB, replies []Reply) *Server {
	t.Helper()
	s := NewServer(Sequence(replies...))
	t.Cleanup(s.Close)
	return s
}

// Maker makes the provider under test: for the address, with the key Secret, over
// the client.
type Maker func(baseURL string, client *http.Client) ai.Provider

// Secret is the key that a provider under test must be made with.
const Secret = "sk-scripted-9f8e7d6c5b4a"

// suite is one run of the tests.
type suite struct {
	make     Maker
	protocol Protocol
}

// Run is the suite that every provider on HTTP passes, over the protocol that it
// speaks.
func Run(t *testing.T, make Maker, protocol Protocol) {
	s := suite{make, protocol}
	t.Run("text", s.text)
	t.Run("order under slicing", s.slices)
	t.Run("usage", s.usage)
	t.Run("stop reasons", s.stops)
	t.Run("thinking is a sign of life", s.thinks)
	t.Run("errors are classified", s.errors)
	t.Run("answers that are none", s.nonsense)
	t.Run("broken streams", s.broken)
	t.Run("stream whole but for its tail", s.tail)
	t.Run("cancellation closes the call", s.cancel)
	t.Run("an error of the viewer ends the call", s.viewer)
	t.Run("silence", s.silence)
	t.Run("unreachable", s.unreachable)
	t.Run("the request", s.request)
	t.Run("refused parameters", s.refusals)
}

// server runs f in a bubble of its own with a server that follows the replies.
func (s suite) server(t *testing.T, script Script, f func(t *testing.T, server *Server, p ai.Provider)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		server := NewMemoryServer(script, s.protocol)
		client := server.Client()
		defer func() {
			client.CloseIdleConnections()
			server.Close()
			synctest.Wait()
		}()
		f(t, server, s.make(server.BaseURL(s.protocol.Wire), client))
	})
}

var prompt = ai.Request{Model: "scripted-1", System: "Write plainly.", Messages: ai.User("A word on rain.")}

// collect makes a call and returns the pieces of text.
func collect(p ai.Provider, req ai.Request) (pieces []string, resp ai.Response, err error) {
	resp, err = p.Generate(context.Background(), req, ai.Sink{
		Text: func(piece string) error {
			if piece != "" {
				pieces = append(pieces, piece)
			}
			return nil
		},
		Retract: func() error { pieces = nil; return nil },
	})
	return pieces, resp, err
}

var pieces = []string{"Rain ", "falls\n\n", "on “mild” ", "roofs,", " 雨 and", " stops."}

func (s suite) text(t *testing.T) {
	s.server(t, Always(Text(pieces...)), func(t *testing.T, _ *Server, p ai.Provider) {
		got, resp, err := collect(p, prompt)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, pieces) || resp.Text != strings.Join(pieces, "") {
			t.Errorf("pieces %q, text %q", got, resp.Text)
		}
		if resp.Status != 200 || resp.Model != "scripted-1" || resp.RequestID != "req-0" {
			t.Errorf("response %+v", resp)
		}
	})
}

func (s suite) slices(t *testing.T) {
	r := Text(pieces...)
	r.Slice = 1
	s.server(t, Always(r), func(t *testing.T, _ *Server, p ai.Provider) {
		got, _, err := collect(p, prompt)
		if err != nil || !slices.Equal(got, pieces) {
			t.Errorf("pieces %q, error %v", got, err)
		}
	})
}

func (s suite) usage(t *testing.T) {
	r := Text("yes")
	r.Usage = Usage{Input: 1500, Output: 42, CacheRead: 1000, CacheWrite: 200}
	none := Text("yes")
	none.NoUsage = true
	s.server(t, Sequence(r, none), func(t *testing.T, _ *Server, p ai.Provider) {
		_, resp, err := collect(p, prompt)
		want := ai.Usage{InputTokens: 1500, OutputTokens: 42, CachedTokens: 1000, CacheWriteTokens: 200}
		if err != nil || resp.Usage != want {
			t.Errorf("usage %+v, error %v, want %+v", resp.Usage, err, want)
		}
		if _, resp, err = collect(p, prompt); err != nil || resp.Usage != (ai.Usage{}) {
			t.Errorf("usage %+v, error %v where none was given", resp.Usage, err)
		}
	})
}

func (s suite) stops(t *testing.T) {
	for told, want := range map[string]ai.StopReason{
		"end": ai.StopEnd, "length": ai.StopLength, "refusal": ai.StopRefusal,
	} {
		r := Text("part")
		r.Stop = told
		s.server(t, Always(r), func(t *testing.T, _ *Server, p ai.Provider) {
			_, resp, err := collect(p, prompt)
			if err != nil || resp.Stop != want || resp.Text != "part" {
				t.Errorf("%s: stop %q, text %q, error %v", told, resp.Stop, resp.Text, err)
			}
		})
	}
}

func (s suite) thinks(t *testing.T) {
	r := Text("yes")
	r.Think = 3
	s.server(t, Always(r), func(t *testing.T, _ *Server, p ai.Provider) {
		var all []string
		resp, err := p.Generate(
			context.Background(),
			prompt,
			ai.Sink{Text: func(piece string) error { all = append(all, piece); return nil }},
		)
		if err != nil || resp.Text != "yes" || !slices.Equal(all, []string{"", "", "", "yes"}) {
			t.Errorf("pieces %q, text %q, error %v", all, resp.Text, err)
		}
	})
}

func (s suite) errors(t *testing.T) {
	leak := "Incorrect API key provided: " + Secret + " at https://x.test/?k=" + Secret
	for _, c := range []struct {
		name  string
		reply Reply
		kind  ai.Kind
		after time.Duration
	}{
		{"400", Status(400, "invalid_request_error", "bad field"), ai.KindRequest, 0},
		{"401", Status(401, "authentication_error", leak), ai.KindAuth, 0},
		{"403", Status(403, "permission_error", leak), ai.KindAuth, 0},
		{"402", Status(402, "billing_error", "pay"), ai.KindQuota, 0},
		{"404", Status(404, "not_found_error", leak), ai.KindRequest, 0},
		{"408", Status(408, "timeout", "slow"), ai.KindTransient, 0},
		{"413", Status(413, "request_too_large", "large"), ai.KindContext, 0},
		{"500", Status(500, "api_error", leak), ai.KindTransient, 0},
		{"503", Status(503, "server_error", "down"), ai.KindTransient, 0},
		{"529", Status(529, "overloaded_error", "busy"), ai.KindTransient, 0},
		{"context", Status(400, "context_length_exceeded", "the prompt is too long"), ai.KindContext, 0},
		{"filter", Status(400, "content_filter", "no"), ai.KindPolicy, 0},
		{"empty account", Status(429, "insufficient_quota", "no credit"), ai.KindQuota, 0},
		{"spend limit", Status(429, "enforced_spend_limit_reached", "until next month"), ai.KindQuota, 0},
		{"redirect", Reply{Status: 302, Body: "moved", Type: "text/plain", Header: map[string]string{"Location": "/elsewhere"}}, ai.KindRequest, 0},
		{"rate", Rate(""), ai.KindRate, 0},
		{"rate, seconds", Rate("7"), ai.KindRate, 7 * time.Second},
		{"rate, a date", Rate(time.Date(2000, 1, 1, 0, 0, 30, 0, time.UTC).Format(http.TimeFormat)), ai.KindRate, 30 * time.Second},
		{"rate, ten days", Rate("864000"), ai.KindRate, 24 * time.Hour},
		{"rate, negative", Rate("-5"), ai.KindRate, 0},
		{"rate, garbage", Rate("soon"), ai.KindRate, 0},
		{"rate, infinite", Rate("1e999"), ai.KindRate, 24 * time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.server(t, Always(c.reply), func(t *testing.T, server *Server, p ai.Provider) {
				_, resp, err := collect(p, prompt)
				e := failure(t, err)
				if e.Kind != c.kind || e.Status != c.reply.Status || resp.Status != c.reply.Status || e.RetryAfter != c.after {
					t.Errorf("kind %s, status %d (%d), retry after %s", e.Kind, e.Status, resp.Status, e.RetryAfter)
				}
				if server.Count() != 1 {
					t.Errorf("%d calls: a provider must not retry", server.Count())
				}
			})
		})
	}
}

// failure returns err as an *ai.Error, and checks what holds for all of them.
func failure(t *testing.T, err error) *ai.Error {
	t.Helper()
	e, ok := ai.AsError(err)
	if !ok {
		t.Fatalf("error %v is no *ai.Error", err)
	}
	if e.Message == "" || e.Provider == "" {
		t.Errorf("error says nothing: %+v", e)
	}
	if strings.Contains(err.Error(), Secret) || strings.Contains(e.Message, "://") {
		t.Errorf("error gives something away: %v", err)
	}
	return e
}

func (s suite) nonsense(t *testing.T) {
	for name, reply := range map[string]Reply{
		"web page":        HTML(),
		"other JSON":      {Body: `{"status":"ok"}`, Type: "application/json"},
		"broken JSON":     {Body: `{"choices":[{"mess`, Type: "application/json"},
		"other type":      {Body: "plain", Type: "text/plain"},
		"50 MB":           {Body: strings.Repeat("x", 50<<20), Type: "application/json"},
		"no content type": {Body: "\x00\x01", Type: "application/octet-stream"},
	} {
		s.server(t, Always(reply), func(t *testing.T, _ *Server, p ai.Provider) {
			_, _, err := collect(p, prompt)
			if e := failure(t, err); e.Kind != ai.KindAnswer {
				t.Errorf("%s: kind %s, %s", name, e.Kind, e.Message)
			}
		})
	}
}

func (s suite) broken(t *testing.T) {
	whole := Text(pieces...)
	large := Text(slices.Repeat([]string{strings.Repeat("x", 1<<19)}, 9)...)
	event := whole.Faulty(ErrorNow, 3)
	limit := event
	limit.Code = "rate_limit_error"
	for _, c := range []struct {
		name  string
		reply Reply
		kind  ai.Kind
		text  string
	}{
		{"cut before the first piece", whole.Faulty(Cut, 0), ai.KindTransient, ""},
		{"cut inside", whole.Faulty(Cut, 3), ai.KindTransient, "Rain falls\n\non “mild” "},
		{"cut after the last piece", whole.Faulty(Cut, 6), ai.KindTransient, strings.Join(pieces, "")},
		{"ended early", whole.Faulty(End, 3), ai.KindTransient, "Rain falls\n\non “mild” "},
		{"malformed line", whole.Faulty(Malformed, 1), ai.KindTransient, "Rain "},
		{"error event", event, ai.KindTransient, "Rain falls\n\non “mild” "},
		{"rate event", limit, ai.KindRate, "Rain falls\n\non “mild” "},
		{"connection reset", Reply{CutHard: true}, ai.KindTransient, ""},
		{"huge line", whole.Faulty(HugeLine, 1), ai.KindAnswer, "Rain "},
		{"answer over 4 MiB", large, ai.KindAnswer, strings.Repeat("x", 8<<19)},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.server(t, Always(c.reply), func(t *testing.T, _ *Server, p ai.Provider) {
				_, resp, err := collect(p, prompt)
				if e := failure(t, err); e.Kind != c.kind {
					t.Errorf("kind %s: %v", e.Kind, err)
				}
				if resp.Text != c.text {
					t.Errorf("text %.40q of %d bytes", resp.Text, len(resp.Text))
				}
			})
		})
	}
}

// tail cuts a stream after its answer was over: nothing of worth is lost.
func (s suite) tail(t *testing.T) {
	s.server(
		t,
		Always(Reply{Body: s.protocol.Whole, Type: "text/event-stream"}),
		func(t *testing.T, _ *Server, p ai.Provider) {
			if _, resp, err := collect(p, prompt); err != nil || resp.Text != "Yes." || resp.Stop != ai.StopEnd {
				t.Errorf("response %+v, error %v", resp, err)
			}
		},
	)
}

func (s suite) cancel(t *testing.T) {
	for _, after := range []int{0, 2} {
		s.server(t, Always(Text(pieces...).Faulty(Hang, after)), func(t *testing.T, server *Server, p ai.Provider) {
			ctx, cancel := context.WithCancel(context.Background())
			ended := make(chan error, 1)
			go func() {
				_, err := p.Generate(ctx, prompt, ai.Sink{})
				ended <- err
			}()
			synctest.Wait()
			if server.Open() != 1 {
				t.Fatalf("%d calls open", server.Open())
			}
			cancel()
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("error %v", err)
			}
			synctest.Wait()
			if server.Open() != 0 || server.Abandoned() != 1 {
				t.Errorf("after %d pieces: %d calls open, %d abandoned", after, server.Open(), server.Abandoned())
			}
		})
	}
}

func (s suite) viewer(t *testing.T) {
	gone := errors.New("the viewer has gone")
	s.server(t, Always(Text(pieces...).Faulty(Hang, 2)), func(t *testing.T, server *Server, p ai.Provider) {
		resp, err := p.Generate(context.Background(), prompt, ai.Sink{Text: func(string) error { return gone }})
		if !errors.Is(err, gone) || resp.Text != pieces[0] {
			t.Errorf("text %q, error %v", resp.Text, err)
		}
		synctest.Wait()
		if server.Open() != 0 {
			t.Error("the call stays open")
		}
	})
}

// silence is cut off by ai.Caller, in front of the provider.
func (s suite) silence(t *testing.T) {
	drip := Text("a", "b")
	drip.Slice, drip.SliceGap = 1, 5*time.Second
	for _, c := range []struct {
		name  string
		reply Reply
		took  time.Duration
	}{
		{"before the first piece", Text("a").Faulty(Hang, 0), 60 * time.Second},
		{"between pieces", Text("x", "y").Faulty(Hang, 1), 45 * time.Second},
		{"keep-alive only", Text("a").Faulty(KeepAlive, 0), 5 * time.Minute},
		{"a byte every five seconds", drip, 5 * time.Minute},
		{"keep-alive between pieces", Text("a", "b").Faulty(KeepAlive, 1), 5 * time.Minute},
	} {
		t.Run(c.name, func(t *testing.T) {
			s.server(t, Always(c.reply), func(t *testing.T, server *Server, p ai.Provider) {
				start := time.Now()
				_, err := ai.NewCaller(ai.Options{Provider: p, Attempts: 1}).Call(context.Background(), prompt, ai.Watch{})
				if e := failure(t, err); e.Kind != ai.KindTransient || time.Since(start) != c.took {
					t.Errorf("%s after %s: %v", e.Kind, time.Since(start), err)
				}
				synctest.Wait()
				if server.Open() != 0 {
					t.Error("the call stays open")
				}
			})
		})
	}
}

func (s suite) unreachable(t *testing.T) {
	server := NewServer(Always(Reply{}), s.protocol)
	base, client := server.BaseURL(s.protocol.Wire), server.Client()
	server.Close()
	_, _, err := collect(s.make(base, client), prompt)
	if e := failure(t, err); e.Kind != ai.KindTransient || e.Status != 0 {
		t.Errorf("%+v", e)
	}
}

func (s suite) request(t *testing.T) {
	s.server(t, Always(Text("yes")), func(t *testing.T, server *Server, p ai.Provider) {
		if _, _, err := collect(p, prompt); err != nil {
			t.Fatal(err)
		}
		creative := prompt
		half := 0.5
		creative.Creativity, creative.MaxTokens = &half, 77
		if _, _, err := collect(p, creative); err != nil {
			t.Fatal(err)
		}
		calls := server.Calls()
		plain, full := calls[0], calls[1]
		for _, field := range []string{
			"temperature", "top_p", "top_k", "reasoning_effort", "thinking", "tools", "tool_choice", "n",
		} {
			if plain.Field(field) != nil {
				t.Errorf("%s is sent unasked", field)
			}
		}
		if full.Field("temperature") != half || full.MaxTokens != 77 {
			t.Errorf("temperature %v, limit %d", full.Field("temperature"), full.MaxTokens)
		}
		if plain.System != prompt.System || plain.Prompt != prompt.Prompt() {
			t.Errorf("system %q, prompt %q", plain.System, plain.Prompt)
		}
		s.checkKey(t, plain)
	})
}

// checkKey looks for the key in the one header where it belongs and nowhere else.
func (s suite) checkKey(t *testing.T, c Call) {
	t.Helper()
	name, value := s.protocol.Key(Secret)
	if c.Header.Get(name) != value {
		t.Errorf("%s is %q", name, c.Header.Get(name))
	}
	for other, values := range c.Header {
		if other != name && strings.Contains(strings.Join(values, " "), Secret) {
			t.Errorf("the key is in %s", other)
		}
	}
	if strings.Contains(string(c.Body), Secret) {
		t.Error("the key is in the body")
	}
}

var listSchema = []byte(
	`{"type":"object","properties":{"items":{"type":"array","minItems":2,"items":{"type":"string","maxLength":80}}},"required":["items"],"additionalProperties":false}`,
)

// refusals checks that a parameter which the model refuses is named, and left
// out when asked.
func (s suite) refusals(t *testing.T) {
	format := s.protocol.Format
	script := func(c Call) Reply {
		for _, field := range []string{"temperature", format} {
			if c.Field(field) != nil {
				r := Status(400, "invalid_request_error", "Unsupported parameter: '"+field+"' is not supported with this model.")
				r.Param = field
				return r
			}
		}
		return Text(`{"items":["a","b"]}`)
	}
	s.server(t, script, func(t *testing.T, server *Server, p ai.Provider) {
		req := prompt
		half := 0.5
		req.Creativity, req.Schema = &half, listSchema
		for _, want := range []string{"temperature", format} {
			_, _, err := collect(p, req)
			e := failure(t, err)
			if e.Param != want {
				t.Fatalf("parameter %q, want %q", e.Param, want)
			}
			req.Omit = append(req.Omit, want)
		}
		_, resp, err := collect(p, req)
		if err != nil || resp.Text == "" {
			t.Fatal(err)
		}
		if last := server.Calls()[2]; !strings.Contains(last.Prompt, `"minItems"`) {
			t.Errorf("the schema is not in the prompt: %q", last.Prompt)
		}
	})
}
