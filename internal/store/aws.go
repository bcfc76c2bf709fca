package store

import (
	"context"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

const awsColumns = `workspace_id, role_arn, asked, done, next_sync_at, synced_at, error, revision, created_at,
	updated_at, deals_state, deals_note, deals_after, deals_skipped, deals_write_at`

func scanAWS(row db.Row) (c domain.AWSConnection, err error) {
	err = row.Scan(&c.WorkspaceID, &c.RoleARN, &c.Asked, &c.Done, db.Time(&c.NextSyncAt), db.Time(&c.SyncedAt), &c.Error,
		&c.Revision, db.Time(&c.CreatedAt), db.Time(&c.UpdatedAt), db.Text(&c.Deals.State), &c.Deals.Note, &c.Deals.After,
		db.JSONOr(&c.Deals.Skipped, "{}"), db.Time(&c.Deals.WriteAt))
	return c, err
}

// AWSConnection returns a workspace's connection to AWS; ok is false where it has none.
func (q Q) AWSConnection(ctx context.Context, workspaceID int64) (c domain.AWSConnection, ok bool, err error) {
	c, ok, err = db.First(ctx, q.db, scanAWS, `select `+awsColumns+` from aws_connection where workspace_id = $1`,
		workspaceID)
	if err != nil {
		return c, false, fmt.Errorf("read the connection to AWS: %w", err)
	}
	return c, ok, nil
}

// LockAWSConnection locks a workspace's connection to the end of the transaction and returns it.
func (t *Tx) LockAWSConnection(ctx context.Context, workspaceID int64) (domain.AWSConnection, bool, error) {
	err := t.db.Exec(ctx, `update aws_connection set revision = revision where workspace_id = $1`, workspaceID)
	if err != nil {
		return domain.AWSConnection{}, false, fmt.Errorf("lock the connection to AWS: %w", err)
	}
	return t.AWSConnection(ctx, workspaceID)
}

// ConnectAWS stores a workspace's connection, in place of another, and asks for a sync; the next one after it is due at
// a time.
func (t *Tx) ConnectAWS(
	ctx context.Context, workspaceID int64, roleARN string, next time.Time,
) (c domain.AWSConnection, err error) {
	err = t.db.Exec(ctx, `insert into aws_connection
		(workspace_id, role_arn, asked, next_sync_at, created_at, updated_at) values ($1, $2, 1, $3, $4, $4)
		on conflict (workspace_id) do update set role_arn = excluded.role_arn, asked = aws_connection.asked + 1,
		next_sync_at = excluded.next_sync_at, error = '',
		deals_state = '', deals_note = '', deals_after = '', deals_skipped = '{}',
		revision = aws_connection.revision + 1, updated_at = excluded.updated_at`,
		workspaceID, roleARN, db.Millis(next), db.Millis(t.now))
	if err == nil {
		err = t.db.Exec(ctx, `update workspace set aws_connected = true where id = $1`, workspaceID)
	}
	if err != nil {
		return c, fmt.Errorf("store the connection to AWS: %w", err)
	}
	c, _, err = t.AWSConnection(ctx, workspaceID)
	return c, err
}

// DisconnectAWS removes a workspace's connection.
func (t *Tx) DisconnectAWS(ctx context.Context, workspaceID int64) error {
	err := t.db.Exec(ctx, `delete from aws_connection where workspace_id = $1`, workspaceID)
	if err == nil {
		err = t.db.Exec(ctx, `update workspace set aws_connected = false where id = $1`, workspaceID)
	}
	if err != nil {
		return fmt.Errorf("remove the connection to AWS: %w", err)
	}
	return nil
}

// AskAWSSync notes that a sync was asked for; the next one after it is due at a time.
func (t *Tx) AskAWSSync(ctx context.Context, workspaceID int64, next time.Time) error {
	err := t.db.Exec(ctx, `update aws_connection set asked = asked + 1, next_sync_at = $2 where workspace_id = $1`,
		workspaceID, db.Millis(next))
	if err != nil {
		return fmt.Errorf("ask for a sync with AWS: %w", err)
	}
	return nil
}

// EndAWSSync notes how the syncs that were asked for until c was read went. A message says why they failed.
func (t *Tx) EndAWSSync(ctx context.Context, c domain.AWSConnection, message string) error {
	synced := t.now
	if message != "" {
		synced = c.SyncedAt
	}
	err := t.db.Exec(ctx, `update aws_connection set done = $2, synced_at = $3, error = $4
		where workspace_id = $1 and done < $2`,
		c.WorkspaceID, c.Asked, db.Millis(synced), message)
	if err != nil {
		return fmt.Errorf("end a sync with AWS: %w", err)
	}
	return nil
}

// NoteAWSError notes why a sync has not succeeded yet; it goes on.
func (t *Tx) NoteAWSError(ctx context.Context, workspaceID int64, message string) error {
	return t.db.Exec(ctx, `update aws_connection set error = $2 where workspace_id = $1`, workspaceID, message)
}

// DueAWSSyncs returns the workspaces whose next sync is due, at most 100.
func (q Q) DueAWSSyncs(ctx context.Context, now time.Time) ([]int64, error) {
	list, err := db.Many(ctx, q.db, func(row db.Row) (id int64, err error) { return id, row.Scan(&id) },
		`select workspace_id from aws_connection where next_sync_at <= $1 order by next_sync_at limit 100`, db.Millis(now))
	if err != nil {
		return nil, fmt.Errorf("look for syncs that are due: %w", err)
	}
	return list, nil
}

// RemoteListing returns the listing that is a product at AWS; ok is false where there is none.
func (q Q) RemoteListing(
	ctx context.Context, workspaceID int64, remoteID string,
) (l domain.Listing, ok bool, err error) {
	l, ok, err = db.First(ctx, q.db, listingTable.Scan(listingRead), `select `+listingColumns+` from listing
		where workspace_id = $1 and remote_id = $2 and remote_id <> ''`, workspaceID, remoteID)
	if err != nil {
		return l, false, fmt.Errorf("read the listing of a product: %w", err)
	}
	return l, ok, nil
}

var saveListingRemote = listingTable.Write(listingRemote, `update listing set {set}
	where workspace_id = {workspace_id} and id = {id}`)

// SaveListingRemote stores what is known of a locked listing at AWS, without another revision: nothing that people read
// has changed.
func (t *Tx) SaveListingRemote(ctx context.Context, l domain.Listing) error {
	if _, err := saveListingRemote.Exec(ctx, t.db, &l); err != nil {
		return fmt.Errorf("save what AWS has of a listing: %w", err)
	}
	return nil
}
