package mcp

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"vellocity/internal/domain"
	"vellocity/internal/gate"
	"vellocity/internal/ops"
)

// ServeHTTP checks what concerns every message and passes it to the handler of its era.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	gate.Prepare(w, r)
	defer s.opts.Gate.Recover(w, "mcp")
	if origin := r.Header.Get("Origin"); origin != "" && !s.allows(origin, r.Host) {
		rpcError(w, http.StatusForbidden, nil, rpcForbidden, "This origin may not call the server")
		return
	}
	ctx, actor, err := s.opts.Gate.Admit(w, r)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	ctx, release := s.opts.Gate.Hold(ctx, r, "")
	defer release()
	r = adapted(r.WithContext(ctx))
	if r.Method != http.MethodPost {
		s.sessionOnly(w, r, actor)
		return
	}
	raw, err := ops.ReadBody(w, r, ops.MaxBody)
	if err != nil {
		e := domain.AsError(err)
		rpcError(w, e.Code.Status(), nil, rpcInvalid, e.Message)
		return
	}
	s.post(w, r, actor, raw)
}

// allows reports whether a page of this origin may call: the server's own, and those
// that the operator names.
func (s *Server) allows(origin, host string) bool {
	u, err := url.Parse(origin)
	own := err == nil && u.Host != "" && u.Host == host
	return own || err == nil && u.Host != "" &&
		(slices.Contains(s.opts.Origins, origin) || origin == s.opts.PublicURL)
}

// refuse responds to a caller that may not call at all.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	e := domain.AsError(err)
	s.opts.Gate.LogError(r.Context(), gate.RequestID(w), "mcp", e)
	code := rpcForbidden
	switch e.Code {
	case domain.CodeUnauthorized:
		challenge := `Bearer realm="vellocity"`
		if r.Header.Get("Authorization") != "" { // RFC 6750, 3.1: without a key there is no error to name
			challenge += `, error="invalid_token"`
		}
		w.Header().Set("WWW-Authenticate", challenge+`, scope="mcp:tools mcp:resources"`)
	case domain.CodeRateLimited:
		code = rpcRateLimited
	case domain.CodeUnavailable, domain.CodeServer:
		code = rpcInternal // whether it may call is not known
	}
	if after := gate.RetryAfter(e); after != "" {
		w.Header().Set("Retry-After", after)
	}
	rpcError(w, e.Code.Status(), nil, code, e.Message)
}

// adapted makes the request what the SDK expects: it removes the key, now that the
// caller is known, and moves the toolsets of the URL to their header.
func adapted(r *http.Request) *http.Request {
	r.Header = r.Header.Clone()
	r.Header.Set("Authorization", "Bearer known")
	if sets := r.URL.Query().Get("toolsets"); sets != "" {
		r.Header.Set("X-Mcp-Toolsets", sets)
	}
	return r
}

// sessionOnly serves GET and DELETE, which only sessions have.
func (s *Server) sessionOnly(w http.ResponseWriter, r *http.Request, actor domain.Actor) {
	modern := versionOf(r) >= modernVersion
	switch {
	case modern || r.Method != http.MethodGet && r.Method != http.MethodDelete:
		w.Header().Set("Allow", "GET, POST, DELETE")
		if modern {
			w.Header().Set("Allow", "POST")
		}
		rpcError(w, http.StatusMethodNotAllowed, nil, rpcInvalid, "Only POST is supported here")
	case !anyMCP(actor):
		forbid(w, nil, domain.ScopeMCPTools)
	default:
		w.Header().Set("X-Accel-Buffering", "no")
		kept, end := keepAlive(w)
		defer end()
		t := inJSON(kept, nil)
		defer t.end()
		s.legacy.ServeHTTP(t, r)
	}
}

func versionOf(r *http.Request) string { return r.Header.Get("Mcp-Protocol-Version") }

func (s *Server) post(w http.ResponseWriter, r *http.Request, actor domain.Actor, raw []byte) {
	if err := ops.RequireJSON(r); err != nil {
		rpcError(w, http.StatusUnsupportedMediaType, nil, rpcInvalid, domain.AsError(err).Message)
		return
	}
	tree, err := ops.ParseJSON(raw)
	if err != nil {
		rpcError(w, http.StatusBadRequest, nil, rpcParse, domain.AsError(err).Message)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(raw))
	r.ContentLength = int64(len(raw))
	if batch, ok := tree.([]any); ok {
		s.batch(w, r, actor, batch)
		return
	}
	m, ok := messageOf(tree)
	if !ok {
		rpcError(w, http.StatusBadRequest, nil, rpcInvalid,
			"This is not a JSON-RPC 2.0 message with an id that is a string or a whole number up to 2^53")
		return
	}
	if want := missingScope(m.method, actor); want != "" {
		forbid(w, m.id, want)
		return
	}
	// Later versions get the SDK's own refusal, which lists the versions as data.
	v := versionOf(r)
	if v != "" && v < modernVersion && !slices.Contains(sdk.SupportedProtocolVersions(), v) {
		rpcError(w, http.StatusBadRequest, m.id, rpcInvalid, "The protocol version "+ops.Clip(v)+
			" is not supported; supported are "+strings.Join(sdk.SupportedProtocolVersions(), ", "))
		return
	}
	if m.modern || versionOf(r) >= modernVersion {
		s.postModern(w, r, m)
		return
	}
	s.postLegacy(w, r, m)
}

func (s *Server) postModern(w http.ResponseWriter, r *http.Request, m message) {
	switch {
	case m.method == "":
		rpcError(w, http.StatusBadRequest, nil, rpcInvalid, "This server sends no requests, so it takes no responses")
	case m.id != nil && !slices.Contains(modernMethods, m.method):
		rpcError(w, http.StatusNotFound, m.id, rpcNoMethod, "There is no method "+ops.Clip(m.method))
	case m.id != nil && m.fault != "":
		rpcError(w, http.StatusBadRequest, m.id, rpcBadParams, m.fault)
	default:
		accepting(inJSON(w, m.id), r, s.modern)
	}
}

func (s *Server) postLegacy(w http.ResponseWriter, r *http.Request, m message) {
	switch {
	case m.id != nil && m.method != "" && !slices.Contains(legacyMethods, m.method):
		rpcError(w, http.StatusOK, m.id, rpcNoMethod, "There is no method "+ops.Clip(m.method))
	case m.method != "initialize" && r.Header.Get("Mcp-Session-Id") == "":
		rpcError(w, http.StatusBadRequest, m.id, rpcInvalid,
			"Send initialize first, and then its Mcp-Session-Id with every message")
	case m.id == nil && !slices.Contains(notifications, m.method):
		w.WriteHeader(http.StatusAccepted) // unknown ones are ignored (JSON-RPC 2.0, 4.1)
	case m.id != nil && m.fault != "":
		rpcError(w, http.StatusBadRequest, m.id, rpcBadParams, m.fault)
	default:
		accepting(inJSON(w, m.id), r, s.legacy)
	}
}

// batch serves several messages of a session in one body, which 2025-03-26 has. Each
// counts as a call of its own; what each may do is checked where it is done.
func (s *Server) batch(w http.ResponseWriter, r *http.Request, actor domain.Actor, all []any) {
	if want := missingScope("", actor); want != "" {
		forbid(w, nil, want)
		return
	}
	if versionOf(r) >= firstWithoutBatches {
		rpcError(w, http.StatusBadRequest, nil, rpcInvalid, "Batches ended with "+firstWithoutBatches)
		return
	}
	for i, tree := range all {
		if m, ok := messageOf(tree); !ok || m.modern || m.method == "initialize" {
			rpcError(w, http.StatusBadRequest, nil, rpcInvalid, "A message of the batch is not one that a session takes")
			return
		}
		if i == 0 {
			continue // it was counted with the request
		}
		if err := s.opts.Gate.Count(w, r, actor); err != nil {
			s.refuse(w, r, err)
			return
		}
	}
	if len(all) == 0 || r.Header.Get("Mcp-Session-Id") == "" {
		rpcError(w, http.StatusBadRequest, nil, rpcInvalid,
			"A batch holds messages, and is sent with the Mcp-Session-Id that initialize gave")
		return
	}
	accepting(inJSON(w, nil), r, s.legacy)
}

// firstWithoutBatches is the first revision of the protocol that has no batches.
const firstWithoutBatches = "2025-06-18"

// legacyMethods are those that a client with a session may call here.
var legacyMethods = []string{
	"initialize", "ping", "tools/list", "tools/call", "resources/list", "resources/templates/list", "resources/read",
	"resources/subscribe", "resources/unsubscribe", "prompts/list", "prompts/get", "completion/complete",
	"logging/setLevel",
}

// modernMethods are those of a client without one.
var modernMethods = []string{
	"server/discover", "tools/list", "tools/call", "resources/list", "resources/templates/list", "resources/read",
	"prompts/list", "prompts/get", "completion/complete", "subscriptions/listen",
}

// notifications are those of a session's client that mean something here.
var notifications = []string{
	"", "notifications/initialized", "notifications/cancelled", "notifications/progress",
	"notifications/roots/list_changed",
}

// missingScope names the MCP scope that a method takes and the caller lacks.
func missingScope(method string, actor domain.Actor) domain.Scope {
	var want domain.Scope
	switch family, _, _ := strings.Cut(method, "/"); family {
	case "tools":
		want = domain.ScopeMCPTools
	case "completion": // of resources or prompts: which one is checked where it is done
		if !actor.May(domain.ScopeMCPPrompts) {
			want = domain.ScopeMCPResources
		}
	case "resources":
		want = domain.ScopeMCPResources
	case "prompts":
		want = domain.ScopeMCPPrompts
	}
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
	w.Header().Set("WWW-Authenticate",
		`Bearer realm="vellocity", error="insufficient_scope", scope="`+string(scope)+`"`)
	rpcError(w, http.StatusForbidden, id, rpcForbidden, lacks(scope))
}

func lacks(scope domain.Scope) string {
	return "This key lacks the " + strconv.Quote(string(scope)) + " scope"
}
