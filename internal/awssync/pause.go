package awssync

import (
	"context"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/extension/aws"
	"vellocity/internal/queue"
	"vellocity/internal/store"
)

// firstPause and lastPause bound the time until a sync is tried again that failed for a reason that may pass.
const firstPause, lastPause = time.Minute, 30 * time.Minute

// syncLater notes why a sync has not succeeded yet, and when to try again: after 1, 2, 4 … minutes, at most 30. The
// pause follows from the time when the sync was asked for. Where the next regular sync comes first, [Syncer.Due] ends
// this one.
func (s *Syncer) syncLater(ctx context.Context, c domain.AWSConnection, f *aws.Fault) error {
	err := s.Store.InTx(ctx, func(tx *store.Tx) error { return tx.NoteAWSError(ctx, c.WorkspaceID, f.Message) })
	if err != nil {
		return err
	}
	now := s.Store.Now()
	asked := c.NextSyncAt.Add(-Every)
	pause := min(max(now.Sub(asked), 0)+firstPause, lastPause)
	if now.Add(pause).Before(c.NextSyncAt) {
		return queue.Later(pause)
	}
	return nil
}

// giveUp ends a sync that has failed until the next regular one, on a locked connection.
func giveUp(ctx context.Context, tx *store.Tx, c domain.AWSConnection) error {
	if !c.Syncing() || c.Error == "" {
		return nil
	}
	if err := tx.EndAWSSync(ctx, c, c.Error); err != nil {
		return err
	}
	return tx.AppendEvent(withActor(ctx, c.WorkspaceID), subject(c),
		domain.AWSSyncFailed{AWSFacts: c.Facts(), Error: c.Error})
}

// withActor names who changes listings in a sync.
func withActor(ctx context.Context, workspaceID int64) context.Context {
	return domain.WithActor(ctx,
		domain.Actor{Kind: domain.ActorSystem, Name: "AWS Marketplace", WorkspaceID: workspaceID})
}
