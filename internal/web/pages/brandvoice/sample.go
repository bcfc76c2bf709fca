package brandvoice

import (
	"slices"
	"strconv"

	"vellocity/internal/domain"
	"vellocity/internal/voice"
)

// checkedSample is a sample text held against its own brand voice: a sample that breaks the rules shows that
// one of the two is wrong.
type checkedSample struct {
	N      int
	Score  string // "82 of 100"
	Before string // the score under the version before, where it was another one
	Why    string // what costs the most, or why there is no score
}

// checkSamples holds the sample texts against the voice, and against the version before, for those that were
// samples then. before is nil for the first version.
func checkSamples(v domain.BrandVoice, before *domain.BrandVoice) (list []checkedSample) {
	for i, text := range v.SampleTexts {
		r := voice.Check(text, "", v)
		s := checkedSample{N: i + 1, Score: "Not measured", Why: r.Reason}
		if r.Judged {
			s.Score, s.Why = strconv.Itoa(r.Adherence)+" of 100", costliest(r.Parts)
		}
		if before != nil && slices.Contains(before.SampleTexts, text) {
			if was := voice.Check(text, "", *before); was.Judged && (!r.Judged || was.Adherence != r.Adherence) {
				s.Before = strconv.Itoa(was.Adherence)
			}
		}
		list = append(list, s)
	}
	return list
}

// costliest says what lowers the adherence most; "" where nothing does.
func costliest(parts []voice.Part) (why string) {
	most := 0
	for _, p := range parts {
		if lost := p.Weight * (100 - p.Score); p.Applicable && lost > most {
			most, why = lost, p.Name+": "+p.Found
		}
	}
	return why
}
