package text

import (
	"context"
	"iter"
	"time"
)

// pollGap is how often a reader looks at a text that another node writes.
const pollGap = 200 * time.Millisecond

// Stored reads what is stored of a text after a number of code points. When the
// text has ended, it returns the whole of it, since the last pieces of a text may
// not have been stored apart.
type Stored func(ctx context.Context, after int) (pieces []Piece, ended bool, err error)

// Read returns a text after a number of code points, as it grows, wherever it is
// written: from memory on the node that writes it, else from what is stored. It
// ends with the text, or with ctx.
func (r *Room) Read(ctx context.Context, id int64, after int, stored Stored) iter.Seq2[Piece, error] {
	return func(yield func(Piece, error) bool) {
		if reader, here := r.Join(id, after); here {
			defer reader.Leave()
			reader.follow(ctx, yield)
			return
		}
		poll(ctx, after, stored, yield)
	}
}

// follow reads from memory.
func (r *Reader) follow(ctx context.Context, yield func(Piece, error) bool) {
	for {
		complete := r.Complete() // before the rest is read
		for _, p := range r.Next() {
			if !yield(p, nil) {
				return
			}
		}
		if complete {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-r.updated:
		}
	}
}

// poll reads what is stored.
func poll(ctx context.Context, after int, stored Stored, yield func(Piece, error) bool) {
	for {
		pieces, ended, err := stored(ctx, after)
		if err != nil {
			yield(Piece{}, err)
			return
		}
		for _, p := range pieces {
			if p = p.After(after); p.Text == "" {
				continue
			}
			if !yield(p, nil) {
				return
			}
			after = p.End()
		}
		if ended {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pollGap):
		}
	}
}
