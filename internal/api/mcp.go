package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/modelcontextprotocol/go-sdk/auth"
	"github.com/modelcontextprotocol/go-sdk/mcp"

	"vellocity/internal/domain"
)

// Versions that the MCP endpoint names.
const (
	legacyVersion = "2025-11-25" // the last with sessions
	modernVersion = "2026-07-28" // the first without
	serverVersion = "1.0.0"
)

// Error codes of JSON-RPC 2.0 and MCP.
const (
	rpcParse       = -32700
	rpcInvalid     = -32600
	rpcNoMethod    = -32601
	rpcBadParams   = -32602
	rpcNoResource  = -32002 // legacy only
	rpcForbidden   = -31003 // ours, outside of the reserved range
	rpcRateLimited = -31029
	rpcCancelled   = -31099 // never leaves the house: a cancelled call is not answered
	rpcInternal    = -32603
)

// endpoint is the one URL that both eras of MCP are served on: a handler with
// sessions for clients up to 2025-11-25, one without for later ones.
type endpoint struct {
	api    *API
	legacy http.Handler
	modern http.Handler
}

func newEndpoint(a *API) *endpoint {
	server := a.newMCPServer()
	pick := func(*http.Request) *mcp.Server { return server }
	identify := auth.RequireBearerToken(func(_ context.Context, _ string, r *http.Request) (*auth.TokenInfo, error) {
		actor, ok := domain.ActorFrom(r.Context())
		if !ok {
			return nil, auth.ErrInvalidToken
		}
		return &auth.TokenInfo{UserID: identity(actor), Extra: map[string]any{"actor": actor}}, nil
	}, &auth.RequireBearerTokenOptions{AllowMissingExpiration: true})
	// A public address means a proxy in front, which sends its own Host.
	open := a.opts.PublicURL != ""
	return &endpoint{api: a,
		legacy: identify(mcp.NewStreamableHTTPHandler(pick, &mcp.StreamableHTTPOptions{SessionTimeout: time.Hour, MaxRequestBodyBytes: maxBody, DisableLocalhostProtection: open})),
		modern: identify(mcp.NewStreamableHTTPHandler(pick, &mcp.StreamableHTTPOptions{Stateless: true, MaxRequestBodyBytes: maxBody, DisableLocalhostProtection: open, PropagateRequestCancellation: true})),
	}
}

// identity binds a session to its caller.
func identity(a domain.Actor) string {
	return number(a.WorkspaceID) + "/" + string(a.Kind) + "/" + number(a.ID)
}

// ServeHTTP checks what concerns every message, and hands it to its era.
func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := prepare(w, r)
	c := &call{api: e.api, op: &Op{Name: "mcp"}, id: id}
	defer c.recover(w)
	if origin := r.Header.Get("Origin"); origin != "" && !e.welcome(origin, r.Host) {
		rpcError(w, http.StatusForbidden, nil, rpcForbidden, "This origin may not call the server")
		return
	}
	ctx, actor, err := e.api.admit(w, r)
	if err != nil {
		e.refuse(w, c, err)
		return
	}
	r = e.adapt(r.WithContext(ctx))
	if r.Method != http.MethodPost {
		e.unposted(w, r, actor)
		return
	}
	raw, err := readBody(w, r)
	if err != nil {
		rpcError(w, domain.AsError(err).Code.Status(), nil, rpcInvalid, domain.AsError(err).Message)
		return
	}
	e.post(w, r, actor, raw)
}

// welcome reports whether a page of this origin may call: the server's own, and
// those that the operator names.
func (e *endpoint) welcome(origin, host string) bool {
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && (u.Host == host || slices.Contains(e.api.opts.Origins, origin) || origin == e.api.opts.PublicURL)
}

func (e *endpoint) refuse(w http.ResponseWriter, c *call, err error) {
	d := domain.AsError(err)
	c.log(context.Background(), d)
	code := rpcForbidden
	switch d.Code {
	case domain.CodeUnauthorized:
		w.Header().Set("WWW-Authenticate", `Bearer realm="vellocity", error="invalid_token", scope="mcp:tools mcp:resources"`)
	case domain.CodeRateLimited:
		w.Header().Set("Retry-After", strconv.Itoa(max(1, wholeSeconds(d.RetryAfter))))
		code = rpcRateLimited
	}
	rpcError(w, d.Code.Status(), nil, code, d.Message)
}

// adapt makes the request what the SDK expects: it takes the key off, now that
// the caller is known, and moves the toolsets of the address to their header.
func (e *endpoint) adapt(r *http.Request) *http.Request {
	r.Header = r.Header.Clone()
	r.Header.Set("Authorization", "Bearer known")
	if sets := r.URL.Query().Get("toolsets"); sets != "" {
		r.Header.Set("X-Mcp-Toolsets", sets)
	}
	return r
}

// unposted serves GET and DELETE, which only sessions have.
func (e *endpoint) unposted(w http.ResponseWriter, r *http.Request, actor domain.Actor) {
	modern := r.Header.Get("Mcp-Protocol-Version") >= modernVersion
	switch {
	case modern || r.Method != http.MethodGet && r.Method != http.MethodDelete:
		w.Header().Set("Allow", "GET, POST, DELETE")
		if modern {
			w.Header().Set("Allow", "POST")
		}
		rpcError(w, http.StatusMethodNotAllowed, nil, rpcInvalid, "Only POST is served here")
	case !anyMCP(actor):
		forbid(w, nil, "mcp:tools")
	default:
		w.Header().Set("X-Accel-Buffering", "no")
		spoken(w, nil, func(w http.ResponseWriter) { e.legacy.ServeHTTP(w, r) })
	}
}

func (e *endpoint) post(w http.ResponseWriter, r *http.Request, actor domain.Actor, raw []byte) {
	if err := wantJSON(r); err != nil {
		rpcError(w, http.StatusUnsupportedMediaType, nil, rpcInvalid, domain.AsError(err).Message)
		return
	}
	tree, err := parseJSON(raw)
	if err != nil {
		rpcError(w, http.StatusBadRequest, nil, rpcParse, sentence(err.Error()))
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(raw))
	r.ContentLength = int64(len(raw))
	if batch, ok := tree.([]any); ok {
		e.batch(w, r, actor, batch)
		return
	}
	m, ok := messageOf(tree)
	if !ok {
		rpcError(w, http.StatusBadRequest, nil, rpcInvalid, "This is not a JSON-RPC 2.0 message")
		return
	}
	if want := missingScope(m.method, actor); want != "" {
		forbid(w, m.id, want)
		return
	}
	if m.modern || r.Header.Get("Mcp-Protocol-Version") >= modernVersion {
		e.postModern(w, r, m)
		return
	}
	e.postLegacy(w, r, m)
}

func (e *endpoint) postModern(w http.ResponseWriter, r *http.Request, m message) {
	switch {
	case m.method == "":
		rpcError(w, http.StatusBadRequest, nil, rpcInvalid, "This server asks nothing, so it takes no answers")
	case m.id != nil && !slices.Contains(modernMethods, m.method):
		rpcError(w, http.StatusNotFound, m.id, rpcNoMethod, "There is no method "+clip(m.method))
	default:
		spoken(w, m.id, func(w http.ResponseWriter) { accepting(w, r, e.modern) })
	}
}

func (e *endpoint) postLegacy(w http.ResponseWriter, r *http.Request, m message) {
	switch {
	case m.id != nil && m.method != "" && !slices.Contains(legacyMethods, m.method):
		rpcError(w, http.StatusOK, m.id, rpcNoMethod, "There is no method "+clip(m.method))
	case m.method != "initialize" && r.Header.Get("Mcp-Session-Id") == "":
		rpcError(w, http.StatusBadRequest, m.id, rpcInvalid, "Send initialize first, and then its Mcp-Session-Id with every message")
	case m.id == nil && !slices.Contains(notifications, m.method):
		w.WriteHeader(http.StatusAccepted) // unknown ones are ignored (JSON-RPC 2.0, 4.1)
	default:
		spoken(w, m.id, func(w http.ResponseWriter) { accepting(w, r, e.legacy) })
	}
}

// batch takes several messages of a session in one body, which 2025-03-26 has.
// Each counts as a call of its own; what each may do is checked where it is done.
func (e *endpoint) batch(w http.ResponseWriter, r *http.Request, actor domain.Actor, all []any) {
	if want := missingScope("", actor); want != "" {
		forbid(w, nil, want)
		return
	}
	for i, tree := range all {
		if m, ok := messageOf(tree); !ok || m.modern || m.method == "initialize" {
			rpcError(w, http.StatusBadRequest, nil, rpcInvalid, "A message of the batch is not one that a session takes")
			return
		}
		if err := e.charge(w, r, actor, i); err != nil {
			e.refuse(w, &call{api: e.api, op: &Op{Name: "mcp"}, id: w.Header().Get("X-Request-Id")}, err)
			return
		}
	}
	if len(all) == 0 || r.Header.Get("Mcp-Session-Id") == "" {
		rpcError(w, http.StatusBadRequest, nil, rpcInvalid, "A batch holds messages, and goes with the Mcp-Session-Id that initialize gave")
		return
	}
	spoken(w, nil, func(w http.ResponseWriter) { accepting(w, r, e.legacy) })
}

// charge counts message i of a batch; the first came with the request.
func (e *endpoint) charge(w http.ResponseWriter, r *http.Request, actor domain.Actor, i int) error {
	if i == 0 || e.api.opts.Take == nil {
		return nil
	}
	now := e.api.opts.Now()
	quota := e.api.opts.Take(r.Context(), actor.WorkspaceID)
	quota.tell(w.Header(), now)
	return quota.err(now)
}

// legacyMethods are those that a client with a session may call here.
var legacyMethods = []string{
	"initialize", "ping", "tools/list", "tools/call", "resources/list", "resources/templates/list", "resources/read", "prompts/list", "prompts/get", "logging/setLevel",
}

// modernMethods are those of a client without one.
var modernMethods = []string{
	"server/discover", "tools/list", "tools/call", "resources/list", "resources/templates/list", "resources/read", "prompts/list", "prompts/get", "subscriptions/listen",
}

// notifications are those of a session's client that mean something here.
var notifications = []string{"", "notifications/initialized", "notifications/cancelled", "notifications/progress", "notifications/roots/list_changed"}

// missingScope names the MCP scope that a method takes and the caller lacks.
func missingScope(method string, actor domain.Actor) domain.Scope {
	family, _, _ := strings.Cut(method, "/")
	want := map[string]domain.Scope{"tools": domain.ScopeMCPTools, "resources": domain.ScopeMCPResources, "prompts": domain.ScopeMCPPrompts}[family]
	switch {
	case want == "" && !anyMCP(actor):
		return domain.ScopeMCPTools
	case want != "" && !actor.May(want):
		return want
	}
	return ""
}

func anyMCP(a domain.Actor) bool {
	return a.May(domain.ScopeMCPTools) || a.May(domain.ScopeMCPResources) || a.May(domain.ScopeMCPPrompts)
}

func forbid(w http.ResponseWriter, id json.RawMessage, scope domain.Scope) {
	w.Header().Set("WWW-Authenticate", `Bearer realm="vellocity", error="insufficient_scope", scope="`+string(scope)+`"`)
	rpcError(w, http.StatusForbidden, id, rpcForbidden, lacks(scope))
}

func lacks(scope domain.Scope) string {
	return "This key lacks the " + strconv.Quote(string(scope)) + " scope"
}
