package compose_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"vellocity/internal/channel"
	"vellocity/internal/compose"
	"vellocity/internal/proptest"
	"vellocity/internal/prose"
)

// drawn is a brief of drawn sentences, no two alike, with what each input is called.
type drawn struct {
	brief  compose.Brief
	inputs map[string]string // key_points[0]: its text
}

var sentencePool = []string{
	"price", "€", "from", "May", "not", "the", "pilot", "customers", "experience", "before", "because", "opens", "street",
	"free", "contact", "planned", "you", "tickets", "harbor", "boats", "quiet", "numbers",
}

// draw makes a brief that the composer may get: sentences with and without an end,
// labels, questions, several sentences in one, pasted passages, references.
func draw(t *rapid.T, format string) drawn {
	n := 0
	word := rapid.SampledFrom(sentencePool)
	one := func(label string) string {
		n++
		words := rapid.SliceOfN(word, 0, 14).Draw(t, label)
		s := fmt.Sprintf("Thing%d %s", n, strings.Join(words, " "))
		switch rapid.IntRange(0, 6).Draw(t, "kind") {
		case 0:
			return s + "."
		case 1:
			return s + ": " + fmt.Sprintf("value%d of 4%d", n, n)
		case 2:
			return s + "? Answer" + fmt.Sprint(n) + " it is."
		case 3:
			return s + ". " + fmt.Sprintf("Second%d sentence of this one thing.", n)
		case 4:
			return s + "?"
		case 5:
			return "- " + s
		}
		return strings.TrimSpace(s)
	}
	list := func(name string, most int) []string {
		var out []string
		for range rapid.IntRange(0, most).Draw(t, name) {
			out = append(out, one(name))
		}
		return out
	}
	d := drawn{inputs: map[string]string{}}
	d.brief = compose.Brief{
		Topic: rapid.SampledFrom([]string{"Harbor boats", "10 tips for quiet boats", "Boats vs tickets", "FAQ: boats", "How to open a harbor", "Harbor report Q1", "Launch of the harbor"}).
			Draw(t, "topic"),
		KeyPoints: list("points", 8), Facts: list("facts", 6),
		Language: rapid.SampledFrom([]string{"en", "de", "fr", "es", "ja", "it", "en-GB"}).Draw(t, "language"),
		Format:   format,
		Sections: rapid.IntRange(0, 9).Draw(t, "sections"), Words: rapid.SampledFrom([]int{0, 30, 400}).Draw(t, "words"),
	}
	if rapid.Bool().Draw(t, "cta") {
		d.brief.CallToAction = "Call9000 the harbor now"
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "passages") {
		d.brief.Sources = append(
			d.brief.Sources,
			fmt.Sprintf(
				"Passage%d opens here. It goes on%d for customers.\n\nIt ends%d with boats. Nothing more%d follows.",
				i,
				i,
				i,
				i,
			),
		)
	}
	for name, texts := range map[string][]string{"key_points": d.brief.KeyPoints, "facts": d.brief.Facts, "sources": d.brief.Sources} {
		for i, s := range texts {
			d.inputs[fmt.Sprintf("%s[%d]", name, i)] = s
		}
	}
	if d.brief.CallToAction != "" {
		d.inputs["call_to_action"] = d.brief.CallToAction
	}
	return d
}

// numbering is what a list puts before its lines.
var numbering = regexp.MustCompile(`^\d+\. `)

var notWord = regexp.MustCompile(`[^\p{L}\p{N}€]+`)

// inEveryFormat checks a property for each format, and for the one that is recognized.
func inEveryFormat(t *testing.T, property func(t *rapid.T, format string)) {
	t.Helper()
	for _, format := range append(compose.Formats(), compose.Automatic) {
		t.Run(format, func(t *testing.T) {
			proptest.Check(t, func(t *rapid.T) { property(t, format) })
		})
	}
}

// plain is a text as its words alone, so that marks and capitals do not matter.
func plain(s string) string {
	return " " + strings.TrimSpace(notWord.ReplaceAllString(strings.ToLower(s), " ")) + " "
}

func TestEveryInputIsUsedOnceOrNamed(t *testing.T) {
	inEveryFormat(t, func(t *rapid.T, format string) {
		d := draw(t, format)
		a, body := post(d.brief)
		text := plain(body)
		named := map[string]bool{}
		for _, u := range a.Unused {
			named[u.Ref] = true
			if !slices.Contains(a.Needs, u.Need(d.brief.Language)) {
				t.Fatalf("%s is not used, and no question says so", u.Ref)
			}
		}
		var uses []string
		for _, p := range a.Parts {
			uses = append(uses, p.Uses...)
		}
		for ref, given := range d.inputs {
			count := strings.Count(text, plain(given))
			if !named[ref] {
				if count != 1 || !slices.Contains(uses, ref) {
					t.Fatalf(
						"%s is in the text %d times and in the parts: %t\n%q\n%s",
						ref,
						count,
						slices.Contains(uses, ref),
						given,
						body,
					)
				}
			} else if count > 1 {
				t.Fatalf("%s is in the text %d times\n%s", ref, count, body)
			}
		}
	})
}

func TestTheBodyIsTheCallersWords(t *testing.T) {
	inEveryFormat(t, func(t *rapid.T, format string) {
		d := draw(t, format)
		a, body := post(d.brief)
		if a.Outline {
			return
		}
		given := plain(
			strings.Join(
				slices.Concat(d.brief.KeyPoints, d.brief.Facts, d.brief.Sources, []string{d.brief.CallToAction, d.brief.Topic}),
				" ",
			),
		)
		for line := range strings.SplitSeq(body, "\n") {
			if strings.HasPrefix(line, "#") || strings.HasPrefix(line, "| Figure") ||
				strings.HasPrefix(line, "| ") && !strings.Contains(line, "value") {
				continue
			}
			for _, s := range prose.SentenceTexts(numbering.ReplaceAllString(line, "")) {
				words, own := strings.Fields(plain(s)), 0
				for _, w := range words {
					if strings.Contains(given, " "+w+" ") {
						own++
					}
				}
				if 4*own < 3*len(words) {
					t.Fatalf("%d of %d words are the caller's: %q\n%s", own, len(words), s, body)
				}
			}
		}
	})
}

func TestNothingIsCutInsideASentence(t *testing.T) {
	inEveryFormat(t, func(t *rapid.T, format string) {
		d := draw(t, format)
		var whole []string
		for _, s := range d.inputs {
			for _, one := range prose.SentenceTexts(prose.Line(prose.Plain(s))) {
				whole = append(whole, plain(one))
			}
		}
		for _, n := range channel.Networks() {
			p := compose.NewPost(d.brief, n, rapid.IntRange(60, n.Max).Draw(t, "limit"))
			text := plain(p.Text)
			for _, s := range whole {
				first, _, _ := strings.Cut(strings.TrimSpace(s), " ")
				if strings.Contains(text, " "+first+" ") && strings.IndexFunc(first, unicode.IsDigit) >= 0 &&
					!strings.Contains(text, s) {
					t.Fatalf("%s: cut %q\n%s", n.Slug, s, p.Text)
				}
			}
			named := map[string]bool{}
			for _, u := range p.Unused {
				named[u.Ref] = true
			}
			for ref, s := range d.inputs {
				if got := strings.Count(text, plain(s)); got > 1 || got == 0 && !named[ref] && !strings.HasPrefix(ref, "sources") {
					t.Fatalf("%s: %s is in the post %d times and named: %t\n%s", n.Slug, ref, got, named[ref], p.Text)
				}
			}
		}
	})
}

func TestTheSameBriefGivesTheSameText(t *testing.T) {
	inEveryFormat(t, func(t *rapid.T, format string) {
		d := draw(t, format)
		_, a := post(d.brief)
		if _, b := post(d.brief); a != b {
			t.Fatalf("two texts from one brief:\n%s\n%s", a, b)
		}
	})
}

func FuzzNeverPanics(f *testing.F) {
	f.Add("cloud", "Do this, so that works. And: more", "12 of 13", "en", "auto", 5)
	f.Add("?", ":", ";", "de", "faq", 1)
	f.Add("how to ", "a because b", "- ", "xx", "", 9)
	f.Add("A vs B", "x: A is y; B is z|A?|| |？", "。|# > 10. ", "ja", "comparison", 3)
	f.Fuzz(func(t *testing.T, topic, point, fact, language, format string, n int) {
		b := compose.Brief{
			Topic: topic, KeyPoints: strings.Split(point, "|"), Facts: strings.Split(fact, "|"), Language: language,
			Format: format, Sections: n % 13, Keywords: []string{fact}, CallToAction: point, Sources: []string{point + ". " + fact},
		}
		if a := compose.NewArticle(b); len(a.Parts) == 0 {
			t.Error("an article without parts")
		}
		compose.NewMeta(b, "")
		compose.Slug(topic, language)
		for _, network := range channel.Networks() {
			compose.NewPost(b, network, n%400)
		}
	})
}
