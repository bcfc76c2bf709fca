package store

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// Channel is a channel with its secret, encrypted with the workspace and the slug bound to
// it.
type Channel struct {
	domain.Channel
	Sealed string // empty: no secret
}

// The sets of a channel's columns.
const (
	channelRead db.Set = 1 << iota
	channelCreate
	channelSave
)

var channelTable = db.NewTable("channel", func(c *Channel) []db.Column {
	return []db.Column{
		{Name: "id", Field: &c.ID, In: channelRead},
		{Name: "workspace_id", Field: &c.WorkspaceID, In: channelRead | channelCreate},
		{Name: "slug", Field: &c.Slug, In: channelRead | channelCreate},
		{Name: "kind", Field: db.Text(&c.Kind), In: channelRead | channelCreate},
		{Name: "name", Field: &c.Name, In: channelRead | channelCreate | channelSave},
		{Name: "settings", Field: db.JSONOr(&c.Settings, "{}"), In: channelRead | channelCreate | channelSave},
		{Name: "secret", Field: &c.Sealed, In: channelRead | channelCreate | channelSave},
		{Name: "content_types", Field: db.JSONOr(&c.ContentTypes, "[]"), In: channelRead | channelCreate | channelSave},
		{Name: "enabled", Field: &c.Enabled, In: channelRead | channelCreate | channelSave},
		{Name: "error", Field: &c.Error, In: channelRead | channelCreate | channelSave},
		{Name: "checked_at", Field: db.Time(&c.CheckedAt), In: channelRead | channelCreate | channelSave},
		{Name: "version", Field: &c.Version, In: channelRead | channelCreate | channelSave},
		{Name: "created_at", Field: db.Time(&c.CreatedAt), In: channelRead | channelCreate},
		{Name: "updated_at", Field: db.Time(&c.UpdatedAt), In: channelRead | channelCreate | channelSave},
	}
})

var (
	channelColumns = channelTable.Columns(channelRead)
	createChannel  = channelTable.Write(channelCreate,
		`insert into channel ({columns}) values ({values}) returning id`)
	saveChannel = channelTable.Write(channelSave, `update channel set {set}
		where workspace_id = {workspace_id} and id = {id} and version = {version} - 1 and deleted_at = 0`)
)

// Channels returns the workspace's channels in the order of their creation.
func (q Q) Channels(ctx context.Context, workspaceID int64) ([]Channel, error) {
	list, err := db.Many(ctx, q.db, channelTable.Scan(channelRead),
		`select `+channelColumns+` from channel where workspace_id = $1 and deleted_at = 0 order by id`, workspaceID)
	if err != nil {
		return nil, fmt.Errorf("read channels: %w", err)
	}
	return list, nil
}

// Channel returns a channel of the workspace that was not deleted.
func (q Q) Channel(ctx context.Context, workspaceID, id int64) (Channel, error) {
	c, ok, err := db.First(ctx, q.db, channelTable.Scan(channelRead), `select `+channelColumns+` from channel
		where workspace_id = $1 and id = $2 and deleted_at = 0`, workspaceID, id)
	if err != nil {
		return c, fmt.Errorf("read channel: %w", err)
	}
	if !ok {
		return c, domain.NotFound("Channel")
	}
	return c, nil
}

// ChannelSlugs returns the slugs of all channels that the workspace has or had.
func (q Q) ChannelSlugs(ctx context.Context, workspaceID int64) ([]string, error) {
	scan := func(row db.Row) (s string, err error) { err = row.Scan(&s); return s, err }
	list, err := db.Many(ctx, q.db, scan, `select slug from channel where workspace_id = $1`, workspaceID)
	if err != nil {
		return nil, fmt.Errorf("read the slugs of channels: %w", err)
	}
	return list, nil
}

// CreateChannel adds a channel and returns it with its id.
func (t *Tx) CreateChannel(ctx context.Context, c Channel) (Channel, error) {
	c.CreatedAt, c.UpdatedAt, c.Version = t.now, t.now, 1
	if err := createChannel.One(ctx, t.db, &c, &c.ID); err != nil {
		return c, fmt.Errorf("create channel: %w", err)
	}
	return c, nil
}

// SaveChannel stores the next version of a channel, of which c has the number of the
// present one. It reports false where another change was faster.
func (t *Tx) SaveChannel(ctx context.Context, c Channel) (_ Channel, saved bool, err error) {
	c.Version++
	c.UpdatedAt = t.now
	n, err := saveChannel.Exec(ctx, t.db, &c)
	if err != nil {
		return c, false, fmt.Errorf("save channel: %w", err)
	}
	return c, n > 0, nil
}

// SaveChannelError stores why a channel does not work, or "" where it does. It is no
// change by a person, so it makes no version. Of a channel that was changed since version
// was read, nothing is known.
func (t *Tx) SaveChannelError(ctx context.Context, workspaceID, id int64, version int, why string) error {
	err := t.db.Exec(ctx, `update channel set error = $4, checked_at = $5
		where workspace_id = $1 and id = $2 and version = $3`, workspaceID, id, version, why, db.Millis(t.now))
	if err != nil {
		return fmt.Errorf("save the error of a channel: %w", err)
	}
	return nil
}

// DeleteChannel takes a channel out of every list and forgets its secret.
func (t *Tx) DeleteChannel(ctx context.Context, workspaceID, id int64) error {
	err := t.db.Exec(ctx, `update channel set deleted_at = $3, secret = '', enabled = false
		where workspace_id = $1 and id = $2`, workspaceID, id, db.Millis(t.now))
	if err != nil {
		return fmt.Errorf("delete channel: %w", err)
	}
	return nil
}
