package models_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/ai/aitest"
)

// TestScripts runs every script of a model server against the program: what it writes
// with generate-output, whole as JSON. Scripts that take long, or need a schema, are
// in internal/ai alone.
func TestScripts(t *testing.T) {
	eachWire(t, func(t *testing.T, wire aitest.Wire) {
		m := scripted(t, aitest.Named())
		s := start(t, install(t, wire, m.URL()))
		for _, c := range aitest.Cases() {
			if !c.For(wire) || c.JSON || c.Least > 5*time.Second || c.Calls > 2 {
				continue
			}
			t.Run(c.Name, func(t *testing.T) {
				t.Parallel()
				res := s.call(t, http.MethodPost, "/aiwriter/generate-output",
					map[string]any{"prompt": "script:" + c.Name}, "Accept", "application/json")
				checkScript(t, c, res)
			})
		}
	})
}

func checkScript(t *testing.T, c aitest.Case, res *http.Response) {
	t.Helper()
	text, failure := answer(t, res)
	if c.Kind != "" {
		if res.StatusCode != http.StatusBadGateway || failure == "" || strings.Contains(failure, "Something went wrong") ||
			!strings.Contains(failure, c.Message) {
			t.Errorf("%d %q", res.StatusCode, failure)
		}
		return
	}
	if res.StatusCode != http.StatusOK || strings.TrimLeft(text, "😀雨[DONE]\n") != aitest.Plain {
		t.Errorf("%d %q %q", res.StatusCode, text, failure)
	}
	if problem := checkOf(c, text); problem != "" {
		t.Error(problem)
	}
}

// checkOf has a case judge the text alone.
func checkOf(c aitest.Case, text string) string {
	others := []string{"model-nul", "usage-reasoning-outside", "usage-zero-last", "fin-some_new_word", "r-usage",
		"r-not-streamed"}
	if c.Check == nil || slices.Contains(others, c.Name) {
		return ""
	}
	return c.Check(ai.Response{Text: text})
}

// A model that thinks aloud, or that stops at its limit, writes posts: the thoughts
// are not in them, and where a text was cut is a finding.
func TestPostsOfScriptedModels(t *testing.T) {
	for name, cut := range map[string]bool{
		"think-tags": false, "think-close-only": false, "harmony": false, "nul-prose": false, "fence-prose": false,
		"fin-open": false, "fin-length": true,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := scripted(t, aitest.Named())
			s := start(t, install(t, aitest.OpenAIWire, m.URL()))
			var x struct{ ID int64 }
			s.fetch(t, http.MethodPost, "/content-workflow/capabilities/generate-blog-post/execute", map[string]any{
				"settings": map[string]any{"topic": topic, "word_count": 300, "key_points": []string{"script:" + name}},
			}, http.StatusCreated, &x)
			done := s.ended(t, x.ID)
			if done.Attributes.Status != "completed" {
				t.Fatalf("%+v", done)
			}
			body := s.body(t, done)
			if !strings.Contains(body, "Rain falls on mild roofs.") {
				t.Errorf("the script did not write this: %s", body)
			}
			for _, bad := range []string{"think", "secretive", "<|", "\x00", "```"} {
				if strings.Contains(body, bad) {
					t.Errorf("%q is in the post: %s", bad, body)
				}
			}
			var item struct {
				Attributes struct{ Findings []struct{ Message string } }
			}
			s.fetch(
				t,
				http.MethodGet,
				"/content-workflow/content/"+number64(done.Attributes.Assets[0].ID),
				nil,
				http.StatusOK,
				&item,
			)
			found := false
			for _, f := range item.Attributes.Findings {
				found = found || strings.Contains(f.Message, "cut off by the model's limit")
			}
			if found != cut {
				t.Errorf("findings %+v", item.Attributes.Findings)
			}
		})
	}
}

func number64(n int64) string { return strconv.FormatInt(n, 10) }

// answer returns the text of a response, or why there is none.
func answer(t *testing.T, res *http.Response) (text, failure string) {
	t.Helper()
	var body struct {
		Data  struct{ Text string }
		Error struct{ Message string }
	}
	if err := json.NewDecoder(res.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	return body.Data.Text, body.Error.Message
}
