package rest

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/gate"
	"vellocity/internal/ops"
	"vellocity/internal/sse"
)

// Headers of responses. The slices are shared: never append to them.
var (
	jsonType    = []string{"application/json; charset=utf-8"}
	noStore     = []string{"no-store"}
	revalidate  = []string{"private, no-cache"}
	keep        = []string{"private, max-age=31536000, immutable"}
	byAuthority = []string{"Authorization, Accept"}
)

// exchange is one request for an operation and its response.
type exchange struct {
	*Server
	op *ops.Op
	w  http.ResponseWriter
	r  *http.Request
}

// serve responds to one request for an operation.
func (s *Server) serve(o *ops.Op, w http.ResponseWriter, r *http.Request) {
	gate.Prepare(w, r)
	defer s.gate.Recover(w, o.Name)
	ctx := r.Context()
	if !o.Public() {
		var actor domain.Actor
		var err error
		if ctx, actor, err = s.gate.Admit(w, r); err == nil {
			err = actor.Require(o.Scope)
		}
		if err != nil {
			s.gate.Fail(w, o.Name, err)
			return
		}
	}
	if h := o.Handler(); h != nil {
		err := ops.RefuseBody(w, r)
		if err == nil && !o.Root { // readers of feeds and health checks add parameters of their own
			err = o.CheckQuery(r)
		}
		if err != nil {
			s.gate.Fail(w, o.Name, err)
			return
		}
		h(w, r.WithContext(ctx))
		return
	}
	if lasts(o, r) {
		var release func()
		ctx, release = s.gate.Hold(ctx, r, o.Scope)
		defer release()
	}
	x := exchange{s, o, w, r}
	if err := x.run(ctx); err != nil {
		if ended := gate.Ended(ctx); ended != nil {
			err = ended
		}
		s.gate.Fail(w, o.Name, err)
	}
}

// lasts reports whether a response may take long, so that the caller may lose the right
// to it meanwhile.
func lasts(o *ops.Op, r *http.Request) bool {
	_, waits := o.PreferenceApplied(r)
	return waits || o.Stream != nil
}

// run calls the verb and responds. An error means that nothing was sent yet.
func (x exchange) run(ctx context.Context) error {
	call, raw, err := x.op.DecodeRequest(x.w, x.r)
	if err != nil {
		return err
	}
	if ctx, err = x.op.Claim(ctx, call, x.r, raw); err != nil {
		return err
	}
	result, err := call.Do(ctx)
	var before *domain.Replayed
	switch {
	case errors.As(err, &before):
		x.replay(before.Answer)
		return nil
	case err != nil:
		return err
	case result.Replayed:
		x.w.Header().Set("Idempotent-Replayed", "true")
	}
	if x.op.WantsStream(x.r) {
		return x.stream(ctx, result)
	}
	answer, err := result.Answer(ctx)
	if err != nil {
		return err
	}
	if err := gate.Ended(ctx); err != nil {
		return err
	}
	return x.answer(answer)
}

func (x exchange) answer(a ops.Answer) (err error) {
	x.headers(a)
	switch {
	case a.Empty:
		x.w.WriteHeader(http.StatusNoContent)
		return nil
	case a.File != nil && a.File.Data != nil:
		x.file(*a.File)
		return nil
	case a.File != nil:
		h := x.w.Header()
		h.Set("Content-Disposition", `attachment; filename="`+a.File.Name+`"`)
		gate.SendTagged(x.w, x.r, a.File.MediaType, []byte(a.File.Text))
		return nil
	}
	ops.WithBuffer(func(b *bytes.Buffer) {
		if err = x.op.Envelope(b, a); err != nil {
			return
		}
		if m, ok := a.Meta.(ops.PageMeta); ok {
			x.w.Header()["Link"] = []string{ops.PageLinks(x.r.URL, m)}
		}
		x.body(a.Revision, b.Bytes())
	})
	return err
}

// file sends a file that is no text, or a part of it (RFC 9110, section 14), or 304 to a caller
// that has it already. Whatever it is, a browser takes it for nothing else.
func (x exchange) file(f ops.File) {
	h := x.w.Header()
	h["Content-Type"] = []string{f.MediaType}
	h["Etag"] = []string{strconv.Quote(f.Tag)}
	h["Cache-Control"] = keep
	h.Set("Content-Disposition", `inline; filename="`+f.Name+`"`)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	http.ServeContent(x.w, x.r, "", time.Time{}, bytes.NewReader(f.Data))
}

// body sends the JSON, or 304 to a caller that has it already.
func (x exchange) body(revision string, body []byte) {
	h := x.w.Header()
	if x.op.ETag {
		tag := ops.Tag(revision, body)
		h["Etag"] = []string{tag}
		if match := x.r.Header.Get("If-None-Match"); match != "" && x.op.ReadOnly && ops.Fresh(match, tag) {
			x.w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	h["Content-Type"] = jsonType
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	x.w.WriteHeader(x.op.Status)
	_, _ = x.w.Write(body) // the reader is gone if it fails
}

func (x exchange) headers(a ops.Answer) {
	h := x.w.Header()
	h["Cache-Control"] = revalidate
	if !x.op.ReadOnly {
		h["Cache-Control"] = noStore
	}
	h["Vary"] = byAuthority
	if a.Location != "" {
		h["Location"] = []string{a.Location}
	}
	for name, value := range a.Headers {
		h.Set(name, value)
	}
	if applied, ok := x.op.PreferenceApplied(x.r); ok {
		h.Set("Preference-Applied", applied)
	}
}

// replay sends the stored answer of an earlier call.
func (x exchange) replay(a domain.StoredAnswer) {
	h := x.w.Header()
	for name, value := range a.Headers {
		h.Set(name, value)
	}
	h.Set("Idempotent-Replayed", "true")
	h["Content-Type"] = jsonType
	x.w.WriteHeader(a.Status)
	_, _ = x.w.Write(a.Body) // the reader is gone if it fails
}

// stream sends the events as they come. A failure between them is sent as an event
// before the end, since the status has been sent already.
func (x exchange) stream(ctx context.Context, result ops.Result) error {
	stream, err := result.Events(ctx)
	if err != nil {
		return err
	}
	for name, value := range stream.Headers {
		x.w.Header().Set(name, value)
	}
	out := sse.Start(x.r.Context(), x.w, x.Server.stream)
	defer out.Close()
	if x.r.Method == http.MethodHead {
		return nil
	}
	for event, err := range stream.Events {
		if errors.Is(err, domain.ErrInterrupted) {
			out.Break()
			panic(http.ErrAbortHandler) // the connection ends without the stream's end
		}
		if err != nil {
			if ctx.Err() == nil {
				x.failed(ctx, out, err)
			}
			break
		}
		if out.Send(event) != nil {
			return nil // the reader is gone
		}
	}
	if err := gate.Ended(ctx); err != nil {
		x.failed(ctx, out, err)
	}
	return nil
}

// failed sends the error that ends a stream.
func (x exchange) failed(ctx context.Context, out *sse.Writer, err error) {
	e := domain.AsError(err)
	id := gate.RequestID(x.w)
	x.gate.LogError(ctx, id, x.op.Name, e)
	event, err := ops.Event("", "error", ops.ErrorOf(&domain.Error{Code: e.Code, Message: e.Message}, id))
	if err == nil {
		_ = out.Send(event) // the reader is gone if it fails
	}
}
