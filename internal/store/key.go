package store

import (
	"context"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of a key's columns.
const (
	keyRead db.Set = 1 << iota
	keyCreate
)

// keyRow is a key with the hash of its secret.
type keyRow struct {
	domain.Key
	hash string
}

var keyTable = db.NewTable("api_key", func(k *keyRow) []db.Column {
	return []db.Column{
		{Name: "id", Field: &k.ID, In: keyRead},
		{Name: "workspace_id", Field: &k.WorkspaceID, In: keyRead | keyCreate},
		{Name: "name", Field: &k.Name, In: keyRead | keyCreate},
		{Name: "prefix", Field: &k.Prefix, In: keyRead | keyCreate},
		{Name: "hash", Field: &k.hash, In: keyRead | keyCreate},
		{Name: "role", Field: db.Text(&k.Role), In: keyRead | keyCreate},
		{Name: "scopes", Field: db.JSON(&k.Scopes), In: keyRead | keyCreate},
		{Name: "allowed_ips", Field: db.JSONOr(&k.AllowedIPs, "[]"), In: keyRead | keyCreate},
		{Name: "created_by", Field: &k.CreatedBy, In: keyRead | keyCreate},
		{Name: "creator_id", Field: &k.CreatorID, In: keyRead | keyCreate},
		{Name: "created_at", Field: db.Time(&k.CreatedAt), In: keyRead | keyCreate},
		{Name: "last_used_at", Field: db.Time(&k.LastUsedAt), In: keyRead},
		{Name: "last_used_ip", Field: &k.LastUsedIP, In: keyRead},
		{Name: "expires_at", Field: db.Time(&k.ExpiresAt), In: keyRead | keyCreate},
		{Name: "revoked_at", Field: db.Time(&k.RevokedAt), In: keyRead},
		{Name: "revision", Field: &k.Revision, In: keyRead | keyCreate},
	}
})

var (
	keyColumns = keyTable.QualifiedColumns(keyRead)
	createKey  = keyTable.Write(keyCreate, `insert into api_key ({columns}) values ({values}) returning id`)
)

func scanKey() func(db.Row) (domain.Key, error) {
	scan := keyTable.Scan(keyRead)
	return func(row db.Row) (domain.Key, error) {
		k, err := scan(row)
		return k.Key, err
	}
}

// Keys returns a page of the workspace's API keys, newest first, revoked ones
// included.
func (q Q) Keys(ctx context.Context, workspaceID int64, p domain.Page) (domain.List[domain.Key], error) {
	var list domain.List[domain.Key]
	err := q.db.One(ctx, []any{&list.Total}, `select count(*) from api_key where workspace_id = $1`, workspaceID)
	if err != nil {
		return list, fmt.Errorf("count keys: %w", err)
	}
	list.Items, err = db.Many(ctx, q.db, scanKey(), `select `+keyColumns+` from api_key
		where workspace_id = $1 order by id desc limit 0 + $2 offset $3`, workspaceID, p.Size, p.Offset())
	if err != nil {
		return list, fmt.Errorf("read keys: %w", err)
	}
	return list, nil
}

// Key returns one API key of the workspace.
func (q Q) Key(ctx context.Context, workspaceID, id int64) (domain.Key, error) {
	k, ok, err := db.First(ctx, q.db, scanKey(),
		`select `+keyColumns+` from api_key where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return k, fmt.Errorf("read key: %w", err)
	}
	if !ok {
		return k, domain.NotFound("API key")
	}
	return k, nil
}

// LiveKeyCount counts the workspace's keys that are valid at the moment now, for
// the plan's limit.
func (q Q) LiveKeyCount(ctx context.Context, workspaceID int64, now time.Time) (n int, err error) {
	err = q.db.One(ctx, []any{&n}, `select count(*) from api_key where workspace_id = $1
		and (expires_at = 0 or expires_at > $2) and (revoked_at = 0 or revoked_at > $2)`, workspaceID, db.Millis(now))
	if err != nil {
		return 0, fmt.Errorf("count live keys: %w", err)
	}
	return n, nil
}

// KeyHolder is a key with all that decides what it may do.
type KeyHolder struct {
	Key  domain.Key
	Hash string
	// CreatorRole is the creator's present role, empty where the creator is no
	// longer a member. It has no meaning when Key.CreatorID is 0.
	CreatorRole domain.Role
	Plan        domain.Plan
}

// keyHolders reads keys with their creators' roles and their workspaces' plans.
var keyHolders = `select ` + keyColumns + `, coalesce(member.role, ''), workspace.plan
	from api_key join workspace on workspace.id = api_key.workspace_id
	left join member on member.workspace_id = api_key.workspace_id and member.user_id = api_key.creator_id`

func scanKeyHolder(row db.Row) (h KeyHolder, err error) {
	var k keyRow
	err = row.Scan(append(keyTable.Dest(&k, keyRead), &h.CreatorRole, &h.Plan)...)
	h.Key, h.Hash = k.Key, k.hash
	return h, err
}

// KeyByHash returns the key whose secret has the SHA-256 hash, in whatever
// workspace; ok is false where there is none.
func (q Q) KeyByHash(ctx context.Context, hash string) (h KeyHolder, ok bool, err error) {
	h, ok, err = db.First(ctx, q.db, scanKeyHolder, keyHolders+` where api_key.hash = $1`, hash)
	if err != nil {
		return h, false, fmt.Errorf("look up key: %w", err)
	}
	return h, ok, nil
}

// CreateKey stores a new key under the SHA-256 hash of its secret, and returns it
// with its id.
func (t *Tx) CreateKey(ctx context.Context, k domain.Key, hash string) (domain.Key, error) {
	k.CreatedAt, k.Revision = t.Now(), 1
	if err := createKey.One(ctx, t.db, &keyRow{k, hash}, &k.ID); err != nil {
		return k, fmt.Errorf("create key: %w", err)
	}
	return k, nil
}

// RevokeKey revokes a key at the moment at, which may be in the future. A key that
// is revoked earlier already stays as it is, and changed is false.
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
