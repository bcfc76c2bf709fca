package ui_test

import (
	"encoding/json"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"vellocity/internal/schema"
	"vellocity/internal/web/ui"
	"vellocity/internal/web/webtest"
)

// everySchema has a field of each kind.
const everySchema = `{"type":"object","required":["topic"],"x-order":["topic","audience","tone","word_count","key_points","facts","networks","language","draft","creativity","brand_voice_id","voice","item",
"content_id","call_to_action","extra"],"properties":{
"topic":{"type":"string","title":"Topic","description":"What the post is about, in a few words.","minLength":3,"maxLength":200,"examples":["Cloud cost optimization"]},
"audience":{"type":"string","title":"Audience","description":"Who will read it.","maxLength":200},
"tone":{"type":"string","title":"Tone","enum":["plain","warm","bold"],"default":"plain"},
"word_count":{"type":"integer","title":"Length in words","minimum":150,"maximum":3000,"default":800},
"key_points":{"type":"array","title":"Key points","description":"What the post must say.","items":{"type":"string"},"maxItems":12},
"facts":{"type":"array","title":"Facts","description":"Numbers, quotes and cases. Only these may appear in the text.","items":{"type":"string"},"maxItems":30},
"networks":{"type":"array","title":"Announce on","items":{"type":"string","enum":["linkedin","mastodon","bluesky"]}},
"language":{"type":"string","title":"Language","enum":["en","de","fr","es","it"],"default":"en"},
"draft":{"type":"boolean","title":"Keep it as a draft"},
"creativity":{"type":"number","title":"Creativity","minimum":0,"maximum":1},
"brand_voice_id":{"type":"integer","title":"Brand voice ID"},
"voice":{"type":"integer","x-widget":"brand_voice"},
"item":{"type":"integer","x-widget":"content_item"},
"content_id":{"type":"integer"},
"call_to_action":{"type":"string","title":"Call to action","maxLength":600},
"extra":{"type":"object","title":"Extra"}},"additionalProperties":false}`

func TestFieldsOfASchema(t *testing.T) {
	fields := ui.FieldsOf(webtest.Must(schema.Compile(json.RawMessage(everySchema)))(t))
	widgets := map[string]ui.Widget{}
	var order []string
	for _, f := range fields {
		widgets[f.Name] = f.Widget
		order = append(order, f.Name)
	}
	want := map[string]ui.Widget{
		"topic":          ui.WidgetText,
		"audience":       ui.WidgetText,
		"tone":           ui.WidgetRadio,
		"word_count":     ui.WidgetNumber,
		"key_points":     ui.WidgetLines,
		"facts":          ui.WidgetLines,
		"networks":       ui.WidgetChecks,
		"language":       ui.WidgetSelect,
		"draft":          ui.WidgetCheck,
		"creativity":     ui.WidgetNumber,
		"brand_voice_id": ui.WidgetNumber,
		"voice":          ui.WidgetBrandVoice,
		"item":           ui.WidgetContentItem,
		"content_id":     ui.WidgetNumber,
		"call_to_action": ui.WidgetTextArea,
		"extra":          ui.WidgetJSON,
	}
	if !reflect.DeepEqual(widgets, want) {
		t.Errorf("widgets %v, want %v", widgets, want)
	}
	if order[0] != "topic" || order[3] != "word_count" || order[15] != "extra" {
		t.Errorf("order %v", order)
	}
}

// A passage that is pasted into a list of long texts is one entry, however many lines it
// has, and comes back as it was; a list of short texts has an entry per line.
func TestAPastedPassageIsOneEntry(t *testing.T) {
	const of = `{"type":"object","properties":{"list":{"type":"array","maxItems":10,"items":{"type":"string","maxLength":%s}}}}`
	tests := map[string]struct {
		length, typed string
		want          []any
	}{
		"five lines":        {"20000", "We moved.\r\nIt took\r\na week.\r\nNobody\r\nleft.", []any{"We moved.\nIt took\na week.\nNobody\nleft."}},
		"two passages":      {"20000", "One,\nstill one.\n \n\nTwo.", []any{"One,\nstill one.", "Two."}},
		"addresses":         {"20000", "https://a.test/x\nhttps://b.test", []any{"https://a.test/x", "https://b.test"}},
		"text with address": {"20000", "As told at\nhttps://b.test", []any{"As told at\nhttps://b.test"}},
		"spaces around":     {"20000", "\n\n  One.  \n\n", []any{"One."}},
		"short texts":       {"600", "One.\nTwo.\n\nThree.", []any{"One.", "Two.", "Three."}},
	}
	for name, test := range tests {
		fields := ui.FieldsOf(webtest.Must(schema.Compile([]byte(strings.Replace(of, "%s", test.length, 1))))(t))
		fields.Post(url.Values{"list": {test.typed}})
		for range 2 { // as typed, and as filled in from what was recorded
			settings, valid := fields.Settings()
			if !valid || !reflect.DeepEqual(settings["list"], test.want) {
				t.Errorf("%s: %q, want %q", name, settings["list"], test.want)
			}
			fields.Fill(webtest.Must(json.Marshal(settings))(t))
		}
	}
}

func TestSettingsOfAForm(t *testing.T) {
	fields := ui.FieldsOf(webtest.Must(schema.Compile(json.RawMessage(everySchema)))(t))
	fields.Post(url.Values{
		"topic":      {" Cloud "},
		"word_count": {"500"},
		"key_points": {"one\r\n\r\n two "},
		"networks":   {"linkedin", "bluesky"},
		"draft":      {"true"},
		"creativity": {"0.7"},
		"extra":      {`{"a":1}`},
	})
	settings, valid := fields.Settings()
	raw := webtest.Must(json.Marshal(settings))(t)
	want := `{"creativity":0.7,"draft":true,"extra":{"a":1},"key_points":["one","two"],` +
		`"networks":["linkedin","bluesky"],"topic":"Cloud","word_count":500}`
	if !valid || string(raw) != want {
		t.Errorf("%v %s, want %s", valid, raw, want)
	}
	fields.Post(url.Values{"word_count": {"1.5"}, "extra": {"{"}})
	if _, valid := fields.Settings(); valid {
		t.Error("half a word and broken JSON were accepted")
	}
}

// TestALanguageIsChosenByName: the form lists languages by name and sends codes; any other
// code, or a name, can be typed.
func TestALanguageIsChosenByName(t *testing.T) {
	const of = `{"type":"object","properties":{"language":{"type":"string","title":"Language","x-widget":"language",
		"description":"The language of the post, as a language code.","maxLength":35%s}}}`
	for _, c := range []struct{ name, usual, chosen, typed, want, option, other string }{
		{"as it comes", `,"default":"en"`, "en", "", "en", "en", ""},
		{"listed", `,"default":"en"`, "de", "ignored", "de", "de", ""},
		{"not listed", `,"default":"en"`, "other", " gsw ", "gsw", "other", "gsw"},
		{"typed and listed", `,"default":"en"`, "other", "PT-br", "pt-BR", "pt-BR", ""},
		{"a name", `,"default":"en"`, "other", "german", "de", "de", ""},
		{"a name of nothing", `,"default":"en"`, "other", "Klingonese", "Klingonese", "other", "Klingonese"},
		{"no code", `,"default":"en"`, "other", " ", "an error", "other", ""},
		{"no field", `,"default":"en"`, "", "", "", "en", ""},
		{"none", "", "", "", "", "", ""},
		{"chosen where none is", "", "fr", "", "fr", "fr", ""},
	} {
		fields := ui.FieldsOf(webtest.Must(schema.Compile([]byte(strings.Replace(of, "%s", c.usual, 1))))(t))
		if f := fields[0]; f.Widget != ui.WidgetLanguage || f.Help != "The language of the post." || f.Hint != "" {
			t.Fatalf("%+v", f)
		}
		fields.Post(url.Values{"language": {c.chosen}, "language_other": {c.typed}})
		settings, valid := fields.Settings()
		got, _ := settings["language"].(string)
		if !valid {
			got = "an error"
		}
		if option, other := chosen(fields[0]), fields[0].Other; got != c.want || option != c.option || other != c.other {
			t.Errorf("%s: %q, the form shows %q and %q", c.name, got, option, other)
		}
		if c.want == "" || !valid {
			continue
		}
		fields.Fill(webtest.Must(json.Marshal(settings))(t)) // as an execution recorded it
		if option := chosen(fields[0]); option != c.option {
			t.Errorf("%s: filled in as %q", c.name, option)
		}
	}
	fields := ui.FieldsOf(webtest.Must(schema.Compile([]byte(strings.Replace(of, "%s", "", 1))))(t))
	labels := map[string]bool{}
	for _, o := range fields[0].Options {
		if o.Value == "de" && o.Label != "German (de)" || labels[o.Label] {
			t.Errorf("%s is %q", o.Value, o.Label)
		}
		labels[o.Label] = true
	}
	if len(labels) < 40 {
		t.Errorf("only %d languages", len(labels))
	}
}

// chosen is the value of the option that is on; "" for none.
func chosen(f ui.Field) string {
	for _, o := range f.Options {
		if o.On {
			return o.Value
		}
	}
	return ""
}
