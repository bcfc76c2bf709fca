package translate_test

import (
	"strings"
	"testing"

	"vellocity/internal/ai"
	"vellocity/internal/capability/captest"
	"vellocity/internal/capability/translate"
	"vellocity/internal/domain"
)

var item = domain.ContentItem{
	ID: 7, Version: 1, Type: domain.ContentBlog, Title: "Moving to Queuelight", Language: "en", MetaDescription: "How we moved.",
	Keywords: []string{"shared inbox"},
	Body: "We moved 1,250.5 orders to [Queuelight](https://example.com/q) on 4 May.\n\n## Steps\n\n- One\n- Two\n\n" +
		"```\nmv a b\n```\n",
}

const german = "Wir haben am 4. Mai 1.250,5 Bestellungen auf [Queuelight](https://example.com/q) umgestellt.\n\n" +
	"## Schritte\n\n- Eins\n- Zwei\n\n```\nmv a b\n```"

func run(t *testing.T, texts ...string) captest.Outcome {
	t.Helper()
	n := 0
	model := func(_ string, req ai.Request) (string, error) {
		if req.Schema != nil {
			return `{"title":"Umzug zu Queuelight","meta_title":"","meta_description":"Wie wir umgezogen sind.","keywords":["gemeinsamer Posteingang","x"]}`, nil
		}
		n++
		return texts[min(n, len(texts))-1], nil
	}
	return captest.Do(t, translate.New(), captest.Run{
		Settings: map[string]any{"content_id": 7, "language": "de", "keep": []string{"Queuelight"}, "formality": "formal"},
		Items:    []domain.ContentItem{item}, Model: model,
	})
}

func TestTranslation(t *testing.T) {
	out := captest.Made(t, run(t, german), 1)
	captest.Golden(t, "model.md", captest.Shown(out))
	captest.Golden(t, "prompts.txt", captest.Prompts(out))
	c := out.Effects[0].Create.Item
	if c.Language != "de" || c.Type != domain.ContentBlog || len(c.Keywords) != 1 || len(out.Findings) != 0 ||
		len(out.Written) != 2 {
		t.Errorf("%+v %+v", c, out.Findings)
	}
}

// Each kind of difference is tried once more, and named where it stays.
func TestWhatDiffersIsNamed(t *testing.T) {
	for name, c := range map[string]struct{ from, to, guardrail string }{
		"a number":      {"1.250,5", "1.350,5", "unsupported-numbers"},
		"a lost number": {" am 4. Mai", "", "unsupported-numbers"},
		"a link":        {"example.com/q", "example.de/q", "unsupported-links"},
		"a heading":     {"## Schritte", "### Schritte", "length-format"},
		"a list item":   {"- Zwei\n", "", "length-format"},
		"code":          {"mv a b", "bewege a b", "length-format"},
		"a name":        {"Queuelight", "Warteschlange", "brand-terms"},
	} {
		spoiled := strings.Replace(german, c.from, c.to, 1)
		out := captest.Made(t, run(t, spoiled), 1)
		if len(out.Written) != 3 || len(out.Findings) == 0 || out.Findings[0].Guardrail != c.guardrail {
			t.Errorf("%s: %d written, %+v", name, len(out.Written), out.Findings)
		}
		fixed := captest.Made(t, run(t, spoiled, german), 1)
		if len(fixed.Findings) != 0 || !strings.Contains(fixed.Effects[0].Create.Item.Body, c.from) {
			t.Errorf("%s: %+v", name, fixed.Findings)
		}
	}
}

func TestLongTextsAreTranslatedInPieces(t *testing.T) {
	long := item
	long.Body = strings.Repeat("A line about rain that is long enough for this.\n\n", 500)
	model := func(_ string, req ai.Request) (string, error) {
		if req.Schema != nil {
			return `{"title":"T","meta_title":"","meta_description":"","keywords":[]}`, nil
		}
		_, text, _ := strings.Cut(req.Messages[0].Text, "<data name=\"text\">\n")
		text, _, _ = strings.Cut(text, "\n</data>")
		return text, nil
	}
	out := captest.Made(t, captest.Do(t, translate.New(), captest.Run{
		Settings: map[string]any{"content_id": 7, "language": "de"}, Items: []domain.ContentItem{long}, Model: model,
	}), 1)
	if got := out.Effects[0].Create.Item.Body; got != strings.TrimSpace(long.Body) || len(out.Written) < 4 {
		t.Errorf("%d calls, %d of %d bytes", len(out.Written), len(got), len(long.Body))
	}
}

func TestWithoutAModelOrAnotherLanguage(t *testing.T) {
	if !translate.New().RequiresModel() {
		t.Error("it does not say that it needs a model")
	}
	for _, language := range []string{"de", "en"} {
		out := captest.Do(t, translate.New(), captest.Run{
			Settings: map[string]any{"content_id": 7, "language": language}, Items: []domain.ContentItem{item},
		})
		if domain.CodeOf(out.Err) != domain.CodeConflict {
			t.Errorf("%s: %v", language, out.Err)
		}
	}
}
