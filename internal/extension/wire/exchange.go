package wire

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/outbound"
)

// Request is one HTTP request with a JSON body, or with none.
type Request struct {
	Method string
	URL    string
	Header http.Header
	Body   any // written as JSON; []byte is sent as it is; nil: none
}

// Response is what came back.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// OK reports whether the request was carried out.
func (r Response) OK() bool { return r.Status >= 200 && r.Status < 300 }

// Decode reads a JSON body. The fault says that something else came back.
func (r Response) Decode(into any) error {
	if err := json.Unmarshal(r.Body, into); err != nil {
		return Faultf(Settings, "The address answers, but not as expected (HTTP %d, %s). Check that it is right.",
			r.Status, firstOf(r.Header.Get("Content-Type"), "no content type"))
	}
	return nil
}

// mostBody bounds what is read of a response, in bytes.
const mostBody = 4 << 20

// Do carries out a request. The error is a fault; a status that is no success is none.
func Do(ctx context.Context, c *http.Client, in Request) (Response, error) {
	body, ok := in.Body.([]byte)
	if !ok && in.Body != nil {
		var err error
		if body, err = json.Marshal(in.Body); err != nil {
			return Response{}, fmt.Errorf("write a request: %w", err)
		}
	}
	r, err := http.NewRequestWithContext(ctx, in.Method, in.URL, bytes.NewReader(body))
	if err != nil {
		return Response{}, Faultf(Settings, "The address is not a URL.")
	}
	if in.Header != nil {
		r.Header = in.Header.Clone()
	}
	if in.Body != nil && r.Header.Get("Content-Type") == "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "Vellocity")
	res, err := c.Do(r)
	if err != nil {
		return Response{}, Unreachable(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, mostBody))
	if err != nil {
		return Response{}, Unreachable(err)
	}
	return Response{res.StatusCode, res.Header, text}, nil
}

// Unreachable returns the fault that says why no answer came, without the address: it may hold a secret.
func Unreachable(err error) error {
	var full *url.Error
	if errors.As(err, &full) {
		err = full.Err
	}
	var dns *net.DNSError
	var op *net.OpError
	switch {
	case errors.Is(err, outbound.ErrRefused):
		return Faultf(Settings, "Vellocity does not connect there: %v. The operator can allow a private network "+
			"with channel-networks.", err)
	case errors.As(err, &dns) && dns.IsNotFound:
		return Faultf(Again, "There is no host with that name: %s.", dns.Name)
	case errors.Is(err, context.DeadlineExceeded):
		return Faultf(Again, "It did not answer in time.")
	case errors.As(err, &op) && op.Err != nil:
		return Faultf(Again, "It cannot be reached: %v.", op.Err)
	}
	return Faultf(Again, "It cannot be reached: %v.", err)
}

// Refusal makes the fault of a response that is no success. said is the channel's own words;
// empty where it has none.
func Refusal(r Response, said string) *Fault {
	said = strings.Join(strings.Fields(said), " ")
	if said == "" {
		said = http.StatusText(r.Status)
	}
	said = fmt.Sprintf("%s (HTTP %d)", strings.TrimSuffix(clip(said, 300), "."), r.Status)
	switch {
	case r.Status >= 300 && r.Status < 400:
		return Faultf(Settings, "The address redirects to %s. Enter that address.",
			firstOf(clip(r.Header.Get("Location"), 200), "another one"))
	case r.Status == http.StatusUnauthorized, r.Status == http.StatusForbidden:
		return Faultf(Settings, "Access was refused: %s.", said)
	case r.Status == http.StatusNotFound, r.Status == http.StatusMethodNotAllowed:
		return Faultf(Settings, "Nothing that can be published to is at this address: %s.", said)
	case r.Status == http.StatusRequestTimeout, r.Status == http.StatusTooEarly,
		r.Status == http.StatusTooManyRequests, r.Status >= 500:
		f := Faultf(Again, "It failed there: %s.", said)
		f.After = retryAfter(r.Header.Get("Retry-After"))
		return f
	}
	return Faultf(Refused, "The post was refused: %s.", said)
}

// longestAfter is the longest pause that a channel may ask for.
const longestAfter = 6 * time.Hour

// retryAfter reads a number of seconds (RFC 9110, section 10.2.3); a date is not worth the
// trust in two clocks.
func retryAfter(text string) time.Duration {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < 0 {
		return 0
	}
	return min(time.Duration(n)*time.Second, longestAfter)
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}
