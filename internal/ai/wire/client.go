package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/ai"
)

// NewClient returns an HTTP client for model providers: it connects within 10 s,
// keeps connections for reuse, and sets no time limit to the answer itself,
// which is [ai.Caller]'s business. Its buffers are small, since a thousand answers
// may be waited for at once. It uses the proxy that HTTPS_PROXY, HTTP_PROXY and
// NO_PROXY name; they are read once, at the first call.
func NewClient() *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Client{Transport: &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           dialer.DialContext,
		ForceAttemptHTTP2:     true,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		IdleConnTimeout:       90 * time.Second,
		MaxIdleConnsPerHost:   256,
		ReadBufferSize:        1 << 10,
		WriteBufferSize:       1 << 10,
	}}
}

// careful returns a copy of client that follows no redirect: a redirect could take
// the key elsewhere.
func careful(client *http.Client) *http.Client {
	if client == nil {
		client = NewClient()
	}
	c := *client
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}

// demandStream turns every answer that is not a stream into an *answerError.
func demandStream(resp *http.Response) (*http.Response, error) {
	media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if resp.StatusCode == http.StatusOK && media == "text/event-stream" {
		return resp, nil
	}
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxError)) // a part of it is enough: only words are looked for
	_ = resp.Body.Close()
	return nil, refuse(resp, media, body)
}

// answerError is an answer that is not a stream.
type answerError struct {
	fault   ai.Fault
	instead string // what came with status 200 in place of a stream
}

func (e *answerError) Error() string {
	return fmt.Sprintf("answered with status %d", e.fault.Status)
}

func refuse(resp *http.Response, media string, body []byte) error {
	fault := ReadFault(body)
	fault.Status = resp.StatusCode
	fault.RetryAfter = retryAfter(resp.Header, time.Now())
	e := &answerError{fault: fault}
	if resp.StatusCode == http.StatusOK && fault.Message == "" {
		e.instead = "something that is not a stream"
		if media == "text/html" {
			e.instead = "a web page"
		}
	}
	return e
}

// ReadFault reads the body of an error answer or the data of an error event, in
// the shapes that are in use: {"error":{…}}, {"error":"…"}, {"detail":"…"} and
// the bare object. Anything else gives an empty Fault.
func ReadFault(body []byte) ai.Fault {
	var outer map[string]json.RawMessage
	if json.Unmarshal(body, &outer) != nil {
		return ai.Fault{}
	}
	inner := outer
	if raw, ok := outer["error"]; ok {
		inner = map[string]json.RawMessage{"message": raw}
		_ = json.Unmarshal(raw, &inner) // a plain string stays the message
	} else if raw, ok := outer["detail"]; ok {
		inner = map[string]json.RawMessage{"message": raw}
	}
	return ai.Fault{
		Code:    strings.TrimSpace(plain(inner["code"]) + " " + plain(inner["type"])),
		Message: plain(inner["message"]),
		Param:   plain(inner["param"]),
	}
}

// plain returns a JSON string's text, and any other value but null as it is written.
func plain(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// retryAfter reads Retry-After-Ms, then Retry-After in seconds or as a date (RFC
// 9110, section 10.2.3). An invalid value counts as absent; more than a day counts
// as a day.
func retryAfter(h http.Header, now time.Time) time.Duration {
	if ms, ok := number(h.Get("Retry-After-Ms")); ok {
		return bounded(ms * float64(time.Millisecond))
	}
	value := h.Get("Retry-After")
	if s, ok := number(value); ok {
		return bounded(s * float64(time.Second))
	}
	if at, err := http.ParseTime(value); err == nil {
		return bounded(float64(at.Sub(now)))
	}
	return 0
}

// number reads a number; one that is too large to hold is infinite.
func number(s string) (float64, bool) {
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil || errors.Is(err, strconv.ErrRange)
}

func bounded(d float64) time.Duration {
	if math.IsNaN(d) || d < 0 {
		return 0
	}
	return time.Duration(min(d, float64(maxWaiting)))
}
