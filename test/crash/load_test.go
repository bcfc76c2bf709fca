package crash_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"vellocity/internal/sse"
)

// history is the responses that clients got, kept outside the killed process.
type history struct {
	mu         sync.Mutex
	file       *os.File
	executions []int64          // answered with 201
	moves      map[int64]moves  // per item
	texts      map[int64]string // streamed to [DONE] without an error, by message
	calls      map[int]int      // per status; 0 for a connection that broke
	unexpected []string
}

// moves is what the clients know of one item.
type moves struct {
	n        int
	revision int64  // the highest in a response
	stage    string // in that response
	unsure   int64  // moves without a response: each may have been done
}

func (m moves) with(c call) moves {
	switch {
	case c.Status != http.StatusOK:
		if c.Status == 0 || c.Status == http.StatusServiceUnavailable {
			m.unsure++
		}
		return m
	case c.Revision > m.revision:
		m.revision, m.stage = c.Revision, c.Stage
	}
	m.n++
	return m
}

func newHistory(t *testing.T) *history {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "history.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return &history{file: f, moves: map[int64]moves{}, texts: map[int64]string{}, calls: map[int]int{}}
}

// add records a call with its response, on disk before anything else is sent.
func (h *history) add(t *testing.T, c call) {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	line, err := json.Marshal(c)
	if err != nil {
		t.Error(err)
	}
	if _, err := h.file.Write(append(line, '\n')); err != nil {
		t.Error(err)
	}
	if err := h.file.Sync(); err != nil {
		t.Error(err)
	}
	h.calls[c.Status]++
	switch {
	case c.Status == http.StatusCreated:
		h.executions = append(h.executions, c.ID)
	case c.Verb == "move":
		h.moves[c.Item] = h.moves[c.Item].with(c)
	case c.Verb == "write" && c.Text != "":
		h.texts[c.ID] = c.Text
	}
	if !c.expected() {
		h.unexpected = append(h.unexpected, string(line))
	}
}

// call is one request of a client and its response.
type call struct {
	Verb   string `json:"verb"`
	Item   int64  `json:"item,omitempty"`
	Status int    `json:"status"`
	ID     int64  `json:"id,omitempty"`
	Body   string `json:"body,omitempty"`

	Stage    string `json:"stage,omitempty"`
	Revision int64  `json:"revision,omitempty"`
	Text     string `json:"text,omitempty"`

	header http.Header
}

// expected reports whether a client may get the response while the server is killed,
// stopped or cut off. A 500 is never expected.
func (c call) expected() bool {
	switch c.Status {
	case 0, http.StatusOK, http.StatusCreated:
		return true
	case http.StatusServiceUnavailable:
		return c.header.Get("Retry-After") != ""
	case http.StatusNotFound, http.StatusConflict:
		return c.Verb == "move"
	}
	return false
}

// ask makes one call and returns the response body; nil if none came.
func (s *server) ask(t *testing.T, c *call, method, path string, body any) []byte {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Error(err)
	}
	req, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), method, s.URL()+"/api/v1"+path,
		bytes.NewReader(text))
	if err != nil {
		t.Error(err)
		return nil
	}
	req.Header.Set("Authorization", "Bearer "+s.Key)
	if method != http.MethodGet {
		req.Header.Set("Content-Type", "application/json")
	} else {
		req.Body = http.NoBody
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil
	}
	defer res.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(res.Body); err != nil {
		return nil // cut off: not acknowledged
	}
	c.Status, c.header = res.StatusCode, res.Header
	if c.Status >= http.StatusBadRequest {
		c.Body = b.String()
	}
	return b.Bytes()
}

// execute starts a blog post and returns its id; 0 if it was not accepted.
func (s *server) execute(t *testing.T, h *history) int64 {
	t.Helper()
	c := call{Verb: "execute"}
	body := s.ask(t, &c, http.MethodPost, "/content-workflow/capabilities/generate-blog-post/execute", map[string]any{
		"settings": map[string]any{"topic": fmt.Sprintf("Plan %d of a small shop", rand.IntN(1e9))},
		"priority": []string{"low", "normal", "high", "urgent"}[rand.IntN(4)],
	})
	if c.Status == http.StatusCreated {
		var answer struct {
			Data struct {
				ID int64 `json:"id"`
			} `json:"data"`
		}
		if err := json.Unmarshal(body, &answer); err != nil || answer.Data.ID == 0 {
			t.Errorf("the answer to execute: %v: %s", err, body)
		}
		c.ID = answer.Data.ID
	}
	h.add(t, c)
	return c.ID
}

func (s *server) move(t *testing.T, h *history, item int64) {
	t.Helper()
	c := call{Verb: "move", Item: item}
	to := []string{"review", "ready", "generated"}[rand.IntN(3)]
	body := s.ask(t, &c, http.MethodPost, fmt.Sprintf("/content-workflow/kanban/%d/status", item),
		map[string]any{"status": to})
	if c.Status == http.StatusOK {
		var answer struct {
			Data struct {
				Attributes struct {
					Status string `json:"kanban_status"`
				} `json:"attributes"`
			} `json:"data"`
		}
		if err := json.Unmarshal(body, &answer); err != nil {
			t.Errorf("the answer to a move: %v: %s", err, body)
		}
		c.Stage = answer.Data.Attributes.Status
		if _, err := fmt.Sscanf(c.header.Get("ETag"), `"%d-`, &c.Revision); err != nil || c.Stage != to {
			t.Errorf("the answer to a move to %s: %v: ETag %q: %s", to, err, c.header.Get("ETag"), body)
		}
	}
	h.add(t, c)
}

// write streams a text. One that ended with [DONE] and no error is kept.
func (s *server) write(t *testing.T, h *history) {
	t.Helper()
	c := call{Verb: "write"}
	body := s.ask(t, &c, http.MethodPost, "/aiwriter/generate-output", map[string]any{
		"prompt": "Say in a few words why a short list helps", "maximum_length": 100})
	if c.Status == http.StatusOK {
		if _, err := fmt.Sscan(c.header.Get("X-Message-Id"), &c.ID); err != nil {
			t.Errorf("X-Message-Id of a stream: %v", err)
		}
		c.Text = whole(body)
	}
	h.add(t, c)
}

// whole returns the text of a stream; "" if it was cut off or ended with an error.
func whole(stream []byte) string {
	var text strings.Builder
	r := sse.NewReader(bytes.NewReader(stream))
	for {
		e, err := r.Next()
		switch {
		case err != nil || e.Name == "error":
			return ""
		case e.Data == sse.Done:
			return text.String()
		}
		text.WriteString(e.Data)
	}
}

func (s *server) cancel(t *testing.T, h *history, id int64) {
	t.Helper()
	c := call{Verb: "move", ID: id} // a 409 is as right as a 200
	s.ask(t, &c, http.MethodPost, fmt.Sprintf("/content-workflow/executions/%d/cancel", id), struct{}{})
	c.Verb = "cancel"
	if c.Status == http.StatusConflict {
		c.Status = http.StatusOK
	}
	h.add(t, c)
}

// load keeps clients busy until ctx ends; it returns when they have stopped.
func (s *server) load(ctx context.Context, t *testing.T, h *history, clients int) {
	t.Helper()
	var all sync.WaitGroup
	for range clients {
		all.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				switch {
				case n%8 == 0:
					s.execute(t, h)
				case n%16 == 5:
					s.write(t, h)
				case n%16 == 9:
					if id := h.some(); id != 0 {
						s.cancel(t, h, id)
					}
				default:
					s.move(t, h, 1+rand.Int64N(60))
				}
			}
		})
	}
	all.Wait()
}

func (h *history) some() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.executions) == 0 {
		return 0
	}
	return h.executions[rand.IntN(len(h.executions))]
}
