package db

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// beatGap is how often PostgreSQL is asked whether it is there.
	beatGap = time.Second
	// beatTime is how long it may take to respond.
	beatTime = 2500 * time.Millisecond
)

// errSilent says that PostgreSQL does not respond at all, although its connections are
// open: the network is cut, or its machine stands still.
var errSilent = errors.New("PostgreSQL does not respond")

// pulse asks PostgreSQL over a connection of its own whether it is there. While it is
// silent, what waits for it ends at once with [errSilent]: on a connection that nobody
// closes it would wait for as long as the kernel does, which may be minutes. A statement
// that is only slow goes on.
type pulse struct {
	config *pgx.ConnConfig
	log    *slog.Logger
	end    context.CancelFunc
	ended  chan struct{}

	mu   sync.Mutex
	life context.Context // ends when the database goes silent; another once it responds
	kill context.CancelCauseFunc
}

// newPulse begins to ask.
func newPulse(config *pgx.ConnConfig, log *slog.Logger) *pulse {
	p := &pulse{config: config.Copy(), log: log, ended: make(chan struct{})}
	p.life, p.kill = context.WithCancelCause(context.Background())
	ctx, end := context.WithCancel(context.Background())
	p.end = end
	go p.run(ctx)
	return p
}

// stop asks no more.
func (p *pulse) stop() {
	if p == nil {
		return
	}
	p.end()
	<-p.ended
}

func (p *pulse) run(ctx context.Context) {
	defer close(p.ended)
	tick := time.NewTicker(beatGap)
	defer tick.Stop()
	var conn *pgx.Conn
	defer func() { drop(conn) }()
	for {
		err := p.beat(ctx, &conn)
		switch {
		case ctx.Err() != nil:
			return
		case errors.Is(err, context.DeadlineExceeded):
			p.silent()
		default: // an error that comes quickly is the business of those who get it
			p.responds()
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (p *pulse) beat(ctx context.Context, conn **pgx.Conn) (err error) {
	ctx, cancel := context.WithTimeout(ctx, beatTime)
	defer cancel()
	if *conn == nil {
		if *conn, err = pgx.ConnectConfig(ctx, p.config); err != nil {
			*conn = nil
			if ctx.Err() != nil {
				err = ctx.Err()
			}
			return fmt.Errorf("connect: %w", err)
		}
	}
	if err = (*conn).Ping(ctx); err != nil {
		drop(*conn)
		*conn = nil
		if ctx.Err() != nil {
			err = ctx.Err()
		}
	}
	return err
}

func drop(conn *pgx.Conn) {
	if conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = conn.Close(ctx) // it is of no more use
}

func (p *pulse) silent() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.life.Err() == nil {
		p.log.Warn("the database does not respond", "after", beatTime)
		p.kill(errSilent)
	}
}

func (p *pulse) responds() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.life.Err() != nil {
		p.log.Info("the database responds again")
		p.life, p.kill = context.WithCancelCause(context.Background())
	}
}

// guard returns a context that also ends when the database goes silent, with errSilent
// as its cause. The function must be called in the end. A nil pulse adds nothing.
func (p *pulse) guard(ctx context.Context) (context.Context, func()) {
	if p == nil {
		return ctx, func() {}
	}
	p.mu.Lock()
	life := p.life
	p.mu.Unlock()
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(life, func() { cancel(errSilent) })
	return ctx, func() { stop(); cancel(nil) }
}

// silence returns the error of a call whose context guard has made: UNAVAILABLE where
// the silence of the database ended it.
func silence(ctx context.Context, err error) error {
	if err != nil && errors.Is(context.Cause(ctx), errSilent) {
		return unavailable(errors.Join(errSilent, err))
	}
	return err
}
