package live

import (
	"context"
	"encoding/json"
	"time"
)

// channelText carries the text that runs are writing to the watchers on other
// nodes. It is ephemeral like the text itself: what a node misses, its watchers
// read when the step is recorded.
const channelText = "vellocity_text"

const (
	tellGap = 100 * time.Millisecond
	// maxTold bounds the text in one message: PostgreSQL allows 8,000 bytes, and
	// JSON may double what it escapes.
	maxTold = 3_500
	// forgetAfter is how long the text of another node's run is kept after its
	// last piece.
	forgetAfter = 5 * time.Minute
)

// told is one message: pieces of one run's text.
type told struct {
	Node   string  `json:"n"`
	Run    int64   `json:"r"`
	Pieces []Piece `json:"p"`
}

// tellOthers sends new text to the other nodes every 100 ms, until ctx ends.
func (h *Hub) tellOthers(ctx context.Context) {
	tick := time.NewTicker(tellGap)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for _, t := range h.toTell() {
			if err := h.send(ctx, t); err != nil && ctx.Err() == nil {
				h.log.Debug("tell other nodes of text", "error", err)
			}
		}
	}
}

// toTell collects what other nodes have not been told.
func (h *Hub) toTell() []told {
	h.mu.Lock()
	defer h.mu.Unlock()
	var all []told
	for id := range h.untold {
		if r := h.texts[id]; r != nil && r.heard.IsZero() {
			all = append(all, told{Node: h.node, Run: id, Pieces: r.since(&r.told)})
		}
	}
	clear(h.untold)
	for id, r := range h.texts {
		if !r.heard.IsZero() && time.Since(r.heard) > forgetAfter {
			delete(h.texts, id)
		}
	}
	return all
}

// send sends the pieces in messages that are small enough.
func (h *Hub) send(ctx context.Context, t told) error {
	for _, p := range t.Pieces {
		points := []rune(p.Text)
		for first := true; first || len(points) > 0; first = false {
			n := 0
			for size := 0; n < len(points) && size < maxTold; n++ {
				size += len(string(points[n]))
			}
			body, err := json.Marshal(told{Node: t.Node, Run: t.Run, Pieces: []Piece{{p.Step, p.Offset, string(points[:n])}}})
			if err != nil {
				return err
			}
			if err := h.store.Notify(ctx, channelText, string(body)); err != nil {
				return err
			}
			p.Offset, points = p.Offset+n, points[n:]
		}
	}
	return nil
}

// hear takes in what another node tells. A piece that does not follow what is
// here, since one was missed, is left out.
func (h *Hub) hear(message string) {
	var t told
	if message == "" || json.Unmarshal([]byte(message), &t) != nil || t.Node == h.node {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, p := range t.Pieces {
		x := h.text(t.Run, p.Step)
		h.texts[t.Run].heard = time.Now()
		if p.Offset == 0 {
			x.restart(h.nextRound())
		}
		if p.Offset == x.points {
			x.add(p.Text)
		}
	}
	h.signal(t.Run)
}
