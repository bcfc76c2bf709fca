package ai_test

import (
	"testing"

	"vellocity/internal/ai"
	"vellocity/internal/ai/aitest"
	"vellocity/internal/ai/anthropic"
	"vellocity/internal/ai/openai"
	"vellocity/internal/ai/wire"
)

// BenchmarkStream is an answer of 500 pieces over loopback, server included.
func BenchmarkStream(b *testing.B) {
	pieces := make([]string, 500)
	for i := range pieces {
		pieces[i] = "word "
	}
	s := aitest.NewServer(aitest.Always(aitest.Text(pieces...)))
	defer s.Close()
	s.Forget()
	o, err := openai.New(wire.Config{BaseURL: s.BaseURL(aitest.OpenAIWire)})
	if err != nil {
		b.Fatal(err)
	}
	a, err := anthropic.New(wire.Config{BaseURL: s.BaseURL(aitest.AnthropicWire)})
	if err != nil {
		b.Fatal(err)
	}
	for _, p := range []ai.Provider{o, a} {
		c := ai.NewCaller(ai.Options{Provider: p, Model: "m"})
		b.Run(p.Name(), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Call(b.Context(), ask, ai.Watch{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
