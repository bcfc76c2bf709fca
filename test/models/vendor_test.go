package models_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"

	"vellocity/internal/ai"
	"vellocity/internal/ai/aitest"
	"vellocity/internal/ai/openai"
	"vellocity/internal/ai/wire"
	"vellocity/test/product"
)

// vendorResult is what client.mjs prints.
type vendorResult struct {
	Live, Text, Collected, Model, Status, Reason string
	Input, Cached, Output                        int64
	Error, Code                                  string
	HTTPStatus                                   int
}

// OpenAI's own client reads the double's Responses as our codec does: so what the codec is
// tested with has the shape of the real API, and both take the same from it.
func TestResponsesAsOpenAIsClientReadsThem(t *testing.T) {
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat("node_modules/openai/package.json")
	}
	if err != nil {
		product.Missing(t, "OpenAI's client is not there; install Node 20 and run npm ci --prefix test/models")
	}
	pieces := aitest.Text("Rain ", "falls\n\n", "on “mild” ", "roofs,", " 雨 😀.")
	pieces.Usage = aitest.Usage{Input: 1500, Output: 42, CacheRead: 1000}
	thinks, cut, refused := pieces, pieces, pieces
	thinks.Think, cut.Stop, refused.Stop = 3, "length", "refusal"
	for _, c := range []struct {
		name  string
		reply aitest.Reply
		stop  ai.StopReason
		kind  ai.Kind // of the failure, which the client must see too
	}{
		{"text", pieces, ai.StopEnd, ""},
		{"thoughts", thinks, ai.StopEnd, ""},
		{"at the limit", cut, ai.StopLength, ""},
		{"content filter", refused, ai.StopRefusal, ""},
		{"empty", aitest.Reply{Usage: pieces.Usage}, ai.StopEnd, ""},
		{"rate limit", aitest.Rate("1"), "", ai.KindRate},
		{"wrong key", aitest.Status(401, "invalid_api_key", "Incorrect API key"), "", ai.KindAuth},
		{"error in the stream", pieces.Faulty(aitest.ErrorNow, 2), "", ai.KindTransient},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := scripted(t, aitest.Always(c.reply))
			out, err := exec.CommandContext(t.Context(), node, "client.mjs", m.URL()+"/v1").Output()
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			var theirs vendorResult
			if err := json.Unmarshal(out, &theirs); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			p, err := openai.New(wire.Config{BaseURL: m.BaseURL(aitest.ResponsesWire), Model: "scripted-1"})
			if err != nil {
				t.Fatal(err)
			}
			var live strings.Builder
			ours, err := p.Generate(t.Context(), ai.Request{Messages: ai.User("A word on rain.")},
				ai.Sink{Text: func(piece string) error { live.WriteString(piece); return nil }})
			if theirs.Live != live.String() {
				t.Errorf("while it came they had %q, we %q", theirs.Live, live.String())
			}
			if c.kind != "" {
				e, ok := ai.AsError(err)
				if !ok || e.Kind != c.kind || theirs.Error == "" {
					t.Errorf("we failed with %v, they with %q", err, theirs.Error)
				}
				return
			}
			got := ai.Usage{InputTokens: theirs.Input, OutputTokens: theirs.Output, CachedTokens: theirs.Cached}
			if err != nil || theirs.Error != "" || ours.Text != theirs.Text || ours.Text != theirs.Collected ||
				ours.Model != theirs.Model ||
				ours.Usage != got || ours.Stop != c.stop || (theirs.Status == "incomplete") != (c.stop != ai.StopEnd) {
				t.Errorf("we have %+v (%v), they %+v", ours, err, theirs)
			}
		})
	}
}
