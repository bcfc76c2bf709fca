package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"vellocity/test/product"
)

// how says how a server is started. The zero value is the shipped default, without
// rate limits and the sample.
type how struct {
	dir      string // empty: a fresh one
	model    string // base URL of a model server; empty: the composer
	database string // URL; empty: SQLite
	key      string // of an existing installation
	args     []string
}

// server is a running program.
type server struct{ *product.Server }

// launch starts the program and does not wait for it.
func (b *bench) launch(h how) (*server, error) {
	if h.dir == "" {
		var err error
		if h.dir, err = b.fresh(); err != nil {
			return nil, err
		}
	}
	in, err := product.New(b.program, h.dir, "VELLOCITY_MASTER_KEY="+strings.Repeat("bench ", 8))
	if err != nil {
		return nil, err
	}
	if h.model != "" {
		in.Env = append(in.Env, product.OpenAI(h.model)...)
	}
	in.Database, in.Key, in.Args = h.database, h.key, h.args
	s, err := in.Launch()
	if err != nil {
		return nil, err
	}
	return &server{s}, nil
}

// serve starts the program and waits until it has greeted.
func (b *bench) serve(ctx context.Context, h how) (*server, error) {
	s, err := b.launch(h)
	if err != nil {
		return nil, err
	}
	if err := s.Greeted(ctx); err != nil {
		s.Kill()
		return nil, fmt.Errorf("the server did not greet: %w\n%s", err, s.Log)
	}
	return s, nil
}

// stop ends the server in order and waits for it.
func (s *server) stop() {
	_ = s.Stop() // how it ended is not measured
}

// resident returns the resident memory of a process in MB (10⁶ bytes).
func resident(pid int) float64 { return statusLine(pid, "VmRSS:") }

// private returns the part of it that is not backed by a file.
func private(pid int) float64 { return statusLine(pid, "RssAnon:") }

func statusLine(pid int, name string) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			kb, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64) // the kernel writes numbers
			return kb * 1024 / 1e6
		}
	}
	return 0
}

// processor returns the time that a process has used of the processors.
func processor(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])   // the kernel writes numbers
	system, _ := strconv.Atoi(fields[12]) // likewise
	return time.Duration(user+system) * 10 * time.Millisecond
}

// ready waits for the first good response to a request and returns how long the server
// has taken since it was launched.
func (s *server) ready(ctx context.Context, path string, launched time.Time) (time.Duration, error) {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 5 * time.Second}
	good := func() bool {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL()+path, nil)
		if err != nil {
			return false
		}
		req.Header.Set("Authorization", "Bearer "+s.Key)
		res, err := client.Do(req)
		if err != nil {
			return false
		}
		return errors.Join(res.Body.Close()) == nil && res.StatusCode == http.StatusOK
	}
	err := s.Until(ctx, 30*time.Second, "a response to "+path, good)
	return time.Since(launched), err
}

// foreign returns a function that returns the share of the machine's processor time that
// other processes have taken since.
func foreign() func() float64 {
	busyBefore, allBefore := machineTime()
	ownBefore := ownTime()
	return func() float64 {
		busy, all := machineTime()
		own := ownTime() - ownBefore
		if all <= allBefore {
			return 0
		}
		return max(0, (busy-busyBefore-own).Seconds()/(all-allBefore).Seconds())
	}
}

// machineTime returns the time that all processors were busy, and all the time
// they had, since the machine started.
func machineTime() (busy, all time.Duration) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, 0
	}
	line, _, _ := strings.Cut(string(text), "\n")
	for i, field := range strings.Fields(line)[1:] {
		n, _ := strconv.Atoi(field) // the kernel writes numbers
		d := time.Duration(n) * 10 * time.Millisecond
		if i > 7 {
			break // guests are counted under user time already
		}
		all += d
		if i != 3 && i != 4 { // idle, waiting for the disk
			busy += d
		}
	}
	return busy, all
}

// ownTime is what this process and its children that have ended have used.
func ownTime() (sum time.Duration) {
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if syscall.Getrusage(who, &u) == nil {
			sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
		}
	}
	return sum
}
