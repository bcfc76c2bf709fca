package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
)

func TestFieldsOfASchema(t *testing.T) {
	fields := must(fieldsOf(json.RawMessage(everySchema)))(t)
	kinds := map[string]string{}
	var order []string
	for _, f := range fields {
		kinds[f.Name] = f.Kind
		order = append(order, f.Name)
	}
	want := map[string]string{"topic": "text", "audience": "text", "tone": "radio", "word_count": "number", "key_points": "lines", "facts": "lines", "networks": "checks",
		"language": "select", "draft": "check", "creativity": "number", "brand_voice_id": "number", "call_to_action": "area", "extra": "json"}
	if !reflect.DeepEqual(kinds, want) {
		t.Errorf("kinds %v, want %v", kinds, want)
	}
	if order[0] != "topic" || order[3] != "word_count" || order[12] != "extra" {
		t.Errorf("order %v", order)
	}
}

func TestSettingsOfAForm(t *testing.T) {
	fields := must(fieldsOf(json.RawMessage(everySchema)))(t)
	post(fields, url.Values{"topic": {" Cloud "}, "word_count": {"500"}, "key_points": {"one\r\n\r\n two "}, "networks": {"linkedin", "bluesky"}, "draft": {"true"}, "creativity": {"0.7"}, "extra": {`{"a":1}`}})
	settings, good := settingsOf(fields)
	raw := must(json.Marshal(settings))(t)
	want := `{"creativity":0.7,"draft":true,"extra":{"a":1},"key_points":["one","two"],"networks":["linkedin","bluesky"],"topic":"Cloud","word_count":500}`
	if !good || string(raw) != want {
		t.Errorf("%v %s, want %s", good, raw, want)
	}
	post(fields, url.Values{"word_count": {"1.5"}, "extra": {"{"}})
	if _, good := settingsOf(fields); good {
		t.Error("half a word and broken JSON were taken")
	}
}

func TestARunFromTheForm(t *testing.T) {
	h := newHouse(t, 0)
	path := "/capabilities/generate-blog-post"
	wrong := h.do(http.MethodPost, path, "topic=&word_count=9")
	doc := parse(t, path, wrong.Body.String())
	if wrong.Code != http.StatusUnprocessableEntity || count(doc, "div", "errors") != 1 || !strings.Contains(wrong.Body.String(), `href="#f-topic"`) || !strings.Contains(wrong.Body.String(), `href="#f-word_count"`) {
		t.Errorf("a wrong form: %d\n%s", wrong.Code, wrong.Body)
	}
	right := h.do(http.MethodPost, path, "topic=Cloud&priority=high")
	if right.Code != http.StatusSeeOther || right.Header().Get("Location") != "/executions/1" {
		t.Fatalf("%d to %q", right.Code, right.Header().Get("Location"))
	}
	again := h.get(path + "?from=1").Body.String()
	if !strings.Contains(again, `value="Cloud"`) {
		t.Error("a past run's inputs must come back")
	}
	call := h.do(http.MethodPost, path+"/call", "topic=It's&draft=true").Body.String()
	for _, want := range []string{`&#34;topic&#34;: &#34;It&#39;\&#39;&#39;s&#34;`, "&#34;draft&#34;: True", "await fetch(", "/api/v1/content-workflow/capabilities/generate-blog-post/execute"} {
		if !strings.Contains(call, want) {
			t.Errorf("the same call lacks %q in\n%s", want, call)
		}
	}
}
