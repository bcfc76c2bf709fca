package image

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/textproto"
	"net/url"

	"vellocity/internal/ai"
	"vellocity/internal/domain"
)

// Exchange makes HTTP exchanges with the API of one provider.
type Exchange struct {
	Provider string // what messages call it
	HTTP     *http.Client
	Key      domain.Secret // removed from everything that is shown
}

// Response is what came back.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// OK reports whether the request was carried out.
func (r Response) OK() bool { return r.Status >= 200 && r.Status < 300 }

// mostBody bounds a response, in bytes: a few pictures in base64.
const mostBody = 64 << 20

// Body is what is sent.
type Body struct {
	Type string // of the media
	Data []byte
}

// JSON returns a body in JSON.
func JSON(v any) (Body, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return Body{}, fmt.Errorf("write a request: %w", err)
	}
	return Body{Type: "application/json", Data: data}, nil
}

// Form is the body of a multipart request (RFC 7578), built field by field.
type Form struct {
	text bytes.Buffer
	w    *multipart.Writer
	err  error
}

// NewForm returns an empty form.
func NewForm() *Form {
	f := &Form{}
	f.w = multipart.NewWriter(&f.text)
	return f
}

// Set adds a field; an empty value adds nothing.
func (f *Form) Set(name, value string) {
	if value != "" && f.err == nil {
		f.err = f.w.WriteField(name, value)
	}
}

// File adds a picture.
func (f *Form) File(name string, p Picture) {
	if f.err != nil {
		return
	}
	h := textproto.MIMEHeader{}
	h.Set("Content-Disposition", fmt.Sprintf(`form-data; name="%s"; filename="picture.%s"`, name, p.Format))
	h.Set("Content-Type", p.Format.MediaType())
	part, err := f.w.CreatePart(h)
	if err == nil {
		_, err = part.Write(p.Data)
	}
	f.err = err
}

// Body ends the form.
func (f *Form) Body() (Body, error) {
	if err := errors.Join(f.err, f.w.Close()); err != nil {
		return Body{}, fmt.Errorf("write a form: %w", err)
	}
	return Body{Type: f.w.FormDataContentType(), Data: f.text.Bytes()}, nil
}

// Post sends a body. A status that is no success is no error.
func (x Exchange) Post(ctx context.Context, address string, h http.Header, b Body) (Response, error) {
	r, err := x.do(ctx, http.MethodPost, address, h, b)
	if f := asFailure(err); f != nil && f.cause != nil {
		f.Again = AgainSubmit
		// Where no connection came about nothing was carried out.
		f.Unclear = !neverSent(f.cause)
	}
	return r, err
}

// Get reads, which may be done again as often as needed.
func (x Exchange) Get(ctx context.Context, address string, h http.Header) (Response, error) {
	r, err := x.do(ctx, http.MethodGet, address, h, Body{})
	if f := asFailure(err); f != nil && f.cause != nil {
		f.Again = AgainPoll
	}
	return r, err
}

func (x Exchange) do(ctx context.Context, method, address string, h http.Header, b Body) (Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(b.Data))
	if err != nil {
		return Response{}, x.Failed(ai.KindRequest, AgainNever, ": its address is not a URL")
	}
	for name, values := range h {
		r.Header[name] = values
	}
	if b.Type != "" {
		r.Header.Set("Content-Type", b.Type)
	}
	if r.Header.Get("Accept") == "" {
		r.Header.Set("Accept", "application/json")
	}
	r.Header.Set("User-Agent", "Vellocity")
	res, err := x.HTTP.Do(r)
	if err != nil {
		return Response{}, x.unreachable(ctx, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, mostBody+1))
	if err != nil {
		return Response{}, x.unreachable(ctx, err)
	}
	if len(text) > mostBody {
		return Response{}, x.Failed(ai.KindAnswer, AgainNever, ": it is longer than 64 MB")
	}
	return Response{res.StatusCode, res.Header, text}, nil
}

// unreachable is the failure where no answer came. The address stays out of it: it may be
// signed.
func (x Exchange) unreachable(ctx context.Context, err error) error {
	if ended(ctx) && errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	var full *url.Error
	if errors.As(err, &full) {
		err = full.Err
	}
	f := x.Failed(ai.KindTransient, AgainNever, "")
	if errors.Is(err, context.DeadlineExceeded) {
		f = x.Failed(ai.KindTimeout, AgainNever, "")
	}
	f.cause = err
	return f
}

// neverSent reports whether a request has certainly not arrived.
func neverSent(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}

// Decode reads a JSON body.
func (x Exchange) Decode(r Response, into any) error {
	if err := json.Unmarshal(r.Body, into); err != nil {
		return x.Failed(ai.KindAnswer, AgainSubmit, fmt.Sprintf(" (HTTP %d): it is not what its API sends", r.Status))
	}
	return nil
}
