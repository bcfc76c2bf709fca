package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

const exitFailed = 1

// usageError is a mistake in how a command was called.
type usageError struct{ error }

// usageArgs makes a wrong number of arguments a usage error.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return usageError{fmt.Errorf("%w\n\nUsage: %s", err, c.UseLine())}
		}
		return nil
	}
}
