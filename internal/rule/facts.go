// Package rule decides which board rule of a workspace moves an item on: what a rule sees of
// an item, what its condition says about that, and why. Executions and dry runs both ask
// it, so that they agree. It is pure: it reads no store and moves nothing.
package rule

import (
	"encoding/json"
	"reflect"

	"vellocity/internal/domain"
	"vellocity/internal/voice"
)

// Source is an item with what else a rule sees of it.
type Source struct {
	Item       domain.ContentItem
	Voice      *domain.BrandVoice // that the item was written with, as it is now; nil: none
	Capability string             // slug of the one that wrote it
	Template   string             // slug; empty where no template was executed
	Trigger    int64              // id of the trigger that started the execution; 0: none
}

// Facts is what the condition of a rule sees. The tags are the names there.
type Facts struct {
	ContentType string             `json:"content_type" expr:"content_type"`
	Title       string             `json:"title" expr:"title"`
	Language    string             `json:"language" expr:"language"`
	Channel     string             `json:"channel" expr:"channel"`
	WordCount   int                `json:"word_count" expr:"word_count"`
	Scores      map[string]float64 `json:"scores" expr:"scores"` // 0 to 100; what is not scored is not there
	Findings    Findings           `json:"findings" expr:"findings"`
	Voice       map[string]float64 `json:"voice" expr:"voice"` // adherence (0 to 100), distance (0 to 1)
	Engine      Engine             `json:"engine" expr:"engine"`
	Capability  string             `json:"capability" expr:"capability"`
	Template    string             `json:"template" expr:"template"`
	Trigger     int64              `json:"trigger" expr:"trigger"`
	NeedsInput  int                `json:"needs_input" expr:"needs_input"`
}

// Findings counts the open findings of an item: those that were neither redacted nor
// accepted.
type Findings struct {
	Blocking int `json:"blocking" expr:"blocking"`
	Warning  int `json:"warning" expr:"warning"`
	Info     int `json:"info" expr:"info"`
}

// Engine is what wrote an item.
type Engine struct {
	Kind     string `json:"kind" expr:"kind"`
	Provider string `json:"provider" expr:"provider"`
	Model    string `json:"model" expr:"model"`
	AI       bool   `json:"ai" expr:"ai"`
}

// names are those of the facts, each with the names below it; nil: none, or any.
func names() map[string][]string {
	known := map[string][]string{"scores": nil, "voice": {"adherence", "distance"}}
	t := reflect.TypeFor[Facts]()
	for i := range t.NumField() {
		f := t.Field(i)
		name := f.Tag.Get("expr")
		if _, done := known[name]; done {
			continue
		}
		known[name] = nil
		if f.Type.Kind() == reflect.Struct {
			for j := range f.Type.NumField() {
				known[name] = append(known[name], f.Type.Field(j).Tag.Get("expr"))
			}
		}
	}
	return known
}

// facts returns what a rule sees, without the brand voice.
func (s Source) facts() Facts {
	c := s.Item
	f := Facts{
		ContentType: string(c.Type), Title: c.Title, Language: c.Language, Channel: c.Channel, WordCount: c.WordCount,
		Scores: map[string]float64{}, Voice: map[string]float64{},
		Engine:     Engine{string(c.Origin.Kind), c.Origin.Provider, c.Origin.Model, c.Origin.AI},
		Capability: s.Capability, Template: s.Template, Trigger: s.Trigger, NeedsInput: len(c.NeedsInput),
	}
	for name, score := range c.Scores {
		f.Scores[name] = score
	}
	for _, found := range c.Findings {
		switch {
		case !found.Open():
		case found.Severity == domain.SeverityBlocking:
			f.Findings.Blocking++
		case found.Severity == domain.SeverityWarning:
			f.Findings.Warning++
		default:
			f.Findings.Info++
		}
	}
	return f
}

// withVoice adds how far the text follows its brand voice, as far as that is known.
func (f Facts) withVoice(s Source) Facts {
	if s.Voice == nil {
		return f
	}
	r := voice.Check(s.Item.Body, voice.LanguageOf(s.Item.Language, *s.Voice, s.Item.Body), *s.Voice)
	if r.Judged {
		f.Voice["adherence"] = float64(r.Adherence)
	}
	if r.Distance.Known {
		f.Voice["distance"] = r.Distance.Value
	}
	return f
}

func (f Facts) json() (json.RawMessage, error) { return json.Marshal(f) }

// Same reports whether rules see the same in two states of an item.
func Same(a, b domain.ContentItem) bool {
	return a.Body == b.Body && a.BrandVoiceID == b.BrandVoiceID &&
		reflect.DeepEqual(Source{Item: a}.facts(), Source{Item: b}.facts())
}

// CapabilityOf returns the slug of the capability that the step with the key belongs to.
func CapabilityOf(x domain.Execution, step string) string {
	if x.Program == nil {
		return x.Capability
	}
	for _, s := range x.Program.Steps {
		if step == s.Key || len(step) > len(s.Key) && step[:len(s.Key)+1] == s.Key+"." {
			return s.Capability
		}
	}
	return ""
}
