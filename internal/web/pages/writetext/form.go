package writetext

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/engine/studio"
	"vellocity/internal/web/ui"
)

// view is the form, and beside it the text.
type view struct {
	ui.Shell
	Template *studio.WriterTemplate // nil: a prompt of the person's own
	Gone     string                 // the slug of a template that was deleted
	Action   string
	Fields   ui.Fields // those of the template, or the prompt
	Options  ui.Fields
	Open     bool // the options are unfolded
	Problem  string
	General  []string
	Refused  string    // why this person may not write; "" where nothing forbids it
	Text     *textView // nil: none yet
}

func (p page) view(w http.ResponseWriter, r *http.Request, slug string) (v view, err error) {
	title := "Write from a prompt"
	v.Action = prompt
	if slug != "" {
		t, err := p.Engine.Studio.WriterTemplate(r.Context(), slug)
		if err != nil {
			return v, err
		}
		v.Template, title, v.Action = &t, t.Title, "/write/templates/"+t.Slug
		v.Fields = fieldsOf(t.Fields)
	} else {
		v.Fields = ui.Fields{{
			Name: "prompt", Path: "prompt", Label: "What should be written?", Widget: ui.WidgetTextArea, Required: true, Rows: 9,
			MaxLength:   domain.LimitPrompt.Max,
			Placeholder: "Write a short post about our new bike cellar. It opens on 4 May and has room for 60 bikes.",
		}}
	}
	if v.Shell, err = p.Shell(w, r, "/write", title); err != nil {
		return v, err
	}
	v.Options = optionFields(v.Composer)
	if err := p.FillChoices(r.Context(), v.Options); err != nil {
		return v, err
	}
	if a, ok := domain.ActorFrom(r.Context()); ok {
		if err := a.Require(domain.ScopeContent); err != nil {
			v.Refused = domain.AsError(err).Message
		}
	}
	if v.Template != nil && v.Template.Refused {
		v.Refused = "This template needs a model, and none is connected"
	}
	return v, nil
}

// own begins the names of a template's inputs: its author chose the rest, which may be the name of another input.
const own = "v-"

// fieldsOf are the inputs of a template.
func fieldsOf(list []domain.WriterField) (fields ui.Fields) {
	for _, f := range list {
		in := ui.Field{
			Name: own + f.Name, Path: f.Name, Label: f.Title, Help: f.Help, Required: f.Required, Placeholder: f.Example,
			Rows: 5,
		}
		switch f.Type {
		case domain.WriterChoice:
			in.Widget, in.Placeholder = ui.WidgetSelect, ""
			if !f.Required {
				in.Options = append(in.Options, ui.Choice{Label: "Choose…"})
			}
			for i, o := range f.Options {
				in.Options = append(in.Options, ui.Choice{Value: o, Label: ui.Human(o), On: f.Required && i == 0})
			}
		case domain.WriterLongText:
			in.Widget = ui.WidgetTextArea
		case domain.WriterList:
			in.Widget = ui.WidgetLines
			if !strings.Contains(f.Help, "line") {
				in.Hint = "One per line."
			}
		default:
			in.Widget, in.MaxLength = ui.WidgetText, domain.LimitWriterText.Max
		}
		fields = append(fields, in)
	}
	return fields
}

// tones are those that a form offers. A caller may ask for any other.
var tones = strings.Fields("Professional Friendly Casual Confident Empathetic Enthusiastic Formal Informative " +
	"Persuasive Witty")

// optionFields are what every text can be asked with. The composer follows only some of them.
func optionFields(composer bool) ui.Fields {
	tone := ui.Field{
		Name: "tone_of_voice", Path: "tone_of_voice", Label: "Tone", Widget: ui.WidgetSelect,
		Options: []ui.Choice{{Label: "As the brand voice"}},
	}
	for _, t := range tones {
		tone.Options = append(tone.Options, ui.Choice{Value: t, Label: t})
	}
	languages := ui.LanguageChoices("")
	languages[0].Label = "As the brand voice, or the request"
	words := ui.Field{
		Name: "maximum_length", Path: "maximum_length", Label: "Longest length in words", Widget: ui.WidgetNumber,
		Min: "1", Max: strconv.Itoa(domain.LimitWords.Max), Step: "1", Placeholder: strconv.Itoa(studio.DefaultWords),
	}
	fields := ui.Fields{
		{Name: "brand_voice_id", Path: "brand_voice_id", Label: "Brand voice", Widget: ui.WidgetBrandVoice},
		{Name: "language", Path: "language", Label: "Language", Widget: ui.WidgetSelect, Options: languages},
		words,
	}
	if composer {
		return fields
	}
	return append(fields, tone,
		ui.Field{
			Name: "tone_of_voice_custom", Path: "tone_of_voice_custom", Label: "Another tone, in your own words",
			Widget: ui.WidgetText, MaxLength: domain.LimitToneCustom.Max,
		},
		ui.Field{
			Name: "number_of_results", Path: "number_of_results", Label: "How many texts", Widget: ui.WidgetNumber,
			Min: "1", Max: strconv.Itoa(domain.LimitResults.Max), Step: "1", Placeholder: "1",
		},
		ui.Field{
			Name: "creativity", Path: "creativity", Label: "Creativity", Widget: ui.WidgetNumber, Min: "0", Max: "1",
			Step: "any", Help: "From 0, always much the same, to 1, most varied.", Placeholder: "The model’s usual",
		})
}

// asked is what the form asks for, and what is no number in it: such a value is one that the verb refuses, so that all
// faults are found at once.
func (v *view) asked() (studio.FillTemplate, error) {
	option := func(name string) string { return v.Options.Named(name).Value }
	var p domain.Problems
	number := func(name string) int {
		n, err := strconv.Atoi(option(name))
		if option(name) != "" && err != nil {
			p.Type(name, "a whole number")
			return -1
		}
		return n
	}
	in := studio.FillTemplate{GenerateOutput: studio.GenerateOutput{
		MaximumLength: number("maximum_length"), Results: number("number_of_results"), Language: option("language"),
		Tone: option("tone_of_voice"), ToneCustom: option("tone_of_voice_custom"),
		BrandVoiceID: int64(number("brand_voice_id")),
	}}
	if s := option("creativity"); s != "" {
		c, err := strconv.ParseFloat(s, 64)
		if err != nil {
			p.Type("creativity", "a number")
			c = -1
		}
		in.Creativity = &c
	}
	if v.Template == nil {
		in.Prompt = v.Fields.Named("prompt").Value
		return in, p.Err()
	}
	in.Template = v.Template.Slug
	values := map[string]string{}
	for _, f := range v.Fields {
		if f.Value != "" {
			values[f.Path] = f.Value
		}
	}
	raw, err := json.Marshal(values)
	if err != nil {
		return in, fmt.Errorf("write the fields: %w", err)
	}
	in.Fields = raw
	return in, p.Err()
}

// fill sets the form to what a text was asked for.
func (v *view) fill(in studio.FillTemplate) {
	var values map[string][]string
	_ = json.Unmarshal(in.Fields, &values) // nothing to fill in
	for i := range v.Fields {
		f := &v.Fields[i]
		if list := values[f.Path]; len(list) > 0 {
			f.Choose(strings.Join(list, "\n"))
		} else if f.Name == "prompt" && v.Template == nil {
			f.Choose(in.Prompt)
		}
	}
	text := func(n int, usual int) string {
		if n == 0 || n == usual {
			return ""
		}
		return strconv.Itoa(n)
	}
	chosen := map[string]string{
		"brand_voice_id": text(int(in.BrandVoiceID), 0), "language": in.Language, "tone_of_voice": in.Tone,
		"tone_of_voice_custom": in.ToneCustom, "number_of_results": text(in.Results, 1),
		"maximum_length": text(in.MaximumLength, studio.DefaultWords),
	}
	if c := in.Creativity; c != nil {
		chosen["creativity"] = strconv.FormatFloat(*c, 'f', -1, 64)
	}
	for i := range v.Options {
		f := &v.Options[i]
		f.Choose(chosen[f.Name])
		v.Open = v.Open || f.Value != ""
	}
}

// blame notes what is wrong at its fields. What could not be read is said in the words of unread.
func (v *view) blame(e *domain.Error, unread error) {
	if unread != nil {
		first := domain.AsError(unread)
		for name, messages := range e.Fields {
			if first.Fields[name] == nil {
				first.Fields[name] = messages
			}
		}
		e = first
	}
	v.Problem = "The text was not written. Fix these first:"
	fields, options := *e, *e
	fields.Fields, options.Fields = map[string][]string{}, map[string][]string{}
	for name, messages := range e.Fields {
		if v.Options.Named(name).Name != "" {
			options.Fields[name], v.Open = messages, true
		} else {
			fields.Fields[name] = messages
		}
	}
	if len(e.Fields) == 0 {
		v.General = []string{e.Message}
		return
	}
	if len(fields.Fields) > 0 {
		v.General = v.Fields.Blame(&fields)
	}
	if len(options.Fields) > 0 {
		v.Options.Blame(&options)
	}
}

// Faults lists everything that is wrong, for the summary above the form.
func (v view) Faults() []ui.Fault {
	list := append(v.Fields.Faults(), v.Options.Faults()...)
	for _, m := range v.General {
		list = append(list, ui.Fault{Message: m})
	}
	return list
}
