package store

import (
	"context"
	"fmt"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// measures has the statement that counts each measure from lo to hi. Each is answered by an index alone.
var measures = map[domain.Measure]string{
	domain.MeasureExecutions: executionsIn(""),
	domain.MeasureCompleted:  executionsIn(domain.ExecutionCompleted),
	domain.MeasureFailed:     executionsIn(domain.ExecutionFailed),
	domain.MeasureCancelled:  executionsIn(domain.ExecutionCancelled),
	domain.MeasureItems: `select count(*) from content where workspace_id = $1 and created_at >= lo
		and created_at < hi`,
	domain.MeasurePublished: `select count(*) from content where workspace_id = $1 and published_at > 0
		and published_at >= lo and published_at < hi`,
	domain.MeasureCredits: `select coalesce(sum(amount), 0) from movement where workspace_id = $1 and kind = 'capture'
		and at >= lo and at < hi`,
	domain.MeasureDeals: stagesIn(`to_stage = 'Prospect' and from_stage = ''`),
	domain.MeasureWon:   stagesIn(`to_stage = ` + quote(domain.StageLaunched)),
	domain.MeasureLost:  stagesIn(`to_stage = ` + quote(domain.StageClosedLost)),
	domain.MeasureMoved: stagesIn(`from_stage <> ''`),
}

func executionsIn(status domain.ExecutionStatus) string {
	only := ""
	if status != "" {
		only = ` and status = ` + quote(status)
	}
	return `select count(*) from execution where workspace_id = $1` + only + ` and created_at >= lo and created_at < hi`
}

func stagesIn(condition string) string {
	return `select count(*) from opportunity_stage_change where workspace_id = $1 and ` + condition +
		` and at >= lo and at < hi`
}

// Measured returns what each measure was in each period: a row for a period, a number for a measure.
func (q Q) Measured(
	ctx context.Context, workspaceID int64, what []domain.Measure, periods []domain.DateRange,
) ([][]int64, error) {
	if len(periods) == 0 {
		return nil, nil
	}
	args := []any{workspaceID}
	spans := make([]string, len(periods))
	for i, p := range periods {
		args = append(args, db.Millis(p.From), db.Millis(p.Until))
		spans[i] = fmt.Sprintf("(%d, cast($%d as bigint), cast($%d as bigint))", i, len(args)-1, len(args))
	}
	columns := make([]string, len(what))
	for i, m := range what {
		columns[i] = "(" + measures[m] + ")"
	}
	rows, err := db.Many(ctx, q.db, func(row db.Row) ([]int64, error) {
		values := make([]int64, len(what)+1)
		into := make([]any, len(values))
		for i := range values {
			into[i] = &values[i]
		}
		return values, row.Scan(into...)
	}, `with span (n, lo, hi) as (values `+strings.Join(spans, ", ")+`) select n, `+strings.Join(columns, ", ")+`
		from span order by n`, args...)
	if err != nil {
		return nil, fmt.Errorf("measure periods: %w", err)
	}
	for i := range rows {
		rows[i] = rows[i][1:]
	}
	return rows, nil
}

// ExecutionsByCapability counts the executions that were accepted in a period, by what was asked for.
func (q Q) ExecutionsByCapability(ctx context.Context, workspaceID int64, r domain.DateRange) ([]domain.Named, error) {
	return q.distinct(ctx, "execution", "capability", workspaceID, r)
}

// ContentByType counts the items that were created in a period, by their type.
func (q Q) ContentByType(ctx context.Context, workspaceID int64, r domain.DateRange) ([]domain.Named, error) {
	return q.distinct(ctx, "content", "content_type", workspaceID, r)
}

// distinct counts the rows of a period by a column. It jumps from one value of the column to the next in the index, and
// counts each value's rows there.
func (q Q) distinct(
	ctx context.Context, table, column string, workspaceID int64, r domain.DateRange,
) ([]domain.Named, error) {
	list, err := db.Many(ctx, q.db, func(row db.Row) (n domain.Named, err error) {
		err = row.Scan(&n.Name, &n.N)
		return n, err
	}, strings.NewReplacer("TABLE", table, "COLUMN", column).Replace(`with recursive each (value) as (
			select min(COLUMN) from TABLE where workspace_id = $1
			union all select (select min(COLUMN) from TABLE where workspace_id = $1 and COLUMN > each.value)
			from each where each.value is not null)
		select value, n from (select value, (select count(*) from TABLE where workspace_id = $1
			and COLUMN = value and created_at >= $2 and created_at < $3) as n from each where value is not null) t
		where n > 0 order by n desc, value`), workspaceID, db.Millis(r.From), db.Millis(r.Until))
	if err != nil {
		return nil, fmt.Errorf("count by %s: %w", column, err)
	}
	return list, nil
}

// ListingGrades counts the workspace's listings by grade.
func (q Q) ListingGrades(ctx context.Context, workspaceID int64) ([]domain.Named, error) {
	list, err := db.Many(ctx, q.db, func(row db.Row) (n domain.Named, err error) {
		err = row.Scan(&n.Name, &n.N)
		return n, err
	}, `select grade, count(*) from listing where workspace_id = $1 group by grade order by grade`, workspaceID)
	if err != nil {
		return nil, fmt.Errorf("count listings by grade: %w", err)
	}
	return list, nil
}

// StageValues returns what the deals were worth that entered a stage in a period, by currency.
func (q Q) StageValues(
	ctx context.Context, workspaceID int64, s domain.Stage, r domain.DateRange,
) ([]domain.StageSum, error) {
	list, err := db.Many(ctx, q.db, scanStageSum, `select to_stage, currency, max(decimals), count(*),
		cast(sum(amount) as bigint) from opportunity_stage_change where workspace_id = $1 and to_stage = $2 and at >= $3
		and at < $4 group by to_stage, currency order by currency`,
		workspaceID, string(s), db.Millis(r.From), db.Millis(r.Until))
	if err != nil {
		return nil, fmt.Errorf("sum up a stage: %w", err)
	}
	return list, nil
}
