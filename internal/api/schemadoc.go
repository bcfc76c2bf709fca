package api

import (
	"context"
	"encoding/json"
	"net/http"

	"vellocity/internal/domain"
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
	Name         string    `json:"name"`
	Title        string    `json:"title"`
	Description  string    `json:"description"`
	InputSchema  Object    `json:"inputSchema"`
	OutputSchema Object    `json:"outputSchema"`
	Annotations  ToolHints `json:"annotations"`
}

// ToolHints tell a client what a call may do.
type ToolHints struct {
	Title       string `json:"title"`
	ReadOnly    bool   `json:"readOnlyHint"`
	Destructive bool   `json:"destructiveHint"`
	Idempotent  bool   `json:"idempotentHint"`
	OpenWorld   bool   `json:"openWorldHint"`
}

func (a *API) schemaRows() []Op {
	sample := Discovery{legacyVersion, "vellocity-content-workflow", serverVersion, []ToolForm{{
		Name: "list_capabilities", Title: "List Capabilities", Description: "List available AI content capabilities.",
		InputSchema: Object(`{"type":"object","properties":{}}`), OutputSchema: Object(`{"type":"object"}`), Annotations: ToolHints{Title: "List Capabilities", ReadOnly: true, Idempotent: true},
	}}}
	return []Op{op(Op{
		Name: "get_mcp_schema", Noun: "mcp", Verb: "schema", Method: http.MethodGet, Path: "/content-workflow/mcp-schema", Tag: "MCP",
		Summary: "MCP Schema Discovery", Description: "The full schema of every MCP tool: one per operation and one per capability.",
		Scope: domain.ScopeRead, ReadOnly: true, Repeatable: true, Tags: true, Bare: true, NoTool: "a client that speaks MCP has tools/list", Result: sample,
	}, func(context.Context, struct{}) (Discovery, error) {
		return Discovery{legacyVersion, "vellocity-content-workflow", serverVersion, each(a.tools.all, func(t *tool) ToolForm { return t.form() })}, nil
	}, func(_ *Reply, d Discovery) Discovery { return d })}
}

func object(v any) Object {
	b, err := json.Marshal(v)
	if err != nil {
		panic("api: a schema cannot be written: " + err.Error()) // maps of plain values
	}
	return b
}
