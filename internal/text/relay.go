package text

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"time"

	"vellocity/internal/store"
)

// channel carries the texts of executions to other nodes.
const channel = "vellocity_text"

// maxPayload bounds the text of one notification: PostgreSQL allows 8,000 bytes,
// and JSON may double what it escapes.
const maxPayload = 3_500

// Relay is the keeper of texts that are not stored: it notifies the other nodes of
// new pieces. What a node misses, its readers get when the text is recorded.
type Relay struct {
	store *store.Store
	node  string // distinguishes our own notifications from those of other nodes
}

// notification is the payload: pieces of one text.
type notification struct {
	Node   string  `json:"n"`
	ID     int64   `json:"r"`
	Pieces []Piece `json:"p"`
}

// NewRelayed returns a room for texts that are not stored. On PostgreSQL its new
// pieces go to the other nodes, and those of other nodes come in.
func NewRelayed(s *store.Store, log *slog.Logger) *Room {
	if !s.Postgres() {
		return NewRoom(Options{Log: log})
	}
	relay := &Relay{s, rand.Text()}
	r := NewRoom(Options{Keeper: relay, Log: log})
	r.listen = func(ctx context.Context) {
		s.Listen(ctx, channel, func(payload string) { r.receive(relay.node, payload) })
	}
	return r
}

// Keep sends the pieces, in notifications that are small enough.
func (k *Relay) Keep(ctx context.Context, batch []Batch) error {
	for _, b := range batch {
		for _, p := range b.Pieces {
			if err := k.send(ctx, b.ID, p); err != nil {
				return err
			}
		}
	}
	return nil
}

// Alive does nothing: nobody waits for a text that is not stored.
func (*Relay) Alive(context.Context, []int64) error { return nil }

func (k *Relay) send(ctx context.Context, id int64, p Piece) error {
	for first := true; first || p.Text != ""; first = false {
		part := p.clip(maxPayload)
		payload, err := json.Marshal(notification{Node: k.node, ID: id, Pieces: []Piece{part}})
		if err != nil {
			return err
		}
		if err := k.store.Notify(ctx, channel, string(payload)); err != nil {
			return err
		}
		p = p.After(part.End())
	}
	return nil
}

// receive takes in what another node sends. A piece that does not follow what is
// here, since one was missed, is left out; so are texts that this node writes.
func (r *Room) receive(self, payload string) {
	var n notification
	if payload == "" || json.Unmarshal([]byte(payload), &n) != nil || n.Node == self {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.text(n.ID)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open {
		return
	}
	t.heard = time.Now()
	for _, p := range n.Pieces {
		part := t.part(p.Step)
		if p.Offset == 0 {
			part.restart(r.nextRound())
		}
		if p.Offset == part.points {
			part.body.WriteString(p.Text)
			part.points = p.End()
		}
	}
	t.wake()
}
