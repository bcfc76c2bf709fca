package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/api/account"
	"vellocity/internal/config"
	"vellocity/internal/domain"
	"vellocity/internal/engine/studio"
	"vellocity/internal/gate"
	"vellocity/internal/ops"
	"vellocity/internal/rest"
	"vellocity/internal/store"
)

// SocketName is the control socket's file in the data directory. Only the
// server's own user may open it, which is what makes its caller the operator.
const SocketName = "vellocity.sock"

func (a *App) socket(ctx context.Context) (net.Listener, error) {
	path := filepath.Join(a.cfg.Data, SocketName)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("remove the old socket: %w", err)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("open the control socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("protect the control socket: %w", err), l.Close())
	}
	return l, nil
}

// Operator serves the operator in this process: for a command that finds no running
// server.
func (a *App) Operator() http.Handler { return a.control }

// controlDoor builds what the operator can reach: the whole API, and the rows that only
// the operator may call.
func (a *App) controlDoor() (http.Handler, error) {
	rows, err := rest.New(rest.Options{
		Table: slices.Concat(account.OperatorRows(a.Engine.Account), a.operatorRows()),
		Gate:  a.gate,
	})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/", a.Handler)
	mux.Handle("/operator/", rows)
	return a.asOperator(mux), nil
}

// asOperator serves requests as the operator, who acts in the workspace that the
// request names, by default in the first.
func (a *App) asOperator(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		actor, err := a.operator(r.Context(), r.Header.Get(WorkspaceHeader))
		if err != nil {
			gate.Prepare(w, r)
			a.gate.Fail(w, "operator", err)
			return
		}
		next.ServeHTTP(w, r.WithContext(domain.WithActor(r.Context(), actor)))
	})
}

// operatorRows are the operator's rows that are about the installation.
func (a *App) operatorRows() []ops.Op {
	row := func(name, path, summary, description string) ops.Op {
		return ops.Op{
			Name:  name,
			Route: ops.Route{Method: http.MethodPost, Path: path, Root: true},
			Scope: domain.ScopeOperator,
			Docs:  ops.Docs{Chapter: account.Operators, Summary: summary, Description: description},
		}
	}
	return []ops.Op{
		ops.New(row("create_sign_in_link", "/operator/sign-in-link", "Create a sign-in link",
			"Creates a link that signs the owner in to the dashboard once."),
			a.signInLink, func(_ *ops.Reply, l Link) Link { return l }, Link{}),
		ops.NewEmpty(row("connect_provider", "/operator/connect", "Connect a text model",
			"Stores a model provider for the whole installation, its key encrypted."), a.connectProvider),
		ops.NewEmpty(row("disconnect_provider", "/operator/disconnect", "Forget a connected text model",
			"Removes a stored model provider."), a.disconnectProvider),
		ops.New(row("get_status", "/operator/status", "Look at the installation",
			"Database, queue, ledger and what writes text; with live, one cheap call to each provider."),
			a.status, func(_ *ops.Reply, s Status) Status { return s }, Status{}),
	}
}

// Link is a one-time sign-in link.
type Link struct {
	Path string `json:"path"`
	URL  string `json:"url"`
}

// SignInLink makes a link that signs the owner in once.
func (a *App) SignInLink(ctx context.Context, workspaceID int64, target string) (Link, error) {
	var token string
	err := a.Store.InTx(ctx, func(tx *store.Tx) error {
		owner, ok, err := tx.Owner(ctx, workspaceID)
		if err != nil {
			return err
		}
		if !ok {
			return domain.Errorf(domain.CodeConflict, "The workspace has no owner")
		}
		token, err = a.sessions.Link(ctx, tx, workspaceID, owner.ID, target)
		return err
	})
	path := "/in?t=" + token
	// It works on this machine only, so it leads there and not to a proxy.
	return Link{Path: path, URL: *a.local.Load() + path}, err
}

type signInLink struct {
	Target string `json:"target,omitempty" doc:"Page to open"`
}

func (a *App) signInLink(ctx context.Context, in signInLink) (Link, error) {
	actor, _ := domain.ActorFrom(ctx)
	return a.SignInLink(ctx, actor.WorkspaceID, in.Target)
}

// Connect is what "connect" sends. The key travels through the operator's own socket
// only.
type Connect struct {
	Name    string `json:"name" limit:"provider" doc:"The provider's name"`
	Kind    string `json:"kind" limit:"provider" doc:"The kind of provider"`
	BaseURL string `json:"base_url,omitempty" limit:"url" doc:"The address of its API, where it is not the usual one"`
	Model   string `json:"model,omitempty" limit:"model" doc:"The model's name"`
	Wire    string `json:"wire,omitempty" limit:"provider" doc:"The protocol to speak, where its kind has several"`
	Key     string `json:"key,omitempty" doc:"Its API key"`
}

func (a *App) connectProvider(ctx context.Context, in Connect) error {
	if err := checkWire(in.Kind, in.Wire); err != nil {
		return err
	}
	return a.connect(ctx, provider{
		name:    in.Name,
		kind:    in.Kind,
		baseURL: addressOf(in.Kind, in.BaseURL, in.Wire),
		model:   in.Model,
		source:  "stored",
		key:     domain.Secret(in.Key),
	})
}

// checkWire returns an error unless a kind of provider speaks a protocol. An empty one is
// the usual one.
func checkWire(kind, protocol string) error {
	var p domain.Problems
	i := slices.IndexFunc(ProviderKinds(), func(k config.ProviderKind) bool { return k.Name == kind })
	switch {
	case protocol == "" || i < 0: // a kind that there is not has its own error
	case len(ProviderKinds()[i].Wires) == 0:
		p.Add("wire", "The wire field must be left out: %s has one protocol", ProviderKinds()[i].Label)
	default:
		if names := ProviderKinds()[i].WireNames(); !slices.Contains(names, protocol) {
			p.NotOneOf("wire", names)
		}
	}
	return p.Err()
}

type disconnect struct {
	Name string `json:"name" limit:"provider" doc:"The provider's name"`
}

func (a *App) disconnectProvider(ctx context.Context, in disconnect) error {
	return a.disconnect(ctx, in.Name)
}

// Whole is the integrity of a database without damage.
const Whole = "is whole"

// Status is what "doctor" looks at.
type Status struct {
	Version   string               `json:"version"`
	Database  string               `json:"database"`
	Queue     string               `json:"queue"`
	Integrity string               `json:"integrity"`
	URL       string               `json:"url"`
	Text      studio.TextStatus    `json:"text"`
	Retiring  []string             `json:"retiring"`
	Detected  []ai.Found           `json:"detected"`
	Live      map[string]LiveCheck `json:"live,omitempty"`
	LedgerSum int                  `json:"ledger_sum"`
	Email     EmailStatus          `json:"email"`
	Files     FileStatus           `json:"files"`
}

// FileStatus says whether files can be stored.
type FileStatus struct {
	Where string `json:"where"`           // a directory or a bucket
	Error string `json:"error,omitempty"` // why they cannot be stored; empty: they can
}

// EmailStatus says whether e-mails can be sent.
type EmailStatus struct {
	Server string `json:"server,omitempty"` // host and port; empty: none is configured
	Links  bool   `json:"links"`            // e-mails have links
	Error  string `json:"error,omitempty"`  // why the mail server cannot be used; empty: it can
}

// LiveCheck is the outcome of one cheap call of a provider.
type LiveCheck struct {
	Error string    `json:"error,omitempty"`
	OK    ai.Health `json:"ok"`
}

type statusOf struct {
	Live bool `json:"live,omitempty" doc:"Make one cheap call to each provider"`
}

func (a *App) status(ctx context.Context, in statusOf) (Status, error) {
	s := Status{
		Version:   Version,
		Database:  "SQLite",
		Queue:     "works",
		Integrity: Whole,
		URL:       a.URL(),
		Text:      a.Engine.Studio.TextStatus(),
		Detected:  ai.Detect(ctx, ai.LocalEndpoints()),
	}
	if a.Store.Postgres() {
		s.Database = "PostgreSQL"
	}
	if !a.started {
		s.Queue = "is not running, since no server is"
	} else if err := a.queue.Alive(); err != nil {
		s.Queue = err.Error()
	}
	for _, w := range a.providers.All() {
		if r, ok := a.prices.Retiring(w.Origin.Model, a.Store.Now()); ok {
			note := fmt.Sprintf("%s retires on %s; use %s", r.Model, r.On.Format("2006-01-02"), r.Instead)
			s.Retiring = append(s.Retiring, note)
		}
	}
	if err := a.Store.Check(ctx, true); err != nil {
		s.Integrity = domain.AsError(err).Message
	}
	if in.Live {
		s.Live = a.liveChecks(ctx)
	}
	s.Email, s.Files = a.emailStatus(ctx), a.fileStatus(ctx)
	var err error
	s.LedgerSum, err = a.Store.Read().CreditLedgerSum(ctx)
	return s, err
}

// fileStatus writes, reads and deletes a file.
func (a *App) fileStatus(ctx context.Context) FileStatus {
	s := FileStatus{Where: a.files.String()}
	ctx, done := context.WithTimeout(ctx, fileCheck)
	defer done()
	if err := a.files.Check(ctx); err != nil {
		s.Error = err.Error()
	}
	return s
}

// emailStatus connects to the mail server and signs in, where one is configured.
func (a *App) emailStatus(ctx context.Context) (s EmailStatus) {
	if a.mail == nil {
		return s
	}
	s.Server = net.JoinHostPort(a.cfg.SMTP.Host, strconv.Itoa(a.cfg.SMTP.Port))
	s.Links = a.cfg.BaseURL != ""
	ctx, done := context.WithTimeout(ctx, mailCheck)
	defer done()
	if err := a.mail.Check(ctx); err != nil {
		s.Error = err.Error()
	}
	return s
}

// mailCheck is how long the mail server has to let us in.
const mailCheck = 10 * time.Second

// liveChecks makes one cheap call to each provider.
func (a *App) liveChecks(ctx context.Context) map[string]LiveCheck {
	all := map[string]LiveCheck{}
	for _, w := range a.providers.All() {
		h, err := w.Caller.Check(ctx, w.Origin.Model)
		c := LiveCheck{OK: h}
		if err != nil {
			c.Error = err.Error()
			if e, ok := ai.AsError(err); ok {
				c.Error = e.Message
			}
		}
		all[w.Origin.Provider] = c
	}
	return all
}
