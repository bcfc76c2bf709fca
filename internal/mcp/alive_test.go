package mcp

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"vellocity/internal/await"
)

// TestSilentStreamsSayThatTheyAreThere: one comment after every 15 s of silence, in
// streams of events only, and none after their end.
func TestSilentStreamsSayThatTheyAreThere(t *testing.T) {
	for media, want := range map[string]int{"text/event-stream": 3, "application/json": 0} {
		synctest.Test(t, func(t *testing.T) {
			rec := httptest.NewRecorder()
			a, end := keepAlive(rec)
			wait := func(d time.Duration) { _ = await.Pause(t.Context(), d) }
			wait(20 * time.Second) // nothing may be sent before the header
			a.Header().Set("Content-Type", media)
			a.WriteHeader(http.StatusOK)
			_, _ = a.Write([]byte("first")) // a recorder takes everything
			wait(31 * time.Second)
			_, _ = a.Write([]byte("second"))
			wait(16 * time.Second)
			end()
			wait(time.Minute)
			if n := strings.Count(rec.Body.String(), ": still here\n\n"); n != want {
				t.Errorf("%s: %d comments, want %d: %q", media, n, want, rec.Body)
			}
		})
	}
}
