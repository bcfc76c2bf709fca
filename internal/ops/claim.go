package ops

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"vellocity/internal/domain"
)

// longestKey is the longest Idempotency-Key, in characters.
const longestKey = 255

// Claim returns a context with the claim of the request's Idempotency-Key, if the row
// accepts one and the request has one. The raw body is part of the claim's fingerprint.
func (o *Op) Claim(ctx context.Context, c *Call, r *http.Request, raw []byte) (context.Context, error) {
	if !o.IdempotencyKey {
		return ctx, nil
	}
	key, err := idempotencyKey(r)
	if err != nil || key == "" {
		return ctx, err
	}
	sum := sha256.Sum256(append([]byte(r.URL.RawQuery+"\n"), raw...))
	return c.WithClaim(ctx, domain.Claim{
		Scope:       r.Method + " " + r.URL.Path,
		Key:         key,
		Fingerprint: hex.EncodeToString(sum[:]),
	}), nil
}

// idempotencyKey reads the header, bare or quoted; empty where there is none.
func idempotencyKey(r *http.Request) (string, error) {
	values := r.Header.Values("Idempotency-Key")
	if len(values) == 0 {
		return "", nil
	}
	key := strings.TrimSpace(values[0])
	if len(key) >= 2 && key[0] == '"' && key[len(key)-1] == '"' {
		key = key[1 : len(key)-1]
	}
	bad := len(values) > 1 || key == "" || len(key) > longestKey
	for _, c := range []byte(key) {
		bad = bad || c < 0x20 || c > 0x7e
	}
	if bad {
		var p domain.Problems
		p.Add("Idempotency-Key", "The Idempotency-Key header must be 1 to %d visible ASCII characters", longestKey)
		return "", p.Err()
	}
	return key, nil
}

// stored renders the answer to keep.
func (o *Op) stored(a Answer) (domain.StoredAnswer, error) {
	var b bytes.Buffer
	if err := o.Envelope(&b, a); err != nil {
		return domain.StoredAnswer{}, err
	}
	headers := map[string]string{}
	if a.Location != "" {
		headers["Location"] = a.Location
	}
	if o.ETag {
		headers["Etag"] = Tag(a.Revision, b.Bytes())
	}
	return domain.StoredAnswer{Status: o.Status, Headers: headers, Body: b.Bytes(), Began: a.Began}, nil
}
