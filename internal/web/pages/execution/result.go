package execution

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"vellocity/internal/domain"
	"vellocity/internal/web/ui"
)

// result is what a step recorded, laid out for reading. It follows the shape of the
// record alone, so that a new capability needs no page of its own.
type result struct {
	Key, Name string // of the step
	Lead      string // the sentence that sums it up
	Score     string
	Grade     string
	Checks    []check
	Facts     []fact
	Groups    []group
	Lists     []namedList
	Tables    []resultTable
}

// check is one reason for a score.
type check struct {
	Name, Points, Found, Fix string
	Full                     bool // all its points were given
}

type fact struct{ Label, Value string }

type group struct {
	Label string
	Facts []fact
}

type namedList struct {
	Label string
	Items []string
}

type resultTable struct {
	Label   string
	Columns []string
	Rows    [][]string
}

// member is one name and value of an object, in the order of the record.
type member struct {
	Name  string
	Value json.RawMessage
}

// resultsOf lays out what the steps recorded, the last one first: it has the
// conclusion.
func resultsOf(steps []stepRow) []result {
	var list []result
	for _, step := range slices.Backward(steps) {
		members := membersOf(json.RawMessage(step.Output))
		if len(members) == 0 {
			continue
		}
		r := result{Key: step.Key, Name: step.Name}
		for _, m := range members {
			r.add(m)
		}
		list = append(list, r)
	}
	return list
}

// membersOf reads an object in its order; anything else has no members.
func membersOf(raw json.RawMessage) []member {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	var list []member
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return list
		}
		m := member{}
		m.Name, _ = name.(string) // within an object every first token is a name
		if d.Decode(&m.Value) != nil {
			return list
		}
		list = append(list, m)
	}
	return list
}

func (r *result) add(m member) {
	if slices.Contains(elsewhere, m.Name) {
		return
	}
	switch m.Value[0] {
	case '{':
		if g := (group{label(m.Name), factsIn(membersOf(m.Value))}); len(g.Facts) > 0 {
			r.Groups = append(r.Groups, g)
		}
	case '[':
		r.addList(m)
	default:
		r.addPlain(m)
	}
}

func (r *result) addPlain(m member) {
	text := plainText(m.Value)
	switch {
	case text == "":
	case m.Name == "score":
		r.Score = text
	case m.Name == "grade":
		r.Grade = text
	case m.Name == "reason":
		r.Lead = text
	case m.Name == "to" && domain.ItemStatus(text).Valid():
		r.Facts = append(r.Facts, fact{"Moved to", domain.ItemStatus(text).Label()})
	default:
		r.Facts = append(r.Facts, fact{label(m.Name), text})
	}
}

func (r *result) addList(m member) {
	var values []json.RawMessage
	if json.Unmarshal(m.Value, &values) != nil || len(values) == 0 {
		return
	}
	rows := make([][]member, 0, len(values))
	var plain []string
	for _, v := range values {
		if row := membersOf(v); row != nil {
			rows = append(rows, row)
		} else {
			plain = append(plain, plainText(v))
		}
	}
	switch {
	case len(plain) > 0:
		r.Lists = append(r.Lists, namedList{ui.Human(m.Name), plain})
	case scored(rows[0]):
		r.Checks = append(r.Checks, checksOf(rows)...)
	default:
		r.Tables = append(r.Tables, tableOf(m.Name, rows))
	}
}

// scored reports whether a row is a reason for a score.
func scored(row []member) bool {
	has := func(name string) bool {
		return slices.ContainsFunc(row, func(m member) bool { return m.Name == name })
	}
	return has("name") && has("points") && has("max")
}

func checksOf(rows [][]member) []check {
	list := make([]check, 0, len(rows))
	for _, row := range rows {
		of := map[string]string{}
		for _, m := range row {
			of[m.Name] = plainText(m.Value)
		}
		c := check{
			Name:   of["name"],
			Points: of["points"] + " of " + of["max"],
			Found:  of["found"],
			Fix:    cmp.Or(of["fix"], of["mend"]),
			Full:   of["points"] == of["max"],
		}
		if of["applicable"] == "no" {
			c.Points, c.Full = "not counted", true
		}
		list = append(list, c)
	}
	return list
}

func tableOf(name string, rows [][]member) resultTable {
	t := resultTable{Label: ui.Human(name)}
	var names []string
	for _, row := range rows {
		for _, m := range row {
			if !slices.Contains(names, m.Name) {
				names = append(names, m.Name)
				t.Columns = append(t.Columns, label(m.Name))
			}
		}
	}
	for _, row := range rows {
		cells := make([]string, len(names))
		for _, m := range row {
			cells[slices.Index(names, m.Name)] = plainText(m.Value)
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}

func factsIn(members []member) []fact {
	var list []fact
	for _, m := range members {
		if text := plainText(m.Value); text != "" && m.Name != "applicable" {
			list = append(list, fact{label(m.Name), text})
		}
	}
	return list
}

// plainText writes one value: a number with at most one decimal, yes or no, or text.
func plainText(raw json.RawMessage) string {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return string(raw)
	}
	switch x := v.(type) {
	case nil:
		return ""
	case bool:
		return map[bool]string{true: "yes", false: "no"}[x]
	case string:
		return x
	case float64:
		if x == math.Trunc(x) && math.Abs(x) < 1e12 {
			return ui.Digits(int(x))
		}
		return strconv.FormatFloat(math.Round(x*10)/10, 'f', -1, 64)
	}
	return string(raw)
}
