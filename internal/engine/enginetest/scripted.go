package enginetest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"vellocity/internal/ai"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/item"
	"vellocity/internal/store"
)

// Slug names the capability whose steps are given in its settings.
const Slug = "scripted"

// Step says what one step of a scripted execution does.
type Step struct {
	Key     string   `json:"key"`
	After   []string `json:"after,omitempty"`
	Credits int      `json:"credits,omitempty"`
	// Do is what happens: "" only leaves an output, text asks for one, item creates an
	// item, revise, move and publish do that to an item, wait asks a person about one, fail,
	// refuse and panic go wrong, nul creates an item with a character that PostgreSQL
	// cannot store.
	Do   string            `json:"do,omitempty"`
	Item int64             `json:"item,omitempty"`
	To   domain.ItemStatus `json:"to,omitempty"`
	Made *Made             `json:"made,omitempty"` // the item of the step item; nil: a plain one
}

// Made is an item that a step creates.
type Made struct {
	Title    string             `json:"title"`
	Type     domain.ContentType `json:"type"`
	Body     string             `json:"body"`
	Language string             `json:"language"`
	Scores   map[string]float64 `json:"scores"`
	Findings []domain.Finding   `json:"findings"`
	Needs    []domain.Need      `json:"needs"`
}

func (m Made) effect() capability.Effect {
	c := domain.ContentItem{
		Title: m.Title, Type: m.Type, Body: m.Body, Language: m.Language, Scores: m.Scores, NeedsInput: m.Needs,
	}
	return capability.Effect{Create: &capability.CreateItem{Item: c, Findings: m.Findings}}
}

// Hook is called before each step does anything; its error is the step's.
type Hook func(ctx context.Context, in capability.Input) error

// Settings returns the settings of a scripted execution.
func Settings(steps ...Step) json.RawMessage {
	text, err := json.Marshal(map[string]any{"steps": steps})
	if err != nil {
		panic(err)
	}
	return text
}

type script struct{ Steps []Step }

func (s script) reads() (ids []int64) {
	for _, step := range s.Steps {
		if step.Item != 0 {
			ids = append(ids, step.Item)
		}
	}
	return ids
}

// effects are those of the steps, so that a script without any needs only the scope
// content.
func (s script) effects() (kinds []domain.EffectKind) {
	for _, step := range s.Steps {
		switch step.Do {
		case "item", "paper", "nul":
			kinds = append(kinds, domain.EffectCreate)
		case "revise":
			kinds = append(kinds, domain.EffectRevise)
		case "move":
			kinds = append(kinds, capability.Effect{Move: &capability.MoveItem{To: step.To}}.Kind())
		case "publish":
			kinds = append(kinds, domain.EffectPublish)
		}
	}
	return kinds
}

func (s script) plan() (plan []domain.PlanStep, err error) {
	for _, step := range s.Steps {
		if step.Do == "noplan" {
			return nil, ErrWrong
		}
		args, err := json.Marshal(step)
		if err != nil {
			return nil, err
		}
		plan = append(plan, domain.PlanStep{
			Key:       step.Key,
			Name:      "Step " + step.Key,
			Kind:      "step",
			DependsOn: append([]string{}, step.After...),
			Credits:   step.Credits,
			Args:      args,
		})
	}
	return plan, nil
}

// settingsSchema is the schema of the settings.
const settingsSchema = `{"type":"object","required":["steps"],"properties":{"steps":{"type":"array"}}}`

// Scripted returns the capability.
func Scripted(before Hook) capability.Capability { return named(Slug, before) }

// Another returns the same capability under another slug.
func Another(slug string) capability.Capability { return named(slug, nil) }

func named(slug string, before Hook) capability.Capability {
	return capability.Define(capability.Spec[script]{
		Capability: domain.Capability{
			Slug:        slug,
			Name:        "Scripted",
			Description: "Do what the test says",
			Category:    domain.CategoryWorkflow,
			Credits:     5,
			NeedsModel:  true,
			Effects: []domain.EffectKind{
				domain.EffectCreate, domain.EffectRevise, domain.EffectMove, domain.EffectPublish,
			},
			SettingsSchema: json.RawMessage(settingsSchema),
		},
		Title:   func(script) string { return "Scripted execution" },
		Reads:   script.reads,
		Effects: script.effects,
		Plan:    script.plan,
		Steps: map[string]capability.Step[script]{
			"step": func(ctx context.Context, in capability.Input, _ script) (capability.Result, error) {
				if before != nil {
					if err := before(ctx, in); err != nil {
						return capability.Result{}, err
					}
				}
				return act(ctx, in)
			},
		},
	})
}

// composed is what a step writes where there is no model.
const composed = "Cold brew coffee at home takes coarse coffee, cold water and a night. " +
	"Start with one jar and taste the result."

func act(ctx context.Context, in capability.Input) (capability.Result, error) {
	var s Step
	if err := json.Unmarshal(in.Step.Args, &s); err != nil {
		return capability.Result{}, err
	}
	var read []string // the outputs of the steps before
	for _, d := range in.Step.DependsOn {
		var of string
		if err := in.Output(d, &of); err != nil {
			return capability.Result{}, err
		}
		read = append(read, of)
	}
	out := capability.Result{Output: "output of " + s.Key}
	switch s.Do {
	case "text":
		resp, err := in.Write(ctx, capability.Ask{
			Request:    ai.Request{System: "Follow the script.", Messages: ai.User("Write " + s.Key)},
			PromptHash: "hash-" + s.Key,
			Compose:    func() (string, error) { return composed, nil },
		})
		out.Output = resp.Text
		return out, err
	case "item":
		if s.Made != nil {
			out.Effects = []capability.Effect{s.Made.effect()}
			break
		}
		c := domain.ContentItem{Title: "The same title", Type: domain.ContentBlog, Body: "Body of " + s.Key}
		out.Effects = []capability.Effect{{Create: &capability.CreateItem{Item: c}}}
	case "paper":
		c := domain.ContentItem{Title: "A paper", Type: domain.ContentBlog, Body: strings.Join(read, "\n\n")}
		out.Effects = []capability.Effect{{Create: &capability.CreateItem{Item: c}}}
	case "nul":
		c := domain.ContentItem{Title: "NUL", Type: domain.ContentBlog, Body: "a\x00b"}
		out.Effects = []capability.Effect{{Create: &capability.CreateItem{Item: c}}}
	case "revise":
		c := in.Items[s.Item]
		c.Body += "\n\nMore of " + s.Key
		out.Effects = []capability.Effect{{Revise: &capability.ReviseItem{Item: c, Reason: "Refreshed"}}}
	case "move":
		out.Effects = []capability.Effect{{Move: &capability.MoveItem{ContentID: s.Item, To: s.To}}}
	case "publish":
		out.Effects = []capability.Effect{{Publish: &capability.PublishItem{ContentID: s.Item}}}
	case "wait":
		if in.Answer == nil {
			return capability.Result{Wait: &capability.Wait{ContentID: s.Item}}, nil
		}
		out.Output = fmt.Sprintf("approved %t by %s", in.Answer.Approved, in.Answer.By)
	case "unspeakable":
		out.Output = func() {} // no JSON
	case "fail":
		return out, ErrWrong
	case "refuse":
		return out, domain.Errorf(domain.CodeConflict, "This cannot be done, and here is why")
	case "panic":
		panic("in the middle of a step")
	}
	return out, nil
}

func (k *Kit) itemIn(workspaceID int64, title, body string, findings []domain.Finding) (c domain.ContentItem) {
	k.T.Helper()
	in := domain.ContentItem{
		WorkspaceID: workspaceID,
		Title:       title,
		Type:        domain.ContentBlog,
		Body:        body,
		Findings:    findings,
		Origin:      domain.Origin{Kind: domain.OriginModel, Provider: "scripted", Model: "scripted-1", AI: true},
	}
	item.Describe(&in)
	k.Do(func(ctx context.Context, tx *store.Tx) (err error) {
		ctx = domain.WithActor(ctx, domain.SystemActor(workspaceID, 0, "Writer"))
		c, err = item.Create(ctx, tx, in, json.RawMessage(`{}`))
		return err
	})
	return c
}

// Plain is a capability that does nothing to items, so that it takes no scope but content.
func Plain() capability.Capability {
	return capability.Define(capability.Spec[struct{}]{
		Capability: domain.Capability{Slug: "plain", SettingsSchema: json.RawMessage(`{"type":"object"}`)},
		Title:      func(struct{}) string { return "Plain" },
		Plan: func(struct{}) ([]domain.PlanStep, error) {
			return []domain.PlanStep{{Key: "only", Name: "Only", Kind: "step", DependsOn: []string{}}}, nil
		},
		Steps: map[string]capability.Step[struct{}]{
			"step": func(context.Context, capability.Input, struct{}) (capability.Result, error) {
				return capability.Result{}, nil
			},
		},
	})
}

// PlainTemplate is a template of [Plain] that ships with the program and takes a topic.
func PlainTemplate() domain.Template {
	return domain.Template{
		ID: 9, Slug: "plain-template", Name: "Plain", Category: domain.TemplateOther, Version: 1, IsBuiltin: true,
		InputSchema: json.RawMessage(
			`{"type":"object","required":["topic"],"properties":{"topic":{"type":"string","minLength":1}}}`),
		Steps: []domain.TemplateStep{{Key: "only", Capability: "plain", Settings: json.RawMessage(`{}`)}},
	}
}
