// Package studio has the verbs that write a text in front of the caller:
// generate-output, what the texts are written with, and chats. A text is written in the
// background, in a room of growing texts ([text.Room]); it does not depend on the
// connection of the caller who asked for it.
package studio

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"vellocity/internal/ai"
	"vellocity/internal/chat"
	"vellocity/internal/domain"
	"vellocity/internal/search"
	"vellocity/internal/store"
	"vellocity/internal/text"
	"vellocity/internal/verb"
	"vellocity/internal/writer"
)

// Options are what the verbs need.
type Options struct {
	Store     *store.Store
	Providers *ai.Providers
	// KeyVariables are the environment variables that connect a provider, for hints.
	KeyVariables []string
	Node         verb.Node
	// ReaderGrace is how long a text is written after its last reader has left; 0
	// means 30 s.
	ReaderGrace time.Duration
	Log         *slog.Logger
}

// Verbs are the verbs of this area. They are safe for use by several goroutines.
type Verbs struct {
	store        *store.Store
	providers    *ai.Providers
	keyVariables []string
	node         verb.Node
	log          *slog.Logger
	templates    []domain.WriterTemplate // that ship with the program
	chats        []domain.ChatTemplate   // that ship with the program
	search       *search.Search          // finds passages for the answers of chats
	naming       chan struct{}           // a place for each conversation that is being named
	texts        *text.Room
	writing      sync.WaitGroup
	stopping     atomic.Bool // the server shuts down

	mu     sync.Mutex
	drafts map[int64]*draft // of the texts that this node writes
}

// New returns the verbs. Run must be running.
func New(o Options) *Verbs {
	v := &Verbs{
		templates:    writer.Builtin(),
		chats:        chat.Builtin(),
		search:       search.New(o.Store),
		naming:       make(chan struct{}, mostNaming),
		store:        o.Store,
		providers:    o.Providers,
		keyVariables: o.KeyVariables,
		node:         o.Node,
		log:          o.Log,
		drafts:       map[int64]*draft{},
	}
	v.texts = text.NewRoom(text.Options{Keeper: pieces{o.Store, o.Log, v.stopHere}, Grace: o.ReaderGrace, Log: o.Log})
	return v
}

// Run stores the pieces of the texts that this node writes, until ctx ends.
func (v *Verbs) Run(ctx context.Context) { v.texts.Run(ctx) }

// endGrace is how long the texts that Wait ends may take to store their ends.
const endGrace = 2 * time.Second

// errShutDown is why a text ends that was being written when the server stopped.
var errShutDown = errors.New("the server was shut down")

// errStopped is why a text ends that a caller stopped.
var errStopped = errors.New("it was stopped")

// whyStopped is why a text is ended before it is whole.
func (v *Verbs) whyStopped() error {
	if v.stopping.Load() {
		return errShutDown
	}
	return context.Canceled
}

// Wait returns when no text is being written any more. When ctx ends, it ends the
// texts first, because the server shuts down.
func (v *Verbs) Wait(ctx context.Context) {
	done := make(chan struct{})
	go func() { v.writing.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
		v.stopping.Store(true)
		v.texts.StopAll()
		select {
		case <-done:
		case <-time.After(endGrace): // the database does not take their ends
		}
	}
}

// pieces is the keeper of generated texts: it stores their pieces, from which every
// node can continue a stream.
type pieces struct {
	store *store.Store
	log   *slog.Logger
	stop  func(id int64) // ends a text that a caller stopped on another node
}

// Keep stores the pieces of all texts in one transaction. Where one of them cannot be
// stored, the others are stored apart: a text must not hold up another.
func (k pieces) Keep(ctx context.Context, batch []text.Batch) error {
	err := k.keep(ctx, batch...)
	if !store.Unstorable(err) {
		return err
	}
	for _, b := range batch {
		if err := k.keep(ctx, b); store.Unstorable(err) {
			k.log.Warn("a piece of a text cannot be stored", "message", b.ID, "error", err)
		} else if err != nil {
			return err
		}
	}
	return nil
}

func (k pieces) keep(ctx context.Context, batch ...text.Batch) error {
	return k.store.InTx(ctx, func(tx *store.Tx) error {
		for _, b := range batch {
			for _, p := range b.Pieces {
				if p.Text == "" {
					continue
				}
				if err := tx.AddGeneratedTextPiece(ctx, b.ID, p.End(), p.Text); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// Alive notes that the texts are still being written, and ends those that a caller has stopped.
func (k pieces) Alive(ctx context.Context, ids []int64) error {
	err := k.store.InTx(ctx, func(tx *store.Tx) error {
		for _, id := range ids {
			if err := tx.TouchGeneratedText(ctx, id); err != nil {
				return fmt.Errorf("note that text %d is being written: %w", id, err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	stopped, err := k.store.Read().StoppedTexts(ctx)
	if err != nil {
		return err
	}
	for _, id := range stopped {
		k.stop(id)
	}
	return nil
}

// watch shows a text that this node writes to those who read it.
func (v *Verbs) watch(id int64) {
	v.mu.Lock()
	d := v.drafts[id]
	v.mu.Unlock()
	if d != nil {
		d.Watch()
	}
}

// keep notes the draft of a text; nil forgets it.
func (v *Verbs) keep(id int64, d *draft) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if d == nil {
		delete(v.drafts, id)
	} else {
		v.drafts[id] = d
	}
}
