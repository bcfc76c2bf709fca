package compose

import (
	"regexp"
	"slices"
	"strings"

	"vellocity/internal/prose"
)

// against is a topic that names two things to compare.
var against = regexp.MustCompile(`(?i)^(?:.*(?:comparing|comparison of|comparison:|vergleich von|vergleich:|` +
	`comparaison de|comparaison :|comparación de|comparación:) )?(.{2,60}?)` +
	`(?: vs\.? | versus | compared with | or | und | oder | ou | o | frente a | face à | and | et | y |と)(.{2,60}?)` +
	`(?:の比較|の違い)?(?:(?: for | für | pour | para |: | im vergleich|\?).*)?$`)

// option is one of the things that a comparison is about.
type option struct {
	name  string
	first string // the first word of it, by which a sentence may name it
	held  []statement
}

func newOption(name string) option {
	name = strings.TrimSpace(name)
	first, _, more := strings.Cut(name, " ")
	if !more || len(first) < 4 {
		first = ""
	}
	return option{name: name, first: first}
}

// options gives each option the statements that name it alone, and returns the others.
// What the two clauses of a label say about both is a row of the table.
func (s *assembler) options(all []statement) []statement {
	m := against.FindStringSubmatch(strings.TrimRight(prose.Line(s.brief.Topic), ".?"))
	if m == nil {
		return all
	}
	pair := []option{newOption(m[1]), newOption(m[2])}
	if same(pair[0].first) == same(pair[1].first) {
		pair[0].first, pair[1].first = "", ""
	}
	var rest, rows []statement
	for _, st := range all {
		first, second := pair[0].in(st.text), pair[1].in(st.text)
		switch {
		case s.place("choice").Cues.score(st.words) > 1:
			rest = append(rest, st)
		case first && !second:
			pair[0].held = append(pair[0].held, st)
		case second && !first:
			pair[1].held = append(pair[1].held, st)
		case first && second && clauses(st, pair) != nil:
			rows = append(rows, st)
		case first && second:
			s.slots["common"] = append(s.slots["common"], st)
		default:
			rest = append(rest, st)
		}
	}
	s.pair, s.rows = pair, rows
	s.slots["options"] = slices.Concat(pair[0].held, pair[1].held)
	return rest
}

// in reports whether a text names the option.
func (o option) in(text string) bool {
	if prose.Unspaced(o.name) {
		return strings.Contains(text, o.name)
	}
	return len(prose.Find(text, o.name)) > 0 || o.first != "" && len(prose.Find(text, o.first)) > 0
}

// clauses parts what a label says into what it says about each option; nil where it
// does not say one thing about each.
func clauses(st statement, pair []option) []string {
	if st.label == "" {
		return nil
	}
	for _, mark := range []string{"; ", "；", ", ", "、"} {
		parts := strings.Split(st.value, mark)
		if len(parts) != 2 {
			continue
		}
		if pair[1].in(parts[0]) && pair[0].in(parts[1]) {
			slices.Reverse(parts)
		}
		if pair[0].in(parts[0]) && !pair[1].in(parts[0]) && pair[1].in(parts[1]) {
			return []string{strings.TrimSpace(parts[0]), strings.TrimRight(strings.TrimSpace(parts[1]), ".。")}
		}
	}
	return nil
}

// compared sets the table of a comparison and a part for each option.
func (s *assembler) compared(differences string) []Part {
	var out []Part
	if len(s.rows) > 0 {
		lines := []string{row(s.words.Point, capital(s.pair[0].name), capital(s.pair[1].name)), "|---|---|---|"}
		for _, st := range s.rows {
			c := clauses(st, s.pair)
			lines = append(lines, row(capital(st.label), capital(c[0]), capital(c[1])))
		}
		out = append(out, newPart(differences, strings.Join(lines, "\n"), s.rows))
	}
	for _, o := range s.pair {
		if len(o.held) == 0 {
			continue
		}
		var held []statement
		for _, st := range o.held {
			if same(st.label) == same(o.name) && st.label != "" {
				st.text, st.label = st.value, "" // the heading has it
			}
			held = append(held, st)
		}
		part := newPart(capital(o.name), bullets(held), o.held)
		if len(held) == 1 {
			part.Text = mark(Sentence(held[0].text))
		}
		out = append(out, part)
	}
	return out
}
