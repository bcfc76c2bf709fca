package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver registers itself
)

// onePost is an execution that creates one item; two steps.
const onePost = `{"topic":"Cloud cost optimization","networks":["linkedin"],"key_points":["Start with what is idle","Buy commitments last"]}`

// stored creates an installation with n finished executions and as many items, whose
// texts have so many bytes, and starts a server on it. The first is a real execution;
// the others are copies of its rows, written directly into the file of the stopped
// server: n real executions would take longer than the measurement.
func (b *bench) stored(ctx context.Context, n, bytes int) (*server, error) {
	s, err := b.serve(ctx, how{})
	if err != nil {
		return nil, err
	}
	c := patient()
	id, err := s.execute(ctx, c, "generate-social-posts", onePost)
	if err == nil {
		err = s.completed(ctx, c, 1, 10*time.Second)
	}
	s.stop()
	if err != nil {
		return nil, err
	}
	text := strings.Repeat("Words about cost and care. ", bytes/27+1)[:bytes]
	if err := multiply(ctx, s.File(), id, n-1, text); err != nil {
		return nil, err
	}
	return b.serve(ctx, how{dir: s.Dir, key: s.Key})
}

// multiply copies an execution and all that belongs to it n times.
func multiply(ctx context.Context, file string, execution int64, n int, body string) (err error) {
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(5000)&_pragma=synchronous(off)")
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	var item, workspace int64
	row := db.QueryRowContext(ctx, "select id, workspace_id from content where execution_id = ?", execution)
	if err := row.Scan(&item, &workspace); err != nil {
		return fmt.Errorf("find the item: %w", err)
	}
	text := "'" + body + "'"
	x, c := fmt.Sprintf("%d + i", execution), fmt.Sprintf("%d + i", item)
	stage := "case i % 4 when 0 then 'generated' when 1 then 'review' when 2 then 'ready' else 'published' end"
	copies := []struct {
		table, where string
		set          map[string]string
	}{
		{
			"execution",
			fmt.Sprintf("id = %d", execution),
			map[string]string{"id": x, "title": "title || ' ' || i", "created_at": "created_at + i"},
		},
		{"step", fmt.Sprintf("execution_id = %d", execution), map[string]string{"execution_id": x}},
		{"event", fmt.Sprintf("execution_id = %d", execution), map[string]string{"id": "null", "execution_id": x}},
		{
			"content",
			fmt.Sprintf("id = %d", item),
			map[string]string{"id": c, "execution_id": x, "title": "title || ' ' || i", "slug": "slug || '-copy-' || i",
				"stage": stage, "place": "place + i", "created_at": "created_at + i", "body": text},
		},
		{"content_version", fmt.Sprintf("content_id = %d", item), map[string]string{"content_id": c, "body": text}},
	}
	for _, t := range copies {
		if err := copyRows(ctx, db, t.table, t.where, n, t.set); err != nil {
			return err
		}
	}
	counts := fmt.Sprintf(`insert into tally_delta (workspace_id, kind, key, n)
		select %d, 'execution', 'completed', %d union all select %d, 'content', stage, count(*) from content where id > %d group by stage`, workspace, n, workspace, item)
	if _, err := db.ExecContext(ctx, counts); err != nil {
		return fmt.Errorf("count: %w", err)
	}
	return nil
}

// copyRows inserts n copies of the rows that match, with some columns set by an
// expression that may use i, the number of the copy.
func copyRows(ctx context.Context, db *sql.DB, table, where string, n int, set map[string]string) error {
	rows, err := db.QueryContext(ctx, "select name from pragma_table_info('"+table+"')")
	if err != nil {
		return fmt.Errorf("read the columns of %s: %w", table, err)
	}
	defer rows.Close()
	var columns, values []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return fmt.Errorf("read the columns of %s: %w", table, err)
		}
		value, ok := set[name]
		if !ok {
			value = name
		}
		columns, values = append(columns, name), append(values, value)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return fmt.Errorf("read the columns of %s: %w", table, err)
	}
	for _, name := range slices.Sorted(maps.Keys(set)) {
		if !slices.Contains(columns, name) {
			return fmt.Errorf("%s has no column %s", table, name)
		}
	}
	text := fmt.Sprintf(
		"with recursive copy(i) as (select 1 union all select i + 1 from copy where i < %d) insert into %s (%s) select %s from copy, %s where %s.%s",
		n,
		table,
		strings.Join(columns, ", "),
		strings.Join(values, ", "),
		table,
		table,
		where,
	)
	if _, err := db.ExecContext(ctx, text); err != nil {
		return fmt.Errorf("copy %s: %w", table, err)
	}
	return nil
}

// command runs one of the program's commands on a running server.
func (b *bench) command(ctx context.Context, s *server, args ...string) error {
	if out, err := s.Command(ctx, "", args...); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// items returns the ids of the items on the board.
func (s *server) items(ctx context.Context) ([]int64, error) {
	var board struct {
		Data struct {
			Columns map[string]struct{ Items []struct{ ID int64 } }
		}
	}
	if err := s.call(ctx, patient(), http.MethodGet, workflow+"/kanban?per_column=200", "", &board); err != nil {
		return nil, err
	}
	var ids []int64
	for _, c := range board.Data.Columns {
		for _, i := range c.Items {
			ids = append(ids, i.ID)
		}
	}
	slices.Sort(ids)
	return ids, nil
}
