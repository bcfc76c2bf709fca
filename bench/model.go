package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"vellocity/internal/ai/aitest"
)

// pace says how a scripted model answers.
type pace struct {
	First  time.Duration // until the first piece of text
	Gap    time.Duration // between pieces
	Pieces int           // of a text that is always the same; 0: a response that suits the prompt
	Whole  time.Duration // that each such response takes, whatever its length
	Hang   bool          // never answer
}

// script follows a pace.
func (p pace) script() aitest.Script {
	switch {
	case p.Hang:
		return aitest.Always(aitest.Text("").Faulty(aitest.Hang, 0))
	case p.Pieces > 0:
		r := aitest.Text(strings.Split(strings.Repeat(" words", p.Pieces), " ")[1:]...)
		for i := range r.Pieces {
			r.Pieces[i] += " "
		}
		r.Delay, r.Gap = p.First, p.Gap
		return aitest.Always(r)
	}
	write := aitest.Writer(aitest.Pace{})
	return func(c aitest.Call) aitest.Reply {
		r := write(c)
		r.Delay = p.First
		if p.Whole > p.First && len(r.Pieces) > 1 {
			r.Gap = (p.Whole - p.First) / time.Duration(len(r.Pieces)-1)
		}
		return r
	}
}

// model is a scripted model in a process of its own, so that its work does not count as
// the server's.
type model struct {
	url string
	cmd *exec.Cmd
	in  io.Closer
}

// serveModel is that process: it prints its address and ends with its input.
func serveModel(text string) {
	var p pace
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		fmt.Fprintln(os.Stderr, "bench: model:", err)
		os.Exit(2)
	}
	s := aitest.NewServer(p.script())
	s.Forget()
	fmt.Println(s.URL())
	_, _ = io.Copy(io.Discard, os.Stdin) // until it is closed
	s.Close()
}

func startModel(ctx context.Context, p pace) (*model, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	text, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("encode the pace: %w", err)
	}
	m := &model{cmd: exec.CommandContext(ctx, program, "model", string(text))}
	m.cmd.Stderr = os.Stderr
	in, err := m.cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start the model: %w", err)
	}
	out, err := m.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start the model: %w", err)
	}
	if err := m.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the model: %w", err)
	}
	m.in = in
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("the model printed no address: %w", err)
	}
	m.url = strings.TrimSpace(line)
	return m, nil
}

func (m *model) stop() {
	_ = m.in.Close() // it ends then
	_ = m.cmd.Wait() // how it ended does not matter
}

// modelled starts a model and a server that writes with it.
func (b *bench) modelled(ctx context.Context, p pace, args ...string) (*model, *server, error) {
	m, err := startModel(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	s, err := b.serve(ctx, how{model: m.url, args: args})
	if err != nil {
		m.stop()
		return nil, nil, err
	}
	return m, s, nil
}

// stream is one text that came as Server-Sent Events.
type stream struct{ first, whole time.Duration }

// read sends a request and reads the stream of its response; text reports whether a line
// contains text.
func read(c *http.Client, req *http.Request, text func(line string) bool) (s stream, err error) {
	began := time.Now()
	res, err := c.Do(req)
	if err != nil {
		return s, fmt.Errorf("call: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		why, err := io.ReadAll(io.LimitReader(res.Body, 1<<10))
		return s, errors.Join(fmt.Errorf("the stream was refused: %s: %s", res.Status, why), err)
	}
	lines := bufio.NewScanner(res.Body)
	done := false
	for lines.Scan() {
		line := lines.Text()
		if s.first == 0 && text(line) {
			s.first = time.Since(began)
		}
		done = done || line == "data: [DONE]"
	}
	s.whole = time.Since(began)
	if err := lines.Err(); err != nil {
		return s, fmt.Errorf("read the stream: %w", err)
	}
	if s.first == 0 || !done {
		return s, fmt.Errorf("the stream was incomplete")
	}
	return s, nil
}

// direct reads one response from the model without the server in between.
func (m *model) direct(ctx context.Context, c *http.Client) (stream, error) {
	body := `{"model":"scripted","stream":true,"messages":[{"role":"user","content":"Write about cost."}]}`
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.url+"/v1/chat/completions", strings.NewReader(body))
	if err != nil {
		return stream{}, fmt.Errorf("make a request: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	return read(c, req, func(line string) bool { return strings.Contains(line, `"content":"words`) })
}

// through reads one response through the server.
func (s *server) through(ctx context.Context, c *http.Client) (stream, error) {
	req, err := s.request(ctx, http.MethodPost, "/api/v1/aiwriter/generate-output",
		`{"prompt":"Write about cost.","maximum_length":500}`)
	if err != nil {
		return stream{}, err
	}
	return read(c, req, func(line string) bool { return strings.HasPrefix(line, "data: words") })
}
