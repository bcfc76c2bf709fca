package voicecheck

import (
	"context"
	_ "embed"
	"encoding/json"
	"strings"

	"vellocity/internal/ai"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/prose"
)

//go:embed judge.tmpl
var judgeTemplate string

//go:embed task.tmpl
var taskTemplate string

// The prompt in two parts: the rules for everything with the voice, and the task with the text.
//
//nolint:gochecknoglobals // templates are parsed once
var (
	judgeSystem = capability.MustPrompt("judge", judgeTemplate)
	judgeTask   = capability.MustPrompt("task", taskTemplate)
)

const judgementSchema = `{"type":"object","additionalProperties":false,"required":["fits","verdict","quotes"],"properties":{
"fits":{"type":"string","enum":["yes","mostly","partly","no"]},
"verdict":{"type":"string","minLength":1,"maxLength":600},
"quotes":{"type":"array","maxItems":5,"items":{"type":"object","additionalProperties":false,"required":["quote","why","instead"],
"properties":{"quote":{"type":"string","minLength":1,"maxLength":500},"why":{"type":"string","maxLength":300},
"instead":{"type":"string","maxLength":500}}}}}}`

// Judgement is the output of the step with a model. It is an opinion, apart from the rules.
type Judgement struct {
	// Without says why there is none; the other fields are then empty.
	Without   string            `json:"without_judgement,omitempty"`
	Fits      string            `json:"fits,omitempty"` // yes, mostly, partly, no
	Verdict   string            `json:"verdict,omitempty"`
	Quotes    []Quote           `json:"quotes,omitempty"`
	NotInText int               `json:"not_in_text,omitempty"` // how many quotes the text does not have
	Prompt    *capability.Trace `json:"prompt,omitempty"`
}

// Quote is a place that does not fit, in the words of the text.
type Quote struct {
	Quote   string `json:"quote"`
	Why     string `json:"why"`
	Instead string `json:"instead"`
}

// mostJudged is how many characters of a text a model reads.
const mostJudged = 30_000

// judge asks a model what it thinks. Without a model there is no judgement, and nothing is charged.
func judge(ctx context.Context, in capability.Input, s Settings) (capability.Result, error) {
	if in.Origin.Kind != domain.OriginModel {
		return capability.Result{Output: Judgement{Without: "No model is connected. The rules stand alone."}}, nil
	}
	body, language, _, err := text(in, s)
	if err != nil {
		return capability.Result{}, err
	}
	findings := capability.Suspicious(in.Step.Key, capability.Given{Setting: "text", Texts: []string{body}})
	read := prose.Clip(body, mostJudged)
	rules, err := capability.System(in.BrandVoice, language)
	if err != nil {
		return capability.Result{}, err
	}
	system, err := judgeSystem.Render(map[string]string{"Rules": rules})
	if err != nil {
		return capability.Result{}, err
	}
	task, err := judgeTask.Render(map[string]string{"Text": read})
	if err != nil {
		return capability.Result{}, err
	}
	resp, err := in.Write(ctx, capability.Ask{
		Request: ai.Request{
			System: system, Messages: ai.User(task), Schema: json.RawMessage(judgementSchema),
			SchemaName: "judgement", MaxTokens: 1500,
		},
		PromptHash: judgeTask.Hash,
		Compose:    func() (string, error) { return "", domain.Errorf(domain.CodeConflict, "The composer judges nothing") },
	})
	if err != nil {
		return capability.Result{}, err
	}
	var out Judgement
	if err := capability.Decode(json.RawMessage(resp.Text), &out); err != nil {
		return capability.Result{}, err
	}
	trace := judgeTask.Trace(in.Origin, resp)
	out.Prompt = &trace
	out.keepTrue(read)
	return capability.Result{Output: out, Findings: findings}, nil
}

// keepTrue leaves out the quotes that are not in the text: a model may make one up.
func (j *Judgement) keepTrue(text string) {
	all, seen := j.Quotes, plain(text)+"\n"+plain(prose.Plain(text))
	j.Quotes = nil
	for _, q := range all {
		if words := plain(q.Quote); words != "" && strings.Contains(seen, words) {
			j.Quotes = append(j.Quotes, q)
		} else {
			j.NotInText++
		}
	}
}

// plain writes a text on one line with straight quotation marks, which models change at will.
func plain(s string) string {
	return strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "’", "'", "‘", "'").Replace(prose.Line(s))
}
