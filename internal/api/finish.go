package api

// finish builds what is made from the whole table: tools, the MCP endpoint, the
// OpenAPI document.
func (a *API) finish() error {
	a.tools = newToolbox(a)
	a.mux.Handle(Base+"/mcp", newEndpoint(a))
	return a.document()
}
