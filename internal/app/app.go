// Package app builds every part of Vellocity from the configuration and runs
// them. It is the only package that knows all others, and it holds the explicit
// lists: capabilities.go, providers.go, jobs.go.
package app

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"vellocity/internal/ai"
	"vellocity/internal/ai/external"
	"vellocity/internal/auth"
	"vellocity/internal/awssync"
	"vellocity/internal/config"
	"vellocity/internal/engine"
	"vellocity/internal/execution"
	"vellocity/internal/extension/mail"
	"vellocity/internal/files"
	"vellocity/internal/gate"
	"vellocity/internal/imaging"
	"vellocity/internal/live"
	"vellocity/internal/notify"
	"vellocity/internal/publishing"
	"vellocity/internal/queue"
	"vellocity/internal/store"
	"vellocity/internal/web"
	"vellocity/internal/webhook"
)

// Version is the program's version, set when it is built.
var Version = "dev" //nolint:gochecknoglobals // the linker sets it

// App is the whole program, built and not yet running.
type App struct {
	cfg *config.Config
	log *slog.Logger

	Store     *store.Store
	Engine    engine.Engine
	Handler   http.Handler
	control   http.Handler // what the operator reaches
	vault     *auth.Vault
	prices    *ai.PriceTable
	hub       *live.Hub
	queue     *queue.Queue
	runner    *execution.Runner
	notifier  *notify.Notifier
	publisher *publishing.Publisher
	webhooks  *webhook.Sender
	syncer    *awssync.Syncer
	maker     *imaging.Maker
	files     files.Store
	mail      *mail.Sender // nil: no mail server is configured
	providers *ai.Providers
	agents    *external.Agents
	connected connected // the clients behind them
	keys      *auth.Keys
	limiter   *auth.Limiter
	sessions  *auth.Sessions
	edge      auth.Edge
	gate      *gate.Gate
	load      *gate.Load
	probe     *probe
	settled   atomic.Bool // the first workspace exists
	// connections bounds those of the public address.
	connections *gate.Connections
	site        *web.Site
	metrics     *metrics
	// endTraces sends the last spans; nil where none are sent.
	endTraces func(context.Context) error

	stopping atomic.Bool
	base     atomic.Pointer[string] // the public address, known once it listens
	local    atomic.Pointer[string] // the address on this machine
	started  bool
	stop     context.CancelFunc
	// background holds the tasks from Start to Stop; its context ends when one fails.
	background    *errgroup.Group
	backgroundCtx context.Context
}

// alive says whether this node may take on work. A program that only enqueues,
// such as a command beside no server, may.
func (a *App) alive() error {
	if !a.started {
		return nil
	}
	return a.queue.Alive()
}
