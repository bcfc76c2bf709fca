package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"

	"vellocity/internal/ai"
	"vellocity/internal/auth"
	"vellocity/internal/config"
	"vellocity/internal/store"
)

// Writer returns what a server with this configuration writes with by default: the
// provider of the environment, one that was connected, or the composer. It starts
// nothing, and reads the installation of the data directory or database only where
// the environment names no provider.
func Writer(ctx context.Context, cfg *config.Config, log *slog.Logger) (ai.Connection, error) {
	a := &App{cfg: cfg, log: log}
	if err := a.loadPrices(); err != nil {
		return ai.Connection{}, err
	}
	if cfg.Provider == config.Composer {
		return new(ai.Providers).Default(), nil
	}
	list := a.fromEnvironment()
	if len(list) == 0 {
		var err error
		if list, err = a.connectedBefore(ctx); err != nil {
			return ai.Connection{}, err
		}
	}
	if len(list) == 0 {
		return new(ai.Providers).Default(), nil
	}
	return a.connection(ctx, list[0])
}

// connectedBefore returns the providers that were connected in the installation; none
// where there is no installation.
func (a *App) connectedBefore(ctx context.Context) (list []provider, err error) {
	if _, err := os.Stat(filepath.Join(a.cfg.Data, "vellocity.db")); err != nil && a.cfg.Database == "" {
		return nil, nil
	}
	a.Store, err = store.Open(ctx, store.Options{Dir: a.cfg.Data, URL: a.cfg.Database.Reveal(), Log: a.log})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Store.Close()) }()
	stored, err := a.Store.Read().Providers(ctx, 0)
	if err != nil || len(stored) == 0 {
		return nil, err
	}
	master, _, err := auth.MasterKey(a.cfg.MasterKey, a.cfg.Data)
	if err != nil {
		return nil, err
	}
	if a.vault, err = auth.NewVault(master); err != nil {
		return nil, err
	}
	if _, err := a.vault.Unlock(ctx, a.Store); err != nil {
		return nil, err
	}
	return a.configured(ctx)
}
