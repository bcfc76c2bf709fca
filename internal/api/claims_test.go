package api_test

import (
	"slices"
	"strings"
	"testing"

	"vellocity/internal/app"
)

// TestRowsAndVerbsAgreeOnClaims calls every row that accepts an Idempotency-Key with
// one. The verb looks for a claim of its own result's type before it does anything, so
// a row that claims another type fails with SERVER_ERROR, even for an id that does not
// exist; and a response that was stored must be the same when it is replayed.
func TestRowsAndVerbsAgreeOnClaims(t *testing.T) {
	w := start(t)
	ids := w.things(t, "Cloud cost optimization")
	claimed, replayed := 0, 0
	for _, o := range app.Table() {
		if !o.IdempotencyKey {
			continue
		}
		claimed++
		id := number(ids[o.Command.Noun])
		path, body := target(o, id)
		body = strings.Replace(body, "[101,102]", "["+id+"]", 1)
		headers := []string{"Accept: application/json", "Idempotency-Key: " + o.Name}
		status, h, raw := w.call(t, w.first.Key.Secret, o.Method, path, body, headers...)
		if broken(status) || h.Get("Idempotent-Replayed") != "" {
			t.Errorf("%s: %d %s", o.Name, status, raw)
		}
		if status >= 300 {
			continue
		}
		again, h, rawAgain := w.call(t, w.first.Key.Secret, o.Method, path, body, headers...)
		// A secret is shown once, so that the stored response differs where there is one.
		same := string(raw) == string(rawAgain) || strings.Contains(string(raw), "vell_pk_") ||
			slices.Contains([]string{
				"create_review_link", "create_webhook", "rotate_webhook_secret", "create_feed_token",
			}, o.Name)
		if again != status || h.Get("Idempotent-Replayed") != "true" || !same {
			t.Errorf("%s: %d %s, replayed %d %s", o.Name, status, raw, again, rawAgain)
		}
		replayed++
	}
	if claimed < 10 || replayed < 7 {
		t.Errorf("%d rows claimed, %d replayed", claimed, replayed)
	}
}
