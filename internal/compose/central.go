package compose

import (
	"cmp"
	"slices"

	"vellocity/internal/prose"
)

// Central returns the n sentences with the most weight among the first 300, in their
// order.
func Central(all []string, n int) []string {
	if n <= 0 || len(all) == 0 {
		return nil
	}
	all = all[:min(len(all), 300)]
	rank := prose.Rank(all)
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rank[b], rank[a]) })
	order = order[:min(n, len(order))]
	slices.Sort(order)
	var out []string
	for _, i := range order {
		out = append(out, all[i])
	}
	return out
}
