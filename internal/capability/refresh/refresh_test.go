package refresh_test

import (
	"encoding/json"
	"strings"
	"testing"

	"vellocity/internal/ai"
	"vellocity/internal/capability/captest"
	"vellocity/internal/capability/refresh"
	"vellocity/internal/domain"
)

var item = domain.ContentItem{
	ID: 7, Version: 3, Type: domain.ContentBlog, Title: "What the shared inbox costs", Language: "en", Edited: true,
	Body: "The plan costs €49 per month since 2023.\n\n## Mobile\n\nThe mobile app follows soon. Version 2.1 is the latest.\n\n" +
		"It has room for five people.",
}

func run(t *testing.T, settings map[string]any, model captest.Script) captest.Outcome {
	t.Helper()
	settings["content_id"] = 7
	return captest.Do(t, refresh.New(), captest.Run{Settings: settings, Items: []domain.ContentItem{item}, Model: model})
}

func TestComposedRefresh(t *testing.T) {
	out := captest.Made(
		t,
		run(t, map[string]any{"facts": []string{"Since March 2026, the plan costs €59 per month"}}, nil),
		1,
	)
	captest.Golden(t, "composed.md", captest.Shown(out))
	if r := out.Effects[0].Revise; r == nil || r.Item.Version != 3 || !r.Item.Edited ||
		!strings.HasPrefix(r.Item.Body, item.Body) {
		t.Errorf("%+v", r)
	}
}

func TestANewItemLeavesTheOldOne(t *testing.T) {
	out := captest.Made(t, run(t, map[string]any{"facts": []string{"The plan costs €59"}, "output": "item"}, nil), 1)
	if c := out.Effects[0].Create; c == nil || c.Item.Type != domain.ContentBlog ||
		!strings.Contains(string(c.Provenance), `"derived_from":[{"id":7`) {
		t.Errorf("%+v", c)
	}
}

// Without anything new, nothing changes, and what is dated is named all the same.
func TestNothingNew(t *testing.T) {
	model := func(string, ai.Request) (string, error) { t.Error("asked"); return "", nil }
	for name, m := range map[string]captest.Script{"composer": nil, "model": model} {
		out := captest.Made(t, run(t, map[string]any{}, m), 0)
		var r refresh.Report
		if err := json.Unmarshal(out.Outputs["dated"], &r); err != nil || len(r.Dated) != 5 || len(out.Needs) != 6 {
			t.Errorf("%s: %+v %v, %d needs", name, r, err, len(out.Needs))
		}
	}
	if out := run(t, map[string]any{"instructions": "Shorten it"}, nil); len(out.Effects) != 0 || out.Err != nil {
		t.Errorf("%+v", out.Effects)
	}
}

func TestRefreshByAModel(t *testing.T) {
	model := func(string, ai.Request) (string, error) {
		return strings.Replace(item.Body, "€49 per month since 2023", "€59 per month since March 2026", 1), nil
	}
	out := captest.Made(
		t,
		run(t, map[string]any{"facts": []string{"Since March 2026, the plan costs €59 per month."}}, model),
		1,
	)
	captest.Golden(t, "model.md", captest.Shown(out))
	captest.Golden(t, "prompt.txt", captest.Prompts(out))
	if r := out.Effects[0].Revise; r.Item.Edited || len(r.Findings) != 0 {
		t.Errorf("%+v", r)
	}
}

// A model that loses most of the text changes nothing.
func TestALostTextStaysAsItWas(t *testing.T) {
	model := func(string, ai.Request) (string, error) { return "The plan costs €59.", nil }
	out := captest.Made(t, run(t, map[string]any{"facts": []string{"The plan costs €59."}}, model), 0)
	if !strings.Contains(string(out.Outputs["text"]), "more than half") {
		t.Errorf("%s", out.Outputs["text"])
	}
}

func TestWhatIsDatedInOtherLanguages(t *testing.T) {
	for language, body := range map[string]string{
		"de": "Derzeit kostet es 49 €.", "fr": "Actuellement, il coûte 49 €.", "es": "Actualmente cuesta 49 €.",
	} {
		other := item
		other.Body, other.Language = body, language
		out := captest.Do(
			t,
			refresh.New(),
			captest.Run{Settings: map[string]any{"content_id": 7}, Items: []domain.ContentItem{other}},
		)
		var r refresh.Report
		if err := json.Unmarshal(out.Outputs["dated"], &r); err != nil || len(r.Dated) != 2 {
			t.Errorf("%s: %+v %v", language, r, err)
		}
	}
}

func TestARefreshAsksInTheLanguageOfTheItem(t *testing.T) {
	for language, want := range map[string]string{
		"en": "names a year. Is it still true?", "de": "nennt ein Jahr. Stimmt das noch?", "ja": "年があります。今も正しいですか。",
		"fr": "cite une année. Est-ce toujours vrai ?", "es-MX": "menciona un año. ¿Sigue siendo cierto?",
	} {
		old := item
		old.Language, old.Body = language, "2023: 49 €. Version 2.1."
		out := captest.Made(t, captest.Do(t, refresh.New(), captest.Run{
			Settings: map[string]any{"content_id": 7}, Items: []domain.ContentItem{old},
		}), 0)
		said := ""
		for _, n := range out.Needs {
			said += n.Reason + "\n"
			english := strings.Contains(n.Reason, "true") || strings.Contains(n.What, "check")
			if english != (language == "en") {
				t.Errorf("%s: %+v", language, n)
			}
		}
		if len(out.Needs) < 3 || !strings.Contains(said, want) {
			t.Errorf("%s: %s", language, said)
		}
	}
}
