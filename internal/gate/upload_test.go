package gate_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"vellocity/internal/await"
	"vellocity/internal/domain"
	"vellocity/internal/gate"
	"vellocity/internal/ops"
)

// serve serves over TCP the way the program does, with few connections, and returns
// the address.
func serve(t *testing.T, connections int, h http.Handler, change func(*gate.Uploads)) string {
	t.Helper()
	all := gate.NewConnections(connections)
	u := &gate.Uploads{Waiting: all.Uploading}
	if change != nil {
		change(u)
	}
	s := httptest.NewUnstartedServer(u.Handler(h))
	s.Config.DisableGeneralOptionsHandler = true
	s.Config.ReadHeaderTimeout = time.Minute
	s.Listener = all.Bound(s.Config, s.Listener)
	s.Start()
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

// ask sends text on a connection of its own, and leaves it open.
func ask(t *testing.T, address, text string) net.Conn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	return conn
}

// doors are handlers that read the body, look at a part of it, or never do.
func doors() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/read", func(w http.ResponseWriter, r *http.Request) {
		gate.Prepare(w, r)
		if _, err := ops.ReadBody(w, r, ops.MaxBody); err != nil {
			gate.WriteError(w, "", domain.AsError(err))
		}
	})
	mux.HandleFunc("/part", func(_ http.ResponseWriter, r *http.Request) {
		_, _ = r.Body.Read(make([]byte, 1))
	})
	mux.HandleFunc("/401", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	mux.HandleFunc("/ok", func(http.ResponseWriter, *http.Request) {})
	return mux
}

func TestSlowBodiesEnd(t *testing.T) {
	address := serve(t, 1000, doors(), func(u *gate.Uploads) { u.Time = 200 * time.Millisecond })
	open := map[string]net.Conn{}
	const length, chunked = "Content-Length: 10\r\n", "Transfer-Encoding: chunked\r\n"
	for _, path := range []string{"/read", "/part", "/401", "/ok", "/nowhere", "*"} {
		for _, method := range []string{"POST", "GET", "OPTIONS", "PROPFIND"} {
			for name, rest := range map[string]string{
				"silent":                length + "\r\n",
				"half":                  length + "\r\n12345",
				"chunked, silent":       chunked + "\r\n",
				"chunked, half a chunk": chunked + "\r\n5\r\n123",
				"chunked, no end":       chunked + "\r\n5\r\n12345\r\n",
				"chunked, no trailer":   chunked + "Trailer: X\r\n\r\n5\r\n12345\r\n0\r\n",
				"asks first":            length + "Expect: 100-continue\r\n\r\n",
				"closes afterwards":     length + "Connection: close\r\n\r\n",
				"large":                 "Content-Length: 99000000\r\n\r\nx",
			} {
				if path == "*" && method != "OPTIONS" {
					continue
				}
				conn := ask(t, address, method+" "+path+" HTTP/1.1\r\nHost: x\r\n"+rest)
				open[method+" "+path+" "+name] = conn
			}
		}
	}
	for name, conn := range open {
		all, err := io.ReadAll(conn)
		if err != nil || !strings.Contains(string(all), "HTTP/1.1 ") {
			t.Errorf("%s: %q, %v", name, all, err)
		}
	}
}

// A body that comes a byte at a time is never silent for long, and ends all the same.
func TestDrippingBodiesEnd(t *testing.T) {
	address := serve(t, 10, doors(), func(u *gate.Uploads) { u.Time = 300 * time.Millisecond })
	conn := ask(t, address, "POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				if _, err := io.WriteString(conn, "x"); err != nil {
					return
				}
			}
		}
	}()
	r := bufio.NewReader(conn)
	res, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	if res.StatusCode != 400 || !strings.Contains(string(body), "did not arrive within") || !res.Close {
		t.Errorf("%d %s", res.StatusCode, body)
	}
}

// A body that is too large is refused without being asked for.
func TestLargeBodyIsNotAskedFor(t *testing.T) {
	address := serve(t, 10, doors(), nil)
	conn := ask(t, address,
		"POST /read HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 99000000\r\n\r\n")
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil || !strings.Contains(line, "413") {
		t.Errorf("%q, %v", line, err)
	}
}

// After a body has arrived, the deadline is lifted: the handler may take long, and the
// connection serves the next request.
func TestBodyInTimeLeavesNoDeadline(t *testing.T) {
	release := make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/long" {
			<-release
		}
		if r.Context().Err() != nil {
			w.WriteHeader(http.StatusTeapot)
		}
	})
	address := serve(t, 10, h, func(u *gate.Uploads) { u.Time = 50 * time.Millisecond })
	conn := ask(t, address, "POST /long HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
	timer := time.AfterFunc(200*time.Millisecond, func() { close(release) })
	defer timer.Stop()
	r := bufio.NewReader(conn)
	for range 2 {
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _ = res.Body.Close(); res.StatusCode != 200 || res.Close {
			t.Errorf("%d, closes: %v", res.StatusCode, res.Close)
		}
		_, _ = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
	}
}

func TestBodiesHaveABoundTogether(t *testing.T) {
	address := serve(t, 100, doors(), func(u *gate.Uploads) { u.Total = 1 << 20 })
	part := strings.Repeat("x", 300_000)
	await.True(t, "a third body is refused", func() bool {
		for range 2 { // again each time: while they arrive, one of them may be refused in place of the third
			defer ask(t, address, "POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n"+part).Close()
		}
		conn := ask(t, address, "POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n"+part)
		defer conn.Close()
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, _ := io.ReadAll(res.Body)
		return res.StatusCode == 503 && res.Header.Get("Retry-After") == "1" &&
			strings.Contains(string(body), `"code":"UNAVAILABLE"`)
	})
}

// Connections that wait for their clients make room for new ones, and those at work do
// not.
func TestConnectionsMakeRoom(t *testing.T) {
	var working atomic.Int32
	release := make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/work" {
			working.Add(1)
			<-release
		}
		fmt.Fprint(w, "done")
	})
	address := serve(t, 8, h, nil)
	busy := ask(t, address, "GET /work HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	await.True(t, "the handler works", func() bool { return working.Load() == 1 })
	for _, waits := range []string{
		"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n", // a body
		"GET / HTTP/1.1\r\nHo",              // a header
		"",                                  // nothing
		"GET / HTTP/1.1\r\nHost: x\r\n\r\n", // idle afterwards
	} {
		for range 20 {
			ask(t, address, waits)
		}
		conn := ask(t, address, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		if all, _ := io.ReadAll(conn); !strings.HasSuffix(string(all), "done") {
			t.Errorf("beside connections that sent %q: %q", waits, all)
		}
	}
	close(release)
	if all, _ := io.ReadAll(busy); !strings.HasSuffix(string(all), "done") {
		t.Errorf("the one at work: %q", all)
	}
}

// When every connection is at work, a new one gets the answer to come back later.
func TestConnectionsAllBusy(t *testing.T) {
	release := make(chan struct{})
	var working atomic.Int32
	h := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		working.Add(1)
		<-release
	})
	address := serve(t, 3, h, nil)
	defer close(release)
	for range 3 {
		ask(t, address, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	}
	await.True(t, "all are at work", func() bool { return working.Load() == 3 })
	conn := ask(t, address, "")
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 503 || res.Header.Get("Retry-After") != "1" {
		t.Errorf("%d %v", res.StatusCode, res.Header)
	}
}

// Bodies are large only where they may be, and however many there are, the others have room.
func TestLargeBodies(t *testing.T) {
	hold := make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("/file", func(w http.ResponseWriter, r *http.Request) {
		if _, err := ops.ReadBody(w, r, ops.MaxUpload); err != nil {
			w.WriteHeader(domain.AsError(err).Code.Status())
			return
		}
		<-hold
	})
	mux.HandleFunc("/read", func(w http.ResponseWriter, r *http.Request) {
		if _, err := ops.ReadBody(w, r, ops.MaxBody); err != nil {
			w.WriteHeader(domain.AsError(err).Code.Status())
		}
	})
	address := serve(t, 100, mux, func(u *gate.Uploads) {
		u.Limit = func(r *http.Request) int64 {
			if r.URL.Path == "/file" {
				return ops.MaxUpload
			}
			return ops.MaxBody
		}
	})
	post := func(path string, size int) int {
		res, err := http.Post("http://"+address+path, "application/octet-stream",
			strings.NewReader(strings.Repeat("x", size)))
		if err != nil {
			return 0
		}
		defer res.Body.Close()
		return res.StatusCode
	}
	const file = 20 << 20
	answers := make(chan int)
	const files = 5 // more than there is room for
	for range files {
		go func() { answers <- post("/file", file) }()
	}
	if got := <-answers; got != http.StatusServiceUnavailable {
		t.Errorf("a file too many: %d", got)
	}
	if got := post("/read", ops.MaxBody); got != http.StatusOK {
		t.Errorf("a usual body beside files: %d", got)
	}
	if got := post("/read", file); got != http.StatusRequestEntityTooLarge {
		t.Errorf("a large body where none may be: %d", got)
	}
	close(hold)
	for range files - 1 {
		if got := <-answers; got != http.StatusOK && got != http.StatusServiceUnavailable {
			t.Errorf("a file: %d", got)
		}
	}
}
