// Command bench measures the program against its targets. Each row starts the binary on
// a fresh data directory, drives it over loopback with its own load generator, stops
// it, and prints the figure beside the target:
//
//	go run ./bench              all rows
//	go run ./bench list         the rows by name
//	go run ./bench move accept  some rows
//
// Nothing here passes or fails a build: a figure depends on the machine and on what else
// it does. docs/performance.md has a measurement with its machine.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"vellocity/test/product"
)

// row is one measurement.
type row struct {
	name string
	what string
	run  func(context.Context, *bench) error
}

func rows() []row {
	return []row{
		{"start", "first start, and start to the first answer", start},
		{"idle", "resident memory with nothing to do", idle},
		{"list-executions", "a page of 20 of 1,000 executions", list},
		{"move", "move one item on the board", move},
		{"edit", "change one item, which makes a version", edit},
		{"accept", "accept an execution", accept},
		{"execute", "durable executions of four steps, end to end", execute},
		{"dispatch", "accepted to first step, idle server", dispatch},
		{"cancel", "cancelled to the provider's call ended", cancelled},
		{"waiting", "executions that wait for a slow model at once", waiting},
		{"ttft", "time to the first token that the server adds", ttft},
		{"streams", "texts streamed at once", streams},
		{"chats", "answers of chats streamed at once", chats},
		{"chat", "open a chat of 500 messages", openChat},
		{"mcp", "tools/call of a tool that reads", mcp},
		{"board", "the board with 10,000 items", board},
		{"calendar", "a month of 5,000 events", calendared},
		{"search", "a question over 5,000 items", searched},
		{"blog", "a blog post against its critical path", blog},
		{"webhooks", "events delivered to a fast receiver, and beside a dead one", webhooks},
		{"overload", "three times the load that can be served, by door", overload},
		{"growth", "list and board with 100,000 stored", growth},
		{"size", "bytes kept for a finished execution", size},
		{"nodes", "four nodes on one PostgreSQL against one", nodes},
		{"binary", "size of the binary", binary},
		{"clone", "cold clone to the sample on the screen", clone},
	}
}

func main() {
	if len(os.Args) > 2 && os.Args[1] == "model" { // the model's server, as a process of its own
		serveModel(os.Args[2])
		return
	}
	if len(os.Args) > 3 && os.Args[1] == "watch" { // likewise
		serveWatch(os.Args[2], os.Args[3])
		return
	}
	b := &bench{}
	flag.BoolVar(&b.short, "short", false, "run each row briefly, to see that it works")
	flag.IntVar(&b.runs, "runs", 3, "runs of each load, of which the median counts")
	flag.BoolVar(&b.doc, "markdown", false, "print the table as docs/performance.md has it")
	program := flag.String("program", "", "measure this binary and build none")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := b.all(ctx, flag.Args(), *program); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

// all runs the named rows, or every row, and prints the table. A row that fails
// says so in the table; the others are measured all the same.
func (b *bench) all(ctx context.Context, names []string, program string) error {
	if slices.Equal(names, []string{"list"}) {
		for _, r := range rows() {
			fmt.Printf("%-16s %s\n", r.name, r.what)
		}
		return nil
	}
	chosen, err := choose(names)
	if err != nil {
		return err
	}
	if err := b.prepare(ctx, program); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	fmt.Println(machine())
	failed := 0
	for _, r := range chosen {
		b.row = r.name
		fmt.Fprintf(os.Stderr, "%s %s: %s\n", time.Now().Format("15:04:05"), r.name, r.what)
		others := foreign()
		if err := r.run(ctx, b); err != nil {
			failed++
			b.found = append(b.found, figure{row: r.name, what: "failed: " + err.Error()})
		}
		b.says("used meanwhile by other processes on the machine", "%.0f %% of the processors", 100*others())
		if ctx.Err() != nil {
			break
		}
	}
	if b.doc {
		markdown(os.Stdout, b.found)
	} else {
		table(os.Stdout, b.found)
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d rows could not be measured", failed, len(chosen))
	}
	return ctx.Err()
}

func choose(names []string) ([]row, error) {
	if len(names) == 0 {
		return rows(), nil
	}
	var chosen []row
	for _, n := range names {
		i := slices.IndexFunc(rows(), func(r row) bool { return r.name == n })
		if i < 0 {
			return nil, fmt.Errorf("there is no row %q; see: go run ./bench list", n)
		}
		chosen = append(chosen, rows()[i])
	}
	return chosen, nil
}

// prepare finds the repository, creates the temporary directory and builds the program
// as a release is built.
func (b *bench) prepare(ctx context.Context, program string) error {
	root, err := product.Root(ctx)
	if err != nil {
		return err
	}
	b.root = root
	if b.dir, err = os.MkdirTemp("", "vellocity-bench-"); err != nil {
		return fmt.Errorf("create a directory: %w", err)
	}
	if program != "" {
		b.program, err = filepath.Abs(program)
		return err
	}
	b.program = filepath.Join(b.dir, "vellocity")
	return product.Build(ctx, b.program, "-trimpath", "-ldflags", "-s -w")
}
