package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"vellocity/internal/domain"
)

// idempotencyKey reads the header, bare or quoted, at most 255 characters.
func idempotencyKey(r *http.Request) (string, error) {
	values := r.Header.Values("Idempotency-Key")
	if len(values) == 0 {
		return "", nil
	}
	key := strings.TrimSpace(values[0])
	if len(key) >= 2 && key[0] == '"' && key[len(key)-1] == '"' {
		key = key[1 : len(key)-1]
	}
	bad := len(values) > 1 || key == "" || len(key) > 255
	for _, c := range []byte(key) {
		bad = bad || c < 0x20 || c > 0x7e
	}
	if bad {
		e := domain.Errorf(domain.CodeValidation, "The Idempotency-Key header must be 1 to 255 visible ASCII characters")
		e.Fields = map[string][]string{"Idempotency-Key": {e.Message}}
		return "", e
	}
	return key, nil
}

// claimed returns a context with the call's claim, if it makes one.
func (a *API) claimed(ctx context.Context, o *Op, r *http.Request, raw []byte, in any) (context.Context, error) {
	if !o.Claims {
		return ctx, nil
	}
	key, err := idempotencyKey(r)
	if err != nil || key == "" {
		return ctx, err
	}
	sum := sha256.Sum256(append([]byte(r.URL.RawQuery+"\n"), raw...))
	return domain.WithClaim(ctx, domain.Claim{
		Scope:       r.Method + " " + r.URL.Path,
		Key:         key,
		Fingerprint: hex.EncodeToString(sum[:]),
		Render:      func(result any) (domain.StoredAnswer, error) { return o.stored(in, result) },
	}), nil
}

// stored renders the answer to keep: as the caller sees it now, save for secrets
// that are shown once.
func (o *Op) stored(in, result any) (domain.StoredAnswer, error) {
	if id, ok := result.(int64); ok && o.open != nil {
		return domain.StoredAnswer{Status: http.StatusOK, MessageID: id}, nil
	}
	if o.hide != nil {
		result = o.hide(result)
	}
	var reply Reply
	data := o.view(&reply, result)
	var b bytes.Buffer
	if err := o.envelope(&b, data, o.metaOf(in, &reply)); err != nil {
		return domain.StoredAnswer{}, err
	}
	headers := map[string]string{}
	if reply.Location != "" {
		headers["Location"] = reply.Location
	}
	if o.Tags {
		headers["Etag"] = etag(reply.Revision, b.Bytes())
	}
	return domain.StoredAnswer{Status: o.Status, Headers: headers, Body: b.Bytes()}, nil
}

// replay answers with what was stored.
func replay(w http.ResponseWriter, a domain.StoredAnswer) {
	h := w.Header()
	for name, value := range a.Headers {
		h.Set(name, value)
	}
	h.Set("Idempotent-Replayed", "true")
	h["Content-Type"] = jsonType
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body) // the reader is gone if it fails
}
