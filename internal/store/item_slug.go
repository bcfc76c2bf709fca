package store

import (
	"context"
	"fmt"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// FreeContentSlug returns slug, or slug with a number appended, which no other item
// of the workspace has: the first such number, unless items between have been
// deleted. It looks at a few slugs only, however many items share the title.
func (q Q) FreeContentSlug(ctx context.Context, workspaceID, exceptID int64, slug string) (string, error) {
	if q.db.Postgres() && q.db.InTx() {
		// Two transactions that look for the same slug must not find the same one free.
		err := q.db.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended($1, $2))`, slug, workspaceID)
		if err != nil {
			return "", fmt.Errorf("look for a free slug: %w", err)
		}
	}
	if taken, err := q.slugTaken(ctx, workspaceID, exceptID, slug); err != nil || !taken {
		return slug, err
	}
	numbered := func(n int) string {
		suffix, base := fmt.Sprintf("-%d", n), []rune(slug)
		if room := domain.LimitItemSlug.Max - len(suffix); len(base) > room {
			base = base[:room] // so that a later edit takes the slug
		}
		return strings.TrimRight(string(base), "-") + suffix
	}
	// Double the number until one is free, then halve the distance between a taken and
	// a free one. 1 stands for the bare slug.
	taken, free := 1, 2
	for {
		is, err := q.slugTaken(ctx, workspaceID, exceptID, numbered(free))
		if err != nil {
			return "", err
		}
		if !is {
			break
		}
		taken, free = free, free*2
	}
	for free-taken > 1 {
		middle := taken + (free-taken)/2
		is, err := q.slugTaken(ctx, workspaceID, exceptID, numbered(middle))
		if err != nil {
			return "", err
		}
		if is {
			taken = middle
		} else {
			free = middle
		}
	}
	return numbered(free), nil
}

func (q Q) slugTaken(ctx context.Context, workspaceID, exceptID int64, slug string) (bool, error) {
	// The addresses that an item has been published at stay its own, whatever its slug
	// has become.
	others, err := db.Many(ctx, q.db, db.ID,
		`select id from content where workspace_id = $1 and slug = $2 and id <> $3
		union all select content_id from published_slug where workspace_id = $1 and slug = $2 and content_id <> $3
		limit 1`, // where an item has it, the second table is not asked
		workspaceID, slug, exceptID)
	if err != nil {
		return false, fmt.Errorf("look for a free slug: %w", err)
	}
	return len(others) > 0, nil
}
