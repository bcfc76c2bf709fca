package wire

import (
	"net"
	"net/http"
	"time"
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
