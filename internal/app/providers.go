package app

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"

	"vellocity/internal/ai"
	"vellocity/internal/ai/anthropic"
	"vellocity/internal/ai/openai"
	"vellocity/internal/ai/wire"
	"vellocity/internal/auth"
	"vellocity/internal/domain"
	"vellocity/internal/outbound"
	"vellocity/internal/store"
)

// provider is one configured text provider.
type provider struct {
	name, kind, baseURL, model, source string
	key                                domain.Secret
}

// useProviders reads what is configured, by environment and in the database, and
// puts it to use. What the environment names comes first.
func (a *App) useProviders(ctx context.Context) error {
	list, err := a.configured(ctx)
	if err != nil {
		return err
	}
	var models []ai.Connection
	for _, p := range list {
		w, err := a.writer(p)
		if err != nil {
			return fmt.Errorf("set up the provider %s: %w", p.name, err)
		}
		models = append(models, w)
	}
	a.providers.Use(models)
	return nil
}

func (a *App) configured(ctx context.Context) ([]provider, error) {
	if a.cfg.Provider == "composer" {
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
	for _, p := range list {
		if p.name == name {
			return true
		}
	}
	return false
}

func (a *App) fromEnvironment() []provider {
	var list []provider
	if a.cfg.OpenAIKey != "" || a.cfg.OpenAIBaseURL != "" {
		list = append(list, provider{"openai", "openai", a.cfg.OpenAIBaseURL, "", "environment", a.cfg.OpenAIKey})
	}
	if a.cfg.AnthropicKey != "" || a.cfg.AnthropicBaseURL != "" {
		list = append(list, provider{"anthropic", "anthropic", a.cfg.AnthropicBaseURL, "", "environment", a.cfg.AnthropicKey})
	}
	if a.cfg.Provider == "anthropic" && len(list) == 2 {
		list[0], list[1] = list[1], list[0]
	}
	if len(list) > 0 {
		list[0].model = a.cfg.Model // the model that is set is the default provider's
	}
	return list
}

// writer makes the provider's client: a line per kind.
func (a *App) writer(p provider) (ai.Connection, error) {
	if p.model == "" {
		p.model = a.prices.DefaultModel(p.kind)
	}
	var client ai.Provider
	var err error
	way := a.way(p)
	switch p.kind {
	case "openai":
		client, err = openai.New(wire.Config{Name: p.name, BaseURL: p.baseURL, Key: p.key.Reveal(), Model: p.model, Client: way})
	case "anthropic":
		client, err = anthropic.New(wire.Config{Name: p.name, BaseURL: p.baseURL, Key: p.key.Reveal(), Model: p.model, Client: way})
	default:
		return ai.Connection{}, fmt.Errorf("there is no provider of the kind %q", p.kind)
	}
	if err != nil {
		return ai.Connection{}, err
	}
	caller := ai.NewCaller(ai.Options{Provider: client, Model: p.model, Prices: a.prices, Local: local(p.baseURL), Parallel: a.cfg.ProviderConcurrency})
	return ai.Connection{Origin: domain.Origin{Kind: domain.OriginModel, Provider: p.name, Model: p.model, AI: true}, Caller: caller,
		Kind: p.kind, BaseURL: p.baseURL, Source: p.source}, nil
}

// way is the client for a provider's calls; nil is the usual one. A stored address
// that is public stays public, whatever its name resolves to later; one that the
// operator gave as private, such as a model server in the same network, is
// reached as it is.
func (a *App) way(p provider) *http.Client {
	if p.source != "stored" || local(p.baseURL) {
		return nil
	}
	policy := outbound.Policy{}
	if u, err := url.Parse(p.baseURL); err == nil && u.Port() != "" {
		if port, err := strconv.ParseUint(u.Port(), 10, 16); err == nil {
			policy.Ports = []uint16{uint16(port)}
		}
	}
	return policy.Client()
}

// local reports whether a model server is on this machine or its network, where
// the first word may take long.
func local(base string) bool {
	u, err := url.Parse(base)
	if err != nil || base == "" {
		return false
	}
	if u.Hostname() == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err == nil && (ip.IsLoopback() || ip.IsPrivate())
}

// connect stores a provider of the installation and puts it to use.
func (a *App) connect(ctx context.Context, p provider) error {
	if _, err := a.writer(p); err != nil {
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
