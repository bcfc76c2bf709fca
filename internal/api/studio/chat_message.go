package studio

import (
	"context"
	"iter"
	"net/http"
	"strconv"
	"time"

	"vellocity/internal/api/wire"
	"vellocity/internal/domain"
	"vellocity/internal/engine/studio"
	"vellocity/internal/ops"
	"vellocity/internal/sse"
)

// ChatMessageView is a message of a conversation.
type ChatMessageView struct {
	MessageID int64                  `json:"message_id"`
	ParentID  *int64                 `json:"parent_id"    doc:"The message before it; null: it is a first one"`
	Siblings  []int64                `json:"siblings"     doc:"The messages at its place, itself too, oldest first"`
	Active    bool                   `json:"active"       doc:"It is on the path that is shown"`
	Role      domain.ChatRole        `json:"role"`
	Text      string                 `json:"text"         doc:"Markdown. In an answer, [S1] is the mark of the citation with n = 1"`
	Status    domain.ChatStatus      `json:"status"`
	Error     *string                `json:"error"        doc:"Why the answer is not whole; null: it is"`
	Citations []ChatCitation         `json:"citations"`
	LeftOut   int                    `json:"left_out"     doc:"How many earlier messages the model was shown shortened, or not at all, since they did not fit"`
	Findings  []wire.Finding         `json:"guardrails_triggered"`
	Credits   int                    `json:"credits_used"`
	Engine    ops.Maybe[wire.Origin] `json:"engine"       doc:"What wrote it; null for a question"`
	Cost      ops.Maybe[wire.Money]  `json:"cost"         doc:"Null for a question, and where the model's price is not known"`
	CreatedAt time.Time              `json:"created_at"`
}

// ChatCitation is a passage of a content item or a source that an answer rests on.
type ChatCitation struct {
	N         int    `json:"n"          doc:"Its mark in the text is [S<n>]"`
	ContentID *int64 `json:"content_id" doc:"The content item that it is of; null for a source"`
	SourceID  *int64 `json:"source_id"  doc:"The source that it is of; null for a content item"`
	Version   int    `json:"version"    doc:"Of the item, or the revision of the source"`
	Start     int    `json:"start"      doc:"Where it begins in that version's text, in Unicode code points"`
	End       int    `json:"end"        doc:"Where it ends there"`
	Title     string `json:"title"      doc:"Of the item or the source"`
	Heading   string `json:"heading"    doc:"That it stands under; may be empty"`
	Quote     string `json:"quote"      doc:"The passage"`
}

// AskedView is an answer that is being written.
type AskedView struct {
	ConverID   int64 `json:"conver_id"`
	MessageID  int64 `json:"message_id"  doc:"Of the answer: GET it at /aichat/chat-send within 30 seconds, or it is stopped"`
	QuestionID int64 `json:"question_id"`
}

type sendChat struct {
	ConverID     int64  `json:"conver_id"                   minimum:"1"`
	Prompt       string `json:"prompt,omitempty"            limit:"prompt"   doc:"The question; required unless regenerate_of is given"`
	ParentID     *int64 `json:"parent_message_id,omitempty" minimum:"0"      doc:"The answer that it follows; 0: none. By default the end of the path that is shown. To edit a question, send the parent_id that it had"`
	RegenerateOf int64  `json:"regenerate_of,omitempty"     minimum:"1"      doc:"Answer this answer's question again, beside it"`
	Language     string `json:"language,omitempty"          limit:"language" doc:"BCP 47, like en or de-AT, or a name, like German"`
	Words        int    `json:"maximum_length,omitempty"    limit:"words"    doc:"Longest length in words, 500 by default; each started 500 cost a credit"`
}

type readChat struct {
	ConverID  int64 `json:"conver_id"  in:"query" minimum:"1" doc:"The conversation's id"`
	MessageID int64 `json:"message_id" in:"query" minimum:"1" doc:"The answer's id"`
	ops.Resumable
}

type listMessages struct {
	ChatRef
	All bool `json:"all,omitempty" doc:"The whole tree, oldest first, not the path that is shown alone"`
}

// MessageRef names a message in the path.
type MessageRef struct {
	ChatRef
	ID int64 `json:"id" in:"path" minimum:"1" doc:"The message's id"`
}

type saveMessage struct {
	MessageRef
	Response    string             `json:"response,omitempty"     limit:"response"   doc:"The text as you have changed it; by default as it was written, without the marks of citations"`
	Title       string             `json:"title,omitempty"        limit:"text_title" doc:"By default the text's heading, or the question"`
	ContentType domain.ContentType `json:"content_type,omitempty"                    doc:"text_content by default"`
}

var sampleMessage = studio.ChatMessage{
	ChatMessage: domain.ChatMessage{
		ID: 42, ConversationID: 12, ParentID: 41, Role: domain.ChatAssistant, Status: domain.ChatCompleted,
		Text: "Fleece keeps two degrees [S1].", Credits: 1, Origin: wire.SampleOrigin(), Cost: wire.SampleCost(),
		CreatedAt: wire.SampleTime(),
		Citations: []domain.Citation{{
			N: 1, ContentID: 101, Version: 2, Start: 48, End: 73, Title: "Beds in winter", Heading: "Frost",
			Quote: "Fleece keeps two degrees.",
		}},
	},
	Siblings: []int64{42}, Active: true,
}

var chatStream = ops.StreamDocs{
	Description: "Server-Sent Events. Each event's data is a piece of the text itself, its id " +
		"<message_id>-<offset>, the offset being that of the piece's end in Unicode code points. A failure is sent " +
		"as event: error. Ends with exactly one data: [DONE]. Read the message as JSON after it, for its citations.",
	Example: "id: 42-12\ndata: Fleece keeps\n\nid: 42-30\ndata:  two degrees [S1].\n\ndata: [DONE]\n\n",
	Events:  []ops.EventDoc{ops.EventOf[string]("message")},
	Headers: []ops.HeaderDoc{{Name: "X-Message-Id", Description: "Id of the answer", Example: "42"}},
}

func chatMessageRows(v *studio.Verbs) []ops.Op {
	return []ops.Op{
		sendChatRow(v), readChatRow(v), listMessagesRow(v), getMessageRow(v), showBranchRow(v), saveMessageRow(v),
	}
}

func sendChatRow(v *studio.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "send_chat",
		Route:          ops.Route{Method: http.MethodPost, Path: chatPath + "/chat-send"},
		Scope:          domain.ScopeContent,
		Hints:          ops.Hints{OpenWorld: true},
		IdempotencyKey: true,
		Forms:          true,
		Further: wire.Further(func(in sendChat, p *domain.Problems) {
			studio.GenerateOutput{Language: in.Language}.CheckLanguage(p)
		}),
		Docs: ops.Docs{
			Chapter: chapterChat, Summary: "Ask in a conversation",
			Description: "Stores the question and begins to write its answer. GET /aichat/chat-send with both ids " +
				"streams it. One answer of a conversation is written at a time.",
			Errors: []domain.Code{
				domain.CodeNotFound, domain.CodeConflict, domain.CodeInsufficientCredits, domain.CodeUnavailable,
			},
			Example: map[string]any{"conver_id": sampleChat.ID, "prompt": "How many degrees does fleece keep?"},
		},
		Tool:    ops.Tool{Set: chatTools},
		Command: ops.Command{Noun: "chats", Verb: "ask"},
	}, func(ctx context.Context, in sendChat) (studio.AskedChat, error) {
		return v.AskChat(ctx, studio.AskChat{
			ConversationID: in.ConverID, Prompt: in.Prompt, ParentID: in.ParentID, RegenerateOf: in.RegenerateOf,
			Language: in.Language, Words: in.Words,
		})
	}, func(_ *ops.Reply, a studio.AskedChat) AskedView {
		return AskedView{ConverID: a.ConversationID, MessageID: a.MessageID, QuestionID: a.QuestionID}
	}, studio.AskedChat{ConversationID: sampleChat.ID, MessageID: 42, QuestionID: 41})
}

// inChat names an answer of a conversation.
type inChat struct{ chat, message int64 }

func readChatRow(v *studio.Verbs) ops.Op {
	return ops.NewStream(ops.Op{
		Name:  "read_chat",
		Route: ops.Route{Method: http.MethodGet, Path: chatPath + "/chat-send"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterChat, Summary: "Read an answer as it is written",
			Description: "The answer as a stream with Accept: text/event-stream, resumed with Last-Event-ID; else " +
				"as JSON once it is whole.",
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict, domain.CodeProvider},
			Example: map[string]any{"conver_id": sampleChat.ID, "message_id": sampleMessage.ID},
		},
		Tool: ops.Tool{
			Set: chatTools, Whole: true,
			Description: "Returns the answer that send_chat has begun, once it is whole.",
		},
		Command: ops.Command{Noun: "chats", Verb: "read"},
	}, chatStream, ops.Streaming[readChat, inChat, studio.ChatMessage, ChatMessageView]{
		Begin: func(_ context.Context, in readChat) (inChat, error) {
			id, _, err := position(in.Resumable, in.MessageID)
			return inChat{in.ConverID, id}, err
		},
		Events: func(ctx context.Context, in readChat, at inChat) (iter.Seq2[sse.Event, error], error) {
			return chatEvents(ctx, v, at, in.Resumable)
		},
		Headers: func(at inChat) map[string]string { return headers(at.message) },
		Whole: func(ctx context.Context, at inChat) (studio.ChatMessage, error) {
			return v.WaitChatMessage(ctx, at.chat, at.message)
		},
		View:   viewMessage,
		Sample: sampleMessage,
	})
}

// chatEvents are the pieces of an answer: those that are stored, then each as it comes.
func chatEvents(
	ctx context.Context, v *studio.Verbs, at inChat, r ops.Resumable,
) (iter.Seq2[sse.Event, error], error) {
	_, after, err := position(r, at.message)
	if err != nil {
		return nil, err
	}
	pieces, err := v.ReadChatMessage(ctx, at.chat, at.message, after)
	if err != nil {
		return nil, err
	}
	return func(yield func(sse.Event, error) bool) {
		for piece, err := range pieces {
			for _, part := range apart(piece) {
				e := sse.Event{ID: wire.Number(at.message) + "-" + strconv.Itoa(part.End()), Data: part.Text}
				if !yield(e, err) || err != nil {
					return
				}
			}
		}
	}, nil
}

func listMessagesRow(v *studio.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "list_chat_messages",
		Route: ops.Route{Method: http.MethodGet, Path: onePath + "/messages"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterChat, Summary: "List the messages of a conversation",
			Description: "The path that is shown, from the first question. With all=1 the whole tree.",
			Errors:      []domain.Code{domain.CodeNotFound},
			Example:     map[string]any{"conver_id": sampleChat.ID},
		},
		Tool:    ops.Tool{Set: chatTools, Whole: true},
		Command: ops.Command{Noun: "chats", Verb: "messages", Columns: []string{"message_id", "role", "status", "text"}},
	}, func(ctx context.Context, in listMessages) ([]studio.ChatMessage, error) {
		return v.ChatMessages(ctx, in.ConverID, in.All)
	}, func(_ *ops.Reply, l []studio.ChatMessage) []ChatMessageView { return wire.Each(l, messageView) },
		[]studio.ChatMessage{sampleMessage})
}

func getMessageRow(v *studio.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "get_chat_message",
		Route: ops.Route{Method: http.MethodGet, Path: onePath + "/messages/{id}"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		ETag:  true,
		Docs: ops.Docs{
			Chapter: chapterChat, Summary: "Get a message of a conversation",
			Description: "As it is now: of an answer that is being written, what is stored of it.",
			Errors:      []domain.Code{domain.CodeNotFound},
			Example:     map[string]any{"conver_id": sampleChat.ID, "id": sampleMessage.ID},
		},
		Tool:    ops.Tool{Set: chatTools, Whole: true},
		Command: ops.Command{Noun: "chats", Verb: "message"},
	}, func(ctx context.Context, in MessageRef) (studio.ChatMessage, error) {
		return v.ChatMessage(ctx, in.ConverID, in.ID)
	}, viewMessage, sampleMessage)
}

func showBranchRow(v *studio.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:  "show_chat_branch",
		Route: ops.Route{Method: http.MethodPost, Path: onePath + "/messages/{id}/show"},
		Scope: domain.ScopeContent,
		Hints: ops.Hints{Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterChat, Summary: "Show a branch of a conversation",
			Description: "The path that is shown goes through this message, and on as it was last seen there. The " +
				"next question follows its end.",
			Errors:  []domain.Code{domain.CodeNotFound},
			Example: map[string]any{"conver_id": sampleChat.ID, "id": sampleMessage.ID},
		},
		Tool:    ops.Tool{Set: chatTools},
		Command: ops.Command{Noun: "chats", Verb: "show"},
	}, func(ctx context.Context, in MessageRef) (studio.Conversation, error) {
		return v.ShowChatBranch(ctx, in.ConverID, in.ID)
	}, viewChat, sampleChat)
}

func saveMessageRow(v *studio.Verbs) ops.Op {
	return ops.New(ops.Op{
		Name:           "save_chat_message",
		Route:          ops.Route{Method: http.MethodPost, Path: onePath + "/messages/{id}/save"},
		Scope:          domain.ScopeContent,
		Hints:          ops.Hints{Idempotent: true},
		IdempotencyKey: true,
		Forms:          true,
		Docs: ops.Docs{
			Chapter: chapterChat, Summary: "Save an answer as a content item",
			Description: "Puts the answer on the board, in the generated column, without the marks of its " +
				"citations, which the item's provenance has. An answer becomes one item: saving it again returns that item.",
			Errors:  []domain.Code{domain.CodeNotFound, domain.CodeConflict},
			Example: map[string]any{"conver_id": sampleChat.ID, "id": sampleMessage.ID, "title": "Fleece"},
		},
		Tool:    ops.Tool{Set: chatTools},
		Command: ops.Command{Noun: "chats", Verb: "save"},
	}, func(ctx context.Context, in saveMessage) (studio.SavedText, error) {
		return v.SaveChatMessage(ctx, in.ConverID, in.ID, studio.SaveText{
			Response: in.Response, Title: in.Title, ContentType: in.ContentType,
		})
	}, func(_ *ops.Reply, s studio.SavedText) SavedView {
		return SavedView{"Data saved successfully.", s.ContentID, s.Title, s.Type, s.Before}
	}, studio.SavedText{ContentID: 102, Title: "Fleece", Type: domain.ContentText})
}

func citation(c domain.Citation) ChatCitation {
	return ChatCitation{
		N: c.N, ContentID: wire.Optional(c.ContentID), SourceID: wire.Optional(c.SourceID), Version: c.Version,
		Start: c.Start, End: c.End, Title: c.Title, Heading: c.Heading, Quote: c.Quote,
	}
}

func viewMessage(_ *ops.Reply, m studio.ChatMessage) ChatMessageView { return messageView(m) }

func messageView(m studio.ChatMessage) ChatMessageView {
	out := ChatMessageView{
		MessageID: m.ID, ParentID: wire.Optional(m.ParentID), Siblings: wire.List(m.Siblings), Active: m.Active, Role: m.Role,
		Text: m.Text, Status: m.Status, Error: wire.Optional(m.Error), LeftOut: m.LeftOut, Credits: m.Credits,
		Citations: wire.Each(m.Citations, citation),
		Findings:  wire.Findings(m.Findings), CreatedAt: m.CreatedAt.UTC(),
	}
	if m.Role == domain.ChatAssistant {
		origin := wire.Origin(m.Origin)
		out.Engine, out.Cost = ops.Maybe[wire.Origin]{Value: &origin}, wire.Cost(m.Cost)
	}
	return out
}
