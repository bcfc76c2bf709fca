package store

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of a push's columns.
const (
	pushRead   db.Set = 1 << iota
	pushCreate        // stored when it is asked for
	pushSave          // stored by each step
)

var pushTable = db.NewTable("listing_push", func(p *domain.ListingPush) []db.Column {
	const made, saved = pushRead | pushCreate, pushRead | pushSave
	return []db.Column{
		{Name: "id", Field: &p.ID, In: pushRead},
		{Name: "workspace_id", Field: &p.WorkspaceID, In: made},
		{Name: "listing_id", Field: &p.ListingID, In: made},
		{Name: "intent", Field: db.Text(&p.Intent), In: made},
		{Name: "status", Field: db.Text(&p.Status), In: made | saved},
		{Name: "fields", Field: db.JSONOr(&p.Fields, "[]"), In: made},
		{Name: "error", Field: &p.Error, In: saved},
		{Name: "faults", Field: db.JSONOr(&p.Faults, "{}"), In: saved},
		{Name: "requested_by", Field: &p.RequestedBy, In: made},
		{Name: "sent", Field: db.JSONOr(&p.Sent, "{}"), In: made},
		{Name: "base", Field: db.JSONOr(&p.Base, "{}"), In: made},
		{Name: "token", Field: &p.Token, In: made},
		{Name: "entity_type", Field: &p.Type, In: saved},
		{Name: "entity_state", Field: &p.State, In: saved},
		{Name: "check_set", Field: &p.CheckSet, In: saved},
		{Name: "apply_set", Field: &p.ApplySet, In: saved},
		{Name: "tries", Field: &p.Tries, In: saved},
		{Name: "revision", Field: &p.Revision, In: made | saved},
		{Name: "created_at", Field: db.Time(&p.CreatedAt), In: made},
		{Name: "ended_at", Field: db.Time(&p.EndedAt), In: saved},
	}
})

var (
	pushColumns = pushTable.Columns(pushRead)
	createPush  = pushTable.Write(pushCreate, `insert into listing_push ({columns}) values ({values}) returning id`)
	savePush    = pushTable.Write(pushSave, `update listing_push set {set}
		where workspace_id = {workspace_id} and id = {id}`)
)

// CreateListingPush adds a push. The listing must be locked, and have no other that has not ended.
func (t *Tx) CreateListingPush(ctx context.Context, p domain.ListingPush) (domain.ListingPush, error) {
	p.Status, p.Revision, p.CreatedAt = domain.PushQueued, 1, t.now
	if err := createPush.One(ctx, t.db, &p, &p.ID); err != nil {
		return p, fmt.Errorf("create a push of a listing: %w", err)
	}
	return p, nil
}

// ListingPush returns a push of any workspace; ok is false where there is none.
func (q Q) ListingPush(ctx context.Context, id int64) (p domain.ListingPush, ok bool, err error) {
	p, ok, err = db.First(ctx, q.db, pushTable.Scan(pushRead), `select `+pushColumns+` from listing_push
		where id = $1`, id)
	if err != nil {
		return p, false, fmt.Errorf("read a push of a listing: %w", err)
	}
	return p, ok, nil
}

// LastListingPush returns the newest push of a listing; nil where it has none.
func (q Q) LastListingPush(ctx context.Context, workspaceID, listingID int64) (*domain.ListingPush, error) {
	p, ok, err := db.First(ctx, q.db, pushTable.Scan(pushRead), `select `+pushColumns+` from listing_push
		where workspace_id = $1 and listing_id = $2 order by id desc limit 1`, workspaceID, listingID)
	if err != nil {
		return nil, fmt.Errorf("read the last push of a listing: %w", err)
	}
	if !ok {
		return nil, nil //nolint:nilnil // a listing need not have one
	}
	return &p, nil
}

// TakeListingPush locks a push to the end of the transaction. It returns false where the push is gone, or has taken a
// step since it was read.
func (t *Tx) TakeListingPush(ctx context.Context, p domain.ListingPush) (bool, error) {
	err := t.db.Exec(ctx, `update listing_push set revision = revision where workspace_id = $1 and id = $2`,
		p.WorkspaceID, p.ID)
	if err != nil {
		return false, fmt.Errorf("lock a push of a listing: %w", err)
	}
	now, ok, err := t.ListingPush(ctx, p.ID)
	return ok && now.Revision == p.Revision && now.WorkspaceID == p.WorkspaceID, err
}

// SaveListingPush stores a step of a push that was taken.
func (t *Tx) SaveListingPush(ctx context.Context, p domain.ListingPush) (domain.ListingPush, error) {
	p.Revision++
	if p.Status.Ended() {
		p.EndedAt = t.now
	}
	if _, err := savePush.Exec(ctx, t.db, &p); err != nil {
		return p, fmt.Errorf("save a push of a listing: %w", err)
	}
	return p, nil
}
