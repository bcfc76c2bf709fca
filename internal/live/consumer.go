package live

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// Consumer handles the events of all workspaces, each exactly once, in the order of
// the log, on whichever node comes first. Where it stands is a row in the database,
// which moves in the transaction of its effect: a crash at any line neither loses an
// event nor handles one twice.
//
// Events are never deleted before every consumer has passed them; there is no
// retention yet.
type Consumer struct {
	// Name identifies the consumer in the database and must never change.
	Name string
	// Events are the names that it wants; empty means all.
	Events []domain.EventName
	// Wants returns the names that it wants at this moment, in place of Events, where they
	// change while it runs; nil: Events says. It is asked before each batch, after the head
	// of the log was read: what is appended later is in a later batch.
	Wants func(ctx context.Context) ([]domain.EventName, error)
	// FromStart makes a consumer that has never run begin with the first event of the
	// log; otherwise it begins with what is appended after it has started.
	FromStart bool
	// Pause is the least time between two batches, unless it has to catch up; 0 means
	// 50 ms. A longer one costs fewer transactions.
	Pause time.Duration
	// Retry is how long it waits after a first failure; 0 means 100 ms. Each further
	// failure triples it, up to 5 s.
	Retry time.Duration
	// Handle handles at most 200 events in a transaction. It may run again for the
	// same events after an error or a lost race, so it must have no effect but through
	// tx and tx.AfterCommit; other systems are called by a job that it enqueues. It
	// must end within 10 s.
	//
	// After an error the batch is tried again, more and more slowly. A batch that has
	// failed five times is handled event by event, and an event that has failed five
	// times on its own is skipped: it is logged, and kept as the consumer's last
	// error. Errors of a database that is away are not counted.
	Handle func(ctx context.Context, tx *store.Tx, events []domain.Event) error
}

const (
	consumerBatch   = 200
	consumerPause   = 50 * time.Millisecond
	consumerRetry   = 100 * time.Millisecond
	consumerTries   = 5
	handlerTimeout  = 10 * time.Second
	longestRetry    = 5 * time.Second
	cursorSaveEvery = 30 * time.Second
)

// consumer is a [Consumer] at work on this node.
type consumer struct {
	Consumer
	store *store.Store
	log   *slog.Logger

	// cursor is how far it has come. It is ahead of the stored one by events that it
	// does not want, which are not worth a transaction each.
	cursor  store.Cursor
	savedAt time.Time

	failures int          // in a row, of the same batch or event
	retries  int          // in a row, whatever failed: decides how long to wait
	single   store.Cursor // events up to here are handled one by one
	trouble  string       // the error that was logged last; empty while it works
}

// Consume runs a consumer until ctx ends, and then returns nil. Several nodes may
// run the same one; they take turns. Run must be running.
func (h *Hub) Consume(ctx context.Context, c Consumer) error {
	c.Pause, c.Retry = cmp.Or(c.Pause, consumerPause), cmp.Or(c.Retry, consumerRetry)
	k := &consumer{Consumer: c, store: h.store, log: h.log.With("consumer", c.Name)}
	wake := h.wakers.add()
	defer h.wakers.remove(wake)
	k.run(ctx, wake)
	return nil
}

func (k *consumer) run(ctx context.Context, wake <-chan struct{}) {
	next := k.start
	for ctx.Err() == nil {
		began := time.Now()
		more, err := next(ctx)
		if err == nil {
			next = k.round
		}
		switch {
		case ctx.Err() != nil:
		case err != nil:
			k.report(err)
			sleep(ctx, k.retryDelay())
		case !more:
			k.works()
			sleep(ctx, k.Pause-time.Since(began))
			waitFor(ctx, wake, idle)
		}
	}
}

// start reads where the consumer stands, or creates it.
func (k *consumer) start(ctx context.Context) (more bool, err error) {
	var begin store.Cursor
	if !k.FromStart {
		if begin, err = k.store.Read().EventHead(ctx); err != nil {
			return false, err
		}
	}
	err = k.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.CreateConsumer(ctx, k.Name, begin); err != nil {
			return err
		}
		row, _, err := tx.Consumer(ctx, k.Name)
		k.moved(row.Cursor)
		return err
	})
	return err == nil, err
}

// round handles one batch. more says that there may be another already.
func (k *consumer) round(ctx context.Context) (more bool, err error) {
	q := k.store.Read()
	head, err := q.EventHead(ctx)
	if err != nil || !head.After(k.cursor) {
		return false, err
	}
	limit := consumerBatch
	if k.single.After(k.cursor) {
		limit = 1
	}
	names := k.Events
	if k.Wants != nil {
		if names, err = k.Wants(ctx); err != nil {
			return false, err
		}
	}
	events, err := q.EventsNamed(ctx, k.cursor, head, names, limit)
	if err != nil {
		return false, err
	}
	if len(events) == 0 {
		return false, k.pass(ctx, head)
	}
	row, _, err := q.Consumer(ctx, k.Name)
	if err != nil {
		return false, err
	}
	if row.Cursor.After(k.cursor) { // another node was faster
		k.moved(row.Cursor)
		return true, nil
	}
	upTo := head
	if len(events) == limit {
		upTo, _ = store.ParseCursor(events[limit-1].ID)
	}
	return k.handle(ctx, events, upTo)
}

// pass moves the cursor over events that the consumer does not want, and stores it
// from time to time, so that a restart need not read them all again.
func (k *consumer) pass(ctx context.Context, to store.Cursor) error {
	k.cursor = to
	if time.Since(k.savedAt) < cursorSaveEvery {
		return nil
	}
	err := k.store.InTx(ctx, func(tx *store.Tx) error { return tx.MoveConsumer(ctx, k.Name, to) })
	if err == nil {
		k.moved(to)
	}
	return err
}

// moved takes over the stored cursor where it is ahead of ours.
func (k *consumer) moved(stored store.Cursor) {
	k.savedAt = time.Now()
	if stored.After(k.cursor) {
		k.cursor = stored
		k.failures = 0
	}
}

// handle runs the handler and moves the cursor, in one transaction. done is false
// while another node is at it.
func (k *consumer) handle(ctx context.Context, events []domain.Event, upTo store.Cursor) (done bool, err error) {
	var stored store.Cursor
	err = k.store.InTx(ctx, func(tx *store.Tx) error {
		done = false
		row, free, err := tx.LockConsumer(ctx, k.Name)
		if err != nil || !free {
			return err
		}
		done, stored = true, row.Cursor
		if stored.After(k.cursor) {
			return nil
		}
		stored = upTo
		if err := k.call(ctx, tx, events); err != nil {
			return err
		}
		return tx.MoveConsumer(ctx, k.Name, upTo)
	})
	if err != nil {
		err = k.failed(ctx, events, upTo, err)
		return err == nil, err
	}
	if done {
		k.moved(stored)
		k.failures, k.retries = 0, 0
	}
	return done, nil
}

// call runs the handler; a panic becomes an error, so that it cannot take the
// program down again and again.
func (k *consumer) call(ctx context.Context, tx *store.Tx, events []domain.Event) (err error) {
	ctx, cancel := context.WithTimeout(ctx, handlerTimeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			k.log.Debug("handler panics", "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return k.Handle(ctx, tx, events)
}

// failed counts a failure. It returns nil where another round may begin at once.
func (k *consumer) failed(ctx context.Context, events []domain.Event, upTo store.Cursor, err error) error {
	if code := domain.CodeOf(err); ctx.Err() != nil || code == domain.CodeUnavailable || code == domain.CodeStorageFull {
		return err
	}
	if k.failures++; k.failures < consumerTries {
		return err
	}
	k.failures, k.retries = 0, 0
	if len(events) > 1 {
		k.single = upTo
		return err
	}
	return k.skip(ctx, events[0], err)
}

// skip gives an event up.
func (k *consumer) skip(ctx context.Context, e domain.Event, why error) error {
	at, _ := store.ParseCursor(e.ID)
	err := k.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.SaveConsumerError(ctx, k.Name, fmt.Sprintf("skipped %s %s: %v", e.Name, e.ID, why)); err != nil {
			return err
		}
		return tx.MoveConsumer(ctx, k.Name, at)
	})
	if err != nil {
		return err
	}
	k.log.Error("an event was skipped", "event", e.ID, "name", e.Name, "workspace", e.WorkspaceID, "error", why)
	k.moved(at)
	return nil
}

// report logs a failure when it begins or changes, not at every attempt.
func (k *consumer) report(err error) {
	if text := err.Error(); text != k.trouble {
		k.trouble = text
		k.log.Warn("consume events; trying again", "error", err)
	}
}

// works logs the end of a failure.
func (k *consumer) works() {
	k.retries = 0
	if k.trouble != "" {
		k.trouble = ""
		k.log.Info("consuming events again")
	}
}

func (k *consumer) retryDelay() time.Duration {
	d := k.Retry
	for range k.retries {
		d = min(3*d, longestRetry)
	}
	k.retries++
	return d
}

func sleep(ctx context.Context, d time.Duration) {
	waitFor(ctx, nil, d)
}

// waitFor waits for a wake, for d, or for the end of ctx.
func waitFor(ctx context.Context, wake <-chan struct{}, d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-wake:
	case <-t.C:
	}
}
