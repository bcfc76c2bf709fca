package api

// Versions that the MCP endpoint names.
const (
	legacyVersion = "2025-11-25"
	serverVersion = "1.0.0"
)

type toolbox struct{ all []*tool }
type tool struct{}

func (t *tool) form() ToolForm   { return ToolForm{} }
func newToolbox(a *API) *toolbox { return &toolbox{} }
