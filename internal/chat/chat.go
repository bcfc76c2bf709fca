// Package chat has what an answer in a conversation is made of: what a model is asked, with the turns that fit
// ([Trim]) and passages of the workspace's texts as numbered sources, whose marks package cite checks; and the answer
// where no model is connected, which quotes the passages. It stores nothing and calls nobody.
package chat

import (
	_ "embed"

	"vellocity/internal/ai"
	"vellocity/internal/capability"
	"vellocity/internal/domain"
	"vellocity/internal/guard"
)

//go:embed chat.tmpl
var systemTemplate string

//go:embed sources.tmpl
var sourcesTemplate string

var (
	system  = capability.MustPrompt("chat", systemTemplate)
	sources = capability.MustPrompt("chat-sources", sourcesTemplate)
)

// Turn is an earlier question with its answer. An answer that was not written is empty.
type Turn struct {
	Question, Answer string
}

// Source is a passage as an answer may cite it: what stands from Start to End in that version of an item or a source.
type Source = domain.Citation

// Request is an answer to be written.
type Request struct {
	Question     string
	Words        int    // at most
	Language     string // a language code; "" leaves it to the conversation
	Instructions string // of the chat template
	Sources      []Source
	Earlier      string             // what was said in turns that are left out, shortened; see [Trim]
	LeftOut      int                // messages that Earlier stands for
	Turns        []Turn             `json:"-"` // the newest, as they are
	BrandVoice   *domain.BrandVoice `json:"-"` // nil: none
}

// Ask returns the answer to be written, by a model or of the passages.
func (r Request) Ask(int) (capability.Ask, error) {
	rules, err := r.system(r.BrandVoice)
	if err != nil {
		return capability.Ask{}, err
	}
	messages, err := r.messages()
	return capability.Ask{
		Request:    ai.Request{System: rules, Messages: messages, MaxTokens: r.Words*3 + 200},
		PromptHash: system.Hash,
		Compose:    r.extracts,
	}, err
}

func (r Request) system(voice *domain.BrandVoice) (string, error) {
	common, err := capability.System(voice, r.Language)
	if err != nil {
		return "", err
	}
	return system.Render(struct {
		Request
		Rules string
	}{r, common})
}

// messages are the turns of the conversation. What is no turn stands before the question that it belongs to, so that
// questions and answers take turns, as providers demand.
func (r Request) messages() ([]ai.Message, error) {
	earlier, err := sources.Render(Request{Earlier: r.Earlier})
	if err != nil {
		return nil, err
	}
	found, err := sources.Render(Request{Sources: r.Sources})
	if err != nil {
		return nil, err
	}
	var list []ai.Message
	for _, t := range r.Turns {
		if t.Answer == "" {
			continue
		}
		list = append(list, ai.Message{Role: ai.RoleUser, Text: t.Question},
			ai.Message{Role: ai.RoleAssistant, Text: t.Answer})
	}
	list = append(list, ai.Message{Role: ai.RoleUser, Text: r.Question})
	list[0].Lead = earlier
	last := &list[len(list)-1]
	if last.Lead != "" && found != "" {
		last.Lead += "\n\n"
	}
	last.Lead += found
	return list, nil
}

// Check returns nil: an answer is always possible, if only that nothing was found.
func (r Request) Check(int) error { return nil }

// Screen returns what keeps secrets and the rules of the model out of an answer while readers see it grow. written
// says whether a model writes it.
func (r Request) Screen(written bool) (*guard.Screen, error) {
	rules, err := r.rules(written)
	return guard.NewScreen(rules), err
}

// Findings checks an answer as the guardrails check every text. It may rest on the conversation and the sources.
func (r Request) Findings(text string, written bool) ([]domain.Finding, error) {
	rules, err := r.rules(written)
	if err != nil {
		return nil, err
	}
	in := guard.Input{
		Step: domain.ChatText, Text: text, Language: r.Language, BrandVoice: r.BrandVoice, Support: r.Support(),
		Allowed: r.Support(), Instructions: rules,
	}
	return guard.Apply(in, guard.Check(in), guard.WithoutRedaction(nil)).Findings, nil
}

// Support is all that figures, quotations and links of an answer may rest on.
func (r Request) Support() []string {
	list := []string{r.Question, r.Earlier}
	for _, t := range r.Turns {
		list = append(list, t.Question, t.Answer)
	}
	for _, s := range r.Sources {
		list = append(list, s.Title, s.Heading, s.Quote)
	}
	return list
}

// rules returns what a model gets, without the voice and the template, whose words an answer may have.
func (r Request) rules(written bool) (string, error) {
	if !written {
		return "", nil
	}
	r.Instructions = ""
	return r.system(nil)
}
