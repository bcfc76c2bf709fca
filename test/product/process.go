package product

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"vellocity/internal/await"
)

// Log collects what a process prints. Several goroutines may use it.
type Log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements [io.Writer].
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String returns everything that was printed so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Process is a running program. It is killed when this process dies, where the
// operating system can do that.
type Process struct {
	Log *Log // standard output and error

	cmd   *exec.Cmd
	ended chan struct{}
	err   error // how it ended; set before ended is closed
}

// Run starts a program and collects what it prints, on both outputs. Its standard
// error, if set, gets a copy. cmd must not have been started.
func Run(cmd *exec.Cmd) (*Process, error) {
	p := &Process{Log: &Log{}, cmd: cmd, ended: make(chan struct{})}
	var out io.Writer = p.Log
	if cmd.Stderr != nil {
		out = io.MultiWriter(p.Log, cmd.Stderr)
	}
	cmd.Stdout, cmd.Stderr = out, out
	dieWithParent(cmd)
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	go func() {
		p.err = cmd.Wait()
		close(p.ended)
	}()
	return p, nil
}

// PID returns the process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Signal sends a signal. A process that has ended ignores it.
func (p *Process) Signal(sig os.Signal) error {
	if err := p.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("send %s: %w", sig, err)
	}
	return nil
}

// Kill ends the process with SIGKILL and waits for its end. It does nothing to a
// process that has ended.
func (p *Process) Kill() {
	_ = p.Signal(syscall.SIGKILL) // the only failure is that it has ended
	<-p.ended
}

// Wait waits for the end of the process and returns how it ended: nil for status
// 0. A process that has not ended within the given time goes on.
func (p *Process) Wait(within time.Duration) error {
	timer := time.NewTimer(within)
	defer timer.Stop()
	select {
	case <-p.ended:
		return p.err
	case <-timer.C:
		return fmt.Errorf("the process has not ended within %s", within)
	}
}

// Stop ends the process with SIGTERM and returns how it ended. It is killed if it
// has not within 25 seconds.
func (p *Process) Stop() error {
	err := p.Signal(syscall.SIGTERM)
	if err = errors.Join(err, p.Wait(25*time.Second)); err != nil {
		p.Kill()
	}
	return err
}

// Until checks f every 2 ms until it returns true. It fails when f has not by the
// end of within, or when the process ends first.
func (p *Process) Until(ctx context.Context, within time.Duration, what string, f func() bool) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	done := make(chan struct{})
	defer close(done)
	go func() {
		select {
		case <-p.ended:
			cancel(errors.New("the process has ended"))
		case <-done:
		}
	}()
	return await.Until(ctx, within, 2*time.Millisecond, what, f)
}
