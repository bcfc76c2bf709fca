// Package review checks an item with guardrails and scores, and moves it to Ready or
// In Review. It can then wait for a person to decide. No model is called.
package review

import (
	"context"
	_ "embed"
	"fmt"
	"math"
	"slices"

	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/guard"
	"vellocity/internal/seo"
)

// Slug names the capability.
const Slug = "review-content"

//go:embed settings.json
var schema []byte

// Settings say which item to review, and how; see settings.json.
type Settings struct {
	ContentID    int64    `json:"content_id"`
	Threshold    int      `json:"threshold"`
	AskPerson    bool     `json:"ask_person"`
	Approve      bool     `json:"approve"`
	Support      []string `json:"support"`
	BrandVoiceID int64    `json:"brand_voice_id"`
}

// New returns the capability.
func New() capability.Capability {
	return capability.Define(capability.Spec[Settings]{
		Capability: domain.Capability{
			ID:             5,
			IsFeatured:     true,
			Slug:           Slug,
			Name:           "Content Review",
			Description:    "Check an item with guardrails and scores, then move it to ready or ask a person",
			Category:       domain.CategoryWorkflow,
			Guarded:        true,
			Effects:        []domain.EffectKind{domain.EffectMove},
			SettingsSchema: schema,
			Outputs: capability.Outputs(map[string]domain.OutputField{
				"clean":     {Label: "No warnings"},
				"score":     {Kind: domain.OutputScore},
				"threshold": {Label: "Score required"},
				"words":     {Label: "Words"},
				"advice":    {Label: "What would help most"},
				"to":        {Label: "Moved to", Kind: domain.OutputStatus},
				"reason":    {Kind: domain.OutputLead},
				"by":        {Label: "Decided by"},
			}),
		},
		Title:      func(s Settings) string { return fmt.Sprintf("Review of item %d", s.ContentID) },
		Reads:      func(s Settings) []int64 { return []int64{s.ContentID} },
		BrandVoice: func(s Settings) int64 { return s.BrandVoiceID },
		Plan:       plan,
		Steps:      map[string]capability.Step[Settings]{"checks": checks, "decision": decide, "person": ask},
	})
}

func plan(s Settings) ([]domain.PlanStep, error) {
	steps := []domain.PlanStep{
		{Key: "checks", Name: "Checks", Kind: "checks", DependsOn: []string{}},
		{Key: "decision", Name: "Decision", Kind: "decision", DependsOn: []string{"checks"}},
	}
	if s.AskPerson {
		steps = append(
			steps,
			domain.PlanStep{Key: "person", Name: "A person decides", Kind: "person", DependsOn: []string{"decision"}},
		)
	}
	return steps, nil
}

// Checked is the output of the checks.
type Checked struct {
	ContentID int64              `json:"content_id"`
	Version   int                `json:"version"`
	Clean     bool               `json:"clean"` // no finding that nobody accepted is a warning or worse
	Score     int                `json:"score"`
	Threshold int                `json:"threshold"`
	Scores    map[string]float64 `json:"scores"`
	Findings  []domain.Finding   `json:"findings"`
	Words     int                `json:"words"`
	// Advice says what would raise the score most, at most three points, costliest first.
	Advice []string `json:"advice"`
}

// checks examines the current version. Figures, quotes and links are compared with what
// the text may rest on only where the settings or the item say what that is; else what
// was found while the text was written still holds. A finding that still holds is never
// lost.
func checks(_ context.Context, in capability.Input, s Settings) (capability.Result, error) {
	item, ok := in.Items[s.ContentID]
	if !ok {
		return capability.Result{}, domain.NotFound("Content item")
	}
	support := slices.Concat(s.Support, item.Support.Given())
	g := guard.Input{
		Step: in.Step.Key, Text: item.Body, Title: item.Title, MetaTitle: item.MetaTitle,
		MetaDescription: item.MetaDescription,
		Type:            item.Type, Channel: item.Channel, Language: item.Language, BrandVoice: in.BrandVoice,
		Support: support, Allowed: slices.Concat(item.Support.Brief, support),
		SupportUnknown: len(support) == 0, Edited: item.Edited,
	}
	findings := guard.Recheck(
		g,
		guard.WithoutRedaction(in.Agent.GuardrailPolicy),
		guard.Earlier{Text: item.Body, Findings: item.Findings},
	)
	for i := range findings {
		findings[i].ContentID, findings[i].Version = item.ID, item.Version
	}
	report := seo.Analyze(
		seo.Input{
			Title:           item.Title,
			MetaTitle:       item.MetaTitle,
			MetaDescription: item.MetaDescription,
			Slug:            item.Slug,
			Body:            item.Body,
			Keywords:        item.Keywords,
			Language:        item.Language,
		},
	)
	out := Checked{
		ContentID: item.ID,
		Version:   item.Version,
		Score:     report.Score,
		Threshold: s.Threshold,
		Scores:    map[string]float64{"seo": float64(report.Score)},
		Findings:  findings,
		Words:     report.Readability.Words,
		Advice:    advice(report),
	}
	if report.Readability.Applicable {
		out.Scores["readability"] = math.Max(0, math.Min(100, report.Readability.Flesch))
	}
	out.Clean = !slices.ContainsFunc(findings, serious)
	if item.Type == domain.ContentSocial {
		out.Score = 100 // search has no say in a social post
		delete(out.Scores, "seo")
		out.Advice = []string{}
	}
	return capability.Result{Output: out, Findings: findings}, nil
}

// advice returns what holds the score down, and the costliest points of the report.
func advice(r seo.Report) []string {
	out := []string{}
	for _, l := range r.Limits {
		out = append(out, fmt.Sprintf("The score is held at %d: %s", l.Most, l.Reason))
	}
	for _, c := range r.Costliest(mostAdvice) {
		out = append(out, c.Name+": "+c.Found+" "+c.Fix)
	}
	return out[:min(mostAdvice, len(out))]
}

const mostAdvice = 3

// good reports whether a review that may approve does.
func (c Checked) good(social bool) bool {
	return c.Clean && c.Score >= c.Threshold && (social || c.Words >= seo.LeastWords)
}

// Decided is the output of the decision.
type Decided struct {
	ContentID int64             `json:"content_id"`
	To        domain.ItemStatus `json:"to,omitempty"` // empty where the item stays
	Reason    string            `json:"reason"`
}

// decide moves the item: to ready where the settings let it approve, and it is clean, long enough and its
// score is high enough; else to review. A published item stays where it is.
func decide(_ context.Context, in capability.Input, s Settings) (capability.Result, error) {
	item, ok := in.Items[s.ContentID]
	if !ok {
		return capability.Result{}, domain.NotFound("Content item")
	}
	var c Checked
	if err := in.Output("checks", &c); err != nil {
		return capability.Result{}, err
	}
	d := Decided{ContentID: item.ID, To: domain.ItemReview, Reason: reason(c, item.Type == domain.ContentSocial)}
	switch {
	case item.Status == domain.ItemPublished:
		d.To, d.Reason = "", "The item is published, so it stays where it is. "+d.Reason
	case c.good(item.Type == domain.ContentSocial) && s.Approve && !s.AskPerson:
		d.To = domain.ItemReady
	case c.good(item.Type == domain.ContentSocial) && !s.AskPerson:
		d.Reason += " A person approves it; set approve to let the review do so."
	}
	move := capability.MoveItem{
		ContentID: item.ID, Version: c.Version, To: d.To, Scores: c.Scores, Findings: c.Findings,
	}
	return capability.Result{Output: d, Effects: []capability.Effect{{Move: &move}}}, nil
}

// serious reports whether somebody has to look at a finding: it is more than
// information, and nobody has accepted it.
func serious(f domain.Finding) bool { return f.Severity != domain.SeverityInfo && f.Open() }

func reason(c Checked, social bool) string {
	open := 0
	for _, f := range c.Findings {
		if serious(f) {
			open++
		}
	}
	said := fmt.Sprintf("Nothing was found, and the score of %d is %d or more.", c.Score, c.Threshold)
	switch {
	case open == 1:
		said = "1 finding needs attention."
	case open > 1:
		said = fmt.Sprintf("%d findings need attention.", open)
	case c.Score < c.Threshold:
		said = fmt.Sprintf("Nothing was found, but the score of %d is below %d.", c.Score, c.Threshold)
	case !social && c.Words < seo.LeastWords:
		said = fmt.Sprintf("Nothing was found, but the text has %d words; %d are needed.", c.Words, seo.LeastWords)
	}
	if c.Score < c.Threshold && len(c.Advice) > 0 {
		said += " " + c.Advice[0]
	}
	return said
}

// Answered is the output of the wait for a person.
type Answered struct {
	ContentID int64  `json:"content_id"`
	Approved  bool   `json:"approved"`
	By        string `json:"by,omitempty"`
	Reason    string `json:"reason"`
}

// ask waits until a person has moved the item out of review. The move itself is
// the decision, so there is nothing left to do but record it.
func ask(_ context.Context, in capability.Input, _ Settings) (capability.Result, error) {
	var d Decided
	if err := in.Output("decision", &d); err != nil {
		return capability.Result{}, err
	}
	if d.To != domain.ItemReview {
		return capability.Result{
			Output: Answered{ContentID: d.ContentID, Approved: true, Reason: "No decision was needed."},
		}, nil
	}
	if in.Answer == nil {
		return capability.Result{Wait: &capability.Wait{ContentID: d.ContentID}}, nil
	}
	out := Answered{
		ContentID: d.ContentID,
		Approved:  in.Answer.Approved,
		By:        in.Answer.By,
		Reason:    "Sent back for changes.",
	}
	if out.Approved {
		out.Reason = "Approved."
	}
	return capability.Result{Output: out}, nil
}
