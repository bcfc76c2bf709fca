package content

import (
	"context"
	"net/http"

	"vellocity/internal/api/wire"
	"vellocity/internal/check"
	"vellocity/internal/domain"
	"vellocity/internal/engine/content"
	"vellocity/internal/ops"
	"vellocity/internal/voice"
)

// Checked is what there is to say about a text that is no item.
type Checked struct {
	Language  string                 `json:"language"   doc:"BCP 47: the language given, else the voice's, else what the text reads as; empty where nothing says"`
	WordCount int                    `json:"word_count"`
	Findings  []ItemFinding          `json:"findings"   doc:"What guardrails found; offsets are of the text that was sent"`
	Voice     ops.Maybe[VoiceReport] `json:"voice"      doc:"How far the text follows the brand voice; null without one"`
	Scores    CheckedScores          `json:"scores"`
}

// CheckedScores are the scores of a text.
type CheckedScores struct {
	SEO         CheckedScore `json:"seo"         doc:"How well search can find it"`
	Readability CheckedScore `json:"readability" doc:"Reading ease by the formula of its language"`
}

// CheckedScore is one score and what would raise it.
type CheckedScore struct {
	Score  *int     `json:"score"  doc:"0 to 100; null where it cannot be measured, and advice says why"`
	Advice []string `json:"advice" doc:"What would raise it most"`
}

// VoiceReport is how far a text follows a brand voice, by rules alone.
type VoiceReport struct {
	Adherence *int            `json:"adherence"                 doc:"0 to 100, the mean of the parts that apply by weight; null where none does"`
	Reason    string          `json:"reason,omitempty"          doc:"Why there is no adherence"`
	Parts     []VoicePart     `json:"parts"                     doc:"What the voice asks for, part by part"`
	Distance  *float64        `json:"distance"                  doc:"0 = written as the sample texts are, 1 = nothing alike; null where it cannot be measured"`
	Unknown   string          `json:"distance_reason,omitempty" doc:"Why there is no distance"`
	Differs   []string        `json:"differs"                   doc:"What differs most from the samples, at most three"`
	Evidence  []VoiceEvidence `json:"evidence"                  doc:"The places, at most 50 of each part"`
}

// VoicePart is one thing that a brand voice asks for.
type VoicePart struct {
	ID     string `json:"id"            doc:"banned-terms, sentence-length, …"`
	Name   string `json:"name"`
	Score  *int   `json:"score"         doc:"0 to 100; null where the part does not apply, and found says why"`
	Weight int    `json:"weight"        doc:"How much it counts in the adherence"`
	Found  string `json:"found"`
	Fix    string `json:"fix,omitempty"`
	Total  int    `json:"total"         doc:"How many places there are"`
}

// VoiceEvidence is a place that breaks a rule of the voice.
type VoiceEvidence struct {
	Part    string `json:"part"              doc:"The part's id"`
	Start   int    `json:"start"             doc:"Offset in Unicode code points"`
	End     int    `json:"end"               doc:"Offset after the last code point"`
	Text    string `json:"text"`
	Rule    string `json:"rule"              doc:"What the voice asks for"`
	Instead string `json:"instead,omitempty" doc:"What to write"`
}

type checkText struct {
	Text         string        `json:"text"                     limit:"body"     doc:"The text in Markdown"`
	Title        string        `json:"title,omitempty"          limit:"title"    doc:"Its title; by default its first heading"`
	BrandVoiceID int64         `json:"brand_voice_id,omitempty"                  doc:"Brand voice to hold it against"                                                 minimum:"1"`
	Language     string        `json:"language,omitempty"       limit:"language" doc:"BCP 47; by default it is detected"`
	Keywords     []string      `json:"keywords,omitempty"       limit:"keywords" doc:"What readers would search for"`
	Support      *checkSupport `json:"support,omitempty"                         doc:"What the text may rest on; without it, figures and quotations are not compared"`
}

type checkSupport struct {
	Facts   []string `json:"facts,omitempty"   limit:"facts"`
	Sources []string `json:"sources,omitempty" limit:"facts"`
	Links   []string `json:"links,omitempty"   limit:"links"`
}

var sampleVoiceReport = voice.Report{
	Language: "en", Words: 42, Judged: true, Adherence: 55,
	Parts: []voice.Part{{
		ID: "banned-terms", Name: "Banned terms", Weight: 25, Applicable: true, Score: 75, Total: 1,
		Found: "The text uses them in 1 place.", Fix: "Use other words.",
		Evidence: []voice.Evidence{{Start: 9, End: 16, Text: "synergy", Rule: "The voice bans “synergy”."}},
	}},
	Distance: voice.Distance{Reason: "The brand voice has no sample texts."},
}

func checkRows(v *content.Verbs) []ops.Op {
	return []ops.Op{ops.New(ops.Op{
		Name:  "check_text",
		Route: ops.Route{Method: http.MethodPost, Path: "/content-workflow/check"},
		Scope: domain.ScopeRead,
		Hints: ops.Hints{ReadOnly: true, Idempotent: true},
		Docs: ops.Docs{
			Chapter: chapterContent,
			Summary: "Check a text",
			Description: "Checks any text without storing it: what guardrails find, how far it follows a brand voice, and " +
				"its scores with advice. Calls no model and costs nothing.",
			Example: map[string]any{
				"text": "We find synergy in every inbox.", "brand_voice_id": sampleBrandVoice.ID, "keywords": []string{"inbox"},
			},
		},
		Tool:    ops.Tool{Set: "content", Listed: true},
		Command: ops.Command{Noun: "content", Verb: "check"},
	}, func(ctx context.Context, in checkText) (check.Result, error) {
		c := content.CheckText{
			Text: in.Text, Title: in.Title, BrandVoiceID: in.BrandVoiceID, Language: in.Language, Keywords: in.Keywords,
		}
		if s := in.Support; s != nil {
			c.Support = domain.Support{Facts: s.Facts, Sources: s.Sources, Links: s.Links}
		}
		return v.CheckText(ctx, c)
	}, func(_ *ops.Reply, r check.Result) Checked {
		return checked(r)
	}, check.Result{
		Language: "en", Words: 42, Findings: sampleItem.Findings, Voice: &sampleVoiceReport,
		SEO: check.Score{
			Known:  true,
			Value:  62,
			Advice: []string{"Headings: There are none. Add one every 300 words."},
		},
		Readability: check.Score{Known: true, Value: 71, Advice: []string{}},
	})}
}

func checked(r check.Result) Checked {
	out := Checked{
		Language: r.Language, WordCount: r.Words, Findings: wire.Each(r.Findings, finding),
		Scores: CheckedScores{SEO: score(r.SEO), Readability: score(r.Readability)},
	}
	if r.Voice != nil {
		out.Voice.Value = new(voiceReport(*r.Voice))
	}
	return out
}

func score(s check.Score) CheckedScore {
	out := CheckedScore{Advice: wire.List(s.Advice)}
	if s.Known {
		out.Score = &s.Value
	}
	return out
}

func voiceReport(r voice.Report) VoiceReport {
	out := VoiceReport{
		Reason:   r.Reason,
		Unknown:  r.Distance.Reason,
		Differs:  wire.List(r.Distance.Differs),
		Evidence: []VoiceEvidence{},
	}
	if r.Judged {
		out.Adherence = &r.Adherence
	}
	if r.Distance.Known {
		out.Distance = &r.Distance.Value
	}
	out.Parts = wire.Each(r.Parts, func(p voice.Part) VoicePart {
		part := VoicePart{ID: p.ID, Name: p.Name, Weight: p.Weight, Found: p.Found, Fix: p.Fix, Total: p.Total}
		if p.Applicable {
			part.Score = &p.Score
		}
		for _, e := range p.Evidence {
			out.Evidence = append(out.Evidence, VoiceEvidence{p.ID, e.Start, e.End, e.Text, e.Rule, e.Instead})
		}
		return part
	})
	return out
}
