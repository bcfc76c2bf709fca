package auth

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Edge knows the proxies in front of the server: only their forwarded headers count.
// The zero value trusts no proxy.
type Edge struct{ trusted []netip.Prefix }

// NewEdge parses the addresses and CIDR blocks of the trusted proxies.
func NewEdge(proxies []string) (Edge, error) {
	var e Edge
	for _, text := range proxies {
		p, err := ParsePrefix(text)
		if err != nil {
			return e, fmt.Errorf("trusted proxy: %w", err)
		}
		e.trusted = append(e.trusted, p)
	}
	return e, nil
}

// ClientIP returns the caller's address. remoteAddr is the peer's host:port;
// forwardedFor are the values of X-Forwarded-For in the order they came, each of
// which may be a list. They count only when the peer is a trusted proxy, and only
// back to the first hop that is not, so that a caller cannot choose its address.
func (e Edge) ClientIP(remoteAddr string, forwardedFor []string) netip.Addr {
	ip := peer(remoteAddr)
	hops := strings.Split(strings.Join(forwardedFor, ","), ",")
	for i := len(hops) - 1; i >= 0 && e.trusts(ip); i-- {
		hop, ok := parseHop(hops[i])
		if !ok {
			return ip
		}
		ip = hop
	}
	return ip
}

// passed are the headers with which proxies say that they passed a request on.
var passed = []string{
	"Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Cf-Connecting-Ip",
}

// Undeclared reports whether a request seems to come through a proxy that the operator
// did not declare as trusted: its address is then the proxy's, which may be this machine's,
// wherever the caller is. A proxy shows in its headers, or in a host that is not this
// machine's although the address is.
func (e Edge) Undeclared(r *http.Request) bool {
	ip := peer(r.RemoteAddr)
	if e.trusts(ip) {
		return false
	}
	for _, name := range passed {
		if r.Header.Get(name) != "" {
			return true
		}
	}
	return ip.IsLoopback() && !thisMachine(r.Host)
}

// thisMachine reports whether a request's host is a name that always means the machine
// itself (RFC 6761, section 6.3).
func thisMachine(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	if ip, err := netip.ParseAddr(host); err == nil {
		return ip.IsLoopback()
	}
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// Secure reports whether the caller's connection is encrypted: to us, or to a
// trusted proxy that says so in X-Forwarded-Proto.
func (e Edge) Secure(tls bool, remoteAddr, forwardedProto string) bool {
	return tls || e.trusts(peer(remoteAddr)) && strings.EqualFold(strings.TrimSpace(forwardedProto), "https")
}

func (e Edge) trusts(ip netip.Addr) bool {
	for _, p := range e.trusted {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// peer parses host:port. An address that is not one (a Unix socket's) becomes the
// zero address, which is never trusted.
func peer(remoteAddr string) netip.Addr {
	ap, err := netip.ParseAddrPort(remoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr().Unmap().WithZone("")
}

func parseHop(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	if ap, err := netip.ParseAddrPort(text); err == nil {
		return ap.Addr().Unmap().WithZone(""), true
	}
	ip, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		return netip.Addr{}, false
	}
	return ip.Unmap().WithZone(""), true
}
