package webhook

import (
	"context"
	"errors"
	"sync"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

const (
	// look is how often a node with nothing to do looks for what others have left; what this node
	// has written itself wakes it.
	look = 5 * time.Second
	// mostLanes is how many webhooks one look finds.
	mostLanes = 1_000
	// pauseAfterError keeps a lane that failed, as when the database is away, from starting again
	// at once.
	pauseAfterError = time.Second
)

// lanes are the webhooks that this node sends to.
type lanes struct {
	mu   sync.Mutex
	list map[int64]*lane
	all  sync.WaitGroup
}

// Run sends what is due until ctx ends, and then waits for the requests under way.
func (s *Sender) Run(ctx context.Context) {
	l := &lanes{list: map[int64]*lane{}}
	defer l.all.Wait()
	trouble := ""
	for ctx.Err() == nil {
		next, err := s.start(ctx, l)
		switch {
		case ctx.Err() != nil:
		case err == nil:
			trouble = ""
		case err.Error() != trouble: // when it begins or changes, not every time
			trouble = err.Error()
			s.Log.Warn("look for webhook deliveries; trying again", "error", err)
		}
		timer := time.NewTimer(next)
		select {
		case <-ctx.Done():
		case <-s.wake:
			l.wake()
		case <-timer.C:
		}
		timer.Stop()
	}
}

// start opens a lane for each webhook that is due and has none, and returns how long to wait until
// the next one is.
func (s *Sender) start(ctx context.Context, l *lanes) (time.Duration, error) {
	list, err := s.Store.Read().WaitingWebhooks(ctx, s.Node, mostLanes)
	if err != nil {
		return pauseAfterError, err
	}
	now, next := s.Store.Now(), look
	for _, w := range list {
		if l.has(w.ID) {
			continue
		}
		if wait := w.At.Sub(now); wait > 0 {
			next = min(next, wait)
			continue
		}
		s.open(ctx, l, w.ID)
	}
	return next, nil
}

func (l *lanes) has(id int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.list[id] != nil
}

// wake has each lane look for new deliveries.
func (l *lanes) wake() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, one := range l.list {
		select {
		case one.wake <- struct{}{}:
		default:
		}
	}
}

// open starts a lane.
func (s *Sender) open(ctx context.Context, l *lanes, id int64) {
	one := newLane(s)
	l.mu.Lock()
	l.list[id] = one
	l.mu.Unlock()
	l.all.Go(func() {
		err := one.serve(ctx, id)
		if err != nil && ctx.Err() == nil {
			// A claim is lost when the webhook was deleted, or this node was away too long. A database that
			// is away is said elsewhere, once.
			if !errors.Is(err, store.ErrClaimLost) && domain.CodeOf(err) != domain.CodeUnavailable {
				s.Log.Warn("send to a webhook; trying again", "webhook", id, "error", err)
			}
			timer := time.NewTimer(pauseAfterError)
			defer timer.Stop()
			select {
			case <-ctx.Done():
			case <-timer.C:
			}
		}
		l.mu.Lock()
		delete(l.list, id)
		l.mu.Unlock()
		s.Wake() // it may be due again, as when somebody changed it meanwhile
	})
}
