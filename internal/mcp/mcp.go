// Package mcp serves the operation table to AI clients over the Model Context Protocol:
// a tool per row and per variant of a row, and resources that are read by calling rows.
// One URL serves both eras of the protocol, with sessions and without. It knows no
// noun. The SDK's package of the same name is imported as sdk.
package mcp

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
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
	Table   []ops.Op
	Prompts []ops.Prompt
	Gate    *gate.Gate
	// Instructions explain to a model how to use the tools.
	Instructions string
	// Origins are the origins beside the server's own that a browser may call from.
	Origins []string
	// PublicURL is the server's address, without a slash at the end. Empty: unknown.
	PublicURL string
	// Events feed the subscriptions to resources; nil means that nobody is notified.
	Events Events
	Log    *slog.Logger
}

// Server is the endpoint: a handler with sessions for clients up to 2025-11-25, and one
// without for later ones.
type Server struct {
	opts   Options
	tools  *toolbox
	legacy http.Handler
	modern http.Handler

	resources []resource
	prompts   []prompt
	tenants   *tenants
}

// New returns the endpoint. It fails when two tools have the same name, or a prompt names one that
// does not exist.
func New(o Options) (*Server, error) {
	tools, err := newToolbox(o.Table)
	if err != nil {
		return nil, err
	}
	prompts, err := promptsOf(o.Prompts, tools)
	if err != nil {
		return nil, err
	}
	s := &Server{opts: o, tools: tools, resources: resourcesOf(tools), prompts: prompts}
	s.tenants = newTenants(s.server)
	pick := s.tenants.of
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

// server registers tools and resources with a server of the SDK's, which serves one
// workspace. Lists never change while the program runs, so no change is announced.
func (s *Server) server(workspaceID int64) *sdk.Server {
	about := sdk.Implementation{Name: "vellocity-mcp", Title: "Vellocity", Version: serverVersion}
	out := sdk.NewServer(&about, &sdk.ServerOptions{
		Instructions: s.opts.Instructions,
		Logger:       quietly(s.opts.Log),
		PageSize:     1000,
		Capabilities: &sdk.ServerCapabilities{
			Tools:     &sdk.ToolCapabilities{},
			Resources: &sdk.ResourceCapabilities{Subscribe: true},
			Prompts:   &sdk.PromptCapabilities{ListChanged: true},
			Logging:   &sdk.LoggingCapabilities{}, //nolint:staticcheck // clients up to 2025-11-25 may set a level
		},
		CompletionHandler:  s.complete,
		SubscribeHandler:   s.subscribe(workspaceID),
		UnsubscribeHandler: func(context.Context, *sdk.UnsubscribeRequest) error { return nil },
		// What a caller sees depends on its key.
		SetCacheable: func(_ context.Context, _ sdk.Request, c *sdk.Cacheable) { c.CacheScope = "private" },
	})
	for _, t := range s.tools.all {
		out.AddTool(t.described(), s.handler(t))
	}
	s.addResources(out)
	s.addPrompts(out)
	out.AddReceivingMiddleware(s.asCaller)
	return out
}

func (s *Server) handler(t *tool) sdk.ToolHandler {
	return func(ctx context.Context, req *sdk.CallToolRequest) (*sdk.CallToolResult, error) {
		answer, err := t.call(reporting(ctx, req), req.Params.Arguments)
		if ctx.Err() != nil {
			return nil, &jsonrpc.Error{Code: rpcCancelled, Message: "Cancelled"}
		}
		if err != nil {
			s.opts.Gate.LogError(ctx, requestID(req), t.op.Name, domain.AsError(err))
			text := &sdk.TextContent{Text: explain(err)}
			return &sdk.CallToolResult{IsError: true, Content: []sdk.Content{text}}, nil
		}
		text := &sdk.TextContent{Text: string(answer)}
		return &sdk.CallToolResult{Content: []sdk.Content{text}, StructuredContent: answer}, nil
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
		if l, ok := result.(*sdk.ListPromptsResult); ok && err == nil {
			return s.offeredPrompts(l, actor), nil
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
