package text

import (
	"context"
	"sync"
	"time"
)

const (
	// gap is how often new pieces go to the keeper.
	gap = 100 * time.Millisecond
	// heartbeat is how often a writer shows that it is alive.
	heartbeat = 2 * time.Second
	// forgetAfter is how long a text of another node is held after its last piece.
	forgetAfter = 5 * time.Minute
)

// Run passes new pieces to the keeper until ctx ends.
func (r *Room) Run(ctx context.Context) {
	if r.keeper == nil {
		return
	}
	if r.listen != nil {
		var listening sync.WaitGroup
		listening.Go(func() { r.listen(ctx) })
		defer listening.Wait()
	}
	tick := time.NewTicker(gap)
	defer tick.Stop()
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			r.keep(ctx)
		case <-beat.C:
			r.beat(ctx)
		}
	}
}

// keep passes on what is new. What the keeper could not take is passed again, with
// what has been added, after the next gap.
func (r *Room) keep(ctx context.Context) {
	r.mu.Lock()
	changed := r.changed
	r.changed = map[*Text]struct{}{}
	r.mu.Unlock()
	batch := make([]Batch, 0, len(changed))
	ends := make(map[*Text][]place, len(changed))
	for t := range changed {
		if pieces, end := t.unkept(); len(pieces) > 0 {
			batch, ends[t] = append(batch, Batch{t.id, pieces}), end
		}
	}
	if len(batch) == 0 {
		return
	}
	err := r.keeper.Keep(ctx, batch)
	if err != nil && ctx.Err() == nil {
		r.log.Warn("keep the pieces of texts", "error", err)
	}
	for t, end := range ends {
		if err == nil {
			t.keptTo(end)
		} else {
			t.again()
		}
	}
}

// unkept returns what the keeper has not seen, and where that ends.
func (t *Text) unkept() (pieces []Piece, ends []place) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.changed = false
	for _, p := range t.parts {
		piece, end, ok := p.since(p.kept)
		if ok {
			pieces = append(pieces, piece)
		}
		ends = append(ends, end)
	}
	return pieces, ends
}

// keptTo notes what the keeper has seen, by part. A part that has started again
// since has another round, and is kept from its beginning.
func (t *Text) keptTo(ends []place) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, end := range ends {
		if i < len(t.parts) {
			t.parts[i].kept = end
		}
	}
}

// again has the keeper see the text once more, unless it has been closed.
func (t *Text) again() {
	t.mu.Lock()
	if !t.open {
		t.mu.Unlock()
		return
	}
	t.update()
}

// beat shows that this node's texts are still being written, and lets go of texts
// of other nodes that have ended there.
func (r *Room) beat(ctx context.Context) {
	r.mu.Lock()
	var ids []int64
	for id, t := range r.texts {
		t.mu.Lock()
		switch {
		case t.open:
			ids = append(ids, id)
		case !t.heard.IsZero() && time.Since(t.heard) > forgetAfter:
			t.parts, t.heard = nil, time.Time{}
		}
		if t.empty() {
			delete(r.texts, id)
		}
		t.mu.Unlock()
	}
	r.mu.Unlock()
	if len(ids) == 0 {
		return
	}
	if err := r.keeper.Alive(ctx, ids); err != nil && ctx.Err() == nil {
		r.log.Warn("keep texts alive", "error", err)
	}
}
