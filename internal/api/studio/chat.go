package studio

import (
	"context"
	"net/http"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/studio"
	"vellocity/internal/ops"
	"vellocity/internal/verb"
)

// ChatEntry is a conversation in a list.
type ChatEntry struct {
	ID           int64     `json:"id"`
	ConverID     int64     `json:"conver_id"      doc:"The id again"`
	Title        string    `json:"title"          doc:"Empty before the first question"`
	CategoryID   int64     `json:"category_id"    doc:"Id of the chat template that it was begun with"`
	BrandVoiceID *int64    `json:"brand_voice_id" doc:"Null: the workspace's"`
	CreatedBy    string    `json:"created_by"`
	CreatedAt    time.Time `json:"created_at"`
	UpdatedAt    time.Time `json:"updated_at"     doc:"Of the last message or change"`
}

// ChatView is a conversation.
type ChatView struct {
	ChatEntry
	Category        ChatTemplateView `json:"category"          doc:"The chat template as it is now; the first one where it was deleted"`
	Messages        int              `json:"messages"          doc:"How many there are, on all branches"`
	Credits         int              `json:"credits_used"`
	ActiveMessageID *int64           `json:"active_message_id" doc:"The last message of the path that is shown; null: there is none"`
	AnsweringID     *int64           `json:"answering_id"      doc:"The answer that is being written; null: none is"`
	Model           bool             `json:"model_connected"   doc:"False: answers quote the workspace's texts"`
}

type newChat struct {
	CategoryID   int64  `json:"category_id,omitempty"    minimum:"1"        doc:"Id of a chat template, 1 by default"`
	BrandVoiceID int64  `json:"brand_voice_id,omitempty" minimum:"1"        doc:"Brand voice of the answers, by default the workspace's"`
	Title        string `json:"title,omitempty"          limit:"chat_title" doc:"By default made from the first question"`
}

// ChatRef names a conversation in the path.
type ChatRef struct {
	ConverID int64 `json:"conver_id" in:"path" minimum:"1" doc:"The conversation's id"`
}

type renameChat struct {
	ConverID int64  `json:"conver_id" minimum:"1"`
	Title    string `json:"title"     limit:"chat_title"`
	ops.Conditional
}

type deleteChat struct {
	ConverID int64 `json:"conver_id" in:"query" minimum:"1" doc:"The conversation's id"`
	ops.Conditional
}

type chatHistory struct {
	Category string `json:"category" in:"path" limit:"slug" doc:"Slug of a chat template, such as ai-chat-bot"`
	All      bool   `json:"all,omitempty" doc:"Conversations of everybody in the workspace, not yours alone"`
	ops.Paging
}

type searchChats struct {
	Word       string `json:"search_word"           limit:"search" doc:"A part of the title"`
	CategoryID int64  `json:"category_id,omitempty" minimum:"1"    doc:"Only conversations of this chat template"`
}

const (
	chatPath = "/aichat"
	// onePath is the path of a conversation.
	onePath = chatPath + "/chat/{conver_id}"
	// chatTools is the toolset of chats.
	chatTools = "chat"
	// mostRecent is how many conversations are found, and how many are recent.
	mostRecent = 20
)

var chapterChat = ops.Chapter{
	Name: "AI Chat",
	Description: "Conversations that answer from a model and from the workspace's own texts, with citations. " +
		"Messages are a tree: nothing that was asked or answered is written over.",
}

var sampleChat = studio.Conversation{
	Conversation: domain.Conversation{
		ID: 12, Title: "Covering beds against frost", TitleBy: domain.TitleModel, TemplateID: 1, ActiveID: 42,
		CreatedBy: "ada@example.com", CreatedAt: wire.SampleTime(), UpdatedAt: wire.SampleTime(), Revision: 3,
	},
	Template: sampleChatTemplate, Messages: 2, Credits: 1,
}

func chatRows(v *studio.Verbs) []ops.Op {
	return []ops.Op{
		newChatRow(v), getChatRow(v), renameChatRow(v), deleteChatRow(v), historyRow(v), searchChatsRow(v),
		recentChatsRow(v), stopChatRow(v),
	}
}

func newChatRow(v *studio.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "new_chat",
		Route:          ops.Route{Method: http.MethodPost, Path: chatPath + "/new-chat", Status: http.StatusCreated},
		Scope:          domain.ScopeContent,
		IdempotencyKey: true,
		ETag:           true,
		Forms:          true,
		Docs: ops.Docs{
			Chapter: chapterChat, Summary: "Begin a conversation",
			Description: "It is empty and costs nothing. POST its conver_id with a prompt to /aichat/chat-send to ask.",
			Example:     map[string]any{"category_id": 1},
		},
		Tool:    ops.Tool{Set: chatTools},
		Command: ops.Command{Noun: "chats", Verb: "create"},
	}, func(ctx context.Context, in newChat) (studio.Conversation, error) {
		return v.NewChat(ctx, studio.NewChat{TemplateID: in.CategoryID, BrandVoiceID: in.BrandVoiceID, Title: in.Title})
	}, func(r *ops.Reply, c studio.Conversation) ChatView {
		r.Location = wire.Path(chatPath+"/chat", c.ID)
		return viewChat(r, c)
	}, sampleChat)
}

func getChatRow(v *studio.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "get_chat",
		Route: ops.Route{Method: http.MethodGet, Path: onePath},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterChat, Summary: "Get a conversation",
			Description: "Its title, its chat template and how large it is. Its messages are at /messages.",
			Errors:      []domain.Code{domain.CodeNotFound},
			Example:     map[string]any{"conver_id": sampleChat.ID},
		},
		Tool:    ops.Tool{Set: chatTools},
		Command: ops.Command{Noun: "chats", Verb: "get"},
	}, func(ctx context.Context, in ChatRef) (studio.Conversation, error) { return v.Chat(ctx, in.ConverID) },
		viewChat, sampleChat)
}

func renameChatRow(v *studio.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "rename_chat",
		Route: ops.Route{Method: http.MethodPatch, Path: chatPath + "/history"},
		Scope: domain.ScopeContent,
		ETag:  true,
		Forms: true,
		Docs: ops.Docs{
			Chapter: chapterChat, Summary: "Rename a conversation",
			Description: "The title stays: no model replaces it any more.",
			Errors:      []domain.Code{domain.CodeNotFound},
			Example:     map[string]any{"conver_id": sampleChat.ID, "title": "Frost"},
		},
		Tool:    ops.Tool{Set: chatTools},
		Command: ops.Command{Noun: "chats", Verb: "rename"},
	}, func(ctx context.Context, in renameChat) (studio.Conversation, error) {
		return v.RenameChat(ctx, studio.RenameChat{
			ID: in.ConverID, Title: in.Title, Precondition: verb.Precondition{IfMatch: in.Revisions()},
		})
	}, viewChat, sampleChat)
}

func deleteChatRow(v *studio.Verbs) ops.Op {
	return ops.NewEmpty(ops.Op{
		Name:  "delete_chat",
		Route: ops.Route{Method: http.MethodDelete, Path: chatPath + "/history"},
		Scope: domain.ScopeContent,
		Hints: ops.Hints{Destructive: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterChat, Summary: "Delete a conversation",
			Description: "With all its messages. Content items that answers were saved as stay. While an answer is " +
				"being written it is a conflict.",
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: map[string]any{"conver_id": sampleChat.ID},
		},
		Tool:    ops.Tool{Set: chatTools},
		Command: ops.Command{Noun: "chats", Verb: "delete"},
	}, func(ctx context.Context, in deleteChat) error {
		return v.DeleteChat(ctx, verb.ID{ID: in.ConverID, Precondition: verb.Precondition{IfMatch: in.Revisions()}})
	})
}

var chatColumns = []string{"conver_id", "title", "updated_at"}

func historyRow(v *studio.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "list_chats",
		Route: ops.Route{Method: http.MethodGet, Path: chatPath + "/history/{category}"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterChat, Summary: "List the conversations of a chat template",
			Description: "Yours, those of the API key or person that asks, the one with the newest message first.",
			Errors:      []domain.Code{domain.CodeNotFound},
			Example:     map[string]any{"category": sampleChatTemplate.Slug},
		},
		Tool:    ops.Tool{Set: chatTools},
		Command: ops.Command{Noun: "chats", Verb: "list", Columns: chatColumns},
	}, func(ctx context.Context, in chatHistory) (l domain.List[domain.Conversation], err error) {
		t, err := v.ChatTemplateBySlug(ctx, in.Category)
		if err != nil {
			return l, err
		}
		return v.Chats(ctx, studio.ListChats{
			TemplateID: t.ID, All: in.All, Page: domain.Page{Number: in.Page, Size: in.PerPage},
		})
	}, func(r *ops.Reply, l domain.List[domain.Conversation]) []ChatEntry {
		r.Total = l.Total
		return wire.Each(l.Items, chatEntry)
	}, domain.List[domain.Conversation]{Items: []domain.Conversation{sampleChat.Conversation}, Total: 1})
}

func searchChatsRow(v *studio.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "search_chats",
		Route: ops.Route{Method: http.MethodPost, Path: chatPath + "/search-history"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Forms: true,
		Docs: ops.Docs{
			Chapter: chapterChat, Summary: "Search your conversations",
			Description: "By a part of the title, 20 at most, the one with the newest message first.",
			Example:     map[string]any{"search_word": "frost"},
		},
		Tool:    ops.Tool{Set: chatTools},
		Command: ops.Command{Noun: "chats", Verb: "search", Columns: chatColumns},
	}, func(ctx context.Context, in searchChats) ([]domain.Conversation, error) {
		l, err := v.Chats(ctx, studio.ListChats{
			TemplateID: in.CategoryID, Search: in.Word, Page: domain.Page{Number: 1, Size: mostRecent},
		})
		return l.Items, err
	}, func(_ *ops.Reply, l []domain.Conversation) []ChatEntry { return wire.Each(l, chatEntry) },
		[]domain.Conversation{sampleChat.Conversation})
}

func recentChatsRow(v *studio.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "recent_chats",
		Route: ops.Route{Method: http.MethodGet, Path: chatPath + "/recent-chats"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterChat, Summary: "List your recent conversations",
			Description: "Your last 20 of all chat templates, the one with the newest message first.",
		},
		Tool:    ops.Tool{Set: chatTools},
		Command: ops.Command{Noun: "chats", Verb: "recent", Columns: chatColumns},
	}, func(ctx context.Context, _ struct{}) ([]domain.Conversation, error) {
		l, err := v.Chats(ctx, studio.ListChats{Page: domain.Page{Number: 1, Size: mostRecent}})
		return l.Items, err
	}, func(_ *ops.Reply, l []domain.Conversation) []ChatEntry { return wire.Each(l, chatEntry) },
		[]domain.Conversation{sampleChat.Conversation})
}

func stopChatRow(v *studio.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "stop_chat",
		Route: ops.Route{Method: http.MethodPost, Path: onePath + "/stop"},
		Scope: domain.ScopeContent,
		Hints: ops.Hints{Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterChat, Summary: "Stop the answer of a conversation",
			Description: "It ends within two seconds with what has been written, which is charged. Where no answer " +
				"is being written nothing happens.",
			Errors:  []domain.Code{domain.CodeNotFound},
			Example: map[string]any{"conver_id": sampleChat.ID},
		},
		Tool:    ops.Tool{Set: chatTools},
		Command: ops.Command{Noun: "chats", Verb: "stop"},
	}, func(ctx context.Context, in ChatRef) (studio.Conversation, error) {
		return v.StopChat(ctx, in.ConverID)
	},
		viewChat, sampleChat)
}

func viewChat(r *ops.Reply, c studio.Conversation) ChatView {
	r.Revision = wire.Number(c.Revision)
	return ChatView{
		ChatEntry: chatEntry(c.Conversation), Category: chatTemplateView(c.Template), Messages: c.Messages,
		Credits: c.Credits, ActiveMessageID: wire.Optional(c.ActiveID), AnsweringID: wire.Optional(c.Open), Model: !c.NoModel,
	}
}

func chatEntry(c domain.Conversation) ChatEntry {
	return ChatEntry{
		ID: c.ID, ConverID: c.ID, Title: c.Title, CategoryID: c.TemplateID, BrandVoiceID: wire.Optional(c.BrandVoiceID),
		CreatedBy: c.CreatedBy, CreatedAt: c.CreatedAt.UTC(), UpdatedAt: c.UpdatedAt.UTC(),
	}
}
