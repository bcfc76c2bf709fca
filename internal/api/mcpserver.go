package api

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"vellocity/internal/domain"
)

const instructions = `Vellocity writes, checks and publishes content. Find a capability with list_capabilities, or use its own tool such as generate_blog_post. Each call starts a durable execution: pass wait to get its end in the same call, or poll get_execution. Then get_execution_assets and get_content_item give the texts, and move_content takes them from generated over review and ready to published. Further tools: reconnect with ?toolsets=all.`

// newMCPServer puts tools and resources behind the SDK's server. Lists never
// change while the server runs, so no change is announced.
func (a *API) newMCPServer() *mcp.Server {
	s := mcp.NewServer(&mcp.Implementation{Name: "vellocity-mcp", Title: "Vellocity", Version: serverVersion}, &mcp.ServerOptions{
		Instructions: instructions, Logger: a.opts.Log, PageSize: 1000,
		Capabilities: &mcp.ServerCapabilities{
			Tools: &mcp.ToolCapabilities{}, Resources: &mcp.ResourceCapabilities{}, Prompts: &mcp.PromptCapabilities{},
			Logging: &mcp.LoggingCapabilities{}, //nolint:staticcheck // clients up to 2025-11-25 may set a level
		},
		// What a caller sees depends on its key.
		SetCacheable: func(_ context.Context, _ mcp.Request, c *mcp.Cacheable) { c.CacheScope = "private" },
	})
	for _, t := range a.tools.all {
		s.AddTool(t.described(), a.toolHandler(t))
	}
	a.addResources(s)
	s.AddReceivingMiddleware(a.asCaller)
	return s
}

func (t *tool) described() *mcp.Tool {
	h := t.hints()
	return &mcp.Tool{
		Name: t.name, Title: t.title, Description: t.description, InputSchema: t.input, OutputSchema: t.brief,
		Annotations: &mcp.ToolAnnotations{Title: h.Title, ReadOnlyHint: h.ReadOnly, DestructiveHint: &h.Destructive, IdempotentHint: h.Idempotent, OpenWorldHint: &h.OpenWorld},
	}
}

func (a *API) toolHandler(t *tool) mcp.ToolHandler {
	return func(ctx context.Context, req *mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		answer, err := t.call(ctx, req.Params.Arguments, reporter(ctx, req))
		if ctx.Err() != nil {
			return nil, &jsonrpc.Error{Code: rpcCancelled, Message: "Cancelled"}
		}
		if err != nil {
			c := &call{api: a, op: t.op, id: requestID(req)}
			c.log(ctx, domain.AsError(err))
			return &mcp.CallToolResult{IsError: true, Content: []mcp.Content{&mcp.TextContent{Text: explain(err)}}}, nil
		}
		return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: string(answer)}}, StructuredContent: answer}, nil
	}
}

// reporter tells progress to a client that gave a token for it.
func reporter(ctx context.Context, req *mcp.CallToolRequest) func(percent int, step string) {
	token := req.Params.GetProgressToken()
	if token == nil {
		return nil
	}
	return func(percent int, step string) {
		// A client that is gone is noticed by its own call.
		_ = req.Session.NotifyProgress(ctx, &mcp.ProgressNotificationParams{ProgressToken: token, Progress: float64(percent), Total: 100, Message: step})
	}
}

func requestID(req mcp.Request) string {
	if x := req.GetExtra(); x != nil {
		return x.Header.Get("X-Request-Id")
	}
	return ""
}

// asCaller gives each message the caller of its own HTTP request: a session's
// first caller must not act for later ones.
func (a *API) asCaller(next mcp.MethodHandler) mcp.MethodHandler {
	return func(ctx context.Context, method string, req mcp.Request) (mcp.Result, error) {
		var toolsets, version string
		var actor domain.Actor
		if x := req.GetExtra(); x != nil && x.TokenInfo != nil {
			actor, _ = x.TokenInfo.Extra["actor"].(domain.Actor)
			toolsets, version = x.Header.Get("X-Mcp-Toolsets"), x.Header.Get("Mcp-Protocol-Version")
		}
		if want := missingScope(method, actor); want != "" {
			return nil, &jsonrpc.Error{Code: rpcForbidden, Message: lacks(want)}
		}
		if read, ok := req.(*mcp.ReadResourceRequest); ok && read.Params.URI == "" {
			return nil, &jsonrpc.Error{Code: rpcBadParams, Message: "The uri is required"}
		}
		ctx = domain.WithActor(ctx, actor)
		result, err := next(ctx, method, req)
		if l, ok := result.(*mcp.ListToolsResult); ok && err == nil {
			return a.offered(l, toolsets, actor)
		}
		return result, inEra(err, version)
	}
}

// offered keeps the tools of the chosen sets that the caller may use.
func (a *API) offered(l *mcp.ListToolsResult, toolsets string, actor domain.Actor) (mcp.Result, error) {
	chosen, err := a.tools.chosen(toolsets, actor)
	if err != nil {
		return nil, &jsonrpc.Error{Code: rpcBadParams, Message: domain.AsError(err).Message}
	}
	out := *l
	out.Tools = []*mcp.Tool{}
	for _, t := range l.Tools {
		if chosen[t.Name] {
			out.Tools = append(out.Tools, t)
		}
	}
	return &out, nil
}

// inEra gives "resource not found" the code of the client's era.
func inEra(err error, version string) error {
	var e *jsonrpc.Error
	if errors.As(err, &e) && e.Message == noResource && version < modernVersion {
		c := *e
		c.Code = rpcNoResource
		return &c
	}
	return err
}

const noResource = "Resource not found"

// resource is one address that a client can read: a row, seen as a document.
type resource struct {
	uri, name, description, tool string
	arg                          string // of a template: the row's argument
}

var resources = []resource{
	{"vellocity://capabilities", "capabilities", "What Vellocity can be asked to do", "list_capabilities", ""},
	{"vellocity://capabilities/{slug}", "capability", "A capability with the schema of its settings", "get_capability", "slug"},
	{"vellocity://executions", "executions", "The newest runs", "list_executions", ""},
	{"vellocity://executions/{id}", "execution", "A run with plan, results, findings and assets", "get_execution", "id"},
	{"vellocity://kanban", "kanban", "The board", "get_kanban_board", ""},
	{"vellocity://kanban/{status}", "kanban-column", "One column: generated, review, ready or published", "get_kanban_board", "status"},
	{"vellocity://brand-voices", "brand-voices", "How texts should sound", "list_brand_voices", ""},
	{"vellocity://brand-voices/{id}", "brand-voice", "A brand voice", "get_brand_voice", "id"},
	{"vellocity://agents", "agents", "Who carries out capabilities", "list_agents", ""},
	{"vellocity://agents/{id}", "agent", "An agent", "get_agent", "id"},
}

func (a *API) addResources(s *mcp.Server) {
	const media = "application/json"
	for _, r := range resources {
		if r.arg == "" {
			s.AddResource(&mcp.Resource{URI: r.uri, Name: r.name, Description: r.description, MIMEType: media}, a.reader(r))
			continue
		}
		s.AddResourceTemplate(&mcp.ResourceTemplate{URITemplate: r.uri, Name: r.name, Description: r.description, MIMEType: media}, a.reader(r))
	}
}

func (a *API) reader(r resource) mcp.ResourceHandler {
	return func(ctx context.Context, req *mcp.ReadResourceRequest) (*mcp.ReadResourceResult, error) {
		uri := req.Params.URI
		var value string
		if r.arg != "" {
			value = uri[strings.LastIndexByte(uri, '/')+1:]
		}
		answer, err := a.read(ctx, r, value)
		switch e := domain.AsError(err); {
		case err == nil:
			return &mcp.ReadResourceResult{Contents: []*mcp.ResourceContents{{URI: uri, MIMEType: "application/json", Text: string(answer)}}}, nil
		case e.Code == domain.CodeNotFound || e.Code == domain.CodeValidation:
			return nil, &jsonrpc.Error{Code: rpcBadParams, Message: noResource, Data: object(map[string]string{"uri": uri}).raw()}
		case e.Code.Status() >= 500:
			c := &call{api: a, op: a.tools.byName[r.tool].op, id: requestID(req)}
			c.log(ctx, e)
			return nil, &jsonrpc.Error{Code: rpcInternal, Message: e.Message}
		default:
			return nil, &jsonrpc.Error{Code: rpcForbidden, Message: e.Message}
		}
	}
}

func (o Object) raw() json.RawMessage { return json.RawMessage(o) }

// read answers with the row's data for one address.
func (a *API) read(ctx context.Context, r resource, value string) (json.RawMessage, error) {
	args := map[string]any{}
	switch r.arg {
	case "slug":
		args["slug"] = value
	case "id":
		args["id"] = json.Number(value)
	}
	raw, err := json.Marshal(args)
	if err != nil { // an id that is no number
		return nil, domain.NotFound("Resource")
	}
	answer, err := a.tools.byName[r.tool].call(ctx, raw, nil)
	if err != nil || r.arg != "status" {
		return answer, err
	}
	var board struct {
		Data struct {
			Columns map[string]json.RawMessage `json:"columns"`
		} `json:"data"`
	}
	if err := json.Unmarshal(answer, &board); err != nil {
		return nil, err
	}
	column, ok := board.Data.Columns[value]
	if !ok {
		return nil, domain.NotFound("Column")
	}
	return json.Marshal(map[string]any{"data": column})
}
