package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Search narrows a list to the items that have a term that begins with each of Terms,
// or whose whole title is Title. An item whose title is Title comes first, then those
// whose titles have all the terms, whole ones before beginnings, then the rest. Without a
// title and terms it finds nothing.
type Search struct {
	Title string // in the form of [ItemTerms.Title]
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

// ItemTerms are what a search finds an item by. Each is a word in the form for comparison,
// without spaces and ASCII punctuation; the caller cuts texts into them.
type ItemTerms struct {
	Title  string   // the whole title, in the form in which equal titles are equal
	Titled []string // of the title
	All    []string // of the title and the text
}

// IndexContent stores the terms of an item in place of those that it had.
func (t *Tx) IndexContent(ctx context.Context, id int64, terms ItemTerms) error {
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
