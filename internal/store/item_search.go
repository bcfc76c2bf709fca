package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"vellocity/internal/domain"
	"vellocity/internal/store/db"
)

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
	list, err := db.Many(ctx, q.db, scanContent(contentCard),
		`select `+contentCardColumns+` from content where `+w.String()+
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
