// Package mcp serves the operation table to AI clients over the Model Context Protocol:
// a tool per row and per variant of a row, and resources that are read by calling rows.
// One URL serves both eras of the protocol, with sessions and without. It knows no
// noun. The SDK's package of the same name is imported as sdk.
package mcp

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	sdkauth "github.com/modelcontextprotocol/go-sdk/auth"
	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"vellocity/internal/domain"
	"vellocity/internal/gate"
	"vellocity/internal/ops"
)

// Path is the path of the endpoint.
const Path = ops.Base + "/mcp"

// Versions that the endpoint names.
const (
	legacyVersion = "2025-11-25" // the last with sessions
	modernVersion = "2026-07-28" // the first without
	serverVersion = "1.0.0"
)

// sessionTimeout ends a session that nobody uses.
const sessionTimeout = time.Hour

// Options are what a [Server] is built from.
type Options struct {
	Table []ops.Op
	Gate  *gate.Gate
	// Instructions explain to a model how to use the tools.
	Instructions string
	// Origins are the origins beside the server's own that a browser may call from.
	Origins []string
	// PublicURL is the server's address, without a slash at the end. Empty: unknown.
	PublicURL string
	Log       *slog.Logger
}

// Server is the endpoint: a handler with sessions for clients up to 2025-11-25, and one
// without for later ones.
type Server struct {
	opts   Options
	tools  *toolbox
	legacy http.Handler
	modern http.Handler
}

// New returns the endpoint. It fails when two tools have the same name.
func New(o Options) (*Server, error) {
	tools, err := newToolbox(o.Table)
	if err != nil {
		return nil, err
	}
	s := &Server{opts: o, tools: tools}
	server := s.server()
	pick := func(*http.Request) *sdk.Server { return server }
	// A public address means a proxy in front, which sends its own Host.
	open := o.PublicURL != ""
	s.legacy = identified(sdk.NewStreamableHTTPHandler(pick, &sdk.StreamableHTTPOptions{
		SessionTimeout:             sessionTimeout,
		MaxRequestBodyBytes:        ops.MaxBody,
		DisableLocalhostProtection: open,
	}))
	s.modern = identified(sdk.NewStreamableHTTPHandler(pick, &sdk.StreamableHTTPOptions{
		Stateless:                    true,
		MaxRequestBodyBytes:          ops.MaxBody,
		DisableLocalhostProtection:   open,
		PropagateRequestCancellation: true,
	}))
	return s, nil
}

// identified passes the caller to the SDK, so that it binds a session to its caller.
func identified(next http.Handler) http.Handler {
	verify := func(_ context.Context, _ string, r *http.Request) (*sdkauth.TokenInfo, error) {
		a, ok := domain.ActorFrom(r.Context())
		if !ok {
			return nil, sdkauth.ErrInvalidToken
		}
		id := strconv.FormatInt(a.WorkspaceID, 10) + "/" + string(a.Kind) + "/" + strconv.FormatInt(a.ID, 10)
		return &sdkauth.TokenInfo{UserID: id, Extra: map[string]any{"actor": a}}, nil
	}
	return sdkauth.RequireBearerToken(verify, &sdkauth.RequireBearerTokenOptions{AllowMissingExpiration: true})(next)
}

// server registers tools and resources with the SDK's server. Lists never change while
// the server runs, so no change is announced.
func (s *Server) server() *sdk.Server {
	about := sdk.Implementation{Name: "vellocity-mcp", Title: "Vellocity", Version: serverVersion}
	out := sdk.NewServer(&about, &sdk.ServerOptions{
		Instructions: s.opts.Instructions,
		Logger:       s.opts.Log,
		PageSize:     1000,
		Capabilities: &sdk.ServerCapabilities{
			Tools:     &sdk.ToolCapabilities{},
			Resources: &sdk.ResourceCapabilities{},
			Prompts:   &sdk.PromptCapabilities{},
			Logging:   &sdk.LoggingCapabilities{}, //nolint:staticcheck // clients up to 2025-11-25 may set a level
		},
		// What a caller sees depends on its key.
		SetCacheable: func(_ context.Context, _ sdk.Request, c *sdk.Cacheable) { c.CacheScope = "private" },
	})
	for _, t := range s.tools.all {
		out.AddTool(t.described(), s.handler(t))
	}
	s.addResources(out)
	out.AddReceivingMiddleware(s.asCaller)
	return out
}

func (s *Server) handler(t *tool) sdk.ToolHandler {
	return func(ctx context.Context, req *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		answer, note, err := t.call(reporting(ctx, req), req.Params.Arguments)
		if ctx.Err() != nil {
			return nil, &jsonrpc.Error{Code: rpcCancelled, Message: "Cancelled"}
		}
		if err != nil {
			s.opts.Gate.LogError(ctx, requestID(req), t.op.Name, domain.AsError(err))
			text := &sdk.TextContent{Text: explain(err)}
			return &sdk.CallToolResult{IsError: true, Content: []sdk.Content{text}}, nil
		}
		content := []sdk.Content{&sdk.TextContent{Text: string(answer)}}
		if note != "" {
			content = append(content, &sdk.TextContent{Text: note})
		}
		return &sdk.CallToolResult{Content: content, StructuredContent: answer}, nil
	}
}

// reporting sends progress to a client that gave a token for it.
func reporting(ctx context.Context, req *sdk.CallToolRequest) context.Context {
	token := req.Params.GetProgressToken()
	if token == nil {
		return ctx
	}
	return domain.WithProgress(ctx, func(percent int, step string) {
		p := sdk.ProgressNotificationParams{ProgressToken: token, Progress: float64(percent), Total: 100, Message: step}
		_ = req.Session.NotifyProgress(ctx, &p) // the call itself notices a client that is gone
	})
}

func requestID(req sdk.Request) string {
	if x := req.GetExtra(); x != nil {
		return x.Header.Get("X-Request-Id")
	}
	return ""
}

// asCaller gives each message the caller of its own HTTP request: the caller that
// opened a session must not act for later ones.
func (s *Server) asCaller(next sdk.MethodHandler) sdk.MethodHandler {
	return func(ctx context.Context, method string, req sdk.Request) (sdk.Result, error) {
		var toolsets, version string
		var actor domain.Actor
		if x := req.GetExtra(); x != nil && x.TokenInfo != nil {
			actor, _ = x.TokenInfo.Extra["actor"].(domain.Actor)
			toolsets, version = x.Header.Get("X-Mcp-Toolsets"), x.Header.Get("Mcp-Protocol-Version")
		}
		if want := missingScope(method, actor); want != "" {
			return nil, &jsonrpc.Error{Code: rpcForbidden, Message: lacks(want)}
		}
		if read, ok := req.(*sdk.ReadResourceRequest); ok && read.Params.URI == "" {
			return nil, &jsonrpc.Error{Code: rpcBadParams, Message: "The uri is required"}
		}
		ctx = domain.WithActor(ctx, actor)
		result, err := next(ctx, method, req)
		if l, ok := result.(*sdk.ListToolsResult); ok && err == nil {
			return s.offered(l, toolsets, actor)
		}
		return result, inEra(err, version)
	}
}

// offered keeps the tools of the chosen sets that the caller may use.
func (s *Server) offered(l *sdk.ListToolsResult, toolsets string, actor domain.Actor) (sdk.Result, error) {
	chosen, err := s.tools.chosen(toolsets, actor)
	if err != nil {
		return nil, &jsonrpc.Error{Code: rpcBadParams, Message: domain.AsError(err).Message}
	}
	out := *l
	out.Tools = []*sdk.Tool{}
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

// resource is an MCP resource and the tool that reads it.
type resource struct {
	ops.Resource
	tool *tool
	arg  string // the variable of the URI; empty: none
}

func (s *Server) addResources(out *sdk.Server) {
	const media = "application/json"
	for _, t := range s.tools.all {
		if t.variant != nil {
			continue
		}
		for _, r := range t.op.Tool.Resources {
			x := resource{Resource: r, tool: t}
			if _, variable, ok := strings.Cut(r.URI, "{"); ok {
				x.arg = strings.TrimSuffix(variable, "}")
				out.AddResourceTemplate(&sdk.ResourceTemplate{
					URITemplate: r.URI,
					Name:        r.Name,
					Description: r.Description,
					MIMEType:    media,
				}, s.reader(x))
				continue
			}
			about := sdk.Resource{URI: r.URI, Name: r.Name, Description: r.Description, MIMEType: media}
			out.AddResource(&about, s.reader(x))
		}
	}
}

func (s *Server) reader(r resource) sdk.ResourceHandler {
	return func(ctx context.Context, req *sdk.ReadResourceRequest) (*sdk.ReadResourceResult, error) {
		uri := req.Params.URI
		var value string
		if r.arg != "" {
			value = uri[strings.LastIndexByte(uri, '/')+1:]
		}
		answer, err := r.read(ctx, value)
		switch e := domain.AsError(err); {
		case err == nil:
			contents := sdk.ResourceContents{URI: uri, MIMEType: "application/json", Text: string(answer)}
			return &sdk.ReadResourceResult{Contents: []*sdk.ResourceContents{&contents}}, nil
		case e.Code == domain.CodeNotFound || e.Code == domain.CodeValidation:
			data := ops.MustEncode(map[string]string{"uri": uri})
			return nil, &jsonrpc.Error{Code: rpcBadParams, Message: noResource, Data: data}
		case e.Code.Status() >= http.StatusInternalServerError:
			s.opts.Gate.LogError(ctx, requestID(req), r.tool.op.Name, e)
			return nil, &jsonrpc.Error{Code: rpcInternal, Message: e.Message}
		default:
			return nil, &jsonrpc.Error{Code: rpcForbidden, Message: e.Message}
		}
	}
}

// read returns the row's data for one value of the resource's variable.
func (r resource) read(ctx context.Context, value string) (json.RawMessage, error) {
	args := map[string]any{}
	if r.arg != "" && r.Member == "" {
		args[r.arg] = value
		if f, _ := r.tool.op.Field(r.arg); f.Type == "integer" {
			args[r.arg] = json.Number(value)
		}
	}
	raw, err := json.Marshal(args)
	if err != nil { // an id that is no number
		return nil, domain.NotFound("Resource")
	}
	answer, _, err := r.tool.call(ctx, raw)
	if err != nil || r.Member == "" {
		return answer, err
	}
	return member(answer, r.Member, value)
}

// member selects one member of an object in the data of an answer.
func member(answer json.RawMessage, object, name string) (json.RawMessage, error) {
	var whole struct {
		Data map[string]json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(answer, &whole); err != nil {
		return nil, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(whole.Data[object], &members); err != nil {
		return nil, err
	}
	found, ok := members[name]
	if !ok {
		return nil, domain.NotFound("Resource")
	}
	return json.Marshal(map[string]any{"data": found})
}
