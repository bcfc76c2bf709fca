package search

import (
	"context"
	"slices"
	"strconv"
	"unicode/utf8"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
	"vellocity/internal/store"
)

// Wanted asks for passages that a text may cite.
type Wanted struct {
	Query string // what they should fit
	// OnlySources leaves out the workspace's own items.
	OnlySources bool
	Most        int // passages
	Runes       int // of all of them together, in code points
}

// Cite returns passages of a workspace that fit a query, numbered from 1. Each is read from its item or source again,
// so that what it quotes stands in the version that it names.
func (s *Search) Cite(ctx context.Context, workspaceID int64, w Wanted) ([]domain.Citation, error) {
	if err := s.CatchUp(ctx, workspaceID); err != nil {
		return nil, err
	}
	found, err := s.find(ctx, workspaceID, w.Query, w.Most*2, w.OnlySources)
	if err != nil {
		return nil, err
	}
	p := picked{left: w.Runes, most: w.Most}
	for _, one := range found {
		c, ok, err := s.verified(ctx, workspaceID, one)
		if err != nil {
			return nil, err
		}
		if ok {
			p.add(c)
		}
	}
	return p.list, nil
}

// verified reads the text of a passage again, and reports false where it is gone, or says something else by now.
func (s *Search) verified(ctx context.Context, workspaceID int64, p Passage) (domain.Citation, bool, error) {
	id, err := strconv.ParseInt(p.ID, 10, 64)
	if err != nil {
		return domain.Citation{}, false, nil //nolint:nilerr // no such passage
	}
	m := store.PassageMark{WorkspaceID: workspaceID, Kind: domain.PassageKind(p.Kind), OwnerID: id}
	title, body, version, ok, err := s.store.Read().PassageOwner(ctx, m)
	if err != nil || !ok {
		return domain.Citation{}, false, err
	}
	quote, ok := verbatim(p, body)
	c := domain.Citation{
		Version: version, Start: p.Point, End: p.Point + utf8.RuneCountInString(quote), Title: title, Heading: p.Heading,
		Quote: quote,
	}
	if m.Kind == domain.PassageOfSource {
		c.SourceID = id
	} else {
		c.ContentID = id
	}
	return c, ok, nil
}

// verbatim returns the exact words at the place of a passage. It reports false where the text does not say there what
// the passage says: it may have changed since the search looked at it.
func verbatim(p Passage, body string) (string, bool) {
	runes := []rune(body)
	start, end := p.Point, p.Point+utf8.RuneCountInString(p.Text)
	if start < 0 || end > len(runes) || start >= end {
		return "", false
	}
	words := string(runes[start:end])
	return words, prose.Line(words) == prose.Line(p.Text)
}

// Of returns the passages of some texts that fit a query best, numbered from 1: the best of each text first, then the
// best of all that are left. A query that nothing fits gets the beginnings. It cuts the texts, at a cost linear in
// their sizes.
func Of(sources []domain.Source, w Wanted) []domain.Citation {
	var all []store.Passage
	bodies := map[int64]domain.Source{}
	for _, s := range sources {
		bodies[s.ID] = s
		for _, p := range Cut(s.Title, s.Body) {
			p.OwnerID, p.Version, p.ID = s.ID, s.Revision, -int64(len(all)) // of the same score, the first is best
			all = append(all, p)
		}
	}
	order := rank(all, termsOf(w.Query), w.Query)
	p := picked{left: w.Runes, most: w.Most}
	for _, s := range sources {
		if i := slices.IndexFunc(order, func(r ranked) bool { return r.OwnerID == s.ID }); i >= 0 {
			p.add(citation(order[i], bodies, w.Runes/max(1, len(sources))))
		}
	}
	for _, r := range order {
		if r.score > 0 {
			p.add(citation(r, bodies, 0))
		}
	}
	return p.list
}

// citation is a passage as it stands in its source; with most, at most so many code points of it.
func citation(r ranked, bodies map[int64]domain.Source, most int) domain.Citation {
	s := bodies[r.OwnerID]
	quote := s.Body[r.Start:r.End]
	if runes := []rune(quote); most > 0 && len(runes) > most {
		quote = string(runes[:most])
	}
	return domain.Citation{
		SourceID: s.ID, Version: s.Revision, Start: r.Point, End: r.Point + utf8.RuneCountInString(quote),
		Title: s.Title, Heading: r.Heading, Quote: quote,
	}
}

// picked are passages that fit into a room and do not overlap.
type picked struct {
	list       []domain.Citation
	left, most int
}

func (p *picked) add(c domain.Citation) {
	size := c.End - c.Start
	if size <= 0 || len(p.list) == p.most || size > p.left || Overlaps(p.list, c) {
		return
	}
	p.left -= size
	c.N = len(p.list) + 1
	p.list = append(p.list, c)
}

// Overlaps reports whether a passage has text in common with one of a list.
func Overlaps(list []domain.Citation, c domain.Citation) bool {
	return slices.ContainsFunc(list, func(o domain.Citation) bool {
		return o.ContentID == c.ContentID && o.SourceID == c.SourceID && o.Start < c.End && c.Start < o.End
	})
}
