package models_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"testing"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/await"
	"vellocity/test/product"
)

func TestMain(m *testing.M) { os.Exit(product.Main(m)) }

// server is one process of the product.
type server struct{ *product.Server }

// install prepares an empty installation whose texts come from the wire at base,
// the root of a double; "" leaves it to the composer.
func install(t *testing.T, wire aitest.Wire, base string) *product.Installation {
	t.Helper()
	switch {
	case base == "":
		return product.Install(t)
	case wire == aitest.OpenAIWire:
		return product.Install(t, product.OpenAI(base)...)
	case wire == aitest.ResponsesWire:
		return product.Install(t, append(product.OpenAI(base), "VELLOCITY_OPENAI_WIRE=responses")...)
	}
	return product.Install(t, product.Anthropic(base)...)
}

// providerOf is the provider that speaks a wire.
func providerOf(wire aitest.Wire) string {
	if wire == aitest.ResponsesWire {
		return string(aitest.OpenAIWire)
	}
	return string(wire)
}

// start starts the server and waits until it is ready and its key is known.
func start(t *testing.T, in *product.Installation) *server {
	t.Helper()
	return &server{product.Start(t, in)}
}

// command runs a command of the program beside the server, on the same data.
func (s *server) command(t *testing.T, stdin string, args ...string) (out string, err error) {
	t.Helper()
	return s.Command(t.Context(), stdin, args...)
}

// call makes a call of the API and returns its response.
func (s *server) call(t *testing.T, method, path string, body any, header ...string) *http.Response {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	var r io.Reader = bytes.NewReader(text)
	if body == nil {
		r = nil
	}
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL()+"/api/v1"+path, r)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+s.Key)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

// fetch makes a call and reads its data; any status but want fails the test.
func (s *server) fetch(t *testing.T, method, path string, body any, want int, data any) {
	t.Helper()
	res := s.call(t, method, path, body)
	raw, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != want {
		t.Fatalf("%s %s: %d %v: %s", method, path, res.StatusCode, err, raw)
	}
	if err := json.Unmarshal(raw, &struct{ Data any }{data}); err != nil {
		t.Fatalf("%s %s: %v: %s", method, path, err, raw)
	}
}

// eventually waits up to a minute for something that another process does.
func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	await.True(t, what, f)
}
