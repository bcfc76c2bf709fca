package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// GeneratedText is a generated text as it is kept.
type GeneratedText struct {
	ID          int64
	WorkspaceID int64
	Status      domain.TextStatus // streaming, completed, failed
	Body        string
	Error       string
	Held, Used  int
	Engine      domain.Origin
	Cost        domain.Cost
	CreatedAt   time.Time
}

// CreateGeneratedText notes a text that is going to be written.
func (t *Tx) CreateGeneratedText(ctx context.Context, m GeneratedText, request any, by string) (GeneratedText, error) {
	engine, err := toJSON(m.Engine)
	if err != nil {
		return m, err
	}
	text, err := toJSON(request)
	if err != nil {
		return m, err
	}
	m.CreatedAt = t.now
	err = t.db.One(ctx, []any{&m.ID}, `insert into message (workspace_id, status, request, engine, credits_held, created_by, created_at, touched_at)
		values ($1,'streaming',$2,$3,$4,$5,$6,$6) returning id`, m.WorkspaceID, text, engine, m.Held, by, db.Millis(t.now))
	if err != nil {
		return m, fmt.Errorf("create message: %w", err)
	}
	return m, nil
}

// AddGeneratedTextPiece stores the next piece of a text.
func (t *Tx) AddGeneratedTextPiece(ctx context.Context, messageID int64, seq int, text string) error {
	if err := t.db.Exec(ctx, `insert into message_piece (message_id, seq, body) values ($1,$2,$3)`, messageID, seq, text); err != nil {
		return fmt.Errorf("add piece: %w", err)
	}
	return t.TouchGeneratedText(ctx, messageID)
}

// TouchGeneratedText notes that a text is still being written.
func (t *Tx) TouchGeneratedText(ctx context.Context, messageID int64) error {
	return t.db.Exec(ctx, `update message set touched_at = $2 where id = $1`, messageID, db.Millis(t.now))
}

// OrphanedTexts returns the texts whose writer has not been heard of since a moment.
func (q Q) OrphanedTexts(ctx context.Context, since time.Time) ([]GeneratedText, error) {
	return db.Many(ctx, q.db, scanMessage, `select `+messageColumns+` from message where status = 'streaming' and touched_at < $1`, db.Millis(since))
}

// FinishGeneratedText ends a text. It reports false where it had ended already.
func (t *Tx) FinishGeneratedText(ctx context.Context, m GeneratedText) (bool, error) {
	cost, err := toJSON(m.Cost)
	if err != nil {
		return false, err
	}
	n, err := t.db.ExecCount(ctx, `update message set status = $2, body = $3, error = $4, credits_held = 0, credits_used = $5, cost = $6, completed_at = $7
		where id = $1 and status = 'streaming'`, m.ID, m.Status, m.Body, m.Error, m.Used, cost, db.Millis(t.now))
	if err != nil {
		return false, fmt.Errorf("finish message: %w", err)
	}
	return n > 0, nil
}

const messageColumns = `id, workspace_id, status, body, error, credits_held, credits_used, engine, cost, created_at`

func scanMessage(row db.Row) (m GeneratedText, err error) {
	err = row.Scan(&m.ID, &m.WorkspaceID, &m.Status, &m.Body, &m.Error, &m.Held, &m.Used, db.JSON(&m.Engine), db.JSON(&m.Cost), db.Time(&m.CreatedAt))
	return m, err
}

// GeneratedText returns a text of the workspace.
func (q Q) GeneratedText(ctx context.Context, workspaceID, id int64) (GeneratedText, error) {
	m, ok, err := db.First(ctx, q.db, scanMessage, `select `+messageColumns+` from message where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return m, fmt.Errorf("read message: %w", err)
	}
	if !ok {
		return m, domain.NotFound("Message")
	}
	return m, nil
}

// TextPiece is one stored piece of a text.
type TextPiece struct {
	Seq  int
	Text string
}

// GeneratedTextPieces returns the pieces of a text behind seq.
func (q Q) GeneratedTextPieces(ctx context.Context, messageID int64, after int) ([]TextPiece, error) {
	return db.Many(ctx, q.db, func(row db.Row) (p TextPiece, err error) { err = row.Scan(&p.Seq, &p.Text); return p, err },
		`select seq, body from message_piece where message_id = $1 and seq > $2 order by seq`, messageID, after)
}

// GeneratedTextStatus returns the present state of a text.
func (q Q) GeneratedTextStatus(ctx context.Context, id int64) (status domain.TextStatus, err error) {
	err = q.db.One(ctx, []any{&status}, `select status from message where id = $1`, id)
	if errors.Is(err, db.ErrNoRow) {
		return "", domain.NotFound("Message")
	}
	return status, err
}
