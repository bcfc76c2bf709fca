package models_test

import (
	"net/http"
	"strings"
	"testing"

	"vellocity/internal/ai/aitest"
)

// check is the response to the call of doctor and connect.
func check() obj { return answers(`Answer with {"ok":true}`, obj{"ok": true}) }

// doctor --live makes one call and says that it worked, or what did not.
func TestDoctorLive(t *testing.T) {
	eachWire(t, func(t *testing.T, wire aitest.Wire) {
		refused := once(1, check(),
			obj{"response": obj{"error": obj{"message": "no", "type": "authentication_error"}, "status": 401}})
		m := startAimock(t, once(0, check(), nil), refused)
		s := start(t, install(t, wire, m.url))
		out, err := s.command(t, "", "doctor", "--live")
		if err != nil || !strings.Contains(out, providerOf(wire)) {
			t.Errorf("%v:\n%s", err, out)
		}
		if n := len(m.journal(t)); n != 1 {
			t.Errorf("%d calls", n)
		}
		out, err = s.command(t, "", "doctor", "--live")
		if err == nil || !strings.Contains(out, "rejected the key") || strings.Contains(out, aitest.Secret) {
			t.Errorf("%v:\n%s", err, out)
		}
	})
}

// connect checks a provider with a call and puts it to use in the running server,
// and stores none whose check fails.
func TestConnect(t *testing.T) {
	eachWire(t, func(t *testing.T, wire aitest.Wire) {
		m := startAimock(t, append(postFixtures(), check())...)
		s := start(t, install(t, wire, ""))
		connect := []string{"connect", providerOf(wire), "--base-url"}
		base := m.url
		switch wire {
		case aitest.OpenAIWire:
			base += "/v1"
		case aitest.ResponsesWire:
			base += "/v1"
			connect = []string{"connect", "openai", "--wire", "responses", "--base-url"}
		}
		out, err := s.command(t, aitest.Secret+"\n", append(connect, "http://127.0.0.1:1")...)
		if err == nil || strings.Contains(out, aitest.Secret) {
			t.Errorf("connected to nothing: %v\n%s", err, out)
		}
		if x := s.ended(t, s.post(t)); x.Attributes.Engine.AI || x.Attributes.CreditsUsed != 0 {
			t.Errorf("before a model is connected: %+v", x.Attributes)
		}
		if out, err = s.command(t, aitest.Secret+"\n", append(connect, base)...); err != nil {
			t.Fatalf("%v:\n%s", err, out)
		}
		id := s.post(t)
		checkPost(t, s, s.ended(t, id), wire)
		s.checkCredits(t, id, 5, 0)
		for _, r := range m.journal(t) {
			if r.Response.Status != http.StatusOK {
				t.Errorf("a call was answered with %d", r.Response.Status)
			}
		}
	})
}
