package content_test

import (
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/engine/enginetest"
)

// A text is checked without an item, and nothing is stored or charged.
func TestCheckTextStoresNothing(t *testing.T) {
	enginetest.Each(t, enginetest.Config{}, func(k *enginetest.Kit) {
		voices, err := k.Content.BrandVoices(k.Ctx(), enginetest.FirstPage())
		must(k, err)
		count := func() int {
			return k.Count("select count(*) from event") + k.Count("select count(*) from content")
		}
		before := count()
		r, err := k.Content.CheckText(k.Ctx(), content.CheckText{
			Text: "# A title\n\nIt saves 37 % and “nobody here misses the old way”. " + secret, Language: "en",
			Support: domain.Support{Facts: []string{"It saves 12 %."}},
		})
		must(k, err)
		found := map[string]bool{}
		for _, f := range r.Findings {
			found[f.Guardrail] = true
			if f.ID == "" || f.Step != "check" {
				t.Errorf("%+v", f)
			}
		}
		if !found["secrets"] || !found["unsupported-numbers"] || !found["unsupported-quotes"] || r.Voice != nil ||
			r.Language != "en" || r.Words == 0 || !r.SEO.Known || !r.Readability.Known {
			t.Errorf("%+v", r)
		}
		if len(voices.Items) > 0 {
			r, err = k.Content.CheckText(k.Ctx(), content.CheckText{Text: "A text.", BrandVoiceID: voices.Items[0].ID})
			must(k, err)
			if r.Voice == nil || len(r.Voice.Parts) == 0 {
				t.Errorf("%+v", r)
			}
		}
		if after := count(); after != before {
			t.Errorf("%d rows became %d", before, after)
		}
	})
}

// All faults of an input come at once.
func TestCheckTextRefuses(t *testing.T) {
	enginetest.Each(t, enginetest.Config{}, func(k *enginetest.Kit) {
		_, err := k.Content.CheckText(k.Ctx(), content.CheckText{
			Text: " ", Language: "zz-nothing", Keywords: []string{strings.Repeat("a", 101)},
			Support: domain.Support{Facts: []string{"\x00"}},
		})
		e := domain.AsError(err)
		for _, field := range []string{"text", "language", "keywords.0", "support.facts.0"} {
			if len(e.Fields[field]) == 0 {
				t.Errorf("no fault of %s: %v", field, e.Fields)
			}
		}
		_, err = k.Content.CheckText(k.Ctx(), content.CheckText{Text: "A text.", BrandVoiceID: 999})
		if e := domain.AsError(err); e.Code != domain.CodeValidation || len(e.Fields["brand_voice_id"]) != 1 {
			t.Errorf("%v", err)
		}
	})
}
