package wire_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"testing"

	"vellocity/internal/ai/wire"
)

// proxy answers in place of the servers that are called through it. The proxy of
// the environment is read once in a process, so it is set before the tests run;
// addresses on loopback, which all other tests use, never go through it.
var (
	proxy   = httptest.NewUnstartedServer(http.HandlerFunc(answerAsProxy))
	through atomic.Value // the URL that was asked for last
)

func answerAsProxy(w http.ResponseWriter, r *http.Request) {
	through.Store(r.URL.String())
	w.Header().Set("Content-Type", "text/event-stream")
	fmt.Fprint(w, "data: {\"word\":\"hello\"}\n\ndata: [DONE]\n\n")
}

func TestMain(m *testing.M) {
	proxy.Start()
	for name, value := range map[string]string{
		"HTTP_PROXY": proxy.URL, "HTTPS_PROXY": proxy.URL, "NO_PROXY": "direct.test", "REQUEST_METHOD": "",
	} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	code := m.Run()
	proxy.Close()
	os.Exit(code)
}

func TestCallsGoThroughTheProxyOfTheEnvironment(t *testing.T) {
	for base, proxied := range map[string]bool{"http://model.test/v1": true, "http://direct.test:1/v1": false} {
		through.Store("")
		e, err := wire.NewEndpoint(wire.Target{Provider: "acme", BaseURL: base, Path: "say"})
		if err != nil {
			t.Fatal(err)
		}
		s, err := e.Open(t.Context(), 1, wire.Call{})
		if (err == nil) != proxied {
			t.Errorf("%s: %v", base, err)
		}
		if err == nil {
			s.Close()
		}
		if got := through.Load(); proxied && got != base+"/say" || !proxied && got != "" {
			t.Errorf("%s: the proxy was asked for %q", base, got)
		}
	}
}
