package studio

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/text"
)

// orphanAfter is how long a text whose writer gives no sign of life counts as
// being written. Writers give one every two seconds ([text.Keeper]).
const orphanAfter = 10 * time.Second

// stored is a [text.Stored] for one text.
func (v *Verbs) stored(ctx context.Context, workspaceID, id int64, after int) ([]text.Piece, bool, error) {
	q := v.store.Read()
	status, err := q.GeneratedTextStatus(ctx, id)
	if err != nil {
		return nil, false, err
	}
	if status != domain.TextStreaming {
		m, err := q.GeneratedText(ctx, workspaceID, id)
		return []text.Piece{{Text: m.Body}}, true, err
	}
	rows, err := q.GeneratedTextPieces(ctx, id, after)
	list := make([]text.Piece, len(rows))
	for i, r := range rows {
		list[i] = text.Piece{Offset: r.Seq - utf8.RuneCountInString(r.Text), Text: r.Text}
	}
	return list, false, err
}

// storedSoFar returns the pieces that are stored of a text that is being written.
func storedSoFar(ctx context.Context, q store.Q, id int64) (string, error) {
	rows, err := q.GeneratedTextPieces(ctx, id, 0)
	if err != nil {
		return "", fmt.Errorf("read pieces: %w", err)
	}
	var b strings.Builder
	for _, r := range rows {
		b.WriteString(r.Text)
	}
	return b.String(), nil
}

// Orphans ends texts whose writer died with its process: what is stored of them is
// charged, the rest of the hold is released.
func (v *Verbs) Orphans(ctx context.Context) error {
	list, err := v.store.Read().OrphanedTexts(ctx, orphanAfter, v.store.Now())
	if err != nil {
		return fmt.Errorf("look for orphaned texts: %w", err)
	}
	for _, m := range list {
		if v.writes(m.ID) { // the clock jumped
			continue
		}
		if err := v.endOrphan(ctx, m); err != nil {
			return fmt.Errorf("end an orphaned text: %w", err)
		}
	}
	return nil
}

// writes reports whether this node is writing a text.
func (v *Verbs) writes(id int64) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.drafts[id] != nil
}

func (v *Verbs) endOrphan(ctx context.Context, m store.GeneratedText) (err error) {
	if m.Body, err = storedSoFar(ctx, v.store.Read(), m.ID); err != nil {
		return err
	}
	m.Status, m.Error = domain.TextFailed, "The server was restarted while this text was being written."
	m.Used = charge(m)
	cited, err := v.citedByOrphan(ctx, m)
	if err != nil { // its end matters more than its sources
		v.log.Warn("look for what an orphaned answer cites", "message", m.ID, "error", err)
	}
	return v.store.InTx(ctx, func(tx *store.Tx) error { return finish(ctx, tx, m, cited) })
}

// citedByOrphan returns what half an answer of a chat cites.
func (v *Verbs) citedByOrphan(ctx context.Context, m store.GeneratedText) ([]domain.Citation, error) {
	if m.Template != domain.ChatText {
		return nil, nil
	}
	var in request
	if err := v.store.Read().GeneratedTextRequest(ctx, m.WorkspaceID, m.ID, &in); err != nil {
		return nil, err
	}
	return cited(ctx, v.store.Read(), m, in)
}
