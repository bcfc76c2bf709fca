package compose_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"vellocity/internal/compose"
	"vellocity/internal/domain"
)

// briefs are briefs as people write them, by name: one or more for each format, and the
// kinds that are hard, such as fragments, no points, other languages and pasted passages.
var briefs = readBriefs()

func readBriefs() map[string]compose.Brief {
	raw, err := os.ReadFile("testdata/briefs.json")
	if err != nil {
		panic(err)
	}
	var all []struct {
		Name         string   `json:"name"`
		Topic        string   `json:"topic"`
		Language     string   `json:"language"`
		Format       string   `json:"format"`
		Keywords     []string `json:"keywords"`
		KeyPoints    []string `json:"key_points"`
		Facts        []string `json:"facts"`
		Sources      []string `json:"sources"`
		Words        int      `json:"words"`
		CallToAction string   `json:"call_to_action"`
	}
	if err := json.Unmarshal(raw, &all); err != nil {
		panic(err)
	}
	out := map[string]compose.Brief{}
	for _, b := range all {
		out[b.Name] = compose.Brief{
			Topic: b.Topic, Language: b.Language, Format: b.Format, Keywords: b.Keywords, KeyPoints: b.KeyPoints,
			Facts: b.Facts, Sources: b.Sources, Words: b.Words, CallToAction: b.CallToAction,
		}
	}
	return out
}

// voiced is a brief with a brand voice.
func voiced() compose.Brief {
	return compose.Brief{
		Topic: "Planning a product launch",
		KeyPoints: []string{
			"Don't promise dates that the team hasn't agreed to", "Users want to know what changes; tell them first",
		},
		Facts: []string{"Our last launch slipped by 3 weeks"},
		BrandVoice: &domain.BrandVoice{
			Tone: []string{"formal"}, PreferredTerms: []domain.PreferredTerm{{Use: "customers", InsteadOf: "users"}},
		},
	}
}

// TestVoiced holds what a brand voice changes, and what it leaves alone.
func TestVoiced(t *testing.T) {
	if _, body := post(voiced()); !strings.Contains(body, "Do not promise dates") ||
		!strings.Contains(body, "Customers want") {
		t.Error(body)
	}
	v := &domain.BrandVoice{
		Tone: []string{"Formal"},
		PreferredTerms: []domain.PreferredTerm{
			{Use: "customer", InsteadOf: "user"},
			{Use: "shared inbox", InsteadOf: "inbox"},
		},
	}
	const text = "Users don't see the shared inbox. The inbox won't open. " +
		"`user` and “a user said”, see [user](https://x.test/user)."
	const want = "Customers do not see the shared inbox. The shared inbox will not open. " +
		"`user` and “a user said”, see [customer](https://x.test/user)."
	if got := compose.Voiced(text, v); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if got := compose.Voiced(text, nil); got != text {
		t.Errorf("without a voice: %q", got)
	}
}

func TestPieces(t *testing.T) {
	_, text := post(briefs["rich"])
	pieces := compose.Pieces(text)
	if strings.Join(pieces, "") != text || len(pieces) < len(strings.Fields(text))/5 {
		t.Errorf("%d pieces do not make up the text", len(pieces))
	}
}

// post puts a whole article together.
func post(b compose.Brief) (a compose.Article, body string) {
	if b.Sections == 0 {
		b.Sections = 8
	}
	a = compose.NewArticle(b)
	var out []string
	for _, p := range a.Parts {
		text := p.Text
		if p.Heading != a.Title {
			text = "## " + p.Heading + "\n\n" + text
		}
		out = append(out, text)
	}
	return a, compose.Voiced(strings.Join(out, "\n\n"), b.BrandVoice)
}
