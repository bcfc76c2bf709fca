package seo_test

import (
	"reflect"
	"strings"
	"testing"

	"vellocity/internal/seo"
)

func check(t *testing.T, r seo.Report, id string) seo.Check {
	t.Helper()
	for _, c := range r.Checks {
		if c.ID == id {
			return c
		}
	}
	t.Fatalf("no check %q", id)
	return seo.Check{}
}

func TestAGoodPageScoresHighAndAnEmptyOneLow(t *testing.T) {
	if r := seo.Analyze(nine(t)["good"]); r.Score < 80 || r.Grade > "B" {
		t.Errorf("good page: %d %s %+v", r.Score, r.Grade, r.Checks)
	}
	r := seo.Analyze(seo.Input{})
	if r.Score > 10 || r.Grade != "E" {
		t.Errorf("empty page: %d %s", r.Score, r.Grade)
	}
	for _, c := range r.Checks {
		if c.Applicable && c.Points < c.Max && c.Fix == "" {
			t.Errorf("%s takes points away and does not say how to fix it", c.ID)
		}
	}
}

func TestEachCheckSeesItsFault(t *testing.T) {
	for _, tc := range []struct {
		id    string
		spoil func(*seo.Input)
		fix   string
	}{
		{"title", func(in *seo.Input) { in.Title = "Inbox" }, "15 to 90"},
		{"meta-title", func(in *seo.Input) { in.MetaTitle = strings.Repeat("long ", 20) }, "20 to 60"},
		{"meta-description", func(in *seo.Input) { in.MetaDescription = "" }, "70 to 160"},
		{"slug", func(in *seo.Input) { in.Slug = "" }, "address part"},
		{"length", func(in *seo.Input) { in.Body = "A shared inbox." }, "very short"},
		{"keyword-placement", func(in *seo.Input) { in.Slug = "x"; in.Title, in.MetaTitle = "Something else here", "" }, "the title and the address"},
		{"keyword-density", func(in *seo.Input) { in.Body = strings.Repeat("Shared inbox now. ", 30) }, "stuffed"},
		{"headings", func(in *seo.Input) { in.Body = "## Two\n\n#### Four\n\ntext" }, "skips a level"},
		{"links", func(in *seo.Input) { in.Body = "See [here](https://example.com)." }, "says nothing"},
		{"repetition", func(in *seo.Input) { in.Body = strings.Repeat("Shared mail has one owner only. ", 9) }, "said twice"},
		{"images", func(in *seo.Input) { in.Body = "![](a.png)" }, "Describe"},
		{"paragraphs", func(in *seo.Input) { in.Body = strings.Repeat("word ", 200) }, "Split paragraphs"},
		{"readability", func(in *seo.Input) {
			in.Body = strings.Repeat("Organizational interoperability considerations "+
				"necessitate comprehensive institutional accountability. ", 5)
		}, "heavy"},
	} {
		t.Run(tc.id, func(t *testing.T) {
			in := nine(t)["good"]
			whole := check(t, seo.Analyze(in), tc.id)
			tc.spoil(&in)
			c := check(t, seo.Analyze(in), tc.id)
			if c.Points >= c.Max || !strings.Contains(c.Fix, tc.fix) || whole.Applicable && c.Points >= whole.Points {
				t.Errorf("good %+v, spoilt %+v", whole, c)
			}
		})
	}
}

func TestOtherLanguagesGetNoEnglishFormula(t *testing.T) {
	in := nine(t)["foreign"]
	in.Language = "de"
	r := seo.Analyze(in)
	if c := check(t, r, "readability"); c.Applicable || !strings.Contains(c.Found, "Not applicable") {
		t.Errorf("%+v", c)
	}
	if len(r.Phrases) != 0 {
		t.Errorf("phrases: %v", r.Phrases)
	}
}

func TestKeywordPlaces(t *testing.T) {
	k := seo.Analyze(nine(t)["good"]).Keywords[0]
	if !k.InTitle || !k.InMeta || !k.InHeading || !k.InFirst100 || !k.InSlug || k.Count < 1 {
		t.Errorf("%+v", k)
	}
}

func TestAnalyzeIsDeterministic(t *testing.T) {
	if a, b := seo.Analyze(nine(t)["good"]), seo.Analyze(nine(t)["good"]); !reflect.DeepEqual(a, b) {
		t.Error("two runs differ")
	}
}

// TestLengthsOfWideScripts and of tables: A16.
func TestLengthsOfWideScripts(t *testing.T) {
	r := seo.Analyze(seo.Input{
		Language: "ja", Title: "共有受信箱", MetaTitle: "小さなチームの受信箱", Keywords: []string{"受信箱"},
		MetaDescription: "共有の受信箱があれば、小さなチームでも誰がどのメッセージに答えるのかがすぐに分かります。始め方を説明します。",
		Body:            "共有の受信箱。",
	})
	for _, id := range []string{"title", "meta-title", "meta-description"} {
		if c := check(t, r, id); c.Points != c.Max {
			t.Errorf("%+v", c)
		}
	}
	long := seo.Analyze(seo.Input{MetaTitle: strings.Repeat("長", 31), MetaDescription: strings.Repeat("長", 90)})
	for _, id := range []string{"meta-title", "meta-description"} {
		if c := check(t, long, id); c.Points == c.Max {
			t.Errorf("%+v", c)
		}
	}
}

func TestATableIsNoParagraph(t *testing.T) {
	body := "| one thing | another thing |\n|---|---|\n" + strings.Repeat("| a cell of words | and one more |\n", 60)
	if c := check(t, seo.Analyze(seo.Input{Body: body}), "paragraphs"); c.Points != c.Max {
		t.Errorf("%+v", c)
	}
}

func TestKeywordsInOtherFormsAreFound(t *testing.T) {
	r := seo.Analyze(
		seo.Input{Keywords: []string{"café", "kubernetes operator"}, Body: "A CAFE\u0301 and a kubernetes\u00a0operator."},
	)
	for _, k := range r.Keywords {
		if k.Count != 1 {
			t.Errorf("%+v", k)
		}
	}
}
