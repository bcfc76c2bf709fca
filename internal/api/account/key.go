package account

import (
	"context"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/account"
	"vellocity/internal/ops"
	"vellocity/internal/verb"
)

// APIKeyAttributes is a key without its secret, which is never stored.
type APIKeyAttributes struct {
	Name       string         `json:"name"`
	Prefix     string         `json:"prefix" doc:"The key's first 12 characters"`
	Role       domain.Role    `json:"role"`
	Scopes     []domain.Scope `json:"scopes"`
	AllowedIPs []string       `json:"allowed_ips" doc:"Addresses or CIDR blocks it may be used from; empty: any"`
	CreatedBy  string         `json:"created_by"`
	CreatedAt  time.Time      `json:"created_at"`
	LastUsedAt *time.Time     `json:"last_used_at"`
	LastUsedIP *string        `json:"last_used_ip"`
	ExpiresAt  *time.Time     `json:"expires_at" doc:"Null: never"`
	RevokedAt  *time.Time     `json:"revoked_at" doc:"May be in the future, during the grace period of a rotation"`
}

// SecretMeta has a key's secret, this once.
type SecretMeta struct {
	Key     *string `json:"key" doc:"The key itself; null when the response is replayed"`
	Warning string  `json:"warning"`
}

type createKey struct {
	Name       string         `json:"name" limit:"key_name" doc:"What the key is for"`
	Role       domain.Role    `json:"role,omitempty" doc:"At most your own, which is the default"`
	Scopes     []domain.Scope `json:"scopes,omitempty" limit:"key_scopes" uniqueItems:"true" doc:"What it may do; by default everything that content work needs"`
	AllowedIPs []string       `json:"allowed_ips,omitempty" limit:"allowed_ips" doc:"Addresses or CIDR blocks it may be used from; by default any"`
	ExpiresAt  time.Time      `json:"expires_at,omitempty" doc:"By default never"`
}

type rotateKey struct {
	ID    int64 `json:"id" in:"path" minimum:"1" doc:"The key's id"`
	Grace int   `json:"grace_seconds,omitempty" limit:"key_grace" default:"86400" doc:"How long the old key keeps working, in seconds"`
}

type keyID struct {
	ID int64 `json:"id" in:"path" minimum:"1" doc:"The key's id"`
}

const (
	shownOnce     = "Copy the key now: it is shown only once."
	notShownAgain = "The key was shown when it was created and cannot be shown again."
	noSecrets     = "a secret must not pass through a model"
)

var (
	sampleTime = wire.SampleTime()
	sampleKey  = domain.Key{
		ID:        7,
		Name:      "Website",
		Prefix:    "vell_pk_Zk3x",
		Role:      domain.RoleEditor,
		Scopes:    []domain.Scope{domain.ScopeRead, domain.ScopeContent},
		CreatedBy: "Ada",
		CreatedAt: sampleTime,
	}
	sampleNewKey = account.NewKey{Key: sampleKey, Secret: "vell_pk_0000000000000000000000000000000000000000"}
)

func keyRows(v *account.Verbs) []ops.Op {
	chapter := ops.Chapter{Name: "API keys", Description: "Who may call."}
	return []ops.Op{
		ops.New(ops.Op{
			Name:  "list_api_keys",
			Route: ops.Route{Method: http.MethodGet, Path: "/api-keys"},
			Scope: domain.ScopeAdmin,
			Hints: ops.Hints{ReadOnly: true, Idempotent: true},
			Docs: ops.Docs{
				Chapter:     chapter,
				Summary:     "List API keys",
				Description: "Every key of the workspace, revoked ones included, newest first.",
			},
			Tool: ops.Tool{Set: "account"},
			Command: ops.Command{
				Noun:    "keys",
				Verb:    "list",
				Columns: []string{"id", "name", "prefix", "role", "last_used_at", "revoked_at"},
			},
		}, func(ctx context.Context, in wire.Page) (domain.List[domain.Key], error) {
			return v.Keys(ctx, account.ListKeys{Page: wire.PageOf(in.Paging)})
		}, func(r *ops.Reply, l domain.List[domain.Key]) []wire.Resource[APIKeyAttributes] {
			r.Total = l.Total
			return wire.Each(l.Items, apiKey)
		}, domain.List[domain.Key]{Items: []domain.Key{sampleKey}, Total: 1}),
		ops.NewRedacted(ops.Op{
			Name:           "create_api_key",
			Route:          ops.Route{Method: http.MethodPost, Path: "/api-keys", Status: http.StatusCreated},
			Scope:          domain.ScopeAdmin,
			IdempotencyKey: true,
			Further: wire.Further(func(in createKey, p *domain.Problems) {
				account.CreateKey{AllowedIPs: in.AllowedIPs}.CheckAddresses(p)
			}),
			Docs: ops.Docs{
				Chapter:     chapter,
				Summary:     "Create an API key",
				Description: "The key itself is in meta.key, once: it is stored only as a hash.",
				Meta:        SecretMeta{},
				Errors:      []domain.Code{domain.CodePlanLimit},
				Example:     map[string]any{"name": "Website", "scopes": []string{"read", "content"}},
			},
			Tool:    ops.Tool{None: noSecrets},
			Command: ops.Command{Noun: "keys", Verb: "create"},
		}, func(ctx context.Context, in createKey) (account.NewKey, error) {
			return v.CreateKey(ctx, account.CreateKey{
				Name:       in.Name,
				Role:       in.Role,
				Scopes:     in.Scopes,
				AllowedIPs: in.AllowedIPs,
				ExpiresAt:  in.ExpiresAt,
			})
		}, viewNewKey, withoutSecret, sampleNewKey),
		ops.NewRedacted(ops.Op{
			Name:           "rotate_api_key",
			Route:          ops.Route{Method: http.MethodPost, Path: "/api-keys/{id}/rotate", Status: http.StatusCreated},
			Scope:          domain.ScopeAdmin,
			IdempotencyKey: true,
			Docs: ops.Docs{
				Chapter: chapter,
				Summary: "Rotate an API key",
				Description: "Creates a new key with the same name, role and scopes. " +
					"The old one keeps working for the grace period.",
				Meta:    SecretMeta{},
				Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict},
				Example: map[string]any{"id": sampleKey.ID, "grace_seconds": 3600},
			},
			Tool:    ops.Tool{None: noSecrets},
			Command: ops.Command{Noun: "keys", Verb: "rotate"},
		}, func(ctx context.Context, in rotateKey) (account.NewKey, error) {
			return v.RotateKey(ctx, account.RotateKey{ID: in.ID, Grace: time.Duration(in.Grace) * time.Second})
		}, viewNewKey, withoutSecret, sampleNewKey),
		ops.NewEmpty(ops.Op{
			Name:  "revoke_api_key",
			Route: ops.Route{Method: http.MethodDelete, Path: "/api-keys/{id}"},
			Scope: domain.ScopeAdmin,
			Hints: ops.Hints{Destructive: true, Idempotent: true},
			Docs: ops.Docs{
				Chapter:     chapter,
				Summary:     "Revoke an API key",
				Description: "Takes effect at once on this server and within five seconds on every node.",
				Errors:      []domain.Code{domain.CodeNotFound},
				Example:     map[string]any{"id": sampleKey.ID},
			},
			Tool:    ops.Tool{Set: "account"},
			Command: ops.Command{Noun: "keys", Verb: "revoke"},
		}, func(ctx context.Context, in keyID) error { return v.RevokeKey(ctx, verb.ID{ID: in.ID}) }),
	}
}

// withoutSecret is the key as an answer that is stored for a replay has it.
func withoutSecret(k account.NewKey) account.NewKey { return account.NewKey{Key: k.Key} }

func viewNewKey(r *ops.Reply, k account.NewKey) wire.Resource[APIKeyAttributes] {
	r.Meta = SecretMeta{wire.Optional(k.Secret), shownOnce}
	if k.Secret == "" {
		r.Meta = SecretMeta{nil, notShownAgain}
	}
	r.Location = wire.Path("/api-keys", k.Key.ID)
	return apiKey(k.Key)
}

func apiKey(k domain.Key) wire.Resource[APIKeyAttributes] {
	return wire.Resource[APIKeyAttributes]{Type: "api_key", ID: k.ID, Attributes: APIKeyAttributes{
		Name:       k.Name,
		Prefix:     k.Prefix,
		Role:       k.Role,
		Scopes:     wire.List(k.Scopes),
		AllowedIPs: wire.List(k.AllowedIPs),
		CreatedBy:  k.CreatedBy,
		CreatedAt:  k.CreatedAt.UTC(),
		LastUsedAt: wire.Time(k.LastUsedAt),
		LastUsedIP: wire.Optional(k.LastUsedIP),
		ExpiresAt:  wire.Time(k.ExpiresAt),
		RevokedAt:  wire.Time(k.RevokedAt),
	}}
}
