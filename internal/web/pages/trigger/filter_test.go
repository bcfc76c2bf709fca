package trigger

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/expression"
	"vellocity/internal/expression/rows"
	"vellocity/internal/expression/rows/rowstest"
)

// Rows and filters say the same, for the fields of all of the server's events and for those of
// events that others send.
func TestRowsAndFiltersSayTheSame(t *testing.T) {
	sent := []json.RawMessage{
		json.RawMessage(`{"channel":"feed","amount":80,"urgent":true,"tags":["vip",7],
			"deal":{"size":61.5,"key-points":"x"},"own":7}`),
		json.RawMessage(`{"channel":"Acme","amount":1,"urgent":false,"tags":["feed",true],
			"deal":{"size":-3},"own":"7","event":{"x":1}}`),
		json.RawMessage(`{"channel":"","amount":100.0,"own":true,"tags":null,"not":"a","in":{"or":"feed"}}`),
	}
	// What a field has had is no promise.
	odd := []json.RawMessage{
		json.RawMessage(`{}`), json.RawMessage(`{"channel":1,"amount":"80","urgent":"true","tags":"vip","deal":7,"own":1}`),
		json.RawMessage(`{"channel":80,"amount":"1","urgent":"feed","tags":{"feed":1},"deal":{"size":"1"},"own":true}`),
	}
	examples := []json.RawMessage{json.RawMessage(`{}`)}
	for _, known := range domain.EventTypes() {
		raw, err := json.Marshal(known.Example)
		if err != nil {
			t.Fatal(err)
		}
		examples = append(examples, raw)
	}
	for name, facts := range map[string][]json.RawMessage{"sent by others": sent, "of the server": examples} {
		fields := filter().Fields
		fields.List = fieldsOf("crm.deal_won", facts)
		facts = append(slices.Clone(facts), odd...)
		t.Run(name, func(t *testing.T) {
			ask := func(text string, n int) string { return askFilter(t, text, facts[n]) }
			rowstest.Run(t, rowstest.Form{Fields: fields, Facts: len(facts), Check: checkFilter, Ask: ask})
		})
	}
}

func checkFilter(text string) error {
	_, faults := expression.Condition(text, expression.Scope{Inputs: []string{}})
	return errors.Join(faults...)
}

func askFilter(t *testing.T, text string, event json.RawMessage) string {
	t.Helper()
	x, faults := expression.Condition(text, expression.Scope{Inputs: []string{}})
	if len(faults) > 0 {
		t.Fatal(text, faults)
	}
	values, err := expression.NewValues(expression.Given{Event: event})
	if err != nil {
		t.Fatal(err)
	}
	switch holds, err := x.Holds(values); {
	case err != nil:
		return "undecided"
	case holds:
		return "yes"
	}
	return "no"
}

// A field that has had values of different kinds may be anything.
func TestKindsOfFields(t *testing.T) {
	list := fieldsOf("crm.deal_won", []json.RawMessage{
		json.RawMessage(`{"a":1,"b":"x","c":[1],"d":{"e":true},"f":null,"g":1}`), json.RawMessage(`{"g":"x"}`),
	})
	want := map[string]rows.Kind{
		"a": rows.Number, "b": rows.Text, "c": rows.List, "d.e": rows.Switch, "f": rows.Anything, "g": rows.Anything,
		"name": rows.Text, "at": rows.Text,
	}
	for _, f := range list {
		if f.Kind != want[f.Name] {
			t.Errorf("%s is %q", f.Name, f.Kind)
		}
	}
	if len(list) != len(want) {
		t.Errorf("%+v", list)
	}
}
