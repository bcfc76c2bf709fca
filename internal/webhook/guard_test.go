package webhook_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/outbound"
	"vellocity/internal/webhook"
)

// resolver resolves every name to addresses in turn, and to the last one from then on.
func resolver(t *testing.T, addresses ...string) *net.Resolver {
	t.Helper()
	conn, err := (&net.ListenConfig{}).ListenPacket(t.Context(), "udp4", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	var asked atomic.Int64
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil {
				continue
			}
			m.Response, m.Additionals = true, nil
			if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
				ip := netip.MustParseAddr(addresses[min(int(asked.Add(1)), len(addresses))-1])
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
					Body:   &dnsmessage.AResource{A: ip.As4()},
				}}
			}
			if reply, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(reply, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp4", conn.LocalAddr().String())
	}}
}

// A name that was public when the webhook was saved, and when its client was made, and leads to this
// machine when the request is sent, is not reached; the log says why.
func TestANameThatChangesReachesNothing(t *testing.T) {
	enginetest.Each(t, enginetest.Config{}, func(ek *enginetest.Kit) {
		k := &kit{ek, nil}
		r := newReceiver(k.T)
		u, err := url.Parse(r.URL)
		must(k.T, err)
		port, err := strconv.ParseUint(u.Port(), 10, 16)
		must(k.T, err)
		policy := outbound.Policy{
			HTTP: true, Ports: []uint16{uint16(port)}, Resolver: resolver(k.T, "93.184.216.34", "127.0.0.1"),
		}
		sender := webhook.New(webhook.Options{
			Store: k.Store, Vault: k.Vault, Node: "n1", Log: slog.New(slog.DiscardHandler),
			Client: func(ctx context.Context, address string) (*http.Client, error) {
				if err := policy.CheckURL(ctx, address); err != nil {
					return nil, domain.Errorf(domain.CodeValidation, "%s", err)
				}
				return policy.Client(), nil
			},
		})
		w := k.hook("http://rebind.example.com:"+u.Port(), completed).Webhook
		d, err := k.Account.TestWebhook(k.Ctx(), account.TestWebhook{ID: w.ID})
		must(k.T, err)
		ctx, cancel := context.WithCancel(context.Background())
		var run sync.WaitGroup
		run.Go(func() { sender.Run(ctx) })
		defer run.Wait()
		defer cancel()
		d = k.attempts(w.ID, d.ID, 1)
		if len(r.requests()) > 0 || !strings.Contains(d.Attempts[0].Error, "private or reserved network") {
			k.T.Errorf("%d requests, %+v", len(r.requests()), d.Attempts)
		}
	})
}
