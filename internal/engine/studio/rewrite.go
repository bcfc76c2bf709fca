package studio

import (
	"context"
	"slices"
	"strings"

	"vellocity/internal/capability/free"
	"vellocity/internal/domain"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// RewritePassage asks for another wording of a passage of a content item.
type RewritePassage struct {
	ContentID int64
	domain.Passage
	Version     int    // whose text Start and End count in: the item's latest; 0 with Text
	Text        string // the whole text that they count in, where it has been edited and not saved; "": the version's
	Action      domain.RewriteAction
	Tone        string // required for [domain.RewriteTone]
	Instruction string // a wish in the editor's own words
}

// How much of the text around a passage a model is shown, in characters.
const (
	mostBefore = 3_000
	mostAfter  = 1_500
)

// RewritePassage begins to write a suggestion for a passage, in the language and the brand voice of the item, and
// returns its id for [Verbs.ReadGeneratedText]. It does not change the item. It costs what [Verbs.GenerateOutput]
// costs. Without a model a passage can only be shortened, by leaving out whole sentences; else it is a
// VALIDATION_ERROR on action. An older version is a CONFLICT, since its places may have moved. It takes the scope
// content.
func (v *Verbs) RewritePassage(ctx context.Context, in RewritePassage) (int64, error) {
	a, err := verb.Caller(ctx, domain.ScopeContent)
	if err != nil {
		return 0, err
	}
	q := v.store.Read()
	c, err := q.Content(ctx, a.WorkspaceID, in.ContentID)
	if err != nil {
		return 0, err
	}
	passage, err := in.passage(c)
	if err != nil {
		return 0, err
	}
	req, err := rewriting(ctx, q, c, passage)
	if err != nil {
		return 0, err
	}
	req.Tone = in.Tone
	return v.write(ctx, req)
}

// rewriting is the request for a passage of an item.
func rewriting(ctx context.Context, q store.Q, c domain.ContentItem, p free.Passage) (request, error) {
	prompt, err := p.Prompt()
	if err != nil {
		return request{}, err
	}
	req := request{Passage: &p, GenerateOutput: GenerateOutput{
		Prompt: prompt, MaximumLength: p.Words(), Language: c.Language,
	}}
	// An item whose brand voice was deleted is rewritten in the workspace's.
	voice, err := voiceNow(ctx, q, c.WorkspaceID, c.BrandVoiceID)
	if voice != nil {
		req.BrandVoiceID = voice.ID
	}
	return req, err
}

// passage takes the passage out of its text, with all faults of the call at once.
func (in RewritePassage) passage(c domain.ContentItem) (free.Passage, error) {
	var p domain.Problems
	if in.Action == "" {
		p.Required("action")
	}
	domain.CheckEnum(&p, "action", in.Action)
	domain.LimitTone.Text(&p, "tone", in.Tone)
	if in.Action == domain.RewriteTone && strings.TrimSpace(in.Tone) == "" {
		p.Required("tone")
	}
	domain.LimitRedoInstructions.Text(&p, "instruction", in.Instruction)
	domain.LimitResponse.Text(&p, "text", in.Text)
	switch {
	case in.Text != "" && in.Version != 0:
		p.Conflict("version")
	case in.Text == "" && in.Version == 0:
		p.Required("version")
	case in.Version > c.Version:
		p.Add("version", "The item has no version %d; its latest is %d", in.Version, c.Version)
	}
	text := []rune(c.Body)
	if in.Text != "" {
		text = []rune(in.Text)
	}
	stale := in.Text == "" && in.Version > 0 && in.Version < c.Version
	if !stale { // in the text of another version the places mean nothing
		in.checkPlace(&p, text)
	}
	if err := p.Err(); err != nil {
		return free.Passage{}, err
	}
	if stale {
		return free.Passage{}, domain.Errorf(domain.CodeConflict, "The passage is one of version %d, and the item is at "+
			"version %d now. Read the item again, and take start and end from its text", in.Version, c.Version).
			With("version", c.Version)
	}
	before, after := text[:in.Start], text[in.End:]
	return free.Passage{
		Text:        strings.TrimSpace(string(text[in.Start:in.End])),
		Before:      string(before[max(0, len(before)-mostBefore):]),
		After:       string(after[:min(mostAfter, len(after))]),
		Action:      in.Action,
		Instruction: strings.TrimSpace(in.Instruction),
		Support: slices.Concat(
			[]string{string(text), c.Title, in.Instruction}, c.Support.Given(), c.Support.Brief),
	}, nil
}

// checkPlace notes the faults of where the passage is in a text.
func (in RewritePassage) checkPlace(p *domain.Problems, text []rune) {
	switch n := in.End - in.Start; {
	case in.Start < 0:
		p.Small("start", 0)
	case n <= 0:
		p.Add("end", "The end field must be greater than start, which is %d", in.Start)
	case in.End > len(text):
		p.Large("end", float64(len(text)))
	case n > domain.MostRewritten:
		p.Add("end", "A passage that is rewritten may have at most %d characters, and this one has %d. Choose a shorter one",
			domain.MostRewritten, n)
	case strings.TrimSpace(string(text[in.Start:in.End])) == "":
		p.Add("end", "The passage from %d to %d has no words. Choose one with words", in.Start, in.End)
	}
}
