package ai_test

import (
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/ai/aitest"
	"vellocity/internal/ai/anthropic"
	"vellocity/internal/ai/openai"
	"vellocity/internal/ai/wire"
)

// TestScripts holds what comes of each way in which model servers answer against what
// must come, over every wire.
func TestScripts(t *testing.T) {
	for _, c := range aitest.Cases() {
		for _, w := range aitest.Wires() {
			if !c.For(w) {
				continue
			}
			if !c.JSON {
				t.Run(c.Name+"/"+string(w), func(t *testing.T) { play(t, c, w, nil) })
			}
			if c.JSON || c.Check == nil && strings.HasPrefix(c.Name, "think") || c.Name == "harmony" {
				t.Run(c.Name+"/"+string(w)+"/json", func(t *testing.T) { play(t, c, w, json.RawMessage(list)) })
			}
		}
	}
}

func play(t *testing.T, c aitest.Case, w aitest.Wire, schema json.RawMessage) {
	synctest.Test(t, func(t *testing.T) {
		server := aitest.NewMemoryServer(c.Script())
		client := server.Client()
		defer func() { client.CloseIdleConnections(); server.Close(); synctest.Wait() }()
		create := map[aitest.Wire]func(wire.Config) (ai.Provider, error){
			aitest.OpenAIWire:    openai.New,
			aitest.AnthropicWire: anthropic.New,
			aitest.ResponsesWire: openai.New, // which the address chooses
		}
		p, err := create[w](wire.Config{BaseURL: server.BaseURL(w), Key: aitest.Secret, Client: client, Model: "m"})
		if err != nil {
			t.Fatal(err)
		}
		req := ask
		req.Schema = schema
		var seen watched
		start := time.Now()
		resp, err := ai.NewCaller(ai.Options{Provider: p, Model: "m"}).Call(t.Context(), req, seen.watch())
		judge(t, c, resp, err)
		if n := max(c.Calls, 1); server.Count() != n || len(seen.ended) != n {
			t.Errorf("%d calls, %d recorded, want %d", server.Count(), len(seen.ended), n)
		}
		if most := max(c.Most, 30*time.Second); time.Since(start) < c.Least || time.Since(start) > most {
			t.Errorf("took %s, want %s to %s", time.Since(start), c.Least, most)
		}
		if err == nil && schema == nil && seen.text != resp.Text {
			t.Errorf("a viewer has %q, the text is %q", seen.text, resp.Text)
		}
		for _, a := range seen.ended {
			if strings.ContainsAny(a.Error+a.Model+a.RequestID, "\x00\n\x1b") {
				t.Errorf("attempt %+v", a)
			}
		}
	})
}

func judge(t *testing.T, c aitest.Case, resp ai.Response, err error) {
	t.Helper()
	if c.Kind != "" {
		if e := failed(t, err, c.Kind); !strings.Contains(e.Message, c.Message) || strings.ContainsAny(e.Message, "\x00\n") {
			t.Errorf("message %q", e.Message)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	want := c.Stop
	if want == "" {
		want = ai.StopEnd
	}
	if resp.Stop != want {
		t.Errorf("stop %q, want %q", resp.Stop, want)
	}
	if c.Check != nil {
		if problem := c.Check(resp); problem != "" {
			t.Error(problem)
		}
	}
	text := strings.TrimLeft(resp.Text, "😀雨[DONE]\n")
	if resp.Text[0] != '{' && text != aitest.Plain {
		t.Errorf("text %q", resp.Text)
	}
	if resp.Text[0] == '{' && !json.Valid([]byte(resp.Text)) {
		t.Errorf("JSON %q", resp.Text)
	}
}
