package studio

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"vellocity/internal/capability"
	"vellocity/internal/cite"
	"vellocity/internal/domain"
	"vellocity/internal/guard"
	"vellocity/internal/item"
	"vellocity/internal/prose"
	"vellocity/internal/store"
	"vellocity/internal/verb"
)

// SaveText says which result of a generated text becomes a content item.
type SaveText struct {
	ID          int64
	Result      int    // counted from 1; 0: 1
	Response    string // the text where its reader has changed it; "": as it was written
	Title       string // "": the text's heading, else what it is called in lists
	ContentType domain.ContentType
}

// SavedText is the content item that a result was saved as.
type SavedText struct {
	ContentID int64
	Title     string
	Type      domain.ContentType
	Before    bool // it had been saved before
}

// SaveText puts a result on the board, in the generated column, with its findings and the record of where it came
// from. A result becomes one item: saved again it is that item, and a response, title or type that differ from what
// was saved are a CONFLICT, since the item may have changed. It takes the scope content, of a caller that may read the
// text.
func (v *Verbs) SaveText(ctx context.Context, in SaveText) (SavedText, error) {
	m, err := v.own(ctx, in.ID)
	if err != nil {
		return SavedText{}, err
	}
	return v.save(ctx, m, in)
}

// save is [Verbs.SaveText] for a text that the caller may read.
func (v *Verbs) save(ctx context.Context, m store.GeneratedText, in SaveText) (SavedText, error) {
	in.Result = cmp.Or(in.Result, 1)
	var req request
	if err := v.store.Read().GeneratedTextRequest(ctx, m.WorkspaceID, m.ID, &req); err != nil {
		return SavedText{}, err
	}
	req.complete()
	result, err := chosenResult(m, in)
	if err != nil {
		return SavedText{}, err
	}
	c, provenance, err := v.itemOf(ctx, m, req, in, result)
	if err != nil {
		return SavedText{}, err
	}
	return verb.Change(ctx, v.store, domain.ScopeContent, func(tx *store.Tx, a domain.Actor) (SavedText, error) {
		if _, err := tx.LockGeneratedText(ctx, a.WorkspaceID, m.ID); err != nil {
			return SavedText{}, err
		}
		before, err := tx.SavedTexts(ctx, a.WorkspaceID, m.ID)
		if err != nil {
			return SavedText{}, err
		}
		for _, s := range before {
			if s.Result == in.Result {
				return savedBefore(ctx, tx, a.WorkspaceID, s, in)
			}
		}
		made, err := item.Create(ctx, tx, c, provenance)
		if err != nil {
			return SavedText{}, err
		}
		err = tx.NoteSavedText(ctx,
			store.SavedText{MessageID: m.ID, Result: in.Result, ContentID: made.ID, Given: in.given().String()})
		return SavedText{ContentID: made.ID, Title: made.Title, Type: made.Type}, err
	})
}

// chosenResult returns the result that is to be saved.
func chosenResult(m store.GeneratedText, in SaveText) (TextResult, error) {
	var p domain.Problems
	domain.CheckEnum(&p, "content_type", in.ContentType)
	domain.LimitTextTitle.Text(&p, "title", in.Title)
	domain.LimitResponse.Text(&p, "response", in.Response)
	list := results(m)
	switch {
	case m.Status == domain.TextStreaming:
		return TextResult{}, domain.Errorf(domain.CodeConflict,
			"The text %d is still being written. Save it when it has ended", m.ID)
	case in.Result < 1:
		p.Small("result", 1)
	case in.Result > len(list):
		p.Large("result", float64(len(list)))
	}
	if err := p.Err(); err != nil {
		return TextResult{}, err
	}
	r := list[in.Result-1]
	if strings.TrimSpace(cmp.Or(in.Response, r.Text)) == "" {
		return r, domain.Errorf(domain.CodeConflict, "%s",
			strings.TrimSpace(fmt.Sprintf("The text %d is empty: nothing was written. %s", m.ID, m.Error)))
	}
	return r, nil
}

// heading is the title that a text begins with.
var heading = regexp.MustCompile(`^\s*# +([^\n]+)\n*`)

// itemOf prepares the item, with its findings. It parses the text, so it comes before the transaction.
func (v *Verbs) itemOf(
	ctx context.Context, m store.GeneratedText, req request, in SaveText, r TextResult,
) (c domain.ContentItem, provenance json.RawMessage, err error) {
	written := strings.TrimSpace(req.unmarked(r.Text))
	body, title := cmp.Or(strings.TrimSpace(in.Response), written), in.Title
	if h := heading.FindStringSubmatch(body); h != nil && len(body) > len(h[0]) {
		title, body = cmp.Or(title, prose.Line(prose.Plain(h[1]))), body[len(h[0]):]
	}
	title = cmp.Or(title, m.Title, "Generated text")
	var voice *domain.BrandVoice
	if voice, err = voiceNow(ctx, v.store.Read(), m.WorkspaceID, req.BrandVoiceID); err != nil {
		return c, nil, err
	}
	kind, err := v.contentType(ctx, m)
	if err != nil {
		return c, nil, err
	}
	c = domain.ContentItem{
		WorkspaceID: m.WorkspaceID, Title: prose.Clip(prose.Line(title), 200), Body: body, Language: req.Language,
		Type: cmp.Or(in.ContentType, kind, domain.ContentText), Origin: m.Origin,
		Edited: in.Response != "" && strings.TrimSpace(in.Response) != written,
	}
	support := []string{req.Prompt}
	if req.Filled != nil {
		support = req.Filled.Support()
	}
	if req.Chat != nil {
		support = req.Chat.Support()
	}
	c.Support.Brief = support
	if voice != nil {
		c.BrandVoiceID, c.BrandVoiceN = voice.ID, voice.Version
	}
	g := guard.Input{
		Step: "generate-output", Text: body, Title: c.Title, Type: c.Type, Language: c.Language, BrandVoice: voice,
		MaxWords: req.MaximumLength * 13 / 10, Support: support, Edited: c.Edited,
	}
	c.Findings = guard.Recheck(g, guard.WithoutRedaction(nil), guard.Earlier{Text: r.Text, Findings: r.Findings})
	for i := range c.Findings {
		c.Findings[i].Version = 1
	}
	item.Describe(&c)
	provenance, err = provenanceOf(m, req, voice)
	return c, provenance, err
}

// voiceNow returns the brand voice of a text as it is now; nil where it no longer exists.
func voiceNow(ctx context.Context, q store.Q, workspaceID, id int64) (*domain.BrandVoice, error) {
	if id == 0 {
		w, err := q.Workspace(ctx, workspaceID)
		if err != nil {
			return nil, err
		}
		id = w.BrandVoiceID
	}
	return verb.Optional(id, func() (domain.BrandVoice, error) { return q.BrandVoice(ctx, workspaceID, id) })
}

// contentType is that of the text's template; "" where it has none, or it no longer exists.
func (v *Verbs) contentType(ctx context.Context, m store.GeneratedText) (domain.ContentType, error) {
	if m.Template == "" || m.Template == domain.ChatText {
		return "", nil
	}
	t, err := v.writerTemplate(ctx, v.store.Read(), m.WorkspaceID, m.Template)
	if domain.CodeOf(err) == domain.CodeNotFound {
		return "", nil
	}
	return t.ContentType, err
}

// provenanceOf is the record of where a text came from.
func provenanceOf(m store.GeneratedText, req request, voice *domain.BrandVoice) (json.RawMessage, error) {
	record := map[string]any{
		"statement": capability.Statement(m.Origin), "engine": m.Origin, "message_id": m.ID,
		"inputs": map[string]any{"prompt": req.Prompt},
	}
	if f := req.Filled; f != nil {
		record["template"], record["inputs"] = m.Template, f.Values
	}
	if req.Chat != nil {
		record["citations"] = cite.Cite(m.Body, req.Chat.Sources)
	}
	if voice != nil {
		record["brand_voice"] = map[string]any{"id": voice.ID, "name": voice.Name, "version": voice.Version}
	}
	data, err := json.Marshal(record)
	if err != nil {
		return nil, fmt.Errorf("encode provenance: %w", err)
	}
	return data, nil
}

// given is what came with a call that saved a text.
type given struct {
	Response string             `json:"response,omitempty"` // SHA-256
	Title    string             `json:"title,omitempty"`
	Type     domain.ContentType `json:"content_type,omitempty"`
}

func (in SaveText) given() given {
	g := given{Title: in.Title, Type: in.ContentType}
	if in.Response != "" {
		sum := sha256.Sum256([]byte(in.Response))
		g.Response = hex.EncodeToString(sum[:])
	}
	return g
}

func (g given) String() string {
	data, _ := json.Marshal(g) // texts alone, which always have a form
	return string(data)
}

// savedBefore returns the item that a result was saved as, unless the call says something else than the one that
// saved it.
func savedBefore(
	ctx context.Context, tx *store.Tx, workspaceID int64, s store.SavedText, in SaveText,
) (SavedText, error) {
	var was given
	if err := json.Unmarshal([]byte(s.Given), &was); err != nil {
		return SavedText{}, fmt.Errorf("read how a text was saved: %w", err)
	}
	now := in.given()
	if now.Response != "" && now.Response != was.Response || now.Title != "" && now.Title != was.Title ||
		now.Type != "" && now.Type != was.Type {
		return SavedText{}, domain.Errorf(domain.CodeConflict,
			"This result is content item %d already. Change that item instead", s.ContentID).With("content_id", s.ContentID)
	}
	c, err := tx.Content(ctx, workspaceID, s.ContentID)
	return SavedText{ContentID: c.ID, Title: c.Title, Type: c.Type, Before: true}, err
}

// Saved returns which results of a text are content items, by their numbers from 1. Items that were deleted since are
// left out. It takes what reading the text takes.
func (v *Verbs) Saved(ctx context.Context, id int64) (map[int]int64, error) {
	m, err := v.own(ctx, id)
	if err != nil {
		return nil, err
	}
	list, err := v.store.Read().SavedTexts(ctx, m.WorkspaceID, id)
	if err != nil {
		return nil, err
	}
	out := map[int]int64{}
	for _, s := range list {
		out[s.Result] = s.ContentID
	}
	return out, nil
}

// Request returns what a text was asked for, to ask for it again. It takes what reading the text takes.
func (v *Verbs) Request(ctx context.Context, id int64) (FillTemplate, error) {
	m, err := v.built(ctx, id)
	if err != nil {
		return FillTemplate{}, err
	}
	var req request
	if err := v.store.Read().GeneratedTextRequest(ctx, m.WorkspaceID, id, &req); err != nil {
		return FillTemplate{}, err
	}
	out := FillTemplate{Template: m.Template, Title: m.Title, GenerateOutput: req.GenerateOutput}
	if req.Filled != nil {
		if out.Fields, err = json.Marshal(req.Filled.Values); err != nil {
			return out, fmt.Errorf("encode the fields of text %d: %w", id, err)
		}
	}
	return out, nil
}
