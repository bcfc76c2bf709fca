package store

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of a chat message's columns.
const (
	chatRead db.Set = 1 << iota
	chatCreate
)

var chatTable = db.NewTable("chat_message", func(m *domain.ChatMessage) []db.Column {
	const made = chatRead | chatCreate
	return []db.Column{
		{Name: "id", Field: &m.ID, In: chatRead},
		{Name: "workspace_id", Field: &m.WorkspaceID, In: made},
		{Name: "conversation_id", Field: &m.ConversationID, In: made},
		{Name: "parent_id", Field: &m.ParentID, In: made},
		{Name: "next_id", Field: &m.NextID, In: made},
		{Name: "role", Field: db.Text(&m.Role), In: made},
		{Name: "body", Field: &m.Text, In: made},
		{Name: "message_id", Field: &m.TextID, In: made},
		{Name: "citations", Field: db.JSONOr(&m.Citations, "[]"), In: made},
		{Name: "left_out", Field: &m.LeftOut, In: made},
		{Name: "created_at", Field: db.Time(&m.CreatedAt), In: made},
	}
})

// chatFrom reads messages with the texts of answers. A question has none, so what it has of one is empty.
var (
	chatFrom = `select ` + chatTable.QualifiedColumns(chatRead) + `, coalesce(t.status, ''), coalesce(t.stopped, 0),
		coalesce(t.body, ''), coalesce(t.error, ''), coalesce(t.credits_used, 0), coalesce(t.engine, 'null'),
		coalesce(t.cost, ''), coalesce(t.results, '[]')
		from chat_message left join message t on t.id = chat_message.message_id
		where chat_message.workspace_id = $1 and chat_message.conversation_id = $2`
	createChat = chatTable.Write(chatCreate, `insert into chat_message ({columns}) values ({values}) returning id`)
)

func scanChat(row db.Row) (m domain.ChatMessage, err error) {
	var (
		status  domain.TextStatus
		stopped int
		body    string
		results []domain.TextResult
	)
	err = row.Scan(append(chatTable.Dest(&m, chatRead), db.Text(&status), &stopped, &body, &m.Error, &m.Credits,
		db.JSONOr(&m.Origin, "null"), db.JSONOr(&m.Cost, "null"), db.JSONOr(&results, "[]"))...)
	m.Status = domain.ChatCompleted
	if m.Role != domain.ChatAssistant {
		return m, err
	}
	m.Text = body
	for _, r := range results {
		m.Findings = append(m.Findings, r.Findings...)
	}
	switch {
	case status == domain.TextStreaming:
		m.Status = domain.ChatStreaming
	case stopped != 0:
		m.Status = domain.ChatStopped
	case status == domain.TextFailed:
		m.Status = domain.ChatFailed
	}
	return m, err
}

// ChatMessages returns all messages of a conversation, on every branch, oldest first.
func (q Q) ChatMessages(ctx context.Context, workspaceID, conversationID int64) ([]domain.ChatMessage, error) {
	list, err := db.Many(ctx, q.db, scanChat, chatFrom+` order by chat_message.id`, workspaceID, conversationID)
	if err != nil {
		return nil, fmt.Errorf("read the messages of a chat: %w", err)
	}
	return list, nil
}

// ChatMessage returns a message of a conversation.
func (q Q) ChatMessage(ctx context.Context, workspaceID, conversationID, id int64) (domain.ChatMessage, error) {
	m, ok, err := db.First(ctx, q.db, scanChat, chatFrom+` and chat_message.id = $3`, workspaceID, conversationID, id)
	if err != nil {
		return m, fmt.Errorf("read a message of a chat: %w", err)
	}
	if !ok {
		return m, domain.NotFound("Message")
	}
	return m, nil
}

// ChatSize is how large a conversation is.
type ChatSize struct {
	Messages int // on all branches
	Credits  int
	Open     int64 // an answer that is being written; 0: none is
}

// ChatSize returns how large a conversation is.
func (q Q) ChatSize(ctx context.Context, workspaceID, conversationID int64) (s ChatSize, err error) {
	err = q.db.One(ctx, []any{&s.Messages, &s.Credits, &s.Open}, `select count(*), coalesce(sum(t.credits_used), 0),
		coalesce(max(case when t.status = $3 then chat_message.id else 0 end), 0)
		from chat_message left join message t on t.id = chat_message.message_id
		where chat_message.workspace_id = $1 and chat_message.conversation_id = $2`,
		workspaceID, conversationID, string(domain.TextStreaming))
	if err != nil {
		return s, fmt.Errorf("count the messages of a chat: %w", err)
	}
	return s, nil
}

// CreateChatMessage adds a message to a locked conversation and returns it with its id. It becomes the message that
// follows its parent.
func (t *Tx) CreateChatMessage(ctx context.Context, m domain.ChatMessage) (domain.ChatMessage, error) {
	m.CreatedAt = t.now
	if err := createChat.One(ctx, t.db, &m, &m.ID); err != nil {
		return m, fmt.Errorf("create a message of a chat: %w", err)
	}
	return m, t.FollowChatMessage(ctx, m.WorkspaceID, m.ParentID, m.ID)
}

// FollowChatMessage notes which of the messages after one was seen last. With 0 as the message it does nothing.
func (t *Tx) FollowChatMessage(ctx context.Context, workspaceID, id, next int64) error {
	if id == 0 {
		return nil
	}
	err := t.db.Exec(ctx, `update chat_message set next_id = $3 where workspace_id = $1 and id = $2`,
		workspaceID, id, next)
	if err != nil {
		return fmt.Errorf("note the next message of a chat: %w", err)
	}
	return nil
}

// CiteInChat stores what the answer with a text rests on. A text that answers in no chat changes nothing.
func (t *Tx) CiteInChat(ctx context.Context, workspaceID, textID int64, citations []domain.Citation) error {
	value, err := db.JSONOr(&citations, "[]").Value()
	if err != nil {
		return fmt.Errorf("encode citations: %w", err)
	}
	err = t.db.Exec(ctx, `update chat_message set citations = $3 where workspace_id = $1 and message_id = $2`,
		workspaceID, textID, value)
	if err != nil {
		return fmt.Errorf("store citations: %w", err)
	}
	return nil
}

// ContentVersionsNow returns the latest versions of those of the items that still exist, by their ids.
func (q Q) ContentVersionsNow(ctx context.Context, workspaceID int64, ids []int64) (map[int64]int, error) {
	return q.versionsNow(ctx, `select id, version from content where workspace_id = $1 and id in `, workspaceID, ids)
}

// SourceRevisionsNow returns the latest revisions of those of the sources that still exist, by their ids.
func (q Q) SourceRevisionsNow(ctx context.Context, workspaceID int64, ids []int64) (map[int64]int, error) {
	return q.versionsNow(ctx, `select id, revision from source where workspace_id = $1 and id in `, workspaceID, ids)
}

func (q Q) versionsNow(ctx context.Context, query string, workspaceID int64, ids []int64) (map[int64]int, error) {
	out := map[int64]int{}
	if len(ids) == 0 {
		return out, nil
	}
	type latest struct {
		id      int64
		version int
	}
	list, err := db.Many(ctx, q.db, func(row db.Row) (l latest, err error) {
		err = row.Scan(&l.id, &l.version)
		return l, err
	}, query+`(`+placeholders(2, len(ids))+`)`,
		append([]any{workspaceID}, anyIDs(ids)...)...)
	if err != nil {
		return nil, fmt.Errorf("look for what is cited: %w", err)
	}
	for _, l := range list {
		out[l.id] = l.version
	}
	return out, nil
}
