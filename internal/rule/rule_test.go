package rule_test

import (
	"strings"
	"testing"

	"vellocity/internal/domain"
	"vellocity/internal/expression/rows"
	"vellocity/internal/expression/rows/rowstest"
	"vellocity/internal/rule"
)

func source() rule.Source {
	return rule.Source{
		Item: domain.ContentItem{
			Title: "Cold brew at home", Type: domain.ContentBlog, Language: "en", WordCount: 640,
			Body:   strings.Repeat("We make cold brew at home, and we like it a lot. ", 12),
			Scores: map[string]float64{"seo": 61.5},
			Findings: []domain.Finding{
				{Severity: domain.SeverityWarning, Action: domain.ActionFlagged},
				{Severity: domain.SeverityWarning, Action: domain.ActionFlagged, Accepted: &domain.Acceptance{}},
				{Severity: domain.SeverityBlocking, Action: domain.ActionRedacted},
				{Severity: domain.SeverityInfo, Action: domain.ActionFlagged},
			},
			Origin:     domain.Origin{Kind: domain.OriginModel, Provider: "openai", Model: "gpt", AI: true},
			NeedsInput: []domain.Need{{What: "facts"}},
		},
		Voice:      &domain.BrandVoice{BannedTerms: []string{"a lot"}},
		Capability: "generate-blog-post", Template: "launch-kit", Trigger: 9,
	}
}

func decide(t *testing.T, when string) rule.Verdict {
	t.Helper()
	var p domain.Problems
	rule.Check(&p, when)
	if err := p.Err(); err != nil {
		t.Fatal(when, domain.AsError(err).Fields)
	}
	rules := rule.ReadAll([]domain.BoardRule{{Name: "R", When: when, MoveTo: domain.ItemReady, Enabled: true}})
	return rules.Decide(source())
}

func TestWhatARuleSees(t *testing.T) {
	for when, why := range map[string]string{
		`content_type == "blog_post"`:                         `content_type is "blog_post"`,
		`title contains "brew" and language == "en"`:          `title is "Cold brew at home"; language is "en"`,
		`channel == ""`:                                       "channel is empty",
		`word_count >= 600`:                                   "word_count is 640",
		`scores.seo > 61.4`:                                   "scores.seo is 61.5",
		`(scores.readability ?? 50) >= 50`:                    "scores.readability is not known",
		`findings.blocking == 0 and findings.warning == 1`:    "findings.blocking is 0; findings.warning is 1",
		`findings.info < 2 or scores.seo > 90`:                "findings.info is 1, scores.seo is 61.5",
		`voice.adherence < 100`:                               "",
		`engine.kind == "model" && engine.ai`:                 `engine.kind is "model"; engine.ai is true`,
		`engine.provider == "openai" and engine.model != "x"`: `engine.provider is "openai"; engine.model is "gpt"`,
		`capability == "generate-blog-post"`:                  `capability is "generate-blog-post"`,
		`template == "launch-kit" and trigger == 9`:           `template is "launch-kit"; trigger is 9`,
		`needs_input <= 1`:                                    "needs_input is 1",
		`not (title contains "tea")`:                          `title is "Cold brew at home"`,
		`1 < 2`:                                               "",
	} {
		if v := decide(t, when); v.By == nil || why != "" && v.Why != why {
			t.Errorf("%s: %+v", when, v)
		}
	}
}

func TestWhyARuleSaysNo(t *testing.T) {
	for when, why := range map[string]string{
		`findings.info == 1 and scores.seo >= 80 and word_count > 1`: "scores.seo is 61.5, not at least 80",
		`scores.seo <= 40`:                     "scores.seo is 61.5, not at most 40",
		`word_count > 640`:                     "word_count is 640, not more than 640",
		`word_count < 640`:                     "word_count is 640, not less than 640",
		`content_type == "social_post"`:        `content_type is "blog_post", not "social_post"`,
		`content_type != "blog_post"`:          `content_type is "blog_post", not something other than "blog_post"`,
		`title contains "tea"`:                 `title is "Cold brew at home", not a text that contains "tea"`,
		`engine.ai == false`:                   "engine.ai is true, not false",
		`scores.readability >= 50`:             "“scores.readability >= 50” cannot be decided: scores.readability is not known",
		`findings.info > 5 or scores.seo > 90`: "“findings.info > 5 or scores.seo > 90” is false: findings.info is 1, scores.seo is 61.5",
		`1 > 2`:                                "“1 > 2” is false",
		`voice.distance < 1`:                   "“voice.distance < 1” cannot be decided: voice.distance is not known",
	} {
		v := decide(t, when)
		if v.By != nil || len(v.Noes) != 1 || v.Noes[0].Why != why {
			t.Errorf("%s: %+v", when, v)
		}
	}
}

func TestConditionsThatARuleCannotHave(t *testing.T) {
	for when, want := range map[string]string{
		"":                      "required",
		"scores.seo":            "not an expression",
		"score.seo > 1":         `"scores"`,
		"findings.warn == 0":    "findings.warning",
		"content_typ == \"x\"":  "content_type",
		`word_count == "many"`:  "mismatched types",
		`content_type >= 3`:     "mismatched types",
		"{{ word_count > 3 }}":  "without {{ and }}",
		"word_count > 3; true":  "more than one expression",
		"inputs.topic == \"x\"": "inputs",
		"word_count":            "",
		"now() > 3":             "now",
		strings.Repeat("word_count > 1 or ", 200): "",
	} {
		var p domain.Problems
		rule.Check(&p, when)
		e := domain.AsError(p.Err())
		if e == nil || len(e.Fields["when"]) == 0 || !strings.Contains(strings.Join(e.Fields["when"], " "), want) {
			t.Errorf("%s: %+v", when, e)
		}
	}
}

// An expression that costs too much is a no, and holds nothing up.
func TestAnExpensiveConditionIsANo(t *testing.T) {
	loops := "all(1..5000, all(1..5000, # > 0))"
	v := decide(t, loops+" and "+loops)
	if v.By != nil || !strings.Contains(v.Noes[0].Why, "too many steps") {
		t.Errorf("%+v", v)
	}
}

func TestTheFirstYesDecides(t *testing.T) {
	list := []domain.BoardRule{
		{Name: "Off", When: "true", Enabled: false},
		{Name: "Broken", When: "gone > 1", Enabled: true},
		{Name: "No", When: "word_count > 9000", Enabled: true},
		{Name: "Yes", When: "word_count > 1", Enabled: true},
		{Name: "Later", When: "word_count > 0", Enabled: true},
	}
	v := rule.ReadAll(list).Decide(source())
	if v.By == nil || v.By.Name != "Yes" || v.Count != 3 || len(v.Noes) != 2 {
		t.Errorf("%+v", v)
	}
	v = rule.ReadAll(list[:3]).Decide(source())
	want := "Broken: The condition is not an expression: There is no name named \"gone\".\n" +
		"No: word_count is 640, not more than 9000."
	if v.By != nil || v.Reason() != want {
		t.Errorf("%q", v.Reason())
	}
	if v := rule.Rules(nil).Decide(source()); v.By != nil || v.Reason() != "" {
		t.Errorf("%+v", v)
	}
}

// Rows and conditions say the same, and every condition that rows write can be stored.
func TestRowsAndConditionsSayTheSame(t *testing.T) {
	post, other := source(), source()
	other.Item.Title, other.Item.Language, other.Item.Type = "Acme feed", "", domain.ContentSocial
	other.Item.WordCount = 80
	other.Item.Scores, other.Item.Origin.AI, other.Voice = map[string]float64{"seo": 80, "readability": 100}, false, nil
	other.Trigger, other.Template = 0, "feed"
	facts := []rule.Source{post, other}
	rowstest.Run(t, rowstest.Form{
		Fields: rule.Fields(), Facts: len(facts),
		Check: func(when string) error {
			var p domain.Problems
			rule.Check(&p, when)
			return p.Err()
		},
		Ask: func(when string, n int) string {
			v := rule.ReadAll([]domain.BoardRule{{When: when, Enabled: true}}).Decide(facts[n])
			switch {
			case v.By != nil:
				return "yes"
			case strings.Contains(v.Noes[0].Why, "cannot be decided"):
				return "undecided"
			}
			return "no"
		},
	})
}

// Each field of rows is a fact of that kind.
func TestFieldsOfRowsAreFacts(t *testing.T) {
	for _, f := range rule.Fields().List {
		value := map[rows.Kind]string{rows.Number: "1", rows.Switch: "true", rows.Text: "a"}[f.Kind]
		if len(f.Values) > 0 {
			value = f.Values[0]
		}
		var p domain.Problems
		row := rows.Row{Field: f.Name, Comparison: rows.Is, Value: value}
		rule.Check(&p, rule.Fields().Write(&p, "rows", rows.Condition{Rows: []rows.Row{row}}))
		if err := p.Err(); err != nil {
			t.Errorf("%s: %v", f.Name, domain.AsError(err).Fields)
		}
	}
}

func TestConditionsThatRowsCannotShow(t *testing.T) {
	for _, when := range []string{
		"word_count > 3 or scores.seo > 1 and findings.info == 0", "scores.other >= 3", "gone", "gone == 1", "engine.ai",
		`word_count == "many"`, "title >= \"a\"", `content_type == "blog"`, "scores.seo >= -1", "word_count in []",
	} {
		if c, ok := rule.Fields().Read(when); ok {
			t.Errorf("%s as rows: %+v", when, c)
		}
	}
}

func TestFaultsOfRows(t *testing.T) {
	type row struct {
		Field      string
		Comparison rows.Comparison
		Value      string
	}
	for _, r := range []row{
		{"scores.seo", rows.AtLeast, "many"}, {"scores.seo", rows.Contains, "8"}, {"scores.seo", rows.AtLeast, "-1"},
		{"scores.seo", rows.AtLeast, "NaN"}, {"title", rows.AtLeast, "a"}, {"content_type", rows.Is, "blog"},
		{"engine.ai", rows.Is, "yes"}, {"engine.ai", rows.AtLeast, "true"}, {"gone", rows.Is, "a"}, {"title", "~", "a"},
		{"scores.seo", rows.AtLeast, "0x10"}, {"scores.seo", rows.AtLeast, ""}, {"content_type", rows.OneOf, "blog_post, blog"},
		{"scores.seo", rows.OneOf, "1, many"}, {"scores.seo", rows.OneOf, " , "}, {"engine.ai", rows.OneOf, "true"},
		{"word_count", rows.LessThan, "1e3"}, {"", rows.Is, "a"}, {"trigger", rows.Is, "9223372036854775808"},
	} {
		var p domain.Problems
		when := rule.Fields().Write(&p, "rows", rows.Condition{Rows: []rows.Row{{}, rows.Row(r)}})
		if when != "" || p.Err() == nil || domain.AsError(p.Err()).Fields["rows.1"] == nil {
			t.Errorf("%+v: %q, %v", r, when, p.Err())
		}
	}
}

// FuzzJudge reads and asks whatever somebody writes as a condition.
func FuzzJudge(f *testing.F) {
	f.Add(`content_type == "blog_post" and scores.seo >= 80`)
	f.Add(`any(values(scores), # > 50) && not (title contains "a\u00e4")`)
	f.Fuzz(func(t *testing.T, when string) {
		rules := rule.ReadAll([]domain.BoardRule{{Name: "R", When: when, Enabled: true}})
		v := rules.Decide(source())
		if (v.By == nil) != (len(v.Noes) == 1) || v.By == nil && v.Noes[0].Why == "" {
			t.Errorf("%q: %+v", when, v)
		}
		if c, ok := rule.Fields().Read(when); ok {
			var p domain.Problems
			if again := rule.Fields().Write(&p, "rows", c); p.Err() != nil || again == "" && len(c.Rows) > 0 {
				t.Errorf("%q as rows %+v: %q, %v", when, c, again, p.Err())
			}
		}
	})
}
