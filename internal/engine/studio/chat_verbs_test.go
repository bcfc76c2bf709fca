package studio_test

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/studio"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

func madeChat(k K) int64 {
	a, _ := domain.ActorFrom(k.Ctx())
	return madeChatBy(k, a)
}

func madeChatBy(k K, by domain.Actor) int64 {
	c, err := k.Studio.NewChat(domain.WithActor(context.Background(), by), studio.NewChat{})
	must(k, err)
	return c.ID
}

// answered is a conversation with one answer that has ended.
func answered(k K) int64 {
	a, _ := domain.ActorFrom(k.Ctx())
	return answeredBy(k, a)
}

func answeredBy(k K, by domain.Actor) int64 {
	id := madeChatBy(k, by)
	addTurn(k, id, "Does it rain?", "It rains.", domain.TextCompleted)
	return id
}

func answering(k K) int64 {
	a, _ := domain.ActorFrom(k.Ctx())
	return answeringBy(k, a)
}

func answeringBy(k K, by domain.Actor) int64 {
	id := madeChatBy(k, by)
	addTurn(k, id, "Does it rain?", "", domain.TextStreaming)
	return id
}

// addTurn stores a question and its answer at the end of a conversation, and returns the answer's id.
func addTurn(k K, id int64, question, answer string, status domain.TextStatus) (message int64) {
	k.Do(turnOf(k, id, question, answer, status, &message))
	return message
}

// turnOf is a transaction, or a part of one, that adds a turn.
func turnOf(
	k K, id int64, question, answer string, status domain.TextStatus, message *int64,
) func(context.Context, *store.Tx) error {
	return func(ctx context.Context, tx *store.Tx) error {
		c, err := tx.LockConversation(ctx, k.Ours.ID, id)
		if err != nil {
			return err
		}
		q, err := tx.CreateChatMessage(ctx, domain.ChatMessage{
			WorkspaceID: k.Ours.ID, ConversationID: id, ParentID: c.ActiveID, Role: domain.ChatUser, Text: question,
		})
		if err != nil {
			return err
		}
		t, err := tx.CreateGeneratedText(ctx, store.GeneratedText{
			WorkspaceID: k.Ours.ID, Origin: domain.Origin{Kind: domain.OriginModel, Provider: "scripted"},
			Title: "Rain", Template: domain.ChatText,
		}, map[string]any{"Prompt": question, "Chat": map[string]any{}}, domain.Actor{Name: "x"})
		if err != nil {
			return err
		}
		m, err := tx.CreateChatMessage(ctx, domain.ChatMessage{
			WorkspaceID: k.Ours.ID, ConversationID: id, ParentID: q.ID, Role: domain.ChatAssistant, TextID: t.ID,
		})
		if err != nil {
			return err
		}
		c.ActiveID, *message = m.ID, m.ID
		if _, err = tx.SaveConversation(ctx, c); err != nil || status == domain.TextStreaming {
			return err
		}
		t.Status, t.Body = status, answer
		_, err = tx.FinishGeneratedText(ctx, t)
		return err
	}
}

// lastOf is the last message of the path of a conversation.
func lastOf(k K, id int64) int64 {
	return int64(k.Count("select coalesce(max(active_id), 0) from conversation where id = $1", id))
}

func (verbs) Conversations() enginetest.Verbs {
	change := func(
		made func(K) int64, by func(K, domain.Actor) int64, call func(k K, ctx C, id int64) error,
	) enginetest.Verb {
		v := enginetest.Verb{Scope: domain.ScopeContent, Event: true, ByID: true, Make: made}
		v.Call = func(k K, ctx C, x X) error { return call(k, ctx, theirs(k, ctx, x.Made, by)) }
		return v
	}
	return enginetest.Verbs{
		"NewChat": {Scope: domain.ScopeContent, Event: true, Call: func(k K, ctx C, _ X) error {
			return second(k.Studio.NewChat(ctx, studio.NewChat{}))
		}},
		"Chat": {Scope: domain.ScopeRead, ByID: true, Make: madeChat, Call: func(k K, ctx C, x X) error {
			return second(k.Studio.Chat(ctx, x.Made))
		}},
		"Chats": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Studio.Chats(ctx, studio.ListChats{All: true, Page: enginetest.FirstPage()}))
		}),
		"RenameChat": change(madeChat, madeChatBy, func(k K, ctx C, id int64) error {
			return second(k.Studio.RenameChat(ctx, studio.RenameChat{ID: id, Title: "Rain"}))
		}),
		"SetChatVoice": change(madeChat, madeChatBy, func(k K, ctx C, id int64) error {
			return second(k.Studio.SetChatVoice(ctx, id, 0))
		}),
		"DeleteChat": change(answered, answeredBy, func(k K, ctx C, id int64) error {
			return k.Studio.DeleteChat(ctx, verb.ID{ID: id})
		}),
		"AskChat": change(madeChat, madeChatBy, func(k K, ctx C, id int64) error {
			return second(k.Studio.AskChat(ctx, studio.AskChat{ConversationID: id, Prompt: "Does it rain?"}))
		}),
		"ShowChatBranch": change(answered, answeredBy, func(k K, ctx C, id int64) error {
			return second(k.Studio.ShowChatBranch(ctx, id, lastOf(k, id)))
		}),
		"StopChat": change(answering, answeringBy, func(k K, ctx C, id int64) error {
			return second(k.Studio.StopChat(ctx, id))
		}),
		"SaveChatMessage": change(answered, answeredBy, func(k K, ctx C, id int64) error {
			return second(k.Studio.SaveChatMessage(ctx, id, lastOf(k, id), studio.SaveText{}))
		}),
	}
}

func (verbs) ChatMessages() enginetest.Verbs {
	read := func(call func(k K, ctx C, x X) error) enginetest.Verb {
		return enginetest.Verb{Scope: domain.ScopeRead, ByID: true, Make: answered, Call: call}
	}
	return enginetest.Verbs{
		"ChatMessages": read(func(k K, ctx C, x X) error { return second(k.Studio.ChatMessages(ctx, x.Made, true)) }),
		"ChatMessage": read(func(k K, ctx C, x X) error {
			return second(k.Studio.ChatMessage(ctx, x.Made, lastOf(k, x.Made)))
		}),
		"ReadChatMessage": read(func(k K, ctx C, x X) error {
			return second(k.Studio.ReadChatMessage(ctx, x.Made, lastOf(k, x.Made), 0))
		}),
		"WaitChatMessage": read(func(k K, ctx C, x X) error {
			return second(k.Studio.WaitChatMessage(ctx, x.Made, lastOf(k, x.Made)))
		}),
	}
}

func ownChatTemplate() domain.ChatTemplate {
	return domain.ChatTemplate{Name: fmt.Sprintf("Support writer %d", slugs.Add(1)), Instructions: "Be kind."}
}

func madeChatTemplate(k K) int64 {
	t, err := k.Studio.CreateChatTemplate(k.Ctx(), ownChatTemplate())
	must(k, err)
	return t.ID
}

func (verbs) ChatTemplates() enginetest.Verbs {
	return enginetest.Verbs{
		"ChatTemplates": enginetest.Read(func(k K, ctx C, _ X) error { return second(k.Studio.ChatTemplates(ctx)) }),
		"ChatTemplate": {Scope: domain.ScopeRead, ByID: true, Make: madeChatTemplate, Call: func(k K, ctx C, x X) error {
			return second(k.Studio.ChatTemplate(ctx, x.Made))
		}},
		"ChatTemplateBySlug": enginetest.Read(func(k K, ctx C, _ X) error {
			return second(k.Studio.ChatTemplateBySlug(ctx, "ai-chat-bot"))
		}),
		"CreateChatTemplate": {Scope: domain.ScopeWrite, Event: true, Call: func(k K, ctx C, _ X) error {
			return second(k.Studio.CreateChatTemplate(ctx, ownChatTemplate()))
		}},
		"ChangeChatTemplate": {
			Scope: domain.ScopeWrite, Event: true, ByID: true, Make: madeChatTemplate, Call: func(k K, ctx C, x X) error {
				name := "Other"
				return second(k.Studio.ChangeChatTemplate(ctx, studio.ChangeChatTemplate{ID: x.Made, Name: &name}))
			},
		},
		"DeleteChatTemplate": {
			Scope: domain.ScopeWrite, Event: true, ByID: true, Make: madeChatTemplate, Call: func(k K, ctx C, x X) error {
				return k.Studio.DeleteChatTemplate(ctx, verb.ID{ID: x.Made})
			},
		},
	}
}
