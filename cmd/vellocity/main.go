// Command vellocity is a self-hosted engine for AI content work: the server, and
// each of its operations on the command line.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"vellocity/internal/app"
	"vellocity/internal/cli"
)

// Exit codes: 0 for success, 1 for a failure, 2 for wrong usage.
const (
	exitUsage = 2
)

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := newRoot()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, "vellocity:", err)
	var usage usageError
	var row cli.Usage
	if errors.As(err, &usage) || errors.As(err, &row) {
		return exitUsage
	}
	return exitFailed
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "vellocity",
		Short: "A self-hosted engine for AI content work",
		Long: `Vellocity turns a brief into content: it plans the work, has a model write it or
composes it from your own words, checks it with guardrails, and puts it on a
board where you edit, approve and publish it.

Start the server with "vellocity serve". Every other command connects to it: to
the server of the same data directory, or to the one at --server with --key.`,
		Example: `  vellocity serve
  vellocity run generate-blog-post --set topic="Cloud cost optimization"
  vellocity executions list --status failed --json
  vellocity connect openai`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       app.Version,
		Args:          usageArgs(cobra.NoArgs),
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.SetVersionTemplate("vellocity {{.Version}}\n")
	s := &settings{flags: root.PersistentFlags()}
	s.addCommon()
	root.AddCommand(
		serveCommand(s),
		migrateCommand(s),
		doctorCommand(s),
		versionCommand(),
		runCommand(s),
		connectCommand(s),
		disconnectCommand(s),
		signInLinkCommand(
			s,
		),
		creditsGrantCommand(s),
		workspaceCommand(s),
		evalCommand(s),
		checkCommand(s),
		templatesCommand(s),
		writeCommand(s),
		chatCommand(s),
		imageCommand(s),
		extractCommand(),
	)
	addTable(root, s)
	addBridge(root, s)
	return root
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  usageArgs(cobra.NoArgs),
		Run:   func(c *cobra.Command, _ []string) { fmt.Fprintln(c.OutOrStdout(), app.Version) },
	}
}
