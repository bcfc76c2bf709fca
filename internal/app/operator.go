package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"vellocity/internal/ai"
	"vellocity/internal/domain"
	"vellocity/internal/engine"
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

// Operator serves the operator in this process: for a command that finds no
// running server.
func (a *App) Operator() http.Handler {
	return a.control()
}

// control is what the operator can reach: the whole API, and what only the
// operator may do.
func (a *App) control() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", a.asOperator(a.Handler))
	mux.Handle("POST /operator/workspace", verb(a, a.setWorkspace))
	mux.Handle("POST /operator/credits", verb(a, a.Engine.GrantCredits))
	mux.Handle("POST /operator/sign-in-link", verb(a, a.signInLink))
	mux.Handle("POST /operator/connect", verb(a, a.connectProvider))
	mux.Handle("POST /operator/disconnect", verb(a, a.disconnectProvider))
	mux.Handle("POST /operator/status", verb(a, a.status))
	return mux
}

// verb serves one of the operator's verbs: JSON in, JSON out.
func verb[I, O any](a *App, f func(context.Context, I) (O, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in I
		out, err := func() (out O, err error) {
			actor, err := a.operator(r.Context())
			if err != nil {
				return out, err
			}
			d := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
			d.DisallowUnknownFields()
			if err := d.Decode(&in); err != nil && !errors.Is(err, io.EOF) {
				return out, domain.Errorf(domain.CodeBadRequest, "The body is not what this command sends: %v", err)
			}
			return f(domain.WithActor(r.Context(), actor), in)
		}()
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		var answer any = map[string]any{"success": true, "data": out}
		if err != nil {
			e := domain.AsError(err)
			a.log.Warn("operator", "path", r.URL.Path, "error", err)
			w.WriteHeader(e.Code.Status())
			answer = map[string]any{"success": false, "error": map[string]any{"code": e.Code, "message": e.Message, "details": e.Fields}}
		}
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			a.log.Debug("answer the operator", "error", err)
		}
	})
}

// Workspace is what "workspace set" sends and gets.
type Workspace struct {
	Plan     *string `json:"plan,omitempty"`
	Name     *string `json:"company_name,omitempty"`
	Slug     *string `json:"slug,omitempty"`
	Timezone *string `json:"timezone,omitempty"`
}

func (a *App) setWorkspace(ctx context.Context, in Workspace) (Workspace, error) {
	set := engine.SetWorkspace{CompanyName: in.Name, Slug: in.Slug, Timezone: in.Timezone}
	if in.Plan != nil {
		plan := domain.Plan(*in.Plan)
		set.Plan = &plan
	}
	w, err := a.Engine.SetWorkspace(ctx, set)
	plan := string(w.Plan)
	return Workspace{Plan: &plan, Name: &w.Name, Slug: &w.Slug, Timezone: &w.Timezone}, err
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
	return Link{Path: path, URL: a.URL() + path}, err
}

func (a *App) signInLink(ctx context.Context, in struct {
	Target string `json:"target"`
}) (Link, error) {
	actor, _ := domain.ActorFrom(ctx)
	return a.SignInLink(ctx, actor.WorkspaceID, in.Target)
}

// Connect is what "connect" sends. The key travels through the operator's own
// socket only.
type Connect struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"`
	BaseURL string `json:"base_url"`
	Model   string `json:"model"`
	Key     string `json:"key"`
}

func (a *App) connectProvider(ctx context.Context, in Connect) (engine.TextStatus, error) {
	err := a.connect(ctx, provider{name: in.Name, kind: in.Kind, baseURL: in.BaseURL, model: in.Model, source: "stored", key: domain.Secret(in.Key)})
	return a.Engine.TextStatus(), err
}

func (a *App) disconnectProvider(ctx context.Context, in struct {
	Name string `json:"name"`
}) (engine.TextStatus, error) {
	err := a.disconnect(ctx, in.Name)
	return a.Engine.TextStatus(), err
}

// Status is what "doctor" looks at.
type Status struct {
	Version   string               `json:"version"`
	Database  string               `json:"database"`
	Queue     string               `json:"queue"`
	URL       string               `json:"url"`
	Text      engine.TextStatus    `json:"text"`
	Retiring  []string             `json:"retiring"`
	Detected  []ai.Found           `json:"detected"`
	Live      map[string]LiveCheck `json:"live,omitempty"`
	LedgerSum int                  `json:"ledger_sum"`
}

// LiveCheck is the outcome of one cheap call of a provider.
type LiveCheck struct {
	Error string    `json:"error,omitempty"`
	OK    ai.Health `json:"ok"`
}

func (a *App) status(ctx context.Context, in struct {
	Live bool `json:"live"`
}) (Status, error) {
	s := Status{Version: Version, Database: "SQLite", Queue: "works", URL: a.URL(), Text: a.Engine.TextStatus(), Detected: ai.Detect(ctx, ai.LocalEndpoints())}
	if a.Store.Postgres() {
		s.Database = "PostgreSQL"
	}
	if !a.started {
		s.Queue = "is not running, since no server is"
	} else if err := a.queue.Alive(); err != nil {
		s.Queue = err.Error()
	}
	for _, w := range a.writers.Models() {
		if r, ok := a.prices.Retiring(w.Engine.Model, a.Store.Now()); ok {
			s.Retiring = append(s.Retiring, fmt.Sprintf("%s retires on %s; use %s", r.Model, r.On.Format("2006-01-02"), r.Instead))
		}
	}
	if in.Live {
		s.Live = map[string]LiveCheck{}
		for _, w := range a.writers.Models() {
			h, err := w.Caller.Check(ctx, w.Engine.Model)
			c := LiveCheck{OK: h}
			if err != nil {
				c.Error = err.Error()
				if e, ok := ai.AsError(err); ok {
					c.Error = e.Message
				}
			}
			s.Live[w.Engine.Provider] = c
		}
	}
	var err error
	s.LedgerSum, err = a.Store.Read().CreditLedgerSum(ctx)
	return s, err
}
