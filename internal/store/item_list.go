package store

import (
	"context"
	"fmt"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// ContentFilter narrows a list of items. A zero field does not.
type ContentFilter struct {
	Status      domain.ItemStatus
	Type        domain.ContentType
	Assignee    string
	ExecutionID int64            // that created them, or wrote one of their versions
	Span        domain.DateRange // of their creation
	Search      *Search
}

func (f ContentFilter) where(q Q, workspaceID int64) *where {
	w := &where{}
	if f.ExecutionID != 0 {
		// Either part has an index of its own; with an "or" SQLite would read the whole workspace.
		w.terms = append(w.terms, w.bind("id in (select id from content where +workspace_id = ?", workspaceID)+
			w.bind(" and execution_id = ?", f.ExecutionID)+
			w.bind(" union select content_id from content_version where execution_id = ? and execution_id > 0)",
				f.ExecutionID))
		// An execution has few items: with the plus, no index of the workspace is tried.
		w.add("+workspace_id = ?", workspaceID)
	} else {
		w.add("workspace_id = ?", workspaceID)
	}
	if f.Status != "" {
		w.add("stage = ?", string(f.Status))
	}
	if f.Type != "" {
		w.add("content_type = ?", string(f.Type))
	}
	if f.Assignee != "" {
		w.add("assignee = ?", f.Assignee)
	}
	w.span("created_at", f.Span)
	if f.Search != nil {
		w.add(q.found(), q.match(*f.Search, termAny, matchBegins))
	}
	return w
}

// ContentCursor is a place in a column of the board, from which more cards are read.
// The zero value is the top.
type ContentCursor struct {
	Rank  int   // by the search; 0 without one
	Place int64 // of the last card that was read
	ID    int64
}

// ContentColumn returns cards of one column of the board, at most limit of them, that
// come after the cursor. Next is the cursor behind the last of them, and zero where
// there are no more.
func (q Q) ContentColumn(
	ctx context.Context, workspaceID int64, f ContentFilter, after ContentCursor, limit int,
) (cards []domain.ContentItem, next ContentCursor, err error) {
	w := f.where(q, workspaceID)
	rank := q.rank(w, f.Search)
	if after.ID != 0 {
		place := w.bind("(place, id) < (?, ", after.Place) + w.bind("?)", after.ID)
		if f.Search != nil {
			n := w.bind("?", after.Rank)
			place = "(" + rank + " > " + n + " or " + rank + " = " + n + " and " + place + ")"
		}
		w.terms = append(w.terms, place)
	}
	type placed struct {
		item domain.ContentItem
		at   ContentCursor
	}
	list, err := db.Many(ctx, q.db, func(row db.Row) (p placed, err error) {
		var c contentRow
		err = row.Scan(append(contentTable.Dest(&c, contentCard), &p.at.Place, &p.at.Rank)...)
		p.item, p.at.ID = c.ContentItem, c.ID
		return p, err
	}, `select `+contentCardColumns+`, place, `+rank+` as rank from content where `+w.String()+
		` order by `+rankFirst(f)+`place desc, id desc`+w.bind(" limit 0 + ?", limit+1), w.args...)
	if err != nil {
		return nil, next, fmt.Errorf("read column: %w", err)
	}
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].at
	}
	cards = make([]domain.ContentItem, len(list))
	for i, p := range list {
		cards[i] = p.item
	}
	return cards, next, nil
}

// FoundColumn is what a search finds in one column of the board.
type FoundColumn struct {
	Cards []domain.ContentItem // the best of them
	Next  ContentCursor        // as of [Q.ContentColumn]
	Total int
}

// SearchBoard returns what a search finds in each column, at most limit cards of each. It
// asks the index once for all columns, since a common word matches most items.
func (q Q) SearchBoard(
	ctx context.Context, workspaceID int64, f ContentFilter, limit func(domain.ItemStatus) int,
) (map[domain.ItemStatus]FoundColumn, error) {
	most := 0
	for _, s := range domain.ItemStatuses() {
		most = max(most, limit(s))
	}
	w := f.where(q, workspaceID)
	rank := q.rank(w, f.Search)
	columns := map[domain.ItemStatus]FoundColumn{}
	last := map[domain.ItemStatus]ContentCursor{}
	_, err := db.Many(ctx, q.db, func(row db.Row) (none struct{}, err error) {
		var c contentRow
		var at ContentCursor
		var total int
		err = row.Scan(append(contentTable.Dest(&c, contentCard), &at.Place, &at.Rank, &total)...)
		at.ID = c.ID
		col := columns[c.Status]
		if col.Total = total; len(col.Cards) < limit(c.Status) {
			col.Cards, last[c.Status] = append(col.Cards, c.ContentItem), at
		} else {
			col.Next = last[c.Status]
		}
		columns[c.Status] = col
		return none, err
	}, `select `+contentCardColumns+`, place, rank, total from (
			select hit, rank, total from (
				select hit, rank, row_number() over (partition by col order by rank, at desc, hit desc) as n,
					count(*) over (partition by col) as total
				from (select id as hit, stage as col, place as at, `+rank+` as rank from content where `+w.String()+`) a
			) b where n <= `+w.bind("?", most+1)+`
		) h join content on content.id = h.hit order by rank, place desc, id desc`, w.args...)
	if err != nil {
		return nil, fmt.Errorf("search the board: %w", err)
	}
	return columns, nil
}

// rankFirst is the first part of an order: an index gives the rest, so it must not be
// there without need.
func rankFirst(f ContentFilter) string {
	if f.Search == nil {
		return ""
	}
	return "rank, "
}

// ContentCounts returns how many items each column has that pass the filter.
func (q Q) ContentCounts(ctx context.Context, workspaceID int64, f ContentFilter) (map[domain.ItemStatus]int, error) {
	w := f.where(q, workspaceID)
	type count struct {
		status string
		n      int
	}
	list, err := db.Many(ctx, q.db, func(row db.Row) (c count, err error) {
		err = row.Scan(&c.status, &c.n)
		return c, err
	}, `select stage, count(*) from content where `+w.String()+` group by stage`, w.args...)
	if err != nil {
		return nil, fmt.Errorf("count content: %w", err)
	}
	counts := map[domain.ItemStatus]int{}
	for _, c := range list {
		counts[domain.ItemStatus(c.status)] = c.n
	}
	return counts, nil
}

// ContentList returns a page of cards, in an order of [domain.ItemSort]. The order
// relevance takes a search.
func (q Q) ContentList(
	ctx context.Context, workspaceID int64, f ContentFilter, sort domain.ItemSort, p domain.Page,
) (l domain.List[domain.ContentItem], err error) {
	counts, err := q.ContentCounts(ctx, workspaceID, f)
	if err != nil {
		return l, err
	}
	for _, n := range counts {
		l.Total += n
	}
	w := f.where(q, workspaceID)
	order := q.contentOrder(sort)
	if sort == domain.SortRelevance {
		order = q.rank(w, f.Search) + ", id desc"
	}
	l.Items, err = db.Many(ctx, q.db, scanContent(contentCard),
		`select `+contentCardColumns+` from content where `+w.String()+` order by `+order+
			w.bind(" limit 0 + ?", p.Size)+w.bind(" offset ?", p.Offset()), w.args...)
	if err != nil {
		return l, fmt.Errorf("list content: %w", err)
	}
	return l, nil
}

// contentOrder is the SQL of an order by a field of the items. It is a whole one: items
// that are equal in the field stand in the order of their ids.
func (q Q) contentOrder(sort domain.ItemSort) string {
	title := "lower(title)"
	if q.db.Postgres() {
		title += ` collate "C"` // as SQLite compares
	}
	switch sort {
	case domain.SortOldest, domain.SortCreated:
		return "created_at, id"
	case domain.SortUpdated:
		return "updated_at, id"
	case domain.SortUpdatedDown:
		return "updated_at desc, id desc"
	case domain.SortTitle:
		return title + ", id"
	case domain.SortTitleDown:
		return title + " desc, id desc"
	case domain.SortPlanned:
		return "case when planned_at = 0 then 1 else 0 end, planned_at, id"
	case domain.SortPlannedDown:
		return "case when planned_at = 0 then 1 else 0 end, planned_at desc, id desc"
	}
	return "created_at desc, id desc"
}

// ContentPlaced is a card and the one below it in its column, 0 for none.
type ContentPlaced struct {
	domain.ContentItem
	Below int64
}

// ContentPlaces returns those of the ids that are items of the workspace and pass the
// filter, each with the card below it in the unfiltered column.
func (q Q) ContentPlaces(
	ctx context.Context, workspaceID int64, ids []int64, f ContentFilter,
) ([]ContentPlaced, error) {
	w := f.where(q, workspaceID)
	marks := placeholders(len(w.args)+1, len(ids))
	w.args = append(w.args, anyIDs(ids)...)
	list, err := db.Many(ctx, q.db, func(row db.Row) (p ContentPlaced, err error) {
		var c contentRow
		err = row.Scan(append(contentTable.Dest(&c, contentCard), &p.Below)...)
		p.ContentItem = c.ContentItem
		return p, err
	}, `select `+contentCardColumns+`, coalesce((select o.id from content o where o.workspace_id = content.workspace_id
			and o.stage = content.stage and (o.place, o.id) < (content.place, content.id)
			order by o.place desc, o.id desc limit 1), 0)
		from content where `+w.String()+` and id in (`+marks+`) order by place, id`, w.args...)
	if err != nil {
		return nil, fmt.Errorf("read the places of items: %w", err)
	}
	return list, nil
}
