package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// contentCard is what the board shows; the large texts are left where they are.
const contentCard = `id, workspace_id, execution_id, agent_id, voice_id, title, content_type, stage, preview, word_count,
	language, channel, meta_title, meta_description, keywords, slug, scores, engine, version, approved_version, published_version,
	revision, planned_at, scheduled_at, published_at, assignee, created_at, updated_at, findings, needs_input`

const contentWhole = contentCard + `, body`

func cardOf(c *domain.ContentItem) []any {
	return []any{&c.ID, &c.WorkspaceID, &c.ExecutionID, &c.AgentID, &c.BrandVoiceID, &c.Title, &c.Type, &c.Status, &c.Preview, &c.WordCount,
		&c.Language, &c.Channel, &c.MetaTitle, &c.MetaDescription, db.JSON(&c.Keywords), &c.Slug, db.JSON(&c.Scores), db.JSON(&c.Origin),
		&c.Version, &c.ApprovedVersion, &c.PublishedVersion, &c.Revision, db.Time(&c.PlannedAt), db.Time(&c.ScheduledAt), db.Time(&c.PublishedAt),
		&c.Assignee, db.Time(&c.CreatedAt), db.Time(&c.UpdatedAt), db.JSON(&c.Findings), db.JSON(&c.NeedsInput)}
}

func scanCard(row db.Row) (c domain.ContentItem, err error) {
	err = row.Scan(cardOf(&c)...)
	return c, err
}

func scanContent(row db.Row) (c domain.ContentItem, err error) {
	err = row.Scan(append(cardOf(&c), &c.Body)...)
	return c, err
}

// Content returns an item of the workspace, with its body.
func (q Q) Content(ctx context.Context, workspaceID, id int64) (domain.ContentItem, error) {
	c, ok, err := db.First(ctx, q.db, scanContent, `select `+contentWhole+` from content where workspace_id = $1 and id = $2`, workspaceID, id)
	if err != nil {
		return c, fmt.Errorf("read content: %w", err)
	}
	if !ok {
		return c, domain.NotFound("Content item")
	}
	return c, nil
}

// ContentProvenance returns where each part of an item's text came from.
func (q Q) ContentProvenance(ctx context.Context, workspaceID, id int64) (json.RawMessage, error) {
	var text string
	err := q.db.One(ctx, []any{&text}, `select provenance from content where workspace_id = $1 and id = $2`, workspaceID, id)
	if errors.Is(err, db.ErrNoRow) {
		return nil, domain.NotFound("Content item")
	}
	return json.RawMessage(text), err
}

// ContentFilter narrows the board. A zero field does not.
type ContentFilter struct {
	Type domain.ContentType
	Span domain.DateRange
}

// ContentColumn returns the topmost cards of one column and how many the column has.
func (q Q) ContentColumn(ctx context.Context, workspaceID int64, stage domain.ItemStatus, f ContentFilter, limit int) (l domain.List[domain.ContentItem], err error) {
	w := where{args: []any{workspaceID, string(stage)}, terms: []string{"workspace_id = $1", "stage = $2"}}
	if f.Type != "" {
		w.add("content_type = ?", string(f.Type))
	}
	w.span("created_at", f.Span)
	n := len(w.args)
	l.Items, err = db.Many(ctx, q.db, scanCard, `select `+contentCard+` from content where `+w.String()+fmt.Sprintf(` order by place desc, id desc limit 0 + $%d`, n+1), append(w.args, limit)...)
	if err != nil {
		return l, fmt.Errorf("read column: %w", err)
	}
	if f != (ContentFilter{}) {
		if len(l.Items) < limit {
			l.Total = len(l.Items)
			return l, nil
		}
		err = q.db.One(ctx, []any{&l.Total}, `select count(*) from content where `+w.String(), w.args...)
	}
	return l, err
}

// ContentOf returns the cards that a run of the workspace made, oldest first.
func (q Q) ContentOf(ctx context.Context, workspaceID, executionID int64) ([]domain.ContentItem, error) {
	list, err := db.Many(ctx, q.db, scanCard, `select `+contentCard+` from content where workspace_id = $1 and execution_id = $2 order by id`, workspaceID, executionID)
	if err != nil {
		return nil, fmt.Errorf("read assets: %w", err)
	}
	return list, nil
}

// SearchContent returns the cards of the workspace whose title holds every word,
// in any case: first an item whose whole title is the words, then the newest.
// Without words it returns the newest cards.
func (q Q) SearchContent(ctx context.Context, workspaceID int64, words []string, limit int) (
	[]domain.ContentItem, error) {
	w := where{args: []any{workspaceID}, terms: []string{"workspace_id = $1"}}
	like := "like" // on SQLite it ignores case
	if q.db.Postgres() {
		like = "ilike"
	}
	words = words[:min(len(words), maxSearchWords)]
	for _, patterns := range likePatterns(words) {
		var terms []string
		for _, p := range patterns {
			w.args = append(w.args, p)
			terms = append(terms, fmt.Sprintf(`title %s $%d escape '\'`, like, len(w.args)))
		}
		w.terms = append(w.terms, "("+strings.Join(terms, " or ")+")")
	}
	n := len(w.args)
	list, err := db.Many(ctx, q.db, scanCard, `select `+contentCard+` from content where `+w.String()+
		fmt.Sprintf(` order by case when lower(title) = $%d then 0 else 1 end, id desc limit 0 + $%d`, n+1, n+2),
		append(w.args, strings.ToLower(strings.Join(words, " ")), limit)...)
	if err != nil {
		return nil, fmt.Errorf("search content: %w", err)
	}
	return list, nil
}

// maxSearchWords bounds the words of a search, and so the statements that are kept
// prepared for it.
const maxSearchWords = 8

// likeEscaper takes the meaning from the wildcards of a like pattern.
var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// likePatterns returns the patterns of each word, one of which a title must match.
// SQLite, and PostgreSQL in some locales, ignore the case of ASCII letters only; so
// where a word has others, that is four: as typed, in lower case, capitalised and
// in upper case.
func likePatterns(words []string) [][]string {
	spellings := []func(string) string{func(s string) string { return s }}
	beyond := func(r rune) bool { return r > unicode.MaxASCII }
	if slices.ContainsFunc(words, func(s string) bool { return strings.ContainsFunc(s, beyond) }) {
		spellings = append(spellings, strings.ToLower, capitalised, strings.ToUpper)
	}
	list := make([][]string, len(words))
	for i, word := range words {
		for _, spell := range spellings {
			list[i] = append(list[i], "%"+likeEscaper.Replace(spell(word))+"%")
		}
	}
	return list
}

func capitalised(word string) string {
	first, size := utf8.DecodeRuneInString(word)
	return string(unicode.ToUpper(first)) + strings.ToLower(word[size:])
}

// MissingContent returns which of the ids are not items of the workspace.
func (q Q) MissingContent(ctx context.Context, workspaceID int64, ids []int64) ([]int64, error) {
	args := []any{workspaceID}
	for _, id := range ids {
		args = append(args, id)
	}
	found, err := db.Many(ctx, q.db, db.ID, `select id from content where workspace_id = $1 and id in (`+placeholders(2, len(ids))+`)`, args...)
	if err != nil {
		return nil, fmt.Errorf("look for content: %w", err)
	}
	have := map[int64]bool{}
	for _, id := range found {
		have[id] = true
	}
	missing := []int64{}
	for _, id := range ids {
		if !have[id] {
			missing = append(missing, id)
		}
	}
	return missing, nil
}

// FreeContentSlug returns slug, or slug with a number behind it that no other item of
// the workspace has: the first such number, unless items between have been
// deleted. It looks at a few slugs only, however many items share the title.
func (q Q) FreeContentSlug(ctx context.Context, workspaceID, exceptID int64, slug string) (string, error) {
	if q.db.Postgres() && q.db.InTx() {
		// Two transactions that look for the same slug must not find the same one free.
		if err := q.db.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended($1, $2))`, slug, workspaceID); err != nil {
			return "", fmt.Errorf("look for a free slug: %w", err)
		}
	}
	numbered := func(n int) string { return fmt.Sprintf("%s-%d", slug, n) }
	if taken, err := q.slugTaken(ctx, workspaceID, exceptID, slug); err != nil || !taken {
		return slug, err
	}
	// 1 stands for the bare slug. Between a number that is taken and one that is
	// free lies the end of a stretch of taken ones.
	last, free := 1, 2
	for ; ; free *= 2 {
		taken, err := q.slugTaken(ctx, workspaceID, exceptID, numbered(free))
		if err != nil {
			return "", err
		}
		if !taken {
			break
		}
		last = free
	}
	for free-last > 1 {
		middle := last + (free-last)/2
		taken, err := q.slugTaken(ctx, workspaceID, exceptID, numbered(middle))
		if err != nil {
			return "", err
		}
		if taken {
			last = middle
		} else {
			free = middle
		}
	}
	return numbered(free), nil
}

func (q Q) slugTaken(ctx context.Context, workspaceID, exceptID int64, slug string) (bool, error) {
	// A published item keeps its address until it is published again, whatever its
	// slug has become.
	others, err := db.Many(ctx, q.db, db.ID, `select id from content where workspace_id = $1 and slug = $2 and id <> $3
		union all select content_id from publication where workspace_id = $1 and slug = $2 and content_id <> $3`, workspaceID, slug, exceptID)
	if err != nil {
		return false, fmt.Errorf("look for a free slug: %w", err)
	}
	return len(others) > 0, nil
}

// LockContent locks an item of the workspace to the end of the transaction and
// returns it, with its body.
func (t *Tx) LockContent(ctx context.Context, workspaceID, id int64) (domain.ContentItem, error) {
	if t.db.Postgres() {
		if err := t.db.Exec(ctx, `select 1 from content where workspace_id = $1 and id = $2 for update`, workspaceID, id); err != nil {
			return domain.ContentItem{}, fmt.Errorf("lock content: %w", err)
		}
	}
	return t.Content(ctx, workspaceID, id)
}

// CreateContent puts a new item on top of its column.
func (t *Tx) CreateContent(ctx context.Context, c domain.ContentItem, provenance json.RawMessage) (domain.ContentItem, error) {
	k, err := keptContent(c)
	if err != nil {
		return c, err
	}
	c.CreatedAt, c.UpdatedAt, c.Revision, c.Version = t.now, t.now, 1, 1
	err = t.db.One(ctx, []any{&c.ID}, `insert into content (workspace_id, execution_id, agent_id, voice_id, title, content_type, stage, place, preview, word_count,
		language, channel, meta_title, meta_description, keywords, slug, scores, engine, blocking, planned_at, scheduled_at, assignee, created_at, updated_at,
		findings, needs_input, body, provenance)
		values ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$23,$24,$25,$26,$27) returning id`,
		c.WorkspaceID, c.ExecutionID, c.AgentID, c.BrandVoiceID, c.Title, string(c.Type), string(c.Status), t.top(), c.Preview, c.WordCount,
		c.Language, c.Channel, c.MetaTitle, c.MetaDescription, k.keywords, c.Slug, k.scores, k.engine, domain.Blocking(c.Findings),
		db.Millis(c.PlannedAt), db.Millis(c.ScheduledAt), c.Assignee, db.Millis(c.CreatedAt), k.findings, k.needs, c.Body, string(provenance))
	if err != nil {
		return c, fmt.Errorf("create content: %w", err)
	}
	return c, t.AddToCount(ctx, c.WorkspaceID, CounterContent, string(c.Status), 1)
}

// top is the place above every card there is: places grow with the clock, in
// microseconds, which leaves room between two cards.
func (t *Tx) top() int64 { return t.store.db.Clock().UnixMicro() }

type kept struct{ keywords, scores, engine, findings, needs string }

func keptContent(c domain.ContentItem) (k kept, err error) {
	scores := c.Scores
	if scores == nil {
		scores = map[string]float64{}
	}
	for _, part := range []struct {
		to   *string
		from any
	}{
		{&k.keywords, append([]string{}, c.Keywords...)}, {&k.scores, scores}, {&k.engine, c.Origin},
		{&k.findings, append([]domain.Finding{}, c.Findings...)}, {&k.needs, append([]domain.Need{}, c.NeedsInput...)},
	} {
		if *part.to, err = toJSON(part.from); err != nil {
			return k, err
		}
	}
	return k, nil
}

// SaveContent stores what an edit may change and raises the item's revision.
func (t *Tx) SaveContent(ctx context.Context, c domain.ContentItem) (domain.ContentItem, error) {
	k, err := keptContent(c)
	if err != nil {
		return c, err
	}
	c.UpdatedAt = t.now
	err = t.db.One(ctx, []any{&c.Revision}, `update content set title = $3, preview = $4, word_count = $5, language = $6, channel = $7, meta_title = $8,
		meta_description = $9, keywords = $10, slug = $11, scores = $12, blocking = $13, version = $14, planned_at = $15, scheduled_at = $16,
		assignee = $17, updated_at = $18, findings = $19, body = $20, revision = revision + 1 where workspace_id = $1 and id = $2 returning revision`,
		c.WorkspaceID, c.ID, c.Title, c.Preview, c.WordCount, c.Language, c.Channel, c.MetaTitle, c.MetaDescription, k.keywords, c.Slug, k.scores,
		domain.Blocking(c.Findings), c.Version, db.Millis(c.PlannedAt), db.Millis(c.ScheduledAt), c.Assignee, db.Millis(c.UpdatedAt), k.findings, c.Body)
	if err != nil {
		return c, fmt.Errorf("save content: %w", err)
	}
	return c, nil
}

// SaveContentStatus stores an item's column and approvals, moves the counts, and raises
// its revision. Before is the card to stand in front of, 0 for the top and -1 for
// the bottom.
func (t *Tx) SaveContentStatus(ctx context.Context, c domain.ContentItem, from domain.ItemStatus, before int64) (domain.ContentItem, error) {
	place, err := t.placeBefore(ctx, c, before)
	if err != nil {
		return c, err
	}
	c.UpdatedAt = t.now
	err = t.db.One(ctx, []any{&c.Revision}, `update content set stage = $3, place = $4, approved_version = $5, published_version = $6, published_at = $7,
		updated_at = $8, revision = revision + 1 where workspace_id = $1 and id = $2 returning revision`,
		c.WorkspaceID, c.ID, string(c.Status), place, c.ApprovedVersion, c.PublishedVersion, db.Millis(c.PublishedAt), db.Millis(t.now))
	if err != nil {
		return c, fmt.Errorf("save stage: %w", err)
	}
	if c.Status == from {
		return c, nil
	}
	if err := t.AddToCount(ctx, c.WorkspaceID, CounterContent, string(from), -1); err != nil {
		return c, err
	}
	return c, t.AddToCount(ctx, c.WorkspaceID, CounterContent, string(c.Status), 1)
}

// placeBefore returns a place between the card and the one above it. A card that
// is not in the column any more means the top.
func (t *Tx) placeBefore(ctx context.Context, c domain.ContentItem, before int64) (int64, error) {
	if before == 0 || before == c.ID {
		return t.top(), nil
	}
	if before < 0 {
		return t.bottom(ctx, c)
	}
	var below int64
	err := t.db.One(ctx, []any{&below}, `select place from content where workspace_id = $1 and id = $2 and stage = $3`, c.WorkspaceID, before, string(c.Status))
	if errors.Is(err, db.ErrNoRow) {
		return t.top(), nil
	}
	if err != nil {
		return 0, fmt.Errorf("read place: %w", err)
	}
	var above int64
	err = t.db.One(ctx, []any{&above}, `select coalesce(min(place), 0) from content where workspace_id = $1 and stage = $2 and place > $3 and id <> $4`,
		c.WorkspaceID, string(c.Status), below, c.ID)
	if err != nil {
		return 0, fmt.Errorf("read place: %w", err)
	}
	if above == 0 {
		return t.top(), nil
	}
	if above-below < 2 { // no room is left: the cards above move up by a millisecond
		err = t.db.Exec(ctx, `update content set place = place + 1024 where workspace_id = $1 and stage = $2 and place > $3`, c.WorkspaceID, string(c.Status), below)
		if err != nil {
			return 0, fmt.Errorf("make room: %w", err)
		}
		above += 1024
	}
	return below + (above-below)/2, nil
}

// bottom returns a place below every other card of the column.
func (t *Tx) bottom(ctx context.Context, c domain.ContentItem) (int64, error) {
	var last int64
	err := t.db.One(ctx, []any{&last}, `select coalesce(min(place), 0) from content where workspace_id = $1 and stage = $2 and id <> $3`,
		c.WorkspaceID, string(c.Status), c.ID)
	if err != nil {
		return 0, fmt.Errorf("read place: %w", err)
	}
	if last == 0 {
		return t.top(), nil
	}
	return last - 1_000, nil
}

// DeleteContent removes an item and all that belongs to it.
func (t *Tx) DeleteContent(ctx context.Context, c domain.ContentItem) error {
	for _, table := range []string{"content_version", "move", "publication"} {
		if err := t.db.Exec(ctx, `delete from `+table+` where content_id = $1`, c.ID); err != nil {
			return fmt.Errorf("delete %s: %w", table, err)
		}
	}
	if err := t.db.Exec(ctx, `delete from content where workspace_id = $1 and id = $2`, c.WorkspaceID, c.ID); err != nil {
		return fmt.Errorf("delete content: %w", err)
	}
	return t.AddToCount(ctx, c.WorkspaceID, CounterContent, string(c.Status), -1)
}

func scanVersion(row db.Row) (v domain.ContentVersion, err error) {
	err = row.Scan(&v.ContentID, &v.N, &v.AuthorKind, &v.Author, &v.Reason, &v.Title, db.Time(&v.CreatedAt), &v.Body)
	return v, err
}

const versionColumns = `content_id, n, author_kind, author, reason, title, created_at, body`

// AddContentVersion stores an immutable state of an item's text.
func (t *Tx) AddContentVersion(ctx context.Context, v domain.ContentVersion) error {
	err := t.db.Exec(ctx, `insert into content_version (`+versionColumns+`) values ($1,$2,$3,$4,$5,$6,$7,$8)`,
		v.ContentID, v.N, string(v.AuthorKind), v.Author, v.Reason, v.Title, db.Millis(t.now), v.Body)
	if err != nil {
		return fmt.Errorf("add version: %w", err)
	}
	return nil
}

// ContentVersions returns a page of an item's versions, newest first. The caller has
// made sure that the item is the workspace's.
func (q Q) ContentVersions(ctx context.Context, contentID int64, p domain.Page) (l domain.List[domain.ContentVersion], err error) {
	l.Items, err = db.Many(ctx, q.db, scanVersion, `select `+versionColumns+` from content_version where content_id = $1 order by n desc limit 0 + $2 offset $3`, contentID, p.Size, p.Offset())
	if err != nil {
		return l, fmt.Errorf("read versions: %w", err)
	}
	err = q.db.One(ctx, []any{&l.Total}, `select count(*) from content_version where content_id = $1`, contentID)
	return l, err
}

// ContentVersion returns one version of an item.
func (q Q) ContentVersion(ctx context.Context, contentID int64, n int) (domain.ContentVersion, error) {
	v, ok, err := db.First(ctx, q.db, scanVersion, `select `+versionColumns+` from content_version where content_id = $1 and n = $2`, contentID, n)
	if err != nil {
		return v, fmt.Errorf("read version: %w", err)
	}
	if !ok {
		return v, domain.NotFound("Version")
	}
	return v, nil
}

// AddContentMove stores a line of an item's history on the board.
func (t *Tx) AddContentMove(ctx context.Context, m domain.ItemMove) error {
	err := t.db.Exec(ctx, `insert into move (content_id, from_stage, to_stage, version, actor_kind, actor, at) values ($1,$2,$3,$4,$5,$6,$7)`,
		m.ContentID, string(m.From), string(m.To), m.Version, string(m.ByKind), m.By, db.Millis(t.now))
	if err != nil {
		return fmt.Errorf("add move: %w", err)
	}
	return nil
}

// ContentMoves returns an item's history on the board, oldest first.
func (q Q) ContentMoves(ctx context.Context, contentID int64) ([]domain.ItemMove, error) {
	return db.Many(ctx, q.db, func(row db.Row) (m domain.ItemMove, err error) {
		err = row.Scan(&m.ContentID, &m.From, &m.To, &m.Version, &m.ByKind, &m.By, db.Time(&m.At))
		return m, err
	}, `select content_id, from_stage, to_stage, version, actor_kind, actor, at from move where content_id = $1 order by id`, contentID)
}
