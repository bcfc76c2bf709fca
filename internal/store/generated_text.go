package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// GeneratedText is a generated text as it is stored.
type GeneratedText struct {
	ID          int64
	WorkspaceID int64
	Status      domain.TextStatus
	Body        string // complete once it has ended; until then see [Q.GeneratedTextPieces]
	Error       string
	Results     []domain.TextResult // empty for texts that have not ended, and for those of older versions
	Held, Used  int                 // credits
	Origin      domain.Origin
	Cost        domain.Cost
	// CreatedBy is the caller's name; CreatedByKind and CreatedByID are the caller, since
	// several may have one name. They are empty for texts of older versions.
	CreatedBy     string
	CreatedByKind domain.ActorKind
	CreatedByID   int64
	CreatedAt     time.Time
	Template      string // slug of the writer template; "": a free prompt
	Title         string // what it is called in lists; "" for texts of older versions
	Search        string // what a search finds it by, in the form for comparison; only written
}

// The sets of a generated text's columns.
const (
	textRead db.Set = 1 << iota
	textCreate
	textFinish
	textBegin
)

// textRow is a generated text with the columns that only the store looks at.
type textRow struct {
	GeneratedText
	request     json.RawMessage
	touchedAt   time.Time
	completedAt time.Time
}

var textTable = db.NewTable("message", func(m *textRow) []db.Column {
	return []db.Column{
		{Name: "id", Field: &m.ID, In: textRead},
		{Name: "workspace_id", Field: &m.WorkspaceID, In: textRead | textCreate},
		{Name: "status", Field: db.Text(&m.Status), In: textRead | textCreate | textFinish | textBegin},
		{Name: "request", Field: db.Raw(&m.request, ""), In: textCreate | textBegin},
		{Name: "body", Field: &m.Body, In: textRead | textFinish},
		{Name: "error", Field: &m.Error, In: textRead | textFinish},
		{Name: "results", Field: db.JSONOr(&m.Results, "[]"), In: textRead | textFinish},
		{Name: "credits_held", Field: &m.Held, In: textRead | textCreate | textFinish | textBegin},
		{Name: "credits_used", Field: &m.Used, In: textRead | textFinish},
		{Name: "engine", Field: db.JSON(&m.Origin), In: textRead | textCreate | textBegin},
		{Name: "cost", Field: db.JSON(&m.Cost), In: textRead | textFinish},
		{Name: "created_by", Field: &m.CreatedBy, In: textRead | textCreate},
		{Name: "created_by_kind", Field: db.Text(&m.CreatedByKind), In: textRead | textCreate},
		{Name: "created_by_id", Field: &m.CreatedByID, In: textRead | textCreate},
		{Name: "created_at", Field: db.Time(&m.CreatedAt), In: textRead | textCreate},
		{Name: "template", Field: &m.Template, In: textRead | textCreate},
		{Name: "title", Field: &m.Title, In: textRead | textCreate},
		{Name: "search", Field: &m.Search, In: textCreate},
		{Name: "touched_at", Field: db.Time(&m.touchedAt), In: textCreate | textBegin},
		{Name: "completed_at", Field: db.Time(&m.completedAt), In: textFinish},
	}
})

// textStreaming is the condition for a text that is being written.
var textStreaming = `status = ` + quote(domain.TextStreaming)

// textBuilt is the condition for a text that can be written and has not begun.
var textBuilt = `status = ` + quote(domain.TextBuilt)

var (
	textColumns = textTable.Columns(textRead)
	createText  = textTable.Write(textCreate, `insert into message ({columns}) values ({values}) returning id`)
	beginText   = textTable.Write(textBegin, `update message set {set}
		where workspace_id = {workspace_id} and id = {id} and `+textBuilt)
	finishText = textTable.Write(textFinish, `update message set {set} where id = {id} and `+textStreaming)
)

func scanText() func(db.Row) (GeneratedText, error) {
	scan := textTable.Scan(textRead)
	return func(row db.Row) (GeneratedText, error) {
		m, err := scan(row)
		return m.GeneratedText, err
	}
}

// CreateGeneratedText stores a text with the request that asked for it, and returns it with its id. It is going
// to be written, unless its status says that it is only built. by is the caller.
func (t *Tx) CreateGeneratedText(
	ctx context.Context, m GeneratedText, request any, by domain.Actor,
) (GeneratedText, error) {
	body, err := json.Marshal(request)
	if err != nil {
		return m, fmt.Errorf("encode the request: %w", err)
	}
	m.Status, m.CreatedAt = cmp.Or(m.Status, domain.TextStreaming), t.now
	m.CreatedBy, m.CreatedByKind, m.CreatedByID = by.Name, by.Kind, by.ID
	row := textRow{GeneratedText: m, request: body, touchedAt: t.now}
	if err := createText.One(ctx, t.db, &row, &m.ID); err != nil {
		return m, fmt.Errorf("create generated text: %w", err)
	}
	return m, t.touchByClock(ctx, m.ID)
}

// touchByClock notes by the clock of PostgreSQL that a text is being written.
func (t *Tx) touchByClock(ctx context.Context, textID int64) error {
	if t.db.Postgres() {
		return t.TouchGeneratedText(ctx, textID)
	}
	return nil
}

// BeginGeneratedText turns a text that was built into one that is being written. It reports false where it has
// begun, or ended, already.
func (t *Tx) BeginGeneratedText(ctx context.Context, m GeneratedText, request any) (bool, error) {
	body, err := json.Marshal(request)
	if err != nil {
		return false, fmt.Errorf("encode the request: %w", err)
	}
	m.Status = domain.TextStreaming
	n, err := beginText.Exec(ctx, t.db, &textRow{GeneratedText: m, request: body, touchedAt: t.now})
	if err != nil {
		return false, fmt.Errorf("begin generated text: %w", err)
	}
	if n == 0 {
		return false, nil
	}
	return true, t.touchByClock(ctx, m.ID)
}

// AddGeneratedTextPiece stores the next piece of a text.
func (t *Tx) AddGeneratedTextPiece(ctx context.Context, textID int64, seq int, text string) error {
	err := t.db.Exec(ctx, `insert into message_piece (message_id, seq, body) values ($1,$2,$3)
		on conflict do nothing`, textID, seq, text)
	if err != nil {
		return fmt.Errorf("add piece: %w", err)
	}
	return t.TouchGeneratedText(ctx, textID)
}

// TouchGeneratedText notes that a text is still being written.
func (t *Tx) TouchGeneratedText(ctx context.Context, textID int64) error {
	if t.db.Postgres() {
		return t.db.Exec(ctx, `update message set touched_at = `+postgresNow+` where id = $1`, textID)
	}
	return t.db.Exec(ctx, `update message set touched_at = $2 where id = $1`, textID, db.Millis(t.now))
}

// postgresNow is the time by the clock of PostgreSQL, in milliseconds: nodes must not
// compare their own clocks with each other's.
const postgresNow = `(extract(epoch from clock_timestamp()) * 1000)::bigint`

// OrphanedTexts returns the texts that are not finished and that no writer has touched
// for so long, by the clock of the database.
func (q Q) OrphanedTexts(ctx context.Context, age time.Duration, now time.Time) ([]GeneratedText, error) {
	if q.db.Postgres() {
		return db.Many(ctx, q.db, scanText(), `select `+textColumns+` from message where `+textStreaming+`
			and touched_at < `+postgresNow+` - $1`, age.Milliseconds())
	}
	return db.Many(ctx, q.db, scanText(),
		`select `+textColumns+` from message where `+textStreaming+` and touched_at < $1`, db.Millis(now.Add(-age)))
}

// FinishGeneratedText ends a text. It reports false where it had ended already.
func (t *Tx) FinishGeneratedText(ctx context.Context, m GeneratedText) (bool, error) {
	m.Held = 0
	n, err := finishText.Exec(ctx, t.db, &textRow{GeneratedText: m, completedAt: t.now})
	if err != nil {
		return false, fmt.Errorf("finish generated text: %w", err)
	}
	return n > 0, nil
}

// GeneratedText returns a text of the workspace.
func (q Q) GeneratedText(ctx context.Context, workspaceID, id int64) (GeneratedText, error) {
	m, ok, err := db.First(ctx, q.db, scanText(),
		`select `+textColumns+` from message where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return m, fmt.Errorf("read generated text: %w", err)
	}
	if !ok {
		return m, domain.NotFound("Message")
	}
	return m, nil
}

// TextPiece is one stored piece of a text. Seq counts from 1.
type TextPiece struct {
	Seq  int
	Text string
}

func scanTextPiece(row db.Row) (p TextPiece, err error) {
	err = row.Scan(&p.Seq, &p.Text)
	return p, err
}

// GeneratedTextPieces returns the pieces of a text after seq, in order.
func (q Q) GeneratedTextPieces(ctx context.Context, textID int64, after int) ([]TextPiece, error) {
	return db.Many(ctx, q.db, scanTextPiece,
		`select seq, body from message_piece where message_id = $1 and seq > $2 order by seq`, textID, after)
}

// GeneratedTextStatus returns the present status of a text.
func (q Q) GeneratedTextStatus(ctx context.Context, id int64) (status domain.TextStatus, err error) {
	err = q.db.One(ctx, []any{&status}, `select status from message where id = $1`, id)
	if errors.Is(err, db.ErrNoRow) {
		return "", domain.NotFound("Message")
	}
	return status, err
}
