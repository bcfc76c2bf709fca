package app

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/ai/anthropic"
	"vellocity/internal/ai/openai"
	"vellocity/internal/ai/wire"
	"vellocity/internal/auth"
	"vellocity/internal/config"
	"vellocity/internal/domain"
	"vellocity/internal/outbound"
	"vellocity/internal/store"
)

// kinds lists the kinds of providers: a line each.
func kinds() []wire.Kind {
	return []wire.Kind{
		openai.Kind(),
		anthropic.Kind(),
	}
}

// ProviderKinds lists the kinds of providers as options and commands show them.
func ProviderKinds() []config.ProviderKind {
	var list []config.ProviderKind
	for _, k := range kinds() {
		kind := config.ProviderKind{Name: k.Name, Label: k.Label, Serves: k.Serves, Usual: k.Usual}
		for _, w := range k.Wires {
			kind.Wires = append(kind.Wires, config.Wire{Name: w.Name, Label: w.Label})
		}
		list = append(list, kind)
	}
	return list
}

func keyVariables() (names []string) {
	for _, k := range ProviderKinds() {
		names = append(names, k.KeyVariable())
	}
	return names
}

// provider is one configured text provider.
type provider struct {
	name, kind, baseURL, model, source string
	key                                domain.Secret
}

// connected keeps the connection of each provider while nothing about it changes: how
// many calls may run at once, the circuit breaker, and what was learned about its
// models belong to the connection.
type connected struct {
	mu   sync.Mutex
	kept map[provider]ai.Connection
}

// useProviders reads what is configured, by environment and in the database, and
// puts it to use. What the environment names comes first.
func (a *App) useProviders(ctx context.Context) error {
	list, err := a.configured(ctx)
	if err != nil {
		return err
	}
	a.connected.mu.Lock()
	defer a.connected.mu.Unlock()
	kept := map[provider]ai.Connection{}
	var connections []ai.Connection
	for _, p := range list {
		c, ok := a.connected.kept[p]
		if !ok {
			if c, err = a.connection(ctx, p); err != nil {
				return fmt.Errorf("set up the provider %s: %w", p.name, err)
			}
		}
		kept[p] = c
		connections = append(connections, c)
	}
	a.connected.kept = kept
	a.providers.Use(connections)
	return nil
}

func (a *App) configured(ctx context.Context) ([]provider, error) {
	if a.cfg.Provider == config.Composer {
		return nil, nil
	}
	list := a.fromEnvironment()
	stored, err := a.Store.Read().Providers(ctx, 0)
	if err != nil {
		return nil, err
	}
	for _, s := range stored {
		p := provider{name: s.Name, kind: s.Kind, baseURL: s.BaseURL, model: s.Model, source: "stored"}
		if s.Sealed != "" {
			if p.key, err = a.vault.Open(auth.ProviderPlace(0, s.Name), s.Sealed); err != nil {
				return nil, err
			}
		}
		if !named(list, p.name) {
			list = append(list, p)
		}
	}
	return list, nil
}

func named(list []provider, name string) bool {
	return slices.ContainsFunc(list, func(p provider) bool { return p.name == name })
}

func (a *App) fromEnvironment() []provider {
	var list []provider
	for _, p := range a.cfg.Providers {
		if p.Configured() {
			list = append(list, provider{name: p.Kind, kind: p.Kind, baseURL: addressOf(p.Kind, p.BaseURL, p.Wire),
				source: "environment", key: p.Key})
		}
	}
	// The chosen provider is the default, which is the first.
	slices.SortStableFunc(list, func(p, q provider) int {
		return cmp.Compare(rank(p.name == a.cfg.Provider), rank(q.name == a.cfg.Provider))
	})
	if len(list) > 0 {
		list[0].model = a.cfg.Model // the model that is set is the default provider's
	}
	return list
}

// addressOf returns the address of a provider of a kind, which says which protocol is
// spoken where one was chosen.
func addressOf(kind, base, protocol string) string {
	i := slices.IndexFunc(kinds(), func(k wire.Kind) bool { return k.Name == kind })
	if i < 0 {
		return base
	}
	return kinds()[i].Address(base, protocol)
}

func rank(chosen bool) int {
	if chosen {
		return 0
	}
	return 1
}

// connection makes the provider's client.
func (a *App) connection(ctx context.Context, p provider) (ai.Connection, error) {
	i := slices.IndexFunc(kinds(), func(k wire.Kind) bool { return k.Name == p.kind })
	if i < 0 {
		return ai.Connection{}, fmt.Errorf("there is no provider of the kind %q", p.kind)
	}
	kind := kinds()[i]
	p.model = cmp.Or(p.model, a.prices.DefaultModel(p.kind))
	client, err := kind.New(wire.Config{
		Name:    p.name,
		BaseURL: p.baseURL,
		Key:     p.key.Reveal(),
		Model:   p.model,
		Client:  a.client(p, cmp.Or(p.baseURL, kind.BaseURL)),
	})
	if err != nil {
		return ai.Connection{}, err
	}
	caller := ai.NewCaller(ai.Options{
		Provider: client,
		Model:    p.model,
		Prices:   a.prices,
		Local:    near(ctx, p.baseURL),
		Parallel: a.cfg.ProviderConcurrency,
	})
	return ai.Connection{
		Origin:  domain.Origin{Kind: domain.OriginModel, Provider: p.name, Model: p.model, AI: true},
		Caller:  caller,
		Kind:    p.kind,
		BaseURL: p.baseURL,
		Source:  p.source,
	}, nil
}

// client returns the HTTP client for a provider's calls; nil is the usual one. A
// stored address that is public stays public, whatever its name resolves to later;
// one that the operator gave as private, such as a model server in the same
// network, is reached as it is, and so is one behind the operator's proxy, which
// resolves the name itself.
func (a *App) client(p provider, address string) *http.Client {
	if p.source != "stored" || local(address) || proxied(address) {
		return nil
	}
	policy := outbound.Policy{}
	if u, err := url.Parse(address); err == nil && u.Port() != "" {
		if port, err := strconv.ParseUint(u.Port(), 10, 16); err == nil {
			policy.Ports = []uint16{uint16(port)}
		}
	}
	return policy.Client()
}

// proxied reports whether the environment names a proxy for an address.
func proxied(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: u})
	return err == nil && proxy != nil
}

// lookupTime is how long the address of a provider may take to be found.
const lookupTime = 2 * time.Second

// near reports whether a model server is on this machine or its network, where the
// first word may take long: its address is, all that its name resolves to are, or the
// name has no meaning elsewhere, as in a compose file.
func near(ctx context.Context, base string) bool {
	u, err := url.Parse(base)
	if err != nil || base == "" {
		return false
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if _, err := netip.ParseAddr(host); err == nil {
		return local(base)
	}
	inner := func(suffix string) bool { return strings.HasSuffix(host, suffix) }
	if !strings.Contains(host, ".") || slices.ContainsFunc(innerNames, inner) {
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, lookupTime)
	defer cancel()
	addresses, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	return err == nil && len(addresses) > 0 && !slices.ContainsFunc(addresses, func(ip netip.Addr) bool {
		return !private(ip)
	})
}

// innerNames end names that only a local network knows.
var innerNames = []string{".local", ".localhost", ".internal", ".lan", ".home.arpa"}

func private(ip netip.Addr) bool {
	ip = ip.Unmap()
	return ip.IsLoopback() || ip.IsPrivate()
}

// local reports whether an address says itself that it is on this machine or its
// network. A name that only resolves to such an address does not: what it resolves to
// may change.
func local(base string) bool {
	u, err := url.Parse(base)
	if err != nil || base == "" {
		return false
	}
	if u.Hostname() == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err == nil && private(ip)
}

// connect stores a provider of the installation and puts it to use.
func (a *App) connect(ctx context.Context, p provider) error {
	if _, err := a.connection(ctx, p); err != nil {
		return err
	}
	row := store.Provider{Name: p.name, Kind: p.kind, BaseURL: p.baseURL, Model: p.model}
	if p.key != "" {
		row.Sealed = a.vault.Seal(auth.ProviderPlace(0, p.name), p.key)
	}
	err := a.Store.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.SaveProvider(ctx, row)
		return err
	})
	if err != nil {
		return err
	}
	return a.useProviders(ctx)
}

// disconnect forgets a stored provider.
func (a *App) disconnect(ctx context.Context, name string) error {
	if err := a.Store.InTx(ctx, func(tx *store.Tx) error { return tx.DeleteProvider(ctx, 0, name) }); err != nil {
		return err
	}
	return a.useProviders(ctx)
}
