package brandvoice

import (
	"cmp"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"vellocity/internal/domain"
	"vellocity/internal/web/ui"
)

// form is the form with what a person wrote, or with what is stored.
type form struct {
	Title   string // of the page: the stored name
	ETag    string
	Version int
	Problem string   // in one sentence; empty where nothing is wrong
	General []string // what is wrong and belongs to no field
	Dirty   bool     // it holds what is not stored
	Fields  ui.Fields
	Pairs   []pair
	Samples []sample
	AddPair bool // a row was just added, which takes the focus
}

// pair is a row of the preferred terms.
type pair struct {
	Use, InsteadOf string
	Errors         []string
	First          bool // the first empty one
}

type sample struct {
	N      int
	Text   string
	Errors []string
}

// tones are the words that the form suggests.
var tones = []string{
	"Bold", "Calm", "Clear", "Concrete", "Confident", "Exact", "Formal", "Friendly", "Helpful", "Honest", "Playful",
	"Warm", "Witty",
}

const (
	emptyPairs   = 3
	emptySamples = 2
)

func formOf(v domain.BrandVoice) form {
	f := form{
		Title:   v.Name,
		ETag:    ui.ETag(v.Revision()),
		Version: v.Version,
		Fields:  fieldsOf(v.Tone, v.Language),
	}
	for name, value := range map[string]string{
		"name": v.Name, "description": v.Description, "tone": strings.Join(v.Tone, "\n"), "audience": v.Audience,
		"do": strings.Join(v.Do, "\n"), "dont": strings.Join(v.Dont, "\n"), "language": v.Language,
		"banned_terms": strings.Join(v.BannedTerms, "\n"), "is_default": map[bool]string{true: "true"}[v.IsDefault],
		"reading_level": string(cmp.Or(v.ReadingLevel, domain.ReadingGeneral)),
	} {
		f.choose(name, value)
	}
	for _, t := range v.PreferredTerms {
		f.Pairs = append(f.Pairs, pair{Use: t.Use, InsteadOf: t.InsteadOf})
	}
	for _, text := range v.SampleTexts {
		f.Samples = append(f.Samples, sample{Text: text})
	}
	f.pad(emptyPairs)
	return f
}

func (f *form) choose(name, value string) {
	i := slices.IndexFunc(f.Fields, func(x ui.Field) bool { return x.Name == name })
	f.Fields[i].Choose(value)
}

// fieldsOf are the fields of the form, with the tones and the language among their options.
func fieldsOf(own []string, language string) ui.Fields {
	text := func(name, label, help string, l domain.Limit) ui.Field {
		return ui.Field{Name: name, Path: name, Label: label, Help: help, Widget: ui.WidgetText, MaxLength: l.Max}
	}
	lines := func(name, label, help string, rows int) ui.Field {
		return ui.Field{Name: name, Path: name, Label: label, Help: help, Widget: ui.WidgetLines, Rows: rows}
	}
	name := text("name", "Name", "", domain.LimitBrandVoiceName)
	name.Required, name.Placeholder = true, "Acme, for customers"
	more := text("tone_more", "Other words", "Separate them with commas.", domain.Limit{Max: 500})
	more.Path = "tone"
	levels := ui.Field{Name: "reading_level", Path: "reading_level", Label: "Reading level", Widget: ui.WidgetRadio}
	for _, l := range (domain.ReadingLevel("")).Values() {
		levels.Options = append(levels.Options, ui.Choice{Value: l, Label: ui.Human(l)})
	}
	return ui.Fields{
		name,
		text("description", "Description", "What it is for, in a sentence.", domain.LimitBrandVoiceDescription),
		{Name: "tone", Path: "tone", Label: "How it sounds", Widget: ui.WidgetChecks, Options: toneChoices(own)},
		more,
		text("audience", "Audience", "Who the texts are for.", domain.LimitBrandVoiceAudience),
		{
			Name: "language", Path: "language", Label: "Language", Widget: ui.WidgetSelect,
			Options: ui.LanguageChoices(language),
		},
		levels,
		lines("do", "Do", "One rule per line.", 6),
		lines("dont", "Don’t", "One rule per line.", 6),
		lines("banned_terms", "Banned terms", "One per line. A text that has one gets a finding.", 4),
		{
			Name: "is_default", Path: "is_default", Label: "Use it where no brand voice is chosen", Widget: ui.WidgetCheck,
			Help: "A workspace has one default. Checking this replaces it.",
		},
	}
}

// toneChoices are the brand voice's own words, in their order, and those suggested.
func toneChoices(own []string) (list []ui.Choice) {
	for _, t := range own {
		list = append(list, ui.Choice{Value: t, Label: ui.Human(t)})
	}
	for _, t := range tones {
		if !slices.ContainsFunc(own, func(o string) bool { return strings.EqualFold(o, t) }) {
			list = append(list, ui.Choice{Value: strings.ToLower(t), Label: t})
		}
	}
	return list
}

// pad adds empty rows for more.
func (f *form) pad(pairs int) {
	first := len(f.Pairs)
	for range min(pairs, max(0, domain.LimitPreferredTerms.Max-first)) {
		f.Pairs = append(f.Pairs, pair{First: len(f.Pairs) == first && f.AddPair})
	}
	for range min(emptySamples, max(0, domain.LimitSampleTexts.Max-len(f.Samples))) {
		f.Samples = append(f.Samples, sample{})
	}
	for i := range f.Samples {
		f.Samples[i].N = i + 1
	}
}

// readForm reads a posted form. more says that the person wants more rows, and not to save.
func readForm(r *http.Request) (f form, more bool, err error) {
	if err := ui.ReadForm(r); err != nil {
		return f, false, err
	}
	get := r.PostForm
	version, _ := strconv.Atoi(get.Get("version")) // of a new one there is none
	own := slices.DeleteFunc(slices.Clone(get["tone"]), func(t string) bool {
		return strings.TrimSpace(t) == ""
	})
	f = form{
		Title:   cmp.Or(strings.TrimSpace(get.Get("name")), "Brand voice"),
		ETag:    get.Get("etag"),
		Version: version,
		Dirty:   true,
		Fields:  fieldsOf(own, get.Get("language")),
	}
	f.Fields.Post(get)
	for i, use := range get["use"] {
		x := pair{Use: strings.TrimSpace(use)}
		if i < len(get["instead_of"]) {
			x.InsteadOf = strings.TrimSpace(get["instead_of"][i])
		}
		if x.Use != "" || x.InsteadOf != "" {
			f.Pairs = append(f.Pairs, x)
		}
	}
	for _, text := range get["sample_texts"] {
		if text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")); text != "" {
			f.Samples = append(f.Samples, sample{Text: text})
		}
	}
	if more = get.Get("more") != ""; more {
		f.AddPair = true
		f.pad(2 * emptyPairs)
	} else {
		f.pad(emptyPairs)
	}
	return f, more, nil
}

// edit is what the form would store.
func (f form) edit() (name string, e domain.BrandVoiceEdit) {
	value := func(name string) *string { v := f.Fields.Named(name).Value; return &v }
	list := func(name string) *[]string { l := linesOf(*value(name), "\n"); return &l }
	tone := list("tone")
	for _, t := range linesOf(*value("tone_more"), ",") {
		if !slices.ContainsFunc(*tone, func(o string) bool { return strings.EqualFold(o, t) }) {
			*tone = append(*tone, t)
		}
	}
	level := domain.ReadingLevel(*value("reading_level"))
	on := *value("is_default") != ""
	terms, samples := []domain.PreferredTerm{}, []string{}
	for _, x := range f.Pairs {
		if x.Use != "" || x.InsteadOf != "" {
			terms = append(terms, domain.PreferredTerm{Use: x.Use, InsteadOf: x.InsteadOf})
		}
	}
	for _, s := range f.Samples {
		if s.Text != "" {
			samples = append(samples, s.Text)
		}
	}
	return *value("name"), domain.BrandVoiceEdit{
		Description:    value("description"),
		Tone:           tone,
		Audience:       value("audience"),
		Do:             list("do"),
		Dont:           list("dont"),
		PreferredTerms: &terms,
		BannedTerms:    list("banned_terms"),
		SampleTexts:    &samples,
		Language:       value("language"),
		ReadingLevel:   &level,
		IsDefault:      &on,
	}
}

// linesOf cuts a text into its entries, without empty ones.
func linesOf(text, at string) []string {
	list := []string{}
	for s := range strings.SplitSeq(text, at) {
		if s = strings.TrimSpace(s); s != "" {
			list = append(list, s)
		}
	}
	return list
}

// blame notes what is wrong at its fields.
func (f *form) blame(e *domain.Error) {
	f.Problem = "This was not saved. What you wrote is still here. Fix these first:"
	rest := domain.Error{Code: e.Code, Message: e.Message, Fields: map[string][]string{}}
	for _, at := range slices.Sorted(maps.Keys(e.Fields)) {
		switch i, ok := entry(at, "preferred_terms", len(f.Pairs)); {
		case ok:
			f.Pairs[i].Errors = append(f.Pairs[i].Errors, e.Fields[at]...)
			continue
		}
		if i, ok := entry(at, "sample_texts", len(f.Samples)); ok {
			f.Samples[i].Errors = append(f.Samples[i].Errors, e.Fields[at]...)
			continue
		}
		rest.Fields[at] = e.Fields[at]
	}
	if len(rest.Fields) > 0 || len(e.Fields) == 0 {
		f.General = f.Fields.Blame(&rest)
	}
}

// entry returns the index of a path of one entry of a list: preferred_terms.2.use.
func entry(path, list string, n int) (i int, ok bool) {
	rest, found := strings.CutPrefix(path, list+".")
	if !found {
		return 0, false
	}
	number, _, _ := strings.Cut(rest, ".")
	i, err := strconv.Atoi(number)
	return i, err == nil && i >= 0 && i < n
}

// Faults lists everything that is wrong, for the summary above the form.
func (f form) Faults() []ui.Fault {
	list := f.Fields.Faults()
	for _, x := range f.Pairs {
		for _, m := range x.Errors {
			list = append(list, ui.Fault{ID: "terms", Label: "Preferred terms", Message: m})
		}
	}
	for _, s := range f.Samples {
		for _, m := range s.Errors {
			list = append(list, ui.Fault{ID: "f-sample-" + strconv.Itoa(s.N), Label: "Sample text", Message: m})
		}
	}
	for _, m := range f.General {
		list = append(list, ui.Fault{Message: m})
	}
	return list
}
