package models_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"vellocity/internal/ai/aitest"
	"vellocity/test/product"
)

// obj keeps fixtures readable.
type obj = map[string]any

// aimock is a running double of the providers.
type aimock struct{ url string }

const aimockProgram = "node_modules/@copilotkit/aimock/dist/cli.js"

var listening = regexp.MustCompile(`listening on (http://127\.0\.0\.1:\d+)`)

// startAimock starts aimock with fixtures: the first that matches answers.
func startAimock(t *testing.T, fixtures ...obj) *aimock {
	t.Helper()
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(aimockProgram)
	}
	if err != nil {
		product.Missing(t, "aimock is not there; install Node 20 and run npm ci --prefix test/models")
	}
	text, err := json.Marshal(obj{"fixtures": fixtures})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "fixtures.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	// 15 characters per event and 5 ms between them: a section takes a moment.
	cmd := exec.Command(node, aimockProgram, "-p", "0", "-f", file, "--strict",
		"--chunk-size", "15", "--latency", "5", "--log-level", "info")
	p, err := product.Run(cmd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill) // it serves until then
	m := &aimock{}
	err = p.Until(t.Context(), 30*time.Second, "aimock's start", func() bool {
		found := listening.FindStringSubmatch(p.Log.String())
		if found != nil {
			m.url = found[1]
		}
		return found != nil
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, p.Log)
	}
	return m
}

// request is one call as aimock saw it.
type request struct {
	Path    string
	Headers map[string]string
	Body    struct {
		Model    string
		Messages []struct{ Content any }
	}
	Response struct{ Status int }
}

// journal is all calls so far.
func (m *aimock) journal(t *testing.T) (list []request) {
	t.Helper()
	res, err := http.Get(m.url + "/__aimock/journal")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&list); err != nil {
		t.Fatal(err)
	}
	return list
}

// answers is a fixture for prompts that hold the given words.
func answers(words string, content any) obj {
	return obj{"match": obj{"userMessage": words}, "response": obj{
		"content": content, "usage": obj{"prompt_tokens": 400, "completion_tokens": 90, "total_tokens": 490},
	}}
}

// once makes a fixture answer only the nth call that it matches, from 0, and adds
// further fields to it.
func once(n int, fixture obj, more obj) obj {
	out := obj{}
	for k, v := range fixture {
		out[k] = v
	}
	match := obj{"sequenceIndex": n}
	for k, v := range fixture["match"].(obj) { //nolint:forcetypeassert // made above
		match[k] = v
	}
	out["match"] = match
	for k, v := range more {
		out[k] = v
	}
	return out
}

// sectionWords is in the prompt of one section only.
func sectionWords(n int) string { return fmt.Sprintf("Write section %d only", n) }

// sectionText is the double's answer for one section.
func sectionText(n int) string {
	names := []string{"the soil", "the tools", "the beds", "the trees", "the seeds"}
	return strings.TrimSpace(strings.Repeat("A calm hour with "+names[n-1]+" is worth more than a long plan. ", 8))
}

// headings of the post; the first is not shown in it.
var headings = []string{"Why it matters", "Tools first", "Beds at rest", "Looking after trees", "Seeds for spring"}

// postFixtures answer every prompt of a blog post of five sections. The pass in
// the brand voice gives the post back as it is.
func postFixtures() []obj {
	var sections, list []obj
	var whole []string
	for i, h := range headings {
		sections = append(sections, obj{"heading": h, "points": []string{"one thing at a time"}})
		list = append(list, answers(sectionWords(i+1), sectionText(i+1)))
		if i > 0 {
			whole = append(whole, "## "+h)
		}
		whole = append(whole, sectionText(i+1))
	}
	return append(list,
		answers("Plan this post in", obj{"title": topic, "sections": sections}),
		answers("Write what surrounds it", obj{"title": topic, "meta_title": topic, "slug": "garden-through-winter",
			"meta_description": "How to look after soil, tools, beds, trees and seeds in the cold months, one calm hour at a time, without a long plan."}),
		answers("Here is a draft of", strings.Join(whole, "\n\n")),
	)
}

// eachWire runs f for every protocol.
func eachWire(t *testing.T, f func(t *testing.T, wire aitest.Wire)) {
	t.Helper()
	each(t, f, aitest.Wires()...)
}

// eachVendor runs f for one protocol of each vendor: for what does not depend on the
// protocol, and takes long.
func eachVendor(t *testing.T, f func(t *testing.T, wire aitest.Wire)) {
	t.Helper()
	each(t, f, aitest.ResponsesWire, aitest.AnthropicWire)
}

func each(t *testing.T, f func(t *testing.T, wire aitest.Wire), wires ...aitest.Wire) {
	t.Helper()
	for _, wire := range wires {
		t.Run(string(wire), func(t *testing.T) { f(t, wire) })
	}
}
