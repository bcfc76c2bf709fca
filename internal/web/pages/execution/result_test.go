package execution

import (
	"reflect"
	"testing"

	"vellocity/internal/domain"
)

func TestResultsAreShownAsTheCapabilitySays(t *testing.T) {
	steps := []stepRow{
		{Key: "checks", Name: "Checks", Output: `{"content_id":7,"clean":false,"scores":{"seo":61.27,"hidden":1,"grade":"A"},
			"findings":[{"guardrail":"x"}]}`},
		{Key: "report", Name: "Report", Output: `{"total":78,"letter":"B","checks":[
			{"id":"t","name":"Title","points":10,"max":12,"applicable":true,"found":"61 characters.","fix":"Shorten it."},
			{"id":"k","name":"Keyword","points":0,"max":20,"applicable":false,"found":"None given."}],
			"keywords":[{"keyword":"inbox","density":1.25,"id":1},{"keyword":"team","in_title":true}],
			"key_phrases":["shared inbox"],"reading":{"minutes":3},"score":5,"none":null,"empty":[]}`},
		{Key: "decision", Name: "Decision", Output: `{"to":"review","why":"One finding needs a decision."}`},
		{Key: "text", Name: "Text", Output: `"only a text"`},
		{Key: "waits", Name: "Waits"},
	}
	shown := outputs{
		"content_id":        {Kind: domain.OutputHidden},
		"findings":          {Kind: domain.OutputHidden},
		"clean":             {Label: "No warnings"},
		"scores.hidden":     {Kind: domain.OutputHidden},
		"scores.grade":      {Kind: domain.OutputGrade},
		"total":             {Kind: domain.OutputScore},
		"letter":            {Kind: domain.OutputGrade},
		"checks":            {Kind: domain.OutputChecks},
		"keywords.density":  {Label: "Share", Unit: "%"},
		"keywords.in_title": {Label: "In the title"},
		"keywords.id":       {Kind: domain.OutputHidden},
		"reading.minutes":   {Label: "Reading time", Unit: "minutes"},
		"to":                {Label: "Moved to", Kind: domain.OutputStatus},
		"why":               {Kind: domain.OutputLead},
	}
	want := []result{
		{
			Key: "decision", Name: "Decision", Lead: "One finding needs a decision.",
			Facts: []fact{{"Moved to", "In Review"}},
		},
		{
			Key: "report", Name: "Report", Score: "78", Grade: "B",
			Checks: []check{
				{"Title", "10 of 12", "61 characters.", "Shorten it.", false},
				{"Keyword", "not counted", "None given.", "", true},
			},
			Tables: []resultTable{{
				"Keywords", []string{"Keyword", "Share", "In the title"},
				[][]string{{"inbox", "1.3%", ""}, {"team", "", "yes"}},
			}},
			Lists:  []namedList{{"Key phrases", []string{"shared inbox"}}},
			Groups: []group{{"Reading", []fact{{"Reading time", "3 minutes"}}}},
			Facts:  []fact{{"Score", "5"}}, // only what is declared as a score is one
		},
		{
			Key: "checks", Name: "Checks", Grade: "A",
			Facts:  []fact{{"No warnings", "no"}},
			Groups: []group{{"Scores", []fact{{"SEO", "61.3"}}}},
		},
	}
	got := resultsOf(steps, shown)
	for i := range got {
		got[i].shown = nil
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("results:\n got %+v\nwant %+v", got, want)
	}
}
