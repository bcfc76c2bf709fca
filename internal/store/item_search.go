package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

// Search narrows a list to the items that have a term that begins with each of Terms,
// or whose whole title is Title. An item whose title is Title comes first, then those
// whose titles have all the terms, whole ones before beginnings, then the rest. Without a
// title and terms it finds nothing.
type Search struct {
	Title string // in the form of [domain.Terms.Title]
	Terms []string
}

// The index has each term with a letter in front that says where it is from. So one
// list of terms, without positions, answers all that is asked, alike on both databases.
const (
	termWhole  = "w" // a digest of the whole title
	termTitled = "t"
	termAny    = "a"
)

func wholeTerm(title string) string {
	sum := sha256.Sum256([]byte(title))
	return termWhole + hex.EncodeToString(sum[:12])
}

// IndexContent stores the terms of an item in place of those that it had.
func (t *Tx) IndexContent(ctx context.Context, id int64, terms domain.Terms) error {
	list := []string{wholeTerm(terms.Title)}
	for _, s := range terms.Titled {
		list = append(list, termTitled+s)
	}
	for _, s := range terms.All {
		list = append(list, termAny+s)
	}
	statement := `insert or replace into content_search (rowid, terms) values ($1, $2)`
	if t.db.Postgres() {
		statement = `insert into content_search (content_id, terms) values ($1, array_to_tsvector(string_to_array($2, ' ')))
			on conflict (content_id) do update set terms = excluded.terms`
	}
	if err := t.db.Exec(ctx, statement, id, strings.Join(list, " ")); err != nil {
		return fmt.Errorf("index content item: %w", err)
	}
	return nil
}

// forget removes an item from the index.
func (t *Tx) forget(ctx context.Context, id int64) error {
	statement := `delete from content_search where rowid = $1`
	if t.db.Postgres() {
		statement = `delete from content_search where content_id = $1`
	}
	if err := t.db.Exec(ctx, statement, id); err != nil {
		return fmt.Errorf("remove content item from the index: %w", err)
	}
	return nil
}

// SearchBacklog returns up to limit items of all workspaces that are not in the index
// yet: their ids, titles and texts.
func (q Q) SearchBacklog(ctx context.Context, limit int) ([]domain.ContentItem, error) {
	list, err := db.Many(ctx, q.db, func(row db.Row) (c domain.ContentItem, err error) {
		err = row.Scan(&c.ID, &c.Title, &c.Body)
		return c, err
	}, `select c.id, c.title, c.body from search_backlog b join content c on c.id = b.content_id
		order by b.content_id limit 0 + $1`, limit)
	if err != nil {
		return nil, fmt.Errorf("read the search backlog: %w", err)
	}
	return list, nil
}

// LeaveSearchBacklog takes an item from the backlog. It reports whether it was there:
// one that was edited since has left already, with newer terms.
func (t *Tx) LeaveSearchBacklog(ctx context.Context, id int64) (bool, error) {
	n, err := t.db.ExecCount(ctx, `delete from search_backlog where content_id = $1`, id)
	if err != nil {
		return false, fmt.Errorf("leave the search backlog: %w", err)
	}
	return n > 0, nil
}

// found returns the condition of items that match, with ? for the value of match.
func (q Q) found() string {
	if q.db.Postgres() {
		return `id in (select content_id from content_search where terms @@ ?::text::tsquery)`
	}
	return `id in (select rowid from content_search where content_search match ?)`
}

// matching is how a term of a search matches one of the index.
type matching bool

const (
	matchWhole  matching = false
	matchBegins matching = true
)

// match writes a query of the index: the whole title, or every term, each with the
// letter that says where it is from.
func (q Q) match(s Search, from string, how matching) string {
	quote, begins, and, or := `"`, `*`, " AND ", " OR "
	if q.db.Postgres() {
		quote, begins, and, or = `'`, `:*`, " & ", " | "
	}
	if how == matchWhole {
		begins = ""
	}
	whole := quote + wholeTerm(s.Title) + quote
	if len(s.Terms) == 0 {
		return whole
	}
	terms := make([]string, len(s.Terms))
	for i, term := range s.Terms {
		terms[i] = quote + from + term + quote + begins
	}
	return whole + or + "(" + strings.Join(terms, and) + ")"
}

// rank adds the arguments of the order of found items to w and returns its expression:
// 0 for the best.
func (q Q) rank(w *where, s *Search) string {
	if s == nil {
		return "0"
	}
	level := func(s Search, how matching) string { return w.bind(q.found(), q.match(s, termTitled, how)) }
	return "case when " + level(Search{Title: s.Title}, matchWhole) + " then 0 when " + level(*s, matchWhole) +
		" then 1 when " + level(*s, matchBegins) + " then 2 else 3 end"
}
