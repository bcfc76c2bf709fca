package webhook

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

const (
	// parallel is how many requests one webhook gets at once.
	parallel = 16
	// window is how many deliveries a lane takes at once: those that are sent, and those behind them.
	window = 128
	// Results are recorded together: recordMost of them, or those that came within recordWithin.
	recordMost   = 64
	recordWithin = 20 * time.Millisecond
	// lease is how long a claim holds: another node takes over one that was not extended.
	lease = 6 * time.Second
	// keepEvery is how often a claim is extended.
	keepEvery = 2 * time.Second
	// stopGrace is how long requests under way may take once the node stops.
	stopGrace = 2 * time.Second
	// recordGrace bounds one record, which outlives the node's stop.
	recordGrace = 5 * time.Second
)

// lane sends the deliveries of one webhook while this node holds its claim. Its fields belong to
// the goroutine of [lane.serve], save the channels and halt.
type lane struct {
	s    *Sender
	wake chan struct{} // there may be something new

	hook    store.Webhook
	to      target
	shards  [parallel]chan domain.Delivery // each is sent one after another
	senders sync.WaitGroup
	results chan result
	halt    atomic.Bool // what has not been sent yet stays for later

	taken  map[int64]bool // deliveries whose record is not on disk
	out    int            // of them, those that have no result
	done   []result       // and those that have one
	fails  int            // results in a row that are failures
	over   bool           // take nothing more
	dry    bool           // the last look found nothing more
	failed error          // of a look
}

func newLane(s *Sender) *lane {
	return &lane{s: s, wake: make(chan struct{}, 1), results: make(chan result, window), taken: map[int64]bool{}}
}

// serve claims the webhook, sends what is due, and gives the claim back. It returns nil, too, where
// another node has the webhook.
func (l *lane) serve(ctx context.Context, id int64) error {
	claimed := false
	err := l.s.Store.InTx(ctx, func(tx *store.Tx) (err error) {
		l.hook, claimed, err = tx.ClaimWebhook(ctx, id, l.s.Node, lease)
		return err
	})
	if err != nil || !claimed {
		return err
	}
	l.fails = l.hook.FailureCount
	l.to = l.s.target(ctx, l.hook.Webhook, l.hook.Sealed, l.hook.OldSealed)
	requests, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer l.senders.Wait()
	defer l.closeShards()
	defer cancel()
	return l.loop(ctx, requests, cancel)
}

// loop ends when nothing is due and nothing is under way.
func (l *lane) loop(ctx, requests context.Context, cancel context.CancelFunc) error {
	keep := time.NewTicker(keepEvery)
	defer keep.Stop()
	due := time.NewTimer(recordWithin)
	defer due.Stop()
	stopping := ctx.Done()
	for {
		l.fill(ctx, requests)
		if l.out == 0 {
			if err := l.record(ctx, true); err != nil {
				return err
			}
			return l.failed
		}
		record := false
		select {
		case r := <-l.results:
			if len(l.done) == 0 {
				due.Reset(recordWithin)
			}
			l.note(r)
			record = len(l.done) >= recordMost
		case <-due.C:
			record = len(l.done) > 0
		case <-keep.C:
			record = true
		case <-l.wake:
			l.dry = false
		case <-stopping:
			stopping, l.over = nil, true
			time.AfterFunc(stopGrace, cancel)
		}
		if !record {
			continue
		}
		if err := l.record(ctx, false); err != nil {
			return err
		}
	}
}

// fill takes due deliveries while there is room: one at a time while the webhook fails.
func (l *lane) fill(ctx, requests context.Context) {
	room := window - l.out
	if l.fails >= narrowAfter {
		room = 1 - l.out
	}
	if l.over || l.dry || room <= 0 || l.out > window/2 {
		return
	}
	list, err := l.due(ctx, room)
	if err != nil {
		l.over, l.failed = true, err
		return
	}
	fresh := 0
	for _, d := range list {
		if l.taken[d.ID] || fresh == room {
			continue
		}
		fresh++
		l.taken[d.ID] = true
		l.out++
		l.shard(requests, d.OrderKey) <- d
	}
	l.dry = fresh < room
}

// due returns deliveries to take; none where somebody has changed the webhook since it was
// claimed, so that what was noted after a rotation is signed with the new secret.
func (l *lane) due(ctx context.Context, room int) ([]domain.Delivery, error) {
	q := l.s.Store.Read()
	list, err := q.DueDeliveries(ctx, l.hook.ID, l.s.Store.Now(), room+len(l.taken))
	if err != nil {
		return nil, err
	}
	version, err := q.WebhookVersion(ctx, l.hook.WorkspaceID, l.hook.ID) // read last
	if err == nil && version != l.hook.Version {
		l.end()
		list = nil
	}
	return list, err
}

// shard returns what sends the deliveries of a key, one after another.
func (l *lane) shard(requests context.Context, key int64) chan<- domain.Delivery {
	at := uint64(key) % parallel
	if l.shards[at] == nil {
		list := make(chan domain.Delivery, window)
		l.shards[at] = list
		l.senders.Go(func() {
			for d := range list {
				if l.halt.Load() || requests.Err() != nil {
					l.results <- result{delivery: d, unsent: true}
					continue
				}
				l.results <- l.s.send(requests, l.to, d)
			}
		})
	}
	return l.shards[at]
}

func (l *lane) closeShards() {
	l.halt.Store(true)
	for _, list := range l.shards {
		if list != nil {
			close(list)
		}
	}
}

// note takes a result, and those that have come with it.
func (l *lane) note(r result) {
	for {
		l.out--
		l.done = append(l.done, r)
		switch {
		case r.unsent:
		case r.ok():
			l.fails = 0
		case !r.delivery.Test:
			l.fails++
			if l.fails >= narrowAfter || r.after > 0 || r.attempt.Code == http.StatusTooManyRequests {
				l.end()
			}
		}
		if len(l.done) >= recordMost {
			return
		}
		select {
		case r = <-l.results:
		default:
			return
		}
	}
}

// end has the lane take nothing more, and send nothing of what it has taken.
func (l *lane) end() {
	l.over = true
	l.halt.Store(true)
}

// record stores what has come of deliveries, in one transaction, and extends the claim; the last
// time, it gives it back.
func (l *lane) record(ctx context.Context, last bool) error {
	ctx, done := context.WithTimeout(context.WithoutCancel(ctx), recordGrace)
	defer done()
	change := l.s.settle(l.hook, l.done, l.s.Store.Now())
	current, hook := false, l.hook
	err := l.s.Store.InTx(ctx, func(tx *store.Tx) (err error) {
		hook = l.hook
		if last {
			if err := tx.AwaitDeliveries(ctx, hook.WorkspaceID, hook.ID); err != nil {
				return err
			}
		}
		if current, err = tx.KeepWebhook(ctx, hook, lease); err != nil {
			return err
		}
		for _, d := range change.deliveries {
			if err := tx.SaveDelivery(ctx, d); err != nil {
				return err
			}
		}
		if current && len(change.deliveries) > 0 {
			if hook, err = change.save(ctx, tx); err != nil {
				return err
			}
		}
		if !last {
			return nil
		}
		return tx.ReleaseWebhook(ctx, hook)
	})
	if err != nil {
		return err
	}
	for _, r := range l.done {
		delete(l.taken, r.delivery.ID)
	}
	l.done = l.done[:0]
	if l.hook = hook; !current || !hook.Active { // what somebody has changed counts at once
		l.end()
	}
	return nil
}

// save stores the state of the webhook and what happened to it, and returns it with its version.
func (out *settled) save(ctx context.Context, tx *store.Tx) (store.Webhook, error) {
	w := out.webhook
	if err := tx.SaveWebhookState(ctx, w); err != nil {
		return w, err
	}
	if !w.Active {
		var err error
		if w, _, err = tx.SaveWebhook(ctx, w); err != nil { // nobody has changed it: it is locked
			return w, err
		}
	}
	by := domain.WithActor(ctx, domain.SystemActor(w.WorkspaceID, 0, "Webhooks"))
	for _, e := range out.events {
		if err := tx.AppendEvent(by, domain.Subject{WorkspaceID: w.WorkspaceID}, e); err != nil {
			return w, err
		}
	}
	return w, nil
}
