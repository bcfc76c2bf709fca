package studio

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"vellocity/internal/chat"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// ChatTemplates returns the chat templates: those that ship with Vellocity, then the workspace's own in the order of
// their creation.
func (v *Verbs) ChatTemplates(ctx context.Context) ([]domain.ChatTemplate, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return nil, err
	}
	own, err := v.store.Read().ChatTemplates(ctx, a.WorkspaceID)
	return append(slices.Clone(v.chats), own...), err
}

// ChatTemplate returns one chat template.
func (v *Verbs) ChatTemplate(ctx context.Context, id int64) (domain.ChatTemplate, error) {
	a, err := verb.Caller(ctx, domain.ScopeRead)
	if err != nil {
		return domain.ChatTemplate{}, err
	}
	return v.chatTemplate(ctx, v.store.Read(), a.WorkspaceID, id)
}

// ChatTemplateBySlug returns one chat template by its slug.
func (v *Verbs) ChatTemplateBySlug(ctx context.Context, slug string) (domain.ChatTemplate, error) {
	all, err := v.ChatTemplates(ctx)
	if err != nil {
		return domain.ChatTemplate{}, err
	}
	for _, t := range all {
		if t.Slug == slug {
			return t, nil
		}
	}
	return domain.ChatTemplate{}, domain.NotFound("Chat template")
}

func (v *Verbs) chatTemplate(
	ctx context.Context, q store.Q, workspaceID, id int64,
) (domain.ChatTemplate, error) {
	for _, t := range v.chats {
		if t.ID == id {
			return t, nil
		}
	}
	return q.ChatTemplate(ctx, workspaceID, id)
}

// CreateChatTemplate stores a chat template of the workspace's own, with a slug made from its name. All faults are one
// VALIDATION_ERROR; a name whose slug is taken, and more than [domain.MaxChatTemplates], are CONFLICT. It takes the
// scope write.
func (v *Verbs) CreateChatTemplate(ctx context.Context, t domain.ChatTemplate) (domain.ChatTemplate, error) {
	if _, err := verb.Caller(ctx, domain.ScopeWrite); err != nil {
		return t, err
	}
	var p domain.Problems
	chat.CheckTemplate(&p, t)
	if err := p.Err(); err != nil {
		return t, err
	}
	if t.Slug = prose.Slug(t.Name, domain.LimitSlug.Max); t.Slug == "" {
		t.Slug = "chat"
	}
	return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (domain.ChatTemplate, error) {
		taken := domain.Duplicate("name", fmt.Sprintf("A chat template with the slug %q already exists", t.Slug))
		own, err := tx.ChatTemplates(ctx, a.WorkspaceID)
		if err != nil {
			return t, err
		}
		if slices.ContainsFunc(v.chats, func(b domain.ChatTemplate) bool { return b.Slug == t.Slug }) {
			return t, taken
		}
		if len(own) >= domain.MaxChatTemplates {
			return t, domain.Errorf(domain.CodeConflict,
				"This workspace has %d chat templates of its own, which is the most. Delete one first", len(own))
		}
		made, ok, err := tx.CreateChatTemplate(ctx, a.WorkspaceID, t)
		if err != nil {
			return t, err
		}
		if !ok {
			return t, taken
		}
		return made, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.ChatTemplateCreated{ChatTemplateFacts: made.Facts()})
	})
}

// ChangeChatTemplate says what is different about one of the workspace's chat templates. What is nil stays.
type ChangeChatTemplate struct {
	ID                                                              int64
	Name, ShortName, Description, Role, HumanName, HelpsWith, Color *string
	Instructions                                                    *string
	verb.Precondition
}

// ChangeChatTemplate stores a chat template as its next version. Its slug stays. One that ships with Vellocity is a
// CONFLICT. It takes the scope write.
func (v *Verbs) ChangeChatTemplate(ctx context.Context, in ChangeChatTemplate) (domain.ChatTemplate, error) {
	if _, err := verb.Caller(ctx, domain.ScopeWrite); err != nil {
		return domain.ChatTemplate{}, err
	}
	return verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (domain.ChatTemplate, error) {
		t, err := v.lockOwnChatTemplate(ctx, tx, a, verb.ID{ID: in.ID, Precondition: in.Precondition})
		if err != nil {
			return t, err
		}
		verb.Set(&t.Name, in.Name)
		verb.Set(&t.ShortName, in.ShortName)
		verb.Set(&t.Description, in.Description)
		verb.Set(&t.Role, in.Role)
		verb.Set(&t.HumanName, in.HumanName)
		verb.Set(&t.HelpsWith, in.HelpsWith)
		verb.Set(&t.Color, in.Color)
		verb.Set(&t.Instructions, in.Instructions)
		var p domain.Problems
		chat.CheckTemplate(&p, t)
		if err := p.Err(); err != nil {
			return t, err
		}
		if t, err = tx.SaveChatTemplate(ctx, a.WorkspaceID, t); err != nil {
			return t, err
		}
		return t, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.ChatTemplateChanged{ChatTemplateFacts: t.Facts()})
	})
}

// lockOwnChatTemplate locks one of the workspace's own chat templates.
func (v *Verbs) lockOwnChatTemplate(
	ctx context.Context, tx *store.Tx, a domain.Actor, in verb.ID,
) (domain.ChatTemplate, error) {
	for _, t := range v.chats {
		if t.ID == in.ID {
			return t, domain.Errorf(domain.CodeConflict, "The chat template %q ships with Vellocity, so it cannot be "+
				"changed or deleted. Create one of your own from it", strings.TrimSpace(t.Name))
		}
	}
	t, err := tx.LockChatTemplate(ctx, a.WorkspaceID, in.ID)
	if err != nil {
		return t, err
	}
	return t, in.CheckRevision(int64(t.Version))
}

// DeleteChatTemplate removes one of the workspace's chat templates. Conversations that were begun with it stay, and go
// on without its instructions. It takes the scope write.
func (v *Verbs) DeleteChatTemplate(ctx context.Context, in verb.ID) error {
	_, err := verb.Change(ctx, v.store, domain.ScopeWrite, func(tx *store.Tx, a domain.Actor) (struct{}, error) {
		t, err := v.lockOwnChatTemplate(ctx, tx, a, in)
		if err != nil {
			return struct{}{}, err
		}
		if err := tx.DeleteChatTemplate(ctx, a.WorkspaceID, t.ID); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.ChatTemplateDeleted{ChatTemplateFacts: t.Facts()})
	})
	return err
}
