package store

import (
	"context"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// ChannelPublication is what a channel shows of an item, or is to show. Those of items that
// were deleted stay until the channel shows them no more.
type ChannelPublication struct {
	ID          int64
	WorkspaceID int64
	ContentID   int64
	ChannelID   int64
	Action      domain.PublicationAction
	Version     int // that is to be shown
	LiveVersion int // that is shown; 0: none, as far as is known
	Status      domain.PublicationStatus
	ExternalID  string
	URL         string
	Error       string
	Notes       []string
	ContentType domain.ContentType
	Snapshot    domain.Snapshot
	Attempts    int // of this round
	Round       int // raised each time that it is queued
	// Claim fences the one who works on it: what it reports counts only while it holds it.
	Claim    int
	QueuedAt time.Time
	NextAt   time.Time
	At       time.Time // of the last success

	tried bool // the channel may show it, whatever was recorded
}

// The sets of a publication's columns.
const (
	onChannelRead db.Set = 1 << iota
	onChannelCreate
	onChannelQueue
)

var onChannelTable = db.NewTable("channel_publication", func(p *ChannelPublication) []db.Column {
	return []db.Column{
		{Name: "id", Field: &p.ID, In: onChannelRead},
		{Name: "workspace_id", Field: &p.WorkspaceID, In: onChannelRead | onChannelCreate},
		{Name: "content_id", Field: &p.ContentID, In: onChannelRead | onChannelCreate},
		{Name: "channel_id", Field: &p.ChannelID, In: onChannelRead | onChannelCreate},
		{Name: "action", Field: db.Text(&p.Action), In: onChannelRead | onChannelQueue},
		{Name: "version", Field: &p.Version, In: onChannelRead | onChannelQueue},
		{Name: "live_version", Field: &p.LiveVersion, In: onChannelRead},
		{Name: "status", Field: db.Text(&p.Status), In: onChannelRead | onChannelQueue},
		{Name: "external_id", Field: &p.ExternalID, In: onChannelRead},
		{Name: "url", Field: &p.URL, In: onChannelRead},
		{Name: "error", Field: &p.Error, In: onChannelRead | onChannelQueue},
		{Name: "notes", Field: db.JSONOr(&p.Notes, "[]"), In: onChannelRead},
		{Name: "content_type", Field: db.Text(&p.ContentType), In: onChannelRead | onChannelQueue},
		{Name: "snapshot", Field: db.JSON(&p.Snapshot), In: onChannelRead | onChannelQueue},
		{Name: "attempts", Field: &p.Attempts, In: onChannelRead | onChannelQueue},
		{Name: "tried", Field: &p.tried, In: onChannelRead},
		{Name: "round", Field: &p.Round, In: onChannelRead},
		{Name: "claim", Field: &p.Claim, In: onChannelRead},
		{Name: "queued_at", Field: db.Time(&p.QueuedAt), In: onChannelRead | onChannelQueue},
		{Name: "next_at", Field: db.Time(&p.NextAt), In: onChannelRead | onChannelQueue},
		{Name: "at", Field: db.Time(&p.At), In: onChannelRead},
	}
})

var (
	onChannelColumns = onChannelTable.QualifiedColumns(onChannelRead)
	// What the channel shows stays known: only what it is to show is new.
	queueOnChannel = onChannelTable.Write(onChannelCreate|onChannelQueue,
		`insert into channel_publication ({columns}) values ({values})
		on conflict (content_id, channel_id) do update set action = excluded.action, version = excluded.version,
		status = excluded.status, error = '', content_type = excluded.content_type, snapshot = excluded.snapshot,
		attempts = 0, queued_at = excluded.queued_at, next_at = 0, enqueued = false,
		round = channel_publication.round + 1`)
)

// onChannelRow is a publication with its channel.
type onChannelRow struct {
	ChannelPublication
	slug, name string
	kind       domain.ChannelKind
}

// publicationsOnChannels returns an item's publications on the workspace's channels,
// deleted ones included.
func (q Q) publicationsOnChannels(ctx context.Context, workspaceID, contentID int64) ([]domain.Publication, error) {
	scan := func(row db.Row) (domain.Publication, error) {
		var r onChannelRow
		err := row.Scan(append(onChannelTable.Dest(&r.ChannelPublication, onChannelRead),
			&r.slug, &r.name, db.Text(&r.kind))...)
		return r.publication(), err
	}
	list, err := db.Many(ctx, q.db, scan, `select `+onChannelColumns+`, channel.slug, channel.name, channel.kind
		from channel_publication join channel on channel.id = channel_publication.channel_id
		where channel_publication.workspace_id = $1 and content_id = $2 order by channel.id`, workspaceID, contentID)
	if err != nil {
		return nil, fmt.Errorf("read publications on channels: %w", err)
	}
	return list, nil
}

func (r onChannelRow) publication() domain.Publication {
	return domain.Publication{
		ID:          r.ID,
		ContentID:   r.ContentID,
		Version:     r.Version,
		Channel:     r.slug,
		Slug:        r.Snapshot.Slug,
		Status:      r.Status,
		ExternalID:  r.ExternalID,
		URL:         r.URL,
		Error:       r.Error,
		At:          r.At,
		Name:        r.name,
		Kind:        r.kind,
		Action:      r.Action,
		LiveVersion: r.LiveVersion,
		Notes:       r.Notes,
		Attempts:    r.Attempts,
		NextAt:      r.NextAt,
	}
}

// ChannelPublication returns a publication of whatever workspace, for the job that does it;
// ok is false where there is none.
func (q Q) ChannelPublication(ctx context.Context, id int64) (p ChannelPublication, ok bool, err error) {
	p, ok, err = db.First(ctx, q.db, onChannelTable.Scan(onChannelRead),
		`select `+onChannelColumns+` from channel_publication where id = $1`, id)
	if err != nil {
		return p, false, fmt.Errorf("read publication: %w", err)
	}
	return p, ok, nil
}

// QueuePublication stores that a channel is to show a snapshot of an item, in place of what
// it shows now. A job must still be enqueued: see [Tx.UnqueuedPublications].
func (t *Tx) QueuePublication(
	ctx context.Context, c domain.ContentItem, channelID int64, version int, s domain.Snapshot,
) error {
	p := ChannelPublication{
		WorkspaceID: c.WorkspaceID, ContentID: c.ID, ChannelID: channelID, Action: domain.PublicationPublish,
		Version: version, Status: domain.PublicationPending, ContentType: c.Type, Snapshot: s, QueuedAt: t.now,
	}
	if _, err := queueOnChannel.Exec(ctx, t.db, &p); err != nil {
		return fmt.Errorf("queue publication: %w", err)
	}
	return nil
}

// QueueRemovals stores that an item is to be taken off the channels that may show it, or
// off one of them (0: all). Those that nothing was ever sent to are left alone.
func (t *Tx) QueueRemovals(ctx context.Context, workspaceID, contentID, channelID int64) error {
	err := t.db.Exec(ctx, `delete from channel_publication
		where workspace_id = $1 and content_id = $2 and (channel_id = $3 or $3 = 0) and not tried`,
		workspaceID, contentID, channelID)
	if err != nil {
		return fmt.Errorf("delete publications: %w", err)
	}
	err = t.db.Exec(ctx, `update channel_publication set action = 'remove', status = 'pending', error = '',
		attempts = 0, queued_at = $4, next_at = 0, enqueued = false, round = round + 1
		where workspace_id = $1 and content_id = $2 and (channel_id = $3 or $3 = 0)`,
		workspaceID, contentID, channelID, db.Millis(t.now))
	if err != nil {
		return fmt.Errorf("queue removals: %w", err)
	}
	return nil
}

// UnqueuedPublications returns the ids of an item's publications that wait and have no job,
// and stores that they have one now.
func (t *Tx) UnqueuedPublications(ctx context.Context, workspaceID, contentID int64) ([]int64, error) {
	ids, err := db.Many(ctx, t.db, db.ID, `update channel_publication set enqueued = true
		where workspace_id = $1 and content_id = $2 and status = 'pending' and not enqueued returning id`,
		workspaceID, contentID)
	if err != nil {
		return nil, fmt.Errorf("read queued publications: %w", err)
	}
	return ids, nil
}

// ClaimPublication takes a publication that waits, for a while: nobody else works on it
// until then. ok is false where somebody does, or where it no longer waits.
func (t *Tx) ClaimPublication(
	ctx context.Context, id int64, lease time.Duration,
) (p ChannelPublication, ok bool, err error) {
	n, err := t.db.ExecCount(ctx, `update channel_publication set claim = claim + 1, claimed_until = $2,
		attempts = attempts + 1, tried = true
		where id = $1 and status = 'pending' and claimed_until <= $3`,
		id, db.Millis(t.now.Add(lease)), db.Millis(t.now))
	if err != nil {
		return p, false, fmt.Errorf("claim publication: %w", err)
	}
	if n == 0 {
		return p, false, nil
	}
	return t.ChannelPublication(ctx, id)
}

// EndClaim stores what the holder of a claim has found out, and gives the claim back: where
// the channel shows the item, and, unless it was queued again meanwhile, how the publication
// went. It reports false where the claim was lost, and then stores nothing.
func (t *Tx) EndClaim(ctx context.Context, p ChannelPublication) (held bool, err error) {
	notes, err := db.JSONOr(&p.Notes, "[]").Value()
	if err != nil {
		return false, fmt.Errorf("write the notes of a publication: %w", err)
	}
	n, err := t.db.ExecCount(ctx, `update channel_publication set external_id = $3, url = $4, live_version = $5,
		notes = $6, at = $7, claimed_until = 0, tried = $8 where id = $1 and claim = $2`,
		p.ID, p.Claim, p.ExternalID, p.URL, p.LiveVersion, notes, db.Millis(p.At), p.tried)
	if err != nil || n == 0 {
		return false, err
	}
	err = t.db.Exec(ctx, `update channel_publication set status = $3, error = $4, next_at = $5
		where id = $1 and round = $2`, p.ID, p.Round, string(p.Status), p.Error, db.Millis(p.NextAt))
	if err != nil {
		return true, fmt.Errorf("save publication: %w", err)
	}
	if p.tried {
		return true, nil
	}
	// Taken off, and not queued again: nothing is left to know.
	return true, t.db.Exec(ctx, `delete from channel_publication where id = $1 and round = $2 and action = 'remove'`,
		p.ID, p.Round)
}

// Removed notes that the channel shows nothing of the item any more.
func (p *ChannelPublication) Removed() {
	p.ExternalID, p.URL, p.LiveVersion, p.Notes, p.tried = "", "", 0, nil, false
}
