package contents

import (
	"net/url"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/web/ui"
)

// query is what the address says about the list. Its names are those of the API.
type query struct {
	Text, Status, Type, Assignee string
	Sort                         domain.ItemSort
	Page                         int
}

// Any reports whether a filter narrows the list.
func (q query) Any() bool { return q.Text != "" || q.Status != "" || q.Type != "" || q.Assignee != "" }

// readQuery reads an address. What it cannot read does not narrow the list.
func readQuery(v url.Values) query {
	q := query{Text: ui.SearchText(v.Get("q")), Assignee: assigneeOf(v.Get("assignee")), Page: 1}
	if s := v.Get("status"); domain.ItemStatus(s).Valid() {
		q.Status = s
	}
	if t := v.Get("content_type"); domain.ContentType(t).Valid() {
		q.Type = t
	}
	for _, s := range domain.ItemSorts() {
		if s == domain.ItemSort(v.Get("sort")) && s != domain.SortRelevance {
			q.Sort = s
		}
	}
	if n, err := strconv.Atoi(v.Get("page")); err == nil && n > 0 && n <= domain.LimitPage.Max {
		q.Page = n
	}
	return q
}

// assigneeOf returns a name that an item may have; anything longer is that of none.
func assigneeOf(name string) string {
	name = strings.TrimSpace(strings.ToValidUTF8(name, ""))
	if r := []rune(name); len(r) > domain.LimitAssignee.Max {
		return string(r[:domain.LimitAssignee.Max])
	}
	return name
}

// href is the address of the list with a change.
func (q query) href(change func(*query)) string {
	change(&q)
	v := url.Values{}
	for key, value := range map[string]string{
		"q": q.Text, "status": q.Status, "content_type": q.Type, "assignee": q.Assignee, "sort": string(q.Sort),
	} {
		if value != "" {
			v.Set(key, value)
		}
	}
	if q.Page > 1 {
		v.Set("page", strconv.Itoa(q.Page))
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// Here is the address of the list as it is shown.
func (q query) Here() string { return q.href(func(*query) {}) }

func (q query) list() content.ListItems {
	in := content.ListItems{
		Text:        q.Text,
		Status:      domain.ItemStatus(q.Status),
		ContentType: domain.ContentType(q.Type),
		Assignee:    q.Assignee,
		Sort:        q.Sort,
		Page:        domain.Page{Number: q.Page, Size: perPage},
	}
	if in.Sort == "" && q.Text == "" {
		in.Sort = domain.SortUpdatedDown
	}
	return in
}

// heads are the columns of the table. down says that the first click puts the largest first.
var heads = []struct {
	label    string
	up, back domain.ItemSort
	down     bool
	wide     bool
}{
	{label: "Title", up: domain.SortTitle, back: domain.SortTitleDown},
	{label: "Column"},
	{label: "Type", wide: true},
	{label: "Assignee", wide: true},
	{label: "Planned", up: domain.SortPlanned, back: domain.SortPlannedDown, wide: true},
	{label: "Created", up: domain.SortCreated, back: domain.SortCreatedDown, down: true, wide: true},
	{label: "Updated", up: domain.SortUpdated, back: domain.SortUpdatedDown, down: true},
}

func headsOf(q query) []head {
	now := q.list().Sort
	var list []head
	for _, h := range heads {
		out := head{Label: h.label, Wide: h.wide}
		if h.up != "" {
			next := h.up
			if h.down {
				next = h.back
			}
			switch now {
			case h.up:
				out.Sort, next = "ascending", h.back
			case h.back:
				out.Sort, next = "descending", h.up
			}
			out.Href = q.href(func(q *query) { q.Sort, q.Page = next, 1 })
		}
		list = append(list, out)
	}
	return list
}
