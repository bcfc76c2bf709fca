package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

const templatesPath = "/api/v1/content-workflow/workflow-templates"

// TestTemplatesOverREST follows a template of a workspace through its life.
func TestTemplatesOverREST(t *testing.T) {
	w := start(t)
	key := w.first.Key.Secret
	call := func(method, path, body string, header ...string) (int, http.Header, string) {
		t.Helper()
		status, h, raw := w.call(t, key, method, templatesPath+path, body, header...)
		return status, h, string(raw)
	}
	has := func(what, body string, parts ...string) {
		t.Helper()
		for _, p := range parts {
			if !strings.Contains(body, p) {
				t.Errorf("%s: no %s in %.600s", what, p, body)
			}
		}
	}
	const steps = `"input_schema":{"type":"object","required":["text"],"properties":{"text":{"type":"string"}}},
		"steps":[{"key":"seo","capability":"analyze-seo","settings":{"text":"{{ inputs.text }}"}}]`

	status, _, body := call("POST", "", `{"slug":"own","name":"Own","input_schema":{"type":"object"},"steps":[
		{"key":"a","capability":"analyze-soe","when":"{{ true }}"},{"key":"a","capability":"analyze-seo","settings":{"text":"{{ inputs.x }}"}}]}`)
	if status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong template: %d", status)
	}
	has("a wrong template", body, `"steps.0.capability"`, `"steps.0.when"`, `"steps.1.key"`, `"steps.1.settings.text"`)

	status, h, body := call("POST", "", `{"slug":"own","name":"Own",`+steps+`}`)
	if status != http.StatusCreated || h.Get("Location") != templatesPath+"/own" || h.Get("Etag") == "" {
		t.Fatalf("create: %d %v %s", status, h, body)
	}
	has("create", body, `"id":1001`, `"version":1`, `"is_builtin":false`)
	if status, _, body = call("POST", "", `{"slug":"own","name":"Own",`+steps+`}`); status != http.StatusConflict {
		t.Errorf("twice: %d %s", status, body)
	}
	tag := h.Get("Etag")
	status, _, body = call("PUT", "/own", `{"name":"Changed",`+steps+`}`, "If-Match: "+tag)
	if has("change", body, `"version":2`, `"Changed"`, `"slug":"own"`); status != http.StatusOK {
		t.Errorf("change: %d", status)
	}
	status, _, _ = call("PUT", "/own", `{"name":"Again",`+steps+`}`, "If-Match: "+tag)
	if status != http.StatusPreconditionFailed {
		t.Errorf("a stale change: %d", status)
	}
	if status, _, body = call("DELETE", "/blog-and-social", ""); status != http.StatusConflict {
		t.Errorf("delete a built-in one: %d", status)
	}
	has("delete a built-in one", body, "ships with Vellocity")

	_, _, body = call("POST", "/own/validate", `{"inputs":{}}`)
	has("validate", body, `"valid":false`, `"field":"inputs.text"`, "is required")
	_, _, body = call("POST", "/1001/validate", `{"inputs":{"text":"A text"}}`)
	has("validate", body, `"valid":true`, `"settings":{"text":"A text"}`)

	status, h, body = call(
		"POST",
		"/own/execute",
		`{"inputs":{"text":"A text"}}`,
		"Prefer: wait=20",
		"Idempotency-Key: once",
	)
	if status != http.StatusCreated || !strings.Contains(h.Get("Location"), "/executions/") {
		t.Errorf("execute: %d %v", status, h)
	}
	has("execute", body, `"status":"completed"`, `"template":"own"`, `"capability":null`, `"title":"Changed: A text"`)
	_, again, _ := call("POST", "/own/execute", `{"inputs":{"text":"A text"}}`, "Prefer: wait=20", "Idempotency-Key: once")
	if again.Get("Idempotent-Replayed") != "true" || again.Get("Location") != h.Get("Location") {
		t.Errorf("a replay: %v", again)
	}
	var suggested struct {
		Data []struct{ Attributes struct{ Slug string } }
		Meta struct{ Method string }
	}
	_, _, body = call("POST", "/suggest", `{"use_case":"a monthly newsletter"}`)
	if err := json.Unmarshal([]byte(body), &suggested); err != nil || len(suggested.Data) == 0 ||
		suggested.Data[0].Attributes.Slug != "newsletter" || suggested.Meta.Method != "lexical" {
		t.Errorf("suggest: %s", body)
	}
	if status, _, _ = call("DELETE", "/own", ""); status != http.StatusNoContent {
		t.Errorf("delete: %d", status)
	}
	if status, _, _ = call("GET", "/own", ""); status != http.StatusNotFound {
		t.Errorf("it is still there: %d", status)
	}
}
