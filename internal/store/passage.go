package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// Passage is a part of a content item or a source that a search finds by itself.
type Passage struct {
	ID          int64
	WorkspaceID int64
	Kind        domain.PassageKind
	OwnerID     int64 // of the item or source
	Version     int   // of the owner that it was cut from
	Title       string
	Heading     string // the nearest heading above it; empty: none
	Start, End  int    // of Body in the owner's body, in bytes
	Point       int    // Start in code points
	Body        string
	// Titled are the terms of the title and the heading, All those of the text too. They have neither
	// spaces nor quotation marks, and are only stored.
	Titled, All []string
}

const passageRead, passageCreate db.Set = 1, 2

var passageTable = db.NewTable("passage", func(p *Passage) []db.Column {
	const both = passageRead | passageCreate
	return []db.Column{
		{Name: "id", Field: &p.ID, In: passageRead},
		{Name: "workspace_id", Field: &p.WorkspaceID, In: both},
		{Name: "kind", Field: db.Text(&p.Kind), In: both},
		{Name: "owner_id", Field: &p.OwnerID, In: both},
		{Name: "version", Field: &p.Version, In: both},
		{Name: "title", Field: &p.Title, In: both},
		{Name: "heading", Field: &p.Heading, In: both},
		{Name: "start_at", Field: &p.Start, In: both},
		{Name: "point_at", Field: &p.Point, In: both},
		{Name: "end_at", Field: &p.End, In: both},
		{Name: "body", Field: &p.Body, In: both},
	}
})

var (
	passageColumns = passageTable.QualifiedColumns(passageRead)
	createPassage  = passageTable.Write(passageCreate, `insert into passage ({columns}) values ({values}) returning id`)
)

// MarkPassages notes that the passages of an item or a source have to be cut, since its text is new.
func (t *Tx) MarkPassages(ctx context.Context, workspaceID int64, kind domain.PassageKind, ownerID int64) error {
	err := t.db.Exec(ctx, `insert into passage_backlog (workspace_id, kind, owner_id, marks) values ($1, $2, $3, 1)
		on conflict (kind, owner_id) do update set marks = passage_backlog.marks + 1`, workspaceID, string(kind), ownerID)
	if err != nil {
		return fmt.Errorf("mark passages: %w", err)
	}
	return nil
}

// PassageMark is an item or a source whose passages have to be cut.
type PassageMark struct {
	WorkspaceID int64
	Kind        domain.PassageKind
	OwnerID     int64
	Marks       int64 // how often it was marked; another number means that it has changed since
}

// PassageBacklog returns up to limit marks of all workspaces.
func (q Q) PassageBacklog(ctx context.Context, limit int) ([]PassageMark, error) {
	return q.passageBacklog(ctx, `order by kind, owner_id limit 0 + $1`, limit)
}

// PassageBacklogOf returns marked items and sources of a workspace, the newest first, at most limit of them.
func (q Q) PassageBacklogOf(ctx context.Context, workspaceID int64, limit int) ([]PassageMark, error) {
	return q.passageBacklog(ctx, `where workspace_id = $1 order by owner_id desc limit 0 + $2`, workspaceID, limit)
}

func (q Q) passageBacklog(ctx context.Context, which string, args ...any) ([]PassageMark, error) {
	list, err := db.Many(ctx, q.db, func(row db.Row) (m PassageMark, err error) {
		var kind string
		err = row.Scan(&m.WorkspaceID, &kind, &m.OwnerID, &m.Marks)
		m.Kind = domain.PassageKind(kind)
		return m, err
	}, `select workspace_id, kind, owner_id, marks from passage_backlog `+which, args...)
	if err != nil {
		return nil, fmt.Errorf("read the backlog of passages: %w", err)
	}
	return list, nil
}

// Indexed is what the index keeps of a marked item or source.
type Indexed struct {
	Mark     PassageMark
	Passages []Passage
	Terms    *ItemTerms // nil: a source, or an item that is gone
}

// SaveIndexed stores what was cut from marked items and sources in place of what the index had of them, and removes
// their marks. One that somebody has marked again since, or that another node has stored, is left as it is. It returns
// how many were stored.
//
// All rows come first and the terms after them: before most statements FTS5 writes out the terms that it has gathered
// in a transaction, and many small parts of an index cost more than a large one.
func (t *Tx) SaveIndexed(ctx context.Context, list []Indexed) (int, error) {
	var stored []Indexed
	var gone []int64
	for _, x := range list {
		current, err := t.leavePassageBacklog(ctx, x.Mark)
		if err != nil {
			return 0, err
		}
		if !current {
			continue
		}
		ids, err := t.deletePassages(ctx, x.Mark.WorkspaceID, x.Mark.Kind, x.Mark.OwnerID)
		if err != nil {
			return 0, err
		}
		gone = append(gone, ids...)
		for i := range x.Passages {
			p := &x.Passages[i]
			p.WorkspaceID, p.Kind, p.OwnerID = x.Mark.WorkspaceID, x.Mark.Kind, x.Mark.OwnerID
			if err := createPassage.One(ctx, t.db, p, &p.ID); err != nil {
				return 0, fmt.Errorf("store passage: %w", err)
			}
		}
		stored = append(stored, x)
	}
	if err := t.forgetTerms(ctx, gone); err != nil {
		return 0, err
	}
	for _, x := range stored {
		if err := t.saveTerms(ctx, x); err != nil {
			return 0, err
		}
	}
	return len(stored), nil
}

// leavePassageBacklog reports whether a mark was there as it was read.
func (t *Tx) leavePassageBacklog(ctx context.Context, m PassageMark) (bool, error) {
	n, err := t.db.ExecCount(ctx, `delete from passage_backlog
		where workspace_id = $1 and kind = $2 and owner_id = $3 and marks = $4`,
		m.WorkspaceID, string(m.Kind), m.OwnerID, m.Marks)
	if err != nil {
		return false, fmt.Errorf("leave the backlog of passages: %w", err)
	}
	return n > 0, nil
}

func (t *Tx) saveTerms(ctx context.Context, x Indexed) error {
	for _, p := range x.Passages {
		if err := t.indexPassage(ctx, p); err != nil {
			return err
		}
	}
	if x.Terms == nil {
		return nil
	}
	return t.IndexContent(ctx, x.Mark.OwnerID, *x.Terms)
}

// The index has each term with its workspace and a letter for where it is from in front: one list of terms,
// without positions, answers alike on both databases, and costs nothing for other workspaces' texts.
func passageTerm(workspaceID int64, titled bool, term string) string {
	from := termAny
	if titled {
		from = termTitled
	}
	return strconv.FormatInt(workspaceID, 10) + from + term
}

func (t *Tx) indexPassage(ctx context.Context, p Passage) error {
	list := make([]string, 0, len(p.Titled)+len(p.All))
	for _, s := range p.Titled {
		list = append(list, passageTerm(p.WorkspaceID, true, s))
	}
	for _, s := range p.All {
		list = append(list, passageTerm(p.WorkspaceID, false, s))
	}
	statement := `insert into passage_search (rowid, terms) values ($1, $2)`
	if t.db.Postgres() {
		statement = `insert into passage_search (passage_id, terms) values ($1, array_to_tsvector(string_to_array($2, ' ')))`
	}
	if err := t.db.Exec(ctx, statement, p.ID, strings.Join(list, " ")); err != nil {
		return fmt.Errorf("index passage: %w", err)
	}
	return nil
}

// forgetPassages removes the passages of an item or source that is deleted, and its mark.
func (t *Tx) forgetPassages(ctx context.Context, workspaceID int64, kind domain.PassageKind, ownerID int64) error {
	err := t.db.Exec(ctx, `delete from passage_backlog where workspace_id = $1 and kind = $2 and owner_id = $3`,
		workspaceID, string(kind), ownerID)
	if err != nil {
		return fmt.Errorf("delete mark of passages: %w", err)
	}
	ids, err := t.deletePassages(ctx, workspaceID, kind, ownerID)
	if err != nil {
		return err
	}
	return t.forgetTerms(ctx, ids)
}

// deletePassages deletes the passages of an item or source, and returns their ids, whose terms are there still.
func (t *Tx) deletePassages(
	ctx context.Context, workspaceID int64, kind domain.PassageKind, ownerID int64,
) ([]int64, error) {
	ids, err := db.Many(ctx, t.db, func(row db.Row) (id int64, err error) {
		err = row.Scan(&id)
		return id, err
	}, `delete from passage where workspace_id = $1 and kind = $2 and owner_id = $3 returning id`,
		workspaceID, string(kind), ownerID)
	if err != nil {
		return nil, fmt.Errorf("delete passages: %w", err)
	}
	return ids, nil
}

// forgetTerms removes the terms of passages that are gone.
func (t *Tx) forgetTerms(ctx context.Context, passages []int64) error {
	column := "rowid"
	if t.db.Postgres() {
		column = "passage_id"
	}
	for _, id := range passages {
		if err := t.db.Exec(ctx, `delete from passage_search where `+column+` = $1`, id); err != nil {
			return fmt.Errorf("delete the terms of a passage: %w", err)
		}
	}
	return nil
}

// PassageTerm is a term that a passage must have.
type PassageTerm struct {
	Text   string // in the form of the index
	Begins bool   // a term that begins with it is enough
	Titled bool   // in the title or the heading
}

// MatchingPassages returns the passages of the workspace that have all the terms of one of the groups, newest first,
// up to limit, perhaps of sources alone. One whose item or source has a newer text is left out until it is cut again.
func (q Q) MatchingPassages(
	ctx context.Context, workspaceID int64, groups [][]PassageTerm, limit int, onlySources bool,
) ([]Passage, error) {
	// What is current: the owner is there, at the version that the passage was cut from.
	current := ` and (passage.kind = 'item' and exists (select 1 from content c
			where c.workspace_id = passage.workspace_id and c.id = passage.owner_id and c.version = passage.version)
		or passage.kind = 'source' and exists (select 1 from source o
			where o.workspace_id = passage.workspace_id and o.id = passage.owner_id and o.revision = passage.version))`
	read := 2 * limit
	if onlySources { // the index does not say what a passage is of
		current += ` and passage.kind = 'source'`
		read = 20 * limit
	}
	// The index is asked first, whatever a planner thinks of an order by id; and + keeps it from the list of a
	// workspace's passages.
	hits := `select rowid as id from passage_search where passage_search match $1 order by rowid desc limit 0 + $3`
	if q.db.Postgres() {
		hits = `select passage_id as id from passage_search where terms @@ $1::text::tsquery`
	}
	list, err := db.Many(ctx, q.db, passageTable.Scan(passageRead),
		`with hit as materialized (`+hits+`), newest as materialized (select id from hit order by id desc limit 0 + $3)
		select `+passageColumns+` from newest join passage on passage.id = newest.id
		where +passage.workspace_id = $2`+current+` order by passage.id desc limit 0 + $4`,
		q.passageQuery(workspaceID, groups), workspaceID, read, limit)
	if err != nil {
		return nil, fmt.Errorf("search passages: %w", err)
	}
	return list, nil
}

// passageQuery writes the groups as a query of the index: the one place where terms become syntax, so each is quoted.
func (q Q) passageQuery(workspaceID int64, groups [][]PassageTerm) string {
	quote, begins, and, or := `"`, `*`, " AND ", " OR "
	if q.db.Postgres() {
		quote, begins, and, or = `'`, `:*`, " & ", " | "
	}
	ors := make([]string, len(groups))
	for i, group := range groups {
		ands := make([]string, len(group))
		for j, term := range group {
			text := strings.NewReplacer(quote, quote+quote, `\`, `\\`).Replace(passageTerm(workspaceID, term.Titled, term.Text))
			ands[j] = quote + text + quote
			if term.Begins {
				ands[j] += begins
			}
		}
		ors[i] = "(" + strings.Join(ands, and) + ")"
	}
	return strings.Join(ors, or)
}

// PassageOwner returns the text of a marked item or source: its title, body and version. ok is false where it was
// deleted.
func (q Q) PassageOwner(ctx context.Context, m PassageMark) (title, body string, version int, ok bool, err error) {
	statement := `select title, body, version from content where workspace_id = $1 and id = $2`
	if m.Kind == domain.PassageOfSource {
		statement = `select title, body, revision from source where workspace_id = $1 and id = $2`
	}
	err = q.db.One(ctx, []any{&title, &body, &version}, statement, m.WorkspaceID, m.OwnerID)
	if errors.Is(err, db.ErrNoRow) {
		return "", "", 0, false, nil
	}
	return title, body, version, err == nil, err
}
