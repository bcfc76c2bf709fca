package content

import (
	"context"
	"errors"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// change is a change of one item in two parts. What takes time is prepared before the
// transaction, which holds the database's writer: no text is parsed in it.
type change[P any] struct {
	id    int64
	seen  verb.Precondition
	scope domain.Scope
	// prepare works out the change of the item as it is; an error of it is returned only
	// where the item is still as it was.
	prepare func(before domain.ContentItem) (P, error)
	// apply stores it. The item is locked, and as prepare has seen it.
	apply func(tx *store.Tx, a domain.Actor, before domain.ContentItem, p P) (ItemDetails, error)
}

// errStale says that something has changed since a change of it was prepared.
var errStale = errors.New("it has changed since")

// mostTries is how often a change is prepared again because somebody else was faster.
const mostTries = 20

// whileStale tries a change until nobody else was faster.
func whileStale[T any](try func() (T, error)) (out T, err error) {
	for range mostTries {
		if out, err = try(); !errors.Is(err, errStale) {
			return out, err
		}
	}
	return out, domain.Errorf(domain.CodeConflict, "Others keep changing this. Read it again, then retry")
}

// changeItem prepares a change and applies it, again where the item has changed between.
func changeItem[P any](ctx context.Context, v *Verbs, c change[P]) (d ItemDetails, err error) {
	a, err := verb.Caller(ctx, c.scope)
	if err != nil {
		return d, err
	}
	return whileStale(func() (ItemDetails, error) {
		was, err := v.store.Read().Content(ctx, a.WorkspaceID, c.id)
		var p P
		if err == nil {
			p, err = c.prepare(was)
		}
		unprepared := err
		return verb.Change(ctx, v.store, c.scope, func(tx *store.Tx, a domain.Actor) (ItemDetails, error) {
			before, err := lockItem(ctx, tx, a, c.id, c.seen)
			if err != nil {
				return ItemDetails{}, err
			}
			if before.Revision != was.Revision {
				return ItemDetails{}, errStale
			}
			if unprepared != nil {
				return ItemDetails{}, unprepared
			}
			return c.apply(tx, a, before, p)
		})
	})
}
