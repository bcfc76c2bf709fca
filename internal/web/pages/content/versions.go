package content

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/web/ui"
)

const versionsPerPage = 25

// fillVersions lists a page of the versions and compares the two that the address
// names, the last two by default.
func (p page) fillVersions(r *http.Request, v *view, d content.ItemDetails) error {
	q := r.URL.Query()
	number := max(1, intOf(q, "page", 1))
	list, err := p.Engine.Content.Versions(r.Context(), content.ListVersions{
		ID:   d.ID,
		Page: domain.Page{Number: number, Size: versionsPerPage},
	})
	if err != nil {
		return err
	}
	href := func(page, to int) string {
		change := url.Values{"view": {v.View}}
		if page > 1 {
			change.Set("page", strconv.Itoa(page))
		}
		if to > 0 {
			change.Set("to", strconv.Itoa(to))
		}
		return ui.ItemPath(d.ID) + "?" + change.Encode()
	}
	for _, x := range list.Items {
		row := versionRowOf(x, d)
		row.Href = href(number, x.N)
		v.Versions.Rows = append(v.Versions.Rows, row)
	}
	if number > 1 {
		v.Versions.Newer = href(number-1, 0)
	}
	if number*versionsPerPage < list.Total {
		v.Versions.Older = href(number+1, 0)
	}
	if v.View != "versions" {
		v.History = historyOf(d.Moves, v.Versions.Rows)
		return nil
	}
	to := d.Version
	if n := intOf(q, "to", 0); n > 0 {
		to = n
	}
	v.Compare, err = p.compare(r, list.Items, d, intOf(q, "from", to-1), to)
	return err
}

// historyOf merges the versions of a page with the moves of these versions, newest
// first.
func historyOf(moves []domain.ItemMove, rows []versionRow) []happening {
	if len(rows) == 0 {
		return nil
	}
	var list []happening
	oldest, newest := rows[len(rows)-1].N, rows[0].N
	for i := range slices.Backward(moves) {
		if m := &moves[i]; m.Version >= oldest && m.Version <= newest {
			list = append(list, happening{At: m.At, Move: m})
		}
	}
	for i := range rows {
		list = append(list, happening{At: rows[i].At, Version: &rows[i]})
	}
	slices.SortStableFunc(list, func(a, b happening) int { return b.At.Compare(a.At) })
	return list
}

// intOf reads a number from the address; otherwise is returned where there is none.
func intOf(q url.Values, name string, otherwise int) int {
	if n, err := strconv.Atoi(q.Get(name)); err == nil {
		return n
	}
	return otherwise
}

func versionRowOf(v domain.ContentVersion, d content.ItemDetails) versionRow {
	return versionRow{
		N:         v.N,
		Author:    v.Author,
		Machine:   v.AuthorKind == domain.ActorSystem,
		Reason:    v.Reason,
		At:        v.CreatedAt,
		Approved:  v.N == d.ApprovedVersion,
		Published: v.N == d.PublishedVersion,
		Current:   v.N == d.Version,
		Words:     ui.Words(v.Body),
	}
}

// compare compares two versions, listed or not. A version that
// does not exist gives an empty comparison.
func (p page) compare(r *http.Request, listed []domain.ContentVersion, d content.ItemDetails, from, to int) (
	comparison, error) {
	newer, err := p.version(r, listed, d.ID, to)
	if err != nil || newer.N == 0 {
		return comparison{}, err
	}
	older, err := p.version(r, listed, d.ID, from)
	c := compareVersions(older, newer)
	c.Restorable = to != d.Version
	return c, err
}

// version finds a version among those listed, or reads it. The zero version is
// one that does not exist.
func (p page) version(r *http.Request, listed []domain.ContentVersion, itemID int64, n int) (
	domain.ContentVersion, error) {
	for _, v := range listed {
		if v.N == n {
			return v, nil
		}
	}
	if n < 1 {
		return domain.ContentVersion{}, nil
	}
	v, err := p.Engine.Content.Version(r.Context(), itemID, n)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return domain.ContentVersion{}, nil
	}
	return v, err
}

func compareVersions(a, b domain.ContentVersion) comparison {
	c := comparison{
		From:    a.N,
		To:      b.N,
		Machine: b.AuthorKind == domain.ActorSystem,
		Author:  b.Author,
		Reason:  b.Reason,
	}
	if a.N == 0 {
		c.Parts = []ui.DiffPart{{Op: "same", Text: b.Body}}
		c.Title = []ui.DiffPart{{Op: "same", Text: b.Title}}
		return c
	}
	c.Parts, c.Title = ui.WordDiff(a.Body, b.Body), ui.WordDiff(a.Title, b.Title)
	c.In, c.Out = ui.Changed(c.Parts)
	c.Parts = ui.Fold(c.Parts)
	return c
}
