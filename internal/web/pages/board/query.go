package board

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/web/ui"
)

// query is what the address says about the board.
type query struct {
	Type      string
	Since     string // days
	Text      string
	Execution int64

	Column domain.ItemStatus // one column alone
	After  string            // where its cards begin; empty for the top
	shown  map[domain.ItemStatus]int
}

// Any reports whether something narrows the board.
func (q query) Any() bool {
	return q.Type != "" || q.Since != "" || q.Text != "" || q.Execution != 0
}

// readQuery reads an address. What it cannot read does not narrow the board.
func readQuery(v url.Values) query {
	q := query{Text: ui.SearchText(v.Get("q")), shown: map[domain.ItemStatus]int{}}
	if t := v.Get("type"); domain.ContentType(t).Valid() {
		q.Type = t
	}
	if days, err := strconv.Atoi(v.Get("since")); err == nil && days > 0 {
		q.Since = v.Get("since")
	}
	if id, err := strconv.ParseInt(v.Get("execution"), 10, 64); err == nil && id > 0 {
		q.Execution = id
	}
	if s := domain.ItemStatus(v.Get("column")); s.Valid() {
		q.Column, q.After = s, v.Get("after")
	}
	for part := range strings.SplitSeq(v.Get("shown"), ",") {
		status, n, _ := strings.Cut(part, ":")
		q.shown[domain.ItemStatus(status)], _ = strconv.Atoi(n) // not a number: as many as at first
	}
	return q
}

// values writes the query as an address has it.
func (q query) values() url.Values {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	set("type", q.Type)
	set("since", q.Since)
	set("q", q.Text)
	if q.Execution != 0 {
		v.Set("execution", strconv.FormatInt(q.Execution, 10))
	}
	set("column", string(q.Column))
	set("after", q.After)
	return v
}

func (q query) filter(now time.Time) content.BoardFilter {
	f := content.BoardFilter{
		ContentType: domain.ContentType(q.Type),
		ExecutionID: q.Execution,
		Text:        q.Text,
		PerColumn:   cardsAtOnce,
		Shown:       q.shown,
	}
	if days, err := strconv.Atoi(q.Since); err == nil && days > 0 {
		f.Created.From = now.AddDate(0, 0, -days)
	}
	return f
}
