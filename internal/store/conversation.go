package store

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of a conversation's columns.
const (
	conversationRead db.Set = 1 << iota
	conversationCreate
	conversationSave
)

var conversationTable = db.NewTable("conversation", func(c *domain.Conversation) []db.Column {
	const made, saved = conversationRead | conversationCreate, conversationRead | conversationCreate | conversationSave
	return []db.Column{
		{Name: "id", Field: &c.ID, In: conversationRead},
		{Name: "workspace_id", Field: &c.WorkspaceID, In: made},
		{Name: "title", Field: &c.Title, In: saved},
		{Name: "title_by", Field: db.Text(&c.TitleBy), In: saved},
		{Name: "search", Field: &c.Search, In: saved},
		{Name: "template_id", Field: &c.TemplateID, In: made},
		{Name: "voice_id", Field: &c.BrandVoiceID, In: saved},
		{Name: "active_id", Field: &c.ActiveID, In: saved},
		{Name: "created_by", Field: &c.CreatedBy, In: made},
		{Name: "created_by_kind", Field: db.Text(&c.CreatedByKind), In: made},
		{Name: "created_by_id", Field: &c.CreatedByID, In: made},
		{Name: "created_at", Field: db.Time(&c.CreatedAt), In: made},
		{Name: "updated_at", Field: db.Time(&c.UpdatedAt), In: saved},
		{Name: "revision", Field: &c.Revision, In: saved},
	}
})

var (
	conversationColumns = conversationTable.Columns(conversationRead)
	createConversation  = conversationTable.Write(conversationCreate,
		`insert into conversation ({columns}) values ({values}) returning id`)
	saveConversation = conversationTable.Write(conversationSave, `update conversation set {set}
		where workspace_id = {workspace_id} and id = {id}`)
)

// ConversationFilter narrows a list of conversations. A zero field does not.
type ConversationFilter struct {
	By         domain.Starter // who began them
	TemplateID int64
	Search     string // a part of the title, in the form for comparison
}

// Conversations returns a page of the workspace's conversations, the one with the newest message first.
func (q Q) Conversations(
	ctx context.Context, workspaceID int64, f ConversationFilter, p domain.Page,
) (l domain.List[domain.Conversation], err error) {
	w := &where{}
	w.add("workspace_id = ?", workspaceID)
	if f.By.Kind != "" {
		w.add("created_by_kind = ?", string(f.By.Kind))
		w.add("created_by_id = ?", f.By.ID)
	}
	if f.TemplateID != 0 {
		w.add("template_id = ?", f.TemplateID)
	}
	if f.Search != "" {
		w.add(`search like ? escape '\'`, "%"+likeLiteral.Replace(f.Search)+"%")
	}
	err = q.db.One(ctx, []any{&l.Total}, `select count(*) from conversation where `+w.String(), w.args...)
	if err != nil {
		return l, fmt.Errorf("count conversations: %w", err)
	}
	l.Items, err = db.Many(ctx, q.db, conversationTable.Scan(conversationRead),
		`select `+conversationColumns+` from conversation where `+w.String()+
			` order by updated_at desc, id desc`+w.bind(" limit 0 + ?", p.Size)+w.bind(" offset ?", p.Offset()), w.args...)
	if err != nil {
		return l, fmt.Errorf("list conversations: %w", err)
	}
	return l, nil
}

// Conversation returns a conversation of the workspace.
func (q Q) Conversation(ctx context.Context, workspaceID, id int64) (domain.Conversation, error) {
	c, ok, err := db.First(ctx, q.db, conversationTable.Scan(conversationRead),
		`select `+conversationColumns+` from conversation where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return c, fmt.Errorf("read conversation: %w", err)
	}
	if !ok {
		return c, domain.NotFound("Conversation")
	}
	return c, nil
}

// CreateConversation adds a conversation and returns it with its id. by is the caller.
func (t *Tx) CreateConversation(
	ctx context.Context, c domain.Conversation, by domain.Actor,
) (domain.Conversation, error) {
	c.CreatedAt, c.UpdatedAt, c.Revision = t.now, t.now, 1
	c.CreatedBy, c.CreatedByKind, c.CreatedByID = by.Name, by.Kind, by.ID
	if err := createConversation.One(ctx, t.db, &c, &c.ID); err != nil {
		return c, fmt.Errorf("create conversation: %w", err)
	}
	return c, nil
}

// LockConversation locks a conversation of the workspace to the end of the transaction and returns it.
func (t *Tx) LockConversation(ctx context.Context, workspaceID, id int64) (domain.Conversation, error) {
	err := t.db.Exec(ctx,
		`update conversation set revision = revision where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return domain.Conversation{}, fmt.Errorf("lock conversation: %w", err)
	}
	return t.Conversation(ctx, workspaceID, id)
}

// SaveConversation stores the changes of a locked conversation as its next revision.
func (t *Tx) SaveConversation(ctx context.Context, c domain.Conversation) (domain.Conversation, error) {
	c.Revision++
	if _, err := saveConversation.Exec(ctx, t.db, &c); err != nil {
		return c, fmt.Errorf("save conversation: %w", err)
	}
	return c, nil
}

// DeleteConversation removes a locked conversation with its messages and their texts. Items that answers were saved
// as stay.
func (t *Tx) DeleteConversation(ctx context.Context, workspaceID, id int64) error {
	const which = `select message_id from chat_message where workspace_id = $1 and conversation_id = $2 and message_id > 0`
	if err := t.deleteTexts(ctx, which, workspaceID, id); err != nil {
		return err
	}
	for _, statement := range []string{
		`delete from chat_message where workspace_id = $1 and conversation_id = $2`,
		`delete from conversation where workspace_id = $1 and id = $2`,
	} {
		if err := t.db.Exec(ctx, statement, workspaceID, id); err != nil {
			return fmt.Errorf("delete a conversation: %w", err)
		}
	}
	return nil
}
