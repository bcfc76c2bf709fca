package ghost

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// tags returns the tags of a post: those that it has, which a person may have given it, and one
// for each keyword that is not among them. A tag of the site that differs in upper and lower
// case alone is taken, for which Ghost itself would create another.
func (s *site) tags(ctx context.Context, there []tag, keywords []string) ([]tag, error) {
	out := append([]tag{}, there...)
	for _, word := range keywords {
		// Ghost hides tags that start with #, and refuses those that start with a comma.
		if name := strings.TrimLeft(word, "#, "); name != "" && !has(out, name) {
			out = append(out, tag{Name: name})
		}
	}
	for some := range slices.Chunk(out[len(there):], 10) { // so that the address does not get too long
		var terms []string
		for _, t := range some {
			terms = append(terms, "name:~"+quote(t.Name))
		}
		var list struct{ Tags []tag }
		query := url.Values{"filter": {strings.Join(terms, ",")}, "fields": {"id,name"}, "limit": {"100"}}
		if err := s.call(ctx, http.MethodGet, "tags/", query, nil, &list); err != nil {
			return nil, err
		}
		for i := range some {
			at := slices.IndexFunc(list.Tags, func(t tag) bool { return strings.EqualFold(t.Name, some[i].Name) })
			if at >= 0 {
				some[i] = list.Tags[at]
			}
		}
	}
	return out, nil
}

func has(list []tag, name string) bool {
	return slices.ContainsFunc(list, func(t tag) bool { return strings.EqualFold(t.Name, name) })
}
