package studio

import (
	"cmp"
	"context"

	"vellocity/internal/chat"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// Conversation is a conversation as a caller sees it.
type Conversation struct {
	domain.Conversation
	Template domain.ChatTemplate // as it is now; the first one where it was deleted
	Messages int                 // on all branches
	Credits  int                 // that its answers cost
	Open     int64               // the answer that is being written; 0: none is
	NoModel  bool                // no model is connected, so an answer quotes the workspace's texts
}

// NewChat begins a conversation.
type NewChat struct {
	TemplateID   int64  // 0: the first that ships with Vellocity
	BrandVoiceID int64  // 0: the workspace's
	Title        string // "": from the first question
}

// NewChat begins a conversation without messages. It takes the scope content.
func (v *Verbs) NewChat(ctx context.Context, in NewChat) (Conversation, error) {
	a, err := verb.Caller(ctx, domain.ScopeContent)
	if err != nil {
		return Conversation{}, err
	}
	var p domain.Problems
	checkTitle(&p, in.Title)
	if err := p.Err(); err != nil {
		return Conversation{}, err
	}
	id := cmp.Or(in.TemplateID, chat.DefaultTemplate)
	t, err := v.chatTemplate(ctx, v.store.Read(), a.WorkspaceID, id)
	if err != nil {
		return Conversation{}, verb.MissingReference(err, "category_id", "chat template", id)
	}
	c := domain.Conversation{TitleBy: domain.TitleStart, TemplateID: t.ID, BrandVoiceID: in.BrandVoiceID}
	if in.Title != "" {
		c.Title, c.TitleBy = prose.Line(in.Title), domain.TitlePerson
		c.Search = prose.Fold(c.Title)
	}
	return verb.Change(ctx, v.store, domain.ScopeContent, func(tx *store.Tx, a domain.Actor) (Conversation, error) {
		if c.BrandVoiceID != 0 {
			if _, err := tx.BrandVoice(ctx, a.WorkspaceID, c.BrandVoiceID); err != nil {
				return Conversation{}, verb.MissingReference(err, "brand_voice_id", "brand voice", c.BrandVoiceID)
			}
		}
		made := c
		made.WorkspaceID = a.WorkspaceID
		made, err := tx.CreateConversation(ctx, made, a)
		if err != nil {
			return Conversation{}, err
		}
		return Conversation{Conversation: made, Template: t, NoModel: v.noModel()},
			tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
				domain.ConversationCreated{ConversationFacts: facts(made)})
	})
}

func facts(c domain.Conversation) domain.ConversationFacts { return domain.ConversationFacts{ID: c.ID} }

// checkTitle notes the faults of a title that may be left out.
func checkTitle(p *domain.Problems, title string) {
	if title != "" {
		domain.LimitChatTitle.Text(p, "title", title)
	}
}

func (v *Verbs) noModel() bool { return v.providers.Default().Origin.Kind == domain.OriginComposer }

// chatOf returns a conversation that the caller may read: any with the scope read, one that it began itself with the
// scope content.
func (v *Verbs) chatOf(ctx context.Context, q store.Q, id int64) (domain.Conversation, error) {
	a, err := verb.ReaderOrAuthor(ctx)
	if err != nil {
		return domain.Conversation{}, err
	}
	c, err := q.Conversation(ctx, a.WorkspaceID, id)
	if err != nil {
		return c, err
	}
	return c, verb.MayReadOwn(a, c.CreatedByKind, c.CreatedByID)
}

// Chat returns a conversation. A caller with the scope content only may read what it began.
func (v *Verbs) Chat(ctx context.Context, id int64) (Conversation, error) {
	c, err := v.chatOf(ctx, v.store.Read(), id)
	if err != nil {
		return Conversation{}, err
	}
	return v.viewChat(ctx, v.store.Read(), c)
}

func (v *Verbs) viewChat(ctx context.Context, q store.Q, c domain.Conversation) (Conversation, error) {
	t, err := v.chatTemplate(ctx, q, c.WorkspaceID, c.TemplateID)
	if domain.CodeOf(err) == domain.CodeNotFound {
		t, err = v.chats[0], nil
	}
	if err != nil {
		return Conversation{}, err
	}
	size, err := q.ChatSize(ctx, c.WorkspaceID, c.ID)
	return Conversation{
		Conversation: c, Template: t, Messages: size.Messages, Credits: size.Credits, Open: size.Open, NoModel: v.noModel(),
	}, err
}

// ListChats narrows the conversations. A zero field does not.
type ListChats struct {
	TemplateID int64
	Search     string // a part of the title
	All        bool   // of everybody in the workspace, not of the caller alone
	domain.Page
}

// Chats returns a page of the caller's conversations, the one with the newest message first. It takes the scope read,
// or the scope content for the caller's own.
func (v *Verbs) Chats(ctx context.Context, in ListChats) (l domain.List[domain.Conversation], err error) {
	a, err := verb.ReaderOrAuthor(ctx)
	if err != nil {
		return l, err
	}
	if in.All {
		if err := a.Require(domain.ScopeRead); err != nil {
			return l, err
		}
	}
	var p domain.Problems
	domain.LimitSearch.Text(&p, "search_word", in.Search)
	if in.TemplateID != 0 {
		_, err := v.chatTemplate(ctx, v.store.Read(), a.WorkspaceID, in.TemplateID)
		p.Merge(verb.MissingReference(err, "category_id", "chat template", in.TemplateID))
	}
	if err := p.Err(); err != nil {
		return l, err
	}
	f := store.ConversationFilter{TemplateID: in.TemplateID, Search: prose.Fold(in.Search)}
	if !in.All {
		f.By = a.Starter()
	}
	return v.store.Read().Conversations(ctx, a.WorkspaceID, f, in.Page)
}

// RenameChat gives a conversation another title.
type RenameChat struct {
	ID    int64
	Title string
	verb.Precondition
}

// RenameChat changes the title, which nothing replaces any more. It takes the scope content, of a caller that may read
// the conversation.
func (v *Verbs) RenameChat(ctx context.Context, in RenameChat) (Conversation, error) {
	var p domain.Problems
	domain.LimitChatTitle.Text(&p, "title", in.Title)
	if _, err := verb.Caller(ctx, domain.ScopeContent); err != nil {
		return Conversation{}, err
	}
	if err := p.Err(); err != nil {
		return Conversation{}, err
	}
	title := prose.Line(in.Title)
	search := prose.Fold(title)
	return v.changeChat(ctx, in.ID, in.Precondition, func(_ *store.Tx, c *domain.Conversation) error {
		c.Title, c.TitleBy, c.Search = title, domain.TitlePerson, search
		return nil
	})
}

// SetChatVoice gives the later answers of a conversation another brand voice; 0 means the workspace's. It takes the
// scope content, of a caller that may read the conversation.
func (v *Verbs) SetChatVoice(ctx context.Context, id, brandVoiceID int64) (Conversation, error) {
	return v.changeChat(ctx, id, verb.Precondition{}, func(tx *store.Tx, c *domain.Conversation) error {
		if brandVoiceID != 0 {
			if _, err := tx.BrandVoice(ctx, c.WorkspaceID, brandVoiceID); err != nil {
				return verb.MissingReference(err, "brand_voice_id", "brand voice", brandVoiceID)
			}
		}
		c.BrandVoiceID = brandVoiceID
		return nil
	})
}

// changeChat stores a change of a conversation.
func (v *Verbs) changeChat(
	ctx context.Context, id int64, when verb.Precondition, change func(*store.Tx, *domain.Conversation) error,
) (Conversation, error) {
	return verb.Change(ctx, v.store, domain.ScopeContent, func(tx *store.Tx, a domain.Actor) (Conversation, error) {
		c, err := lockChat(ctx, tx, a, id)
		if err != nil {
			return Conversation{}, err
		}
		if err := when.CheckRevision(c.Revision); err != nil {
			return Conversation{}, err
		}
		if err := change(tx, &c); err != nil {
			return Conversation{}, err
		}
		if c, err = tx.SaveConversation(ctx, c); err != nil {
			return Conversation{}, err
		}
		err = tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.ConversationChanged{ConversationFacts: facts(c)})
		if err != nil {
			return Conversation{}, err
		}
		return v.viewChat(ctx, tx.Q, c)
	})
}

// lockChat locks a conversation that the caller may read.
func lockChat(ctx context.Context, tx *store.Tx, a domain.Actor, id int64) (domain.Conversation, error) {
	c, err := tx.LockConversation(ctx, a.WorkspaceID, id)
	if err != nil {
		return c, err
	}
	return c, verb.MayReadOwn(a, c.CreatedByKind, c.CreatedByID)
}

// DeleteChat removes a conversation with its messages. Items that answers were saved as stay, and so do the credits
// that they cost. While an answer is being written it is a CONFLICT. It takes the scope content, of a caller that may
// read the conversation.
func (v *Verbs) DeleteChat(ctx context.Context, in verb.ID) error {
	_, err := verb.Change(ctx, v.store, domain.ScopeContent, func(tx *store.Tx, a domain.Actor) (struct{}, error) {
		c, err := lockChat(ctx, tx, a, in.ID)
		if err != nil {
			return struct{}{}, err
		}
		if err := in.CheckRevision(c.Revision); err != nil {
			return struct{}{}, err
		}
		size, err := tx.ChatSize(ctx, a.WorkspaceID, c.ID)
		if err != nil {
			return struct{}{}, err
		}
		if size.Open != 0 {
			return struct{}{}, answering(c.ID, "delete the conversation")
		}
		if err := tx.DeleteConversation(ctx, a.WorkspaceID, c.ID); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.ConversationDeleted{ConversationFacts: facts(c)})
	})
	return err
}

// answering is the CONFLICT of a conversation in which an answer is being written.
func answering(id int64, what string) error {
	return domain.Errorf(domain.CodeConflict, "An answer is being written in conversation %d. Stop it, or wait for its "+
		"end, before you %s", id, what)
}
