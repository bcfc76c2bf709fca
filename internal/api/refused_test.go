package api_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"vellocity/internal/ops"
)

// TestWhatIsRefused sends what used to be taken in silence, or refused in words that did
// not help.
func TestWhatIsRefused(t *testing.T) {
	w := start(t)
	_, item := w.finished(t, "Cloud cost optimization")
	_, second := w.finished(t, "Support in one inbox")
	const cw = "/api/v1/content-workflow"
	one, other := cw+"/content/"+number(item), cw+"/content/"+number(second)
	card := cw + "/kanban/" + number(item) + "/status"
	status, _, raw := w.call(t, w.first.Key.Secret, "PATCH", other, `{"slug":"taken"}`)
	if status != 200 {
		t.Fatalf("%d %s", status, raw)
	}
	for _, c := range []struct {
		name, method, path, body, header string
		status                           int
		field, says                      string
	}{
		{"a long slug", "GET", cw + "/capabilities/" + strings.Repeat("a", 101), "", "", 404, "", "Capability not found"},
		{"an unknown capability", "GET", cw + "/executions?capability=generate-blog-pots", "", "", 422, "capability",
			`did you mean "generate-blog-post"?`},
		{"an empty status", "GET", cw + "/executions?status=", "", "", 422, "status", "must be one of pending"},
		{"an empty page", "GET", cw + "/executions?page=", "", "", 422, "page", "must be a number"},
		{"a plus sign", "GET", cw + "/executions?from=2026-02-26T10:00:00+01:00", "", "", 422, "from", "%2B"},
		{"a missing card", "POST", card, `{"status":"review","before":999999}`, "", 422, "before", "does not exist"},
		{"the card itself", "POST", card, `{"status":"review","before":` + number(item) + `}`, "", 422, "before", "another"},
		{"a slug that is taken", "PATCH", one, `{"slug":"taken"}`, "", 409, "slug", `"taken-2" is free`},
		{"no text", "PATCH", one, `{"body":""}`, "", 422, "body", "is required"},
		{"white space", "PATCH", one, `{"body":" \n"}`, "", 422, "body", "is required"},
		{"no language", "PATCH", one, `{"language":"xx-!!"}`, "", 422, "language", "such as en or de-AT"},
		{"no language of a text", "POST", "/api/v1/aiwriter/generate-output",
			`{"prompt":"Write about inboxes","language":"Klingonese"}`, "", 422, "language", "such as en or de-AT"},
		{"a prompt for a text that is there", "POST", "/api/v1/aiwriter/generate-output", `{"prompt":"x","message_id":1}`, "",
			422, "prompt", "conflicts"},
		{"junk to resume a text", "GET", "/api/v1/aiwriter/generate-output?message_id=1", "", "Last-Event-ID: junk",
			422, "Last-Event-ID", "must be the id of an event of this stream"},
		{"junk to resume events", "GET", cw + "/executions/1/events", "", "Last-Event-ID: junk",
			422, "Last-Event-ID", "must be the id of an event of this stream"},
		{"too long a grace", "POST", "/api/v1/api-keys/1/rotate", `{"grace_seconds":2592000}`, "", 422, "grace_seconds",
			"at most 604800"},
	} {
		headers := []string{"Accept: application/json"}
		if c.header != "" {
			headers = append(headers, c.header)
		}
		status, _, raw := w.call(t, w.first.Key.Secret, c.method, c.path, c.body, headers...)
		var a struct{ Error ops.ErrorBody }
		if err := json.Unmarshal(raw, &a); err != nil || status != c.status || !strings.Contains(a.Error.Message, c.says) ||
			c.field != "" && a.Error.Details[c.field] == nil {
			t.Errorf("%s: %d %s, want %d %s", c.name, status, raw, c.status, c.says)
		}
	}
	place := `{"status":"review","before":` + number(second) + `}`
	if status, _, raw := w.call(t, w.first.Key.Secret, "POST", card, place); status != 200 {
		t.Errorf("before a card of another column: %d %s", status, raw)
	}
}

// TestTheWholeTextNamesItself holds that a text that is returned as JSON has the header
// that its stream has.
func TestTheWholeTextNamesItself(t *testing.T) {
	w := start(t)
	status, h, raw := w.call(t, w.first.Key.Secret, "POST", "/api/v1/aiwriter/generate-output",
		`{"prompt":"Write a short text about shared inboxes for support teams"}`, "Accept: application/json")
	var a struct {
		Data struct {
			ID int64 `json:"message_id"`
		}
	}
	if err := json.Unmarshal(raw, &a); err != nil || status != 200 || h.Get("X-Message-Id") != number(a.Data.ID) {
		t.Errorf("%d %v %s", status, h, raw)
	}
}

// TestAllFaultsAtOnce sends an input with a fault that its schema shows beside one that only
// the verb knows of: a caller reads both.
func TestAllFaultsAtOnce(t *testing.T) {
	w := start(t)
	_, item := w.finished(t, "Cloud cost optimization")
	for _, c := range []struct{ method, path, body, fields string }{
		{"PATCH", "/partners/profile", `{"company_name":"","timezone":"Mars/Olympus"}`, "company_name timezone"},
		{"POST", "/api-keys", `{"name":"","allowed_ips":["here"]}`, "allowed_ips.0 name"},
		{"PATCH", "/content-workflow/content/" + number(item), `{"title":"","slug":"Not A Slug","language":"xx-!!"}`,
			"language slug title"},
		{"POST", "/aiwriter/generate-output", `{"maximum_length":0,"language":"Klingonese"}`, "language maximum_length"},
		{"POST", "/content-workflow/content/" + number(item) + "/rewrite", `{"start":9,"end":2,"action":"tone"}`, "end tone version"},
		{"POST", "/content-workflow/content/" + number(item) + "/rewrite", `{"start":0,"end":2,"action":"louder","text":"ab","version":1}`,
			"action"},
		{"POST", "/aiwriter/generate", `{"post_type":"email_generator","subjct":"x","maximum_length":0,"title":"a"}`,
			"description maximum_length subjct subject"},
		{"POST", "/content-workflow/capabilities/generate-blog-post/execute", `{"priority":"late","settings":{}}`,
			"priority settings.topic"},
	} {
		_, _, raw := w.call(t, w.first.Key.Secret, c.method, "/api/v1"+c.path, c.body, "Accept: application/json")
		var a struct{ Error ops.ErrorBody }
		err := json.Unmarshal(raw, &a)
		if got := strings.Join(slices.Sorted(maps.Keys(a.Error.Details)), " "); err != nil || got != c.fields {
			t.Errorf("%s %s: faults of %s, want %s", c.method, c.path, got, c.fields)
		}
	}
}
