package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/ai/external"
	"vellocity/internal/auth"
	"vellocity/internal/awssync"
	"vellocity/internal/config"
	"vellocity/internal/engine"
	"vellocity/internal/engine/content"
	"vellocity/internal/execution"
	"vellocity/internal/extension/aws"
	"vellocity/internal/extension/mail"
	"vellocity/internal/live"
	"vellocity/internal/notify"
	"vellocity/internal/publishing"
	"vellocity/internal/queue"
	"vellocity/internal/search"
	"vellocity/internal/store"
	"vellocity/internal/template"
	"vellocity/internal/webhook"
)

// New opens the database, brings its schema up to date, and builds every part.
func New(ctx context.Context, cfg *config.Config, log *slog.Logger) (*App, error) {
	a := &App{cfg: cfg, log: log}
	empty := ""
	a.base.Store(&empty)
	a.local.Store(&empty)
	if err := a.open(ctx); err != nil {
		return nil, err
	}
	if err := a.build(ctx); err != nil {
		return nil, errors.Join(err, a.Store.Close())
	}
	return a, nil
}

func (a *App) open(ctx context.Context) (err error) {
	if err := os.MkdirAll(a.cfg.Data, 0o700); err != nil {
		return fmt.Errorf("make the data directory: %w", err)
	}
	a.warnOfOthers()
	a.Store, err = store.Open(ctx, store.Options{Dir: a.cfg.Data, URL: a.cfg.Database.Reveal(), Log: a.log})
	if err != nil {
		return err
	}
	if a.Store.Small() {
		if err := a.Store.Check(ctx, false); err != nil {
			return errors.Join(err, a.Store.Close())
		}
	}
	if err := a.Migrate(ctx); err != nil {
		return errors.Join(err, a.Store.Close())
	}
	return nil
}

// warnOfOthers warns where other users of this machine can change what is in the data
// directory, or read a file with secrets in it. The server's own files are its user's alone;
// one that was restored from a backup may not be. Windows has no such modes.
func (a *App) warnOfOthers() {
	if runtime.GOOS == "windows" {
		return
	}
	if info, err := os.Stat(a.cfg.Data); err == nil && info.Mode().Perm()&0o022 != 0 {
		a.log.Warn("other users of this machine can change what is in the data directory, such as the master key; "+
			"run chmod 700 on it", "data", a.cfg.Data, "mode", info.Mode().Perm().String())
	}
	files, _ := os.ReadDir(a.cfg.Data) // what cannot be read fails below, with more to say
	for _, f := range files {
		if info, err := f.Info(); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o006 != 0 {
			a.log.Warn("other users of this machine can read or change a file in the data directory; "+
				"run chmod 600 on it", "file", filepath.Join(a.cfg.Data, f.Name()), "mode", info.Mode().Perm().String())
		}
	}
}

// check looks through a database that is too large to be looked through before the
// start. Damage stops the server: on a damaged file it would lose more.
func (a *App) check(ctx context.Context) error {
	if a.Store.Small() {
		return nil
	}
	if err := a.Store.Check(ctx, false); err != nil && ctx.Err() == nil {
		return err
	}
	return nil
}

// watchDisk stops the server when the disk could not write a commit through.
func (a *App) watchDisk(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-a.Store.Failed():
		return fmt.Errorf("the disk did not write what it was given, so the server stops. Look at the disk, "+
			"then start the server again; nothing that was acknowledged is lost: %w", err)
	}
}

// Migrate brings the schema up to date, River's included.
func (a *App) Migrate(ctx context.Context) error {
	if err := a.Store.Migrate(ctx); err != nil {
		return err
	}
	return queue.Migrate(ctx, a.Store.DB())
}

func (a *App) build(ctx context.Context) (err error) {
	if err := a.traces(ctx); err != nil {
		return err
	}
	if a.edge, err = auth.NewEdge(a.cfg.TrustedProxies); err != nil {
		return fmt.Errorf("trusted-proxies: %w", err)
	}
	master, beside, err := auth.MasterKey(a.cfg.MasterKey, a.cfg.Data)
	if err != nil {
		return err
	}
	if beside && a.Store.Postgres() {
		a.log.Info("the master key lies in the data directory; give every node the same one with VELLOCITY_MASTER_KEY")
	}
	if a.vault, err = auth.NewVault(master); err != nil {
		return err
	}
	if _, err := a.vault.Unlock(ctx, a.Store); err != nil {
		return err
	}
	if err := a.text(ctx); err != nil {
		return err
	}
	a.keys = auth.NewKeys(a.Store, a.log)
	a.limiter = auth.NewLimiter(a.Store, a.log, !a.cfg.RateLimits)
	a.sessions = auth.NewSessions(a.Store, a.log)
	if err := a.keepFiles(ctx); err != nil {
		return err
	}
	if err := a.work(); err != nil {
		return err
	}
	return a.doors()
}

// text builds what writes: the composer, and the providers that are configured.
func (a *App) text(ctx context.Context) error {
	if err := a.loadPrices(); err != nil {
		return err
	}
	a.providers = new(ai.Providers)
	a.agents = external.New(external.Options{
		Vault:    a.vault,
		Client:   a.channelClient,
		Parallel: a.cfg.ProviderConcurrency,
	})
	a.providers.UseExternal(a.agents.Caller)
	return a.useProviders(ctx)
}

func (a *App) loadPrices() (err error) {
	var override []byte
	if a.cfg.PricesFile != "" {
		if override, err = os.ReadFile(a.cfg.PricesFile); err != nil {
			return fmt.Errorf("read the price file: %w", err)
		}
	}
	a.prices, err = ai.LoadPrices(override)
	return err
}

func (a *App) work() (err error) {
	a.hub = live.New(a.Store, a.log)
	capabilities := Capabilities()
	a.runner = execution.New(execution.Options{
		Store:        a.Store,
		Search:       search.New(a.Store),
		Providers:    a.providers,
		Capabilities: capabilities,
		Log:          a.log,
		Render:       content.Render,
		Slots:        a.cfg.MaxTickets,
		Pending:      maxPending,
	})
	if err := a.notifications(); err != nil {
		return err
	}
	a.images()
	a.syncer = awssync.New(awssync.Options{
		Store: a.Store, Vault: a.vault, Client: aws.New(aws.Options{Endpoint: a.cfg.AWSEndpoint}),
	})
	a.publisher = publishing.New(publishing.Options{
		Store:    a.Store,
		Vault:    a.vault,
		Kinds:    channelKinds(),
		Client:   a.channelClient,
		Render:   content.RenderText,
		ImageURL: content.ImageURL(a.cfg.PlannedURL()),
		Files:    a.files,
		Log:      a.log,
	})
	node, err := a.nodeID()
	if err != nil {
		return err
	}
	a.webhooks = webhook.New(webhook.Options{
		Store: a.Store, Vault: a.vault, Client: a.channelClient, Node: node, Log: a.log,
	})
	a.probe = &probe{write: func(ctx context.Context) error { return a.Store.Probe(ctx, node) }, now: time.Now}
	a.queue, err = queue.New(queue.Options{
		DB:       a.Store.DB(),
		Dir:      a.cfg.Data,
		NodeID:   node,
		Handlers: a.handlers(),
		Workers:  a.workers(),
		Grace:    stepGrace,
		Log:      a.log,
	})
	if err != nil {
		return err
	}
	a.runner.UseQueue(a.queue)
	a.runner.Images = a.maker
	a.notifier.UseQueue(a.queue)
	a.publisher.UseQueue(a.queue)
	a.maker.UseQueue(a.queue)
	a.syncer.UseQueue(a.queue)
	a.Engine, err = engine.New(engine.Options{
		Store:        a.Store,
		Runner:       a.runner,
		Hub:          a.hub,
		Keys:         a.keys,
		Vault:        a.vault,
		Email:        a.mail != nil,
		Providers:    a.providers,
		Publisher:    a.publisher,
		Webhooks:     a.webhooks,
		Agents:       a.agents,
		Syncer:       a.syncer,
		Maker:        a.maker,
		Files:        a.files,
		Fetch:        a.channelClient,
		KeyVariables: keyVariables(),
		Capabilities: capabilities,
		Templates:    template.Builtin(),
		PublicURL:    a.cfg.PlannedURL(),
		Alive:        a.alive,
		Log:          a.log,
	})
	return err
}

// notifications builds what notifies people, with the mail server where there is one.
func (a *App) notifications() (err error) {
	if c := a.cfg.SMTP; c.Host != "" {
		a.mail, err = mail.New(mail.Config{
			Host:       c.Host,
			Port:       c.Port,
			User:       c.User,
			Password:   c.Password,
			From:       c.From,
			Encryption: c.TLS,
		})
		if err != nil {
			return fmt.Errorf("smtp-from: %w", err)
		}
		if a.cfg.BaseURL == "" {
			a.log.Info("e-mails are sent without links; set base-url to the address at which people reach this server")
		}
	}
	a.notifier = notify.New(notify.Options{
		Store:     a.Store,
		Mail:      a.mail,
		PublicURL: a.cfg.BaseURL,
		Token:     a.vault.UnsubscribeToken,
		Log:       a.log,
	})
	return nil
}

// maxPending is how many runs of one workspace may wait before more are refused.
const maxPending = 100_000

// nodeID returns the node's name: set, or made once and kept in the data
// directory, so that a node takes back its own work after a crash.
func (a *App) nodeID() (string, error) {
	if a.cfg.NodeID != "" {
		return a.cfg.NodeID, nil
	}
	file := filepath.Join(a.cfg.Data, "node-id")
	if text, err := os.ReadFile(file); err == nil && strings.TrimSpace(string(text)) != "" {
		return strings.TrimSpace(string(text)), nil
	}
	id := rand.Text()
	if err := os.WriteFile(file, []byte(id+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("keep the node's id: %w", err)
	}
	return id, nil
}
