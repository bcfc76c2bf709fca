package compose

import (
	"cmp"
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
)

// Automatic is the setting that leaves the format to the brief.
const Automatic = "auto"

// general is the format of a brief that fits no other.
const general = "article"

//go:embed formats/*.json slots/*.json
var files embed.FS

// format is one kind of text. Its file says which slots it has; nothing else in the
// program knows it by name.
type format struct {
	name string
	// Rank decides between formats that a topic names at once: "launch event" is an event.
	Rank int `json:"rank"`
	// Opens says which sentence may stand above the first heading.
	Opens opening `json:"opens"`
	// Slots are the slots in their order, each with its shape after a slash.
	Slots []string `json:"slots"`
	// KeyPoints and Facts name the slots of what fits no other.
	KeyPoints string `json:"key_points"`
	Facts     string `json:"facts"`
	// Counts notes that a title may promise as many entries as there are.
	Counts bool `json:"counts"`
	// BareTitle takes the name of the format off the title: a job ad is not called one.
	BareTitle bool                   `json:"bare_title"`
	Words     map[string]formatWords `json:"words"`
}

// formatWords are the words of a format in one language.
type formatWords struct {
	Name  string          `json:"name"`
	Topic cues            `json:"topic"` // by these a topic names the format
	Brief cues            `json:"brief"` // by these a key point names it
	Slots map[string]slot `json:"slots"` // what differs from the words of the language
}

// opening is which sentence of the caller may open a text.
type opening string

const (
	opensNone   opening = "none"   // none: the first heading comes first
	opensTopic  opening = "topic"  // one that says what the topic says
	opensPoints opening = "points" // the first key point
	opensAny    opening = "any"    // a fact with a figure, else the first sentence
)

// words are the words of one language.
type words struct {
	Glance  string          `json:"glance"`  // heading of short facts of several slots
	Outline string          `json:"outline"` // before the title of an outline
	Sources string          `json:"sources"` // heading of the list of sources
	Point   string          `json:"point"`   // first column of a comparison
	Measure []string        `json:"measure"` // the two columns of a table of figures
	Stop    string          `json:"stop"`    // words that no title ends with
	Slots   map[string]slot `json:"slots"`
	// Unused words what is not used and why; Needs asks for what a brief does not have. The keys are names of ours.
	Unused map[string]string   `json:"unused"`
	Needs  map[string]question `json:"needs"`
}

// question asks for something that a brief does not have.
type question struct {
	What string `json:"what"` // what is missing, in a word or two
	Ask  string `json:"ask"`  // what it means for the text, and the question
}

// slot is one place of a format.
type slot struct {
	Heading string `json:"heading"`
	Ask     string `json:"ask"`     // the question that fills it
	Example string `json:"example"` // of an answer
	Cues    cues   `json:"cues"`    // by these a sentence belongs here
}

// place is a slot in a format: its name and how what it holds is set.
type place struct {
	name  string
	shape shape
	slot
}

// data are all formats, in the order of their names, and the words by language.
type data struct {
	formats []format
	words   map[string]words
}

var load = sync.OnceValue(func() data {
	d := data{words: map[string]words{}}
	for name, raw := range folder("formats") {
		f := format{name: name}
		decode(name, raw, &f)
		d.formats = append(d.formats, f)
	}
	slices.SortFunc(d.formats, func(a, b format) int { return strings.Compare(a.name, b.name) })
	for name, raw := range folder("slots") {
		var w words
		decode(name, raw, &w)
		d.words[name] = w
	}
	return d
})

// folder returns the embedded files of a folder by name. They are part of the
// program, so one that cannot be read is a fault of the program.
func folder(dir string) map[string][]byte {
	entries, err := files.ReadDir(dir)
	if err != nil {
		panic(err)
	}
	out := map[string][]byte{}
	for _, e := range entries {
		raw, err := files.ReadFile(path.Join(dir, e.Name()))
		if err != nil {
			panic(err)
		}
		out[strings.TrimSuffix(e.Name(), ".json")] = raw
	}
	return out
}

func decode(name string, raw []byte, into any) {
	if err := json.Unmarshal(raw, into); err != nil {
		panic(fmt.Errorf("%s.json: %w", name, err))
	}
}

// Formats returns the names of the formats, in the order of the alphabet.
func Formats() []string {
	var out []string
	for _, f := range load().formats {
		out = append(out, f.name)
	}
	return out
}

// Languages returns the codes of the languages that have words, in order.
func Languages() []string {
	var out []string
	for l := range load().words {
		out = append(out, l)
	}
	slices.Sort(out)
	return out
}

// SourcesHeading returns the heading of a list of sources; "" for a language that
// has no words here.
func SourcesHeading(language string) string { return load().words[tag(language)].Sources }

// tag is the language of a code without its region; English where there is none.
func tag(language string) string {
	t, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(language), "_", "-"), "-")
	return cmp.Or(t, "en")
}

// places returns the slots of the format with the words of a language. Without words
// for the language, headings are empty.
func (f format) places(language string) []place {
	own, all := f.Words[language].Slots, load().words[language].Slots
	var out []place
	for _, s := range f.Slots {
		name, form, _ := strings.Cut(s, "/")
		p := place{name: name, shape: shape(cmp.Or(form, string(shapeText))), slot: all[name]}
		o := own[name]
		p.Heading, p.Ask = cmp.Or(o.Heading, p.Heading), cmp.Or(o.Ask, p.Ask)
		p.Example, p.Cues = cmp.Or(o.Example, p.Example), append(slices.Clone(o.Cues), p.Cues...)
		out = append(out, p)
	}
	return out
}

// doing reports whether a topic begins with something to do that is not a cue itself:
// "planning a launch" is no launch.
func doing(topic text, c cues) bool {
	first, _, _ := strings.Cut(strings.TrimSpace(topic.folded), " ")
	stem, gerund := strings.CutSuffix(first, "ing")
	return gerund && strings.ContainsAny(stem, "aeiouy") && c.score(newText(first)) == 0 &&
		!slices.ContainsFunc(c, func(one cue) bool { return strings.HasPrefix(one.word, first) })
}

// recognize returns the format of a brief: the one that it names, else the one that
// its topic or a key point names, else questions and answers where there are several
// questions, else the general one.
func recognize(b Brief, given []statement) format {
	all := load().formats
	named := func(name string) format {
		i := slices.IndexFunc(all, func(f format) bool { return f.name == name })
		return all[max(i, 0)]
	}
	if slices.Contains(Formats(), b.Format) {
		return named(b.Format)
	}
	language := tag(b.Language)
	best := named(general)
	topic := newText(b.Topic)
	for _, f := range all {
		w := f.Words[language]
		hit := w.Topic.score(topic) > 0 && !doing(topic, w.Topic)
		for _, s := range given {
			hit = hit || !s.fact && w.Brief.score(s.words) > 0
		}
		if hit && f.Rank > best.Rank {
			best = f
		}
	}
	questions := 0
	for _, s := range given {
		if asks(s.sentences[0]) {
			questions++
		}
	}
	if best.name == general && questions >= 2 {
		return named("faq")
	}
	return best
}
