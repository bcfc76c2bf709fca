package store

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// ChannelUploads returns what was uploaded to a channel for an item.
func (q Q) ChannelUploads(ctx context.Context, workspaceID, channelID, contentID int64) ([]domain.Upload, error) {
	list, err := db.Many(ctx, q.db, func(row db.Row) (u domain.Upload, err error) {
		err = row.Scan(&u.Sum, &u.ID, &u.URL)
		return u, err
	}, `select sum, external_id, url from channel_upload
		where workspace_id = $1 and channel_id = $2 and content_id = $3 order by at, sum`, workspaceID, channelID, contentID)
	if err != nil {
		return nil, fmt.Errorf("read what was uploaded to a channel: %w", err)
	}
	return list, nil
}

// SaveChannelUpload stores what was uploaded to a channel for an item, in place of an earlier upload of
// the same bytes.
func (t *Tx) SaveChannelUpload(ctx context.Context, workspaceID, channelID, contentID int64, u domain.Upload) error {
	err := t.db.Exec(ctx, `insert into channel_upload (workspace_id, channel_id, content_id, sum, external_id, url, at)
		values ($1, $2, $3, $4, $5, $6, $7) on conflict (channel_id, content_id, sum) do update set
		external_id = excluded.external_id, url = excluded.url, at = excluded.at`,
		workspaceID, channelID, contentID, u.Sum, u.ID, u.URL, db.Millis(t.now))
	if err != nil {
		return fmt.Errorf("save an upload to a channel: %w", err)
	}
	return nil
}
