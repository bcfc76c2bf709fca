package ai_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/ai/aitest"
	"vellocity/internal/ai/anthropic"
	"vellocity/internal/ai/openai"
	"vellocity/internal/ai/wire"
	"vellocity/internal/domain"
)

// watched is what a viewer of a call sees.
type watched struct {
	text     string // since the last restart
	restarts int
	started  []domain.Attempt
	ended    []domain.Attempt
}

func (w *watched) watch() ai.Watch {
	return ai.Watch{
		Text:    func(piece string) error { w.text += piece; return nil },
		Restart: func() error { w.restarts++; w.text = ""; return nil },
		Started: func(a domain.Attempt) error { w.started = append(w.started, a); return nil },
		Ended:   func(a domain.Attempt) error { w.ended = append(w.ended, a); return nil },
	}
}

// bubble runs f with a scripted server and a caller in front of it; time stands
// still but for what is waited for.
func bubble(t *testing.T, script aitest.Script, o ai.Options, f func(t *testing.T, s *aitest.Server, c *ai.Caller)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		server := aitest.NewMemoryServer(script)
		client := server.Client()
		defer func() {
			client.CloseIdleConnections()
			server.Close()
			synctest.Wait()
		}()
		p, err := openai.New(wire.Config{BaseURL: server.BaseURL(aitest.OpenAIWire), Key: aitest.Secret, Client: client})
		if err != nil {
			t.Fatal(err)
		}
		o.Provider = p
		if o.Model == "" {
			o.Model = "gpt-6.1-terra"
		}
		if o.Prices, err = ai.LoadPrices(nil); err != nil {
			t.Fatal(err)
		}
		f(t, server, ai.NewCaller(o))
	})
}

func failed(t *testing.T, err error, kind ai.Kind) *ai.Error {
	t.Helper()
	e, ok := ai.AsError(err)
	if !ok || e.Kind != kind {
		t.Fatalf("error %v, want kind %s", err, kind)
	}
	return e
}

var ask = ai.Request{System: "Write plainly.", Messages: ai.User("A word on rain.")}

func TestFirstAnswerIsRecordedAndPriced(t *testing.T) {
	reply := aitest.Text("Rain", " falls.")
	reply.Usage = aitest.Usage{Input: 1000, Output: 100, CacheRead: 400}
	reply.Delay, reply.Gap = 700*time.Millisecond, 100*time.Millisecond
	bubble(t, aitest.Always(reply), ai.Options{}, func(t *testing.T, _ *aitest.Server, c *ai.Caller) {
		var w watched
		resp, err := c.Call(t.Context(), ask, w.watch())
		if err != nil || resp.Text != "Rain falls." || w.text != resp.Text || w.restarts != 0 {
			t.Fatalf("text %q, seen %q, error %v", resp.Text, w.text, err)
		}
		a := w.ended[0]
		if len(w.started) != 1 || w.started[0].N != 1 || a.Provider != "openai" || a.Model != "gpt-6.1-terra" ||
			a.RequestID != "req-0" {
			t.Errorf("started %+v, ended %+v", w.started, a)
		}
		if a.FirstTextMS != 700 || a.DurationMS != 800 || a.Status != 200 || a.Error != "" || a.InputTokens != 1000 ||
			a.OutputTokens != 100 {
			t.Errorf("attempt %+v", a)
		}
		// 600 tokens at 1 $, 400 cached at 0.05 $, 100 out at 5 $ per million.
		if want := (domain.Cost{MicroUSD: 600 + 20 + 500, PriceVersion: tableVersion(t), Known: true}); a.Cost != want {
			t.Errorf("cost %+v, want %+v", a.Cost, want)
		}
	})
}

func tableVersion(t *testing.T) string {
	t.Helper()
	table, err := ai.LoadPrices(nil)
	if err != nil {
		t.Fatal(err)
	}
	return table.Version()
}

func TestRetries(t *testing.T) {
	good := aitest.Text("Rain", " falls.")
	busy := aitest.Status(503, "server_error", "busy")
	for _, c := range []struct {
		name     string
		replies  []aitest.Reply
		kind     ai.Kind // "" where it works in the end
		attempts int
		min, max time.Duration
		restarts int
	}{
		{"one 503", []aitest.Reply{busy, good}, "", 2, 0, 500 * time.Millisecond, 0},
		{"two 503", []aitest.Reply{busy, busy, good}, "", 3, 0, 1500 * time.Millisecond, 0},
		{"three 503", []aitest.Reply{busy}, ai.KindTransient, 3, 0, 1500 * time.Millisecond, 0},
		{"overload", []aitest.Reply{aitest.Status(529, "overloaded_error", "busy"), good}, "", 2, 0, 500 * time.Millisecond, 0},
		{"reset", []aitest.Reply{{CutHard: true}, good}, "", 2, 0, 500 * time.Millisecond, 0},
		{"Retry-After", []aitest.Reply{aitest.Rate("2"), good}, "", 2, 2 * time.Second, 2 * time.Second, 0},
		{"Retry-After at the bound", []aitest.Reply{aitest.Rate("60"), good}, "", 2, time.Minute, time.Minute, 0},
		{"Retry-After beyond it", []aitest.Reply{aitest.Rate("61"), good}, ai.KindRate, 1, 0, 0, 0},
		{"rate with no Retry-After", []aitest.Reply{aitest.Rate(""), good}, "", 2, 2 * time.Second, 2500 * time.Millisecond, 0},
		{"rate without end", []aitest.Reply{aitest.Rate("")}, ai.KindRate, 3, 10 * time.Second, 12500 * time.Millisecond, 0},
		{"key", []aitest.Reply{aitest.Status(401, "invalid_api_key", "no"), good}, ai.KindAuth, 1, 0, 0, 0},
		{"request", []aitest.Reply{aitest.Status(400, "invalid_request_error", "no"), good}, ai.KindRequest, 1, 0, 0, 0},
		{"account", []aitest.Reply{aitest.Status(429, "insufficient_quota", "no"), good}, ai.KindQuota, 1, 0, 0, 0},
		{"web page", []aitest.Reply{aitest.HTML(), good}, ai.KindAnswer, 1, 0, 0, 0},
		{"cut after text", []aitest.Reply{good.Faulty(aitest.Cut, 1), good}, "", 2, 0, 500 * time.Millisecond, 1},
		{"cut twice", []aitest.Reply{good.Faulty(aitest.Cut, 1), good.Faulty(aitest.Cut, 2), good}, "", 3, 0, 1500 * time.Millisecond, 2},
		{"cut, then 503", []aitest.Reply{good.Faulty(aitest.Cut, 1), busy, good}, "", 3, 0, 1500 * time.Millisecond, 1},
		{"malformed", []aitest.Reply{good.Faulty(aitest.Malformed, 1), good}, "", 2, 0, 500 * time.Millisecond, 1},
		{"error event", []aitest.Reply{good.Faulty(aitest.ErrorNow, 1), good}, "", 2, 0, 500 * time.Millisecond, 1},
		{"silence", []aitest.Reply{good.Faulty(aitest.Hang, 0), good}, "", 2, time.Minute, 61 * time.Second, 0},
		{"silence between", []aitest.Reply{good.Faulty(aitest.Hang, 1), good}, "", 2, 45 * time.Second, 46 * time.Second, 1},
		{"empty answer", []aitest.Reply{aitest.Text(""), good}, "", 2, 0, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, aitest.Sequence(c.replies...), ai.Options{}, func(t *testing.T, s *aitest.Server, caller *ai.Caller) {
				var w watched
				start := time.Now()
				resp, err := caller.Call(t.Context(), ask, w.watch())
				if c.kind != "" {
					failed(t, err, c.kind)
				} else if err != nil || resp.Text != "Rain falls." || w.text != resp.Text {
					t.Errorf("text %q, seen %q, error %v", resp.Text, w.text, err)
				}
				if took := time.Since(start); took < c.min || took > c.max {
					t.Errorf("took %s, want %s to %s", took, c.min, c.max)
				}
				if s.Count() != c.attempts || len(w.ended) != c.attempts || len(w.started) != c.attempts ||
					w.restarts != c.restarts {
					t.Errorf("%d calls, %d started, %d ended, %d restarts", s.Count(), len(w.started), len(w.ended), w.restarts)
				}
				for i, a := range w.ended {
					if a.N != i+1 || (a.Error == "") != (i == len(w.ended)-1 && c.kind == "" || c.name == "empty answer") {
						t.Errorf("attempt %d: %+v", i, a)
					}
				}
			})
		})
	}
}

func TestLongRetryAfterIsHandedOn(t *testing.T) {
	for after, want := range map[string]time.Duration{"61": 61 * time.Second, "864000": 24 * time.Hour} {
		reply := aitest.Status(503, "server_error", "maintenance")
		reply.RetryAfter = after
		bubble(t, aitest.Always(reply), ai.Options{}, func(t *testing.T, _ *aitest.Server, c *ai.Caller) {
			_, err := c.Call(t.Context(), ask, ai.Watch{})
			if e := failed(t, err, ai.KindRate); e.RetryAfter != want || e.Status != 503 || !e.Retryable() {
				t.Errorf("%+v", e)
			}
		})
	}
}

func TestBackoffIsSpreadAndBounded(t *testing.T) {
	bubble(
		t,
		aitest.Always(aitest.Status(500, "x", "x")),
		ai.Options{Attempts: 8, Trip: -1},
		func(t *testing.T, _ *aitest.Server, c *ai.Caller) {
			var waits [8][]time.Duration
			for range 40 {
				var w watched
				_, err := c.Call(t.Context(), ask, w.watch())
				failed(t, err, ai.KindTransient)
				for i := 1; i < 8; i++ {
					waits[i] = append(waits[i], w.started[i].StartedAt.Sub(w.ended[i-1].StartedAt))
				}
			}
			for i := 1; i < 8; i++ {
				ceiling := min(500*time.Millisecond<<(i-1), 8*time.Second)
				low, high := slices.Min(waits[i]), slices.Max(waits[i])
				if high > ceiling || low > ceiling/2 || high < ceiling/2 {
					t.Errorf("wait %d lies between %s and %s, with a ceiling of %s", i, low, high, ceiling)
				}
			}
		},
	)
}

func TestDeadlines(t *testing.T) {
	hang := aitest.Text("x").Faulty(aitest.Hang, 1)
	t.Run("the caller's own", func(t *testing.T) {
		bubble(t, aitest.Always(hang), ai.Options{}, func(t *testing.T, _ *aitest.Server, c *ai.Caller) {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			var w watched
			start := time.Now()
			resp, err := c.Call(ctx, ask, w.watch())
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 10*time.Second || resp.Text != "x" {
				t.Errorf("%q after %s: %v", resp.Text, time.Since(start), err)
			}
			if a := w.ended[0]; a.Error != "timed out" || !a.Cost.Known || !a.Cost.Estimated {
				t.Errorf("what came has cost money: %+v", a)
			}
		})
	})
	t.Run("total", func(t *testing.T) {
		drip := aitest.Text(slices.Repeat([]string{"a"}, 100)...)
		drip.Gap = 20 * time.Second
		bubble(t, aitest.Always(drip), ai.Options{Total: time.Minute}, func(t *testing.T, s *aitest.Server, c *ai.Caller) {
			start := time.Now()
			resp, err := c.Call(t.Context(), ask, ai.Watch{})
			failed(t, err, ai.KindTimeout)
			if time.Since(start) != time.Minute || s.Count() != 1 || resp.Text == "" {
				t.Errorf("%d calls, %s", s.Count(), time.Since(start))
			}
		})
	})
	t.Run("no wait past it", func(t *testing.T) {
		bubble(
			t,
			aitest.Always(aitest.Rate("30")),
			ai.Options{Total: 20 * time.Second},
			func(t *testing.T, s *aitest.Server, c *ai.Caller) {
				start := time.Now()
				_, err := c.Call(t.Context(), ask, ai.Watch{})
				if e := failed(t, err, ai.KindRate); e.RetryAfter != 30*time.Second || time.Since(start) != 0 {
					t.Errorf("%+v after %s", e, time.Since(start))
				}
			},
		)
	})
	t.Run("a local server has more time", func(t *testing.T) {
		slow := aitest.Text("a")
		slow.Delay = 4 * time.Minute
		bubble(t, aitest.Always(slow), ai.Options{Local: true}, func(t *testing.T, _ *aitest.Server, c *ai.Caller) {
			if _, err := c.Call(t.Context(), ask, ai.Watch{}); err != nil {
				t.Error(err)
			}
		})
	})
	t.Run("a slow viewer is not the provider's silence", func(t *testing.T) {
		bubble(t, aitest.Always(aitest.Text("a", "b")), ai.Options{}, func(t *testing.T, _ *aitest.Server, c *ai.Caller) {
			w := ai.Watch{Text: func(string) error { time.Sleep(2 * time.Minute); return nil }}
			if _, err := c.Call(t.Context(), ask, w); err != nil {
				t.Error(err)
			}
		})
	})
}

func TestCancelEndsAttemptAndRecordsIt(t *testing.T) {
	bubble(
		t,
		aitest.Always(aitest.Text("Rain", " falls.").Faulty(aitest.Hang, 1)),
		ai.Options{},
		func(t *testing.T, s *aitest.Server, c *ai.Caller) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(3*time.Second, cancel)
			var w watched
			_, err := c.Call(ctx, ask, w.watch())
			if !errors.Is(err, context.Canceled) || s.Count() != 1 || len(w.ended) != 1 || w.ended[0].Error != "cancelled" {
				t.Errorf("error %v, attempts %+v", err, w.ended)
			}
		},
	)
}

func TestErrorsOfTheWatchEndTheCall(t *testing.T) {
	lost := errors.New("lease lost")
	bubble(t, aitest.Always(aitest.Text("a", "b")), ai.Options{}, func(t *testing.T, s *aitest.Server, c *ai.Caller) {
		if _, err := c.Call(t.Context(), ask, ai.Watch{Started: func(domain.Attempt) error { return lost }}); !errors.Is(
			err,
			lost,
		) ||
			s.Count() != 0 {
			t.Errorf("started: %v after %d calls", err, s.Count())
		}
		if _, err := c.Call(t.Context(), ask, ai.Watch{Text: func(string) error { return lost }}); !errors.Is(err, lost) ||
			s.Count() != 1 {
			t.Errorf("text: %v after %d calls", err, s.Count())
		}
		if _, err := c.Call(t.Context(), ask, ai.Watch{Ended: func(domain.Attempt) error { return lost }}); !errors.Is(
			err,
			lost,
		) ||
			s.Count() != 2 {
			t.Errorf("ended: %v after %d calls", err, s.Count())
		}
	})
}

// choosy refuses the given fields, and otherwise returns the reply.
func choosy(reply aitest.Reply, fields ...string) aitest.Script {
	return func(c aitest.Call) aitest.Reply {
		for _, f := range fields {
			if c.Field(f) != nil {
				r := aitest.Status(400, "unsupported_parameter", "Unsupported parameter: '"+f+"' is not supported with this model.")
				r.Param = f
				return r
			}
		}
		return reply
	}
}

func TestRefusedParametersAreDroppedAndRemembered(t *testing.T) {
	half := 0.5
	req := ask
	req.Creativity, req.MaxTokens = &half, 100
	script := choosy(aitest.Text("yes"), "temperature", "max_tokens")
	bubble(t, script, ai.Options{Attempts: 1}, func(t *testing.T, s *aitest.Server, c *ai.Caller) {
		var w watched
		if _, err := c.Call(t.Context(), req, w.watch()); err != nil {
			t.Fatal(err)
		}
		if last := s.Calls()[2]; s.Count() != 3 || len(w.ended) != 3 || last.Field("temperature") != nil ||
			last.Field("max_completion_tokens") != 100.0 {
			t.Errorf("%d calls, last %s", s.Count(), last.Body)
		}
		if _, err := c.Call(t.Context(), req, ai.Watch{}); err != nil || s.Count() != 4 {
			t.Errorf("the second call is the %dth: %v", s.Count(), err)
		}
		other := req
		other.Model = "another"
		if _, err := c.Call(t.Context(), other, ai.Watch{}); err != nil || s.Count() != 7 {
			t.Errorf("what one model refuses is no matter of another's: %d calls, %v", s.Count(), err)
		}
	})
}

const list = `{"type":"object","properties":{"items":{"type":"array","minItems":2,"items":{"type":"string"}}},"required":["items"],"additionalProperties":false}`

func TestStructuredAnswers(t *testing.T) {
	req := ask
	req.Schema, req.MaxTokens = json.RawMessage(list), 100
	good := `{"items":["a","b"]}`
	cut := aitest.Text(`{"items":["a"`)
	cut.Stop = "length"
	for _, c := range []struct {
		name    string
		replies []aitest.Reply
		kind    ai.Kind
		calls   int
	}{
		{"bare", []aitest.Reply{aitest.Text(good)}, "", 1},
		{"fenced", []aitest.Reply{aitest.Text("```json\n" + good + "\n```")}, "", 1},
		{"with a remark", []aitest.Reply{aitest.Text("Here [as asked] it is: " + good + "\nEnjoy!")}, "", 1},
		{"fixed", []aitest.Reply{aitest.Text(`{"items":["a"]}`), aitest.Text(good)}, "", 2},
		{"prose, then fixed", []aitest.Reply{aitest.Text("Sure."), aitest.Text(good)}, "", 2},
		{"never", []aitest.Reply{aitest.Text(`{"items":["a"],"more":1}`)}, ai.KindAnswer, 2},
		{"cut, then with more room", []aitest.Reply{cut, aitest.Text(good)}, "", 2},
		{"cut twice", []aitest.Reply{cut}, ai.KindAnswer, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, aitest.Sequence(c.replies...), ai.Options{}, func(t *testing.T, s *aitest.Server, caller *ai.Caller) {
				var w watched
				resp, err := caller.Call(t.Context(), req, w.watch())
				if c.kind != "" {
					failed(t, err, c.kind)
				} else if err != nil || resp.Text != good {
					t.Errorf("text %q, error %v", resp.Text, err)
				}
				if s.Count() != c.calls || w.restarts != c.calls-1 || len(w.ended) != c.calls {
					t.Errorf("%d calls, %d restarts", s.Count(), w.restarts)
				}
			})
		})
	}
	t.Run("the model is shown what was wrong", func(t *testing.T) {
		bubble(
			t,
			aitest.Sequence(aitest.Text(`{"items":["a"]}`), aitest.Text(good)),
			ai.Options{},
			func(t *testing.T, s *aitest.Server, c *ai.Caller) {
				if _, err := c.Call(t.Context(), req, ai.Watch{}); err != nil {
					t.Fatal(err)
				}
				if p := s.Calls()[1].Prompt; !strings.HasPrefix(p, ask.Prompt()) ||
					!strings.Contains(p, "at /items: The items field must have at least") ||
					!strings.Contains(p, `{"items":["a"]}`) {
					t.Errorf("prompt %q", p)
				}
			},
		)
	})
	t.Run("more room", func(t *testing.T) {
		bubble(t, aitest.Sequence(cut, aitest.Text(good)), ai.Options{}, func(t *testing.T, s *aitest.Server, c *ai.Caller) {
			if _, err := c.Call(t.Context(), req, ai.Watch{}); err != nil || s.Calls()[1].MaxTokens != 400 {
				t.Errorf("limit %d, error %v", s.Calls()[1].MaxTokens, err)
			}
		})
	})
	t.Run("no such form", func(t *testing.T) {
		bubble(t, aitest.Always(aitest.Text(good)), ai.Options{}, func(t *testing.T, s *aitest.Server, c *ai.Caller) {
			bad := req
			bad.Schema = json.RawMessage(`{"type":"objekt"}`)
			if _, err := c.Call(t.Context(), bad, ai.Watch{}); s.Count() != 0 {
				t.Errorf("%d calls: %v", s.Count(), err)
			} else {
				failed(t, err, ai.KindRequest)
			}
		})
	})
}

func TestRefusalAndLength(t *testing.T) {
	refused, long := aitest.Text("I can"), aitest.Text("Rain")
	refused.Stop, long.Stop = "refusal", "length"
	bubble(t, aitest.Sequence(refused, long), ai.Options{}, func(t *testing.T, s *aitest.Server, c *ai.Caller) {
		var w watched
		resp, err := c.Call(t.Context(), ask, w.watch())
		failed(t, err, ai.KindPolicy)
		if resp.Text != "I can" || s.Count() != 1 || !w.ended[0].Cost.Known {
			t.Errorf("text %q, %d calls, %+v", resp.Text, s.Count(), w.ended)
		}
		if resp, err = c.Call(t.Context(), ask, ai.Watch{}); err != nil || resp.Stop != ai.StopLength {
			t.Errorf("stop %q, error %v", resp.Stop, err)
		}
	})
}

func TestCutStreamIsChargedByEstimate(t *testing.T) {
	text := strings.Repeat("Rain falls on mild roofs. ", 20)
	bubble(
		t,
		aitest.Sequence(aitest.Text(text, "x").Faulty(aitest.Cut, 1)),
		ai.Options{Attempts: 1},
		func(t *testing.T, _ *aitest.Server, c *ai.Caller) {
			var w watched
			resp, err := c.Call(t.Context(), ask, w.watch())
			failed(t, err, ai.KindTransient)
			a := w.ended[0]
			if !resp.Usage.Estimated || a.OutputTokens < 100 || a.OutputTokens > 200 || !a.Cost.Estimated ||
				a.Cost.MicroUSD < 500 {
				t.Errorf("%+v", a)
			}
		},
	)
	bubble(
		t,
		aitest.Always(aitest.Status(401, "x", "x")),
		ai.Options{},
		func(t *testing.T, _ *aitest.Server, c *ai.Caller) {
			var w watched
			_, err := c.Call(t.Context(), ask, w.watch())
			failed(t, err, ai.KindAuth)
			if w.ended[0].Cost != (domain.Cost{}) {
				t.Errorf("a call that came to nothing costs nothing: %+v", w.ended[0].Cost)
			}
		},
	)
}

func TestAnthropicCutStreamKeepsToldInput(t *testing.T) {
	reply := aitest.Text(strings.Repeat("Rain falls. ", 30), "x").Faulty(aitest.Cut, 1)
	reply.Usage = aitest.Usage{Input: 900, Output: 200}
	synctest.Test(t, func(t *testing.T) {
		server := aitest.NewMemoryServer(aitest.Always(reply))
		client := server.Client()
		defer func() { client.CloseIdleConnections(); server.Close(); synctest.Wait() }()
		p, err := anthropic.New(
			wire.Config{BaseURL: server.BaseURL(aitest.AnthropicWire), Key: "k", Client: client, Model: "claude-sonnet-5-5"},
		)
		if err != nil {
			t.Fatal(err)
		}
		var w watched
		_, err = ai.NewCaller(ai.Options{Provider: p, Attempts: 1}).Call(t.Context(), ask, w.watch())
		failed(t, err, ai.KindTransient)
		if a := w.ended[0]; a.InputTokens != 900 || a.OutputTokens < 80 || a.Cost.Known {
			t.Errorf("%+v", a)
		}
	})
}

func TestParallelIsBounded(t *testing.T) {
	slow := aitest.Text("yes")
	slow.Delay = time.Second
	bubble(t, aitest.Always(slow), ai.Options{Parallel: 3}, func(t *testing.T, s *aitest.Server, c *ai.Caller) {
		var most atomic.Int64
		start := time.Now()
		var wg sync.WaitGroup
		for range 9 {
			wg.Go(func() {
				w := ai.Watch{Started: func(domain.Attempt) error { most.Store(max(most.Load(), int64(s.Open()))); return nil }}
				if _, err := c.Call(t.Context(), ask, w); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if time.Since(start) != 3*time.Second || most.Load() > 3 {
			t.Errorf("nine calls took %s, %d at once", time.Since(start), most.Load())
		}
	})
}

func TestCheck(t *testing.T) {
	reply := aitest.Text(`{"ok":true}`)
	reply.Delay = 250 * time.Millisecond
	bubble(
		t,
		choosy(reply, "temperature", "response_format"),
		ai.Options{},
		func(t *testing.T, s *aitest.Server, c *ai.Caller) {
			h, err := c.Check(t.Context(), "")
			if err != nil ||
				!slices.Equal(h.Refused, []string{"temperature", "response_format"}) &&
					!slices.Equal(h.Refused, []string{"response_format", "temperature"}) {
				t.Fatalf("%+v, %v", h, err)
			}
			if h.Latency != 250*time.Millisecond || h.FirstText != 250*time.Millisecond || h.Model != "gpt-6.1-terra" ||
				!h.Cost.Known ||
				s.Calls()[2].MaxTokens != 16 {
				t.Errorf("%+v", h)
			}
		},
	)
	bubble(
		t,
		aitest.Always(aitest.Status(401, "x", "x")),
		ai.Options{},
		func(t *testing.T, s *aitest.Server, c *ai.Caller) {
			if _, err := c.Check(t.Context(), ""); s.Count() != 1 {
				t.Errorf("%d calls", s.Count())
			} else {
				failed(t, err, ai.KindAuth)
			}
		},
	)
}

// TestManyAtOnce looks for races: one Caller, many calls, faults among them.
func TestManyAtOnce(t *testing.T) {
	script := func(c aitest.Call) aitest.Reply {
		switch c.N % 4 {
		case 0:
			return aitest.Status(503, "x", "x")
		case 1:
			return aitest.Text("Rain", " falls.").Faulty(aitest.Cut, 1)
		}
		return aitest.Text("Rain", " falls.")
	}
	bubble(t, script, ai.Options{Attempts: 20, Trip: -1}, func(t *testing.T, _ *aitest.Server, c *ai.Caller) {
		var wg sync.WaitGroup
		for i := range 50 {
			wg.Go(func() {
				var w watched
				req := ask
				req.Messages = ai.User(fmt.Sprint("call ", i))
				if resp, err := c.Call(t.Context(), req, w.watch()); err != nil || w.text != "Rain falls." || resp.Text != w.text {
					t.Errorf("seen %q, error %v", w.text, err)
				}
			})
		}
		wg.Wait()
	})
}

func TestBreaker(t *testing.T) {
	var healthy atomic.Bool
	script := func(aitest.Call) aitest.Reply {
		if healthy.Load() {
			return aitest.Text("yes")
		}
		return aitest.Status(500, "x", "x")
	}
	bubble(t, script, ai.Options{Attempts: 1, Trip: 4}, func(t *testing.T, s *aitest.Server, c *ai.Caller) {
		call := func() error { _, err := c.Call(t.Context(), ask, ai.Watch{}); return err }
		for range 4 {
			failed(t, call(), ai.KindTransient)
		}
		for range 50 {
			if e := failed(t, call(), ai.KindRate); e.RetryAfter != 15*time.Second || !e.Retryable() {
				t.Fatalf("%+v", e)
			}
		}
		if s.Count() != 4 {
			t.Fatalf("%d calls", s.Count())
		}
		time.Sleep(15 * time.Second)
		failed(t, call(), ai.KindTransient) // the one let through
		if e := failed(t, call(), ai.KindRate); e.RetryAfter != 30*time.Second || s.Count() != 5 {
			t.Fatalf("%+v, %d calls", e, s.Count())
		}
		healthy.Store(true)
		if _, err := c.Check(t.Context(), ""); err != nil || s.Count() != 6 {
			t.Errorf("a check is always made: %v", err)
		}
		time.Sleep(30 * time.Second)
		for range 3 {
			if err := call(); err != nil {
				t.Error(err)
			}
		}
	})
}

// TestStormIsBounded has a provider fail wholly under many calls: the retries
// stay far below what the attempts would allow.
func TestStormIsBounded(t *testing.T) {
	bubble(
		t,
		aitest.Always(aitest.Status(500, "x", "x")),
		ai.Options{Parallel: 8},
		func(t *testing.T, s *aitest.Server, c *ai.Caller) {
			var wg sync.WaitGroup
			for range 500 {
				wg.Go(func() {
					if _, err := c.Call(t.Context(), ask, ai.Watch{}); err == nil {
						t.Error("it worked")
					}
				})
			}
			wg.Wait()
			if s.Count() > 60 {
				t.Errorf("%d calls", s.Count())
			}
		},
	)
}

// TestEachAnswerMeetsItsOwnSchema makes more calls with different schemas than
// are kept compiled, twice and side by side.
func TestEachAnswerMeetsItsOwnSchema(t *testing.T) {
	bubble(t, aitest.Writer(aitest.Pace{}), ai.Options{}, func(t *testing.T, s *aitest.Server, c *ai.Caller) {
		var all sync.WaitGroup
		for i := range 200 {
			all.Go(func() {
				schema := fmt.Sprintf(
					`{"type":"object","properties":{"n":{"const":%d}},"required":["n"],"additionalProperties":false}`,
					i%100,
				)
				resp, err := c.Call(
					t.Context(),
					ai.Request{Messages: ai.User("A number."), Schema: json.RawMessage(schema)},
					ai.Watch{},
				)
				if want := fmt.Sprintf(`{"n":%d}`, i%100); err != nil || resp.Text != want {
					t.Errorf("%s, error %v, want %s", resp.Text, err, want)
				}
			})
		}
		all.Wait()
		if s.Count() != 200 {
			t.Errorf("%d calls", s.Count())
		}
	})
}
