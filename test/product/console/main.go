// Command console lets a test in another language use package product. It starts a
// server with the sample and prints a line of JSON with its handle; each line
// "stop" or "start" on its standard input does that and is answered with a handle
// again. The server's log goes to standard error. The end of the input ends the
// server and removes its data. An argument is JSON: {"env": ["NAME=value"],
// "args": ["--flag"], "sample": true}.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"vellocity/test/product"
)

// order says how the server is started.
type order struct {
	Env    []string `json:"env"`
	Args   []string `json:"args"`
	Sample bool     `json:"sample"`
}

// handle is how to reach it.
type handle struct {
	Base    string `json:"base"`    // root of its addresses
	Link    string `json:"link"`    // signs a person in, once
	Key     string `json:"key"`     // the first API key
	Program string `json:"program"` // the binary
	Dir     string `json:"dir"`     // the data directory
}

func main() {
	err := run(context.Background(), os.Args[1:], os.Stdin, os.Stdout)
	if err = errors.Join(err, product.Clean()); err != nil {
		fmt.Fprintln(os.Stderr, "console:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, in io.Reader, out io.Writer) (err error) {
	var o order
	if len(args) > 0 {
		if err := json.Unmarshal([]byte(args[0]), &o); err != nil {
			return fmt.Errorf("read the argument: %w", err)
		}
	}
	program, err := product.Binary()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "vellocity-console-")
	if err != nil {
		return fmt.Errorf("create the data directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	at, err := product.New(program, dir, o.Env...)
	if err != nil {
		return err
	}
	at.Args, at.Sample, at.Copy = o.Args, o.Sample, os.Stderr
	return serve(ctx, at, in, json.NewEncoder(out))
}

// serve obeys the lines of the input until it ends.
func serve(ctx context.Context, at *product.Installation, in io.Reader, out *json.Encoder) (err error) {
	var s *product.Server
	defer func() {
		if s != nil {
			err = errors.Join(err, s.Stop())
		}
	}()
	lines := bufio.NewScanner(in)
	for what := "start"; ; what = lines.Text() {
		switch {
		case what == "start" && s == nil:
			if s, err = at.Start(ctx); err != nil {
				return err
			}
		case what == "stop" && s != nil:
			if err = s.Stop(); err != nil {
				return err
			}
			s = nil
		default:
			return fmt.Errorf("%q: want start or stop, in turn", what)
		}
		if err := out.Encode(handle{at.URL(), at.URL() + at.Link, at.Key, at.Program, at.Dir}); err != nil {
			return fmt.Errorf("print the handle: %w", err)
		}
		if !lines.Scan() {
			return lines.Err()
		}
	}
}
