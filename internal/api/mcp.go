package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
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
	"vellocity/internal/sse"
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

// message is what the router must know of a JSON-RPC message.
type message struct {
	JSONRPC string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Method  string          `json:"method"`
	Params  struct {
		Meta map[string]json.RawMessage `json:"_meta"`
	} `json:"params"`
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
		e.legacy.ServeHTTP(w, r)
	}
}

func (e *endpoint) post(w http.ResponseWriter, r *http.Request, actor domain.Actor, raw []byte) {
	if err := wantJSON(r); err != nil {
		rpcError(w, http.StatusUnsupportedMediaType, nil, rpcInvalid, domain.AsError(err).Message)
		return
	}
	if _, err := parseJSON(raw); err != nil {
		rpcError(w, http.StatusBadRequest, nil, rpcParse, sentence(err.Error()))
		return
	}
	var m message
	batch := bytes.HasPrefix(bytes.TrimSpace(raw), []byte("["))
	if !batch {
		if err := json.Unmarshal(raw, &m); err != nil || m.JSONRPC != "2.0" || string(m.ID) == "null" {
			rpcError(w, http.StatusBadRequest, nil, rpcInvalid, "This is not a JSON-RPC 2.0 message")
			return
		}
	}
	if want := missingScope(m.Method, actor); want != "" {
		forbid(w, m.ID, want)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(raw))
	r.ContentLength = int64(len(raw))
	_, inMeta := m.Params.Meta["io.modelcontextprotocol/protocolVersion"]
	if inMeta || r.Header.Get("Mcp-Protocol-Version") >= modernVersion {
		accepting(w, r, e.modern)
		return
	}
	switch {
	case m.ID != nil && m.Method != "" && !slices.Contains(legacyMethods, m.Method):
		rpcError(w, http.StatusOK, m.ID, rpcNoMethod, "There is no method "+clip(m.Method))
	case m.Method != "initialize" && r.Header.Get("Mcp-Session-Id") == "":
		rpcError(w, http.StatusBadRequest, m.ID, rpcInvalid, "Send initialize first, and then its Mcp-Session-Id with every message")
	default:
		accepting(w, r, e.legacy)
	}
}

// legacyMethods are those that a client with a session may call here.
var legacyMethods = []string{
	"initialize", "ping", "tools/list", "tools/call", "resources/list", "resources/templates/list", "resources/read", "prompts/list", "logging/setLevel",
}

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
	rpcError(w, http.StatusForbidden, id, rpcForbidden, "This key lacks the "+strconv.Quote(string(scope))+" scope")
}

// rpcError answers with a JSON-RPC error.
func rpcError(w http.ResponseWriter, status int, id json.RawMessage, code int, text string) {
	if id == nil {
		id = json.RawMessage("null")
	}
	type failure struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	}
	var b bytes.Buffer
	_ = encode(&b, struct { // plain fields cannot fail
		JSONRPC string          `json:"jsonrpc"`
		ID      json.RawMessage `json:"id"`
		Error   failure         `json:"error"`
	}{"2.0", id, failure{code, text}})
	w.Header()["Content-Type"] = []string{"application/json"}
	w.Header()["Cache-Control"] = noStore
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the reader is gone if it fails
}

// accepting serves a client that does not accept both forms, as the SDK demands
// that it does: one that takes only JSON gets the last message of the stream.
func accepting(w http.ResponseWriter, r *http.Request, h http.Handler) {
	accept := strings.ToLower(strings.Join(r.Header.Values("Accept"), ","))
	streams := accept == "" || strings.Contains(accept, "text/event-stream") || strings.Contains(accept, "text/*") || strings.Contains(accept, "*/*")
	r.Header.Set("Accept", "application/json, text/event-stream")
	if streams {
		w.Header().Set("X-Accel-Buffering", "no")
		h.ServeHTTP(w, r)
		return
	}
	whole := &collected{header: w.Header(), status: http.StatusOK}
	h.ServeHTTP(whole, r)
	body := whole.body.Bytes()
	if strings.HasPrefix(whole.header.Get("Content-Type"), "text/event-stream") {
		body = lastMessage(&whole.body)
		whole.header["Content-Type"] = []string{"application/json"}
	}
	w.WriteHeader(whole.status)
	_, _ = w.Write(body) // the reader is gone if it fails
}

// collected is an answer held back until it is whole.
type collected struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (c *collected) Header() http.Header         { return c.header }
func (c *collected) WriteHeader(status int)      { c.status = status }
func (c *collected) Write(b []byte) (int, error) { return c.body.Write(b) }
func (c *collected) Flush()                      {}

// lastMessage is the data of the last event: the answer, after all notifications.
func lastMessage(r io.Reader) []byte {
	events := sse.NewReader(r)
	var last string
	for {
		e, err := events.Next()
		if errors.Is(err, io.EOF) || err != nil {
			return []byte(last)
		}
		last = e.Data
	}
}
