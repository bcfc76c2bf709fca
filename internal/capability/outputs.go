package capability

import (
	"maps"

	"vellocity/internal/domain"
)

// Outputs joins what a capability says about its steps' outputs with what nearly
// all of them record beside their results, which is not shown.
func Outputs(own ...map[string]domain.OutputField) map[string]domain.OutputField {
	out := map[string]domain.OutputField{}
	for _, name := range []string{"content_id", "findings", "prompt", "title"} {
		out[name] = domain.OutputField{Kind: domain.OutputHidden}
	}
	maps.Copy(out, sourceOutputs())
	for _, m := range own {
		maps.Copy(out, m)
	}
	return out
}

// SEOOutputs says how a [seo.Report] is shown that a step records under a prefix:
// "" or "seo.".
func SEOOutputs(prefix string) map[string]domain.OutputField {
	out := map[string]domain.OutputField{}
	for path, f := range map[string]domain.OutputField{
		"score":                        {Kind: domain.OutputScore},
		"grade":                        {Kind: domain.OutputGrade},
		"checks":                       {Kind: domain.OutputChecks},
		"limits.most":                  {Label: "Score held at"},
		"limits.reason":                {Label: "Because"},
		"language":                     {Label: "Language measured in"},
		"keywords.density":             {Label: "Share", Unit: "%"},
		"keywords.in_title":            {Label: "In the title"},
		"keywords.in_meta_description": {Label: "In the description"},
		"keywords.in_heading":          {Label: "In a heading"},
		"keywords.in_first_100_words":  {Label: "In the first 100 words"},
		"keywords.in_slug":             {Label: "In the slug"},
		"readability.applicable":       {Kind: domain.OutputHidden},
		"readability.average_sentence": {Label: "Average sentence", Unit: "words"},
		"readability.longest_sentence": {Label: "Longest sentence", Unit: "words"},
		"readability.flesch":           {Label: "Reading ease, 0 to 100"},
		"readability.grade":            {Label: "Years of school"},
		"readability.fog":              {Label: "Gunning fog index"},
		"readability.ari":              {Label: "Automated readability index"},
		"readability.coleman_liau":     {Label: "Coleman-Liau index"},
		"readability.minutes":          {Label: "Reading time", Unit: "minutes"},
	} {
		out[prefix+path] = f
	}
	return out
}
