package main

import (
	"github.com/spf13/cobra"

	"vellocity/internal/app"
	"vellocity/internal/cli"
)

// addTable adds a command for each row of the operation table. If a noun already
// has commands of its own, those of the table are added to them.
func addTable(root *cobra.Command, s *settings) {
	for _, noun := range cli.Commands(app.Table(), s.connect) {
		if own := find(root, noun.Name()); own != nil {
			own.Short = noun.Short
			own.AddCommand(noun.Commands()...)
			continue
		}
		root.AddCommand(noun)
	}
}

// connect finds the server for a command that waits for no execution.
func (s *settings) connect(c *cobra.Command) (*cli.Client, error) {
	cl, err := s.connectTo(c, false)
	if err != nil {
		return nil, err
	}
	return &cli.Client{HTTP: cl.Client, Base: cl.base, Key: cl.key, Close: cl.stop}, nil
}

func find(root *cobra.Command, name string) *cobra.Command {
	for _, c := range root.Commands() {
		if c.Name() == name {
			return c
		}
	}
	return nil
}
