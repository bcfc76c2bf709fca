package ui

import (
	"slices"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

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

// languages are the tags that a form offers (BCP 47); others come from the API.
var languages = []string{
	"ar", "bn", "cs", "da", "de", "de-AT", "de-CH", "el", "en", "en-GB", "en-US", "es", "es-MX", "fi", "fr", "fr-CA", "he",
	"hi", "hu", "id", "it", "ja", "ko", "nb", "nl", "pl", "pt", "pt-BR", "ro", "sv", "th", "tr", "uk", "vi", "zh-Hans",
	"zh-Hant",
}

// LanguageChoices are the languages by their English names, and the one that is chosen
// where it is another.
func LanguageChoices(on string) []Choice {
	tags := languages
	if on != "" && !slices.Contains(tags, on) {
		tags = append(slices.Clone(tags), on)
	}
	var list []Choice
	for _, tag := range tags {
		list = append(list, Choice{tag, prose.LanguageName(tag), tag == on})
	}
	slices.SortFunc(list, func(a, b Choice) int { return strings.Compare(a.Label, b.Label) })
	return append([]Choice{{"", "No language of its own", on == ""}}, list...)
}
