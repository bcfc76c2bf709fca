package studio

import (
	"context"
	"slices"
	"strings"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/chat"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

const (
	// titleTimeout bounds the naming of a conversation.
	titleTimeout = 30 * time.Second
	// mostNaming is how many conversations are named at once. A title can wait, and must not slow down answers.
	mostNaming = 8
)

// AskChat asks a question in a conversation, or for another answer to one.
type AskChat struct {
	ConversationID int64
	Prompt         string
	// ParentID is the answer that the question follows; 0: it is a first one. nil: the end of the path that is shown.
	// A question that is edited follows what the one before it followed.
	ParentID     *int64
	RegenerateOf int64 // the answer to be written again, beside the one that is there; Prompt is empty then
	Language     string
	Words        int // at most; 0: DefaultWords
}

// AskedChat is an answer that is being written.
type AskedChat struct {
	ConversationID int64
	QuestionID     int64
	MessageID      int64 // of the answer, for [Verbs.ReadChatMessage]
}

// AskChat stores a question and begins to write its answer: its credits are held, as those of [Verbs.GenerateOutput].
// Without a model the answer quotes the workspace's texts, and costs nothing. While an answer is being written in the
// conversation, and where it has [domain.MaxChatMessages], it is a CONFLICT. It takes the scope content, of a caller
// that may read the conversation.
func (v *Verbs) AskChat(ctx context.Context, in AskChat) (AskedChat, error) {
	if _, err := verb.Caller(ctx, domain.ScopeContent); err != nil {
		return AskedChat{}, err
	}
	c, err := v.chatOf(ctx, v.store.Read(), in.ConversationID)
	if err != nil {
		return AskedChat{}, err
	}
	q, err := v.question(ctx, c, in)
	if err != nil {
		return AskedChat{}, err
	}
	job, err := v.answerJob(ctx, c, q, in)
	if err != nil {
		return AskedChat{}, err
	}
	title := chat.FirstTitle(q.text)
	search := prose.Fold(title)
	out, err := verb.Change(ctx, v.store, domain.ScopeContent, func(tx *store.Tx, a domain.Actor) (AskedChat, error) {
		locked, err := lockChat(ctx, tx, a, c.ID)
		if err != nil {
			return AskedChat{}, err
		}
		if locked.Title == "" {
			locked.Title, locked.Search = title, search
		}
		return job.ask(ctx, tx, a, locked, q)
	})
	if err != nil {
		return AskedChat{}, err
	}
	if c.TitleBy == domain.TitleStart && len(q.turns) == 0 && job.written() {
		job.after = func(ctx context.Context) { v.nameChat(ctx, c, job.row.ID, q.text) }
	}
	v.begin(ctx, job)
	return out, nil
}

// question is what is asked, and where.
type question struct {
	text   string
	parent int64 // the answer that it follows; 0: none
	id     int64 // of a question that is there already; 0: it is new
	turns  []chat.Turn
}

// question finds out what is asked, with all faults of the call.
func (v *Verbs) question(ctx context.Context, c domain.Conversation, in AskChat) (q question, err error) {
	var p domain.Problems
	if in.RegenerateOf != 0 {
		if in.Prompt != "" {
			p.Conflict("prompt")
		}
		if in.ParentID != nil {
			p.Conflict("parent_message_id")
		}
	} else if domain.LimitPrompt.Text(&p, "prompt", in.Prompt); strings.TrimSpace(in.Prompt) == "" {
		p.Required("prompt")
	}
	list, err := v.store.Read().ChatMessages(ctx, c.WorkspaceID, c.ID)
	if err != nil {
		return q, err
	}
	if slices.ContainsFunc(list, func(m domain.ChatMessage) bool { return m.Status == domain.ChatStreaming }) {
		return q, answering(c.ID, "ask again")
	}
	q.text, q.parent = in.Prompt, c.ActiveID
	switch {
	case in.RegenerateOf != 0:
		m := answerIn(&p, list, "regenerate_of", in.RegenerateOf)
		for _, asked := range list {
			if m.ID != 0 && asked.ID == m.ParentID {
				q.text, q.parent, q.id = asked.Text, asked.ParentID, asked.ID
			}
		}
	case in.ParentID != nil && *in.ParentID != 0:
		q.parent = answerIn(&p, list, "parent_message_id", *in.ParentID).ID
	case in.ParentID != nil:
		q.parent = 0
	}
	q.turns = turnsOf(path(list, q.parent))
	return q, p.Err()
}

// answerIn returns the answer with an id. A question, and what is not in the conversation, is a fault of the field.
func answerIn(p *domain.Problems, list []domain.ChatMessage, field string, id int64) domain.ChatMessage {
	for _, m := range list {
		if m.ID == id && m.Role == domain.ChatAssistant {
			return m
		}
		if m.ID == id {
			p.Add(field, "The message %d is a question. Name the answer after it", id)
			return domain.ChatMessage{}
		}
	}
	p.Missing(field, "message", id)
	return domain.ChatMessage{}
}

// turnsOf pairs questions with their answers.
func turnsOf(path []domain.ChatMessage) (turns []chat.Turn) {
	for _, m := range path {
		if m.Role == domain.ChatUser {
			turns = append(turns, chat.Turn{Question: m.Text})
		} else if n := len(turns); n > 0 {
			turns[n-1].Answer = m.Text
		}
	}
	return turns
}

// answerJob prepares the answer: what a model is shown of the conversation and of the workspace's texts.
func (v *Verbs) answerJob(ctx context.Context, c domain.Conversation, q question, in AskChat) (writeJob, error) {
	t, err := v.chatTemplate(ctx, v.store.Read(), c.WorkspaceID, c.TemplateID)
	if err != nil && domain.CodeOf(err) != domain.CodeNotFound { // one that was deleted has no instructions
		return writeJob{}, err
	}
	voice, err := voiceNow(ctx, v.store.Read(), c.WorkspaceID, c.BrandVoiceID)
	if err != nil {
		return writeJob{}, err
	}
	kept := chat.Trim(q.turns, chat.Room-chat.Tokens(q.text))
	req := request{
		GenerateOutput: GenerateOutput{Prompt: q.text, MaximumLength: in.Words, Language: in.Language},
		Chat: &chat.Request{
			Question: q.text, Instructions: t.Instructions, Turns: kept.Turns, Earlier: kept.Earlier, LeftOut: 2 * kept.LeftOut,
		},
	}
	if voice != nil {
		req.BrandVoiceID = voice.ID
	}
	job, err := v.prepare(req)
	if err != nil {
		return job, err
	}
	job.in.Chat.Sources = v.sources(ctx, c.WorkspaceID, searched(q))
	return job, nil
}

// shortQuestion is how many words with a subject a question has at most that means what was asked before it.
const shortQuestion = 4

// searched is what sources are searched by: the question, with the one before it where it is as short as "and why?".
func searched(q question) string {
	if n := len(q.turns); n > 0 && len(prose.Stems(q.text)) < shortQuestion {
		return q.text + " " + q.turns[n-1].Question
	}
	return q.text
}

// ask stores the question, the answer that is to be written, and the place of both.
func (j *writeJob) ask(
	ctx context.Context, tx *store.Tx, a domain.Actor, c domain.Conversation, q question,
) (AskedChat, error) {
	size, err := tx.ChatSize(ctx, a.WorkspaceID, c.ID)
	switch {
	case err != nil:
		return AskedChat{}, err
	case size.Open != 0:
		return AskedChat{}, answering(c.ID, "ask again")
	case size.Messages+2 > domain.MaxChatMessages:
		return AskedChat{}, domain.Errorf(domain.CodeConflict,
			"This conversation has %d messages, which is the most. Begin a new one", size.Messages)
	}
	out := AskedChat{ConversationID: c.ID, QuestionID: q.id}
	m := domain.ChatMessage{WorkspaceID: a.WorkspaceID, ConversationID: c.ID}
	if q.id == 0 {
		asked := m
		asked.ParentID, asked.Role, asked.Text = q.parent, domain.ChatUser, q.text
		if asked, err = tx.CreateChatMessage(ctx, asked); err != nil {
			return out, err
		}
		out.QuestionID = asked.ID
	}
	if err := j.take(ctx, tx, a, domain.TextStreaming); err != nil {
		return out, err
	}
	m.ParentID, m.Role, m.TextID, m.LeftOut = out.QuestionID, domain.ChatAssistant, j.row.ID, j.in.Chat.LeftOut
	if m, err = tx.CreateChatMessage(ctx, m); err != nil {
		return out, err
	}
	out.MessageID, c.ActiveID, c.UpdatedAt = m.ID, m.ID, tx.Now()
	if q.id != 0 {
		if err := tx.FollowChatMessage(ctx, a.WorkspaceID, q.parent, q.id); err != nil {
			return out, err
		}
	}
	if _, err := tx.SaveConversation(ctx, c); err != nil {
		return out, err
	}
	if err := tx.TransferCredits(ctx, transfer(j.row, domain.MovementHold, j.row.Held)); err != nil {
		return out, err
	}
	return out, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
		domain.ConversationAsked{ConversationFacts: facts(c), MessageID: m.ID})
}

// nameChat has a model name a conversation after its first answer. Where that fails, the conversation keeps the words
// that it began with; a title that a person wrote meanwhile stays.
func (v *Verbs) nameChat(ctx context.Context, c domain.Conversation, textID int64, question string) {
	ctx, done := context.WithTimeout(ctx, titleTimeout)
	defer done()
	select {
	case v.naming <- struct{}{}:
		defer func() { <-v.naming }()
	case <-ctx.Done():
		return
	}
	origin := v.providers.Default()
	answer, err := v.store.Read().GeneratedText(ctx, c.WorkspaceID, textID)
	if err != nil || origin.Caller == nil {
		return
	}
	ask := chat.AskTitle(question, answer.Body)
	ask.Model = origin.Origin.Model
	named, err := origin.Caller.Call(ctx, ask, ai.Watch{})
	title := chat.ReadTitle(named.Text)
	if err != nil || title == "" {
		v.log.Info("a conversation was not named", "conversation", c.ID, "error", err)
		return
	}
	search := prose.Fold(title)
	err = v.store.InTx(ctx, func(tx *store.Tx) error {
		now, err := tx.LockConversation(ctx, c.WorkspaceID, c.ID)
		if err != nil || now.TitleBy != domain.TitleStart {
			return err
		}
		now.Title, now.TitleBy, now.Search = title, domain.TitleModel, search
		if now, err = tx.SaveConversation(ctx, now); err != nil {
			return err
		}
		return tx.AppendEvent(ctx, domain.Subject{WorkspaceID: c.WorkspaceID},
			domain.ConversationChanged{ConversationFacts: facts(now)})
	})
	if err != nil && domain.CodeOf(err) != domain.CodeNotFound {
		v.log.Warn("name a conversation", "conversation", c.ID, "error", err)
	}
}
