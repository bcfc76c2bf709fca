package ui

import "vellocity/internal/domain"

// Choice is one option of a select or a group of radio buttons.
type Choice struct {
	Value, Label string
	On           bool
}

// Tab is one tab of a list, with a count where one is known.
type Tab struct {
	Label, Href string
	Count       int
	Counted, On bool
}

// AgeChoices are the options of a filter by age in days.
func AgeChoices(on string) []Choice {
	return []Choice{
		{"", "Any time", on == ""},
		{"1", "Last day", on == "1"},
		{"7", "Last 7 days", on == "7"},
		{"30", "Last 30 days", on == "30"},
	}
}

// PriorityChoices are the options of a filter by priority.
func PriorityChoices(on string) []Choice {
	list := []Choice{{Value: "", Label: "Any priority", On: on == ""}}
	for _, p := range domain.Priorities() {
		list = append(list, Choice{string(p), Human(string(p)), on == string(p)})
	}
	return list
}

// PriceOf says what an execution costs with what writes text now.
func PriceOf(c domain.Capability, composer bool) string {
	if !c.RequiresCredits() || composer {
		return "0 credits"
	}
	return Plural(c.Credits, "credit", "credits")
}
