// Package search finds passages: parts of about 200 words of what a workspace has written (content items) and of
// what it knows (sources). Texts are cut and folded here, so that both databases find the same: a database only
// answers which passages have which terms, and what fits best is decided here.
//
// The passages of a text that has changed are cut by [Search.Index], after the transaction of the change.
package search

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"vellocity/internal/domain"
	"vellocity/internal/store"
)

// Passage is a part of a content item or a source that a query has found.
type Passage struct {
	Kind    string // item or source
	ID      string // of the item or the source
	Title   string // of the item or the source
	Heading string // the nearest one above the text; empty: none
	Text    string // Markdown
	// Start and End are where Text stands in the body of the item or the source, in bytes.
	Start, End int
	// Point is Start in Unicode code points.
	Point int
	// Version is the item's version, or the source's revision, whose body that is.
	Version int
	// Score says how well it fits, compared with others of the same query: more is better.
	Score float64
	// Marks are the words in Text that the query asked for, in bytes.
	Marks []Mark
}

// Mark is a range of a text, in bytes. End is exclusive.
type Mark struct{ Start, End int }

// Search finds passages in a store. It is safe for use by several goroutines.
type Search struct{ store *store.Store }

// New returns the search over a store.
func New(s *store.Store) *Search { return &Search{s} }

// How many candidates are read at each stage, newest first. What is beyond would cost time for little: a query
// whose words stand in so many passages says nothing about which of them is meant.
const (
	mostWhole  = 120 // with all words
	mostPairs  = 120 // with two of the words
	mostSingle = 40  // with one word, for each word
)

// mostOfOne is how many passages of one item or source an answer has.
const mostOfOne = 3

// Find returns the up to limit passages of a workspace, named by its id in decimal, that fit a query best. The query
// is what a person would type: words, or a question. Words match in any form of case, accents and common endings. A
// query without words finds nothing, and so does a workspace that does not exist.
func (s *Search) Find(ctx context.Context, workspaceID string, query string, limit int) ([]Passage, error) {
	id, err := strconv.ParseInt(workspaceID, 10, 64)
	if err != nil {
		return nil, domain.NotFound("Workspace")
	}
	return s.find(ctx, id, query, limit, false)
}

// find is [Search.Find] of a workspace that exists, perhaps of its sources alone.
func (s *Search) find(ctx context.Context, id int64, query string, limit int, onlySources bool) ([]Passage, error) {
	terms := termsOf(query)
	found, err := s.candidates(ctx, id, terms, limit, onlySources)
	if err != nil {
		return nil, err
	}
	ranked := rank(found, terms, query)
	list := []Passage{}
	of := map[string]int{}
	for _, r := range ranked {
		owner := string(r.Kind) + strconv.FormatInt(r.OwnerID, 10)
		if of[owner]++; of[owner] > mostOfOne {
			continue
		}
		if len(list) == limit {
			break
		}
		list = append(list, passage(r, terms))
	}
	return list, nil
}

func passage(r ranked, terms []term) Passage {
	return Passage{
		Kind: string(r.Kind), ID: strconv.FormatInt(r.OwnerID, 10), Title: r.Title, Heading: r.Heading, Text: r.Body,
		Start: r.Start, End: r.End, Point: r.Point, Version: r.Version, Score: r.score, Marks: marks(r.Body, terms),
	}
}

// candidates reads the passages that may fit: those with all words in the title or a heading, those with all words,
// then with two of them, then with one, until there are enough.
func (s *Search) candidates(
	ctx context.Context, workspaceID int64, terms []term, limit int, onlySources bool,
) ([]store.Passage, error) {
	if len(terms) == 0 || limit <= 0 {
		return nil, nil
	}
	var list []store.Passage
	seen := map[int64]bool{}
	read := func(most int, groups ...[]store.PassageTerm) error {
		found, err := s.store.Read().MatchingPassages(ctx, workspaceID, groups, most, onlySources)
		for _, p := range found {
			if !seen[p.ID] {
				seen[p.ID] = true
				list = append(list, p)
			}
		}
		return err
	}
	if err := read(mostWhole/2, group(terms, true)); err != nil {
		return nil, err
	}
	if err := read(mostWhole, group(terms, false)); err != nil {
		return nil, err
	}
	if pairs := pairsOf(terms); len(list) < 2*limit && len(terms) > 2 {
		if err := read(mostPairs, pairs...); err != nil {
			return nil, err
		}
	}
	for i := range terms {
		if len(terms) == 1 || len(list) >= 2*limit && i == 0 {
			break
		}
		if err := read(mostSingle, group(terms[i:i+1], false)); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func group(terms []term, titled bool) []store.PassageTerm {
	list := make([]store.PassageTerm, len(terms))
	for i, t := range terms {
		list[i] = store.PassageTerm{Text: t.stem, Begins: t.begins, Titled: titled}
	}
	return list
}

func pairsOf(terms []term) (pairs [][]store.PassageTerm) {
	for i := range terms {
		for j := range terms[:i] {
			pairs = append(pairs, group([]term{terms[j], terms[i]}, false))
		}
	}
	return pairs
}

// byScore puts the best first, and newer ones before older ones of the same score.
func byScore(list []ranked) {
	slices.SortFunc(list, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.ID, a.ID))
	})
}
