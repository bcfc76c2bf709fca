package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"vellocity/internal/auth"
	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// Keys returns a page of the workspace's keys, revoked ones included.
func (e *Engine) Keys(ctx context.Context, in ListKeys) (domain.List[domain.Key], error) {
	a, err := caller(ctx, domain.ScopeAdmin)
	if err != nil {
		return domain.List[domain.Key]{}, err
	}
	return e.o.Store.Read().Keys(ctx, a.WorkspaceID, in.Page)
}

// Key returns one key, without its secret, which nobody has.
func (e *Engine) Key(ctx context.Context, id int64) (domain.Key, error) {
	a, err := caller(ctx, domain.ScopeAdmin)
	if err != nil {
		return domain.Key{}, err
	}
	return e.o.Store.Read().Key(ctx, a.WorkspaceID, id)
}

// UsualScopes are the scopes of a key that is created without any: all that
// content work needs.
func UsualScopes() []domain.Scope {
	return []domain.Scope{domain.ScopeRead, domain.ScopeContent, domain.ScopePublish, domain.ScopeWrite, domain.ScopeMCPFull}
}

// CreateKey makes a key. Its role is at most the caller's, and its scopes at most
// those that the caller holds.
func (e *Engine) CreateKey(ctx context.Context, in CreateKey) (NewKey, error) {
	return change(ctx, e, domain.ScopeAdmin, func(tx *store.Tx, a domain.Actor) (NewKey, error) {
		if in.Role == "" {
			in.Role = a.Role
		}
		if len(in.Scopes) == 0 {
			in.Scopes = UsualScopes()
		}
		if err := in.validate(a, tx.Now()); err != nil {
			return NewKey{}, err
		}
		if err := keysLeft(ctx, tx, a.WorkspaceID); err != nil {
			return NewKey{}, err
		}
		return issue(ctx, tx, a, domain.Key{WorkspaceID: a.WorkspaceID, Name: in.Name, Role: in.Role, Scopes: in.Scopes,
			AllowedIPs: in.AllowedIPs, ExpiresAt: in.ExpiresAt}, false)
	})
}

func (in CreateKey) validate(a domain.Actor, now time.Time) error {
	var p domain.Problems
	if in.Name == "" {
		p.Required("name")
	} else {
		checkName(&p, "name", &in.Name)
	}
	if !in.Role.Valid() {
		oneOf(&p, "role", in.Role, domain.Roles())
	} else if !in.Role.Within(a.Role) {
		p.Add("role", "The role %q is above your own, which is %q", in.Role, a.Role)
	}
	for i, s := range in.Scopes {
		path := fmt.Sprintf("scopes.%d", i)
		if !slices.Contains(domain.Scopes(), s) {
			oneOf(&p, path, s, domain.Scopes())
		} else if !domain.Grants(a.Scopes, s) {
			p.Add(path, "You do not hold the scope %q yourself", s)
		}
	}
	for i, ip := range in.AllowedIPs {
		if _, err := auth.ParsePrefix(ip); err != nil {
			p.Add(fmt.Sprintf("allowed_ips.%d", i), "%q is not an address or a block such as 203.0.113.0/24", ip)
		}
	}
	if !in.ExpiresAt.IsZero() && !in.ExpiresAt.After(now) {
		p.Add("expires_at", "The expiry must lie in the future")
	}
	return p.Err()
}

func keysLeft(ctx context.Context, tx *store.Tx, workspaceID int64) error {
	w, err := tx.Workspace(ctx, workspaceID)
	if err != nil {
		return err
	}
	n, err := tx.LiveKeyCount(ctx, workspaceID, tx.Now())
	if err != nil {
		return err
	}
	if limit := w.Plan.Limits().Keys; n >= limit {
		return domain.Errorf(domain.CodePlanLimit, "The plan %q allows %d keys. Revoke one first.", w.Plan, limit).With("limit", limit)
	}
	return nil
}

// issue makes the secret and stores its hash.
func issue(ctx context.Context, tx *store.Tx, a domain.Actor, k domain.Key, rotated bool) (NewKey, error) {
	secret := auth.NewSecret()
	k.Prefix, k.CreatedBy = auth.Shown(secret), a.Name
	var err error
	if k.CreatorID, err = creator(ctx, tx, a); err != nil {
		return NewKey{}, err
	}
	k, err = tx.CreateKey(ctx, k, auth.Hash(secret))
	if err != nil {
		return NewKey{}, err
	}
	var data domain.EventData = domain.KeyCreated{KeyFacts: k.Facts()}
	if rotated {
		data = domain.KeyRotated{KeyFacts: k.Facts()}
	}
	return NewKey{Key: k, Secret: secret}, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID}, data)
}

// creator returns the person by whose present role a new key is capped: the one
// who makes it, the maker of the key that makes it, or the owner for the operator.
func creator(ctx context.Context, tx *store.Tx, a domain.Actor) (int64, error) {
	switch a.Kind {
	case domain.ActorPerson:
		return a.ID, nil
	case domain.ActorKey:
		maker, err := tx.Key(ctx, a.WorkspaceID, a.ID)
		return maker.CreatorID, err
	}
	owner, _, err := tx.Owner(ctx, a.WorkspaceID)
	return owner.ID, err
}

// maxGrace is how long a rotated key may live on.
const maxGrace = 7 * 24 * time.Hour

// RotateKey makes a new key with the rights of an old one, which lives on for the
// grace period.
func (e *Engine) RotateKey(ctx context.Context, in RotateKey) (NewKey, error) {
	if in.Grace < 0 || in.Grace > maxGrace {
		var p domain.Problems
		p.Add("grace_seconds", "The grace period must be between 0 seconds and 7 days")
		return NewKey{}, p.Err()
	}
	out, err := change(ctx, e, domain.ScopeAdmin, func(tx *store.Tx, a domain.Actor) (NewKey, error) {
		old, err := tx.Key(ctx, a.WorkspaceID, in.ID)
		if err != nil {
			return NewKey{}, err
		}
		if !old.Live(tx.Now()) || !old.RevokedAt.IsZero() {
			return NewKey{}, domain.Errorf(domain.CodeConflict, "This key has been revoked or has expired, so there is nothing to rotate. Create a new one.")
		}
		next := domain.Key{WorkspaceID: old.WorkspaceID, Name: old.Name, Role: old.Role, Scopes: old.Scopes, AllowedIPs: old.AllowedIPs, ExpiresAt: old.ExpiresAt}
		if !next.Role.Within(a.Role) {
			return NewKey{}, domain.Errorf(domain.CodeForbidden, "The key's role %q is above your own, which is %q", next.Role, a.Role)
		}
		if _, err := tx.RevokeKey(ctx, a.WorkspaceID, old.ID, tx.Now().Add(in.Grace)); err != nil {
			return NewKey{}, err
		}
		return issue(ctx, tx, a, next, true)
	})
	if err == nil {
		e.o.Keys.Forget(out.Key.WorkspaceID)
	}
	return out, err
}

// RevokeKey ends a key: at once on this node, within 5 s on all.
func (e *Engine) RevokeKey(ctx context.Context, in ID) error {
	workspaceID, err := change(ctx, e, domain.ScopeAdmin, func(tx *store.Tx, a domain.Actor) (int64, error) {
		k, err := tx.Key(ctx, a.WorkspaceID, in.ID)
		if err != nil {
			return 0, err
		}
		if err := in.check(k.Revision); err != nil {
			return 0, err
		}
		changed, err := tx.RevokeKey(ctx, a.WorkspaceID, in.ID, tx.Now())
		if err != nil || !changed {
			return a.WorkspaceID, err
		}
		return a.WorkspaceID, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID}, domain.KeyRevoked{KeyFacts: k.Facts()})
	})
	if err == nil {
		e.o.Keys.Forget(workspaceID)
	}
	return err
}
