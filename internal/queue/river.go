package queue

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"

	"vellocity/internal/store/db"
)

// Migrate brings River's own tables up to date. On PostgreSQL one node at a time.
func Migrate(ctx context.Context, s *db.DB) error {
	if !s.Postgres() {
		return migrate(ctx, riversqlite.New(s.SQL()))
	}
	const lock = 0x76656c6c // any number that nobody else locks
	return s.Alone(ctx, lock, func() error { return migrate(ctx, riverpgxv5.New(s.Pool())) })
}

func migrate[T any](ctx context.Context, d riverdriver.Driver[T]) error {
	m, err := rivermigrate.New(d, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("read River's migrations: %w", err)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate River's tables: %w", err)
	}
	return nil
}

// args is what a job carries.
type args struct {
	kind string
	Ref  int64 `json:"ref"`
}

// Kind implements [river.JobArgs].
func (a args) Kind() string { return a.kind }

func (g *generation) newClient() (worker, error) {
	c := &river.Config{
		ID:     g.holder,
		Logger: riverLog(g.q.log),
		Queues: map[string]river.QueueConfig{}, Workers: river.NewWorkers(),
		// The pause between two fetches bounds the dispatch of a lone job; polling only
		// finds jobs whose notification was lost, and those delayed for less than 5 s.
		FetchCooldown: 2 * time.Millisecond, FetchPollInterval: time.Second,
		JobTimeout: -1, RetryPolicy: backoff{},
		// Nothing of River's own may remove jobs; see tables.deleteFinished.
		CompletedJobRetentionPeriod: -1, CancelledJobRetentionPeriod: -1, DiscardedJobRetentionPeriod: -1,
	}
	for kind := range g.q.opts.Handlers {
		c.Queues[kind] = river.QueueConfig{MaxWorkers: cmp.Or(g.q.opts.Workers[kind], 8)}
		river.AddWorkerArgs(c.Workers, args{kind: kind}, river.WorkFunc(func(ctx context.Context, j *river.Job[args]) error {
			return g.work(ctx, j.JobRow, j.Args.Ref)
		}))
	}
	if g.pool != nil {
		return river.NewClient(driver[pgx.Tx]{riverpgxv5.New(g.pool), g}, c)
	}
	c.ReindexerIndexNames = []string{} // it would hold the only writer
	return river.NewClient(driver[*sql.Tx]{riversqlite.New(g.db), g}, c)
}

// backoff retries after 1 s, 2 s, 4 s … at most 5 minutes, each varied by a tenth.
type backoff struct{}

// NextRetry implements [river.ClientRetryPolicy].
func (backoff) NextRetry(row *rivertype.JobRow) time.Time {
	d := min(time.Second<<min(len(row.Errors), 10), 5*time.Minute)
	return time.Now().Add(d + rand.N(d/10)) //nolint:gosec // jitter, not a secret
}

// driver is one of River's, with our fixes.
type driver[T any] struct {
	riverdriver.Driver[T]
	g *generation
}

// GetExecutor implements [riverdriver.Driver].
func (d driver[T]) GetExecutor() riverdriver.Executor {
	return executor{d.Driver.GetExecutor(), d.g}
}

// GetListener implements [riverdriver.Driver]. On SQLite the bus takes the place
// of River's polling of a table.
func (d driver[T]) GetListener(p *riverdriver.GetListenenerParams) riverdriver.Listener {
	if d.g.pool != nil {
		return d.Driver.GetListener(p)
	}
	return d.g.bus
}

// executor runs River's own statements for one generation.
type executor struct {
	riverdriver.Executor
	g *generation
}

// Begin implements [riverdriver.Executor].
func (e executor) Begin(ctx context.Context) (riverdriver.ExecutorTx, error) {
	tx, err := e.Executor.Begin(ctx)
	if err != nil || e.g.pool != nil {
		return tx, err
	}
	return busTx{tx, e.g.bus}, nil
}

// JobGetAvailable implements [riverdriver.Executor]: no lease, no jobs.
func (e executor) JobGetAvailable(
	ctx context.Context, p *riverdriver.JobGetAvailableParams,
) ([]*rivertype.JobRow, error) {
	if !e.g.holds() {
		return nil, nil
	}
	rows, err := e.Executor.JobGetAvailable(ctx, p)
	e.g.mu.Lock()
	defer e.g.mu.Unlock()
	for _, row := range rows {
		e.g.held[row.ID] = &run{}
	}
	return rows, err
}

// JobSetStateIfRunningMany implements [riverdriver.Executor]: it writes the
// outcomes of jobs except those that Complete has written, and only while the
// generation holds its lease in the database.
func (e executor) JobSetStateIfRunningMany(
	ctx context.Context, p *riverdriver.JobSetStateIfRunningManyParams,
) (_ []*rivertype.JobRow, err error) {
	p = e.g.undone(p)
	if len(p.ID) == 0 {
		return nil, nil
	}
	if !e.g.holds() {
		return nil, riverdriver.ErrClosedPool // River takes that for final
	}
	var rows []*rivertype.JobRow
	if e.g.pool == nil {
		rows, err = e.Executor.JobSetStateIfRunningMany(ctx, p)
	} else {
		rows, err = e.fenced(ctx, p)
	}
	if err == nil {
		e.g.reported(p.ID)
	}
	return rows, err
}

// fenced writes the outcomes in a transaction that holds the lease.
func (e executor) fenced(
	ctx context.Context, p *riverdriver.JobSetStateIfRunningManyParams,
) (_ []*rivertype.JobRow, err error) {
	tx, err := e.Executor.Begin(ctx)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback(context.WithoutCancel(ctx)))
		}
	}()
	var one int
	err = tx.QueryRow(ctx, fenceNode, e.g.q.opts.NodeID, e.g.number).Scan(&one)
	if errors.Is(err, pgx.ErrNoRows) {
		e.g.lose(fmt.Errorf("%w: another node took over", ErrLost))
		return nil, riverdriver.ErrClosedPool
	}
	if err != nil {
		return nil, err
	}
	rows, err := tx.JobSetStateIfRunningMany(ctx, p)
	if err != nil {
		return nil, err
	}
	return rows, tx.Commit(ctx)
}

// busTx sends to the bus what River would write into a table.
type busTx struct {
	riverdriver.ExecutorTx
	bus bus
}

// NotifyMany implements [riverdriver.Executor]. The message arrives before the commit,
// but nobody can act on it until then: the transaction has the only connection.
func (t busTx) NotifyMany(_ context.Context, p *riverdriver.NotifyManyParams) error {
	for _, payload := range p.Payload {
		t.bus.send(p.Topic, payload)
	}
	return nil
}

// The methods of [riverdriver.Listener].

// undone returns p without the jobs that Complete has ended.
func (g *generation) undone(p *riverdriver.JobSetStateIfRunningManyParams) *riverdriver.JobSetStateIfRunningManyParams {
	g.mu.Lock()
	defer g.mu.Unlock()
	keep := make([]int, 0, len(p.ID))
	for i, id := range p.ID {
		if r := g.held[id]; r != nil && r.done {
			delete(g.held, id)
			continue
		}
		keep = append(keep, i)
	}
	if len(keep) == len(p.ID) {
		return p
	}
	return &riverdriver.JobSetStateIfRunningManyParams{
		ID: pick(p.ID, keep), Attempt: pick(p.Attempt, keep), ErrData: pick(p.ErrData, keep),
		FinalizedAt: pick(p.FinalizedAt, keep), MetadataDoMerge: pick(p.MetadataDoMerge, keep),
		MetadataUpdates: pick(p.MetadataUpdates, keep), Now: p.Now, ScheduledAt: pick(p.ScheduledAt, keep),
		Schema: p.Schema, State: pick(p.State, keep),
	}
}

func pick[T any](from []T, indexes []int) []T {
	list := make([]T, len(indexes))
	for i, n := range indexes {
		list[i] = from[n]
	}
	return list
}

func (g *generation) reported(ids []int64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, id := range ids {
		delete(g.held, id)
	}
}

// riverLog lets only River's warnings through; the rest is of no use to an operator.
func riverLog(log *slog.Logger) *slog.Logger { return slog.New(warnings{log.Handler()}) }

type warnings struct{ slog.Handler }

// Enabled implements [slog.Handler].
func (w warnings) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && w.Handler.Enabled(ctx, l)
}
