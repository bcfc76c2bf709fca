package models_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"vellocity/test/product"
)

// signed is a request that the libraries verify.
type signed struct {
	Secret  string            `json:"secret"`
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
}

// made is a webhook as it was created, or has a new secret.
type made struct {
	Data struct{ ID int64 }
	Meta struct{ Secret string }
}

// webhook calls an operation of webhooks.
func (s *server) webhook(t *testing.T, path string, body any) (m made) {
	t.Helper()
	r := s.call(t, http.MethodPost, "/partners/webhooks"+path, body)
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode >= 300 {
		t.Fatalf("%s: %d %s %v", path, r.StatusCode, text, err)
	}
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// What the server sends to a webhook is verified by the libraries of Standard Webhooks and of Svix:
// with the secret as it is shown and with its prefix, and after a rotation with the old one and the
// new one.
func TestWebhooksAsTheirLibrariesVerifyThem(t *testing.T) {
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat("node_modules/svix/package.json")
	}
	if err != nil {
		product.Missing(t, "the libraries of webhooks are not there; install Node 20 and run npm ci --prefix test/models")
	}
	got := make(chan signed, 10)
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s := signed{Headers: map[string]string{}, Body: string(body)}
		for name := range r.Header {
			s.Headers[strings.ToLower(name)] = r.Header.Get(name)
		}
		got <- s
	}))
	defer receiver.Close()
	s := start(t, product.Install(t, "VELLOCITY_CHANNEL_NETWORKS=127.0.0.0/8"))
	hook := s.webhook(t, "", map[string]any{"url": receiver.URL, "events": []string{"content.moved"}})
	first := hook.Meta.Secret
	id := fmt.Sprint("/", hook.Data.ID)
	next := func() signed {
		t.Helper()
		s.webhook(t, id+"/test", map[string]any{})
		select {
		case r := <-got:
			return r
		case <-time.After(time.Minute):
			t.Fatal("no request came")
			return signed{}
		}
	}
	before := next()
	second := s.webhook(t, id+"/rotate-secret", map[string]any{"grace_seconds": 600}).Meta.Secret
	after := next()
	with := func(r signed, secret string) signed { r.Secret = secret; return r }
	changed := with(before, first)
	changed.Body += " "
	list := []signed{
		with(before, first), with(before, "whsec_"+first), with(after, first), with(after, second), // good
		with(before, second), changed, // bad
	}
	input, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), node, "webhook.mjs")
	cmd.Stdin = bytes.NewReader(input)
	out, err := cmd.Output()
	const want = "[[true,true,true,true,false,false],[true,true,true,true,false,false]]"
	if err != nil || strings.TrimSpace(string(out)) != want {
		t.Errorf("%v %s, want %s", err, out, want)
	}
}
