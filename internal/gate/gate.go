// Package gate is what every HTTP door shares: request ids, security headers, who
// calls, how often that caller may, errors, and panics. Doors do not import each
// other; each holds a [Gate].
package gate

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/auth"
	"vellocity/internal/domain"
	"vellocity/internal/ops"
)

// Options are the parts of a gate. The zero value of each but Authenticate works.
type Options struct {
	// Authenticate returns the caller that holds a key and calls from ip; an empty key
	// was not sent. Errors are UNAUTHORIZED, FORBIDDEN or RATE_LIMITED.
	Authenticate func(ctx context.Context, key string, ip netip.Addr) (auth.Caller, error)
	// Recheck is Authenticate for a caller that was let in already: it is not counted as
	// a use, nor as a wrong key. Changed returns a channel that is closed when this node
	// next changes what callers may do. Without both, streams outlive their keys.
	Recheck func(ctx context.Context, key string, ip netip.Addr) (auth.Caller, error)
	Changed func() <-chan struct{}
	// Take counts one call of a workspace. An error means that calls cannot be counted
	// at the moment. Nil: no limits.
	Take func(ctx context.Context, workspaceID int64, plan domain.Plan) (auth.Verdict, error)
	// Edge knows the proxies whose forwarded headers are believed.
	Edge auth.Edge
	Log  *slog.Logger
	Now  func() time.Time
}

// Gate admits requests. It is safe for concurrent use.
type Gate struct{ Options }

// New returns a gate.
func New(o Options) (*Gate, error) {
	if o.Authenticate == nil {
		return nil, errors.New("gate: an authenticator is needed")
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Gate{o}, nil
}

// Headers of every response. The slices are shared: never append to them.
var (
	nosniff    = []string{"nosniff"}
	noReferrer = []string{"no-referrer"}
	noContent  = []string{"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"}
	noFeatures = []string{"camera=(), geolocation=(), microphone=()"}
	sameOrigin = []string{"same-origin"}
	oneYear    = []string{"max-age=31536000"}
	noStore    = []string{"no-store"}
	jsonType   = []string{"application/json; charset=utf-8"}
)

// Prepare sets the headers of every response of a program's door and returns the
// request's id: the caller's own, or a new one.
func Prepare(w http.ResponseWriter, r *http.Request) (requestID string) {
	h := w.Header()
	h["X-Content-Type-Options"] = nosniff
	h["Referrer-Policy"] = noReferrer
	h["Content-Security-Policy"] = noContent
	h["Permissions-Policy"] = noFeatures
	h["Cross-Origin-Opener-Policy"] = sameOrigin
	id := r.Header.Get("X-Request-Id")
	if !sane(id) {
		id = rand.Text()
	}
	h["X-Request-Id"] = []string{id}
	return id
}

// RequestID returns the id that [Prepare] gave the request.
func RequestID(w http.ResponseWriter) string { return w.Header().Get("X-Request-Id") }

// sane reports whether a caller's request id may be echoed and logged.
func sane(id string) bool {
	if id == "" || len(id) > 128 {
		return false
	}
	for _, c := range []byte(id) {
		ok := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.'
		if !ok {
			return false
		}
	}
	return true
}

// StrictTransport makes browsers that came over TLS, to us or to a trusted proxy,
// use nothing else for a year. It stands before every door.
func (g *Gate) StrictTransport(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if g.Secure(r) {
			w.Header()["Strict-Transport-Security"] = oneYear
		}
		next.ServeHTTP(w, r)
	})
}

// Secure reports whether the caller's connection is encrypted.
func (g *Gate) Secure(r *http.Request) bool {
	return g.Edge.Secure(r.TLS != nil, r.RemoteAddr, r.Header.Get("X-Forwarded-Proto"))
}

// ClientIP returns the caller's address.
func (g *Gate) ClientIP(r *http.Request) netip.Addr {
	return g.Edge.ClientIP(r.RemoteAddr, r.Header.Values("X-Forwarded-For"))
}

// bearer returns the key of the Authorization header; empty unless there is exactly
// one such header and it is a bearer key.
func bearer(r *http.Request) string {
	values := r.Header["Authorization"]
	if len(values) != 1 {
		return ""
	}
	return auth.Bearer(values[0])
}

// Admit authenticates the caller, counts the call, sets the rate limit headers, and
// returns a context that carries the caller. A request whose context has a caller
// already, such as the operator's, needs no key.
func (g *Gate) Admit(w http.ResponseWriter, r *http.Request) (context.Context, domain.Actor, error) {
	ctx := r.Context()
	actor, known := domain.ActorFrom(ctx)
	if !known {
		c, err := g.Authenticate(ctx, bearer(r), g.ClientIP(r))
		if err != nil {
			return ctx, actor, err
		}
		actor = c.Actor
		ctx = domain.WithActor(ctx, actor)
	}
	return ctx, actor, g.Count(w, r.WithContext(ctx), actor)
}

// Count counts one call of the caller and sets the rate limit headers. The operator is
// not counted.
func (g *Gate) Count(w http.ResponseWriter, r *http.Request, actor domain.Actor) error {
	if g.Take == nil || actor.Kind == domain.ActorOperator {
		return nil
	}
	v, err := g.Take(r.Context(), actor.WorkspaceID, actor.Plan)
	if err != nil {
		// The operation itself reports a database that is away.
		g.Log.Debug("count a request", "error", err)
		return nil
	}
	setLimits(w.Header(), v, g.Now())
	return v.Err()
}

// setLimits writes the rate limit headers. Those of the reference describe one window,
// those of the IETF draft (draft-ietf-httpapi-ratelimit-headers-10) all of them.
func setLimits(h http.Header, v auth.Verdict, now time.Time) {
	if len(v.Windows) == 0 {
		return
	}
	w := v.Nearer
	h["X-Ratelimit-Limit"] = []string{strconv.Itoa(w.Limit)}
	h["X-Ratelimit-Remaining"] = []string{strconv.Itoa(w.Remaining)}
	h["X-Ratelimit-Reset"] = []string{strconv.FormatInt(w.Reset.Add(time.Second-1).Unix(), 10)}
	var left, policy strings.Builder
	for i, w := range v.Windows {
		if i > 0 {
			left.WriteString(", ")
			policy.WriteString(", ")
		}
		left.WriteString(`"` + w.Name + `";r=` + strconv.Itoa(w.Remaining) + ";t=" + seconds(w.Reset.Sub(now)))
		length := strconv.Itoa(int(w.Length / time.Second))
		policy.WriteString(`"` + w.Name + `";q=` + strconv.Itoa(w.Limit) + ";w=" + length)
	}
	h["Ratelimit"] = []string{left.String()}
	h["Ratelimit-Policy"] = []string{policy.String()}
}

// seconds rounds up to whole seconds, so that a caller that waits that long has waited
// long enough.
func seconds(d time.Duration) string { return strconv.Itoa(max(0, int((d+time.Second-1)/time.Second))) }

// RetryAfter returns the value of the Retry-After header for an error; empty where the
// error has none.
func RetryAfter(e *domain.Error) string {
	switch {
	case e.RetryAfter > 0:
		return seconds(e.RetryAfter)
	case e.Code == domain.CodeUnavailable || e.Code == domain.CodeIdempotencyInProgress:
		return "1"
	}
	return ""
}

// WriteError writes an error's response.
func WriteError(w http.ResponseWriter, requestID string, e *domain.Error) {
	h := w.Header()
	h["Content-Type"] = jsonType
	h["Cache-Control"] = noStore
	h.Del("ETag")
	if after := RetryAfter(e); after != "" {
		h.Set("Retry-After", after)
	}
	if e.Code == domain.CodeUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="vellocity"`)
	}
	body, ok := errorJSON(e, requestID)
	if !ok {
		e = domain.ServerError()
		body, _ = errorJSON(e, requestID)
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(e.Code.Status())
	_, _ = w.Write(body) // the reader is gone if it fails
}

func errorJSON(e *domain.Error, requestID string) (body []byte, ok bool) {
	ops.WithBuffer(func(b *bytes.Buffer) {
		b.WriteString(`{"success":false,"error":`)
		ok = ops.Encode(b, ops.ErrorOf(e, requestID)) == nil
		b.WriteByte('}')
		body = bytes.Clone(b.Bytes())
	})
	return body, ok
}

// Fail writes the response of any error and logs what must not leave the server.
func (g *Gate) Fail(w http.ResponseWriter, operation string, err error) {
	e := domain.AsError(err)
	id := RequestID(w)
	g.LogError(context.Background(), id, operation, e)
	WriteError(w, id, e)
}

// LogError logs an error of the server's own; the caller's are none of the log's.
func (g *Gate) LogError(ctx context.Context, requestID, operation string, e *domain.Error) {
	if e.Code.Status() < http.StatusInternalServerError {
		return
	}
	level := slog.LevelError
	if e.Code == domain.CodeUnavailable || errors.Is(e, context.Canceled) {
		level = slog.LevelWarn
	}
	g.Log.Log(ctx, level, "request failed", "request_id", requestID, "operation", operation, "error", e.Error())
}

// Recover turns a panic of the handler that defers it into SERVER_ERROR.
// [http.ErrAbortHandler] panics on.
func (g *Gate) Recover(w http.ResponseWriter, operation string) {
	p := recover()
	if p == nil {
		return
	}
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(p)
	}
	id := RequestID(w)
	g.Log.Error("panic", "request_id", id, "operation", operation, "panic", p, "stack", string(debug.Stack()))
	WriteError(w, id, domain.ServerError())
}
