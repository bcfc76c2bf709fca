package main

import (
	"github.com/spf13/cobra"

	"vellocity/internal/extract/pdf/apart"
)

// extractCommand is the child process that reads a PDF for the server. It is no command for people.
func extractCommand() *cobra.Command {
	return &cobra.Command{
		Use:    apart.Command,
		Short:  "Read a PDF from standard input, for the server",
		Hidden: true,
		Args:   usageArgs(cobra.NoArgs),
		RunE:   func(c *cobra.Command, _ []string) error { return apart.Child(c.InOrStdin(), c.OutOrStdout()) },
	}
}
