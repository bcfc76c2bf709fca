package models_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/sse"
)

var textRequest = map[string]any{
	"prompt":         "Write a blog post outline about " + topic,
	"maximum_length": 500,
	"creativity":     0.7,
}

// outline has line ends, leading spaces and characters of several bytes.
const outline = "# Winter\n\n- soil – “calm”\n  - mulch\n- tools\n\nGrüße aus dem Garten. " +
	"A shed with a door that closes is worth more than three new spades, and a list on it more than good intentions."

// A text is streamed by the contract's rules and resumed at any of its pieces.
func TestTextStreamsAndResumes(t *testing.T) {
	eachWire(t, func(t *testing.T, wire aitest.Wire) {
		m := startAimock(t, answers("Write a blog post outline", outline))
		s := start(t, install(t, wire, m.url))
		res := s.call(t, http.MethodPost, "/aiwriter/generate-output", textRequest)
		raw, err := io.ReadAll(res.Body)
		if err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%d %v: %s", res.StatusCode, err, raw)
		}
		for name, want := range map[string]string{"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache", "X-Accel-Buffering": "no"} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %q", name, got)
			}
		}
		id := res.Header.Get("X-Message-Id")
		pieces := checkText(t, raw, id, outline)
		if len(pieces) < 2 {
			t.Errorf("%d pieces: nothing was streamed", len(pieces))
		}
		for i, p := range pieces {
			res := s.call(t, http.MethodGet, "/aiwriter/generate-output?message_id="+id, nil, "Last-Event-ID", p.ID)
			rest, err := io.ReadAll(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			checkText(t, rest, id, strings.TrimPrefix(outline, joined(pieces[:i+1])))
		}
		var whole struct{ Status, Text string }
		s.fetch(t, http.MethodGet, "/aiwriter/generate-output?message_id="+id, nil, http.StatusOK, &whole)
		if whole.Status != "completed" || whole.Text != outline {
			t.Errorf("the text reads %+v", whole)
		}
		if n := len(m.journal(t)); n != 1 {
			t.Errorf("%d calls: a resumed stream must not be written again", n)
		}
	})
}

// A reader who disconnects in the middle resumes the same text, which is written only
// once.
func TestReaderComesBack(t *testing.T) {
	words := strings.SplitAfter(strings.Repeat("winter ", 200), " ")
	gate := make(chan struct{})
	m := scripted(t, func(c aitest.Call) aitest.Reply {
		if c.N > 0 {
			return aitest.Status(400, "invalid_request_error", "asked for twice")
		}
		close(gate)
		r := aitest.Text(words...)
		r.Gap = 10_000_000 // 10 ms
		return r
	})
	s := start(t, install(t, aitest.OpenAIWire, m.URL()))
	res := s.call(t, http.MethodPost, "/aiwriter/generate-output", textRequest)
	<-gate
	first, err := sse.NewReader(res.Body).Next()
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	again := s.call(t, http.MethodPost, "/aiwriter/generate-output", textRequest, "Last-Event-ID", first.ID)
	rest, err := io.ReadAll(again.Body)
	if err != nil {
		t.Fatal(err)
	}
	checkText(t, rest, res.Header.Get("X-Message-Id"), strings.TrimPrefix(strings.Join(words, ""), first.Data))
}

// A text that fails ends with an error event, and its stream still ends with [DONE].
func TestTextThatFails(t *testing.T) {
	eachWire(t, func(t *testing.T, wire aitest.Wire) {
		m := startAimock(
			t,
			obj{
				"match":    obj{"userMessage": topic},
				"response": obj{"error": obj{"message": "no", "type": "authentication_error"}, "status": 401},
			},
		)
		s := start(t, install(t, wire, m.url))
		raw, err := io.ReadAll(s.call(t, http.MethodPost, "/aiwriter/generate-output", textRequest).Body)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(raw, []byte("event: error\n")) || !bytes.Contains(raw, []byte("PROVIDER_ERROR")) ||
			bytes.Count(raw, []byte("data: [DONE]\n\n")) != 1 ||
			!bytes.HasSuffix(raw, []byte("data: [DONE]\n\n")) {
			t.Errorf("%s", raw)
		}
	})
}

// checkText checks a stream whole: ids that count, one end, and the text.
func checkText(t *testing.T, raw []byte, id, want string) (pieces []sse.Event) {
	t.Helper()
	if bytes.Count(raw, []byte("data: [DONE]\n\n")) != 1 || !bytes.HasSuffix(raw, []byte("data: [DONE]\n\n")) {
		t.Errorf("the stream does not end with one [DONE]: %s", raw)
	}
	last := 0
	for r := sse.NewReader(bytes.NewReader(raw)); ; {
		e, err := r.Next()
		if err != nil || e.Data == sse.Done {
			break
		}
		var seq int
		if n, _ := fmt.Sscanf(e.ID, id+"-%d", &seq); n != 1 || seq <= last || e.Name != "" {
			t.Errorf("event %+v after number %d", e, last)
		}
		last = seq
		pieces = append(pieces, e)
	}
	if got := joined(pieces); got != want {
		t.Errorf("the text reads %q, want %q", got, want)
	}
	return pieces
}

func joined(pieces []sse.Event) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.Data)
	}
	return b.String()
}
