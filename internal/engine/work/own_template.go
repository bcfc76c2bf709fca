package work

import (
	"context"
	"fmt"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/template"
	"vellocity/internal/verb"
)

// CreateTemplate adds a template to the workspace. All that is wrong with it comes back at
// once. A slug that another template has is a CONFLICT.
func (v *Verbs) CreateTemplate(ctx context.Context, t domain.Template) (TemplateDetails, error) {
	if err := v.check(ctx, t); err != nil {
		return TemplateDetails{}, err
	}
	return verb.Change(ctx, v.store, domain.ScopeWrite,
		func(tx *store.Tx, a domain.Actor) (TemplateDetails, error) {
			taken := domain.Duplicate("slug", fmt.Sprintf("A template with the slug %q already exists", t.Slug))
			for _, b := range v.templates {
				if b.Slug == t.Slug {
					return TemplateDetails{}, taken
				}
			}
			n, err := tx.CountTemplates(ctx, a.WorkspaceID)
			if err != nil {
				return TemplateDetails{}, err
			}
			if n >= domain.MaxTemplates {
				return TemplateDetails{}, domain.Errorf(domain.CodeConflict,
					"This workspace has %d templates of its own, which is the most. Delete one first.", n)
			}
			created, ok, err := tx.CreateTemplate(ctx, a.WorkspaceID, t)
			if err != nil {
				return TemplateDetails{}, err
			}
			if !ok {
				return TemplateDetails{}, taken
			}
			err = tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
				domain.TemplateCreated{TemplateFacts: created.Facts()})
			return v.priced(created), err
		})
}

// CheckTemplate says what is wrong with a template that is not stored, and what it would cost.
func (v *Verbs) CheckTemplate(ctx context.Context, t domain.Template) (Validation, error) {
	if _, err := verb.Caller(ctx, domain.ScopeRead); err != nil {
		return Validation{}, err
	}
	out := Validation{Faults: map[string][]string{}, Credits: v.priced(t).Credits}
	switch _, err := template.Read(t, v.find); {
	case domain.CodeOf(err) == domain.CodeValidation:
		out.Faults = domain.AsError(err).Fields
	case err != nil:
		return Validation{}, err
	}
	return out, nil
}

// check checks a template whole, for a caller who may store it.
func (v *Verbs) check(ctx context.Context, t domain.Template) error {
	if _, err := verb.Caller(ctx, domain.ScopeWrite); err != nil {
		return err
	}
	_, err := template.Read(t, v.find)
	return err
}

// ReplaceTemplate says which of the workspace's templates becomes another one. Its slug
// stays.
type ReplaceTemplate struct {
	Ref      string // slug, or id as a number
	Template domain.Template
	verb.Precondition
}

// ReplaceTemplate stores all of a template but its slug, as its next version. Executions
// that were accepted before go on with the version that they were accepted with.
func (v *Verbs) ReplaceTemplate(ctx context.Context, in ReplaceTemplate) (TemplateDetails, error) {
	a, err := verb.Caller(ctx, domain.ScopeWrite)
	if err != nil {
		return TemplateDetails{}, err
	}
	before, err := v.own(ctx, v.store.Read(), a.WorkspaceID, in.Ref)
	if err != nil {
		return TemplateDetails{}, err
	}
	next := in.Template
	next.ID, next.Slug, next.CreatedAt = before.ID, before.Slug, before.CreatedAt
	if err := v.check(ctx, next); err != nil {
		return TemplateDetails{}, err
	}
	return verb.Change(ctx, v.store, domain.ScopeWrite,
		func(tx *store.Tx, a domain.Actor) (TemplateDetails, error) {
			locked, err := tx.LockTemplate(ctx, a.WorkspaceID, next.ID)
			if err != nil {
				return TemplateDetails{}, err
			}
			if err := in.CheckRevision(int64(locked.Version)); err != nil {
				return TemplateDetails{}, err
			}
			changed := next
			changed.Version = locked.Version
			if changed, err = tx.SaveTemplate(ctx, a.WorkspaceID, changed); err != nil {
				return TemplateDetails{}, err
			}
			err = tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
				domain.TemplateChanged{TemplateFacts: changed.Facts()})
			return v.priced(changed), err
		})
}

// own finds one of the workspace's own templates. One that ships with Vellocity is a
// CONFLICT.
func (v *Verbs) own(ctx context.Context, q store.Q, workspaceID int64, ref string) (domain.Template, error) {
	t, err := v.template(ctx, q, workspaceID, ref)
	if err == nil && t.IsBuiltin {
		return t, domain.Errorf(domain.CodeConflict, "The template %q ships with Vellocity, so it cannot be changed or "+
			"deleted. Create a template of your own from it, with another slug.", t.Slug)
	}
	return t, err
}

// DeleteTemplate names one of the workspace's templates.
type DeleteTemplate struct {
	Ref string // slug, or id as a number
	verb.Precondition
}

// DeleteTemplate removes one of the workspace's templates. Executions of it go on, and can
// be retried. While a trigger starts it, that is a CONFLICT which names the triggers.
func (v *Verbs) DeleteTemplate(ctx context.Context, in DeleteTemplate) error {
	_, err := verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (struct{}, error) {
		t, err := v.own(ctx, tx.Q, a.WorkspaceID, in.Ref)
		if err != nil {
			return struct{}{}, err
		}
		if t, err = tx.LockTemplate(ctx, a.WorkspaceID, t.ID); err != nil {
			return struct{}{}, err
		}
		if err := in.CheckRevision(int64(t.Version)); err != nil {
			return struct{}{}, err
		}
		if err := unused(ctx, tx, a.WorkspaceID, t); err != nil {
			return struct{}{}, err
		}
		if err := tx.DeleteTemplate(ctx, a.WorkspaceID, t.ID); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.TemplateDeleted{TemplateFacts: t.Facts()})
	})
	return err
}

// unused returns a CONFLICT where triggers start a template.
func unused(ctx context.Context, tx *store.Tx, workspaceID int64, t domain.Template) error {
	list, err := tx.TriggersOf(ctx, workspaceID, t.Slug)
	if err != nil || len(list) == 0 {
		return err
	}
	names := make([]string, len(list))
	for i, trigger := range list {
		names[i] = fmt.Sprintf("“%s” (%d)", trigger.Name, trigger.ID)
	}
	return domain.Errorf(domain.CodeConflict, "The template %q is started by %s %s. Delete them first, or give them "+
		"another template.", t.Slug, map[bool]string{true: "the trigger", false: "the triggers"}[len(names) == 1],
		strings.Join(names, ", "))
}
