package templateform

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/web/ui"
)

// list gathers the fields of the form, in its order.
func (v *view) list() {
	add := func(of string, fields ...*ui.Field) {
		for _, f := range fields {
			v.controls = append(v.controls, control{f, of})
		}
	}
	all := func(of string, fields ui.Fields) {
		for i := range fields {
			add(of, &fields[i])
		}
	}
	all("", v.Head)
	if v.Form.AsJSON {
		add("", &v.Schema)
	} else {
		for i := range v.Inputs {
			all("Input "+strconv.Itoa(i+1), v.Inputs[i].Fields)
		}
		add("", &v.Rest)
	}
	for i := range v.Steps {
		s, of := &v.Steps[i], "Step "+strconv.Itoa(i+1)
		add(of, &s.Capability, &s.Key)
		all(of, s.Fields)
		all(of, s.More)
		add(of, &s.Rest, &s.After, &s.When)
	}
}

// blame notes faults at the fields that they are about: at the one whose path is the longest
// that the fault's path begins with.
func (v *view) blame(faults map[string][]string) {
	for _, path := range slices.SortedFunc(maps.Keys(faults), byPath) {
		best := -1
		for i, c := range v.controls {
			if c.Path != path && !strings.HasPrefix(path, c.Path+".") {
				continue
			}
			if best < 0 || len(c.Path) > len(v.controls[best].Path) {
				best = i
			}
		}
		if best < 0 {
			v.General = append(v.General, faults[path]...)
			continue
		}
		for _, message := range faults[path] {
			if !slices.Contains(v.controls[best].Errors, message) {
				v.controls[best].Errors = append(v.controls[best].Errors, message)
			}
		}
	}
	for i := range v.Steps { // what is wrong can be seen
		s := &v.Steps[i]
		wrong := func(f ui.Field) bool { return len(f.Errors) > 0 }
		s.MoreOpen = slices.ContainsFunc(s.More, wrong) || wrong(s.Rest)
		s.Open = s.Open || s.MoreOpen || slices.ContainsFunc(s.Fields, wrong) ||
			slices.ContainsFunc([]ui.Field{s.Key, s.Capability, s.When, s.After}, wrong)
	}
}

// byPath orders paths as people count: steps.2 before steps.10.
func byPath(a, b string) int {
	x, y := strings.Split(a, "."), strings.Split(b, ".")
	for i := range min(len(x), len(y)) {
		n, err := strconv.Atoi(x[i])
		m, wrong := strconv.Atoi(y[i])
		by := strings.Compare(x[i], y[i])
		if err == nil && wrong == nil {
			by = cmp.Compare(n, m)
		}
		if by != 0 {
			return by
		}
	}
	return cmp.Compare(len(x), len(y))
}

// Faults lists everything that is wrong, for the summary above the form.
func (v *view) Faults() (list []ui.Fault) {
	for _, c := range v.controls {
		for _, m := range c.Errors {
			label := c.Label
			if c.of != "" {
				label = c.of + ", " + c.Label
			}
			list = append(list, ui.Fault{ID: c.ID(), Label: label, Message: m})
		}
	}
	for _, m := range v.General {
		list = append(list, ui.Fault{Message: m})
	}
	return list
}
