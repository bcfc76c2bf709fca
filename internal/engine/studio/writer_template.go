package studio

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
	"vellocity/internal/store"
	"vellocity/internal/verb"
	"vellocity/internal/writer"
)

// WriterTemplate is a writer template as a caller sees it.
type WriterTemplate struct {
	domain.WriterTemplate
	Favorite bool // the caller has marked it
	Refused  bool // it needs a model, and none is connected
}

// ListWriterTemplates narrows the writer templates. A zero field does not.
type ListWriterTemplates struct {
	Search    string // words that each template has, in its slug, title or description
	Category  domain.WriterCategory
	Favorites bool // only those that the caller has marked
	Own       bool // only the workspace's own
}

// WriterTemplates returns the writer templates: those that ship with Vellocity, then the workspace's own in the order
// of their creation.
func (v *Verbs) WriterTemplates(ctx context.Context, in ListWriterTemplates) ([]WriterTemplate, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	var p domain.Problems
	domain.LimitSearch.Text(&p, "search", in.Search)
	domain.CheckEnum(&p, "category", in.Category)
	if err := p.Err(); err != nil {
		return nil, err
	}
	all, err := v.allWriterTemplates(ctx, a.WorkspaceID)
	if err != nil {
		return nil, err
	}
	marked, err := v.store.Read().WriterFavorites(ctx, a.WorkspaceID, a.Starter())
	if err != nil {
		return nil, err
	}
	words := strings.Fields(prose.Fold(in.Search))
	list := []WriterTemplate{}
	for _, t := range all {
		w := v.seen(t, marked)
		if in.Category != "" && t.Category != in.Category || in.Favorites && !w.Favorite || in.Own && t.IsBuiltin {
			continue
		}
		text := prose.Fold(strings.Join([]string{t.Slug, t.Title, t.Description, t.Category.Label()}, " "))
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) }) {
			list = append(list, w)
		}
	}
	return list, nil
}

// seen is a template for a caller who has marked some.
func (v *Verbs) seen(t domain.WriterTemplate, marked []int64) WriterTemplate {
	return WriterTemplate{
		WriterTemplate: t,
		Favorite:       slices.Contains(marked, t.ID),
		Refused:        t.NeedsModel() && v.providers.Default().Origin.Kind == domain.OriginComposer,
	}
}

// WriterTemplate returns one writer template by its slug, or by its id as a number.
func (v *Verbs) WriterTemplate(ctx context.Context, ref string) (WriterTemplate, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return WriterTemplate{}, err
	}
	t, err := v.writerTemplate(ctx, v.store.Read(), a.WorkspaceID, ref)
	if err != nil {
		return WriterTemplate{}, err
	}
	marked, err := v.store.Read().WriterFavorites(ctx, a.WorkspaceID, a.Starter())
	return v.seen(t, marked), err
}

func (v *Verbs) allWriterTemplates(ctx context.Context, workspaceID int64) ([]domain.WriterTemplate, error) {
	own, err := v.store.Read().WriterTemplates(ctx, workspaceID)
	return append(slices.Clone(v.templates), own...), err
}

// writerTemplate finds a template by its slug or id.
func (v *Verbs) writerTemplate(
	ctx context.Context, q store.Q, workspaceID int64, ref string,
) (domain.WriterTemplate, error) {
	id, err := strconv.ParseInt(ref, 10, 64)
	numbered := err == nil
	for _, t := range v.templates {
		if t.Slug == ref || numbered && t.ID == id {
			return t, nil
		}
	}
	if t, err := q.WriterTemplateBySlug(ctx, workspaceID, ref); !numbered || domain.CodeOf(err) != domain.CodeNotFound {
		return t, err
	}
	return q.WriterTemplate(ctx, workspaceID, id)
}

// CreateWriterTemplate stores a template of the workspace's own. Without a slug it gets one from its title. A fault
// anywhere is a VALIDATION_ERROR with all faults; a slug that is taken, and more than
// [domain.MaxWriterTemplates], are CONFLICT. It takes the scope write.
func (v *Verbs) CreateWriterTemplate(ctx context.Context, t domain.WriterTemplate) (WriterTemplate, error) {
	if t.Slug == "" {
		t.Slug = strings.ReplaceAll(prose.Slug(t.Title, domain.LimitSlug.Max), "-", "_")
	}
	if err := checkOwn(ctx, &t); err != nil {
		return WriterTemplate{}, err
	}
	return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (WriterTemplate, error) {
		taken := domain.Duplicate("slug", fmt.Sprintf("A template with the slug %q already exists", t.Slug))
		if slices.ContainsFunc(v.templates, func(b domain.WriterTemplate) bool { return b.Slug == t.Slug }) {
			return WriterTemplate{}, taken
		}
		n, err := tx.CountWriterTemplates(ctx, a.WorkspaceID)
		if err != nil {
			return WriterTemplate{}, err
		}
		if n >= domain.MaxWriterTemplates {
			return WriterTemplate{}, domain.Errorf(domain.CodeConflict,
				"This workspace has %d writer templates of its own, which is the most. Delete one first.", n)
		}
		created, ok, err := tx.CreateWriterTemplate(ctx, a.WorkspaceID, t)
		if err != nil {
			return WriterTemplate{}, err
		}
		if !ok {
			return WriterTemplate{}, taken
		}
		return v.seen(created, nil), tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.WriterCreated{WriterFacts: created.Facts()})
	})
}

// checkOwn checks a template whole, for a caller who may store it, and fills in what it leaves out.
func checkOwn(ctx context.Context, t *domain.WriterTemplate) error {
	if _, err := verb.Caller(ctx, domain.ScopeWrite); err != nil {
		return err
	}
	var p domain.Problems
	writer.Check(&p, *t)
	t.Category = cmp.Or(t.Category, domain.WriterOther)
	t.ContentType = cmp.Or(t.ContentType, domain.ContentText)
	return p.Err()
}

// ReplaceWriterTemplate says which of the workspace's writer templates becomes another one. Its slug stays.
type ReplaceWriterTemplate struct {
	Ref      string // slug, or id as a number
	Template domain.WriterTemplate
	verb.Precondition
}

// ReplaceWriterTemplate stores all of a template but its slug, as its next version. It takes the scope write.
func (v *Verbs) ReplaceWriterTemplate(ctx context.Context, in ReplaceWriterTemplate) (WriterTemplate, error) {
	a, err := verb.Caller(ctx, domain.ScopeWrite)
	if err != nil {
		return WriterTemplate{}, err
	}
	before, err := v.ownTemplate(ctx, v.store.Read(), a.WorkspaceID, in.Ref)
	if err != nil {
		return WriterTemplate{}, err
	}
	next := in.Template
	next.ID, next.Slug, next.CreatedAt = before.ID, before.Slug, before.CreatedAt
	if err := checkOwn(ctx, &next); err != nil {
		return WriterTemplate{}, err
	}
	return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (WriterTemplate, error) {
		locked, err := tx.LockWriterTemplate(ctx, a.WorkspaceID, next.ID)
		if err != nil {
			return WriterTemplate{}, err
		}
		if err := in.CheckRevision(int64(locked.Version)); err != nil {
			return WriterTemplate{}, err
		}
		changed := next
		changed.Version = locked.Version
		if changed, err = tx.SaveWriterTemplate(ctx, a.WorkspaceID, changed); err != nil {
			return WriterTemplate{}, err
		}
		marked, err := tx.WriterFavorites(ctx, a.WorkspaceID, a.Starter())
		if err != nil {
			return WriterTemplate{}, err
		}
		return v.seen(changed, marked), tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.WriterChanged{WriterFacts: changed.Facts()})
	})
}

// ownTemplate finds one of the workspace's own templates. One that ships with Vellocity is a CONFLICT.
func (v *Verbs) ownTemplate(
	ctx context.Context, q store.Q, workspaceID int64, ref string,
) (domain.WriterTemplate, error) {
	t, err := v.writerTemplate(ctx, q, workspaceID, ref)
	if err == nil && t.IsBuiltin {
		return t, domain.Errorf(domain.CodeConflict, "The template %q ships with Vellocity, so it cannot be changed or "+
			"deleted. Create a template of your own from it, with another slug.", t.Slug)
	}
	return t, err
}

// DeleteWriterTemplate names one of the workspace's writer templates.
type DeleteWriterTemplate struct {
	Ref string // slug, or id as a number
	verb.Precondition
}

// DeleteWriterTemplate removes one of the workspace's writer templates. Texts that were written from it stay. It
// takes the scope write.
func (v *Verbs) DeleteWriterTemplate(ctx context.Context, in DeleteWriterTemplate) error {
	_, err := verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (struct{}, error) {
		t, err := v.ownTemplate(ctx, tx.Q, a.WorkspaceID, in.Ref)
		if err != nil {
			return struct{}{}, err
		}
		if t, err = tx.LockWriterTemplate(ctx, a.WorkspaceID, t.ID); err != nil {
			return struct{}{}, err
		}
		if err := in.CheckRevision(int64(t.Version)); err != nil {
			return struct{}{}, err
		}
		if err := tx.DeleteWriterTemplate(ctx, a.WorkspaceID, t.ID); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.WriterDeleted{WriterFacts: t.Facts()})
	})
	return err
}

// WriterFavorites returns the ids of the templates that the caller has marked, in the order in which it did.
func (v *Verbs) WriterFavorites(ctx context.Context) ([]int64, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	return v.store.Read().WriterFavorites(ctx, a.WorkspaceID, a.Starter())
}

// errNoTemplate is the fault of an id in openai_id that no template has.
func errNoTemplate(id int64) error {
	var p domain.Problems
	p.Missing("openai_id", "template", id)
	return p.Err()
}

// AddWriterFavorite marks a template for the caller and returns all that it has marked. A template that is marked
// already stays so; one that does not exist is a VALIDATION_ERROR. Favorites are the caller's own, so reading is
// enough to have some.
func (v *Verbs) AddWriterFavorite(ctx context.Context, id int64) ([]int64, error) {
	return v.mark(ctx, id, func(tx *store.Tx, a domain.Actor) (bool, error) {
		_, err := v.writerTemplate(ctx, tx.Q, a.WorkspaceID, strconv.FormatInt(id, 10))
		if domain.CodeOf(err) == domain.CodeNotFound {
			return false, errNoTemplate(id)
		}
		if err != nil {
			return false, err
		}
		return tx.AddWriterFavorite(ctx, a.WorkspaceID, a.Starter(), id)
	}, true)
}

// RemoveWriterFavorite removes the caller's mark and returns what it has marked still. A template that it has not
// marked is NOT_FOUND.
func (v *Verbs) RemoveWriterFavorite(ctx context.Context, id int64) ([]int64, error) {
	return v.mark(ctx, id, func(tx *store.Tx, a domain.Actor) (bool, error) {
		removed, err := tx.RemoveWriterFavorite(ctx, a.WorkspaceID, a.Starter(), id)
		if err == nil && !removed {
			err = domain.NotFound("Favorite")
		}
		return removed, err
	}, false)
}

func (v *Verbs) mark(
	ctx context.Context, id int64, change func(*store.Tx, domain.Actor) (bool, error), favorite bool,
) ([]int64, error) {
	return verb.Change(ctx, v.store, domain.ScopeRead, func(tx *store.Tx, a domain.Actor) ([]int64, error) {
		changed, err := change(tx, a)
		if err != nil {
			return nil, err
		}
		if changed {
			err = tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
				domain.WriterMarked{ID: id, Favorite: favorite})
			if err != nil {
				return nil, err
			}
		}
		return tx.WriterFavorites(ctx, a.WorkspaceID, a.Starter())
	})
}
