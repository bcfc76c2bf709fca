package prose

import (
	"slices"
	"strings"
)

// DiffPart is a piece of a comparison: text that stayed, was added or was removed.
type DiffPart struct {
	Op   string // "same", "ins", "del"
	Text string
}

// maxDiffTable limits the work of one comparison, all its parts together: what is left when it is used up is
// shown as replaced as a whole.
const maxDiffTable = 8_000_000

// WordDiff compares two texts: paragraph by paragraph first, then word by word
// within what differs, so that long texts stay quick and the marks stay small.
// Scripts without spaces are compared character by character.
func WordDiff(before, after string) []DiffPart {
	var out []DiffPart
	var del, ins strings.Builder
	left := maxDiffTable
	flush := func() {
		out = append(out, diffParts(diffWords(del.String()), diffWords(ins.String()), &left)...)
		del.Reset()
		ins.Reset()
	}
	for _, p := range diffParts(strings.SplitAfter(before, "\n"), strings.SplitAfter(after, "\n"), &left) {
		switch p.Op {
		case "del":
			del.WriteString(p.Text)
		case "ins":
			ins.WriteString(p.Text)
		default:
			flush()
			out = append(out, p)
		}
	}
	flush()
	return joinedParts(out)
}

// diffWords cuts a text into words, the spaces between them, and the characters of scripts without spaces.
func diffWords(s string) []string {
	var out []string
	start, space := 0, false
	add := func(end int) {
		if part := s[start:end]; Unspaced(part) {
			out = append(out, Characters(part)...)
		} else if part != "" {
			out = append(out, part)
		}
	}
	for i, r := range s {
		if now := r == ' ' || r == '\n' || r == '\t'; now != space && i > start {
			add(i)
			start, space = i, now
		} else {
			space = now
		}
	}
	add(len(s))
	return out
}

// diffParts finds a longest common subsequence and marks the rest as removed or
// added. It takes its work off what is left.
func diffParts(a, b []string, left *int) []DiffPart {
	first := 0
	for first < min(len(a), len(b)) && a[first] == b[first] {
		first++
	}
	last := 0
	for last < min(len(a), len(b))-first && a[len(a)-1-last] == b[len(b)-1-last] {
		last++
	}
	out := []DiffPart{{"same", strings.Join(a[:first], "")}}
	out = append(out, diffRest(a[first:len(a)-last], b[first:len(b)-last], left)...)
	return append(out, DiffPart{"same", strings.Join(a[len(a)-last:], "")})
}

// diffRest compares what neither starts nor ends with the same.
func diffRest(a, b []string, left *int) []DiffPart {
	if len(a) == 0 || len(b) == 0 || len(a) > *left/len(b) {
		return []DiffPart{{"del", strings.Join(a, "")}, {"ins", strings.Join(b, "")}}
	}
	*left -= len(a) * len(b)
	length := diffLengths(a, b)
	var out []DiffPart
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out = append(out, DiffPart{"same", a[i]})
			i, j = i+1, j+1
		case j == len(b) || (i < len(a) && length[i+1][j] >= length[i][j+1]):
			out = append(out, DiffPart{"del", a[i]})
			i++
		default:
			out = append(out, DiffPart{"ins", b[j]})
			j++
		}
	}
	return out
}

// diffLengths returns, for each pair of positions, the length of the longest common
// subsequence of what follows.
func diffLengths(a, b []string) [][]int32 {
	table := make([][]int32, len(a)+1)
	for i := range table {
		table[i] = make([]int32, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				table[i][j] = table[i+1][j+1] + 1
			} else {
				table[i][j] = max(table[i+1][j], table[i][j+1])
			}
		}
	}
	return table
}

// joinedParts merges neighbours of one kind, removals before additions, and bridges
// single spaces between changed words.
func joinedParts(parts []DiffPart) []DiffPart {
	var out []DiffPart
	var same, del, ins strings.Builder
	put := func(op string, b *strings.Builder) {
		if b.Len() > 0 {
			out = append(out, DiffPart{op, b.String()})
			b.Reset()
		}
	}
	parts = slices.DeleteFunc(parts, func(p DiffPart) bool { return p.Text == "" })
	for i, p := range parts {
		switch {
		case p.Op == "same" && p.Text == " " && del.Len() > 0 && ins.Len() > 0 && i+1 < len(parts) && parts[i+1].Op != "same":
			del.WriteByte(' ')
			ins.WriteByte(' ')
		case p.Op == "same":
			put("del", &del)
			put("ins", &ins)
			same.WriteString(p.Text)
		default:
			put("same", &same)
			if p.Op == "del" {
				del.WriteString(p.Text)
			} else {
				ins.WriteString(p.Text)
			}
		}
	}
	put("same", &same)
	put("del", &del)
	put("ins", &ins)
	return out
}
