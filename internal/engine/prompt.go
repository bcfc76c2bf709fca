package engine

import (
	_ "embed"
	"fmt"
	"strings"
	"text/template"

	"vellocity/internal/ai"
	"vellocity/internal/domain"
)

//go:embed free.tmpl
var freeText string

var freeTemplate = template.Must(template.New("free").Parse(freeText))

// freeRequest is what a provider is asked for generate-output. n counts the
// results from 0.
func freeRequest(in GenerateOutput, n int, voice *domain.BrandVoice) ai.Request {
	tone := in.Tone
	if in.ToneCustom != "" {
		tone = in.ToneCustom
	}
	var system strings.Builder
	data := struct {
		Words          int
		Language, Tone string
		Voice          *domain.BrandVoice
		Another        bool
	}{in.MaximumLength, in.Language, tone, voice, n > 0}
	if err := freeTemplate.Execute(&system, data); err != nil {
		panic(fmt.Sprintf("the embedded template does not fit its data: %v", err))
	}
	req := ai.Request{System: strings.TrimSpace(system.String()), Messages: ai.User(in.Prompt), Creativity: in.Creativity, MaxTokens: in.MaximumLength*3 + 200,
		Task:  ai.TaskFree,
		Brief: ai.Brief{Text: in.Prompt, WordCount: in.MaximumLength, Language: in.Language, Tone: tone, Index: n}}
	if voice != nil {
		req.Brief.Voice = aiVoice(*voice)
	}
	return req
}

func aiVoice(v domain.BrandVoice) ai.Voice {
	out := ai.Voice{Name: v.Name, Tone: v.Tone, Audience: v.Audience, Do: v.Do, Dont: v.Dont, BannedTerms: v.BannedTerms, Samples: v.SampleTexts, Language: v.Language}
	for _, t := range v.PreferredTerms {
		out.Preferred = append(out.Preferred, [2]string{t.Use, t.InsteadOf})
	}
	return out
}
