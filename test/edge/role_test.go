package edge_test

import (
	"database/sql"
	"net/http"
	"strings"
	"testing"

	"vellocity/test/product"
)

// The streams of a person who gets a lower role, and those of their keys, end as far as
// the new role does not allow them; what it allows goes on.
func TestStreamsEndWithARole(t *testing.T) {
	in := install(t, silent(t), "")
	s := &server{product.Start(t, in)}
	path := s.execute(t)
	text := read(t, s.call(t, s.Key, http.MethodPost, texts, prompt, "Accept", "text/event-stream"))
	events := read(t, s.call(t, s.Key, http.MethodGet, path+"/events", "", "Accept", "text/event-stream"))
	res, err := s.signIn(t).Get(s.URL() + "/events")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	board := read(t, res)
	eventually(t, "the text has begun", func() bool { return strings.Contains(text.so(), "mulch") })
	db, err := sql.Open("sqlite", "file:"+in.File()+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), `update member set role = 'viewer'`); err != nil {
		t.Fatal(err)
	}
	_, _ = text.end(t, revokeTime), board.end(t, revokeTime)
	if !strings.Contains(text.so(), `"code":"FORBIDDEN"`) || strings.Count(text.so(), "[DONE]") != 1 {
		t.Errorf("a text: %s", text.so())
	}
	select {
	case err := <-events.ended:
		t.Errorf("events that a viewer may read ended: %v %s", err, events.so())
	default:
	}
}
