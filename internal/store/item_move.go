package store

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

const contentMoveAll db.Set = 1

var contentMoveTable = db.NewTable("move", func(m *domain.ItemMove) []db.Column {
	return []db.Column{
		{Name: "content_id", Field: &m.ContentID, In: contentMoveAll},
		{Name: "from_stage", Field: db.Text(&m.From), In: contentMoveAll},
		{Name: "to_stage", Field: db.Text(&m.To), In: contentMoveAll},
		{Name: "version", Field: &m.Version, In: contentMoveAll},
		{Name: "actor_kind", Field: db.Text(&m.ByKind), In: contentMoveAll},
		{Name: "actor", Field: &m.By, In: contentMoveAll},
		{Name: "kind", Field: db.Text(&m.Kind), In: contentMoveAll},
		{Name: "finding", Field: &m.Finding, In: contentMoveAll},
		{Name: "reason", Field: &m.Reason, In: contentMoveAll},
		{Name: "at", Field: db.Time(&m.At), In: contentMoveAll},
	}
})

var (
	contentMoveColumns = contentMoveTable.Columns(contentMoveAll)
	addContentMove     = contentMoveTable.Write(contentMoveAll, `insert into move ({columns}) values ({values})`)
)

// AddContentMove stores an entry of an item's history on the board.
func (t *Tx) AddContentMove(ctx context.Context, m domain.ItemMove) error {
	m.At = t.now
	if _, err := addContentMove.Exec(ctx, t.db, &m); err != nil {
		return fmt.Errorf("add move: %w", err)
	}
	return nil
}

// ContentMoves returns an item's history on the board, oldest first. The caller has
// made sure that the item is the workspace's.
func (q Q) ContentMoves(ctx context.Context, contentID int64) ([]domain.ItemMove, error) {
	return db.Many(ctx, q.db, contentMoveTable.Scan(contentMoveAll),
		`select `+contentMoveColumns+` from move where content_id = $1 order by id`, contentID)
}
