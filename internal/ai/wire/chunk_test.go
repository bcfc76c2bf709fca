package wire_test

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"vellocity/internal/ai"
	"vellocity/internal/ai/openai"
	"vellocity/internal/ai/wire"
)

// transport answers every call with a stream that arrives in slices.
type transport struct {
	stream string
	slice  int
}

func (tr transport) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK,
		Header:     http.Header{"Content-Type": {"text/event-stream"}},
		Body:       io.NopCloser(&slicer{rest: tr.stream, size: tr.slice}),
	}, nil
}

type slicer struct {
	rest string
	size int
}

func (s *slicer) Read(p []byte) (int, error) {
	if s.rest == "" {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), s.size)], s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// written returns the text of an answer that is sent in the given pieces, and what a
// viewer of it has in the end.
func written(t *testing.T, pieces []string, slice int) (text, seen string) {
	t.Helper()
	var b strings.Builder
	for _, p := range pieces {
		data, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString(`data: {"choices":[{"index":0,"delta":{"content":` + string(data) + "}}]}\n\n: beat\r\n\r\n")
	}
	b.WriteString("data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
	p, err := openai.New(
		wire.Config{BaseURL: "http://x.test", Client: &http.Client{Transport: transport{b.String(), slice}}},
	)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := p.Generate(t.Context(), ai.Request{Model: "m", Messages: ai.User("Rain")}, ai.Sink{
		Text:    func(piece string) error { seen += piece; return nil },
		Retract: func() error { seen = ""; return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return resp.Text, seen
}

// FuzzChunks looks for an answer whose text depends on how it is cut into events, or
// on how these arrive.
func FuzzChunks(f *testing.F) {
	for i, text := range []string{
		"Rain falls.", "<think>\na\n</think>\n\nRain\r\n雨", "a\n</think>\nRain", "```md\nRain\x00\n```", "[DONE]",
	} {
		f.Add(text, uint8(i+1), uint8(i+1))
	}
	f.Fuzz(func(t *testing.T, text string, size, slice uint8) {
		text = strings.ToValidUTF8(text, "")
		if len(text) > 2000 {
			return
		}
		whole, _ := written(t, []string{text}, 1<<20)
		var pieces []string
		for part := range slices.Chunk([]rune(text), int(size)+1) {
			pieces = append(pieces, string(part))
		}
		got, seen := written(t, pieces, int(slice)+1)
		if got != whole || seen != got {
			t.Errorf("%q in pieces of %d reads %q to a viewer and %q, whole %q", text, size, seen, got, whole)
		}
	})
}
