package studio_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/studio"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// naming reports whether a model is asked for the title of a conversation.
func naming(c aitest.Call) bool { return strings.Contains(c.System, "You name conversations") }

// speaking answers questions with a text and names conversations "Rain in May".
func speaking(t *testing.T, pieces ...string) *aitest.Server {
	return server(t, func(c aitest.Call) aitest.Reply {
		if naming(c) {
			return aitest.Text("\"Rain ", "in May\"")
		}
		return aitest.Text(pieces...)
	})
}

func newChat(k K) int64 {
	k.T.Helper()
	c, err := k.Studio.NewChat(k.Ctx(), studio.NewChat{})
	must(k, err)
	return c.ID
}

// asked asks and returns the answer when it has ended.
func asked(k K, in studio.AskChat) studio.ChatMessage {
	k.T.Helper()
	a, err := k.Studio.AskChat(k.Ctx(), in)
	must(k, err)
	m, err := k.Studio.WaitChatMessage(k.Ctx(), a.ConversationID, a.MessageID)
	must(k, err)
	return m
}

// shown is the texts of the path of a conversation.
func shown(k K, id int64) string {
	k.T.Helper()
	list, err := k.Studio.ChatMessages(k.Ctx(), id, false)
	must(k, err)
	var texts []string
	for _, m := range list {
		texts = append(texts, m.Text)
	}
	return strings.Join(texts, " | ")
}

// Nothing is written over: an edited question and an answer that is asked for again stand beside what was there.
func TestAChatIsATree(t *testing.T) {
	m := server(t, func(c aitest.Call) aitest.Reply {
		return aitest.Text("re: ", c.Prompt[strings.LastIndex(c.Prompt, "\n")+1:])
	})
	enginetest.Each(t, enginetest.Config{Provider: m}, func(k *enginetest.Kit) {
		id := newChat(k)
		must(k, second(k.Studio.RenameChat(k.Ctx(), studio.RenameChat{ID: id, Title: "Letters"})))
		one := asked(k, studio.AskChat{ConversationID: id, Prompt: "one"})
		two := asked(k, studio.AskChat{ConversationID: id, Prompt: "two"})
		again := asked(k, studio.AskChat{ConversationID: id, RegenerateOf: two.ID})
		if again.ParentID != two.ParentID || len(again.Siblings) != 2 {
			t.Errorf("asked again: %+v", again)
		}
		edited := asked(k, studio.AskChat{ConversationID: id, Prompt: "three", ParentID: &one.ID})
		if got, want := shown(k, id), "one | re: one | three | re: three"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		first := int64(0)
		asked(k, studio.AskChat{ConversationID: id, Prompt: "four", ParentID: &first})
		if got, want := shown(k, id), "four | re: four"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		all, err := k.Studio.ChatMessages(k.Ctx(), id, true)
		must(k, err)
		if len(all) != 9 {
			t.Errorf("%d messages", len(all))
		}
		must(k, second(k.Studio.ShowChatBranch(k.Ctx(), id, one.ParentID))) // it goes on as it was last seen
		if got, want := shown(k, id), "one | re: one | three | re: three"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
		must(k, second(k.Studio.ShowChatBranch(k.Ctx(), id, two.ParentID)))
		if list, _ := k.Studio.ChatMessages(k.Ctx(), id, false); list[len(list)-1].ID != again.ID {
			t.Errorf("the branch ends with %d, not %d", list[len(list)-1].ID, again.ID)
		}
		for field, in := range map[string]studio.AskChat{
			"prompt":            {},
			"parent_message_id": {Prompt: "x", ParentID: &edited.ParentID},
			"regenerate_of":     {RegenerateOf: edited.ParentID},
		} {
			in.ConversationID = id
			_, err := k.Studio.AskChat(k.Ctx(), in)
			if e := domain.AsError(err); e.Code != domain.CodeValidation || len(e.Fields[field]) != 1 {
				t.Errorf("%s: %v", field, err)
			}
		}
		other := newChat(k)
		_, err = k.Studio.AskChat(k.Ctx(), studio.AskChat{ConversationID: other, Prompt: "x", ParentID: &one.ID})
		if domain.CodeOf(err) != domain.CodeValidation {
			t.Errorf("an answer of another conversation: %v", err)
		}
		must(k, k.Studio.DeleteChat(k.Ctx(), verb.ID{ID: id}))
		if n := k.Count("select count(*) from message where template = 'chat/answer'") +
			k.Count("select count(*) from chat_message"); n != 0 {
			t.Errorf("%d rows are left", n)
		}
	})
}

const frost = "# Frost\n\nCover the beds before the first frost. Fleece keeps two degrees.\n\n" +
	"Nobody complained about it."

// An answer cites the passages that it rests on; marks that do not hold never reach a reader, and nothing of another
// workspace is a source.
func TestAnAnswerCitesTheWorkspacesTexts(t *testing.T) {
	m := speaking(t, "Fleece keeps two degrees [S", "1]. Guaranteed [S9]. \"Snow always melts by noon\" [S1].")
	enginetest.Each(t, enginetest.Config{Provider: m}, func(k *enginetest.Kit) {
		c := k.Item(k.Ctx(), "Beds in winter", frost)
		k.Item(enginetest.As(k.Theirs.ID, domain.RoleOwner), "Fleece degrees", "Fleece keeps nine degrees, says Theirs.")
		got := asked(k, studio.AskChat{ConversationID: newChat(k), Prompt: "How many degrees does fleece keep?"})
		if want := "Fleece keeps two degrees [S1]. Guaranteed. \"Snow always melts by noon\"."; got.Text != want {
			t.Errorf("%q, want %q", got.Text, want)
		}
		if len(got.Citations) != 1 {
			t.Fatalf("citations %+v", got.Citations)
		}
		cite := got.Citations[0]
		quote := string([]rune(frost)[cite.Start:cite.End])
		if cite.N != 1 || cite.ContentID != c.ID || cite.Version != 1 ||
			quote != "Fleece keeps two degrees." || cite.Quote != quote ||
			cite.Title != "Beds in winter" || cite.Heading != "Frost" {
			t.Errorf("%+v is %q", cite, quote)
		}
		for _, call := range m.Calls() {
			if strings.Contains(call.Prompt, "nine degrees") {
				t.Error("a text of another workspace was a source")
			}
		}
		saved, err := k.Studio.SaveChatMessage(k.Ctx(), got.ConversationID, got.ID, studio.SaveText{})
		must(k, err)
		item, err := k.Content.Item(k.Ctx(), saved.ContentID)
		must(k, err)
		if strings.Contains(item.Body, "[S") || item.Edited {
			t.Errorf("saved as %q, edited %v", item.Body, item.Edited)
		}
		provenance, err := k.Store.Read().ContentProvenance(k.Ctx(), k.Ours.ID, saved.ContentID)
		if err != nil || !strings.Contains(string(provenance), `"citations":[{"n":1`) {
			t.Errorf("provenance %s, %v", provenance, err)
		}
	})
}

// What the company knows is cited like what it has written, until it is deleted.
func TestAnAnswerCitesSources(t *testing.T) {
	m := speaking(t, "Fleece keeps two degrees [S1].")
	enginetest.Each(t, enginetest.Config{Provider: m}, func(k *enginetest.Kit) {
		source, err := k.Content.CreateSource(k.Ctx(), content.CreateSource{Title: "Beds in winter", Text: frost})
		must(k, err)
		got := asked(k, studio.AskChat{ConversationID: newChat(k), Prompt: "How many degrees does fleece keep?"})
		if len(got.Citations) != 1 {
			t.Fatalf("citations %+v of %q", got.Citations, got.Text)
		}
		cite := got.Citations[0]
		quote := string([]rune(source.Body)[cite.Start:cite.End])
		if cite.SourceID != source.ID || cite.ContentID != 0 || cite.Version != source.Revision ||
			quote != "Fleece keeps two degrees." || cite.Quote != quote || cite.Title != "Beds in winter" {
			t.Errorf("%+v is %q", cite, quote)
		}
		must(k, k.Content.DeleteSource(k.Ctx(), verb.ID{ID: source.ID}))
		got = asked(k, studio.AskChat{ConversationID: newChat(k), Prompt: "How many degrees does fleece keep?"})
		if len(got.Citations) != 0 {
			t.Errorf("a deleted source is cited: %+v", got.Citations)
		}
	})
}

// Without a model nothing is made up: the answer says so and quotes.
func TestAChatWithoutAModelQuotes(t *testing.T) {
	enginetest.Each(t, enginetest.Config{}, func(k *enginetest.Kit) {
		k.Item(k.Ctx(), "Beds in winter", frost)
		id := newChat(k)
		got := asked(k, studio.AskChat{ConversationID: id, Prompt: "What does fleece keep?"})
		if !strings.HasPrefix(got.Text, "No model is connected") ||
			!strings.Contains(got.Text, "Fleece keeps two degrees. [S1]") ||
			len(got.Citations) != 1 || got.Credits != 0 || got.Origin.Kind != domain.OriginComposer {
			t.Errorf("%+v", got)
		}
		none := asked(k, studio.AskChat{ConversationID: newChat(k), Prompt: "Zebras?"})
		if !strings.Contains(none.Text, "Nothing in this workspace's texts") || len(none.Citations) != 0 {
			t.Errorf("%+v", none)
		}
		if b := k.Credits(); b.Balance != 10_000 || b.Held != 0 {
			t.Errorf("balance %+v", b)
		}
	})
}

// While an answer is being written nothing else is asked; stopped, it keeps what was written, which is charged once.
func TestAnAnswerIsStopped(t *testing.T) {
	m := server(t, aitest.Always(aitest.Text("It rains ", "often").Faulty(aitest.Hang, 1)))
	enginetest.Each(t, enginetest.Config{Provider: m}, func(k *enginetest.Kit) {
		id := newChat(k)
		a, err := k.Studio.AskChat(k.Ctx(), studio.AskChat{ConversationID: id, Prompt: "Does it rain?"})
		must(k, err)
		pieces, err := k.Studio.ReadChatMessage(k.Ctx(), id, a.MessageID, 0)
		must(k, err)
		for _, what := range []func() error{
			func() error {
				return second(k.Studio.AskChat(k.Ctx(), studio.AskChat{ConversationID: id, Prompt: "And now?"}))
			},
			func() error { return k.Studio.DeleteChat(k.Ctx(), verb.ID{ID: id}) },
		} {
			if err := what(); domain.CodeOf(err) != domain.CodeConflict {
				t.Errorf("while it answers: %v", err)
			}
		}
		var text string
		for p, err := range pieces {
			if err != nil {
				t.Error(err)
				break
			}
			if text += p.Text; text != "" {
				must(k, second(k.Studio.StopChat(k.Ctx(), id)))
			}
		}
		k.Studio.Wait(context.Background())
		got, err := k.Studio.ChatMessage(k.Ctx(), id, a.MessageID)
		must(k, err)
		if got.Status != domain.ChatStopped || strings.TrimSpace(got.Text) != "It rains" || got.Credits != 1 {
			t.Errorf("%+v", got)
		}
		must(k, second(k.Studio.StopChat(k.Ctx(), id))) // nothing is being written
		if b := k.Credits(); b.Balance != 9_999 || b.Held != 0 {
			t.Errorf("balance %+v", b)
		}
	})
}

// A server that died left half an answer: it says so, is charged once, and the chat goes on.
func TestAnAnswerWhoseServerDiedIsMarked(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Provider: speaking(t, "It pours.")}, func(k *enginetest.Kit) {
		id := newChat(k)
		message := addTurn(k, id, "Does it rain?", "", domain.TextStreaming)
		textID := k.Count("select message_id from chat_message where id = $1", message)
		k.Exec("insert into message_piece (message_id, seq, body) values ($1, 8, 'It rains')", textID)
		k.Exec("update message set touched_at = touched_at - 60000")
		must(k, k.Studio.Orphans(k.Ctx()))
		must(k, k.Studio.Orphans(k.Ctx()))
		got, err := k.Studio.ChatMessage(k.Ctx(), id, message)
		must(k, err)
		if got.Status != domain.ChatFailed || got.Text != "It rains" || !strings.Contains(got.Error, "restarted") {
			t.Errorf("%+v", got)
		}
		asked(k, studio.AskChat{ConversationID: id, Prompt: "And now?"})
		if got, want := shown(k, id), "Does it rain? | It rains | And now? | It pours."; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	})
}

// What does not fit is left out in whole turns; the model gets it shortened, and the answer says how much it is.
func TestALongChatIsTrimmed(t *testing.T) {
	m := speaking(t, "Yes.")
	enginetest.Each(t, enginetest.Config{Provider: m}, func(k *enginetest.Kit) {
		id := newChat(k)
		for i := range 12 {
			answer := strings.Repeat(fmt.Sprintf("Answer %d. ", i), 600)
			addTurn(k, id, fmt.Sprintf("Question %d?", i), answer, domain.TextCompleted)
		}
		calls := len(m.Calls())
		got := asked(k, studio.AskChat{ConversationID: id, Prompt: "What was first?"})
		if got.LeftOut == 0 || got.LeftOut%2 != 0 || got.LeftOut >= 24 {
			t.Errorf("%d messages are left out", got.LeftOut)
		}
		list, _ := m.Calls()[calls].Field("messages").([]any)
		var said string
		for i, one := range list {
			turn, _ := one.(map[string]any)
			said += fmt.Sprint(turn["role"], ": ", turn["content"], "\n")
			want := []string{"user", "assistant"}[(i+1)%2]
			if turn["role"] != want && turn["role"] != "system" && turn["role"] != "developer" {
				t.Errorf("turn %d is of %v", i, turn["role"])
			}
		}
		for _, want := range []string{"It began with: Question 0?", "Asked: Question 1?", "Answer 11.", "What was first?"} {
			if !strings.Contains(said, want) {
				t.Errorf("the model does not read %q", want)
			}
		}
		if n := 24 - got.LeftOut + 1 + 1; len(list) != n {
			t.Errorf("%d messages on the wire, want %d", len(list), n)
		}
	})
}

// A model names the conversation after its first answer, unless a person has; where it cannot, the first words stay.
func TestAChatGetsItsTitle(t *testing.T) {
	m := speaking(t, "Often.")
	enginetest.Each(t, enginetest.Config{Provider: m}, func(k *enginetest.Kit) {
		title := func(id int64) string {
			k.Studio.Wait(context.Background())
			c, err := k.Studio.Chat(k.Ctx(), id)
			must(k, err)
			return c.Title
		}
		id := newChat(k)
		asked(k, studio.AskChat{ConversationID: id, Prompt: "How often does it rain here in the month of May?"})
		if got := title(id); got != "Rain in May" {
			t.Errorf("named %q", got)
		}
		own, err := k.Studio.NewChat(k.Ctx(), studio.NewChat{Title: "Mine"})
		must(k, err)
		asked(k, studio.AskChat{ConversationID: own.ID, Prompt: "Rain?"})
		if got := title(own.ID); got != "Mine" {
			t.Errorf("a person's title became %q", got)
		}
	})
	silent := server(t, func(c aitest.Call) aitest.Reply {
		if naming(c) {
			return aitest.Status(500, "broken", "no")
		}
		return aitest.Text("Often.")
	})
	enginetest.Each(t, enginetest.Config{Provider: silent}, func(k *enginetest.Kit) {
		id := newChat(k)
		asked(k, studio.AskChat{ConversationID: id, Prompt: "How often does it rain here in the month of May?"})
		k.Studio.Wait(context.Background())
		c, err := k.Studio.Chat(k.Ctx(), id)
		must(k, err)
		if want := "How often does it rain here in the…"; c.Title != want || c.Credits != 1 {
			t.Errorf("%q, want %q", c.Title, want)
		}
	})
}

// An answer that is being written is read on from any place, on any node.
func TestAnAnswerIsReadFromEveryPlace(t *testing.T) {
	pieces, whole := long()
	m := server(t, func(c aitest.Call) aitest.Reply {
		return aitest.Reply{Pieces: pieces, Gap: 2 * time.Millisecond}
	})
	enginetest.Each(t, enginetest.Config{Provider: m}, func(k *enginetest.Kit) {
		id := newChat(k)
		a, err := k.Studio.AskChat(k.Ctx(), studio.AskChat{ConversationID: id, Prompt: "Write"})
		must(k, err)
		other, runes := k.Other(), []rune(whole)
		for from := 0; from <= len(runes); from += 97 {
			seq, err := other.Studio.ReadChatMessage(k.Ctx(), id, a.MessageID, from)
			must(k, err)
			var text string
			for p, err := range seq {
				must(k, err)
				text += p.Text
			}
			if text != string(runes[from:]) {
				t.Fatalf("from %d: %q", from, text)
			}
		}
		_, err = k.Studio.GeneratedText(k.Ctx(), int64(k.Count("select max(id) from message")))
		if domain.CodeOf(err) != domain.CodeNotFound {
			t.Errorf("the writer shows an answer of a chat: %v", err)
		}
	})
}

// A key that can only write reads its own chats, and nobody else's.
func TestACallerReadsItsOwnChats(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		as := func(id int64) context.Context {
			return domain.WithActor(context.Background(), domain.Actor{
				Kind: domain.ActorKey, ID: id, Name: "writer", WorkspaceID: k.Ours.ID, Role: domain.RoleOwner,
				Scopes: []domain.Scope{domain.ScopeContent},
			})
		}
		c, err := k.Studio.NewChat(as(7), studio.NewChat{})
		must(k, err)
		must(k, second(k.Studio.AskChat(as(7), studio.AskChat{ConversationID: c.ID, Prompt: "Rain?"})))
		must(k, second(k.Studio.ChatMessages(as(7), c.ID, true)))
		for _, what := range []func(context.Context) error{
			func(ctx context.Context) error { return second(k.Studio.ChatMessages(ctx, c.ID, true)) },
			func(ctx context.Context) error { return second(k.Studio.StopChat(ctx, c.ID)) },
			func(ctx context.Context) error {
				return second(k.Studio.AskChat(ctx, studio.AskChat{ConversationID: c.ID, Prompt: "Rain?"}))
			},
		} {
			if err := what(as(8)); domain.CodeOf(err) != domain.CodeForbidden {
				t.Errorf("another's chat: %v", err)
			}
		}
		l, err := k.Studio.Chats(as(8), studio.ListChats{Page: enginetest.FirstPage()})
		if err != nil || l.Total != 0 {
			t.Errorf("another's list: %+v, %v", l, err)
		}
	})
}

// A conversation of 500 messages is read at once, in one query; the time is logged, not judged.
func TestALongChatIsRead(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		id := newChat(k)
		k.Do(func(ctx context.Context, tx *store.Tx) error {
			var message int64
			answer := strings.Repeat("It rains in May and it pours. ", 40)
			for i := range 250 {
				add := turnOf(k, id, fmt.Sprintf("Question %d?", i), answer, domain.TextCompleted, &message)
				if err := add(ctx, tx); err != nil {
					return err
				}
			}
			return nil
		})
		began := time.Now()
		list, err := k.Studio.ChatMessages(k.Ctx(), id, false)
		must(k, err)
		k.T.Logf("%d messages in %v", len(list), time.Since(began))
		if len(list) != 500 || list[499].Siblings[0] != list[499].ID {
			t.Errorf("%d messages", len(list))
		}
	})
}
