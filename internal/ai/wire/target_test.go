package wire_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"vellocity/internal/ai"
	"vellocity/internal/ai/anthropic"
	"vellocity/internal/ai/openai"
	"vellocity/internal/ai/wire"
)

// What people paste as an address or a key is understood where it is clear.
func TestAddressesAndKeysAsPasted(t *testing.T) {
	var path, key string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, key = r.URL.Path, r.Header.Get("Authorization")+r.Header.Get("X-Api-Key")
		fmt.Fprint(w, `{"type":"message","content":"yes","choices":[{"message":{"content":"yes"}}]}`)
	}))
	defer server.Close()
	for _, c := range []struct {
		create                func(wire.Config) (ai.Provider, error)
		base, key, path, sent string
	}{
		{openai.New, "/v1", "sk-a", "/v1/chat/completions", "Bearer sk-a"},
		{openai.New, "/v1/chat/completions", `"sk-a"`, "/v1/chat/completions", "Bearer sk-a"},
		{openai.New, "/v1/chat/completions/", "'sk-a'", "/v1/chat/completions", "Bearer sk-a"},
		{openai.New, "", "\ufeffsk-a", "/chat/completions", "Bearer sk-a"},
		{anthropic.New, "", "sk-a", "/v1/messages", "sk-a"},
		{anthropic.New, "/v1", `"sk-a"`, "/v1/messages", "sk-a"},
		{anthropic.New, "/x/v1/messages", "sk-a", "/x/v1/messages", "sk-a"},
	} {
		p, err := c.create(wire.Config{BaseURL: server.URL + c.base, Key: c.key})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Generate(t.Context(), ai.Request{Model: "m", Messages: ai.User("Rain")}, ai.Sink{}); err != nil {
			t.Error(err)
		}
		if path != c.path || key != c.sent {
			t.Errorf("%q with the key %q calls %s with %q", c.base, c.key, path, key)
		}
	}
}
