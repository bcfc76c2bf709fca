package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// healthWatch asks for /healthz twenty times a second, in a process of its own as a load
// balancer is: in the process of the load, its requests would wait behind the load's.
type healthWatch struct {
	cmd *exec.Cmd
	in  io.Closer
	out io.Reader
}

// watched is what a watch found.
type watched struct {
	Took     durations
	Failed   int
	Resident float64 // MB, at most
}

func (s *server) watchHealth(ctx context.Context) (*healthWatch, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	w := &healthWatch{cmd: exec.CommandContext(ctx, program, "watch", s.Listen, strconv.Itoa(s.PID()))}
	w.cmd.Stderr = os.Stderr
	if w.in, err = w.cmd.StdinPipe(); err == nil {
		if w.out, err = w.cmd.StdoutPipe(); err == nil {
			err = w.cmd.Start()
		}
	}
	if err != nil {
		return nil, fmt.Errorf("start the watch: %w", err)
	}
	return w, nil
}

// end ends the watch and returns what it found.
func (w *healthWatch) end() (found watched, err error) {
	_ = w.in.Close() // it ends then
	if err = json.NewDecoder(w.out).Decode(&found); err != nil {
		err = fmt.Errorf("read what the watch found: %w", err)
	}
	_ = w.cmd.Wait() // how it ended does not matter
	return found, err
}

// serveWatch is the process of a watch. It ends with its input.
func serveWatch(address, process string) {
	pid, _ := strconv.Atoi(process) // watch wrote it
	ended := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // until it is closed
		close(ended)
	}()
	request := fmt.Appendf(nil, "GET /healthz HTTP/1.1\r\nHost: %s\r\n\r\n", address)
	var found watched
	var on *wire
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for n := 0; ; n++ {
		select {
		case <-ended:
			on.close()
			_ = json.NewEncoder(os.Stdout).Encode(found) // the reader says so
			return
		case <-tick.C:
		}
		began := time.Now()
		if n%2 == 0 { // half of them on a connection of their own, as many load balancers ask
			on.close()
			on = nil
		}
		if err := found.ask(&on, address, request); err != nil {
			found.Failed++
		}
		found.Took = append(found.Took, time.Since(began))
		found.Resident = max(found.Resident, resident(pid))
	}
}

func (f *watched) ask(on **wire, address string, request []byte) (err error) {
	if *on == nil {
		if *on, err = dial(context.Background(), address); err != nil {
			return err
		}
	}
	status, _, err := (*on).exchange(request)
	if err != nil {
		(*on).close()
		*on = nil
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("/healthz: %d", status)
	}
	return nil
}
