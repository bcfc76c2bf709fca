package mcp

import (
	"context"
	"iter"
	"log/slog"
	"net/http"
	"sync"

	"github.com/modelcontextprotocol/go-sdk/jsonrpc"
	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"vellocity/internal/domain"
)

// Events returns what happens in a workspace from now on. It ends when the server stops.
type Events func(ctx context.Context, workspaceID int64) (iter.Seq2[domain.Event, error], error)

// tenants has a server of the SDK's for each workspace: it notifies every session that
// subscribed to an address, and the addresses are the same in all workspaces.
type tenants struct {
	create func(workspaceID int64) *sdk.Server

	mu       sync.Mutex
	byID     map[int64]*sdk.Server
	followed map[int64]bool // workspaces whose events are passed on
}

func newTenants(create func(workspaceID int64) *sdk.Server) *tenants {
	return &tenants{create: create, byID: map[int64]*sdk.Server{}, followed: map[int64]bool{}}
}

// of returns the server of the caller's workspace.
func (t *tenants) of(r *http.Request) *sdk.Server {
	actor, ok := domain.ActorFrom(r.Context())
	if !ok {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	server := t.byID[actor.WorkspaceID]
	if server == nil {
		server = t.create(actor.WorkspaceID)
		t.byID[actor.WorkspaceID] = server
	}
	return server
}

// follow reports whether the caller is the first to follow the workspace, and so the one
// that has to.
func (t *tenants) follow(workspaceID int64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	first := !t.followed[workspaceID]
	t.followed[workspaceID] = true
	return first
}

func (t *tenants) unfollow(workspaceID int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.followed, workspaceID)
}

// subscribe lets a session follow a resource that its caller may read.
func (s *Server) subscribe(workspaceID int64) func(context.Context, *sdk.SubscribeRequest) error {
	return func(ctx context.Context, req *sdk.SubscribeRequest) error {
		actor, _ := domain.ActorFrom(ctx)
		if !actor.May(domain.ScopeMCPResources) {
			return &jsonrpc.Error{Code: rpcForbidden, Message: lacks(domain.ScopeMCPResources)}
		}
		r, value, ok := s.find(req.Params.URI)
		if !ok || r.Changed == nil {
			return &jsonrpc.Error{Code: rpcBadParams, Message: "There is no resource of this address that changes"}
		}
		if _, err := r.read(ctx, value); err != nil {
			return refusal(err, req.Params.URI)
		}
		if s.opts.Events != nil && s.tenants.follow(workspaceID) {
			events, err := s.opts.Events(context.WithoutCancel(ctx), workspaceID)
			if err != nil {
				s.tenants.unfollow(workspaceID)
				return refusal(err, req.Params.URI)
			}
			go s.pass(context.WithoutCancel(ctx), workspaceID, events)
		}
		return nil
	}
}

// pass notifies the sessions of a workspace of what has changed, until the events end.
func (s *Server) pass(ctx context.Context, workspaceID int64, events iter.Seq2[domain.Event, error]) {
	defer s.tenants.unfollow(workspaceID)
	s.tenants.mu.Lock()
	server := s.tenants.byID[workspaceID]
	s.tenants.mu.Unlock()
	for e, err := range events {
		if err != nil {
			s.opts.Log.WarnContext(ctx, "pass events on to MCP clients", "workspace", workspaceID, "error", err)
			return
		}
		for _, r := range s.resources {
			if r.Changed == nil {
				continue
			}
			for _, uri := range r.Changed(e) {
				// It fails for no session: one that is gone has no subscription.
				_ = server.ResourceUpdated(ctx, &sdk.ResourceUpdatedNotificationParams{URI: uri})
			}
		}
	}
}

// quiet passes on warnings and errors only: the SDK logs each notification.
type quiet struct{ slog.Handler }

// Enabled reports whether the level is at least a warning's.
func (q quiet) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && q.Handler.Enabled(ctx, l)
}

func quietly(log *slog.Logger) *slog.Logger {
	if log == nil {
		return nil
	}
	return slog.New(quiet{log.Handler()})
}
