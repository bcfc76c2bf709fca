package templateform

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/web/ui"
)

// side is what stands beside the form and follows it: what is wrong, the drawing, and what
// expressions can refer to.
type side struct {
	Checked bool // false: it says nothing about faults, as nothing was typed yet
	Faults  []ui.Fault
	Credits int // with a model
	Graph   ui.Graph
	Names   []nameGroup
}

// nameGroup is what expressions can refer to in one place.
type nameGroup struct {
	Label string
	Step  int // its place; -1: no step
	Names []string
}

// sideOf says what a form makes.
func sideOf(f form, find find) (s side) {
	var steps []ui.GraphStep
	for i, x := range f.Steps {
		g := ui.GraphStep{
			ID: "st-" + strconv.Itoa(i), Name: ui.Human(x.name(i)), Kind: x.Capability, Conditional: x.When != "",
		}
		for _, j := range x.After {
			if j != i {
				g.After = append(g.After, "st-"+strconv.Itoa(j))
			}
		}
		steps = append(steps, g)
	}
	s.Graph = ui.Draw(steps)
	s.Names = namesOf(f, find)
	return s
}

// namesOf lists what the expressions of a form can refer to.
func namesOf(f form, find find) []nameGroup {
	inputs := nameGroup{Label: "Inputs", Step: -1}
	rows := f.Inputs
	if f.AsJSON {
		rows, _, _ = inputsOf(f.schema()) // where rows cannot show it, it has no names here
	}
	for _, row := range rows {
		if row.Name != "" {
			inputs.Names = append(inputs.Names, inBrace(below("inputs", row.Name)))
		}
	}
	list := []nameGroup{inputs}
	for i, x := range f.Steps {
		if x.Key == "" {
			continue
		}
		g := nameGroup{Label: "Step " + strconv.Itoa(i+1) + ", " + x.Key, Step: i}
		of := referTo(x.Key)
		d, _ := find(x.Capability)
		if slices.Contains(d.Effects, domain.EffectCreate) {
			g.Names = append(g.Names, inBrace(of+".items[0].id"), inBrace(of+".items[0].title"), inBrace(of+".items"))
		}
		g.Names = append(g.Names, inBrace(of+".output"))
		for _, name := range slices.Sorted(maps.Keys(d.Outputs)) {
			if o := d.Outputs[name]; o.Kind != domain.OutputHidden && !strings.Contains(name, ".") {
				g.Names = append(g.Names, inBrace(of+".output."+name))
			}
		}
		list = append(list, g)
	}
	return append(list, nameGroup{Label: "Always there", Step: -1, Names: []string{
		inBrace("workspace.name"), inBrace("workspace.timezone"), inBrace("run.started_at"),
	}})
}

func inBrace(expression string) string { return "{{ " + expression + " }}" }

// below writes the path of a name within an object: inputs.topic, or inputs["key-points"].
func below(object, name string) string {
	if wordKey.MatchString(name) {
		return object + "." + name
	}
	return object + "[" + strconv.Quote(name) + "]"
}
