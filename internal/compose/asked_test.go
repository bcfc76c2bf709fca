package compose

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// TestEveryLanguageAsksTheSame: a question or reason in English is there in all languages, with the same figures.
func TestEveryLanguageAsksTheSame(t *testing.T) {
	en := load().words["en"]
	verbs := func(s string) string {
		var out []string
		for i := strings.IndexByte(s, '%'); i >= 0 && i+1 < len(s); {
			out = append(out, s[i:i+2])
			next := strings.IndexByte(s[i+2:], '%')
			if next < 0 {
				break
			}
			i += 2 + next
		}
		return strings.Join(out, " ")
	}
	for language, w := range load().words {
		if got, want := slices.Sorted(maps.Keys(w.Unused)), slices.Sorted(maps.Keys(en.Unused)); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", language, got, want)
		}
		if got, want := slices.Sorted(maps.Keys(w.Needs)), slices.Sorted(maps.Keys(en.Needs)); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", language, got, want)
		}
		for key, s := range w.Unused {
			if verbs(s) != verbs(en.Unused[key]) {
				t.Errorf("%s, %s: %q", language, key, s)
			}
		}
		for key, q := range w.Needs {
			if q.What == "" || verbs(q.Ask) != verbs(en.Needs[key].Ask) || language != "en" && q.Ask == en.Needs[key].Ask {
				t.Errorf("%s, %s: %q", language, key, q)
			}
		}
	}
}

// TestQuestionsAreInTheLanguageOfTheText, else in English.
func TestQuestionsAreInTheLanguageOfTheText(t *testing.T) {
	for language, want := range map[string]string{
		"de-AT": "Für wen ist der Text?", "fr": "À qui s'adresse le texte ?", "es_MX": "¿Para quién es el texto?",
		"ja": "誰に向けた文章ですか。", "en": "Who is it for?", "": "Who is it for?", "pt": "Who is it for?",
	} {
		if got := Question(language, "audience", "audience"); !strings.HasSuffix(got.Reason, want) ||
			got.Field != "audience" {
			t.Errorf("%s: %+v", language, got)
		}
		n := Unused{Ref: "facts[1]", Text: "X", Reason: "Y"}.Need(language)
		if strings.HasPrefix(n.What, "not used: fact 2") != strings.HasSuffix(want, "for?") ||
			!strings.Contains(n.Reason, "X") {
			t.Errorf("%s: %+v", language, n)
		}
	}
}
