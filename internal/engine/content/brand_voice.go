package content

import (
	"context"
	"reflect"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// BrandVoices returns a page of the workspace's brand voices.
func (v *Verbs) BrandVoices(ctx context.Context, p domain.Page) (domain.List[domain.BrandVoice], error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.List[domain.BrandVoice]{}, err
	}
	return v.store.Read().BrandVoices(ctx, a.WorkspaceID, p)
}

// BrandVoice returns one brand voice.
func (v *Verbs) BrandVoice(ctx context.Context, id int64) (domain.BrandVoice, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.BrandVoice{}, err
	}
	return v.store.Read().BrandVoice(ctx, a.WorkspaceID, id)
}

// ListBrandVoiceVersions asks for a page of the versions of a brand voice.
type ListBrandVoiceVersions struct {
	ID   int64
	Page domain.Page
}

// BrandVoiceVersions returns a page of the versions of a brand voice, newest first.
func (v *Verbs) BrandVoiceVersions(
	ctx context.Context, in ListBrandVoiceVersions,
) (l domain.List[domain.BrandVoiceVersion], err error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return l, err
	}
	q := v.store.Read()
	if _, err := q.BrandVoice(ctx, a.WorkspaceID, in.ID); err != nil {
		return l, err
	}
	return q.BrandVoiceVersions(ctx, a.WorkspaceID, in.ID, in.Page)
}

// CreateBrandVoice is a new brand voice.
type CreateBrandVoice struct {
	Name string
	domain.BrandVoiceEdit
}

// CreateBrandVoice creates a brand voice. A workspace has at most [domain.MostBrandVoices].
func (v *Verbs) CreateBrandVoice(ctx context.Context, in CreateBrandVoice) (domain.BrandVoice, error) {
	voice := domain.BrandVoice{Name: in.Name, ReadingLevel: domain.ReadingGeneral}
	in.Apply(&voice)
	invalid := checkBrandVoice(&voice)
	return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (domain.BrandVoice, error) {
		if invalid != nil {
			return voice, invalid
		}
		l, err := tx.BrandVoices(ctx, a.WorkspaceID, domain.Page{Number: 1, Size: 1})
		if err != nil {
			return voice, err
		}
		if l.Total >= domain.MostBrandVoices {
			return voice, tooMany("brand voices", domain.MostBrandVoices)
		}
		voice, err := tx.CreateBrandVoice(ctx, a.WorkspaceID, voice)
		if err != nil {
			return voice, err
		}
		if in.IsDefault != nil && *in.IsDefault {
			if err := takeDefault(ctx, tx, a.WorkspaceID, voice.ID); err != nil {
				return voice, err
			}
			voice.IsDefault = true
		}
		return voice, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.BrandVoiceCreated{BrandVoiceFacts: voice.Facts()})
	})
}

func tooMany(noun string, most int) error {
	return domain.Errorf(domain.CodeConflict,
		"A workspace has at most %d %s. Delete one that is not used any more first.", most, noun).With("limit", most)
}

// takeDefault makes a brand voice the default in place of the one that was, and says so
// in an event of that one.
func takeDefault(ctx context.Context, tx *store.Tx, workspaceID, id int64) error {
	w, err := tx.Workspace(ctx, workspaceID)
	if err != nil {
		return err
	}
	if err := tx.SetDefaultBrandVoice(ctx, workspaceID, id); err != nil {
		return err
	}
	former, err := verb.Optional(w.BrandVoiceID, func() (domain.BrandVoice, error) {
		return tx.BrandVoice(ctx, workspaceID, w.BrandVoiceID)
	})
	if err != nil || former == nil || former.ID == id {
		return err
	}
	return tx.AppendEvent(ctx, domain.Subject{WorkspaceID: workspaceID},
		domain.BrandVoiceChanged{BrandVoiceFacts: former.Facts()})
}

// EditBrandVoice changes a brand voice. A nil field stays as it is.
type EditBrandVoice struct {
	ID   int64
	Name *string
	domain.BrandVoiceEdit
	verb.Precondition
}

// EditBrandVoice changes a brand voice: each change makes a version. Items and executions
// keep the version that they were written with.
func (v *Verbs) EditBrandVoice(ctx context.Context, in EditBrandVoice) (domain.BrandVoice, error) {
	a, err := verb.Caller(ctx, domain.ScopeWrite)
	if err != nil {
		return domain.BrandVoice{}, err
	}
	return whileStale(func() (domain.BrandVoice, error) {
		was, unread := v.store.Read().BrandVoice(ctx, a.WorkspaceID, in.ID)
		next := was
		verb.Set(&next.Name, in.Name)
		in.Apply(&next)
		invalid := checkBrandVoice(&next)
		return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (domain.BrandVoice, error) {
			now, err := tx.LockBrandVoice(ctx, a.WorkspaceID, in.ID)
			switch {
			case err != nil:
				return now, err
			case unread != nil || now.Version != was.Version:
				return now, errStale
			}
			if err := in.CheckRevision(now.Revision()); err != nil {
				return now, err
			}
			if invalid != nil {
				return now, invalid
			}
			return in.save(ctx, tx, a.WorkspaceID, now, next)
		})
	})
}

// save stores what an edit has changed.
func (in EditBrandVoice) save(
	ctx context.Context, tx *store.Tx, workspaceID int64, now, next domain.BrandVoice,
) (domain.BrandVoice, error) {
	next.IsDefault = now.IsDefault
	changed := !reflect.DeepEqual(next, now)
	if changed {
		var saved bool
		var err error
		if next, saved, err = tx.SaveBrandVoice(ctx, workspaceID, next); err != nil {
			return next, err
		}
		if !saved {
			return next, errStale
		}
	}
	if in.IsDefault != nil && *in.IsDefault != now.IsDefault {
		id := int64(0)
		if next.IsDefault = *in.IsDefault; next.IsDefault {
			id = next.ID
		}
		set := tx.SetDefaultBrandVoice
		if next.IsDefault {
			set = func(ctx context.Context, workspaceID, id int64) error { return takeDefault(ctx, tx, workspaceID, id) }
		}
		if err := set(ctx, workspaceID, id); err != nil {
			return next, err
		}
		changed = true
	}
	if !changed {
		return now, nil
	}
	return next, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: workspaceID},
		domain.BrandVoiceChanged{BrandVoiceFacts: next.Facts()})
}

// DeleteBrandVoice deletes a brand voice that is neither the default nor an agent's own.
// Items and executions keep it.
func (v *Verbs) DeleteBrandVoice(ctx context.Context, in verb.ID) error {
	_, err := verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (struct{}, error) {
		voice, err := tx.LockBrandVoice(ctx, a.WorkspaceID, in.ID)
		if err != nil {
			return struct{}{}, err
		}
		if err := in.CheckRevision(voice.Revision()); err != nil {
			return struct{}{}, err
		}
		if err := unused(ctx, tx, a.WorkspaceID, voice); err != nil {
			return struct{}{}, err
		}
		if err := tx.DeleteBrandVoice(ctx, a.WorkspaceID, voice.ID); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.BrandVoiceDeleted{BrandVoiceFacts: voice.Facts()})
	})
	return err
}

// unused returns a CONFLICT that names everything that the brand voice is used by.
func unused(ctx context.Context, tx *store.Tx, workspaceID int64, voice domain.BrandVoice) error {
	var blockers []domain.Blocker
	if voice.IsDefault {
		blockers = append(blockers, domain.Blocker{Message: "It is the workspace's default. Make another one the default."})
	}
	agents, err := tx.Agents(ctx, workspaceID, store.AgentFilter{}, domain.Page{Number: 1, Size: domain.MostAgents})
	if err != nil {
		return err
	}
	for _, a := range agents.Items {
		if a.BrandVoiceID == voice.ID {
			message := "The agent “" + a.Name + "” writes in it. Give that agent another one."
			blockers = append(blockers, domain.Blocker{Message: message})
		}
	}
	if len(blockers) == 0 {
		return nil
	}
	return domain.Errorf(domain.CodeConflict, "This brand voice cannot be deleted yet. %s", blockers[0].Message).
		With("blockers", blockers)
}
