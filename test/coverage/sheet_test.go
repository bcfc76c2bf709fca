package coverage_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
)

// sheet is what was seen on one database, by operation and status.
type sheet struct {
	mu   sync.Mutex
	rest map[string]map[int]bool
	tool map[string]map[int]bool
}

func newSheet() *sheet {
	return &sheet{rest: map[string]map[int]bool{}, tool: map[string]map[int]bool{}}
}

func (s *sheet) add(op string, status int, tool bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := s.rest
	if tool {
		in = s.tool
	}
	if in[op] == nil {
		in[op] = map[int]bool{}
	}
	in[op][status] = true
}

// both is what was seen on each of two databases.
func both(a, b *sheet) *sheet {
	out := newSheet()
	for i, in := range []map[string]map[int]bool{a.rest, a.tool} {
		for op, statuses := range in {
			for status := range statuses {
				if other := []map[string]map[int]bool{b.rest, b.tool}[i]; other[op][status] {
					out.add(op, status, i == 1)
				}
			}
		}
	}
	return out
}

// byTool are the statuses that every tool must be seen with, where its operation
// documents them. The others are those of HTTP, or are decided below both doors; 412 takes a
// header, which tools have no argument for.
func byTool(o *operation) []int { return []int{o.success(), 402, 403, 404, 422, 429, 500, 502} }

// complete fails the test for each documented status that was not seen, and for each
// reason of unprovoked that no longer holds.
func (s *sheet) complete(t *testing.T, d *document) {
	t.Helper()
	for _, o := range d.list {
		if _, excused := unprovoked[o.ID][o.success()]; !excused && !s.rest[o.ID][o.success()] {
			t.Errorf("add a step for %s to the story", o.ID)
			continue
		}
		for _, status := range o.statuses() {
			_, excused := unprovoked[o.ID][status]
			switch seen := s.rest[o.ID][status]; {
			case seen && excused:
				t.Errorf("%s %d was seen: it needs no reason in unprovoked", o.ID, status)
			case !seen && !excused:
				t.Errorf("%s documents %d, which was not seen", o.ID, status)
			}
		}
		if o.tool == nil {
			continue
		}
		for _, status := range byTool(o) {
			if o.documents(status) && !s.tool[o.ID][status] {
				t.Errorf("the tool %s was not seen to give what is %d over REST", o.ID, status)
			}
		}
	}
	for id := range unprovoked {
		if d.byID[id] == nil {
			t.Errorf("unprovoked has a reason for %s, which the document does not know", id)
		}
	}
}

// markdown is the page: a row for each operation, a column for each status of a failure.
func (s *sheet) markdown(d *document) string {
	set := map[int]bool{}
	for _, o := range d.list {
		for _, status := range o.statuses()[1:] {
			set[status] = true
		}
	}
	columns := slices.Sorted(maps.Keys(set))
	var b strings.Builder
	b.WriteString(pageHead)
	b.WriteString("| operation | success |")
	for _, status := range columns {
		fmt.Fprintf(&b, " %d |", status)
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(columns)) + "\n")
	for _, o := range d.list {
		fmt.Fprintf(&b, "| `%s` | %d %s |", o.ID, o.success(), s.cell(o, o.success()))
		for _, status := range columns {
			fmt.Fprintf(&b, " %s |", s.cell(o, status))
		}
		b.WriteByte('\n')
	}
	b.WriteString("\nDocumented, and not to be brought about from outside:\n\n")
	for _, o := range d.list {
		for _, status := range o.statuses() {
			if why, ok := unprovoked[o.ID][status]; ok {
				fmt.Fprintf(&b, "- `%s` %d: %s\n", o.ID, status, why)
			}
		}
	}
	return b.String()
}

const pageHead = `# What every operation of the API was seen to answer

Generated: ` + "`go test ./test/coverage -update`" + ` writes this page; without -update the test fails where it differs.
The test reads the operations and their documented statuses from ` + "`/api/v1/openapi.json`" + ` of the built server,
and makes each call wrong in every way and then right, on SQLite and on PostgreSQL. Each answer must fit its schema in
the document.

- ● seen over REST on both databases
- ●m seen as an MCP tool too, whose answer has the error code of that status; tools have no conditions, so none has 412
- – not documented
- ○ documented, with a reason below why it cannot be brought about

`

func (s *sheet) cell(o *operation, status int) string {
	_, excused := unprovoked[o.ID][status]
	switch {
	case !o.documents(status):
		return "–"
	case s.tool[o.ID][status]:
		return "●m"
	case s.rest[o.ID][status]:
		return "●"
	case excused:
		return "○"
	}
	return " "
}
