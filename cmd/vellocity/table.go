package main

import (
	"github.com/spf13/cobra"
)

// addTable adds a command for each row of the operation table.
func addTable(root *cobra.Command, s *settings) {}
