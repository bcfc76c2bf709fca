package store

import (
	"context"
	"fmt"
	"slices"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// The sets of a source's columns.
const (
	sourceHead   db.Set = 1 << iota // what lists show
	sourceBody                      // the text
	sourceCreate                    // stored when it is created
	sourceSave                      // stored by a change
	sourceWhole  = sourceHead | sourceBody
)

var sourceTable = db.NewTable("source", func(s *domain.Source) []db.Column {
	const made, saved = sourceHead | sourceCreate, sourceHead | sourceCreate | sourceSave
	return []db.Column{
		{Name: "id", Field: &s.ID, In: sourceHead},
		{Name: "workspace_id", Field: &s.WorkspaceID, In: made},
		{Name: "kind", Field: db.Text(&s.Kind), In: made},
		{Name: "title", Field: &s.Title, In: saved},
		{Name: "origin", Field: &s.Origin, In: made},
		{Name: "language", Field: &s.Language, In: saved},
		{Name: "words", Field: &s.Words, In: saved},
		{Name: "feed_id", Field: &s.FeedID, In: made},
		{Name: "entry", Field: &s.Entry, In: made},
		{Name: "search", Field: &s.Search, In: sourceCreate | sourceSave},
		{Name: "error", Field: &s.Error, In: saved},
		{Name: "revision", Field: &s.Revision, In: saved},
		{Name: "created_at", Field: db.Time(&s.CreatedAt), In: made},
		{Name: "updated_at", Field: db.Time(&s.UpdatedAt), In: saved},
		{Name: "refreshed_at", Field: db.Time(&s.RefreshedAt), In: saved},
		{Name: "body", Field: &s.Body, In: sourceBody | sourceCreate | sourceSave},
	}
})

var (
	sourceHeadColumns  = sourceTable.Columns(sourceHead)
	sourceWholeColumns = sourceTable.Columns(sourceWhole)
	createSource       = sourceTable.Write(sourceCreate, `insert into source ({columns}) values ({values}) returning id`)
	saveSource         = sourceTable.Write(sourceSave, `update source set {set}
		where workspace_id = {workspace_id} and id = {id}`)
)

// SourceFilter narrows a list of sources. A zero field does not.
type SourceFilter struct {
	Kind   domain.LibraryKind
	FeedID int64
	Words  []string // that the title or the origin has, in the form for comparison
}

// Sources returns a page of the workspace's sources, newest first, without their texts.
func (q Q) Sources(
	ctx context.Context, workspaceID int64, f SourceFilter, p domain.Page,
) (l domain.List[domain.Source], err error) {
	w := &where{}
	w.add("workspace_id = ?", workspaceID)
	if f.Kind != "" {
		w.add("kind = ?", string(f.Kind))
	}
	if f.FeedID != 0 {
		w.add("feed_id = ?", f.FeedID)
	}
	for _, word := range f.Words {
		w.add(`search like ? escape '\'`, "%"+likeLiteral.Replace(word)+"%")
	}
	if err = q.db.One(ctx, []any{&l.Total}, `select count(*) from source where `+w.String(), w.args...); err != nil {
		return l, fmt.Errorf("count sources: %w", err)
	}
	l.Items, err = db.Many(ctx, q.db, sourceTable.Scan(sourceHead), `select `+sourceHeadColumns+` from source
		where `+w.String()+` order by id desc`+w.bind(" limit 0 + ?", p.Size)+w.bind(" offset ?", p.Offset()), w.args...)
	if err != nil {
		return l, fmt.Errorf("list sources: %w", err)
	}
	return l, nil
}

// Source returns a source of the workspace, with its text.
func (q Q) Source(ctx context.Context, workspaceID, id int64) (domain.Source, error) {
	s, ok, err := db.First(ctx, q.db, sourceTable.Scan(sourceWhole), `select `+sourceWholeColumns+` from source
		where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return s, fmt.Errorf("read source: %w", err)
	}
	if !ok {
		return s, domain.NotFound("Source")
	}
	return s, nil
}

// MissingSources returns which of the ids are of no source of the workspace.
func (q Q) MissingSources(ctx context.Context, workspaceID int64, ids []int64) ([]int64, error) {
	found, err := db.Many(ctx, q.db, db.ID, `select id from source
		where workspace_id = $1 and id in (`+placeholders(2, len(ids))+`)`, append([]any{workspaceID}, anyIDs(ids)...)...)
	if err != nil {
		return nil, fmt.Errorf("look for sources: %w", err)
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return slices.Contains(found, id) }), nil
}

// FeedEntries returns the entries of a feed, with their texts.
func (q Q) FeedEntries(ctx context.Context, workspaceID, feedID int64) ([]domain.Source, error) {
	list, err := db.Many(ctx, q.db, sourceTable.Scan(sourceWhole), `select `+sourceWholeColumns+` from source
		where workspace_id = $1 and feed_id = $2 order by id`, workspaceID, feedID)
	if err != nil {
		return nil, fmt.Errorf("read the entries of a feed: %w", err)
	}
	return list, nil
}

// CountSources returns how many sources the workspace has.
func (q Q) CountSources(ctx context.Context, workspaceID int64) (n int, err error) {
	err = q.db.One(ctx, []any{&n}, `select count(*) from source where workspace_id = $1`, workspaceID)
	return n, err
}

// SourceFrom returns the id of the workspace's source that was read from an address and belongs to no feed; 0: there
// is none.
func (q Q) SourceFrom(ctx context.Context, workspaceID int64, address string) (id int64, err error) {
	err = q.db.One(ctx, []any{&id}, `select coalesce(min(id), 0) from source
		where workspace_id = $1 and origin = $2 and kind in ('url', 'feed') and feed_id = 0`, workspaceID, address)
	return id, err
}

// CreateSource adds a source and has its passages cut.
func (t *Tx) CreateSource(ctx context.Context, s domain.Source) (domain.Source, error) {
	s.CreatedAt, s.UpdatedAt, s.Revision = t.now, t.now, 1
	if err := createSource.One(ctx, t.db, &s, &s.ID); err != nil {
		return s, fmt.Errorf("create source: %w", err)
	}
	return s, t.MarkPassages(ctx, s.WorkspaceID, domain.PassageOfSource, s.ID)
}

// LockSource locks a source of the workspace to the end of the transaction and returns it.
func (t *Tx) LockSource(ctx context.Context, workspaceID, id int64) (domain.Source, error) {
	err := t.db.Exec(ctx, `update source set revision = revision where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return domain.Source{}, fmt.Errorf("lock source: %w", err)
	}
	return t.Source(ctx, workspaceID, id)
}

// SaveSource stores a locked source as its next revision, and has its passages cut again.
func (t *Tx) SaveSource(ctx context.Context, s domain.Source) (domain.Source, error) {
	s.Revision++
	s.UpdatedAt = t.now
	if _, err := saveSource.Exec(ctx, t.db, &s); err != nil {
		return s, fmt.Errorf("save source: %w", err)
	}
	return s, t.MarkPassages(ctx, s.WorkspaceID, domain.PassageOfSource, s.ID)
}

// DeleteSource removes a source with its passages.
func (t *Tx) DeleteSource(ctx context.Context, s domain.Source) error {
	if err := t.forgetPassages(ctx, s.WorkspaceID, domain.PassageOfSource, s.ID); err != nil {
		return err
	}
	err := t.db.Exec(ctx, `delete from source where workspace_id = $1 and id = $2`, s.WorkspaceID, s.ID)
	if err != nil {
		return fmt.Errorf("delete source: %w", err)
	}
	return nil
}
