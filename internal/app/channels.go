package app

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/extension/bluesky"
	"vellocity/internal/extension/ghost"
	"vellocity/internal/extension/mastodon"
	"vellocity/internal/extension/webhook"
	"vellocity/internal/extension/wire"
	"vellocity/internal/extension/wordpress"
	"vellocity/internal/outbound"
)

// channelKinds lists the kinds of channels: a line each.
func channelKinds() []wire.Kind {
	return []wire.Kind{
		wordpress.Kind(),
		ghost.Kind(),
		bluesky.Kind(),
		mastodon.Kind(),
		webhook.Kind(),
	}
}

// channelTimeout bounds one request to a channel.
const channelTimeout = 30 * time.Second

// channelClient returns the HTTP client for the address of a channel: it reaches public
// addresses, and what the operator allows besides. The error says in words what is wrong
// with the address.
func (a *App) channelClient(ctx context.Context, address string) (*http.Client, error) {
	refused := func(why string) error {
		return domain.Errorf(domain.CodeValidation, "The address %s. It must be as https://example.com", why)
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil, refused("is not a URL")
	}
	policy := outbound.Policy{Allow: a.channelNetworks(), Timeout: channelTimeout, MaxBody: 4 << 20}
	if u.Port() != "" {
		port, err := strconv.ParseUint(u.Port(), 10, 16)
		if err != nil {
			return nil, refused("has a port that is no number")
		}
		policy.Ports = []uint16{uint16(port)}
	}
	// Without encryption a secret may travel inside the networks that the operator allows,
	// and nowhere else.
	policy.HTTP = a.insideNetworks(ctx, u.Hostname())
	if err := policy.CheckURL(ctx, address); err != nil {
		return nil, domain.Errorf(domain.CodeValidation, "T%s. Private networks are the operator's to allow, with "+
			"channel-networks", strings.TrimPrefix(err.Error(), "t"))
	}
	return policy.Client(), nil
}

func (a *App) channelNetworks() (list []netip.Prefix) {
	for _, text := range a.cfg.ChannelNetworks {
		if p, err := netip.ParsePrefix(text); err == nil {
			list = append(list, p)
		} else if ip, err := netip.ParseAddr(text); err == nil {
			list = append(list, netip.PrefixFrom(ip, ip.BitLen()))
		}
	}
	return list
}

// insideNetworks reports whether all that a host resolves to is in the networks that the
// operator allows.
func (a *App) insideNetworks(ctx context.Context, host string) bool {
	networks := a.channelNetworks()
	if len(networks) == 0 {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, lookupTime)
	defer cancel()
	ips, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil || len(ips) == 0 {
		return false
	}
	for _, ip := range ips {
		inside := false
		for _, n := range networks {
			inside = inside || n.Contains(ip.Unmap())
		}
		if !inside {
			return false
		}
	}
	return true
}
