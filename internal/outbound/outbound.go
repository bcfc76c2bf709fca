// Package outbound creates HTTP clients for addresses that someone else chose: a
// webhook's URL, the endpoint of a provider that a workspace stored. They reach public
// addresses only, whatever the name resolves to and wherever the response redirects, so
// that nobody can use this server to reach its own network.
//
// The check that counts happens on the resolved address when connecting;
// [Policy.CheckURL] only gives early feedback, when an address is saved.
package outbound

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"code.dny.dev/ssrf"
)

// ErrRefused means that an address is not allowed. The error that wraps it gives the
// reason in words for people.
var ErrRefused = errors.New("the address is not allowed")

// Policy says what may be reached. The zero value allows https to port 443 of
// public addresses.
type Policy struct {
	// Allow lists networks that are allowed although they are not public: the
	// operator's decision, never a workspace's.
	Allow []netip.Prefix
	// Deny lists other networks, such as this server's own public address.
	Deny []netip.Prefix
	// Ports that may be reached; empty means 443, and 80 with HTTP.
	Ports []uint16
	// HTTP allows addresses without encryption.
	HTTP bool
	// Timeout limits a complete exchange, including the body; 0 leaves it to the
	// request's context, as streams need.
	Timeout time.Duration
	// MaxBody limits what is read of a response body, in bytes; 0 is no limit. Reading
	// a longer one ends with an error.
	MaxBody int64
	// Resolver resolves names; nil means the system's.
	Resolver *net.Resolver
}

func (p Policy) ports() []uint16 {
	if len(p.Ports) > 0 {
		return p.Ports
	}
	if p.HTTP {
		return []uint16{80, 443}
	}
	return []uint16{443}
}

func (p Policy) guardian() *ssrf.Guardian {
	v4, v6 := split(p.Allow)
	no4, no6 := split(p.Deny)
	return ssrf.New(ssrf.WithPorts(p.ports()...), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...),
		ssrf.WithDeniedV4Prefixes(no4...), ssrf.WithDeniedV6Prefixes(no6...))
}

func split(all []netip.Prefix) (v4, v6 []netip.Prefix) {
	for _, p := range all {
		if p.Addr().Is4() {
			v4 = append(v4, p)
		} else {
			v6 = append(v6, p)
		}
	}
	return v4, v6
}

// Client returns a client that enforces the policy. It follows no redirect (the 3xx is
// the response), and uses no proxy from the environment.
func (p Policy) Client() *http.Client {
	dialer := &net.Dialer{
		Timeout:   10 * time.Second,
		KeepAlive: 30 * time.Second,
		Control:   p.guardian().Safe,
		Resolver:  p.Resolver,
	}
	transport := &http.Transport{
		DialContext:           dialer.DialContext,
		ForceAttemptHTTP2:     true,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
		IdleConnTimeout:       90 * time.Second,
		MaxIdleConns:          100,
		MaxIdleConnsPerHost:   16,
		// No response that we want has a larger header.
		MaxResponseHeaderBytes: 64 << 10,
	}
	return &http.Client{
		Transport:     guarded{next: transport, policy: p},
		Timeout:       p.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// guarded checks each request's URL and limits each response's body.
type guarded struct {
	next   http.RoundTripper
	policy Policy
}

// RoundTrip implements [http.RoundTripper].
func (g guarded) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := g.policy.check(r.URL); err != nil {
		return nil, err
	}
	res, err := g.next.RoundTrip(r)
	if err != nil {
		return nil, explain(err)
	}
	if g.policy.MaxBody > 0 {
		res.Body = &bounded{ReadCloser: res.Body, left: g.policy.MaxBody}
	}
	return res, nil
}

func explain(err error) error {
	switch {
	case errors.Is(err, ssrf.ErrProhibitedIP), errors.Is(err, ssrf.ErrProhibitedNetwork):
		return fmt.Errorf("%w: it leads to a private or reserved network (%w)", ErrRefused, err)
	case errors.Is(err, ssrf.ErrProhibitedPort):
		return fmt.Errorf("%w: the port is not allowed (%w)", ErrRefused, err)
	}
	return err
}

// errTooLong ends the reading of a response that is over the limit.
var errTooLong = errors.New("the response is too long")

type bounded struct {
	io.ReadCloser
	left int64
}

// Read implements [io.Reader].
func (b *bounded) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, errTooLong
	}
	// One byte more than allowed distinguishes a body that just fits from a longer one.
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left+1)])
	b.left -= int64(n)
	if b.left < 0 {
		return n - 1, errTooLong
	}
	return n, err
}

// CheckURL reports whether the policy could allow raw, when it is saved: it checks the
// text and what its name resolves to now. A name that cannot be resolved at the moment
// passes; the check when connecting decides.
func (p Policy) CheckURL(ctx context.Context, raw string) error {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return fmt.Errorf("%w: it is not a URL", ErrRefused)
	}
	if err := p.check(u); err != nil {
		return err
	}
	return p.checkResolved(ctx, u)
}

func (p Policy) check(u *url.URL) error {
	if u.Scheme != "https" && (!p.HTTP || u.Scheme != "http") {
		return fmt.Errorf("%w: it must start with https://", ErrRefused)
	}
	if u.User != nil {
		return fmt.Errorf("%w: it must not contain a user name or password", ErrRefused)
	}
	port := portOf(u)
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || !slices.Contains(p.ports(), uint16(n)) {
		return fmt.Errorf("%w: the port %s is not allowed", ErrRefused, port)
	}
	return p.checkHost(strings.ToLower(strings.TrimSuffix(u.Hostname(), ".")), port)
}

func portOf(u *url.URL) string {
	if port := u.Port(); port != "" {
		return port
	}
	if u.Scheme == "http" {
		return "80"
	}
	return "443"
}

func (p Policy) checkHost(host, port string) error {
	if ip, err := netip.ParseAddr(host); err == nil {
		return p.checkIP(ip, port)
	}
	switch {
	case host == "":
		return fmt.Errorf("%w: it has no host", ErrRefused)
	case host == "localhost" || strings.HasSuffix(host, ".localhost"):
		if p.checkIP(netip.AddrFrom4([4]byte{127, 0, 0, 1}), port) != nil {
			return fmt.Errorf("%w: it is this machine", ErrRefused)
		}
	case !plainName(host):
		return fmt.Errorf("%w: write the host in plain ASCII (xn--… for other alphabets)", ErrRefused)
	case endsInNumber(host):
		// 2130706433, 0x7f.1 and 127.1 are numbers to some resolvers.
		return fmt.Errorf("%w: write the IP address in its usual form", ErrRefused)
	}
	return nil
}

func plainName(host string) bool {
	for i := range len(host) {
		c := host[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '.' && c != '_' {
			return false
		}
	}
	return true
}

// endsInNumber follows the URL standard's "ends in a number checker".
func endsInNumber(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	if hex, ok := strings.CutPrefix(last, "0x"); ok {
		return strings.Trim(hex, "0123456789abcdef") == ""
	}
	return last != "" && strings.Trim(last, "0123456789") == ""
}

func (p Policy) checkResolved(ctx context.Context, u *url.URL) error {
	resolver := p.Resolver
	if resolver == nil {
		resolver = net.DefaultResolver
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	ips, err := resolver.LookupNetIP(ctx, "ip", u.Hostname())
	if err != nil {
		return nil // the name may resolve later; the connection is checked again
	}
	for _, ip := range ips {
		if err := p.checkIP(ip, portOf(u)); err != nil {
			return err
		}
	}
	return nil
}

func (p Policy) checkIP(ip netip.Addr, port string) error {
	network := "tcp6"
	if ip = ip.Unmap(); ip.Is4() {
		network = "tcp4"
	}
	if err := p.guardian().Safe(network, net.JoinHostPort(ip.String(), port), nil); err != nil {
		return explain(err)
	}
	return nil
}
