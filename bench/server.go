package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// how says how a server is started. The zero value is the shipped default, less
// rate limits and the sample.
type how struct {
	dir      string // empty: a fresh one
	model    string // base URL of a model server; empty: the composer
	database string // URL; empty: SQLite
	key      string // of an installation that is there already
	args     []string
}

// server is a running program.
type server struct {
	dir, addr, key, link string
	cmd                  *exec.Cmd
	out                  *buffer
	ended                chan struct{}
}

// buffer keeps what a process says.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements [io.Writer].
func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

// String returns all that was said.
func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return l.Addr().String(), l.Close()
}

// launch starts the program and does not wait for it.
func (b *bench) launch(h how) (*server, error) {
	addr, err := freePort()
	if err != nil {
		return nil, err
	}
	if h.dir == "" {
		if h.dir, err = b.fresh(); err != nil {
			return nil, err
		}
	}
	s := &server{dir: h.dir, addr: addr, key: h.key, out: &buffer{}, ended: make(chan struct{})}
	args := append([]string{"serve", "--data", h.dir, "--listen", addr, "--rate-limits", "off", "--no-demo"}, h.args...)
	s.cmd = exec.Command(b.program, args...)
	s.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + h.dir, "VELLOCITY_MASTER_KEY=" + strings.Repeat("bench ", 8)}
	if h.model != "" {
		s.cmd.Env = append(s.cmd.Env, "OPENAI_BASE_URL="+h.model+"/v1", "OPENAI_API_KEY=sk-bench")
	}
	if h.database != "" {
		s.cmd.Env = append(s.cmd.Env, "VELLOCITY_DATABASE_URL="+h.database)
	}
	s.cmd.Stdout, s.cmd.Stderr = s.out, s.out
	// It must not outlive this process, however that ends.
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the server: %w", err)
	}
	go func() {
		_ = s.cmd.Wait() // how it ended is of no account
		close(s.ended)
	}()
	return s, nil
}

var keyLine, linkLine = regexp.MustCompile(`(?m)^Key +(\S+)`), regexp.MustCompile(`(?m)^Open +http://[^/]+(\S+)`)

// serve starts the program and waits until it has greeted.
func (b *bench) serve(ctx context.Context, h how) (*server, error) {
	s, err := b.launch(h)
	if err != nil {
		return nil, err
	}
	greeted := func() bool {
		text := s.out.String()
		link := linkLine.FindStringSubmatch(text)
		if m := keyLine.FindStringSubmatch(text); m != nil {
			s.key = m[1]
		}
		if link != nil {
			s.link = link[1]
		}
		// On a first start the greeting ends with how to connect.
		return link != nil && (h.key != "" || strings.Contains(text, "\nClaude"))
	}
	if err := s.until(ctx, 30*time.Second, greeted); err != nil {
		s.kill()
		return nil, fmt.Errorf("the server did not greet: %w\n%s", err, s.out)
	}
	return s, nil
}

// until looks every 2 ms whether something has come about.
func (s *server) until(ctx context.Context, within time.Duration, f func() bool) error {
	for began := time.Now(); !f(); time.Sleep(2 * time.Millisecond) {
		select {
		case <-s.ended:
			return errors.New("the server has ended")
		case <-ctx.Done():
			return ctx.Err()
		default:
		}
		if time.Since(began) > within {
			return fmt.Errorf("not within %s", within)
		}
	}
	return nil
}

// stop ends the server in order and waits for it.
func (s *server) stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-s.ended:
	case <-time.After(20 * time.Second):
		s.kill()
	}
}

func (s *server) kill() {
	_ = s.cmd.Process.Kill() // it may have ended
	<-s.ended
}

func (s *server) pid() int         { return s.cmd.Process.Pid }
func (s *server) url() string      { return "http://" + s.addr }
func (s *server) database() string { return filepath.Join(s.dir, "vellocity.db") }

// resident returns the resident memory of a process in MB (10⁶ bytes).
func resident(pid int) float64 { return statusLine(pid, "VmRSS:") }

// private returns the part of it that is not a page of a file.
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

// ready waits for the first good answer to a request and returns how long the
// server has taken since it was launched.
func (s *server) ready(ctx context.Context, path string, launched time.Time) (time.Duration, error) {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 5 * time.Second}
	good := func() bool {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url()+path, nil)
		if err != nil {
			return false
		}
		req.Header.Set("Authorization", "Bearer "+s.key)
		res, err := client.Do(req)
		if err != nil {
			return false
		}
		return errors.Join(res.Body.Close()) == nil && res.StatusCode == http.StatusOK
	}
	err := s.until(ctx, 30*time.Second, good)
	return time.Since(launched), err
}

// foreign returns a function that tells which share of the machine's processor
// time has since been taken by processes that are not this one's.
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

// ownTime is what this process and those that it has started and seen end have used.
func ownTime() (sum time.Duration) {
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if syscall.Getrusage(who, &u) == nil {
			sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
		}
	}
	return sum
}
