package store

import (
	"context"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

var saveOpportunityRemote = opportunityTable.Write(opportunityRemote, `update opportunity set {set}
	where workspace_id = {workspace_id} and id = {id}`)

// SaveOpportunityRemote stores what is known of a locked opportunity at AWS, without another revision: nothing that
// people enter has changed.
func (t *Tx) SaveOpportunityRemote(ctx context.Context, o domain.Opportunity) error {
	if _, err := saveOpportunityRemote.Exec(ctx, t.db, &o); err != nil {
		return fmt.Errorf("save what AWS has of an opportunity: %w", err)
	}
	return nil
}

// SaveOpportunityRecord stores AWS's record of a locked opportunity, whole, as JSON.
func (t *Tx) SaveOpportunityRecord(ctx context.Context, o domain.Opportunity, record string) error {
	err := t.db.Exec(ctx, `update opportunity set record = $3 where workspace_id = $1 and id = $2`,
		o.WorkspaceID, o.ID, record)
	if err != nil {
		return fmt.Errorf("save the record of an opportunity: %w", err)
	}
	return nil
}

// RemoteOpportunity returns the opportunity that has an id in Partner Central; ok is false where there is none.
func (q Q) RemoteOpportunity(
	ctx context.Context, workspaceID int64, remoteID string,
) (o domain.Opportunity, ok bool, err error) {
	o, ok, err = db.First(ctx, q.db, opportunityTable.Scan(opportunityRead), `select `+opportunityColumns+`
		from opportunity where workspace_id = $1 and remote_id = $2 and remote_id <> ''`, workspaceID, remoteID)
	if err != nil {
		return o, false, fmt.Errorf("read the opportunity of a record: %w", err)
	}
	return o, ok, nil
}

// UnsentOpportunity returns the first opportunity after an id with a change that waits to be sent; ok is false where
// there is none.
func (q Q) UnsentOpportunity(ctx context.Context, workspaceID, after int64) (id int64, ok bool, err error) {
	id, ok, err = db.First(ctx, q.db, func(row db.Row) (id int64, err error) { return id, row.Scan(&id) },
		`select id from opportunity where workspace_id = $1 and id > $2 and sending <> '' and sending = 'waiting'
		order by id limit 1`, workspaceID, after)
	if err != nil {
		return 0, false, fmt.Errorf("look for changes to send: %w", err)
	}
	return id, ok, nil
}

// RetryOpportunities lets the changes that AWS refused be sent again.
func (t *Tx) RetryOpportunities(ctx context.Context, workspaceID int64) error {
	err := t.db.Exec(ctx, `update opportunity set sending = 'waiting'
		where workspace_id = $1 and sending <> '' and sending = 'refused'`, workspaceID)
	if err != nil {
		return fmt.Errorf("send changes again: %w", err)
	}
	return nil
}

// SaveDealMark stores up to which change at AWS opportunities were taken in, and which could not be.
func (t *Tx) SaveDealMark(ctx context.Context, c domain.AWSConnection) error {
	err := t.db.Exec(ctx, `update aws_connection set deals_after = $2, deals_skipped = $3 where workspace_id = $1`,
		c.WorkspaceID, c.Deals.After, db.JSONOr(&c.Deals.Skipped, "{}"))
	if err != nil {
		return fmt.Errorf("note which opportunities were taken in: %w", err)
	}
	return nil
}

// NoteDealSync stores how the sync of opportunities went.
func (t *Tx) NoteDealSync(ctx context.Context, workspaceID int64, state domain.DealSyncState, note string) error {
	err := t.db.Exec(ctx, `update aws_connection set deals_state = $2, deals_note = $3 where workspace_id = $1`,
		workspaceID, string(state), note)
	if err != nil {
		return fmt.Errorf("note how the sync of opportunities went: %w", err)
	}
	return nil
}

// BookDealWrite stores when the next write to Partner Central may be sent.
func (t *Tx) BookDealWrite(ctx context.Context, workspaceID int64, next time.Time) error {
	err := t.db.Exec(ctx, `update aws_connection set deals_write_at = $2 where workspace_id = $1`,
		workspaceID, db.Millis(next))
	if err != nil {
		return fmt.Errorf("book a write to Partner Central: %w", err)
	}
	return nil
}
