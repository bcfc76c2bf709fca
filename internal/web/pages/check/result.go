package check

import (
	"html/template"
	"slices"
	"strconv"

	"vellocity/internal/check"
	"vellocity/internal/domain"
	"vellocity/internal/voice"
	"vellocity/internal/web/ui"
)

// result is what the rules say about a text.
type result struct {
	Language string // BCP 47; "" where nothing says
	Words    int
	Body     template.HTML
	Findings []ui.FindingView // those of guardrails, then those of the brand voice
	Scores   []score
	Voice    *voice.Report
	Parts    []part
}

// score is a number with what it says and what would raise it.
type score struct {
	Name   string
	Value  string // "82"; empty where it is not known
	Of     string // "of 100"
	Reason string // why it is not known
	Advice []string
}

// part is one thing that a brand voice asks for.
type part struct {
	voice.Part
	Share string // "75 of 100", or "–" where it does not apply
}

func resultOf(text string, r check.Result, render func(string) string) *result {
	findings := slices.Concat(r.Findings, voiceFindings(r))
	out := &result{
		Language: r.Language, Words: r.Words, Voice: r.Voice,
		Body: ui.Marked(text, findings, render), Findings: ui.FindingViews(findings),
	}
	if r.Voice != nil {
		out.Scores = append(out.Scores, adherence(*r.Voice), distance(r.Voice.Distance))
		for _, x := range r.Voice.Parts {
			share := "–"
			if x.Applicable {
				share = strconv.Itoa(x.Score)
			}
			out.Parts = append(out.Parts, part{x, share})
		}
	}
	out.Scores = append(out.Scores, scoreOf("Search", r.SEO), scoreOf("Readability", r.Readability))
	return out
}

// voiceFindings are the places that break a rule of the brand voice, as findings, without those that a guardrail
// has found already.
func voiceFindings(r check.Result) (list []domain.Finding) {
	if r.Voice == nil {
		return nil
	}
	seen := map[[2]int]bool{}
	for _, f := range r.Findings {
		for _, m := range f.Matches {
			seen[[2]int{m.Start, m.End}] = true
		}
	}
	for _, x := range r.Voice.Parts {
		f := domain.Finding{
			Guardrail: x.ID, Severity: domain.SeverityInfo, Action: domain.ActionFlagged,
			Message: x.Found + " " + x.Fix, Total: x.Total,
		}
		for _, e := range x.Evidence {
			if !seen[[2]int{e.Start, e.End}] {
				f.Matches = append(f.Matches, domain.Match{Start: e.Start, End: e.End, Text: e.Text})
			}
		}
		if len(f.Matches) > 0 {
			list = append(list, f)
		}
	}
	return list
}

func adherence(r voice.Report) score {
	s := score{Name: "Brand voice", Of: "of 100", Reason: r.Reason}
	if r.Judged {
		s.Value = strconv.Itoa(r.Adherence)
	}
	return s
}

func distance(d voice.Distance) score {
	s := score{Name: "Distance from the samples", Of: "0 is alike, 1 is not", Reason: d.Reason, Advice: d.Differs}
	if d.Known {
		s.Value = strconv.FormatFloat(d.Value, 'f', 2, 64)
	}
	return s
}

func scoreOf(name string, x check.Score) score {
	s := score{Name: name, Of: "of 100", Advice: x.Advice}
	if x.Known {
		s.Value = strconv.Itoa(x.Value)
	}
	return s
}

// judgement is what a model thinks of the text, apart from the rules.
type judgement struct {
	Execution int64
	Running   bool
	Failed    string
	Model     string
	Without   string  `json:"without_judgement"`
	Fits      string  `json:"fits"`
	Verdict   string  `json:"verdict"`
	Quotes    []quote `json:"quotes"`
	LeftOut   int     `json:"not_in_text"`
}

// quote is a place that the model objects to.
type quote struct {
	Quote   string `json:"quote"`
	Why     string `json:"why"`
	Instead string `json:"instead"`
}
