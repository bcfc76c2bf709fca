package models_test

import (
	"sync"
	"testing"
	"time"

	"vellocity/internal/ai/aitest"
)

// scripted starts a model server of our own.
func scripted(t *testing.T, script aitest.Script) *aitest.Server {
	t.Helper()
	m := aitest.NewServer(script)
	t.Cleanup(m.Close)
	return m
}

// writer answers every prompt at once.
var writer = aitest.Writer(aitest.Pace{})

// The sections are written side by side: each waits until all five have been
// asked for, so the post is only finished where they overlap.
func TestSectionsOverlap(t *testing.T) {
	eachVendor(t, func(t *testing.T, wire aitest.Wire) {
		var asked sync.WaitGroup
		asked.Add(5)
		all := make(chan struct{})
		go func() { asked.Wait(); close(all) }()
		m := scripted(t, func(c aitest.Call) aitest.Reply {
			if number(c.Prompt) > 0 {
				asked.Done()
				select {
				case <-all:
				case <-time.After(20 * time.Second):
					return aitest.Status(400, "invalid_request_error", "the other sections were not asked for")
				}
			}
			return writer(c)
		})
		s := start(t, install(t, wire, m.URL()))
		if x := s.ended(t, s.post(t)); x.Attributes.Status != "completed" {
			t.Fatalf("%s: %v", x.Attributes.Status, x.Attributes.ErrorMessage)
		}
	})
}

// Killed in the middle of a post and started again, the server finishes it
// without paying for a finished step twice.
func TestKilledInTheMiddle(t *testing.T) {
	eachVendor(t, func(t *testing.T, wire aitest.Wire) {
		restarted := make(chan struct{})
		m := scripted(t, func(c aitest.Call) aitest.Reply {
			r := writer(c)
			select {
			case <-restarted:
			default:
				if number(c.Prompt) > 2 {
					r = r.Faulty(aitest.Hang, 1) // a piece, and then nothing
				}
			}
			return r
		})
		in := install(t, wire, m.URL())
		s := start(t, in)
		id := s.post(t)
		var before map[string]bool
		eventually(t, "two sections", func() bool {
			before = s.execution(t, id).finished()
			return before["section-1"] && before["section-2"] && m.Open() == 3
		})
		s.Kill()
		eventually(t, "the end of the calls", func() bool { return m.Open() == 0 })
		close(restarted)
		s = start(t, in)
		if x := s.ended(t, id); x.Attributes.Status != "completed" || x.Attributes.CreditsUsed != 5 {
			t.Fatalf("%+v: %v", x.Attributes, x.Attributes.ErrorMessage)
		}
		s.checkCredits(t, id, 5, 0)
		sections, others := map[int]int{}, 0
		for _, c := range m.Calls() {
			if n := number(c.Prompt); n > 0 {
				sections[n]++
			} else {
				others++
			}
		}
		for n, want := range map[int]int{1: 1, 2: 1, 3: 2, 4: 2, 5: 2} {
			if sections[n] != want {
				t.Errorf("section %d was written %d times, want %d", n, sections[n], want)
			}
		}
		if others < 2 || others > 3 { // sections that repeat themselves are tried once more
			t.Errorf("%d other calls, want an outline, a title, and at most a second try", others)
		}
	})
}
