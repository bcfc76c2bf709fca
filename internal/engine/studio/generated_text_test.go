package studio_test

import (
	"context"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/domain"
	"vellocity/internal/engine/enginetest"
	"vellocity/internal/engine/studio"
	"vellocity/internal/store"
)

// long is a text of 90 pieces with characters of one to four bytes.
func long() (pieces []string, whole string) {
	for range 30 {
		pieces = append(pieces, "naïve ", "日本 ", "🙂 word ")
	}
	return pieces, strings.Join(pieces, "")
}

// tail reads a text to its end after a number of code points.
func tail(v *studio.Verbs, ctx context.Context, id int64, after int) (text string, last int, err error) {
	seq, err := v.ReadGeneratedText(ctx, id, after)
	if err != nil {
		return "", 0, err
	}
	last = after
	for p, err := range seq {
		if err != nil {
			return text, last, err
		}
		text, last = text+p.Text, p.End()
	}
	return text, last, nil
}

func TestATextIsReadFromEveryOffsetOnAnyNode(t *testing.T) {
	pieces, whole := long()
	m := server(t, aitest.Always(aitest.Reply{Pieces: pieces, Gap: 4 * time.Millisecond}))
	enginetest.Each(t, enginetest.Config{Provider: m}, func(k *enginetest.Kit) {
		id, err := k.Studio.GenerateOutput(k.Ctx(), studio.GenerateOutput{Prompt: "Write", MaximumLength: 900})
		must(k, err)
		if b := k.Credits(); b.Held != 2 {
			t.Errorf("balance %+v", b)
		}
		other := k.Other()
		runes := []rune(whole)
		type result struct {
			from int
			text string
			last int
			err  error
		}
		results := make(chan result)
		n := 0
		for from := 0; from <= len(runes); from += 23 { // while it is written, here and on another node
			for _, e := range []*studio.Verbs{k.Studio, other.Studio} {
				n++
				go func() {
					text, last, err := tail(e, k.Ctx(), id, from)
					results <- result{from, text, last, err}
				}()
			}
		}
		for range n {
			r := <-results
			if r.err != nil || r.text != string(runes[r.from:]) || r.last != len(runes) {
				t.Errorf("from %d: %d code points to %d, %v", r.from, utf8.RuneCountInString(r.text), r.last, r.err)
			}
		}
		for from := range len(runes) + 1 { // when it is over
			if text, _, err := tail(other.Studio, k.Ctx(), id, from); err != nil || text != string(runes[from:]) {
				t.Fatalf("later from %d: %q, %v", from, text, err)
			}
		}
		got, err := k.Studio.GeneratedText(k.Ctx(), id)
		if err != nil || got.Status != "completed" || got.Text != whole || got.Credits != 1 || got.Cost.MicroUSD == 0 {
			t.Errorf("message %+v, %v", got, err)
		}
		if b := k.Credits(); b.Held != 0 || b.Balance != 9_999 {
			t.Errorf("charged by words: %+v", b)
		}
	})
}

func TestATextThatLostAPieceIsWholeAllTheSame(t *testing.T) {
	enginetest.Each(t, config(t), func(k *enginetest.Kit) {
		id, err := k.Studio.GenerateOutput(k.Ctx(), studio.GenerateOutput{Prompt: "Write"})
		must(k, err)
		k.Studio.Wait(context.Background())
		k.Exec("delete from message_piece where message_id = $1", id)
		if text, _, err := tail(k.Other().Studio, k.Ctx(), id, 2); err != nil || text != "me words." {
			t.Errorf("%q, %v", text, err)
		}
	})
}

func TestATextThatFails(t *testing.T) {
	for _, c := range []struct {
		name  string
		reply aitest.Reply
		text  string
		used  int
	}{
		{"before any text", aitest.Status(401, "invalid_api_key", "no"), "", 0},
		{"after some text", aitest.Text("one ", "two ", "three ").Faulty(aitest.Cut, 2), "one two ", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.reply.Delay = 300 * time.Millisecond // the reader is there before the text
			m := server(t, aitest.Always(c.reply))
			enginetest.Each(t, enginetest.Config{Provider: m, Attempts: 3}, func(k *enginetest.Kit) {
				calls := m.Count()
				id, err := k.Studio.GenerateOutput(k.Ctx(), studio.GenerateOutput{Prompt: "Write"})
				must(k, err)
				text, _, err := tail(k.Studio, k.Ctx(), id, 0)
				if text != c.text || domain.CodeOf(err) != domain.CodeProvider {
					t.Errorf("%q, %v", text, err)
				}
				if n := m.Count() - calls; n != 1 {
					t.Errorf("%d calls: two answers are never spliced", n)
				}
				k.Studio.Wait(context.Background())
				got, err := k.Studio.GeneratedText(k.Ctx(), id)
				if err != nil || got.Status != "failed" || got.Text != c.text || got.Credits != c.used || got.Error == "" {
					t.Errorf("message %+v, %v", got, err)
				}
				if b := k.Credits(); b.Held != 0 || b.Balance != 10_000-c.used {
					t.Errorf("balance %+v", b)
				}
			})
		})
	}
}

// A text that breaks off is written again where nobody has read its beginning.
func TestATextThatNobodyReadsYetIsWrittenAgain(t *testing.T) {
	whole := aitest.Text("four ", "five")
	m := server(t, func(c aitest.Call) aitest.Reply {
		if c.N%2 == 0 {
			return aitest.Text("one ", "two ", "three ").Faulty(aitest.Cut, 2)
		}
		return whole
	})
	enginetest.Each(t, enginetest.Config{Provider: m, Attempts: 3}, func(k *enginetest.Kit) {
		id, err := k.Studio.GenerateOutput(k.Ctx(), studio.GenerateOutput{Prompt: "Write"})
		must(k, err)
		got, err := k.Studio.WaitGeneratedText(k.Ctx(), id)
		if err != nil || got.Text != "four five" || got.Credits != 1 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

// A reader who has seen the beginning gets the provider's failure in its words.
func TestATextThatBreaksOffSaysWhy(t *testing.T) {
	reply := aitest.Text("one ", "two ").Faulty(aitest.Cut, 1)
	reply.Delay = 300 * time.Millisecond
	m := server(t, aitest.Always(reply))
	enginetest.Each(t, enginetest.Config{Provider: m, Attempts: 3}, func(k *enginetest.Kit) {
		id, err := k.Studio.GenerateOutput(k.Ctx(), studio.GenerateOutput{Prompt: "Write"})
		must(k, err)
		text, _, err := tail(k.Studio, k.Ctx(), id, 0)
		if text != "one " || err == nil || !strings.Contains(err.Error(), "stopped in the middle of its response") {
			t.Errorf("%q, %v", text, err)
		}
	})
}

func TestAnOrphanedTextIsEndedAndCharged(t *testing.T) {
	enginetest.Each(t, enginetest.Config{Idle: true}, func(k *enginetest.Kit) {
		var m store.GeneratedText
		k.Do(func(ctx context.Context, tx *store.Tx) (err error) {
			m, err = tx.CreateGeneratedText(ctx, store.GeneratedText{WorkspaceID: k.Ours.ID, Held: 4,
				Origin: domain.Origin{Kind: domain.OriginModel}}, "x", domain.Actor{Name: "x"})
			if err != nil {
				return err
			}
			if err := tx.TransferCredits(ctx, store.CreditTransfer{WorkspaceID: k.Ours.ID, Kind: domain.MovementHold,
				Amount: 4, Reference: "m"}); err != nil {
				return err
			}
			return tx.AddGeneratedTextPiece(ctx, m.ID, 9, "some text")
		})
		must(k, k.Studio.Orphans(k.Ctx()))
		if b := k.Credits(); b.Held != 4 {
			t.Errorf("a text that is alive was ended: %+v", b)
		}
		k.Exec("update message set touched_at = touched_at - 60000")
		must(k, k.Studio.Orphans(k.Ctx()))
		must(k, k.Studio.Orphans(k.Ctx()))
		text, _, err := tail(k.Studio, k.Ctx(), m.ID, 5)
		if text != "text" || domain.CodeOf(err) != domain.CodeProvider || !strings.Contains(err.Error(), "restarted") {
			t.Errorf("%q, %v", text, err)
		}
		if b := k.Credits(); b.Held != 0 || b.Balance != 9_999 {
			t.Errorf("balance %+v", b)
		}
	})
}

func TestATextIsEndedWhenNobodyReadsItAnyMore(t *testing.T) {
	m := server(t, aitest.Always(aitest.Text("one ", "two").Faulty(aitest.Hang, 1)))
	enginetest.Each(t, enginetest.Config{Provider: m, ReaderGrace: 300 * time.Millisecond}, func(k *enginetest.Kit) {
		gone := m.Abandoned()
		id, err := k.Studio.GenerateOutput(k.Ctx(), studio.GenerateOutput{Prompt: "Write"})
		must(k, err)
		stay, leave := context.WithCancel(k.Ctx())
		first := make(chan struct{}, 1)
		left := make(chan struct{})
		go func() {
			defer close(left)
			seq, err := k.Studio.ReadGeneratedText(stay, id, 0)
			if err != nil {
				t.Error(err)
				return
			}
			for range seq {
				first <- struct{}{}
			}
		}()
		<-first
		select {
		case <-time.After(700 * time.Millisecond):
		case <-left:
			t.Error("the reading ended")
		}
		if m.Abandoned() != gone {
			t.Error("the call was ended while somebody read")
		}
		leave()
		<-left
		enginetest.Eventually(t, func() string {
			if m.Abandoned() > gone {
				return ""
			}
			return "the call continues without a reader"
		})
		k.Studio.Wait(context.Background())
		got, err := k.Studio.GeneratedText(k.Ctx(), id)
		if err != nil || got.Status != "failed" || got.Text != "one " || got.Credits != 1 {
			t.Errorf("message %+v, %v", got, err)
		}
		if b := k.Credits(); b.Held != 0 || b.Balance != 9_999 {
			t.Errorf("balance %+v", b)
		}
	})
}
