package queue

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// tables are our own statements on River's tables. $1 and $2 are a job's id and
// holder unless a comment says otherwise.
type tables struct {
	insert         string   // a job of kind $1 about $2, priority $3, state $4, not before $5; returns its id
	cancel         string   // cancels a waiting job, asks a running one to end; returns its id
	complete       []string // ends a running job and returns its id; the first that finds it counts
	takeBack       string   // makes the jobs available that earlier generations of node $1 left running
	leader         string   // ends the leadership of a client that is no more
	running        string   // the jobs that $1 runs: id, to be cancelled, running for long
	release        string   // makes one running job available
	deleteFinished string   // removes finished jobs
}

// SQLite would give the highest id out again once its row is gone, so that row
// always stays. Deleting a job is cheaper than marking it and deleting it later.
var onSQLite = tables{ //nolint:gochecknoglobals // constant
	insert: `insert into river_job (args, kind, max_attempts, metadata, priority, queue, state, scheduled_at, tags)
		values (jsonb_object('ref', $2), $1, 32767, jsonb('{}'), $3, $1, $4,
		coalesce($5, datetime('now', 'subsec')), jsonb('[]')) returning id`,
	cancel: `update river_job set state = case state when 'running' then state else 'cancelled' end,
		finalized_at = case state when 'running' then null else datetime('now', 'subsec') end,
		metadata = jsonb_set(metadata, '$.cancel_attempted_at', datetime('now', 'subsec'))
		where id = $1 and finalized_at is null returning id`,
	complete: []string{
		`delete from river_job where id = $1 and state = 'running' and $2 <> ''
		and id < (select max(id) from river_job) returning id`,
		`update river_job set state = 'completed', finalized_at = datetime('now', 'subsec')
		where id = $1 and state = 'running' and $2 <> '' returning id`,
	},
	takeBack: `update river_job set state = 'available', attempt = max(attempt - 1, 0)
		where state = 'running' and $1 <> ''`,
	leader: `delete from river_leader`,
	running: `select id, json_extract(metadata, '$.cancel_attempted_at') is not null,
		attempted_at < datetime('now', 'subsec', '-15 seconds')
		from river_job where state = 'running' and $1 <> ''`,
	release: `update river_job set state = 'available', attempt = max(attempt - 1, 0)
		where id = $1 and state = 'running' and $2 <> ''`,
	deleteFinished: `delete from river_job where id in (select id from river_job
		where state in ('cancelled', 'completed', 'discarded') and finalized_at is not null
		and id < (select max(id) from river_job) limit 1000)`,
}

const (
	pgHolder = `attempted_by[array_upper(attempted_by, 1)]`
	pgFree   = `update river_job set state = 'available', attempt = greatest(attempt - 1, 0) where state = 'running' and `
	pgOrphan = `not exists (select 1 from node where id || '/' || generation = ` + pgHolder + `)`
	pgNotify = ` select pg_notify(current_schema() || '.river_insert', json_build_object('queue', queue)::text)
		from (select distinct queue from freed) q`
	pgNow = `(extract(epoch from clock_timestamp()) * 1000)::bigint`
)

// PostgreSQL sends the notifications of a transaction when it commits.
var onPostgres = tables{ //nolint:gochecknoglobals // constant
	insert: `with j as (insert into river_job (args, kind, max_attempts, priority, queue, state, scheduled_at)
		values (jsonb_build_object('ref', $2::bigint), $1::text, 32767, $3, $1::text, $4::river_job_state,
		coalesce($5::timestamp at time zone 'utc', now()))
		returning id, queue, state)
		select id from j where state <> 'available'
		or pg_notify(current_schema() || '.river_insert', json_build_object('queue', queue)::text)::text is not null`,
	cancel: `with j as (update river_job set state = case state when 'running' then state else 'cancelled' end,
		finalized_at = case state when 'running' then null else now() end,
		metadata = jsonb_set(metadata, '{cancel_attempted_at}', to_jsonb(now()))
		where id = $1 and finalized_at is null returning id, queue, state)
		select id from j where state <> 'running'
		or pg_notify(current_schema() || '.river_control', 
		json_build_object('action', 'cancel', 'job_id', id, 'queue', queue)::text)::text is not null`,
	complete: []string{`delete from river_job where id = $1 and state = 'running' and ` + pgHolder + ` = $2 returning id`},
	takeBack: pgFree + pgOrphan + ` and split_part(` + pgHolder + `, '/', 1) = $1`,
	leader:   `delete from river_leader where not exists (select 1 from node where id || '/' || generation = leader_id)`,
	running: `select id, metadata ? 'cancel_attempted_at', attempted_at < now() - interval '15 seconds'
		from river_job where state = 'running' and ` + pgHolder + ` = $1`,
	release: pgFree + `id = $1 and ` + pgHolder + ` = $2`,
	deleteFinished: `delete from river_job where id in (select id from river_job
		where state in ('cancelled', 'completed', 'discarded') and finalized_at is not null limit 1000)`,
}

// The node table, on PostgreSQL only. A generation's number is the database's
// time in milliseconds, so that it grows even after the row was deleted.
const (
	claimNode = `insert into node (id, generation, seen) values ($1, ` + pgNow + `, ` + pgNow + `)
		on conflict (id) do update set generation = greatest(node.generation + 1, excluded.generation), seen = excluded.seen
		returning generation`
	renewNode = `update node set seen = ` + pgNow + `
		where id = $1 and generation = $2 and seen >= ` + pgNow + ` - $3`
	fenceNode       = `select 1 from node where id = $1 and generation = $2 for share`
	leaveNode       = `delete from node where id = $1 and generation = $2`
	deleteDeadNodes = `delete from node where seen < ` + pgNow + ` - $1`
	freeDead        = `with freed as (` + pgFree + pgOrphan + ` returning queue)` + pgNotify
	freeOwn         = `with freed as (` + pgFree + pgHolder + ` = $1 returning queue)` + pgNotify
)

func tablesOf(postgres bool) tables {
	if postgres {
		return onPostgres
	}
	return onSQLite
}

// open connects the generation. On PostgreSQL River has a pool of its own, which
// is closed with the generation.
func (g *generation) open(ctx context.Context) error {
	s := g.q.opts.DB
	if !s.Postgres() {
		g.db = s.SQL()
		return nil
	}
	cfg := s.Pool().Config()
	cfg.MaxConns = min(cfg.MaxConns, int32(6+len(g.q.opts.Handlers)))
	var err error
	if g.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return fmt.Errorf("connect River: %w", err)
	}
	g.db = stdlib.OpenDBFromPool(g.pool)
	g.db.SetMaxIdleConns(0)
	return nil
}

// claim takes the lease, which ends this node's earlier generations, and takes back
// the jobs that they left running. On SQLite the lock on the directory is the lease.
func (g *generation) claim(ctx context.Context) error {
	began := time.Now()
	if g.pool != nil {
		if err := g.db.QueryRowContext(ctx, claimNode, g.q.opts.NodeID).Scan(&g.number); err != nil {
			return fmt.Errorf("claim the lease: %w", err)
		}
	}
	g.renewed, g.healthySince = began, began
	g.holder = g.q.opts.NodeID + "/" + strconv.FormatInt(g.number, 10)
	if _, err := g.db.ExecContext(ctx, g.q.sql.takeBack, g.q.opts.NodeID); err != nil {
		return fmt.Errorf("take back orphaned jobs: %w", err)
	}
	if _, err := g.db.ExecContext(ctx, g.q.sql.leader); err != nil {
		return fmt.Errorf("end a dead leadership: %w", err)
	}
	return nil
}

func (g *generation) renew(ctx context.Context) error {
	res, err := g.db.ExecContext(ctx, renewNode, g.q.opts.NodeID, g.number, g.q.opts.Lease.Milliseconds())
	if err != nil {
		return fmt.Errorf("renew the lease: %w", err)
	}
	n, err := res.RowsAffected()
	if err == nil && n == 0 {
		err = fmt.Errorf("%w: the lease ran out, or another process has the same node id", ErrLost)
	}
	return err
}

// takeOver deletes the nodes whose lease has expired and frees the jobs that no living
// generation holds. Deleting comes first: it waits for results that are being written
// under the fence, and none can be written after.
func (g *generation) takeOver(ctx context.Context) (err error) {
	tx, err := g.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tx.Rollback())
		}
	}()
	res, err := tx.ExecContext(ctx, deleteDeadNodes, g.q.opts.Lease.Milliseconds())
	if err != nil {
		return fmt.Errorf("delete dead nodes: %w", err)
	}
	if n, err := res.RowsAffected(); err == nil && n > 0 {
		g.q.log.Warn("taking over from dead nodes", "nodes", n)
	}
	for _, statement := range []string{freeDead, g.q.sql.leader} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("free orphaned jobs: %w", err)
		}
	}
	return tx.Commit()
}

// reconcile finds the cancellations whose notification was lost, and the jobs that
// the database gave to this node in a response that never arrived.
func (g *generation) reconcile(ctx context.Context) error {
	rows, err := g.db.QueryContext(ctx, g.q.sql.running, g.holder)
	if err != nil {
		return fmt.Errorf("read running jobs: %w", err)
	}
	defer rows.Close()
	var strays []int64
	for rows.Next() {
		var id int64
		var cancelled, long bool
		if err := rows.Scan(&id, &cancelled, &long); err != nil {
			return fmt.Errorf("scan a running job: %w", err)
		}
		if cancelled {
			g.interrupt(id, ErrCancelled)
		}
		if long && !g.holding(id) {
			strays = append(strays, id)
		}
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return fmt.Errorf("read running jobs: %w", err)
	}
	for _, id := range strays {
		g.q.log.Warn("a job was lost on its way to this node and goes back", "job", id)
		if _, err := g.db.ExecContext(ctx, g.q.sql.release, id, g.holder); err != nil {
			return fmt.Errorf("release a stray job: %w", err)
		}
	}
	return nil
}

func (g *generation) deleteFinished(ctx context.Context) error {
	_, err := g.db.ExecContext(ctx, g.q.sql.deleteFinished)
	return err
}

// leave gives up the lease and whatever is still marked as running here, so that
// other nodes need not wait for it to run out.
func (g *generation) leave(ctx context.Context) error {
	if g.pool == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, g.q.opts.Lease)
	defer cancel()
	_, freed := g.db.ExecContext(ctx, freeOwn, g.holder)
	_, left := g.db.ExecContext(ctx, leaveNode, g.q.opts.NodeID, g.number)
	return errors.Join(freed, left)
}
