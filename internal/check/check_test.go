package check_test

import (
	"strings"
	"testing"

	"vellocity/internal/check"
	"vellocity/internal/domain"
)

func TestTextSaysWhyThereIsNoScore(t *testing.T) {
	r := check.Text(check.Input{Text: "---\n\n***", Language: "ja"})
	if r.SEO.Known || r.Readability.Known || len(r.SEO.Advice) == 0 || len(r.Readability.Advice) == 0 || r.Voice != nil {
		t.Errorf("%+v", r)
	}
	if r := check.Text(check.Input{}); r.Words != 0 || r.Language != "" {
		t.Errorf("%+v", r)
	}
}

func TestTheFirstHeadingIsTheTitle(t *testing.T) {
	advice := func(in check.Input) string { return strings.Join(check.Text(in).SEO.Advice, " ") }
	body := strings.Repeat("The shared inbox is where the team works. ", 30)
	titled := "# How a shared inbox helps a small team\n\n" + body
	if a := advice(check.Input{Text: titled, Language: "en"}); strings.Contains(a, "no title") {
		t.Error(a)
	}
}

func TestHardestSentences(t *testing.T) {
	text := "We open at eight. Notwithstanding organizational interdependencies, institutional responsibilities " +
		"necessitate " +
		"reconsideration, documentation, communication, and a considerable amount of other things that nobody really asked for. Come in."
	hard := check.Hardest(text, "en", 5)
	if len(hard) != 1 || len(hard[0].Why) != 3 || hard[0].Words < 20 {
		t.Errorf("%+v", hard)
	}
}

func TestAVoiceIsHeld(t *testing.T) {
	v := &domain.BrandVoice{BannedTerms: []string{"synergy"}, Language: "en"}
	r := check.Text(check.Input{Text: "We find synergy.", Voice: v})
	if r.Voice == nil || !r.Voice.Judged || r.Voice.Adherence != 75 || len(r.Findings) != 1 || !r.Findings[0].Blocks() {
		t.Errorf("%+v", r)
	}
}
