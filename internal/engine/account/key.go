package account

import (
	"context"
	"slices"
	"time"

	"vellocity/internal/auth"
	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// ListKeys asks for a page of keys.
type ListKeys struct{ Page domain.Page }

// Keys returns a page of the workspace's keys, revoked ones included.
func (v *Verbs) Keys(ctx context.Context, in ListKeys) (domain.List[domain.Key], error) {
	a, err := verb.Caller(ctx, domain.ScopeAdmin)
	if err != nil {
		return domain.List[domain.Key]{}, err
	}
	return v.store.Read().Keys(ctx, a.WorkspaceID, in.Page)
}

// UsualScopes are the scopes of a key that is created without any: everything that
// content work needs.
func UsualScopes() []domain.Scope {
	return []domain.Scope{
		domain.ScopeRead, domain.ScopeContent, domain.ScopePublish, domain.ScopeWrite, domain.ScopeMCPFull,
	}
}

// CreateKey asks for a new key.
type CreateKey struct {
	Name       string
	Role       domain.Role    // empty: the caller's own
	Scopes     []domain.Scope // empty: UsualScopes
	AllowedIPs []string       // addresses or CIDR blocks; empty: any
	ExpiresAt  time.Time      // zero: never
}

// NewKey is a key with its secret, which is shown only once.
type NewKey struct {
	Key    domain.Key
	Secret string
}

// CreateKey creates a key. Its role is at most the caller's, and its scopes at most
// those that the caller holds.
func (v *Verbs) CreateKey(ctx context.Context, in CreateKey) (NewKey, error) {
	return verb.Change(ctx, v.store, domain.ScopeAdmin, func(tx *store.Tx, a domain.Actor) (NewKey, error) {
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
		return issue(ctx, tx, a, domain.Key{
			WorkspaceID: a.WorkspaceID,
			Name:        in.Name,
			Role:        in.Role,
			Scopes:      in.Scopes,
			AllowedIPs:  in.AllowedIPs,
			ExpiresAt:   in.ExpiresAt.Truncate(time.Millisecond), // as it is stored
		}, false)
	})
}

func (in CreateKey) validate(a domain.Actor, now time.Time) error {
	var p domain.Problems
	domain.LimitKeyName.Text(&p, "name", in.Name)
	switch {
	case !in.Role.Valid():
		p.NotOneOf("role", in.Role.Values())
	case !in.Role.Within(a.Role):
		p.Add("role", "The role %q is above your own, which is %q", in.Role, a.Role)
	}
	in.checkScopes(&p, a)
	in.CheckAddresses(&p)
	if !in.ExpiresAt.IsZero() { // a key that ends before it is used is of no use: no leniency
		p.Future("expires_at", in.ExpiresAt, now)
	}
	return p.Err()
}

// CheckAddresses notes the faults of AllowedIPs.
func (in CreateKey) CheckAddresses(p *domain.Problems) {
	domain.LimitAllowedIPs.List(p, "allowed_ips", in.AllowedIPs)
	for i, ip := range in.AllowedIPs {
		if _, err := auth.ParsePrefix(ip); err != nil {
			p.Format(verb.Path("allowed_ips", i), "an address or a block such as 203.0.113.0/24")
		}
	}
}

func (in CreateKey) checkScopes(p *domain.Problems, a domain.Actor) {
	domain.LimitKeyScopes.Count(p, "scopes", len(in.Scopes))
	for i, s := range in.Scopes {
		path := verb.Path("scopes", i)
		if !slices.Contains(domain.Scopes(), s) {
			p.NotOneOf(path, s.Values())
		} else if !domain.Grants(a.Scopes, s) {
			p.Add(path, "You do not hold the scope %q yourself", s)
		}
	}
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
		return domain.Errorf(domain.CodePlanLimit,
			"The plan %q allows %d keys. Revoke one first.", w.Plan, limit).With("limit", limit)
	}
	return nil
}

// issue creates the secret and stores its hash. rotated says that the key takes the
// place of another.
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

// creator returns the person whose present role caps a new key: the caller, the
// creator of the key that calls, or the owner for the operator.
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

// RotateKey asks for a new key in the place of another, which keeps working for
// Grace.
type RotateKey struct {
	ID    int64
	Grace time.Duration // at most 7 days
}

// RotateKey creates a key with the rights of an old one, whose role is at most the
// caller's, and which keeps working for the grace period.
func (v *Verbs) RotateKey(ctx context.Context, in RotateKey) (NewKey, error) {
	var p domain.Problems
	domain.LimitKeyGrace.Value(&p, "grace_seconds", int(in.Grace.Round(time.Second)/time.Second))
	if err := p.Err(); err != nil {
		return NewKey{}, err
	}
	out, err := verb.Change(ctx, v.store, domain.ScopeAdmin, func(tx *store.Tx, a domain.Actor) (NewKey, error) {
		old, err := tx.Key(ctx, a.WorkspaceID, in.ID)
		if err != nil {
			return NewKey{}, err
		}
		if err := mayManage(a, old); err != nil {
			return NewKey{}, err
		}
		if !old.Live(tx.Now()) || !old.RevokedAt.IsZero() {
			return NewKey{}, domain.Errorf(domain.CodeConflict,
				"This key has been revoked or has expired, so it cannot be rotated. Create a new one.")
		}
		next := domain.Key{
			WorkspaceID: old.WorkspaceID,
			Name:        old.Name,
			Role:        old.Role,
			Scopes:      old.Scopes,
			AllowedIPs:  old.AllowedIPs,
			ExpiresAt:   old.ExpiresAt,
		}
		if _, err := tx.RevokeKey(ctx, a.WorkspaceID, old.ID, tx.Now().Add(in.Grace)); err != nil {
			return NewKey{}, err
		}
		return issue(ctx, tx, a, next, true)
	})
	if err == nil {
		v.keys.Forget(out.Key.WorkspaceID)
	}
	return out, err
}

// mayManage refuses callers a key whose role is above their own: who rotates it would
// get its rights, and who revokes it would shut out the people above.
func mayManage(a domain.Actor, k domain.Key) error {
	if k.Role.Within(a.Role) {
		return nil
	}
	return domain.Errorf(domain.CodeForbidden, "The key's role %q is above your own, which is %q", k.Role, a.Role)
}

// RevokeKey revokes a key whose role is at most the caller's: at once on this node,
// within 5 s on all.
func (v *Verbs) RevokeKey(ctx context.Context, in verb.ID) error {
	workspaceID, err := verb.Change(ctx, v.store, domain.ScopeAdmin, func(tx *store.Tx, a domain.Actor) (int64, error) {
		k, err := tx.Key(ctx, a.WorkspaceID, in.ID)
		if err != nil {
			return 0, err
		}
		if err := mayManage(a, k); err != nil {
			return 0, err
		}
		if err := in.CheckRevision(k.Revision); err != nil {
			return 0, err
		}
		changed, err := tx.RevokeKey(ctx, a.WorkspaceID, in.ID, tx.Now())
		if err != nil || !changed {
			return a.WorkspaceID, err
		}
		return a.WorkspaceID, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.KeyRevoked{KeyFacts: k.Facts()})
	})
	if err == nil {
		v.keys.Forget(workspaceID)
	}
	return err
}
