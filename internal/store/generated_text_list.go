package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// GeneratedTextRequest reads the request that a text was asked for with into request.
func (q Q) GeneratedTextRequest(ctx context.Context, workspaceID, id int64, request any) error {
	var raw json.RawMessage
	err := q.db.One(ctx, []any{db.Raw(&raw, "")},
		`select request from message where workspace_id = $1 and id = $2`, workspaceID, id)
	if errors.Is(err, db.ErrNoRow) {
		return domain.NotFound("Message")
	}
	if err != nil {
		return fmt.Errorf("read the request of a text: %w", err)
	}
	if err := json.Unmarshal(raw, request); err != nil {
		return fmt.Errorf("decode the request of text %d: %w", id, err)
	}
	return nil
}

// TextFilter narrows a list of generated texts. A zero field does not.
type TextFilter struct {
	By       domain.Starter // who asked for them
	Template string         // slug
	Search   string         // a part of what a search finds them by, in the form for comparison
}

// GeneratedTexts returns a page of the workspace's texts, newest first, without those that were only built,
// those that rewrite a passage of an item, and the answers of chats.
func (q Q) GeneratedTexts(
	ctx context.Context, workspaceID int64, f TextFilter, p domain.Page,
) (l domain.List[GeneratedText], err error) {
	w := &where{}
	w.add("workspace_id = ?", workspaceID)
	w.add("status <> ?", string(domain.TextBuilt))
	w.add("template <> ?", domain.RewriteTemplate)
	w.add("template <> ?", domain.ChatText)
	if f.By.Kind != "" {
		w.add("created_by_kind = ?", string(f.By.Kind))
		w.add("created_by_id = ?", f.By.ID)
	}
	if f.Template != "" {
		w.add("template = ?", f.Template)
	}
	if f.Search != "" {
		w.add(`search like ? escape '\'`, "%"+likeLiteral.Replace(f.Search)+"%")
	}
	if err = q.db.One(ctx, []any{&l.Total}, `select count(*) from message where `+w.String(), w.args...); err != nil {
		return l, fmt.Errorf("count texts: %w", err)
	}
	l.Items, err = db.Many(ctx, q.db, scanText(), `select `+textColumns+` from message where `+w.String()+
		` order by id desc`+w.bind(" limit 0 + ?", p.Size)+w.bind(" offset ?", p.Offset()), w.args...)
	if err != nil {
		return l, fmt.Errorf("list texts: %w", err)
	}
	return l, nil
}

// likeLiteral escapes what LIKE takes for more than itself.
var likeLiteral = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// DeleteGeneratedText removes a text that is not being written, with its pieces and the record of what it was saved
// as. It reports false where there is none, or it is being written.
func (t *Tx) DeleteGeneratedText(ctx context.Context, workspaceID, id int64) (bool, error) {
	// The row is locked first: a text that begins meanwhile stays.
	n, err := t.db.ExecCount(ctx, `update message set error = error where workspace_id = $1 and id = $2
		and not (`+textStreaming+`)`, workspaceID, id)
	if err != nil || n == 0 {
		return false, err
	}
	const which = `select id from message where workspace_id = $1 and id = $2`
	if err := t.deleteTexts(ctx, which, workspaceID, id); err != nil {
		return false, err
	}
	return true, nil
}

// ExpireBuiltTexts removes the texts of all workspaces that were built before an instant and never written. It
// returns how many.
func (t *Tx) ExpireBuiltTexts(ctx context.Context, before time.Time) (int64, error) {
	n, err := t.db.ExecCount(ctx, `delete from message where `+textBuilt+` and created_at < $1`, db.Millis(before))
	if err != nil {
		return 0, fmt.Errorf("delete texts that were built: %w", err)
	}
	return n, nil
}

// deleteTexts removes the texts that a query selects, which are locked.
func (t *Tx) deleteTexts(ctx context.Context, which string, args ...any) error {
	for _, statement := range []string{
		`delete from message_piece where message_id in (` + which + `)`,
		`delete from message_save where message_id in (` + which + `)`,
		`delete from message where id in (` + which + `)`,
	} {
		if err := t.db.Exec(ctx, statement, args...); err != nil {
			return fmt.Errorf("delete a text: %w", err)
		}
	}
	return nil
}

// SavedText is the content item that a result of a generated text was saved as.
type SavedText struct {
	MessageID int64
	Result    int // counted from 1
	ContentID int64
	Given     string // what came with the call that saved it
}

// SavedTexts returns what the results of a text were saved as, without the items that no longer exist.
func (q Q) SavedTexts(ctx context.Context, workspaceID, textID int64) ([]SavedText, error) {
	list, err := db.Many(ctx, q.db, func(row db.Row) (s SavedText, err error) {
		err = row.Scan(&s.MessageID, &s.Result, &s.ContentID, &s.Given)
		return s, err
	}, `select message_save.message_id, message_save.result, message_save.content_id, message_save.given
		from message_save join content on content.id = message_save.content_id
		where content.workspace_id = $1 and message_save.message_id = $2 order by message_save.result`, workspaceID, textID)
	if err != nil {
		return nil, fmt.Errorf("read what a text was saved as: %w", err)
	}
	return list, nil
}

// LockGeneratedText locks a text of the workspace to the end of the transaction and returns it.
func (t *Tx) LockGeneratedText(ctx context.Context, workspaceID, id int64) (GeneratedText, error) {
	err := t.db.Exec(ctx, `update message set error = error where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return GeneratedText{}, fmt.Errorf("lock generated text: %w", err)
	}
	return t.GeneratedText(ctx, workspaceID, id)
}

// NoteSavedText records what a result of a locked text was saved as. An item that no longer exists is replaced.
func (t *Tx) NoteSavedText(ctx context.Context, s SavedText) error {
	err := t.db.Exec(ctx, `insert into message_save (message_id, result, content_id, given) values ($1, $2, $3, $4)
		on conflict (message_id, result) do update set content_id = excluded.content_id, given = excluded.given`,
		s.MessageID, s.Result, s.ContentID, s.Given)
	if err != nil {
		return fmt.Errorf("note what a text was saved as: %w", err)
	}
	return nil
}

// StopGeneratedText asks the writer of a text, on whatever node, to end it. It reports false where the text is not
// being written.
func (t *Tx) StopGeneratedText(ctx context.Context, workspaceID, id int64) (bool, error) {
	n, err := t.db.ExecCount(ctx, `update message set stopped = 1 where workspace_id = $1 and id = $2
		and `+textStreaming, workspaceID, id)
	if err != nil {
		return false, fmt.Errorf("stop a text: %w", err)
	}
	return n > 0, nil
}

// StoppedTexts returns the texts of all workspaces that are being written and are to end.
func (q Q) StoppedTexts(ctx context.Context) ([]int64, error) {
	list, err := db.Many(ctx, q.db, func(row db.Row) (id int64, err error) {
		err = row.Scan(&id)
		return id, err
	}, `select id from message where `+textStreaming+` and stopped = 1`)
	if err != nil {
		return nil, fmt.Errorf("read stopped texts: %w", err)
	}
	return list, nil
}
