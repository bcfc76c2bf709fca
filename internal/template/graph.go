package template

import (
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/domain"
)

// graph checks what the steps wait for, and finds an order in which they can run.
func (r *reading) graph() {
	steps := r.Template.Steps
	waits := map[string][]string{}
	for i, s := range steps {
		at := stepPath(i) + ".depends_on"
		domain.LimitDependsOn.List(&r.problems, at, s.DependsOn)
		for j, key := range s.DependsOn {
			switch path := at + "." + strconv.Itoa(j); {
			case key == s.Key:
				r.problems.Add(path, "The step %q waits for itself", key)
			case !slices.Contains(r.scope.Steps, key):
				r.problems.Unknown(path, "step", key, r.scope.Steps)
			case slices.Contains(s.DependsOn[:j], key):
				r.problems.Twice(path, key)
			default:
				waits[s.Key] = append(waits[s.Key], key)
			}
		}
	}
	done := map[string]bool{}
	for found := true; found; {
		found = false
		for i, s := range steps {
			if done[s.Key] || slices.ContainsFunc(waits[s.Key], func(k string) bool { return !done[k] }) {
				continue
			}
			done[s.Key], found = true, true
			r.order = append(r.order, i)
		}
	}
	for i, s := range steps {
		if done[s.Key] {
			continue
		}
		at := stepPath(i) + ".depends_on"
		if circle := around(s.Key, waits); circle != nil {
			r.problems.Add(at, "The steps wait for each other in a circle: %s", strings.Join(circle, " → "))
		} else {
			r.problems.Add(at, "The step %q cannot be reached: it waits for steps that wait for each other", s.Key)
		}
	}
}

// around returns the shortest way from a step through what it waits for back to it; nil
// where there is none.
func around(key string, waits map[string][]string) []string {
	ways, seen := [][]string{{key}}, map[string]bool{}
	for len(ways) > 0 {
		way := ways[0]
		ways = ways[1:]
		for _, next := range waits[way[len(way)-1]] {
			if next == key {
				return append(way, key)
			}
			if !seen[next] {
				seen[next] = true
				ways = append(ways, append(slices.Clone(way), next))
			}
		}
	}
	return nil
}
