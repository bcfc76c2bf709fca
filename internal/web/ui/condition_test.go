package ui

import (
	"fmt"
	"net/url"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/expression/rows"
)

func condition() Condition {
	return Condition{Fields: rows.Fields{Root: "event", Open: true}, Text: Field{Name: "filter", Path: "event.filter"}}
}

// A posted condition is as it was written, unless its rows say something else.
func TestConditionStaysAsItWasWritten(t *testing.T) {
	const was = `event.a=='x'   // why`
	form := url.Values{
		"join": {"all"}, "was": {was}, "row-1-field": {"a"}, "row-1-comparison": {"is"}, "row-1-value": {"x"},
	}
	c := condition()
	if c.Post(form); c.Value() != was {
		t.Errorf("it became %s", c.Value())
	}
	form.Set("row-1-value", "y")
	if c.Post(form); c.Value() != `event.a == "y"` {
		t.Errorf("it became %s", c.Value())
	}
	c.Post(url.Values{"filter": {" event.b > 1 "}})
	if !c.AsText || c.Value() != "event.b > 1" {
		t.Errorf("it became %s, as text %v", c.Value(), c.AsText)
	}
}

// There is a blank row for more until there are as many as there may be.
func TestConditionHasRowsForMore(t *testing.T) {
	form := url.Values{"join": {"any"}}
	for n := range rows.Most + 1 {
		c := condition()
		c.Post(form)
		want := min(max(n+1, leastRows), rows.Most)
		if got := c.Rows(); len(got) != want || got[want-1].Field != "" && n < rows.Most {
			t.Errorf("%d rows for %d", len(got), n)
		}
		c.Change(conditionMore)
		if got := c.Rows(); len(got) < want || len(got) > rows.Most || len(got) == want && want < rows.Most {
			t.Errorf("%d rows for %d and more", len(got), n)
		}
		if next := n + 1; next <= rows.Most {
			form.Set(fmt.Sprintf("row-%d-field", next), "a")
			form.Set(fmt.Sprintf("row-%d-comparison", next), "is")
		}
	}
}

// A refusal is taken apart: what is about the condition goes there.
func TestConditionTakesItsFaults(t *testing.T) {
	var p domain.Problems
	p.Add("event.filter", "It is wrong")
	p.Add("name", "It is required")
	c := condition()
	rest := c.Blame(domain.AsError(p.Err()))
	if len(c.Faults()) != 1 || rest == nil || len(rest.Fields) != 1 || rest.Fields["name"] == nil {
		t.Errorf("%+v, %+v", c.Faults(), rest)
	}
	var own domain.Problems
	own.Required("event.filter")
	if rest := c.Blame(domain.AsError(own.Err())); rest != nil || c.Faults()[1].Message != "Add at least one row." {
		t.Errorf("%+v, %+v", c.Faults(), rest)
	}
	other := &domain.Error{Code: domain.CodeNotFound, Message: "Gone."}
	if rest := c.Blame(other); rest != other {
		t.Errorf("%+v", rest)
	}
}
