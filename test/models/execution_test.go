package models_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"vellocity/internal/sse"
)

// execution is what the tests read of one.
type execution struct {
	ID         int64
	Attributes struct {
		Status       string
		CreditsUsed  int     `json:"credits_used"`
		CreditsHeld  int     `json:"credits_held"`
		ErrorMessage *string `json:"error_message"`
		Cost         *struct {
			Amount    float64
			Estimated bool
		}
		Engine struct {
			Kind, Provider, Model string
			AI                    bool
		}
		Steps []struct {
			Key, Status     string
			Provider, Error *string
			InputTokens     int `json:"input_tokens"`
			OutputTokens    int `json:"output_tokens"`
		} `json:"step_results"`
		Assets []struct{ ID int64 } `json:"generated_assets"`
	}
}

// topic is what the posts are about; the doubles' answers name it too.
const topic = "Keeping a garden through winter"

// post has a blog post of five sections written, and returns its execution.
func (s *server) post(t *testing.T) int64 {
	t.Helper()
	var x struct{ ID int64 }
	s.fetch(t, http.MethodPost, "/content-workflow/capabilities/generate-blog-post/execute",
		map[string]any{"settings": map[string]any{"topic": topic, "word_count": 800}}, http.StatusCreated, &x)
	return x.ID
}

func (s *server) execution(t *testing.T, id int64) (x execution) {
	t.Helper()
	s.fetch(t, http.MethodGet, fmt.Sprintf("/content-workflow/executions/%d", id), nil, http.StatusOK, &x)
	return x
}

// ended waits for the end of an execution.
func (s *server) ended(t *testing.T, id int64) (x execution) {
	t.Helper()
	eventually(t, "the end of the execution", func() bool {
		x = s.execution(t, id)
		return x.Attributes.Status == "completed" || x.Attributes.Status == "failed"
	})
	return x
}

// finished returns the keys of the steps that are recorded.
func (x execution) finished() map[string]bool {
	keys := map[string]bool{}
	for _, step := range x.Attributes.Steps {
		if step.Status == "completed" {
			keys[step.Key] = true
		}
	}
	return keys
}

// body is the Markdown of the one item that the execution made.
func (s *server) body(t *testing.T, x execution) string {
	t.Helper()
	if len(x.Attributes.Assets) != 1 {
		t.Fatalf("%d items: %+v", len(x.Attributes.Assets), x)
	}
	var item struct{ Attributes struct{ Body string } }
	s.fetch(t, http.MethodGet, fmt.Sprintf("/content-workflow/content/%d", x.Attributes.Assets[0].ID), nil, http.StatusOK,
		&item)
	return item.Attributes.Body
}

// granted is the credit of a new workspace.
const granted = 10_000

// checkCredits holds the balance and the ledger against what an execution should have
// cost: holds are matched by captures and releases, and the sums agree.
func (s *server) checkCredits(t *testing.T, id int64, captured, released int) {
	t.Helper()
	var b struct{ Balance, Held, Available int }
	s.fetch(t, http.MethodGet, "/credits", nil, http.StatusOK, &b)
	if b.Held != 0 || b.Balance != granted-captured || b.Available != b.Balance {
		t.Errorf("credits %+v after %d were used", b, captured)
	}
	var lines []struct {
		Kind        string
		Amount      int
		ExecutionID *int64 `json:"execution_id"`
	}
	s.fetch(t, http.MethodGet, "/credits/ledger?per_page=100", nil, http.StatusOK, &lines)
	sums := map[string]int{}
	for _, l := range lines {
		if l.ExecutionID != nil && *l.ExecutionID == id {
			sums[l.Kind] += max(l.Amount, -l.Amount)
		}
	}
	if sums["hold"] != 5 || sums["capture"] != captured || sums["release"] != released {
		t.Errorf("ledger %v, want 5 held, %d captured, %d released", sums, captured, released)
	}
}

// event is one of the live events of an execution.
type event struct {
	Name   string
	Step   string `json:"step"`
	Offset int    `json:"offset"`
	Text   string `json:"text"`
}

// follow reads the live events of an execution to their end.
func (s *server) follow(t *testing.T, id int64) <-chan []event {
	t.Helper()
	res := s.call(t, http.MethodGet, fmt.Sprintf("/content-workflow/executions/%d/events", id), nil, "Accept",
		"text/event-stream")
	all := make(chan []event, 1)
	go func() {
		var list []event
		defer func() { all <- list }()
		for r := sse.NewReader(res.Body); ; {
			e, err := r.Next()
			if err != nil || e.Data == sse.Done {
				list = append(list, event{Name: e.Data})
				return
			}
			one := event{Name: e.Name}
			if err := json.Unmarshal([]byte(e.Data), &one); err != nil {
				t.Errorf("event %+v: %v", e, err)
			}
			list = append(list, one)
		}
	}()
	return all
}

// assemble puts the live text of each step together by its offsets, and counts
// how often each began.
func assemble(t *testing.T, list []event) (text map[string]string, begun map[string]int) {
	t.Helper()
	text, begun = map[string]string{}, map[string]int{}
	for _, e := range list {
		if e.Name != "text" {
			continue
		}
		if e.Offset == 0 {
			text[e.Step] = ""
			begun[e.Step]++
		}
		if e.Offset != len([]rune(text[e.Step])) {
			t.Errorf("text of %s goes on at %d, %d are there", e.Step, e.Offset, len([]rune(text[e.Step])))
		}
		text[e.Step] += e.Text
	}
	if n := len(list); n < 2 || list[n-1].Name != sse.Done || list[n-2].Name != "end" {
		t.Errorf("the live events do not end as they should: %+v", list[max(0, len(list)-3):])
	}
	return text, begun
}

// number says which section of a post a prompt asks for; 0: none.
func number(prompt string) int {
	_, rest, found := strings.Cut(prompt, "Write section ")
	var n int
	if found {
		_, _ = fmt.Sscan(rest, &n)
	}
	return n
}
