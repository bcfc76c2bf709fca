package gate_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"vellocity/internal/auth"
	"vellocity/internal/domain"
	"vellocity/internal/gate"
)

func newGate(t *testing.T, change func(*gate.Options)) *gate.Gate {
	t.Helper()
	edge, err := auth.NewEdge([]string{"10.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	o := gate.Options{Edge: edge, Authenticate: func(_ context.Context, key string, ip netip.Addr) (auth.Caller, error) {
		if key != "key" {
			return auth.Caller{}, auth.Unauthorized()
		}
		return auth.Caller{Actor: domain.Actor{Kind: domain.ActorKey, Name: ip.String(), Plan: domain.PlanStarter}}, nil
	}}
	if change != nil {
		change(&o)
	}
	g, err := gate.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func request(t *testing.T, headers ...string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/", nil)
	r.RemoteAddr = "10.0.0.1:999"
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return r
}

func TestAdmit(t *testing.T) {
	counted := 0
	g := newGate(t, func(o *gate.Options) {
		o.Take = func(_ context.Context, _ int64, p domain.Plan) (auth.Verdict, error) {
			if p != domain.PlanStarter {
				t.Errorf("counted for the plan %q", p)
			}
			counted++
			return auth.Verdict{}, errors.New("the database is away")
		}
	})
	for _, c := range []struct {
		name    string
		headers []string
		ok      bool
	}{
		{"a key", []string{"Authorization", "bearer key", "X-Forwarded-For", "203.0.113.9"}, true},
		{"no key", nil, false},
		{"another scheme", []string{"Authorization", "Basic key"}, false},
		{"two headers", []string{"Authorization", "Bearer key", "Authorization", "Bearer key"}, false},
	} {
		ctx, actor, err := g.Admit(httptest.NewRecorder(), request(t, c.headers...))
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
		if known, _ := domain.ActorFrom(ctx); c.ok && (actor.Name != "203.0.113.9" || known.Name != actor.Name) {
			t.Errorf("%s: %+v, in the context %+v", c.name, actor, known)
		}
	}
	if counted != 1 {
		t.Errorf("%d calls were counted: one that cannot be counted is let through", counted)
	}
	r := request(t)
	r = r.WithContext(domain.WithActor(r.Context(), domain.OperatorActor(7)))
	if _, actor, err := g.Admit(httptest.NewRecorder(), r); err != nil || actor.WorkspaceID != 7 || counted != 1 {
		t.Errorf("the operator: %+v %v, %d counted", actor, err, counted)
	}
}

func TestStrictTransport(t *testing.T) {
	h := newGate(t, nil).StrictTransport(http.NotFoundHandler())
	for proto, want := range map[string]string{"https": "max-age=31536000", "http": "", "": ""} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, request(t, "X-Forwarded-Proto", proto))
		if got := w.Header().Get("Strict-Transport-Security"); got != want {
			t.Errorf("over %q: %q, want %q", proto, got, want)
		}
	}
}

func TestWriteError(t *testing.T) {
	w := httptest.NewRecorder()
	e := domain.Errorf(domain.CodeUnavailable, "Busy <now>").With("x", func() {}) // no JSON
	gate.WriteError(w, "r", e)
	const want = `{"success":false,"error":{"code":"SERVER_ERROR",` +
		`"message":"Something went wrong on the server","request_id":"r"}}`
	if w.Code != 500 || w.Body.String() != want {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	w = httptest.NewRecorder()
	e = domain.Errorf(domain.CodeRateLimited, "Slow down")
	e.RetryAfter = 1500 * time.Millisecond
	gate.WriteError(w, "r", e)
	if w.Code != 429 || w.Header().Get("Retry-After") != "2" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}
