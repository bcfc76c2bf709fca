package auth_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"vellocity/internal/auth"
)

// TestUndeclared: a sign-in link must not work for everyone whose request a proxy on this
// machine passes on.
func TestUndeclared(t *testing.T) {
	edge, err := auth.NewEdge([]string{"10.0.0.0/8"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		remote, host, header string
		want                 bool
	}{
		{"127.0.0.1:1", "127.0.0.1:8080", "", false},
		{"127.0.0.1:1", "localhost:8080", "", false},
		{"127.0.0.1:1", "words.localhost", "", false},
		{"[::1]:1", "[::1]:8080", "", false},
		{"127.0.0.1:1", "words.example.com", "", true},
		{"127.0.0.1:1", "localhost.example.com", "", true},
		{"127.0.0.1:1", "", "", true},
		{"127.0.0.1:1", "127.0.0.1:8080", "X-Forwarded-For", true},
		{"127.0.0.1:1", "127.0.0.1:8080", "Forwarded", true},
		{"127.0.0.1:1", "127.0.0.1:8080", "Via", true},
		{"127.0.0.1:1", "127.0.0.1:8080", "X-Real-IP", true},
		{"10.0.0.1:1", "words.example.com", "X-Forwarded-For", false}, // then ClientIP has the caller
		{"192.0.2.1:1", "words.example.com", "", false},
	} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/in", http.NoBody)
		r.RemoteAddr, r.Host = c.remote, c.host
		if c.header != "" {
			r.Header.Set(c.header, "127.0.0.1")
		}
		if got := edge.Undeclared(r); got != c.want {
			t.Errorf("%+v: %t", c, got)
		}
	}
}

func TestClientIP(t *testing.T) {
	edge, err := auth.NewEdge([]string{"10.0.0.0/8", "::1"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, remote string
		forwarded    []string
		want         string
	}{
		{"no proxy", "192.0.2.1:1234", nil, "192.0.2.1"},
		{"a caller forges", "192.0.2.1:1234", []string{"127.0.0.1"}, "192.0.2.1"},
		{"one proxy", "10.0.0.1:1", []string{"198.51.100.5"}, "198.51.100.5"},
		{"forged through a proxy", "10.0.0.1:1", []string{"127.0.0.1, 198.51.100.5"}, "198.51.100.5"},
		{"two proxies", "10.0.0.1:1", []string{"198.51.100.5, 10.0.0.2"}, "198.51.100.5"},
		{"two headers", "10.0.0.1:1", []string{"127.0.0.1", "198.51.100.5"}, "198.51.100.5"},
		{"all trusted", "10.0.0.1:1", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3"},
		{"nonsense", "10.0.0.1:1", []string{"198.51.100.5, unknown"}, "10.0.0.1"},
		{"empty", "10.0.0.1:1", []string{""}, "10.0.0.1"},
		{"version 6", "[::1]:1", []string{"[2001:db8::5]:443"}, "2001:db8::5"},
		{"mapped", "[::ffff:10.0.0.1]:1", []string{"::ffff:198.51.100.5"}, "198.51.100.5"},
		{"zone", "[fe80::1%eth0]:1", nil, "fe80::1"},
		{"a socket", "@", []string{"198.51.100.5"}, "invalid IP"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := edge.ClientIP(c.remote, c.forwarded).String(); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	if got := (auth.Edge{}).ClientIP("127.0.0.1:1", []string{"198.51.100.5"}).String(); got != "127.0.0.1" {
		t.Errorf("with no proxy configured: %s", got)
	}
	if _, err := auth.NewEdge([]string{"proxy.example.com"}); err == nil {
		t.Error("a name is no address")
	}
}

func TestSecure(t *testing.T) {
	edge, err := auth.NewEdge([]string{"10.0.0.0/8"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		tls           bool
		remote, proto string
		want          bool
	}{{true, "192.0.2.1:1", "", true}, {false, "192.0.2.1:1", "https", false}, {false, "10.0.0.1:1", "https", true}, {false, "10.0.0.1:1", "http", false}} {
		if got := edge.Secure(c.tls, c.remote, c.proto); got != c.want {
			t.Errorf("%+v gives %v", c, got)
		}
	}
}
