package ai_test

import (
	"context"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/ai/anthropic"
	"vellocity/internal/ai/openai"
	"vellocity/internal/ai/wire"
)

// BenchmarkOpenCall is the memory that one call holds while its answer is waited
// for, before the first byte and between two pieces: heap and stacks, after a
// collection. The server is a loop that keeps no more than the connection, so
// that what is measured is nearly all the caller's.
func BenchmarkOpenCall(b *testing.B) {
	const head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
	openAI := "data: {\"id\":\"c1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Rain \"}}]}\n\n"
	anthropicEvent := "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Rain \"}}\n\n"
	for _, c := range []struct {
		name, answer string
		make         func(base string) (ai.Provider, error)
	}{
		{"openai/silent", "", overOpenAI},
		{"openai/streaming", head + openAI, overOpenAI},
		{"anthropic/silent", "", overAnthropic},
		{"anthropic/streaming", head + anthropicEvent, overAnthropic},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				b.ReportMetric(openCalls(b, 500, c.answer, c.make), "B/call")
			}
		})
	}
}

func overOpenAI(base string) (ai.Provider, error) { return openai.New(wire.Config{BaseURL: base}) }

func overAnthropic(base string) (ai.Provider, error) {
	return anthropic.New(wire.Config{BaseURL: base})
}

const outlineSchema = `{"type":"object","properties":{"title":{"type":"string"},"sections":{"type":"array","minItems":1,"maxItems":5,"items":{"type":"object",
"properties":{"heading":{"type":"string"},"points":{"type":"array","items":{"type":"string"}}},"required":["heading","points"],"additionalProperties":false}}},
"required":["title","sections"],"additionalProperties":false}`

// openCalls returns the bytes per call while n calls are open.
func openCalls(b *testing.B, n int, answer string, provider func(string) (ai.Provider, error)) float64 {
	b.Helper()
	l, taken := silentServer(b, answer)
	p, err := provider("http://" + l.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	caller := ai.NewCaller(ai.Options{Provider: p, Model: "m"})
	ctx, cancel := context.WithCancel(b.Context())
	before := inUse()
	var calls, pieces sync.WaitGroup
	for range n {
		pieces.Add(1)
		calls.Go(func() {
			first := sync.OnceFunc(pieces.Done)
			watch := ai.Watch{Text: func(string) error { first(); return nil }}
			// As large as the request for the outline of a post.
			req := ai.Request{
				Schema:   []byte(outlineSchema),
				System:   strings.Repeat("Write plainly. ", 100),
				Messages: ai.User(strings.Repeat("A word on rain. ", 200)),
			}
			_, _ = caller.Call(ctx, req, watch) // ends with the benchmark
		})
	}
	for range n {
		<-taken
	}
	if answer != "" {
		pieces.Wait()
	}
	after := inUse()
	cancel()
	calls.Wait()
	return float64(after-before) / float64(n)
}

// silentServer accepts calls, gives each the answer and then nothing more.
func silentServer(b *testing.B, answer string) (net.Listener, <-chan struct{}) {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = l.Close() })
	taken := make(chan struct{}, 1000)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			b.Cleanup(func() { _ = conn.Close() })
			if _, err := conn.Read(make([]byte, 1)); err != nil {
				return
			}
			if _, err := conn.Write([]byte(answer)); err != nil {
				return
			}
			taken <- struct{}{}
		}
	}()
	return l, taken
}

// inUse is what the heap and the stacks take, once both have been collected and
// the stacks have shrunk, which takes a few rounds.
func inUse() int64 {
	for range 6 {
		runtime.GC()
		time.Sleep(20 * time.Millisecond)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}
