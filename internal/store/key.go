package store

import (
	"context"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

const keyColumns = `api_key.id, api_key.workspace_id, api_key.name, api_key.prefix, api_key.role, api_key.scopes, api_key.allowed_ips,
	api_key.created_by, api_key.creator_id, api_key.created_at, api_key.last_used_at, api_key.last_used_ip,
	api_key.expires_at, api_key.revoked_at, api_key.revision`

func keyDest(k *domain.Key) []any {
	return []any{&k.ID, &k.WorkspaceID, &k.Name, &k.Prefix, &k.Role, db.JSON(&k.Scopes), db.JSON(&k.AllowedIPs),
		&k.CreatedBy, &k.CreatorID, db.Time(&k.CreatedAt), db.Time(&k.LastUsedAt), &k.LastUsedIP,
		db.Time(&k.ExpiresAt), db.Time(&k.RevokedAt), &k.Revision}
}

func scanKey(row db.Row) (k domain.Key, err error) {
	err = row.Scan(keyDest(&k)...)
	return k, err
}

// Keys returns a page of the workspace's API keys, newest first, revoked ones
// included.
func (q Q) Keys(ctx context.Context, workspaceID int64, p domain.Page) (domain.List[domain.Key], error) {
	var list domain.List[domain.Key]
	if err := q.db.One(ctx, []any{&list.Total}, `select count(*) from api_key where workspace_id = $1`, workspaceID); err != nil {
		return list, fmt.Errorf("count keys: %w", err)
	}
	items, err := db.Many(ctx, q.db, scanKey, `select `+keyColumns+` from api_key where workspace_id = $1 order by id desc limit 0 + $2 offset $3`,
		workspaceID, p.Size, p.Offset())
	if err != nil {
		return list, fmt.Errorf("read keys: %w", err)
	}
	list.Items = items
	return list, nil
}

// Key returns one API key of the workspace.
func (q Q) Key(ctx context.Context, workspaceID, id int64) (domain.Key, error) {
	k, ok, err := db.First(ctx, q.db, scanKey, `select `+keyColumns+` from api_key where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return k, fmt.Errorf("read key: %w", err)
	}
	if !ok {
		return k, domain.NotFound("API key")
	}
	return k, nil
}

// LiveKeyCount counts the workspace's keys that open something at the moment now,
// for the plan's limit.
func (q Q) LiveKeyCount(ctx context.Context, workspaceID int64, now time.Time) (n int, err error) {
	err = q.db.One(ctx, []any{&n}, `select count(*) from api_key where workspace_id = $1
		and (expires_at = 0 or expires_at > $2) and (revoked_at = 0 or revoked_at > $2)`, workspaceID, db.Millis(now))
	if err != nil {
		return 0, fmt.Errorf("count live keys: %w", err)
	}
	return n, nil
}

// KeyHolder is a key with what decides about it beside its own row.
type KeyHolder struct {
	Key  domain.Key
	Hash string
	// CreatorRole is the creator's present role, empty where the creator is no
	// longer a member. It has no meaning when Key.CreatorID is 0.
	CreatorRole domain.Role
	Plan        domain.Plan
}

func scanKeyHolder(row db.Row) (h KeyHolder, err error) {
	err = row.Scan(append(keyDest(&h.Key), &h.Hash, &h.CreatorRole, &h.Plan)...)
	return h, err
}

// KeyByHash returns the key whose SHA-256 is hash, in whatever workspace; ok is
// false where there is none. It is how a caller's workspace is found out.
func (q Q) KeyByHash(ctx context.Context, hash string) (h KeyHolder, ok bool, err error) {
	h, ok, err = db.First(ctx, q.db, scanKeyHolder, `select `+keyColumns+`, api_key.hash, coalesce(member.role, ''), workspace.plan
		from api_key join workspace on workspace.id = api_key.workspace_id
		left join member on member.workspace_id = api_key.workspace_id and member.user_id = api_key.creator_id
		where api_key.hash = $1`, hash)
	if err != nil {
		return h, false, fmt.Errorf("look up key: %w", err)
	}
	return h, ok, nil
}

// CreateKey stores a new key under the hash of its secret and returns it with
// its id.
func (t *Tx) CreateKey(ctx context.Context, k domain.Key, hash string) (domain.Key, error) {
	scopes, err := toJSON(k.Scopes)
	if err != nil {
		return k, err
	}
	ips, err := toJSON(append([]string{}, k.AllowedIPs...))
	if err != nil {
		return k, err
	}
	k.CreatedAt, k.Revision = t.Now(), 1
	err = t.db.One(ctx, []any{&k.ID}, `insert into api_key (workspace_id, name, prefix, hash, role, scopes, allowed_ips,
		created_by, creator_id, created_at, expires_at) values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11) returning id`,
		k.WorkspaceID, k.Name, k.Prefix, hash, string(k.Role), scopes, ips, k.CreatedBy, k.CreatorID, db.Millis(k.CreatedAt), db.Millis(k.ExpiresAt))
	if err != nil {
		return k, fmt.Errorf("create key: %w", err)
	}
	return k, nil
}

// RevokeKey ends a key at the moment at, which may lie ahead. A key that ends
// earlier already stays as it is, and changed is false.
func (t *Tx) RevokeKey(ctx context.Context, workspaceID, id int64, at time.Time) (changed bool, err error) {
	n, err := t.db.ExecCount(ctx, `update api_key set revoked_at = $3, revision = revision + 1
		where workspace_id = $1 and id = $2 and (revoked_at = 0 or revoked_at > $3)`, workspaceID, id, db.Millis(at))
	if err != nil {
		return false, fmt.Errorf("revoke key: %w", err)
	}
	return n > 0, nil
}

// KeyUse is the latest use of a key.
type KeyUse struct {
	WorkspaceID int64
	KeyID       int64
	At          time.Time
	IP          string
}

// SaveKeyUse remembers the latest use of keys. An older use than the one on
// record, from a node that flushed late, changes nothing.
func (t *Tx) SaveKeyUse(ctx context.Context, uses []KeyUse) error {
	for _, u := range uses {
		err := t.db.Exec(ctx, `update api_key set last_used_at = $3, last_used_ip = $4
			where workspace_id = $1 and id = $2 and last_used_at < $3`, u.WorkspaceID, u.KeyID, db.Millis(u.At), u.IP)
		if err != nil {
			return fmt.Errorf("note the use of a key: %w", err)
		}
	}
	return nil
}
