package external

import (
	"context"
	"errors"
	"io"
	"net/http"

	"vellocity/internal/ai"
	"vellocity/internal/domain"
	"vellocity/internal/outbound"
)

// mostBody bounds what is read of an agent's response, in bytes.
const mostBody = 1 << 20

// guarded reaches only what the operator allows, and reads at most mostBody of a response.
// Whether an address may be reached is asked on each call: what a name leads to changes.
type guarded struct {
	agent  string // as messages call it
	client func(ctx context.Context, address string) (*http.Client, error)
}

// RoundTrip implements [http.RoundTripper].
func (g guarded) RoundTrip(r *http.Request) (*http.Response, error) {
	c, err := g.client(r.Context(), r.URL.String())
	if err != nil {
		if r.Context().Err() != nil {
			return nil, r.Context().Err()
		}
		return nil, fault(ai.KindRequest, 0, "%s cannot be called. %s", g.agent, sentence(domain.AsError(err).Message))
	}
	r = r.Clone(r.Context())
	r.Close = true // the client is this call's own, and so is its connection
	transport := c.Transport
	if transport == nil {
		transport = http.DefaultTransport
	}
	resp, err := transport.RoundTrip(r)
	switch {
	case errors.Is(err, outbound.ErrRefused):
		return nil, fault(ai.KindRequest, 0, "%s cannot be called: its address leads to a network or port that is not "+
			"allowed. The operator allows networks with channel-networks.", g.agent)
	case err != nil:
		return nil, err
	}
	resp.Body = &bounded{ReadCloser: resp.Body, left: mostBody, agent: g.agent}
	return resp, nil
}

// bounded ends a response that is too long.
type bounded struct {
	io.ReadCloser
	left  int
	agent string
}

// Read implements [io.Reader].
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, fault(ai.KindAnswer, http.StatusOK, "%s sent more than %d MiB. Make it answer with the text alone.",
			b.agent, mostBody>>20)
	}
	return n, err
}
