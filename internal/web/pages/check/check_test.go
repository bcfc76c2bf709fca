package check_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"vellocity/internal/ai/aitest"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/web/webtest"
)

// voiceOf creates a brand voice that bans a term.
func voiceOf(t *testing.T, p *webtest.Person, banned string, samples ...string) domain.BrandVoice {
	t.Helper()
	return webtest.Must(p.Engine.Content.CreateBrandVoice(p.Context(), content.CreateBrandVoice{
		Name: "Plain", BrandVoiceEdit: domain.BrandVoiceEdit{BannedTerms: &[]string{banned}, SampleTexts: &samples},
	}))(t)
}

// TestATextIsCheckedWithoutAScript posts a text and reads what breaks, marked in the text, with all scores.
func TestATextIsCheckedWithoutAScript(t *testing.T) {
	p := webtest.Start(t)
	v := voiceOf(t, p, "synergy")
	form := url.Values{"brand_voice_id": {"3"}, "text": {"# Less noise\n\nWe find synergy in every inbox."}}
	if v.ID != 3 {
		t.Fatalf("the voice is %d", v.ID)
	}
	r := p.Post("/check", form)
	doc := webtest.Parse(t, "/check", r.Body)
	if r.Status != http.StatusOK || webtest.Count(doc, "mark", "find") == 0 ||
		webtest.Count(doc, "section", "score-card") != 4 {
		t.Errorf("%d, %d marks, %d scores", r.Status, webtest.Count(doc, "mark", "find"),
			webtest.Count(doc, "section", "score-card"))
	}
	for _, want := range []string{">synergy</mark>", "Brand voice, part by part", "Banned terms", "Less noise\n\nWe find"} {
		if !strings.Contains(r.Body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	part := p.Post("/check", form, "HX-Request", "true")
	if strings.Contains(part.Body, "<html") || !strings.Contains(part.Body, ">synergy</mark>") {
		t.Errorf("a script gets %q", part.Body)
	}
}

// TestAFilesFrontMatterCounts pastes a whole Markdown file.
func TestAFilesFrontMatterCounts(t *testing.T) {
	p := webtest.Start(t)
	file := "---\r\ntitle: Ein Posteingang\r\nlang: de\r\n---\r\nDas ist ein Satz. Das ist noch einer.\r\n"
	r := p.Post("/check", url.Values{"text": {file}})
	if !strings.Contains(r.Body, ", German</span>") || strings.Contains(r.Body, "<p>title:") ||
		!strings.Contains(r.Body, "---\ntitle: Ein Posteingang") {
		t.Errorf("%d\n%s", r.Status, r.Body)
	}
	r = p.Post("/check", url.Values{"text": {"---\ntitle: [\n---\nText."}})
	if r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, "front matter is not valid") {
		t.Errorf("broken front matter: %d", r.Status)
	}
}

// TestFaultsOfACheckStandAtTheirFields posts faults of each field; what was written stays.
func TestFaultsOfACheckStandAtTheirFields(t *testing.T) {
	p := webtest.Start(t)
	for name, value := range map[string]string{
		"text": strings.Repeat("x", domain.LimitBody.Max+1), "title": strings.Repeat("x", domain.LimitTitle.Max+1),
		"keywords": strings.Repeat("x", 101), "language": "klingonese!", "links": strings.Repeat("y", 2049),
		"facts": strings.Repeat("z", 2001), "brand_voice_id": "99",
	} {
		form := url.Values{"text": {"Kept words."}}
		form.Set(name, value)
		r := p.Post("/check", form)
		if r.Status != http.StatusUnprocessableEntity || !strings.Contains(r.Body, `href="#f-`+name+`"`) {
			t.Errorf("%s: %d", name, r.Status)
		}
		if name != "text" && !strings.Contains(r.Body, "Kept words.") {
			t.Errorf("%s: the text is lost", name)
		}
	}
	if r := p.Post("/check", url.Values{"text": {" "}}); r.Status != http.StatusUnprocessableEntity {
		t.Errorf("no text: %d", r.Status)
	}
}

// TestSamplesAreCheckedAgainWhenTheVoiceChanges reads the voice's page before and after a change.
func TestSamplesAreCheckedAgainWhenTheVoiceChanges(t *testing.T) {
	p := webtest.Start(t)
	v := voiceOf(t, p, "leverage", "We find synergy in every inbox, and we say so in short words.")
	before := p.Get("/brand-voices/3").Body
	if !strings.Contains(before, "<b>100 of 100</b>") || !strings.Contains(before, `href="/check?brand_voice_id=3"`) {
		t.Errorf("before: %s", before)
	}
	edit := content.EditBrandVoice{ID: v.ID, BrandVoiceEdit: domain.BrandVoiceEdit{BannedTerms: &[]string{"synergy"}}}
	webtest.Must(p.Engine.Content.EditBrandVoice(p.Context(), edit))(t)
	after := p.Get("/brand-voices/3").Body
	if strings.Contains(after, "<b>100 of 100</b>") || !strings.Contains(after, "was 100 in the version before") ||
		!strings.Contains(after, "Banned terms: ") {
		t.Errorf("after: %s", after)
	}
	if r := p.Get("/check?brand_voice_id=3&sample=1"); !strings.Contains(r.Body, ">synergy</mark>") {
		t.Errorf("a sample on the page: %d", r.Status)
	}
}

// TestTheModelsJudgementStandsApart asks a model on the wire: its opinion is beside the scores and changes none,
// a quote that the text does not have is left out, and the whole form is there again.
func TestTheModelsJudgementStandsApart(t *testing.T) {
	server := aitest.NewServer(aitest.Always(aitest.Text(`{"fits":"partly","verdict":"It boasts.","quotes":[
		{"quote":"We find synergy","why":"A boast.","instead":"We help."},
		{"quote":"Nobody wrote this","why":"Made up.","instead":""}]}`)))
	t.Cleanup(server.Close)
	p := webtest.StartWith(t, map[string]string{"openai-base-url": server.URL() + "/v1"})
	voiceOf(t, p, "synergy")
	page := p.Get("/check").Body
	if !strings.Contains(page, "Ask the model too") {
		t.Fatal("the page does not offer the model")
	}
	form := url.Values{
		"brand_voice_id": {"3"}, "text": {"We find synergy in every inbox."}, "keywords": {"shared inbox"},
		"facts": {"12 of 40 teams"},
	}
	alone := p.Post("/check", form).Body
	r := p.Post("/check/judgement", form)
	if r.Status != http.StatusSeeOther || !strings.HasPrefix(r.Location, "/check?judged=") {
		t.Fatalf("%d to %q\n%s", r.Status, r.Location, r.Body)
	}
	id, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimPrefix(r.Location, "/check?judged="), "#judgement"), 10, 64)
	webtest.No(t, err)
	webtest.Must(p.Engine.Work.WaitExecution(p.Context(), id, time.Minute))(t)
	page = p.Get(strings.TrimSuffix(r.Location, "#judgement")).Body
	for _, want := range []string{
		"Fits: partly.", "It boasts.", "<b>Instead:</b> We help.", "1 quote left out", "shared inbox</textarea>",
		"12 of 40 teams</textarea>",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "Nobody wrote this") {
		t.Error("a quote that the text does not have is shown")
	}
	scores := func(page string) string {
		_, rest, _ := strings.Cut(page, `<div class="scores">`)
		cut, _, _ := strings.Cut(rest, `<div class="check-parts">`)
		return cut
	}
	if scores(page) == "" || scores(page) != scores(alone) {
		t.Error("the judgement changes a score")
	}
	if r := p.Get("/check?judged=999"); r.Status != http.StatusNotFound {
		t.Errorf("an execution that is not there: %d", r.Status)
	}
}
