package api

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/sse"
)

// Headers that every answer has. They are shared: never append to them.
var (
	nosniff     = []string{"nosniff"}
	noReferrer  = []string{"no-referrer"}
	noContent   = []string{"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"}
	noFeatures  = []string{"camera=(), geolocation=(), microphone=()"}
	sameOrigin  = []string{"same-origin"}
	twoYears    = []string{"max-age=63072000"}
	noStore     = []string{"no-store"}
	revalidate  = []string{"private, no-cache"}
	byAuthority = []string{"Authorization, Accept"}
)

// call is one request on its way through.
type call struct {
	api *API
	op  *Op
	id  string // X-Request-Id
}

// prepare sets the headers of every answer and returns the request's id.
func prepare(w http.ResponseWriter, r *http.Request) string {
	h := w.Header()
	h["X-Content-Type-Options"] = nosniff
	h["Referrer-Policy"] = noReferrer
	h["Content-Security-Policy"] = noContent
	h["Permissions-Policy"] = noFeatures
	h["Cross-Origin-Opener-Policy"] = sameOrigin
	if r.TLS != nil {
		h["Strict-Transport-Security"] = twoYears
	}
	id := r.Header.Get("X-Request-Id")
	if !sane(id) {
		id = rand.Text()
	}
	h["X-Request-Id"] = []string{id}
	return id
}

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

// bearer returns the key of the Authorization header; a header that is not one
// bearer key is none.
func bearer(r *http.Request) string {
	values := r.Header["Authorization"]
	if len(values) != 1 {
		return ""
	}
	scheme, key, _ := strings.Cut(values[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(key)
}

func remote(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	return ip.Unmap()
}

// admit authenticates the caller, counts the call and sets the limits' headers.
func (a *API) admit(w http.ResponseWriter, r *http.Request) (context.Context, domain.Actor, error) {
	actor, err := a.opts.Authenticate(r.Context(), bearer(r), a.opts.ClientIP(r))
	if err != nil {
		return nil, actor, err
	}
	ctx := domain.WithActor(r.Context(), actor)
	if a.opts.Take != nil {
		now := a.opts.Now()
		quota := a.opts.Take(ctx, actor.WorkspaceID)
		quota.tell(w.Header(), now)
		if err := quota.err(now); err != nil {
			return nil, actor, err
		}
	}
	return ctx, actor, nil
}

// serve answers one request for an operation.
func (a *API) serve(o *Op, w http.ResponseWriter, r *http.Request) {
	c := &call{api: a, op: o, id: prepare(w, r)}
	defer c.recover(w)
	if o.raw != nil && o.Public() {
		o.raw(w, r)
		return
	}
	ctx := r.Context()
	if !o.Public() {
		var actor domain.Actor
		var err error
		if ctx, actor, err = a.admit(w, r); err == nil {
			err = actor.Require(o.Scope)
		}
		if err != nil {
			c.fail(w, err)
			return
		}
	}
	if o.raw != nil {
		o.raw(w, r.WithContext(ctx))
		return
	}
	in, raw, err := o.decode(w, r)
	if err == nil {
		ctx, err = a.claimed(ctx, o, r, raw, in)
	}
	if err != nil {
		c.fail(w, err)
		return
	}
	c.run(ctx, w, r, in)
}

// run calls the verb and answers with its result.
func (c *call) run(ctx context.Context, w http.ResponseWriter, r *http.Request, in any) {
	result, err := c.op.do(ctx, in)
	var before *domain.Replayed
	switch {
	case errors.As(err, &before) && c.op.open != nil:
		w.Header().Set("Idempotent-Replayed", "true")
		result = written{ID: before.Answer.MessageID, Own: true}
	case errors.As(err, &before):
		replay(w, before.Answer)
		return
	case err != nil:
		c.fail(w, err)
		return
	}
	if c.op.open != nil && wantsStream(r, c.op) {
		c.stream(ctx, w, r, in, result)
		return
	}
	if c.op.open != nil {
		if result, err = c.op.settle(ctx, result); err != nil {
			c.fail(w, err)
			return
		}
	}
	c.answer(w, r, in, result)
}

func (c *call) answer(w http.ResponseWriter, r *http.Request, in, result any) {
	reply := Reply{}
	data := c.op.view(&reply, result)
	c.headers(w, r, &reply)
	switch data := data.(type) {
	case none:
		w.WriteHeader(http.StatusNoContent)
		return
	case File:
		c.file(w, r, data)
		return
	}
	b := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(b)
	b.Reset()
	meta := c.op.metaOf(in, &reply)
	if err := c.op.envelope(b, data, meta); err != nil {
		c.fail(w, err)
		return
	}
	if m, ok := meta.(PageMeta); ok {
		w.Header()["Link"] = []string{links(r.URL, m)}
	}
	c.body(w, r, &reply, b.Bytes())
}

// body sends the JSON, or 304 where the caller has it already.
func (c *call) body(w http.ResponseWriter, r *http.Request, reply *Reply, body []byte) {
	h := w.Header()
	if c.op.Tags {
		tag := etag(reply.Revision, body)
		h["Etag"] = []string{tag}
		if match := r.Header.Get("If-None-Match"); match != "" && c.op.ReadOnly && fresh(match, tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	h["Content-Type"] = jsonType
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(c.op.Status)
	_, _ = w.Write(body) // the reader is gone if it fails
}

func (c *call) headers(w http.ResponseWriter, r *http.Request, reply *Reply) {
	h := w.Header()
	h["Cache-Control"] = revalidate
	if !c.op.ReadOnly {
		h["Cache-Control"] = noStore
	}
	h["Vary"] = byAuthority
	if reply.Location != "" {
		h["Location"] = []string{reply.Location}
	}
	for name, value := range reply.Headers {
		h.Set(name, value)
	}
	if c.op.in.wait >= 0 {
		if n, ok := preferredWait(r.Header.Values("Prefer")); ok {
			h.Set("Preference-Applied", "wait="+strconv.Itoa(n))
		}
	}
}

func (c *call) file(w http.ResponseWriter, r *http.Request, f File) {
	h := w.Header()
	h.Set("Content-Type", f.MediaType)
	h.Set("Content-Disposition", `attachment; filename="`+f.Name+`"`)
	tag := etag("", []byte(f.Text))
	h["Etag"] = []string{tag}
	if match := r.Header.Get("If-None-Match"); match != "" && fresh(match, tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write([]byte(f.Text)) // the reader is gone if it fails
}

// stream sends the result as it comes. A failure is told as an event before the
// end, since the status has long been sent.
func (c *call) stream(ctx context.Context, w http.ResponseWriter, r *http.Request, in, result any) {
	play, err := c.op.open(ctx, in, result)
	if err != nil {
		c.fail(w, err)
		return
	}
	if id, ok := result.(written); ok {
		w.Header().Set("X-Message-Id", number(id.ID))
	}
	s := &stream{Writer: sse.Start(ctx, w, c.api.opts.Stream)}
	defer s.Close()
	if r.Method == http.MethodHead {
		return
	}
	err = play(s)
	if err == nil || s.broken || ctx.Err() != nil {
		return
	}
	e := domain.AsError(err)
	c.log(ctx, e)
	s.tell("", "error", ErrorBody{Code: e.Code, Message: e.Message, RequestID: c.id})
}

// fail answers with the error and logs what must not leave the server.
func (c *call) fail(w http.ResponseWriter, err error) {
	e := domain.AsError(err)
	c.log(context.Background(), e)
	writeError(w, c.id, e)
}

func (c *call) log(ctx context.Context, e *domain.Error) {
	if e.Code.Status() < 500 {
		return
	}
	level := slog.LevelError
	if e.Code == domain.CodeUnavailable || errors.Is(e, context.Canceled) {
		level = slog.LevelWarn
	}
	c.api.opts.Log.Log(ctx, level, "request failed", "request_id", c.id, "operation", c.op.Name, "error", e.Error())
}

// recover turns a panic into an answer; http.ErrAbortHandler goes on its way.
func (c *call) recover(w http.ResponseWriter) {
	p := recover()
	if p == nil {
		return
	}
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(p)
	}
	c.api.opts.Log.Error("panic", "request_id", c.id, "operation", c.op.Name, "panic", p, "stack", string(debug.Stack()))
	writeError(w, c.id, domain.Errorf(domain.CodeServer, "Something went wrong on the server"))
}
