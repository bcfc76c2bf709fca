package execution

import (
	"bytes"
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/web/ui"
)

// result is what a step recorded, laid out for reading. It follows the shape of the
// record and what the capability says of its fields, so that a new capability needs
// no page of its own.
type result struct {
	Key, Name string // of the step
	Lead      string // the conclusion
	Score     string
	Grade     string
	Checks    []check
	Facts     []fact
	Groups    []group
	Lists     []namedList
	Tables    []resultTable

	shown outputs
}

// outputs says how the fields of a record are shown, by their path.
type outputs map[string]domain.OutputField

// label is what people call the field at a path.
func (o outputs) label(path string) string {
	return cmp.Or(o[path].Label, ui.Human(path[strings.LastIndex(path, ".")+1:]))
}

// text writes the single value of the field at a path, with its unit. A value that
// is not there gives "".
func (o outputs) text(path string, raw json.RawMessage) string {
	text, f := plainText(raw), o[path]
	switch {
	case text == "" || f.Kind == domain.OutputHidden:
		return ""
	case f.Kind == domain.OutputStatus && domain.ItemStatus(text).Valid():
		return domain.ItemStatus(text).Label()
	case f.Unit == "%":
		return text + f.Unit
	case f.Unit != "":
		return text + " " + f.Unit
	}
	return text
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
func resultsOf(steps []stepRow, shown outputs) []result {
	var list []result
	for _, step := range slices.Backward(steps) {
		members := membersOf(json.RawMessage(step.Output))
		if len(members) == 0 {
			continue
		}
		r := result{Key: step.Key, Name: step.Name, shown: shown}
		for _, m := range members {
			r.add(m.Name, m.Value)
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

// add lays out the field at a path.
func (r *result) add(path string, value json.RawMessage) {
	switch kind := r.shown[path].Kind; {
	case kind == domain.OutputHidden:
	case kind == domain.OutputScore:
		r.Score = r.shown.text(path, value)
	case kind == domain.OutputGrade:
		r.Grade = r.shown.text(path, value)
	case kind == domain.OutputLead:
		r.Lead = r.shown.text(path, value)
	case kind == domain.OutputChecks:
		r.Checks = append(r.Checks, checksOf(value)...)
	case value[0] == '{':
		r.addObject(path, value)
	case value[0] == '[':
		r.addList(path, value)
	default:
		if text := r.shown.text(path, value); text != "" {
			r.Facts = append(r.Facts, fact{r.shown.label(path), text})
		}
	}
}

// addObject lays out the fields of an object as a group, except those that have a
// place of their own.
func (r *result) addObject(path string, value json.RawMessage) {
	g := group{Label: r.shown.label(path)}
	for _, m := range membersOf(value) {
		at := path + "." + m.Name
		switch r.shown[at].Kind {
		case "", domain.OutputStatus:
			if text := r.shown.text(at, m.Value); text != "" {
				g.Facts = append(g.Facts, fact{r.shown.label(at), text})
			}
		default:
			r.add(at, m.Value)
		}
	}
	if len(g.Facts) > 0 {
		r.Groups = append(r.Groups, g)
	}
}

func (r *result) addList(path string, value json.RawMessage) {
	var values []json.RawMessage
	if json.Unmarshal(value, &values) != nil || len(values) == 0 {
		return
	}
	rows := make([][]member, 0, len(values))
	var plain []string
	for _, v := range values {
		if row := membersOf(v); row != nil {
			rows = append(rows, row)
		} else {
			plain = append(plain, r.shown.text(path, v))
		}
	}
	if len(plain) > 0 {
		r.Lists = append(r.Lists, namedList{r.shown.label(path), plain})
		return
	}
	r.Tables = append(r.Tables, r.tableOf(path, rows))
}

func (r *result) tableOf(path string, rows [][]member) resultTable {
	t := resultTable{Label: r.shown.label(path)}
	var names []string
	for _, row := range rows {
		for _, m := range row {
			at := path + "." + m.Name
			if r.shown[at].Kind != domain.OutputHidden && !slices.Contains(names, m.Name) {
				names = append(names, m.Name)
				t.Columns = append(t.Columns, r.shown.label(at))
			}
		}
	}
	for _, row := range rows {
		cells := make([]string, len(names))
		for _, m := range row {
			if i := slices.Index(names, m.Name); i >= 0 {
				cells[i] = r.shown.text(path+"."+m.Name, m.Value)
			}
		}
		t.Rows = append(t.Rows, cells)
	}
	return t
}

// checksOf reads a list of the kind [domain.OutputChecks].
func checksOf(raw json.RawMessage) []check {
	var rows []struct {
		Name       string          `json:"name"`
		Points     json.RawMessage `json:"points"`
		Max        json.RawMessage `json:"max"`
		Applicable *bool           `json:"applicable"` // nil: yes
		Found      string          `json:"found"`
		Fix        string          `json:"fix"`
	}
	if json.Unmarshal(raw, &rows) != nil {
		return nil
	}
	list := make([]check, 0, len(rows))
	for _, row := range rows {
		points, most := plainText(row.Points), plainText(row.Max)
		c := check{
			Name:   row.Name,
			Points: points + " of " + most,
			Found:  row.Found,
			Fix:    row.Fix,
			Full:   points == most,
		}
		if row.Applicable != nil && !*row.Applicable {
			c.Points, c.Full = "not counted", true
		}
		list = append(list, c)
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
