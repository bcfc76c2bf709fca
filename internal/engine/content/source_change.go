package content

import (
	"context"
	"slices"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/extract"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// EditSource changes a source. A nil field stays as it is.
type EditSource struct {
	ID       int64
	Title    *string
	Text     *string // Markdown
	Language *string // BCP 47; empty: what the text reads as
	verb.Precondition
}

func (in EditSource) validate() error {
	var p domain.Problems
	if in.Title != nil {
		domain.LimitTitle.Text(&p, "title", *in.Title)
	}
	if in.Text != nil {
		domain.LimitSourceText.Text(&p, "text", *in.Text)
		if strings.TrimSpace(*in.Text) == "" {
			p.Blank("text")
		}
	}
	if in.Language != nil {
		domain.LimitLanguage.Text(&p, "language", *in.Language)
		verb.CheckLanguage(&p, "language", in.Language)
	}
	return p.Err()
}

// EditSource changes a source. It takes the scope write.
func (v *Verbs) EditSource(ctx context.Context, in EditSource) (domain.Source, error) {
	a, err := verb.Caller(ctx, domain.ScopeWrite)
	if err != nil {
		return domain.Source{}, err
	}
	if err := in.validate(); err != nil {
		return domain.Source{}, err
	}
	return whileStale(func() (domain.Source, error) {
		was, unread := v.store.Read().Source(ctx, a.WorkspaceID, in.ID)
		next := was
		verb.Set(&next.Title, in.Title)
		verb.Set(&next.Language, in.Language)
		d := extract.Document{Body: was.Body}
		if in.Text != nil {
			d.Body = strings.TrimSpace(*in.Text)
		}
		describe(&next, d)
		return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (domain.Source, error) {
			now, err := tx.LockSource(ctx, a.WorkspaceID, in.ID)
			switch {
			case err != nil:
				return now, err
			case unread != nil || now.Revision != was.Revision:
				return now, errStale
			}
			if err := in.CheckRevision(int64(now.Revision)); err != nil {
				return now, err
			}
			return saveSource(ctx, tx, now, next)
		})
	})
}

// saveSource stores a source that differs from before.
func saveSource(ctx context.Context, tx *store.Tx, before, next domain.Source) (domain.Source, error) {
	same := before
	same.Search, same.RefreshedAt = next.Search, next.RefreshedAt
	if same == next && before.RefreshedAt.Equal(next.RefreshedAt) {
		return before, nil
	}
	saved, err := tx.SaveSource(ctx, next)
	if err != nil {
		return saved, err
	}
	return saved, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: saved.WorkspaceID},
		domain.SourceChanged{SourceFacts: saved.Facts()})
}

// DeleteSource deletes a source, and with a feed its entries. It takes the scope write.
func (v *Verbs) DeleteSource(ctx context.Context, in verb.ID) error {
	_, err := verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (struct{}, error) {
		s, err := tx.LockSource(ctx, a.WorkspaceID, in.ID)
		if err != nil {
			return struct{}{}, err
		}
		if err := in.CheckRevision(int64(s.Revision)); err != nil {
			return struct{}{}, err
		}
		all := []domain.Source{s}
		if s.Kind == domain.SourceFeed {
			entries, err := tx.FeedEntries(ctx, a.WorkspaceID, s.ID)
			if err != nil {
				return struct{}{}, err
			}
			all = append(all, entries...)
		}
		for _, s := range all {
			if err := tx.DeleteSource(ctx, s); err != nil {
				return struct{}{}, err
			}
			err := tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID}, domain.SourceDeleted{SourceFacts: s.Facts()})
			if err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	})
	return err
}

// RefreshSource reads the address of a source again: its text becomes what is there now, and new entries of a feed
// become sources. Where the address cannot be read, the text stays, and the source says why. A source without an
// address is a CONFLICT. It takes the scope write.
func (v *Verbs) RefreshSource(ctx context.Context, in verb.ID) (domain.Source, error) {
	a, err := verb.Caller(ctx, domain.ScopeWrite)
	if err != nil {
		return domain.Source{}, err
	}
	was, err := v.store.Read().Source(ctx, a.WorkspaceID, in.ID)
	if err != nil {
		return was, err
	}
	if !was.Refreshable() {
		return was, domain.Errorf(domain.CodeConflict,
			"Only a source from an address can be refreshed. Change its text instead")
	}
	next, f := v.refreshed(ctx, was)
	var entries []domain.Source
	if was.Kind == domain.SourceFeed && f.feed != nil {
		entries = v.entriesOf(next, *f.feed)
	}
	return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (domain.Source, error) {
		now, err := tx.LockSource(ctx, a.WorkspaceID, in.ID)
		if err != nil {
			return now, err
		}
		if err := in.CheckRevision(int64(now.Revision)); err != nil {
			return now, err
		}
		if now.Revision != was.Revision {
			return now, domain.Errorf(domain.CodeConflict, "Somebody changed this source meanwhile. Read it again, then retry")
		}
		if err := refreshEntries(ctx, tx, now, entries); err != nil {
			return now, err
		}
		return saveSource(ctx, tx, now, next)
	})
}

// refreshed is a source with what its address says now. Its title stays.
func (v *Verbs) refreshed(ctx context.Context, was domain.Source) (domain.Source, fetched) {
	next := was
	next.RefreshedAt, next.Error = v.store.Now(), ""
	f, err := v.read(ctx, was.Origin)
	switch {
	case err != nil:
		next.Error = sentence(err)
	case len([]rune(f.Body)) > domain.LimitSourceText.Max:
		next.Error = "The page is longer than a source may be"
	default:
		describe(&next, f.Document)
		return next, f
	}
	describe(&next, extract.Document{Body: was.Body})
	return next, fetched{}
}

// refreshEntries stores the entries of a feed that are new or have another text. Those that the feed no longer has
// stay.
func refreshEntries(ctx context.Context, tx *store.Tx, feed domain.Source, entries []domain.Source) error {
	if len(entries) == 0 {
		return nil
	}
	known, err := tx.FeedEntries(ctx, feed.WorkspaceID, feed.ID)
	if err != nil {
		return err
	}
	have, err := tx.CountSources(ctx, feed.WorkspaceID)
	if err != nil {
		return err
	}
	for _, e := range entries {
		i := slices.IndexFunc(known, func(k domain.Source) bool { return k.Entry == e.Entry })
		switch {
		case i >= 0 && known[i].Body != e.Body:
			e.ID, e.Revision, e.CreatedAt = known[i].ID, known[i].Revision, known[i].CreatedAt
			_, err = saveSource(ctx, tx, known[i], e)
		case i < 0 && have < domain.MaxSources:
			have++
			err = addEntry(ctx, tx, e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
