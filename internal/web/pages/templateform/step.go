package templateform

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/work"
)

// step is a step as the form holds it. Every setting is a text, since any of them may be an
// expression.
type step struct {
	Key, Capability, When string
	After                 []int             // places of the steps that it waits for
	Unknown               []string          // names in depends_on that no step has
	Settings              map[string]string // by the name of the capability's field
	Rest                  string            // the settings that the capability has no field for, a JSON object
}

// find returns a capability by its slug; false where there is none.
type find func(slug string) (work.CapabilityDetails, bool)

// valuesOf says how the settings of a capability are written, by their names.
func valuesOf(c work.CapabilityDetails) map[string]textFor {
	kinds := map[string]textFor{}
	if c.Schema == nil {
		return kinds
	}
	for _, f := range c.Schema.Fields() {
		kinds[f.Name] = forJSON
		switch string(f.Type) {
		case "string":
			kinds[f.Name] = forText
		case "integer", "number", "boolean":
			kinds[f.Name] = forScalar
		case "array":
			if f.Items != nil && f.Items.Type == "string" {
				kinds[f.Name] = forList
			} else if f.Items != nil && (f.Items.Type == "integer" || f.Items.Type == "number") {
				kinds[f.Name] = forNumbers
			}
		}
	}
	return kinds
}

// stepsOf reads the steps of a template.
func stepsOf(list []domain.TemplateStep, find find) (steps []step) {
	for _, t := range list {
		s := step{Key: t.Key, Capability: t.Capability, When: t.When}
		for _, key := range t.DependsOn {
			if i := slices.IndexFunc(list, func(o domain.TemplateStep) bool { return o.Key == key }); i >= 0 {
				s.After = append(s.After, i)
			} else {
				s.Unknown = append(s.Unknown, key)
			}
		}
		s.fill(t.Settings, find)
		steps = append(steps, s)
	}
	return steps
}

// fill sets the settings of a step: each to the field of its name, where the field can hold
// its value, and the others to the rest.
func (s *step) fill(settings json.RawMessage, find find) {
	s.Settings, s.Rest = map[string]string{}, ""
	values, ok := object(string(settings))
	if !ok {
		s.Rest = string(settings)
		return
	}
	c, _ := find(s.Capability)
	for name, kind := range valuesOf(c) {
		value, given := values[name]
		if !given {
			continue
		}
		if text, ok := kind.write(value); ok && text != "" {
			s.Settings[name] = text
			delete(values, name)
		}
	}
	s.Rest = objectText(values)
}

// settings are what the fields and the rest say together. A field goes before the rest.
func (s step) settings(find find) json.RawMessage {
	values, _ := object(s.Rest)
	if values == nil {
		values = map[string]json.RawMessage{}
	}
	c, _ := find(s.Capability)
	kinds := valuesOf(c)
	for name, text := range s.Settings {
		if value := kinds[name].read(text); value != nil {
			values[name] = value
		}
	}
	return encoded(values)
}

// stepName is the name of a field of a step: st-2-key.
func stepName(i int, part string) string { return "st-" + strconv.Itoa(i) + "-" + part }

// ofSetting is the part of a name that names a setting: st-2-set-topic.
const ofSetting = "set-"

// postedSteps reads the steps of a posted form.
func postedSteps(form url.Values, find find) (steps []step) {
	for i := range domain.LimitTemplateSteps.Max {
		if !form.Has(stepName(i, "key")) {
			break
		}
		get := func(part string) string { return lf(form.Get(stepName(i, part))) }
		s := step{
			Key: strings.TrimSpace(get("key")), Capability: get("was"), When: get("when"), Rest: get("rest"),
			Settings: map[string]string{}, Unknown: form[stepName(i, "unknown")],
		}
		for name := range form {
			if setting, ok := strings.CutPrefix(name, stepName(i, ofSetting)); ok && form.Get(name) != "" {
				s.Settings[setting] = lf(form.Get(name))
			}
		}
		for _, at := range form[stepName(i, "after")] {
			if j, err := strconv.Atoi(at); err == nil && j >= 0 && j < domain.LimitTemplateSteps.Max {
				s.After = append(s.After, j)
			}
		}
		if now := get("capability"); now != s.Capability || s.misplaced(find) {
			s.become(now, find)
		}
		steps = append(steps, s)
	}
	for i := range steps {
		steps[i].After = slices.DeleteFunc(steps[i].After, func(j int) bool { return j >= len(steps) })
	}
	renamed(form, steps)
	return steps
}

// become gives a step another capability. Settings of the same name stay; the others go to
// the rest.
func (s *step) become(capability string, find find) {
	settings := s.settings(find)
	if _, ok := object(s.Rest); !ok { // it can be corrected, so it stays, and what it cannot hold stands below
		fields := step{Capability: s.Capability, Settings: s.Settings}
		if left := fields.settings(find); string(left) != "{}" {
			s.Rest += "\n" + string(left)
		}
		s.Capability, s.Settings = capability, map[string]string{}
		return
	}
	s.Capability = capability
	s.fill(settings, find)
}

// misplaced reports whether the form holds a setting that its capability has no field for.
func (s step) misplaced(find find) bool {
	c, _ := find(s.Capability)
	kinds := valuesOf(c)
	for name := range s.Settings {
		if _, known := kinds[name]; !known {
			return true
		}
	}
	return false
}

// nameSteps gives steps without a key one that is made of the capability's name.
func nameSteps(steps []step) {
	taken := func(key string) bool {
		return slices.ContainsFunc(steps, func(s step) bool { return s.Key == key })
	}
	for i := range steps {
		s := &steps[i]
		if s.Key != "" || s.Capability == "" {
			continue
		}
		key := s.Capability
		for n := 2; taken(key); n++ {
			key = s.Capability + "-" + strconv.Itoa(n)
		}
		s.Key = key
	}
}

// templateSteps are the steps as a template has them.
func templateSteps(steps []step, find find) []domain.TemplateStep {
	list := make([]domain.TemplateStep, len(steps))
	for i, s := range steps {
		t := domain.TemplateStep{
			Key: s.Key, Capability: s.Capability, When: s.When, Settings: s.settings(find), DependsOn: []string{},
		}
		slices.Sort(s.After)
		for _, j := range slices.Compact(s.After) {
			if key := steps[j].Key; key != "" {
				t.DependsOn = append(t.DependsOn, key)
			}
		}
		t.DependsOn = append(t.DependsOn, s.Unknown...)
		list[i] = t
	}
	return list
}

// moveStep puts a step in another place; what waits for it goes on waiting for it.
func moveStep(steps []step, from, to int) []step {
	order := make([]int, len(steps)) // the old places, in the new order
	for i := range order {
		order[i] = i
	}
	order = slices.Insert(slices.Delete(order, from, from+1), to, from)
	return reordered(steps, order)
}

// removeStep removes a step; nothing waits for it any more.
func removeStep(steps []step, at int) []step {
	var order []int
	for i := range steps {
		if i != at {
			order = append(order, i)
		}
	}
	return reordered(steps, order)
}

// reordered returns the steps of the given places, and makes those that they wait for
// follow.
func reordered(steps []step, order []int) []step {
	out := make([]step, len(order))
	for i, from := range order {
		s := steps[from]
		var after []int
		for _, j := range s.After {
			if k := slices.Index(order, j); k >= 0 {
				after = append(after, k)
			}
		}
		slices.Sort(after)
		s.After = after
		out[i] = s
	}
	return out
}
