package store

import (
	"context"
	"errors"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// A card's place orders it in its column, highest first. Places grow with the
// clock, in microseconds, which leaves room between two cards.
const (
	placeBelow = 1_000 // between the last card and one that goes below it
	placeRoom  = 1_024 // how far cards move up when there is no room between two
)

// top returns a place above every card.
func (t *Tx) top() int64 { return t.store.db.Clock().UnixMicro() }

// placeBefore returns a place between the card with the id before and the one above
// it: the top for 0, the bottom for a negative one, and the top where that card is
// no longer in the column.
func (t *Tx) placeBefore(ctx context.Context, c domain.ContentItem, before int64) (int64, error) {
	if before == 0 || before == c.ID {
		return t.top(), nil
	}
	if before < 0 {
		return t.bottom(ctx, c)
	}
	status := string(c.Status)
	var below int64
	err := t.db.One(ctx, []any{&below},
		`select place from content where workspace_id = $1 and id = $2 and stage = $3`, c.WorkspaceID, before, status)
	if errors.Is(err, db.ErrNoRow) {
		return t.top(), nil
	}
	if err != nil {
		return 0, fmt.Errorf("read place: %w", err)
	}
	var above int64
	err = t.db.One(ctx, []any{&above}, `select coalesce(min(place), 0) from content
		where workspace_id = $1 and stage = $2 and place > $3 and id <> $4`, c.WorkspaceID, status, below, c.ID)
	if err != nil {
		return 0, fmt.Errorf("read place: %w", err)
	}
	if above == 0 {
		return t.top(), nil
	}
	if above-below < 2 {
		err = t.db.Exec(ctx, `update content set place = place + $4
			where workspace_id = $1 and stage = $2 and place > $3`, c.WorkspaceID, status, below, placeRoom)
		if err != nil {
			return 0, fmt.Errorf("make room: %w", err)
		}
		above += placeRoom
	}
	return below + (above-below)/2, nil
}

// bottom returns a place below every other card of the column.
func (t *Tx) bottom(ctx context.Context, c domain.ContentItem) (int64, error) {
	var last int64
	err := t.db.One(ctx, []any{&last}, `select coalesce(min(place), 0) from content
		where workspace_id = $1 and stage = $2 and id <> $3`, c.WorkspaceID, string(c.Status), c.ID)
	if err != nil {
		return 0, fmt.Errorf("read place: %w", err)
	}
	if last == 0 {
		return t.top(), nil
	}
	return last - placeBelow, nil
}
