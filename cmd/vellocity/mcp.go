package main

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"vellocity/internal/bridge"
	"vellocity/internal/mcp"
)

// addBridge makes the command of the noun mcp the bridge for clients that start a program.
func addBridge(root *cobra.Command, s *settings) {
	c := find(root, "mcp")
	c.Short = "Connect an AI client over standard input and output"
	c.Long = `Reads MCP messages as lines from standard input, passes them on to a server's MCP
endpoint, and writes its messages to standard output, which has nothing else.
For clients that start a program and speak no HTTP. It ends when the client
closes its end. After a restart of the server it goes on by itself.

Without --server it finds the server of the same data directory; if none is
running, it runs one itself for as long as the client is there.`
	c.Example = `  VELLOCITY_SERVER=https://vellocity.example.com VELLOCITY_KEY=vell_pk_… vellocity mcp
  claude mcp add vellocity --env VELLOCITY_KEY=vell_pk_… -- vellocity mcp --server http://127.0.0.1:8080`
	toolsets := c.Flags().String("toolsets", "", "further toolsets, separated by commas, as in the address (?toolsets=)")
	c.RunE = func(c *cobra.Command, _ []string) error {
		return reach(c, s, true, func(cl *client) error {
			address := strings.TrimSuffix(cl.base, "/")
			if !strings.HasSuffix(address, mcp.Path) {
				address += mcp.Path
			}
			if *toolsets != "" {
				address += "?toolsets=" + url.QueryEscape(*toolsets)
			}
			return bridge.Run(c.Context(), bridge.Options{
				HTTP: cl.Client,
				URL:  address,
				Key:  cl.key,
				In:   c.InOrStdin(),
				Out:  c.OutOrStdout(),
				Log:  func(line string) { fmt.Fprintln(c.ErrOrStderr(), "vellocity mcp:", line) },
			})
		})
	}
}
