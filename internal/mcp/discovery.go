package mcp

import (
	"context"
	"net/http"

	"vellocity/internal/domain"
	"vellocity/internal/ops"
)

// Discovery is the full schema of every MCP tool, for adapters.
type Discovery struct {
	MCPVersion    string     `json:"mcp_version"`
	ServerName    string     `json:"server_name"`
	ServerVersion string     `json:"server_version"`
	Tools         []ToolForm `json:"tools"`
}

// ToolForm is one tool as MCP describes it.
type ToolForm struct {
	Name         string     `json:"name"`
	Title        string     `json:"title"`
	Description  string     `json:"description"`
	InputSchema  ops.Object `json:"inputSchema"`
	OutputSchema ops.Object `json:"outputSchema"`
	Annotations  ToolHints  `json:"annotations"`
}

// ToolHints are what a client may expect of a call.
type ToolHints struct {
	Title       string `json:"title"`
	ReadOnly    bool   `json:"readOnlyHint"`
	Destructive bool   `json:"destructiveHint"`
	Idempotent  bool   `json:"idempotentHint"`
	OpenWorld   bool   `json:"openWorldHint"`
}

// Row returns the row of the schema discovery, which is served by tools. Nil tools are
// for documents and commands, which do not call it.
func Row(tools func() []ToolForm) ops.Op {
	about := Discovery{legacyVersion, "vellocity-content-workflow", serverVersion, []ToolForm{{
		Name:         "list_capabilities",
		Title:        "List Capabilities",
		Description:  "List available AI content capabilities.",
		InputSchema:  ops.Object(`{"type":"object","properties":{}}`),
		OutputSchema: ops.Object(`{"type":"object"}`),
		Annotations:  ToolHints{Title: "List Capabilities", ReadOnly: true, Idempotent: true},
	}}}
	return ops.New(ops.Op{
		Name:       "get_mcp_schema",
		Route:      ops.Route{Method: http.MethodGet, Path: "/content-workflow/mcp-schema"},
		Scope:      domain.ScopeRead,
		Hints:      ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:       true,
		NoEnvelope: true,
		Docs: ops.Docs{
			Chapter:     ops.Chapter{Name: "MCP", Description: "For AI clients, which call POST /api/v1/mcp."},
			Summary:     "MCP Schema Discovery",
			Description: "The full schema of every MCP tool: one per operation and one per capability.",
		},
		Tool:    ops.Tool{None: "a client that speaks MCP has tools/list"},
		Command: ops.Command{Noun: "mcp", Verb: "schema"},
	}, func(context.Context, struct{}) (Discovery, error) {
		d := about
		d.Tools = tools()
		return d, nil
	}, func(_ *ops.Reply, d Discovery) Discovery { return d }, about)
}

// Tools returns every tool as discovery shows it.
func (s *Server) Tools() []ToolForm {
	out := make([]ToolForm, len(s.tools.all))
	for i, t := range s.tools.all {
		input, output := ops.Object(ops.MustEncode(t.input)), ops.Object(ops.MustEncode(t.output()))
		out[i] = ToolForm{t.name, t.title, t.description, input, output, t.hints()}
	}
	return out
}
