package voice_test

import (
	"slices"
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/markdown/markdowntest"
	"vellocity/internal/voice"
)

// part returns one part of a report.
func part(t *testing.T, r voice.Report, id string) voice.Part {
	t.Helper()
	for _, p := range r.Parts {
		if p.ID == id {
			return p
		}
	}
	t.Fatalf("no part %q", id)
	return voice.Part{}
}

// TestWhatBreaksAVoice has, per part, texts with the places that must be shown («marked»).
func TestWhatBreaksAVoice(t *testing.T) {
	long := "Then " + strings.Repeat("word ", 24) + "end."
	short := strings.Repeat("We fix it, then we say how it went. ", 8)
	for _, tc := range []struct {
		part, language, text string
		voice                domain.BrandVoice
		score                int // -1: does not apply
	}{
		{part: "banned-terms", text: "No «synergy», no «Synergies».", voice: domain.BrandVoice{BannedTerms: []string{"synergy"}}, score: 50},
		{part: "banned-terms", language: "en", text: "«Leveraging» it.", voice: domain.BrandVoice{BannedTerms: []string{"leverage"}}, score: 88},
		{part: "banned-terms", text: "Fine.", voice: domain.BrandVoice{BannedTerms: []string{"synergy"}}, score: 100},
		{part: "banned-terms", text: "`synergy` in code, **«syn»ergy** not.", voice: domain.BrandVoice{BannedTerms: []string{"syn"}}, score: 100},
		{part: "banned-terms", text: "Fine.", score: -1},
		{
			part: "preferred-terms", text: "A shared inbox, an «inbox», three «inboxes».",
			voice: domain.BrandVoice{PreferredTerms: []domain.PreferredTerm{{Use: "shared inbox", InsteadOf: "inbox"}}}, score: 33,
		},
		{
			part: "preferred-terms", language: "de", text: "Die «Benutzern» und die Nutzer.",
			voice: domain.BrandVoice{PreferredTerms: []domain.PreferredTerm{{Use: "Nutzer", InsteadOf: "Benutzer"}}}, score: 50,
		},
		{part: "sentence-length", text: short + "«" + long + "»", voice: domain.BrandVoice{ReadingLevel: "simple"}, score: 78},
		{part: "sentence-length", text: short + "«" + long + "»", voice: domain.BrandVoice{Do: []string{"Keep sentences under 22 words."}}, score: 78},
		{part: "sentence-length", text: short, voice: domain.BrandVoice{ReadingLevel: "general"}, score: 100},
		{part: "sentence-length", text: "# " + long + "\n\n| " + long + " |\n|---|\n\n" + short, voice: domain.BrandVoice{ReadingLevel: "simple"}, score: 100},
		{part: "sentence-length", text: long, voice: domain.BrandVoice{ReadingLevel: "simple"}, score: -1},
		{part: "reading-level", language: "en", text: short, voice: domain.BrandVoice{ReadingLevel: "simple"}, score: 100},
		{part: "reading-level", language: "it", text: short, voice: domain.BrandVoice{ReadingLevel: "simple"}, score: -1},
		{part: "address", language: "de", text: "Wir helfen «Ihnen», und du gewinnst.", voice: domain.BrandVoice{Do: []string{"Leser duzen"}}, score: 50},
		{part: "address", language: "de", text: "Wir helfen Ihnen. Nutzen Sie es mit «deinem» Team.", voice: domain.BrandVoice{Do: []string{"Siezen"}}, score: 67},
		{part: "address", language: "de", text: "Sie lacht. Sie hat ihr Buch; du «liest».", voice: domain.BrandVoice{Do: []string{"Say “du”"}}, score: 100},
		{part: "address", language: "de", text: "Wir helfen «Ihnen». Du und dein Team.", score: 67},
		{part: "address", language: "fr", text: "Vous gagnez et «tu» perds.", voice: domain.BrandVoice{Dont: []string{"Tutoyer"}}, score: 50},
		{part: "address", language: "es", text: "Usted gana y «tú» pierdes.", voice: domain.BrandVoice{Do: []string{"Trata de usted"}}, score: 50},
		{part: "person", language: "en", text: "We fix it. «I» like «my» job. “I love it,” she said.", voice: domain.BrandVoice{Do: []string{"Speak as we"}}, score: 33},
		{part: "contractions", language: "en", text: "«Don't» and «we're». Do not. Ann's hat.", voice: domain.BrandVoice{Dont: []string{"Use contractions"}}, score: 33},
		{part: "contractions", language: "en", text: "Don't. «Do not» and «it is».", voice: domain.BrandVoice{Do: []string{"Use contractions"}}, score: 33},
		{part: "exclamation-marks", text: "Great«!» She said “Go!”. `a != b`", voice: domain.BrandVoice{Do: []string{"No exclamation marks"}}, score: 75},
		{part: "exclamation-marks", text: "Great!", score: -1},
		{part: "passive", language: "en", text: "It «was built by our» team. It was built. It stands by the door.", voice: domain.BrandVoice{Do: []string{"Use the active voice"}}, score: 33},
		{part: "passive", language: "fr", text: "Il «est publié par» nous.", voice: domain.BrandVoice{Dont: []string{"Voix passive"}}, score: 0},
	} {
		t.Run(tc.part+"/"+tc.text[:min(24, len(tc.text))], func(t *testing.T) {
			text := strings.NewReplacer("«", "", "»", "").Replace(tc.text)
			r := voice.Check(text, tc.language, tc.voice)
			p := part(t, r, tc.part)
			var got, want []string
			runes := []rune(text)
			for _, e := range p.Evidence {
				got = append(got, string(runes[e.Start:e.End]))
				if e.Rule == "" {
					t.Errorf("evidence without a rule: %+v", e)
				}
			}
			for i, s := range strings.Split(tc.text, "«") {
				if i > 0 {
					s, _, _ = strings.Cut(s, "»")
					want = append(want, s)
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if tc.score == 100 {
				want = nil
			}
			if !slices.Equal(got, want) || p.Applicable != (tc.score >= 0) || p.Applicable && p.Score != tc.score {
				t.Errorf("%q, want %q; score %d, applies %v: %s", got, want, p.Score, p.Applicable, p.Found)
			}
			if p.Applicable && (p.Score < 100) != (p.Fix != "") || p.Found == "" {
				t.Errorf("found %q, fix %q, score %d", p.Found, p.Fix, p.Score)
			}
		})
	}
}

func TestAVoiceThatAsksForNothing(t *testing.T) {
	r := voice.Check("A text.", "en", domain.BrandVoice{Name: "Empty"})
	if r.Judged || !strings.Contains(r.Reason, "too short") || r.Distance.Known {
		t.Errorf("%+v", r)
	}
	r = voice.Check(strings.Repeat("A longer text of some words. ", 20), "en", domain.BrandVoice{})
	if r.Judged || !strings.Contains(r.Reason, "nothing that rules can see") || r.Distance.Reason == "" {
		t.Errorf("%+v", r)
	}
	if r := voice.Check("", "", domain.BrandVoice{BannedTerms: []string{"", " "}}); len(r.Parts) == 0 || r.Words != 0 {
		t.Errorf("%+v", r)
	}
}

// What a voice does not say is learned from its samples.
func TestSamplesSayWhatTheVoiceDoesNot(t *testing.T) {
	sample := strings.Repeat(
		"We don't promise much. We fix it, and then we'll say how. Isn't that enough for a week of work? ",
		12,
	)
	v := domain.BrandVoice{SampleTexts: []string{sample}, Language: "en"}
	r := voice.Check(
		"I will not fix it! It is my job. "+strings.Repeat("Nobody has to do the work here at all. ", 5),
		"en",
		v,
	)
	for id, want := range map[string]string{"person": "I", "contractions": "will not", "exclamation-marks": "!"} {
		p := part(t, r, id)
		if !p.Applicable || len(p.Evidence) == 0 || !strings.Contains(p.Evidence[0].Rule, "sample texts") {
			t.Errorf("%s: %+v", id, p)
			continue
		}
		if !slices.ContainsFunc(p.Evidence, func(e voice.Evidence) bool { return e.Text == want }) {
			t.Errorf("%s: %+v", id, p.Evidence)
		}
	}
}

const (
	plain = `We open the shop at eight. You can call us from nine, or write a note and leave it in the box. We don't ask for much:
your name, the day, and what broke. Then we look at it. If we can fix it, we do. If we can't, we say so, and you pay nothing.
Most weeks we get ten or twelve bikes. A chain takes an hour. A wheel takes two. We'll send you a note when it's done, and you can
come by until seven. Bring the slip with you. It has the number on it. We keep a bike for a month, and then we call. You don't have
to book. You just come in, and we find a time. It's a small shop, so we know most of you by name, and we like it that way. On Fridays we stay until nine, and you get a cup of tea while you wait.`
	plainToo = `We close for two weeks in July. You can still leave your bike in the yard; the gate has a code, and we'll send it to you.
We don't rush a job. If it takes a day more, we call you first. You pay when you pick it up, and not before. A light costs nine, a
bell costs five, and we put them on for free. If it breaks in a year, you bring it back and we fix it. That's all. We can't take cars.
We did it once and it went wrong, so now we don't. You'll find us by the bridge, on the left, with the blue door. `
	ornate = `The organisation’s comprehensive transformation programme, which was initiated following extensive consultation with
institutional stakeholders, establishes a framework within which operational capabilities may be systematically evaluated;
furthermore, it provides the governance necessary for sustainable implementation. Notwithstanding considerable environmental
uncertainty, the leadership’s commitment to continuous improvement – demonstrated through substantial investment in infrastructure,
professional development (including certification), and technological modernisation – remains fundamental to the achievement of
strategic objectives. Consequently, participating departments are encouraged to consider the implications of these recommendations,
particularly insofar as interdepartmental coordination, regulatory compliance and long-term financial planning are concerned; the
secretariat will circulate additional documentation in accordance with established procedures. `
)

// A text by the same hand is nearer to the samples than one by another, and the difference is named.
func TestDistance(t *testing.T) {
	f := voice.Learn([]string{plain}, "en")
	near, far := f.Distance(plainToo, "en"), f.Distance(ornate, "en")
	t.Logf("near %.2f %q", near.Value, near.Differs)
	t.Logf("far %.2f %q", far.Value, far.Differs)
	same := f.Distance(plain, "")
	if !same.Known || same.Value > 0 || len(same.Differs) != 0 {
		t.Errorf("from itself: %+v", same)
	}
	if !near.Known || !far.Known || near.Value > 0.3 || far.Value < 0.6 || far.Value > 1 || len(far.Differs) != 3 {
		t.Errorf("near %+v, far %+v", near, far)
	}
	if !strings.Contains(strings.Join(far.Differs, " "), "Sentences: ") {
		t.Errorf("what differs: %q", far.Differs)
	}
	for want, d := range map[string]voice.Distance{
		"no sample texts":                  voice.Learn(nil, "en").Distance(plain, "en"),
		"The sample texts are too short":   voice.Learn([]string{"We fix it."}, "en").Distance(plain, "en"),
		"The text is too short to compare": f.Distance("We fix it.", "en"),
		"different languages (de and en)":  f.Distance(plain, "de"),
	} {
		if d.Known || !strings.Contains(d.Reason, want) {
			t.Errorf("%q: %+v", want, d)
		}
	}
}

// Places are places of the Markdown, whatever stands in it, and scores are scores.
func FuzzCheck(f *testing.F) {
	f.Add("# Title\n\nWe **don't** utilize it! [I](https://example.com) «said» “I”…", "en")
	f.Add("Du und Sie, Ihnen\n\n> Zitat\n\n```\ncode!\n```\n\n| a | b |\n|---|---|\n", "de")
	f.Add("L’utilisateur d'ici\u00ad, vous &amp; tu\u200b", "fr")
	f.Fuzz(func(t *testing.T, text, language string) {
		v := domain.BrandVoice{
			BannedTerms: []string{"utilize", "code", "we"}, PreferredTerms: []domain.PreferredTerm{{Use: "a", InsteadOf: "b"}},
			Do: []string{"Say “du”", "Short sentences", "No exclamation marks", "active voice"}, ReadingLevel: "simple",
			SampleTexts: []string{plain},
		}
		r := voice.Check(text, language, v)
		n := len([]rune(text))
		if r.Adherence < 0 || r.Adherence > 100 || r.Distance.Value < 0 || r.Distance.Value > 1 {
			t.Fatalf("%+v", r)
		}
		for _, p := range r.Parts {
			if p.Score < 0 || p.Score > 100 || len(p.Evidence) > voice.MostEvidence || p.Total < len(p.Evidence) {
				t.Fatalf("%+v", p)
			}
			for _, e := range p.Evidence {
				if e.Start < 0 || e.Start > e.End || e.End > n {
					t.Fatalf("%+v of %d", e, n)
				}
			}
		}
	})
}

func TestCheckingAVoiceCostsNoMoreThanTheTextsSize(t *testing.T) {
	markdowntest.Linear(t, func(text string) {
		voice.Check(text, "en", domain.BrandVoice{
			BannedTerms: []string{"utilize", "low-hanging fruit"}, ReadingLevel: "general",
			PreferredTerms: []domain.PreferredTerm{{Use: "shared inbox", InsteadOf: "inbox"}},
			Do:             []string{"Use the active voice", "No exclamation marks", "Use contractions"},
			SampleTexts:    []string{plain},
		})
	})
}
