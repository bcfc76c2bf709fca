package studio

import (
	"context"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// ListOutputs narrows the generated texts. A zero field does not.
type ListOutputs struct {
	Search   string // a part of their titles, or of their template's
	Template string // slug
	All      bool   // of everybody in the workspace, not of the caller alone
	domain.Page
}

// Outputs returns a page of the caller's generated texts, newest first. It takes the scope read, or the scope content
// for the caller's own.
func (v *Verbs) Outputs(ctx context.Context, in ListOutputs) (out domain.List[GeneratedText], err error) {
	a, err := verb.ReaderOrAuthor(ctx)
	if err != nil {
		return out, err
	}
	if in.All {
		if err := a.Require(domain.ScopeRead); err != nil {
			return out, err
		}
	}
	var p domain.Problems
	domain.LimitSearch.Text(&p, "search", in.Search)
	domain.LimitFilter.Text(&p, "template", in.Template)
	if err := p.Err(); err != nil {
		return out, err
	}
	f := store.TextFilter{Template: in.Template, Search: prose.Fold(in.Search)}
	if !in.All {
		f.By = domain.Starter{Kind: a.Kind, ID: a.ID}
	}
	l, err := v.store.Read().GeneratedTexts(ctx, a.WorkspaceID, f, in.Page)
	if err != nil {
		return out, err
	}
	out.Total, out.Items = l.Total, make([]GeneratedText, 0, len(l.Items))
	for _, m := range l.Items {
		t := viewText(m)
		t.Words = prose.CountWords(prose.Plain(m.Body))
		out.Items = append(out.Items, t)
	}
	return out, nil
}

// DeleteOutput removes a generated text. Content items that it was saved as stay, and so do the credits that it cost.
// One that is being written is a CONFLICT. It takes the scope content, of a caller that may read the text.
func (v *Verbs) DeleteOutput(ctx context.Context, id int64) error {
	_, err := verb.Change(ctx, v.store, domain.ScopeContent, func(tx *store.Tx, a domain.Actor) (struct{}, error) {
		m, err := tx.GeneratedText(ctx, a.WorkspaceID, id)
		if err != nil {
			return struct{}{}, err
		}
		if m.Template == domain.ChatText {
			return struct{}{}, domain.NotFound("Message")
		}
		if err := verb.MayReadOwn(a, m.CreatedByKind, m.CreatedByID); err != nil {
			return struct{}{}, err
		}
		deleted, err := tx.DeleteGeneratedText(ctx, a.WorkspaceID, id)
		if err != nil {
			return struct{}{}, err
		}
		if !deleted {
			return struct{}{}, domain.Errorf(domain.CodeConflict,
				"The text %d is being written. Stop it, or wait for its end, before you delete it", id)
		}
		return struct{}{}, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID}, domain.TextDeleted{MessageID: id})
	})
	return err
}

// StopOutput ends the writing of a text, on whatever node, and returns it as it is: within two seconds it has ended
// with what was written, which is charged. A text that has ended stays as it is. It takes the scope content, of a
// caller that may read the text.
func (v *Verbs) StopOutput(ctx context.Context, id int64) (GeneratedText, error) {
	m, err := v.own(ctx, id)
	if err != nil {
		return GeneratedText{}, err
	}
	_, err = verb.Change(ctx, v.store, domain.ScopeContent, func(tx *store.Tx, a domain.Actor) (struct{}, error) {
		open, err := tx.StopGeneratedText(ctx, a.WorkspaceID, m.ID)
		if err != nil || !open {
			return struct{}{}, err
		}
		return struct{}{}, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID}, domain.TextStopped{MessageID: id})
	})
	if err != nil {
		return GeneratedText{}, err
	}
	v.stopHere(id)
	return v.GeneratedText(ctx, id)
}

// stopHere ends a text that this node writes.
func (v *Verbs) stopHere(id int64) {
	v.mu.Lock()
	d := v.drafts[id]
	v.mu.Unlock()
	if d != nil {
		d.stop()
	}
}
