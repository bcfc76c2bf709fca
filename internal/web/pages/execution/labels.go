package execution

import "vellocity/internal/web/ui"

// What this page knows of the fields that capabilities record. It is a fallback:
// what a field is called belongs to the capability.

// elsewhere are the fields that the page shows in other places.
var elsewhere = []string{"content_id", "findings", "prompt", "title"}

// labels are the fields whose name does not explain them.
var labels = map[string]string{
	"average_sentence":    "Words per sentence",
	"longest_sentence":    "Longest sentence (words)",
	"flesch":              "Reading ease (0–100)",
	"grade":               "Grade level",
	"fog":                 "Gunning fog index",
	"ari":                 "Automated readability index",
	"coleman_liau":        "Coleman–Liau index",
	"minutes":             "Reading time (minutes)",
	"density":             "Density, %",
	"in_meta_description": "In description",
	"in_meta":             "In description",
	"in_first_100_words":  "In first 100 words",
	"in_slug":             "In URL",
	"in_title":            "In title",
	"in_heading":          "In a heading",
	"clean":               "No findings",
	"threshold":           "Score required",
	"by":                  "Decided by",
}

func label(name string) string {
	if l, ok := labels[name]; ok {
		return l
	}
	return ui.Human(name)
}
