package text

import "unicode/utf8"

// Updated receives a value when there may be something new. Call Next first: what
// was there before the reader is not announced.
func (r *Reader) Updated() <-chan struct{} { return r.updated }

// Next returns what has been written since the last call, one piece per step at
// most. It does not wait.
func (r *Reader) Next() []Piece {
	r.text.mu.Lock()
	defer r.text.mu.Unlock()
	var pieces []Piece
	for _, p := range r.text.parts {
		seen, before := r.seen[p.step]
		if !before && r.from > 0 {
			var reached bool
			if seen, reached = p.at(r.from); !reached {
				continue
			}
		}
		piece, end, ok := p.since(seen)
		if ok {
			pieces = append(pieces, piece)
		}
		r.seen[p.step] = end
	}
	return pieces
}

// at returns the place after a number of code points. It reports false while the
// text is shorter.
func (p *part) at(points int) (place, bool) {
	if points > p.points {
		return place{}, false
	}
	body, bytes := p.body.String(), 0
	for range points {
		_, n := utf8.DecodeRuneInString(body[bytes:])
		bytes += n
	}
	return place{p.round, bytes, points}, true
}

// Complete reports whether the text has ended: what Next returns after that is
// the rest of it.
func (r *Reader) Complete() bool {
	r.text.mu.Lock()
	defer r.text.mu.Unlock()
	return r.text.closed
}

// Leave ends the reading. It must be called in the end. When the last reader of a
// generated text leaves, its writing ends after the room's grace period.
func (r *Reader) Leave() {
	t := r.text
	t.mu.Lock()
	delete(t.readers, r)
	if t.unread != nil && t.open && len(t.readers) == 0 {
		t.unread.Reset(t.room.grace)
	}
	drop := t.empty()
	t.mu.Unlock()
	if drop {
		t.room.drop(t)
	}
}

// Watch returns a reader of whatever this node writes or hears of under the id,
// now and later, from the beginning.
func (r *Room) Watch(id int64) *Reader {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text(id).join(0)
}

// Join returns a reader of a text that this node writes, after a number of code
// points. ok is false where this node does not write it.
func (r *Room) Join(id int64, after int) (reader *Reader, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := r.texts[id]
	if t == nil || !t.writing() {
		return nil, false
	}
	return t.join(after), true
}

func (t *Text) join(after int) *Reader {
	t.mu.Lock()
	defer t.mu.Unlock()
	reader := &Reader{text: t, updated: make(chan struct{}, 1), from: after, seen: map[string]place{}}
	t.readers[reader] = struct{}{}
	if t.unread != nil {
		t.unread.Stop()
	}
	return reader
}
