package eval

import "math"

// Way is how a text was written.
type Way string

// The ways.
const (
	Product  Way = "product"  // by the steps of generate-blog-post, with a model
	Prompt   Way = "prompt"   // by one prompt to the same model
	Composer Way = "composer" // by the steps of generate-blog-post, without a model
)

// Report has the figures of a run. Its JSON is what "vellocity eval --json" prints.
type Report struct {
	Provider string  `json:"provider"`
	Model    string  `json:"model"`
	Texts    []Text  `json:"texts"`
	Totals   []Total `json:"totals"` // one for each way, over the briefs that no way failed
	// Ratio divides the product's totals by the prompt's; nil without both.
	Ratio  *Ratio `json:"ratio,omitempty"`
	Failed int    `json:"failed"` // texts
}

// Text has the figures of one text.
type Text struct {
	Brief string `json:"brief"`
	Way   Way    `json:"way"`
	Title string `json:"-"`
	Body  string `json:"-"` // Markdown, without the title
	Measures
	Usage
	// Missing are the facts that the text does not say, and Messages what the guardrails
	// found: the words behind the figures.
	Missing  []string `json:"missing_facts,omitempty"`
	Messages []string `json:"messages,omitempty"`
	Error    string   `json:"error,omitempty"` // why there is no text; the measures are then 0
}

// Measures are the figures of a text, or their sums. All are better small, except the facts
// used; docs/eval.md defines them.
type Measures struct {
	Words     int `json:"words"`
	Facts     int `json:"facts"` // key points and facts of the brief
	FactsUsed int `json:"facts_used"`
	Invented  int `json:"invented"`      // figures, quotations and links that the brief does not have
	Repeated  int `json:"repeated"`      // words in runs of 8 or more that the text has said before
	Stock     int `json:"stock_phrases"` // places with a stock phrase, as the guardrail finds them
	// LengthError is the deviation from the length asked for, in percent of it: -20 is a
	// fifth too short. In a total it is the mean of the deviations without their signs.
	LengthError int `json:"length_error"`
	VoiceBroken int `json:"voice_broken"` // places with a term that the brand voice bans or replaces
	Findings    int `json:"findings"`     // of all guardrails
}

// Usage is what the writing took.
type Usage struct {
	Calls        int      `json:"calls"` // attempts, repeated ones included
	InputTokens  int64    `json:"input_tokens"`
	OutputTokens int64    `json:"output_tokens"`
	CostUSD      *float64 `json:"cost_usd"` // null: the price of the model is not known
	// Estimated says that tokens and cost are counted from the text, since the provider gave none.
	Estimated bool    `json:"estimated,omitempty"`
	Seconds   float64 `json:"seconds"` // in tenths
}

// Total sums the figures of one way.
type Total struct {
	Way   Way `json:"way"`
	Texts int `json:"texts"`
	Measures
	Usage
}

// Ratio is product divided by prompt: 2 in Tokens says that the product takes twice the
// tokens. A field is null where the prompt's figure is 0 or not known.
type Ratio struct {
	Words     *float64 `json:"words"`
	FactsUsed *float64 `json:"facts_used"`
	Invented  *float64 `json:"invented"`
	Repeated  *float64 `json:"repeated"`
	Stock     *float64 `json:"stock_phrases"`
	Length    *float64 `json:"length_error"`
	Voice     *float64 `json:"voice_broken"`
	Findings  *float64 `json:"findings"`
	Tokens    *float64 `json:"tokens"` // input and output
	Cost      *float64 `json:"cost_usd"`
	Seconds   *float64 `json:"seconds"`
}

// sum fills in the totals, the ratio and the number of failures.
func (r *Report) sum() {
	failed, written := map[string]bool{}, map[string]int{}
	order := []Way{}
	sums := map[Way]*Total{}
	for _, t := range r.Texts {
		written[t.Brief]++
		if t.Error != "" {
			r.Failed++
			failed[t.Brief] = true
		}
		if sums[t.Way] == nil {
			zero := 0.0
			sums[t.Way] = &Total{Way: t.Way, Usage: Usage{CostUSD: &zero}}
			order = append(order, t.Way)
		}
	}
	for _, t := range r.Texts {
		// A brief that was written one way only, since the run ended, says nothing about the other.
		if !failed[t.Brief] && written[t.Brief] == len(order) {
			sums[t.Way].add(t)
		}
	}
	for _, way := range order {
		t := sums[way]
		if t.Texts > 0 {
			t.LengthError = int(math.Round(float64(t.LengthError) / float64(t.Texts)))
		}
		r.Totals = append(r.Totals, *t)
	}
	if p, q := sums[Product], sums[Prompt]; p != nil && q != nil && q.Texts > 0 {
		r.Ratio = ratio(*p, *q)
	}
}

func (s *Total) add(t Text) {
	s.Texts++
	s.Words += t.Words
	s.Facts += t.Facts
	s.FactsUsed += t.FactsUsed
	s.Invented += t.Invented
	s.Repeated += t.Repeated
	s.Stock += t.Stock
	s.LengthError += max(t.LengthError, -t.LengthError)
	s.VoiceBroken += t.VoiceBroken
	s.Findings += t.Findings
	s.Calls += t.Calls
	s.InputTokens += t.InputTokens
	s.OutputTokens += t.OutputTokens
	s.Seconds += t.Seconds
	s.Estimated = s.Estimated || t.Estimated
	if t.CostUSD == nil || s.CostUSD == nil {
		s.CostUSD = nil
	} else {
		*s.CostUSD += *t.CostUSD
	}
}

func ratio(p, q Total) *Ratio {
	whole := func(a, b int) *float64 { return divided(float64(a), float64(b)) }
	r := &Ratio{
		Words:     whole(p.Words, q.Words),
		FactsUsed: whole(p.FactsUsed, q.FactsUsed),
		Invented:  whole(p.Invented, q.Invented),
		Repeated:  whole(p.Repeated, q.Repeated),
		Stock:     whole(p.Stock, q.Stock),
		Length:    whole(p.LengthError, q.LengthError),
		Voice:     whole(p.VoiceBroken, q.VoiceBroken),
		Findings:  whole(p.Findings, q.Findings),
		Tokens:    divided(float64(p.InputTokens+p.OutputTokens), float64(q.InputTokens+q.OutputTokens)),
		Seconds:   divided(p.Seconds, q.Seconds),
	}
	if p.CostUSD != nil && q.CostUSD != nil {
		r.Cost = divided(*p.CostUSD, *q.CostUSD)
	}
	return r
}

// divided is rounded to hundredths; nil: there is nothing to divide by.
func divided(a, b float64) *float64 {
	if b == 0 {
		return nil
	}
	q := math.Round(100*a/b) / 100
	return &q
}
