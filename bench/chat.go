package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

const chatPath = "/api/v1/aichat"

// asked is what the API says of a conversation and of an answer that has begun.
type asked struct {
	Data struct {
		ConverID  int64 `json:"conver_id"`
		MessageID int64 `json:"message_id"`
	}
}

// asking is how many questions are on their way at once. The answers, which take ten seconds, overlap all the same.
const asking = 32

// chats asks in many conversations, and streams all answers at once.
func chats(ctx context.Context, b *bench) error {
	n := b.count(1000, 50)
	m, s, err := b.modelled(ctx, pace{First: 200 * time.Millisecond, Gap: 100 * time.Millisecond, Pieces: 100},
		"--provider-concurrency", fmt.Sprint(2*n)) // the conversations are named meanwhile
	if err != nil {
		return err
	}
	defer m.stop()
	defer s.stop()
	if err := b.grant(ctx, s, 100_000); err != nil {
		return err
	}
	c := &http.Client{Timeout: 2 * time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: n, MaxConnsPerHost: n}}
	var first, whole durations
	for range b.runs {
		ids := make(chan int64, n)
		for range n {
			var made asked
			if err := s.call(ctx, c, http.MethodPost, chatPath+"/new-chat", `{}`, &made); err != nil {
				return err
			}
			ids <- made.Data.ConverID
		}
		ended, peak := make(chan struct{}), make(chan float64)
		go watch(s.PID(), ended, peak)
		turns := make(chan struct{}, asking)
		list, err := atOnce(n, func() (stream, error) { return s.chat(ctx, c, <-ids, turns) })
		close(ended)
		b.says("resident meanwhile", "%.0f MB", <-peak)
		if err != nil {
			return err
		}
		for _, one := range list {
			first, whole = append(first, one.first), append(whole, one.whole)
		}
	}
	b.says("asked to the first word, p50 and p99", "%.0f and %.0f ms", first.p50(), first.p99())
	b.says("asked to the whole, p50 and p99", "%.0f and %.0f ms", whole.p50(), whole.p99())
	return nil
}

// chat asks in a conversation, as one of those that turns lets ask at once, and reads the answer.
func (s *server) chat(ctx context.Context, c *http.Client, id int64, turns chan struct{}) (stream, error) {
	turns <- struct{}{}
	began := time.Now()
	var a asked
	body := fmt.Sprintf(`{"conver_id":%d,"prompt":"Write about cost."}`, id)
	err := s.call(ctx, c, http.MethodPost, chatPath+"/chat-send", body, &a)
	<-turns
	if err != nil {
		return stream{}, err
	}
	path := fmt.Sprintf("%s/chat-send?conver_id=%d&message_id=%d", chatPath, id, a.Data.MessageID)
	req, err := s.request(ctx, http.MethodGet, path, "")
	if err != nil {
		return stream{}, err
	}
	req.Header.Set("Accept", "text/event-stream")
	before := time.Since(began)
	out, err := read(c, req, func(line string) bool { return strings.HasPrefix(line, "data: words") })
	out.first, out.whole = out.first+before, out.whole+before
	return out, err
}

// openChat opens a conversation of 500 messages.
func openChat(ctx context.Context, b *bench) error {
	m, s, err := b.modelled(ctx, pace{Pieces: 300})
	if err != nil {
		return err
	}
	defer m.stop()
	defer s.stop()
	if err := b.grant(ctx, s, 100_000); err != nil {
		return err
	}
	c := patient()
	var made asked
	if err := s.call(ctx, c, http.MethodPost, chatPath+"/new-chat", `{"title":"Cost"}`, &made); err != nil {
		return err
	}
	for range b.count(250, 10) {
		if _, err := s.chat(ctx, c, made.Data.ConverID, make(chan struct{}, 1)); err != nil {
			return err
		}
	}
	path := fmt.Sprintf("%s/chat/%d/messages", chatPath, made.Data.ConverID)
	var times durations
	for range b.count(50, 3) {
		began := time.Now()
		if err := s.call(ctx, c, http.MethodGet, path, "", nil); err != nil {
			return err
		}
		times = append(times, time.Since(began))
	}
	b.atMost("open a chat of 500 messages, p50", 50, times.p50(), " ms", fmt.Sprintf("; p99 %.1f ms", times.p99()))
	return nil
}
