package captest

import (
	"fmt"
	"strings"
	"testing"
)

// Shown is what an execution made, for a golden file: its items, and what they need.
func Shown(o Outcome) string {
	var b strings.Builder
	for _, e := range o.Effects {
		findings := 0
		switch {
		case e.Create != nil:
			c := e.Create.Item
			findings = len(e.Create.Findings)
			fmt.Fprintf(&b, "== %s [%s, %s] %s\n%s\n", c.Title, c.Type, c.Language, c.Channel, c.MetaDescription)
			fmt.Fprintf(&b, "\n%s\n", c.Body)
		case e.Revise != nil:
			c := e.Revise.Item
			findings = len(e.Revise.Findings)
			fmt.Fprintf(&b, "== new version of %d: %s\n\n%s\n", c.ID, c.Title, c.Body)
		default:
			fmt.Fprintf(&b, "== %+v\n", e)
		}
		fmt.Fprintf(&b, "\n(%d findings)\n\n", findings)
	}
	for _, n := range o.Needs {
		fmt.Fprintf(&b, "needs %s (%s): %s\n", n.What, n.Field, n.Reason)
	}
	return b.String()
}

// Prompts are what the model was asked, without the rules that every prompt has.
func Prompts(o Outcome) string {
	var all []string
	for _, w := range o.Written {
		all = append(all, "== "+w.Step+"\n"+w.Request.Prompt())
	}
	return strings.Join(all, "\n\n") + "\n"
}

// Made runs a capability and fails the test where it does not create so many items.
func Made(t *testing.T, o Outcome, items int) Outcome {
	t.Helper()
	if o.Err != nil || len(o.Effects) != items {
		t.Fatalf("%d items, %v", len(o.Effects), o.Err)
	}
	return o
}
