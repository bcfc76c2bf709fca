package outbound_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"vellocity/internal/outbound"
)

// names resolves every name by a script: the n-th question gets the n-th answer,
// and the last one from then on.
func names(t *testing.T, answers ...string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	var asked atomic.Int64
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			if reply, ok := answer(buf[:n], answers, &asked); ok {
				conn.WriteTo(reply, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp4", conn.LocalAddr().String())
	}}
}

func answer(query []byte, answers []string, asked *atomic.Int64) ([]byte, bool) {
	var m dnsmessage.Message
	if m.Unpack(query) != nil || len(m.Questions) != 1 {
		return nil, false
	}
	m.Response = true
	m.Additionals = nil
	q := m.Questions[0]
	if q.Type == dnsmessage.TypeA {
		ip := netip.MustParseAddr(answers[min(int(asked.Add(1)), len(answers))-1])
		m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
			Body: &dnsmessage.AResource{A: ip.As4()}}}
	}
	reply, err := m.Pack()
	return reply, err == nil
}

// The table of S16: none of these may be reached or saved.
func TestRefused(t *testing.T) {
	p := outbound.Policy{
		HTTP:     true,
		Resolver: names(t, "127.0.0.1"),
		Timeout:  5 * time.Second,
		Deny:     []netip.Prefix{netip.MustParsePrefix("93.184.216.34/32")},
	}
	client := p.Client()
	for _, host := range []string{
		"127.0.0.1", "127.8.9.10", "[::1]", "0.0.0.0", "[::]", "10.1.2.3", "172.16.0.1", "192.168.1.1",
		"169.254.169.254", "100.64.0.1", "[fd00::1]", "[fe80::1]", "[fe80::1%25lo]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
		"[64:ff9b::7f00:1]", "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2001::1]", "[2001:db8::1]", "192.0.2.1", "198.18.0.1", "224.0.0.1",
		"[ff02::1]", "255.255.255.255", "240.0.0.1",
		"2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "127.0.0.1.", "0",
		"localhost", "LocalHost", "localhost.", "sub.localhost", "LOCALHOST.",
		"xn--nowhere.example", "internal.example.", "InTeRnAl.example",
		"ⓛocalhost", "１２７.0.0.1", "127。0。0。1",
		"93.184.216.34", // our own
	} {
		t.Run(host, func(t *testing.T) {
			raw := "http://" + host + "/"
			if err := p.CheckURL(t.Context(), raw); !errors.Is(err, outbound.ErrRefused) {
				t.Errorf("may be saved: %v", err)
			}
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, raw, nil)
			if err != nil {
				return // cannot even be asked for
			}
			res, err := client.Do(req)
			if err == nil {
				res.Body.Close()
			}
			if !errors.Is(err, outbound.ErrRefused) {
				t.Errorf("may be reached: %v", err)
			}
		})
	}
}

func TestRefusedByItsText(t *testing.T) {
	for raw, p := range map[string]outbound.Policy{
		"http://1.1.1.1/":                 {},
		"https://user:pass@1.1.1.1/":      {},
		"https://1.1.1.1:8443/":           {},
		"https://1.1.1.1:22/":             {HTTP: true},
		"https://1.1.1.1:99999/":          {},
		"ftp://1.1.1.1/":                  {HTTP: true},
		"file:///etc/passwd":              {HTTP: true},
		"gopher://1.1.1.1:443/":           {},
		"https:///path":                   {},
		"//1.1.1.1/":                      {},
		"https://exa mple.com/":           {},
		"https://1.1.1.1\r\nHost: evil/x": {},
		"":                                {},
	} {
		if err := p.CheckURL(t.Context(), raw); !errors.Is(err, outbound.ErrRefused) {
			t.Errorf("%q may be saved: %v", raw, err)
		}
	}
}

func TestPublicAddressesMayBeSaved(t *testing.T) {
	p := outbound.Policy{Resolver: names(t, "93.184.216.34")}
	for _, raw := range []string{"https://1.1.1.1/v1", "https://[2606:4700:4700::1111]/", "https://api.example.com/v1", "https://API.example.com./v1"} {
		if err := p.CheckURL(t.Context(), raw); err != nil {
			t.Errorf("%s: %v", raw, err)
		}
	}
}

// A name that led to a public address when it was saved and leads to this
// machine when it is called is not reached (S17).
func TestRebindingIsSeenAtTheConnection(t *testing.T) {
	reached := false
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer srv.Close()
	p := outbound.Policy{
		HTTP:     true,
		Ports:    []uint16{portOf(t, srv)},
		Resolver: names(t, "93.184.216.34", "127.0.0.1"),
		Timeout:  5 * time.Second,
	}
	raw := strings.Replace(srv.URL, "127.0.0.1", "rebind.example.com", 1)
	if err := p.CheckURL(t.Context(), raw); err != nil {
		t.Fatalf("when it is saved: %v", err)
	}
	_, err := get(t, p.Client(), raw)
	if !errors.Is(err, outbound.ErrRefused) || reached {
		t.Errorf("reached %v: %v", reached, err)
	}
}

func TestAllowedNetworkIsReached(t *testing.T) {
	srv := httptest.NewServer(
		http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "12345") }),
	)
	defer srv.Close()
	p := allowing(t, srv)
	if err := p.CheckURL(t.Context(), srv.URL); err != nil {
		t.Fatal(err)
	}
	for limit, want := range map[int64]string{0: "", 5: "", 4: "the response is too long"} {
		p.MaxBody = limit
		body, err := get(t, p.Client(), srv.URL)
		if want == "" && (err != nil || body != "12345") ||
			want != "" && (err == nil || !strings.Contains(err.Error(), want) || body != "1234") {
			t.Errorf("with a bound of %d: %q, %v", limit, body, err)
		}
	}
}

func TestRedirectIsTheAnswer(t *testing.T) {
	followed := false
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		followed = followed || r.URL.Path != "/"
		http.Redirect(w, r, "/latest/meta-data", http.StatusFound)
	}))
	defer srv.Close()
	p := allowing(t, srv)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL+"/", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	res, err := p.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusFound || followed {
		t.Errorf("status %d, followed %v", res.StatusCode, followed)
	}
}

func TestNoProxyFromTheEnvironment(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("HTTPS_PROXY", "http://127.0.0.1:1")
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer srv.Close()
	p := allowing(t, srv)
	p.Resolver = names(t, "127.0.0.1")
	if _, err := get(t, p.Client(), strings.Replace(srv.URL, "127.0.0.1", "direct.example.com", 1)); err != nil {
		t.Error(err)
	}
}

func allowing(t *testing.T, srv *httptest.Server) outbound.Policy {
	t.Helper()
	return outbound.Policy{
		HTTP:    true,
		Ports:   []uint16{portOf(t, srv)},
		Allow:   []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		Timeout: 5 * time.Second,
	}
}

func portOf(t *testing.T, srv *httptest.Server) uint16 {
	t.Helper()
	u, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	return uint16(n)
}

func get(t *testing.T, c *http.Client, raw string) (string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, raw, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := c.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return string(body), err
}
