package edge_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"vellocity/test/product"
)

// stopTime is how long a stop takes at most: 10 s, and a busy machine's share.
const stopTime = 15 * time.Second

// A stop beside a model that says nothing more: texts end in order and with the true
// reason, streams of events break off so that their clients resume, and the process is
// gone in time.
func TestStopEndsStreams(t *testing.T) {
	m := silent(t)
	in := install(t, m, "")
	s := &server{product.Start(t, in)}
	begun := s.call(t, s.Key, http.MethodPost, texts, prompt, "Accept", "text/event-stream")
	text, id := read(t, begun), begun.Header.Get("X-Message-Id")
	path := s.execute(t)
	events := read(t, s.call(t, s.Key, http.MethodGet, path+"/events", "", "Accept", "text/event-stream"))
	eventually(t, "both streams have begun", func() bool {
		return strings.Contains(text.so(), "mulch") && strings.Contains(events.so(), "event: step")
	})
	began := time.Now()
	if err := s.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := text.end(t, stopTime); err != nil || strings.Count(text.so(), "event: error\n") != 1 ||
		strings.Count(text.so(), "data: [DONE]\n\n") != 1 || !strings.HasSuffix(text.so(), "data: [DONE]\n\n") {
		t.Errorf("the text: %v\n%s", err, text.so())
	}
	if err := events.end(t, stopTime); !errors.Is(err, io.ErrUnexpectedEOF) ||
		strings.Contains(events.so(), "[DONE]") || strings.Contains(events.so(), "event: end") {
		t.Errorf("the events: %v\n%s", err, events.so())
	}
	if err := s.Wait(stopTime); err != nil {
		t.Error(err)
	}
	t.Logf("gone after %s", time.Since(began))
	if !strings.Contains(text.so(), "The server was shut down while this text was being written") {
		t.Errorf("the reason: %s", text.so())
	}
	s = &server{product.Start(t, in)}
	s.fetch(t, s.Key, http.MethodGet, path, "", http.StatusOK, nil)
	res := s.call(t, s.Key, http.MethodGet, texts+"?message_id="+id, "", "Accept", "text/event-stream")
	raw, _ := io.ReadAll(res.Body)
	if !strings.Contains(string(raw), "The server was shut down while") {
		t.Errorf("after the restart: %d %s", res.StatusCode, raw)
	}
}

// A stop beside a database that does not respond any more.
func TestStopBesideASilentDatabase(t *testing.T) {
	l, database := connect(t, product.PostgreSQL(t))
	s := &server{product.Start(t, install(t, silent(t), database))}
	s.execute(t)
	text := read(t, s.call(t, s.Key, http.MethodPost, texts, prompt, "Accept", "text/event-stream"))
	eventually(t, "the text has begun", func() bool { return strings.Contains(text.so(), "mulch") })
	defer l.silence()()
	began := time.Now()
	if err := s.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := s.Wait(stopTime); err != nil && strings.Contains(err.Error(), "has not ended") {
		t.Error(err)
	}
	t.Logf("gone after %s", time.Since(began))
}
