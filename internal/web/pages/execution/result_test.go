package execution

import (
	"reflect"
	"testing"
)

func TestResultsAreLaidOutFromTheirShape(t *testing.T) {
	steps := []stepRow{
		{Key: "checks", Name: "Checks", Output: `{"content_id":7,"clean":false,"scores":{"seo":61.27},"findings":[{"guardrail":"x"}]}`},
		{Key: "report", Name: "Report", Output: `{"score":78,"grade":"B","checks":[
			{"id":"t","name":"Title","points":10,"max":12,"applicable":true,"found":"61 characters.","mend":"Shorten it."},
			{"id":"k","name":"Keyword","points":0,"max":20,"applicable":false,"found":"None given."}],
			"keywords":[{"keyword":"inbox","density":1.25},{"keyword":"team","in_title":true}],"key_phrases":["shared inbox"],"none":null,"empty":[]}`},
		{Key: "decision", Name: "Decision", Output: `{"to":"review","reason":"One finding is to be looked at."}`},
		{Key: "text", Name: "Text", Output: `"only a text"`},
		{Key: "waits", Name: "Waits"},
	}
	want := []result{
		{Key: "decision", Name: "Decision", Lead: "One finding is to be looked at.", Facts: []fact{{"Moved to", "In Review"}}},
		{Key: "report", Name: "Report", Score: "78", Grade: "B",
			Checks: []check{{"Title", "10 of 12", "61 characters.", "Shorten it.", false}, {"Keyword", "not counted", "None given.", "", true}},
			Tables: []resultTable{{"Keywords", []string{"Keyword", "Density, %", "In title"}, [][]string{{"inbox", "1.3", ""}, {"team", "", "yes"}}}},
			Lists:  []namedList{{"Key phrases", []string{"shared inbox"}}}},
		{Key: "checks", Name: "Checks", Facts: []fact{{"No findings", "no"}}, Groups: []group{{"Scores", []fact{{"SEO", "61.3"}}}}},
	}
	if got := resultsOf(steps); !reflect.DeepEqual(got, want) {
		t.Errorf("results:\n got %+v\nwant %+v", got, want)
	}
}
