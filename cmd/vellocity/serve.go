package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"vellocity/internal/app"
	"vellocity/internal/config"
	"vellocity/internal/extract/pdf/apart"
)

func serveCommand(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the server",
		Long: `Runs the server with its dashboard, REST API and MCP endpoint.

Without any setting it keeps everything in ./vellocity-data, listens on this
machine only, and writes with the composer, which needs no key and no network.
Each option can be set by a flag, by an environment variable, or in a file.`,
		Example: `  vellocity serve
  vellocity serve --listen 127.0.0.1:9000 --data /var/lib/vellocity
  OPENAI_API_KEY=sk-… vellocity serve
  vellocity serve --database-url postgres://vellocity@db/vellocity`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error { return serve(c, s) },
	}
	common := map[string]bool{"data": true, "database-url": true}
	for _, o := range config.Options(app.ProviderKinds()) {
		if !o.NoFlag && !common[o.Name] {
			addFlag(c.Flags(), o)
		}
	}
	return c
}

func serve(c *cobra.Command, s *settings) error {
	cfg, err := s.load(c)
	if err != nil {
		return err
	}
	log := logger(cfg)
	for _, w := range cfg.Warnings {
		log.Warn(w)
	}
	ctx := c.Context()
	go endOnSecondSignal(ctx)
	context.AfterFunc(ctx, func() { endInTime(log) })
	a, err := app.New(ctx, cfg, log)
	if err != nil {
		return err
	}
	pdfs, err := apart.NewReader()
	if err != nil {
		return err
	}
	a.Engine.Content.UsePDF(pdfs.Read)
	app.MoreThreads()
	return errors.Join(listen(ctx, c.OutOrStdout(), a), stop(a))
}

// listen starts the parts, greets the operator, and serves until ctx ends.
func listen(ctx context.Context, out io.Writer, a *app.App) error {
	l, err := a.Listen(ctx)
	if err != nil {
		return err
	}
	if err := a.Start(ctx); err != nil {
		return errors.Join(err, l.Close())
	}
	served := make(chan error, 1)
	go func() { served <- a.Serve(ctx, l) }()
	if err := a.Greet(ctx, out, inJournal(out, os.Getenv("JOURNAL_STREAM"))); err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, "vellocity:", err)
	}
	debug.FreeOSMemory() // what the start needed, a server that waits for work does not
	return <-served
}

func stop(a *app.App) error {
	ctx, done := context.WithTimeout(context.Background(), app.StopTime)
	defer done()
	return a.Stop(ctx)
}

// endOnSecondSignal ends the process at once on a second signal: running steps
// continue from what was last recorded after the next start.
func endOnSecondSignal(ctx context.Context) {
	<-ctx.Done()
	again := make(chan os.Signal, 1)
	signal.Notify(again, os.Interrupt, syscall.SIGTERM)
	<-again
	os.Exit(exitFailed)
}

// endInTime ends the process when stopping takes too long, such as beside a database
// that does not respond: what stops the server would kill it soon, without a word.
func endInTime(log *slog.Logger) {
	time.AfterFunc(app.StopTime, func() {
		log.Error("the server did not stop in time; what was running continues after the next start", "after", app.StopTime)
		os.Exit(exitFailed)
	})
}

func migrateCommand(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Update the database's schema",
		Long:  "Updates the database's schema and exits. The server does the same when it starts.",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := s.load(c)
			if err != nil {
				return err
			}
			a, err := app.New(c.Context(), cfg, logger(cfg)) // it migrates
			if err != nil {
				return err
			}
			fmt.Fprintln(c.ErrOrStderr(), "The schema is up to date.")
			return stop(a)
		},
	}
}
