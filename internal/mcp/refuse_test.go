package mcp

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/gate"
)

// TestARefusalSaysWhetherToTryAgain tells a caller that may not call from a server that cannot
// answer at the moment.
func TestARefusalSaysWhetherToTryAgain(t *testing.T) {
	s := &Server{opts: Options{Gate: &gate.Gate{Options: gate.Options{Log: slog.New(slog.DiscardHandler)}}}}
	limited := domain.Errorf(domain.CodeRateLimited, "Too many.")
	limited.RetryAfter = 40 * time.Second
	for _, c := range []struct {
		err    error
		status int
		code   int
		after  string
	}{
		{domain.Errorf(domain.CodeUnauthorized, "No key."), 401, rpcForbidden, ""},
		{domain.Errorf(domain.CodeForbidden, "Not from there."), 403, rpcForbidden, ""},
		{limited, 429, rpcRateLimited, "40"},
		{domain.Errorf(domain.CodeUnavailable, "The database is away."), 503, rpcInternal, "1"},
		{errors.New("anything else"), 500, rpcInternal, ""},
	} {
		w := httptest.NewRecorder()
		s.refuse(w, httptest.NewRequest("POST", "/", nil), c.err)
		if w.Code != c.status || w.Header().Get("Retry-After") != c.after ||
			!strings.Contains(w.Body.String(), fmt.Sprintf(`"code":%d`, c.code)) {
			t.Errorf("%v: %d, again after %q, %s", c.err, w.Code, w.Header().Get("Retry-After"), w.Body)
		}
	}
}
