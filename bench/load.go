package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"time"
)

// load sends requests over a fixed number of connections, each of which sends the next as
// soon as it has the response. It writes requests and reads responses itself: a general
// HTTP client would take as much processor time as the server.
type load struct {
	conns     int
	warm, run time.Duration
	status    int
	// next makes the n-th request of a connection; see raw.
	next func(conn, n int) []byte
}

// loaded is the result of a load.
type loaded struct {
	rate  float64 // responses a second
	took  durations
	first string // the first response
}

// raw is a request as it is sent, with further headers.
func (s *server) raw(method, path, body string, headers ...string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n", method, path, s.Listen, s.Key)
	if len(headers) == 0 {
		headers = []string{"Accept: application/json"}
	}
	for _, h := range headers {
		b.WriteString(h + "\r\n")
	}
	if body != "" {
		fmt.Fprintf(&b, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	}
	b.WriteString("\r\n" + body)
	return b.Bytes()
}

// drive runs a load on a server.
func (l load) drive(ctx context.Context, s *server) (out loaded, err error) {
	began := time.Now()
	from, until := began.Add(l.warm), began.Add(l.warm+l.run)
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range l.conns {
		all.Go(func() {
			took, first, e := l.connection(ctx, s.Listen, i, from, until)
			mu.Lock()
			defer mu.Unlock()
			out.took, out.first = append(out.took, took...), first
			err = errors.Join(err, e)
		})
	}
	all.Wait()
	out.rate = float64(len(out.took)) / l.run.Seconds()
	return out, err
}

func (l load) connection(
	ctx context.Context, addr string, i int, from, until time.Time,
) (took durations, first string, err error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, "", fmt.Errorf("connect: %w", err)
	}
	defer conn.Close()
	in := bufio.NewReaderSize(conn, 64<<10)
	for n := 0; ctx.Err() == nil; n++ {
		request := l.next(i, n)
		sent := time.Now()
		if sent.After(until) {
			break
		}
		if _, err := conn.Write(request); err != nil {
			return took, first, fmt.Errorf("send: %w", err)
		}
		status, body, err := answer(in, n == 0)
		if err != nil {
			return took, first, fmt.Errorf("read a response: %w", err)
		}
		if n == 0 {
			first = body
		}
		if status != l.status {
			return took, first, fmt.Errorf("response %d of connection %d was %d", n, i, status)
		}
		if done := time.Now(); sent.After(from) && done.Before(until) {
			took = append(took, done.Sub(sent))
		}
	}
	return took, first, nil
}

// answer reads a response, and keeps a body that has a Content-Length if asked.
func answer(in *bufio.Reader, keep bool) (status int, body string, err error) {
	line, err := in.ReadSlice('\n')
	if err != nil || len(line) < 12 {
		return 0, "", fmt.Errorf("status line %q: %w", line, err)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, "", fmt.Errorf("status line %q: %w", line, err)
	}
	length, chunked := -1, false
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return status, "", err
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		if bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return status, "", err
			}
		}
		chunked = chunked || bytes.EqualFold(name, []byte("Transfer-Encoding"))
	}
	switch {
	case chunked:
		return status, "", chunks(in)
	case length < 0:
		return status, "", errors.New("a response without a length")
	case !keep:
		_, err = in.Discard(length)
		return status, "", err
	}
	text := make([]byte, length)
	_, err = io.ReadFull(in, text)
	return status, string(text), err
}

// chunks reads a body that comes in chunks (RFC 9112, section 7.1).
func chunks(in *bufio.Reader) error {
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		size, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 32)
		if err != nil {
			return fmt.Errorf("size of a chunk: %w", err)
		}
		if _, err := in.Discard(int(size) + len("\r\n")); err != nil || size == 0 {
			return err
		}
	}
}

// repeat runs a load several times and returns the rates and all times.
func (b *bench) repeat(ctx context.Context, s *server, l load) (rates []float64, took durations, err error) {
	l.warm, l.run = b.span(l.warm), b.span(l.run)
	for range b.runs {
		found, err := l.drive(ctx, s)
		if err != nil {
			return nil, nil, err
		}
		rates, took = append(rates, found.rate), append(took, found.took...)
		l.warm = b.span(500 * time.Millisecond)
	}
	return rates, took, nil
}
