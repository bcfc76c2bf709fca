package studio

import (
	"context"
	"iter"
	"slices"
	"unicode/utf8"

	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/text"
	"vellocity/internal/verb"
)

// ChatMessage is a message as a caller sees it.
type ChatMessage struct {
	domain.ChatMessage
	Siblings []int64 // the messages that stand at its place, itself too, oldest first
	Active   bool    // it is on the path that is shown
}

// ChatMessages returns the messages of the path that is shown, from the first; all of the tree instead, oldest first,
// where all is set. An answer that is being written comes with what is stored of it. A caller with the scope content
// only may read what it began.
func (v *Verbs) ChatMessages(ctx context.Context, id int64, all bool) ([]ChatMessage, error) {
	c, err := v.chatOf(ctx, v.store.Read(), id)
	if err != nil {
		return nil, err
	}
	list, err := v.store.Read().ChatMessages(ctx, c.WorkspaceID, c.ID)
	if err != nil {
		return nil, err
	}
	out := viewMessages(list, c.ActiveID)
	if !all {
		out = slices.DeleteFunc(out, func(m ChatMessage) bool { return !m.Active })
	}
	for i, m := range out {
		if m.Status == domain.ChatStreaming {
			if out[i].Text, err = storedSoFar(ctx, v.store.Read(), m.TextID); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// viewMessages links the messages of a tree.
func viewMessages(list []domain.ChatMessage, active int64) []ChatMessage {
	children, shown := map[int64][]int64{}, map[int64]bool{}
	for _, m := range list {
		children[m.ParentID] = append(children[m.ParentID], m.ID)
	}
	for _, m := range path(list, active) {
		shown[m.ID] = true
	}
	out := make([]ChatMessage, len(list))
	for i, m := range list {
		out[i] = ChatMessage{ChatMessage: m, Siblings: children[m.ParentID], Active: shown[m.ID]}
	}
	return out
}

// path returns the messages from the first to a leaf.
func path(list []domain.ChatMessage, leaf int64) (out []domain.ChatMessage) {
	byID := make(map[int64]domain.ChatMessage, len(list))
	for _, m := range list {
		byID[m.ID] = m
	}
	for m, ok := byID[leaf]; ok; m, ok = byID[m.ParentID] {
		out = append(out, m)
	}
	slices.Reverse(out)
	return out
}

// ChatMessage returns one message of a conversation. A caller with the scope content only may read what it began.
func (v *Verbs) ChatMessage(ctx context.Context, id, messageID int64) (ChatMessage, error) {
	list, err := v.ChatMessages(ctx, id, true)
	if err != nil {
		return ChatMessage{}, err
	}
	for _, m := range list {
		if m.ID == messageID {
			return m, nil
		}
	}
	return ChatMessage{}, domain.NotFound("Message")
}

// answer returns the generated text of an answer. A question is a CONFLICT.
func (v *Verbs) answer(ctx context.Context, id, messageID int64) (store.GeneratedText, error) {
	c, err := v.chatOf(ctx, v.store.Read(), id)
	if err != nil {
		return store.GeneratedText{}, err
	}
	m, err := v.store.Read().ChatMessage(ctx, c.WorkspaceID, c.ID, messageID)
	if err != nil {
		return store.GeneratedText{}, err
	}
	if m.Role != domain.ChatAssistant {
		return store.GeneratedText{}, domain.Errorf(domain.CodeConflict,
			"The message %d is a question. Name the answer after it", m.ID)
	}
	return v.store.Read().GeneratedText(ctx, c.WorkspaceID, m.TextID)
}

// ReadChatMessage returns an answer after a number of code points, as it is written, on any node, and ends with it. An
// answer that failed ends with PROVIDER_ERROR. An offset past the end of an answer that is whole is a VALIDATION_ERROR.
// A caller with the scope content only may read what it began.
func (v *Verbs) ReadChatMessage(
	ctx context.Context, id, messageID int64, after int,
) (iter.Seq2[text.Piece, error], error) {
	t, err := v.answer(ctx, id, messageID)
	if err != nil {
		return nil, err
	}
	if t.Status == domain.TextCompleted && utf8.RuneCountInString(t.Body) < after {
		return nil, verb.UnknownEvent()
	}
	v.watch(t.ID)
	return v.read(ctx, t, after), nil
}

// WaitChatMessage returns an answer when it has ended, or as it is when ctx ends. One that failed is PROVIDER_ERROR. A
// caller with the scope content only may read what it began.
func (v *Verbs) WaitChatMessage(ctx context.Context, id, messageID int64) (ChatMessage, error) {
	t, err := v.answer(ctx, id, messageID)
	if err != nil {
		return ChatMessage{}, err
	}
	domain.Waiting(ctx)
	for _, err := range v.read(ctx, t, 0) {
		if err != nil {
			return ChatMessage{}, err
		}
	}
	return v.ChatMessage(context.WithoutCancel(ctx), id, messageID)
}

// ShowChatBranch shows the path through a message: from there it goes on as it was last seen. It takes the scope
// content, of a caller that may read the conversation.
func (v *Verbs) ShowChatBranch(ctx context.Context, id, messageID int64) (Conversation, error) {
	return v.changeChat(ctx, id, verb.Precondition{}, func(tx *store.Tx, c *domain.Conversation) error {
		list, err := tx.ChatMessages(ctx, c.WorkspaceID, c.ID)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(list, func(m domain.ChatMessage) bool { return m.ID == messageID })
		if at < 0 {
			var p domain.Problems
			p.Missing("message_id", "message", messageID)
			return p.Err()
		}
		c.ActiveID = leafAfter(list, messageID)
		return tx.FollowChatMessage(ctx, c.WorkspaceID, list[at].ParentID, messageID)
	})
}

// leafAfter follows the messages that were last seen to the end.
func leafAfter(list []domain.ChatMessage, id int64) int64 {
	next := make(map[int64]int64, len(list))
	for _, m := range list {
		next[m.ID] = m.NextID
	}
	for next[id] != 0 {
		id = next[id]
	}
	return id
}

// StopChat ends the answer that is being written in a conversation, on whatever node, and returns the conversation:
// within two seconds the answer has ended with what was written, which is charged. Where none is being written nothing
// happens. It takes the scope content, of a caller that may read the conversation.
func (v *Verbs) StopChat(ctx context.Context, id int64) (Conversation, error) {
	var stopped int64
	stop := func(tx *store.Tx, a domain.Actor) (out Conversation, err error) {
		c, err := lockChat(ctx, tx, a, id)
		if err != nil {
			return out, err
		}
		if out, err = v.viewChat(ctx, tx.Q, c); err != nil || out.Open == 0 {
			return out, err
		}
		m, err := tx.ChatMessage(ctx, a.WorkspaceID, c.ID, out.Open)
		if err != nil {
			return out, err
		}
		open, err := tx.StopGeneratedText(ctx, a.WorkspaceID, m.TextID)
		if err != nil || !open {
			return out, err
		}
		stopped = m.TextID
		return out, tx.AppendEvent(ctx, domain.Subject{WorkspaceID: a.WorkspaceID},
			domain.ConversationStopped{ConversationFacts: facts(c), MessageID: m.ID})
	}
	out, err := verb.Change(ctx, v.store, domain.ScopeContent, stop)
	if err == nil && stopped != 0 {
		v.stopHere(stopped)
	}
	return out, err
}

// SaveChatMessage puts an answer on the board, as [Verbs.SaveText] does with a generated text. The marks of its
// citations are left out; the item's provenance has the citations. It takes the scope content, of a caller that may
// read the conversation.
func (v *Verbs) SaveChatMessage(ctx context.Context, id, messageID int64, in SaveText) (SavedText, error) {
	t, err := v.answer(ctx, id, messageID)
	if err != nil {
		return SavedText{}, err
	}
	in.ID, in.Result = t.ID, 1
	return v.save(ctx, t, in)
}
