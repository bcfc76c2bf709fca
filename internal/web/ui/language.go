package ui

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"vellocity/internal/prose"
)

// languages are those that a form lists by name: the most written ones on the web, and those
// of Europe. Any other is chosen by its code.
var languages = strings.Fields("ar bg bn ca cs da de de-AT de-CH el en en-GB es es-MX et fa fi fr fr-CA he hi hr hu " +
	"id it ja ko lt lv ms nb nl pl pt pt-BR ro ru sk sl sr sv th tr uk vi zh zh-Hant")

// otherLanguage is the option that asks for a code.
const otherLanguage = "other"

// languageName writes a language as people choose it: "German (de)".
func languageName(code string) string { return prose.LanguageName(code) + " (" + code + ")" }

// LanguageChoices are the languages by their English names, and the one that is chosen
// where it is another.
func LanguageChoices(on string) []Choice {
	tags := languages
	if on != "" && !slices.Contains(tags, on) {
		tags = append(slices.Clone(tags), on)
	}
	var list []Choice
	for _, tag := range tags {
		list = append(list, Choice{tag, languageName(tag), tag == on})
	}
	slices.SortFunc(list, func(a, b Choice) int { return cmp.Compare(a.Label, b.Label) })
	return append([]Choice{{"", "No language of its own", on == ""}}, list...)
}

// listLanguages gives the field its options, by name. none adds one for no language.
func (f *Field) listLanguages(none bool) {
	for _, code := range languages {
		f.Options = append(f.Options, Choice{Value: code, Label: languageName(code)})
	}
	slices.SortFunc(f.Options, func(a, b Choice) int { return cmp.Compare(a.Label, b.Label) })
	if none {
		f.Options = slices.Insert(f.Options, 0, Choice{Label: "Choose…"})
	}
	f.Options = append(f.Options, Choice{Value: otherLanguage, Label: "Another language…"})
	f.Help = strings.Replace(f.Help, ", as a language code", "", 1) // it is chosen by name here
	f.Hint = ""
}

// chooseLanguage returns the option for the field's value; a code that is not listed goes
// beside it.
func (f *Field) chooseLanguage() (option string) {
	f.Other = ""
	switch {
	case f.Value == "":
		return f.usual
	case f.Value == otherLanguage:
		f.Value = ""
		return otherLanguage
	case slices.ContainsFunc(f.Options, func(c Choice) bool { return c.Value == f.Value }):
		return f.Value
	}
	f.Other = f.Value
	return otherLanguage
}

// postedLanguage returns the code that was chosen or typed; otherLanguage where the form asks
// for a code and has none. A name that is listed is as good as its code.
func (f *Field) postedLanguage(form url.Values) string {
	value := form.Get(f.Name)
	if value != otherLanguage {
		return value
	}
	typed := strings.TrimSpace(form.Get(f.Name + "_" + otherLanguage))
	for _, code := range languages {
		if strings.EqualFold(typed, prose.LanguageName(code)) || strings.EqualFold(typed, code) {
			return code
		}
	}
	return cmp.Or(typed, otherLanguage)
}

// noLanguage is what is wrong with a language that was to be given by its code and is not.
func (f *Field) noLanguage() string {
	for _, o := range f.Options {
		if f.Widget == WidgetLanguage && o.Value == otherLanguage && o.On {
			return "Enter a language code such as ga or pt-PT, or choose a language."
		}
	}
	return ""
}
