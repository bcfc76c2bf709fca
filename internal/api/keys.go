package api

import (
	"context"
	"net/http"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine"
)

// APIKeyAttributes is a key without its secret, which is never stored.
type APIKeyAttributes struct {
	Name       string         `json:"name"`
	Prefix     string         `json:"prefix" doc:"The key's first 12 characters"`
	Role       domain.Role    `json:"role" enum:"viewer,reviewer,editor,admin,owner"`
	Scopes     []domain.Scope `json:"scopes"`
	AllowedIPs []string       `json:"allowed_ips" doc:"Addresses or CIDR blocks it may be used from; empty: any"`
	CreatedBy  string         `json:"created_by"`
	CreatedAt  time.Time      `json:"created_at"`
	LastUsedAt *time.Time     `json:"last_used_at"`
	LastUsedIP *string        `json:"last_used_ip"`
	ExpiresAt  *time.Time     `json:"expires_at" doc:"Null: never"`
	RevokedAt  *time.Time     `json:"revoked_at" doc:"May lie ahead, during the grace period of a rotation"`
}

// SecretMeta carries a key's secret, this once.
type SecretMeta struct {
	Key     *string `json:"key" doc:"The key itself; null when the answer is replayed"`
	Warning string  `json:"warning"`
}

type createKey struct {
	Name       string         `json:"name" minLength:"1" maxLength:"100" doc:"What the key is for"`
	Role       domain.Role    `json:"role,omitempty" enum:"viewer,reviewer,editor,admin,owner" doc:"At most your own, which is the default"`
	Scopes     []domain.Scope `json:"scopes,omitempty" minItems:"1" maxItems:"9" uniqueItems:"true" enum:"read,content,publish,write,admin,mcp:full,mcp:tools,mcp:resources,mcp:prompts" doc:"What it may do; by default everything that content work needs"`
	AllowedIPs []string       `json:"allowed_ips,omitempty" maxItems:"100" doc:"Addresses or CIDR blocks it may be used from; by default any"`
	ExpiresAt  time.Time      `json:"expires_at,omitempty" doc:"By default never"`
}

type rotateKey struct {
	ID    int64 `json:"id" in:"path" minimum:"1" doc:"The key's id"`
	Grace int   `json:"grace_seconds,omitempty" minimum:"0" maximum:"2592000" default:"86400" doc:"How long the old key goes on working, in seconds"`
}

type keyID struct {
	ID int64 `json:"id" in:"path" minimum:"1" doc:"The key's id"`
}

const (
	shownOnce     = "Copy the key now: it is shown only once."
	notShownAgain = "The key was shown when it was made and cannot be shown again."
)

func keyRows(e *engine.Engine) []Op {
	sample := engine.NewKey{Key: sampleKey, Secret: "vell_pk_0000000000000000000000000000000000000000"}
	return []Op{
		op(Op{
			Name: "list_api_keys", Noun: "keys", Verb: "list", Method: http.MethodGet, Path: "/api-keys", Tag: "API keys",
			Summary: "List API keys", Description: "Every key of the workspace, revoked ones included, newest first.",
			Scope: domain.ScopeAdmin, ReadOnly: true, Repeatable: true, Toolset: "account", Columns: []string{"id", "name", "prefix", "role", "last_used_at", "revoked_at"},
			Result: domain.List[domain.Key]{Items: []domain.Key{sampleKey}, Total: 1},
		}, func(ctx context.Context, in page) (domain.List[domain.Key], error) {
			return e.Keys(ctx, engine.ListKeys{Page: in.page()})
		}, func(r *Reply, l domain.List[domain.Key]) []Resource[APIKeyAttributes] {
			r.Total = l.Total
			return each(l.Items, apiKey)
		}),
		op(Op{
			Name: "create_api_key", Noun: "keys", Verb: "create", Method: http.MethodPost, Path: "/api-keys", Tag: "API keys",
			Summary: "Create an API key", Description: "The key itself is in meta.key, once: it is stored only as a hash.",
			Scope: domain.ScopeAdmin, Status: http.StatusCreated, Claims: true, Meta: SecretMeta{}, Errors: []domain.Code{domain.CodePlanLimit},
			NoTool:  "a secret must not pass through a model",
			Example: map[string]any{"name": "Website", "scopes": []string{"read", "content"}}, Result: sample,
		}, func(ctx context.Context, in createKey) (engine.NewKey, error) {
			return e.CreateKey(ctx, engine.CreateKey{Name: in.Name, Role: in.Role, Scopes: in.Scopes, AllowedIPs: in.AllowedIPs, ExpiresAt: in.ExpiresAt})
		}, viewNewKey).hiding(hideKey),
		op(Op{
			Name: "rotate_api_key", Noun: "keys", Verb: "rotate", Method: http.MethodPost, Path: "/api-keys/{id}/rotate", Tag: "API keys",
			Summary: "Rotate an API key", Description: "Makes a new key with the same name, role and scopes. The old one goes on working for the grace period.",
			Scope: domain.ScopeAdmin, Status: http.StatusCreated, Claims: true, Meta: SecretMeta{}, Errors: []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			NoTool: "a secret must not pass through a model", Example: map[string]any{"grace_seconds": 3600}, Result: sample,
		}, func(ctx context.Context, in rotateKey) (engine.NewKey, error) {
			return e.RotateKey(ctx, engine.RotateKey{ID: in.ID, Grace: time.Duration(in.Grace) * time.Second})
		}, viewNewKey).hiding(hideKey),
		op(Op{
			Name: "revoke_api_key", Noun: "keys", Verb: "revoke", Method: http.MethodDelete, Path: "/api-keys/{id}", Tag: "API keys",
			Summary: "Revoke an API key", Description: "Holds at once on this server and within five seconds on every node.",
			Scope: domain.ScopeAdmin, Status: http.StatusNoContent, Destructive: true, Repeatable: true, Toolset: "account", Errors: []domain.Code{domain.CodeNotFound},
		}, func(ctx context.Context, in keyID) (struct{}, error) {
			return struct{}{}, e.RevokeKey(ctx, engine.ID{ID: in.ID})
		}, noView),
	}
}

// hiding says how a result looks when it is told again.
func (o Op) hiding(hide func(any) any) Op {
	o.hide = hide
	return o
}

func hideKey(result any) any { return engine.NewKey{Key: result.(engine.NewKey).Key} }

func viewNewKey(r *Reply, k engine.NewKey) Resource[APIKeyAttributes] {
	r.Meta = SecretMeta{some(k.Secret), shownOnce}
	if k.Secret == "" {
		r.Meta = SecretMeta{nil, notShownAgain}
	}
	r.Location = Base + "/api-keys/" + number(k.Key.ID)
	return apiKey(k.Key)
}

func apiKey(k domain.Key) Resource[APIKeyAttributes] {
	return Resource[APIKeyAttributes]{Type: "api_key", ID: k.ID, Attributes: APIKeyAttributes{
		Name: k.Name, Prefix: k.Prefix, Role: k.Role, Scopes: list(k.Scopes), AllowedIPs: list(k.AllowedIPs), CreatedBy: k.CreatedBy, CreatedAt: utc(k.CreatedAt),
		LastUsedAt: instant(k.LastUsedAt), LastUsedIP: some(k.LastUsedIP), ExpiresAt: instant(k.ExpiresAt), RevokedAt: instant(k.RevokedAt),
	}}
}
