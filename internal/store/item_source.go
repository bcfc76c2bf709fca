package store

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// AddContentSource stores that an item was made from another one's present version; a
// second time does nothing.
func (t *Tx) AddContentSource(ctx context.Context, c, from domain.ContentItem, kind domain.SourceKind) error {
	err := t.db.Exec(ctx, `insert into content_source (workspace_id, content_id, source_id, kind, version)
		values ($1, $2, $3, $4, $5) on conflict (content_id, source_id) do nothing`,
		c.WorkspaceID, c.ID, from.ID, string(kind), from.Version)
	if err != nil {
		return fmt.Errorf("add the source of a content item: %w", err)
	}
	return nil
}

// ContentSources returns the items that an item of the workspace was made from, deleted
// ones included, by their ids.
func (q Q) ContentSources(ctx context.Context, workspaceID, id int64) ([]domain.Relative, error) {
	return q.relatives(ctx, `select s.source_id, coalesce(c.title, ''), coalesce(c.stage, ''), s.kind, s.version
		from content_source s left join content c on c.id = s.source_id and c.workspace_id = s.workspace_id
		where s.workspace_id = $1 and s.content_id = $2 order by s.source_id`, workspaceID, id)
}

// ContentMadeFrom returns the items of the workspace that were made from an item, newest
// first, at most limit of them.
func (q Q) ContentMadeFrom(ctx context.Context, workspaceID, id int64, limit int) ([]domain.Relative, error) {
	return q.relatives(ctx, `select c.id, c.title, c.stage, s.kind, s.version
		from content_source s join content c on c.id = s.content_id and c.workspace_id = s.workspace_id
		where s.workspace_id = $1 and s.source_id = $2 order by c.id desc limit 0 + $3`, workspaceID, id, limit)
}

func (q Q) relatives(ctx context.Context, query string, args ...any) ([]domain.Relative, error) {
	list, err := db.Many(ctx, q.db, func(row db.Row) (r domain.Relative, err error) {
		err = row.Scan(&r.ID, &r.Title, db.Text(&r.Status), db.Text(&r.Kind), &r.Version)
		return r, err
	}, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read the relatives of a content item: %w", err)
	}
	return list, nil
}
